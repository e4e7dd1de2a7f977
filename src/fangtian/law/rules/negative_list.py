"""负面清单规则。Of the items that layers can measure; a person decides every one."""

from __future__ import annotations

from fangtian.law.rules.absence import none_of
from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, all_of, at_least, at_most, rule

__all__ = [
    "construction_not_more",
    "farmland_increase_in_reach",
    "fields_stay_fields",
    "redline_kept",
    "unlawful_use_settled",
    "unused_land_proved",
    "woods_and_waters_spared",
]


@rule("pilot-points-2020/3-increase")
def farmland_increase_in_reach(facts: Values, limits: Values) -> Measure:
    """面积增加百分之五。净增耕地 ≥ share_min × 原有；调入 − 调出 ≥ share_min × 调出（有调整时）。"""
    wanted = limits["share_min"] * facts["cultivated_area.before"]
    fields = at_least(facts, "net_new_cultivated_area.planned", wanted)
    moved_out = facts["pbf_out_area.planned"]
    if not moved_out and not facts["pbf_in_area.planned"]:
        return fields
    return all_of(fields, at_least(facts, "pbf_in_area.planned", moved_out + limits["share_min"] * moved_out))


@rule("pilot-points-2020/6-redline")
def redline_kept(facts: Values, limits: Values) -> Measure:
    """不突破生态保护红线管理要求。红线内建设用地不增加，红线内新增耕地为零。"""
    built = at_most(
        facts, "eco_redline_construction_area.planned", facts["eco_redline_construction_area.before"]
    )
    return all_of(built, none_of(facts, "new_cultivated_redline_area.planned"))


@rule("pilot-points-2020/6-nature")
def woods_and_waters_spared(facts: Values, limits: Values) -> Measure:
    """不砍树填湖。林地、湿地、水面转出面积都为零；挖山不能由地类看出。"""
    return none_of(
        facts, "wood_lost_area.planned", "wetland_lost_area.planned", "water_surface_lost_area.planned"
    )


@rule("pilot-points-2020/6-landscape")
def fields_stay_fields(facts: Values, limits: Values) -> Measure:
    """不占耕地搞人造景观。耕地改为公园与绿地的面积为零。"""
    return none_of(facts, "landscape_on_cultivated_area.planned")


@rule("pilot-points-2020/7-unlawful-use")
def unlawful_use_settled(facts: Values, limits: Values) -> Measure:
    """违法用地及时处理。没有处理到位的违法用地为零（没有违法用地则不涉及）。"""
    if not facts["illegal_use_area.before"]:
        return NOT_CONCERNED
    return none_of(facts, "illegal_use_unhandled_area.planned")


@rule("pilot-points-2020/8-construction")
def construction_not_more(facts: Values, limits: Values) -> Measure:
    """整治后建设用地不增加。整治后建设用地面积 ≤ 整治前建设用地面积。"""
    return at_most(facts, "construction_area.planned", facts["construction_area.before"])


@rule("pilot-points-2020/9-unused-land")
def unused_land_proved(facts: Values, limits: Values) -> Measure:
    """未利用地开发经过论证。没有附论证评估和证明的未利用地开垦面积为零（没有开垦则不涉及）。"""
    if not facts["unused_reclaimed_area.planned"]:
        return NOT_CONCERNED
    return none_of(facts, "unused_unproven_area.planned")
