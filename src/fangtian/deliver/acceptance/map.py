"""计划与竣工对照图。Where plots were built as planned, otherwise, not at all, or beyond the scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fangtian.accept import Acceptance
from fangtian.deliver.drawing.typeface import printable
from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem, Rgb
from fangtian.deliver.maps.strata import Content, Order, Stratum
from fangtian.deliver.maps.themes.base import (
    BOUNDARIES,
    CONTROL,
    GROUND,
    boundaries,
    control_lines,
    ground,
    village_labels,
)
from fangtian.facts.actual.built import BuiltState

__all__ = ["TITLE", "acceptance_map"]

TITLE = "计划与竣工对照图"
PLOTS = "整治地块建成情况"
EDGE: Rgb = (60, 60, 60)
_FACES: Mapping[BuiltState, Rgb] = {
    BuiltState.UNPLANNED: (150, 98, 180),
    BuiltState.UNBUILT: (214, 84, 74),
    BuiltState.BOTH: (214, 130, 60),
    BuiltState.EXTENT: (244, 176, 66),
    BuiltState.CLASS: (84, 142, 212),
    BuiltState.AS_PLANNED: (120, 184, 124),
}
_OUTSIDE: Rgb = (170, 20, 20)


def acceptance_map(scene: Scene, acceptance: Acceptance) -> Content:
    """对照图。On the land as it was built; every plot in the colour of what became of it."""
    return Content(
        title=TITLE,
        subject=scene.outline,
        ground=scene.outline,
        strata=(
            *ground(scene.after),
            *_plots(scene, acceptance),
            *_outside(scene, acceptance),
            *control_lines(scene, after=True),
            *boundaries(scene),
        ),
        labels=(*village_labels(scene), *_labels(acceptance)),
        groups=(PLOTS, CONTROL, BOUNDARIES, GROUND),
        notes=("地块注记：与批准方案有出入的地块编号",),
        shade=0.35,
    )


def _plots(scene: Scene, acceptance: Acceptance) -> Iterator[Stratum]:
    for state, face in reversed([*_FACES.items()]):  # what differs lies above what does not
        shapes = scene.stacked([item.change.ground for item in acceptance.plots if item.state is state])
        if len(shapes):
            item = LegendItem(str(state), "fill", face=face, edge=EDGE)
            if state is BuiltState.UNBUILT:
                item = LegendItem(str(state), "hatch", edge=face, width_mm=0.3, hatch="////")
            yield Stratum(item, shapes, Order.PLOT, PLOTS)


def _outside(scene: Scene, acceptance: Acceptance) -> Iterator[Stratum]:
    parts: list[Any] = [part for item in acceptance.outside for part in item.parts]
    if parts:
        item = LegendItem("整治区域外建设", "hatch", edge=_OUTSIDE, width_mm=0.3, hatch="xx")
        yield Stratum(item, scene.stacked(parts), Order.ZONE, PLOTS)


def _labels(acceptance: Acceptance) -> Iterator[LabelRequest]:
    for item in acceptance.plots:
        if item.state is not BuiltState.AS_PLANNED:
            words = (printable("、".join(item.change.new or item.change.old)),)
            ink: Rgb = (20, 20, 20)
            yield LabelRequest(words, item.change.ground, 5.4, "plot", 2, "regular", ink, halo=0.3)
