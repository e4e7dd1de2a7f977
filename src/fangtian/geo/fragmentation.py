"""破碎度。FRAGSTATS measures of fragmentation on polygons: how a class of land is cut up.

Formulas: McGarigal, Cushman & Ene, FRAGSTATS v4, "Area and edge metrics" and "Aggregation metrics". A patch
is what touches, at a corner too (FRAGSTATS' 8-neighbour rule, :func:`patches` with gap 0).

Same definition as FRAGSTATS on any polygons: number of patches NP, mean patch size AREA_MN, patch density
PD, largest patch index LPI. Same formula with a choice of ours: edge density ED counts the outer border of
the landscape too (FRAGSTATS leaves it out unless told otherwise; its LSI counts it); COHESION counts raster
cells, so on polygons a cell size belongs to it. Not of FRAGSTATS: blocks within a gap, and the share of land
in blocks of a size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.contiguity import patch_shapes, patches

__all__ = [
    "Fragmentation",
    "cohesion",
    "edge_density",
    "fragmentation",
    "largest_patch_index",
    "mean_patch_area",
    "patch_density",
]

Floats = NDArray[np.float64]
Hundredths = NDArray[np.int64]
_HECTARE = 10_000.0


@dataclass(frozen=True)
class Fragmentation:
    """破碎程度。What was measured of one class of land, and the landscape it is a share of.

    ``patch_m2`` and ``outline_m`` (n,) area and outline of each patch, borders of its holes included.
    """

    patch_m2: Floats
    outline_m: Floats
    landscape_m2: float

    @property
    def patch_density(self) -> float:
        """斑块密度。Patches per 100 ha; see :func:`patch_density`."""
        return patch_density(len(self.patch_m2), self.landscape_m2)

    @property
    def edge_density(self) -> float:
        """边缘密度。Metres per ha of all outlines, those on the border of the landscape too."""
        return edge_density(float(self.outline_m.sum()), self.landscape_m2)

    @property
    def largest_patch_index(self) -> float:
        """最大斑块指数。Percent of the landscape; see :func:`largest_patch_index`."""
        return largest_patch_index(self.patch_m2, self.landscape_m2)

    def cohesion(self, cell_m: float) -> float:
        """斑块结合度。At a cell size in metres; see :func:`cohesion`."""
        return cohesion(self.patch_m2, self.outline_m, self.landscape_m2, cell_m)


def fragmentation(geometry: NDArray[Any], area: Hundredths, landscape: int) -> Fragmentation:
    """破碎度量测。Patches of (n,) polygons of one class, in a landscape.

    ``area`` (n,) surveyed area of each polygon and ``landscape`` that of all land, both in 0.01 m²: a patch
    has the surveyed area of its parts, its outline is measured in the plane.

    >>> cells = shapely.box([0, 1, 5], [0, 1, 0], [1, 2, 6], [1, 2, 1])
    >>> found = fragmentation(cells, np.array([100, 100, 100]), 3600)
    >>> found.patch_m2, found.outline_m
    (array([2., 1.]), array([8., 4.]))
    """
    labels = patches(geometry)
    patch_m2 = np.bincount(labels, area) / 100
    return Fragmentation(patch_m2, shapely.length(patch_shapes(geometry, labels)), landscape / 100)


def mean_patch_area(area: Hundredths, count: int) -> Fraction:
    """平均斑块面积 AREA_MN。Σ a / n, exact, in the unit of ``area``; ``count`` is at least 1 (FRAGSTATS v4).

    >>> mean_patch_area(np.array([100, 50]), 4)
    Fraction(75, 2)
    """
    return Fraction(int(area.sum()), count)


def patch_density(count: int, landscape_m2: float) -> float:
    """斑块密度 PD。Patches per 100 ha: n / A · 10 000 · 100 (A in m²; FRAGSTATS v4).

    >>> patch_density(9, 900.0)
    10000.0
    """
    return count / landscape_m2 * _HECTARE * 100


def edge_density(edge_m: float, landscape_m2: float) -> float:
    """边缘密度 ED。Metres of edge per ha: E / A · 10 000 (FRAGSTATS v4).

    FRAGSTATS' E is the length of border between patches of different kinds, without the outer border of
    the landscape; whoever counts that border says so.

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
