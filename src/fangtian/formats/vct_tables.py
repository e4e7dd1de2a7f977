"""VCT 属性段。Table structures, and attribute rows as columns: text, or float64 where the field is a number.

Rows are turned into columns in batches, so that the text of a whole table never stands in memory twice.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.formats.vct import VctField
from fangtian.formats.vct_lines import Remarks, VctLines, section_mark
from fangtian.formats.vct_records import number_of, whole_number

__all__ = ["AttributeTable", "read_attributes", "read_structures"]

_BATCH = 8192
_EXACT_DIGITS = 15
_NULLS = frozenset({"", "null", "<null>", "<空>", "none"})
_NO_IDENTITY = "BSM"


class _Column:
    """One column while it is filled. Whole numbers too long for a float64 turn it into text."""

    def __init__(self, field: VctField) -> None:
        self.field = field
        self.text = not field.numeric
        self._parts: list[NDArray[Any]] = []
        self._known: dict[str, str] = {}

    def extend(self, cells: Sequence[str], numbers: Sequence[int], remarks: Remarks) -> None:
        if not self.text and self.field.whole and any(len(cell) > _EXACT_DIGITS for cell in cells):
            self.text = True
            self._parts = [np.array([_whole_text(v) for v in part], dtype=object) for part in self._parts]
        if self.text:
            part = np.empty(len(cells), dtype=object)
            part[:] = [self._known.setdefault(cell, cell) for cell in cells]
            if len(self._known) > _BATCH:  # hardly anything repeats
                self._known.clear()
            self._parts.append(part)
            return
        self._parts.append(self._numbers(cells, numbers, remarks))

    def finished(self) -> NDArray[Any]:
        if self._parts:
            return np.concatenate(self._parts)
        return np.empty(0, dtype=object if self.text else np.float64)

    def _numbers(self, cells: Sequence[str], numbers: Sequence[int], remarks: Remarks) -> NDArray[np.float64]:
        try:
            values = np.array([float(cell) if cell else math.nan for cell in cells])
        except ValueError:
            values = np.array([math.nan])
        plain = np.isfinite(values).sum() == sum(map(bool, cells)) and not any("_" in cell for cell in cells)
        if plain and len(values) == len(cells):
            return values
        return np.array([self._number(*pair, remarks) for pair in zip(cells, numbers, strict=True)])

    def _number(self, cell: str, line: int, remarks: Remarks) -> float:
        if cell.strip().lower() in _NULLS:
            return math.nan
        value = number_of(cell)
        if value is None and "_" not in cell and "n" not in cell.lower():
            value = _large(cell)
        if value is None:
            remarks.add("FMT-vct-value", line, field=self.field.name, text=cell[:40])
            return math.nan
        return value


def _large(cell: str) -> float | None:
    """A number beyond the range of coordinates."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole_text(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.0f}"


@dataclass
class AttributeTable:
    """属性表。``fields`` by the table structure; ``ids`` and columns once its rows are read."""

    name: str
    fields: tuple[VctField, ...]
    shapeless: bool = False
    ids: array[int] = field(default_factory=lambda: array("q"))
    line: int = 0
    _columns: list[_Column] = field(default_factory=list)
    _rows: list[list[str]] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)

    def add(self, row: str, separator: str, line: int, remarks: Remarks) -> None:
        """加一行。One row of the file: object number, then a value for every field."""
        cells = row.split(separator)
        wanted = len(self.fields) + 1
        if len(cells) == wanted - 1 and self.fields and self.fields[0].name.upper() == _NO_IDENTITY:
            cells.insert(0, cells[0])
        if len(cells) > wanted and not any(cells[wanted:]):
            del cells[wanted:]
        id = whole_number(cells[0].strip())
        if id is None or id <= 0:
            remarks.add("FMT-vct-line", line, expected="标识码（正整数）", text=cells[0][:40])
        elif len(cells) != wanted:
            remarks.add("FMT-vct-attribute", line, table=self.name, told=wanted - 1, count=len(cells) - 1)
        else:
            self.ids.append(id)
            self._rows.append(cells[1:])
            self._numbers.append(line)
            if len(self._rows) >= _BATCH:
                self._settle(remarks)

    def columns(self, remarks: Remarks) -> dict[str, NDArray[Any]]:
        """各列。Arrays by field name."""
        self._settle(remarks)
        return {column.field.name: column.finished() for column in self._columns}

    def _settle(self, remarks: Remarks) -> None:
        if not self._columns:
            self._columns = [_Column(field) for field in self.fields]
        if self._rows:
            for column, cells in zip(self._columns, zip(*self._rows, strict=True), strict=True):
                column.extend(cells, self._numbers, remarks)
        self._rows, self._numbers = [], []


def read_structures(lines: VctLines, separator: str, remarks: Remarks) -> dict[str, AttributeTable]:
    """读表结构。Tables by name; a table ends with ``0``. A field's line is name, type, width, decimals."""
    tables: dict[str, AttributeTable] = {}
    while (row := lines.peek()) and section_mark(row) is None:
        lines.next()
        if row == "0":
            continue
        head = [cell.strip() for cell in row.split(separator)]
        line, told = lines.number, whole_number(head[1]) if len(head) > 1 else None
        if told is None or not head[0]:
            remarks.add("FMT-vct-line", line, expected="属性表名,属性项个数", text=row[:40])
            continue
        fields = _fields(lines, separator, remarks)
        if len(fields) != told:
            remarks.add("FMT-vct-count", line, what="属性项个数", told=told, count=len(fields))
        if head[0] in tables:
            remarks.add("FMT-vct-table-twice", line, table=head[0])
            continue
        shapeless = len(head) > 2 and head[2].lower() == "nonegeometry"
        tables[head[0]] = AttributeTable(head[0], fields, shapeless, line=line)
    return tables


def _fields(lines: VctLines, separator: str, remarks: Remarks) -> tuple[VctField, ...]:
    fields: dict[str, VctField] = {}
    while (row := lines.peek()) and section_mark(row) is None:
        lines.next()
        if row == "0":
            break
        cells = [cell.strip() for cell in row.split(separator)]
        if len(cells) < 2 or not all(cells[:2]) or whole_number(cells[1]) is not None:
            remarks.add("FMT-vct-line", lines.number, expected="属性项名,类型", text=row[:40])
            continue
        width, decimals = (max(whole_number(cell) or 0, 0) for cell in (*cells[2:], "", "")[:2])
        name = cells[0]
        if name in fields:
            name = f"{name}_{len(fields) + 1}"
            remarks.add("FMT-vct-field-twice", lines.number, field=cells[0][:40], name=name[:40])
        fields[name] = VctField(name, cells[1], min(width, 10**6), min(decimals, 15))
    return tuple(fields.values())


def read_attributes(
    lines: VctLines, separator: str, tables: dict[str, AttributeTable], remarks: Remarks
) -> None:
    """读属性段。Rows into their tables: a line with the table's name, rows, ``TableEnd``, the next table."""
    while (row := lines.peek()) and section_mark(row) in (None, ("table", "end")):
        lines.next()
        name = row.split(separator)[0].strip()
        if section_mark(row):
            continue
        table = tables.get(name)
        if table is None:
            remarks.add("FMT-vct-table-unknown", lines.number, table=name[:40])
        while (row := lines.peek()) and section_mark(row) is None:
            if row in tables:
                remarks.add("FMT-vct-unended", lines.number, section=f"表 {name[:40]}")
                break
            lines.next()
            if table is not None:
                table.add(row, separator, lines.number, remarks)
