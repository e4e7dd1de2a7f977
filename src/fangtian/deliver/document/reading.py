"""行文。Lines of the planner's Markdown become spans: words, facts, references, footnotes and pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.document.blocks import Figure, Span
from fangtian.deliver.document.pictures import PictureShelf
from fangtian.deliver.document.slots import Slot, SlotBook

__all__ = ["Passage", "Plate", "Reader", "Reference", "Row", "joined", "label", "words_of"]

GAP = "\ufffc"
"""占位。Stands where a fact is printed, in the text that is searched for typed numbers."""

_DIRECTIVE = re.compile(r"(?P<kind>map|chart|ref)\s*[:：]\s*(?P<name>.+)")
_ATTRIBUTES = re.compile(r"\{#(?P<anchor>[^\s{}]+)(?P<wide>\s+wide)?\s*\}")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--")
_WIDE_BRACES = re.compile(r"[｛{]｛|｝[｝}]|｛\{|\}｝")
_LOST_NOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")
TOLD_PER_LINE = 5
_FIRST_CJK = "\u2e80"


@dataclass(frozen=True)
class Passage:
    """段落原文。One line as typed, facts replaced by ``GAP``; ``unit`` is what the table's head says."""

    line: int
    text: str
    unit: str = ""


@dataclass(frozen=True)
class Reference:
    """引用。An anchor that a text refers to, and where."""

    anchor: str
    place: Place


@dataclass(frozen=True)
class Plate:
    """插图。A picture file, or a map or chart by its anchor; ``source`` is "" for the latter."""

    line: int
    anchor: str
    source: str = ""
    title: str = ""
    wide: bool = False


@dataclass
class Row:
    """行。What one line of the file says; ``hard`` where the line ends with a forced break."""

    line: int
    spans: list[Span] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)
    hard: bool = False

    @property
    def text(self) -> str:
        """文字。The words, facts as displayed."""
        return "".join(span.text for span in self.spans)


@dataclass
class Reader:
    """读行。Turns inline tokens into rows and collects what is found on the way.

    ``figures`` are the maps and charts at hand by anchor (``map:…``, ``chart:…``).
    """

    file: str
    slots: SlotBook
    shelf: PictureShelf
    figures: Mapping[str, Figure]
    notes: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    _told: Counter[tuple[str, int]] = field(default_factory=Counter)

    def place(self, line: int) -> Place:
        """位置。A line of the file."""
        return Place(file=self.file, field=f"第{line}行")

    def note(self, code: str, line: int, **values: object) -> None:
        """记发现。A finding on a line of the file; a line says the same thing only a few times."""
        self._told[code, line] += 1
        if self._told[code, line] <= TOLD_PER_LINE:
            self.findings.append(finding(code, self.place(line), **values))

    def rows(self, token: Token, unit: str = "") -> list[Row]:
        """成行。The rows of an inline token; ``unit`` is that of bare numbers in it."""
        line = (token.map or [0])[0] + 1
        passing = _Passing(self, Row(line))
        for child in token.children or ():
            passing.take(child)
        passing.finish()
        for row in passing.rows:
            text = "".join(GAP if span.fact else span.text for span in row.spans)
            if any(char.isdigit() for char in text):
                self.passages.append(Passage(row.line, text, unit))
        return passing.rows

    def spans(self, token: Token, unit: str = "") -> tuple[Span, ...]:
        """成文。The spans of an inline token that cannot hold pictures."""
        rows = self.rows(token, unit)
        self.refuse_plates(rows)
        return joined(rows)

    def refuse_plates(self, rows: Sequence[Row]) -> None:
        """拒收插图。Pictures, maps and charts where only text can stand."""
        for plate in (plate for row in rows for plate in row.plates):
            self.note("NAR-picture-place", plate.line, name=plate.source or plate.anchor)


@dataclass
class _Passing:
    """One inline token while it is read: the style in force and the row under way."""

    reader: Reader
    row: Row
    rows: list[Row] = field(default_factory=list)
    bold: int = 0
    italic: int = 0
    links: list[tuple[str, int]] = field(default_factory=list)

    def take(self, token: Token) -> None:
        kind = token.type
        if kind in ("strong_open", "strong_close"):
            self.bold += token.nesting
        elif kind in ("em_open", "em_close"):
            self.italic += token.nesting
        elif kind in ("softbreak", "hardbreak"):
            self._break(token)
        elif kind == "comment":
            self.row.line += token.content.count("\n")
        elif kind in _READ:
            _READ[kind](self, token)

    def finish(self) -> None:
        _trim(self.row)
        self.rows.append(self.row)

    def _break(self, token: Token) -> None:
        self.row.hard = token.type == "hardbreak"
        following = self.row.line + (0 if token.hidden else 1)
        self.finish()
        self.row = Row(following)

    def text(self, token: Token) -> None:
        words = token.content
        if self.row.plates and not self.row.spans:
            words = self._attributes(words)
        self._remarks(words)
        self._say(words)

    def _attributes(self, words: str) -> str:
        """``{#anchor wide}`` directly after a picture belongs to it; maps and charts have anchors already."""
        match = _ATTRIBUTES.match(words.lstrip())
        if match is None:
            return words
        last = self.row.plates[-1]
        if last.source:
            self.row.plates[-1] = Plate(
                last.line, match["anchor"], last.source, last.title, bool(match["wide"])
            )
        return words.lstrip()[match.end() :]

    def _remarks(self, words: str) -> None:
        reader, line = self.reader, self.row.line
        for tag in _TAG.findall(words):
            reader.note("NAR-html", line, tag=tag[:40])
        if _WIDE_BRACES.search(words):
            reader.note("NAR-slot-broken", line, words=words.strip()[:40])
        if "![" in words:
            reader.note("NAR-picture-syntax", line, words=words[words.index("![") :][:60])
        for mark in _LOST_NOTE.findall(words):
            reader.note("NAR-footnote-missing", line, mark=mark)

    def _say(self, words: str, fact: str = "", form: str = "") -> None:
        if words:
            self.row.spans.append(Span(words, fact, form, bold=self.bold > 0, italic=self.italic > 0))

    def code(self, token: Token) -> None:
        """A code span is plain words, but a slot in it is still a slot: braces are never printed."""
        for index, part in enumerate(re.split(r"\{\{(.*?)\}\}", token.content)):
            if index % 2:
                self.slot(Token("slot", "", 0, content=part))
                continue
            if "{{" in part:
                self.broken(Token("broken_slot", "", 0, content=part.strip()[:40]))
            self._say(part)

    def slot(self, token: Token) -> None:
        line, words = self.row.line, token.content.strip()
        directive = _DIRECTIVE.fullmatch(words)
        if directive:
            self._directive(directive["kind"], directive["name"].strip())
            return
        found = self.reader.slots.resolve(words, self.reader.place(line))
        if isinstance(found, Slot):
            self._say(found.text, found.address, found.form)
        else:
            self.reader.findings.append(found)

    def _directive(self, kind: str, name: str) -> None:
        reader, line = self.reader, self.row.line
        if kind == "ref":
            reader.references.append(Reference(name, reader.place(line)))
            self.row.spans.append(Span("", bold=self.bold > 0, refers=name))
            return
        anchor = _nearest_figure(f"{kind}:{name}", reader.figures)
        if anchor:
            self.row.plates.append(Plate(line, anchor))
            return
        known = "、".join(a.partition(":")[2] for a in reader.figures if a.startswith(f"{kind}:"))
        reader.note("NAR-figure-unknown", line, name=name, known=known or "无")

    def broken(self, token: Token) -> None:
        self.reader.note("NAR-slot-broken", self.row.line, words=token.content)

    def image(self, token: Token) -> None:
        source, title = str(token.attrs.get("src", "")), token.content.strip()
        self.row.plates.append(Plate(self.row.line, "", source, title))

    def footnote(self, token: Token) -> None:
        spans = self.reader.notes.get(int(token.meta["id"]), ())
        if spans:
            self.row.spans.append(Span("", note=spans))

    def link_open(self, token: Token) -> None:
        self.links.append((str(token.attrs.get("href", "")), len(self.row.spans)))

    def link_close(self, _token: Token) -> None:
        """A printed page cannot be clicked: the address follows in brackets where it says more."""
        address, start = self.links.pop()
        said = "".join(span.text for span in self.row.spans[start:])
        if address and address.removeprefix("mailto:") != said and not address.startswith("#"):
            self._say(f"（{address}）")


_READ = {
    "text": _Passing.text,
    "code_inline": _Passing.code,
    "slot": _Passing.slot,
    "broken_slot": _Passing.broken,
    "image": _Passing.image,
    "footnote_ref": _Passing.footnote,
    "link_open": _Passing.link_open,
    "link_close": _Passing.link_close,
}


def joined(rows: Sequence[Row]) -> tuple[Span, ...]:
    """连行。The spans of rows as one paragraph: Chinese lines join without a space, words with one.

    >>> [span.text for span in joined([Row(1, [Span("耕")]), Row(2, [Span("地")])])]
    ['耕地']
    """
    return tuple(_merged(_with_breaks(rows)))


def _with_breaks(rows: Sequence[Row]) -> Iterator[Span]:
    before: Row | None = None
    for row in rows:
        if before is not None and before.hard and row.spans:
            yield Span("\n")
        elif before is not None and row.spans:
            last, first = before.text[-1:], row.text[:1]
            if last and first and last < _FIRST_CJK and first < _FIRST_CJK:
                yield Span(" ")
        yield from row.spans
        before = row if row.spans else before


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of one look become one span, so that a paragraph stays small."""
    last: Span | None = None
    for span in spans:
        if last is None:
            last = span
        elif _plain(last) and _plain(span) and (last.bold, last.italic) == (span.bold, span.italic):
            last = Span(last.text + span.text, bold=last.bold, italic=last.italic)
        else:
            yield last
            last = span
    if last is not None:
        yield last


def _plain(span: Span) -> bool:
    return not (span.fact or span.refers or span.note)


def label(words: str) -> tuple[str, str, bool]:
    """标识。A caption without its ``{#anchor wide}``, the anchor, and whether it asks for a wide page.

    >>> label("调出地块表 {#pbf-out wide}")
    ('调出地块表', 'pbf-out', True)
    """
    match = _ATTRIBUTES.search(words)
    if match is None:
        return words.strip(), "", False
    title = words[: match.start()].rstrip() + words[match.end() :]
    return title.strip(), match["anchor"], bool(match["wide"])


def words_of(spans: Sequence[Span], reader: Reader, line: int) -> str:
    """纯文字。Spans where only words can stand (heading, caption); what cannot is reported."""
    if any(span.note or span.refers for span in spans):
        reader.note("NAR-words-only", line)
    return "".join(span.text for span in spans).replace("\n", "").strip()


def _nearest_figure(anchor: str, figures: Mapping[str, Figure]) -> str:
    """The anchor itself, or the only one that ends like it: 现状图 means 土地利用现状图."""
    if anchor in figures:
        return anchor
    kind, _, name = anchor.partition(":")
    near = [known for known in figures if known.startswith(f"{kind}:") and known.endswith(name)]
    return near[0] if len(near) == 1 else ""


def _trim(row: Row) -> None:
    """Blanks at the ends of a line are typing, not text: 公文 indents by style."""
    if row.spans and _plain(row.spans[0]):
        row.spans[0] = _with_text(row.spans[0], row.spans[0].text.lstrip(" \t\u3000"))
    if row.spans and _plain(row.spans[-1]):
        row.spans[-1] = _with_text(row.spans[-1], row.spans[-1].text.rstrip(" \t\u3000"))
    row.spans = [span for span in row.spans if span.text or span.refers or span.note]


def _with_text(span: Span, text: str) -> Span:
    return Span(text, bold=span.bold, italic=span.italic)
