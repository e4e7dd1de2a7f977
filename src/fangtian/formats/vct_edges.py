"""VCT 边界线。Polygons of all layers as lines that they share: every common boundary once.

Coordinates are taken to the decimals of the file first, so that what is equal in print is equal here. A
vertex is a node where its neighbours are not the same two in every ring that runs through it; between nodes
a line belongs to the same polygons all along. A boundary is shared as far as both sides have the same
vertices: none is added or moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Edges", "shared_edges"]

Ints = NDArray[np.int64]
Points = NDArray[np.float64]
Flags = NDArray[np.bool_]
_LEAST = 3
_WIDEST = 2.0**31
"""Range of grid coordinates whose pairs fit into one int64."""


@dataclass(frozen=True)
class Edges:
    """边界线集。Line ``i`` (from 1) is ``points[start[i - 1]:stop[i - 1]]``.

    ``refs`` are the lines around the polygons, negative where they run the other way, 0 between rings;
    polygon ``k`` has ``refs[first[k]:first[k + 1]]``, none if nothing is left of it. ``vanished`` is, for
    every ring that the decimals have made vanish, the polygon; ``repeated`` counts points that were the same
    as those before them and are left out.
    """

    points: Points
    start: Ints
    stop: Ints
    refs: Ints
    first: Ints
    vanished: Ints
    repeated: int = 0


@dataclass
class _Rings:
    """Rings without their last points; ring r has vertices ``begin[r]`` to ``begin[r + 1]``."""

    points: Points
    begin: Ints
    polygon: Ints
    outer: Flags
    vanished: Ints
    repeated: int


def shared_edges(polygons: NDArray[Any], decimals: int) -> Edges:
    """共用边界。Lines and references of an array of polygons and multipolygons (None is passed over).

    Outer rings run against the clock and holes with it, as in the files of the standard's authors.

    >>> pair = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> edges = shared_edges(pair, 3)
    >>> len(edges.start), edges.refs.tolist(), edges.first.tolist()
    (3, [1, 2, -1, 3], [0, 2, 4])
    """
    none = np.empty(0, dtype=np.int64)
    nothing = Edges(np.empty((0, 2)), none, none, none, np.zeros(len(polygons) + 1, dtype=np.int64), none)
    if shapely.is_missing(polygons).all():
        return nothing
    rings = _rings(polygons, decimals)
    if not len(rings.polygon):
        return replace(nothing, vanished=rings.vanished, repeated=rings.repeated)
    rings = _turned(rings)
    vertex = _vertices(rings.points, decimals)
    node = _nodes(vertex, rings.begin)
    rows, ring = _from_node(node, rings.begin)
    closed, marks = vertex[rows], node[rows]
    last = np.append(ring[1:] != ring[:-1], True)
    start = np.flatnonzero(marks & ~last)
    stop = np.append(start[1:], 0)
    final = np.append(ring[start][1:] != ring[start][:-1], True)
    stop[final] = np.flatnonzero(last)
    number, forward = _numbered(closed, start, stop)
    once = np.unique(number, return_index=True)[1]
    signed = np.where(forward, number + 1, -(number + 1))
    refs, first = _with_zeros(signed, ring[start], rings.polygon, len(polygons))
    return Edges(rings.points[rows], start[once], stop[once] + 1, refs, first, rings.vanished, rings.repeated)


def _rings(polygons: NDArray[Any], decimals: int) -> _Rings:
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points = np.round(points, decimals) + 0.0  # no -0.000
    follows = np.append(False, (ring[1:] == ring[:-1]) & (points[1:] == points[:-1]).all(axis=1))
    doubled = ring[follows]
    points, ring = points[~follows], ring[~follows]
    last = np.append(ring[1:] != ring[:-1], True)
    sizes = np.bincount(ring, minlength=len(rings)) - 1
    outer = np.append(True, of_ring[1:] != of_ring[:-1]) if len(of_ring) else np.empty(0, bool)
    small = sizes < _LEAST
    lost = np.zeros(len(parts), dtype=bool)
    lost[of_ring[outer & small]] = True
    keep = ~small & ~lost[of_ring]
    inside = keep[ring] & ~last
    begin = np.append(0, np.cumsum(sizes[keep]))
    vanished = np.sort(of_part[of_ring[~keep]])
    return _Rings(
        points[inside], begin, of_part[of_ring[keep]], outer[keep], vanished, int(keep[doubled].sum())
    )


def _turned(rings: _Rings) -> _Rings:
    """Outer rings against the clock, holes with it."""
    sizes = np.diff(rings.begin)
    ring = np.repeat(np.arange(len(sizes)), sizes)
    x, y = (rings.points - rings.points[rings.begin[:-1]][ring]).T
    after = np.arange(1, len(x) + 1)
    after[rings.begin[1:] - 1] = rings.begin[:-1]
    area = np.bincount(ring, x * y[after] - x[after] * y, minlength=len(sizes))
    wrong = ((area < 0) & rings.outer) | ((area > 0) & ~rings.outer)
    offset = np.arange(len(x)) - rings.begin[:-1][ring]
    rows = rings.begin[:-1][ring] + np.where(wrong[ring], sizes[ring] - 1 - offset, offset)
    return replace(rings, points=rings.points[rows])


def _vertices(points: Points, decimals: int) -> Ints:
    """The same number for the same place."""
    grid = np.rint((points - points.min(axis=0)) * 10.0**decimals)
    if (grid.max(axis=0) < _WIDEST).all():
        key: NDArray[Any] = grid[:, 0].astype(np.int64) << 31 | grid[:, 1].astype(np.int64)
    else:
        key = points[:, 0] + 1j * points[:, 1]
    numbers: Ints = np.unique(key, return_inverse=True)[1]
    return numbers


def _nodes(vertex: Ints, begin: Ints) -> Flags:
    """Vertices where lines begin and end; a ring without any has one at its least vertex."""
    after = np.arange(1, len(vertex) + 1)
    after[begin[1:] - 1] = begin[:-1]
    before = np.arange(-1, len(vertex) - 1)
    before[begin[:-1]] = begin[1:] - 1
    low = np.minimum(vertex[before], vertex[after])
    high = np.maximum(vertex[before], vertex[after])
    order = np.argsort(vertex, kind="stable")
    of = np.flatnonzero(np.append(True, vertex[order][1:] != vertex[order][:-1]))
    apart = np.zeros(len(of), dtype=bool)
    for neighbour in (low[order], high[order]):
        apart |= np.minimum.reduceat(neighbour, of) != np.maximum.reduceat(neighbour, of)
    node: Flags = apart[vertex]
    least = np.minimum.reduceat(vertex, begin[:-1])
    ring = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    candidates = np.flatnonzero((vertex == least[ring]) & ~np.logical_or.reduceat(node, begin[:-1])[ring])
    node[candidates[np.unique(ring[candidates], return_index=True)[1]]] = True
    return node


def _from_node(node: Flags, begin: Ints) -> tuple[Ints, Ints]:
    """Rows of every ring from its first node round to that node again, and the ring of each."""
    sizes = np.diff(begin)
    ring = np.repeat(np.arange(len(sizes)), sizes + 1)
    position = np.arange(len(ring)) - np.repeat(np.append(0, np.cumsum(sizes + 1)[:-1]), sizes + 1)
    nodes = np.flatnonzero(node)
    first = nodes[np.searchsorted(nodes, begin[:-1])] - begin[:-1]
    return begin[:-1][ring] + (position + first[ring]) % sizes[ring], ring


def _numbered(vertex: Ints, start: Ints, stop: Ints) -> tuple[Ints, Flags]:
    """A number for every line, the same for the same line, and whether it runs as where it is first met."""
    count = int(vertex.max()) + 1
    there = vertex[start] * count + vertex[start + 1]
    back = vertex[stop] * count + vertex[stop - 1]
    key, length = np.minimum(there, back), stop - start
    order = np.lexsort((length, key))
    new = np.append(True, (key[order][1:] != key[order][:-1]) | (length[order][1:] != length[order][:-1]))
    group = np.empty(len(start), dtype=np.int64)
    group[order] = np.cumsum(new) - 1
    model = order[new][group]  # lexsort is stable: the first met of its group
    forward = (there == there[model]) & (back == back[model])
    model = np.where(_same(vertex, start, stop, model, forward), model, np.arange(len(start)))
    forward |= model == np.arange(len(start))
    return np.unique(model, return_inverse=True)[1], forward


def _same(vertex: Ints, start: Ints, stop: Ints, model: Ints, forward: Flags) -> Flags:
    """Whether lines that begin alike are alike to the end: always so, unless a ring runs back on itself."""
    sizes = stop - start + 1
    line = np.repeat(np.arange(len(start)), sizes)
    offset = np.arange(len(line)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    other = np.where(forward[line], start[model][line] + offset, stop[model][line] - offset)
    same = np.ones(len(start), dtype=bool)
    same[line[vertex[start[line] + offset] != vertex[other]]] = False
    return same


def _with_zeros(signed: Ints, ring: Ints, polygon: Ints, count: int) -> tuple[Ints, Ints]:
    """References with a 0 between the rings of a polygon, and where those of each polygon begin."""
    owner = polygon[ring]
    between = np.flatnonzero((ring[1:] != ring[:-1]) & (owner[1:] == owner[:-1])) + 1
    refs = np.insert(signed, between, 0)
    owners = np.insert(owner, between, owner[between])
    return refs, np.searchsorted(owners, np.arange(count + 1))
