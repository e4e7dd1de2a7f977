"""建成情况。What became of every plot of the approved plan, and what was built outside of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import land_classes
from fangtian.facts.book import FactBook
from fangtian.facts.fact import PLANNED
from fangtian.facts.revision.plots import PlotChange, PlotFate, plot_changes
from fangtian.facts.scene import plot_scope
from fangtian.geo.area import official_areas
from fangtian.geo.layer import Layer
from fangtian.geo.matching import real_parts
from fangtian.plan.model import Survey
from fangtian.units import Area

__all__ = ["BuiltPlot", "BuiltState", "Outside", "Side", "built_outside", "built_plots"]

SCOPE = "consolidation_area"


class BuiltState(StrEnum):
    """建成情况。What became of a plot, or of a group of plots on the same ground."""

    AS_PLANNED = "按方案建成"
    EXTENT = "范围不同"
    CLASS = "地类或类型不同"
    BOTH = "范围和地类均不同"
    UNBUILT = "未建成"
    UNPLANNED = "方案外建设"


@dataclass(frozen=True)
class BuiltPlot:
    """地块建成情况。``change`` names the plots of both sides; ``uses`` what they were to be and are.

    ``beyond`` is ground built that the plan does not have there, ``short`` ground of the plan not built on.
    """

    state: BuiltState
    change: PlotChange
    uses: tuple[str, str]
    beyond: Area
    short: Area


@dataclass(frozen=True)
class Side:
    """一方。The plots of the plan as approved or as built, with the book that says what they become."""

    survey: Survey
    book: FactBook

    @property
    def plots(self) -> Layer:
        """整治地块。The layer of plots."""
        return self.survey.layers["plots"]

    def uses(self) -> Mapping[str, str]:
        """地块用途。Plot id -> kind and class; the class of most of its land where the field is blank."""
        layer, names = self.plots, land_classes()
        columns = (layer.ids, layer.column("plot_kind"), layer.column("planned_class"))
        found = {}
        for plot, kind, code in zip(*(column.tolist() for column in columns), strict=True):
            held = self.book.find("plot_class", plot_scope(str(plot)), PLANNED)
            word = names[code].name if code in names else str(held.value) if held else ""
            found[str(plot)] = f"{kind}（{word}）" if word else str(kind)
        return found


def built_plots(approved: Side, built: Side, tolerance_m: float) -> tuple[BuiltPlot, ...]:
    """逐块比对。Every plot of both sides once, in the natural order of ids."""
    changes = plot_changes(approved.plots, built.plots, tolerance_m)
    judge = _Judge(approved, built, tolerance_m)
    return tuple(judge.built(change) for change in changes)


class _Judge:
    """Compares extents and uses of the groups."""

    def __init__(self, approved: Side, built: Side, tolerance_m: float) -> None:
        self.sides = (approved.plots, built.plots)
        self.uses = (approved.uses(), built.uses())
        self.rows = tuple(
            {str(name): row for row, name in enumerate(layer.ids.tolist())} for layer in self.sides
        )
        self.tolerance_m = tolerance_m

    def built(self, change: PlotChange) -> BuiltPlot:
        old, new = (
            layer.geometry[[rows[name] for name in names]]
            for layer, rows, names in zip(self.sides, self.rows, (change.old, change.new), strict=True)
        )
        words = tuple(
            "、".join(dict.fromkeys(uses[name] for name in names))
            for uses, names in zip(self.uses, (change.old, change.new), strict=True)
        )
        if not change.new or not change.old:
            state = BuiltState.UNPLANNED if change.new else BuiltState.UNBUILT
            areas = self._area(new), self._area(old)
            return BuiltPlot(state, change, (words[0], words[1]), *areas)
        same = change.fate in (PlotFate.SAME, PlotFate.ALTERED)
        beyond, short = (
            Area(0) if same else self._area(real_parts(first, second, self.tolerance_m))
            for first, second in ((new, old), (old, new))
        )
        state = _state(bool(beyond or short), not self._same_uses(change, old, new))
        return BuiltPlot(state, change, (words[0], words[1]), beyond, short)

    def _same_uses(self, change: PlotChange, old: NDArray[Any], new: NDArray[Any]) -> bool:
        """Whether plots on the same ground have the same use; of a group, those that really share ground."""
        if len(change.old) == len(change.new) == 1:
            return self.uses[0][change.old[0]] == self.uses[1][change.new[0]]
        for name, shape in zip(change.old, old, strict=True):
            shared = shapely.buffer(shapely.intersection(shape, new), -self.tolerance_m)
            there = np.flatnonzero(~shapely.is_empty(shared)).tolist()
            if any(self.uses[1][change.new[row]] != self.uses[0][name] for row in there):
                return False
        return True

    def _area(self, shapes: NDArray[Any]) -> Area:
        return Area(int(official_areas(shapes, self.sides[0].crs).sum()))


def _state(extent: bool, use: bool) -> BuiltState:
    if extent:
        return BuiltState.BOTH if use else BuiltState.EXTENT
    return BuiltState.CLASS if use else BuiltState.AS_PLANNED


@dataclass(frozen=True)
class Outside:
    """范围外建设。Ground of one built plot outside the approved consolidation area."""

    plot: str
    parts: NDArray[Any]
    area: Area

    @property
    def scope(self) -> str:
        """地块范围。The scope of its facts."""
        return plot_scope(self.plot)


def built_outside(approved: Survey, built: Layer, tolerance_m: float) -> Iterator[Outside]:
    """范围外建设。Plots built beyond the consolidation area and beyond the plots that were approved."""
    allowed = np.concatenate([approved.layers[role].geometry for role in (SCOPE, "plots")])
    whole = shapely.union_all(allowed)
    shapely.prepare(whole)
    for row in np.flatnonzero(~shapely.covers(whole, built.geometry)).tolist():
        parts = real_parts(built.geometry[[row]], np.array([whole], dtype=object), tolerance_m)
        if len(parts):
            yield Outside(str(built.ids[row]), parts, Area(int(official_areas(parts, built.crs).sum())))
