"""文稿构件。What a document says, as values: nothing here knows about Word.

The planner's Markdown and the drafts become the same blocks; the writer turns blocks into OOXML, and
``fangtian verify`` can hold a finished file against them. Numbers stand in spans that name their fact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Block",
    "Document",
    "Entry",
    "Figure",
    "Grid",
    "Heading",
    "PageBreak",
    "Paragraph",
    "Span",
    "plain",
]

Look = Literal["header", "text", "center", "number", "subtotal", "total"]
Style = Literal["body", "item", "quote", "note", "unit"]


@dataclass(frozen=True)
class Span:
    """文段。Words of one kind.

    ``fact`` (with ``form``) is the fact that ``text`` displays, "" for plain words. ``refers`` is the anchor
    of a table or figure: the writer puts its number there and ``text`` is empty. ``note`` is a footnote.
    """

    text: str
    fact: str = ""
    form: str = ""
    bold: bool = False
    italic: bool = False
    refers: str = ""
    note: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Heading:
    """标题。``level`` 1–3 as the outline has them, 4 for the planner's deeper ones; ``text`` with its number.

    A level-1 heading begins a page and a chapter; tables and figures are numbered by chapter. ``within`` is
    a part of a short document: it looks like its level, but begins neither.
    """

    level: int
    text: str
    within: bool = False


@dataclass(frozen=True)
class Paragraph:
    """段落。``item`` is a list item with its printed ``marker`` ("1.", "（1）", "—") at ``depth`` 0, 1 …;
    ``note`` stands under a table or figure; ``unit`` is the line above a table (单位：公顷).
    """

    spans: tuple[Span, ...]
    style: Style = "body"
    marker: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Entry:
    """表中一格。At ``row``/``col`` from 0, over ``rows`` × ``cols``; ``indent`` in characters."""

    row: int
    col: int
    spans: tuple[Span, ...]
    look: Look = "text"
    rows: int = 1
    cols: int = 1
    indent: int = 0


@dataclass(frozen=True)
class Grid:
    """表格。``widths`` are relative; ``header`` rows are repeated on every page; ``caption`` has no number.

    ``number`` is given for tables of the annex (附表1) and "" for those that the writer numbers by chapter.
    ``anchor`` is what a reference names. ``landscape`` tables stand on a page turned on its side.
    """

    caption: str
    widths: tuple[float, ...]
    entries: tuple[Entry, ...]
    header: int = 1
    anchor: str = ""
    number: str = ""
    unit: str = ""
    notes: tuple[tuple[Span, ...], ...] = ()
    landscape: bool = False


@dataclass(frozen=True)
class Figure:
    """图。``image`` PNG or JPEG bytes; ``share`` of the text width; ``landscape`` gives it its own page."""

    caption: str
    image: bytes
    anchor: str = ""
    notes: tuple[tuple[Span, ...], ...] = ()
    share: float = 1.0
    landscape: bool = False


@dataclass(frozen=True)
class PageBreak:
    """分页。The next block begins a page."""


Block = Heading | Paragraph | Grid | Figure | PageBreak


@dataclass(frozen=True)
class Document:
    """文件。A Word file: cover, optional contents and lists of tables and figures, then the blocks.

    ``lines`` are label and text on the cover (编制单位, 日期 …); ``seal`` is the fact seal printed there and
    in the footers; ``contents`` says whether 目录, 图目录 and 表目录 precede the text.
    """

    title: str
    subtitle: str
    lines: tuple[tuple[str, str], ...]
    seal: str
    blocks: tuple[Block, ...]
    contents: bool = True
    author: str = ""


def plain(spans: Iterable[Span]) -> str:
    """纯文字。What the spans read as, without references and footnotes.

    >>> plain([Span("耕地"), Span("12.0000", "cultivated_area@pilot_area.before"), Span("公顷")])
    '耕地12.0000公顷'
    """
    return "".join(span.text for span in spans)
