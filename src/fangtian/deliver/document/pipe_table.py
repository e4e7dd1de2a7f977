"""文中表格。A Markdown table with its caption, unit and alignment becomes a grid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from fangtian.deliver.document.blocks import Entry, Grid, Look, Span
from fangtian.deliver.document.reading import Reader
from fangtian.deliver.tables.sheet import display_width

__all__ = ["Caption", "grid_of"]

_NUMBER = re.compile(r"[-−+]?\d[\d,]*(\.\d+)?%?|—|-")
_UNIT = re.compile(r"公顷|万亩|亩|万元|亿元|%|％|平方米|户|人|幢")
_MEASURED = re.compile(r"\{\{|\d\.\d")
_TOTALS = {"合计": "total", "总计": "total", "小计": "subtotal"}
_NARROWEST, _WIDEST = 6.0, 40.0
_MANY_CELLS = 5  # of one table; the rest follow from the same slip


@dataclass(frozen=True)
class Caption:
    """表题。What stands above a table: title, anchor, whether it wants a wide page, the unit line; where."""

    title: str = ""
    anchor: str = ""
    wide: bool = False
    unit: str = ""
    line: int = 0


def grid_of(tokens: Sequence[Token], caption: Caption, reader: Reader, lines: Sequence[str]) -> Grid:
    """成表。The tokens from ``table_open`` to ``table_close``; ``lines`` is the whole file.

    Rows with more cells than the head would lose words without a sign, so they are reported as errors.
    """
    rows = list(_rows(tokens))
    _too_many(tokens, len(rows[0]), reader, lines)
    head = [reader.spans(token) for token in rows[0]]
    units = [_unit(_text(spans), [row[col] for row in rows[1:]], caption) for col, spans in enumerate(head)]
    entries = [Entry(0, col, spans, "header") for col, spans in enumerate(head)]
    aligned = _alignments(tokens)
    widths = [_width(spans) for spans in head]
    for row, cells in enumerate(rows[1:], 1):
        texts = [reader.spans(token, unit) for token, unit in zip(cells, units, strict=True)]
        whole = _TOTALS.get(re.sub(r"\s", "", _text(texts[0])))
        for col, spans in enumerate(texts):
            entries.append(Entry(row, col, spans, _look(spans, whole, aligned[col])))
            widths[col] = max(widths[col], _width(spans))
    fitted = tuple(min(max(width, _NARROWEST), _WIDEST) for width in widths)
    return Grid(
        caption.title,
        fitted,
        tuple(entries),
        anchor=caption.anchor,
        unit=caption.unit,
        landscape=caption.wide,
    )


def _rows(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    row: list[Token] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(token)
        elif token.type == "tr_close":
            yield row


def _too_many(tokens: Sequence[Token], columns: int, reader: Reader, lines: Sequence[str]) -> None:
    told = 0
    for token in tokens:
        if token.type != "tr_open" or not token.map or told == _MANY_CELLS:
            continue
        cells = escapedSplit(lines[token.map[0]].strip())
        count = len(cells) - (cells[0] == "") - (cells[-1] == "" and len(cells) > 1)
        if count > columns:
            told += 1
            reader.note("NAR-table-cells", token.map[0] + 1, count=count, columns=columns)


def _alignments(tokens: Sequence[Token]) -> list[str]:
    heads = [token for token in tokens if token.type == "th_open"]
    return [str(token.attrs.get("style", "")).removeprefix("text-align:") for token in heads]


def _look(spans: tuple[Span, ...], whole: str | None, aligned: str) -> Look:
    if whole:
        return "total" if whole == "total" else "subtotal"
    if aligned:
        return "number" if aligned == "right" else "center" if aligned == "center" else "text"
    return "number" if _NUMBER.fullmatch(_text(spans).strip()) else "center"


def _unit(head: str, cells: Sequence[Token], caption: Caption) -> str:
    """The unit of bare numbers in a column: its head's, else the table's, which numbers of rows and codes
    do not share.
    """
    measured = any(_MEASURED.search(cell.content) for cell in cells)
    match = _UNIT.search(head) or (_UNIT.search(caption.unit) if measured else None)
    return match[0] if match else ""


def _text(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def _width(spans: tuple[Span, ...]) -> float:
    return max((display_width(line) for line in _text(spans).split("\n")), default=0.0)
