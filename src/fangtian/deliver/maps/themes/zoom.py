"""取景。How much of the pilot area a map of plots shows."""

from __future__ import annotations

from typing import Any

import shapely

from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.strata import Shapes

__all__ = ["zoomed"]

AROUND = 0.03


def zoomed(scene: Scene, plots: Shapes) -> Any:
    """取景范围。The consolidation area with all plots; the pilot area where that would show little more."""
    inner = shapely.union_all([scene.consolidation, *shapely.envelope(plots)])
    if inner.is_empty:
        return scene.outline
    west, south, east, north = shapely.bounds(inner)
    room = AROUND * max(east - west, north - south)
    return shapely.box(west - room, south - room, east + room, north + room)
