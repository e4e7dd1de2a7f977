"""建设用地规则。Construction land in the consolidation area."""

from __future__ import annotations

from fangtian.law.rules.registry import Measure, Values, at_most, rule

__all__ = ["construction_area_not_increased"]


@rule("gansu-measures-2025/13.3-construction-area")
def construction_area_not_increased(facts: Values, limits: Values) -> Measure:
    """建设用地面积不增加。整治后建设用地面积 ≤ 整治前建设用地面积。"""
    return at_most(facts, "construction_area.planned", facts["construction_area.before"])
