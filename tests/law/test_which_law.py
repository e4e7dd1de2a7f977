"""Which law speaks to a plan: territory, days and regimes of an instrument, and what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from fangtian.errors import LawError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact
from fangtian.law.applicability import Context, check_regimes, obstacles
from fangtian.law.judge import judge
from fangtian.law.kinds import Modality, Stage
from fangtian.law.listing import norm_rows
from fangtian.law.norm import load_packs, norms
from fangtian.law.schema import Validity
from fangtian.law.verdict import Judgement, Verdict, verdict_of
from fangtian.units import Area

HELD = {instrument.id: instrument for instrument in load_packs()}
MEASURES, PILOT = HELD["gansu-measures-2025"], HELD["gansu-pilot-2021"]
GANSU = Context(("gansu-measures-2025",), "620525", date(2026, 3, 1))
NORM = next(norm for norm in norms() if norm.id == "gansu-measures-2025/5-period")


@pytest.mark.requirement("M-003")
@pytest.mark.parametrize(
    ("code", "applies"), [("620525", True), ("62", True), ("610100", False), ("", False)]
)
def test_the_measures_speak_to_gansu_alone(code, applies):
    found = obstacles(MEASURES, replace(GANSU, territory=code))
    assert (found == ()) is applies
    if not applies:
        assert found == (f"该文件适用于行政区划代码以62开头的地区，方案为{code or '空'}",)


@pytest.mark.requirement("M-003")
def test_a_plan_from_elsewhere_is_told_so_in_the_sentence_of_every_norm():
    judged = judge(FactBook(), replace(GANSU, territory="500101"), {})
    mine = [item for item in judged if item.norm.instrument == MEASURES]
    assert mine
    for item in mine:
        assert (item.verdict, item.scope, item.missing) == (Verdict.NOT_APPLICABLE, "", ())
        assert "行政区划代码以62开头的地区，方案为500101" in item.sentence


@pytest.mark.requirement("M-078")
@pytest.mark.parametrize(
    ("on", "applies"),
    [
        (date(2025, 7, 22), False),
        (date(2025, 7, 23), True),
        (date(2030, 7, 22), True),
        (date(2030, 7, 23), False),
    ],
)
def test_the_measures_are_in_force_for_five_years_from_the_day_of_issue(on, applies):
    found = obstacles(MEASURES, replace(GANSU, on=on))
    assert (found == ()) is applies
    if not applies:
        said = "该文件自2025年7月23日起施行，2030年7月23日起失效，判定日为"
        assert found == (f"{said}{on.year}年{on.month}月{on.day}日",)


@pytest.mark.requirement("M-002", "M-078")
def test_the_list_of_norms_says_what_the_measures_rest_on_and_who_interprets_them():
    quotes = {row["id"]: row["quote"] for row in norm_rows("gansu-measures-2025")}
    assert "自然资发〔2024〕149号" in quotes["gansu-measures-2025/1-basis"]
    assert quotes["gansu-measures-2025/40-interpreter"] == "由甘肃省自然资源厅负责解释"
    assert [row["status"] for row in norm_rows() if row["number"] == "自然资发〔2024〕149号"] == [
        "unconfirmed"
    ]


@pytest.mark.requirement("P-041")
@pytest.mark.parametrize(
    ("on", "applies"),
    [
        (date(2020, 12, 31), False),
        (date(2021, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_the_pilot_s_own_text_judges_no_longer_than_it_holds(on, applies):
    found = obstacles(PILOT, Context(("pilot-2021",), "620525", on))
    assert (found == ()) is applies
    judged = judge(FactBook(), Context(("pilot-2021",), "620525", on), {}, Stage.ACCEPTANCE)
    mine = [item for item in judged if item.norm.instrument == PILOT]
    assert mine
    assert all((item.verdict is Verdict.NOT_APPLICABLE) is not applies for item in mine)


def test_a_text_without_end_goes_on_and_one_without_days_always_holds():
    endless = MEASURES.model_copy(update={"in_force": Validity.model_validate({"from": date(2025, 7, 23)})})
    assert obstacles(endless, replace(GANSU, on=date(2099, 1, 1))) == ()
    (found,) = obstacles(endless, replace(GANSU, on=date(2020, 1, 1)))
    assert found == "该文件自2025年7月23日起施行，判定日为2020年1月1日"
    points = HELD["pilot-points-2020"]
    assert points.in_force is None
    assert obstacles(points, replace(GANSU, on=date(1999, 1, 1))) == ()


def test_every_obstacle_is_named_with_the_titles_of_the_regimes():
    found = obstacles(MEASURES, Context(("pilot-2021",), "61", date(2031, 1, 1)))
    assert len(found) == 3
    assert found[0] == (
        "方案采用《甘肃省全域土地综合整治试点工作方案（2021）》，未采用《甘肃省全域土地综合整治工作管理办法（2025）》"
    )


@pytest.mark.parametrize(
    ("regimes", "words"),
    [
        (("gansu-measures-2025", "gansu"), r"^没有规则“gansu”；请将 plan\.toml 的 regime 改为"),
        (("甲", "乙"), "没有规则“甲、乙”"),
        ((), "没有规则“（空）”"),
        (("pilot-2021", "gansu-measures-2025"), r"^gansu-measures-2025 与 pilot-2021 两套规则不得混用"),
    ],
)
def test_regimes_that_are_unknown_or_exclude_each_other_are_refused(regimes, words):
    with pytest.raises(LawError, match=words):
        check_regimes(regimes)


def test_a_regime_by_itself_is_fine_and_the_known_ones_are_those_of_the_texts():
    for instrument in HELD.values():
        if instrument.regime:
            check_regimes((instrument.regime,))
    with pytest.raises(LawError) as error:
        check_regimes(("x",))
    known = sorted({instrument.regime for instrument in HELD.values() if instrument.regime})
    assert "、".join(known) in str(error.value)


@pytest.mark.parametrize(
    ("modality", "failing"),
    [
        (Modality.MANDATORY, Verdict.NOT_MET),
        (Modality.PRESUMPTIVE, Verdict.REASONS_REQUIRED),
        (Modality.JUDGEMENT, Verdict.HUMAN_DECISION),
    ],
)
def test_what_is_not_held_means_what_the_words_of_the_law_make_of_it(modality, failing):
    assert verdict_of(modality, None) is Verdict.NOT_APPLICABLE
    assert verdict_of(modality, True) is Verdict.MET
    assert verdict_of(modality, False) is failing


@pytest.mark.parametrize("modality", [Modality.PROCEDURAL, Modality.ENCOURAGED, Modality.FORMAT])
def test_what_no_function_decides_has_no_verdict(modality):
    with pytest.raises(KeyError):
        verdict_of(modality, False)


def test_a_judgement_claims_nothing_by_itself_and_cannot_be_changed():
    bare = Judgement(NORM, Verdict.MET)
    assert (bare.scope, bare.measured, bare.limit, bare.margin, bare.sentence) == ("", "", "", None, "")
    assert (bare.missing, bare.evidence) == ((), ())
    assert (bare.role, bare.interpretation) == (NORM.role, NORM.interpretations)
    with pytest.raises(AttributeError):
        bare.verdict = Verdict.NOT_MET
    with pytest.raises(AttributeError):
        GANSU.territory = "61"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_what_is_not_met_blocks(verdict):
    assert Judgement(NORM, verdict).blocks is (verdict is Verdict.NOT_MET)


def test_a_plan_is_judged_by_the_norms_of_its_stage_unless_another_is_asked_for():
    plan = judge(FactBook(), GANSU, {})
    assert plan == judge(FactBook(), GANSU, {}, Stage.PLAN)
    change = judge(FactBook(), GANSU, {}, Stage.CHANGE)
    assert change and not {item.norm.id for item in plan} & {item.norm.id for item in change}


class TestPlaces:
    CONSENT, HERITAGE = "gansu-measures-2025/14-village-consent", "gansu-measures-2025/13.8-heritage"
    REASON = "gansu-measures-2025/13.9-planning-changed"

    def found(self, norm, *facts):
        book = FactBook()
        for key, member, value in facts:
            book.add(Fact(key, "project", "before", value, member=member))
        return next(item for item in judge(book, GANSU, {}) if item.norm.id == norm)

    def test_what_papers_and_words_settle_is_settled_for_the_project(self):
        consent = [("document_called", "village_resolution", 1), ("document_files", "village_resolution", 2)]
        stated = self.found(self.HERITAGE, ("statement", self.HERITAGE, "不涉及"))
        judged = [
            self.found(self.CONSENT, *consent),
            self.found(self.CONSENT),
            self.found(self.REASON, ("document_called", "planning_approval", 0)),
            self.found(self.HERITAGE),
            stated,
        ]
        assert {item.scope for item in judged} == {"project"}
        assert stated.measured == f"statement[{self.HERITAGE}]@project.before"

    def test_a_rule_that_finds_nothing_to_concern_says_so_at_its_place(self):
        book = FactBook()
        book.add(Fact("pbf_out_area", "pilot_area", "planned", Area(0)))
        book.add(Fact("pbf_designated_area", "townships", "before", Area.of_ha(10)))
        book.add(Fact("pbf_adjust_ratio", "pilot_area", "planned", Fraction(0)))
        cap = "gansu-measures-2025/13.4-pbf-adjustment"
        (found,) = [item for item in judge(book, GANSU, {}) if item.norm.id == cap]
        assert (found.verdict, found.scope) == (Verdict.NOT_APPLICABLE, found.norm.scopes[0])
        assert found.sentence
