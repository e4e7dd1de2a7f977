"""面状图形。What is left of cuts and repairs once lines and points are dropped; many differences at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["collected", "minus", "polygons_only"]

_SURFACES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def polygons_only(geometry: NDArray[Any]) -> NDArray[Any]:
    """仅取面。The (multi)polygon in each geometry; an empty polygon where there is none, None for None.

    >>> import shapely
    >>> line, square = shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1)
    >>> list(polygons_only(np.array([line, shapely.GeometryCollection([line, square])])))
    [<POLYGON EMPTY>, <POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))>]
    """
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(geometry), _SURFACES) & ~shapely.is_missing(geometry))
    parts, owner = shapely.get_parts(geometry[mixed], return_index=True)
    flat, position = shapely.get_parts(parts, return_index=True)
    solid = shapely.get_type_id(flat) == shapely.GeometryType.POLYGON
    result = geometry.copy()
    result[mixed] = collected(flat[solid], owner[position[solid]], len(mixed))
    return result


def collected(polygons: NDArray[Any], position: NDArray[np.int64], count: int) -> NDArray[Any]:
    """归并。Disjoint polygons gathered by ``position`` into ``(count,)`` polygons or multipolygons.

    ``position`` is in ascending order. Positions without polygons hold an empty one.

    >>> import shapely
    >>> shapely.area(collected(shapely.box([0, 5], 0, [1, 6], 1), np.array([1, 1]), 2))
    array([0., 2.])
    """
    size = np.bincount(position, minlength=count)
    result = np.full(count, shapely.Polygon(), dtype=object)
    single = size[position] == 1
    result[position[single]] = polygons[single]
    rows, compact = np.unique(position[~single], return_inverse=True)
    if len(rows):
        result[rows] = shapely.multipolygons(polygons[~single], indices=compact)
    return result


def minus(geometry: NDArray[Any], row: NDArray[np.int64], cutter: NDArray[Any]) -> NDArray[Any]:
    """求差。Each geometry less all its cutters: ``cutter[k]`` is taken off ``geometry[row[k]]``.

    Runs in rounds, one cutter of every geometry at a time: most have one or two, so few rounds do nearly
    all the work, and no union of cutters with their many vertices is ever built.

    >>> import shapely
    >>> rest = minus(shapely.box([0], 0, [9], 1), np.array([0, 0]), shapely.box([0, 6], 0, [2, 9], 1))
    >>> shapely.area(rest)
    array([4.])
    """
    rest = geometry.copy()
    order = np.argsort(row, kind="stable")
    turn = np.arange(len(order)) - np.searchsorted(row[order], row[order])
    for number in range(int(turn.max(initial=-1)) + 1):
        now = order[turn == number]
        rest[row[now]] = shapely.difference(rest[row[now]], cutter[now])
    return polygons_only(rest)
