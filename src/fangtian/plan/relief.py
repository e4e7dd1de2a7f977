"""地形。The elevation model of a plan, cut to the pilot area; maps draw it, nothing is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.geo.layer import Layer
from fangtian.plan.folder import DEM
from fangtian.plan.model import Plan
from fangtian.plan.place import in_file, within

if TYPE_CHECKING:
    from fangtian.formats.raster import Elevation

__all__ = ["Relief", "read_relief"]

AROUND = 0.25
"""Share of the pilot area's size that is read beyond it: what a sheet shows beside it."""
WHOLE = 0.98


@dataclass(frozen=True)
class Relief:
    """地形。``elevation`` is None where the plan has no model, or none that can be used."""

    elevation: Elevation | None = None
    findings: tuple[Finding, ...] = ()


def read_relief(plan: Plan, layers: Mapping[str, Layer]) -> Relief:
    """读取地形。The elevation model that plan.toml names, for the ground of the layers that were read."""
    ground = next((layers[role] for role in ("pilot_area", "villages", "parcels") if role in layers), None)
    if DEM not in plan.layers or ground is None or not len(ground):
        return Relief()
    from fangtian.formats.guard import read_elevation
    from fangtian.formats.raster import Extent  # rasterio takes a while; few plans need it

    source = plan.layers[DEM]
    file = within(source.path, plan.root)
    west, south, east, north = (float(value) for value in shapely.total_bounds(ground.geometry))
    room = AROUND * max(east - west, north - south)
    extent = Extent(west - room, south - room, east + room, north + room, plan.crs.epsg)
    try:
        elevation, remarks = read_elevation(source.path, extent)
    except InputError as error:
        return Relief(None, tuple(in_file(error.findings, file)))
    remarks = tuple(in_file(remarks, file))
    return Relief(elevation, (*remarks, *_gap(elevation, (west, south, east, north), file)))


def _gap(
    elevation: Elevation | None, box: tuple[float, float, float, float], file: str
) -> tuple[Finding, ...]:
    if elevation is None:
        return ()
    columns = (elevation.x >= box[0]) & (elevation.x <= box[2])
    rows = (elevation.y >= box[1]) & (elevation.y <= box[3])
    part = elevation.heights[np.ix_(rows, columns)]
    share = float(np.isfinite(part).mean()) if part.size else 1.0
    if share >= WHOLE:
        return ()
    return (finding("MAP-relief-partial", Place(file=file), file=file, share=f"{share * 100:.0f}"),)
