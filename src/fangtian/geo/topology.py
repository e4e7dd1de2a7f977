"""拓扑检查。Invalid shapes, overlaps, duplicates, and what lies outside the area it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.rings import edge_keys, ring_edges
from fangtian.geo.seams import Faces, faces, mean_width
from fangtian.geo.surfaces import minus, polygons_only

__all__ = [
    "Outside",
    "Overlap",
    "Repair",
    "apart",
    "duplicates",
    "outside",
    "overlaps",
    "repair",
    "within_another",
]

Floats = NDArray[np.float64]
_REASONS = {
    "Ring Self-intersection": "环自相接",
    "Self-intersection": "自相交",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环嵌套",
    "Nested shells": "外环嵌套",
    "Interior is disconnected": "内部不连通",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "界址点不足",
    "Invalid Coordinate": "坐标无效",
}


@dataclass(frozen=True)
class Repair:
    """修复结果。``geometry`` (n,) valid polygons; the rest tells about the ``k`` that were not.

    ``reasons`` in Chinese with the place; areas are plane areas in the unit of the coordinates squared.
    """

    geometry: NDArray[Any]
    rows: NDArray[np.int64]
    reasons: tuple[str, ...]
    area_before_m2: Floats
    area_after_m2: Floats


@dataclass(frozen=True)
class Overlap:
    """重叠。Two rows whose interiors share ``area_m2``."""

    row_a: int
    row_b: int
    area_m2: float
    geometry: Any

    @property
    def width_m(self) -> float:
        """平均宽度。Mean width of what is shared."""
        return float(mean_width(np.array([self.geometry], dtype=object))[0])


@dataclass(frozen=True)
class Outside:
    """越界。Rows that reach out of the cover, by how much, and where."""

    rows: NDArray[np.int64]
    area_m2: Floats
    geometry: NDArray[Any]


def repair(geometry: NDArray[Any]) -> Repair:
    """修复。Valid polygons of (n,) polygons, with a log of what was changed.

    ``make_valid(method="structure")`` only: the default method fills holes and was seen to add 7 ha to a
    real township. Lines and points that a repair leaves over are dropped; a shape that collapses becomes
    an empty polygon. Shapes that are valid already are returned as they are.

    >>> bow = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    >>> fixed = repair(np.array([bow, shapely.box(0, 0, 1, 1)]))
    >>> fixed.rows, fixed.reasons, shapely.area(fixed.geometry)
    (array([0]), ('自相交（1，1）',), array([2., 1.]))
    """
    rows = np.flatnonzero(~shapely.is_valid(geometry) & ~shapely.is_missing(geometry)).astype(np.int64)
    broken = geometry[rows]
    fixed = polygons_only(shapely.make_valid(broken, method="structure", keep_collapsed=False))
    result = geometry.copy()
    result[rows] = fixed
    reasons = tuple(_reason(text) for text in shapely.is_valid_reason(broken))
    return Repair(result, rows, reasons, shapely.area(broken), shapely.area(fixed))


def overlaps(
    geometry: NDArray[Any], min_area_m2: float = 0.0, min_width_m: float = 0.0, found: Faces | None = None
) -> list[Overlap]:
    """重叠检查。Pairs of valid polygons that share more than ``min_area_m2``, by rows.

    Only polygons on a face that lies under two or more (:func:`fangtian.geo.seams.faces`) are compared;
    ``found`` saves looking for these faces again. Width is the mean width of what is shared.

    >>> [(o.row_a, o.row_b, o.area_m2) for o in overlaps(shapely.box([0, 1, 3], 0, [2, 3, 4], 1))]
    [(0, 1, 1.0)]
    """
    found = faces(geometry) if found is None else found
    deep = found.geometry[found.depth > 1]
    rows = np.unique(shapely.STRtree(geometry).query(deep, predicate="intersects")[1])
    first, second = _sharing(geometry, rows)
    common = shapely.intersection(geometry[first], geometry[second])
    area = shapely.area(common)
    keep = np.flatnonzero(area > min_area_m2)
    surfaces = polygons_only(common[keep])  # shared lines have no width
    wide = mean_width(surfaces) > min_width_m
    keep, surfaces = keep[wide], surfaces[wide]
    order = np.lexsort((second[keep], first[keep]))
    return [
        Overlap(int(first[k]), int(second[k]), float(area[k]), shape)
        for k, shape in zip(keep[order], surfaces[order], strict=True)
    ]


def _sharing(geometry: NDArray[Any], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs among ``rows``, each once, that meet and do more than touch."""
    first, second = shapely.STRtree(geometry[rows]).query(geometry[rows], predicate="intersects")
    first, second = rows[first[first < second]], rows[second[first < second]]
    # Neighbours in a survey touch; telling that apart is far cheaper than intersecting them.
    shared = ~shapely.touches(geometry[first], geometry[second])
    return first[shared], second[shared]


def apart(geometry: NDArray[Any]) -> NDArray[Any]:
    """去除重叠。Polygons that no longer overlap: ground claimed twice goes to the first.

    For overlaps small enough to have passed inspection; (n,) in, (n,) out, the others as they were.

    >>> shapely.area(apart(shapely.box([0, 1, 3], 0, [2, 3, 4], 1)))
    array([2., 1., 1.])
    """
    result = geometry.copy()
    for clash in overlaps(geometry):
        rest = shapely.difference(result[clash.row_b : clash.row_b + 1], result[clash.row_a])
        result[clash.row_b] = polygons_only(rest)[0]
    return result


def duplicates(geometry: NDArray[Any]) -> list[tuple[int, int]]:
    """重复图斑。Pairs (first row, later row) of the same shape, wherever its rings start and turn.

    >>> square = shapely.box(0, 0, 1, 1)
    >>> duplicates(np.array([square, shapely.box(5, 5, 6, 6), shapely.reverse(square)]))
    [(0, 2)]
    """
    edges = ring_edges(geometry)
    # The same edges give the same sum, in whatever order; only what agrees in that is compared whole.
    key = np.zeros(len(geometry), dtype=np.uint64)
    np.add.at(key, edges.row, edge_keys(edges)[0])
    _, position, count = np.unique(key, return_inverse=True, return_counts=True)
    alike = np.flatnonzero((count[position] > 1) & ~shapely.is_missing(geometry))
    seen: dict[bytes, int] = {}
    pairs = []
    shapes = shapely.to_wkb(shapely.normalize(geometry[alike]), output_dimension=2)
    for row, shape in zip(alike.tolist(), shapes, strict=True):
        earlier = seen.setdefault(shape, row)
        if earlier != row:
            pairs.append((earlier, row))
    return pairs


def within_another(geometry: NDArray[Any], clashes: Sequence[Overlap]) -> list[Overlap]:
    """套叠图斑。Overlaps in which one row lies wholly on the other: a hole filled twice, or never cut.

    Wholly up to the noise of floating point; repeated rows (``duplicates``) are left out.

    >>> lake, land = shapely.box(2, 2, 3, 3), shapely.box(0, 0, 9, 9)
    >>> pair = np.array([lake, land])
    >>> [(o.row_a, o.row_b) for o in within_another(pair, overlaps(pair))]
    [(0, 1)]
    """
    if not clashes:
        return []
    rows = np.array([(clash.row_a, clash.row_b) for clash in clashes])
    whole = shapely.area(geometry[rows])
    shared = np.array([clash.area_m2 for clash in clashes])[:, None]
    covered = np.abs(whole - shared) <= 1e-6 + 1e-9 * whole
    return [clash for clash, (a, b) in zip(clashes, covered.tolist(), strict=True) if a != b]


def outside(geometry: NDArray[Any], cover: NDArray[Any], min_area_m2: float = 0.0) -> Outside:
    """越界检查。What of each polygon lies outside the union of ``cover``, where more than ``min_area_m2``.

    >>> out = outside(shapely.box([0, 1], 0, [1, 3], 1), shapely.box([0], 0, [2], 1))
    >>> out.rows, out.area_m2
    (array([1]), array([1.]))
    """
    tree = shapely.STRtree(geometry)
    within = np.zeros(len(geometry), dtype=bool)
    within[tree.query(cover, predicate="covers")[1]] = True
    rows = np.flatnonzero(~within & (shapely.area(geometry) > min_area_m2))
    by, row = shapely.STRtree(geometry[rows]).query(cover, predicate="intersects")
    excess = minus(geometry[rows], row, cover[by])
    area = shapely.area(excess)
    keep = area > min_area_m2
    return Outside(rows[keep].astype(np.int64), area[keep], excess[keep])


def _reason(text: str) -> str:
    found = re.fullmatch(r"([^\[]+)(?:\[(\S+) (\S+)\])?", text)
    if found is None:
        return text
    reason = _REASONS.get(found[1].strip(), found[1].strip())
    return f"{reason}（{found[2]}，{found[3]}）" if found[2] else reason
