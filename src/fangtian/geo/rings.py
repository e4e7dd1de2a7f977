"""环与边。The edges of many polygons as flat arrays, and those that no neighbour shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Edges", "Spots", "corner_rows", "edge_keys", "loose_edges", "place_keys", "ring_edges", "runs"]

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
_SHIFT = np.uint64(32)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_TURN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Edges:
    """边表。Edge ``k`` runs from ``xy[start[k]]`` to ``xy[start[k] + 1]`` on ring ``ring[k]`` of ``row[k]``.

    Rings are turned so that the polygon lies on the left: an edge shared by two neighbours occurs once in
    each direction.
    """

    xy: Floats
    start: NDArray[np.int64]
    ring: NDArray[np.int32]
    row: NDArray[np.int32]

    @property
    def length_m(self) -> Floats:
        """边长。Length of each edge, in the unit of the coordinates."""
        step = self.xy[self.start + 1]
        step -= self.xy[self.start]
        return np.hypot(step[:, 0], step[:, 1])


@dataclass(frozen=True)
class Spots:
    """问题处。Places on single rows: ``size`` is in metres or square metres, as the function says."""

    rows: NDArray[np.int64]
    size: Floats
    geometry: NDArray[Any]


def ring_edges(geometry: NDArray[Any]) -> Edges:
    """取边。Every edge of every ring of (n,) polygons; missing and empty ones have none.

    >>> edges = ring_edges(shapely.box([0, 1], 0, [1, 2], 1))
    >>> len(edges.start), edges.row.tolist()
    (8, [0, 0, 0, 0, 1, 1, 1, 1])
    """
    parts, owner = shapely.get_parts(geometry, return_index=True)
    solid = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(shapely.orient_polygons(parts[solid]), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy += 0.0  # -0.0 and 0.0 are one place
    start = np.flatnonzero(ring[1:] == ring[:-1])
    number = ring[start].astype(np.int32)
    return Edges(xy, start, number, owner[solid][part].astype(np.int32)[number])


def place_keys(xy: Floats) -> Keys:
    """点键。One 64-bit key per coordinate pair; equal places have equal keys."""
    bits = np.ascontiguousarray(xy).view(np.uint64)
    return _mixed(_mixed(bits[:, 0]) * _TURN + bits[:, 1])


def edge_keys(edges: Edges) -> tuple[Keys, NDArray[np.bool_]]:
    """边键。One key per edge whichever way it runs, and whether it runs from its lower end to its higher."""
    place = place_keys(edges.xy)
    first, second = place[edges.start], place[edges.start + 1]
    return _mixed(first) + _mixed(second), first < second


def loose_edges(edges: Edges) -> NDArray[np.bool_]:
    """未拼接边。(k,) which edges are not cancelled by the same edge in the other direction.

    How many polygons cover a place changes only across these edges: a pair of opposite edges, one of each
    neighbour, cancels out. In a clean layer they are its outer border.

    >>> loose_edges(ring_edges(shapely.box([0, 1], 0, [1, 2], 1))).sum()
    np.int64(6)
    """
    key, upward = edge_keys(edges)
    if not len(key):
        return np.zeros(0, dtype=bool)
    order = np.argsort(key)
    key = key[order]
    fresh = np.empty(len(key), dtype=bool)
    fresh[0] = True
    np.not_equal(key[1:], key[:-1], out=fresh[1:])
    del key
    first = np.flatnonzero(fresh)
    net = np.add.reduceat(np.where(upward[order], 1, -1).astype(np.int8), first, dtype=np.int32)
    group = np.cumsum(fresh) - 1
    # Keys are 64 bits of many more: that equal keys mean equal places is seen, not believed.
    low = edges.start[order] + ~upward[order]
    high = edges.start[order] + upward[order]
    for axis in (0, 1):
        for end in (low, high):
            ordinate = edges.xy[end, axis]
            net[group[1:][(ordinate[1:] != ordinate[:-1]) & ~fresh[1:]]] = 1
    length = np.diff(np.append(first, len(fresh)))
    loose = np.empty(len(order), dtype=bool)
    loose[order] = np.repeat(net != 0, length)
    loose &= edges.length_m > 0  # a repeated point is no edge
    return loose


def runs(edges: Edges, chosen: NDArray[np.bool_]) -> NDArray[Any]:
    """连线。The chosen edges as lines, one per unbroken run along a ring.

    >>> edges = ring_edges(shapely.box([0, 1], 0, [1, 2], 1))
    >>> shapely.length(runs(edges, loose_edges(edges)))
    array([3., 2., 1.])
    """
    start = edges.start[chosen]
    if not len(start):
        return np.zeros(0, dtype=object)
    fresh = np.append(True, np.diff(start) != 1)
    run = np.cumsum(fresh) - 1
    last = start[np.append(np.flatnonzero(fresh)[1:], len(start)) - 1] + 1
    place = np.concatenate([start, last])
    run = np.concatenate([run, np.arange(len(last))])
    order = np.lexsort((place, run))
    lines: NDArray[Any] = shapely.linestrings(edges.xy[place[order]], indices=run[order])
    return lines


def corner_rows(edges: Edges, xy: Floats) -> list[set[int]]:
    """同点图斑。Which rows have a corner at each of the (k, 2) places.

    >>> corner_rows(ring_edges(shapely.box([0, 1], 0, [1, 2], 1)), np.array([[1.0, 0.0], [2.0, 0.0]]))
    [{0, 1}, {1}]
    """
    if not len(xy) or not len(edges.start):
        return [set() for _ in xy]
    wanted, which = np.unique(place_keys(xy + 0.0), return_inverse=True)
    found: list[set[int]] = [set() for _ in wanted]
    place = place_keys(edges.xy[edges.start])
    spot = np.minimum(np.searchsorted(wanted, place), len(wanted) - 1)
    hit = np.flatnonzero(wanted[spot] == place)
    for corner, row in zip(spot[hit].tolist(), edges.row[hit].tolist(), strict=True):
        found[corner].add(row)
    return [found[corner] for corner in which.tolist()]


def _mixed(key: Keys) -> Keys:
    mixed = key ^ (key >> _SHIFT)
    mixed *= _SPREAD
    mixed ^= mixed >> _SHIFT
    mixed *= _SPREAD
    mixed ^= mixed >> _SHIFT
    return mixed
