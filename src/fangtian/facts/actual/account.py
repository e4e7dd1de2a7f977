"""核算事实簿。The facts of a year's account: its plots, villages and sums, earlier years, and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fangtian.facts.actual.book import ACTUAL
from fangtian.facts.actual.earlier import Held
from fangtian.facts.actual.yearly import KINDS, Counted, Kind
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, Fact, year_phase
from fangtian.facts.scene import PROJECT
from fangtian.units import Area

__all__ = ["EARLIER", "PILOT", "RIDGES", "UNDATED", "WORDS", "completed"]

EARLIER = "earlier"
"""以前年度。The phase of what earlier accounts hold together."""
PILOT = "pilot_area"
RIDGES = "account_ridge_area"
UNDATED = "年度不明"
WORDS = {
    "plots": (
        ("plot_location", PLANNED),
        ("plot_class_before", BEFORE),
        ("plot_class", PLANNED),
        ("plot_source", PLANNED),
        ("plot_grade", PLANNED),
        ("plot_proof", PLANNED),
    ),
    "basic_farmland_in": (
        ("plot_location", PLANNED),
        ("pbf_plot_class", BEFORE),
        ("pbf_plot_class", PLANNED),
        ("pbf_plot_grade", PLANNED),
        ("plot_note", PLANNED),
    ),
}
"""What tables say of a plot besides its areas, by the layer that it is of."""


def completed(
    year: FactBook,
    sides: tuple[FactBook, FactBook],
    counted: Iterable[Counted],
    held: Sequence[Held],
    undated: Sequence[str],
) -> FactBook:
    """补全年度事实。``year`` with the words of the built plots, sums of earlier years, the plan's figures.

    ``sides`` are the books of the plan as approved and as built; ``undated`` are made-up plots without year.
    """
    approved, built = sides
    no_year = ("account_plot_count", PROJECT, ACTUAL, UNDATED)
    year.measure(no_year, len(undated), "永久基本农田调入地块、竣工地块", "计数")
    for item in counted:
        for key, phase in WORDS[item.kind.role]:
            _copied(year, built.find(key, item.scope, phase))
    for fact in built:
        if fact.key == "village_names" and fact.scope.startswith("village:"):
            _copied(year, fact)
    (now,) = {fact.phase for fact in year if fact.key == RIDGES and fact.scope == PROJECT}
    for kind in KINDS:
        own = [item for item in held if item.kind == kind]
        sums = {kind.key: [(item.year, item.areas) for item in own]}
        if kind.role == "plots":
            sums[RIDGES] = [(item.year, item.ridges) for item in own]
        for key, areas in sums.items():
            _cumulated(year, key, areas, now)
        _against_plan(year, kind, approved)
    return year


def _copied(book: FactBook, fact: Fact | None) -> Fact | None:
    return None if fact is None else book.add(replace(fact, derivation=None))


def _cumulated(book: FactBook, key: str, areas: Sequence[tuple[int, tuple[Area, Area]]], now: str) -> None:
    """Earlier years one by one, together, and with this year."""
    parts = []
    for year in sorted({year for year, _ in areas}):
        exact, printed = (Area.total(pair[side] for when, pair in areas if when == year) for side in (0, 1))
        parts.append(
            book.add(Fact(key, PROJECT, year_phase(year), exact, "", "以前年度核算", "求和", None, printed))
        )
    if parts:
        before = book.derive("sum", (key, PROJECT, EARLIER), parts)
    else:
        before = book.measure((key, PROJECT, EARLIER), Area(0), "没有以前年度核算", "求和")
    book.derive("sum", (key, PROJECT, ACTUAL), [before, book[f"{key}@{PROJECT}.{now}"]])


def _against_plan(book: FactBook, kind: Kind, approved: FactBook) -> None:
    planned = _copied(book, approved.find(kind.planned, PILOT, PLANNED))
    if planned is not None and isinstance(planned.value, Area) and planned.value > 0:
        done = book[f"{kind.key}@{PROJECT}.{ACTUAL}"]
        book.derive("ratio", ("completion_rate", PILOT, ACTUAL, kind.planned), [done, planned])
