"""周期规则。How long a project may take."""

from __future__ import annotations

from fangtian.law.rules.registry import Measure, Values, at_most, rule

__all__ = ["period_within_limit"]


@rule("gansu-measures-2025/5-period")
def period_within_limit(facts: Values, limits: Values) -> Measure:
    """实施周期。实施年限 ≤ years_max。"""
    return at_most(facts, "period_years.before", limits["years_max"])
