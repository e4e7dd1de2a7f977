"""核对 Word 文件。The finished docx, read with zipfile and lxml, against the sealed facts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from lxml import etree

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.document.finished import (
    Passage,
    TableCell,
    W,
    WordFile,
    document_parts,
    printed_text,
    read_word,
)
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables import Cell, Sheet, all_sheets
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs
from fangtian.errors import FangtianError

__all__ = ["check_document", "document_parts"]

_FORMS = ("", "unit", "mu", "ha_mu")
_HEX = re.compile(r"[0-9a-fA-F]{8,}")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_OUTSIDE = frozenset({"number_line", "title", "unit", "note"})


def check_document(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对 Word 文件。Every content control against its fact, the annex cell by cell, every printed seal.

    Raises zipfile.BadZipFile, KeyError or etree.XMLSyntaxError (a SyntaxError) for a damaged file.
    """
    file = read_word(path)
    yield from _seals(file, name, sealed.seal)
    if sealed.book is None or sealed.presentation is None:
        return
    facts = _Tags(sealed.presentation)
    for passage in file.passages:
        yield from _controls(passage, name, file, facts)
    yield from _annex(file, name, all_sheets(sealed.book, sealed.presentation))


class _Tags:
    """What a tag stands for; long tags are digests of address and form."""

    def __init__(self, presentation: Presentation) -> None:
        self.presentation = presentation

    @cached_property
    def _long(self) -> Mapping[str, str]:
        tags = (f"{address}|{form}" if form else address for address in self.presentation for form in _FORMS)
        return {"#" + hashlib.sha256(tag.encode("utf-8")).hexdigest()[:16]: tag for tag in tags}

    def fact(self, tag: str) -> tuple[str, str]:
        """Address and form."""
        whole = self._long.get(tag, tag) if tag.startswith("#") else tag
        address, _, form = whole.partition("|")
        return address, form

    def expected(self, address: str, form: str) -> str | None:
        """What the fact displays; None for a fact that is not sealed."""
        try:
            return _legal(self.presentation.text(address, form))
        except FangtianError:
            return None


def _legal(text: str) -> str:
    """As it can stand in XML."""
    return _ILLEGAL.sub("", re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", text))


def _controls(passage: Passage, name: str, file: WordFile, facts: _Tags) -> Iterator[Finding]:
    for control in passage.element.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        content = control.find(f"{W}sdtContent")
        if tag is None or content is None:
            continue
        address, form = facts.fact(tag.get(f"{W}val", ""))
        printed, expected = file.text(content), facts.expected(address, form)
        if expected is None:
            place = Place(file=name, feature=address, field=passage.place)
            yield finding(
                "DEL-fact-unknown", place, file=name, where=passage.place, printed=printed, address=address
            )
        elif printed != expected:
            yield number_differs(name, passage.place, address, printed, expected)


def _annex(file: WordFile, name: str, sheets: tuple[Sheet, ...]) -> Iterator[Finding]:
    """The forms of the annex; a document that has the first must have all."""
    whole = bool(sheets) and sheets[0].name in file.tables
    for sheet in sheets:
        if sheet.name in file.tables:
            yield from _table(file.tables[sheet.name], name, sheet)
            yield from _around(file, name, sheet)
        elif whole:
            yield text_differs(name, sheet.name, "（无此表）", sheet.title)


def _table(cells: list[TableCell], name: str, sheet: Sheet) -> Iterator[Finding]:
    inside = [cell for cell in sheet.cells if cell.style not in _OUTSIDE]
    top = min((cell.row for cell in inside), default=0)
    expected = {(cell.row - top, cell.col): cell for cell in inside}
    found = {(cell.row, cell.col): cell for cell in cells}
    for (row, col), cell in expected.items():
        where = f"{sheet.name} 第{row + 1}行第{col + 1}列"
        other = found.get((row, col))
        if other is None:
            yield text_differs(name, where, "（无此格）", _legal(cell.text))
        elif other.text != _legal(cell.text):
            yield from _differences(where, name, other.text, cell)
    for (row, col), other in found.items():
        if (row, col) not in expected and other.text:
            yield text_differs(name, f"{sheet.name} 第{row + 1}行第{col + 1}列", other.text, "")


def _differences(where: str, name: str, printed: str, cell: Cell) -> Iterator[Finding]:
    # Of several facts in one sentence, those whose text is gone are the ones that were changed.
    lost = [tag for tag in cell.facts if len(cell.facts) == 1 or _legal(tag.text) not in printed]
    for tag in lost:
        yield number_differs(name, where, tag.address, printed, _legal(cell.text))
    if not lost:
        yield text_differs(name, where, printed, _legal(cell.text))


def _around(file: WordFile, name: str, sheet: Sheet) -> Iterator[Finding]:
    """Title, unit and notes, which stand outside the table."""
    words = {style: [cell for cell in sheet.cells if cell.style == style] for style in _OUTSIDE}
    number = words["number_line"][0].text if words["number_line"] else sheet.name
    texts = [passage for passage in file.passages if passage.label == sheet.name]
    expected = {
        "表题": [Cell(0, 0, f"{number}\u3000{sheet.title}")],
        "表单位": words["unit"],
        "表注": words["note"],
    }
    for style, cells in expected.items():
        found = [passage.text for passage in texts if passage.style == style]
        for index in range(max(len(cells), len(found))):
            cell = cells[index] if index < len(cells) else Cell(0, 0, "")
            printed = found[index] if index < len(found) else ""
            if printed != _legal(cell.text).replace("\n", " " if style == "表题" else "\n"):
                where = f"{sheet.name} {style.removeprefix('表')}"
                yield from _differences(where, name, printed, cell)


def _seals(file: WordFile, name: str, seal: str) -> Iterator[Finding]:
    custom = file.parts.get("docProps/custom.xml")
    values = ["".join(item.itertext()) for item in etree.fromstring(custom)] if custom else []
    for value in values or ["（无）"]:
        yield from seal_differs(name, "文档属性", value, seal)
    cover = "".join(passage.text for passage in file.passages if passage.place.startswith("封面"))
    yield from seal_differs(name, "封面", _seal_in(cover), seal)
    for part, content in file.parts.items():
        if re.fullmatch(r"word/footer\w*\.xml", part):
            text = printed_text(etree.fromstring(content))
            if text.strip():
                yield from seal_differs(name, f"页脚（{Path(part).stem}）", _seal_in(text), seal)


def _seal_in(text: str) -> str:
    found = _HEX.findall(text)
    return str(found[-1]) if found else "（无）"
