"""FRAGSTATS 公布值：同一定义的破碎度指标逐类、逐景观复现。

Two rasters with the results of FRAGSTATS itself (8-neighbour rule, border of the landscape not counted as
edge), printed to four decimals. A raster becomes polygons with the 4-neighbour rule, whose shapes are valid;
``patches`` with gap 0 then joins what touches at a corner, which is the 8-neighbour rule.

Reproduced, because the definition is the same:
  NP, PD = n/A, AREA_MN = Σa/n, LPI = max a/A (class and landscape), CA, TA;
  COHESION = (1 − Σp/Σp√a)/(1 − 1/√Z), p, a and Z in cells, at the cell size of the raster (both levels);
  LSI = outline of a class, outer border included, over the shortest outline of so many cells (class): this
  is the edge that our edge density has, so the published LSI proves it;
  TE, ED: only after the part of the outline on the border of the landscape is taken off: our ED counts it.
Not in the contiguity facts, so not here: shape (SHAPE, FRAC, CIRCLE, PARA, PAFRAC), core area (TCA, CAI …),
neighbours (ENN, CONTAG, IJI, CLUMPY, PLADJ, AI), diversity (SHDI …), DIVISION, MESH and SPLIT. Facts without
a counterpart in FRAGSTATS: blocks within a gap, and the share of land in blocks of at least so many 亩.
Formulas: McGarigal, Cushman & Ene, FRAGSTATS v4.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from math import isqrt
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes as traced

from fangtian.geo.fragmentation import Fragmentation, edge_density, fragmentation, mean_patch_area

GOLDEN = Path(__file__).parents[3] / "shared/data/golden_fragstats"
pytestmark = pytest.mark.skipif(
    not GOLDEN.exists(), reason="../shared/data is not here: no FRAGSTATS results to compare with"
)

HALF_DIGIT = 5.1e-5  # the results are printed to four decimals
RASTERS = ("landscape", "augusta_nlcd")


@dataclass(frozen=True)
class Measured:
    """One class of a raster: polygons' areas in 0.01 m², what was measured, its edge off the outer border."""

    area: NDArray[np.int64]
    found: Fragmentation
    inner_edge_m: float


@dataclass(frozen=True)
class Landscape:
    cell_m: float
    m2: float
    classes: dict[str, Measured]


def published(level: str, raster: str) -> dict[str, dict[str, float]]:
    """TYPE -> the results of one raster; the landscape has a blank TYPE."""
    with (GOLDEN / f"fragstats_{level}.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["LID"] == raster]
    return {
        row["TYPE"].strip(): {key: float(row[key]) for key in row if key not in ("LID", "TYPE") and row[key]}
        for row in rows
    }


@cache
def measured(raster: str) -> Landscape:
    with rasterio.open(GOLDEN / f"{raster}.tif") as source:
        cells, transform = source.read(1), source.transform
    cell = float(transform.a)
    corner = (transform.c, transform.f - cells.shape[0] * cell)
    frame = shapely.box(*corner, corner[0] + cells.shape[1] * cell, transform.f).exterior
    landscape = round(cells.size * cell**2 * 100)
    drawn = [(shapely.geometry.shape(ring), int(value)) for ring, value in
             traced(cells, connectivity=4, transform=transform)]  # fmt: skip
    values = np.array([value for _, value in drawn])
    polygons = np.array([shape for shape, _ in drawn], dtype=object)
    classes = {}
    for value in np.unique(values).tolist():
        own = polygons[values == value]
        area = np.rint(shapely.area(own) * 100).astype(np.int64)
        border = shapely.length(shapely.intersection(shapely.boundary(own), frame)).sum()
        found = fragmentation(own, area, landscape)
        classes[f"cls_{value}"] = Measured(area, found, float(found.outline_m.sum() - border))
    return Landscape(cell, landscape / 100, classes)


def shortest_outline(cells: int) -> int:
    """Sides of the most compact figure of so many cells (FRAGSTATS, LSI)."""
    side = isqrt(cells)
    return 4 * side + (0 if cells == side**2 else 2 if cells <= side * (side + 1) else 4)


CLASSES = [(raster, kind) for raster in RASTERS if GOLDEN.exists() for kind in published("class", raster)]


def test_every_class_of_both_rasters_is_compared() -> None:
    assert [sum(raster == name for name, _ in CLASSES) for raster in RASTERS] == [3, 15]
    for raster in RASTERS:
        assert measured(raster).classes.keys() == published("class", raster).keys()


@pytest.mark.parametrize(("raster", "kind"), CLASSES)
def test_a_class_has_the_published_patches(raster: str, kind: str) -> None:
    expected, own = published("class", raster)[kind], measured(raster).classes[kind]
    assert len(own.found.patch_m2) == expected["NP"]
    assert own.area.sum() / 1e6 == pytest.approx(expected["CA"], abs=HALF_DIGIT)
    mean = mean_patch_area(own.area, len(own.found.patch_m2)) / 1_000_000
    assert float(mean) == pytest.approx(expected["AREA_MN"], abs=HALF_DIGIT)
    assert own.found.patch_density == pytest.approx(expected["PD"], abs=HALF_DIGIT)
    assert own.found.largest_patch_index == pytest.approx(expected["LPI"], abs=HALF_DIGIT)


@pytest.mark.parametrize(("raster", "kind"), CLASSES)
def test_a_class_has_the_published_cohesion(raster: str, kind: str) -> None:
    expected, own = published("class", raster)[kind], measured(raster).classes[kind]
    found = own.found.cohesion(measured(raster).cell_m)
    assert found == pytest.approx(expected["COHESION"], abs=HALF_DIGIT)


@pytest.mark.parametrize(("raster", "kind"), CLASSES)
def test_our_edge_with_the_outer_border_is_the_one_of_the_published_shape_index(
    raster: str, kind: str
) -> None:
    expected, land = published("class", raster)[kind], measured(raster)
    own = land.classes[kind]
    cells = round(own.area.sum() / 100 / land.cell_m**2)
    edge_m = own.found.edge_density * land.m2 / 10_000
    assert edge_m / land.cell_m / shortest_outline(cells) == pytest.approx(expected["LSI"], abs=HALF_DIGIT)


@pytest.mark.parametrize(("raster", "kind"), CLASSES)
def test_without_the_outer_border_the_edge_is_the_published_one(raster: str, kind: str) -> None:
    expected, own = published("class", raster)[kind], measured(raster).classes[kind]
    assert own.inner_edge_m == pytest.approx(expected["TE"], abs=1e-6)
    density = edge_density(own.inner_edge_m, measured(raster).m2)
    assert density == pytest.approx(expected["ED"], abs=HALF_DIGIT)
    assert own.found.edge_density >= density


@pytest.mark.parametrize("raster", RASTERS)
def test_the_landscape_is_the_sum_of_its_classes(raster: str) -> None:
    (expected,), land = published("landscape", raster).values(), measured(raster)
    founds = [own.found for own in land.classes.values()]
    every = Fragmentation(
        np.concatenate([found.patch_m2 for found in founds]),
        np.concatenate([found.outline_m for found in founds]),
        land.m2,
    )
    area = np.concatenate([own.area for own in land.classes.values()])
    count = len(every.patch_m2)
    assert (count, land.m2 / 10_000) == (expected["NP"], pytest.approx(expected["TA"]))
    assert every.patch_density == pytest.approx(expected["PD"], abs=HALF_DIGIT)
    assert float(mean_patch_area(area, count)) / 1e6 == pytest.approx(expected["AREA_MN"], abs=HALF_DIGIT)
    assert every.largest_patch_index == pytest.approx(expected["LPI"], abs=HALF_DIGIT)
    assert every.cohesion(land.cell_m) == pytest.approx(expected["COHESION"], abs=HALF_DIGIT)
    edge = sum(own.inner_edge_m for own in land.classes.values()) / 2  # an edge has a class on each side
    assert edge == pytest.approx(expected["TE"], abs=1e-6)
    assert edge_density(edge, land.m2) == pytest.approx(expected["ED"], abs=HALF_DIGIT)
