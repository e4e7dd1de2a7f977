"""附表格式。The official tables as data: title, unit line, merged header, notes, rows, paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from fangtian.catalog.resource import toml_table

__all__ = ["Form", "FormLine", "HeaderCell", "forms"]


@dataclass(frozen=True)
class HeaderCell:
    """表头单元格。Position within the header, its span, and the words of the annex."""

    row: int
    col: int
    rows: int
    cols: int
    text: str


@dataclass(frozen=True)
class FormLine:
    """固定行。One printed row of tables 1 and 6.

    ``section`` groups rows; ``value`` are templates with ``{fact address}`` slots; ``head`` and ``subhead``
    are headings inside the form; ``key``/``member``/``unit`` name a quantity by year; ``amount`` and
    ``footing`` are the phases that 数量 and 合计 show; an ``optional`` row is printed when it has any value.
    """

    section: str = ""
    label: str = ""
    value: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    subhead: tuple[str, ...] = ()
    remark: str = ""
    unit: str = ""
    key: str = ""
    member: str = ""
    within: str = ""
    amount: str = "planned"
    footing: str = "planned"
    yearly: bool = True
    optional: bool = False
    indent: bool = False
    total: bool = False


@dataclass(frozen=True)
class Form:
    """附表。``widths`` in characters; ``header`` merged as in the annex; ``explanation`` is our own;
    ``survey_data`` tables name the survey year under the table.
    """

    number: int
    title: str
    unit: str
    notes: tuple[str, ...]
    paper: str
    landscape: bool
    widths: tuple[float, ...]
    header: tuple[HeaderCell, ...]
    lines: tuple[FormLine, ...] = ()
    explanation: str = ""
    survey_data: bool = False

    @property
    def header_rows(self) -> int:
        """表头行数。How many rows the header takes."""
        return max((cell.row + cell.rows for cell in self.header), default=0)


@cache
def forms() -> Mapping[int, Form]:
    """全部附表格式。Tables 1 to 7 by number.

    >>> forms()[2].title
    '整治前后土地利用结构对比表'
    """
    return MappingProxyType(
        {number: _form(toml_table("forms", f"table{number}.toml")) for number in range(1, 8)}
    )


def _form(data: dict[str, Any]) -> Form:
    lines = tuple(_line(entry) for entry in data.pop("line", ()))
    header = tuple(HeaderCell(*cell) for cell in data.pop("header"))
    lists: dict[str, Any] = {key: tuple(data.pop(key)) for key in ("notes", "widths")}
    return Form(header=header, lines=lines, **lists, **data)


def _line(entry: dict[str, Any]) -> FormLine:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return FormLine(**fields)
