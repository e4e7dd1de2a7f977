"""Judging a whole book: applicability, evidence, sentences, exactness."""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangtian.errors import LawError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact
from fangtian.law.judge import Context, judge
from fangtian.law.kinds import DECIDED, Modality, Served, Stage
from fangtian.law.norm import norms
from fangtian.law.rules import rules
from fangtian.law.verdict import Verdict, verdict_of
from fangtian.units import Area

GANSU = Context(("gansu-measures-2025",), "620525", date(2026, 3, 1))
PILOT = Context(("pilot-2021",), "620525", date(2021, 11, 30))
CAP = "gansu-measures-2025/13.4-pbf-adjustment"
POINTS = "pilot-points-2020/"
QUANTITY = "gansu-measures-2025/13.3-cultivated-area"


@dataclass(frozen=True)
class Feature:
    layer: str
    feature: str
    area: Area
    wkb: bytes = b""
    note: str = ""


def book_of(*facts) -> FactBook:
    book = FactBook()
    for key, scope, phase, value in facts:
        book.add(Fact(key, scope, phase, value))
    return book


def only(judgements, norm, scope=None):
    (found,) = [item for item in judgements if item.norm.id == norm and scope in (None, item.scope)]
    return found


def full_book() -> FactBook:
    areas = [
        (key, scope, phase, Area.of_ha(100))
        for key in (
            "cultivated_area",
            "construction_area",
            "eco_redline_area",
            "eco_redline_ecological_area",
            "eco_redline_construction_area",
            "urban_boundary_area",
        )
        for scope in ("pilot_area", "consolidation_area")
        for phase in ("before", "planned")
    ]
    grades = [
        ("cultivated_grade_mean", scope, phase, Fraction(grade, 10))
        for scope in ("pilot_area", "consolidation_area")
        for phase, grade in (("before", 102), ("planned", 98))
    ]
    return book_of(
        *areas,
        *grades,
        ("urban_boundary_changed_area", "pilot_area", "planned", Area(1)),
        ("net_new_cultivated_area", "consolidation_area", "planned", Area(0)),
        ("pbf_out_area", "pilot_area", "planned", Area.of_ha(51)),
        ("pbf_in_area", "pilot_area", "planned", Area.of_ha(52)),
        ("pbf_designated_area", "townships", "before", Area.of_ha(1000)),
        ("pbf_adjust_ratio", "pilot_area", "planned", Fraction(51, 1000)),
        ("period_years", "project", "before", 3),
    )


def wanted_by(norm, scope) -> tuple[str, ...]:
    """The addresses that an empty book lacks: facts of a rule, files of papers, words of a statement."""
    papers = tuple(f"document_files[{item}]@project.before" for item in norm.documents)
    words = (f"statement[{norm.id}]@project.before",) if norm.statement else ()
    return (*(need.address(scope) for need in norm.needs), *papers, *words)


class TestApplicability:
    @pytest.mark.parametrize("stage", list(Stage))
    def test_an_empty_book_leaves_every_applicable_norm_undetermined(self, stage):
        for item in judge(FactBook(), GANSU, {}, stage):
            assert item.verdict in (Verdict.INSUFFICIENT, Verdict.NOT_APPLICABLE)
            lacking = item.verdict is Verdict.INSUFFICIENT
            assert item.missing == (wanted_by(item.norm, item.scope) if lacking else ())

    @pytest.mark.parametrize("context", [GANSU, PILOT], ids=["2025", "pilot"])
    def test_regimes_are_never_mixed(self, context):
        for item in judge(full_book(), context, {}):
            instrument = item.norm.instrument
            foreign = not {instrument.regime, *instrument.also} & {*context.regimes}
            assert (item.scope == "") is foreign
            assert (item.verdict is Verdict.NOT_APPLICABLE) is foreign

    @pytest.mark.parametrize("context", [GANSU, PILOT], ids=["2025", "pilot"])
    def test_the_negative_list_is_looked_at_under_both_regimes(self, context):
        items = [item for item in judge(FactBook(), context, {}) if item.norm.id.startswith(POINTS)]
        assert items
        assert {item.scope for item in items} != {""}

    def test_each_stage_is_judged_by_its_own_norms_and_none_by_what_a_room_or_the_build_does(self):
        for stage in Stage:
            for item in judge(FactBook(), GANSU, {}, stage):
                assert item.norm.stage is stage
                assert item.norm.served in (Served.COMPUTED, Served.DOCUMENTED, Served.STATED)

    def test_every_reason_is_stated(self):
        elsewhere = Context(("pilot-2021",), "330110", date(2031, 1, 1))
        sentence = only(judge(FactBook(), elsewhere, {}), CAP).sentence
        assert (
            "方案采用《甘肃省全域土地综合整治试点工作方案（2021）》，未采用《甘肃省全域土地综合整治工作管理办法（2025）》"
            in sentence
        )
        assert "行政区划代码以62开头的地区，方案为330110" in sentence
        assert "自2025年7月23日起施行，2030年7月23日起失效，判定日为2031年1月1日" in sentence

    @pytest.mark.parametrize(
        ("regimes", "words"),
        [
            ((), "没有规则“（空）”"),
            (("gansu-measure-2025",), r"没有规则“gansu-measure-2025”.*gansu-measures-2025"),
            (("pilot-2021", "gansu-measures-2025"), "不得混用"),
            (("gansu-measures-2025", "pilot-2021"), "不得混用"),
        ],
    )
    def test_a_regime_that_is_unknown_or_mixed_is_refused_and_not_silently_inapplicable(self, regimes, words):
        with pytest.raises(LawError, match=words):
            judge(full_book(), Context(regimes, "620525", date(2026, 3, 1)), {})


class TestSentences:
    @pytest.mark.parametrize("context", [GANSU, PILOT], ids=["2025", "pilot"])
    def test_every_slot_is_a_fact_of_the_book(self, context):
        book = full_book()
        for item in judge(book, context, {}):
            slots = re.findall(r"\{([^{}]+)\}", item.sentence + item.limit)
            assert all(slot in book for slot in slots), item.sentence
            assert not re.search(r"[{}]", re.sub(r"\{[^{}]+\}", "", item.sentence + item.limit))

    def test_every_sentence_cites_the_article_and_quotes_the_law(self):
        for item in judge(full_book(), GANSU, {}):
            assert f"{item.norm.citation}" in item.sentence
            assert f"“{item.norm.quote}”" in item.sentence
            assert item.sentence.endswith("。")

    def test_the_cap_reads_like_a_reviewer_wrote_it(self):
        assert only(judge(full_book(), GANSU, {}), CAP).sentence == (
            "永久基本农田调出{pbf_out_area@pilot_area.planned}公顷，"
            "所涉乡镇划定面积为{pbf_designated_area@townships.before}公顷，"
            "永久基本农田调整比例{pbf_adjust_ratio@pilot_area.planned}%，调整规模超过划定面积的5%；"
            "《甘肃省全域土地综合整治工作管理办法》第十三条第4项规定"
            "“调整规模原则上不得超过所涉乡镇永久基本农田划定面积的5%”，"
            "须书面说明理由，由省级自然资源主管部门审查认定。"
        )

    def test_a_ratio_that_is_absent_is_left_out_and_the_verdict_stands(self):
        book = book_of(
            ("pbf_out_area", "pilot_area", "planned", Area.of_ha(1)),
            ("pbf_designated_area", "townships", "before", Area(0)),
        )
        found = only(judge(book, GANSU, {}), CAP)
        assert found.verdict is Verdict.REASONS_REQUIRED
        assert "比例" not in found.sentence

    def test_numbers_that_look_alike_on_paper_are_explained(self):
        pairs = [("before", Area.of_ha("50.9690")), ("planned", Area.of_ha("50.9690") - 1)]
        book = book_of(*[("cultivated_area", "pilot_area", phase, area) for phase, area in pairs])
        found = only(judge(book, GANSU, {}), QUANTITY, "pilot_area")
        assert found.blocks
        assert "有所减少（差值小于显示精度，以精确值比较为准）" in found.sentence

    def test_every_failing_part_of_the_red_line_is_named(self):
        before, less, more = Area.of_ha(10), Area.of_ha(9), Area.of_ha(12)
        changes = {
            "eco_redline_area": before,
            "eco_redline_ecological_area": less,
            "eco_redline_construction_area": more,
        }
        book = book_of(
            *[(key, "pilot_area", "before", before) for key in changes],
            *[(key, "pilot_area", "planned", area) for key, area in changes.items()],
        )
        found = only(judge(book, GANSU, {}), "gansu-measures-2025/13.3-eco-redline")
        assert "红线内生态用地减少、红线内建设用地增加，不符合" in found.sentence
        assert found.measured == "eco_redline_construction_area@pilot_area.planned"
        assert found.margin == -Area.of_ha(2)


class TestEvidence:
    FEATURES = (Feature("永久基本农田调出地块", "TC-01", Area(100)), Feature("地块", "TC-02", Area(50)))

    def test_features_are_passed_on_as_they_are(self):
        found = only(judge(full_book(), GANSU, {"pbf_out": self.FEATURES, "pbf_in": ()}), CAP)
        assert found.evidence == self.FEATURES

    def test_features_show_why_a_fact_is_missing(self):
        gaps = {"grade_missing": self.FEATURES}
        norm = "gansu-measures-2025/13.3-cultivated-quality"
        found = only(judge(FactBook(), GANSU, gaps), norm, "pilot_area")
        assert (found.verdict, found.evidence) == (Verdict.INSUFFICIENT, self.FEATURES)

    def test_a_norm_that_does_not_apply_carries_none(self):
        evidence = {name: self.FEATURES for norm in norms() for name in norm.evidence}
        for item in judge(full_book(), PILOT, evidence):
            assert item.verdict is not Verdict.NOT_APPLICABLE or item.evidence == ()


class TestJudgement:
    def test_only_a_mandatory_norm_that_does_not_hold_blocks(self):
        for modality in (Modality.MANDATORY, *DECIDED):
            blocks = verdict_of(modality, False) is Verdict.NOT_MET
            assert blocks is (modality is Modality.MANDATORY)

    def test_the_role_that_decides_is_named_wherever_the_law_leaves_room(self):
        for item in judge(full_book(), GANSU, {}):
            if item.verdict in (Verdict.REASONS_REQUIRED, Verdict.HUMAN_DECISION):
                assert item.role and item.role in item.sentence

    def test_the_choices_behind_it_are_carried(self):
        found = only(judge(full_book(), GANSU, {}), CAP)
        assert any("5%" in item.question for item in found.interpretation)
        assert any("2030年7月23日" in item.question for item in found.interpretation)

    def test_judging_twice_gives_the_same(self):
        assert judge(full_book(), GANSU, {}) == judge(full_book(), GANSU, {})


amounts = st.integers(0, 10**12)


class TestExactness:
    @given(designated=amounts)
    def test_the_cap_turns_exactly_at_five_percent(self, designated):
        def verdict(out):
            book = book_of(
                ("pbf_out_area", "pilot_area", "planned", Area(out)),
                ("pbf_designated_area", "townships", "before", Area(designated)),
            )
            return only(judge(book, GANSU, {}), CAP).verdict

        cap = designated // 20
        assert verdict(cap) is (Verdict.MET if cap else Verdict.NOT_APPLICABLE)
        assert verdict(cap + 1) is Verdict.REASONS_REQUIRED

    @given(before=amounts, planned=amounts)
    def test_the_margin_is_what_is_left(self, before, planned):
        book = book_of(
            ("cultivated_area", "pilot_area", "before", Area(before)),
            ("cultivated_area", "pilot_area", "planned", Area(planned)),
        )
        found = only(judge(book, GANSU, {}), QUANTITY, "pilot_area")
        assert found.margin == planned - before
        assert found.verdict is (Verdict.MET if planned >= before else Verdict.NOT_MET)

    @given(moved_out=amounts, moved_in=amounts)
    def test_both_pilot_texts_agree_on_the_increase_of_basic_farmland(self, moved_out, moved_in):
        facts = {"pbf_out_area.planned": Fraction(moved_out), "pbf_in_area.planned": Fraction(moved_in)}
        limits = {"share_min": Fraction(1, 20)}
        first = rules()["gansu-pilot-2021/3.1.3-pbf-added"](facts, limits)
        second = rules()["outline-2021/4.1-pbf-increase"](facts, limits)
        expected = None if not moved_out and not moved_in else 20 * (moved_in - moved_out) >= moved_out
        assert first == second
        assert first.holds is expected
