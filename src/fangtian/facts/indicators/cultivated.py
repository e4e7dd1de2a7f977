"""耕地。Cultivated land: new, lost, by slope class, mean quality (tables 1 and 4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.land_class import RIDGE, land_classes
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.scene import Mask, Scene, Scope, plot_scope

__all__ = ["Gains", "cultivated", "gains_of", "ridge_gain", "weighted_mean"]


def weighted_mean(grade: NDArray[np.int64], area: NDArray[np.int64]) -> Fraction | None:
    """面积加权平均等别。Σ(grade × area) ÷ Σ area, exact; None where any land lacks a grade or none is there.

    ``grade`` (n,) with 0 for unknown, ``area`` (n,) in 0.01 m². Missing is not 0: one parcel without a
    grade leaves the mean undetermined. Source: GB/T 28407-2012, 大纲附表1.

    >>> weighted_mean(np.array([10, 12]), np.array([300, 100]))
    Fraction(21, 2)
    >>> weighted_mean(np.array([10, 0]), np.array([300, 100])) is None
    True
    """
    there = area > 0
    if not there.any() or (grade[there] <= 0).any():
        return None
    return Fraction(int((grade[there] * area[there]).sum()), int(area[there].sum()))


def ridge_gain(scene: Scene) -> NDArray[np.int64]:
    """归并田坎所得。Ridge decrease on land that stays cultivated, per piece, signed, in 0.01 m²."""
    stays = scene.cultivated[False] & scene.cultivated[True]
    return np.where(stays, scene.ledger.ridge_before - scene.ledger.ridge_after, 0)


def cultivated(scene: Scene) -> None:
    """耕地事实。For both scopes; per plot for table 4."""
    gains = gains_of(scene)
    for scope in scene.areas:
        _sums(scene, scope, gains)
        _slopes(scene, scope)
        _quality(scene, scope)
        _new(scene, scope, gains)
    _by_plot(scene, gains)
    _by_village(scene, gains)


@dataclass(frozen=True)
class Gains:
    """新增耕地碎片。New farmland per piece in 0.01 m², and the class that it comes from."""

    new: NDArray[np.int64]
    source: NDArray[Any]

    def sources(self, mask: Mask) -> list[str]:
        """来源地类。Classes that new farmland of a part of the ledger comes from, in official order."""
        present = set(self.source[mask & (self.new != 0)].tolist())
        return [code for code in land_classes() if code in present]


def gains_of(scene: Scene) -> Gains:
    """逐碎片新增耕地。A plot's ridges count where they shrink as a whole; else farmland is lost."""
    ledger = scene.ledger
    was, becomes = scene.cultivated
    gain = ridge_gain(scene)
    _, plot = np.unique(ledger.plot.astype(str), return_inverse=True)
    group = 2 * plot + ledger.in_consolidation  # what lies in and out of the consolidation area by itself
    planned = ledger.in_pilot & (ledger.plot != "")
    total = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    np.add.at(total, group[planned], gain[planned])
    shrinks = planned & (total[group] > 0)
    return Gains(
        new=np.where(becomes & ~was, ledger.net_after, np.where(shrinks, gain, 0)),
        source=np.where(was, RIDGE, ledger.class_before),
    )


def _sums(scene: Scene, scope: Scope, gains: Gains) -> None:
    ledger, book = scene.ledger, scene.book
    was, _ = scene.cultivated
    total = scene.area("new_cultivated_area", scope, PLANNED, np.ones(len(ledger), bool), gains.new)
    paddy = was & (ledger.class_before != "0101") & (ledger.class_after == "0101")
    scene.area("paddy_converted_area", scope, PLANNED, paddy, ledger.net_after)
    scene.area("quality_improved_area", scope, PLANNED, scene.plot_kind == "提质改造", ledger.area)
    parts = [
        scene.area(f"new_cultivated_source_area[{code}]", scope, PLANNED, gains.source == code, gains.new)
        for code in gains.sources(scope.mask)
    ]
    book.apportion(total, parts)
    ridges = [part for part in parts if part.member == RIDGE]
    scene.total("new_cultivated_from_ridges_area", scope.name, ridges, PLANNED)
    before, planned = (book[f"cultivated_area@{scope.name}.{phase}"] for phase in (BEFORE, PLANNED))
    net = book.derive("difference", ("net_new_cultivated_area", scope.name, PLANNED), [planned, before])
    book.derive("difference", ("lost_cultivated_area", scope.name, PLANNED), [total, net])  # new − lost = net
    if before.value:
        book.derive("ratio", ("new_cultivated_ratio", scope.name, PLANNED), [net, before])


def _slopes(scene: Scene, scope: Scope) -> None:
    ledger = scene.ledger
    phases = (
        (BEFORE, ledger.slope_before, ledger.net_before),
        (PLANNED, ledger.slope_after, ledger.net_after),
    )
    for after, (phase, slope, net) in enumerate(phases):
        farmland = scene.cultivated[bool(after)]
        if (slope[scope.mask & farmland & (net > 0)] == "").any():
            continue  # missing is not 0: a scope with unknown slopes has no slope facts
        parts = [
            scene.area(f"cultivated_slope_area[{code}]", scope, phase, farmland & (slope == code), net)
            for code in codes("slope_class")
        ]
        scene.book.apportion(scene.book[f"cultivated_area@{scope.name}.{phase}"], parts)


def _quality(scene: Scene, scope: Scope) -> None:
    ledger, book = scene.ledger, scene.book
    means = {}
    for phase, after, grade, net in (
        (BEFORE, False, ledger.grade_before, ledger.net_before),
        (PLANNED, True, ledger.grade_after, ledger.net_after),
    ):
        pieces = scope.mask & scene.cultivated[after]
        mean = weighted_mean(grade[pieces], net[pieces])
        if mean is not None:
            address = ("cultivated_grade_mean", scope.name, phase)
            means[phase] = book.measure(address, mean, scene.source("parcels", "plots"), "weighted_mean")
    if len(means) == 2:  # 1 is the best grade, so the gain is before less after
        operands = [means[BEFORE], means[PLANNED]]
        book.derive("difference", ("quality_grade_gain", scope.name, PLANNED), operands)
    pieces = scope.mask & scene.cultivated[False]
    level = weighted_mean(ledger.level_before[pieces], ledger.net_before[pieces])
    if level is not None:
        address = ("cultivated_level_mean", scope.name, BEFORE)
        book.measure(address, level, scene.source("parcels"), "weighted_mean")


def _new(scene: Scene, scope: Scope, gains: Gains) -> None:
    """How good and how steep the new farmland will be; merged ridges have the grade of their field."""
    ledger, book, source = scene.ledger, scene.book, scene.source("parcels", "plots")
    turned = scope.mask & ~scene.cultivated[False] & scene.cultivated[True]
    mean = weighted_mean(ledger.grade_after[turned], gains.new[turned])
    if mean is not None:
        book.measure(("new_cultivated_grade_mean", scope.name, PLANNED), mean, source, "weighted_mean")
    if (ledger.slope_after[scope.mask & (gains.new != 0)] == "").any():
        return
    parts = [
        scene.area(
            f"new_cultivated_slope_area[{code}]", scope, PLANNED, ledger.slope_after == code, gains.new
        )
        for code in codes("slope_class")
    ]
    book.apportion(book[f"new_cultivated_area@{scope.name}.planned"], parts)


def _by_village(scene: Scene, gains: Gains) -> None:
    everywhere = np.ones(len(scene.ledger), bool)
    parts = [
        scene.area("new_cultivated_area", scope, PLANNED, everywhere, gains.new) for scope in scene.villages
    ]
    scene.book.apportion(scene.book["new_cultivated_area@pilot_area.planned"], parts)


def _by_plot(scene: Scene, gains: Gains) -> None:
    facts = []
    for plot, pieces in scene.plots():
        scope = Scope(plot_scope(plot), pieces)
        if gains.new[pieces].sum() <= 0:
            continue
        facts.append(scene.area("new_cultivated_area", scope, PLANNED, pieces, gains.new))
        found = [land_classes()[code].name for code in gains.sources(pieces)]
        scene.text("plot_source", scope.name, PLANNED, "、".join(found), scene.source("parcels"))
    scene.book.apportion(scene.book["new_cultivated_area@pilot_area.planned"], facts)
