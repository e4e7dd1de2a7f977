"""年度量测。What works of one year brought: new farmland with its merged ridges, basic farmland made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.land_class import RIDGE
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact, year_phase
from fangtian.facts.indicators.basic_farmland import moves
from fangtian.facts.indicators.cultivated import Gains, gains_of
from fangtian.facts.pieces import Ledger
from fangtian.facts.scene import PROJECT, Mask, Scene, Scope, moved_scope, plot_scope
from fangtian.facts.squaring import squared
from fangtian.geo.layer import Layer
from fangtian.plan.model import Survey

__all__ = ["KINDS", "Counted", "Kind", "countable", "undated", "year_book"]


@dataclass(frozen=True)
class Kind:
    """核算内容。What is counted: its layer, its own scope, its key, and the plan's figure for it."""

    name: str
    title: str
    role: str
    key: str
    planned: str

    def scope(self, plot: str) -> str:
        """地块范围。The scope of a plot's facts."""
        return plot_scope(plot) if self.role == "plots" else moved_scope(self.role, plot)


KINDS = (
    Kind("account_farmland", "新增耕地", "plots", "account_new_area", "new_cultivated_area"),
    Kind(
        "account_pbf", "补划永久基本农田", "basic_farmland_in", "account_pbf_area", "pbf_in_area"
    ),
)  # fmt: skip
"""核算内容。第三十六条: new cultivated land, and basic farmland made up."""


@dataclass(frozen=True)
class Counted:
    """可核算地块。A plot of the year with the outline that the layer gives it."""

    kind: Kind
    plot: str
    shape: Any

    @property
    def scope(self) -> str:
        """地块范围。The scope of its facts."""
        return self.kind.scope(self.plot)


def countable(survey: Survey, ledger: Ledger, year: int) -> tuple[Counted, ...]:
    """当年地块。Plots that brought new farmland or made-up basic farmland in a year, by kind and id."""
    year_of = _Year(Scene(survey, ledger, FactBook()))
    return tuple(
        Counted(kind, plot, shapes[plot])
        for kind in KINDS
        for shapes in (_shapes(survey.layers.get(kind.role)),)
        for plot in year_of.plots(kind, year)
    )


def undated(survey: Survey, ledger: Ledger) -> tuple[str, ...]:
    """年度不明的补划地块。Made-up basic farmland on no plot: no year of works can be told."""
    return tuple(_Year(Scene(survey, ledger, FactBook())).plots(KINDS[1], 0))


def year_book(survey: Survey, ledger: Ledger, year: int, counted: tuple[Counted, ...]) -> FactBook:
    """年度事实。Measured on the exact ledger, and on the one of whole square metres for print."""
    exact, whole = (_measured(survey, each, year, counted) for each in (ledger, squared(ledger)))
    return exact.printed_as(whole)


def _measured(survey: Survey, ledger: Ledger, year: int, counted: tuple[Counted, ...]) -> FactBook:
    scene = Scene(survey, ledger, FactBook())
    measure = _Year(scene)
    for kind in KINDS:
        measure.kind(kind, year, [item for item in counted if item.kind == kind])
    return scene.book


def _shapes(layer: Layer | None) -> Mapping[str, Any]:
    return {} if layer is None else dict(zip(map(str, layer.ids), layer.geometry, strict=True))


class _Year:
    """The pieces of every countable plot, and what they hold."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @cached_property
    def gains(self) -> Gains:
        return gains_of(self.scene)

    @cached_property
    def moved_in(self) -> Mask:
        return moves(self.scene)[2]

    def plots(self, kind: Kind, year: int) -> Iterator[str]:
        for plot, pieces in self.scene.grouped(self._names(kind)):
            if self._values(kind)[pieces].sum() > 0 and self._year_of(pieces) == year:
                yield plot

    def kind(self, kind: Kind, year: int, counted: list[Counted]) -> None:
        """Facts of one kind: by plot, by village, in all."""
        scene, phase, values = self.scene, year_phase(year), self._values(kind)
        names, chosen = self._names(kind), [item.plot for item in counted]
        there = scene.ledger.in_pilot & np.isin(names.astype(str), chosen)
        for key, amounts in self._amounts(kind, values):
            total = scene.area(key, Scope(PROJECT, there), phase, there, amounts)
            for scopes in (
                [Scope(item.scope, there & (names == item.plot)) for item in counted],
                [Scope(village.name, village.mask & there) for village in scene.villages],
            ):
                parts: list[Fact] = [scene.area(key, scope, phase, there, amounts) for scope in scopes]
                if parts:
                    scene.book.apportion(total, parts)
        for item in counted:
            self._slope(item, there & (names == item.plot), values, phase)
        source = scene.source(kind.role)
        scene.book.measure(("account_plot_count", PROJECT, phase, kind.title), len(counted), source, "计数")

    def _amounts(self, kind: Kind, values: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        yield kind.key, values
        if kind.role == "plots":
            yield "account_ridge_area", np.where(self.gains.source == RIDGE, values, 0)

    def _slope(self, item: Counted, pieces: Mask, values: NDArray[np.int64], phase: str) -> None:
        """The class that most of the land has; nothing where it is unknown of any of it."""
        slope = self.scene.ledger.slope_after
        held = {
            code: int(values[pieces & (slope == code)].sum())
            for code in sorted(set(slope[pieces & (values > 0)]))
        }
        if held and "" not in held:
            largest = max(held, key=lambda code: (held[code], code))
            word = f"{largest}级{codes('slope_class').get(largest, '')}"
            self.scene.text("account_slope", item.scope, phase, word, self.scene.source("parcels", "slope"))

    def _names(self, kind: Kind) -> NDArray[Any]:
        ledger = self.scene.ledger
        return ledger.plot if kind.role == "plots" else np.where(self.moved_in, ledger.pbf_in, "")

    def _values(self, kind: Kind) -> NDArray[np.int64]:
        return self.gains.new if kind.role == "plots" else self.scene.ledger.net_after

    def _year_of(self, pieces: Mask) -> int:
        """When all of its ground was built: the last year of the plots below; 0 where there is none."""
        return int(self.scene.plot_year[pieces].max(initial=0))
