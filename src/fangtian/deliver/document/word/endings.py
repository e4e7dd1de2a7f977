"""收尾。No chapter or section ends with a line or two on a page: a few more go there with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fangtian.deliver.document.word.flow import Piece, flowed
from fangtian.deliver.document.word.measures import PORTRAIT

__all__ = ["Words", "eased"]

_LEAST = 4
"""A last page holds at least so many lines of text."""
_MOST = 9
"""So many lines at most go over to it: more would leave the page before half empty."""
_OPENING = re.compile(r"<w:p><w:pPr>(<w:pStyle [^>]*/>)?(?:<w:keepNext/>)?")


@dataclass(frozen=True)
class Words:
    """段落位置。A paragraph of the body: its part, and its lines as a stretch of the pieces."""

    part: int
    first: int
    last: int


def eased(parts: list[str], pieces: list[Piece], words: Sequence[Words]) -> None:
    """收尾。Changes ``parts`` and ``pieces`` where a stretch of pages would end nearly empty."""
    pages = flowed(pieces, PORTRAIT.height).of_piece
    begins = [i for i, piece in enumerate(pieces) if i == 0 or piece.fresh or piece.room]
    for begin, end in zip(begins, [*begins[1:], len(pieces)], strict=True):
        if pages[begin] == pages[end - 1]:
            continue
        top = next(i for i in range(begin, end) if pages[i] == pages[end - 1])
        while end > top and not pieces[end - 1].height:
            end -= 1  # what carries a section's properties takes no room
        if 0 < end - top < _LEAST:
            _together(parts, pieces, _chain(words, begin, top, end))


def _chain(words: Sequence[Words], begin: int, top: int, end: int) -> list[Words]:
    """Paragraphs that make the last page: enough lines, else only those that are torn; none where the lines
    are not all text.
    """
    inside = [item for item in words if begin < item.first and item.last < end]
    for least in (_LEAST, end - top + 1):
        chain: list[Words] = []
        at = end
        for item in reversed(inside):
            if item.last != at - 1 or end - at >= least:
                break
            chain.insert(0, item)
            at = item.first
        if chain and at <= top and least <= end - at <= _MOST:
            return chain
    return []


def _together(parts: list[str], pieces: list[Piece], chain: Sequence[Words]) -> None:
    for item in chain:
        part = parts[item.part]
        opening = _OPENING.match(part)
        if opening:
            follows = "" if item is chain[-1] else "<w:keepNext/>"
            kept = f"<w:p><w:pPr>{opening[1] or ''}{follows}<w:keepLines/>"
            parts[item.part] = kept + part[opening.end() :]
    lines = range(chain[0].first, chain[-1].last) if chain else ()
    for index in lines:
        pieces[index] = replace(pieces[index], keep=True)
