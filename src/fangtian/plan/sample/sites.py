"""聚落与用地点。Where people settled: villages, hamlets, and the small features around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.plan.sample import curves
from fangtian.plan.sample.drainage import Floats
from fangtian.plan.sample.terrain import CELL, noise
from fangtian.plan.sample.township import Township

__all__ = ["Feature", "Settlement", "features", "settlements"]

_VALLEY_VILLAGES, _UPLAND_VILLAGES, _HAMLETS = 5, 4, 27


@dataclass(frozen=True)
class Settlement:
    """居民点。``village`` index of the village it belongs to (main villages first, from north to south)."""

    point: Floats
    outline: shapely.Polygon
    main: bool
    village: int


@dataclass(frozen=True)
class Feature:
    """点状用地。A small patch of one land class."""

    land_class: str
    outline: shapely.Polygon


def settlements(land: Township, rng: np.random.Generator) -> list[Settlement]:
    """选居民点。Villages on the lowest benches and on gentle upland, hamlets where there is room left."""
    bench = np.abs(land.plain + 70.0) / 60.0
    speck = noise(rng, land.slope.shape, 12.0)
    allowed = land.inside & (curves.blend(land.inside.astype(float), 120.0) > 0.9)
    valley = np.where(allowed & (land.plain < 30.0), land.slope * 0.25 + bench + 0.4 * speck, np.inf)
    upland = np.where(allowed & (land.plain < -900.0), land.slope * 0.4 + 0.6 * speck, np.inf)
    spots = _spread(valley, [], 1520.0, _VALLEY_VILLAGES)
    spots = _spread(upland, spots, 1650.0, len(spots) + _UPLAND_VILLAGES)
    spots = sorted(spots, key=lambda spot: -spot[1])
    villages = len(spots)
    anywhere = np.where(allowed & (land.plain < 10.0), land.slope * 0.4 + 1.4 * speck, np.inf)
    spots = _spread(anywhere, spots, 520.0, villages + _HAMLETS)
    owner = _nearest(np.array(spots), np.array(spots[:villages]))
    found = []
    for number, spot in enumerate(spots):
        radius = rng.uniform(185.0, 245.0) if number < villages else rng.uniform(72.0, 128.0)
        outline = _outline(land, np.array(spot), radius, rng)
        found.append(Settlement(np.array(spot), outline, number < villages, int(owner[number])))
    return found


def features(land: Township, homes: list[Settlement], rng: np.random.Generator) -> list[Feature]:
    """小地物。Ponds, kiln and clay pit, stables, graves and bare banks; none overlaps another."""
    taken: list[shapely.Geometry] = [home.outline for home in homes]
    found: list[Feature] = []
    for land_class, cost, radius, count in _feature_costs(land, homes, rng):
        for spot in _spread(cost, [], 260.0, count):
            outline = _outline(land, np.array(spot), radius * rng.uniform(0.75, 1.3), rng)
            if not any(outline.distance(other) < 12.0 for other in taken):
                found.append(Feature(land_class, outline))
                taken.append(outline)
    return found


def _feature_costs(
    land: Township, homes: list[Settlement], rng: np.random.Generator
) -> Iterator[tuple[str, Floats, float, int]]:
    """Land class, how unsuitable each cell is, radius and number."""
    near = _distance_to([home.point for home in homes], land.slope.shape)
    allowed = land.inside & (curves.blend(land.inside.astype(float), 60.0) > 0.9)
    hollow = curves.blend(land.relief.z, 150.0) - land.relief.z
    speck = noise(rng, land.slope.shape, 10.0)
    river = land.relief.river_distance

    def where(mask: NDArray[np.bool_], cost: Floats) -> Floats:
        return np.where(allowed & mask, cost, np.inf)

    flat = where((land.plain > 25.0) & (river > 60.0), speck)
    yield "0601", flat * 0.2 + np.abs(near - 420.0) / 100.0, 62.0, 1
    yield "0602", where(land.plain < -20.0, np.abs(land.plain + 120.0) / 50.0 + speck), 75.0, 2
    yield "1104", flat, 26.0, 9
    yield "1104", where((land.slope < 12.0) & (land.plain < -50.0), speck - hollow / 8.0), 22.0, 12
    yield "1202", where((near > 190.0) & (near < 420.0), land.slope / 4.0 + speck), 28.0, 30
    yield "09", where((land.fitness > 2.0) & (near > 350.0), land.slope / 6.0 + speck), 20.0, 12
    yield "1206", where(land.fitness < -1.0, speck - land.slope / 4.0), 34.0, 34
    yield "1206", where((land.plain > 0.0) & (river < 45.0), speck), 20.0, 6


def _spread(
    cost: Floats, spots: list[tuple[float, float]], apart: float, total: int
) -> list[tuple[float, float]]:
    """The cheapest cells, each at least ``apart`` metres from all others."""
    chosen = list(spots)
    free = cost.copy()
    x, y = curves.centre_grid(cost.shape)
    for spot in chosen:
        _block(free, x, y, spot, apart)
    while len(chosen) < total:
        best = int(np.argmin(free))
        if not np.isfinite(free.flat[best]):
            break
        row, col = divmod(best, cost.shape[1])
        chosen.append((float(x[col]), float(y[row])))
        _block(free, x, y, chosen[-1], apart)
    return chosen


def _block(free: Floats, x: Floats, y: Floats, spot: tuple[float, float], apart: float) -> None:
    rows = np.abs(y - spot[1]) < apart
    cols = np.abs(x - spot[0]) < apart
    near = np.hypot(x[cols][None, :] - spot[0], y[rows][:, None] - spot[1]) < apart
    window = free[np.ix_(rows, cols)]
    window[near] = np.inf
    free[np.ix_(rows, cols)] = window


def _nearest(points: Floats, centres: Floats) -> NDArray[np.int64]:
    gap = np.hypot(*(points[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
    return np.asarray(np.argmin(gap, axis=1), dtype=np.int64)


def _distance_to(points: list[Floats], shape: tuple[int, int]) -> Floats:
    x, y = curves.centre_grid(shape)
    nearest = np.full(shape, np.inf)
    for point in points:
        np.minimum(nearest, np.hypot(x[None, :] - point[0], y[:, None] - point[1]), out=nearest)
    return nearest


def _outline(land: Township, spot: Floats, radius: float, rng: np.random.Generator) -> shapely.Polygon:
    """An uneven patch around a spot that shuns steep ground, the river and the wet plain."""
    reach = int(2.2 * radius / CELL) + 3
    row, col = int(spot[1] / CELL), int(spot[0] / CELL)
    rows = slice(max(row - reach, 0), row + reach)
    cols = slice(max(col - reach, 0), col + reach)
    x, y = curves.centre_grid(land.slope.shape)
    gap = _stretched(land, spot, x[cols][None, :] - spot[0], y[rows][:, None] - spot[1])
    shape = (gap.shape[0], gap.shape[1])
    uneven = 1.0 + 0.24 * noise(rng, shape, max(radius / CELL * 0.8, 2.0))
    steep = np.maximum(land.slope[rows, cols] - land.slope[row, col] - 2.0, 0.0)
    wet = np.maximum(land.plain[rows, cols] - max(land.plain[row, col], 45.0), 0.0)
    field = radius - gap * uneven - 0.04 * radius * steep - 0.8 * wet
    origin = np.array([cols.start * CELL, rows.start * CELL])
    field = curves.blend(np.maximum(field, 0.45 * radius - gap), 9.0)
    return shapely.Polygon(
        curves.rounded(shapely.get_coordinates(curves.contour_polygons(field, origin)[0]), 2)
    )


def _stretched(land: Township, spot: Floats, dx: Floats, dy: Floats) -> Floats:
    """Distance from a spot, shorter along the contour, so that patches lie across the slope."""
    row, col = int(spot[1] / CELL), int(spot[0] / CELL)
    window = land.relief.z[row - 3 : row + 4, col - 3 : col + 4]
    gy, gx = (float(part.mean()) for part in np.gradient(window, CELL))
    steep = np.hypot(gx, gy) + 1e-9
    stretch = 1.0 + min(steep / 0.12, 1.0) * 0.55
    up, along = (dx * gx + dy * gy) / steep, (dy * gx - dx * gy) / steep
    gap: Floats = np.hypot(up * np.sqrt(stretch), along / np.sqrt(stretch))
    return gap
