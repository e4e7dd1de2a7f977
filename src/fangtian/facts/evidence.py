"""证据图斑。Which plots and parcels stand behind a judgement, with area and geometry for the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import UNUSED, land_classes, three_class_of
from fangtian.facts.pieces import Ledger
from fangtian.facts.scene import Scene
from fangtian.units import Area

__all__ = ["Evidence", "EvidenceFeature", "evidence_of"]


@dataclass(frozen=True)
class EvidenceFeature:
    """证据要素。One plot or parcel: layer title, feature id, area concerned, geometry as WKB."""

    layer: str
    feature: str
    area: Area
    wkb: bytes = field(repr=False, compare=False)
    note: str = ""


Evidence = Mapping[str, tuple[EvidenceFeature, ...]]
"""证据集。Name of the set -> its features in the pilot area; ``name@scope`` narrows it to a scope."""


Set = tuple[NDArray[np.bool_], NDArray[Any], str, NDArray[np.int64]]
"""A set in the making: which pieces, what names them, the layer's title, the areas to add up."""


def evidence_of(scene: Scene) -> Evidence:
    """编制证据集。One feature per plot (or parcel where no plot is concerned), largest first.

    Areas are those that the fact beside the evidence sums, so that features add up to it.
    """
    sets = {**_plot_sets(scene), **_zone_sets(scene), **_farmland_sets(scene)}
    pilot, consolidation = scene.areas
    found = {}
    for name, (mask, ids, layer, areas) in sets.items():
        found[name] = _features(scene.ledger, pilot.mask & mask, ids, layer, areas)
        here = consolidation.mask & mask
        found[f"{name}@{consolidation.name}"] = _features(scene.ledger, here, ids, layer, areas)
    return found


def _plot_sets(scene: Scene) -> dict[str, Set]:
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
        "unused_reclaimed": (unused & farmed_after, ledger.area),
    }
    return {name: (mask, ledger.plot, "整治地块", areas) for name, (mask, areas) in masks.items()}


def _zone_sets(scene: Scene) -> dict[str, Set]:
    ledger = scene.ledger
    removed = ledger.in_redline & ~ledger.in_redline_after
    moved = ledger.in_urban != ledger.in_urban_after
    return {
        "redline_removed": (removed, ledger.village, "生态保护红线", ledger.area),
        "urban_boundary_changed": (moved, ledger.village, "城镇开发边界", ledger.area),
    }


def _farmland_sets(scene: Scene) -> dict[str, Set]:
    ledger = scene.ledger
    farmed, farmed_after = scene.cultivated
    held, out = ledger.pbf != "", ledger.pbf_out != ""
    into = (ledger.pbf_in != "") & (~held | out) & farmed_after
    worse = farmed & farmed_after & (ledger.grade_before > 0) & (ledger.grade_after > ledger.grade_before)
    ungraded, ungraded_after = farmed & (ledger.grade_before == 0), farmed_after & (ledger.grade_after == 0)
    parcels = scene.survey.layers["parcels"].ids[ledger.parcel]
    names = np.where(ungraded_after & (ledger.plot != ""), ledger.plot, parcels)
    return {
        "pbf_out": (held & out, ledger.pbf_out, "永久基本农田调出地块", ledger.net_before),
        "pbf_in": (into, ledger.pbf_in, "永久基本农田调入地块", ledger.net_after),
        "cultivated_grade_down": (worse, ledger.plot, "整治地块", ledger.net_after),
        "grade_missing": (ungraded | ungraded_after, names, "地类图斑或整治地块", ledger.net_before),
    }


def _features(
    ledger: Ledger, mask: NDArray[np.bool_], ids: NDArray[Any], layer: str, areas: NDArray[np.int64]
) -> tuple[EvidenceFeature, ...]:
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(mask & (ledger.area > 0)):
        found.setdefault(str(ids[row]), []).append(int(row))
    features = [
        EvidenceFeature(
            layer,
            name,
            Area(int(areas[rows].sum())),
            shapely.to_wkb(shapely.union_all(ledger.geometry[rows])),
            _change(ledger, rows),
        )
        for name, rows in found.items()
    ]
    return tuple(sorted(features, key=lambda feature: (-feature.area, feature.feature)))


def _change(ledger: Ledger, rows: list[int]) -> str:
    """What becomes of the land, by the class that most of it has: 旱地→乔木林地, or just 旱地."""
    held: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (str(ledger.class_before[row]), str(ledger.class_after[row]))
        held[pair] = held.get(pair, 0) + int(ledger.area[row])
    before, after = (land_classes()[code].name for code in max(held, key=lambda pair: (held[pair], pair)))
    return before if before == after else f"{before}→{after}"
