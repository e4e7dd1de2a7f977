"""图斑属性。The survey's columns for every parcel: areas, ridges, slope, grade, ownership."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import land_classes
from fangtian.catalog.layer import layer_specs
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.inspection.domains import element_code
from fangtian.plan.sample.country import Parcels
from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.names import COUNTY, TOWNSHIP, VILLAGES
from fangtian.plan.sample.zones import Zones, slope_class

__all__ = ["EPSG", "Survey", "origin", "placed", "ridge_coefficient", "survey"]

EPSG = 4523
_ORIGIN = np.array([35_592_000.0, 3_877_000.0])
_TERRACE = {2: 0.0450, 3: 0.1120, 4: 0.1760, 5: 0.2210}
_SLOPING = {2: 0.0280, 3: 0.0640, 4: 0.1010, 5: 0.1330}
_WIDTH = {"1003": 13.0, "1006": 5.5, "1107": 3.0, "1101": 22.0}
_TOWN_CLASSES = ("05H1", "0702", "08H1", "08H2", "0809", "1004", "1201")


@dataclass(frozen=True)
class Survey:
    """调查属性。``columns`` under our names; ``area``, ``net`` in 0.01 m²; ``grade`` 0 off fields."""

    columns: dict[str, NDArray[Any]]
    area: Ints
    net: Ints
    slope: Ints
    grade: Ints
    coefficient: Floats
    cultivated: NDArray[np.bool_]


def origin() -> tuple[float, float]:
    """原点。Easting and northing of the south-west corner of the generated ground."""
    return float(_ORIGIN[0]), float(_ORIGIN[1])


def placed(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """落图。From local metres to the plan's coordinate system, on its grid of 0.1 mm."""
    moved: NDArray[np.object_] = shapely.transform(geometry, lambda xy: np.round(xy + _ORIGIN, 4))
    return moved


def ridge_coefficient(slope: int, terraced: bool) -> float:
    """田坎系数。Share of ridges by slope class; level land (class 1) has none."""
    return (_TERRACE if terraced else _SLOPING).get(slope, 0.0)


def survey(parcels: Parcels, zoned: Zones, rng: np.random.Generator) -> Survey:
    """编属性。Measured areas, ridge deduction, slope class, grade and names for every parcel."""
    count = len(parcels)
    classes = parcels.land_class.astype(str)
    cultivated = np.char.startswith(classes, "01")
    slope = np.where(cultivated, slope_class(parcels.slope), 0)
    terraced = rng.random(count) < np.select([slope == 2, slope == 3, slope == 4], [0.55, 0.88, 0.70], 0.0)
    coefficient = np.array([ridge_coefficient(int(s), bool(t)) for s, t in zip(slope, terraced, strict=True)])
    area = official_areas(placed(parcels.geometry), crs_of(EPSG))
    ridge = (area * np.rint(coefficient * 10_000).astype(np.int64) + 5_000) // 10_000
    grade = _grades(classes, slope, parcels.village, rng)
    columns = {
        **_identity(parcels, classes),
        "area": area / 100.0,
        "ridge_class": np.where(ridge > 0, "1203", "").astype(object),
        "ridge_coefficient": np.where(cultivated, coefficient, 0.0),
        "ridge_area": ridge / 100.0,
        "class_area": (area - ridge) / 100.0,
        "cultivated_kind": _kinds(slope, terraced),
        "slope_class": np.where(slope > 0, slope.astype(str), "").astype(object),
        **_quality(grade, parcels, zoned, rng),
        "linear_width": np.array([_WIDTH.get(code, np.nan) for code in classes]),
        "urban_rural_code": _settlement_codes(classes, parcels, zoned),
        "data_year": np.full(count, 2024),
    }
    return Survey(columns, area, area - ridge, slope, grade, coefficient, cultivated)


def _identity(parcels: Parcels, classes: NDArray[np.str_]) -> dict[str, NDArray[Any]]:
    """Codes and names: serial over the township, parcel number within the village."""
    names = {code: entry.name for code, entry in land_classes().items()}
    count = len(parcels)
    first = np.searchsorted(parcels.village, np.arange(len(VILLAGES)))
    state = np.isin(classes, ("1003", "1101"))
    place = [VILLAGES[number] for number in parcels.village]
    columns: dict[str, list[str]] = {
        "parcel_id": [f"{COUNTY}2001{number:08d}" for number in range(1, count + 1)],
        "parcel_number": [str(row - int(first[v]) + 1) for row, v in enumerate(parcels.village)],
        "land_class": classes.tolist(),
        "land_class_name": [names[code] for code in classes],
        "ownership_kind": ["20" if owned else "30" for owned in state],
        "owner_code": [f"{TOWNSHIP}9990000000" if s else p.code for s, p in zip(state, place, strict=True)],
        "owner_name": ["方田镇（国有）" if s else p.name for s, p in zip(state, place, strict=True)],
        "location_code": [p.code for p in place],
        "location_name": [p.name for p in place],
        "element_code": [element_code(layer_specs()["parcels"])] * count,
        "exclave": ["0"] * count,
        "island_code": ["00"] * count,
    }
    return {name: np.array(values, dtype=object) for name, values in columns.items()}


def _kinds(slope: Ints, terraced: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(slope < 2, "", np.where(terraced, "TT", "PD")).astype(object)


def _grades(classes: NDArray[np.str_], slope: Ints, village: Ints, rng: np.random.Generator) -> Ints:
    """等别 10 to 14: paddies best, steep dry land worst, villages a little apart."""
    base = np.select([classes == "0101", classes == "0102"], [10, 11], 10 + np.clip(slope, 2, 4))
    shift = rng.choice([-1, 0, 0, 0, 1], len(classes)) + np.where(np.isin(village, (2, 7)), 1, 0)
    grade = np.clip(base + shift * (classes == "0103"), 10, 14)
    return np.where(slope > 0, grade, 0).astype(np.int64)


def _quality(
    grade: Ints, parcels: Parcels, zoned: Zones, rng: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """等别 and 等级; on purpose a few parcels outside the consolidation area were never graded."""
    forgotten = (grade > 0) & ~zoned.inside & (parcels.village == int(parcels.village.max()))
    forgotten &= rng.random(len(grade)) < 0.12
    known = (grade > 0) & ~forgotten
    level = np.clip(grade - 6 + rng.choice([0, 0, 1], len(grade)), 1, 10)
    return {
        "quality_grade": np.where(known, grade.astype(float), np.nan),
        "quality_level": np.where(known, level.astype(float), np.nan),
    }


def _settlement_codes(classes: NDArray[np.str_], parcels: Parcels, zoned: Zones) -> NDArray[np.object_]:
    built = np.isin(classes, _TOWN_CLASSES)
    shapely.prepare(zoned.town)
    town = built & shapely.intersects(zoned.town, shapely.point_on_surface(parcels.geometry))
    return np.select(
        [town, built, classes == "0601", classes == "0602", classes == "09"],
        ["202", "203", "203A", "204", "205"],
        "",
    ).astype(object)
