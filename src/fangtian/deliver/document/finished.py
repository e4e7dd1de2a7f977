"""成稿读回。A finished docx as a reader meets it: paragraphs, cells and footnotes, each with its place.

Reads what Word or LibreOffice may have saved again: runs split anywhere, styles under other ids, tracked
changes. It knows nothing of the code that writes documents.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

__all__ = [
    "Passage",
    "TableCell",
    "W",
    "WordFile",
    "document_lines",
    "document_parts",
    "printed_text",
    "read_word",
]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT, FOOTNOTES = "word/document.xml", "word/footnotes.xml"

_STYLES = "word/styles.xml"
_CELL_BY_CELL = 2000
"""逐格上限。A table with more cells gives its digests by row."""
_LENGTH = 12
_SHOWN = (f"{W}t", f"{W}br", f"{W}cr", f"{W}tab", f"{W}noBreakHyphen")
_GONE = (f"{W}del", f"{W}moveFrom")
_CHAPTER = re.compile(r"_Toc(\d\d)\d{6}")
_LABEL = re.compile(r"_([图表])(\d+)(?:_(\d+))?")
_LEVELS = {f"heading {level}": level for level in range(1, 10)}
_CAPTIONS = {"表题", "图题"}
_AGAIN = "跨页重复"
"""Words of a merged cell that are printed once more at the head of a page."""


@dataclass(frozen=True)
class Passage:
    """一处文字。Where it stands, what it reads as, the element, and the name of its style."""

    place: str
    text: str
    element: Any
    style: str = ""
    label: str = ""


@dataclass(frozen=True)
class TableCell:
    """单元格。``row`` and ``col`` from 0 on the table's grid."""

    row: int
    col: int
    text: str
    element: Any
    rows: int = 1
    cols: int = 1


@dataclass
class WordFile:
    """Word 文件。Parts by name; passages of the text in reading order; tables by the name they carry."""

    parts: Mapping[str, bytes]
    root: Any
    notes: Any
    styles: Mapping[str, str]
    passages: list[Passage] = field(default_factory=list)
    tables: dict[str, list[TableCell]] = field(default_factory=dict)
    tracked: bool = False

    def text(self, element: Any) -> str:
        """文字。What an element prints: no field codes, nothing that a tracked change has struck out."""
        return printed_text(element, tracked=self.tracked)


def printed_text(element: Any, *, tracked: bool = True) -> str:
    """印出文字。Line breaks as line ends, tabs as tabs; a number split over runs reads as one."""
    parts = []
    for item in element.iter(*_SHOWN):
        if tracked and any(above.tag in _GONE for above in item.iterancestors()):
            continue
        if item.tag == _SHOWN[0]:
            parts.append(item.text or "")
        elif item.getparent().tag == f"{W}r":
            parts.append({"br": "\n", "cr": "\n", "tab": "\t"}.get(etree.QName(item).localname, "-"))
    return "".join(parts)


def read_word(path: Path) -> WordFile:
    """读 Word 文件。Raises zipfile.BadZipFile, KeyError or etree.XMLSyntaxError for a damaged file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    root = _parsed(parts[DOCUMENT])
    notes = _parsed(parts[FOOTNOTES]) if FOOTNOTES in parts else None
    file = WordFile(parts, root, notes, _style_names(parts))
    file.tracked = any(next(root.iter(tag), None) is not None for tag in _GONE)
    file.passages = list(_Walk(file).passages())
    return file


def document_lines(path: Path) -> dict[str, str]:
    """Word 各处文字。What each place prints, in reading order, by the place's name.

    Places are named for people (第3章 第12段, 表3-2 第4行第2列, 脚注1, 目录 第5行); a table of very many
    cells is named by row. Raises what :func:`read_word` raises.
    """
    return dict(_lines(read_word(path)))


def document_parts(path: Path) -> dict[str, str]:
    """Word 各处指纹。First 12 digits of the SHA-256 of what each place prints, in reading order.

    Places are those of :func:`document_lines`; what is not text stands under the names of the parts of the
    file. Raises what :func:`read_word` raises.
    """
    file = read_word(path)
    parts = {place: _short(text.encode("utf-8")) for place, text in _lines(file)}
    skeletons = {DOCUMENT: file.root, **({FOOTNOTES: file.notes} if file.notes is not None else {})}
    for part, content in file.parts.items():
        if part in skeletons:
            parts[f"{part}（版式）"] = _skeleton(skeletons[part])
        else:
            parts[part] = _short(content)
    return parts


def _lines(file: WordFile) -> Iterator[tuple[str, str]]:
    """Places with their text; cells of a large table by row."""
    large = {name for name, cells in file.tables.items() if len(cells) > _CELL_BY_CELL}
    rows: dict[str, list[str]] = {}
    for passage in file.passages:
        if passage.label in large and passage.element.tag == f"{W}tc":
            rows.setdefault(passage.place.rpartition("第")[0], []).append(passage.text)
        else:
            yield passage.place, passage.text
    for row, texts in rows.items():
        yield row, "｜".join(texts)


def _skeleton(root: Any) -> str:
    """Digest of everything but the words."""
    for item in root.iter(f"{W}t"):
        item.text = None
    return _short(etree.tostring(root, method="c14n"))


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_LENGTH]


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(content, parser)


def _style_names(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Names by id: Word of another language gives its own styles other ids."""
    if _STYLES not in parts:
        return {}
    names = {}
    for style in _parsed(parts[_STYLES]).iter(f"{W}style"):
        name = style.find(f"{W}name")
        names[style.get(f"{W}styleId", "")] = name.get(f"{W}val", "").lower() if name is not None else ""
    return names


@dataclass
class _Walk:
    """One pass over the body: counts chapters, paragraphs, tables."""

    file: WordFile
    part: str = "封面"
    counts: dict[str, int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    label: str = ""

    def passages(self) -> Iterator[Passage]:
        body = self.file.root.find(f"{W}body")
        for element in _blocks(body):
            if element.tag == f"{W}tbl":
                yield from self._table(element)
            else:
                yield from self._paragraph(element)
        if self.file.notes is not None:
            for note in self.file.notes.iter(f"{W}footnote"):
                if note.get(f"{W}type") is None:
                    number = note.get(f"{W}id", "")
                    yield Passage(self._one(f"脚注{number}"), self.file.text(note), note)

    def _paragraph(self, element: Any) -> Iterator[Passage]:
        style = self._style(element)
        text = self.file.text(element)
        if self.part not in ("封面", "目录"):
            self._enter(element, style, text)
        if text.strip():
            yield Passage(self._one(self._place(element, style)), text, element, style, self.label)
        section = element.find(f"{W}pPr/{W}sectPr")
        if section is not None:
            self._leave(section)

    def _leave(self, section: Any) -> None:
        """After the cover come the contents, numbered in roman, or the text."""
        if self.part not in ("封面", "目录"):
            return
        following = _following_section(section)
        roman = following is not None and following.find(f"{W}pgNumType[@{W}fmt='upperRoman']") is not None
        self.part = "目录" if roman and self.part == "封面" else "正文"

    def _enter(self, element: Any, style: str, text: str) -> None:
        if style == "heading 1" and text.strip():
            self.part, self.label = _chapter(element, text), ""
        elif style in _CAPTIONS:
            self.label = _label(element)

    def _place(self, element: Any, style: str) -> str:
        if self.part in ("封面", "目录"):
            return f"{self.part} {self._next('行')}"
        if style in _CAPTIONS:
            return f"{self.label} 标题"
        if style == "表单位":
            return f"{self.label or self.part} 单位"
        if style == "表注" and self.label:
            return f"{self.label} {self._next('注', self.label)}"
        if style == "heading 1":
            return f"{self.part} 标题"
        if style in _LEVELS:
            return f"{self.part} {self._next('个小标题')}"
        return f"{self.part} {self._next('段')}"

    def _table(self, element: Any) -> Iterator[Passage]:
        name = element.find(f"{W}tblPr/{W}tblCaption")
        label = name.get(f"{W}val", "") if name is not None else ""
        self.label = label or f"{self.part} {self._next('个无题表')}"
        known = self.file.tables.setdefault(self.label, [])
        start = max((cell.row + cell.rows for cell in known), default=0)
        cells = list(_cells(element, self.file, start, continued=bool(known)))
        known += cells
        for cell in cells:
            place = f"{self.label} 第{cell.row + 1}行第{cell.col + 1}列"
            yield Passage(place, cell.text, cell.element, "", self.label)

    def _style(self, element: Any) -> str:
        style = element.find(f"{W}pPr/{W}pStyle")
        return self.file.styles.get(style.get(f"{W}val", ""), "") if style is not None else ""

    def _next(self, unit: str, scope: str = "") -> str:
        key = f"{scope or self.part}/{unit}"
        self.counts[key] = self.counts.get(key, 0) + 1
        return f"{unit}{self.counts[key]}" if unit == "注" else f"第{self.counts[key]}{unit}"

    def _one(self, place: str) -> str:
        """The place, told apart from one of the same name."""
        self.used[place] = self.used.get(place, 0) + 1
        return place if self.used[place] == 1 else f"{place}（{self.used[place]}）"


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables of the body, also those that an editor has wrapped."""
    for element in parent:
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            yield from _blocks(element)


def _following_section(section: Any) -> Any:
    found = False
    for other in section.getroottree().getroot().iter(f"{W}sectPr"):
        if found:
            return other
        found = other is section
    return None


def _chapter(element: Any, text: str) -> str:
    """第3章 by the bookmark, which stays when the heading is retyped; the words of one without number."""
    for bookmark in element.iter(f"{W}bookmarkStart"):
        found = _CHAPTER.fullmatch(bookmark.get(f"{W}name", ""))
        if found and int(found[1]):
            return f"第{int(found[1])}章"
    return text.strip()


def _label(element: Any) -> str:
    """The number of a caption: of the table that follows, else of its bookmark, else as printed."""
    following = element.getnext()
    while following is not None and following.tag != f"{W}tbl" and following.find(f".//{W}drawing") is None:
        following = following.getnext()
        if (
            following is not None
            and following.tag == f"{W}p"
            and following.find(f"{W}bookmarkStart") is not None
        ):
            break
    if following is not None and following.tag == f"{W}tbl":
        name = following.find(f"{W}tblPr/{W}tblCaption")
        if name is not None and name.get(f"{W}val"):
            return str(name.get(f"{W}val"))
    for bookmark in element.iter(f"{W}bookmarkStart"):
        found = _LABEL.fullmatch(bookmark.get(f"{W}name", ""))
        if found:
            return f"{found[1]}{found[2]}-{found[3]}" if found[3] else f"{found[1]}{found[2]}"
    return printed_text(element).split("\u3000")[0]


def _cells(table: Any, file: WordFile, start: int, *, continued: bool) -> Iterator[TableCell]:
    """Cells with their places on the grid; repeated header rows of a continued table are passed over."""
    found: dict[tuple[int, int], TableCell] = {}
    row = start
    for line in table.iter(f"{W}tr"):
        if next(line.iterancestors(f"{W}tbl")) is not table:
            continue  # of a table within a cell
        if continued and line.find(f"{W}trPr/{W}tblHeader") is not None:
            continue
        col = _number(line.find(f"{W}trPr/{W}gridBefore"), 0)
        for cell in line.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is not line:
                continue
            cols = _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            if goes_on or (merged is not None and _again(cell, file)):
                _grow(found, row, col)
            else:
                found[row, col] = TableCell(row, col, _cell_text(cell, file), cell, 1, cols)
            col += cols
        row += 1
    yield from found.values()


def _again(cell: Any, file: WordFile) -> bool:
    """Whether a cell only says once more what the merged cell above says."""
    styles = {file.styles.get(style.get(f"{W}val", "")) for style in cell.iter(f"{W}rStyle")}
    return _AGAIN in styles


def _grow(found: dict[tuple[int, int], TableCell], row: int, col: int) -> None:
    """Adds a row to the merged cell above."""
    for above in range(row - 1, -1, -1):
        cell = found.get((above, col))
        if cell is not None:
            found[above, col] = TableCell(
                cell.row, cell.col, cell.text, cell.element, row - above + 1, cell.cols
            )
            return


def _cell_text(cell: Any, file: WordFile) -> str:
    paragraphs = [file.text(paragraph) for paragraph in cell.iterchildren(f"{W}p")]
    return "\n".join(paragraphs) if paragraphs else file.text(cell)


def _number(element: Any, default: int) -> int:
    return default if element is None else int(element.get(f"{W}val", default))
