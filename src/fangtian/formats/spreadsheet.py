"""电子表格。Rows of an .xlsx sheet or a .csv file as text, exactly as a person reads them.

Numbers keep their shortest decimal form, so that money and areas are parsed without binary noise.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError

__all__ = ["BlankColumn", "SheetRows", "cell_text", "plain_header", "read_sheet", "write_blank"]

HEADER_ROWS = 5
"""The header stands within the first rows; a title or a unit line may come before it."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?")
_BRACKETS = str.maketrans("【】〔〕[]", "()()()")
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


@dataclass(frozen=True)
class SheetRows:
    """表格内容。``rows`` are header -> text, blank rows left out; ``numbers`` the row numbers in the file.

    Headers are as in :func:`plain_header`; ``header_row`` is 1-based.
    """

    file: str
    sheet: str
    header: list[str]
    header_row: int
    rows: list[dict[str, str]]
    numbers: list[int]
    findings: tuple[Finding, ...] = field(default=())


def read_sheet(path: Path, sheet: str = "", expected: Collection[str] = ()) -> SheetRows:
    """读取表格。The rows of an .xlsx sheet (the first visible one unless named) or a .csv file.

    ``expected`` headers help to tell the header from a title line. Raises InputError for a file that is
    unreadable, locked, of the old .xls format, in an unknown encoding, or without the sheet.
    """
    place = Place(file=path.name, layer=sheet)
    try:
        content = path.read_bytes()
    except OSError:
        raise _unreadable(place, "文件不存在或没有读取权限") from None
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise InputError([finding("FMT-sheet-locked" if locked else "FMT-sheet-old", place)])
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return _table(place, _csv_lines(content, place), (), expected)
    if not content.startswith(b"PK"):
        raise _unreadable(place, "内容不是 .xlsx 格式")
    title, lines, findings = _xlsx_lines(content, sheet, place)
    return _table(Place(file=path.name, layer=title), lines, findings, expected)


def plain_header(text: str) -> str:
    """规整表头。A header without line breaks, blanks and full-width brackets.

    >>> plain_header("计划投资 （万元）")
    '计划投资(万元)'
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_BRACKETS)


def cell_text(value: object) -> str:
    """单元格文字。What a person reads in a cell; a number in its shortest decimal form.

    >>> cell_text(12.3), cell_text(2026.0), cell_text(1e-7), cell_text(None)
    ('12.3', '2026', '0.0000001', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _unreadable(place: Place, reason: str) -> InputError:
    return InputError([finding("FMT-sheet-unreadable", place, reason=reason)])


def _xlsx_lines(content: bytes, sheet: str, place: Place) -> tuple[str, list[list[str]], list[Finding]]:
    try:
        values, formulas = (_workbook_cells(content, sheet, place, cached) for cached in (True, False))
    except InputError:
        raise
    except (zipfile.BadZipFile, EOFError):
        raise _unreadable(place, "文件已损坏") from None
    except Exception:  # openpyxl lets whatever its parsers meet in a broken file through
        raise _unreadable(place, "文件内部结构已损坏") from None
    title, rows = values
    findings = list(_cell_findings(rows, formulas[1], Place(file=place.file, layer=title)))
    return title, [[cell_text(cell) for cell in row] for row in rows], findings


def _workbook_cells(content: bytes, sheet: str, place: Place, cached: bool) -> tuple[str, list[list[Any]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and validations that openpyxl does not keep are not read
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=cached)
        try:
            known = [item.title for item in book.worksheets]
            wanted = next((name for name in known if plain_header(name) == plain_header(sheet)), None)
            if sheet and wanted is None:
                raise InputError([finding("FMT-sheet-missing", place, sheet=sheet, known="、".join(known))])
            visible = [item.title for item in book.worksheets if item.sheet_state == "visible"]
            page = book[wanted if sheet and wanted else (visible or known)[0]]
            page.reset_dimensions()  # some writers store a wrong extent
            return page.title, [list(row) for row in page.iter_rows(values_only=True)]
        finally:
            book.close()


def _cell_findings(values: list[list[Any]], formulas: list[list[Any]], place: Place) -> Iterator[Finding]:
    blank, wrong = [], []
    nothing: list[Any] = []
    for number, (shown, written) in enumerate(zip_longest(values, formulas, fillvalue=nothing), start=1):
        for column, (value, formula) in enumerate(zip_longest(shown, written), start=1):
            cell = f"{get_column_letter(column)}{number}"
            if value is None and isinstance(formula, str) and formula.startswith("="):
                blank.append(cell)
            elif isinstance(value, str) and value.startswith(_ERRORS):
                wrong.append(cell)
    for code, cells in (("FMT-formula-uncalculated", blank), ("FMT-cell-error", wrong)):
        if cells:
            shown_cells = "、".join(cells[:5]) + (" 等" if len(cells) > 5 else "")
            yield finding(code, Place(place.file, place.layer, cells[0]), count=len(cells), cells=shown_cells)


def _csv_lines(content: bytes, place: Place) -> list[list[str]]:
    text = _decoded(content, place)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t，", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise _unreadable(place, "不是逗号分隔的文本") from None
    return [[cell.strip() for cell in line] for line in lines]


def _decoded(content: bytes, place: Place) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    reached = 0
    for codec in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(codec)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    line = content.count(b"\n", 0, reached) + 1
    raise InputError([finding("FMT-text-encoding", place, line=line)])


def _table(
    place: Place, lines: list[list[str]], findings: Iterable[Finding], expected: Collection[str]
) -> SheetRows:
    index = _header_index(lines, {plain_header(name) for name in expected})
    if index is None:
        raise InputError([*findings, finding("FMT-sheet-empty", place)])
    header = [plain_header(cell) for cell in lines[index]]
    named = [name for name in header if name]
    twice = sorted({name for name in named if named.count(name) > 1}, key=named.index)
    repeated = [finding("FMT-header-twice", place, header=name) for name in twice]
    rows, numbers = [], []
    for number, line in enumerate(lines[index + 1 :], start=index + 2):
        if any(line):
            rows.append({name: cell for name, cell in zip_longest(header, line, fillvalue="") if name})
            numbers.append(number)
    return SheetRows(place.file, place.layer, named, index + 1, rows, numbers, (*findings, *repeated))


def _header_index(lines: list[list[str]], expected: set[str]) -> int | None:
    """The row that names most of the expected columns; without any, the one with the most words."""
    best, found = (0, 0), None
    for index, line in enumerate(lines[:HEADER_ROWS]):
        names = [plain_header(cell) for cell in line if cell and not _NUMBER.fullmatch(cell)]
        score = (len(expected.intersection(_bare(name) for name in names)), len(names))
        if score > best:
            best, found = score, index
    return found


def _bare(header: str) -> str:
    return header.split("(")[0]


@dataclass(frozen=True)
class BlankColumn:
    """空白栏目。Header, what to fill in (shown as a note), and the values to choose from."""

    header: str
    note: str = ""
    choices: tuple[str, ...] = ()


def write_blank(path: Path, sheet: str, columns: Sequence[BlankColumn]) -> None:
    """写空白表。An .xlsx with headers, notes and drop-down lists, to be filled in by a person."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  in place of the time of writing
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        for index, column in enumerate(columns):
            page.write_string(0, index, column.header, bold)
            page.set_column(index, index, max(10, 2.2 * len(column.header)))
            if column.note:
                page.write_comment(0, index, column.note)
            if column.choices:
                rule = {"validate": "list", "source": list(column.choices)}
                page.data_validation(1, index, 500, index, rule)
        page.freeze_panes(1, 0)
