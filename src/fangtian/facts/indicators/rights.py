"""权属调整。Which right to which land passes from whom to whom, as the plan's table says (大纲三（三）)."""

from __future__ import annotations

from collections.abc import Sequence

from fangtian.catalog.code import codes
from fangtian.facts.fact import PLANNED, Fact
from fangtian.facts.scene import PROJECT, Scene, plot_scope
from fangtian.plan.model import RightsChange
from fangtian.plan.rights import named_plots

__all__ = ["rights"]

WORDS = {
    "rights_type": "type",
    "rights_plots": "plots",
    "rights_location": "location",
    "rights_holder_before": "holder_before",
    "rights_holder_after": "holder_after",
    "rights_note": "note",
}


CRUMB = 100  # 1 m²


def rights(scene: Scene) -> None:
    """权属调整事实。Row by row; totals by type are sums of what the rows show."""
    changes = scene.survey.rights
    if not changes:
        return
    table = scene.survey.plan.tables["rights"].path.name
    areas = [_change(scene, number, change, table) for number, change in enumerate(changes, start=1)]
    _totals(scene, "", areas, table)
    for kind in codes("rights_type"):
        own = [area for area, change in zip(areas, changes, strict=True) if change.type == kind]
        if own:
            _totals(scene, kind, own, table)


def _change(scene: Scene, number: int, change: RightsChange, table: str) -> Fact:
    scope = f"rights:{number}"
    for key, name in WORDS.items():
        if word := getattr(change, name):
            scene.text(key, scope, PLANNED, word, table)
    whole = _whole_plots(scene, change)
    if whole:
        return scene.book.derive("sum", ("rights_area", scope, PLANNED), whole)
    return scene.book.measure(("rights_area", scope, PLANNED), change.area, table, "照录")


def _whole_plots(scene: Scene, change: RightsChange) -> list[Fact]:
    """The plots that a row is the whole of: it then prints their area, not the same one rounded again."""
    found = [scene.book.find("plot_area", plot_scope(name), PLANNED) for name in named_plots(change.plots)]
    plots = [fact for fact in found if fact]
    total = sum(int(fact.value) for fact in plots)
    same = len(plots) == len(found) and abs(total - int(change.area)) <= CRUMB * len(plots)
    return plots if same else []


def _totals(scene: Scene, member: str, areas: Sequence[Fact], table: str) -> None:
    scene.book.derive("sum", ("rights_area", PROJECT, PLANNED, member), areas)
    scene.book.measure(("rights_count", PROJECT, PLANNED, member), len(areas), table, "计数")
