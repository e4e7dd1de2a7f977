"""事实簿。All facts of one plan: catalogued keys only, identities checked, sealed by one hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from fangtian.catalog.quantity import quantities
from fangtian.errors import FactError
from fangtian.facts.fact import Derivation, Fact, Value, address_of
from fangtian.units import Area, Money

__all__ = ["FactBook", "Group"]

M2 = 100
"""1 m² in 0.01 m²."""
CRUMB = 10 * M2
"""What may vanish where pieces become whole square metres."""


@dataclass(frozen=True)
class Group:
    """分配组。Parts that are displayed so that they add up to the displayed ``total`` (DESIGN §4.6)."""

    total: str
    parts: tuple[str, ...]


@dataclass
class FactBook:
    """事实簿。Facts by address; adding a key that the catalogue does not know is an error."""

    _facts: dict[str, Fact] = field(default_factory=dict)
    _groups: list[Group] = field(default_factory=list)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts[address] for address in sorted(self._facts))

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, address: str) -> bool:
        return address in self._facts

    def __getitem__(self, address: str) -> Fact:
        try:
            return self._facts[address]
        except KeyError:
            raise FactError(f"没有事实 {address}；请先登记它，或核对键名、范围和阶段。") from None

    @property
    def groups(self) -> tuple[Group, ...]:
        """分配组。In the order they were declared."""
        return tuple(self._groups)

    def find(self, key: str, scope: str, phase: str, member: str = "") -> Fact | None:
        """查找。The fact, or None where it is missing: missing is not 0."""
        return self._facts.get(address_of(key, scope, phase, member))

    def add(self, fact: Fact) -> Fact:
        """登记。Write one fact; a derived one is checked against its operands.

        Raises FactError for an unknown key, a wrong unit, a second value, or a broken identity.
        """
        quantity = quantities().get(fact.key)
        if quantity is None:
            raise FactError(f"事实键“{fact.key}”不在 quantities.toml 中；请先在目录中登记。")
        if quantity.value_type != fact.value_type:
            raise FactError(f"{fact.address} 应为 {quantity.value_type}，得到 {fact.value_type}。")
        present = self._facts.get(fact.address)
        if present is not None and present != fact:
            raise FactError(f"{fact.address} 有两个值：{present.exact} 与 {fact.exact}。")
        if fact.derivation:
            self._check(fact, fact.derivation)
        self._facts[fact.address] = fact
        return fact

    def measure(
        self,
        address: tuple[str, str, str] | tuple[str, str, str, str],
        value: Value,
        source: str,
        method: str,
    ) -> Fact:
        """量测事实。Add a fact that was measured, not derived; ``address`` = key, scope, phase[, member]."""
        key, scope, phase, *member = address
        return self.add(Fact(key, scope, phase, value, member[0] if member else "", source, method))

    def derive(
        self, kind: str, address: tuple[str, str, str] | tuple[str, str, str, str], operands: Sequence[Fact]
    ) -> Fact:
        """派生事实。Add a sum, difference or ratio of facts that are already in the book."""
        key, scope, phase, *member = address
        value = _combine(kind, [fact.value for fact in operands])
        derivation = Derivation(kind, tuple(fact.address for fact in operands))
        return self.add(Fact(key, scope, phase, value, member[0] if member else "", "", kind, derivation))

    def apportion(self, total: Fact, parts: Sequence[Fact]) -> None:
        """声明分配组。Parts must add up to the total exactly; the display then follows suit."""
        found = sum(int(part.value) for part in parts)
        if found != int(total.value):
            raise FactError(f"{total.address} = {total.exact}，各分项合计 {found}，不相等。")
        self._groups.append(Group(total.address, tuple(part.address for part in parts)))

    def printed_as(self, whole: FactBook) -> FactBook:
        """取印数。The same facts, each area with what the book of the squared ledger says of it.

        An area that is no whole number of m² there was not measured on the ledger and has no printed value
        of its own; a crumb may not be there at all. Raises FactError where more than a crumb is missing.
        """
        made = FactBook(_groups=list(self._groups))
        for address, fact in self._facts.items():
            twin = whole._facts.get(address)
            printed = twin.value if twin is not None else Area(0)
            if isinstance(fact.value, Area) and isinstance(printed, Area) and not int(printed) % M2:
                if twin is None and abs(fact.value) > CRUMB:
                    raise FactError(f"{address} 在取整台账上没有量测；给出面积的指标须列入 WITH_AREAS。")
                fact = replace(fact, printed=printed)
            made._facts[address] = fact
        return made

    def seal(self) -> str:
        """封印。One SHA-256 over every fact and group, printed on every deliverable."""
        lines = [fact.digest for fact in self]
        lines += [f"{group.total}={'+'.join(group.parts)}" for group in self._groups]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def _check(self, fact: Fact, derivation: Derivation) -> None:
        values = [self[address].value for address in derivation.operands]
        expected = _combine(derivation.kind, values)
        if expected != fact.value:
            raise FactError(f"{fact.address} = {fact.exact}，按来历应为 {expected}。")


def _combine(kind: str, values: Sequence[Value]) -> Value:
    numbers = [value for value in values if not isinstance(value, str)]
    if kind == "sum" and isinstance(numbers[0], Fraction):
        return sum(numbers, Fraction(0))
    if kind == "sum":
        return _like(numbers[0], sum(int(number) for number in numbers))
    if kind == "difference":
        if isinstance(numbers[0], Fraction):
            return Fraction(numbers[0]) - Fraction(numbers[1])
        return _like(numbers[0], int(numbers[0]) - int(numbers[1]))
    if kind == "ratio":
        return Fraction(numbers[0]) / Fraction(numbers[1])
    raise FactError(f"来历“{kind}”未知；只有 sum、difference、ratio。")


def _like(model: Value, number: int) -> Value:
    return type(model)(number) if isinstance(model, (Area, Money)) else number
