"""问题清单。Every place of every finding as a row of its own, as tables, layers and JSON need them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely

from fangtian.catalog.finding import Finding
from fangtian.geo.crs import Crs
from fangtian.plan.inspected import Inspection

__all__ = ["PlaceRow", "place_rows", "rows_of"]

METRES, DEGREES = 4, 8
"""Decimals: a tenth of a millimetre, a millimetre."""


class PlaceRow(NamedTuple):
    """问题处。One place of a finding: the feature's own id, its value, what is wrong, and where.

    ``north`` and ``east`` are coordinates of the layer, latitude and longitude where these are degrees, None
    where they are not known; areas in m² before and after a repair.
    """

    code: str
    severity: str
    title: str
    file: str
    layer: str
    feature: str
    beside: str
    field: str
    value: str
    says: str
    before_m2: float | None
    after_m2: float | None
    north: float | None
    east: float | None
    remedy: str
    shape: Any


def place_rows(inspection: Inspection) -> Iterator[PlaceRow]:
    """逐处。Rows of all findings, in their order; one that has no place of its own is one row."""
    for item in inspection.findings:
        yield from rows_of(item, inspection.system(item.place))


def rows_of(item: Finding, crs: Crs | None) -> Iterator[PlaceRow]:
    """逐处。Rows of one finding; ``crs`` None: where they are is not known."""
    count = len(item.places)
    shapes = _shapes(item)
    if crs is None or not len(shapes):
        shapes = np.full(max(count, 1), None, dtype=object)
    points = shapely.point_on_surface(shapes)
    decimals = DEGREES if crs and crs.geographic else METRES
    north, east = (np.round(read(points), decimals).tolist() for read in (shapely.get_y, shapely.get_x))
    head = (item.code, item.severity.chinese, item.kind.title, item.place.file, item.place.layer)
    if not count:
        told = (item.place.feature, "", item.place.field, "", item.message)
        point = _known(north[0]), _known(east[0])
        yield PlaceRow(*head, *told, None, None, *point, item.remedy, shapes[0])
        return
    held, remedy = item.places, item.remedy
    for row in range(count):
        yield PlaceRow(
            *head,
            _text(held.features, row),
            _text(held.beside, row),
            item.place.field,
            _text(held.values, row),
            _text(held.says, row) or (item.kind.title if count > 1 else item.message),
            _number(held.before_m2, row),
            _number(held.after_m2, row),
            _known(north[row]),
            _known(east[row]),
            remedy,
            shapes[row],
        )


def _shapes(item: Finding) -> Any:
    """What each place draws; of a finding that has no list of places, the drawing as a whole."""
    if len(item.places) or item.place.wkb is None:
        return np.asarray(item.places.shapes, dtype=object)
    whole = np.empty(1, dtype=object)
    whole[0] = shapely.from_wkb(item.place.wkb)
    return whole


def _text(column: Any, row: int) -> str:
    return str(column[row]) if len(column) else ""


def _number(column: Any, row: int) -> float | None:
    return _known(float(column[row])) if len(column) else None


def _known(value: float) -> float | None:
    return None if value != value else value
