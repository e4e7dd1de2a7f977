"""正文。The blocks in order: sections for what lies on its side, captions with numbers, pages that begin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from fangtian.deliver.document.blocks import Block, Figure, Grid, Heading, PageBreak, Paragraph, Span
from fangtian.deliver.document.word.columns import fits_upright
from fangtian.deliver.document.word.contents import Listed
from fangtian.deliver.document.word.endings import Words, eased
from fangtian.deliver.document.word.figures import Album, reduction, set_picture
from fangtian.deliver.document.word.flow import Piece, flowed
from fangtian.deliver.document.word.labels import FIGURE, Label, chapter_number, number_blocks
from fangtian.deliver.document.word.lines import line_count, type_of, unbroken
from fangtian.deliver.document.word.markup import clean
from fangtian.deliver.document.word.measures import (
    CAPTION,
    LANDSCAPE,
    NOTE,
    PORTRAIT,
    SEPARATOR,
    Room,
)
from fangtian.deliver.document.word.paragraphs import (
    Place,
    hanging_indents,
    set_heading,
    set_note,
    set_paragraph,
    set_unit,
)
from fangtian.deliver.document.word.runs import Setter, run, shown_text
from fangtian.deliver.document.word.sections import section
from fangtian.deliver.document.word.tables import ROW_MARK, Plan, plan_table, table_xml

__all__ = ["Body"]

_CAPTION_TYPE, _NOTE_TYPE = type_of("小四"), type_of("小五")
_BREAK = 10  # what the paragraph takes that carries a section's properties; it fits on a full page
_LONELY = 0.35  # of a page: so little on the last one is worth lower rows
_FEW_ROWS = 1700  # what two rows under a repeated header take
_PADDINGS = (70, 40, 10)
_LONG, _PART = 1200, 800  # rows: a longer table is set in parts of at least so many
_TOP = 20  # what the paragraph takes that begins the page of such a part
_UNFIT = re.compile(r"</w:tbl>$|<w:fldChar|<w:sdt>|<w:footnoteReference|<w:drawing>")
"""LibreOffice misplaces the bookmarks of a paragraph that ends a section and holds fields."""


@dataclass
class Body:
    """正文。``parts`` are the paragraphs and tables with their sections.

    ``pieces`` tell the pages, ``listed`` is what the lists name.
    """

    blocks: Sequence[Block]
    setter: Setter
    album: Album = field(default_factory=Album)
    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    fresh: bool = False
    begin: int = 0

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Body:
        """排正文。Raises DeliverError as :func:`write_word` does."""
        body = cls(blocks, Setter(number_blocks(blocks)))
        body._set()
        return body

    def _set(self) -> None:
        hanging = hanging_indents(self.blocks)
        stretches = list(_stretches(self.blocks))
        for number, (room, places) in enumerate(stretches):
            self.fresh = False
            begin = self.begin = len(self.pieces)
            for place in places:
                self._block(place, room, hanging.get(place, 0))
            if len(self.pieces) == begin or _UNFIT.search(self.parts[-1]):
                self._gap(_BREAK)
            self.pieces[begin] = replace(self.pieces[begin], room=room.height)
            start = number == 0
            end = section(room, "decimal", start=start, kind="oddPage" if start else "nextPage")
            self._close(end, last=number == len(stretches) - 1)
        eased(self.parts, self.pieces, self.words)

    def _close(self, end: str, *, last: bool) -> None:
        """A section's properties stand in its last paragraph, those of the last section at the very end."""
        if last:
            self.parts.append(end)
        else:
            self.parts[-1] = self.parts[-1].replace("</w:pPr>", f"{end}</w:pPr>", 1)

    def _block(self, index: int, room: Room, hanging: int) -> None:
        block = self.blocks[index]
        label = self.setter.labels.of_block.get(index)
        if isinstance(block, PageBreak):
            self.fresh = True
        elif isinstance(block, Heading):
            self._heading(block, room)
        elif isinstance(block, Paragraph):
            self._add(*set_paragraph(block, self.setter, self._place(room), hanging), words=True)
        elif isinstance(block, Grid):
            before = self.blocks[index - 1] if index else None
            self.fresh |= bool(block.number) and not isinstance(before, Heading)
            self._grid(block, label, room)
        else:
            self.fresh |= block.landscape and not isinstance(self.blocks[index - 1], Heading)
            self._figure(block, label, room)

    def _heading(self, heading: Heading, room: Room) -> None:
        words = clean(heading.text).replace("\n", " ")
        opens = heading.level == 1 and not heading.within
        chapter = chapter_number(words) % 100 if opens else 0
        mark = f"_Toc{chapter:02d}{len(self.listed) + 1:06d}"  # whoever reads the file back finds the chapter
        self.listed.append(Listed("章节", max(heading.level, 1), words, mark))
        self._add(*set_heading(heading, mark, self.setter, self._place(room)), words=True)

    def _grid(self, grid: Grid, label: Label | None, room: Room) -> None:
        if label:
            self._caption(grid.caption, label, room, keep=True)
        if grid.unit:
            self._add(*set_unit((Span(grid.unit),), self.setter, self._place(room)))
        if self.fresh or (self.parts and self.parts[-1].endswith("</w:tbl>")):
            self._gap(SEPARATOR)
        plan = self._snug(grid, room)
        for number, rows in enumerate(self._stretches(plan, room)):
            if number:
                self.fresh = True
                self._gap(_TOP)
            tops = self._tops(plan, rows, room)
            self._add(table_xml(plan, label, self.setter, rows, tops), plan.pieces(rows))
        self._notes(grid.notes, room)

    def _stretches(self, plan: Plan, room: Room) -> list[list[int]]:
        """A very long table in parts that each begin a page: LibreOffice takes hours over 10 000 rows."""
        count = len(plan.heights)
        if count <= _LONG:
            return [plan.rows()]
        merged, cuts = plan.merged(), [0]
        pages = flowed([*self.pieces[self._page_begin() :], *plan.pieces(plan.rows())], room.height).pages
        for row in range(plan.header + 1, count):
            new = pages[f"{ROW_MARK}{row}"] != pages[f"{ROW_MARK}{row - 1}"]
            apart = row not in merged and row - 1 not in plan.held
            if new and apart and row - cuts[-1] >= _PART:
                cuts.append(row)
        return [plan.rows(first, last) for first, last in pairwise([*cuts, count])]

    def _tops(self, plan: Plan, rows: Sequence[int], room: Room) -> list[int]:
        """Rows that begin a page, where a merged cell needs to know."""
        if not plan.merged():
            return []
        before = self.pieces[self._page_begin() :]
        pages = flowed([*before, *plan.pieces(rows)], room.height).pages
        return [
            row for above, row in pairwise(rows) if pages[f"{ROW_MARK}{row}"] > pages[f"{ROW_MARK}{above}"]
        ]

    def _page_begin(self) -> int:
        """The last piece that certainly begins a page."""
        return max([self.begin, *(i for i, piece in enumerate(self.pieces) if piece.fresh)])

    def _snug(self, grid: Grid, room: Room) -> Plan:
        """The table, with rows a little lower where that saves a page of its last few rows or its notes."""
        below = self._notes_height(grid.notes, room)
        wide = plan_table(grid, self.setter, room, notes=below)
        notes = [Piece(below)]
        before = self.pieces[self._page_begin() :]
        flow = flowed([*before, *wide.pieces(wide.rows()), *notes], room.height)
        lonely = room.height * _LONELY if grid.number else _FEW_ROWS
        if flow.used < lonely and flow.count > flowed(before, room.height).count:
            for padding in _PADDINGS:
                plan = plan_table(grid, self.setter, room, padding, below)
                pieces = [*before, *plan.pieces(plan.rows()), *notes]
                if flowed(pieces, room.height).count < flow.count:
                    return plan
        return wide

    def _figure(self, figure: Figure, label: Label | None, room: Room) -> None:
        caption = self._caption_lines(figure.caption, label, room) * CAPTION if label else 0
        reduced = reduction(figure, room, caption + self._notes_height(figure.notes, room) + NOTE)
        notes = (*figure.notes, *([(Span(reduced),)] if reduced else []))
        below = caption + self._notes_height(notes, room)
        if self.parts and not self.fresh:
            self._gap(SEPARATOR, keep=True)
        self._add(*set_picture(figure, self.album, self._place(room), below))
        if label:
            self._caption(figure.caption, label, room, keep=bool(notes))
        self._notes(notes, room)

    def _caption_lines(self, caption: str, label: Label, room: Room) -> int:
        return line_count(unbroken(f"{label.text}　{clean(caption)}"), room.width, _CAPTION_TYPE)

    def _caption(self, caption: str, label: Label, room: Room, *, keep: bool) -> None:
        place = self._place(room)
        kept = "<w:keepNext/>" if keep and label.kind == FIGURE else ""
        words = clean(caption).replace("\n", " ")
        self.listed.append(Listed(label.kind or "表", 1, f"{label.text}　{words}", label.bookmark))
        style = "FigureCaption" if label.kind == FIGURE else "TableCaption"
        xml = (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{place.opening}</w:pPr>'
            f"{label.marked(self.setter.mark())}{run(f'　{unbroken(words)}')}</w:p>"
        )
        lines = self._caption_lines(caption, label, room)
        fresh = [Piece(CAPTION, keep=keep, fresh=place.fresh, mark=label.bookmark)]
        self._add(xml, fresh + [Piece(CAPTION, keep=keep)] * (lines - 1))

    def _notes(self, notes: Sequence[Sequence[Span]], room: Room) -> None:
        for number, spans in enumerate(notes, 1):
            place = replace(self._place(room), keep=number < len(notes))
            self._add(*set_note(spans, self.setter, place), words=True)

    def _notes_height(self, notes: Sequence[Sequence[Span]], room: Room) -> int:
        texts = (shown_text(spans, self.setter.labels) for spans in notes)
        return sum(line_count(text, room.width, _NOTE_TYPE) * NOTE for text in texts)

    def _gap(self, height: int, *, keep: bool = False) -> None:
        """A paragraph that nobody sees: before a picture, between tables, at the end of a section."""
        kept, opening = "<w:keepNext/>" if keep else "", "<w:pageBreakBefore/>" if self.fresh else ""
        xml = (
            f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{kept}{opening}'
            f'<w:spacing w:line="{height}" w:lineRule="exact"/></w:pPr></w:p>'
        )
        self._add(xml, [Piece(0 if height == _BREAK else height, keep=keep, fresh=self.fresh)])

    def _place(self, room: Room) -> Place:
        return Place(room, self.fresh)

    def _add(self, xml: str, pieces: Sequence[Piece], *, words: bool = False) -> None:
        if words:
            end = len(self.pieces) + len(pieces)
            self.words.append(Words(len(self.parts), len(self.pieces), end - 1))
        self.parts.append(xml)
        self.pieces += pieces
        self.fresh = False


def _stretches(blocks: Sequence[Block]) -> Iterator[tuple[Room, list[int]]]:
    """Blocks in runs of one kind of page; headings go with the table or figure that they introduce."""
    rooms: list[Room] = []
    for block in blocks:
        sideways = isinstance(block, Grid | Figure) and block.landscape
        if sideways and isinstance(block, Grid) and not block.number:
            sideways = not fits_upright(block, PORTRAIT.width)
        rooms.append(LANDSCAPE if sideways else PORTRAIT)
    for index in range(len(blocks) - 1, 0, -1):
        if isinstance(blocks[index - 1], Heading | PageBreak):
            rooms[index - 1] = rooms[index]
    start = 0
    for index in range(1, len(blocks) + 1):
        if index == len(blocks) or rooms[index] is not rooms[start]:
            yield rooms[start] if rooms else PORTRAIT, list(range(start, min(index, len(blocks))))
            start = index
    if not blocks:
        yield PORTRAIT, []
