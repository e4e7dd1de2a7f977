"""证据集清单。Every set that can stand behind a judgement: which pieces, and what names them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fangtian.catalog.land_class import UNUSED, three_class_of
from fangtian.facts.indicators.basic_farmland import moves
from fangtian.facts.indicators.changed_land import changed_land_parts
from fangtian.facts.indicators.moved_quality import IN_TITLE, OUT_TITLE, moved_quality_parts
from fangtian.facts.indicators.new_farmland import new_farmland_parts, turned
from fangtian.facts.indicators.other_works import other_works_parts
from fangtian.facts.indicators.parts import PLOTS, Part
from fangtian.facts.scene import Scene

__all__ = ["evidence_parts"]


def evidence_parts(scene: Scene) -> Iterator[Part]:
    """全部证据集。Those of parts that are facts themselves, and those that stand beside other facts."""
    yield from _plots(scene)
    yield from _zones(scene)
    yield from _farmland(scene)
    for parts in (new_farmland_parts, changed_land_parts, moved_quality_parts, other_works_parts):
        yield from parts(scene)


def _plots(scene: Scene) -> Iterator[Part]:
    ledger, year = scene.ledger, scene.survey.plan.base_year
    farmed, farmed_after = scene.cultivated
    built = ~scene.construction[False] & scene.construction[True]
    eco_lost = scene.ecological[False] & ~scene.ecological[True]
    redline = ledger.in_redline | ledger.in_redline_after
    unused = scene.classes(lambda code: three_class_of(code, year) == UNUSED, False)
    masks = {
        "cultivated_lost": (farmed & ~farmed_after, ledger.net_before),
        "construction_added": (built, ledger.net_after),
        "redline_construction": (redline & built, ledger.net_after),
        "redline_ecological_lost": (redline & eco_lost, ledger.net_before),
        "ecological_lost": (eco_lost, ledger.net_before),
        "unused_reclaimed": (unused & farmed_after, ledger.area),
    }
    for name, (mask, areas) in masks.items():
        yield Part(name, mask, areas, ledger.plot)


def _zones(scene: Scene) -> Iterator[Part]:
    ledger = scene.ledger
    removed = ledger.in_redline & ~ledger.in_redline_after
    moved = ledger.in_urban != ledger.in_urban_after
    yield Part("redline_removed", removed, ledger.area, ledger.village, "生态保护红线")
    yield Part("urban_boundary_changed", moved, ledger.area, ledger.village, "城镇开发边界")


def _farmland(scene: Scene) -> Iterator[Part]:
    ledger = scene.ledger
    farmed, farmed_after = scene.cultivated
    _, out, into = moves(scene)
    worse = farmed & farmed_after & (ledger.grade_before > 0) & (ledger.grade_after > ledger.grade_before)
    ungraded, ungraded_after = farmed & (ledger.grade_before == 0), farmed_after & (ledger.grade_after == 0)
    parcels = scene.survey.layers["parcels"].ids[ledger.parcel]
    names = np.where(ungraded_after & (ledger.plot != ""), ledger.plot, parcels)
    unmeasured = (turned(scene) | into) & (ledger.slope_after == "")
    moved = np.where(into, ledger.pbf_in, ledger.plot)
    yield Part("pbf_out", out, ledger.net_before, ledger.pbf_out, OUT_TITLE)
    yield Part("pbf_in", into, ledger.net_after, ledger.pbf_in, IN_TITLE)
    yield Part("cultivated_grade_down", worse, ledger.net_after, ledger.plot, PLOTS)
    yield Part("grade_missing", ungraded | ungraded_after, ledger.net_before, names, "地类图斑或整治地块")
    yield Part("slope_missing", unmeasured, ledger.net_after, moved, "整治地块或调入地块")
