"""版面。Paper, scale and places of everything on a map, chosen together before anything is drawn.

The largest standard scale wins at which the mapped area, the legend and the area table stand on the paper
without covering one another: the legend in a free corner of the frame, else in a panel below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity

from fangtian.catalog.finding import finding
from fangtian.deliver.maps.furniture import Furniture
from fangtian.deliver.maps.inset import InsetTable, measure_inset
from fangtian.deliver.maps.legend import Legend, arrange
from fangtian.deliver.maps.margins import GUTTER, margins_of
from fangtian.deliver.maps.paper import PAPERS, SCALES, SCALES_BETWEEN, Box, enlargement, grown, overlap
from fangtian.errors import DeliverError, InputError

__all__ = ["Layout", "lay_out"]

_PADDING, _CLEARANCE, _PANEL_GAP = 3.5, 3.0, 3.0
_NORTH = (11.0, 19.0)
_NORTH_GAP = 5.0
_MAX_COLUMNS = 8
_BROKEN = 0.05
_WELL_FILLED = 0.75
"""Of the frame: an area that takes less at the standard step is drawn at a round scale between two."""
_MAX_SHARE = 0.62  # of the frame's width that a legend inside it may take
_LOWER_LEFT, _LOWER_RIGHT, _UPPER_LEFT, _UPPER_RIGHT = (0, 0), (1, 0), (0, 1), (1, 1)
_CORNERS = (_LOWER_LEFT, _LOWER_RIGHT, _UPPER_LEFT, _UPPER_RIGHT)
_CORNER_COST = {_LOWER_LEFT: 0.0, _LOWER_RIGHT: 0.02, _UPPER_LEFT: 0.5, _UPPER_RIGHT: 0.5}

# Shifts of the area as shares of the spare room, the nearest to the middle of the frame first.
_STEPS = np.array(
    sorted(product(np.linspace(-1, 1, 25), repeat=2), key=lambda step: (abs(step[0]) + abs(step[1]), step))
)

Corner = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """版面。Boxes in millimetres from the lower left corner of the sheet; ``ground`` in metres.

    ``frame_mm`` is the inner neat line and shows exactly ``ground`` at 1:``scale``; ``panel_mm`` holds legend
    and area table where they stand outside the frame; ``enlargement`` multiplies type and swatches (1 on A3).
    """

    paper: str
    width_mm: float
    height_mm: float
    frame_mm: Box
    scale: int
    ground: Box
    north_mm: Box
    legend_mm: Box | None = None
    legend_columns: int = 1
    legend_whole: bool = False
    inset_mm: Box | None = None
    panel_mm: Box | None = None

    @property
    def enlargement(self) -> float:
        """幅面系数。1 on A3."""
        return enlargement(self.paper)

    @property
    def outer_mm(self) -> Box:
        """外图廓。The thick neat line."""
        return grown(self.frame_mm, GUTTER * self.enlargement)

    @property
    def reserved(self) -> tuple[Box, ...]:
        """占用范围。Ground boxes in the frame that legend, area table and north arrow cover."""
        boxes = (self.legend_mm, self.inset_mm, self.north_mm)
        inside = [box for box in boxes if box and overlap(box, self.frame_mm)]
        return tuple((*self.to_ground(x0, y0), *self.to_ground(x1, y1)) for x0, y0, x1, y1 in inside)

    def metres(self, mm: float) -> float:
        """实地长度。Metres on the ground of a length on paper.

        >>> Layout("A3", 420, 297, (0, 0, 1, 1), 10000, (0, 0, 10, 10), (0, 0, 0, 0)).metres(2.5)
        25.0
        """
        return mm * self.scale / 1000

    def to_ground(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """图上到实地。Ground point of a point of the sheet."""
        return (
            self.ground[0] + self.metres(x_mm - self.frame_mm[0]),
            self.ground[1] + self.metres(y_mm - self.frame_mm[1]),
        )

    def to_paper(self, x: float, y: float) -> tuple[float, float]:
        """实地到图上。Point of the sheet of a ground point."""
        return (
            self.frame_mm[0] + (x - self.ground[0]) * 1000 / self.scale,
            self.frame_mm[1] + (y - self.ground[1]) * 1000 / self.scale,
        )


class _Sheet(NamedTuple):
    """A paper in one of its two positions with what must stand on it."""

    paper: str
    size: tuple[float, float]
    room: Box  # for the outer neat line and panels
    legends: tuple[Legend, ...]  # the same legend in more and more columns, groups whole or not
    table: InsetTable | None
    k: float


class _Subject(NamedTuple):
    """The mapped area at one scale: shape in millimetres around the middle of its bounds."""

    shape: Any
    width: float
    height: float
    middle: tuple[float, float]  # on the ground
    scale: int


class _Choice(NamedTuple):
    """One way to fill a sheet; the lower the cost the better."""

    cost: float
    frame: Box
    block: Box | None
    legend: Legend | None
    inset: Box | None
    panel: Box | None


def lay_out(subject: Any, furniture: Furniture, paper: str = "A3") -> Layout:
    """排版面。The layout for an area (shapely geometry, metres) that has to be wholly visible and uncovered.

    The standard series comes first; where its step leaves the area small on the paper, a round scale between.
    Raises InputError where the area (MAP-extent) or its legend (MAP-legend-large) does not fit the paper at
    the smallest scale, DeliverError for an empty area or an unknown paper.

    >>> layout = lay_out(shapely.box(36_500_000, 3_870_000, 36_503_000, 3_872_000), Furniture("规划图"))
    >>> layout.paper, layout.width_mm, layout.scale
    ('A3', 420.0, 10000)
    """
    if paper not in PAPERS:
        raise DeliverError(f"没有图幅 {paper}，可选 {'、'.join(PAPERS)}。")
    if subject is None or shapely.is_empty(subject):
        raise DeliverError("制图范围是空的，无法排版面。")
    sheets = [_sheet(furniture, paper, upright) for upright in (False, True)]
    found = _first(sheets, subject, SCALES)
    if found is None:
        bare = replace(furniture, legend=())
        crowded = _first([_sheet(bare, paper, upright) for upright in (False, True)], subject, SCALES)
        raise _legend_too_large(furniture, paper) if crowded else _too_large(subject, paper)
    if _filled(found, subject) >= _WELL_FILLED:
        return found
    closer = [scale for scale in SCALES_BETWEEN if found.scale / 3 < scale < found.scale]
    return _first(sheets, subject, closer) or found


def _filled(layout: Layout, subject: Any) -> float:
    """How much of the frame the area takes in the direction in which it takes most."""
    x0, y0, x1, y1 = shapely.bounds(subject)
    left, lower, right, upper = layout.ground
    return float(max((x1 - x0) / (right - left), (y1 - y0) / (upper - lower)))


def _first(sheets: Sequence[_Sheet], subject: Any, scales: Iterable[int]) -> Layout | None:
    """The best layout at the largest of the scales at which there is one."""
    for scale in scales:
        mapped = _at_scale(subject, scale)
        found = [
            (cost + _turned(sheet, mapped), layout)
            for sheet in sheets
            if (placed := _place(sheet, mapped)) is not None
            for cost, layout in (placed,)
        ]
        if found:
            return min(found, key=lambda entry: entry[0])[1]
    return None


def _too_large(subject: Any, paper: str) -> InputError:
    mapped = _at_scale(subject, SCALES[-1])
    width, height = mapped.width * SCALES[-1] / 1e6, mapped.height * SCALES[-1] / 1e6
    values = {"width": f"{width:.0f}", "height": f"{height:.0f}", "paper": paper, "scale": SCALES[-1]}
    return InputError([finding("MAP-extent", None, **values)])


def _legend_too_large(furniture: Furniture, paper: str) -> InputError:
    count = sum(len(group.items) for group in furniture.legend)
    return InputError([finding("MAP-legend-large", None, title=furniture.title, count=count, paper=paper)])


def _sheet(furniture: Furniture, paper: str, upright: bool) -> _Sheet:
    long, short = PAPERS[paper]
    size = (short, long) if upright else (long, short)
    margins = margins_of(furniture, paper, size)
    legends: list[Legend] = []
    if any(group.items for group in furniture.legend):
        for columns in range(1, _MAX_COLUMNS + 1):
            for whole in (True, False):
                legend = arrange(furniture.legend, columns, margins.k, whole=whole)
                if len(legend.columns) == columns:
                    legends.append(legend)
    table = measure_inset(furniture.inset, margins.k) if furniture.inset else None
    return _Sheet(paper, size, margins.room, tuple(legends), table, margins.k)


def _at_scale(subject: Any, scale: int) -> _Subject:
    x0, y0, x1, y1 = shapely.bounds(subject)
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    factor = 1000 / scale
    moved = affinity.translate(subject, -middle[0], -middle[1])
    shape = affinity.scale(moved, factor, factor, origin=(0, 0)).simplify(0.3)
    shapely.prepare(shape)
    return _Subject(shape, (x1 - x0) * factor, (y1 - y0) * factor, middle, scale)


def _turned(sheet: _Sheet, subject: _Subject) -> float:
    """Cost of paper that stands while the area lies, or the other way round; lying paper binds better."""
    return 0.4 if (sheet.size[0] > sheet.size[1]) != (subject.width >= 0.9 * subject.height) else 0.0


def _place(sheet: _Sheet, subject: _Subject) -> tuple[float, Layout] | None:
    """The best layout of a sheet at a scale, or None where something would be covered."""
    for choice in sorted(_choices(sheet), key=lambda choice: choice.cost):
        offset = _free_offset(choice, subject, sheet.k)
        if offset is not None:
            return choice.cost, _layout(sheet, subject, choice, offset)
    return None


def _choices(sheet: _Sheet) -> Iterator[_Choice]:
    full = grown(sheet.room, -GUTTER * sheet.k)
    if not sheet.legends and sheet.table is None:
        yield _Choice(0.0, full, None, None, None, None)
        return
    yield from _inside(sheet, full)
    yield from _below(sheet)


def _inside(sheet: _Sheet, frame: Box) -> Iterator[_Choice]:
    """Legend in a corner; the area table above it or in another corner."""
    room = (frame[2] - frame[0], frame[3] - frame[1])
    for legend, corner in product(sheet.legends or (None,), _CORNERS):
        size = (legend.width, legend.height) if legend else (0.0, 0.0)
        if size[0] > _MAX_SHARE * room[0] or size[1] > room[1]:
            continue
        cost = _CORNER_COST[corner] + _untidy(legend) if legend else 0.0
        block = _in_corner(frame, corner, size) if legend else None
        if sheet.table is None:
            yield _Choice(cost, frame, block, legend, None, None)
            continue
        for extra, inset, widened in _inset_places(sheet, frame, corner, block):
            yield _Choice(cost + extra, frame, widened, legend, inset, None)


def _inset_places(
    sheet: _Sheet, frame: Box, corner: Corner, block: Box | None
) -> Iterator[tuple[float, Box, Box | None]]:
    """Cost, place of the area table, and the legend's box, widened where the table is stacked on it."""
    table = sheet.table
    assert table is not None
    if block and block[3] - block[1] + table.height <= frame[3] - frame[1]:
        width = max(block[2] - block[0], table.width)
        waste = width / min(block[2] - block[0], table.width) - 1
        both = _in_corner(frame, corner, (width, block[3] - block[1] + table.height))
        seam = both[1] + block[3] - block[1]
        yield 0.3 * waste, (both[0], seam, both[2], both[3]), (both[0], both[1], both[2], seam)
    for other in _CORNERS:
        inset = _in_corner(frame, other, (table.width, table.height))
        if block is None or (other != corner and not overlap(grown(block, 5 * sheet.k), inset)):
            yield 0.15 + 0.3 * other[1], inset, block


def _in_corner(frame: Box, corner: Corner, size: tuple[float, float]) -> Box:
    x = frame[2] - size[0] if corner[0] else frame[0]
    y = frame[3] - size[1] if corner[1] else frame[1]
    return x, y, x + size[0], y + size[1]


def _below(sheet: _Sheet) -> Iterator[_Choice]:
    """A panel under the frame: legend at the left in many columns, area table at the right."""
    x0, y0, x1, y1 = sheet.room
    table, pad = sheet.table, 2 * sheet.k
    for legend in sheet.legends or (None,):
        width = (legend.width if legend else 0.0) + (table.width + 2 * pad if table else 0.0)
        height = max(legend.height if legend else 0.0, table.height + 2 * pad if table else 0.0)
        if width > x1 - x0 or height > 0.5 * (y1 - y0):
            continue
        panel = (x0, y0, x1, y0 + height)
        frame = grown((x0, y0 + height + _PANEL_GAP * sheet.k, x1, y1), -GUTTER * sheet.k)
        right = x1 - (table.width + 2 * pad if table else 0.0)
        place = (x0, y0, right, y0 + height) if legend else None
        top = y0 + height - pad
        inset = (right, top - table.height, x1 - pad, top) if table else None
        yield _Choice(1.0 + (_untidy(legend) if legend else 0.0), frame, place, legend, inset, panel)


def _untidy(legend: Legend) -> float:
    """Cost of a legend in many columns, and of one whose groups are broken."""
    return 0.01 * len(legend.columns) + (0.0 if legend.whole else _BROKEN)


def _free_offset(choice: _Choice, subject: _Subject, k: float) -> tuple[float, float] | None:
    """Where to put the area's middle, from the frame's middle: uncovered, in the middle of what is left."""
    x0, y0, x1, y1 = choice.frame
    spare_x = (x1 - x0 - subject.width) / 2 - _PADDING * k
    spare_y = (y1 - y0 - subject.height) / 2 - _PADDING * k
    if spare_x < 0 or spare_y < 0:
        return None
    blocks = [] if choice.panel else [box for box in (choice.block, choice.inset) if box]
    offsets = _STEPS * (spare_x, spare_y)
    middles = offsets + np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    covered = np.zeros(len(offsets), dtype=bool)
    for block in blocks:
        covered |= _covers(grown(block, _CLEARANCE * k), middles, subject)
    if covered.all():
        return None
    away = np.hypot(*(offsets - _balance(choice.frame, blocks)).T).round(6)
    away[covered] = np.inf
    best = offsets[int(away.argmin())]
    return float(best[0]), float(best[1])


def _balance(frame: Box, blocks: list[Box]) -> NDArray[np.float64]:
    """The shift from the frame's middle to the centroid of what the blocks leave free."""
    corners = np.array([frame, *blocks])
    sizes = (corners[:, 2:] - corners[:, :2]).prod(axis=1)
    middles = (corners[:, :2] + corners[:, 2:]) / 2 - (corners[0, :2] + corners[0, 2:]) / 2
    shift: NDArray[np.float64] = -(sizes[1:] @ middles[1:]) / (sizes[0] - sizes[1:].sum())
    return shift


def _covers(block: Box, middles: NDArray[np.float64], subject: _Subject) -> NDArray[np.bool_]:
    """Whether a block of the sheet meets the area when its middle stands at each of several points (n, 2)."""
    x, y = middles[:, 0], middles[:, 1]
    boxes = shapely.box(block[0] - x, block[1] - y, block[2] - x, block[3] - y)
    meets: NDArray[np.bool_] = shapely.intersects(subject.shape, boxes)
    return meets


def _layout(sheet: _Sheet, subject: _Subject, choice: _Choice, offset: tuple[float, float]) -> Layout:
    x0, y0, x1, y1 = choice.frame
    metres = subject.scale / 1000
    west = subject.middle[0] - ((x1 - x0) / 2 + offset[0]) * metres
    south = subject.middle[1] - ((y1 - y0) / 2 + offset[1]) * metres
    ground = (west, south, west + (x1 - x0) * metres, south + (y1 - y0) * metres)
    at = ((x0 + x1) / 2 + offset[0], (y0 + y1) / 2 + offset[1])
    return Layout(
        paper=sheet.paper,
        width_mm=sheet.size[0],
        height_mm=sheet.size[1],
        frame_mm=choice.frame,
        scale=subject.scale,
        ground=ground,
        north_mm=_north(sheet, subject, choice, at),
        legend_mm=choice.block,
        legend_columns=len(choice.legend.columns) if choice.legend else 1,
        legend_whole=bool(choice.legend and choice.legend.whole),
        inset_mm=choice.inset,
        panel_mm=choice.panel,
    )


def _north(sheet: _Sheet, subject: _Subject, choice: _Choice, at: tuple[float, float]) -> Box:
    """In an upper corner of the frame, a lower one, or over its right end where all are taken."""
    k = sheet.k
    size = (_NORTH[0] * k, _NORTH[1] * k)
    inner = grown(choice.frame, -_NORTH_GAP * k)
    blocks = [box for box in (choice.block, choice.inset) if box]
    for corner in (_UPPER_RIGHT, _UPPER_LEFT, _LOWER_RIGHT, _LOWER_LEFT):
        box = _in_corner(inner, corner, size)
        wide = grown(box, _CLEARANCE * k)
        if not _covers(wide, np.array([at]), subject)[0] and not any(
            overlap(wide, block) for block in blocks
        ):
            return box
    right, top = sheet.room[2], sheet.room[3]
    return right - size[0], top + 1.0 * k, right, top + 1.0 * k + size[1]
