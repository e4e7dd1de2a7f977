"""控制线规则。The urban development boundary and the ecological red line."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, all_of, at_least, at_most, rule

__all__ = ["eco_redline_target_not_lowered", "urban_boundary_unchanged"]


@rule("gansu-measures-2025/13.3-urban-boundary")
def urban_boundary_unchanged(facts: Values, limits: Values) -> Measure:
    """城镇开发边界基本稳定。变动面积为零即稳定；有变动是否仍属“基本稳定”不由公式判定。"""
    return at_most(facts, "urban_boundary_changed_area.planned", Fraction(0))


@rule("gansu-measures-2025/13.3-eco-redline")
def eco_redline_target_not_lowered(facts: Values, limits: Values) -> Measure:
    """生态保护红线保护目标不降低。红线面积、红线内生态用地不减少，红线内建设用地不增加。"""
    if not facts["eco_redline_area.before"] and not facts["eco_redline_area.planned"]:
        return NOT_CONCERNED
    built = "eco_redline_construction_area"
    kept = [
        at_least(facts, f"{key}.planned", facts[f"{key}.before"])
        for key in ("eco_redline_area", "eco_redline_ecological_area")
    ]
    return all_of(*kept, at_most(facts, f"{built}.planned", facts[f"{built}.before"]))
