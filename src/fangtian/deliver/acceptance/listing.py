"""列表。Tables of acceptance as sheets: the workbook prints them, the report takes the same cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from fangtian.catalog.form import Form
from fangtian.deliver.document.annex import annex_grids
from fangtian.deliver.document.blocks import Grid, Span
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.sheet import MISSING, Cell, Page, Sheet, Tag
from fangtian.deliver.wording import segments
from fangtian.law.verdict import Judgement

__all__ = ["At", "Listing", "Row", "grid_of", "said", "spans_of"]

_NARROW = 92
"""Tables of more characters across stand on a page turned on its side."""


class At(NamedTuple):
    """事实格。A cell that prints the fact at an address; ``blank`` where it is missing."""

    address: str
    blank: str = MISSING


class Said(NamedTuple):
    """陈述格。A cell with a sentence whose slots are facts."""

    sentence: str


Content = str | At | Said


@dataclass(frozen=True)
class Row:
    """行。Its cells from the left; a ``total`` row closes the table."""

    cells: tuple[Content, ...]
    total: bool = False


@dataclass(frozen=True)
class Listing:
    """列表。``name`` is the sheet's, ``title`` stands above; ``widths`` in characters."""

    name: str
    title: str
    header: tuple[str, ...]
    widths: tuple[float, ...]
    unit: str = ""
    note: str = ""

    def sheet(self, rows: Iterable[Row], shown: Presentation) -> Sheet:
        """成页。With every row; a list without rows says 无."""
        landscape = sum(self.widths) > _NARROW
        unit, notes = self.unit and f"单位：{self.unit}", (self.note,) if self.note else ()
        form = Form(0, self.title, unit, notes, "A4", landscape, self.widths, ())
        page = Page(form, shown, self.name)
        self._head(page)
        for row in list(rows) or [Row(("无",))]:
            for col, content in enumerate(row.cells):
                _put(page, col, content, row.total, len(row.cells) == 1)
            page.row += 1
        page.foot()
        return page.sheet()

    def _head(self, page: Page) -> None:
        page.put(0, self.title, "title", cols=page.columns)
        page.row += 1
        if page.form.unit:
            page.put(0, page.form.unit, "unit", cols=page.columns)
            page.row += 1
        for col, text in enumerate(self.header):
            page.put(col, text, "header")
        page.repeat = (page.row, page.row)
        page.row += 1


def _put(page: Page, col: int, content: Content, total: bool, alone: bool) -> None:
    if isinstance(content, At):
        page.fact(col, content.address, "total" if total else "", blank=content.blank)
    elif isinstance(content, Said):
        parts = list(segments(content.sentence, page.presentation))
        tags = tuple(Tag(part.address, part.text) for part in parts if part.address and not part.form)
        text = "".join(part.text for part in parts)
        page.cells.append(Cell(page.row, col, text, facts=tags))
    else:
        style = "total_label" if total else "center" if alone or content == MISSING else "text"
        page.put(col, content, style, cols=page.columns if alone else 1)


def said(judgement: Judgement) -> Said:
    """判定句格。The sentence of a judgement as a cell."""
    return Said(judgement.sentence)


def grid_of(sheet: Sheet) -> Grid:
    """入文。The sheet as a table of the report, numbered by chapter there."""
    (grid,) = annex_grids([sheet])
    return replace(grid, number="")


def spans_of(words: Sequence[str | At], shown: Presentation) -> Iterator[Span]:
    """成句。Words and facts, one after the other; a missing fact reads （缺）."""
    for word in words:
        if isinstance(word, str):
            yield Span(word)
        else:
            known = word.address in shown
            yield Span(shown.text(word.address), word.address) if known else Span("（缺）")
