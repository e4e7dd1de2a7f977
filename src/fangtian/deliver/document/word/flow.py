"""版面推算。On which page each thing will stand, told beforehand from fixed heights.

Word counts pages only when it lays the file out; a contents list that is to be right on opening must know
them before. Every height of the file is set by us, so that the sum is the same as Word's and LibreOffice's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fangtian.deliver.document.word.measures import NOTE_OVERLAP, NOTE_RULE

__all__ = ["Flow", "Piece", "flowed"]


@dataclass(frozen=True)
class Piece:
    """版面块。What stays on one page: a line, a row, a picture. Heights in twips.

    ``keep`` holds it on the page of the next piece; ``fresh`` begins a page; ``room`` (the height of the
    type area) begins a section; ``note`` is the height of the footnotes it calls; ``mark`` is looked up
    later; ``head`` is what is repeated above it where a page begins with it; ``solid`` are rows and pictures.
    """

    height: int
    keep: bool = False
    fresh: bool = False
    room: int = 0
    note: int = 0
    mark: str = ""
    head: int = 0
    solid: bool = False


@dataclass(frozen=True)
class Flow:
    """版面。Page of every mark, number of pages, what the last page holds, and page of every piece."""

    pages: Mapping[str, int]
    count: int
    used: int
    of_piece: tuple[int, ...]


def flowed(pieces: Sequence[Piece], room: int) -> Flow:
    """推算页码。From page 1; ``room`` is the height of the first section's type area.

    >>> flowed([Piece(60, mark="a"), Piece(30, keep=True, mark="b"), Piece(20, mark="c")], 100).pages
    {'a': 1, 'b': 2, 'c': 2}
    """
    pages: dict[str, int] = {}
    of_piece: list[int] = []
    page, used, noted = 1, 0, 0
    for chain in _chains(pieces):
        first = chain[0]
        if first.room or first.fresh:
            page += bool(used)
            used = noted = 0
            room = first.room or room
        elif used and used + _height(chain, noted) + _noted(chain, noted) > room:
            page, used, noted = page + 1, first.head, 0
        for piece in chain:
            if used + _height([piece], noted) + _noted([piece], noted) > room and used > piece.head:
                page, used, noted = page + 1, piece.head, 0
            used += piece.height
            noted = _noted([piece], noted)
            of_piece.append(page)
            if piece.mark:
                pages[piece.mark] = page
    return Flow(pages, page, used, tuple(of_piece))


def _height(chain: Sequence[Piece], noted: int = 0) -> int:
    """Height of the chain; rows and pictures do not reach into the footnotes as lines may."""
    solid = noted and any(piece.solid for piece in chain)
    return sum(piece.height for piece in chain) + (NOTE_OVERLAP if solid else 0)


def _noted(chain: Sequence[Piece], noted: int) -> int:
    """What the footnotes of a page take, with those of the chain."""
    notes = sum(piece.note for piece in chain)
    return noted + notes + (NOTE_RULE if notes and not noted else 0)


def _chains(pieces: Iterable[Piece]) -> Iterable[list[Piece]]:
    """Pieces that go to the next page together."""
    chain: list[Piece] = []
    for piece in pieces:
        if chain and (piece.fresh or piece.room):
            yield chain
            chain = []
        chain.append(piece)
        if not piece.keep:
            yield chain
            chain = []
    if chain:
        yield chain
