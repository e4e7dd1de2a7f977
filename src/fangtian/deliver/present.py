"""呈现。Every fact gets one displayed value, decided once; text, tables, maps and databases print it.

Exact values add up; rounded ones do not by themselves. Here the total is rounded first and its parts
follow, a difference is the difference of what is shown, a share is the share of what is shown, and 亩 comes
from the shown 公顷. So whoever checks a printed page with a calculator finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from fangtian.catalog.quantity import quantities
from fangtian.errors import DeliverError, FactError
from fangtian.facts.book import FactBook, Group
from fangtian.facts.fact import Fact
from fangtian.units import half_up

__all__ = ["FORMS", "MU_PER_HA", "Form", "Presentation", "Shown", "decide", "level", "mu_of"]

MU_PER_HA = 15


@dataclass(frozen=True)
class Form:
    """形式。How a kind of quantity is shown: decimals, unit, and the factor from exact value to unit."""

    places: int
    unit: str
    factor: Fraction


FORMS: Mapping[str, Form] = {
    "ha": Form(4, "公顷", Fraction(1, 1_000_000)),  # from 0.01 m²
    "ha_mean": Form(4, "公顷", Fraction(1, 1_000_000)),  # from 0.01 m² per patch
    "wan": Form(2, "万元", Fraction(1, 1_000_000)),  # from 分
    "percent": Form(2, "%", Fraction(100)),
    "grade": Form(2, "等", Fraction(1)),
    "grade_whole": Form(0, "等", Fraction(1)),
    "level": Form(2, "级", Fraction(1)),
    "count": Form(0, "", Fraction(1)),
    "year": Form(0, "年", Fraction(1)),
    "years": Form(2, "年", Fraction(1)),
    "index": Form(4, "", Fraction(1)),
    "metre": Form(2, "米", Fraction(1)),
}


@dataclass(frozen=True)
class Shown:
    """显示值。``text`` without unit, ``value`` the same number (None for words), ``unit`` its unit."""

    text: str
    value: Decimal | None
    unit: str = ""
    form: str = "text"


@dataclass(frozen=True)
class Presentation:
    """呈现结果。Displayed values by fact address; an absent address raises, ``find`` gives None."""

    shown: Mapping[str, Shown]

    def __getitem__(self, address: str) -> Shown:
        try:
            return self.shown[address]
        except KeyError:
            raise FactError(f"没有事实 {address}；不能呈现，请核对键名、范围和阶段。") from None

    def __contains__(self, address: str) -> bool:
        return address in self.shown

    def __iter__(self) -> Iterator[str]:
        return iter(self.shown)

    def __len__(self) -> int:
        return len(self.shown)

    def find(self, address: str) -> Shown | None:
        """查找。The displayed value, or None where the fact is missing."""
        return self.shown.get(address)

    def value(self, address: str) -> Decimal | None:
        """数值。The displayed number; None for words. Raises FactError for an absent address."""
        return self[address].value

    def text(self, address: str, form: str = "") -> str:
        """文字。The displayed text; ``form``: ``unit`` (12.34%), ``mu`` (亩) or ``ha_mu`` (公顷（亩）).

        Raises FactError for an absent address, DeliverError for a form that the fact does not have.
        """
        shown = self[address]
        if form in ("", shown.form):
            return shown.text
        if form == "unit":
            return f"{shown.text}{shown.unit}"
        if form not in ("mu", "ha_mu") or shown.value is None or shown.unit != "公顷":
            raise DeliverError(f"{address} 不能按“{form}”呈现；它是 {shown.form}，亩只由公顷换算。")
        mu = mu_of(shown.value)
        return f"{mu}" if form == "mu" else f"{shown.text}公顷（{mu}亩）"


def mu_of(hectares: Decimal) -> Decimal:
    """亩。From the displayed 公顷 × 15, half-up to 2 decimals (DESIGN §4.6).

    >>> mu_of(Decimal("50.9690"))
    Decimal('764.54')
    """
    return half_up(hectares * MU_PER_HA, 2)


def level(total: int, exact: Sequence[Fraction]) -> list[int]:
    """配赋。Round exact parts to integers that add up to a displayed total, by largest remainder.

    Each part is rounded down, then one unit each goes to the largest remainders (ties: first come), then to
    the largest parts; a part that is exactly zero stays zero. While the total is a rounding of the exact
    sum, every part stays within one unit of its exact value; sharing out in proportion would not keep that.

    >>> level(10, [Fraction(10, 3)] * 3)
    [4, 3, 3]
    >>> level(-1, [Fraction(-5, 4), Fraction(1, 4)])
    [-1, 0]
    >>> level(5005, [Fraction(5003), Fraction(0)])
    [5005, 0]
    """
    parts = [floor(value) for value in exact]
    left = total - sum(parts)
    broken = sorted((i for i, v in enumerate(exact) if v != parts[i]), key=lambda i: (parts[i] - exact[i], i))
    whole = sorted((i for i, v in enumerate(exact) if v and v == parts[i]), key=lambda i: (-abs(exact[i]), i))
    takers = [*broken, *whole] or list(range(len(parts)))
    while left > 0 and takers:
        for i in takers[:left]:
            parts[i] += 1
        left -= min(left, len(takers))
    while left < 0 and takers:  # the total is less than the parts rounded down: the largest can spare a unit
        largest = max(takers, key=lambda i: (parts[i], -i))
        parts[largest] -= 1
        left += 1
    return parts


def decide(book: FactBook) -> Presentation:
    """定值。The displayed value of every fact of the book, the same for the same book.

    An area of the ledger prints the whole square metres that the book holds for it (ADR 0008), so that it
    needs no rounding; a part of a group follows the group's total; a derived fact follows its operands as
    displayed (sum, difference, ratio); anything else is rounded half-up. Source: 大纲成果要求一.1
    (公顷 4 位，亩、投资 2 位).
    """
    decider = _Decider(book)
    return Presentation({fact.address: decider.shown(fact.address) for fact in book})


@dataclass
class _Decider:
    """One pass over a book; every value is decided once and remembered."""

    book: FactBook
    done: dict[str, Shown] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    group_of: dict[str, Group] = field(default_factory=dict)
    groups_under: dict[str, list[Group]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for group in self.book.groups:
            self.groups_under.setdefault(group.total, []).append(group)
            for part in group.parts:
                if self.group_of.setdefault(part, group).total != group.total:
                    totals = f"{self.group_of[part].total} 与 {group.total}"
                    raise DeliverError(f"{part} 同属两个分配组（{totals}），显示值不能同时凑整。")

    def shown(self, address: str) -> Shown:
        if address not in self.done:
            if address in self.open:
                raise DeliverError(f"显示值循环依赖：{' → '.join([*self.open, address])}。")
            self.open.append(address)
            self._settle(self.book[address])
            self.open.pop()
        return self.done[address]

    def _settle(self, fact: Fact) -> None:
        if isinstance(fact.value, str):
            self.done[fact.address] = Shown(fact.value, None)
        elif fact.printed is not None:
            form = _form(fact)
            self.done[fact.address] = _shown(
                half_up(fact.printed * FORMS[form].factor, FORMS[form].places), form
            )
        elif fact.address in self.group_of:
            self._settle_group(self.group_of[fact.address])
        else:
            self.done[fact.address] = _shown(self._number(fact), _form(fact))

    def _settle_group(self, group: Group) -> None:
        total = self.shown(group.total)
        facts = [self.book[part] for part in group.parts]
        places = FORMS[total.form].places
        units = [_exact(fact) * 10**places for fact in facts]
        whole = int(_number_of(total).scaleb(places))
        for fact, part in zip(facts, level(whole, units), strict=True):
            self.done[fact.address] = _shown(Decimal(part).scaleb(-places), total.form)

    def _number(self, fact: Fact) -> Decimal:
        derivation = fact.derivation
        form = FORMS[_form(fact)]
        if derivation is None or self._above(fact.address, derivation.operands):
            return half_up(_exact(fact), form.places)
        operands = [self.shown(address) for address in derivation.operands]
        combined = _combine(derivation.kind, operands, fact)
        return half_up(_exact(fact) if combined is None else combined, form.places)

    def _above(self, address: str, operands: Sequence[str]) -> bool:
        """Whether an operand is itself apportioned from this total: then the total comes first."""
        below: set[str] = set()
        todo = [address]
        while todo:
            for group in self.groups_under.get(todo.pop(), ()):
                todo += [part for part in group.parts if part not in below]
                below.update(group.parts)
        return not below.isdisjoint(operands)


def _combine(kind: str, operands: Sequence[Shown], fact: Fact) -> Fraction | None:
    """What the displayed operands give in the fact's unit; None where only the exact value can say."""
    numbers = [Fraction(_number_of(shown)) for shown in operands]
    units = {shown.unit for shown in operands}
    unit = FORMS[_form(fact)].unit
    if kind == "sum" and units == {unit}:
        return sum(numbers, Fraction(0))
    if kind == "difference" and units == {unit}:
        return numbers[0] - numbers[1]
    if kind == "ratio" and numbers[1] != 0:
        if unit == "%" and len(units) == 1:
            return numbers[0] / numbers[1] * 100
        if operands[0].unit == unit and operands[1].unit == "":
            return numbers[0] / numbers[1]
    return None


def _form(fact: Fact) -> str:
    return quantities()[fact.key].form


def _exact(fact: Fact) -> Fraction:
    if isinstance(fact.value, str):
        raise DeliverError(f"{fact.address} 是文字，不能参与凑整。")
    return Fraction(fact.value) * FORMS[_form(fact)].factor


def _number_of(shown: Shown) -> Decimal:
    if shown.value is None:
        raise DeliverError(f"“{shown.text}”是文字，不能参与计算。")
    return shown.value


def _shown(value: Decimal, form: str) -> Shown:
    number = value if value else abs(value)  # never "-0.0000"
    return Shown(f"{number:f}", number, FORMS[form].unit, form)
