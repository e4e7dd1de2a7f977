"""文稿读入。The planner's Markdown, and the drafts', as blocks with the line that each one comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token
from markdown_it.utils import EnvType

from fangtian.catalog.finding import Finding
from fangtian.deliver.document.blocks import Block, Figure, Grid, Heading, Paragraph, Style
from fangtian.deliver.document.dialect import NOTE, dialect
from fangtian.deliver.document.pictures import share_of
from fangtian.deliver.document.pipe_table import Caption, grid_of
from fangtian.deliver.document.reading import (
    Passage,
    Plate,
    Reader,
    Reference,
    Row,
    joined,
    label,
    words_of,
)

__all__ = ["Located", "Writing", "parse"]

_CAPTION = re.compile(r"表\s*[：:]\s*(?P<title>.+)")
_UNIT_LINE = re.compile(r"单位\s*[：:]\s*.+")
_TIGHT_HEADING = re.compile(r"^ {0,3}#{1,6}(?=[^#\s])", re.MULTILINE)  # ##（一）… without the blank
_DEEPEST = 4
DEEPEST_NESTING = 18
_CIRCLED = 20
_FENCE = re.compile(r"[>\s]*(`{3,}|~{3,})\s*")


@dataclass(frozen=True)
class Located:
    """有出处的构件。A block and the line that it begins on."""

    block: Block
    line: int


@dataclass(frozen=True)
class Writing:
    """读入的文稿。Blocks in order, the lines as typed, what is referred to, and what was found."""

    blocks: tuple[Located, ...]
    passages: tuple[Passage, ...]
    references: tuple[Reference, ...]
    findings: tuple[Finding, ...]


def parse(text: str, reader: Reader) -> Writing:
    """读入。Blocks of a Markdown text; ``reader`` knows file, facts, pictures, maps and charts.

    Nothing raises: what cannot be read is a finding with file and line.
    """
    text = _TIGHT_HEADING.sub(r"\g<0> ", text)
    lines = text.split("\n")
    known: EnvType = {}
    tokens = dialect().parse(text, known)
    _unread(tokens, known, lines, reader)
    _Footnotes(reader).read(tokens)
    passage = _Passage(reader, lines, tokens)
    passage.walk()
    return Writing(
        tuple(passage.blocks), tuple(reader.passages), tuple(reader.references), tuple(reader.findings)
    )


def _unread(tokens: Sequence[Token], known: EnvType, lines: Sequence[str], reader: Reader) -> None:
    """What the parser leaves out without a word: what is nested too deep, footnotes that nothing names."""
    deep = next((token for token in tokens if token.level >= DEEPEST_NESTING), None)
    if deep is not None:
        reader.note("NAR-nesting", (deep.map or [0])[0] + 1)
    notes = known.get("footnotes", {}).get("refs", {})
    for mark in (f"[^{name[1:]}]" for name, number in notes.items() if number < 0):
        line = next((n for n, words in enumerate(lines, 1) if words.lstrip().startswith(f"{mark}:")), 1)
        reader.note("NAR-footnote-unused", line, mark=mark)


@dataclass(frozen=True)
class _Footnotes:
    """Footnotes stand at the end of the tokens and are read first."""

    reader: Reader

    def read(self, tokens: Sequence[Token]) -> None:
        number: int | None = None
        rows: list[Row] = []
        for token in tokens:
            if token.type == "footnote_open":
                number, rows = int(token.meta["id"]), []
            elif token.type == "footnote_close" and number is not None:
                self.reader.notes[number] = joined(rows)
                number = None
            elif token.type == "inline" and number is not None:
                rows += self.reader.rows(token)
                self.reader.refuse_plates(rows)


@dataclass
class _List:
    """A list while it is read: the number of the next item, None for bullets."""

    number: int | None


@dataclass
class _Passage:
    """One text while it becomes blocks."""

    reader: Reader
    lines: Sequence[str]
    tokens: Sequence[Token]
    blocks: list[Located] = field(default_factory=list)
    at: int = 0
    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    marker: str = ""
    caption: Caption = field(default_factory=Caption)

    def walk(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.type == "footnote_block_open":
                return
            read = _BLOCKS.get(token.type)
            if read:
                read(self, token)
            self.at += 1

    def heading(self, token: Token) -> None:
        inline = self.tokens[self.at + 1]
        line = (token.map or [0])[0] + 1
        spans = self.reader.spans(inline)
        words = words_of(spans, self.reader, line)
        if self.lists or self.quotes:
            self._add(Paragraph(tuple(replace(span, bold=True) for span in spans), self._style()), line)
        elif words:
            self._add(Heading(min(int(token.tag[1:]), _DEEPEST), words), line)
        self.at += 2

    def paragraph(self, _token: Token) -> None:
        rows = self.reader.rows(self.tokens[self.at + 1])
        if self._next_is("table_open"):
            self._paragraph(self._take_caption(rows))
        elif len(rows) != 1 or not self._early_caption(rows[0]):
            self._paragraph(rows)
        self.at += 2

    def _next_is(self, kind: str) -> bool:
        after = self.at + 3
        return after < len(self.tokens) and self.tokens[after].type == kind

    def _take_caption(self, rows: list[Row]) -> list[Row]:
        """The caption and the unit line are the last lines above a table; what precedes them is text."""
        rest, unit = list(rows), ""
        if rest and _UNIT_LINE.fullmatch(rest[-1].text):
            unit = rest.pop().text
        match = _CAPTION.fullmatch(rest[-1].text) if rest else None
        if match is None:
            return rows if not unit else self._unit_only(rest, unit)
        row = rest.pop()
        words_of(row.spans, self.reader, row.line)  # a footnote or reference has no place here
        title, anchor, wide = label(match["title"])
        self.caption = Caption(title, anchor, wide, unit, row.line)
        return rest

    def _unit_only(self, rest: list[Row], unit: str) -> list[Row]:
        self.caption = replace(self.caption, unit=unit)
        return rest

    def _paragraph(self, rows: Sequence[Row]) -> None:
        held: list[Row] = []
        note: list[Row] = []
        for row in rows:
            begins = bool(NOTE.match(row.text)) and not held and self._takes_notes()
            if begins or (note and not row.plates):
                if begins:
                    self._annotate(note)
                    note = []
                note.append(row)
                continue
            self._annotate(note)
            note = []
            held = self._row(row, held)
        self._annotate(note)
        self._text(held)

    def _row(self, row: Row, held: list[Row]) -> list[Row]:
        """One more row of a paragraph; pictures end what is held."""
        if row.text.startswith("|"):
            self.reader.note("NAR-table-broken", row.line, words=row.text[:40])
        if row.spans:
            held.append(row)
        if not row.plates:
            return held
        self._text(held)
        for plate in row.plates:
            self._figure(plate)
        return []

    def _early_caption(self, row: Row) -> bool:
        """A caption parted from its unit line or its table by a blank line is still its caption."""
        match = _CAPTION.fullmatch(row.text)
        following = self.tokens[self.at + 3 : self.at + 5]
        unit_follows = (
            len(following) == 2
            and following[0].type == "paragraph_open"
            and bool(_UNIT_LINE.match(following[1].content))
        )
        if match and unit_follows:
            title, anchor, wide = label(match["title"])
            self.caption = Caption(title, anchor, wide, line=row.line)
            return True
        if match:
            self.reader.note("NAR-table-missing", row.line, words=row.text[:40])
        return False

    def _text(self, rows: Sequence[Row]) -> None:
        spans = joined(rows)
        if spans:
            depth = max(len(self.lists) - 1, 0)
            self._add(Paragraph(spans, self._style(), self.marker, depth), rows[0].line)
            self.marker = ""

    def _style(self) -> Style:
        return "item" if self.lists else "quote" if self.quotes else "body"

    def _takes_notes(self) -> bool:
        """Whether a table or picture came last: a note directly after it belongs to it."""
        if not self.blocks or self.lists or self.quotes:
            return False
        return isinstance(self.blocks[-1].block, Grid | Figure)

    def _annotate(self, note: Sequence[Row]) -> None:
        block = self.blocks[-1].block if note else None
        if isinstance(block, Grid | Figure):
            annotated = replace(block, notes=(*block.notes, joined(note)))
            self.blocks[-1] = Located(annotated, self.blocks[-1].line)

    def _figure(self, plate: Plate) -> None:
        if not plate.source:
            self._add(self.reader.figures[plate.anchor], plate.line)
            return
        place = self.reader.place(plate.line)
        picture, found = self.reader.shelf.read(plate.source, plate.wide, place)
        self.reader.findings += found
        if not plate.title:
            self.reader.note("NAR-picture-title", plate.line, name=plate.source)
        if picture is not None:
            share = 1.0 if plate.wide else share_of(picture)
            figure = Figure(plate.title, picture.data, plate.anchor, share=share, landscape=plate.wide)
            self._add(figure, plate.line)

    def table(self, token: Token) -> None:
        end = self.at
        while end < len(self.tokens) - 1 and self.tokens[end].type != "table_close":
            end += 1
        line = (token.map or [0])[0] + 1
        if not self.caption.title:
            self.reader.note("NAR-table-caption", line)
        grid = grid_of(self.tokens[self.at : end], self.caption, self.reader, self.lines)
        self._add(grid, self.caption.line or line)
        self.caption = Caption()
        self.at = end

    def fence(self, token: Token) -> None:
        first, end = token.map or [0, 0]
        closed = end - first > 1 and _FENCE.fullmatch(self.lines[end - 1])
        self.reader.note("NAR-code-block" if closed else "NAR-fence-open", first + 1)
        for number, words in enumerate(token.content.splitlines(), first + 1):
            inline = dialect().parseInline(words)[0]
            inline.map = [number, number + 1]
            self._paragraph(self.reader.rows(inline))

    def open_list(self, token: Token) -> None:
        ordered = token.type == "ordered_list_open"
        self.lists.append(_List(int(token.attrs.get("start", 1)) if ordered else None))

    def close_list(self, _token: Token) -> None:
        if self.lists:  # a definition within a definition leaves its list unopened
            self.lists.pop()

    def item(self, _token: Token) -> None:
        current, depth = self.lists[-1] if self.lists else _List(None), max(len(self.lists) - 1, 0)
        if current.number is None:
            self.marker = "—" if depth == 0 else "·"
        else:
            self.marker = _numbered(current.number, depth)
            current.number += 1

    def quote(self, token: Token) -> None:
        self.quotes += token.nesting

    def _add(self, block: Block, line: int) -> None:
        self.blocks.append(Located(block, line))


_BLOCKS: Mapping[str, Callable[[_Passage, Token], None]] = {
    "heading_open": _Passage.heading,
    "paragraph_open": _Passage.paragraph,
    "table_open": _Passage.table,
    "fence": _Passage.fence,
    "bullet_list_open": _Passage.open_list,
    "ordered_list_open": _Passage.open_list,
    "bullet_list_close": _Passage.close_list,
    "ordered_list_close": _Passage.close_list,
    "list_item_open": _Passage.item,
    "blockquote_open": _Passage.quote,
    "blockquote_close": _Passage.quote,
}


def _numbered(number: int, depth: int) -> str:
    """The markers of 公文: 1. （1） ①."""
    if depth == 0:
        return f"{number}."
    circled = depth > 1 and 1 <= number <= _CIRCLED
    return chr(ord("①") + number - 1) if circled else f"（{number}）"
