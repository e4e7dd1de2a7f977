"""核对检查报告。The finished page, read with html.parser: its numbers and what it says of judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.findings_file import FINDINGS_FILE
from fangtian.deliver.verify.findings import sound_judgements
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs
from fangtian.errors import FangtianError

__all__ = ["check_report"]


@dataclass
class _Mark:
    """One marked element: what it prints (seal, fact, part of a judgement, count), its text, and where."""

    tag: str
    kind: str
    address: str
    form: str
    line: int
    text: str = ""
    depth: int = 1


class _Reader(HTMLParser):
    """Collects what the page prints as facts and as the seal."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.marks: list[_Mark] = []
        self._open: _Mark | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._open is not None:
            self._open.depth += tag == self._open.tag
            return
        line = self.getpos()[0]
        if tag == "meta" and values.get("name") == "fangtian-seal":
            self.marks.append(_Mark(tag, "seal", "", "", line, values.get("content") or ""))
        elif "data-seal" in values:
            self._open = _Mark(tag, "seal", "", "", line)
        elif "data-fact" in values:
            address, form = values.get("data-fact") or "", values.get("data-form") or ""
            self._open = _Mark(tag, "fact", address, form, line)
        elif "data-judged" in values:
            norm, part = values.get("data-judged") or "", values.get("data-part") or ""
            self._open = _Mark(tag, "judged", norm, part, line)
        elif "data-count" in values:
            self._open = _Mark(tag, "count", values.get("data-count") or "", "", line)

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.text += data

    def handle_endtag(self, tag: str) -> None:
        if self._open is not None and tag == self._open.tag:
            self._open.depth -= 1
            if not self._open.depth:
                self.marks.append(self._open)
                self._open = None


def check_report(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对检查报告。Numbers, judgements and seal with the line they stand on.

    Raises UnicodeDecodeError for a page that is not UTF-8.
    """
    reader = _Reader()
    reader.feed(path.read_bytes().decode("utf-8"))
    reader.close()
    seals = [mark for mark in reader.marks if mark.kind == "seal"]
    if not seals:
        yield from seal_differs(name, "页首", "（无）", sealed.seal)
    for mark in seals:
        yield from seal_differs(name, f"第{mark.line}行", mark.text, sealed.seal)
    for mark in reader.marks:
        if mark.kind == "fact":
            yield from _number(mark, name, sealed)
    yield from _judgements(reader.marks, name, sound_judgements(path.with_name(FINDINGS_FILE)))


def _judgements(marks: list[_Mark], name: str, records: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Nothing can be said where findings.json is missing or does not stand itself, which is told there."""
    if records is None:
        return
    counts = Counter((key, str(one["verdict"])) for at, one in records.items() for key in ("", _first(at)))
    for mark in marks:
        where = f"第{mark.line}行 {mark.address}"
        if mark.kind == "count":
            key, _, verdict = mark.address.partition("|")
            expected = str(counts[key, verdict])
        elif mark.kind == "judged":
            expected = _part(records.get(mark.address), mark.form)
        else:
            continue
        if mark.text != expected:
            yield text_differs(name, where, mark.text, expected)


def _first(address: str) -> str:
    return address.partition("/")[0]


def _part(record: object, path: str) -> str:
    """A part of a record by its path (``evidence.0.area``); "（无）" where there is none."""
    for step in path.split("."):
        if isinstance(record, list):
            record = record[int(step)] if int(step) < len(record) else None
        else:
            record = record.get(step) if isinstance(record, dict) else None
    return "（无）" if record is None else str(record)


def _number(mark: _Mark, name: str, sealed: Sealed) -> Iterator[Finding]:
    presentation = sealed.presentation
    where = f"第{mark.line}行"
    if presentation is None:
        return
    try:
        expected = presentation.text(mark.address, mark.form)
    except FangtianError:
        place = Place(file=name, feature=mark.address, field=where)
        yield finding(
            "DEL-fact-unknown", place, file=name, where=where, printed=mark.text, address=mark.address
        )
        return
    if mark.text != expected:
        yield number_differs(name, where, mark.address, mark.text, expected)
