"""核对附表。The finished workbook, read with openpyxl, against the layout of the sealed facts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

from fangtian.catalog.finding import Finding
from fangtian.deliver.tables import FACT_SHEET, Cell, Sheet, all_sheets
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs

__all__ = ["check_workbook"]

_MERGED = re.compile(rb"<mergeCells\b.*?</mergeCells>", re.DOTALL)
_HEX = re.compile(r"[0-9a-fA-F]{8,}")


def check_workbook(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对附表。Every cell of every sheet, the hidden list of facts, the seal in footers and properties.

    Raises what openpyxl raises for a damaged file.
    """
    workbook = openpyxl.load_workbook(_unmerged(path))
    yield from _seals(workbook, name, sealed.seal)
    if sealed.book is not None and sealed.presentation is not None:
        yield from _sheets(workbook, name, all_sheets(sealed.book, sealed.presentation))


def _unmerged(path: Path) -> BytesIO:
    """The workbook without its merged ranges: openpyxl spends half of its time on the borders of those, and
    hides what stands in cells beneath.
    """
    copy = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            sheet = entry.filename.startswith("xl/worksheets/")
            target.writestr(entry.filename, _MERGED.sub(b"", content) if sheet else content)
    copy.seek(0)
    return copy


def _seals(workbook: Any, name: str, seal: str) -> Iterator[Finding]:
    for item in workbook.custom_doc_props.props:
        yield from seal_differs(name, f"文档属性“{item.name}”", str(item.value), seal)
    for sheet in workbook.worksheets:
        if sheet.title != FACT_SHEET:
            printed = _HEX.search(str(sheet.oddFooter.center.text or ""))
            yield from seal_differs(
                name, f"{sheet.title} 页脚", printed.group() if printed else "（无）", seal
            )


def _sheets(workbook: Any, name: str, sheets: tuple[Sheet, ...]) -> Iterator[Finding]:
    expected = [sheet.name for sheet in sheets] + [FACT_SHEET]
    if workbook.sheetnames != expected:
        yield text_differs(name, "工作表名", "、".join(workbook.sheetnames), "、".join(expected))
    for sheet in sheets:
        if sheet.name in workbook.sheetnames:
            yield from _cells(workbook[sheet.name], name, sheet)
    if FACT_SHEET in workbook.sheetnames:
        yield from _listed(workbook[FACT_SHEET], name, sheets)


def _cells(worksheet: Any, name: str, sheet: Sheet) -> Iterator[Finding]:
    expected = {(cell.row + 1, cell.col + 1): cell for cell in sheet.cells}
    for place, cell in expected.items():
        found = worksheet.cell(*place)
        if not _agrees(found, cell):
            yield from _differences(f"{sheet.name}!{found.coordinate}", name, found, cell)
    yield from _strays(worksheet, name, expected)


def _strays(worksheet: Any, name: str, expected: Mapping[tuple[int, int], Cell]) -> Iterator[Finding]:
    for row in worksheet.iter_rows():
        for found in row:
            if found.value is not None and (found.row, found.column) not in expected:
                yield text_differs(name, f"{worksheet.title}!{found.coordinate}", str(found.value), "")


def _agrees(found: Any, cell: Cell) -> bool:
    if cell.value is None:
        return str(found.value if found.value is not None else "") == cell.text
    return _number(found.value) == cell.value and found.number_format == (cell.number_format or "General")


def _differences(where: str, name: str, found: Any, cell: Cell) -> Iterator[Finding]:
    printed = _printed(found, cell)
    if cell.value is not None and _number(found.value) == cell.value:
        yield text_differs(name, f"{where} 数字格式", found.number_format, cell.number_format)
        return
    # Of several facts in one sentence, those whose text is gone are the ones that were changed.
    lost = [tag for tag in cell.facts if len(cell.facts) == 1 or tag.text not in printed]
    for tag in lost:
        yield number_differs(name, where, tag.address, printed, cell.text)
    if not lost:
        yield text_differs(name, where, printed, cell.text)


def _printed(found: Any, cell: Cell) -> str:
    number = _number(found.value)
    if cell.value is None or number is None:
        return str(found.value if found.value is not None else "")
    places = max(0, -int(cell.value.as_tuple().exponent))
    exact = -int(number.normalize().as_tuple().exponent)
    return f"{number:.{places}f}" if exact <= places else f"{number:f}"


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _listed(worksheet: Any, name: str, sheets: tuple[Sheet, ...]) -> Iterator[Finding]:
    """The hidden sheet: which cell prints which fact."""
    expected = [("表", "单元格", "事实", "显示")]
    for sheet in sheets:
        for cell in sheet.cells:
            place = worksheet.cell(cell.row + 1, cell.col + 1).coordinate
            expected += [(sheet.name, place, tag.address, tag.text) for tag in cell.facts]
    rows = [
        tuple(str(v if v is not None else "") for v in row) for row in worksheet.iter_rows(values_only=True)
    ]
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=False), 1):
        for column, printed, sealed in zip("ABCD", row, wanted, strict=False):
            if printed == sealed:
                continue
            where = f"{FACT_SHEET}!{column}{number}"
            if column == "D" and number > 1:
                yield number_differs(name, where, wanted[2], printed, sealed)
            else:
                yield text_differs(name, where, printed, sealed)
    if len(rows) != len(expected):
        yield text_differs(name, f"{FACT_SHEET} 行数", str(len(rows)), str(len(expected)))
