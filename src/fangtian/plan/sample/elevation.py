"""高程模型。The generated relief as an elevation model like any other: a GeoTIFF in the plan's zone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fangtian.formats.raster import Elevation, write_elevation
from fangtian.plan.sample.attributes import EPSG, origin
from fangtian.plan.sample.terrain import CELL, Relief

__all__ = ["write_relief"]


def write_relief(path: Path, relief: Relief) -> None:
    """写高程模型。Cells of 15 m over the whole generated ground, which reaches beyond the township."""
    heights = relief.z[::-1].astype(np.float32)
    west, south = origin()
    write_elevation(path, Elevation(heights, west, south + len(heights) * CELL, CELL), EPSG)
