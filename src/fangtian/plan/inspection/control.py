"""控制面积检查。Sums of parcels against the areas that control them: villages, and the three land classes.

The survey levels every village to its control area, so that its parcels add up to it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import AGRICULTURAL, CONSTRUCTION, UNUSED, land_classes, three_class_of
from fangtian.catalog.layer import layer_specs
from fangtian.errors import FangtianError
from fangtian.geo.area import official_areas
from fangtian.geo.layer import Layer
from fangtian.plan.balance import CENT_M2
from fangtian.plan.inspection.subject import judged
from fangtian.plan.place import listed
from fangtian.plan.soundness import drawn, tolerance

__all__ = ["inspect_balance"]

Numbers = NDArray[np.float64]
Rows = NDArray[np.bool_]

SUM_M2 = 1.0
"""How far a sum of many areas may be from its control area: the areas have two decimals."""
_SURVEY_YEAR = 2020


def inspect_balance(layers: Mapping[str, Layer], places: Mapping[str, Place]) -> tuple[Finding, ...]:
    """面积平衡检查。Parcels against villages, villages against borders, three classes against all.

    ``layers`` and ``places`` by role. Surveyed area against geometry is ``plan.balance.parcel_balance``.
    """
    parcels, villages = layers.get("parcels"), layers.get("villages")
    found: list[Finding] = []
    if villages is not None and len(villages):
        found += _borders(villages, places["villages"])
        if parcels is not None and len(parcels):
            found += _placed(parcels, villages, places["parcels"])
            found += _village_sums(parcels, villages, places["villages"])
    if parcels is not None and len(parcels):
        found += _three_classes(parcels, places["parcels"])
    return tuple(found)


def _borders(villages: Layer, place: Place) -> Iterator[Finding]:
    """Computed areas against the borders; the control area of a village stands in each of its polygons."""
    given = _numbers(villages, "computed_area")
    measured = official_areas(villages.geometry, villages.crs) / 100.0
    off = np.abs(given - measured) > tolerance(measured)
    if off.any():
        worst = int(np.argmax(np.where(off, np.abs(given - measured), -1)))
        values = {
            "worst": villages.ids[worst],
            "told": f"{given[worst]:.2f}",
            "computed": f"{measured[worst]:.2f}",
        }
        yield _told("BAL-village-computed", off, villages, place, "computed_area", **values)
    control = _numbers(villages, "control_area")
    held: dict[str, set[float]] = {}
    for code, area in zip(_codes(villages.ids), control.tolist(), strict=True):
        held.setdefault(code, set()).update(() if np.isnan(area) else (area,))
    apart = np.array([len(held[code]) > 1 for code in _codes(villages.ids)], dtype=bool)
    if apart.any():
        yield _told("BAL-control-apart", apart, villages, place, "control_area")


def _placed(parcels: Layer, villages: Layer, place: Place) -> Iterator[Finding]:
    known = set(_codes(villages.ids))
    unknown = judged(parcels.column("location_code"), lambda code: bool(code) and code[:12] not in known)
    if unknown.any():
        shown = listed(sorted(set(_codes(parcels.column("location_code")[unknown]))))
        yield _told("LOG-village-unknown", unknown, parcels, place, "location_code", values=shown)


def _village_sums(parcels: Layer, villages: Layer, place: Place) -> Iterator[Finding]:
    """Sum of the parcels of a village against its control area, else against its computed area."""
    codes = np.array(_codes(villages.ids), dtype=object)
    control = _control(villages, codes)
    sums: dict[str, float] = {}
    for code, area in zip(_codes(parcels.column("location_code")), _numbers(parcels, "area"), strict=True):
        sums[code] = sums.get(code, 0.0) + float(np.nan_to_num(area))
    gaps = {code: sums[code] - area for code, area in control.items() if code in sums}
    off = {code: gap for code, gap in gaps.items() if abs(gap) > SUM_M2}
    if off:
        rows = judged(codes, lambda code: code in off)
        worst = max(off, key=lambda code: abs(off[code]))
        values = {"worst": worst, "sum": f"{sums[worst]:.2f}", "control": f"{control[worst]:.2f}"}
        total = f"{sum(off.values()):+.2f}"
        item = _told("BAL-village-sum", rows, villages, place, "control_area", total=total, **values)
        yield replace(item, values={**item.values, "count": str(len(off))})


def _control(villages: Layer, codes: NDArray[Any]) -> dict[str, float]:
    """A village's own control area; where it is blank, what its polygons were computed as, together."""
    surveyed, computed = _numbers(villages, "control_area"), _numbers(villages, "computed_area")
    found: dict[str, float] = {}
    for code in set(codes.tolist()):
        rows = codes == code
        told = surveyed[rows][~np.isnan(surveyed[rows])]
        area = float(told[0]) if len(told) else float(computed[rows].sum())
        if not np.isnan(area):
            found[code] = area
    return found


def _three_classes(parcels: Layer, place: Place) -> Iterator[Finding]:
    """The three classes by net areas and ridges against the sum of the parcels.

    A parcel whose own areas disagree has a finding of its own and counts with its whole area here, so that
    this tells only what no single parcel shows.
    """
    area = _numbers(parcels, "area")
    ridge, net = np.nan_to_num(_numbers(parcels, "ridge_area")), _numbers(parcels, "class_area")
    parts = np.where(np.abs(area - ridge - net) <= CENT_M2, net + ridge, area)
    kinds = _kinds(parcels)
    counted = (kinds != "") & ~np.isnan(area)
    gap = float(parts[counted].sum() - area[counted].sum())
    if abs(gap) > max(SUM_M2, 0.03 * float(np.sqrt(counted.sum()))):
        sums = {name: f"{parts[counted & (kinds == name)].sum():.2f}" for name in _NAMES.values()}
        names = {key: sums[name] for key, name in _NAMES.items()}
        yield finding(
            "BAL-three-classes", place, whole=f"{area[counted].sum():.2f}", gap=f"{gap:+.2f}", **names
        )


_NAMES = {"agricultural": AGRICULTURAL, "construction": CONSTRUCTION, "unused": UNUSED}


def _kinds(parcels: Layer) -> NDArray[np.object_]:
    years = _numbers(parcels, "data_year")
    year = int(np.nanmedian(years)) if not np.isnan(years).all() else _SURVEY_YEAR
    classes = parcels.column("land_class").tolist()
    known = {code: _kind(code, year) for code in set(classes)}
    return np.array([known[code] for code in classes], dtype=object)


def _kind(code: str, year: int) -> str:
    try:
        return three_class_of(code, year) if code in land_classes() else ""
    except FangtianError:  # a group whose classes differ
        return ""


def _told(code: str, rows: Rows, layer: Layer, place: Place, name: str, **values: str) -> Finding:
    ids = layer.ids[rows]
    field = layer_specs()[layer.role].field(name)
    where = replace(place, feature=listed(ids), field=field.official[0], wkb=drawn(layer.geometry[rows]))
    return finding(code, where, term=field.term, count=len(ids), ids=listed(ids), **values)


def _codes(column: NDArray[Any]) -> list[str]:
    """Villages by twelve digits, whether they were written with twelve or with nineteen."""
    return [str(code)[:12] for code in column.tolist()]


def _numbers(layer: Layer, name: str) -> Numbers:
    values = layer.column(name)
    return values.astype(np.float64) if values.dtype != object else np.full(len(layer), np.nan)
