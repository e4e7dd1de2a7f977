"""整治地块。Plots by kind, year and sub-project: areas that add up as displayed, classes, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.land_class import land_classes
from fangtian.facts.fact import BEFORE, PLANNED, Fact, year_phase
from fangtian.facts.scene import PROJECT, Mask, Scene, Scope, plot_scope, subproject_scope

__all__ = ["largest_class", "plots"]

PILOT = "pilot_area"
KIND_TOTALS = {
    "提质改造": "quality_improved_area",
    "拆旧复垦": "demolition_area",
    "建新": "new_construction_area",
    "存量盘活": "reused_construction_area",
    "生态修复": "ecological_restoration_area",
}
"""Kinds whose total has a key of its own in tables 1 and 6."""
YEARLY = frozenset({"拆旧复垦", "建新", "存量盘活"})
"""Kinds that table 6 prints year by year: their plots follow the years, and so the total."""


def plots(scene: Scene) -> None:
    """地块事实。Areas first: kinds share them out; years and sub-projects are sums of what plots show."""
    held = dict(scene.plots())
    areas = _areas(scene, held)
    _kinds(scene, areas)
    _years(scene, areas)
    _scales(scene, areas)
    _words(scene, held)
    _demolition(scene)
    farmed, farmed_after = scene.cultivated
    reclaimed = (scene.plot_kind == "拆旧复垦") & farmed_after
    _share_out(scene, held, "reclaimed_cultivated_area", reclaimed, scene.ledger.net_after)
    occupied = (scene.plot_kind == "建新") & farmed
    _share_out(scene, held, "new_construction_occupied_cultivated_area", occupied, scene.ledger.net_before)
    _new_farmland(scene, held)


Areas = dict[str, Fact]
"""Plot id -> its area, for plots with land in the pilot area."""
Held = Mapping[str, Mask]
"""Plot id -> the pieces that it holds."""


def largest_class(column: NDArray[Any], area: NDArray[np.int64], pieces: Mask) -> str:
    """主要地类。The name of the class that most of the pieces have; "" where there is no land."""
    held: Counter[str] = Counter()
    for code, size in zip(column[pieces].tolist(), area[pieces].tolist(), strict=True):
        held[code] += size
    return land_classes()[max(held, key=lambda code: (held[code], code))].name if held else ""


def _areas(scene: Scene, held: Held) -> Areas:
    return {
        plot: scene.area("plot_area", Scope(plot_scope(plot), pieces), PLANNED, pieces, scene.ledger.area)
        for plot, pieces in held.items()
    }


def _column(scene: Scene, name: str) -> dict[str, Any]:
    layer = scene.survey.layers["plots"]
    return dict(zip((str(plot) for plot in layer.ids), layer.column(name).tolist(), strict=True))


def _kinds(scene: Scene, areas: Areas) -> None:
    kind_of, source = _column(scene, "plot_kind"), scene.source("plots")
    counts = Counter(kind_of.values())
    for kind in codes("plot_kind"):
        name, own = f"plot_kind_area[{kind}]", [areas[plot] for plot in areas if kind_of[plot] == kind]
        if kind in KIND_TOTALS:
            total = scene.total(name, PILOT, [scene.book[f"{KIND_TOTALS[kind]}@{PILOT}.planned"]], PLANNED)
        else:
            total = scene.area(name, scene.areas[0], PLANNED, scene.plot_kind == kind, scene.ledger.area)
        scene.book.measure(("plot_count", PROJECT, PLANNED, kind), counts[kind], source, "计数")
        if own and kind not in YEARLY:
            scene.book.apportion(total, own)


def _years(scene: Scene, areas: Areas) -> None:
    kind_of, year_of = _column(scene, "plot_kind"), _column(scene, "year")
    for year in scene.survey.plan.years:
        phase, due = year_phase(year), [plot for plot in areas if year_of[plot] == year]
        scene.total("plot_area", PILOT, [areas[plot] for plot in due], phase)
        for kind in codes("plot_kind"):
            own = [areas[plot] for plot in due if kind_of[plot] == kind]
            _kind_in_year(scene, kind, phase, own)
        new = [scene.book.find("new_cultivated_area", plot_scope(plot), PLANNED) for plot in due]
        scene.total("new_cultivated_area", PILOT, (fact for fact in new if fact), phase)
        count = sum(when == year for when in year_of.values())
        scene.book.measure(("plot_count", PROJECT, phase), count, scene.source("plots"), "计数")


def _kind_in_year(scene: Scene, kind: str, phase: str, own: list[Fact]) -> None:
    name = f"plot_kind_area[{kind}]"
    if kind in YEARLY:
        total = scene.total(name, PILOT, [scene.book[f"{KIND_TOTALS[kind]}@{PILOT}.{phase}"]], phase)
        if own:
            scene.book.apportion(total, own)
    else:
        scene.total(name, PILOT, own, phase)


def _scales(scene: Scene, areas: Areas) -> None:
    """Sub-projects are as large as their plots show; table 7 then closes on the list of plots."""
    owner, scales = _column(scene, "subproject_id"), {}
    for project in scene.survey.subprojects:
        scope = subproject_scope(project.id)
        own = [areas[plot] for plot in areas if owner[plot] == project.id]
        scales[project.id] = scene.total("subproject_scale", scope, own, PLANNED)
        count = sum(name == project.id for name in owner.values())
        scene.book.measure(("subproject_plot_count", scope, PLANNED), count, scene.source("plots"), "计数")
    scene.total("subproject_scale", PROJECT, scales.values(), PLANNED)
    kinds = [project.kind for project in scene.survey.subprojects]
    table = scene.survey.plan.tables["subprojects"].path.name
    for kind in codes("subproject_kind"):
        same = [scales[project.id] for project in scene.survey.subprojects if project.kind == kind]
        scene.total(f"subproject_scale[{kind}]", PROJECT, same, PLANNED)
        scene.book.measure(("subproject_count", PROJECT, BEFORE, kind), kinds.count(kind), table, "计数")


def _words(scene: Scene, held: Held) -> None:
    source, ledger, uses = scene.source("plots"), scene.ledger, codes("plot_use")
    for plot, kind in _column(scene, "plot_kind").items():
        scene.text("plot_kind", plot_scope(plot), PLANNED, str(kind), source)
    for key, column in (("plot_use", "plot_use"), ("plot_proof", "proof")):
        for plot, word in _column(scene, column).items():
            if word:
                scene.text(key, plot_scope(plot), PLANNED, uses.get(str(word), str(word)), source)
    for plot, pieces in held.items():
        for key, phase, classes in (
            ("plot_class_before", BEFORE, ledger.class_before),
            ("plot_class", PLANNED, ledger.class_after),
        ):
            name = largest_class(classes, ledger.area, pieces)
            scene.text(key, plot_scope(plot), phase, name, scene.source("parcels", "plots"))


def _demolition(scene: Scene) -> None:
    """What the summary of demolition lists for every plot; a blank stays blank."""
    kinds, source = _column(scene, "plot_kind"), scene.source("plots")
    for key, column in (
        ("demolished_houses", "houses"),
        ("moved_households", "households"),
        ("moved_people", "people"),
    ):
        for plot, number in _column(scene, column).items():
            if kinds[plot] == "拆旧复垦" and isinstance(number, float) and not np.isnan(number):
                scene.book.measure((key, plot_scope(plot), PLANNED), int(number), source, "照录")


def _share_out(scene: Scene, held: Held, key: str, mask: Mask, values: NDArray[np.int64]) -> None:
    """A figure of table 6 shared out among the plots that it comes from."""
    parts = [
        scene.area(key, Scope(plot_scope(plot), pieces), PLANNED, pieces & mask, values)
        for plot, pieces in held.items()
        if (pieces & mask).any()
    ]
    if parts:
        scene.book.apportion(scene.book[f"{key}@{PILOT}.planned"], parts)


def _new_farmland(scene: Scene, held: Held) -> None:
    facts = [scene.book.find("new_cultivated_area", plot_scope(plot), PLANNED) for plot in held]
    count = sum(fact is not None and fact.value != 0 for fact in facts)
    source = scene.source("plots", "parcels")
    scene.book.measure(("new_cultivated_plot_count", PILOT, PLANNED), count, source, "计数")
