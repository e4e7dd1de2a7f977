"""计量单位。Exact quantities: areas in 0.01 m², money in 分, shares as fractions.

Survey areas carry two decimals of a square metre and budgets two decimals of a yuan, so integers hold
them without loss; sums never drift and comparisons with a legal limit are exact. Rounding for display
happens in one place only, ``fangtian.deliver.present``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from operator import index
from typing import Self

__all__ = ["Area", "Money", "half_up", "share_out", "written_date"]


class _Exact(int):
    """An integer count of the smallest unit that stays itself under addition."""

    def __add__(self, other: int) -> Self:
        return type(self)(int(self) + self._count(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> Self:
        return type(self)(int(self) - self._count(other))

    def _count(self, other: int) -> int:
        """The other's units; an area is no money, and a fraction would be cut silently."""
        if isinstance(other, _Exact) and type(other) is not type(self):
            raise TypeError(f"{type(self).__name__} and {type(other).__name__} do not add up")
        return index(other)

    def __neg__(self) -> Self:
        return type(self)(-int(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({int(self)})"

    @classmethod
    def total(cls, items: Iterable[int]) -> Self:
        """合计。Exact sum of counts of the smallest unit."""
        return cls(sum(int(item) for item in items))


class Area(_Exact):
    """面积。An area as an integer number of 0.01 m² (survey precision, DESIGN §4.5).

    >>> Area.of_m2("12.34") + Area.of_m2("0.01")
    Area(1235)
    >>> Area.of_ha("0.0001").m2
    Decimal('1.00')
    """

    @classmethod
    def of_m2(cls, value: str | int | Decimal) -> Self:
        """平方米。From square metres, half-up to 0.01 m²."""
        return cls(int(half_up(_decimal(value) * 100, 0)))

    @classmethod
    def of_ha(cls, value: str | int | Decimal) -> Self:
        """公顷。From hectares, half-up to 0.01 m²."""
        return cls.of_m2(_decimal(value) * 10_000)

    @property
    def m2(self) -> Decimal:
        """平方米。Square metres with two decimals."""
        return Decimal(int(self)).scaleb(-2)

    @property
    def ha(self) -> Decimal:
        """公顷。Exact hectares."""
        return Decimal(int(self)).scaleb(-6)


class Money(_Exact):
    """金额。Money as an integer number of 分.

    >>> Money.of_wan("12.5")
    Money(12500000)
    """

    @classmethod
    def of_wan(cls, value: str | int | Decimal) -> Self:
        """万元。From ten thousand yuan, half-up to one 分."""
        return cls(int(half_up(_decimal(value) * 1_000_000, 0)))

    @property
    def wan(self) -> Decimal:
        """万元。Exact ten thousands of yuan."""
        return Decimal(int(self)).scaleb(-6)


def half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """四舍五入。Round half away from zero to ``places`` decimals.

    >>> half_up(Decimal("764.535"), 2)
    Decimal('764.54')
    >>> half_up(Fraction(-1, 8), 2)
    Decimal('-0.13')
    """
    if isinstance(value, Fraction):
        scaled = value * 10**places
        magnitude = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
        signed = -magnitude if scaled < 0 else magnitude
        return Decimal(signed).scaleb(-places)
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def share_out(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """最大余额法。Share an integer total in proportion to weights; the parts add up exactly.

    part_i = floor(total·w_i/Σw), then the largest remainders take one unit each (ties: first come).
    All-zero weights share equally; a negative total mirrors the positive case.

    >>> share_out(10, [1, 1, 1])
    [4, 3, 3]
    >>> share_out(-10, [1, 1, 1])
    [-4, -3, -3]
    """
    if not weights:
        if total:
            raise ValueError(f"cannot share {total} among nobody")
        return []
    if total < 0:
        return [-part for part in share_out(-total, weights)]
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative: an area or amount below zero has no share")
    whole = sum(Fraction(weight) for weight in weights)
    portions = [Fraction(weight) / whole if whole else Fraction(1, len(weights)) for weight in weights]
    exact = [total * portion for portion in portions]
    parts = [value.numerator // value.denominator for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _decimal(value: str | int | Decimal) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}; write digits with an optional decimal point") from error


def written_date(day: date) -> str:
    """公文日期。A date as official documents write it, without leading zeros (GB/T 9704-2012, 7.3.5.5).

    >>> written_date(date(2022, 11, 8))
    '2022年11月8日'
    """
    return f"{day.year}年{day.month}月{day.day}日"
