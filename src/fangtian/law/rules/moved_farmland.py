"""永久基本农田调整质量规则。What may be moved in, and what may be moved out."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.absence import none_of
from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, at_most, rule

__all__ = [
    "moved_in_as_gentle",
    "moved_in_as_good",
    "moved_in_contiguous",
    "moved_in_cultivated",
    "moved_in_off_redline",
    "moved_in_off_steep_slopes",
    "moved_in_outside_town",
    "moved_in_stable",
    "moved_out_for_a_reason",
    "moved_out_small_or_steep",
    "pbf_not_built_on",
    "pbf_patches_not_more",
    "town_windows_kept",
]


@rule("gansu-measures-2025/13.4-pbf-reason")
def moved_out_for_a_reason(facts: Values, limits: Values) -> Measure:
    """调出原因。没有填写原因的调出面积为零（没有调出则不涉及）。"""
    if not facts["pbf_out_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_out_unreasoned_area.planned")


@rule("gansu-measures-2025/13.4-pbf-out-fit")
def moved_out_small_or_steep(facts: Values, limits: Values) -> Measure:
    """调出地块。成片且平缓的调出面积为零（没有调出则不涉及）；破碎、散乱、设施不完善由人判定。"""
    if not facts["pbf_out_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_out_sound_area.planned")


@rule("pilot-points-2020/2-steep")
def moved_in_off_steep_slopes(facts: Values, limits: Values) -> Measure:
    """调入地块避开陡坡。二十五度以上坡地调入面积为零（没有调入则不涉及）。"""
    if not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_in_steep_area.planned")


@rule("pilot-points-2020/2-redline")
def moved_in_off_redline(facts: Values, limits: Values) -> Measure:
    """调入地块避开生态保护红线。生态保护红线内调入面积为零（没有调入则不涉及）。"""
    if not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_in_redline_area.planned")


@rule("pilot-points-2020/2-urban")
def moved_in_outside_town(facts: Values, limits: Values) -> Measure:
    """调入地块避开城镇开发边界。城镇开发边界内调入面积为零（没有调入则不涉及）。"""
    if not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_in_urban_area.planned")


@rule("pilot-points-2020/2-stable")
def moved_in_stable(facts: Values, limits: Values) -> Measure:
    """调入稳定耕地。不稳定耕地调入面积为零（没有调入则不涉及）。"""
    if not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_in_unstable_area.planned")


@rule("pilot-points-2020/2-contiguous")
def moved_in_contiguous(facts: Values, limits: Values) -> Measure:
    """调入地块集中连片。不与保留的永久基本农田集中连片的调入面积为零（没有调入则不涉及）。"""
    if not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_in_apart_area.planned")


@rule("pilot-points-2020/2-cultivated")
def moved_in_cultivated(facts: Values, limits: Values) -> Measure:
    """调入地块整治后为耕地。整治后不是耕地的调入地块面积为零。"""
    return none_of(facts, "pbf_in_uncultivated_area.planned")


@rule("pilot-points-2020/2-grade")
def moved_in_as_good(facts: Values, limits: Values) -> Measure:
    """调入地块质量不低。调入与调出平均等别之差 ≤ 0（1 等最优；没有调出或者没有调入则不涉及）。"""
    if not facts["pbf_out_area.planned"] or not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return at_most(facts, "pbf_grade_drop.planned", Fraction(0))


@rule("pilot-points-2020/2-slope")
def moved_in_as_gentle(facts: Values, limits: Values) -> Measure:
    """调入地块坡度不陡。调入与调出平均坡度级之差 ≤ 0（没有调出或者没有调入则不涉及）。"""
    if not facts["pbf_out_area.planned"] or not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return at_most(facts, "pbf_slope_rise.planned", Fraction(0))


@rule("pilot-points-2020/2-patches")
def pbf_patches_not_more(facts: Values, limits: Values) -> Measure:
    """永久基本农田不更破碎。整治后地块数 ≤ 整治前地块数（没有调整则不涉及）。"""
    if not facts["pbf_out_area.planned"] and not facts["pbf_in_area.planned"]:
        return NOT_CONCERNED
    return at_most(facts, "pbf_patch_count.planned", facts["pbf_patch_count.before"])


@rule("pilot-points-2020/2-occupied")
def pbf_not_built_on(facts: Values, limits: Values) -> Measure:
    """不占用永久基本农田。建设占用永久基本农田面积为零，不论是否调出。"""
    return none_of(facts, "pbf_built_area.planned")


@rule("pilot-points-2020/2-window")
def town_windows_kept(facts: Values, limits: Values) -> Measure:
    """保留“开天窗”地块。城镇开发边界内的调出面积为零（没有调出则不涉及）。"""
    if not facts["pbf_out_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "pbf_out_urban_area.planned")
