"""比例。Shares that the text speaks of: three classes, slopes; each is the share of what is displayed."""

from __future__ import annotations

from fangtian.catalog.code import codes
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.indicators.basic_farmland import NOT_FARMED
from fangtian.facts.scene import Scene

__all__ = ["shares"]

OF_TOTAL = ("agricultural", "construction", "unused", "cultivated")
MOVED = {"调出:": "pbf_out_area", "调入:": "pbf_in_area"}


def shares(scene: Scene) -> None:
    """比例事实。For both scopes, before and after; a part without its whole gets no share."""
    for scope in scene.areas:
        for phase in (BEFORE, PLANNED):
            for name in OF_TOTAL:
                _share(scene, (f"{name}_share", scope.name, phase), f"{name}_area", "total_area")
            _slopes(scene, scope.name, phase, ("cultivated_slope", ""), "cultivated_area")
            _slopes(scene, scope.name, phase, ("pbf_slope", ""), "pbf_area")
        for label, whole in MOVED.items():
            _slopes(scene, scope.name, PLANNED, ("pbf_slope", label), whole)


def _slopes(scene: Scene, scope: str, phase: str, of: tuple[str, str], whole: str) -> None:
    """Only where the slope classes add up to the whole."""
    family, label = of
    members = (*codes("slope_class"), NOT_FARMED)
    found = [scene.book.find(f"{family}_area", scope, phase, f"{label}{member}") for member in members]
    total = scene.book.find(whole, scope, phase)
    if total is None or sum(int(fact.value) for fact in found if fact) != int(total.value):
        return
    for fact in found:
        if fact:
            _share(scene, (f"{family}_share", scope, phase, fact.member), f"{family}_area", whole)


def _share(
    scene: Scene, address: tuple[str, str, str] | tuple[str, str, str, str], part: str, whole: str
) -> None:
    _, scope, phase, *member = address
    own = scene.book.find(part, scope, phase, member[0] if member else "")
    total = scene.book.find(whole, scope, phase)
    if own is not None and total is not None and total.value:
        scene.book.derive("ratio", address, [own, total])
