"""集中连片。Blocks of farmland within a gap of each other, and FRAGSTATS measures of fragmentation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = [
    "cohesion",
    "edge_density",
    "largest_patch_index",
    "patch_density",
    "patch_shapes",
    "patches",
]

Floats = NDArray[np.float64]
_HECTARE = 10_000.0


def patches(geometry: NDArray[Any], gap: float = 0.0) -> NDArray[np.int64]:
    """连片编号。The block of each polygon: (n,) labels from 0, in the order of each block's first polygon.

    Two polygons belong together when they are at most ``gap`` metres apart, directly or through others;
    with gap 0 when they touch, at a corner too (FRAGSTATS' 8-neighbour rule).

    >>> patches(shapely.box([0, 1, 5], [0, 1, 0], [1, 2, 6], [1, 2, 1]))
    array([0, 0, 1])
    >>> patches(shapely.box([0, 1, 5], [0, 1, 0], [1, 2, 6], [1, 2, 1]), gap=4)
    array([0, 0, 0])
    """
    count = len(geometry)
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

    >>> blocks = patch_shapes(shapely.box([0, 1], [0, 0], [1, 2], [1, 1]), np.array([0, 0]))
    >>> shapely.area(blocks)
    array([2.])
    """
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    groups = np.split(geometry[order], cuts) if len(order) else []
    return np.array([shapely.union_all(group) for group in groups], dtype=object)


def patch_density(count: int, landscape_m2: float) -> float:
    """斑块密度 PD。Patches per 100 ha: n / A · 10 000 · 100 (A in m²; FRAGSTATS v4).

    >>> patch_density(9, 900.0)
    10000.0
    """
    return count / landscape_m2 * _HECTARE * 100


def edge_density(edge_m: float, landscape_m2: float) -> float:
    """边缘密度 ED。Metres of edge per ha: E / A · 10 000 (FRAGSTATS v4).

    ``edge_m`` is the length of border between patches of different kinds, counted once; the outer border
    of the landscape is left out, as FRAGSTATS does unless told otherwise.

    >>> edge_density(181.0, 900.0).__round__(4)
    2011.1111
    """
    return edge_m / landscape_m2 * _HECTARE


def largest_patch_index(patch_m2: Floats, landscape_m2: float) -> float:
    """最大斑块指数 LPI。Share of the landscape in the largest patch, percent: max a / A · 100 (FRAGSTATS v4).

    >>> largest_patch_index(np.array([80.0, 20.0]), 900.0).__round__(4)
    8.8889
    """
    return float(patch_m2.max(initial=0.0)) / landscape_m2 * 100


def cohesion(patch_m2: Floats, perimeter_m: Floats, landscape_m2: float, cell_m: float) -> float:
    """斑块结合度 COHESION。(1 − Σp / Σ p√a) · (1 − 1/√Z)⁻¹ · 100 (FRAGSTATS v4).

    FRAGSTATS counts raster cells: perimeter p in cell sides, area a and landscape Z in cells of side
    ``cell_m``; on vector data the cell size is a choice to be stated with the result. Without patches, or
    with a landscape of a single cell, there is nothing to measure: 0.

    >>> cohesion(np.array([4.0]), np.array([8.0]), 16.0, 1.0).__round__(4)
    66.6667
    """
    side = perimeter_m / cell_m
    weighted = float((side * np.sqrt(patch_m2 / cell_m**2)).sum())
    cells = landscape_m2 / cell_m**2
    if weighted == 0 or cells <= 1:
        return 0.0
    return (1 - float(side.sum()) / weighted) / (1 - 1 / math.sqrt(cells)) * 100
