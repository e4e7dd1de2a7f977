"""生态。Ecological land, the red line, the urban boundary, restoration (tables 1; 管理办法 art. 13.3)."""

from __future__ import annotations

import numpy as np

from fangtian.catalog.land_class import AGRICULTURAL, CONSTRUCTION, UNUSED, is_cultivated, three_class_of
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.scene import Mask, Scene, Scope

__all__ = ["ecology"]


def ecology(scene: Scene) -> None:
    """生态与整治规模事实。For both scopes."""
    for scope in scene.areas:
        _redline(scene, scope)
        _boundary(scene, scope)
        _restoration(scene, scope)
        _scale(scene, scope)


def _redline(scene: Scene, scope: Scope) -> None:
    if "eco_redline" not in scene.survey.layers:
        return
    ledger = scene.ledger
    for phase, after, inside, net in (
        (BEFORE, False, ledger.in_redline, ledger.net_before),
        (PLANNED, True, ledger.in_redline_after, ledger.net_after),
    ):
        scene.area("eco_redline_ecological_area", scope, phase, inside & scene.ecological[after], net)
        scene.area("eco_redline_construction_area", scope, phase, inside & scene.construction[after], net)
    _moved(scene, scope, "eco_redline", (ledger.in_redline, ledger.in_redline_after))


def _moved(scene: Scene, scope: Scope, line: str, inside: tuple[Mask, Mask]) -> tuple[Fact, Fact]:
    """A control line before, out, in and after; after = before + in − out holds as displayed."""
    area, book = scene.ledger.area, scene.book
    before, after = inside
    was = scene.area(f"{line}_area", scope, BEFORE, before, area)
    gone = scene.area(f"{line}_out_area", scope, PLANNED, before & ~after, area)
    come = scene.area(f"{line}_in_area", scope, PLANNED, after & ~before, area)
    gain = book.derive("difference", (f"{line}_increase_area", scope.name, PLANNED), [come, gone])
    book.derive("sum", (f"{line}_area", scope.name, PLANNED), [was, gain])
    return gone, come


def _boundary(scene: Scene, scope: Scope) -> None:
    if "urban_boundary" not in scene.survey.layers:
        return
    ledger = scene.ledger
    moves = _moved(scene, scope, "urban_boundary", (ledger.in_urban, ledger.in_urban_after))
    scene.book.derive("sum", ("urban_boundary_changed_area", scope.name, PLANNED), moves)


def _restoration(scene: Scene, scope: Scope) -> None:
    ledger = scene.ledger
    was, becomes = scene.ecological
    scene.area("new_ecological_area", scope, PLANNED, ~was & becomes, ledger.net_after)
    scene.area("ecological_restoration_area", scope, PLANNED, scene.plot_kind == "生态修复", ledger.area)
    farmland = scene.classes(is_cultivated, True)
    year = scene.survey.plan.base_year
    unused = scene.classes(lambda code: three_class_of(code, year) == UNUSED, False)
    scene.area("unused_reclaimed_area", scope, PLANNED, unused & farmland, ledger.area)


def _scale(scene: Scene, scope: Scope) -> None:
    """Restoration may be counted again (table 1) and new building consolidates nothing: both stay outside."""
    ledger, year = scene.ledger, scene.survey.plan.base_year
    worked = ~np.isin(scene.plot_kind.astype(str), ("", "生态修复", "建新"))
    parts = []
    for key, three in (
        ("agricultural_consolidation_area", AGRICULTURAL),
        ("construction_consolidation_area", CONSTRUCTION),
        ("unused_consolidation_area", UNUSED),
    ):
        mask = worked & scene.classes(lambda code, three=three: three_class_of(code, year) == three, False)  # type: ignore[misc]
        parts.append(scene.area(key, scope, PLANNED, mask, ledger.area))
    total = scene.book.derive("sum", ("consolidation_scale_area", scope.name, PLANNED), parts)
    scene.book.apportion(total, parts)
