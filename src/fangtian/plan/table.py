"""方案表格。Rows of a plan's spreadsheet, read against the columns that an official table has.

Every problem becomes a finding with file, sheet, row and column; a row is kept as far as it can be read, so
that the checks after it still run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from fangtian.catalog.code import codes
from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.guard import read_sheet
from fangtian.formats.spreadsheet import SheetRows, plain_header
from fangtian.plan.explain import nearest
from fangtian.plan.model import TableSource
from fangtian.plan.place import in_file, within
from fangtian.units import Area, Money

__all__ = ["Column", "Row", "Table", "duplicated", "read_table", "wan_text"]

_BLANK = {"", "-", "—", "——", "/", "\\", "无"}
_TOTALS = {"合计", "小计", "总计"}


@dataclass(frozen=True)
class Column:
    """栏目。A column of an official table; ``kind`` is text, year, money, area or choice (of ``domain``)."""

    name: str
    header: str
    kind: str = "text"
    unit: str = ""
    required: bool = False
    domain: str = ""
    accepts: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """栏目名称。As printed in the official table."""
        return f"{self.header}（{self.unit}）" if self.unit else self.header


@dataclass(frozen=True)
class Row:
    """行。The typed cells of one row; a blank or unreadable cell is None (text: "")."""

    place: Place
    cells: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]

    def at(self, column: str) -> Place:
        """单元格位置。The place of one cell, by its printed title."""
        return Place(self.place.file, self.place.layer, self.place.feature, column)


@dataclass(frozen=True)
class Table:
    """表。Its rows and what was found on the way."""

    place: Place
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def read_table(source: TableSource, root: Path, columns: Sequence[Column]) -> Table:
    """读表。The rows of a table of the plan, typed; raises nothing: what is wrong is in ``findings``."""
    file = within(source.path, root)
    try:
        sheet = read_sheet(source.path, source.sheet, expected=[name for c in columns for name in _names(c)])
    except InputError as error:
        return Table(Place(file=file, layer=source.sheet), (), tuple(in_file(error.findings, file)))
    place = Place(file=file, layer=sheet.sheet)
    headers, findings = _headers(sheet, columns, place)
    findings = [*in_file(sheet.findings, file), *findings]
    if any(item.code in ("SCH-column-missing", "SCH-column-unit") for item in findings):
        return Table(place, (), tuple(findings))
    rows = []
    for cells, number in zip(sheet.rows, sheet.numbers, strict=True):
        texts = {column.name: _plain(cells.get(headers.get(column.name, ""), "")) for column in columns}
        if any(texts.values()) and not _TOTALS & {"".join(text.split()) for text in texts.values()}:
            row, remarks = _row(Place(file, sheet.sheet, f"第{number}行"), columns, texts)
            rows.append(row)
            findings += remarks
    return Table(place, tuple(rows), tuple(findings))


def duplicated(table: Table, column: Column) -> Iterator[Finding]:
    """重复。Rows that repeat the value of a key column of an earlier row."""
    first: dict[str, Row] = {}
    for row in table.rows:
        value = str(row[column.name])
        if value and value in first:
            earlier = first[value].place.feature
            yield finding(
                "LOG-row-twice", row.at(column.title), title=column.header, value=value, earlier=earlier
            )
        first.setdefault(value, row)


def wan_text(amount: Money) -> str:
    """万元。An amount as a person writes it.

    >>> wan_text(Money.of_wan("120.50"))
    '120.5'
    """
    return f"{amount.wan.normalize():f}"


def _row(place: Place, columns: Sequence[Column], texts: Mapping[str, str]) -> tuple[Row, list[Finding]]:
    cells: dict[str, Any] = {}
    findings: list[Finding] = []
    row = Row(place, cells)
    for column in columns:
        text, where = texts[column.name], row.at(column.title)
        cells[column.name] = "" if column.kind == "text" else None
        if text:
            try:
                cells[column.name] = _READERS[column.kind](text, column)
            except _UnfitError as error:
                findings.append(finding(error.code, where, title=column.title, value=text, **error.values))
        elif column.required:
            findings.append(finding("DOM-cell-blank", where, title=column.title))
    return row, findings


def _headers(
    sheet: SheetRows, columns: Sequence[Column], place: Place
) -> tuple[dict[str, str], list[Finding]]:
    """Which header of the sheet is which column; a missing unit is tolerated, another unit is not."""
    parted = {name: _parted(name) for name in sheet.header}
    found, findings = {}, []
    for column in columns:
        names = [plain_header(name) for name in _names(column)]
        header = next((name for name in sheet.header if parted[name][0] in names), "")
        where = Place(place.file, place.layer, field=column.title)
        if header and parted[header][1] not in ("", column.unit):
            units = {"unit": parted[header][1], "expected": column.unit or "无单位"}
            findings.append(finding("SCH-column-unit", where, title=column.title, **units))
        elif header:
            found[column.name] = header
        elif column.required:
            near = nearest(column.header, [name for name in sheet.header if name not in found.values()])
            present = {"near": near or "、".join(sheet.header)}
            findings.append(finding("SCH-column-missing", where, title=column.title, **present))
    return found, findings


def _parted(header: str) -> tuple[str, str]:
    """Name and unit of a header, e.g. 计划投资 and 万元."""
    match = re.fullmatch(r"(.+?)[(:,/](万元|元|亿元|公顷|亩|平方米|m2|m²|年|年度|户|人)\)?", header)
    return (match[1], "" if match[2] in ("年", "年度") else match[2]) if match else (header, "")


def _names(column: Column) -> tuple[str, ...]:
    return (column.header, *column.accepts)


def _plain(text: str) -> str:
    plain = text.strip()
    return "" if unicodedata.normalize("NFKC", plain) in _BLANK else plain


class _UnfitError(Exception):
    """A cell that cannot be read as what its column holds."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def _number(text: str, unit: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix(unit)
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", plain):
        raise _UnfitError("DOM-cell-number")
    number = Decimal(plain)
    if number < 0:
        raise _UnfitError("DOM-cell-negative")
    return number


def _year(text: str, column: Column) -> int:
    match = re.fullmatch(
        r"(20\d\d)(年度?|-\d\d?-\d\d?|年\d\d?月(\d\d?日)?)?", unicodedata.normalize("NFKC", text)
    )
    if match is None:
        raise _UnfitError("DOM-cell-year")
    return int(match[1])


def _choice(text: str, column: Column) -> str:
    known = codes(column.domain)
    by_name = {name: code for code, name in known.items()}
    if text in known or text in by_name:
        return text if text in known else by_name[text]
    near = nearest(text, [*known, *by_name])
    raise _UnfitError("DOM-cell-choice", near=near or "、".join(known), known="、".join(known))


_READERS: Mapping[str, Callable[[str, Column], Any]] = {
    "text": lambda text, column: text,
    "year": _year,
    "choice": _choice,
    # Binary noise of Excel lies far below one 分 or 0.01 m², where these types round.
    "money": lambda text, column: Money.of_wan(_number(text, column.unit)),
    "area": lambda text, column: Area.of_ha(_number(text, column.unit)),
}
