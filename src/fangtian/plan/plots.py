"""整治地块核对。Whether the plots say what a plan needs, and whether what they point to is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import UNUSED, is_construction, is_cultivated, three_class_of
from fangtian.catalog.layer import layer_specs
from fangtian.geo.layer import Layer
from fangtian.plan.explain import nearest
from fangtian.plan.model import ExistingProject, Plan, Subproject
from fangtian.plan.place import listed
from fangtian.plan.soundness import drawn

__all__ = ["PlotCheck"]

Rows = NDArray[np.bool_]

NEW_FARMLAND, RECLAIMED, BUILT = "新增耕地", "拆旧复垦", "建新"
CLASS_NEEDED = (NEW_FARMLAND, RECLAIMED, BUILT)
"""Kinds whose land changes its class; the others may leave it as it is."""
LEAST_UNUSED_M2 = 1.0


@dataclass(frozen=True)
class PlotCheck:
    """地块核对。The plots of a plan against its other parts; ``place`` is their file and layer."""

    plan: Plan
    layers: Mapping[str, Layer]
    subprojects: Sequence[Subproject]
    existing: Sequence[ExistingProject]
    place: Place

    def findings(self) -> Iterator[Finding]:
        """全部发现。Ids, years, classes, ridges, uses and references of the plots."""
        yield from self._subprojects()
        yield from self._years()
        yield from self._classes()
        yield from self._farmland()
        yield from self._construction()
        yield from self._unused_land()
        yield from self._references()

    @property
    def plots(self) -> Layer:
        """整治地块。The layer of plots."""
        return self.layers["plots"]

    @cached_property
    def kind(self) -> NDArray[Any]:
        """地块类型。Kind of each plot."""
        return self.plots.column("plot_kind").astype(object)

    @cached_property
    def planned(self) -> NDArray[Any]:
        """整治后地类。Planned class of each plot, "" where none."""
        return self.plots.column("planned_class").astype(object)

    @cached_property
    def cultivated(self) -> Rows:
        """规划为耕地。Which plots become, or stay, cultivated land by their planned class."""
        return np.array([bool(code) and is_cultivated(code) for code in self.planned], dtype=bool)

    def _subprojects(self) -> Iterator[Finding]:
        ids = [item.id for item in self.subprojects]
        named = self.plots.column("subproject_id").astype(object)
        if not ids:
            return
        for stranger in sorted({*named} - {*ids, ""}):
            near = nearest(stranger, ids) or "、".join(ids)
            yield from self._report(
                "LOG-plot-subproject", named == stranger, "subproject_id", subproject=stranger, near=near
            )
        idle = [name for name in ids if name not in set(named)]
        if idle:
            yield finding("LOG-subproject-idle", self.place, count=len(idle), ids=listed(idle))

    def _years(self) -> Iterator[Finding]:
        year = self._numbers("year")
        period = {"first": self.plan.period[0], "last": self.plan.period[1]}
        given = ~np.isnan(year)
        outside = given & ((year < period["first"]) | (year > period["last"]))
        shown = listed(sorted({int(value) for value in year[outside]}))
        yield from self._report("LOG-plot-year-outside", outside, "year", years=shown, **period)
        spans = {item.id: (item.start, item.acceptance) for item in self.subprojects}
        span = [spans.get(name, (0, 9999)) for name in self.plots.column("subproject_id")]
        early, late = (np.array([pair[i] for pair in span], dtype=float) for i in (0, 1))
        apart = given & ~outside & ((year < early) | (year > late))
        yield from self._report("LOG-plot-year-subproject", apart, "year")

    def _classes(self) -> Iterator[Finding]:
        blank = self.planned == ""
        needed = np.isin(self.kind.astype(str), CLASS_NEEDED)
        yield from self._report(
            "LOG-plot-class-blank", needed & blank, "planned_class", kinds="、".join(CLASS_NEEDED)
        )
        year = self.plan.base_year
        built = np.array([bool(code) and is_construction(code, year) for code in self.planned], dtype=bool)
        clashes = (
            (NEW_FARMLAND, "耕地（01）", ~self.cultivated),
            (RECLAIMED, "建设用地以外的地类", built),
            (BUILT, "建设用地", ~built),
        )
        for kind, expected, wrong in clashes:
            rows = (self.kind == kind) & ~blank & wrong
            yield from self._report(
                "LOG-plot-class-kind", rows, "planned_class", kind=kind, expected=expected
            )

    def _farmland(self) -> Iterator[Finding]:
        coefficient = self._numbers("ridge_coefficient")
        yield from self._report(
            "LOG-plot-ridge-blank", self.cultivated & np.isnan(coefficient), "ridge_coefficient"
        )
        stray = ~self.cultivated & (self.planned != "") & (np.nan_to_num(coefficient) > 0)
        yield from self._report("LOG-plot-ridge-stray", stray, "ridge_coefficient")

    def _construction(self) -> Iterator[Finding]:
        empty = np.ones(len(self.plots), dtype=bool)
        for name in ("houses", "households", "people"):
            empty &= np.isnan(self._numbers(name))
        yield from self._report("LOG-plot-demolition-blank", (self.kind == RECLAIMED) & empty, "houses")
        unused = self.plots.column("plot_use").astype(object) == ""
        yield from self._report("LOG-plot-use-blank", (self.kind == BUILT) & unused, "plot_use")

    def _unused_land(self) -> Iterator[Finding]:
        """Unused land that becomes cultivated needs its proof (工作方案四（四）, 大纲四)."""
        parcels = self.layers.get("parcels")
        unproven = self.cultivated & (self.plots.column("proof").astype(object) == "")
        if parcels is None or not unproven.any():
            return
        codes = parcels.column("land_class").tolist()
        known = {
            code: bool(code) and three_class_of(code, self.plan.base_year) == UNUSED for code in set(codes)
        }
        wild = parcels.geometry[np.array([known[code] for code in codes], dtype=bool)]
        pairs = shapely.STRtree(wild).query(self.plots.geometry[unproven], predicate="intersects")
        rows = np.flatnonzero(unproven)[pairs[0]]
        areas = shapely.area(shapely.intersection(self.plots.geometry[rows], wild[pairs[1]]))
        total = np.bincount(rows, areas, len(self.plots))
        found = total > LEAST_UNUSED_M2
        area = f"{total[found].sum() / 10_000:.4f}"
        yield from self._report("LOG-plot-unused-unproven", found, "proof", area=area)

    def _references(self) -> Iterator[Finding]:
        known = {
            str(name)
            for role in ("plots", "basic_farmland_in", "basic_farmland_out")
            for name in self._ids(role)
        }
        for number, project in enumerate(self.existing, start=1):
            named = [name for name in re.split(r"[、,，;；\s]+", project.plots) if name]
            lost = [name for name in named if name not in known]
            if lost:
                where = Place(file=self._table_file("existing_projects"), feature=f"第{number}项")
                yield finding(
                    "LOG-existing-plot", where, name=project.name, ids=listed(lost), count=len(lost)
                )
        plots = {*self._ids("plots")}
        for role in ("basic_farmland_out", "basic_farmland_in"):
            lost = [name for name in self._ids(role) if name not in plots]
            if lost and len(lost) < len(self._ids(role)):
                layer = self.layers[role]
                where = Place(layer.source, layer_specs()[role].official, listed(lost))
                yield finding("LOG-pbf-plot", where, title=layer.title, count=len(lost), ids=listed(lost))

    def _ids(self, role: str) -> list[str]:
        return [str(name) for name in self.layers[role].ids] if role in self.layers else []

    def _table_file(self, name: str) -> str:
        path = self.plan.tables[name].path
        return path.relative_to(self.plan.root).as_posix()

    def _numbers(self, name: str) -> NDArray[np.float64]:
        values = self.plots.column(name)
        return values.astype(np.float64) if values.dtype != object else np.full(len(values), np.nan)

    def _report(self, code: str, rows: Rows, field: str, **values: object) -> Iterator[Finding]:
        if rows.any():
            ids = self.plots.ids[rows]
            official = layer_specs()["plots"].field(field).official[0]
            shapes = drawn(self.plots.geometry[rows])
            where = replace(self.place, feature=listed(ids), field=official, wkb=shapes)
            yield finding(code, where, count=len(ids), ids=listed(ids), **values)
