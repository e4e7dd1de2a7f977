"""永久基本农田规则。How much may be taken out, and how much more must come in."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, at_least, at_most, rule

__all__ = ["pbf_added_reaches_share", "pbf_adjustment_within_cap", "pbf_increase_reaches_share"]


@rule("gansu-measures-2025/13.4-pbf-adjustment")
def pbf_adjustment_within_cap(facts: Values, limits: Values) -> Measure:
    """永久基本农田调整规模。调出 ≤ share_max × 所涉乡镇划定（相乘比较，划定为零也成立）。"""
    if not facts["pbf_out_area.planned"]:
        return NOT_CONCERNED
    cap = limits["share_max"] * facts["pbf_designated_area.before"]
    return at_most(facts, "pbf_out_area.planned", cap)


@rule("gansu-pilot-2021/3.1.3-pbf-added")
def pbf_added_reaches_share(facts: Values, limits: Values) -> Measure:
    """新增永久基本农田。调入 − 调出 ≥ share_min × 调出（没有调整则不涉及）。"""
    return _net_increase(facts, limits["share_min"])


@rule("outline-2021/4.1-pbf-increase")
def pbf_increase_reaches_share(facts: Values, limits: Values) -> Measure:
    """永久基本农田增加比例。调入 − 调出 ≥ share_min × 调出（没有调整则不涉及）。"""
    return _net_increase(facts, limits["share_min"])


def _net_increase(facts: Values, share: Fraction) -> Measure:
    moved_out, moved_in = facts["pbf_out_area.planned"], facts["pbf_in_area.planned"]
    if not moved_out and not moved_in:
        return NOT_CONCERNED
    return at_least(facts, "pbf_in_area.planned", moved_out + share * moved_out)
