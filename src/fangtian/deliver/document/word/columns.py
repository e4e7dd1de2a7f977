"""列宽。Column widths that never break a number, and type that is smaller only where nothing else helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from fangtian.deliver.document.blocks import Entry, Grid, plain
from fangtian.deliver.document.word.lines import text_width, widest_word
from fangtian.deliver.document.word.measures import CELL_PADDING, TABLE_SIZES, half_points
from fangtian.errors import DeliverError

__all__ = ["BOLD_LOOKS", "Columns", "column_choices", "fits_upright"]

BOLD_LOOKS = frozenset({"header", "subtotal", "total"})
MOST_COLUMNS = 63
"""列数上限。Word opens no table with more."""

_GAP = 2 * CELL_PADDING + 12
_LEAST = 1.0  # em: a column holds at least one Chinese character
_CHARS = (8, 6, 5, 4, 3, 2)  # Chinese characters that a line of a cell holds where its words are longer
_ENOUGH = 4
"""Fewer make a column of two or three characters below one another: rather the next smaller type."""
_UPRIGHT_ROWS = 15
"""A table of fewer rows needs no page on its side where it fits an upright one."""
_LONGEST = (8.0, 12.0, 18.0, 30.0, 60.0)  # em: beyond, a text is meant to be broken; each makes a plan
_HEADER = 4.0  # em: a longer column heading may take two lines
_SAMPLE = 400  # rows that decide how wide a column wants to be


@dataclass(frozen=True)
class Columns:
    """列。Widths in twips that add up to the table's, and the half points of its type."""

    widths: tuple[int, ...]
    size: int

    def span(self, entry: Entry) -> int:
        """格宽。Width of what is merged."""
        return sum(self.widths[entry.col : entry.col + entry.cols])


def column_choices(grid: Grid, total: int) -> list[Columns]:
    """列宽方案。In the proportions that the table asks for, and by what its cells hold.

    Neither breaks a number or a Latin word, unless even the smallest type leaves no room for it. Raises
    DeliverError for more columns than Word can open.

    >>> one = Entry(0, 0, ()), Entry(0, 1, ())
    >>> [choice.widths for choice in column_choices(Grid("", (1, 3), one), 8000)][0]
    (2000, 6000)
    """
    wants = _wants(grid)
    if len(wants) > MOST_COLUMNS:
        raise DeliverError(
            f"表“{grid.caption}”有 {len(wants)} 列，Word 最多打开 {MOST_COLUMNS} 列；请拆成几个表。"
        )
    words, texts = _contents(grid, len(wants))
    size, choices = _needs(words, texts, total)
    plans: list[list[float]] = []
    for needs in choices:
        if sum(needs) > total:
            return [Columns(_whole([need * total / sum(needs) for need in needs], total), size)]
        plans.append(_shared(wants, needs, total))
        for longest in _LONGEST:
            asked = [min(text, longest) * size * 10 + _GAP for text in texts]
            plans.append(_filled([max(pair) for pair in zip(asked, needs, strict=True)], needs, wants, total))
    return [Columns(_whole(plan, total), size) for plan in plans]


def fits_upright(grid: Grid, total: int) -> bool:
    """可竖排。Whether a table of few rows fits an upright page, in 五号 and without narrow columns."""
    wants = _wants(grid)
    if len(wants) > MOST_COLUMNS or max((entry.row for entry in grid.entries), default=0) > _UPRIGHT_ROWS:
        return False
    words, texts = _contents(grid, len(wants))
    return sum(_asking(words, texts, half_points(TABLE_SIZES[0]), _ENOUGH)) <= total


def _needs(words: Sequence[float], texts: Sequence[float], total: float) -> tuple[int, list[list[float]]]:
    """The type and least widths that fit: the largest type without narrow columns, else the largest."""
    fallback: tuple[int, list[list[float]]] | None = None
    for size in map(half_points, TABLE_SIZES):
        asked = [(chars, _asking(words, texts, size, chars)) for chars in _CHARS]
        fitting = [(chars, needs) for chars, needs in asked if sum(needs) <= total]
        roomy = [needs for chars, needs in fitting if chars >= _ENOUGH]
        if roomy:
            return size, roomy
        if fitting:
            fallback = fallback or (size, [fitting[0][1]])
    smallest = half_points(TABLE_SIZES[-1])
    return fallback or (smallest, [_asking(words, texts, smallest, 1)])


def _asking(words: Sequence[float], texts: Sequence[float], size: int, chars: int) -> list[float]:
    """What columns need so that a line holds their words, and so many characters of a longer text."""
    pairs = zip(words, texts, strict=True)
    return [max(word, min(text, chars), _LEAST) * size * 10 + _GAP for word, text in pairs]


def _wants(grid: Grid) -> list[float]:
    count = max([1, len(grid.widths), *(entry.col + entry.cols for entry in grid.entries)])
    known = [width if 0 < width < float("inf") else 1.0 for width in grid.widths]
    mean = sum(known) / len(known) if known else 1.0
    return known + [mean] * (count - len(known))


def _contents(grid: Grid, count: int) -> tuple[list[float], list[float]]:
    """Per column in em: the widest thing that must not be broken, and the longest text."""
    words, texts = [0.0] * count, [0.0] * count
    for entry in grid.entries:
        if entry.cols == 1:
            text, bold = plain(entry.spans), entry.look in BOLD_LOOKS
            words[entry.col] = max(words[entry.col], widest_word(text, bold) + entry.indent)
            if entry.row < _SAMPLE:
                wide = text_width(text, bold)
                if entry.look == "header" and wide > _HEADER:
                    wide = ceil(wide / 2)  # a heading over two lines is no loss
                texts[entry.col] = max(texts[entry.col], wide + entry.indent)
    return words, texts


def _shared(wants: Sequence[float], needs: Sequence[float], total: float) -> list[float]:
    """The total in proportion to the wants, but no column below its need."""
    given = [0.0] * len(wants)
    free = set(range(len(wants)))
    while free:
        rest = total - sum(given[i] for i in range(len(wants)) if i not in free)
        asked = sum(wants[i] for i in free)
        short = [i for i in free if wants[i] / asked * rest < needs[i]]
        if not short:
            for i in free:
                given[i] = wants[i] / asked * rest
            break
        for i in short:
            given[i] = needs[i]
            free.discard(i)
    return given


def _filled(
    asked: Sequence[float], needs: Sequence[float], wants: Sequence[float], total: float
) -> list[float]:
    """What the contents ask for; what is left goes by the wants, what is short by the asking."""
    left = total - sum(asked)
    if left >= 0:
        return [ask + left * want / sum(wants) for ask, want in zip(asked, wants, strict=True)]
    spare = total - sum(needs)
    more = sum(asked) - sum(needs)
    return [need + spare * (ask - need) / more for ask, need in zip(asked, needs, strict=True)]


def _whole(widths: Sequence[float], total: int) -> tuple[int, ...]:
    """Whole twips that add up to the total."""
    ends, reached = [0], 0.0
    for width in widths:
        reached += width
        ends.append(round(reached))
    ends[-1] = total
    return tuple(ends[i + 1] - ends[i] for i in range(len(widths)))
