"""基本信息。The words and counts of tables 1, 3, 4 and 7 that no geometry gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.order import id_list
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.scene import PROJECT, Scene, moved_scope, plot_scope, subproject_scope, village_scope
from fangtian.plan.model import Plan
from fangtian.units import Area, Money, written_date

__all__ = ["basics"]

CRUMB = 100  # 1 m²


def basics(scene: Scene) -> None:
    """基本信息事实。Project, villages, flags, sub-projects, existing projects, plots, county."""
    _project(scene)
    _villages(scene)
    _flags(scene)
    _county(scene)
    _subprojects(scene)
    _existing(scene)
    _plots(scene)


def _project(scene: Scene) -> None:
    plan, book = scene.survey.plan, scene.book
    words = {
        "project_name": plan.name.removesuffix("实施方案"),
        "center_coordinates": plan.basics.center,
        "distinctive_features": plan.basics.features,
        "expected_benefits": plan.basics.benefits,
        "negative_list_statement": plan.basics.negative_list,
    }
    for key, value in words.items():
        if value:
            scene.text(key, PROJECT, BEFORE, value, "plan.toml")
    scene.text("data_source", PROJECT, BEFORE, _data_source(plan), "plan.toml")
    numbers = {
        "period_start": plan.period[0],
        "period_end": plan.period[1],
        "period_years": len(plan.years),
        "base_year": plan.base_year,
    }
    for key, number in numbers.items():
        book.measure((key, PROJECT, BEFORE), number, "plan.toml", "照录")
    table = plan.tables["subprojects"].path.name
    book.measure(("subproject_count", PROJECT, BEFORE), len(scene.survey.subprojects), table, "计数")
    plots = scene.survey.layers["plots"]
    book.measure(("plot_count", PROJECT, BEFORE), len(plots), scene.source("plots"), "计数")
    book.measure(("contiguity_gap", PROJECT, BEFORE), plan.join_gap, "plan.toml", "照录")
    for approval in _approvals(plan):
        scene.book.measure(
            ("village_planning_approved", PROJECT, BEFORE, approval[0]), approval[1], "plan.toml", "照录"
        )
    for scope in scene.areas:
        parcels = len(np.unique(scene.ledger.parcel[scope.mask & (scene.ledger.area > 0)]))
        book.measure(("parcel_count", scope.name, BEFORE), parcels, scene.source("parcels"), "计数")


def _data_source(plan: Plan) -> str:
    """What the tables stand on: the survey of the base year, unless the parcels or zones are stand-ins."""
    parcels = plan.layers["parcels"].standin
    others = [
        spec.title for role, spec in layer_specs().items() if role != "parcels" and _stands_in(plan, role)
    ]
    source = parcels or f"{plan.base_year}年度国土变更调查成果"
    return f"{source}；{'、'.join(others)}为推导的替代图层，仅供试运行" if others else source


def _stands_in(plan: Plan, role: str) -> bool:
    return role in plan.layers and bool(plan.layers[role].standin)


def _approvals(plan: Plan) -> list[tuple[str, str]]:
    found: dict[str, list[date]] = {}
    for approval in plan.basics.planning:
        found.setdefault(approval.status, []).append(approval.approved)
    return [(status, "、".join(written_date(day) for day in sorted(days))) for status, days in found.items()]


def _villages(scene: Scene) -> None:
    layer, source = scene.survey.layers["villages"], scene.source("villages")
    names = {str(code): str(name) for code, name in zip(layer.ids, layer.column("village_name"), strict=True)}
    for scope in scene.villages:
        code = scope.name.removeprefix("village:")
        scene.text("village_names", scope.name, BEFORE, names.get(code, "（未落入任何行政村）"), source)
    concerned = [code for code in names if _holds_land(scene, code)]
    scene.text("village_names", "pilot_area", BEFORE, "、".join(names[code] for code in concerned), source)
    first = {
        str(code): row for row, code in reversed(list(enumerate(layer.ids)))
    }  # a village may have two parts
    rows = np.array([first[code] for code in concerned], np.int64)
    kinds = [str(kind) for kind in layer.column("village_kind")[rows] if kind != ""]
    if kinds:
        counted = [f"{kind}（{kinds.count(kind)}个）" for kind in dict.fromkeys(kinds)]
        scene.text("village_types", "pilot_area", BEFORE, "、".join(counted), source)
    for key in ("households", "population"):
        _count(scene, key, layer.column(key)[rows], source)


def _holds_land(scene: Scene, code: str) -> bool:
    """A neighbour whose border laps over the pilot area by a crumb is no village of the plan."""
    here = next((scope for scope in scene.villages if scope.name == village_scope(code)), None)
    return here is not None and int(scene.ledger.area[here.mask].sum()) >= CRUMB


def _count(scene: Scene, key: str, values: NDArray[np.generic], source: str) -> None:
    """A village without a figure leaves the total undetermined: missing is not 0."""
    if values.dtype == object or np.isnan(values.astype(float)).any():
        return
    scene.book.measure((key, "pilot_area", BEFORE), int(values.astype(float).sum()), source, "各村求和")


def _flags(scene: Scene) -> None:
    layers, adjusted = scene.survey.layers, scene.survey.plan.basics.ownership_adjusted
    told = "plan.toml" if adjusted is not None else "权属调整表"
    moved = any(role in layers and len(layers[role]) for role in ("basic_farmland_out", "basic_farmland_in"))
    flags = {
        "pbf_adjusted": (moved, scene.source("basic_farmland_out", "basic_farmland_in") or "没有调整图层"),
        "eco_redline_adjusted": (
            "eco_redline_after" in layers,
            scene.source("eco_redline_after") or "没有调整图层",
        ),
        "ownership_adjusted": (adjusted if adjusted is not None else bool(scene.survey.rights) or None, told),
    }
    for key, (flag, source) in flags.items():
        if flag is not None:
            scene.text(key, PROJECT, BEFORE, "是" if flag else "否", source)


def _county(scene: Scene) -> None:
    land = scene.survey.plan.county_land
    if land is None:
        return
    figures = {
        "total_area": land.total,
        "agricultural_area": land.agricultural,
        "cultivated_area": land.cultivated,
        "pbf_area": land.basic_farmland,
        "construction_area": land.construction,
        "unused_area": land.unused,
        "eco_redline_area": land.eco_redline,
        "cultivated_grade_mean": land.cultivated_grade,
    }
    for key, value in figures.items():
        if value is not None:
            scene.book.measure((key, "county", BEFORE), value, land.source, "照录")


def _subprojects(scene: Scene) -> None:
    table = scene.survey.plan.tables["subprojects"].path.name
    plots = scene.survey.layers["plots"]
    for project in scene.survey.subprojects:
        scope = subproject_scope(project.id)
        owners = zip(plots.ids, plots.column("subproject_id"), strict=True)
        own = [str(plot) for plot, owner in owners if owner == project.id]
        words = {
            "subproject_name": project.name,
            "subproject_kind": project.kind,
            "subproject_department": project.department,
            "subproject_applicant": project.applicant,
            "subproject_approver": project.approver,
            "subproject_location": project.location,
            "subproject_content": project.content,
            "subproject_note": project.note,
            "subproject_plots": id_list(own),
        }
        for key, value in words.items():
            if value:
                scene.text(key, scope, PLANNED, value, table)
        scene.book.measure(("subproject_start", scope, PLANNED), project.start, table, "照录")
        scene.book.measure(("subproject_acceptance", scope, PLANNED), project.acceptance, table, "照录")


def _existing(scene: Scene) -> None:
    if "existing_projects" not in scene.survey.plan.tables:
        return
    table, book = scene.survey.plan.tables["existing_projects"].path.name, scene.book
    _existing_counts(scene, table)
    for number, project in enumerate(scene.survey.existing, 1):
        scope = f"existing:{number}"
        for name in ("name", "department", "applicant", "approver", "location", "plots", "status", "note"):
            if getattr(project, name):
                scene.text(f"existing_{name}", scope, BEFORE, getattr(project, name), table)
        for name in ("scale", "fiscal", "social", "year"):
            book.measure((f"existing_{name}", scope, BEFORE), getattr(project, name), table, "照录")
        parts = [book[f"existing_{name}@{scope}.before"] for name in ("fiscal", "social")]
        total = book.derive("sum", ("existing_investment", scope, BEFORE), parts)
        book.apportion(total, parts)
    for name, zero in (
        ("scale", Area(0)),
        ("investment", Money(0)),
        ("fiscal", Money(0)),
        ("social", Money(0)),
    ):
        rows = [
            book[f"existing_{name}@existing:{n}.before"] for n in range(1, len(scene.survey.existing) + 1)
        ]
        if rows:
            book.derive("sum", (f"existing_{name}", PROJECT, BEFORE), rows)
        else:
            book.measure((f"existing_{name}", PROJECT, BEFORE), zero, table, "表中无记录")


def _existing_counts(scene: Scene, table: str) -> None:
    found = [project.status for project in scene.survey.existing]
    scene.book.measure(("existing_count", PROJECT, BEFORE), len(found), table, "计数")
    for status in codes("project_status"):
        address = ("existing_count", PROJECT, BEFORE, status)
        scene.book.measure(address, found.count(status), table, "计数")


def _plots(scene: Scene) -> None:
    plots, source = scene.survey.layers["plots"], scene.source("plots")
    projects = {project.id: project.name for project in scene.survey.subprojects}
    grades = np.nan_to_num(_numbers(plots.column("quality_grade"))).astype(int)
    rows = zip(plots.ids, plots.column("subproject_id"), plots.column("note"), grades, strict=True)
    for plot, project, note, grade in rows:
        scope = plot_scope(str(plot))
        scene.text("plot_subproject", scope, PLANNED, projects.get(str(project), str(project)), source)
        if note:
            scene.text("plot_note", scope, PLANNED, str(note), source)
        if grade:
            scene.book.measure(("plot_grade", scope, PLANNED), int(grade), source, "照录")
        year = int(_numbers(plots.column("year"))[scene.plot_rows[str(plot)]])
        scene.book.measure(("plot_year", scope, PLANNED), year, source, "照录")
    _locations(scene, scene.ledger.plot, plot_scope)
    for role, names in (
        ("basic_farmland_out", scene.ledger.pbf_out),
        ("basic_farmland_in", scene.ledger.pbf_in),
    ):
        if role in scene.survey.layers:
            _locations(scene, names, partial(moved_scope, role))
            _notes(scene, role)


def _numbers(values: NDArray[np.generic]) -> NDArray[np.float64]:
    return values.astype(float) if values.dtype != object else np.full(len(values), np.nan)


def _locations(scene: Scene, names: NDArray[np.object_], scope_of: Callable[[str], str]) -> None:
    """The villages a plot lies in; crumbs over a border do not count."""
    for plot, held in sorted(scene.held_by_village(names).items()):
        here = [place for place in sorted(held) if held[place] >= CRUMB] or [
            max(held, key=lambda name: held[name])
        ]
        words = "、".join(str(scene.book[f"village_names@{place}.before"].value) for place in here)
        scene.text("plot_location", scope_of(plot), PLANNED, words, scene.source("villages"))


def _notes(scene: Scene, role: str) -> None:
    layer = scene.survey.layers[role]
    words = layer.column("reason") if role == "basic_farmland_out" else layer.column("note")
    for plot, note in zip(layer.ids, words, strict=True):
        if note:
            scene.text("plot_note", moved_scope(role, str(plot)), PLANNED, str(note), scene.source(role))
