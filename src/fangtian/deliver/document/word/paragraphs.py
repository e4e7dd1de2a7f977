"""段落排印。Headings, body, list items: their XML and the lines they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from fangtian.deliver.document.blocks import Block, Heading, Paragraph, Span
from fangtian.deliver.document.word.flow import Piece
from fangtian.deliver.document.word.labels import chapter_number
from fangtian.deliver.document.word.lines import (
    BODY,
    NOTE_SIGN,
    all_lines,
    line_count,
    text_width,
    type_of,
    unbroken,
)
from fangtian.deliver.document.word.markup import clean
from fangtian.deliver.document.word.measures import CHAR_PITCH, NOTE, PITCH, UNIT, Room
from fangtian.deliver.document.word.runs import Setter, run, shown_text

__all__ = ["Place", "hanging_indents", "note_height", "set_heading", "set_note", "set_paragraph", "set_unit"]

_SMALL, _TABLE = type_of("小五"), type_of("五号")
_MOST_DEPTH = 5
_MOST_HANGING = round(8 * CHAR_PITCH)  # a longer marker pushes the words of its first line


@dataclass(frozen=True)
class Place:
    """位置。Where a block stands: the room of its page, whether it begins one or holds on to the next."""

    room: Room
    fresh: bool = False
    keep: bool = False

    @property
    def opening(self) -> str:
        """段前分页。And whether the paragraph stays on the page of the next."""
        kept = "<w:keepNext/>" if self.keep else ""
        return kept + ("<w:pageBreakBefore/>" if self.fresh else "")


def set_heading(heading: Heading, mark: str, setter: Setter, place: Place) -> tuple[str, list[Piece]]:
    """排标题。With the bookmark that the contents list points at."""
    level = min(max(heading.level, 1), 4)
    text = clean(heading.text).replace("\n", " ")
    number = chapter_number(text) if level == 1 else 0
    centred = level == 1 and not number
    looks = '<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/>' if centred else ""
    fresh = (level == 1 and not heading.within) or place.fresh
    opening = "<w:pageBreakBefore/>" if fresh else ""
    key = setter.mark()
    words = (
        f'<w:bookmarkStart w:id="{key}" w:name="{mark}"/>{run(unbroken(text))}<w:bookmarkEnd w:id="{key}"/>'
    )
    xml = f'<w:p><w:pPr><w:pStyle w:val="Heading{level}"/>{opening}{looks}</w:pPr>{words}</w:p>'
    first = 0.0 if centred else 2 * CHAR_PITCH
    count = line_count(unbroken(text), place.room.width, replace(BODY, bold=level == 3), first)
    return xml, _lines(count, Piece(PITCH, keep=True, fresh=fresh, mark=mark))


def set_paragraph(
    paragraph: Paragraph, setter: Setter, place: Place, hanging: int = 0
) -> tuple[str, list[Piece]]:
    """排段落。``hanging`` is the room that the markers of a list take."""
    if paragraph.style == "note":
        return set_note(paragraph.spans, setter, place)
    if paragraph.style == "unit":
        return set_unit(paragraph.spans, setter, place)
    style, indents, first, width = _shape(paragraph, place.room.width, hanging)
    marker = f"{run(paragraph.marker)}<w:r><w:tab/></w:r>" if paragraph.style == "item" else ""
    runs = setter.runs(paragraph.spans)
    xml = f"<w:p><w:pPr>{style}{place.opening}{indents}</w:pPr>{marker}{runs}</w:p>"
    return xml, _lines_with_notes(paragraph.spans, setter, (width, first), place)


def _lines_with_notes(
    spans: Sequence[Span], setter: Setter, measure: tuple[float, float], place: Place
) -> list[Piece]:
    """Lines of the body, each with the height of the footnotes that it calls."""
    width, first = measure
    notes = (span.note for span in spans if span.note)
    pieces = []
    for line in all_lines(shown_text(spans, setter.labels), width, BODY, first):
        called = [next(notes, ()) for _ in range(line.count(NOTE_SIGN))]
        height = sum(note_height(note, setter, place.room.width) for note in called)
        pieces.append(Piece(PITCH, note=height))
    pieces[0] = replace(pieces[0], fresh=place.fresh)
    return pieces


def _shape(paragraph: Paragraph, width: int, hanging: int) -> tuple[str, str, float, float]:
    """Style, indents, what the first line is shorter, width of a line."""
    two = round(2 * CHAR_PITCH)
    if paragraph.style == "item":
        left = two + min(paragraph.depth, _MOST_DEPTH) * two + hanging
        indents = f'<w:ind w:leftChars="0" w:left="{left}" w:firstLineChars="0" w:hanging="{hanging}"/>'
        return '<w:pStyle w:val="ListItem"/>', indents, 0.0, width - left
    if paragraph.style == "quote":
        return '<w:pStyle w:val="Quote"/>', "", two, width - 2 * two
    return "", "", two, width


def hanging_indents(blocks: Sequence[Block]) -> dict[int, int]:
    """悬挂缩进。By place of the item: the widest marker of its run of items of one depth, and a gap."""
    indents: dict[int, int] = {}
    run_of: dict[int, list[int]] = {}
    for place, block in enumerate(blocks):
        if not (isinstance(block, Paragraph) and block.style == "item"):
            run_of.clear()
            continue
        for depth in [depth for depth in run_of if depth > block.depth]:
            del run_of[depth]
        members = run_of.setdefault(block.depth, [])
        members.append(place)
        need = ceil((text_width(clean(block.marker)) + 0.25) * 2) / 2 * CHAR_PITCH
        need = min(max(round(need), *(indents.get(member, 0) for member in members)), _MOST_HANGING)
        for member in members:
            indents[member] = need
    return indents


def set_note(spans: Sequence[Span], setter: Setter, place: Place) -> tuple[str, list[Piece]]:
    """排表注。Small, under a table or figure."""
    xml = f'<w:p><w:pPr><w:pStyle w:val="TableNote"/>{place.opening}</w:pPr>{setter.runs(spans)}</w:p>'
    count = line_count(shown_text(spans, setter.labels), place.room.width, _SMALL)
    return xml, _lines(count, Piece(NOTE, keep=place.keep, fresh=place.fresh))


def set_unit(spans: Sequence[Span], setter: Setter, place: Place) -> tuple[str, list[Piece]]:
    """排单位。Right-aligned above a table and kept with it."""
    xml = f'<w:p><w:pPr><w:pStyle w:val="TableUnit"/>{place.opening}</w:pPr>{setter.runs(spans)}</w:p>'
    count = line_count(shown_text(spans, setter.labels), place.room.width, _TABLE)
    return xml, _lines(count, Piece(UNIT, keep=True, fresh=place.fresh))


def note_height(spans: Iterable[Span], setter: Setter, width: int) -> int:
    """脚注高。What a footnote takes at the foot of a page."""
    return line_count("1 " + shown_text(tuple(spans), setter.labels), width, _SMALL) * NOTE


def _lines(count: int, first: Piece) -> list[Piece]:
    """Lines of a paragraph, of which the first may begin a page or be looked up."""
    return [first] + [Piece(first.height, keep=first.keep)] * (count - 1)
