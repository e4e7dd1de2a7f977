"""面积清单。Areas of a file's features as a table: ``fangtian area --out 面积.xlsx`` or ``.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import xlsxwriter

from fangtian.deliver.inspection.correction import plain_text
from fangtian.deliver.inspection.page import write_whole
from fangtian.plan.polygon_file import FileAreas
from fangtian.units import Area

__all__ = ["SUFFIXES", "write_areas"]

SUFFIXES = (".xlsx", ".csv")
_HEADER = ("行号", "要素", "椭球面积（m²）", "平面面积（m²）", "文件所载面积（m²）")
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a clock would change the bytes
_MOST = 1_048_576 - 3


def write_areas(path: Path, measured: FileAreas) -> None:
    """写面积清单。One row per feature, then the totals and the system; rows count from 1 as findings do.

    Raises OSError where the disk refuses, ValueError for more features than a sheet of Excel has rows.
    """
    rows = list(_rows(measured))
    if path.suffix.lower() == ".csv":
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerows([_HEADER, *([_said(cell) for cell in row] for row in rows)])
        write_whole(path, text.getvalue().encode("utf-8-sig"))
        return
    if len(rows) > _MOST:
        raise ValueError("要素多于一张 Excel 表的行数，请写 .csv")
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _CREATED})
        _fill(book, rows)
    write_whole(path, held.getvalue())


def _fill(book: Any, rows: list[tuple[Any, ...]]) -> None:
    sheet = book.add_worksheet("面积")
    head = book.add_format({"bold": True, "bg_color": "#E8EFE9", "bottom": 1})
    metres = book.add_format({"num_format": "0.00"})
    for column, (title, width) in enumerate(zip(_HEADER, (8, 26, 18, 18, 20), strict=True)):
        sheet.set_column(column, column, width, metres if column > 1 else None)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write_number(number, column, float(cell.m2) if isinstance(cell, Area) else cell)


def _rows(measured: FileAreas) -> Iterator[tuple[Any, ...]]:
    for item in measured.features:
        yield item.index + 1, item.id, item.area, item.plane, item.declared
    yield None, "合计", measured.total, measured.plane_total, measured.declared_total
    yield None, f"坐标系：{measured.crs.name}"


def _said(cell: Any) -> str:
    if isinstance(cell, Area):
        return f"{cell.m2:.2f}"
    return "" if cell is None else plain_text(str(cell))
