"""Facts on projects, money, rights and planning, each against a count made by hand; missing is not 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from busy_plan import busy
from tiny_plan import tiny_plan

from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.indicators.freed_land import freed_land
from fangtian.facts.indicators.funding import funding
from fangtian.facts.indicators.planning import planning
from fangtian.facts.indicators.projects import names_a_village, projects
from fangtian.facts.indicators.rights_changes import rights_changes
from fangtian.facts.indicators.special_chapters import special_chapters
from fangtian.facts.ledger import ledger_of
from fangtian.facts.pieces import Ledger
from fangtian.facts.scene import Scene
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Plan, PlanningApproval, RightsChange, Survey, TableSource
from fangtian.plan.narrative import Narrative
from fangtian.plan.survey import read_survey
from fangtian.units import Area, Money


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return read_survey(open_plan(tiny_plan(tmp_path_factory.mktemp("projects"), busy)))


@pytest.fixture(scope="module")
def ledger(survey: Survey) -> Ledger:
    return ledger_of(survey)


Written = dict[str, Any]
Measured = Callable[..., Written]


@pytest.fixture(scope="module")
def written(ledger: Ledger) -> Measured:
    """What an indicator writes for a survey, by address; ``facts`` are in the book before it runs."""

    def run(indicator: Callable[[Scene], None], survey: Survey, *facts: Fact) -> Written:
        scene = Scene(survey, ledger, FactBook())
        for fact in facts:
            scene.book.add(fact)
        known = {fact.address for fact in facts}
        indicator(scene)
        return {fact.address: fact.value for fact in scene.book if fact.address not in known}

    return run


def with_plan(survey: Survey, **changes: Any) -> Survey:
    return replace(survey, plan=replace(survey.plan, **changes))


def without_table(survey: Survey, name: str) -> Survey:
    tables = {key: source for key, source in survey.plan.tables.items() if key != name}
    return with_plan(survey, tables=tables)


def with_table(survey: Survey, name: str) -> Plan:
    return replace(survey.plan, tables={**survey.plan.tables, name: TableSource(name, Path(f"{name}.csv"))})


class TestTownshipsAndYears:
    def test_the_township_of_the_villages_is_the_one_that_the_plan_names(
        self, survey: Survey, written: Measured
    ) -> None:
        assert written(projects, survey)["township_count@project.before"] == 1

    @pytest.mark.parametrize(
        ("named", "count"),
        [
            (("620523102", "620523103"), 2),
            (("620523102", "620523102"), 1),
            (("620523109",), 2),
        ],
    )
    @pytest.mark.requirement("M-011")
    def test_a_township_counts_whether_the_plan_or_the_map_names_it(
        self, survey: Survey, written: Measured, named: tuple[str, ...], count: int
    ) -> None:
        found = written(projects, with_plan(survey, townships=named))
        assert found["township_count@project.before"] == count

    def test_the_base_map_serves_the_year_after_its_own(self, survey: Survey, written: Measured) -> None:
        assert written(projects, survey)["base_year_following@project.before"] == 2025

    def test_years_of_work_are_the_first_and_the_last(self, survey: Survey, written: Measured) -> None:
        found = written(projects, survey)
        assert found["subproject_first_start@project.planned"] == 2026
        assert found["subproject_first_acceptance@project.planned"] == 2027
        assert found["subproject_last_acceptance@project.planned"] == 2028
        assert found["plot_last_year@project.planned"] == 2028

    def test_a_plot_without_its_year_leaves_the_last_year_open(
        self, survey: Survey, written: Measured
    ) -> None:
        plots = survey.layers["plots"]
        years = plots.column("year").astype(float)
        years[0] = np.nan
        broken = replace(plots, columns={**plots.columns, "year": years})
        found = written(projects, replace(survey, layers={**survey.layers, "plots": broken}))
        assert "plot_last_year@project.planned" not in found


class TestPlacesAndPlots:
    @pytest.mark.parametrize(
        ("location", "named"),
        [
            ("上庄村", True),
            ("方田镇上庄、下庄", True),
            ("下庄村民委员会", True),
            ("全镇", False),
            ("", False),
            ("村", False),
        ],
    )
    def test_a_village_is_named_with_or_without_its_suffix(self, location: str, named: bool) -> None:
        assert names_a_village(location, ["上庄村", "下庄村委会"]) is named

    def test_a_village_that_is_called_village_alone_names_nothing(self) -> None:
        assert not names_a_village("任何村", ["村"])

    def test_a_name_of_one_character_is_looked_for_with_its_suffix(self) -> None:
        assert names_a_village("李村", ["李村"])
        assert not names_a_village("李家沟", ["李村"])

    @pytest.mark.requirement("D-097")
    def test_subprojects_that_name_no_village_are_counted(self, survey: Survey, written: Measured) -> None:
        assert written(projects, survey)["subproject_unplaced_count@project.planned"] == 0
        lost = tuple(replace(project, location="全镇") for project in survey.subprojects)
        assert written(projects, replace(survey, subprojects=lost))[
            "subproject_unplaced_count@project.planned"
        ] == len(lost)

    @pytest.mark.requirement("D-032")
    def test_works_on_the_ground_without_a_plot_are_counted_and_heritage_is_not(
        self, survey: Survey, written: Measured
    ) -> None:
        address = "plotless_subproject_count@project.planned"
        assert written(projects, survey)[address] == 0
        kinds = ("农用地整理", "建设用地整理", "乡村生态保护修复", "乡村历史文化保护", "产业布局和引入")
        more = tuple(replace(survey.subprojects[0], id=f"Y{n}", kind=kind) for n, kind in enumerate(kinds))
        assert written(projects, replace(survey, subprojects=survey.subprojects + more))[address] == 3

    @pytest.mark.requirement("D-088")
    def test_plot_numbers_of_earlier_projects_are_looked_up_in_every_layer(
        self, survey: Survey, written: Measured
    ) -> None:
        (project,) = survey.existing
        named = replace(project, plots="P03、T1，R2 62052300100000001；QS-9、QS-9、QS-10")
        found = written(projects, replace(survey, existing=(named,)))
        assert found["existing_unknown_plot_count@project.before"] == 2

    @pytest.mark.requirement("D-086", "D-089")
    def test_earlier_projects_say_their_village_and_their_first_year(
        self, survey: Survey, written: Measured
    ) -> None:
        (project,) = survey.existing
        older = replace(project, year=2016, location="全县")
        found = written(projects, replace(survey, existing=(project, older)))
        assert found["existing_first_year@project.before"] == 2016
        assert found["existing_unplaced_count@project.before"] == 1

    def test_without_the_table_nothing_is_said_of_earlier_projects(
        self, survey: Survey, written: Measured
    ) -> None:
        found = written(projects, without_table(survey, "existing_projects"))
        assert not [address for address in found if address.startswith("existing_")]

    def test_an_empty_table_has_no_first_year(self, survey: Survey, written: Measured) -> None:
        found = written(projects, replace(survey, existing=()))
        assert "existing_first_year@project.before" not in found
        assert found["existing_unplaced_count@project.before"] == 0


@pytest.mark.requirement("M-037")
class TestFunding:
    def test_every_fen_is_paid_for(self, survey: Survey, written: Measured) -> None:
        assert written(funding, survey) == {
            "unfunded_subproject_count@project.planned": 0,
            "funding_gap@project.planned": Money(0),
        }

    def test_too_much_for_one_does_not_mend_too_little_for_another(
        self, survey: Survey, written: Measured
    ) -> None:
        first, *rest = survey.funds
        shifted = (replace(first, amount=first.amount + 7), *rest[:-1])
        shifted += (replace(rest[-1], amount=rest[-1].amount - 7),)
        found = written(funding, replace(survey, funds=shifted))
        assert found["funding_gap@project.planned"] == Money(14)

    def test_a_subproject_that_nobody_pays_for_is_counted(self, survey: Survey, written: Measured) -> None:
        rows = tuple(item for item in survey.funds if item.subproject != "Z02")
        found = written(funding, replace(survey, funds=rows))
        assert found["unfunded_subproject_count@project.planned"] == 1
        assert found["funding_gap@project.planned"] == Money.of_wan(80)

    def test_without_the_table_of_funds_nothing_is_known(self, survey: Survey, written: Measured) -> None:
        assert written(funding, replace(without_table(survey, "funds"), funds=())) == {}


@pytest.mark.requirement("P-052")
class TestFreedLand:
    def uses(self, others: int = 0) -> list[Fact]:
        areas = {"农民建房": 5, "基础设施": 7, "公共服务": 11, "产业发展": 13, "新产业新业态": 17}
        return [
            Fact("new_construction_use_area", "pilot_area", PLANNED, Area(area), use)
            for use, area in {**areas, "其他": others}.items()
        ]

    def test_uses_add_up_in_the_order_of_the_law(self, survey: Survey, written: Measured) -> None:
        assert written(freed_land, survey, *self.uses()) == {
            "freed_housing_area@pilot_area.planned": Area(5),
            "freed_public_area@pilot_area.planned": Area(18),
            "freed_industry_area@pilot_area.planned": Area(30),
        }

    def test_a_building_plot_without_a_use_leaves_the_order_open(
        self, survey: Survey, written: Measured
    ) -> None:
        assert written(freed_land, survey, *self.uses(others=1)) == {}
        assert written(freed_land, survey) == {}


@pytest.mark.requirement("P-056")
class TestRights:
    def test_a_plan_that_says_nothing_leaves_the_rights_open(self, survey: Survey, written: Measured) -> None:
        assert written(rights_changes, survey) == {}
        told = with_plan(survey, basics=replace(survey.plan.basics, ownership_adjusted=True))
        assert written(rights_changes, told) == {}

    def test_a_plan_that_denies_changes_has_none(self, survey: Survey, written: Measured) -> None:
        denied = with_plan(survey, basics=replace(survey.plan.basics, ownership_adjusted=False))
        assert set(written(rights_changes, denied).values()) == {0}

    def test_land_that_changes_owner_is_added_up_and_use_rights_are_not(
        self, survey: Survey, written: Measured
    ) -> None:
        kinds = ("集体土地所有权", "宅基地使用权", "集体土地所有权")
        changes = tuple(
            RightsChange(kind, plots, "上庄村", Area(size), "甲", "乙")
            for kind, plots, size in zip(kinds, ("P04", " ", ""), (100, 1000, 30), strict=True)
        )
        rows = [
            Fact("rights_area", f"rights:{number}", PLANNED, change.area)
            for number, change in enumerate(changes, 1)
        ]
        listed = replace(survey, plan=with_table(survey, "rights"), rights=changes)
        assert written(rights_changes, listed, *rows) == {
            "rights_change_count@project.planned": 3,
            "rights_unplotted_count@project.planned": 2,
            "ownership_moved_area@project.planned": Area(130),
        }


@pytest.mark.requirement("P-014")
class TestPlanning:
    def test_plans_are_counted_by_state_with_the_last_year(self, survey: Survey, written: Measured) -> None:
        approvals = (
            PlanningApproval("已有", date(2019, 12, 31)),
            PlanningApproval("新编", date(2021, 1, 1)),
            PlanningApproval("新编", date(2020, 6, 30)),
        )
        told = with_plan(survey, basics=replace(survey.plan.basics, planning=approvals))
        assert written(planning, told) == {
            "village_planning_count@project.before": 3,
            "village_planning_count[已有]@project.before": 1,
            "village_planning_count[调整]@project.before": 0,
            "village_planning_count[新编]@project.before": 2,
            "village_planning_last_year@project.before": 2021,
        }

    def test_a_plan_that_lists_none_leaves_them_open(self, survey: Survey, written: Measured) -> None:
        assert written(planning, survey) == {}


@pytest.mark.requirement("M-036")
class TestSpecialChapters:
    CALLED = "special_chapter_count@project.planned"
    DONE = "special_chapter_written_count@project.planned"

    def touched(self, *, rights: str = "否", **areas: int) -> list[Fact]:
        told = Fact("ownership_adjusted", "project", BEFORE, rights)
        return [told, *(Fact(key, "pilot_area", PLANNED, Area(area)) for key, area in areas.items())]

    def chapters(self, survey: Survey, **texts: str) -> Survey:
        return replace(survey, narratives=tuple(Narrative("", name, text) for name, text in texts.items()))

    def test_nothing_touched_calls_for_nothing(self, survey: Survey, written: Measured) -> None:
        assert written(special_chapters, survey, *self.touched()) == {self.CALLED: 0, self.DONE: 0}

    def test_unknown_rights_leave_the_number_open(self, survey: Survey, written: Measured) -> None:
        assert written(special_chapters, survey) == {}

    def test_each_matter_counts_once_and_headings_are_no_words(
        self, survey: Survey, written: Measured
    ) -> None:
        facts = self.touched(
            rights="是", demolition_area=1, new_construction_area=1, reused_construction_area=1
        )
        told = self.chapters(
            survey,
            城乡建设用地增减挂钩方案="# 方案\n\n拆旧与建新挂钩。",
            土地权属调整方案="# 只有标题\n\n<!-- 待写 -->\n",
        )
        assert written(special_chapters, told, *facts) == {self.CALLED: 3, self.DONE: 1}

    def test_the_plan_for_basic_farmland_is_its_chapter_while_no_other_line_moves(
        self, survey: Survey, written: Measured
    ) -> None:
        told = self.chapters(survey, 永久基本农田调整方案="调出零星地块。")
        only = self.touched(pbf_out_area=1)
        assert written(special_chapters, told, *only) == {self.CALLED: 1, self.DONE: 1}
        both = self.touched(pbf_out_area=1, urban_boundary_changed_area=1)
        assert written(special_chapters, told, *both) == {self.CALLED: 1, self.DONE: 0}
        lines = self.chapters(survey, 三区三线局部优化方案="边界微调。")
        assert written(special_chapters, lines, *both) == {self.CALLED: 1, self.DONE: 1}

    def test_a_summary_of_demolition_is_no_matter_of_a_chapter(
        self, survey: Survey, written: Measured
    ) -> None:
        assert written(special_chapters, survey, *self.touched(demolition_area=1))[self.CALLED] == 0
