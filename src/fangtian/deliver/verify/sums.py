"""核对面积。What the layers of the finished database add up to, against the facts of the same name."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from fangtian.catalog.delivered import DeliveredLayer, delivered
from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import RIDGE
from fangtian.deliver.database.checks import rows_of
from fangtian.deliver.verify.sealed import Sealed
from fangtian.deliver.wording import fact_term
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, address_of
from fangtian.units import Area

__all__ = ["check_sums"]

_LAYERS = (("pieces_before", BEFORE), ("pieces_after", PLANNED))
_COLUMNS = ("land_class", "area", "ridge_area", "class_area", "in_consolidation", "village")


def check_sums(database: sqlite3.Connection, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对面积。Σ 图斑面积 by class, scope and village, before and after, at 0.01 m².

    A class counts its areas net of ridges; the ridges count to 1203 (DESIGN §4.3).
    """
    if sealed.book is None:
        return
    for layer, phase in _LAYERS:
        entry = delivered()[layer]
        measured = _measured(database, entry, phase)
        for address in sorted({*measured, *_expected(sealed.book, phase)}):
            yield from _compared(sealed.book, address, measured.get(address, 0), name, entry.table)


def _compared(book: FactBook, address: str, measured: int, name: str, table: str) -> Iterator[Finding]:
    sealed = int(book[address].value) if address in book else 0
    if sealed == measured:
        return
    yield finding(
        "DEL-sum-differs",
        Place(name, table, address),
        file=name,
        layer=table,
        term=fact_term(address),
        address=address,
        measured=f"{Area(measured).ha:f}",
        sealed=f"{Area(sealed).ha:f}",
    )


def _measured(database: sqlite3.Connection, entry: DeliveredLayer, phase: str) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    columns = [entry.official(column) for column in _COLUMNS]
    for _, code, area, ridge, net, inside, village in rows_of(database, entry.table, columns):
        for scope in ("pilot_area", "consolidation_area") if inside == 1 else ("pilot_area",):
            sums[address_of("class_area", scope, phase, str(code))] += _hundredths(net)
            sums[address_of("total_area", scope, phase)] += _hundredths(area)
            if _hundredths(ridge):
                sums[address_of("class_area", scope, phase, RIDGE)] += _hundredths(ridge)
        sums[address_of("total_area", f"village:{village}", phase)] += _hundredths(area)
    return sums


def _expected(book: FactBook, phase: str) -> Iterator[str]:
    """Facts that the layers must add up to."""
    for fact in book:
        villages = fact.key == "total_area" and fact.scope.startswith("village:")
        scopes = fact.key in ("class_area", "total_area") and fact.scope in (
            "pilot_area",
            "consolidation_area",
        )
        if fact.phase == phase and (villages or scopes):
            yield fact.address


def _hundredths(value: object) -> int:
    return round(float(value) * 100) if isinstance(value, int | float) else 0
