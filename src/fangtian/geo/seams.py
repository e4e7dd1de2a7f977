"""接缝。The faces between edges that no neighbour shares, and how many polygons lie on each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.borders import longest_neighbours
from fangtian.geo.rings import loose_edges, ring_edges, runs

__all__ = ["Faces", "Gaps", "faces", "gaps", "mean_width"]

Floats = NDArray[np.float64]
NOISE_M2 = 1e-6
"""A square millimetre: what crossing two edges in floating point leaves over."""
_ANGLES = (0.0, 0.3, 1.1, 1.9, 2.7)


@dataclass(frozen=True)
class Faces:
    """面片。Faces between the unshared edges of a layer; ``depth`` (k,) polygons lie on each of them.

    ``inside`` (k,) tells which faces lie within the cover; without a cover all that are enclosed do.
    """

    geometry: NDArray[Any]
    depth: NDArray[np.int64]
    inside: NDArray[np.bool_]


@dataclass(frozen=True)
class Gaps:
    """缝隙。Ground that no polygon claims; ``rows`` the neighbour with the longest border, -1 if unknown."""

    rows: NDArray[np.int64]
    area_m2: Floats
    width_m: Floats
    geometry: NDArray[Any]

    def without(self, which: NDArray[np.int64]) -> Gaps:
        """其余缝隙。All gaps but these."""
        left = np.delete(np.arange(len(self.rows)), which)
        return Gaps(self.rows[left], self.area_m2[left], self.width_m[left], self.geometry[left])


def faces(geometry: NDArray[Any], cover: NDArray[Any] | None = None) -> Faces:
    """求面片。All places where the number of polygons may differ from one, found without any big union.

    The number of polygons on a place changes only across edges that are not shared (``loose_edges``), so
    only these are crossed with each other. Polygons must be valid. With a ``cover`` (polygons of the area
    to be filled) its unshared edges divide the faces too.

    >>> found = faces(shapely.box([0, 1], 0, [2, 3], 1))
    >>> sorted(zip(shapely.area(found.geometry).tolist(), found.depth.tolist()))
    [(1.0, 1), (1.0, 1), (1.0, 2)]
    """
    edges = ring_edges(geometry)
    lines = [runs(edges, loose_edges(edges))]
    if cover is not None:
        border = ring_edges(cover)
        lines.append(runs(border, loose_edges(border)))
    shapes = _enclosed(np.concatenate(lines))
    inside = np.ones(len(shapes), dtype=bool) if cover is None else _depth(cover, shapes) > 0
    return Faces(shapes, _depth(geometry, shapes), inside)


def gaps(
    geometry: NDArray[Any],
    min_area_m2: float = 0.0,
    min_width_m: float = 0.0,
    found: Faces | None = None,
) -> Gaps:
    """缝隙检查。Enclosed ground that no polygon claims, larger and wider than the limits.

    Enclosed is what cannot reach the outside without crossing a polygon or slipping between two that touch
    at a corner. For the ground of a given area, at its edge too, give ``found=faces(geometry, cover)``.
    Width is the mean width (:func:`mean_width`).

    >>> ring = shapely.box([0, 0, 2, 0], [0, 1, 1, 2], [3, 1, 3, 3], [1, 2, 2, 3])
    >>> gaps(ring).area_m2, gaps(ring, min_area_m2=1.0).area_m2
    (array([1.]), array([], dtype=float64))
    """
    found = faces(geometry) if found is None else found
    empty = np.flatnonzero((found.depth == 0) & found.inside)
    shapes = found.geometry[empty]
    area, width = shapely.area(shapes), mean_width(shapes)
    keep = (area > min_area_m2) & (width > min_width_m)
    shapes = shapes[keep]
    return Gaps(longest_neighbours(shapes, geometry), area[keep], width[keep], shapes)


def mean_width(geometry: NDArray[Any]) -> Floats:
    """平均宽度。2·area/perimeter: the width of a long strip, half the side of a square; 0 if empty.

    >>> mean_width(shapely.box(0, 0, [1000, 4], [1, 4])).round(3)
    array([0.999, 2.   ])
    """
    around = shapely.length(geometry)
    width: Floats = np.divide(2 * shapely.area(geometry), around, out=np.zeros(len(around)), where=around > 0)
    return width


def _enclosed(lines: NDArray[Any]) -> NDArray[Any]:
    """The faces between lines, computed near the origin: crossings are found to 1e-9 m there, not to 1e-5.

    Moving by whole metres towards the origin and back loses no digit of a coordinate.
    """
    if not len(lines):
        return np.zeros(0, dtype=object)
    origin = np.floor(np.nanmin(shapely.bounds(lines), axis=0)[:2])
    noded = shapely.union_all(shapely.transform(lines, lambda xy: xy - origin))
    shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    shapes = shapely.transform(shapes[shapely.area(shapes) > NOISE_M2], lambda xy: xy + origin)
    return np.asarray(shapes, dtype=object)


def _depth(geometry: NDArray[Any], shapes: NDArray[Any]) -> NDArray[np.int64]:
    """How many polygons lie on each face. Counted at a point within it, off every border between polygons."""
    tree = shapely.STRtree(geometry)
    depth = np.zeros(len(shapes), dtype=np.int64)
    unsure = np.arange(len(shapes))
    for angle in _ANGLES:
        points = _inner_points(shapes[unsure], angle)
        position, row = tree.query(points, predicate="intersects")
        depth[unsure] = np.bincount(position, minlength=len(unsure))
        unsure = unsure[np.unique(position[shapely.touches(points[position], geometry[row])])]
    for face in unsure:  # no point found off the borders: weigh instead
        pieces = shapely.intersection(geometry[tree.query(shapes[face])], shapes[face])
        depth[face] = round(shapely.area(pieces).sum() / shapely.area(shapes[face]))
    return depth


def _inner_points(shapes: NDArray[Any], angle: float) -> NDArray[Any]:
    """A point within each face; another one for another angle."""
    if angle == 0.0:
        return np.asarray(shapely.point_on_surface(shapes), dtype=object)
    centre = np.floor(np.nan_to_num(np.nanmean(shapely.bounds(shapes), axis=0)[:2])) if len(shapes) else 0.0
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    turned = shapely.transform(shapes, lambda xy: (xy - centre) @ turn)
    inner = shapely.transform(shapely.point_on_surface(turned), lambda xy: xy @ turn.T + centre)
    astray = ~shapely.within(inner, shapes)
    inner[astray] = shapely.point_on_surface(shapes[astray])
    return np.asarray(inner, dtype=object)
