"""土地利用结构。Land-use structure by class and scope, before and after (tables 1 and 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.land_class import (
    AGRICULTURAL,
    CONSTRUCTION,
    RIDGE,
    UNUSED,
    is_ecological,
    land_classes,
    level1_of,
    three_class_of,
)
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.scene import Scene, Scope
from fangtian.units import Area

__all__ = ["class_areas", "land_use"]

THREE_CLASSES = {
    "agricultural_area": AGRICULTURAL,
    "construction_area": CONSTRUCTION,
    "unused_area": UNUSED,
}


def class_areas(
    codes: NDArray[np.object_], area: NDArray[np.int64], ridge: NDArray[np.int64]
) -> dict[str, int]:
    """地类面积。Area by class in 0.01 m²: net of ridges for the class, ridges to 1203 田坎.

    area(c) = Σ (TBMJ − KCMJ) over pieces of c;  area(1203) += Σ KCMJ. Source: TD/T 1057 表5 注 6–7.

    >>> class_areas(np.array(["0103", "0301"], object), np.array([1000, 500]), np.array([120, 0]))
    {'0103': 880, '0301': 500, '1203': 120}
    """
    found: dict[str, int] = {}
    for code in np.unique(codes.astype(str)):
        rows = codes == code
        found[str(code)] = int(area[rows].sum() - ridge[rows].sum())
    if ridge.sum():
        found[RIDGE] = found.get(RIDGE, 0) + int(ridge.sum())
    return found


def land_use(scene: Scene) -> None:
    """土地利用结构事实。Classes, level 1, three classes, changes and shares for every scope."""
    for scope in scene.areas:
        structure(scene, scope)
        _changes(scene, scope)
    for phase, after in ((BEFORE, False), (PLANNED, True)):
        _villages(scene, phase, after)


def _villages(scene: Scene, phase: str, after: bool) -> None:
    """Villages get the figures that tables print, so that they add up to the pilot area as displayed."""
    ledger = scene.ledger
    net = ledger.net_after if after else ledger.net_before
    everywhere = np.ones(len(ledger), bool)
    measures = {
        "total_area": (everywhere, ledger.area),
        "cultivated_area": (scene.cultivated[after], net),
        "construction_area": (scene.construction[after], net),
    }
    for key, (mask, values) in measures.items():
        parts = [scene.area(key, scope, phase, mask, values) for scope in scene.villages]
        scene.book.apportion(scene.book[f"{key}@pilot_area.{phase}"], parts)


def structure(scene: Scene, scope: Scope) -> None:
    """结构。One scope at both phases; every class present at either phase has a fact at both."""
    ledger = scene.ledger.take(scope.mask)
    before = class_areas(ledger.class_before, ledger.area, ledger.ridge_before)
    planned = class_areas(ledger.class_after, ledger.area, ledger.ridge_after)
    present = {*before, *planned}
    codes = [code for code in land_classes() if code in present]  # the order of the official table
    if len(codes) != len(present):
        raise ValueError(f"unknown land classes {sorted(present - set(codes))}; the reader must refuse them")
    for phase, areas in ((BEFORE, before), (PLANNED, planned)):
        _phase(scene, scope.name, phase, {code: areas.get(code, 0) for code in codes})


def _phase(scene: Scene, scope: str, phase: str, areas: dict[str, int]) -> None:
    book, source = scene.book, scene.source("parcels", "plots" if phase == PLANNED else "")
    leaves = {
        code: book.measure(("class_area", scope, phase, code), Area(value), source, "class_areas")
        for code, value in areas.items()
    }
    levels: dict[str, list[Fact]] = {}
    for code, leaf in leaves.items():
        levels.setdefault(level1_of(code), []).append(leaf)
    heads = [book.derive("sum", ("level1_area", scope, phase, head), parts) for head, parts in levels.items()]
    total = book.derive("sum", ("total_area", scope, phase), heads)
    book.apportion(total, heads)
    for head, parts in zip(heads, levels.values(), strict=True):
        book.apportion(head, parts)
    year = scene.survey.plan.base_year
    for key, three in THREE_CLASSES.items():
        parts = [leaf for code, leaf in leaves.items() if three_class_of(code, year) == three]
        scene.total(key, scope, parts, phase)
    scene.total("cultivated_area", scope, levels.get("01", []), phase)
    scene.total("ecological_area", scope, [leaves[code] for code in leaves if is_ecological(code)], phase)


def _changes(scene: Scene, scope: Scope) -> None:
    book, name = scene.book, scope.name
    for level, members in _members(scene, name).items():
        for member in members:
            operands = [book[f"{level}_area{member}@{name}.{phase}"] for phase in (PLANNED, BEFORE)]
            bare = member.strip("[]")
            book.derive("difference", (f"{level}_area_change", name, PLANNED, bare), operands)
            shares = [_share(scene, level, bare, name, phase) for phase in (PLANNED, BEFORE)]
            if None not in shares:
                book.derive(
                    "difference", (f"{level}_share_change", name, PLANNED, bare), [s for s in shares if s]
                )


def _members(scene: Scene, scope: str) -> dict[str, list[str]]:
    facts = [fact for fact in scene.book if fact.scope == scope and fact.phase == BEFORE]
    return {
        "class": [f"[{fact.member}]" for fact in facts if fact.key == "class_area"],
        "level1": [f"[{fact.member}]" for fact in facts if fact.key == "level1_area"],
        "total": [""],
    }


def _share(scene: Scene, level: str, member: str, scope: str, phase: str) -> Fact | None:
    bracket = f"[{member}]" if member else ""
    part, total = (
        scene.book[f"{level}_area{bracket}@{scope}.{phase}"],
        scene.book[f"total_area@{scope}.{phase}"],
    )
    if not total.value:
        return None
    return scene.book.derive("ratio", (f"{level}_share", scope, phase, member), [part, total])
