"""面积核对。Surveyed areas of parcels against their geometry and against each other.

Nothing is corrected: a parcel keeps its surveyed area (DESIGN §4.2), and what does not agree is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, Severity, finding
from fangtian.catalog.land_class import is_cultivated
from fangtian.catalog.layer import layer_specs
from fangtian.geo.area import official_areas
from fangtian.geo.layer import Layer
from fangtian.plan.fields import text_of
from fangtian.plan.place import listed
from fangtian.plan.soundness import drawn, tolerance

__all__ = ["CENT_M2", "RIDGE_M2", "numbers_of", "parcel_balance", "told", "with_ridges"]

Rows = NDArray[np.bool_]
Numbers = NDArray[np.float64]

CENT_M2 = 0.011
"""One unit of the last digit: two rounded areas may differ by so much."""
RIDGE_M2 = 0.1
"""Coefficients have four decimals; their product with the area is good to this on fields of 0.2 公顷."""


def parcel_balance(parcels: Layer, place: Place) -> Iterator[Finding]:
    """图斑面积核对。Surveyed area against official area, and the three areas of a parcel among themselves."""
    area = numbers_of(parcels, "area")
    computed = official_areas(parcels.geometry, parcels.crs) / 100.0
    nothing = ~np.isnan(area) & (area <= 0)
    for grave in (True, False):  # a sliver whose area rounds to nothing is no mistake of the survey
        rows = nothing & (((computed > 1.0) | (area < 0)) == grave)
        for item in told("BAL-area-not-positive", rows, parcels, place, "area"):
            yield item if grave else replace(item, severity=Severity.WARNING)
    yield from _against_geometry(parcels, place, area, computed)
    yield from _ridges(parcels, place, area)


def _against_geometry(parcels: Layer, place: Place, area: Numbers, computed: Numbers) -> Iterator[Finding]:
    gap = np.abs(computed - area)
    off = (gap > tolerance(area)) & (area > 0)
    if not off.any():
        return
    worst = int(np.argmax(np.where(off, gap, -1)))
    values = {
        "worst": parcels.ids[worst],
        "surveyed": f"{area[worst]:.2f}",
        "computed": f"{computed[worst]:.2f}",
        "total": f"{np.nansum(computed - area):+.2f}",
    }
    says = [f"椭球面积 {size:.2f}，差 {size - given:+.2f} 平方米"
            for size, given in zip(computed[off].tolist(), area[off].tolist(), strict=True)]  # fmt: skip
    for item in told("BAL-area-differs", off, parcels, place, "area", **values):
        yield item.at(replace(item.places, says=says))
    if off.sum() * 2 > len(off):
        yield from _wrong_unit(computed[area > 0] / area[area > 0], place)


def _wrong_unit(ratio: Numbers, place: Place) -> Iterator[Finding]:
    """Most areas off by one factor: the field was filled in another unit, and every figure would be wrong."""
    middle = float(np.median(ratio))
    units = {"亩": 2000 / 3, "公顷": 10_000.0, "平方公里": 1_000_000.0}
    unit = next((name for name, factor in units.items() if abs(middle / factor - 1) < 0.05), "")
    if unit or not 0.9 < middle < 1.1:
        guess = f"疑为{unit}" if unit else "原因不明"
        where = replace(place, field=layer_specs()["parcels"].field("area").official[0])
        factor = f"{middle:,.0f}" if middle >= 10 else f"{middle:.6f}".rstrip("0").rstrip(".")
        yield finding("BAL-area-unit", where, factor=factor, guess=guess)


def _ridges(parcels: Layer, place: Place, area: Numbers) -> Iterator[Finding]:
    ridge, coefficient = numbers_of(parcels, "ridge_area"), numbers_of(parcels, "ridge_coefficient")
    net = numbers_of(parcels, "class_area")
    cultivated = _cultivated(parcels)
    beyond = (np.nan_to_num(ridge) > area) | (ridge < 0)
    yield from told("BAL-ridge-exceeds", beyond, parcels, place, "ridge_area")
    wild = ~cultivated & ((np.nan_to_num(ridge) > 0) | (np.nan_to_num(coefficient) > 0))
    yield from told("BAL-ridge-not-cultivated", wild, parcels, place, "ridge_coefficient")
    spread = np.abs(ridge - area * coefficient) > np.maximum(RIDGE_M2, 0.00006 * area)
    yield from told("BAL-ridge-product", cultivated & spread & ~beyond, parcels, place, "ridge_area")
    known = np.where(cultivated, ridge, np.nan_to_num(ridge))  # off fields a blank says that there is none
    apart = np.abs(area - known - net) > CENT_M2
    yield from told("BAL-net-area", apart & ~beyond, parcels, place, "class_area")


def with_ridges(parcels: Layer, place: Place) -> tuple[Layer, tuple[Finding, ...]]:
    """补算田坎面积。Ridge areas that the survey left blank on cultivated land, from the other two columns.

    Area × coefficient, half-up to 0.01 m², or area − net area where there is no coefficient.
    """
    area, ridge = numbers_of(parcels, "area"), numbers_of(parcels, "ridge_area")
    coefficient, net = numbers_of(parcels, "ridge_coefficient"), numbers_of(parcels, "class_area")
    blank = _cultivated(parcels) & np.isnan(ridge) & (area > 0)
    by_product = blank & ~np.isnan(coefficient)
    by_difference = blank & np.isnan(coefficient) & (net <= area)
    cents = np.rint(np.nan_to_num(area) * 100).astype(np.int64)
    shares = np.rint(np.nan_to_num(coefficient) * 10_000).astype(np.int64)
    product = (cents * shares + 5_000) // 10_000 / 100
    filled = np.where(by_product, product, np.where(by_difference, np.round(area - net, 2), ridge))
    rows = (by_product & (shares > 0)) | by_difference
    findings = tuple(told("BAL-ridge-computed", rows, parcels, place, "ridge_area"))
    return replace(parcels, columns={**parcels.columns, "ridge_area": filled}), findings


def told(code: str, rows: Rows, layer: Layer, place: Place, field: str, **values: str) -> Iterator[Finding]:
    """登记。One finding on these rows of a layer, or none where there are none; ``field`` by our own name."""
    if rows.any():
        ids, spec = layer.ids[rows], layer_specs()[layer.role].field(field)
        where = replace(place, feature=listed(ids), field=spec.official[0], wkb=drawn(layer.geometry[rows]))
        places = Places(ids, values=_printed(layer, field, rows), shapes=layer.geometry[rows])
        yield finding(code, where, term=spec.term, count=len(ids), ids=listed(ids), **values).at(places)


def _printed(layer: Layer, field: str, rows: Rows) -> list[str]:
    """What stands in the field, as a person would write it."""
    return [text_of(value) for value in layer.column(field)[rows].tolist()]


def numbers_of(layer: Layer, name: str) -> Numbers:
    """数值列。A column of a layer as numbers, NaN where it is blank or not there."""
    values = layer.column(name)
    return values.astype(np.float64) if values.dtype != object else np.full(len(layer), np.nan)


def _cultivated(parcels: Layer) -> Rows:
    codes: NDArray[Any] = parcels.column("land_class")
    known = {code: bool(code) and is_cultivated(code) for code in set(codes.tolist())}
    return np.array([known[code] for code in codes.tolist()], dtype=bool)
