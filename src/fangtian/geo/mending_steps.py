"""修补步骤。What might be done about each fault of a layer: ways in order of preference, none tried yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.flaws import near_misses, spikes
from fangtian.geo.mending_shapes import blunted, clipped, joined, moved, shared_m
from fangtian.geo.rings import corner_rows, ring_edges
from fangtian.geo.seams import faces, gaps
from fangtian.geo.topology import overlaps

__all__ = ["Limits", "Mend", "Step", "Way", "proposed"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
_TOUCH_M = 1e-4
_LEAST_BORDER_M = 1e-3
_NEIGHBOURS = 3
"""Ground is offered to so many neighbours, those with the longest border first."""


class Mend(StrEnum):
    """修补方式。What was done."""

    REPAIR = "repair"
    DUPLICATE = "duplicate"
    POINT = "repeated_point"
    SPIKE = "spike"
    SNAP = "snap"
    OVERLAP = "overlap"
    GAP = "gap"


@dataclass(frozen=True)
class Limits:
    """修补限值。Up to where mending may go, and from where a fault is more than rounding.

    Corners up to ``snap_m`` apart become one. No single step changes a polygon by more than ``max_area_m2``
    (except that a repeated row goes as a whole). Overlaps and gaps up to ``min_area_m2`` or up to a mean
    width of ``min_width_m`` (the last printed decimal of a coordinate) are no faults.
    """

    snap_m: float = 0.001
    max_area_m2: float = 1.0
    min_area_m2: float = 0.0001
    min_width_m: float = 0.0001


@dataclass(frozen=True)
class Way:
    """做法。New shapes of ``rows`` (None where one collapses), made of the layer that is given."""

    rows: tuple[int, ...]
    shapes: Callable[[NDArray[Any]], tuple[Any, ...]]
    beside: int = -1


@dataclass(frozen=True)
class Step:
    """步骤。A fault at a place, and the ways to be tried until one serves."""

    kind: Mend
    where: Any
    ways: tuple[Way, ...]


def proposed(geometry: NDArray[Any], rows: Rows, limits: Limits) -> Iterator[Step]:
    """拟修补。Steps for the faults among ``rows`` of a layer: snaps, spikes, overlaps, gaps.

    >>> apart = shapely.box([0, 1], 0, [1.002, 2], 10)
    >>> [step.kind.value for step in proposed(apart, np.arange(2), Limits())]
    ['overlap']
    """
    seen = _Seen(geometry, rows, limits)
    yield from seen.snaps()
    yield from seen.spikes()
    yield from seen.overlaps_and_gaps()


class _Seen:
    """The rows that are looked at, and what they have in common."""

    def __init__(self, geometry: NDArray[Any], rows: Rows, limits: Limits) -> None:
        self.rows = rows
        self.shapes = geometry[rows]
        self.edges = ring_edges(self.shapes)
        self.tree = shapely.STRtree(self.shapes)
        self.limits = limits

    def owners(self, places: Floats) -> list[tuple[int, ...]]:
        """Rows of the layer with a corner at each place."""
        return [tuple(sorted(self.rows[list(own)].tolist())) for own in corner_rows(self.edges, places)]

    def snaps(self) -> Iterator[Step]:
        """The corner of fewer rows moves, in all its rows at once; of equals the one of the later row."""
        found = near_misses(self.shapes, self.limits.snap_m)
        ends = shapely.get_coordinates(found.geometry).reshape(-1, 2, 2)
        owners = self.owners(ends.reshape(-1, 2))
        for k in np.argsort(found.distance_m, kind="stable").tolist():
            rank = [(len(owners[2 * k + end]), -owners[2 * k + end][0]) for end in (0, 1)]
            sides = (0, 1) if rank[0] <= rank[1] else (1, 0)
            ways = [_snap(owners[2 * k + a], owners[2 * k + b][0], ends[k, a], ends[k, b])
                    for a, b in (sides, sides[::-1])]  # fmt: skip
            yield Step(Mend.SNAP, shapely.Point(ends[k, sides[0]]), tuple(ways))

    def spikes(self) -> Iterator[Step]:
        """A tip goes in all rows that have it if all are thin there; else its ground goes to a neighbour.

        A part that is a spike throughout would vanish, a large one is no rounding: no step for these.
        """
        found = spikes(self.shapes)
        tips = shapely.get_coordinates(found.geometry)
        owners = dict(zip(map(tuple, tips.tolist()), self.owners(tips), strict=True))
        thin: dict[tuple[float, ...], dict[int, list[int]]] = {}
        cut = [blunted(self.shapes[row], tip) for row, tip in zip(found.rows, tips, strict=True)]
        able = {
            k: one.ground for k, one in enumerate(cut) if one and one.ground.area <= self.limits.max_area_m2
        }
        heirs = self.beside(np.array(list(able.values()), dtype=object))
        for k, beside in zip(able, heirs, strict=True):
            row = int(self.rows[found.rows[k]])
            thin.setdefault(tuple(tips[k].tolist()), {})[row] = [other for other in beside if other != row]
        for tip, mine in thin.items():
            yield Step(Mend.SPIKE, shapely.Point(tip), tuple(_spike_ways(tip, mine, owners[tip])))

    def overlaps_and_gaps(self) -> Iterator[Step]:
        limits = self.limits
        found = faces(self.shapes)
        clashes = overlaps(self.shapes, limits.min_area_m2, limits.min_width_m, found)
        for clash in sorted(clashes, key=lambda clash: clash.area_m2):
            if clash.area_m2 <= limits.max_area_m2:
                yield self._overlap(clash.geometry, clash.row_a, clash.row_b)
        empty = gaps(self.shapes, limits.min_area_m2, limits.min_width_m, found)
        small = empty.geometry[empty.area_m2 <= limits.max_area_m2]
        yield from self._gaps(small[np.argsort(shapely.area(small), kind="stable")])

    def _overlap(self, where: Any, *pair: int) -> Step:
        """The larger of the two gives way, unless that would split it."""
        small, large = sorted(pair, key=lambda row: (shapely.area(self.shapes[row]), row))
        first, last = self.rows[[large, small]].tolist()
        ways = (_clip(first, last, self.limits.snap_m), _clip(last, first, self.limits.snap_m))
        return Step(Mend.OVERLAP, where, ways)

    def _gaps(self, empty: NDArray[Any]) -> Iterator[Step]:
        """Into the neighbour with the longest shared edge whose outline then stays in one piece."""
        for ground, beside in zip(empty.tolist(), self.beside(empty), strict=True):
            yield Step(Mend.GAP, ground, tuple(_fill(row, ground) for row in beside))

    def beside(self, ground: NDArray[Any]) -> list[list[int]]:
        """The rows of the layer around each piece of ground, the one with the longest common border first."""
        piece, row = self.tree.query(ground, predicate="dwithin", distance=_TOUCH_M)
        shared = shared_m(ground[piece], self.shapes[row])
        order = np.lexsort((row, -shared, piece))
        order = order[shared[order] > _LEAST_BORDER_M]
        first = np.searchsorted(piece[order], np.arange(len(ground) + 1))
        rows = self.rows[row[order]].tolist()
        return [rows[a:b][:_NEIGHBOURS] for a, b in pairwise(first.tolist())]


def _snap(rows: tuple[int, ...], beside: int, place: Floats, target: Floats) -> Way:
    return Way(rows, lambda layer: tuple(moved(layer[row], place, target) for row in rows), beside)


def _clip(row: int, other: int, snap_m: float) -> Way:
    return Way((row,), lambda layer: (clipped(layer[row], layer[other], snap_m),), other)


def _fill(row: int, ground: Any) -> Way:
    return Way((row,), lambda layer: (joined(layer[row], ground),))


def _spike_ways(
    tip: tuple[float, ...], thin: Mapping[int, list[int]], owners: tuple[int, ...]
) -> Iterator[Way]:
    place = np.array(tip)
    if set(thin) == set(owners):
        yield _blunt(owners, place)
    for row, heirs in sorted(thin.items()):
        yield from (Way((row, heir), partial(_handed_over, row, heir, place), heir) for heir in heirs)
    for row in sorted(thin):
        yield _blunt((row,), place)


def _blunt(rows: tuple[int, ...], place: Floats) -> Way:
    def shapes(layer: NDArray[Any]) -> tuple[Any, ...]:
        return tuple(one and one.shape for one in (blunted(layer[row], place) for row in rows))

    return Way(rows, shapes)


def _handed_over(row: int, heir: int, place: Floats, layer: NDArray[Any]) -> tuple[Any, ...]:
    """The tip's ground to a neighbour."""
    blunt = blunted(layer[row], place)
    if blunt is None or not blunt.ground.is_valid or blunt.shape.area >= layer[row].area:
        return (None, None)
    return (blunt.shape, joined(layer[heir], blunt.ground))
