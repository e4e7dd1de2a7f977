"""证据位置图。Where the evidence of a judgement lies in the pilot area, as one small inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from fangtian.deliver.opinion import Plot
from fangtian.deliver.report.svg import Frame, svg_path

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Locator", "Spots", "locator_of"]

WIDTH = 300
"""画幅。Units of the longer side of the drawing."""
DRAWN = 400
"""一图所绘图斑的最大数。Evidence comes largest first."""


@dataclass(frozen=True)
class Spots:
    """证据位置。``areas`` are outlines, ``dots`` what would vanish at this size."""

    areas: str
    dots: str


@dataclass(frozen=True)
class Locator:
    """位置图底图。The outline of the pilot and the consolidation area in one frame, drawn once a page."""

    width: int
    height: int
    outline: str
    inner: str
    frame: Frame

    def spots(self, plots: Sequence[Plot]) -> Spots:
        """证据位置。Outlines of the largest features; the smallest ones become dots."""
        areas, dots = [], []
        for plot in plots[:DRAWN]:
            shape = shapely.simplify(shapely.from_wkb(plot.wkb), 0.4 / self.frame.scale)
            path = svg_path(self.frame, shapely.get_parts(shape))
            if path:
                areas.append(path)
            else:
                point = shapely.get_coordinates(shapely.point_on_surface(shape))
                dots += [f"M{x} {y}h0" for x, y in self.frame.units(point).tolist()]
        return Spots("".join(areas), "".join(dots))


def locator_of(dossier: Dossier) -> Locator:
    """位置图底图。Of the pilot area of a plan."""
    layers = dossier.survey.layers
    pilot = shapely.union_all(layers["pilot_area"].geometry)
    west, south, east, north = shapely.bounds(pilot).tolist()
    narrowing = cos(radians((south + north) / 2)) if layers["pilot_area"].crs.geographic else 1.0
    across, up = (east - west) * narrowing * 1.06, (north - south) * 1.06
    scale = WIDTH / max(across, up)
    frame = Frame(west - (east - west) * 0.03, north + (north - south) * 0.03, scale, narrowing)
    inner = layers.get("consolidation_area")
    return Locator(
        round(across * scale),
        round(up * scale),
        _outline(frame, pilot),
        _outline(frame, shapely.union_all(inner.geometry)) if inner is not None else "",
        frame,
    )


def _outline(frame: Frame, shape: Any) -> str:
    return svg_path(frame, np.atleast_1d(shapely.get_parts(shapely.simplify(shape, 0.6 / frame.scale))))
