"""土地利用现状图。Land use as surveyed, terrain, red line, cultivated land, basic farmland (D-058)."""

from __future__ import annotations

from collections.abc import Iterator

from fangtian.catalog.code import codes
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
from fangtian.deliver.maps.strata import Content, Order, Stratum
from fangtian.deliver.maps.symbols import farmland_symbol
from fangtian.deliver.maps.themes.base import (
    BOUNDARIES,
    CONTROL,
    boundaries,
    control_lines,
    inset,
    land_use,
    parcel_labels,
    parcel_notes,
    ridges,
    village_labels,
)

__all__ = ["present_land_use"]

LAND_USE, TERRAIN, SLOPE = "土地利用现状", "地形", "坡度级别"

ROWS = (
    ("总面积", "total_area"),
    ("农用地", "agricultural_area"),
    ("其中：耕地", "cultivated_area"),
    ("建设用地", "construction_area"),
    ("未利用地", "unused_area"),
    ("永久基本农田", "pbf_area"),
    ("生态保护红线", "eco_redline_area"),
)


def present_land_use(scene: Scene) -> Content:
    """土地利用现状图。Terrain from the elevation model, else slope classes where the plan has them."""
    strata = [
        *land_use(scene, scene.before, "before", LAND_USE),
        *_basic_farmland(scene),
        *(_slopes(scene) if scene.relief is None else ()),
        *control_lines(scene, after=False),
        *boundaries(scene),
    ]
    scopes = ("pilot_area", "consolidation_area")
    rows = [(label, "公顷", [f"{key}@{scope}.before" for scope in scopes]) for label, key in ROWS]
    return Content(
        title="土地利用现状图",
        subject=scene.outline,
        ground=scene.outline,
        strata=tuple(strata),
        labels=(*village_labels(scene), *parcel_labels(scene.before)),
        groups=(LAND_USE, CONTROL, BOUNDARIES, TERRAIN, SLOPE),
        extra={LAND_USE: ridges(scene, "before")},
        notes=parcel_notes(scene.before),
        inset=inset(scene, "土地利用现状", ("指标", "试点区域", "整治区域"), rows),
        contours=True,
        shade=0.55,
    )


def _basic_farmland(scene: Scene) -> Iterator[Stratum]:
    held = scene.pieces.pbf != ""
    if held.any():
        patches = scene.patches(held, scene.pieces.pbf)
        tag = scene.tag("pbf_area@pilot_area.before")
        yield Stratum(farmland_symbol(tag), scene.stacked(patches.values()), Order.OVERLAY, CONTROL)


def _slopes(scene: Scene) -> Iterator[Stratum]:
    """Classes 3 to 5, the steeper the darker; level land needs no tint."""
    layer = scene.layer("slope")
    if layer is None:
        return
    terms = codes("slope_class")
    for code, alpha in (("3", 0.10), ("4", 0.20), ("5", 0.32)):
        item = LegendItem(f"{code}级 {terms[code]}", "fill", face=(96, 56, 19), alpha=alpha)
        shapes = scene.clipped(layer.geometry[layer.column("slope_class") == code])
        yield Stratum(item, shapes, Order.SHADE, SLOPE, edges=False)
