"""权属规则。Ownership of land stays; every right that changes names its plots."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, at_most, rule

__all__ = ["ownership_not_moved", "rights_changes_on_plots"]


@rule("gansu-pilot-2021/4.3-ownership")
def ownership_not_moved(facts: Values, limits: Values) -> Measure:
    """土地所有权不调整。集体土地所有权调整面积为零。"""
    return at_most(facts, "ownership_moved_area.planned", Fraction(0))


@rule("outline-2021/3.3-rights-plots")
def rights_changes_on_plots(facts: Values, limits: Values) -> Measure:
    """权属调整落实到地块。没有地块编号的权属调整为零（没有权属调整则不涉及）。"""
    if not facts["rights_change_count.planned"]:
        return NOT_CONCERNED
    return at_most(facts, "rights_unplotted_count.planned", Fraction(0))
