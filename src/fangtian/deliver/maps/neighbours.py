"""邻区名。Names of villages beyond the pilot area, where the data have them and the frame shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from fangtian.deliver.drawing.typeface import POINT_MM, printable, text_width
from fangtian.deliver.maps.graticule import crosses
from fangtian.deliver.maps.paper import overlap
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import Layout, Neighbour
from fangtian.geo.surfaces import polygons_only

__all__ = ["neighbours"]

SIZE = 8.0
CLEAR_MM = 3.0
LEAST_PARCELS = 3


def neighbours(scene: Scene, layout: Layout) -> tuple[Neighbour, ...]:
    """邻区名。Each in a roomy place that it has within the frame, clear of the pilot area and furniture.

    Villages come from their layer, else from the places that parcels beyond the pilot area name.
    """
    covered = [shapely.box(*box) for box in layout.reserved]
    kept_off = shapely.union_all([scene.outline, *covered])
    open_ground = shapely.difference(shapely.box(*layout.ground), kept_off)
    of = _of_parcels if scene.around is None else _of_villages
    return tuple(_off_crosses(name, layout, open_ground) for name in of(scene, layout, open_ground))


def _off_crosses(name: Neighbour, layout: Layout, open_ground: Any) -> Neighbour:
    """A name through which a kilometre cross would run steps above or below it, where that ground is open."""
    across = _half(name.text, layout)
    up = layout.metres(name.size * POINT_MM * layout.enlargement) / 2
    grid = crosses(layout)
    met = [c for c in grid if overlap(c, (name.x - across, name.y - up, name.x + across, name.y + up))]
    if not met:
        return name
    for y in sorted((met[0][3] + up, met[0][1] - up), key=lambda y: abs(y - name.y)):
        box = (name.x - across, y - up, name.x + across, y + up)
        if shapely.covers(open_ground, shapely.box(*box)) and not any(overlap(c, box) for c in grid):
            return replace(name, y=y)
    return name


def _of_villages(scene: Scene, layout: Layout, open_ground: Any) -> Iterator[Neighbour]:
    layer = scene.around
    if layer is None:
        return
    shown = polygons_only(shapely.intersection(layer.geometry, open_ground))
    for row in np.argsort(-shapely.area(shown), kind="stable").tolist():
        if shapely.is_empty(shown[row]):
            continue
        circle = shapely.maximum_inscribed_circle(shown[row])
        text = printable(str(layer.column("village_name")[row] or layer.ids[row]))
        if shapely.length(circle) > _half(text, layout):
            x, y = shapely.get_coordinates(circle)[0].tolist()
            yield Neighbour(text, x, y, SIZE)


def _of_parcels(scene: Scene, layout: Layout, open_ground: Any) -> Iterator[Neighbour]:
    """At the parcel nearest to the middle of those of the same name, if its surroundings are open."""
    parcels = scene.dossier.survey.layers["parcels"]
    inside = np.zeros(len(parcels), dtype=bool)
    inside[scene.pieces.parcel] = True
    names = parcels.column("location_name")
    points = shapely.centroid(parcels.geometry)
    shapely.prepare(open_ground)
    near = np.flatnonzero(~inside & (names != "") & shapely.contains(open_ground, points))
    edge = shapely.boundary(open_ground)
    room = shapely.distance(points[near], edge)
    for name in sorted(set(names[near].tolist())):
        text = printable(str(name))
        own = near[(names[near] == name) & (room > _half(text, layout) + layout.metres(CLEAR_MM))]
        if len(own) >= LEAST_PARCELS:
            xy = shapely.get_coordinates(points[own])
            middle = np.hypot(*(xy - xy.mean(axis=0)).T)
            x, y = xy[int(np.argmin(middle))].tolist()
            yield Neighbour(text, x, y, SIZE)


def _half(text: str, layout: Layout) -> float:
    return layout.metres(text_width(text, SIZE * layout.enlargement) / 2)
