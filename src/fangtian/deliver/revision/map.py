"""方案调整对照图。Where plots are new, dropped, moved or redrawn, and what scopes and lines gain and lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
from fangtian.deliver.maps.themes.zoom import zoomed
from fangtian.facts.revision.plots import PlotFate
from fangtian.revise import Revision

__all__ = ["TITLE", "revision_map"]

TITLE = "方案调整对照图"
PLOTS, RANGES = "整治地块变化", "范围和控制线变化"
EDGE: Rgb = (60, 60, 60)
_FACES: Mapping[PlotFate, Rgb] = {
    PlotFate.ADDED: (86, 178, 92),
    PlotFate.DROPPED: (214, 84, 74),
    PlotFate.RESIZED: (244, 166, 66),
    PlotFate.MOVED: (150, 98, 180),
    PlotFate.SPLIT: (84, 142, 212),
    PlotFate.MERGED: (84, 142, 212),
    PlotFate.REGROUPED: (84, 142, 212),
    PlotFate.ALTERED: (250, 226, 110),
    PlotFate.SAME: (222, 222, 222),
}
_ADDED: Rgb = (0, 110, 40)
_DROPPED: Rgb = (170, 20, 20)


def revision_map(scene: Scene, revision: Revision) -> Content:
    """对照图。On the land as the revised plan will have it; unchanged plots stand back in grey."""
    return Content(
        title=TITLE,
        subject=_subject(scene, revision),
        ground=scene.outline,
        strata=(
            *ground(scene.after),
            *_plots(scene, revision),
            *_ranges(scene, revision),
            *control_lines(scene, after=True),
            *boundaries(scene),
        ),
        labels=(*village_labels(scene), *_labels(revision)),
        groups=(PLOTS, RANGES, CONTROL, BOUNDARIES, GROUND),
        notes=("地块注记：变化地块的地块编号，“→”前为批准方案、后为调整方案",),
        shade=0.35,
    )


def _subject(scene: Scene, revision: Revision) -> Any:
    """The whole area, or the part of it where something changes."""
    grounds = [change.ground for change in revision.plots if change.fate is not PlotFate.SAME]
    parts = [part for change in revision.ground for part in (*change.added, *change.dropped)]
    return zoomed(scene, scene.stacked([*grounds, *parts])) if grounds or parts else scene.outline


def _plots(scene: Scene, revision: Revision) -> Iterator[Stratum]:
    for fate, face in reversed([*_FACES.items()]):  # what changed lies above what did not
        shapes = scene.stacked([change.ground for change in revision.plots if change.fate is fate])
        if len(shapes):
            item = LegendItem(f"{fate}地块", "fill", face=face, edge=EDGE)
            if fate is PlotFate.DROPPED:
                item = LegendItem(f"{fate}地块", "hatch", edge=face, width_mm=0.3, hatch="////")
            yield Stratum(item, shapes, Order.PLOT, PLOTS)


def _ranges(scene: Scene, revision: Revision) -> Iterator[Stratum]:
    for change in revision.ground:
        for parts, word, colour in ((change.added, "增加", _ADDED), (change.dropped, "减少", _DROPPED)):
            if len(parts):
                item = LegendItem(f"{change.title}{word}", "hatch", edge=colour, width_mm=0.3, hatch="xx")
                yield Stratum(item, scene.stacked(parts), Order.ZONE, RANGES)


def _labels(revision: Revision) -> Iterator[LabelRequest]:
    for change in revision.plots:
        if change.fate is not PlotFate.SAME:
            names = "、".join(change.new or change.old)
            if change.old and change.new and change.old != change.new:
                names = f"{'、'.join(change.old)}→{names}"
            words = (printable(names),)
            yield LabelRequest(words, change.ground, 5.4, "plot", 2, "regular", (20, 20, 20), halo=0.3)
