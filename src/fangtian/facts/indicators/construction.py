"""建设用地整理。Demolition, new building, reuse by village and year (table 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.land_class import FARM_CLASSES
from fangtian.facts.fact import BEFORE, PLANNED, Fact, year_phase
from fangtian.facts.scene import Mask, Scene, Scope, split_name

__all__ = ["construction"]

PILOT = "pilot_area"


def construction(scene: Scene) -> None:
    """建设用地整理事实。Leaves are village × year; every other figure of table 6 is a sum of leaves."""
    kind, ledger = scene.plot_kind, scene.ledger
    _demolition(scene, kind == "拆旧复垦")
    _building(scene, kind == "建新")
    reuse = kind == "存量盘活"
    _cube(scene, "reused_construction_area", reuse, ledger.area)
    trade = reuse & (scene.plot_column("plot_use", "") == "新产业新业态")
    _cube(scene, "reused_new_industry_area", trade, ledger.area)
    _counts(scene)
    _bridge(scene)
    _yearly_stock(scene)


Leaves = dict[tuple[str, str], Fact]


def _demolition(scene: Scene, demolished: Mask) -> None:
    ledger = scene.ledger
    farm, eco = scene.cultivated[True], scene.ecological[True]
    whole = _cube(scene, "demolition_area", demolished, ledger.area)
    parts: list[Leaves] = []
    by_class = [
        _cube(
            scene,
            f"reclaimed_class_area[{code}]",
            demolished & (ledger.class_after == code),
            ledger.net_after,
            top=False,
        )
        for code in FARM_CLASSES
    ]
    parts.append(_cube_of_sums(scene, "reclaimed_cultivated_area", by_class))
    green = _cube(scene, "reclaimed_ecological_area", demolished & eco, ledger.net_after, top=False)
    other = np.where(farm | eco, ledger.ridge_after, ledger.area)
    rest = _cube(scene, "reclaimed_other_area", demolished, other, top=False)
    parts += [green, rest]
    for leaf, total in whole.items():
        scene.book.apportion(total, [part[leaf] for part in parts])
        scene.book.apportion(parts[0][leaf], [part[leaf] for part in by_class])


def _building(scene: Scene, built: Mask) -> None:
    ledger = scene.ledger
    whole = _cube(scene, "new_construction_area", built, ledger.area)
    uses = scene.plot_column("plot_use", "")
    known = list(codes("plot_use"))
    parts = [
        _cube(scene, f"new_construction_use_area[{use}]", built & (uses == use), ledger.area, top=False)
        for use in known
    ]
    others = built & ~np.isin(uses.astype(str), known)
    parts.append(_cube(scene, "new_construction_use_area[其他]", others, ledger.area, top=False))
    for leaf, total in whole.items():
        scene.book.apportion(total, [part[leaf] for part in parts])
    farm = built & scene.cultivated[False]
    _cube(scene, "new_construction_occupied_cultivated_area", farm, ledger.net_before)
    _cube(scene, "new_construction_occupied_pbf_area", farm & (ledger.pbf != ""), ledger.net_before)


def _cube(scene: Scene, name: str, mask: Mask, values: NDArray[np.int64], *, top: bool = True) -> Leaves:
    """Leaves at village × year and their sums; ``top`` shares the displayed grand total among the leaves."""
    leaves: Leaves = {}
    for village in scene.villages:
        for year in scene.survey.plan.years:
            scope = Scope(village.name, village.mask & (scene.plot_year == year))
            fact = scene.area(name, scope, year_phase(year), mask, values)
            leaves[village.name, year_phase(year)] = fact
    total = _margins(scene, name, leaves)
    if top:
        scene.book.apportion(total, list(leaves.values()))
    return leaves


def _cube_of_sums(scene: Scene, key: str, parts: Sequence[Leaves]) -> Leaves:
    leaves = {
        (scope, phase): scene.book.derive("sum", (key, scope, phase), [part[scope, phase] for part in parts])
        for scope, phase in parts[0]
    }
    _margins(scene, key, leaves)
    return leaves


def _margins(scene: Scene, name: str, leaves: Leaves) -> Fact:
    book, (key, member) = scene.book, split_name(name)
    for village in scene.villages:
        row = [fact for (scope, _), fact in leaves.items() if scope == village.name]
        book.derive("sum", (key, village.name, PLANNED, member), row)
    for year in scene.survey.plan.years:
        column = [fact for (_, phase), fact in leaves.items() if phase == year_phase(year)]
        book.derive("sum", (key, PILOT, year_phase(year), member), column)
    return book.derive("sum", (key, PILOT, PLANNED, member), list(leaves.values()))


def _counts(scene: Scene) -> None:
    """Houses, households and people of a plot count in the village that holds most of it."""
    plots = scene.survey.layers["plots"]
    homes = _home_villages(scene)
    years = np.nan_to_num(plots.column("year").astype(float)).astype(int)
    demolished = plots.column("plot_kind") == "拆旧复垦"
    for key, column in (
        ("demolished_houses", "houses"),
        ("moved_households", "households"),
        ("moved_people", "people"),
    ):
        values = plots.column(column)
        if demolished.any() and (values.dtype == object or np.isnan(values[demolished].astype(float)).any()):
            continue  # missing is not 0: one plot without its number leaves the total open
        numbers = np.nan_to_num(values.astype(float)) if values.dtype != object else np.zeros(len(plots))
        leaves = {}
        for village in scene.villages:
            for year in scene.survey.plan.years:
                rows = demolished & (homes == village.name) & (years == year)
                address = (key, village.name, year_phase(year))
                count = int(numbers[rows].sum())
                leaves[address[1:]] = scene.book.measure(address, count, scene.source("plots"), "登记数求和")
        _margins(scene, key, leaves)


def _home_villages(scene: Scene) -> NDArray[np.object_]:
    homes = np.full(len(scene.plot_rows), "", dtype=object)
    for plot, held in scene.held_by_village(scene.ledger.plot).items():
        homes[scene.plot_rows[plot]] = max(held, key=lambda name: (held[name], name))
    return homes


def _bridge(scene: Scene) -> None:
    ledger = scene.ledger
    was, becomes = scene.construction
    pilot, consolidation = scene.areas
    parts = [
        scene.area("construction_added_area", scope, PLANNED, ~was & becomes, ledger.net_after)
        for scope in scene.villages
    ]
    total = scene.area("construction_added_area", pilot, PLANNED, ~was & becomes, ledger.net_after)
    scene.book.apportion(total, parts)
    for scope in (pilot, consolidation, *scene.villages):
        added = scene.area("construction_added_area", scope, PLANNED, ~was & becomes, ledger.net_after)
        operands = [scene.book[f"construction_area@{scope.name}.{phase}"] for phase in (PLANNED, BEFORE)]
        change = scene.book.derive("difference", ("construction_area_change", scope.name, PLANNED), operands)
        # Derived, so that before + added − removed = after holds on the printed page too.
        scene.book.derive("difference", ("construction_removed_area", scope.name, PLANNED), [added, change])


def _yearly_stock(scene: Scene) -> None:
    """Construction land at the end of each year = before, with the plots due by then carried out."""
    ledger = scene.ledger
    was, becomes = scene.construction
    *early, last = scene.survey.plan.years
    for year in early:
        done = (scene.plot_year > 0) & (scene.plot_year <= year)
        stock = np.where(done, np.where(becomes, ledger.net_after, 0), np.where(was, ledger.net_before, 0))
        everywhere = np.ones(len(ledger), bool)
        _stock(
            scene,
            year_phase(year),
            lambda scope, s=stock, e=everywhere, y=year: scene.area(  # type: ignore[misc]
                "construction_area", scope, year_phase(y), e, s
            ),
        )
    for scope in (scene.areas[0], *scene.villages):
        final = scene.book[f"construction_area@{scope.name}.planned"]
        scene.book.derive("sum", ("construction_area", scope.name, year_phase(last)), [final])


def _stock(scene: Scene, phase: str, measured: Callable[[Scope], Fact]) -> None:
    total = measured(scene.areas[0])
    scene.book.apportion(total, [measured(village) for village in scene.villages])
