"""量测现场。What every indicator module gets: the survey, its ledger, the book, and the scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.land_class import is_construction, is_cultivated, is_ecological
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact
from fangtian.facts.pieces import Ledger
from fangtian.plan.model import Survey
from fangtian.units import Area

__all__ = [
    "PROJECT",
    "Scene",
    "Scope",
    "moved_scope",
    "plot_scope",
    "split_name",
    "subproject_scope",
    "village_scope",
]

PROJECT = "project"
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Scope:
    """范围。A named part of the ledger, e.g. ``pilot_area`` or ``village:<code>``."""

    name: str
    mask: Mask


def village_scope(code: str) -> str:
    """行政村范围。The scope of one village."""
    return f"village:{code}"


def plot_scope(plot: str) -> str:
    """地块范围。The scope of one plot."""
    return f"plot:{plot}"


def moved_scope(role: str, plot: str) -> str:
    """调整地块范围。A plot of basic farmland moved out or in; their numbers are their own."""
    return f"{'pbf_out' if role == 'basic_farmland_out' else 'pbf_in'}:{plot}"


def subproject_scope(subproject: str) -> str:
    """子项目范围。The scope of one sub-project."""
    return f"subproject:{subproject}"


def _roles(key: str, phase: str) -> tuple[str, ...]:
    """Which layers besides the parcels a measured area rests on."""
    families = {"pbf": "basic_farmland", "eco_redline": "eco_redline", "urban_boundary": "urban_boundary"}
    own = next((role for family, role in families.items() if key.startswith(family)), "")
    if phase == "before":
        return (own,)
    moved = ("basic_farmland_out", "basic_farmland_in") if own == "basic_farmland" else ()
    return (own, f"{own}_after", *moved, "plots")


def split_name(name: str) -> tuple[str, str]:
    """拆分键名。``key[member]`` -> key and member.

    >>> split_name("class_area[0103]"), split_name("total_area")
    (('class_area', '0103'), ('total_area', ''))
    """
    key, _, rest = name.partition("[")
    return key, rest.removesuffix("]")


@dataclass(frozen=True)
class Scene:
    """量测现场。``mask`` arrays have one entry per piece of the ledger."""

    survey: Survey
    ledger: Ledger
    book: FactBook

    @cached_property
    def areas(self) -> tuple[Scope, Scope]:
        """两个范围。试点区域 and 整治区域, the two scopes of the outline."""
        pilot = Scope("pilot_area", self.ledger.in_pilot)
        return pilot, Scope("consolidation_area", self.ledger.in_pilot & self.ledger.in_consolidation)

    @cached_property
    def villages(self) -> tuple[Scope, ...]:
        """各行政村。Villages with land in the pilot area, by code."""
        codes = sorted({*self.ledger.village[self.ledger.in_pilot].tolist()})
        return tuple(
            Scope(village_scope(code), self.ledger.in_pilot & (self.ledger.village == code)) for code in codes
        )

    @cached_property
    def plot_rows(self) -> dict[str, int]:
        """地块行号。Plot id -> row in the plots layer."""
        return {str(plot): row for row, plot in enumerate(self.survey.layers["plots"].ids)}

    def plot_column(self, name: str, blank: Any) -> NDArray[Any]:
        """地块字段。A column of the plots layer brought to the pieces; ``blank`` off the plots."""
        values = self.survey.layers["plots"].column(name)
        rows = np.fromiter((self.plot_rows.get(p, -1) for p in self.ledger.plot), np.int64, len(self.ledger))
        dtype = object if values.dtype == object else float
        return np.append(values.astype(dtype), blank)[rows]

    @cached_property
    def plot_kind(self) -> NDArray[Any]:
        """地块类型。Kind of the plot of each piece, "" off the plots."""
        return self.plot_column("plot_kind", "")

    @cached_property
    def plot_year(self) -> NDArray[np.int64]:
        """实施年度。Year of the plot of each piece, 0 off the plots."""
        return np.asarray(np.nan_to_num(self.plot_column("year", 0).astype(float)), np.int64)

    def classes(self, test: Callable[[str], bool], after: bool) -> Mask:
        """地类判断。Which pieces have a class, before or after, that passes ``test``."""
        column = self.ledger.class_after if after else self.ledger.class_before
        known = {code: test(code) for code in set(column.tolist())}
        return np.fromiter((known[code] for code in column), bool, len(column))

    @cached_property
    def cultivated(self) -> tuple[Mask, Mask]:
        """耕地。Before and after."""
        return self.classes(is_cultivated, False), self.classes(is_cultivated, True)

    @cached_property
    def ecological(self) -> tuple[Mask, Mask]:
        """生态用地。Before and after."""
        return self.classes(is_ecological, False), self.classes(is_ecological, True)

    @cached_property
    def construction(self) -> tuple[Mask, Mask]:
        """建设用地。Before and after."""
        year = self.survey.plan.base_year
        return (
            self.classes(lambda code: is_construction(code, year), False),
            self.classes(lambda code: is_construction(code, year), True),
        )

    def source(self, *roles: str) -> str:
        """来源。The layers, by title and file, that a fact was measured on."""
        layers = [self.survey.layers[role] for role in roles if role in self.survey.layers]
        return "；".join(f"{layer.title}（{layer.source}）" for layer in layers)

    def area(self, name: str, scope: Scope, phase: str, mask: Mask, values: NDArray[np.int64]) -> Fact:
        """面积事实。Write Σ values over a mask within a scope; ``name`` is a key or ``key[member]``."""
        key, member = split_name(name)
        total = Area(int(values[scope.mask & mask].sum()))
        source = self.source("parcels", *_roles(key, phase))
        return self.book.measure((key, scope.name, phase, member), total, source, "台账求和")

    def text(self, key: str, scope: str, phase: str, value: str, source: str) -> Fact:
        """文字事实。Write words that tables print."""
        return self.book.measure((key, scope, phase), value, source, "照录")

    def plots(self) -> Iterator[tuple[str, Mask]]:
        """逐地块。Each plot with the pieces it holds inside the pilot area, in natural order."""
        yield from self.grouped(self.ledger.plot)

    def grouped(self, names: NDArray[Any]) -> Iterator[tuple[str, Mask]]:
        """逐要素。Each non-blank name with its pieces inside the pilot area."""
        for name in sorted({str(n) for n in names[self.ledger.in_pilot] if n != ""}):
            yield name, self.ledger.in_pilot & (names == name)

    def held_by_village(self, names: NDArray[Any]) -> dict[str, dict[str, int]]:
        """各村所占面积。Name -> village scope -> area in 0.01 m², for pieces inside the pilot area."""
        held: dict[str, dict[str, int]] = {}
        for row in np.flatnonzero(self.ledger.in_pilot & (names != "")):
            places = held.setdefault(str(names[row]), {})
            place = village_scope(str(self.ledger.village[row]))
            places[place] = places.get(place, 0) + int(self.ledger.area[row])
        return held

    def total(self, name: str, scope: str, operands: Iterable[Fact], phase: str) -> Fact:
        """合计事实。A sum of facts; an empty sum is a measured zero."""
        key, member = split_name(name)
        parts = list(operands)
        if parts:
            return self.book.derive("sum", (key, scope, phase, member), parts)
        return self.book.measure((key, scope, phase, member), Area(0), self.source("plots"), "无此类地块")
