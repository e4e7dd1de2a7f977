"""统一坐标系。Every layer in the plan's one projection zone, or a clear word why it is not.

A zone number in front of the eastings is only a constant, so the same zone with and without it is shifted
exactly. Anything else would change areas (standards §5) and is left to the surveyor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.formats.shapes import on_grid
from fangtian.formats.vector import RawLayer
from fangtian.geo.crs import Crs, detect
from fangtian.plan.place import listed

__all__ = ["aligned"]


def aligned(
    raw: RawLayer, ids: NDArray[Any], crs: Crs, place: Place
) -> tuple[NDArray[Any] | None, tuple[Finding, ...]]:
    """对齐坐标系。The geometry of a layer in ``crs``; None where it cannot be had without re-projecting."""
    if not len(raw) or shapely.is_missing(raw.geometry).all():
        return raw.geometry, ()
    found, remarks = detect(raw.geometry, raw.epsg, raw.crs_name, place)
    remarks = tuple(_with_ids(item, raw.geometry, ids) for item in remarks)
    if found is None:
        return None, remarks
    if found == crs:
        return raw.geometry, remarks
    if found.geographic or found.central_meridian != crs.central_meridian:
        names = {"found": found.name, "wanted": crs.name, "epsg": crs.epsg}
        return None, (*remarks, finding("CRS-differs", place, **names))
    step = crs.false_easting - found.false_easting
    shifted = shapely.transform(raw.geometry, lambda points: points + np.array([step, 0.0]))
    names = {"found": found.name, "wanted": crs.name, "step": f"{step:+.0f}"}
    return on_grid(shifted), (*remarks, finding("CRS-shifted", place, **names))


def _with_ids(item: Finding, geometry: NDArray[Any], ids: NDArray[Any]) -> Finding:
    """Name the features that stand apart from the rest where a layer mixes zones."""
    if item.code != "CRS-mixed-zones":
        return item
    present = ~shapely.is_missing(geometry)
    zones = np.floor(shapely.bounds(geometry[present])[:, 0] / 1e6)
    kinds, counts = np.unique(zones, return_counts=True)
    strangers = ids[present][zones != kinds[np.argmax(counts)]]
    return replace(item, place=replace(item.place, feature=listed(strangers)))
