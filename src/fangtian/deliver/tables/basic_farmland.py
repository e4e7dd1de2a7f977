"""附表5。Permanent basic farmland by plot in three blocks: 新增, 新划定, 调整."""

from __future__ import annotations

import math

from fangtian.catalog.form import forms
from fangtian.catalog.land_class import FARM_CLASSES
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.rows import scopes_with
from fangtian.deliver.tables.sheet import MISSING, Cell, Page, Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, address_of
from fangtian.facts.indicators.basic_farmland import BLOCK_KEYS

__all__ = ["basic_farmland_table"]

PILOT = "pilot_area"
BLOCK_ROWS = 18  # fewer than a page holds


def basic_farmland_table(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表5。试点区域永久基本农田保护情况表 (D-092, D-093); a ratio stands only in the 小计 of 新增."""
    page = Page(forms()[5], presentation, "附表5")
    page.head()
    for block, key in BLOCK_KEYS.items():
        kind = "pbf_out" if block == "调整" else "pbf_in"
        plots = scopes_with(book, key, kind, phase=PLANNED)
        _block_label(page, block, max(len(plots), 1) + 1)
        for number, plot in enumerate(plots, 1):
            _plot(page, number, f"{kind}:{plot}", key)
        if not plots:
            page.put(1, "无", "center", cols=page.columns - 1)
            page.row += 1
        _subtotal(page, block, key)
    page.foot()
    return (page.sheet(),)


def _block_label(page: Page, block: str, rows: int) -> None:
    """The name of a block beside its rows; a long block names itself again, so that every page shows it."""
    size = math.ceil(rows / math.ceil(rows / BLOCK_ROWS))
    for start in range(0, rows, size):
        span = min(size, rows - start)
        page.cells.append(Cell(page.row + start, 0, block, style="center", rows=span))


def _plot(page: Page, number: int, scope: str, key: str) -> None:
    page.put(1, str(number), "code")
    page.fact(2, address_of(key, scope, PLANNED))
    page.put(3, MISSING, "number_blank")
    page.put(4, scope.partition(":")[2], "center")
    _classes(page, scope, "", "number")
    page.fact(11, address_of("plot_note", scope, PLANNED), blank="")
    page.row += 1


def _subtotal(page: Page, block: str, key: str) -> None:
    page.put(1, "小计", "subtotal_label")
    page.fact(2, address_of(key, PILOT, PLANNED), "subtotal")
    if block == "新增":
        page.fact(3, address_of("pbf_added_ratio", PILOT, PLANNED), "subtotal")
    else:
        page.put(3, MISSING, "subtotal_label")
    page.put(4, "", "subtotal_label")
    _classes(page, PILOT, f"{block}:", "subtotal")
    page.put(11, "", "subtotal_label")
    page.row += 1


def _classes(page: Page, scope: str, prefix: str, style: str) -> None:
    for start, phase in ((5, BEFORE), (8, PLANNED)):
        for col, code in enumerate(FARM_CLASSES, start):
            page.fact(col, address_of("pbf_class_area", scope, phase, f"{prefix}{code}"), style)
