"""问题清单。``问题清单.xlsx``: every check with its verdict, and every place that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from fangtian.catalog.finding import CHECK_FAMILIES
from fangtian.deliver.inspection.listing import PlaceRow, place_rows
from fangtian.plan.inspected import Inspection
from fangtian.plan.inspection.performed import PerformedCheck, performed_checks

__all__ = ["write_workbook"]

MOST = 1_048_576 - 2
"""Rows of places on a sheet: Excel's last row but for the header and a line that says what was cut."""
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a clock would change the bytes
_OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
_LONGEST = 32_767
_COLOURS = {"错误": "#B3261E", "警告": "#B06200", "提示": "#1F5FA8", "未通过": "#B3261E", "未检查": "#6B746E"}
_CHECKS = (("类别", 10), ("编码", 24), ("检查项", 34), ("结论", 10), ("处数", 9), ("未检查的原因", 42),
           ("依据", 70))  # fmt: skip
_PLACES = (("序号", 8), ("编码", 22), ("严重程度", 9), ("检查项", 24), ("文件", 24), ("图层", 14),
           ("要素", 24), ("相关要素", 24), ("字段", 10), ("填写的值", 20), ("说明", 50),
           ("修复前面积（m²）", 17), ("修复后面积（m²）", 17), ("X（北）或纬度", 17), ("Y（东）或经度", 17),
           ("处理办法", 60))  # fmt: skip


def write_workbook(path: Path, inspection: Inspection) -> None:
    """写问题清单。Two sheets, written row by row: memory does not grow with the number of places.

    Raises OSError where the disk refuses.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with xlsxwriter.Workbook(str(partial), _OPTIONS) as book:
            book.set_properties({"title": f"{inspection.title} 问题清单", "created": _CREATED})
            pens = _pens(book)
            _checks(book, pens, performed_checks(inspection))
            _places(book, pens, place_rows(inspection))
        partial.replace(path)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def _pens(book: Any) -> dict[str, Any]:
    plain = {"font_name": "宋体", "font_size": 10, "valign": "top"}
    head = {**plain, "bold": True, "bg_color": "#E8EFE9", "bottom": 1, "text_wrap": True}
    pens = {name: book.add_format({**plain, "font_color": rgb}) for name, rgb in _COLOURS.items()}
    return pens | {"": book.add_format(plain), "head": book.add_format(head)}


def _checks(book: Any, pens: dict[str, Any], performed: Iterable[PerformedCheck]) -> None:
    sheet = _sheet(book, pens, "检查项", _CHECKS)
    row = 0
    for row, check in enumerate(performed, start=1):
        kind, verdict = check.kind, check.verdict
        cells = (CHECK_FAMILIES[kind.family], kind.code, kind.title, verdict, check.places or None)
        _line(sheet, row, (*cells, check.reason, kind.rule), pens, pens.get(verdict, pens[""]))
    sheet.autofilter(0, 0, row, len(_CHECKS) - 1)


def _places(book: Any, pens: dict[str, Any], rows: Iterable[PlaceRow]) -> None:
    sheet = _sheet(book, pens, "问题", _PLACES)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count <= MOST:
            _line(sheet, count, (count, *row[:-1]), pens, pens[row.severity])
    if count > MOST:
        said = f"共 {count} 处，一张表最多 1048576 行，此处只列前 {MOST} 处；全部见 findings.gpkg 和 --json。"
        sheet.write_string(MOST + 1, 0, said, pens["错误"])
    sheet.autofilter(0, 0, min(count, MOST), len(_PLACES) - 1)


def _sheet(book: Any, pens: dict[str, Any], name: str, columns: Sequence[tuple[str, int]]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, (_, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    for column, (title, _) in enumerate(columns):
        sheet.write_string(0, column, title, pens["head"])
    return sheet


def _line(sheet: Any, row: int, cells: Iterable[Any], pens: dict[str, Any], marked: Any) -> None:
    """One row; ids and codes are text, so that no digit of eighteen is lost."""
    for column, cell in enumerate(cells):
        pen = marked if cell in _COLOURS else pens[""]
        if isinstance(cell, str):
            if cell:
                sheet.write_string(row, column, cell[:_LONGEST], pen)
        elif cell is not None:
            sheet.write_number(row, column, cell, pen)
