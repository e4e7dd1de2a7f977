"""界址圈。Polygons as the rings of a boundary file, and rings of unknown nesting as polygons.

In a boundary file every ring stands for itself: which one is a hole, and of which part, is for the reader to
find out from where the rings lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Crossing", "nested", "rings_of", "settled"]

Points = NDArray[np.float64]
Crossing = tuple[int, int]
"""相交圈。Two rings, by position, that lie partly inside each other."""

_LEAST = 3
"""Corners of the least ring."""


def settled(geometry: Any, decimals: int = 3) -> Any:
    """定稿图形。The polygon as a boundary file holds it, an empty one where nothing is left.

    Coordinates rounded to ``decimals``; points that fall together are one; outer rings run clockwise and
    holes against it, each from its north-western corner. A border that rounding makes cross itself is
    redrawn within the last decimal. Doing it twice changes nothing.

    >>> import shapely
    >>> settled(shapely.box(0, 0, 2, 1)).exterior.coords[0]
    (0.0, 1.0)
    """
    rounded = _rounded(geometry, decimals)
    if rounded.is_valid:
        return rounded
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    return _rounded(shapely.set_precision(geometry, 10.0**-decimals), decimals)


def _rounded(geometry: Any, decimals: int) -> Any:
    parts = []
    for part in shapely.get_parts(geometry):
        rings = [part.exterior, *part.interiors]
        outer, *holes = (
            _ring(shapely.get_coordinates(ring), decimals, clockwise=number == 0)
            for number, ring in enumerate(rings)
        )
        if outer is not None:
            parts.append(shapely.Polygon(outer, [hole for hole in holes if hole is not None]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def rings_of(geometry: Any) -> Iterator[Points]:
    """逐圈取点。Closed rings (n, 2) of a polygon, east and north: every outer ring followed by its holes."""
    for part in shapely.get_parts(geometry):
        yield shapely.get_coordinates(part.exterior)
        yield from (shapely.get_coordinates(hole) for hole in part.interiors)


def nested(rings: Sequence[Points]) -> tuple[Any, list[Crossing]]:
    """圈的归属。The polygon made of closed rings in any order, and pairs of rings that cross each other.

    A ring inside an odd number of others is a hole of the smallest of them; one inside an even number is a
    part of its own, so islands within holes come out as parts.

    >>> outer, hole = (shapely.get_coordinates(shapely.box(*b)) for b in ((0, 0, 9, 9), (2, 2, 5, 5)))
    >>> nested([hole, outer])[0].area
    72.0
    """
    faces = [shapely.Polygon(ring) for ring in rings]
    size = [abs(_signed(ring)) for ring in rings]
    parents: list[list[int]] = [[] for _ in rings]
    crossing: list[Crossing] = []
    tree = shapely.STRtree(faces)
    for inner, outer in tree.query(faces).T.tolist():
        if inner == outer or (size[inner], inner) >= (size[outer], outer):
            continue  # only the larger of two can hold the other
        inside, wholly = _inside(rings[inner], faces[outer])
        if inside:
            parents[inner].append(outer)
        if not wholly:
            crossing.append((inner, outer))
    shells = [ring for ring in range(len(rings)) if len(parents[ring]) % 2 == 0]
    holes: dict[int, list[Points]] = {shell: [] for shell in shells}
    for ring in range(len(rings)):
        if ring not in holes:
            around = [parent for parent in parents[ring] if parent in holes]
            if around:
                holes[min(around, key=size.__getitem__)].append(rings[ring])
            else:  # rings that cross each other hold one another in a circle; they are reported as crossing
                holes[ring] = []
    shells = list(holes)
    parts = [shapely.Polygon(rings[shell], holes[shell]) for shell in shells]
    return (parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)), crossing


def _inside(ring: Points, face: Any) -> tuple[bool, bool]:
    """Whether a ring lies in a face, and whether it does so, or stays out of it, with all its points."""
    for points in (ring[:-1], (ring[:-1] + ring[1:]) / 2):
        interior = int(shapely.contains_xy(face, points).sum())
        outside = len(points) - int(shapely.intersects_xy(face, points).sum())
        if interior or outside:
            return interior > outside, not (interior and outside)
    return False, False  # on the border with all its points: the same ring twice


def _ring(points: Points, decimals: int, *, clockwise: bool) -> Points | None:
    rounded = np.round(points, decimals) + 0.0  # no -0.000
    kept = rounded[1:][(rounded[1:] != rounded[:-1]).any(axis=1)]
    area = _signed(np.concatenate((kept, kept[:1])))
    if abs(area) < 0.4 * 10.0 ** (-2 * decimals):  # the least triangle of the grid has a half
        return None
    if (area < 0) != clockwise:
        kept = kept[::-1]
    east, north = kept.T
    # The corner that lies furthest to the north-west; of several the northernmost.
    score = (north - north[0]) - (east - east[0])
    first = np.flatnonzero(score == score.max())
    corner = int(first[np.argmax(north[first])])
    return np.concatenate((kept[corner:], kept[: corner + 1]))


def _signed(ring: Points) -> float:
    """Signed area of a closed ring, positive against the clock."""
    if len(ring) <= _LEAST:
        return 0.0
    x, y = (ring - ring[0]).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)
