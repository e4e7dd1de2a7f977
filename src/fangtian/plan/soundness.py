"""图形检查。One layer's polygons: present, closed, not crossing themselves, larger than nothing.

A ring that crosses itself is repaired where its area hardly moves, with a warning; where it does move,
only the surveyor knows which side was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, Severity, finding
from fangtian.catalog.layer import LayerSpec
from fangtian.geo.ground import Ground
from fangtian.geo.topology import Repair, repair
from fangtian.plan.place import listed

__all__ = ["Areas", "Sound", "drawn", "repairs_told", "sound_shapes", "tolerance"]

LEAST_AREA_M2 = 0.005
"""Half of the survey's last digit: what is smaller has an area of 0.00."""
DRAWN = 1000
"""Up to here a finding draws polygons; of the rest, a point within each, so that no place is left out."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sound:
    """可用图形。``geometry`` (n,) repaired; ``kept`` (n,) which rows can be used at all."""

    geometry: NDArray[Any]
    kept: NDArray[np.bool_]
    findings: tuple[Finding, ...]


def tolerance(area_m2: Floats) -> Floats:
    """面积容差。How far an area may move without being asked about: 1 m² or 0.1 %."""
    return np.maximum(1.0, 0.001 * np.abs(area_m2))


def drawn(shapes: NDArray[Any]) -> bytes | None:
    """示意图形。What a finding shows on the map: every shape concerned, the first of them as they are."""
    usable = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(usable):
        return None
    shown = np.concatenate([usable[:DRAWN], shapely.point_on_surface(usable[DRAWN:])])
    whole: bytes = shapely.to_wkb(shapely.geometrycollections(shown))
    return whole


def sound_shapes(
    geometry: NDArray[Any], ids: NDArray[Any], spec: LayerSpec, place: Place, ground: Ground | None = None
) -> Sound:
    """检查图形。Repair what can be repaired, name what cannot; rows without a usable polygon are dropped.

    In the planner's own layers a polygon without area is an error, in official base data a warning.
    ``ground`` says how large a unit of the coordinates is, a metre where it is not given.
    """
    unit_m2 = (ground or Ground()).unit_m2
    present = ~shapely.is_missing(geometry)
    fixed = repair(geometry)
    areas = Areas(unit_m2 * fixed.area_before_m2, unit_m2 * fixed.area_after_m2)
    findings = list(repairs_told(fixed, areas, ids, place))
    usable = present & (unit_m2 * np.nan_to_num(shapely.area(fixed.geometry)) >= LEAST_AREA_M2)
    nothing = present & ~usable
    if nothing.any():
        where = replace(place, feature=listed(ids[nothing]), wkb=drawn(geometry[nothing]))
        places = Places(ids[nothing], shapes=geometry[nothing])
        item = finding("TOP-no-area", where, count=int(nothing.sum()), ids=listed(ids[nothing])).at(places)
        findings.append(item if spec.trust == "C" else replace(item, severity=Severity.WARNING))
    return Sound(fixed.geometry, usable, tuple(findings))


class Areas(NamedTuple):
    """修复前后面积。Of the rows that were repaired, in m²."""

    before_m2: Floats
    after_m2: Floats


def repairs_told(fixed: Repair, areas: Areas, ids: NDArray[Any], place: Place) -> Iterator[Finding]:
    """修复说明。Repairs that hardly move an area are remarks; one that does move it is an error."""
    before, after = areas
    left = after >= LEAST_AREA_M2  # what a repair leaves nothing of is told as a shape without area
    moved = np.abs(after - before) > tolerance(before)
    for code, which in (("TOP-crossing-refused", moved), ("TOP-crossing-repaired", ~moved & left)):
        if which.any():
            rows = fixed.rows[which]
            worst = np.argmax(np.abs(after - before)[which])
            where = replace(place, feature=listed(ids[rows]), wkb=drawn(fixed.geometry[rows]))
            told = {"before": f"{before[which][worst]:.2f}", "after": f"{after[which][worst]:.2f}"}
            reason = fixed.reasons[int(np.flatnonzero(which)[worst])]
            shown = {"ids": listed(ids[rows]), "worst": ids[rows[worst]], "reason": reason}
            places = Places(
                ids[rows],
                says=[fixed.reasons[row] for row in np.flatnonzero(which).tolist()],
                shapes=fixed.geometry[rows],
                before_m2=before[which],
                after_m2=after[which],
            )
            yield finding(code, where, count=len(rows), **shown, **told).at(places)
