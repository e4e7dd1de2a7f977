"""永久基本农田调整图。Basic farmland before and after: kept yellow, out cyan, in magenta."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fangtian.catalog.order import natural_key
from fangtian.deliver.drawing.typeface import printable
from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
from fangtian.deliver.maps.strata import Content, Order, Stratum
from fangtian.deliver.maps.symbols import change_symbol
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

__all__ = ["farmland_after", "farmland_before"]

FARMLAND = "永久基本农田"
ROWS = (
    ("调整前", "pbf_area", "before"),
    ("调出", "pbf_out_area", "planned"),
    ("调入", "pbf_in_area", "planned"),
    ("调整后", "pbf_area", "planned"),
)
CYAN = (0, 160, 160)


def farmland_before(scene: Scene) -> Content | None:
    """永久基本农田调整前图。With what is to be moved out; None where nothing moves."""
    held, out, into = _parts(scene)
    if not (out or into):
        return None
    all_of_it = scene.tag("pbf_area@pilot_area.before")
    moved = scene.area("pbf_out_area@pilot_area.planned")
    strata = [
        Stratum(
            change_symbol("kept", None if out else all_of_it),
            scene.stacked(held.values()),
            Order.OVERLAY,
            FARMLAND,
        ),
        Stratum(
            change_symbol("out", moved, "拟调出永久基本农田"),
            scene.stacked(out.values()),
            Order.PLOT,
            FARMLAND,
        ),
    ]
    return _content(scene, "永久基本农田调整前图", strata, _labels(out), after=False)


def farmland_after(scene: Scene) -> Content | None:
    """永久基本农田调整后图。With what comes in and the outline of what goes; None where nothing moves."""
    held, out, into = _parts(scene)
    if not (out or into):
        return None
    moved = scene.area("pbf_in_area@pilot_area.planned")
    left = scene.area("pbf_out_area@pilot_area.planned")
    gone = LegendItem("已调出范围", "fill", edge=CYAN, width_mm=0.3, dash=(1.2, 0.6), area=left)
    strata = [
        Stratum(change_symbol("kept"), scene.stacked(held.values()), Order.OVERLAY, FARMLAND),
        Stratum(change_symbol("in", moved), scene.stacked(into.values()), Order.PLOT, FARMLAND),
        Stratum(gone, scene.stacked(out.values()), Order.PLOT + 0.5, FARMLAND),
    ]
    return _content(scene, "永久基本农田调整后图", strata, _labels(into), after=True)


def _parts(scene: Scene) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    """Patches that stay, move out, move in; land moved in counts where it is cultivated in the end."""
    pieces = scene.pieces
    held = pieces.pbf != ""
    out = held & (pieces.pbf_out != "")
    into = (pieces.pbf_in != "") & (~held | out) & farmed(pieces.class_after)
    return (
        scene.patches(held & ~out, pieces.pbf),
        scene.patches(out, pieces.pbf_out),
        scene.patches(into, pieces.pbf_in),
    )


def _labels(plots: Mapping[str, Any]) -> Iterator[LabelRequest]:
    for name in sorted(plots, key=natural_key):
        yield LabelRequest((printable(name),), plots[name], 5.2, "plot", 3, "regular", (20, 20, 20), halo=0.3)


def _content(
    scene: Scene, title: str, strata: list[Stratum], labels: Iterator[LabelRequest], *, after: bool
) -> Content:
    mosaic = scene.after if after else scene.before
    scopes = ("pilot_area", "consolidation_area")
    rows = [(label, "公顷", [f"{key}@{scope}.{phase}" for scope in scopes]) for label, key, phase in ROWS]
    return Content(
        title=title,
        subject=scene.outline,
        ground=scene.outline,
        strata=(*ground(mosaic), *strata, *control_lines(scene, after=after), *boundaries(scene)),
        labels=(*village_labels(scene), *labels),
        groups=(FARMLAND, CONTROL, BOUNDARIES, GROUND),
        inset=inset(scene, "永久基本农田面积", ("指标", "试点区域", "整治区域"), rows),
        shade=0.35,
    )
