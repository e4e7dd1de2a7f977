"""永久基本农田调整地块。Quality, slope, class, reason and use of each plot moved (大纲三（二）3)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.indicators.basic_farmland import BLOCK_KEYS, moves
from fangtian.facts.indicators.cultivated import weighted_mean
from fangtian.facts.indicators.plots import largest_class
from fangtian.facts.scene import Mask, Scene, moved_scope

__all__ = ["moved_plots"]

PILOT = "pilot_area"
UNTOLD = "未填写"
OUT, IN = "basic_farmland_out", "basic_farmland_in"


def moved_plots(scene: Scene) -> None:
    """调整地块事实。Plots out as they are before, plots in as they will be; reasons add up to the total."""
    ledger = scene.ledger
    _, out, into = moves(scene)
    farmed = scene.cultivated[False]
    before = (BEFORE, ledger.grade_before, ledger.slope_before, ledger.net_before)
    after = (PLANNED, ledger.grade_after, ledger.slope_after, ledger.net_after)
    gone = _plots(scene, OUT, np.where(out, ledger.pbf_out, ""))
    for scope, pieces in gone.items():
        _measure(scene, scope, pieces & farmed, before)
    come = _plots(scene, IN, np.where(into, ledger.pbf_in, ""))
    for scope, pieces in come.items():
        _measure(scene, scope, pieces, after)
        blocks = [scene.book.find(key, scope, PLANNED) for key in BLOCK_KEYS.values()]
        scene.total("pbf_in_area", scope, [fact for fact in blocks if fact], PLANNED)
    for scope, pieces in {**gone, **come}.items():
        _classes(scene, scope, pieces)
    for key, found in (("pbf_out_plot_count", gone), ("pbf_in_plot_count", come)):
        scene.book.measure((key, PILOT, PLANNED), len(found), scene.source(OUT, IN), "计数")
    if OUT in scene.survey.layers:
        _reasons(scene, [scene.book[f"pbf_out_area@{scope}.planned"] for scope in gone])


def _plots(scene: Scene, role: str, names: NDArray[Any]) -> dict[str, Mask]:
    return {moved_scope(role, plot): pieces for plot, pieces in scene.grouped(names)}


State = tuple[str, NDArray[np.int64], NDArray[Any], NDArray[np.int64]]
"""Phase, and grade, slope class and net area of each piece then."""


def _measure(scene: Scene, scope: str, pieces: Mask, state: State) -> None:
    phase, grade, slope, net = state
    source = scene.source("parcels", "plots", "slope")
    mean = weighted_mean(grade[pieces], net[pieces])
    if mean is not None:
        scene.book.measure(("pbf_plot_grade", scope, phase), mean, source, "weighted_mean")
    known = {code: int(net[pieces & (slope == code)].sum()) for code in codes("slope_range")}
    if any(known.values()) and sum(known.values()) == int(net[pieces].sum()):
        largest = max(known, key=lambda code: (known[code], code))
        scene.text("pbf_plot_slope", scope, phase, codes("slope_range")[largest], source)


def _classes(scene: Scene, scope: str, pieces: Mask) -> None:
    ledger = scene.ledger
    for phase, column in ((BEFORE, ledger.class_before), (PLANNED, ledger.class_after)):
        name = largest_class(column, ledger.area, pieces)
        scene.text("pbf_plot_class", scope, phase, name, scene.source("parcels", "plots"))


def _reasons(scene: Scene, rows: list[Fact]) -> None:
    layer, source = scene.survey.layers[OUT], scene.source(OUT)
    names, told = codes("move_out_reason"), {}
    columns = (layer.ids, layer.column("reason"), layer.column("use_after"))
    present = {row.scope for row in rows}
    for plot, reason, use in zip(*(column.tolist() for column in columns), strict=True):
        scope = moved_scope(OUT, str(plot))
        if scope not in present or scope in told:
            continue
        told[scope] = str(reason) or UNTOLD
        for key, word in (("pbf_plot_reason", names.get(str(reason), str(reason))), ("pbf_plot_use", use)):
            if word:
                scene.text(key, scope, PLANNED, str(word), source)
    counts = Counter(told.values())
    for reason, count in counts.items():
        own = [row for row in rows if told[row.scope] == reason]
        scene.total(f"pbf_out_reason_area[{reason}]", PILOT, own, PLANNED)
        scene.book.measure(("pbf_out_reason_count", PILOT, PLANNED, reason), count, source, "计数")
