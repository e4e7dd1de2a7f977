"""地面尺度。Metres on the ground: degrees are looked at in a plane that is true enough for limits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.crs import Crs
from fangtian.geo.layer import Layer

__all__ = ["DEGREE_M", "Ground", "in_degrees"]

DEGREE_M = 111_320.0
"""一度。A degree of the equator, in metres: good enough to draw by."""

_A, _E2 = 6_378_137.0, 0.0066943800229
_FULL_TURN = 360.0


def in_degrees(geometry: NDArray[Any]) -> bool:
    """是否经纬度。Whether coordinates can only be degrees; False where there are none.

    >>> in_degrees(shapely.box([105], [35], [106], [36])), in_degrees(shapely.box([0], [0], [5e5], [4e6]))
    (True, False)
    """
    box = shapely.total_bounds(geometry)
    return bool(np.isfinite(box).all() and np.abs(box).max() <= _FULL_TURN)


@dataclass(frozen=True)
class Ground:
    """地面尺度。How many metres one unit of the coordinates is to the east and to the north.

    Both are 1 where coordinates are metres. A stretch of the axes keeps straight edges straight and shared
    corners shared, so every limit in metres can be asked of degrees as well; areas are true to about 1 % of
    a degree of latitude away from the middle, and official areas are never taken from here.
    """

    east_m: float = 1.0
    north_m: float = 1.0

    @classmethod
    def of(cls, crs: Crs, geometry: NDArray[Any]) -> Ground:
        """所在地面。The scale in the middle of the shapes.

        >>> from fangtian.geo.crs import crs_of
        >>> ground = Ground.of(crs_of(4490), shapely.box([105], [35], [106], [37]))
        >>> round(ground.east_m), round(ground.north_m), Ground.of(crs_of(4523), shapely.box([0], 0, 1, 1))
        (90164, 110959, Ground(east_m=1.0, north_m=1.0))
        """
        middle = shapely.total_bounds(geometry)[[1, 3]].mean() if crs.geographic else math.nan
        if not math.isfinite(middle):
            return cls()
        sine, cosine = math.sin(math.radians(middle)), math.cos(math.radians(middle))
        across = _A / math.sqrt(1 - _E2 * sine * sine)
        along = across * (1 - _E2) / (1 - _E2 * sine * sine)
        return cls(math.radians(across * cosine), math.radians(along))

    @classmethod
    def under(cls, layers: Iterable[Layer]) -> Ground:
        """共同地面。One scale for layers of one coordinate system."""
        found = [layer for layer in layers if len(layer)]
        if not found:
            return cls()
        corners = np.array([shapely.total_bounds(layer.geometry) for layer in found])
        return cls.of(found[0].crs, shapely.box(*corners.T))

    @property
    def unit_m2(self) -> float:
        """单位面积。Square metres of one square unit of the coordinates."""
        return self.east_m * self.north_m

    @property
    def plain(self) -> bool:
        """本为米制。Whether coordinates are metres already."""
        return self.east_m == self.north_m == 1.0

    def there(self, shapes: Any) -> Any:
        """化为米。The same shapes in metres."""
        return self._scaled(shapes, self.east_m, self.north_m)

    def back(self, shapes: Any) -> Any:
        """化回原坐标。Shapes in metres in their own coordinates again."""
        return self._scaled(shapes, 1 / self.east_m, 1 / self.north_m)

    def layer(self, layer: Layer) -> Layer:
        """图层化为米。The layer with its shapes in metres."""
        return layer if self.plain else replace(layer, geometry=self.there(layer.geometry))

    def _scaled(self, shapes: Any, east: float, north: float) -> Any:
        if self.plain:
            return shapes
        return shapely.transform(shapes, lambda xy: xy * np.array([east, north]))
