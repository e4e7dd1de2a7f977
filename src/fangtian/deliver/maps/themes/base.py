"""通用图层。Strata, labels and legend groups that several maps share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import RIDGE, is_cultivated, land_classes, level1_of
from fangtian.deliver.drawing.typeface import printable
from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.lines import shared_lines
from fangtian.deliver.maps.scene import Mosaic, Scene
from fangtian.deliver.maps.sheet import Inset, InsetRow, LegendItem, Rgb, Tag
from fangtian.deliver.maps.strata import Order, Stratum, shapes_of
from fangtian.deliver.maps.symbols import class_symbol, faded, line_symbol, redline_symbol, ridge_symbol

__all__ = [
    "BOUNDARIES",
    "CONTROL",
    "GROUND",
    "boundaries",
    "control_lines",
    "farmed",
    "ground",
    "inset",
    "land_use",
    "parcel_labels",
    "parcel_notes",
    "ridges",
    "village_labels",
]

CONTROL, BOUNDARIES, GROUND = "规划控制线", "界线", "土地利用（底图）"
FADE = 0.68
BENEATH: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("耕地", ("01",), "01"),
    ("种植园用地", ("02",), "02"),
    ("林地", ("03",), "03"),
    ("草地", ("04",), "04"),
    ("湿地", ("00",), "1108"),
    ("建设用地", ("05", "06", "07", "08", "09"), "07"),
    ("交通运输用地", ("10",), "10"),
    ("水域及水利设施用地", ("11",), "11"),
    ("其他土地", ("12",), "12"),
)
"""底图分类。Legend entry, groups of the survey, class that lends its colour."""
PILOT_BAND: tuple[Rgb, float] = ((233, 196, 214), 3.0)
VILLAGE_INK: Rgb = (60, 20, 60)


def land_use(scene: Scene, mosaic: Mosaic, phase: str, group: str) -> Iterator[Stratum]:
    """地类图层。Every class that is present in its official colour, with its area."""
    for code, shapes in mosaic.classes():
        area = scene.tag(f"class_area[{code}]@pilot_area.{phase}")
        yield Stratum(class_symbol(code, area), shapes, Order.FILL, group)


def ridges(scene: Scene, phase: str) -> tuple[LegendItem, ...]:
    """田坎。Their area belongs to the balance of the legend though they are not drawn."""
    area = scene.area(f"class_area[{RIDGE}]@pilot_area.{phase}")
    return (ridge_symbol(area),) if area else ()


def ground(mosaic: Mosaic, group: str = GROUND) -> Iterator[Stratum]:
    """底图。Land use in a few pale colours, beneath the subject of a map."""
    level1 = np.array([level1_of(code) for code in mosaic.land_class], dtype=object)
    for label, codes, colour in BENEATH:
        here = mosaic.geometry[np.isin(level1.astype(str), codes)]
        if len(here):
            face = faded(land_classes()[colour].rgb, FADE)
            item = LegendItem(label, "fill", face=face, edge=(176, 176, 176), width_mm=0.1)
            yield Stratum(item, here, Order.FILL, group)


def boundaries(scene: Scene, *, area: bool = True) -> Iterator[Stratum]:
    """界线。Pilot area with its band of colour, consolidation area, villages; neighbours in grey."""
    pilot, inner, grain = scene.outline, scene.consolidation, scene.grain
    tags = [
        scene.tag(f"total_area@{role}.before") if area else None
        for role in ("pilot_area", "consolidation_area")
    ]
    villages = scene.villages
    if scene.around is not None:
        grey = LegendItem("", "line", edge=(150, 150, 150), width_mm=0.15)
        yield Stratum(grey, shared_lines(scene.around.geometry, grain, pilot), Order.VILLAGE)
    if villages is not None:
        lines = shared_lines(villages.geometry, grain, pilot)
        yield Stratum(line_symbol("villages"), lines, Order.VILLAGE, BOUNDARIES, casing=0.15)
    yield Stratum(
        line_symbol("pilot_area", area=tags[0]), shapes_of(pilot), Order.PILOT, BOUNDARIES, casing=0.2,
        outside=PILOT_BAND,
    )  # fmt: skip
    yield Stratum(
        line_symbol("consolidation_area", area=tags[1]), shapes_of(inner), Order.CONSOLIDATION, BOUNDARIES,
        casing=0.35,
    )  # fmt: skip


def control_lines(scene: Scene, *, after: bool) -> Iterator[Stratum]:
    """控制线。Red line and town boundary, as they are or as they will be."""
    phase = "planned" if after else "before"
    for name, key in (("eco_redline", "eco_redline_area"), ("urban_boundary", "urban_boundary_area")):
        changed = after and scene.layer(f"{name}_after") is not None
        role = f"{name}_after" if changed else name
        tag = scene.area(f"{key}@pilot_area.{phase}")
        item = redline_symbol(role, tag) if name == "eco_redline" else line_symbol(role, area=tag)
        casing = 0.0 if name == "eco_redline" else 0.2
        yield Stratum(item, shapes_of(scene.zone(role)), Order.ZONE, CONTROL, casing=casing)


def village_labels(scene: Scene, size: float = 11.0, rgb: Rgb = VILLAGE_INK) -> Iterator[LabelRequest]:
    """村名。One for each village, the largest first."""
    layer = scene.villages
    if layer is None:
        return
    shapes = scene.clipped(layer.geometry)
    names = layer.column("village_name")
    for row in np.argsort(-shapely.area(shapes), kind="stable").tolist():
        text = printable(str(names[row] or layer.ids[row]))
        yield LabelRequest((text,), shapes[row], size, "region", 1, "bold", rgb, halo=0.4)


def parcel_labels(mosaic: Mosaic, size: float = 4.2) -> Iterator[LabelRequest]:
    """图斑注记。Number over class, as land-use maps have it; class alone where there is no number."""
    for shape, code, number in zip(mosaic.geometry, mosaic.land_class, mosaic.number, strict=True):
        lines = (printable(str(number)), code) if number else (code,)
        yield LabelRequest(lines, shape, size, bar=len(lines) > 1, rgb=(35, 35, 35))


PARCEL_NOTE = "图斑注记：分子为图斑编号，分母为地类编码"


def parcel_notes(mosaic: Mosaic) -> tuple[str, ...]:
    """注记说明。What the fractions on the parcels mean, where the survey numbers them."""
    return (PARCEL_NOTE,) if (mosaic.number != "").any() else ()


def inset(
    scene: Scene, title: str, columns: Sequence[str], rows: Sequence[tuple[str, str, Sequence[str]]]
) -> Inset | None:
    """面积表。Rows of label, unit and addresses; a row with an unknown fact is left out."""
    found = [(label, unit, [scene.tag(address) for address in addresses]) for label, unit, addresses in rows]
    kept = tuple(
        InsetRow(label, _all(tags), unit)
        for label, unit, tags in found
        if all(tag is not None for tag in tags)
    )
    return Inset(title, tuple(columns), kept) if kept else None


def farmed(classes: NDArray[Any]) -> NDArray[np.bool_]:
    """是否耕地。For a column of class codes."""
    codes = {code for code in set(classes.tolist()) if is_cultivated(code)}
    return np.isin(classes.astype(str), sorted(codes))


def _all(tags: Sequence[Tag | None]) -> tuple[Tag, ...]:
    return tuple(tag for tag in tags if tag is not None)
