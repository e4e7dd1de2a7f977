"""拓扑。From lines to a gap-free cover: node, polygonise, see who borders whom, dissolve, drop slivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from fangtian.plan.sample.drainage import Floats, Ints

__all__ = [
    "GRID",
    "Faces",
    "absorb_small",
    "connected",
    "cover",
    "dissolve",
    "faces_of",
    "label_points",
    "leaders",
]

GRID = 1e-4
"""坐标精度。Coordinates carry four decimals of a metre, as the official area rule asks."""

Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Faces:
    """面。Polygons that cover the limits exactly; ``left``/``right``/``length`` list shared borders."""

    geometry: Geometries
    area: Floats
    left: Ints
    right: Ints
    length: Floats


def cover(lines: list[shapely.LineString], limits: shapely.Polygon) -> Geometries:
    """构面。Every region inside the limits that the lines enclose."""
    edge = shapely.set_precision(limits, GRID)
    network = shapely.union_all([*lines, edge.boundary], grid_size=GRID)
    polygons = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    inside: Geometries = polygons[shapely.contains_properly(edge, shapely.point_on_surface(polygons))]
    return inside


def faces_of(geometry: Geometries) -> Faces:
    """接边。Which faces share a border, and how long it is."""
    rings, face = _rings(geometry)
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    same = owner[:-1] == owner[1:]
    a, b = coordinates[:-1][same], coordinates[1:][same]
    who = face[owner[:-1][same]]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    low, high = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
    keys = np.round(np.column_stack([low, high]) / GRID).astype(np.int64)
    order = np.lexsort(keys.T)
    twin = np.all(keys[order][:-1] == keys[order][1:], axis=1)
    first, second = order[:-1][twin], order[1:][twin]
    pair = np.sort(np.column_stack([who[first], who[second]]), axis=1)
    border = np.hypot(*(a - b)[first].T)
    pairs, place = np.unique(pair, axis=0, return_inverse=True)
    length = np.bincount(place.ravel(), weights=border, minlength=len(pairs)).astype(np.float64)
    return Faces(geometry, shapely.area(geometry), pairs[:, 0], pairs[:, 1], length)


def _rings(geometry: Geometries) -> tuple[Geometries, Ints]:
    polygons, owner = shapely.get_parts(geometry, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    return rings, owner[polygon]


def connected(faces: Faces, label: Ints) -> Ints:
    """连通分组。Number of the group of bordering faces with one label; negative labels stand alone."""
    joined = (label[faces.left] == label[faces.right]) & (label[faces.left] >= 0)
    count = len(faces.geometry)
    ends = (faces.left[joined], faces.right[joined])
    graph = sparse.coo_matrix((np.ones(joined.sum()), ends), shape=(count, count))
    _, group = csgraph.connected_components(graph, directed=False)
    numbers: Ints = group.astype(np.int64)
    return numbers


def absorb_small(faces: Faces, group: Ints, kind: Ints, floor: Floats) -> Ints:
    """并小图斑。Merge groups smaller than their floor into the neighbour with the longest common border.

    ``kind`` (groups,) prefers neighbours of the same kind threefold; ``floor`` (groups,) in m².
    """
    group, kind = group.copy(), kind.copy()
    for _ in range(12):
        count = int(group.max()) + 1
        area = np.bincount(group, weights=faces.area, minlength=count)
        small = (area < floor[:count]) & (area > 0)
        a, b = group[faces.left], group[faces.right]
        apart = a != b
        if not small.any() or not apart.any():
            break
        ends = np.concatenate([np.column_stack([a, b])[apart], np.column_stack([b, a])[apart]])
        weight = np.concatenate([faces.length[apart]] * 2)
        ends, weight = _summed(ends, weight, count)
        weight = weight * np.where(kind[ends[:, 0]] == kind[ends[:, 1]], 3.0, 1.0)
        # a small group only joins a larger one, so that no two swap places
        usable = small[ends[:, 0]] & (area[ends[:, 1]] > area[ends[:, 0]])
        ends, weight = ends[usable], weight[usable]
        if not len(ends):
            break
        order = np.lexsort((weight, ends[:, 0]))
        last = np.append(np.diff(ends[order, 0]) != 0, True)
        goal = np.arange(count)
        goal[ends[order][last, 0]] = ends[order][last, 1]
        while not np.array_equal(goal, goal[goal]):
            goal = goal[goal]
        group = goal[group]
    return group


def _summed(ends: Ints, weight: Floats, count: int) -> tuple[Ints, Floats]:
    key = ends[:, 0] * count + ends[:, 1]
    unique, place = np.unique(key, return_inverse=True)
    return np.column_stack(np.divmod(unique, count)), np.bincount(place, weights=weight).astype(np.float64)


def dissolve(geometry: Geometries, group: Ints) -> tuple[Geometries, Ints]:
    """合并。One polygon per group; also, for every group, one of its members."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(group[order]) != 0))
    parts = np.split(order, starts[1:])
    merged = [geometry[rows[0]] if len(rows) == 1 else _union(geometry[rows]) for rows in parts]
    out = np.empty(len(merged), dtype=object)
    out[:] = merged
    return out, order[starts]


def _union(members: Geometries) -> shapely.Geometry:
    whole = shapely.coverage_union_all(members)
    parts = shapely.get_parts(whole)
    return parts[0] if len(parts) == 1 else whole


def label_points(geometry: Geometries) -> Geometries:
    """代表点。A point surely inside each face."""
    points: Geometries = shapely.point_on_surface(geometry)
    return points


def leaders(faces: Faces, group: Ints) -> Ints:
    """主面。The largest face of every group (0 for numbers that are not used)."""
    order = np.lexsort((faces.area, group))
    last = np.append(np.diff(group[order]) != 0, True)
    lead = np.zeros(int(group.max()) + 1, dtype=np.int64)
    lead[group[order][last]] = order[last]
    return lead
