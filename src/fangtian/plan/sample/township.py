"""乡域。The township's limits along the watersheds, its gullies, and where land can be farmed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from fangtian.plan.sample import curves
from fangtian.plan.sample.curves import blend
from fangtian.plan.sample.drainage import (
    Floats,
    Ints,
    accumulate,
    depth_levels,
    filled,
    outlets,
    receivers,
    tree_chains,
)
from fangtian.plan.sample.terrain import CELL, HEIGHT, Relief, noise

__all__ = ["Channel", "Township", "township"]

_FLOW = 2 * CELL
_REACH = (0.125, 0.925)  # share of the river's way at which it enters and leaves


@dataclass(frozen=True)
class Channel:
    """沟道。A smooth line down a gully and the area in m² that drains through its lower end."""

    line: Floats
    drained: float


@dataclass(frozen=True)
class Township:
    """乡域。Limits and fields on the fine grid.

    ``slope`` degrees as a field feels it (smoothed); ``fitness`` > 0 where slopes can be terraced;
    ``shade`` > 0 on damp northern slopes; ``plain`` metres inside (> 0) the flood plain; ``catchment``
    number of the gully whose outlet into the valley drains the cell.
    """

    relief: Relief
    limits: shapely.Polygon
    inside: NDArray[np.bool_]
    slope: Floats
    fitness: Floats
    shade: Floats
    plain: Floats
    catchment: Ints
    channels: tuple[Channel, ...]

    @property
    def around(self) -> NDArray[np.bool_]:
        """乡域及边缘。The inside and a strip beyond the limits, so that lines reach across them."""
        wider: NDArray[np.bool_] = ndimage.binary_dilation(self.inside, iterations=4)
        return wider


def township(relief: Relief, rng: np.random.Generator) -> Township:
    """划乡界。Everything that drains into one reach of the river, and the fields that decide land use."""
    coarse = relief.z.reshape(relief.z.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))
    floor = relief.plain[::2, ::2] > 0.0
    surface = filled(coarse, floor | _edge(coarse.shape))
    target, _ = receivers(surface, floor, _FLOW)
    levels = depth_levels(target)
    drained = accumulate(target, levels, np.full(target.size, _FLOW * _FLOW))
    mouth = outlets(target)
    whole = _whole_catchments(target, drained, coarse.shape)
    limits, inside = _limits(relief, floor, np.where(whole, mouth, 0), coarse.shape)
    flowing = (drained > 45_000.0) & inside[::2, ::2].ravel()
    channels = tuple(_channel(chain, drained, coarse.shape) for chain in tree_chains(target, flowing))
    slope = blend(relief.slope, 26.0)
    return Township(
        relief=relief,
        limits=limits,
        inside=inside,
        slope=slope,
        fitness=_fitness(relief, slope, _gullies(drained.reshape(coarse.shape)), rng),
        shade=_shade(relief, rng),
        plain=relief.plain,
        catchment=np.repeat(np.repeat(mouth.reshape(coarse.shape), 2, axis=0), 2, axis=1),
        channels=channels,
    )


def _edge(shape: tuple[int, int]) -> NDArray[np.bool_]:
    rim = np.zeros(shape, dtype=bool)
    rim[[0, -1], :] = rim[:, [0, -1]] = True
    return rim


def _whole_catchments(target: Ints, drained: Floats, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Cells of small catchments that the edge of the grid does not cut."""
    cells = np.arange(target.size)
    root = outlets(np.where(drained > 350_000.0, cells, target))
    rim = np.zeros(shape, dtype=bool)
    rim[:8, :] = rim[-8:, :] = rim[:, :3] = rim[:, -3:] = True
    cut = np.zeros(target.size, dtype=bool)
    cut[root[rim.ravel()]] = True
    return ~cut[root]


def _limits(
    relief: Relief, floor: NDArray[np.bool_], mouth: Ints, shape: tuple[int, int]
) -> tuple[shapely.Polygon, NDArray[np.bool_]]:
    """The drained area of the reach as a smooth polygon and as a mask of the fine grid."""
    along = relief.river_share[::2, ::2].ravel()
    ours = (floor.ravel()[mouth] & (along[mouth] > _REACH[0]) & (along[mouth] < _REACH[1])).reshape(shape)
    broad = ndimage.gaussian_filter(ours.astype(float), 420.0 / _FLOW) > 0.36  # no thin fingers
    mask = np.repeat(np.repeat((ours & broad).astype(float), 2, axis=0), 2, axis=1)
    ring = curves.contour_polygons(blend(mask, 42.0) - 0.5)[0]
    limits = shapely.Polygon(curves.rounded(shapely.get_coordinates(ring.simplify(4.0)), 1))
    x, y = curves.centre_grid(relief.z.shape)
    inside = shapely.contains_xy(limits, *np.meshgrid(x, y))
    return limits, inside


def _channel(chain: Ints, drained: Floats, shape: tuple[int, int]) -> Channel:
    rows, cols = np.divmod(chain, shape[1])
    line = np.column_stack([(cols + 0.5) * _FLOW, (rows + 0.5) * _FLOW])
    return Channel(curves.rounded(line, 3), float(drained[chain[-2]]))


def _gullies(drained: Floats) -> Floats:
    """Nearness (0 to 1) to a gully on the fine grid; gullies grow wider as more land drains into them."""
    flowing = drained > 30_000.0
    gap, near = ndimage.distance_transform_edt(~flowing, sampling=_FLOW, return_indices=True)
    width = 9.0 * np.sqrt(np.log2(drained[near[0], near[1]] / 20_000.0)) ** 1.6
    closeness = np.exp(-((gap / width) ** 2))
    grid = np.meshgrid(*((np.arange(2 * n) + 0.5) / 2 - 0.5 for n in drained.shape), indexing="ij")
    finer: Floats = ndimage.map_coordinates(closeness, grid, order=1, mode="nearest")
    return finer


def _fitness(relief: Relief, slope: Floats, gullies: Floats, rng: np.random.Generator) -> Floats:
    """Degrees below the slope that is still worth terracing; gully bottoms do not count as flat."""
    hollow = blend(relief.z, 150.0) - blend(relief.z, 20.0)
    taste = 1.8 * noise(rng, relief.z.shape, 34.0) + 0.9 * noise(rng, relief.z.shape, 11.0)
    far = np.clip((relief.river_distance - 1900.0) / 700.0, 0.0, 3.0)
    raw = 18.5 - slope + taste - 1.0 * np.maximum(hollow - 4.0, 0.0) - 1.2 * far - 15.0 * gullies
    return blend(raw, 13.0)


def _shade(relief: Relief, rng: np.random.Generator) -> Floats:
    """Damp northern slopes grow trees, southern ones grass: the sign decides."""
    z = blend(relief.z, 60.0)
    gy, gx = np.gradient(z, CELL)
    north = -gy / (np.hypot(gx, gy) + 0.02)
    steep = (blend(relief.slope, 60.0) - 18.0) / 8.0
    high = (relief.river_distance - 0.28 * HEIGHT) / 1800.0
    damp: Floats = north + 0.5 * steep + 0.5 * high + 0.55 * noise(rng, relief.z.shape, 26.0)
    return damp
