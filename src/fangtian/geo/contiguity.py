"""集中连片。Blocks of land: polygons that touch, or lie within a gap of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["CRACK_M", "TOUCH_M", "patch_shapes", "patches"]

TOUCH_M = 1e-4
"""0.1 mm, the last digit of surveyed coordinates: a corner on a neighbour's edge lies off it by that much."""
CRACK_M = 1e-3
"""1 mm: what gapes less inside a block is a border drawn twice, not an edge."""


def patches(geometry: NDArray[Any], gap: float = 0.0) -> NDArray[np.int64]:
    """连片编号。The block of each polygon: (n,) labels from 0, in the order of each block's first polygon.

    Two polygons belong together when they are at most ``gap`` metres apart, directly or through others;
    with gap 0 when they touch, at a corner too (FRAGSTATS' 8-neighbour rule), to within :data:`TOUCH_M`.

    >>> patches(shapely.box([0, 1, 5], [0, 1, 0], [1, 2, 6], [1, 2, 1]))
    array([0, 0, 1])
    >>> patches(shapely.box([0, 1, 5], [0, 1, 0], [1, 2, 6], [1, 2, 1]), gap=4)
    array([0, 0, 0])
    """
    count, gap = len(geometry), max(gap, TOUCH_M)
    west, south, east, north = shapely.bounds(geometry).T
    reach = shapely.box(west - gap, south - gap, east + gap, north + gap)
    first, second = shapely.STRtree(geometry).query(reach)
    first, second = first[first < second], second[first < second]  # each pair once
    shapely.prepare(geometry)
    near = shapely.dwithin(geometry[first], geometry[second], gap)
    shapely.destroy_prepared(geometry)
    first, second = first[near], second[near]
    links = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    _, first, compact = np.unique(labels, return_index=True, return_inverse=True)
    ordered: NDArray[np.int64] = np.argsort(np.argsort(first))[compact].astype(np.int64)
    return ordered


def patch_shapes(geometry: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[Any]:
    """片图形。One (multi)polygon per label of :func:`patches`, borders inside a block dissolved.

    A corner on a neighbour's edge leaves a crack of a hair's breadth in the union, which would count as
    edge on both its sides: cracks up to :data:`CRACK_M` are closed. Mitred offsets give every other outline
    back as it was.

    >>> blocks = patch_shapes(shapely.box([0, 1], [0, 0], [1, 2], [1, 1]), np.array([0, 0]))
    >>> shapely.area(blocks)
    array([2.])
    """
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    groups = np.split(geometry[order], cuts) if len(order) else []
    drawn = np.array([shapely.union_all(group) for group in groups], dtype=object)
    wider = shapely.buffer(drawn, CRACK_M / 2, join_style="mitre")
    closed: NDArray[Any] = shapely.buffer(wider, -CRACK_M / 2, join_style="mitre")
    return closed
