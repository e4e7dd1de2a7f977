"""实地。Which villages, plots and land classes stand behind a figure: whether and which, never how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.land_class import is_construction, is_cultivated, is_ecological, land_classes
from fangtian.catalog.order import natural_key
from fangtian.facts.pieces import Ledger
from fangtian.plan.model import Survey

__all__ = ["Ground"]

CRUMB = 100
"""碎屑。1 m²: what is smaller comes from lines that do not quite meet."""
SLIVER = 0.001
"""细缝。The share of a village up to which a border may run beside its own."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """实地。The ledger of a plan, asked for names."""

    survey: Survey
    ledger: Ledger

    @cached_property
    def villages(self) -> Mapping[str, bool]:
        """所涉行政村。Code of each village of the consolidation area -> whether all of it is inside."""
        ledger, inside = self.ledger, self._inside
        found = {}
        for code in sorted({str(v) for v in ledger.village[inside] if v}, key=natural_key):
            own = ledger.in_pilot & (ledger.village == code)
            held, total = int(ledger.area[own & inside].sum()), int(ledger.area[own].sum())
            if held > total * SLIVER or bool((ledger.plot[own & inside] != "").any()):
                found[code] = held >= total * (1 - SLIVER)
        return found

    @cached_property
    def in_redline(self) -> tuple[str, ...]:
        """红线内地块。Plots on land inside the red line, before or after."""
        return self._plots(self.ledger.in_redline | self.ledger.in_redline_after)

    @cached_property
    def over_farmland(self) -> tuple[str, ...]:
        """占用永久基本农田的地块。Plots that turn basic farmland into another class, not moved out."""
        lost = (self.ledger.pbf_out == "") & self._farmed[0] & ~self._farmed[1]
        return self._plots(lost & (self.ledger.pbf != ""))

    @cached_property
    def redline_classes(self) -> tuple[str, ...]:
        """红线内地类。Names of the land classes of the red line in the consolidation area, largest first."""
        rows = self._inside & self.ledger.in_redline
        codes = {str(code) for code in self.ledger.class_before[rows]}
        held = {code: self._area(rows & (self.ledger.class_before == code)) for code in codes}
        kept = sorted((code for code in codes if held[code] >= CRUMB), key=lambda code: (-held[code], code))
        return tuple(land_classes()[code].name for code in kept)

    @cached_property
    def moved_in_from(self) -> tuple[str, ...]:
        """调入来源。Of the land moved in: 耕地 where it is farmed today, 整治 where the works make it so."""
        ledger, (was, becomes) = self.ledger, self._farmed
        free = (ledger.pbf == "") | (ledger.pbf_out != "")
        into = ledger.in_pilot & (ledger.pbf_in != "") & free & becomes
        found = {"耕地": into & was, "整治": into & ~was}
        return tuple(name for name, rows in found.items() if self._area(rows) >= CRUMB)

    def kinds(self, change: str) -> tuple[str, ...]:
        """地块类型。Kinds of the plots that make a change in the consolidation area, the most of it first.

        ``change``: cultivated_lost, ecological_lost, construction_added, construction_removed; or
        ridges_grown, where land stays farmed and its ridges take more.
        """
        rows = self._inside & self._changes[change]
        kinds = {kind for kind in self._kind[rows] if kind}
        held = {kind: self._area(rows & (self._kind == kind)) for kind in kinds}
        kept = (kind for kind in kinds if held[kind] >= CRUMB)
        return tuple(sorted(kept, key=lambda kind: (-held[kind], kind)))

    @cached_property
    def _changes(self) -> Mapping[str, Mask]:
        year = self.survey.plan.base_year
        green = self._classed(is_ecological)
        built = self._classed(lambda code: is_construction(code, year))
        was, becomes = self._farmed
        return {
            "cultivated_lost": was & ~becomes,
            "ridges_grown": was & becomes & (self.ledger.ridge_after > self.ledger.ridge_before),
            "ecological_lost": green[0] & ~green[1],
            "construction_added": ~built[0] & built[1],
            "construction_removed": built[0] & ~built[1],
        }

    @cached_property
    def _inside(self) -> Mask:
        return np.asarray(self.ledger.in_pilot & self.ledger.in_consolidation)

    @cached_property
    def _farmed(self) -> tuple[Mask, Mask]:
        return self._classed(is_cultivated)

    @cached_property
    def _kind(self) -> NDArray[Any]:
        """Kind of the plot of each piece, "" off the plots."""
        layer = self.survey.layers["plots"]
        kinds = dict(zip(layer.ids.astype(str), layer.column("plot_kind"), strict=True))
        return np.array([kinds.get(str(plot), "") for plot in self.ledger.plot], dtype=object)

    def _classed(self, test: Callable[[str], bool]) -> tuple[Mask, Mask]:
        """Which pieces are of a class that passes, before and after."""
        before, after = self.ledger.class_before.astype(str), self.ledger.class_after.astype(str)
        codes = [code for code in {*before.tolist(), *after.tolist()} if test(code)]
        return np.isin(before, codes), np.isin(after, codes)

    def _plots(self, rows: Mask) -> tuple[str, ...]:
        here = rows & self.ledger.in_pilot
        names = {str(plot) for plot in self.ledger.plot[here] if plot}
        kept = (plot for plot in names if self._area(here & (self.ledger.plot == plot)) >= CRUMB)
        return tuple(sorted(kept, key=natural_key))

    def _area(self, rows: Mask) -> int:
        return int(self.ledger.area[rows].sum())
