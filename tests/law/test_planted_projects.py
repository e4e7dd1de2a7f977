"""A clean plan folder keeps every norm on projects; one planted fault breaks exactly one of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from tiny_plan import Draft, Layer, cell, tiny_plan, write_table

from fangtian.catalog.finding import blocking
from fangtian.facts.assemble import book_of
from fangtian.facts.book import FactBook
from fangtian.law.judge import Context, judge
from fangtian.law.kinds import Stage
from fangtian.law.norm import norms
from fangtian.law.rules import freed_land, funding, make_up, planning, projects, rights, rules
from fangtian.law.schema import Norm
from fangtian.law.verdict import Judgement, Verdict, verdict_of
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Survey
from fangtian.plan.narrative import read_narratives, special_file
from fangtian.plan.rights import read_rights
from fangtian.plan.survey import Tables, read_survey

THEMES = {theme.__name__ for theme in (freed_land, funding, make_up, planning, projects, rights)}
MINE = [
    norm
    for norm in norms()
    if norm.stage is Stage.PLAN and norm.id in rules() and rules()[norm.id].__module__ in THEMES
]
CHAPTER = "永久基本农田调整方案"
Change = Callable[[Draft], None]
Verdicts = Mapping[str, Judgement]


@dataclass(frozen=True)
class Suite:
    """A clean plan, and the law under which its norms are looked at by themselves."""

    prepare: Change
    context: Context


def gansu(draft: Draft) -> None:
    """Basic farmland that moves and is made up, with its chapter; nobody's rights change."""
    draft.toml += "[basics]\nownership_adjusted = false\n"
    draft.tables["cash_flow"][1][3] = 250
    for role, name, shape, columns in (
        ("basic_farmland_out", "YJJBNTTC", cell(120, 5, 199, 95), {"DKBH": ["T1"], "TCYY": ["零星"]}),
        ("basic_farmland_in", "YJJBNTTR", cell(10, 110, 150, 190), {"DKBH": ["R1"], "TRLX": ["新划定"]}),
    ):
        draft.layers[role] = Layer([shape], columns)
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'
    draft.extra.append(write_chapter)


def pilot(draft: Draft) -> None:
    """A pilot of 2021: planning approved, homes and a workshop on freed land, one homestead given up."""
    for old, new in (
        ('["gansu-measures-2025"]', '["pilot-2021"]'),
        ("base_year = 2024", "base_year = 2020"),
        ("[2026, 2028]", "[2021, 2025]"),
    ):
        draft.toml = draft.toml.replace(old, new)
    draft.toml += '[tables.rights]\npath = "data/rights.xlsx"\n[basics]\nownership_adjusted = true\n'
    for day in ("2020-11-20", "2021-02-10"):
        draft.toml += f'[[basics.planning]]\nstatus = "新编"\napproved = {day}\n'
    plots = draft.layers["plots"]
    plots.shapes += [cell(310, 110, 340, 150), cell(350, 110, 380, 150)]
    added = {"DKBH": ["P04", "P05"], "ZXMBH": ["Z02"] * 2, "DKLX": ["建新"] * 2, "GHDLBM": ["0702"] * 2}
    for name, values in plots.columns.items():
        values += added.get(name, [None] * 2 if name != "ZMCL" else [""] * 2)
    plots.columns |= {"SSND": [2022, 2023, 2022, 2024, 2024], "DKYT": ["", "", "", "农民建房", "产业发展"]}
    tables = draft.tables
    tables["rights"] = [
        ["权属类型", "地块编号", "位置", "面积（公顷）", "调整前权利人", "调整后权利人", "备注"],
        ["宅基地使用权", "P02", "下庄村", 0.25, "腾退农户", "下庄村股份经济合作社", ""],
    ]
    tables["subprojects"][1][8:10], tables["subprojects"][2][8:10] = [2022, 2023], [2023, 2025]
    for row, year in zip(tables["funds"][1:], (2022, 2023, 2023), strict=True):
        row[1] = year
    tables["existing_projects"][1][11] = 2018
    tables["cash_flow"][1][0], tables["cash_flow"][1][3], tables["cash_flow"][2][0] = 2022, 250, 2026


# The outline binds outside Gansu too; before 1 April 2021 the work plan of Gansu stood alone.
SUITES = {
    "gansu-measures-2025": Suite(gansu, Context(("gansu-measures-2025",), "620523", date(2025, 9, 1))),
    "gansu-pilot-2021": Suite(pilot, Context(("pilot-2021",), "620523", date(2021, 3, 1))),
    "outline-2021": Suite(pilot, Context(("pilot-2021",), "330110", date(2021, 11, 30))),
}


def write_chapter(root: Path) -> None:
    path = root / special_file(CHAPTER)
    path.parent.mkdir(exist_ok=True)
    path.write_text("# 永久基本农田调整方案\n\n调出零星地块，调入集中连片耕地。\n", encoding="utf-8")


def toml(old: str, new: str) -> Change:
    def change(draft: Draft) -> None:
        assert old in draft.toml
        draft.toml = draft.toml.replace(old, new)

    return change


def entry(table: str, row: int, column: int, value: object) -> Change:
    def change(draft: Draft) -> None:
        assert draft.tables[table][row][column] != value
        draft.tables[table][row][column] = value

    return change


def subproject(kind: str, money: float | str) -> Change:
    """One more sub-project, paid for where it costs anything, with no plot of its own."""

    def change(draft: Draft) -> None:
        head, first, *_ = draft.tables["subprojects"]
        row = dict(zip(head, first, strict=True))
        row |= {"子项目编号": "Z03", "项目名称": "另一个子项目", "项目类型": kind, "计划投资（万元）": money}
        draft.tables["subprojects"].append(list(row.values()))
        if money:
            draft.tables["funds"].append(["Z03", row["计划开工年度"], "财政直接投入", money])

    return change


def no_chapter(draft: Draft) -> None:
    draft.extra.remove(write_chapter)


def one_approval_less(draft: Draft) -> None:
    draft.toml = draft.toml.rpartition("[[basics.planning]]")[0]


@dataclass(frozen=True)
class Ground:
    """A change of a layer; what lies on the ground has to be read anew."""

    change: Change


def fields_become_forest(draft: Draft) -> None:
    plots = draft.layers["plots"]
    plots.shapes[2] = cell(10, 5, 190, 95)
    for name, value in {"DKLX": "生态修复", "GHDLBM": "0301", "ZHDB": None, "ZHKCXS": None}.items():
        plots.columns[name][2] = value


def little_comes_in(draft: Draft) -> None:
    draft.layers["basic_farmland_in"].shapes[0] = cell(10, 110, 80, 190)


def no_homes(draft: Draft) -> None:
    draft.layers["plots"].columns["DKYT"][3] = "产业发展"


PLANTED: Mapping[str, Change | Ground] = {
    "gansu-measures-2025/6-one-township": toml('["620523102"]', '["620523102", "620523103"]'),
    "gansu-measures-2025/12-base-map": toml("base_year = 2024", "base_year = 2023"),
    "gansu-measures-2025/13.5-chapters": no_chapter,
    "gansu-measures-2025/13.6-fund-paths": subproject("产业布局和引入", ""),
    "gansu-measures-2025/13.6-balance": entry("cash_flow", 2, 3, 249.99),
    "gansu-measures-2025/13.7-cultivated": Ground(fields_become_forest),
    "gansu-measures-2025/13.7-pbf": Ground(little_comes_in),
    "gansu-pilot-2021/3-period": toml("[2021, 2025]", "[2021, 2026]"),
    "gansu-pilot-2021/3.1.2-village-planning": toml("2021-02-10", "2022-01-10"),
    "gansu-pilot-2021/3.2-works": entry("subprojects", 1, 8, 2021),
    "gansu-pilot-2021/3.3-acceptance-years": entry("subprojects", 1, 9, 2022),
    "gansu-pilot-2021/4.1-income-expense": entry("cash_flow", 2, 3, 249.99),
    "gansu-pilot-2021/4.2-freed-land": Ground(no_homes),
    "gansu-pilot-2021/4.3-ownership": entry("rights", 1, 0, "集体土地所有权"),
    "outline-2021/2.1-village-plans": one_approval_less,
    "outline-2021/3.3-rights-plots": entry("rights", 1, 1, ""),
    "outline-2021/4.1-on-plots": subproject("农用地整理", 10),
    "outline-2021/5.2.5-freed-land": Ground(no_homes),
    "outline-2021/6.2-fund-sources": subproject("乡村历史文化保护", ""),
    "outline-2021/6.3-expense": entry("cash_flow", 1, 3, 200.49),
    "outline-2021/6.3-income-expense": entry("cash_flow", 2, 3, 249.99),
    "outline-2021/9.1.3-newest-survey": toml("base_year = 2020", "base_year = 2019"),
    "outline-2021/t3n1-places": entry("existing_projects", 1, 4, "全镇"),
    "outline-2021/t3n3-in-database": entry("existing_projects", 1, 5, "QS-9"),
    "outline-2021/t3n4-since": entry("existing_projects", 1, 11, 2017),
    "outline-2021/t7n1-places": entry("subprojects", 2, 6, "全镇"),
}


@dataclass(frozen=True)
class Clean:
    """What a clean plan was written from, what was read of it, and its facts."""

    draft: Draft
    survey: Survey
    book: FactBook


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Change, Clean]:
    found = {}
    for prepare in (gansu, pilot):
        drafts: list[Draft] = []

        def change(draft: Draft, drafts: list[Draft] = drafts, prepare: Change = prepare) -> None:
            prepare(draft)
            drafts.append(deepcopy(draft))

        root = tiny_plan(tmp_path_factory.mktemp(prepare.__name__), change)
        survey = read_survey(open_plan(root))
        found[prepare] = Clean(drafts[0], survey, book_of(survey).book)
    return found


def suite_of(norm: Norm) -> Suite:
    return SUITES[norm.instrument.id]


def verdicts(book: FactBook, context: Context) -> Verdicts:
    """Judgements of the norms on projects that speak to the plan."""
    mine = {norm.id for norm in MINE}
    judgements = judge(book, context, {})
    return {item.norm.id: item for item in judgements if item.norm.id in mine and item.scope}


def planted(clean: Clean, fault: Change | Ground, root: Path) -> Survey:
    """The survey of a folder that differs from the clean one in the fault alone."""
    draft = deepcopy(clean.draft)
    draft.root = root
    if isinstance(fault, Ground):
        fault.change(draft)
        return read_survey(open_plan(tiny_plan(root, lambda blank: blank.__dict__.update(draft.__dict__))))
    fault(draft)
    shutil.copytree(clean.survey.plan.root / "data", root / "data")
    (root / "plan.toml").write_text(draft.toml, encoding="utf-8")
    for name, rows in draft.tables.items():
        write_table(root / "data" / f"{name}.xlsx", rows)
    for step in draft.extra:
        step(root)
    return read_anew(clean.survey, root)


def read_anew(survey: Survey, root: Path) -> Survey:
    """All but the layers, which are those of the clean plan."""
    plan = open_plan(root)
    tables = Tables.read(plan)
    rights, about_rights = read_rights(plan, survey.layers)
    narratives, about_narratives = read_narratives(root, plan.outline)
    assert not blocking([*plan.findings, *tables.findings, *about_rights, *about_narratives])
    return replace(
        survey,
        plan=plan,
        subprojects=tables.subprojects,
        existing=tables.existing,
        funds=tables.funds,
        cash=tables.cash,
        rights=rights,
        narratives=narratives,
    )


@pytest.mark.parametrize("name", SUITES)
def test_the_clean_plan_keeps_every_norm_on_projects(name: str, clean: Mapping[Change, Clean]) -> None:
    suite = SUITES[name]
    found = verdicts(clean[suite.prepare].book, suite.context)
    assert set(found) == {norm.id for norm in MINE if norm.instrument.id == name}
    wrong = [item.sentence for item in found.values() if item.verdict not in {"符合", "不适用"}]
    assert not wrong


@pytest.mark.parametrize("norm", MINE, ids=lambda norm: norm.id)
def test_one_planted_fault_breaks_exactly_its_norm(
    norm: Norm, clean: Mapping[Change, Clean], tmp_path: Path
) -> None:
    assert norm.id in PLANTED, "every computed norm on projects needs a planted fault"
    suite = suite_of(norm)
    plan = clean[suite.prepare]
    before = verdicts(plan.book, suite.context)
    after = verdicts(book_of(planted(plan, PLANTED[norm.id], tmp_path)).book, suite.context)
    assert {name for name in after if after[name].verdict is not before[name].verdict} == {norm.id}
    assert after[norm.id].verdict is verdict_of(norm.modality, holds=False)
    assert after[norm.id].verdict is not Verdict.MET
    assert f"“{norm.quote}”" in after[norm.id].sentence


def test_no_fault_is_planted_for_a_norm_that_is_not_there() -> None:
    assert set(PLANTED) == {norm.id for norm in MINE}
