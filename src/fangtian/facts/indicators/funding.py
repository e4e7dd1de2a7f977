"""资金落实。Sub-projects that nobody pays for, and how far the sources are from the planned investment."""

from __future__ import annotations

from collections import defaultdict

from fangtian.facts.fact import PLANNED
from fangtian.facts.scene import PROJECT, Scene
from fangtian.units import Money

__all__ = ["funding"]


def funding(scene: Scene) -> None:
    """资金落实事实。Without a table of funds nobody can tell, and nothing is written.

    The gap adds up what each sub-project lacks or has too much: one too many does not mend another's lack.
    """
    survey = scene.survey
    if "funds" not in survey.plan.tables:
        return
    paid: defaultdict[str, Money] = defaultdict(lambda: Money(0))
    for item in survey.funds:
        paid[item.subproject] += item.amount
    unfunded = sum(not paid[project.id] for project in survey.subprojects)
    gap = sum(
        abs(int(project.investment) - int(paid[project.id]))
        for project in survey.subprojects
        if project.investment is not None
    )
    tables = survey.plan.tables
    source = f"{tables['subprojects'].path.name}；{tables['funds'].path.name}"
    scene.book.measure(("unfunded_subproject_count", PROJECT, PLANNED), unfunded, source, "逐个子项目比对")
    scene.book.measure(("funding_gap", PROJECT, PLANNED), Money(gap), source, "逐个子项目之差的绝对值求和")
