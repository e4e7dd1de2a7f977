"""地形。Loess-hill relief that rivers have really cut: uplift, stream erosion and creep on a grid.

Ridges, spurs and tree-like gullies come out of the stream-power law instead of being drawn, so slope,
aspect, catchments and road lines derived later agree with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from fangtian.plan.sample.drainage import Floats, accumulate, depth_levels, receivers

__all__ = ["CELL", "HEIGHT", "WIDTH", "Relief", "noise", "relief", "river_course"]

WIDTH, HEIGHT, CELL = 7680.0, 8640.0, 15.0
_COARSE = 60.0
_RIVER_TOP, _RIVER_DROP = 1562.0, 74.0
_RIM, _ERODIBILITY, _CREEP, _STEEPNESS = 90.0, 0.8, 30.0, 0.72


@dataclass(frozen=True)
class Relief:
    """地形。``z`` metres (rows, cols), row 0 in the south; ``slope`` degrees; ``river`` the course (n, 2);
    ``river_share`` how far down the river the nearest point of it lies (0 to 1); ``plain`` metres inside
    the edge of the flood plain (negative outside).
    """

    z: Floats
    slope: Floats
    river: Floats
    river_distance: Floats
    river_share: Floats
    plain: Floats

    def sample(self, field: NDArray[Any], xy: Floats) -> NDArray[Any]:
        """取值。Value of the cell that each point lies in."""
        rows = np.clip((xy[:, 1] / CELL).astype(int), 0, field.shape[0] - 1)
        cols = np.clip((xy[:, 0] / CELL).astype(int), 0, field.shape[1] - 1)
        values: NDArray[Any] = field[rows, cols]
        return values


def noise(rng: np.random.Generator, shape: tuple[int, int], wavelength: float) -> Floats:
    """噪声。Smooth noise, mean 0 and deviation 1; ``wavelength`` in cells."""
    field = ndimage.gaussian_filter(rng.standard_normal(shape), wavelength / 2.5, mode="nearest")
    scaled: Floats = (field - field.mean()) / field.std()
    return scaled


def river_course() -> Floats:
    """河道。The main river from north to south as a densely drawn meandering line (n, 2)."""
    t = np.linspace(0.0, 1.0, 1200)
    y = HEIGHT * (1.0 - t)
    x = (
        WIDTH * (0.46 + 0.10 * t)
        + 430.0 * np.sin(2 * np.pi * (1.15 * t + 0.08))
        + 150.0 * np.sin(2 * np.pi * (3.4 * t + 0.31))
        + 42.0 * np.sin(2 * np.pi * (9.3 * t + 0.77 + 0.5 * t * t))
        + 16.0 * np.sin(2 * np.pi * (21.0 * t + 0.4))
    )
    return np.column_stack([x, y])


def relief(rng: np.random.Generator) -> Relief:
    """造地形。Evolve old gentle hills, let the river cut down into them, then refine the grid."""
    river = river_course()
    z = _evolve(rng, None, _COARSE, _Run(110, 1.0, 38.0))
    z = _evolve(rng, _resample(z, _COARSE, 2 * CELL), 2 * CELL, _Run(26, 0.3, 0.0))
    z = ndimage.gaussian_filter(_resample(z, 2 * CELL, CELL), 1.5)
    distance, level = _river_fields(river, z.shape)
    z = level + _STEEPNESS * (z - level)
    plain = level + 1.2 + 0.010 * distance + 0.25 * noise(rng, z.shape, 30.0)
    margin = _plain_half_width(river, z.shape) - distance
    inside = 1.0 / (1.0 + np.exp(-margin / 12.0))
    z = inside * np.minimum(plain, z) + (1.0 - inside) * z
    gy, gx = np.gradient(z, CELL)
    return Relief(
        z,
        np.degrees(np.arctan(np.hypot(gx, gy))),
        river,
        distance,
        (_RIVER_TOP - level) / _RIVER_DROP,
        margin,
    )


@dataclass(frozen=True)
class _Run:
    """One stretch of time: number of steps, length of a step, how much higher the river still lies."""

    steps: int
    length: float
    river_above: float


def _grid(cell: float) -> tuple[int, int]:
    return round(HEIGHT / cell), round(WIDTH / cell)


def _resample(z: Floats, old: float, new: float) -> Floats:
    rows, cols = _grid(new)
    y = (np.arange(rows) + 0.5) * new / old - 0.5
    x = (np.arange(cols) + 0.5) * new / old - 0.5
    grid = np.meshgrid(y, x, indexing="ij")
    finer: Floats = ndimage.map_coordinates(z, grid, order=3, mode="nearest")
    return finer


def _river_fields(river: Floats, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Distance to the river and the level of its nearest point."""
    cell = HEIGHT / shape[0]
    rows = np.clip((river[:, 1] / cell).astype(int), 0, shape[0] - 1)
    cols = np.clip((river[:, 0] / cell).astype(int), 0, shape[1] - 1)
    level = np.full(shape, np.nan)
    level[rows, cols] = _RIVER_TOP - _RIVER_DROP * np.linspace(0.0, 1.0, len(river))
    dry = np.isnan(level)
    distance, near = ndimage.distance_transform_edt(dry, sampling=cell, return_indices=True)
    smooth = ndimage.gaussian_filter(level[near[0], near[1]], 60.0 / cell)
    return distance, smooth


def _plain_half_width(river: Floats, shape: tuple[int, int]) -> Floats:
    """Half width of the flood plain, wide and narrow by turns along the valley."""
    y = (np.arange(shape[0]) + 0.5) / shape[0]
    along = 175.0 + 55.0 * np.sin(2 * np.pi * (2.3 * y + 0.1)) + 40.0 * np.sin(2 * np.pi * (5.1 * y + 0.6))
    x = (np.arange(shape[1]) + 0.5) / shape[1] * WIDTH
    course = np.interp(y * HEIGHT, river[::-1, 1], river[::-1, 0])
    west = x[None, :] < course[:, None]
    lopsided = 1.0 + 0.35 * np.sin(2 * np.pi * (1.7 * y + 0.35))[:, None] * np.where(west, 1.0, -1.0)
    return along[:, None] * lopsided


def _evolve(rng: np.random.Generator, z: Floats | None, cell: float, run: _Run) -> Floats:
    """Uplift, implicit stream-power erosion and creep."""
    shape = _grid(cell)
    river = river_course()
    distance, level = _river_fields(river, shape)
    level = level + run.river_above
    fixed = distance < np.maximum(_plain_half_width(river, shape) - cell / 2, cell * 0.8)
    rim = np.zeros(shape, dtype=bool)
    rim[:, 0] = rim[:, -1] = True
    hard = np.exp(0.30 * noise(rng, shape, 1100.0 / cell) + 0.15 * noise(rng, shape, 350.0 / cell))
    if z is None:
        z = level + 6.0 * rng.random(shape) + 0.004 * distance
    for _ in range(run.steps):
        z = np.where(fixed, level, np.where(rim, level + _RIM, z + 9.0 * run.length))
        z = _erode(z, fixed | rim, _ERODIBILITY * hard * run.length, cell)
        z = ndimage.gaussian_filter(z, _CREEP / cell * np.sqrt(run.length))
    return z


def _erode(z: Floats, base: NDArray[np.bool_], erodibility: Floats, cell: float) -> Floats:
    target, length = receivers(z, base, cell)
    levels = depth_levels(target)
    area = accumulate(target, levels, np.full(z.size, cell * cell))
    factor = erodibility.ravel() * np.sqrt(area) / length / 3.0
    out = z.ravel().copy()
    for nodes in levels[1:]:
        below = out[target[nodes]]
        out[nodes] = (out[nodes] + factor[nodes] * below) / (1.0 + factor[nodes])
    return out.reshape(z.shape)
