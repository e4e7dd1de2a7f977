"""Word 文字。Reads a finished Word file: its words in reading order, each with the place a person would name.

Independent of the code that wrote it: the package is opened as a zip and its XML walked.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

__all__ = ["Control", "Row", "WordText", "read_word", "word_parts"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADINGS = ("Heading1", "Heading2", "Heading3", "Heading4")
_BODY = "word/document.xml"
_LENGTH = 12
FRONT = "封面和目录"


@dataclass(frozen=True)
class Control:
    """内容控件。A tagged number with its place and the text that it shows."""

    place: str
    tag: str
    text: str


@dataclass(frozen=True)
class Row:
    """表行。One row of a table: column -> text; cells that continue a merged one above are left out."""

    place: str
    cells: dict[int, str]


@dataclass
class WordText:
    """Word 文字。``lines`` place -> text of every paragraph and table row; ``tables`` by their name."""

    lines: dict[str, str] = field(default_factory=dict)
    controls: list[Control] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    """Text of the parts beside the body (footers, footnotes, properties) by name."""


def read_word(path: Path) -> WordText:
    """读 Word 文件。Raises zipfile.BadZipFile, KeyError or ElementTree.ParseError for a damaged one."""
    walk = _Walk(WordText())
    with zipfile.ZipFile(path) as archive:
        body = ElementTree.fromstring(archive.read(_BODY)).find(f"{_W}body")  # noqa: S314 - no DTD is resolved
        walk.blocks(body if body is not None else ElementTree.Element("body"))
        for name in archive.namelist():
            if name.endswith(".xml") and name != _BODY:
                walk.found.others[name] = "".join(ElementTree.fromstring(archive.read(name)).itertext())  # noqa: S314
    return walk.found


def word_parts(path: Path) -> dict[str, str]:
    """Word 部分校验码。First 12 digits of the SHA-256 of every paragraph and row, and of every other part."""
    found = {place: _short(text.encode()) for place, text in read_word(path).lines.items()}
    with zipfile.ZipFile(path) as archive:
        return found | {name: _short(archive.read(name)) for name in archive.namelist()}


@dataclass
class _Walk:
    """Goes through the body and keeps count of where it is."""

    found: WordText
    chapter: str = ""
    heading: str = FRONT
    count: int = 0
    tables: int = 0

    def blocks(self, parent: ElementTree.Element) -> None:
        for element in parent:
            if element.tag == f"{_W}p":
                self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                self._table(element)
            elif element.tag == f"{_W}sdt":  # a control around whole paragraphs
                for content in element.iterfind(f"{_W}sdtContent"):
                    self.blocks(content)

    def _paragraph(self, element: ElementTree.Element) -> None:
        style = element.find(f"{_W}pPr/{_W}pStyle")
        name = "" if style is None else str(style.get(f"{_W}val"))
        text = _text(element)
        if name in _HEADINGS:
            self.chapter = text if name == _HEADINGS[0] else self.chapter
            self.heading = text if name == _HEADINGS[0] else f"{self.chapter} {text}"
            self.count = 0
            self._line(f"标题“{self.heading}”", element, text)
        elif text:
            self.count += 1
            self._line(f"“{self.heading}”第{self.count}段", element, text)

    def _table(self, element: ElementTree.Element) -> None:
        caption = element.find(f"{_W}tblPr/{_W}tblCaption")
        self.tables += 1
        name = f"第{self.tables}个表" if caption is None else str(caption.get(f"{_W}val"))
        rows = self.found.tables.setdefault(name, [])
        for number, row in enumerate(element.iterfind(f"{_W}tr"), 1):
            cells = dict(_cells(row))
            text = "｜".join(f"{col}:{words}" for col, words in cells.items())
            place = self._line(f"{name} 第{number}行", row, text)
            rows.append(Row(place, cells))

    def _line(self, place: str, element: ElementTree.Element, text: str) -> str:
        free, count = place, 1
        while free in self.found.lines:
            count += 1
            free = f"{place}（{count}）"
        self.found.lines[free] = text
        self.found.controls += [Control(free, tag, shown) for tag, shown in _controls(element)]
        return free


def _controls(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for control in element.iter(f"{_W}sdt"):
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        content = control.find(f"{_W}sdtContent")
        if tag is not None and content is not None:
            yield str(tag.get(f"{_W}val")), _text(content)


def _cells(row: ElementTree.Element) -> Iterator[tuple[int, str]]:
    col = 0
    for cell in row.iterfind(f"{_W}tc"):
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is None or merged.get(f"{_W}val") == "restart":
            yield col, "\n".join(_text(part) for part in cell.iterfind(f"{_W}p"))
        col += 1 if span is None else int(str(span.get(f"{_W}val")))


def _text(element: ElementTree.Element) -> str:
    """Words as printed; field codes are none, a line break is one."""
    marks = {f"{_W}br": "\n", f"{_W}tab": "\t"}
    found = []
    for node in element.iter():
        if node.tag == f"{_W}t":
            found.append(node.text or "")
        elif node.tag in marks and node.get(f"{_W}type") is None and node.get(f"{_W}pos") is None:
            found.append(marks[node.tag])
    return "".join(found)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_LENGTH]
