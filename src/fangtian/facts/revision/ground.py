"""范围变化。Ground that the consolidation area and the three control lines gain or lose, beyond redrawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.layer import layer_specs
from fangtian.geo.area import official_areas
from fangtian.geo.matching import real_parts
from fangtian.plan.model import Survey
from fangtian.units import Area

__all__ = ["LINES", "SCOPES", "GroundChange", "ground_change"]

SCOPES = ("pilot_area", "consolidation_area")
LINES = ("basic_farmland_out", "basic_farmland_in", "eco_redline_after", "urban_boundary_after")
"""三区三线调整。The layers that say how basic farmland, red line and urban boundary are adjusted."""


@dataclass(frozen=True)
class GroundChange:
    """范围变化。What a layer of the revised plan covers more (``added``) and less (``dropped``), as parts."""

    role: str
    title: str
    added: NDArray[Any]
    dropped: NDArray[Any]
    added_area: Area
    dropped_area: Area

    @property
    def area(self) -> Area:
        """变化面积。Both together."""
        return Area(int(self.added_area) + int(self.dropped_area))


def ground_change(old: Survey, new: Survey, role: str, tolerance_m: float) -> GroundChange:
    """范围变化。Of one layer; a plan without the layer covers nothing with it."""
    before, after = _shapes(old, role), _shapes(new, role)
    added, dropped = real_parts(after, before, tolerance_m), real_parts(before, after, tolerance_m)
    areas = (Area(int(official_areas(parts, new.plan.crs).sum())) for parts in (added, dropped))
    return GroundChange(role, layer_specs()[role].title, added, dropped, *areas)


def _shapes(survey: Survey, role: str) -> NDArray[Any]:
    layer = survey.layers.get(role)
    return np.empty(0, dtype=object) if layer is None else layer.geometry
