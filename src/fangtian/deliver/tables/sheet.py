"""表页。One sheet as values: every cell with its words or number, the facts behind it, and its looks."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from fangtian.catalog.form import Form
from fangtian.deliver.present import Presentation, Shown

__all__ = ["MISSING", "Cell", "Page", "Sheet", "Tag", "display_width"]

MISSING = "—"
"""缺项。What a table prints where a fact is missing; missing is not 0."""

NUMBER_FORMATS = {0: "0", 2: "0.00", 4: "0.0000"}
_SLOT = re.compile(r"\{([^{}]+)\}")
COLUMN_PADDING = 5 / 7  # a column is 7 pixels per character and 5 more
_LINE_POINTS = 15.0

FONT_SIZE = 10.5
FONT_SIZES = {"number_line": 12.0, "title": 16.0, "words": 11.0, "remark": 9.0, "note": 9.0}
"""字号。Points by style; anything else is 五号."""


class Tag(NamedTuple):
    """标签。A fact that a cell prints, with its displayed text."""

    address: str
    text: str


@dataclass(frozen=True)
class Cell:
    """单元格。``row``/``col`` from 0; ``text`` as printed; ``value`` the number where it is written as one.

    ``facts`` are the facts that the cell prints, none for fixed words.
    """

    row: int
    col: int
    text: str
    value: Decimal | None = None
    facts: tuple[Tag, ...] = ()
    number_format: str = ""
    style: str = "text"
    rows: int = 1
    cols: int = 1

    @property
    def fact(self) -> str:
        """事实地址。The one fact that the cell prints; "" for none or several."""
        return self.facts[0].address if len(self.facts) == 1 else ""


@dataclass(frozen=True)
class Sheet:
    """表页。Cells with widths (characters) and heights (points).

    ``repeat`` is the first and last header row, printed on every page; ``breaks`` are rows that start a page.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    repeat: tuple[int, int]
    paper: str
    landscape: bool
    breaks: tuple[int, ...] = ()


@dataclass
class Page:
    """排版。A sheet while it is laid out, row by row; ``row`` is the next free row."""

    form: Form
    presentation: Presentation
    name: str
    scope: str = ""
    widths: tuple[float, ...] = ()
    cells: list[Cell] = field(default_factory=list)
    row: int = 0
    repeat: tuple[int, int] = (0, 0)
    breaks: tuple[int, ...] = ()

    @property
    def columns(self) -> int:
        """列数。Columns of the sheet."""
        return len(self.widths or self.form.widths)

    def head(self, extra: tuple[tuple[int, int, int, int, str], ...] = ()) -> None:
        """表头。Number, title, unit line and the merged header; ``extra`` cells are added to the header."""
        title = f"{self.form.title}（{self.scope}）" if self.scope else self.form.title
        self.put(0, f"附表{self.form.number}", "number_line", cols=self.columns)
        self.row += 1
        self.put(0, title, "title", cols=self.columns)
        self.row += 1
        if self.form.unit:
            self.put(0, self.form.unit, "unit", cols=self.columns)
            self.row += 1
        spans = [(cell.row, cell.col, cell.rows, cell.cols, cell.text) for cell in self.form.header]
        for row, col, rows, cols, text in (*spans, *extra):
            self.cells.append(Cell(self.row + row, col, text, style="header", rows=rows, cols=cols))
        if self.form.header_rows:
            self.repeat = (self.row, self.row + self.form.header_rows - 1)
        self.row += self.form.header_rows

    def put(self, col: int, text: str, style: str = "text", *, rows: int = 1, cols: int = 1) -> None:
        """写字。Fixed words at a column of the current row."""
        self.cells.append(Cell(self.row, col, text, style=style, rows=rows, cols=cols))

    def fact(self, col: int, address: str, style: str = "", *, cols: int = 1, blank: str = MISSING) -> None:
        """写事实。The displayed value of a fact, a number where it is one; ``blank`` where it is missing."""
        shown = self.presentation.find(address)
        if shown is None or (shown.value is None and not shown.text):
            self.put(col, blank, "number_blank" if style in ("", "number") else style, cols=cols)
            return
        looks = style or ("text" if shown.value is None else "number")
        pattern = "" if shown.value is None else number_format(shown.value)
        tag = Tag(address, shown.text)
        cell = Cell(self.row, col, shown.text, shown.value, (tag,), pattern, looks, 1, cols)
        self.cells.append(cell)

    def fill(self, col: int, template: str, style: str = "text", *, cols: int = 1) -> None:
        """填写。Words with ``{address}`` slots; a template that is one slot alone is that fact itself."""
        whole = _SLOT.fullmatch(template)
        if whole:
            self.fact(col, whole[1], "" if style == "text" else style, cols=cols)
            return
        found = {address: self.presentation.find(address) for address in _SLOT.findall(template)}
        text = _SLOT.sub(lambda slot: _words(found[slot[1]]), template)
        facts = tuple(Tag(address, shown.text) for address, shown in found.items() if shown is not None)
        self.cells.append(Cell(self.row, col, text, None, facts, "", style, 1, cols))

    def foot(self) -> None:
        """表尾。The notes of the annex, our explanation and the source of the land-use data."""
        notes = self.form.notes
        numbered = [f"{i}.{note}" for i, note in enumerate(notes, 1)] if len(notes) > 1 else list(notes)
        for index, note in enumerate(numbered):
            lead, end = ("注：" if index == 0 else "　　"), ("。" if index == len(numbered) - 1 else "；")
            self._note(f"{lead}{note}{end}")
        if self.form.explanation:
            self._note(f"说明：{self.form.explanation}。")
        source = "data_source@project.before"
        if self.form.survey_data and source in self.presentation:
            self._note(f"数据来源：{{{source}}}。")

    def _note(self, template: str) -> None:
        self.fill(0, template, "note", cols=self.columns)
        self.row += 1

    def sheet(self) -> Sheet:
        """成页。The finished sheet with row heights fitted to the words."""
        widths = self.widths or self.form.widths
        title = next(cell.text for cell in self.cells if cell.style == "title")
        heights = _heights(self.cells, widths, self.row)
        cells, form = tuple(self.cells), self.form
        return Sheet(
            self.name, title, cells, widths, heights, self.repeat, form.paper, form.landscape, self.breaks
        )


def number_format(value: Decimal) -> str:
    """数字格式。The spreadsheet format that prints as many decimals as the value carries."""
    return NUMBER_FORMATS[-int(value.as_tuple().exponent)]


def display_width(text: str) -> float:
    """字宽。Width in characters: a Chinese character takes two.

    >>> display_width("耕地01")
    6.0
    """
    return float(sum(2 if ord(char) > 0x2000 else 1 for char in text))


def _words(shown: Shown | None) -> str:
    return MISSING if shown is None else shown.text


def _heights(cells: list[Cell], widths: tuple[float, ...], rows: int) -> tuple[float, ...]:
    """Row heights that hold the words; a spreadsheet does not grow a row for merged cells by itself."""
    heights = [19.0] * rows
    for cell in cells:
        if cell.rows == 1:
            tall = 34.0 if cell.style == "title" else _lines(cell, widths) * _LINE_POINTS + 5
            heights[cell.row] = max(heights[cell.row], min(tall, 400.0))
    return tuple(heights)


def _lines(cell: Cell, widths: tuple[float, ...]) -> int:
    room = sum(width + COLUMN_PADDING for width in widths[cell.col : cell.col + cell.cols]) - 1.6
    size = FONT_SIZES.get(cell.style, FONT_SIZE) / FONT_SIZE
    return sum(max(1, math.ceil(display_width(line) * size / room)) for line in cell.text.split("\n"))
