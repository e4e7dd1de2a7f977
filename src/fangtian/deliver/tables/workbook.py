"""附表工作簿。Writes the laid-out sheets as a print-ready xlsx, byte for byte the same for the same facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from fangtian.deliver.tables.sheet import FONT_SIZE, FONT_SIZES, Cell, Sheet

__all__ = ["FACT_SHEET", "write_workbook"]

FACT_SHEET = "_事实"
"""事实页。The hidden sheet that lists every printed fact: 表, 单元格, 事实, 显示."""

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a clock would change the bytes
_PAPER = {"A4": 9, "A3": 8}
_MARGIN = 0.79  # inches
_LATIN = "Times New Roman"
_LATIN_RUN = re.compile(r"[\x20-\x7e]+|[^\x20-\x7e]+")

_TABLE = {"font_name": "宋体", "border": 1, "valign": "vcenter", "text_wrap": True}
_NUMBER = {**_TABLE, "font_name": _LATIN, "align": "right", "indent": 1, "text_wrap": False}
_SUBTOTAL = {"bold": True, "bg_color": "#F2F2F2"}
_TOTAL = {"bold": True, "bg_color": "#E4E4E4"}
_STYLES: dict[str, dict[str, Any]] = {
    "number_line": {"font_name": "黑体", "valign": "vcenter"},
    "title": {
        "font_name": "黑体",
        "font_size": 16,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "unit": {"font_name": "宋体", "align": "right", "valign": "vcenter"},
    "header": {**_TABLE, "align": "center", "bold": True},
    "section": {**_TABLE, "font_name": "黑体", "align": "left", "bg_color": "#F2F2F2"},
    "label": {**_TABLE, "align": "left"},
    "label_indent": {**_TABLE, "align": "left", "indent": 3},
    "text": {**_TABLE, "align": "left"},
    "center": {**_TABLE, "align": "center"},
    "remark": {**_TABLE, "align": "left"},
    "words": {**_TABLE, "font_name": "仿宋", "align": "left", "valign": "top"},
    "code": {**_TABLE, "align": "center"},
    "number": _NUMBER,
    "number_blank": {**_TABLE, "align": "center"},
    "subtotal": {**_NUMBER, **_SUBTOTAL},
    "subtotal_label": {**_TABLE, "align": "center", **_SUBTOTAL},
    "total": {**_NUMBER, **_TOTAL},
    "total_label": {**_TABLE, "align": "center", **_TOTAL},
    "note": {"font_name": "宋体", "align": "left", "valign": "vcenter", "text_wrap": True},
}


def write_workbook(path: Path, sheets: Sequence[Sheet], seal: str, plan_name: str, unit: str = "") -> None:
    """写附表。One xlsx with every sheet and the hidden list of facts; numbers stay numbers.

    ``seal`` of the facts stands in every footer and in the document's properties, ``plan_name`` and ``unit``
    (编制单位) in its properties. No clock and no environment is read.
    """
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    workbook = xlsxwriter.Workbook(str(path), options)
    workbook.set_properties(
        {"title": f"{plan_name}附表", "author": unit, "company": unit, "created": _CREATED}
    )
    workbook.set_custom_property("事实封印", seal)
    pen = _Pen(workbook)
    for sheet in sheets:
        _write_sheet(workbook.add_worksheet(sheet.name), sheet, seal, pen)
    _write_facts(workbook.add_worksheet(FACT_SHEET), sheets, pen)
    workbook.close()


class _Pen:
    """Formats of a workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._formats: dict[tuple[str, str, str], Any] = {}

    def format(self, style: str, number_format: str = "", font: str = "") -> Any:
        key = (style, number_format, font)
        if key not in self._formats:
            looks = {"font_size": FONT_SIZES.get(style, FONT_SIZE), **_STYLES[style]}
            if number_format:
                looks["num_format"] = number_format
            if font:
                looks["font_name"] = font
            self._formats[key] = self._workbook.add_format(looks)
        return self._formats[key]


def _write_sheet(worksheet: Any, sheet: Sheet, seal: str, pen: _Pen) -> None:
    _set_page(worksheet, sheet, seal)
    for col, width in enumerate(sheet.widths):
        worksheet.set_column(col, col, width)
    for row, height in enumerate(sheet.heights):
        worksheet.set_row(row, height)
    for cell in sheet.cells:
        _write_cell(worksheet, cell, pen)


def _set_page(worksheet: Any, sheet: Sheet, seal: str) -> None:
    worksheet.set_paper(_PAPER[sheet.paper])
    if sheet.landscape:
        worksheet.set_landscape()
    else:
        worksheet.set_portrait()
    worksheet.set_margins(left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=0.87)
    worksheet.set_footer(f"&C&9第 &P 页  共 &N 页\n&7事实封印 {seal}", {"margin": 0.35})
    worksheet.center_horizontally()
    worksheet.fit_to_pages(1, 0)
    worksheet.set_h_pagebreaks(list(sheet.breaks))
    first, last = sheet.repeat
    if sheet.repeat != (0, 0):
        worksheet.repeat_rows(first, last)
        worksheet.freeze_panes(last + 1, 0)
    worksheet.print_area(0, 0, len(sheet.heights) - 1, len(sheet.widths) - 1)
    worksheet.hide_gridlines(2)
    worksheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _write_cell(worksheet: Any, cell: Cell, pen: _Pen) -> None:
    runs = _LATIN_RUN.findall(cell.text)
    latin = cell.value is not None or (len(runs) == 1 and runs[0].isascii())
    looks = pen.format(cell.style, cell.number_format, _LATIN if latin else "")
    if cell.rows > 1 or cell.cols > 1:
        last_row, last_col = cell.row + cell.rows - 1, cell.col + cell.cols - 1
        worksheet.merge_range(cell.row, cell.col, last_row, last_col, "", looks)
    if cell.value is not None:
        worksheet.write_number(cell.row, cell.col, float(cell.value), looks)
    elif len(runs) > 1:
        parts: list[Any] = []
        for run in runs:
            parts += [pen.format(cell.style, "", _LATIN if run.isascii() else ""), run]
        worksheet.write_rich_string(cell.row, cell.col, *parts, looks)
    elif cell.text:
        worksheet.write_string(cell.row, cell.col, cell.text, looks)
    else:
        worksheet.write_blank(cell.row, cell.col, None, looks)


def _write_facts(worksheet: Any, sheets: Sequence[Sheet], pen: _Pen) -> None:
    rows = [("表", "单元格", "事实", "显示")]
    for sheet in sheets:
        for cell in sheet.cells:
            place = xl_rowcol_to_cell(cell.row, cell.col)
            rows += [(sheet.name, place, tag.address, tag.text) for tag in cell.facts]
    for row, words in enumerate(rows):
        for col, word in enumerate(words):
            worksheet.write_string(row, col, word, pen.format("note"))
    worksheet.set_column(0, 1, 18)
    worksheet.set_column(2, 3, 60)
    worksheet.hide()
