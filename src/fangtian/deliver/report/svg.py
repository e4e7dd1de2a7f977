"""矢量小图。Paths and scale bars of small inline maps: whole units, north up, light enough for a web page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Frame", "scale_bar", "svg_path"]


@dataclass(frozen=True)
class Frame:
    """画框。From map coordinates to whole units of the drawing; ``narrowing`` is that of longitudes."""

    west: float
    north: float
    scale: float
    narrowing: float

    def units(self, coordinates: NDArray[np.float64]) -> NDArray[np.int64]:
        """图上坐标。(n, 2) whole units of (n, 2) map coordinates."""
        x = (coordinates[:, 0] - self.west) * self.narrowing * self.scale
        y = (self.north - coordinates[:, 1]) * self.scale
        return np.rint(np.column_stack([x, y])).astype(np.int64)


def svg_path(frame: Frame, polygons: Iterable[Any]) -> str:
    """路径。SVG path in whole units; rings that vanish at this size are left out."""
    rings = shapely.get_rings([polygon for polygon in polygons if shapely.get_type_id(polygon) in (3, 6)])
    coordinates, index = shapely.get_coordinates(rings, return_index=True)
    units = frame.units(coordinates)
    starts = np.searchsorted(index, np.arange(len(rings) + 1))
    return "".join(_ring(units[a:b]) for a, b in pairwise(starts))


def _ring(units: NDArray[np.int64]) -> str:
    steps = np.diff(units, axis=0)
    steps = steps[(steps != 0).any(axis=1)][:-1]
    if len(steps) < 2:
        return ""
    moves = " ".join(f"{x} {y}" for x, y in steps.tolist())
    return f"M{units[0, 0]} {units[0, 1]}l{moves}z".replace(" -", "-")


def scale_bar(width: int, metres: float) -> tuple[int, str]:
    """比例尺。Length in units and text of a bar of about a fifth of ``width`` units of ``metres`` each.

    >>> scale_bar(1400, 2.0)
    (250, '500 米')
    """
    wanted = width * metres / 5
    lengths = [base * 10**power / 100 for power in range(1, 8) for base in (1, 2, 5)]
    length = max((entry for entry in lengths if entry <= wanted), default=lengths[0])
    text = f"{length / 1000:g} 公里" if length >= 1000 else f"{length:g} 米"
    return round(length / metres), text
