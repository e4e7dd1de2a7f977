"""报送清单表。The list of the submission as an xlsx that is printed, stamped and handed in with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from fangtian.deliver.origin import Origin
from fangtian.deliver.submission.checklist import ChecklistItem, Status
from fangtian.deliver.tables.sheet import COLUMN_PADDING, display_width
from fangtian.units import written_date

__all__ = ["CHECKLIST_FILE", "write_checklist"]

CHECKLIST_FILE = "报送清单.xlsx"

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a clock would change the bytes
_HEADER = ("序号", "材料名称", "依据", "是否必需", "状态", "文件", "备注（补办说明）")
_WIDTHS = (5.0, 25.0, 43.0, 9.0, 10.0, 31.0, 31.0)
_SECTION_NUMBERS = "一二三四五六七八九十"
_FILES_NAMED = 4
_LINE_POINTS, _PADDING_POINTS = 13.5, 6.0
_SIGNATURE = "　　　　　　　　　".join(
    ("报送单位（盖章）：", "经办人：", "审核人：", "日期：　　　年　　月　　日")
)
_NOT_FIRST = frozenset("，。、；：！？）》”’")
_NOT_LAST = frozenset("（《“‘")
_INSIDE = re.compile(r"(.*\.gdb)/.*")

_BASE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
_CELL = {**_BASE, "border": 1}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {**_BASE, "font_name": "黑体", "font_size": 16, "align": "center"},
    "line": {**_BASE, "align": "left"},
    "header": {**_CELL, "font_name": "黑体", "align": "center"},
    "section": {**_CELL, "font_name": "黑体", "align": "left", "bg_color": "#F2F2F2"},
    "text": {**_CELL, "align": "left"},
    "center": {**_CELL, "align": "center"},
    "lacking": {**_CELL, "align": "center", "bold": True, "bg_color": "#D9D9D9"},
    "pale": {**_CELL, "align": "center", "font_color": "#595959"},
}


@dataclass
class _Page:
    """The sheet while it is written, row by row."""

    worksheet: Any
    formats: dict[str, Any]
    row: int = 0

    def line(self, text: str, style: str, height: float) -> None:
        """Words over the whole width."""
        looks = self.formats[style]
        self.worksheet.merge_range(self.row, 0, self.row, len(_WIDTHS) - 1, "", looks)
        self.worksheet.write_string(self.row, 0, text, looks)
        self._close(height)

    def cells(self, texts: Sequence[str], styles: Sequence[str]) -> None:
        """One row of the table, as high as its words need."""
        for col, (text, style) in enumerate(zip(texts, styles, strict=True)):
            self.worksheet.write_string(self.row, col, text, self.formats[style])
        lines = max(_lines(text, width) for text, width in zip(texts, _WIDTHS, strict=True))
        self._close(max(20.0, lines * _LINE_POINTS + _PADDING_POINTS))

    def _close(self, height: float) -> None:
        self.worksheet.set_row(self.row, height)
        self.row += 1


def write_checklist(path: Path, items: Sequence[ChecklistItem], origin: Origin) -> None:
    """写报送清单。A4 landscape, header repeated, room for stamp and signature; the seal in every footer.

    No clock and no environment is read: the same list gives the same bytes.
    """
    workbook = xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_urls": False})
    title, unit = f"{origin.plan}报送材料清单", origin.unit
    workbook.set_properties({"title": title, "author": unit, "company": unit, "created": _CREATED})
    workbook.set_custom_property("事实封印", origin.seal)
    page = _Page(workbook.add_worksheet("报送清单"), {k: workbook.add_format(v) for k, v in _STYLES.items()})
    _set_page(page.worksheet, origin.seal)
    _head(page, origin)
    number = 0
    for section, entries in groupby(items, key=lambda entry: entry.item.section):
        page.line(f"{_SECTION_NUMBERS[number]}、{section}", "section", 21.0)
        number += 1
        for entry in entries:
            page.cells(*_row(entry))
    _foot(page, items)
    page.worksheet.print_area(0, 0, page.row - 1, len(_WIDTHS) - 1)
    workbook.close()


def _set_page(worksheet: Any, seal: str) -> None:
    worksheet.set_paper(9)
    worksheet.set_landscape()
    worksheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.8)
    worksheet.set_footer(f"&C&9第 &P 页  共 &N 页\n&7事实封印 {seal}", {"margin": 0.35})
    worksheet.center_horizontally()
    worksheet.fit_to_pages(1, 0)
    worksheet.hide_gridlines(2)
    for col, width in enumerate(_WIDTHS):
        worksheet.set_column(col, col, width)


def _head(page: _Page, origin: Origin) -> None:
    page.line(f"{origin.plan}报送材料清单", "title", 34.0)
    page.line(f"编制单位：{origin.unit}　　评判日期：{written_date(origin.on)}", "line", 18.0)
    page.worksheet.repeat_rows(page.row)
    page.worksheet.freeze_panes(page.row + 1, 2)
    page.cells(_HEADER, ["header"] * len(_HEADER))


def _row(entry: ChecklistItem) -> tuple[list[str], list[str]]:
    basis = _broken("\n".join(basis.citation for basis in entry.basis), _WIDTHS[2])
    note = _broken(entry.note, _WIDTHS[6])
    needed = {"later": "后续提供"}.get(entry.item.kind, "必需" if entry.item.required else "宜附")
    needed = "—" if entry.status is Status.NOT_NEEDED else needed
    lacking = entry.status is Status.LACKING and entry.item.required
    state = "lacking" if lacking else "pale" if entry.status is Status.NOT_NEEDED else "center"
    texts = [
        str(entry.number), entry.item.title, basis, needed, str(entry.status), _files(entry.files), note
    ]  # fmt: skip
    return texts, ["center", "text", "text", "center", state, "text", "text"]


def _files(names: Sequence[str]) -> str:
    """One line a file; a file geodatabase is one, and a long list is counted."""
    shown = list(dict.fromkeys(_INSIDE.sub(r"\1", name) for name in names))
    more = [f"……共{len(shown)}个文件"] if len(shown) > _FILES_NAMED else []
    return "\n".join([*shown[:_FILES_NAMED], *more])


def _foot(page: _Page, items: Sequence[ChecklistItem]) -> None:
    for line in (_summary(items), f"依据文件：{'；'.join(_instruments(items))}。"):
        page.line(line, "line", _lines(line, sum(_WIDTHS) * 0.95) * _LINE_POINTS + _PADDING_POINTS)
    page.line(_SIGNATURE, "line", 40.0)


def _summary(items: Sequence[ChecklistItem]) -> str:
    counts = {status: sum(entry.status is status for entry in items) for status in Status}
    told = "，".join(f"{status}{count}项" for status, count in counts.items() if count)
    wanted = sum(entry.status is Status.LACKING and entry.item.required for entry in items)
    rest = f"必需材料尚缺{wanted}项，补齐前不宜报送。" if wanted else "必需材料已齐。"
    return f"合计{len(items)}项：{told}。{rest}"


def _instruments(items: Sequence[ChecklistItem]) -> Iterator[str]:
    cited = (basis.instrument for entry in items for basis in entry.basis)
    for instrument in dict.fromkeys(cited):
        yield f"“{instrument.short}”指{instrument.title}"


def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(display_width(line) / _room(width))) for line in text.split("\n"))


def _room(width: float) -> float:
    """Characters that a column holds; the words are a little smaller than a column's unit."""
    return (width + COLUMN_PADDING) * 1.04 - 1.6


def _broken(text: str, width: float) -> str:
    """Sentences with the line ends that a printer would set: spreadsheets let a line begin with 、 or ”."""
    return "\n".join(part for line in text.split("\n") for part in _parts(line, _room(width)))


def _parts(line: str, room: float) -> Iterator[str]:
    while display_width(line) > room:
        end = next(n for n in range(len(line), 0, -1) if display_width(line[:n]) <= room)
        while end > 1 and (line[end] in _NOT_FIRST or line[end - 1] in _NOT_LAST):
            end -= 1
        yield line[:end]
        line = line[end:]
    yield line
