"""耕地规则。Quantity and quality of cultivated land, and new cultivated land as a share of what was there."""

from __future__ import annotations

from fangtian.law.rules.registry import Measure, Values, at_least, below, rule

__all__ = ["cultivated_area_not_reduced", "cultivated_quality_improved", "new_cultivated_reaches_share"]


@rule("gansu-measures-2025/13.3-cultivated-area")
def cultivated_area_not_reduced(facts: Values, limits: Values) -> Measure:
    """耕地数量不减少。整治后耕地面积 ≥ 整治前耕地面积。"""
    return at_least(facts, "cultivated_area.planned", facts["cultivated_area.before"])


@rule("gansu-measures-2025/13.3-cultivated-quality")
def cultivated_quality_improved(facts: Values, limits: Values) -> Measure:
    """耕地质量有提升。整治后平均等别 < 整治前平均等别（1 等最优，相等即未提升）。"""
    return below(facts, "cultivated_grade_mean.planned", facts["cultivated_grade_mean.before"])


@rule("outline-2021/4.1-new-cultivated")
def new_cultivated_reaches_share(facts: Values, limits: Values) -> Measure:
    """新增耕地比例。净增耕地 ≥ share_min × 整治前耕地（相乘比较，整治前为零也成立）。"""
    wanted = limits["share_min"] * facts["cultivated_area.before"]
    return at_least(facts, "net_new_cultivated_area.planned", wanted)
