"""规则登记。One pure function per norm; it compares exact values and says what it measured.

Comparisons multiply and never divide, so a share of nothing cannot pass by accident: 1 公顷 out of 0 公顷
designated is more than 5 % of it.

>>> at_most({"out": Fraction(1)}, "out", Fraction(1, 20) * 0).holds
False
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fangtian.errors import LawError

__all__ = ["NOT_CONCERNED", "Measure", "Rule", "Values", "all_of", "at_least", "at_most", "below", "rule"]

Values = Mapping[str, Fraction]
"""精确值。Facts by need name (areas in 0.01 m²) or limits by name."""


@dataclass(frozen=True)
class Measure:
    """量度。What a rule found.

    ``measured`` names the fact that decides, ``limit`` the exact value it was held against, ``margin`` the
    room left (negative = exceeded), ``failing`` every fact that does not hold. ``holds`` is None where there
    is nothing for the norm to concern.
    """

    holds: bool | None
    measured: str = ""
    limit: Fraction | None = None
    margin: Fraction | None = None
    failing: tuple[str, ...] = ()


NOT_CONCERNED = Measure(None)
"""不涉及。There is nothing here that the norm speaks about."""

Rule = Callable[[Values, Values], Measure]
REGISTERED: dict[str, Rule] = {}


def rule(norm: str) -> Callable[[Rule], Rule]:
    """登记规则。Register the one function of a norm by its id; a second one is a LawError."""

    def register(function: Rule) -> Rule:
        if norm in REGISTERED:
            raise LawError(f"条文 {norm} 已有函数 {REGISTERED[norm].__name__}；一条规范只能有一个函数。")
        REGISTERED[norm] = function
        return function

    return register


def at_most(facts: Values, name: str, limit: Fraction) -> Measure:
    """不超过。The fact is at most ``limit``; exactly on the limit holds.

    >>> at_most({"a": Fraction(5)}, "a", Fraction(5)).margin
    Fraction(0, 1)
    """
    return _measure(name, limit, limit - facts[name], facts[name] <= limit)


def at_least(facts: Values, name: str, limit: Fraction) -> Measure:
    """不少于。The fact is at least ``limit``; exactly on the limit holds.

    >>> at_least({"a": Fraction(4)}, "a", Fraction(5)).failing
    ('a',)
    """
    return _measure(name, limit, facts[name] - limit, facts[name] >= limit)


def below(facts: Values, name: str, limit: Fraction) -> Measure:
    """低于。The fact is strictly below ``limit``; exactly on the limit does not hold.

    >>> below({"a": Fraction(5)}, "a", Fraction(5)).holds
    False
    """
    return _measure(name, limit, limit - facts[name], facts[name] < limit)


def all_of(*measures: Measure) -> Measure:
    """同时满足。Holds where all hold; the tightest decides, every failing fact is named.

    >>> all_of(at_most({"a": Fraction(1)}, "a", Fraction(3)), at_most({"b": Fraction(5)}, "b", Fraction(3)))
    Measure(holds=False, measured='b', limit=Fraction(3, 1), margin=Fraction(-2, 1), failing=('b',))
    """
    tightest = min(measures, key=lambda measure: measure.margin or Fraction(0))
    failing = tuple(name for measure in measures for name in measure.failing)
    return Measure(not failing, tightest.measured, tightest.limit, tightest.margin, failing)


def _measure(name: str, limit: Fraction, margin: Fraction, holds: bool) -> Measure:
    return Measure(holds, name, limit, margin, () if holds else (name,))
