"""权属调整情况。How many rights change, how many without naming their plots, how much land changes owner."""

from __future__ import annotations

from fangtian.facts.fact import PLANNED
from fangtian.facts.scene import PROJECT, Scene
from fangtian.plan.rights import named_plots
from fangtian.units import Area

__all__ = ["rights_changes"]

OWNERSHIP = "集体土地所有权"


def rights_changes(scene: Scene) -> None:
    """权属调整情况事实。A plan that says no rights change has none; one that says nothing leaves it open."""
    survey, book = scene.survey, scene.book
    listed = "rights" in survey.plan.tables
    if not listed and survey.plan.basics.ownership_adjusted is not False:
        return
    source = survey.plan.tables["rights"].path.name if listed else "plan.toml"
    book.measure(("rights_change_count", PROJECT, PLANNED), len(survey.rights), source, "计数")
    unplotted = sum(not named_plots(change.plots) for change in survey.rights)
    book.measure(("rights_unplotted_count", PROJECT, PLANNED), unplotted, source, "计数")
    moved = [number for number, change in enumerate(survey.rights, 1) if change.type == OWNERSHIP]
    address = ("ownership_moved_area", PROJECT, PLANNED)
    if moved:
        rows = [book[f"rights_area@rights:{number}.planned"] for number in moved]
        book.derive("sum", address, rows)
    else:
        book.measure(address, Area(0), source, "没有调整所有权的记录")
