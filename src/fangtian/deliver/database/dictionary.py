"""字段字典。``字段字典.xlsx``: layers, fields with their sources, and the codes that fields take, for people.

The same rows stand in the databases themselves; here they are set out to be read and printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from fangtian.catalog.code import code_entries, is_code_list
from fangtian.catalog.delivered import DeliveredField, DeliveredLayer
from fangtian.catalog.source import TRUST_GRADES, source_of
from fangtian.deliver.origin import Origin

__all__ = ["DICTIONARY_FILE", "TYPE_NAMES", "UNIT_NAMES", "write_dictionary"]

DICTIONARY_FILE = "数据库/字段字典.xlsx"

TYPE_NAMES = {"text": "文本", "number": "小数", "integer": "整数"}
"""字段类型。As a reader of the dictionary knows them."""
UNIT_NAMES = {"m2": "平方米", "m": "米"}
"""单位。Of a field; any other unit is its own name."""

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a clock would change the bytes
_CELL = {"font_name": "宋体", "font_size": 10.5, "border": 1, "valign": "vcenter", "text_wrap": True}
_LATIN = "Times New Roman"
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"},
    "head": {**_CELL, "bold": True, "align": "center"},
    "section": {**_CELL, "font_name": "黑体", "bg_color": "#F2F2F2"},
    "text": _CELL,
    "latin": {**_CELL, "font_name": _LATIN},
    "center": {**_CELL, "align": "center"},
    "note": {"font_name": "宋体", "font_size": 9, "text_wrap": True, "valign": "top"},
}
_LINE_POINTS = 15.5


class _Column(NamedTuple):
    """A column: its header, width in characters, and looks."""

    title: str
    width: float
    look: str = "text"


class _Section(NamedTuple):
    """A heading across the sheet."""

    words: str


_Row = Sequence[str] | _Section

_LAYERS = (
    _Column("序号", 6, "center"),
    _Column("图层或表", 16, "latin"),
    _Column("中文名称", 28),
    _Column("种类", 10, "center"),
    _Column("字段数", 8, "center"),
    _Column("字段依据", 60),
)
_FIELDS = (
    _Column("序号", 6, "center"),
    _Column("字段", 14, "latin"),
    _Column("中文名", 28),
    _Column("类型", 8, "center"),
    _Column("长度", 7, "center"),
    _Column("小数位", 8, "center"),
    _Column("单位", 10, "center"),
    _Column("值域", 18, "latin"),
    _Column("依据", 36),
    _Column("可信度", 8, "center"),
)
_CODES = (
    _Column("代码", 16, "latin"),
    _Column("名称", 56),
    _Column("依据", 60),
    _Column("可信度", 8, "center"),
)


def write_dictionary(
    path: Path, layers: Sequence[DeliveredLayer], tables: Sequence[DeliveredLayer], origin: Origin
) -> None:
    """写字段字典。Three sheets: 图层, 字段, 值域 with the values of every code list that a field names.

    The same content gives the same bytes; the seal of the facts stands in every footer.
    """
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": f"{origin.plan}字段字典",
                "author": origin.unit,
                "company": origin.unit,
                "created": _CREATED,
            }
        )
        book.set_custom_property("事实封印", origin.seal)
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        pages = (
            ("图层", "图层与属性表", _LAYERS, _layer_rows(layers, tables), _layer_notes(origin)),
            ("字段", "字段字典", _FIELDS, _field_rows([*layers, *tables]), _trust_notes()),
            ("值域", "值域（代码表）", _CODES, _code_rows([*layers, *tables]), ()),
        )
        for name, title, columns, rows, notes in pages:
            sheet = _Sheet(book.add_worksheet(name), columns, looks)
            sheet.write(title, list(rows), notes)
            sheet.set_page(origin.seal)


class _Sheet:
    """One sheet while it is written."""

    def __init__(self, page: Any, columns: Sequence[_Column], looks: dict[str, Any]) -> None:
        self._page, self._columns, self._looks = page, columns, looks

    def write(self, title: str, rows: Sequence[_Row], notes: Sequence[str]) -> None:
        last = len(self._columns) - 1
        for index, column in enumerate(self._columns):
            self._page.set_column(index, index, column.width)
            self._page.write_string(1, index, column.title, self._looks["head"])
        self._page.merge_range(0, 0, 0, last, title, self._looks["title"])
        self._page.set_row(0, 32)
        self._page.set_row(1, 22)
        for number, row in enumerate(rows, start=2):
            if isinstance(row, _Section):
                self._page.merge_range(number, 0, number, last, row.words, self._looks["section"])
                self._page.set_row(number, 20)
            else:
                self._write_row(number, row)
        for number, note in enumerate(notes, start=2 + len(rows)):
            self._page.merge_range(number, 0, number, last, note, self._looks["note"])
            self._page.set_row(number, 15)

    def _write_row(self, number: int, row: Sequence[str]) -> None:
        lines = 1
        for index, (column, words) in enumerate(zip(self._columns, row, strict=True)):
            look = "text" if column.look == "latin" and not words.isascii() else column.look
            self._page.write_string(number, index, words, self._looks[look])
            width = sum(1 if letter.isascii() else 2 for letter in words)
            lines = max(lines, -(-width // int(column.width)))
        self._page.set_row(number, lines * _LINE_POINTS + 3)

    def set_page(self, seal: str) -> None:
        self._page.set_paper(9)  # A4
        self._page.set_landscape()
        self._page.set_margins(left=0.79, right=0.79, top=0.79, bottom=0.87)
        self._page.set_footer(f"&C&9第 &P 页  共 &N 页\n&7事实封印 {seal}", {"margin": 0.35})
        self._page.center_horizontally()
        self._page.fit_to_pages(1, 0)
        self._page.repeat_rows(0, 1)
        self._page.freeze_panes(2, 0)
        self._page.hide_gridlines(2)
        self._page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _layer_rows(layers: Sequence[DeliveredLayer], tables: Sequence[DeliveredLayer]) -> Iterator[_Row]:
    kinds = [*(("面图层", layer) for layer in layers), *(("属性表", table) for table in tables)]
    for number, (kind, layer) in enumerate(kinds, start=1):
        bases = dict.fromkeys(field.source for field in layer.fields)
        yield str(number), layer.table, layer.title, kind, str(len(layer.fields)), "；".join(bases)


def _field_rows(layers: Sequence[DeliveredLayer]) -> Iterator[_Row]:
    lists = _list_names(layers)
    for layer in layers:
        yield _Section(f"{layer.table}  {layer.title}")
        for number, field in enumerate(layer.fields, start=1):
            domain = field.spec.domain
            yield str(number), *_field_words(field), lists.get(domain, domain), field.source, field.trust


def _field_words(field: DeliveredField) -> tuple[str, ...]:
    spec = field.spec
    length = str(spec.length) if spec.length else "不限" if spec.type == "text" else ""
    decimals = str(spec.decimals) if spec.type == "number" else ""
    unit = UNIT_NAMES.get(spec.unit, spec.unit)
    return field.official, spec.term, TYPE_NAMES[spec.type], length, decimals, unit


def _list_names(layers: Sequence[DeliveredLayer]) -> dict[str, str]:
    """Domain -> what a code list is called: the Chinese name of the first field that takes its codes."""
    fields = [field.spec for layer in layers for field in layer.fields if is_code_list(field.spec.domain)]
    return {spec.domain: spec.term for spec in reversed(fields)}


def _code_rows(layers: Sequence[DeliveredLayer]) -> Iterator[_Row]:
    users: dict[str, list[str]] = {}
    for layer in layers:
        for field in layer.fields:
            if is_code_list(field.spec.domain):
                users.setdefault(field.spec.domain, []).append(f"{layer.table}.{field.official}")
    names = _list_names(layers)
    for domain, places in users.items():
        yield _Section(f"{names[domain]}（用于 {'、'.join(dict.fromkeys(places))}）")
        for entry in code_entries(domain).values():
            source = source_of(entry.source)
            words = source.title if source and not source.citation else entry.source
            yield entry.code, entry.name, words, entry.trust


def _layer_notes(origin: Origin) -> tuple[str, ...]:
    return (
        f"项目：{origin.plan}。编制单位：{origin.unit}。基期年：{origin.base_year}年。",
        "GeoPackage 与 FileGDB 内容相同；面图层的坐标取位至 0.1 毫米，面积单位见字段。",
    )


def _trust_notes() -> tuple[str, ...]:
    return tuple(f"可信度 {grade}：{meaning}。" for grade, meaning in TRUST_GRADES.items())
