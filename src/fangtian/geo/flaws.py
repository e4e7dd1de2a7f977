"""图形瑕疵。Flaws of single outlines: spikes, short edges, repeated points, slivers, parts; near misses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fangtian.geo.rings import Edges, Spots, corner_rows, loose_edges, place_keys, ring_edges
from fangtian.geo.seams import mean_width

__all__ = [
    "NearMisses",
    "multiparts",
    "near_misses",
    "repeated_points",
    "short_edges",
    "slivers",
    "spikes",
]

Floats = NDArray[np.float64]
_BLOCK = 50_000
"""Rows looked at together: the arrays of a block stay within some hundred MB."""


@dataclass(frozen=True)
class NearMisses:
    """错位点。Corners of two rows, ``distance_m`` apart, that should be one; ``geometry`` joins them."""

    row_a: NDArray[np.int64]
    row_b: NDArray[np.int64]
    distance_m: Floats
    geometry: NDArray[Any]


def short_edges(geometry: NDArray[Any], min_length_m: float = 0.1) -> Spots:
    """短边。Edges shorter than ``min_length_m`` but longer than 0; size in m, geometry the edge.

    >>> short_edges(shapely.polygons([[[0, 0], [9, 0], [9, 0.05], [0, 5]]])).size
    array([0.05])
    """

    def found(edges: Edges) -> tuple[NDArray[np.int64], Floats]:
        length = edges.length_m
        chosen = np.flatnonzero((length > 0) & (length < min_length_m))
        return chosen, length[chosen]

    return _spots(geometry, found, as_line=True)


def repeated_points(geometry: NDArray[Any]) -> Spots:
    """重复点。Corners that follow themselves in a ring; size 0, geometry the point.

    >>> repeated_points(shapely.polygons([[[0, 0], [9, 0], [9, 0], [0, 5]]])).geometry
    array([<POINT (9 0)>], dtype=object)
    """

    def found(edges: Edges) -> tuple[NDArray[np.int64], Floats]:
        chosen = np.flatnonzero(edges.length_m == 0)
        return chosen, np.zeros(len(chosen))

    return _spots(geometry, found)


def spikes(geometry: NDArray[Any], max_angle_deg: float = 1.0, max_width_m: float = 0.1) -> Spots:
    """尖锐角（刺）。Corners at which the outline goes back on itself; size the width in m, geometry the tip.

    A corner is a spike when it turns back within ``max_angle_deg`` and its two arms are no more than
    ``max_width_m`` apart where the shorter one ends: a slim wedge of a field is none.

    >>> pin = shapely.polygons([[[0, 0], [4, 0], [4, 2], [9, 2.01], [4, 2.02], [4, 4], [0, 4]]])
    >>> spikes(pin).geometry, spikes(pin).size.round(3)
    (array([<POINT (9 2.01)>], dtype=object), array([0.02]))
    """
    slope = math.tan(math.radians(max_angle_deg))

    def found(edges: Edges) -> tuple[NDArray[np.int64], Floats]:
        real = np.flatnonzero(edges.length_m > 0)
        after = _next_in_ring(edges.ring[real])
        step = edges.xy[edges.start[real] + 1] - edges.xy[edges.start[real]]
        turn = step[after]
        back = -(step * turn).sum(axis=1)
        across = np.abs(step[:, 0] * turn[:, 1] - step[:, 1] * turn[:, 0])
        sharp = np.flatnonzero((back > 0) & (across <= slope * back))
        longer = np.maximum(np.hypot(*step[sharp].T), np.hypot(*turn[sharp].T))
        width = across[sharp] / longer
        narrow = width <= max_width_m
        return real[after[sharp[narrow]]], width[narrow]

    return _spots(geometry, found)


def slivers(geometry: NDArray[Any], max_width_m: float = 0.5) -> Spots:
    """狭长图斑。Polygons that are nowhere ``max_width_m`` wide; size the mean width in m.

    Nowhere: no circle of that diameter fits in, so a wide parcel with a narrow tail is none. The mean width
    2·area/perimeter is never more than the widest circle of a shape without holes, which spares the rest.

    >>> slivers(shapely.box(0, 0, [100, 100, 1], [0.2, 3, 0.4])).rows
    array([0, 2])
    """
    width = mean_width(geometry)
    slim = np.flatnonzero((width < max_width_m) & (shapely.area(geometry) > 0))
    core = shapely.buffer(geometry[slim], -max_width_m / 2, quad_segs=2, join_style="mitre")
    slim = slim[shapely.is_empty(core)]
    return Spots(slim.astype(np.int64), width[slim], geometry[slim])


def multiparts(geometry: NDArray[Any]) -> Spots:
    """多部件图斑。Polygons of several parts; size the area in m² of all but the largest part, geometry these.

    >>> both = shapely.multipolygons(shapely.box([0, 5], 0, [3, 6], 1))
    >>> multiparts(np.array([shapely.box(0, 0, 1, 1), both])).size
    array([1.])
    """
    rows = np.flatnonzero(shapely.get_num_geometries(geometry) > 1)
    parts, owner = shapely.get_parts(geometry[rows], return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    rest = np.sort(order[np.append(False, np.diff(owner[order]) == 0)]) if len(order) else order
    lesser = shapely.multipolygons(parts[rest], indices=owner[rest]) if len(rest) else parts[rest]
    return Spots(rows.astype(np.int64), shapely.area(lesser), lesser)


def near_misses(geometry: NDArray[Any], within_m: float = 0.001) -> NearMisses:
    """错位点检查。Corners of two neighbours less than or just ``within_m`` apart that are not the same.

    Only corners at edges that no neighbour shares can miss one. Two corners that one row has both of are a
    short edge, not a miss. Coordinates in metres.

    >>> near_misses(shapely.box([0, 1.0004], 0, [1, 2], 1)).distance_m.round(4)
    array([0.0004, 0.0004])
    """
    edges = ring_edges(geometry)
    loose = loose_edges(edges)
    is_end = np.zeros(len(edges.xy), dtype=bool)
    is_end[edges.start[loose]] = is_end[edges.start[loose] + 1] = True
    xy = _places(edges.xy[is_end])
    crowded = _crowded(xy, within_m)
    xy = xy[crowded]
    pairs = cKDTree(xy).query_pairs(within_m, output_type="ndarray") if len(xy) else np.zeros((0, 2), int)
    met = np.unique(pairs)
    owners = dict(zip(met.tolist(), corner_rows(edges, xy[met]), strict=True))
    apart = [k for k, (a, b) in enumerate(pairs.tolist()) if not owners[a] & owners[b]]
    kept = pairs[apart]
    rows = np.array([(min(owners[a]), min(owners[b])) for a, b in kept.tolist()], np.int64).reshape(-1, 2)
    gap = np.hypot(*(xy[kept[:, 0]] - xy[kept[:, 1]]).T)
    lines = shapely.linestrings(xy[kept]) if len(kept) else np.zeros(0, dtype=object)
    return NearMisses(rows[:, 0], rows[:, 1], gap, lines)


def _places(xy: Floats) -> Floats:
    """Each place once."""
    keys = place_keys(xy)
    order = np.argsort(keys)
    fresh = np.append(True, np.diff(keys[order]) != 0)[: len(keys)]
    return np.asarray(xy[order[fresh]])


def _crowded(xy: Floats, within_m: float) -> NDArray[np.int64]:
    """The points that can have another within reach: those that share a cell of one of four shifted grids."""
    if within_m <= 0:
        return np.zeros(0, dtype=np.int64)
    crowded = np.zeros(len(xy), dtype=bool)
    for shift in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        # Cells of four times the reach, shifted by half: two points in reach share a cell of some grid.
        cell = place_keys(np.floor(xy / (4 * within_m) + shift) + 0.0)
        order = np.argsort(cell)
        same = np.flatnonzero(np.diff(cell[order]) == 0)
        crowded[order[same]] = crowded[order[same + 1]] = True
    return np.flatnonzero(crowded)


def _next_in_ring(ring: NDArray[np.int32]) -> NDArray[np.int64]:
    """The position of the edge that follows each edge in its ring; the first one follows the last."""
    after = np.arange(1, len(ring) + 1)
    if len(ring):
        last = np.flatnonzero(np.append(ring[1:] != ring[:-1], True))
        after[last] = np.append(0, last[:-1] + 1)
    return after


def _spots(
    geometry: NDArray[Any],
    find: Callable[[Edges], tuple[NDArray[np.int64], Floats]],
    as_line: bool = False,
) -> Spots:
    """What ``find`` sees in each block of rows: the edge, or the point at which it starts."""
    rows, sizes, shapes = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0, dtype=object)]
    for offset, edges in _blocks(geometry):
        chosen, size = find(edges)
        start = edges.start[chosen]
        xy = np.stack([edges.xy[start], edges.xy[start + 1]], axis=1)
        if len(start):
            shapes.append(shapely.linestrings(xy) if as_line else shapely.points(xy[:, 0]))
        rows.append(edges.row[chosen].astype(np.int64) + offset)
        sizes.append(size)
    return Spots(np.concatenate(rows), np.concatenate(sizes), np.concatenate(shapes))


def _blocks(geometry: NDArray[Any]) -> Iterator[tuple[int, Edges]]:
    for offset in range(0, len(geometry), _BLOCK):
        yield offset, ring_edges(geometry[offset : offset + _BLOCK])
