"""土地利用规划图。Land use as planned, zone lines, farmland, new farmland and works (D-059)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
from fangtian.deliver.maps.strata import Content, Order, Stratum
from fangtian.deliver.maps.symbols import farmland_symbol, plot_symbol
from fangtian.deliver.maps.themes.base import (
    BOUNDARIES,
    CONTROL,
    boundaries,
    control_lines,
    farmed,
    inset,
    land_use,
    parcel_labels,
    parcel_notes,
    ridges,
    village_labels,
)
from fangtian.deliver.maps.themes.plots import subproject_areas, subproject_labels

__all__ = ["planned_land_use"]

LAND_USE, WORKS = "土地利用规划", "整治工程"

ROWS = (
    ("农用地", "agricultural_area", "agricultural_area_change"),
    ("其中：耕地", "cultivated_area", "net_new_cultivated_area"),
    ("建设用地", "construction_area", "construction_area_change"),
    ("未利用地", "unused_area", "unused_area_change"),
    ("永久基本农田", "pbf_area", "pbf_increase_area"),
)


def planned_land_use(scene: Scene) -> Content:
    """土地利用规划图。New farmland and works stand out from the classes that stay as they are."""
    strata = [
        *land_use(scene, scene.after, "planned", LAND_USE),
        *_basic_farmland(scene),
        *_new_farmland(scene),
        *_works(scene),
        *subproject_areas(scene, WORKS),
        *control_lines(scene, after=True),
        *boundaries(scene),
    ]
    at = "pilot_area"
    rows = [
        (label, "公顷", [f"{key}@{at}.before", f"{key}@{at}.planned", f"{change}@{at}.planned"])
        for label, key, change in ROWS
    ]
    return Content(
        title="土地利用规划图",
        subject=scene.outline,
        ground=scene.outline,
        strata=tuple(strata),
        labels=(*village_labels(scene), *subproject_labels(scene), *parcel_labels(scene.after)),
        groups=(LAND_USE, WORKS, CONTROL, BOUNDARIES),
        extra={LAND_USE: ridges(scene, "planned")},
        notes=parcel_notes(scene.after),
        inset=inset(scene, "试点区域土地利用变化", ("指标", "现状", "规划", "增减"), rows),
        shade=0.4,
    )


def _basic_farmland(scene: Scene) -> Iterator[Stratum]:
    """What stays and what comes in: land moved in counts where it is cultivated in the end."""
    pieces = scene.pieces
    stays = (pieces.pbf != "") & (pieces.pbf_out == "")
    comes = (pieces.pbf_in != "") & farmed(pieces.class_after)
    held = stays | comes
    if held.any():
        names = np.where(stays, pieces.pbf, pieces.pbf_in)
        tag = scene.tag("pbf_area@pilot_area.planned")
        shapes = scene.stacked(scene.patches(held, names).values())
        yield Stratum(farmland_symbol(tag), shapes, Order.OVERLAY, CONTROL)


def _new_farmland(scene: Scene) -> Iterator[Stratum]:
    pieces = scene.pieces
    new = farmed(pieces.class_after) & ~farmed(pieces.class_before) & (pieces.plot != "")
    if new.any():
        symbol = plot_symbol("新增耕地")
        item = LegendItem("新增耕地", "fill", face=symbol.face, edge=(230, 76, 0), width_mm=0.35)
        shapes = scene.stacked(scene.patches(new, pieces.plot).values())
        yield Stratum(item, shapes, Order.PLOT, WORKS)


def _works(scene: Scene) -> Iterator[Stratum]:
    """Roads, ditches and buildings to come, over the class colours that they will have."""
    for kind, edge in (("基础设施", (168, 0, 132)), ("建新", (197, 0, 255))):
        shapes = scene.plots_of(kind)
        if len(shapes):
            tag = scene.area(f"plot_kind_area[{kind}]@pilot_area.planned")
            item = LegendItem(kind, "fill", face=plot_symbol(kind).face, edge=edge, width_mm=0.3, area=tag)
            yield Stratum(item, shapes, Order.PLOT, WORKS)
