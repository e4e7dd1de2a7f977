"""The whole law: every requirement drawn from the three texts is answered, and by something that exists."""

import json
import re
import tomllib
from collections import Counter

import pytest
from click.testing import CliRunner

from fangtian.catalog.outline import outline
from fangtian.catalog.submission import submission_items
from fangtian.cli.app import COMMANDS
from fangtian.cli.norms import norms as list_norms
from fangtian.law.kinds import Modality, Served, Stage
from fangtian.law.norm import norms
from fangtian.plan.starter import write_starter

COUNTS = {"P": 64, "M": 78, "D": 97}
REQUIREMENTS = {f"{text}-{number:03d}" for text, last in COUNTS.items() for number in range(1, last + 1)}
TEXTS = {"P": "gansu-pilot-2021", "M": "gansu-measures-2025", "D": "outline-2021"}
SIDE = {"pilot-points-2020"}  # the negative list, which the outline refers to

ROOMS = {
    "组织机构": {Stage.SITING, Stage.PLAN},
    "选址申报": {Stage.SITING},
    "方案审批": {Stage.PLAN},
    "方案调整": {Stage.CHANGE},
    "子项目": {Stage.WORKS, Stage.ACCEPTANCE},
    "年度计划": {Stage.WORKS},
    "年度自评": {Stage.WORKS},
    "省级评价": {Stage.SUPERVISION},
    "督导整改": {Stage.SUPERVISION},
    "整体验收": {Stage.ACCEPTANCE},
    "管护": {Stage.ACCEPTANCE},
    "年度核算": {Stage.ACCOUNT},
    "资金专账": {Stage.FUNDS},
    "指标台账": {Stage.FUNDS},
    "档案": {Stage.ARCHIVE},
    "一张图": {Stage.PLAN, Stage.ACCEPTANCE, Stage.SUPERVISION},
    "公示": {Stage.PLAN, Stage.WORKS, Stage.ACCEPTANCE},
}
"""Rooms of the platform, with the stages at which each is entered."""

DELIVERABLES = ("实施方案", "附表", "附图", "专章", "数据库", "坐标", "检查报告", "fangtian")
DELIVERED = [norm for norm in norms() if norm.served is Served.DELIVERED]


def headings() -> set[str]:
    """Headings of the outline with the numbers above them: 三（二）3耕地和永久基本农田保护."""
    found, path = set(), {}
    for heading in outline("outline-2021").headings:
        path[heading.level] = heading.number.rstrip("、.")
        above = "".join(path.get(level, "") for level in range(1, heading.level))
        number = heading.number if heading.level == 1 else heading.number.rstrip(".")
        found.add(f"{above}{number}{heading.title}")
    return found


def test_every_requirement_is_answered_by_a_norm_and_every_answer_is_a_requirement():
    assert len(REQUIREMENTS) == 239
    answered = {number for norm in norms() for number in norm.requirements}
    assert answered - REQUIREMENTS == set()
    assert REQUIREMENTS - answered == set()


def test_a_requirement_is_answered_by_a_norm_of_the_text_that_it_was_drawn_from():
    for number in REQUIREMENTS:
        answering = {norm.instrument.id for norm in norms() if number in norm.requirements}
        assert TEXTS[number[0]] in answering, number


def test_a_norm_answers_requirements_of_its_own_text():
    for norm in norms():
        if norm.instrument.id not in SIDE:
            assert {TEXTS[number[0]] for number in norm.requirements} == {norm.instrument.id}, norm.id


def test_the_three_texts_give_more_than_a_hundred_norms():
    counts = Counter(norm.instrument.id for norm in norms())
    assert counts.total() >= 100
    assert all(counts[name] >= 40 for name in TEXTS.values())


def test_no_sentence_is_taken_twice_for_the_same_thing():
    served = [(norm.instrument.id, norm.article, norm.quote, norm.served, norm.title) for norm in norms()]
    assert len(set(served)) == len(served)


def test_every_modality_every_stage_and_every_way_of_seeing_to_a_norm_occurs():
    assert {norm.modality for norm in norms()} == set(Modality)
    assert {norm.stage for norm in norms()} == set(Stage)
    assert {norm.served for norm in norms()} == set(Served)


@pytest.mark.parametrize("norm", [norm for norm in norms() if norm.room], ids=lambda norm: norm.id)
def test_a_room_is_one_of_the_platform_and_is_entered_at_the_stage_of_the_norm(norm):
    assert norm.stage in ROOMS[norm.room]


@pytest.mark.parametrize("norm", DELIVERED, ids=lambda norm: norm.id)
class TestDelivered:
    def test_is_kept_by_a_deliverable_or_a_command_that_exists(self, norm):
        first, _, name = norm.kept_by.partition("/")
        word, _, command = first.partition(" ")
        assert word in DELIVERABLES
        assert bool(command) is (word == "fangtian")
        assert command in {"", *COMMANDS}
        assert first == "检查报告" or (name in known(first) if name else True), norm.kept_by

    def test_asks_for_no_decision(self, norm):
        assert not norm.role


def known(deliverable: str) -> set[str]:
    """What a deliverable has by name."""
    titles = {item.title for item in submission_items().values()}
    return {
        "实施方案": headings(),
        "附表": {f"附表{number}" for number in range(1, 8)},
        "附图": titles,
        "专章": titles,
    }.get(deliverable, set())


def test_the_report_is_named_for_what_it_says_of_applicability_only():
    found = {norm.kept_by for norm in DELIVERED if norm.kept_by.startswith("检查报告")}
    assert found <= {"检查报告", "检查报告/适用性"}


def test_norms_of_form_are_kept_by_deliverables_or_proved_by_the_reader_of_the_finished_files():
    for norm in norms():
        if norm.modality is Modality.FORMAT:
            assert norm.served is Served.DELIVERED, norm.id


def test_advice_is_given_at_the_stage_that_it_concerns_and_binds_nobody():
    for norm in norms():
        if norm.served is Served.ADVISED:
            assert norm.modality is Modality.ENCOURAGED
            assert not (norm.documents or norm.statement or norm.kept_by or norm.room or norm.role)


def test_the_examples_in_a_new_plan_are_questions_and_reasons_that_norms_ask_for(tmp_path):
    write_starter(tmp_path)
    text = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    text = re.sub(r'^# (?=\[statements\."|text =|by =|evidence =|\[reasons\]|"[a-z])', "", text, flags=re.M)
    given = tomllib.loads(text)
    kinds = {norm.id: norm for norm in norms()}
    assert given["statements"]
    assert given["reasons"]
    assert all(kinds[name].served is Served.STATED for name in given["statements"])
    assert all(kinds[name].modality is Modality.PRESUMPTIVE for name in given["reasons"])


@pytest.mark.parametrize(
    ("lang", "heads"), [("zh", ["必须", "原则上", "合计"]), ("en", ["mandatory", "Total"])]
)
def test_the_command_lists_every_instrument_and_counts_by_modality(lang, heads):
    result = CliRunner().invoke(list_norms, ["--lang", lang], env={"COLUMNS": "200"}, standalone_mode=False)
    assert result.exception is None
    assert all(f"《{norm.instrument.title}》" in result.output for norm in norms())
    counts = result.output[result.output.rindex(str(len(norms()))) - 400 :]
    assert all(head in result.output for head in heads)
    assert str(Counter(norm.modality for norm in norms())[Modality.PROCEDURAL]) in counts


def test_the_command_gives_every_norm_as_json():
    result = CliRunner().invoke(list_norms, ["--json"], standalone_mode=False)
    given = json.loads(result.output)["norms"]
    assert {row["id"] for row in given if row["article"]} == {norm.id for norm in norms()}
