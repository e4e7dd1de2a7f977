"""验收规则。What was built against what was there before, and against what the approved plan set out."""

from __future__ import annotations

from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, all_of, at_least, at_most, below, rule

__all__ = [
    "built_area_not_increased",
    "farmland_not_reduced",
    "farmland_quality_improved",
    "pilot_targets_reached",
    "planned_farmland_reached",
    "planned_pbf_reached",
]


@rule("gansu-measures-2025/26-cultivated-area")
def farmland_not_reduced(facts: Values, limits: Values) -> Measure:
    """验收：耕地数量不减少。实施后耕地面积 ≥ 整治前耕地面积。"""
    return at_least(facts, "cultivated_area.actual", facts["cultivated_area.before"])


@rule("gansu-measures-2025/26-cultivated-quality")
def farmland_quality_improved(facts: Values, limits: Values) -> Measure:
    """验收：耕地质量有提升。实施后平均等别 < 整治前平均等别（1 等最优）。"""
    return below(facts, "cultivated_grade_mean.actual", facts["cultivated_grade_mean.before"])


@rule("gansu-measures-2025/26-construction-area")
def built_area_not_increased(facts: Values, limits: Values) -> Measure:
    """验收：建设用地总面积不增加。实施后建设用地面积 ≤ 整治前建设用地面积。"""
    return at_most(facts, "construction_area.actual", facts["construction_area.before"])


@rule("gansu-measures-2025/26-new-cultivated")
def planned_farmland_reached(facts: Values, limits: Values) -> Measure:
    """验收：新增耕地任务。实施后新增耕地 ≥ 方案新增耕地。"""
    return at_least(facts, "new_cultivated_area.actual", facts["new_cultivated_area.planned"])


@rule("gansu-measures-2025/26-pbf")
def planned_pbf_reached(facts: Values, limits: Values) -> Measure:
    """验收：永久基本农田任务。实施后永久基本农田 ≥ 方案整治后永久基本农田（前后都没有则不涉及）。"""
    if not facts["pbf_area.actual"] and not facts["pbf_area.planned"]:
        return NOT_CONCERNED
    return at_least(facts, "pbf_area.actual", facts["pbf_area.planned"])


@rule("gansu-pilot-2021/3.3.2.1-targets")
def pilot_targets_reached(facts: Values, limits: Values) -> Measure:
    """试点总体验收：目标任务。实施后新增耕地、永久基本农田都不少于方案。"""
    keys = ("new_cultivated_area", "pbf_area")
    return all_of(*(at_least(facts, f"{key}.actual", facts[f"{key}.planned"]) for key in keys))
