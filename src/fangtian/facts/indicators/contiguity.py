"""集中连片。Fragmentation and contiguity of farmland: patches, blocks, densities (table 1, 大纲摘要)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.scene import Scene, Scope
from fangtian.geo.contiguity import patches
from fangtian.geo.fragmentation import fragmentation, mean_patch_area
from fangtian.units import half_up

__all__ = ["block_share", "contiguity"]

CRUMB = 100  # 1 m²
THREE_MU = 200_000  # 3 亩 = 2 000 m², in 0.01 m²: a whole number, unlike one 亩
COHESION_CELL = 10.0  # metres; published values are of rasters, so a cell size belongs to the measure


def block_share(area: NDArray[np.int64], block: NDArray[np.int64], mu: int) -> Fraction | None:
    """集中连片比例。Σ area of blocks ≥ ``mu`` 亩 ÷ Σ area, exact; None where there is no land.

    ``area`` (n,) in 0.01 m², ``block`` (n,) label of the block of each polygon. Source: policy-notes §4.4.

    >>> block_share(np.array([900_000, 900_000, 200_000]), np.array([0, 0, 1]), 15)
    Fraction(9, 10)
    """
    total = int(area.sum())
    if not total:
        return None
    sums = np.zeros(int(block.max()) + 1, np.int64)
    np.add.at(sums, block, area)
    return Fraction(int(sums[3 * sums >= mu * THREE_MU].sum()), total)


def contiguity(scene: Scene) -> None:
    """集中连片事实。Farmland and basic farmland, both scopes, before and after."""
    ledger = scene.ledger
    held_after = ((ledger.pbf != "") & (ledger.pbf_out == "")) | (
        (ledger.pbf_in != "") & scene.cultivated[True]
    )
    layers = (
        ("cultivated", BEFORE, scene.cultivated[False], ledger.net_before),
        ("cultivated", PLANNED, scene.cultivated[True], ledger.net_after),
        ("pbf", BEFORE, ledger.pbf != "", ledger.net_before),
        ("pbf", PLANNED, held_after, np.where(ledger.pbf_in != "", ledger.net_after, ledger.net_before)),
    )
    for scope in scene.areas:
        for family, phase, mask, net in layers:
            rows = np.flatnonzero(scope.mask & mask & (net > 0))
            _patches(scene, (family, scope.name, phase), rows, net)
            solid = rows[net[rows] >= CRUMB]
            if family == "cultivated" and len(solid):
                _densities(scene, scope, phase, solid)


def _patches(scene: Scene, of: tuple[str, str, str], rows: NDArray[np.int64], net: NDArray[np.int64]) -> None:
    family, scope, phase = of
    book, source = scene.book, scene.source("parcels", "plots" if phase == PLANNED else "")
    geometry, area = scene.ledger.geometry[rows], net[rows]
    solid = area >= CRUMB  # a strip of a border drawn twice is no patch
    count = len(np.unique(patches(geometry[solid]))) if solid.any() else 0
    book.measure((f"{family}_patch_count", scope, phase), count, source, "patches(0)")
    if not count:
        return
    mean = mean_patch_area(area, count)
    book.measure((f"{family}_mean_patch_area", scope, phase), mean, source, "面积÷地块数")
    gap = scene.survey.plan.join_gap
    blocks = patches(geometry, float(gap))
    for mu in scene.survey.plan.block_sizes:
        share = block_share(area, blocks, mu)
        if share is not None:
            book.measure(
                (f"{family}_block_share", scope, phase, str(mu)), share, source, f"block_share(间距 {gap} 米)"
            )


def _densities(scene: Scene, scope: Scope, phase: str, rows: NDArray[np.int64]) -> None:
    """FRAGSTATS measures on surveyed areas; edges are planar and include the scope's outer border."""
    ledger, book = scene.ledger, scene.book
    landscape = int(ledger.area[scope.mask].sum())
    found = fragmentation(ledger.geometry[rows], ledger.area[rows], landscape)
    measures = {
        "cultivated_patch_density": _exact(found.patch_density),
        "cultivated_edge_density": _exact(found.edge_density),
        "cultivated_largest_patch_index": _exact(found.largest_patch_index) / 100,
        "cultivated_cohesion": _exact(found.cohesion(COHESION_CELL)),
    }
    source = scene.source("parcels", "plots" if phase == PLANNED else "")
    for key, value in measures.items():
        book.measure((key, scope.name, phase), value, source, "FRAGSTATS")


def _exact(value: float) -> Fraction:
    """To six decimals: a measured length has no more, and a fact must not carry a float."""
    return Fraction(half_up(Decimal(repr(value)), 6))
