"""错放要素。Features that lie elsewhere than the rest of their layer: one must not stop the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, finding
from fangtian.formats.vector import RawLayer
from fangtian.plan.place import listed

__all__ = ["without_strays"]

_MOSTLY = 0.75
"""What so many features agree on is the layer's own; with less, nobody knows which of them are wrong."""
_FOREIGN, _DEGREES, _PLAIN, _SWAPPED = 0, -1, -2, -3
_WORDS = {_FOREIGN: "不像任何坐标系的坐标", _DEGREES: "经纬度", _PLAIN: "无带号前缀", _SWAPPED: "X、Y 颠倒"}


def without_strays(raw: RawLayer, ids: NDArray[Any], place: Place) -> tuple[RawLayer, tuple[Finding, ...]]:
    """去除错放要素。The layer without the shapes that lie elsewhere, and a finding that names each of them.

    Their attributes stay. A layer that is at odds with itself as a whole comes back as it is.
    """
    kinds = _kinds(raw.geometry)
    present = ~shapely.is_missing(raw.geometry) & ~shapely.is_empty(raw.geometry)
    values, counts = np.unique(kinds[present], return_counts=True)
    if len(values) < 2 or counts.max() < _MOSTLY * counts.sum():
        return raw, ()
    own = values[np.argmax(counts)]
    rows = np.flatnonzero(present & (kinds != own))
    corner = shapely.bounds(raw.geometry[rows])[:, :2].tolist()
    says = [
        f"坐标（{east:.8g}，{north:.8g}）为{_worded(kind)}，同层其余为{_worded(own)}"
        for (east, north), kind in zip(corner, kinds[rows].tolist(), strict=True)
    ]
    told = {"count": len(rows), "ids": listed(ids[rows]), "worst": f"{ids[rows[0]]}的{says[0]}"}
    item = finding("CRS-elsewhere", replace(place, feature=listed(ids[rows])), **told)
    geometry = raw.geometry.copy()
    geometry[rows] = None
    return replace(raw, geometry=geometry), (item.at(Places(ids[rows], says=says)),)


def _kinds(geometry: NDArray[Any]) -> NDArray[np.int64]:
    """How the coordinates of each feature are written: a zone number, or one of the constants above."""
    west, south, east, north = np.nan_to_num(shapely.bounds(geometry), nan=0.0).T
    kinds = np.full(len(geometry), _FOREIGN, dtype=np.int64)
    plain = (west > 0) & (east < 1e6) & (south >= 1e6) & (north < 7e6)
    kinds[plain] = _PLAIN
    kinds[(west >= 1e6) & (east < 7e6) & (south > 0) & (north < 1e6)] = _SWAPPED
    kinds[(np.abs(west) <= 180) & (np.abs(east) <= 180) & (np.abs(south) <= 90) & (np.abs(north) <= 90)] = (
        _DEGREES
    )
    prefixed = (west >= 13e6) & (east < 46e6)
    kinds[prefixed] = (west[prefixed] // 1e6).astype(np.int64)
    kinds[(south >= 13e6) & (north < 46e6) & ~prefixed] = _SWAPPED
    return kinds


def _worded(kind: int) -> str:
    return _WORDS.get(kind, f"{kind} 带的坐标")
