"""为零。What must not be there at all: every named fact is zero."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import Measure, Values, all_of, at_most

__all__ = ["none_of"]


def none_of(facts: Values, *names: str) -> Measure:
    """都为零。Every fact is at most nothing; the largest decides.

    >>> none_of({"a": Fraction(0), "b": Fraction(2)}, "a", "b").failing
    ('b',)
    """
    return all_of(*(at_most(facts, name, Fraction(0)) for name in names))
