"""公共边。How much of a border two shapes have in common, and which neighbour has most of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["longest_neighbours", "shared_m"]

Floats = NDArray[np.float64]
_TOUCH_M = 1e-4


def shared_m(ground: NDArray[Any], shapes: NDArray[Any]) -> Floats:
    """公共边长。Length of the border of each ground that lies along its shape, up to rounding.

    >>> shared_m(np.array([shapely.box(0, 0, 1, 3)]), np.array([shapely.box(1, 1, 5, 9)])).round(2)
    array([2.])
    """
    west, south, east, north = shapely.bounds(ground).T
    window = shapely.box(west - 1, south - 1, east + 1, north + 1)
    beside = shapely.intersection(shapes, window)
    along = shapely.intersection(shapely.boundary(ground), shapely.buffer(beside, _TOUCH_M))
    return np.asarray(shapely.length(along))


def longest_neighbours(ground: NDArray[Any], geometry: NDArray[Any]) -> NDArray[np.int64]:
    """最长邻边。For each ground the row of ``geometry`` with the longest border to it, -1 where none has any.

    >>> sides = shapely.box([0, 1.5], [0, 0], [1, 9], [3, 1])
    >>> longest_neighbours(np.array([shapely.box(1, 0, 1.5, 3)]), sides)
    array([0])
    """
    position, row = shapely.STRtree(geometry).query(ground, predicate="dwithin", distance=_TOUCH_M)
    length = shared_m(ground[position], geometry[row])
    found = np.full(len(ground), -1, dtype=np.int64)
    order = np.lexsort((-row, length))  # the longest last: later writes win
    order = order[length[order] > 0]
    found[position[order]] = row[order]
    return found
