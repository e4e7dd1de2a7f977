"""村域。Village territories: every place belongs to the village it is easiest to reach from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import csgraph

from fangtian.plan.sample import curves
from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.roads import road_cell, travel_graph
from fangtian.plan.sample.sites import Settlement
from fangtian.plan.sample.township import Township

__all__ = ["Territory", "territory"]


@dataclass(frozen=True)
class Territory:
    """村域。``village`` index per cell of the fine grid, ``lines`` the limits between villages, and the
    ``effort`` of reaching each cell from its own village.
    """

    village: Ints
    lines: list[Floats]
    effort: Floats


def territory(land: Township, homes: list[Settlement]) -> Territory:
    """划村界。Effort grows on steep ground and across gullies, so limits lie on ridges and gullies."""
    shape = (land.slope.shape[0] // 2, land.slope.shape[1] // 2)
    graph = travel_graph(land)
    mains = [road_cell(home.point, shape) for home in homes if home.main]
    reach = csgraph.dijkstra(graph, directed=False, indices=mains)
    efforts = np.stack([_fine(field.reshape(shape), land.slope.shape) for field in reach])
    efforts += _handicap(land, efforts)[:, None, None]
    nearest = np.argmin(efforts, axis=0)
    # smooth the shares, not the efforts: narrow tongues along roads disappear
    shares = np.stack([curves.blend((nearest == number).astype(float), 75.0) for number in range(len(mains))])
    village = np.argmax(shares, axis=0).astype(np.int64)
    lines: list[Floats] = []
    for number in range(len(mains)):
        others = np.max(np.delete(shares, number, axis=0), axis=0)
        around = np.maximum(shares[number], others) > 0.2
        lines += curves.contour_lines(shares[number] - others, [0.0], around & (shares[number] > 0.05))
    return Territory(village, lines, np.min(efforts, axis=0))


def _handicap(land: Township, efforts: Floats) -> Floats:
    """Head starts that bring village sizes closer together; the largest village gives way most."""
    start = np.zeros(len(efforts))
    sample = efforts[:, land.inside][:, ::7]
    unit = float(np.median(np.min(sample, axis=0)))
    for _ in range(10):
        owner = np.argmin(sample + start[:, None], axis=0)
        share = np.bincount(owner, minlength=len(start)) * len(start) / owner.size
        start = np.clip(start + 0.08 * unit * np.log(np.maximum(share, 0.1)), -0.3 * unit, 0.3 * unit)
    return start


def _fine(field: Floats, shape: tuple[int, int]) -> Floats:
    rows = (np.arange(shape[0]) + 0.5) / 2 - 0.5
    cols = (np.arange(shape[1]) + 0.5) / 2 - 0.5
    grid = np.meshgrid(rows, cols, indexing="ij")
    return curves.blend(ndimage.map_coordinates(field, grid, order=1, mode="nearest"), 40.0)
