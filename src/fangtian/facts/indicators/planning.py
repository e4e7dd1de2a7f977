"""村庄规划情况。How many village plans are approved, by their state, and when the last one was."""

from __future__ import annotations

from fangtian.catalog.code import codes
from fangtian.facts.fact import BEFORE
from fangtian.facts.scene import PROJECT, Scene

__all__ = ["planning"]

FILE = "plan.toml"


def planning(scene: Scene) -> None:
    """村庄规划事实。Where plan.toml lists none it is open whether there are any: missing is not 0."""
    approvals, book = scene.survey.plan.basics.planning, scene.book
    if not approvals:
        return
    book.measure(("village_planning_count", PROJECT, BEFORE), len(approvals), FILE, "计数")
    for status in codes("planning_status"):
        count = sum(approval.status == status for approval in approvals)
        book.measure(("village_planning_count", PROJECT, BEFORE, status), count, FILE, "计数")
    last = max(approval.approved.year for approval in approvals)
    book.measure(("village_planning_last_year", PROJECT, BEFORE), last, FILE, "取最晚")
