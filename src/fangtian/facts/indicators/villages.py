"""行政村。What the text and tables say of each village; its areas add up to the pilot area as displayed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fangtian.facts.fact import BEFORE, PLANNED, Fact, year_phase
from fangtian.facts.indicators.basic_farmland import moves
from fangtian.facts.scene import Mask, Scene, Scope, village_scope

__all__ = ["villages"]

PILOT = "pilot_area"


def villages(scene: Scene) -> None:
    """各村事实。People, farmland, basic farmland, works, and what demolition leaves over building."""
    _people(scene)
    _farmland(scene)
    _basic_farmland(scene)
    _surplus(scene)


def _people(scene: Scene) -> None:
    layer, source = scene.survey.layers["villages"], scene.source("villages")
    names = str(scene.book[f"village_names@{PILOT}.before"].value).split("、")
    scene.book.measure(("village_count", PILOT, BEFORE), len(names), source, "计数")
    present, seen = {scope.name for scope in scene.villages}, set()
    for row, code in enumerate(layer.ids):
        scope = village_scope(str(code))
        if scope not in present or scope in seen:
            continue  # a village of two parts is told once, as in the totals
        seen.add(scope)
        if kind := str(layer.column("village_kind")[row]):
            scene.text("village_types", scope, BEFORE, kind, source)
        for key in ("households", "population"):
            values = layer.column(key)
            if values.dtype != object and not np.isnan(float(values[row])):
                scene.book.measure((key, scope, BEFORE), int(values[row]), source, "照录")


def _shares(scene: Scene, key: str, phase: str, mask: Mask, values: NDArray[np.int64]) -> list[Fact]:
    """One figure in every village, shared out from the pilot area's."""
    parts = [scene.area(key, scope, phase, mask, values) for scope in scene.villages]
    if parts:
        scene.book.apportion(scene.book[f"{key}@{PILOT}.{phase}"], parts)
    return parts


def _farmland(scene: Scene) -> None:
    ledger = scene.ledger
    _shares(scene, "quality_improved_area", PLANNED, scene.plot_kind == "提质改造", ledger.area)
    _shares(scene, "ecological_restoration_area", PLANNED, scene.plot_kind == "生态修复", ledger.area)
    for scope in scene.villages:
        operands = [scene.book[f"cultivated_area@{scope.name}.{phase}"] for phase in (PLANNED, BEFORE)]
        scene.book.derive("difference", ("net_new_cultivated_area", scope.name, PLANNED), operands)


def _basic_farmland(scene: Scene) -> None:
    ledger, book = scene.ledger, scene.book
    held, out, into = moves(scene)
    before = _shares(scene, "pbf_area", BEFORE, held, ledger.net_before)
    moved_out = _shares(scene, "pbf_out_area", PLANNED, out, ledger.net_before)
    moved_in = _shares(scene, "pbf_in_area", PLANNED, into, ledger.net_after)
    for here, left, came in zip(before, moved_out, moved_in, strict=True):
        gain = book.derive("difference", ("pbf_increase_area", here.scope, PLANNED), [came, left])
        book.derive("sum", ("pbf_area", here.scope, PLANNED), [here, gain])


def _surplus(scene: Scene) -> None:
    """Demolished less newly built: by village, by year and up to the end of each year."""
    years = [year_phase(year) for year in scene.survey.plan.years]
    yearly = [_difference(scene, PILOT, phase) for phase in years]
    for number, phase in enumerate(years, start=1):
        address = ("construction_surplus_area", PILOT, phase, "累计")
        scene.book.derive("sum", address, yearly[:number])
    for scope in (Scope(PILOT, scene.areas[0].mask), *scene.villages):
        _difference(scene, scope.name, PLANNED)


def _difference(scene: Scene, scope: str, phase: str) -> Fact:
    operands = [scene.book[f"{key}@{scope}.{phase}"] for key in ("demolition_area", "new_construction_area")]
    return scene.book.derive("difference", ("construction_surplus_area", scope, phase), operands)
