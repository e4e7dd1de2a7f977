"""项目安排规则。Townships, base map, years, places and plots of what a plan sets out to do."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.need import JUDGED_YEAR
from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, all_of, at_least, at_most, rule

__all__ = [
    "acceptance_within_phase",
    "base_map_is_newest",
    "chapters_written",
    "existing_plots_in_database",
    "existing_projects_placed",
    "existing_projects_recent",
    "one_township",
    "outline_base_map_is_newest",
    "pilot_period_within_steps",
    "subprojects_placed",
    "tasks_on_plots",
    "works_within_phase",
]


@rule("gansu-measures-2025/6-one-township")
def one_township(facts: Values, limits: Values) -> Measure:
    """实施单元。所涉乡镇个数 ≤ townships_max。"""
    return at_most(facts, "township_count.before", limits["townships_max"])


@rule("gansu-measures-2025/12-base-map")
def base_map_is_newest(facts: Values, limits: Values) -> Measure:
    """工作底图。基期年的次年 ≥ 判定年，即底图不早于判定年的上一年度。"""
    return at_least(facts, "base_year_following.before", limits[JUDGED_YEAR])


@rule("outline-2021/9.1.3-newest-survey")
def outline_base_map_is_newest(facts: Values, limits: Values) -> Measure:
    """最新年度变更调查。基期年的次年 ≥ 判定年，即数据不早于判定年的上一年度。"""
    return at_least(facts, "base_year_following.before", limits[JUDGED_YEAR])


@rule("gansu-measures-2025/13.5-chapters")
def chapters_written(facts: Values, limits: Values) -> Measure:
    """形成专章。已编写专章的事项 ≥ 应成专章的事项（没有则不涉及）。"""
    called = facts["special_chapter_count.planned"]
    if not called:
        return NOT_CONCERNED
    return at_least(facts, "special_chapter_written_count.planned", called)


@rule("gansu-pilot-2021/3-period")
def pilot_period_within_steps(facts: Values, limits: Values) -> Measure:
    """试点期限。year_min ≤ 实施期起，实施期止 ≤ year_max。"""
    return all_of(
        at_least(facts, "period_start.before", limits["year_min"]),
        at_most(facts, "period_end.before", limits["year_max"]),
    )


@rule("gansu-pilot-2021/3.2-works")
def works_within_phase(facts: Values, limits: Values) -> Measure:
    """项目实施阶段。year_min ≤ 最早开工年度，地块最晚实施年度 ≤ year_max。"""
    return all_of(
        at_least(facts, "subproject_first_start.planned", limits["year_min"]),
        at_most(facts, "plot_last_year.planned", limits["year_max"]),
    )


@rule("gansu-pilot-2021/3.3-acceptance-years")
def acceptance_within_phase(facts: Values, limits: Values) -> Measure:
    """项目验收阶段。year_min ≤ 最早验收年度，最晚验收年度 ≤ year_max。"""
    return all_of(
        at_least(facts, "subproject_first_acceptance.planned", limits["year_min"]),
        at_most(facts, "subproject_last_acceptance.planned", limits["year_max"]),
    )


@rule("outline-2021/4.1-on-plots")
def tasks_on_plots(facts: Values, limits: Values) -> Measure:
    """任务落实到地块。没有地块的子项目个数为零。"""
    return at_most(facts, "plotless_subproject_count.planned", Fraction(0))


@rule("outline-2021/t3n1-places")
def existing_projects_placed(facts: Values, limits: Values) -> Measure:
    """既有项目位置。位置未具体到村的既有项目个数为零。"""
    return at_most(facts, "existing_unplaced_count.before", Fraction(0))


@rule("outline-2021/t3n3-in-database")
def existing_plots_in_database(facts: Values, limits: Values) -> Measure:
    """既有项目地块编号。数据库中查不到的编号个数为零。"""
    return at_most(facts, "existing_unknown_plot_count.before", Fraction(0))


@rule("outline-2021/t3n4-since")
def existing_projects_recent(facts: Values, limits: Values) -> Measure:
    """既有项目立项年度。最早立项年度 ≥ year_min。"""
    return at_least(facts, "existing_first_year.before", limits["year_min"])


@rule("outline-2021/t7n1-places")
def subprojects_placed(facts: Values, limits: Values) -> Measure:
    """子项目位置。位置未具体到村的子项目个数为零。"""
    return at_most(facts, "subproject_unplaced_count.planned", Fraction(0))
