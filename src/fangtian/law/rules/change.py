"""方案调整规则。What 第二十条 asks of a change, and which of its three ways the change has to go.

A way's norm holds where the change does not have to go it (the first: where it may); where it does not hold,
the authorities of that way decide.
"""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import Measure, Values, all_of, at_most, rule

__all__ = [
    "bottom_lines_kept",
    "change_by_levels",
    "change_by_subproject",
    "change_of_three_lines",
    "direction_kept",
    "targets_kept",
]

LINES = "change_three_lines_area.planned"
LEVELS = ("change_scope_area.planned", "change_years.planned", "change_subprojects_dropped.planned")


@rule("gansu-measures-2025/20-direction")
def direction_kept(facts: Values, limits: Values) -> Measure:
    """整治方向不偏移。取消的整治方向个数为零。"""
    return _none(facts, "change_direction_shifted.planned")


@rule("gansu-measures-2025/20-targets")
def targets_kept(facts: Values, limits: Values) -> Measure:
    """整体目标不降低。降低的目标个数为零。"""
    return _none(facts, "change_targets_lowered.planned")


@rule("gansu-measures-2025/20-bottom-lines")
def bottom_lines_kept(facts: Values, limits: Values) -> Measure:
    """底线思维不突破。由符合变为不符合的必须性条文为零。"""
    return _none(facts, "change_bottom_lines_broken.planned")


@rule("gansu-measures-2025/20.1-route")
def change_by_subproject(facts: Values, limits: Values) -> Measure:
    """第1项路径。“三区三线”、范围、期限、项目都没有变化，才由子项目责任单位变更。"""
    return _none(facts, LINES, *LEVELS)


@rule("gansu-measures-2025/20.2-route")
def change_of_three_lines(facts: Values, limits: Values) -> Measure:
    """第2项路径。“三区三线”没有变化即不走此路径。"""
    return _none(facts, LINES)


@rule("gansu-measures-2025/20.3-route")
def change_by_levels(facts: Values, limits: Values) -> Measure:
    """第3项路径。范围没有变化、期限没有延长、项目没有撤销即不走此路径。"""
    return _none(facts, *LEVELS)


def _none(facts: Values, *names: str) -> Measure:
    return all_of(*(at_most(facts, name, Fraction(0)) for name in names))
