"""地类。What grows or stands on every face, from its place in the terrain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.faces import Faces, label_points
from fangtian.plan.sample.linework import Area2
from fangtian.plan.sample.sites import Settlement
from fangtian.plan.sample.terrain import noise
from fangtian.plan.sample.township import Township

__all__ = ["Cover", "land_cover", "settle_houses"]

_BUILT = {"1003", "1004", "1006", "1101", "1107"}


@dataclass(frozen=True)
class Cover:
    """覆盖。Per face: class (``home`` until houses are told apart) and the named area around it (-1 none)."""

    land_class: NDArray[np.object_]
    area: Ints


def land_cover(land: Township, faces: Faces, areas: list[Area2], rng: np.random.Generator) -> Cover:
    """判地类。Named areas first (earlier ones win), then plain, fields and wild slopes by terrain."""
    points = label_points(faces.geometry)
    xy = shapely.get_coordinates(points)
    area = _containing(points, areas)
    out = _by_terrain(land, xy, rng)
    named = area >= 0
    out[named] = np.array([entry.kind for entry in areas], dtype=object)[area[named]]
    return Cover(out, area)


def settle_houses(
    land_class: NDArray[np.object_],
    geometry: NDArray[np.object_],
    homes: list[Settlement],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """宅基地等。Tell schools, offices, shops and vacant plots in a village apart from homesteads."""
    out = land_class.copy()
    rows = np.flatnonzero(out == "home")
    xy = shapely.get_coordinates(shapely.centroid(geometry[rows]))
    out[rows] = "0702"
    centres = np.array([home.point for home in homes])
    owner = np.argmin(np.hypot(*(xy[:, None] - centres[None]).transpose(2, 0, 1)), axis=1)
    size = shapely.area(geometry[rows])
    for number, home in enumerate(homes):
        mine = np.flatnonzero(owner == number)
        mine = mine[np.argsort(np.hypot(*(xy[mine] - home.point).T), kind="stable")]
        fit = mine[size[mine] > 900.0]
        wanted = ["08H1", "08H2", "05H1", "0809"] if home.main else []
        for land_code, row in zip(wanted, fit[1:], strict=False):
            out[rows[row]] = land_code
        outer = mine[len(mine) // 3 :]
        vacant = outer[rng.random(len(outer)) < 0.10]
        out[rows[vacant[~np.isin(vacant, fit[1 : 1 + len(wanted)])]]] = "1201"
    return out


def _containing(points: NDArray[np.object_], areas: list[Area2]) -> Ints:
    """The first area that contains each point, -1 where none does."""
    outlines = np.array([entry.outline for entry in areas], dtype=object)
    shapely.prepare(outlines)
    first = np.full(len(points), len(areas))
    point, area = shapely.STRtree(outlines).query(points, predicate="within")
    np.minimum.at(first, point, area)
    return np.where(first == len(areas), -1, first).astype(np.int64)


def _by_terrain(land: Township, xy: Floats, rng: np.random.Generator) -> NDArray[np.object_]:
    def at(field: NDArray[np.generic]) -> Floats:
        return np.asarray(land.relief.sample(field, xy), dtype=np.float64)

    fitness, shade, slope, plain = at(land.fitness), at(land.shade), at(land.slope), at(land.plain)
    shape = land.slope.shape
    grove = at(noise(rng, shape, 42.0)) + 0.35 * rng.standard_normal(len(xy))
    idle = at(noise(rng, shape, 30.0)) + 0.5 * rng.standard_normal(len(xy))
    river, share = at(land.relief.river_distance), at(land.relief.river_share)
    wild = np.select(
        [shade > 0.45, shade > 0.12, shade > -0.2, (shade < -0.9) & (slope > 26.0) & (idle > 0.3)],
        ["0301", "0307", "0305", "1206"],
        "0404",
    ).astype(object)
    field = np.select(
        [
            (grove > 1.25) & (slope < 14.0),
            (fitness < 3.0) & (shade > 0.95),
            (idle > 1.75) & (fitness < 5.0),
            (idle < -1.95) & (fitness < 6.0),
        ],
        ["0201", "0307", "0404", "0305"],
        "0103",
    ).astype(object)
    low = np.select(
        [
            (river < 34.0) & (idle > 0.4),
            river < 34.0,
            (share > 0.70) & (river < 150.0),
            grove > 1.5,
            idle > 2.0,
        ],
        ["0307", "1106", "0101", "0201", "0404"],
        "0102",
    ).astype(object)
    return np.where(plain > 0.0, low, np.where(fitness > 0.0, field, wild))
