"""表中各行。Which plots, sub-projects, villages and years a book holds, in natural order."""

from __future__ import annotations

from collections.abc import Iterable

from fangtian.catalog.order import natural_key
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact

__all__ = ["has_amount", "members_of", "scopes_with", "years_of"]


def scopes_with(book: FactBook, key: str, kind: str, *, phase: str = "") -> list[str]:
    """范围清单。Ids of ``kind`` (plot, subproject …) that have a fact of that key worth a row.

    A figure of zero is no row: a plot with no new farmland has no line in table 4.
    """
    prefix = f"{kind}:"
    found = {
        fact.scope.removeprefix(prefix)
        for fact in book
        if fact.key == key and fact.scope.startswith(prefix) and phase in ("", fact.phase) and fact.value != 0
    }
    return sorted(found, key=natural_key)


def members_of(book: FactBook, key: str, scope: str, phases: Iterable[str]) -> set[str]:
    """成员清单。Members (classes, uses …) of a key with a value other than zero at any of the phases."""
    wanted = set(phases)
    return {
        fact.member for fact in book if _is_at(fact, key, scope) and fact.phase in wanted and fact.value != 0
    }


def years_of(book: FactBook, keys: Iterable[str]) -> list[int]:
    """年度清单。Years that any of the keys has a fact for."""
    wanted = set(keys)
    phases = {fact.phase for fact in book if fact.key in wanted and fact.phase.startswith("year:")}
    return sorted(int(phase.removeprefix("year:")) for phase in phases)


def has_amount(book: FactBook, addresses: Iterable[str]) -> bool:
    """是否有值。Whether any of the facts is there and not zero."""
    return any(address in book and book[address].value != 0 for address in addresses)


def _is_at(fact: Fact, key: str, scope: str) -> bool:
    return fact.key == key and fact.scope == scope
