"""检查结论图。Where that lies which needs attention: evidence by verdict, numbered as in the legend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from fangtian.deliver.attention import ATTENTION, MAP_TITLE, NOTED, VERDICT_COLOURS, noted
from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import LegendItem
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
from fangtian.law.verdict import EvidenceFeature, Judgement

__all__ = ["findings_map"]

DRAWN = 400
"""每条所绘图斑的最大数。Evidence comes largest first; what is left out is told under the map."""
LABELLED, SURE = 8, 2
"""每条注记的图斑数。The first few, and those of them that get a leader where they are too small."""
LOOK = 0.45


def findings_map(scene: Scene) -> Content | None:
    """检查结论图。None where nothing that needs attention has a place."""
    every = _noted(scene)
    shown = every[:NOTED]
    if not shown:
        return None
    shapes = [scene.stacked(map(_shape, item.evidence[:DRAWN])) for item in shown]
    return Content(
        title=MAP_TITLE,
        subject=zoomed(scene, np.concatenate(shapes)),
        ground=scene.outline,
        strata=(
            *ground(scene.after),
            *_strata(shown, shapes),
            *control_lines(scene, after=True),
            *boundaries(scene, area=False),
        ),
        labels=(*village_labels(scene, 10.0), *_labels(shown, shapes)),
        groups=(*map(str, ATTENTION), CONTROL, BOUNDARIES, GROUND),
        notes=tuple(_notes(every)),
        shade=0.35,
    )


def _noted(scene: Scene) -> list[Judgement]:
    judged = scene.dossier.judgements
    return [judged[row] for row in noted([(str(item.verdict), bool(item.evidence)) for item in judged])]


def _shape(feature: EvidenceFeature) -> Any:
    return shapely.from_wkb(feature.wkb)


def _strata(shown: Sequence[Judgement], shapes: Sequence[Any]) -> Iterator[Stratum]:
    """What is worst lies uppermost, and of the same verdict what is smallest; the legend keeps its order."""
    size = [float(shapely.area(found).sum()) for found in shapes]
    low = sorted(range(len(shown)), key=lambda row: (-ATTENTION.index(shown[row].verdict), -size[row]))
    for row, (item, found) in enumerate(zip(shown, shapes, strict=True)):
        colour = VERDICT_COLOURS[item.verdict]
        entry = LegendItem(
            f"{item.norm.article}　{item.norm.title}",
            "fill",
            face=colour,
            edge=colour,
            width_mm=0.3,
            alpha=LOOK,
            text=str(row + 1),
        )
        yield Stratum(entry, found, Order.PLOT + low.index(row) / 100, str(item.verdict))


def _labels(shown: Sequence[Judgement], shapes: Sequence[Any]) -> Iterator[LabelRequest]:
    """One label for a feature, with the numbers of all articles that it stands behind."""
    numbers: dict[tuple[str, str], list[int]] = {}
    outlines: dict[tuple[str, str], Any] = {}
    sure: set[tuple[str, str]] = set()
    for row, (item, found) in enumerate(zip(shown, shapes, strict=True)):
        for place, (feature, shape) in enumerate(zip(item.evidence[:LABELLED], found, strict=False)):
            key = (feature.layer, feature.feature)
            numbers.setdefault(key, []).append(row + 1)
            outlines.setdefault(key, shape)
            sure.update([key] if place < SURE else [])
    yield from (_label(numbers[key], outlines[key], key in sure, shown) for key in numbers)


def _label(rows: list[int], shape: Any, sure: bool, shown: Sequence[Judgement]) -> LabelRequest:
    colour = VERDICT_COLOURS[shown[rows[0] - 1].verdict]
    words = "、".join(map(str, dict.fromkeys(rows)))
    where: Mapping[bool, Any] = {True: "plot", False: "inside"}
    return LabelRequest((words,), shape, 7.0, where[sure], 2, "bold", colour, halo=0.35)


def _notes(every: Sequence[Judgement]) -> Iterator[str]:
    shown = every[:NOTED]
    cut = any(len(item.evidence) > DRAWN for item in shown)
    most = "，每条只绘面积最大的部分图斑" if cut else ""
    yield f"图上数字为图例中的条款序号，每条注记面积最大的几个图斑{most}；全部证据图斑见 findings.gpkg"
    if left := len(every) - len(shown):
        yield f"另有 {left} 条有证据图斑而图上未绘，见检查报告"
