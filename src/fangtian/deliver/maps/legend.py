"""图例。The legend as laid-out rows in columns, measured before it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from fangtian.deliver.drawing.typeface import POINT_MM, text_width
from fangtian.deliver.maps.furniture import LegendGroup, LegendItem
from fangtian.deliver.maps.paper import Box
from fangtian.deliver.maps.pen import INK, WHITE, Letters, Pen, dashes, ink
from fangtian.deliver.maps.wording import phrased

__all__ = ["Legend", "arrange", "draw_legend"]

# Millimetres and points on A3; larger paper multiplies them.
_PAD, _HEAD, _ROW, _LINE, _GROUP_GAP, _COLUMN_GAP = 3.5, 9.0, 5.4, 3.3, 1.4, 6.0
_SWATCH, _SWATCH_HEIGHT, _LABEL_GAP, _AREA_GAP = 8.5, 3.7, 2.0, 5.0
_LABEL_MAX, _NOTE = 44.0, 4.4
_HEAD_SIZE, _GROUP_SIZE, _LABEL_SIZE, _AREA_SIZE, _NOTE_SIZE, _CODE_SIZE = 13.0, 8.5, 8.0, 7.5, 6.5, 5.2
_POINT = 2.4
_AREA_NOTE = "面积单位：公顷"
_MANY = 14


@dataclass(frozen=True)
class _Row:
    """A group's title (no item) or an item with its label broken into lines."""

    lines: tuple[str, ...]
    height: float
    item: LegendItem | None = None


@dataclass(frozen=True)
class _Column:
    rows: tuple[_Row, ...]
    width: float
    area_end: float  # from the column's left to the right end of the areas


@dataclass(frozen=True)
class Legend:
    """排好的图例。Columns of rows with the room they take; ``k`` is the enlargement of the paper.

    ``whole`` says that groups were kept together.
    """

    columns: tuple[_Column, ...]
    width: float
    height: float
    k: float
    note: bool
    whole: bool = False


def arrange(groups: Sequence[LegendGroup], columns: int, k: float, *, whole: bool = False) -> Legend:
    """排图例。The rows in at most ``columns`` columns, as even in height as the groups allow.

    A group's title never stands alone at the foot of a column; with ``whole`` only groups of many rows are
    broken.
    """
    rows = list(_rows(groups, k))
    least, most = _tallest(rows, _MANY * _ROW * k) if whole else 0.0, sum(row.height for row in rows)
    for _ in range(24):  # halving: to a thousandth of a millimetre
        middle = (least + most) / 2
        fits = len(_split(rows, middle, _ROW * k, whole=whole)) <= columns
        least, most = (least, middle) if fits else (middle, most)
    split = [_column(part, k) for part in _split(rows, most, _ROW * k, whole=whole)]
    note = any(item.area for group in groups for item in group.items)
    head = (_HEAD + (_NOTE if note else 0)) * k
    width = sum(column.width for column in split) + _COLUMN_GAP * k * max(len(split) - 1, 0)
    least_width = text_width(_AREA_NOTE, _NOTE_SIZE * k)
    return Legend(
        tuple(split),
        max(width, least_width) + 2 * _PAD * k,
        head + most + (_PAD + 1.0) * k,
        k,
        note,
        whole,
    )


def _rows(groups: Sequence[LegendGroup], k: float) -> Iterator[_Row]:
    for number, group in enumerate(groups):
        if group.title:
            yield _Row((group.title,), (_ROW + (_GROUP_GAP if number else 0)) * k)
        for item in group.items:
            lines = phrased(item.label, _LABEL_SIZE * k, _LABEL_MAX * k)
            yield _Row(lines, (_ROW + _LINE * (len(lines) - 1)) * k, item)


def _split(rows: Sequence[_Row], height: float, title: float, *, whole: bool = False) -> list[list[_Row]]:
    """Fill columns from the top; a title at the foot goes over to the next, if ``whole`` with its group."""
    columns: list[list[_Row]] = [[]]
    for number, row in enumerate(rows):
        filled = sum(r.height for r in columns[-1])
        group = _group_height(rows, number) if whole and row.item is None else 0.0
        apart = filled + group > height + 1e-6 and group - row.height + title <= height + 1e-6 and group > 0
        if columns[-1] and (apart or filled + row.height > height + 1e-6):
            moved = [columns[-1].pop()] if columns[-1][-1].item is None and len(columns[-1]) > 1 else []
            columns.append(moved)
        columns[-1].append(row)
        if columns[-1][0].item is None:  # the gap above a title is for titles further down
            columns[-1][0] = replace(columns[-1][0], height=title)
    return columns


def _tallest(rows: Sequence[_Row], limit: float) -> float:
    """Height of the highest group that is not higher than a limit."""
    groups = (_group_height(rows, number) for number, row in enumerate(rows) if row.item is None)
    return max((height for height in groups if height <= limit), default=0.0)


def _group_height(rows: Sequence[_Row], first: int) -> float:
    """Of a title and the items under it."""
    items = takewhile(lambda row: row.item is not None, rows[first + 1 :])
    return rows[first].height + sum(row.height for row in items)


def _column(rows: Sequence[_Row], k: float) -> _Column:
    """A long label without an area does not push the areas away from the labels they belong to."""
    start = (_SWATCH + _LABEL_GAP) * k
    widths, labels, areas = [0.0], [0.0], [0.0]
    for row in rows:
        if row.item is None:
            widths.append(text_width(row.lines[0], _GROUP_SIZE * k, "bold"))
            continue
        label = max(text_width(line, _LABEL_SIZE * k) for line in row.lines)
        widths.append(start + label)
        if row.item.area:
            labels.append(label)
            areas.append(text_width(row.item.area.text, _AREA_SIZE * k))
    end = start + max(labels) + _AREA_GAP * k + max(areas) if len(areas) > 1 else 0.0
    return _Column(tuple(rows), max(end, *widths), end)


def draw_legend(pen: Pen, legend: Legend, box: Box, framed: bool) -> None:
    """绘图例。Into a box at least as large as the legend, from its top; ``framed`` gives it a border."""
    x0, _, x1, y1 = box
    k = legend.k
    if framed:
        pen.box(box, 0.2 * min(k, 1.5), fill=WHITE)
    pen.letter((x0 + x1) / 2, y1 - 5.4 * k, "图例", Letters(_HEAD_SIZE * k, "bold", "center"))
    top = y1 - _HEAD * k
    if legend.note:
        pen.letter((x0 + x1) / 2, top - 1.7 * k, _AREA_NOTE, Letters(_NOTE_SIZE * k, across="center"))
        top -= _NOTE * k
    widths = sum(column.width for column in legend.columns)
    gaps = max(len(legend.columns) - 1, 1)
    gap = min((x1 - x0 - 2 * _PAD * k - widths) / gaps, 2.5 * _COLUMN_GAP * k)
    left = (x0 + x1 - widths - gap * (len(legend.columns) - 1)) / 2
    for column in legend.columns:
        _draw_column(pen, column, left, top, k)
        left += column.width + gap


def _draw_column(pen: Pen, column: _Column, left: float, top: float, k: float) -> None:
    for row in column.rows:
        if row.item is None:
            pen.letter(left, top - row.height + _ROW / 2 * k, row.lines[0], Letters(_GROUP_SIZE * k, "bold"))
        else:
            middle = top - row.height / 2
            _draw_swatch(pen, row.item, (left, middle), k)
            _draw_words(pen, row, left + (_SWATCH + _LABEL_GAP) * k, middle, k)
            if row.item.area:
                letters = Letters(_AREA_SIZE * k, across="right")
                pen.letter(left + column.area_end, middle, row.item.area.text, letters)
        top -= row.height


def _draw_words(pen: Pen, row: _Row, x: float, middle: float, k: float) -> None:
    first = middle + _LINE * k * (len(row.lines) - 1) / 2
    for number, line in enumerate(row.lines):
        pen.letter(x, first - number * _LINE * k, line, Letters(_LABEL_SIZE * k))


def _draw_swatch(pen: Pen, item: LegendItem, spot: tuple[float, float], k: float) -> None:
    x, y = spot
    half = _SWATCH_HEIGHT * k / 2
    if item.kind == "line":
        points = [(x, y), (x + _SWATCH * k, y)]
        if item.casing:
            pen.line(points, item.width_mm + 2 * item.casing_mm, item.casing)
        pen.line(points, item.width_mm, item.edge or INK, item.dash)
    elif item.kind == "point":
        pen.add(_point_swatch(item, (x + _SWATCH * k / 2, y), k))
    else:
        pen.add(_area_swatch(item, (x, y - half, x + _SWATCH * k, y + half)))
    if item.text:
        pen.letter(x + _SWATCH * k / 2, y, item.text, Letters(_CODE_SIZE * k, across="center"))


def _point_swatch(item: LegendItem, spot: tuple[float, float], k: float) -> Line2D:
    return Line2D(
        [spot[0]],
        [spot[1]],
        marker=item.symbol,
        markersize=_POINT * k / POINT_MM,
        markerfacecolor=ink(item.face) if item.face else "none",
        markeredgecolor=ink(item.edge) if item.edge else "none",
        markeredgewidth=item.width_mm / POINT_MM,
        linestyle="none",
    )


def _area_swatch(item: LegendItem, box: Box) -> Rectangle:
    x0, y0, x1, y1 = box
    return Rectangle(
        (x0, y0),
        x1 - x0,
        y1 - y0,
        facecolor=ink(item.face, item.alpha) if item.face else "none",
        edgecolor=ink(item.edge) if item.edge else "none",
        linewidth=item.width_mm / POINT_MM,
        linestyle=dashes(item.dash, item.width_mm),
        hatch=item.hatch or None,
        joinstyle="miter",
    )
