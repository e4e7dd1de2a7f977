"""事实。One number, one fact: a frozen value with its key, scope, phase, unit and provenance."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction

from fangtian.units import Area, Money

__all__ = ["BEFORE", "PLANNED", "Derivation", "Fact", "Value", "address_of", "year_phase"]

type_names = {Area: "area", Money: "money", Fraction: "fraction", int: "count", str: "text"}

Value = Area | Money | Fraction | int | str
"""事实的值。Exact types only; a float cannot be sealed."""

BEFORE = "before"
PLANNED = "planned"


def year_phase(year: int) -> str:
    """年度。The phase of one year of implementation."""
    return f"year:{year}"


def address_of(key: str, scope: str, phase: str, member: str = "") -> str:
    """地址。The address that text, tables, maps and databases carry.

    >>> address_of("class_area", "pilot_area", "before", "0103")
    'class_area[0103]@pilot_area.before'
    """
    return f"{key}[{member}]@{scope}.{phase}" if member else f"{key}@{scope}.{phase}"


@dataclass(frozen=True)
class Derivation:
    """来历。How a fact follows from others: ``sum``, ``difference`` (a − b) or ``ratio`` (a ÷ b)."""

    kind: str
    operands: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """事实。``key`` is catalogued in quantities.toml; ``member`` narrows it (a class, a year, a source).

    ``source`` names where it comes from (layer or table, with its file), ``method`` how it was measured.
    ``printed`` is the area in whole m² that is printed, where it was summed on the squared ledger (ADR 0008).
    """

    key: str
    scope: str
    phase: str
    value: Value
    member: str = ""
    source: str = ""
    method: str = ""
    derivation: Derivation | None = None
    printed: Area | None = None

    @property
    def address(self) -> str:
        """地址。Unique within a FactBook."""
        return address_of(self.key, self.scope, self.phase, self.member)

    @property
    def value_type(self) -> str:
        """值类型。area, money, fraction, count or text."""
        return type_names[type(self.value)]

    @property
    def exact(self) -> str:
        """精确值。The value as canonical text: integers of 0.01 m² or 分, n/d for fractions."""
        return (
            self.value
            if isinstance(self.value, str)
            else str(self.value if isinstance(self.value, Fraction) else int(self.value))
        )

    @property
    def digest(self) -> str:
        """校验码。SHA-256 over all that the fact says."""
        derived = [self.derivation.kind, *self.derivation.operands] if self.derivation else []
        content = [self.address, self.value_type, self.exact, self.source, self.method, *derived]
        if self.printed is not None:
            content.append(f"印 {int(self.printed)}")
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
