"""项目安排。Townships, years, places and plots of the projects: what norms on tables 3 and 7 ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.scene import PROJECT, Scene
from fangtian.plan.rights import ROLES, named_plots

__all__ = ["names_a_village", "projects"]

CRUMB = 100  # 1 m²
TOWNSHIP_DIGITS = 9
ON_PLOTS = frozenset({"农用地整理", "建设用地整理", "乡村生态保护修复"})
"""落地的项目类型。大纲五（二）1—3 ask for the very plots of these; protection and industry may have none."""

_BODY = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区|村)$")


def projects(scene: Scene) -> None:
    """项目安排事实。Of a table that the plan does not bring nothing is written: missing is not 0."""
    _territory(scene)
    _years(scene)
    _placed(scene)
    _existing(scene)


def names_a_village(location: str, villages: Iterable[str]) -> bool:
    """是否具体到村。Whether the words of a place name any of the villages, with or without 村 or 村委会.

    A single character is no name: 李村 is looked for as it stands.

    >>> names_a_village("上庄村、下庄", ["上庄村民委员会"]), names_a_village("全镇", ["上庄村"])
    (True, False)
    """
    pairs = ((_BODY.sub("", name), name) for name in villages)
    named = (stem if len(stem) > 1 else name for stem, name in pairs)
    return any(word in location for word in named if len(word) > 1)


def _territory(scene: Scene) -> None:
    plan, book = scene.survey.plan, scene.book
    held = [
        scope.name.removeprefix("village:")[:TOWNSHIP_DIGITS]
        for scope in scene.villages
        if int(scene.ledger.area[scope.mask].sum()) >= CRUMB
    ]
    coded = {code for code in held if code.isdigit() and code.startswith(plan.county)}
    source = f"plan.toml；{scene.source('villages')}"
    book.measure(("township_count", PROJECT, BEFORE), len({*plan.townships, *coded}), source, "计数")
    book.measure(("base_year_following", PROJECT, BEFORE), plan.base_year + 1, "plan.toml", "基期年的次年")


def _years(scene: Scene) -> None:
    table = scene.survey.plan.tables["subprojects"].path.name
    starts = [project.start for project in scene.survey.subprojects]
    ends = [project.acceptance for project in scene.survey.subprojects]
    if starts:
        found = {
            "subproject_first_start": min(starts),
            "subproject_first_acceptance": min(ends),
            "subproject_last_acceptance": max(ends),
        }
        for key, year in found.items():
            scene.book.measure((key, PROJECT, PLANNED), year, table, "取最早或最晚")
    years = scene.survey.layers["plots"].column("year")
    if len(years) and years.dtype != object and not np.isnan(years.astype(float)).any():
        last = int(years.astype(float).max())
        scene.book.measure(("plot_last_year", PROJECT, PLANNED), last, scene.source("plots"), "取最晚")


def _placed(scene: Scene) -> None:
    """Sub-projects whose place names no village, and those of works on the ground that have no plot."""
    survey = scene.survey
    table, villages = survey.plan.tables["subprojects"].path.name, _villages(scene)
    unplaced = sum(not names_a_village(project.location, villages) for project in survey.subprojects)
    scene.book.measure(("subproject_unplaced_count", PROJECT, PLANNED), unplaced, table, "与行政村名单比对")
    owners = {str(owner) for owner in survey.layers["plots"].column("subproject_id")}
    works = [project for project in survey.subprojects if project.kind in ON_PLOTS]
    plotless = sum(project.id not in owners for project in works)
    source = f"{table}；{scene.source('plots')}"
    scene.book.measure(("plotless_subproject_count", PROJECT, PLANNED), plotless, source, "与整治地块比对")


def _existing(scene: Scene) -> None:
    survey = scene.survey
    if "existing_projects" not in survey.plan.tables:
        return
    table, villages = survey.plan.tables["existing_projects"].path.name, _villages(scene)
    known = {str(name) for role in ROLES if role in survey.layers for name in survey.layers[role].ids}
    named = {name for project in survey.existing for name in named_plots(project.plots)}
    unplaced = sum(not names_a_village(project.location, villages) for project in survey.existing)
    for key, count in (
        ("existing_unplaced_count", unplaced),
        ("existing_unknown_plot_count", len(named - known)),
    ):
        scene.book.measure((key, PROJECT, BEFORE), count, table, "比对计数")
    if survey.existing:
        first = min(project.year for project in survey.existing)
        scene.book.measure(("existing_first_year", PROJECT, BEFORE), first, table, "取最早")


def _villages(scene: Scene) -> list[str]:
    return [str(name) for name in scene.survey.layers["villages"].column("village_name")]
