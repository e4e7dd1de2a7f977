"""专章开关。Which special chapters a plan needs, from its facts alone (管理办法十三条5项, 大纲八（四）)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED

__all__ = ["SPECIAL_CHAPTERS", "switched_on"]

PILOT, PROJECT = "pilot_area", "project"


def switched_on(book: FactBook) -> tuple[str, ...]:
    """启用的专章。Names of the special chapters that the plan calls for, in the order of filing.

    >>> switched_on(FactBook())
    ()
    """
    return tuple(name for name, needed in SPECIAL_CHAPTERS.items() if needed(book))


def _some(book: FactBook, *keys: str) -> bool:
    """Whether any of the figures of the pilot area is there and not zero."""
    facts = [book.find(key, PILOT, PLANNED) for key in keys]
    return any(fact is not None and bool(fact.value) for fact in facts)


def _flagged(book: FactBook, key: str) -> bool:
    fact = book.find(key, PROJECT, BEFORE)
    return fact is not None and fact.value == "是"


def _farmland(book: FactBook) -> bool:
    return _flagged(book, "pbf_adjusted") or _some(book, "pbf_out_area", "pbf_in_area")


def _lines(book: FactBook) -> bool:
    moved = ("eco_redline_out_area", "eco_redline_in_area", "urban_boundary_changed_area")
    return _farmland(book) or _flagged(book, "eco_redline_adjusted") or _some(book, *moved)


def _linked(book: FactBook) -> bool:
    """Old building land is given up and new is built on: one without the other is no exchange."""
    return _some(book, "demolition_area") and _some(book, "new_construction_area")


def _reused(book: FactBook) -> bool:
    return _some(book, "reused_construction_area")


def _rights(book: FactBook) -> bool:
    return _flagged(book, "ownership_adjusted")


def _demolished(book: FactBook) -> bool:
    """Demolition of houses, or of nobody knows yet how many; a cleared pit where nobody lives is none."""
    counts = [book.find(key, PILOT, PLANNED) for key in ("demolished_houses", "moved_households")]
    return _some(book, "demolition_area") and any(fact is None or bool(fact.value) for fact in counts)


SPECIAL_CHAPTERS: Mapping[str, Callable[[FactBook], bool]] = {
    "永久基本农田调整方案": _farmland,
    "三区三线局部优化方案": _lines,
    "城乡建设用地增减挂钩方案": _linked,
    "零星分散低效用地整合方案": _reused,
    "土地权属调整方案": _rights,
    "拆迁汇总表": _demolished,
}
"""专章。File name of each special chapter -> whether a book of facts calls for it."""
