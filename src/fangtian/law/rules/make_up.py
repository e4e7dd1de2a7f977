"""补划平衡规则。What farmland a plan takes is made up within the area where the works are."""

from __future__ import annotations

from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, at_least, rule

__all__ = ["cultivated_balanced_in_area", "pbf_balanced_in_area"]


@rule("gansu-measures-2025/13.7-cultivated")
def cultivated_balanced_in_area(facts: Values, limits: Values) -> Measure:
    """耕地平衡。整治区域内新增耕地 ≥ 方案减少的耕地（没有减少则不涉及）。"""
    lost = facts["lost_cultivated_area.planned"]
    if not lost:
        return NOT_CONCERNED
    return at_least(facts, "new_cultivated_area.planned", lost)


@rule("gansu-measures-2025/13.7-pbf")
def pbf_balanced_in_area(facts: Values, limits: Values) -> Measure:
    """永久基本农田补划平衡。整治区域内调入 ≥ 方案调出（没有调出则不涉及）。"""
    moved_out = facts["pbf_out_area.planned"]
    if not moved_out:
        return NOT_CONCERNED
    return at_least(facts, "pbf_in_area.planned", moved_out)
