"""规划规则。Village plans are approved, and in time."""

from __future__ import annotations

from fangtian.law.rules.registry import Measure, Values, all_of, at_least, at_most, rule

__all__ = ["village_plans_approved", "village_plans_told"]


@rule("gansu-pilot-2021/3.1.2-village-planning")
def village_plans_approved(facts: Values, limits: Values) -> Measure:
    """村庄规划审批。已批准的村庄规划不少于行政村，最晚审批年度 ≤ year_max。"""
    return all_of(
        at_least(facts, "village_planning_count.before", facts["village_count.before"]),
        at_most(facts, "village_planning_last_year.before", limits["year_max"]),
    )


@rule("outline-2021/2.1-village-plans")
def village_plans_told(facts: Values, limits: Values) -> Measure:
    """村庄规划编制审批情况。已批准的村庄规划不少于行政村。"""
    return at_least(facts, "village_planning_count.before", facts["village_count.before"])
