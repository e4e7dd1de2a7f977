"""证据图斑。Which plots and parcels stand behind a judgement, with area and geometry for the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import (
    is_construction,
    is_cultivated,
    is_ecological,
    land_classes,
    three_class_of,
)
from fangtian.facts.pieces import Ledger
from fangtian.geo.layer import Layer
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
"""证据集。Name of the set -> its features; norms refer to sets by name."""


def evidence_of(ledger: Ledger, parcels: Layer, base_year: int) -> Evidence:
    """编制证据集。One feature per plot (or parcel where no plot is concerned), largest first."""
    codes = sorted({*ledger.class_before.tolist(), *ledger.class_after.tolist()})

    def flags(test: Any, column: NDArray[Any]) -> NDArray[np.bool_]:
        known = {code: bool(test(code)) for code in codes}
        return np.fromiter((known[code] for code in column), bool, len(column))

    farm_before, farm_after = (flags(is_cultivated, c) for c in (ledger.class_before, ledger.class_after))
    built_before, built_after = (
        flags(lambda code: is_construction(code, base_year), c)
        for c in (ledger.class_before, ledger.class_after)
    )
    eco_before, eco_after = (flags(is_ecological, c) for c in (ledger.class_before, ledger.class_after))
    unused = flags(lambda code: three_class_of(code, base_year) == "未利用地", ledger.class_before)
    inside, redline = ledger.in_pilot, ledger.in_pilot & (ledger.in_redline | ledger.in_redline_after)
    worse = farm_before & farm_after & (ledger.grade_before > 0) & (ledger.grade_after > ledger.grade_before)
    sets: dict[str, tuple[NDArray[np.bool_], NDArray[Any], str]] = {
        "cultivated_lost": (inside & farm_before & ~farm_after, ledger.plot, "整治地块"),
        "construction_added": (inside & ~built_before & built_after, ledger.plot, "整治地块"),
        "redline_construction": (redline & ~built_before & built_after, ledger.plot, "整治地块"),
        "redline_ecological_lost": (redline & eco_before & ~eco_after, ledger.plot, "整治地块"),
        "cultivated_grade_down": (inside & worse, ledger.plot, "整治地块"),
        "unused_reclaimed": (inside & unused & farm_after, ledger.plot, "整治地块"),
        "pbf_out": (inside & (ledger.pbf_out != ""), ledger.pbf_out, "永久基本农田调出地块"),
        "pbf_in": (inside & (ledger.pbf_in != ""), ledger.pbf_in, "永久基本农田调入地块"),
        "urban_boundary_changed": (
            inside & (ledger.in_urban != ledger.in_urban_after),
            ledger.village,
            "城镇开发边界",
        ),
        "grade_missing": (
            inside & ((farm_before & (ledger.grade_before == 0)) | (farm_after & (ledger.grade_after == 0))),
            parcels.ids[ledger.parcel],
            "地类图斑",
        ),
    }
    return {name: _features(ledger, mask, ids, layer) for name, (mask, ids, layer) in sets.items()}


def _features(
    ledger: Ledger, mask: NDArray[np.bool_], ids: NDArray[Any], layer: str
) -> tuple[EvidenceFeature, ...]:
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(mask & (ledger.area > 0)):
        found.setdefault(str(ids[row]), []).append(int(row))
    features = [
        EvidenceFeature(
            layer,
            name,
            Area(int(ledger.area[rows].sum())),
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
