"""土地规则。What new farmland lies on, what is lost to nature, and whether the layout stays."""

from __future__ import annotations

from fangtian.law.rules.absence import none_of
from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, all_of, at_least, at_most, below, rule

__all__ = [
    "building_spares_nature",
    "construction_total_not_increased",
    "cultivated_area_increased",
    "ecology_improved",
    "environment_improved",
    "lakes_spared",
    "layout_kept",
    "layout_unchanged",
    "merged_ridges_surveyed",
    "new_farmland_off_redline",
    "new_farmland_off_steep_slopes",
    "new_farmland_outside_town",
    "new_farmland_spares_nature",
    "no_landscape_on_farmland",
    "pbf_not_reduced",
    "plots_off_existing_projects",
    "quality_raised",
    "ridges_measured_as_source",
    "trees_spared",
    "unlawful_use_handled",
    "unused_land_left_alone",
    "water_not_filled",
]


@rule("gansu-measures-2025/13.1-ridges-surveyed")
def merged_ridges_surveyed(facts: Values, limits: Values) -> Measure:
    """归并田坎实测。没有说明田坎实测的归并田坎新增耕地为零（没有归并田坎则不涉及）。"""
    if not facts["new_cultivated_from_ridges_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "new_cultivated_unsurveyed_ridges_area.planned")


@rule("gansu-measures-2025/13.3-layout")
def layout_unchanged(facts: Values, limits: Values) -> Measure:
    """空间布局总体稳定。一级类变动面积为零即稳定；有变动是否仍属“总体稳定”不由公式判定。"""
    return none_of(facts, "class_changed_area.planned")


@rule("gansu-measures-2025/13.3-new-steep")
def new_farmland_off_steep_slopes(facts: Values, limits: Values) -> Measure:
    """新增耕地避开陡坡。二十五度以上坡地的新增耕地为零（没有新增耕地则不涉及）。"""
    if not facts["new_cultivated_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "new_cultivated_steep_area.planned")


@rule("gansu-measures-2025/13.3-new-natural")
def new_farmland_spares_nature(facts: Values, limits: Values) -> Measure:
    """新增耕地来源。来自林地、湿地、水域的新增耕地都为零（没有新增耕地则不涉及）。"""
    if not facts["new_cultivated_area.planned"]:
        return NOT_CONCERNED
    return none_of(
        facts,
        "new_cultivated_wood_area.planned",
        "new_cultivated_wetland_area.planned",
        "new_cultivated_water_area.planned",
    )


@rule("gansu-measures-2025/13.3-new-redline")
def new_farmland_off_redline(facts: Values, limits: Values) -> Measure:
    """新增耕地避开生态保护红线。红线内的新增耕地为零（没有新增耕地则不涉及）。"""
    if not facts["new_cultivated_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "new_cultivated_redline_area.planned")


@rule("gansu-measures-2025/13.3-nature-built")
def building_spares_nature(facts: Values, limits: Values) -> Measure:
    """建设不占林草湿水。建设占用的林地、草地、湿地、水域都为零。"""
    return none_of(
        facts,
        "wood_built_area.planned",
        "grass_built_area.planned",
        "wetland_built_area.planned",
        "water_built_area.planned",
    )


@rule("gansu-measures-2025/13.3-ecology")
def ecology_improved(facts: Values, limits: Values) -> Measure:
    """生态有改善。整治后生态用地 ≥ 整治前，且生态用地有增加或者有生态修复。"""
    return _improved(facts)


@rule("gansu-measures-2025/13.9-new-urban")
def new_farmland_outside_town(facts: Values, limits: Values) -> Measure:
    """新增耕地避开城镇开发边界。边界内的新增耕地为零（没有新增耕地则不涉及）。"""
    if not facts["new_cultivated_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "new_cultivated_urban_area.planned")


@rule("gansu-pilot-2021/4.4-unused-land")
def unused_land_left_alone(facts: Values, limits: Values) -> Measure:
    """控制未利用地开发。未利用地开垦面积为零即符合；有开垦是否“成片”不由公式判定。"""
    return none_of(facts, "unused_reclaimed_area.planned")


@rule("gansu-pilot-2021/4.4-lakes")
def water_not_filled(facts: Values, limits: Values) -> Measure:
    """禁止填湖。水面转出面积为零；有转出是否属于“破坏生态环境”由人判定。"""
    return none_of(facts, "water_surface_lost_area.planned")


@rule("gansu-pilot-2021/4.4-landscape")
def no_landscape_on_farmland(facts: Values, limits: Values) -> Measure:
    """禁止占用耕地搞人造景观。耕地改为公园与绿地的面积为零；是否人造景观由人判定。"""
    return none_of(facts, "landscape_on_cultivated_area.planned")


@rule("outline-2021/4-construction")
def construction_total_not_increased(facts: Values, limits: Values) -> Measure:
    """建设用地总量不增加。整治后建设用地面积 ≤ 整治前建设用地面积。"""
    return at_most(facts, "construction_area.planned", facts["construction_area.before"])


@rule("outline-2021/4-cultivated")
def cultivated_area_increased(facts: Values, limits: Values) -> Measure:
    """耕地面积有增加。整治前耕地面积 < 整治后耕地面积（相等即没有增加）。"""
    return below(facts, "cultivated_area.before", facts["cultivated_area.planned"])


@rule("outline-2021/4-pbf")
def pbf_not_reduced(facts: Values, limits: Values) -> Measure:
    """永久基本农田不减少。整治后面积 ≥ 整治前面积（前后都没有则不涉及）。"""
    if not facts["pbf_area.before"] and not facts["pbf_area.planned"]:
        return NOT_CONCERNED
    return at_least(facts, "pbf_area.planned", facts["pbf_area.before"])


@rule("outline-2021/4-quality")
def quality_raised(facts: Values, limits: Values) -> Measure:
    """质量有提升。整治后耕地平均等别 < 整治前平均等别（1 等最优，相等即未提升）。"""
    return below(facts, "cultivated_grade_mean.planned", facts["cultivated_grade_mean.before"])


@rule("outline-2021/4-layout")
def layout_kept(facts: Values, limits: Values) -> Measure:
    """布局相对稳定。一级类变动面积为零即稳定；有变动是否仍属“相对稳定”不由公式判定。"""
    return none_of(facts, "class_changed_area.planned")


@rule("outline-2021/4-ecology")
def environment_improved(facts: Values, limits: Values) -> Measure:
    """生态有改善。整治后生态用地 ≥ 整治前，且生态用地有增加或者有生态修复。"""
    return _improved(facts)


@rule("outline-2021/3.1-unlawful-open")
def unlawful_use_handled(facts: Values, limits: Values) -> Measure:
    """违法用地处理。整治区域内没有处理到位的违法用地为零（没有违法用地则不涉及）。"""
    if not facts["illegal_use_area.before"]:
        return NOT_CONCERNED
    return none_of(facts, "illegal_use_unhandled_area.planned")


@rule("outline-2021/3.2.3-ridges")
def ridges_measured_as_source(facts: Values, limits: Values) -> Measure:
    """归并田坎作为来源。没有说明田坎实测的归并田坎新增耕地为零（没有归并田坎则不涉及）。"""
    if not facts["new_cultivated_from_ridges_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "new_cultivated_unsurveyed_ridges_area.planned")


@rule("outline-2021/5.2.3-trees")
def trees_spared(facts: Values, limits: Values) -> Measure:
    """慎砍树。林地转出面积为零；有转出是否“慎”由人判定。"""
    return none_of(facts, "wood_lost_area.planned")


@rule("outline-2021/5.2.3-lakes")
def lakes_spared(facts: Values, limits: Values) -> Measure:
    """不填湖。水面转出面积为零。"""
    return none_of(facts, "water_surface_lost_area.planned")


@rule("outline-2021/2.2-overlap")
def plots_off_existing_projects(facts: Values, limits: Values) -> Measure:
    """与既有项目不重叠。整治地块在既有项目地块上的面积为零。"""
    return none_of(facts, "existing_overlap_area.planned")


def _improved(facts: Values) -> Measure:
    """Ecological land is not less, and there is more of it or some is restored."""
    gained = facts["ecological_area.planned"] + facts["ecological_restoration_area.planned"]
    kept = at_least(facts, "ecological_area.planned", facts["ecological_area.before"])
    return all_of(kept, below(facts, "ecological_area.before", gained))
