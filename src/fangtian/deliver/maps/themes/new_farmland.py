"""新增耕地分布图。New farmland by the class that it comes from, every plot with its number and area."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fangtian.catalog.land_class import RIDGE, land_classes
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
from fangtian.deliver.maps.strata import Content, Order, Shapes, Stratum
from fangtian.deliver.maps.symbols import class_symbol
from fangtian.deliver.maps.themes.base import (
    BOUNDARIES,
    CONTROL,
    GROUND,
    boundaries,
    control_lines,
    farmed,
    ground,
    inset,
    village_labels,
)
from fangtian.deliver.maps.themes.plots import plot_labels
from fangtian.deliver.maps.themes.zoom import zoomed

__all__ = ["new_farmland"]

SOURCES = "新增耕地来源"
PLOT_AREA = "new_cultivated_area@plot:{}.planned"
EDGE = (168, 0, 0)
ROWS = (
    ("新增耕地", "new_cultivated_area"),
    ("其中：归并田坎", "new_cultivated_from_ridges_area"),
    ("减少耕地", "lost_cultivated_area"),
    ("净增耕地", "net_new_cultivated_area"),
)


def new_farmland(scene: Scene) -> Content | None:
    """新增耕地分布图。None where no plot makes new farmland."""
    layer = scene.layer("plots")
    if layer is None:
        return None
    named = [name for name in layer.ids.tolist() if scene.area(PLOT_AREA.format(name))]
    if not named:
        return None
    plots = {name: layer.geometry[layer.ids == name][0] for name in named}
    shapes = scene.stacked(plots.values())
    scopes = ("pilot_area", "consolidation_area")
    rows = [(label, "公顷", [f"{key}@{scope}.planned" for scope in scopes]) for label, key in ROWS]
    return Content(
        title="新增耕地分布图",
        subject=zoomed(scene, shapes),
        ground=scene.outline,
        strata=(
            *ground(scene.before),
            *_sources(scene, named),
            *control_lines(scene, after=True),
            *boundaries(scene),
        ),
        labels=(*village_labels(scene, 10.0), *plot_labels(scene, plots, 5.4, PLOT_AREA)),
        groups=(SOURCES, CONTROL, BOUNDARIES, GROUND),
        inset=inset(scene, "新增耕地", ("指标", "试点区域", "整治区域"), rows),
        notes=("地块注记：地块编号下为该地块新增耕地面积（公顷）",),
        shade=0.35,
    )


def _sources(scene: Scene, named: list[str]) -> Iterator[Stratum]:
    pieces = scene.pieces
    mine = np.isin(pieces.plot.astype(str), named)
    was, becomes = farmed(pieces.class_before), farmed(pieces.class_after)
    turned = mine & becomes & ~was
    for code in (code for code in land_classes() if (pieces.class_before[turned] == code).any()):
        tag = scene.area(f"new_cultivated_source_area[{code}]@pilot_area.planned")
        if tag is None:  # slivers of the overlay, too small to be shown with an area
            continue
        item = class_symbol(code)
        item = LegendItem(item.label, "fill", face=item.face, edge=EDGE, width_mm=0.25, area=tag, text=code)
        here = scene.patches(turned & (pieces.class_before == code), pieces.plot)
        yield Stratum(item, scene.stacked(here.values()), Order.PLOT, SOURCES)
    merged = _merged(scene, mine & becomes & was, turned)
    if len(merged):
        tag = scene.area(f"new_cultivated_source_area[{RIDGE}]@pilot_area.planned")
        item = LegendItem("田坎归并地块", "hatch", edge=EDGE, width_mm=0.25, hatch="....", area=tag, text="")
        yield Stratum(item, merged, Order.PLOT, SOURCES)


def _merged(scene: Scene, stays: np.ndarray, turned: np.ndarray) -> Shapes:
    """Fields of plots whose new farmland comes out of ridges alone."""
    plots = scene.pieces.plot
    alone = stays & ~np.isin(plots.astype(str), sorted(set(plots[turned].tolist())))
    return scene.stacked(scene.patches(alone, plots).values())
