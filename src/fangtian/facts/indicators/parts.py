"""部分。Facts that add up pieces, with the pieces: the evidence of such a fact is what was added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.facts.fact import PLANNED
from fangtian.facts.scene import Mask, Scene

__all__ = ["PLOTS", "Part", "solid", "unless", "write_parts"]

PLOTS = "整治地块"
SLIVER_M2 = 1.0
"""碎屑。What a plot laps over a border by less than this is how it was drawn."""


@dataclass(frozen=True)
class Part:
    """部分。``values`` of ``pieces`` add up to the fact ``<name>_area``; evidence goes by the same ``name``.

    ``features`` names what each piece is shown as, of the layer ``title``. Where any piece of a scope is
    ``doubtful`` nobody can tell the sum there, and no fact is written: missing is not 0.
    """

    name: str
    pieces: Mask
    values: NDArray[np.int64]
    features: NDArray[Any]
    title: str = PLOTS
    doubtful: Mask | None = None

    @property
    def key(self) -> str:
        """指标。The quantity that the part adds up to."""
        return f"{self.name}_area"


def write_parts(scene: Scene, parts: Iterable[Part]) -> None:
    """登记部分。The sum of each part in both areas, unless a doubtful piece lies there."""
    for part in parts:
        for scope in scene.areas:
            if part.doubtful is None or not (part.doubtful & scope.mask).any():
                scene.area(part.key, scope, PLANNED, part.pieces, part.values)


def solid(scene: Scene, parts: Iterable[Part]) -> tuple[Part, ...]:
    """去除碎屑。Parts less what is under :data:`SLIVER_M2` of a feature: a border drawn twice is no land.

    Plane areas decide, so that the ledger in whole square metres leaves out the same pieces.
    """
    return tuple(_solid(scene, part) for part in parts)


def _solid(scene: Scene, part: Part) -> Part:
    doubtful = None if part.doubtful is None else _without_slivers(scene, part.doubtful, part.features)
    return replace(part, pieces=_without_slivers(scene, part.pieces, part.features), doubtful=doubtful)


def _without_slivers(scene: Scene, pieces: Mask, features: NDArray[Any]) -> Mask:
    rows = np.flatnonzero(pieces & scene.ledger.in_pilot)
    _, group = np.unique(features[rows].astype(str), return_inverse=True)
    extent = np.bincount(group, shapely.area(scene.ledger.geometry[rows]))
    kept = np.zeros_like(pieces)
    kept[rows[extent[group] >= SLIVER_M2]] = True
    return kept


def unless(known: bool, pieces: Mask) -> Mask:
    """存疑的碎片。All of ``pieces`` where a layer or table is not there to tell, else none."""
    return np.zeros_like(pieces) if known else pieces
