"""可算图形。Shapes that the geometry library can bear: some that readers let through crash it.

A ring without points ends the whole interpreter in GEOS 3.14 as soon as the polygon meets another; a corner
that is no number, or too large for an area, makes every comparison fail.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.formats.shapes import row_list

__all__ = ["bearable", "earthly"]

EQUATOR_M = 41_000_000.0
"""An outline longer than the equator bounds no land; to follow it in steps of 70 m takes all memory."""


def bearable(geometry: NDArray[Any], place: Place) -> tuple[NDArray[Any], tuple[Finding, ...]]:
    """可算图形。``(n,)`` shapes, None where they cannot be measured, with the remark that says so.

    Rings and parts without points are left out without a word: they say nothing. Of what is empty then,
    nothing is left.

    >>> odd = ["POLYGON ((0 0, 0 1, 1 1, 0 0), EMPTY)", "POLYGON ((0 0, 0 1, 9e307 9e307, 0 0))"]
    >>> shapes, remarks = bearable(shapely.from_wkt(odd), Place(file="a.kml", layer="a"))
    >>> shapes.tolist(), [remark.code for remark in remarks]
    ([<POLYGON ((0 0, 0 1, 1 1, 0 0))>, None], ['TOP-broken-ring'])
    """
    shapes = geometry.copy()
    with np.errstate(all="ignore"):
        measured = np.isfinite(shapely.area(shapes)) & np.isfinite(shapely.length(shapes))
    lost = np.flatnonzero(~shapely.is_missing(shapes) & ~measured)
    shapes[lost] = None
    for row in _with_blanks(shapes):
        shapes[row] = _without_blanks(shapes[row])
    return shapes, _told("TOP-broken-ring", lost, place)


def earthly(geometry: NDArray[Any], place: Place) -> tuple[NDArray[Any], tuple[Finding, ...]]:
    """地上图形。``(n,)`` shapes to be measured, None where an outline is longer than the equator; a remark.

    Coordinates in degrees are never that long; a drawing in millimetres is.
    """
    lost = np.flatnonzero(np.nan_to_num(shapely.length(geometry)) > EQUATOR_M)
    if not len(lost):
        return geometry, ()
    shapes = geometry.copy()
    shapes[lost] = None
    return shapes, _told("TOP-beyond-earth", lost, place)


def _told(code: str, rows: NDArray[np.int64], place: Place) -> tuple[Finding, ...]:
    if not len(rows):
        return ()
    return (finding(code, place, layer=place.layer, rows=row_list(rows), count=len(rows)),)


def _with_blanks(shapes: NDArray[Any]) -> list[int]:
    """Rows of shapes that have a part or a ring without points."""
    kinds = shapely.get_type_id(shapes)
    single = np.flatnonzero(kinds == shapely.GeometryType.POLYGON)  # not copied: a county has 300,000
    several = np.flatnonzero(kinds > shapely.GeometryType.POLYGON)
    parts, of = shapely.get_parts(shapes[several], return_index=True)
    nested = several[of[shapely.get_type_id(parts) > shapely.GeometryType.POLYGON]]
    parts, row = np.concatenate([shapes[single], parts]), np.concatenate([single, several[of]])
    blank = shapely.is_empty(parts)
    holed = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    rings, within = shapely.get_rings(parts[holed], return_index=True)
    blank[holed[within[shapely.is_empty(rings)]]] = True
    return [int(number) for number in np.union1d(row[blank], nested)]


def _without_blanks(shape: Any) -> Any:
    """The shape without its empty parts and rings; None where nothing else is there."""
    if shape.is_empty:
        return None
    if shape.geom_type == "Polygon":
        return shapely.Polygon(shape.exterior, [ring for ring in shape.interiors if not ring.is_empty])
    if not hasattr(shape, "geoms"):
        return shape
    return type(shape)([part for part in map(_without_blanks, shape.geoms) if part is not None])
