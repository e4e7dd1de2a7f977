"""控制面积检查。Sums of parcels against the areas that control them: villages, and the three land classes.

The survey levels every village to its control area, so that its parcels add up to it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import AGRICULTURAL, CONSTRUCTION, UNUSED, land_classes, three_class_of
from fangtian.errors import FangtianError
from fangtian.geo.area import official_areas
from fangtian.geo.layer import Layer
from fangtian.plan.balance import CENT_M2, numbers_of, told
from fangtian.plan.inspection.subject import judged, village_of
from fangtian.plan.place import listed

__all__ = ["inspect_balance"]

Numbers = NDArray[np.float64]
Rows = NDArray[np.bool_]

EXACT_M2 = 0.005
"""Parcels are levelled to their control area: sums of areas of two decimals agree to the last one."""
SUM_M2 = 1.0
"""How far a sum may be from an area that parcels are not levelled to, and the three classes from all."""
COMPUTED_M2, COMPUTED_SHARE = 1.0, 1e-6
"""Coordinates rounded on their way to us move the area within a border so far."""
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
    given = numbers_of(villages, "computed_area")
    measured = official_areas(villages.geometry, villages.crs) / 100.0
    off = np.abs(given - measured) > np.maximum(COMPUTED_M2, COMPUTED_SHARE * measured)
    if off.any():
        worst = int(np.argmax(np.where(off, np.abs(given - measured), -1)))
        values = {
            "worst": villages.ids[worst],
            "told": f"{given[worst]:.2f}",
            "computed": f"{measured[worst]:.2f}",
        }
        yield from told("BAL-village-computed", off, villages, place, "computed_area", **values)
    control = numbers_of(villages, "control_area")
    held: dict[str, set[float]] = {}
    for code, area in zip(_codes(villages.ids), control.tolist(), strict=True):
        held.setdefault(code, set()).update(() if np.isnan(area) else (area,))
    apart = np.array([len(held[code]) > 1 for code in _codes(villages.ids)], dtype=bool)
    yield from told("BAL-control-apart", apart, villages, place, "control_area")


def _placed(parcels: Layer, villages: Layer, place: Place) -> Iterator[Finding]:
    known = set(_codes(villages.ids))
    unknown = judged(
        parcels.column("location_code"), lambda code: bool(code) and village_of(code) not in known
    )
    if unknown.any():
        shown = listed(sorted(set(_codes(parcels.column("location_code")[unknown]))))
        yield from told("LOG-village-unknown", unknown, parcels, place, "location_code", values=shown)


def _village_sums(parcels: Layer, villages: Layer, place: Place) -> Iterator[Finding]:
    """Sum of the parcels of a village against its control area, else against its computed area.

    A village without a parcel has a sum of nothing; where the layer does not say the places, none is asked.
    """
    if not (parcels.column("location_code") != "").any():
        return
    codes = np.array(_codes(villages.ids), dtype=object)
    control = _control(villages, codes)
    sums: dict[str, float] = {}
    for code, area in zip(_codes(parcels.column("location_code")), numbers_of(parcels, "area"), strict=True):
        sums[code] = sums.get(code, 0.0) + float(np.nan_to_num(area))
    off = {code: gap for code, gap in _sum_gaps(control, sums).items() if gap}
    if off:
        rows = judged(codes, lambda code: code in off)
        worst = max(off, key=lambda code: abs(off[code]))
        values = {
            "worst": worst,
            "sum": f"{sums.get(worst, 0.0):.2f}",
            "control": f"{control[worst].area_m2:.2f}",
            "total": f"{sum(off.values()):+.2f}",
        }
        for item in told("BAL-village-sum", rows, villages, place, "control_area", **values):
            yield replace(item, values={**item.values, "count": str(len(off))})


class _Control(NamedTuple):
    """What the parcels of a village add up to; ``levelled``: to the last decimal."""

    area_m2: float
    levelled: bool


def _sum_gaps(control: Mapping[str, _Control], sums: Mapping[str, float]) -> dict[str, float]:
    """By how much each village is off, 0 where within what is allowed."""
    gaps = {code: sums.get(code, 0.0) - held.area_m2 for code, held in control.items()}
    return {
        code: gap if abs(gap) > (EXACT_M2 if control[code].levelled else SUM_M2) else 0.0
        for code, gap in gaps.items()
    }


def _control(villages: Layer, codes: NDArray[Any]) -> dict[str, _Control]:
    """A village's own control area; where it is blank, what its polygons were computed as, together."""
    surveyed, computed = numbers_of(villages, "control_area"), numbers_of(villages, "computed_area")
    found: dict[str, _Control] = {}
    for code in sorted(set(codes.tolist())):
        rows = codes == code
        given = surveyed[rows][~np.isnan(surveyed[rows])]
        held = _Control(float(given[0]), True) if len(given) else _Control(float(computed[rows].sum()), False)
        if not np.isnan(held.area_m2):
            found[code] = held
    return found


def _three_classes(parcels: Layer, place: Place) -> Iterator[Finding]:
    """The three classes by net areas and ridges against the sum of the parcels.

    A parcel whose own areas disagree has a finding of its own and counts with its whole area here, so that
    this tells only what no single parcel shows.
    """
    area = numbers_of(parcels, "area")
    ridge, net = np.nan_to_num(numbers_of(parcels, "ridge_area")), numbers_of(parcels, "class_area")
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
    years = numbers_of(parcels, "data_year")
    year = int(np.nanmedian(years)) if not np.isnan(years).all() else _SURVEY_YEAR
    classes = parcels.column("land_class").tolist()
    known = {code: _kind(code, year) for code in set(classes)}
    return np.array([known[code] for code in classes], dtype=object)


def _kind(code: str, year: int) -> str:
    try:
        return three_class_of(code, year) if code in land_classes() else ""
    except FangtianError:  # a group whose classes differ
        return ""


def _codes(column: NDArray[Any]) -> list[str]:
    """Villages by twelve digits, whether they were written with twelve or with nineteen."""
    return [village_of(code) for code in column.tolist()]
