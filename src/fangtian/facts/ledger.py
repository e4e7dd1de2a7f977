"""台账编制。Parcels × plots × zones become one ledger whose pieces add up to the survey (DESIGN §4).

Every piece keeps the class it came from and gets the class it will have; surveyed areas and ridge areas
are shared out among a parcel's pieces by largest remainder, so no sum over pieces can miss the survey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import is_cultivated
from fangtian.errors import BalanceError
from fangtian.facts.pieces import Ledger
from fangtian.geo.apportion import held_within, share_out_grouped
from fangtian.geo.area import official_areas
from fangtian.geo.layer import Layer
from fangtian.geo.overlay import Mosaic, Zone, overlay
from fangtian.geo.topology import apart
from fangtian.plan.model import Survey

__all__ = ["ledger_of"]

SETS = (
    "pilot_area",
    "consolidation_area",
    "eco_redline",
    "eco_redline_after",
    "urban_boundary",
    "urban_boundary_after",
)
CRUMB_M2, CRUMB_SHARE = 1.0, 0.001  # what a slope map may miss of a plot
KEYED = ("villages", "basic_farmland", "plots", "basic_farmland_out", "basic_farmland_in")


def ledger_of(survey: Survey, progress: Callable[[str], None] | None = None) -> Ledger:
    """编制台账。Overlay the parcels with every zone and plot and share out the surveyed areas.

    Raises BalanceError when the pieces of a parcel do not cover it. Source: DESIGN §4.2–4.4.
    """
    concerned = _concerned(survey.layers["parcels"], survey.layers["pilot_area"])
    parcels = survey.layers["parcels"].take(concerned)
    slopes = _slope_polygons(survey.layers)
    zones = _zones(survey.layers)
    if slopes is not None:
        zones.append(Zone("slope", apart(slopes.geometry), slopes.ids))
    mosaic = _overlaid(parcels, zones, _titled(progress, survey))
    area = share_out_grouped(_surveyed(parcels), mosaic.base, mosaic.area_m2)
    now = {
        "area": area,
        "ridge_before": _ridges(parcels, mosaic, area),
        "class_before": _text(parcels, "land_class")[mosaic.base],
        "slope_before": _text(parcels, "slope_class")[mosaic.base],
    }
    graded = _cultivated(now["class_before"])
    now["grade_before"] = np.where(graded, _whole(parcels, "quality_grade")[mosaic.base], 0)
    now["level_before"] = np.where(graded, _whole(parcels, "quality_level")[mosaic.base], 0)
    planned = _planned(now, survey.layers.get("plots"), _rows(mosaic, "plots"))
    planned["slope_after"] = _after_slope(now["slope_before"], slopes, mosaic)
    parcel = concerned[mosaic.base]
    return Ledger(parcel=parcel, geometry=mosaic.geometry, **now, **planned, **_places(survey, mosaic))


def _overlaid(parcels: Layer, zones: list[Zone], progress: Callable[[str], None] | None) -> Mosaic:
    """The overlay, naming the parcel as its owner knows it when it does not close."""
    try:
        return overlay(parcels.geometry, zones, parcels.crs, progress)
    except BalanceError as error:
        if error.row is None:
            raise
        raise BalanceError(f"{parcels.title}“{parcels.ids[error.row]}”：{error}", error.row) from error


Columns = dict[str, NDArray[Any]]


def _planned(now: Columns, plots: Layer | None, row: NDArray[np.int64]) -> Columns:
    """What the plots make of each piece; off the plots everything stays."""
    after = _after_class(now["class_before"], plots, row)
    classes = (now["class_before"], after)
    return {
        "class_after": after,
        "ridge_after": _after_ridges(now["area"], now["ridge_before"], classes, plots, row),
        "grade_after": _after_grade(now["grade_before"], after, plots, row),
    }


def _places(survey: Survey, mosaic: Mosaic) -> Columns:
    """Where each piece lies: in which areas, and in which village, patch and plots by name."""
    inside = {name: _rows(mosaic, name) >= 0 for name in SETS}
    named = {name: _ids(survey.layers.get(name), _rows(mosaic, name)) for name in KEYED}
    return {
        "in_pilot": inside["pilot_area"],
        "in_consolidation": inside["consolidation_area"],
        "in_redline": inside["eco_redline"],
        "in_redline_after": _else(inside, survey, "eco_redline"),
        "in_urban": inside["urban_boundary"],
        "in_urban_after": _else(inside, survey, "urban_boundary"),
        "village": named["villages"],
        "pbf": named["basic_farmland"],
        "plot": named["plots"],
        "pbf_out": named["basic_farmland_out"],
        "pbf_in": named["basic_farmland_in"],
    }


def _concerned(parcels: Layer, pilot: Layer) -> NDArray[np.int64]:
    """Rows of the parcels that meet the pilot area; the county's others are no business of the plan."""
    tree = shapely.STRtree(parcels.geometry)
    return np.unique(tree.query(pilot.geometry, predicate="intersects")[1]).astype(np.int64)


def _titled(progress: Callable[[str], None] | None, survey: Survey) -> Callable[[str], None] | None:
    """The overlay names zones; people read layer titles."""
    if progress is None:
        return None
    say = progress
    return lambda name: say(f"叠加：{survey.layers[name].title}")


def _zones(layers: Mapping[str, Layer]) -> list[Zone]:
    zones = [Zone(name, layers[name].geometry, None) for name in SETS if name in layers]
    zones += [Zone(name, apart(layers[name].geometry), layers[name].ids) for name in KEYED if name in layers]
    return zones


def _slope_polygons(layers: Mapping[str, Layer]) -> Layer | None:
    """Slope matters where land becomes farmland; elsewhere the survey says it, so only that part is cut."""
    changed = [layers[name].geometry for name in ("plots", "basic_farmland_in") if name in layers]
    if "slope" not in layers or not changed:
        return None
    where = shapely.union_all(np.concatenate(changed))
    shapely.prepare(where)
    near = layers["slope"].take(shapely.intersects(where, layers["slope"].geometry))
    parts, row = shapely.get_parts(shapely.intersection(near.geometry, where), return_index=True)
    surface = shapely.area(parts) > 0
    return replace(near.take(row[surface]), geometry=parts[surface])


def _surveyed(parcels: Layer) -> NDArray[np.int64]:
    """A parcel without a surveyed area takes the official one."""
    surveyed = parcels.column("area").astype(float)
    hundredths = np.rint(np.nan_to_num(surveyed) * 100).astype(np.int64)
    gaps = np.isnan(surveyed)
    if gaps.any():
        hundredths[gaps] = official_areas(parcels.geometry[gaps], parcels.crs)
    return np.asarray(hundredths, np.int64)


def _ridges(parcels: Layer, mosaic: Mosaic, area: NDArray[np.int64]) -> NDArray[np.int64]:
    totals = np.rint(np.nan_to_num(_number(parcels, "ridge_area")) * 100).astype(np.int64)
    totals[~_cultivated(_text(parcels, "land_class"))] = 0  # only farmland has ridges; the reader warned
    ridge = share_out_grouped(totals, mosaic.base, area.astype(float))
    return held_within(ridge, area, mosaic.base)


def _after_class(before: NDArray[Any], plots: Layer | None, row: NDArray[np.int64]) -> NDArray[Any]:
    if plots is None:
        return before
    planned = np.append(_text(plots, "planned_class"), "")[row]
    return np.where(planned == "", before, planned)


def _after_ridges(
    area: NDArray[np.int64],
    ridge: NDArray[np.int64],
    classes: tuple[NDArray[Any], NDArray[Any]],
    plots: Layer | None,
    row: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Ridges after = coefficient × plot on cultivated land; kept where no coefficient is given."""
    if plots is None:
        return ridge
    was, becomes = (_cultivated(codes) for codes in classes)
    coefficient = np.append(_number(plots, "ridge_coefficient"), np.nan)[row]
    given = (row >= 0) & becomes & ~np.isnan(coefficient)
    after = np.where((row >= 0) & ~becomes, 0, ridge)
    after = np.where((row >= 0) & becomes & ~was & ~given, 0, after)
    if given.any():
        extent = np.bincount(row[given], area[given], len(plots))
        planned = np.nan_to_num(_number(plots, "ridge_coefficient"))
        totals = np.floor(extent * np.round(planned * 10_000) / 10_000 + 0.5).astype(np.int64)
        totals[extent == 0] = 0
        shares = share_out_grouped(totals, row[given], area[given].astype(float))
        after[given] = held_within(shares, area[given], row[given])
    return after


def _after_grade(
    grade: NDArray[np.int64], after: NDArray[Any], plots: Layer | None, row: NDArray[np.int64]
) -> NDArray[np.int64]:
    planned = np.append(_whole(plots, "quality_grade"), 0)[row] if plots is not None else np.zeros_like(grade)
    return np.where(_cultivated(after), np.where(planned > 0, planned, grade), 0)


def _after_slope(slope: NDArray[Any], layer: Layer | None, mosaic: Mosaic) -> NDArray[Any]:
    """The slope map's class; a crumb of a plot that it misses takes the class of most of that plot."""
    if layer is None or "slope" not in mosaic.zones:
        return slope
    measured = np.append(_text(layer, "slope_class"), "")[mosaic.zones["slope"]]
    for name in ("plots", "basic_farmland_in"):
        rows = _rows(mosaic, name)
        for row in np.unique(rows[(measured == "") & (rows >= 0)]):
            _fill_crumbs(measured, mosaic.area_m2, rows == row)
    return np.where(measured == "", slope, measured)


def _fill_crumbs(measured: NDArray[Any], area_m2: NDArray[np.float64], pieces: NDArray[np.bool_]) -> None:
    blank = pieces & (measured == "")
    held = {c: area_m2[pieces & (measured == c)].sum() for c in sorted(set(measured[pieces]) - {""})}
    if held and area_m2[blank].sum() <= max(CRUMB_M2, CRUMB_SHARE * area_m2[pieces].sum()):
        measured[blank] = max(held, key=lambda code: held[code])


def _else(memberships: Mapping[str, NDArray[np.bool_]], survey: Survey, name: str) -> NDArray[np.bool_]:
    return memberships[f"{name}_after" if f"{name}_after" in survey.layers else name]


def _rows(mosaic: Mosaic, name: str) -> NDArray[np.int64]:
    return mosaic.zones.get(name, np.full(len(mosaic.base), -1, np.int64))


def _ids(layer: Layer | None, rows: NDArray[np.int64]) -> NDArray[Any]:
    if layer is None:
        return np.full(len(rows), "", dtype=object)
    return np.append(layer.ids, "")[rows]


def _text(layer: Layer, name: str) -> NDArray[Any]:
    return layer.column(name).astype(object)


def _number(layer: Layer, name: str) -> NDArray[np.float64]:
    values = layer.column(name)
    return values.astype(float) if values.dtype != object else np.full(len(layer), np.nan)


def _whole(layer: Layer, name: str) -> NDArray[np.int64]:
    return np.nan_to_num(_number(layer, name)).astype(np.int64)


def _cultivated(codes: NDArray[Any]) -> NDArray[np.bool_]:
    known = {code: is_cultivated(code) for code in set(codes.tolist())}
    return np.fromiter((known[code] for code in codes), bool, len(codes))
