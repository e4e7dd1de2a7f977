"""位置图。Where the pilot area lies, as far as the data tell: its villages, neighbours, waters and roads.

Boundaries of county and province are no part of a plan's data, so they are named and not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from fangtian.catalog.division import division_path
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
from fangtian.deliver.maps.strata import Content, Order, Stratum, shapes_of
from fangtian.deliver.maps.symbols import class_symbol
from fangtian.deliver.maps.themes.base import BOUNDARIES, boundaries, village_labels

__all__ = ["location"]

VILLAGES, FEATURES = "行政村", "地物"
AROUND = 0.12
COLOURS = (
    (255, 242, 204), (226, 240, 217), (222, 235, 247), (252, 228, 236), (237, 231, 246), (255, 236, 217),
)  # fmt: skip
SHOWN = (
    ("1003", "公路用地"),
    ("1001", "铁路用地"),
    ("1101", "河流水面"),
    ("1102", "湖泊水面"),
    ("1103", "水库水面"),
)


def location(scene: Scene) -> Content:
    """位置图。Villages by kind where that is known, with room around the pilot area for its surroundings."""
    west, south, east, north = shapely.bounds(scene.outline)
    room = AROUND * max(east - west, north - south)
    frame = shapely.box(west - room, south - room, east + room, north + room)
    path = division_path(scene.dossier.plan.county)
    place = f"所在行政区：{'　'.join(path)}" if path else ""
    return Content(
        title="位置图",
        subject=frame,
        ground=frame,
        strata=(*_villages(scene), *_features(scene), *boundaries(scene)),
        labels=tuple(village_labels(scene, 10.0)),
        groups=(BOUNDARIES, VILLAGES, FEATURES),
        notes=tuple(note for note in (place, "县级及以上行政区界线未随方案数据提供，图上未绘") if note),
        shade=0.5,
    )


def _villages(scene: Scene) -> Iterator[Stratum]:
    layer = scene.villages
    if layer is None:
        return
    kinds = np.array([str(kind) for kind in layer.column("village_kind")], dtype=object)
    shapes = scene.clipped(layer.geometry)
    for number, kind in enumerate(sorted(set(kinds.tolist()))):
        item = LegendItem(
            kind or "行政村", "fill", face=COLOURS[number % len(COLOURS)], edge=(140, 140, 140), width_mm=0.1
        )
        yield Stratum(item, shapes[kinds == kind], Order.FILL, VILLAGES)


def _features(scene: Scene) -> Iterator[Stratum]:
    mosaic = scene.before
    for code, _ in SHOWN:
        shapes = mosaic.geometry[mosaic.land_class == code]
        if len(shapes):
            item = class_symbol(code)
            edge = item.edge if code.startswith("11") else (120, 110, 90)
            item = LegendItem(item.label, "fill", face=item.face, edge=edge, width_mm=0.15)
            yield Stratum(item, shapes_of(shapely.union_all(shapes)), Order.OVERLAY, FEATURES)
