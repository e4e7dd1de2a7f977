"""腾退用地规则。Freed construction land serves homes first, then common needs, then industry."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import NOT_CONCERNED, Measure, Values, at_most, rule

__all__ = ["homes_before_industry", "needs_met_before_industry"]


@rule("gansu-pilot-2021/4.2-freed-land")
def needs_met_before_industry(facts: Values, limits: Values) -> Measure:
    """腾退用地的前提。有动迁居民而没有农民安置用地的，产业用地为零（没有拆旧则不涉及）。"""
    return _homes_first(facts)


@rule("outline-2021/5.2.5-freed-land")
def homes_before_industry(facts: Values, limits: Values) -> Measure:
    """腾退用地的优先次序。有动迁居民而没有农民安置用地的，产业用地为零（没有拆旧则不涉及）。"""
    return _homes_first(facts)


def _homes_first(facts: Values) -> Measure:
    """What industry may take: all that it takes where those who move have land for homes, else nothing."""
    if not facts["demolition_area.planned"]:
        return NOT_CONCERNED
    waiting = facts["moved_households.planned"] and not facts["freed_housing_area.planned"]
    allowed = Fraction(0) if waiting else facts["freed_industry_area.planned"]
    return at_most(facts, "freed_industry_area.planned", allowed)
