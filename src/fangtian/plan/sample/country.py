"""现状。The township as surveyed: parcels with their class, village and slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.plan.sample import curves
from fangtian.plan.sample.classes import Cover, land_cover, settle_houses
from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.faces import Faces, absorb_small, connected, cover, dissolve, faces_of, leaders
from fangtian.plan.sample.linework import linework
from fangtian.plan.sample.roads import Roads, roads
from fangtian.plan.sample.sites import Settlement, features, settlements
from fangtian.plan.sample.terrain import relief
from fangtian.plan.sample.territory import Territory, territory
from fangtian.plan.sample.township import Township, township

__all__ = ["Country", "Parcels", "country"]

SEED = 620525
_LINEAR = ("1003", "1004", "1006", "1101", "1107")
_FLOOR = {"home": 260.0, "1003": 150.0, "1004": 150.0, "1006": 150.0, "1107": 150.0, "1101": 150.0}
_FIELD_FLOOR, _WILD_FLOOR = 2000.0, 3000.0


@dataclass(frozen=True)
class Parcels:
    """图斑。Geometry in local metres, class, village index and mean slope in degrees."""

    geometry: NDArray[np.object_]
    land_class: NDArray[np.object_]
    village: Ints
    slope: Floats

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class Country:
    """乡情。Everything that was generated, before any plan is made for it."""

    land: Township
    homes: list[Settlement]
    ways: Roads
    territory: Territory
    parcels: Parcels


def generator(*stage: int) -> np.random.Generator:
    """随机数。One generator per stage, so that a change in one does not move the others."""
    return np.random.default_rng([SEED, *stage])


def country() -> Country:
    """造现状。Terrain, settlements, roads, lines, faces, classes; the same every time."""
    land = township(relief(generator(1)), generator(2))
    homes = settlements(land, generator(3))
    spots = features(land, homes, generator(4))
    ways = roads(land, homes, generator(5))
    realm = territory(land, homes)
    drawn = linework(land, homes, spots, ways, generator(6))
    village_lines = [shapely.LineString(line).simplify(0.8) for line in realm.lines]
    faces = faces_of(cover([*drawn.lines, *village_lines], land.limits))
    covered = land_cover(land, faces, drawn.areas, generator(7))
    points = shapely.get_coordinates(shapely.point_on_surface(faces.geometry))
    village = np.asarray(land.relief.sample(realm.village, points), dtype=np.int64)
    parcels = _parcels(land, homes, faces, covered, village)
    return Country(land, homes, ways, realm, parcels)


def _parcels(land: Township, homes: list[Settlement], faces: Faces, covered: Cover, village: Ints) -> Parcels:
    """Join what is one thing, drop what is too small to map, keep villages apart."""
    kinds, kind = np.unique(covered.land_class.astype(str), return_inverse=True)
    joined = covered.area * 100 + village
    free = covered.area < 0
    joined[free | (covered.land_class == "home")] = -1
    linear = np.isin(covered.land_class, _LINEAR)
    joined[linear] = 10**7 + kind[linear] * 100 + village[linear]
    group = connected(faces, joined)
    floor = np.array([_FLOOR.get(k, _WILD_FLOOR if k[:2] in ("03", "04") else _FIELD_FLOOR) for k in kinds])
    floor[np.isin(kinds, ("1104", "1202", "09", "1206", "0601", "0602"))] = 300.0
    group = _absorb(faces, group, kind, village, floor)
    geometry, sample = _dissolved(faces, group)
    land_class, village = covered.land_class[sample], village[sample]
    land_class = settle_houses(land_class, geometry, homes, generator(8))
    village = _without_exclaves(geometry, village)
    order = _reading_order(geometry, village)
    geometry, land_class, village = geometry[order], land_class[order], village[order]
    return Parcels(geometry, land_class, village, mean_slope(land, geometry))


def _absorb(faces: Faces, group: Ints, kind: Ints, village: Ints, floor: Floats) -> Ints:
    """First within villages, then across their limits for the few that are left."""
    within = village[faces.left] == village[faces.right]
    own = Faces(faces.geometry, faces.area, faces.left[within], faces.right[within], faces.length[within])
    for borders in (own, faces):
        lead = leaders(faces, group)
        group = absorb_small(borders, group, kind[lead], floor[kind[lead]])
    return group


def _dissolved(faces: Faces, group: Ints) -> tuple[NDArray[np.object_], Ints]:
    geometry, _ = dissolve(faces.geometry, group)
    numbers = np.unique(group)
    return geometry, leaders(faces, group)[numbers]


def _without_exclaves(geometry: NDArray[np.object_], village: Ints) -> Ints:
    """Parts of a village that are cut off from it go to the neighbour they touch most."""
    village = village.copy()
    faces = faces_of(geometry)
    for _ in range(4):
        group = connected(faces, village)
        area = np.bincount(group, weights=faces.area)
        biggest: dict[int, int] = {}
        for number in np.argsort(-area, kind="stable"):
            biggest.setdefault(int(village[np.flatnonzero(group == number)[0]]), int(number))
        stray = np.flatnonzero(~np.isin(group, list(biggest.values())))
        if not len(stray):
            break
        for row in stray:
            ends = (faces.left == row) | (faces.right == row)
            other = np.where(faces.left[ends] == row, faces.right[ends], faces.left[ends])
            foreign = village[other] != village[row]
            if foreign.any():
                weights = np.bincount(village[other[foreign]], weights=faces.length[ends][foreign])
                village[row] = int(np.argmax(weights))
    return village


def _reading_order(geometry: NDArray[np.object_], village: Ints) -> Ints:
    """From north-west to south-east within each village, as parcels are numbered."""
    xy = shapely.get_coordinates(shapely.centroid(geometry))
    return np.lexsort((xy[:, 0], -np.floor(xy[:, 1] / 150.0), village)).astype(np.int64)


def mean_slope(land: Township, geometry: NDArray[np.object_]) -> Floats:
    """平均坡度。Mean slope in degrees of the cells whose centres lie in each polygon."""
    x, y = curves.centre_grid(land.slope.shape)
    rows, cols = np.nonzero(land.inside[::2, ::2])  # every other cell is enough for a mean
    points = shapely.points(x[::2][cols], y[::2][rows])
    cell, parcel = shapely.STRtree(geometry).query(points, predicate="within")
    values = land.slope[::2, ::2][rows[cell], cols[cell]]
    count = np.bincount(parcel, minlength=len(geometry))
    total = np.bincount(parcel, weights=values, minlength=len(geometry))
    own = np.asarray(
        land.relief.sample(land.slope, shapely.get_coordinates(shapely.point_on_surface(geometry)))
    )
    return np.where(count > 0, total / np.maximum(count, 1), own)
