"""图形。Shapes out of well-known binary or text, with what cannot be used reported row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding

__all__ = ["any_shapes", "on_grid", "polygons", "row_list"]

_METRE_DECIMALS = 4
_DEGREE_DECIMALS = 9  # 0.1 mm of latitude
_TRIANGLE = 4  # coordinates of the least ring
_SURFACES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def polygons(wkb: NDArray[Any], place: Place) -> tuple[NDArray[Any], list[Finding]]:
    """面图形。``(n,)`` polygons and multipolygons of ``(n,)`` WKB, None where missing; and the remarks.

    An unclosed ring is closed (its meaning is not in doubt) with a warning. Rings of too few points,
    coordinates that are not numbers, and points or lines in a polygon layer are errors: their rows hold
    None. Empty geometries count as missing.
    """
    return _sorted_out(_read(wkb, shapely.from_wkb), place, only_surfaces=True)


def any_shapes(
    encoded: NDArray[Any], place: Place, *, text: bool = False
) -> tuple[NDArray[Any], list[Finding]]:
    """任意图形。As :func:`polygons`, of whatever shapes; of well-known text where ``text`` says so."""
    return _sorted_out(_read(encoded, shapely.from_wkt if text else shapely.from_wkb), place)


class _Decoded(NamedTuple):
    """Shapes as decoded; which rows were given, and which had unclosed rings or nothing that decodes."""

    shapes: NDArray[Any]
    present: NDArray[np.bool_]
    unclosed: NDArray[np.bool_]


def _read(encoded: NDArray[Any], decode: Callable[..., Any]) -> _Decoded:
    present = np.array([item is not None and len(item) > 0 for item in encoded], dtype=bool)
    if not present.all():
        encoded = encoded.astype(object)
        encoded[~present] = None
    read = decode(encoded, on_invalid="ignore")
    unclosed = present & shapely.is_missing(read)
    if unclosed.any():
        closed = decode(encoded[unclosed], on_invalid="fix")
        closed[shapely.get_num_coordinates(closed) < _TRIANGLE] = None
        read[unclosed] = closed
    return _Decoded(read, present, unclosed)


def _sorted_out(
    decoded: _Decoded, place: Place, *, only_surfaces: bool = False
) -> tuple[NDArray[Any], list[Finding]]:
    read, unclosed = decoded.shapes, decoded.unclosed
    read[shapely.is_empty(read)] = None
    foreign = ~shapely.is_missing(read) & ~np.isin(shapely.get_type_id(read), _SURFACES) & only_surfaces
    endless = ~shapely.is_missing(read) & ~np.isfinite(shapely.bounds(read)).all(axis=1)
    broken = (unclosed & shapely.is_missing(read)) | endless
    read[foreign | endless] = None
    empty = shapely.is_missing(read) & ~broken & ~foreign
    remarks = (
        ("TOP-unclosed", unclosed & ~broken & ~shapely.is_missing(read)),
        ("TOP-broken-ring", broken),
        ("TOP-not-polygon", foreign & ~endless),
        ("TOP-missing", empty),
    )
    return read, [
        finding(code, place, layer=place.layer, rows=row_list(np.flatnonzero(rows)), count=int(rows.sum()))
        for code, rows in remarks
        if rows.any()
    ]


def on_grid(geometry: NDArray[Any]) -> NDArray[Any]:
    """坐标取位。Coordinates rounded to the survey's grid: 0.1 mm, or 1e-9 degree where they are degrees.

    Points are neither dropped nor moved otherwise. A FileGDB gives its coordinates back up to 0.2 µm off;
    without this, edges shared by two layers would no longer coincide.
    """
    if not len(geometry) or shapely.is_missing(geometry).all():
        return geometry
    degrees = float(np.nanmax(np.abs(shapely.total_bounds(geometry)))) <= 360.0
    decimals = _DEGREE_DECIMALS if degrees else _METRE_DECIMALS
    gridded: NDArray[Any] = shapely.transform(geometry, lambda points: np.round(points, decimals))
    return gridded


def row_list(rows: Sequence[int] | NDArray[Any]) -> str:
    """行号。Row numbers for a sentence, counted from 1, at most five of them.

    >>> row_list([0, 4]), row_list(range(9))
    ('1、5', '1、2、3、4、5 等')
    """
    shown = "、".join(str(int(row) + 1) for row in rows[:5])
    return f"{shown} 等" if len(rows) > 5 else shown
