"""基本信息。The words and counts of tables 1, 3, 4 and 7 that no geometry gives."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.scene import PROJECT, Scene, plot_scope, subproject_scope
from fangtian.plan.model import Plan
from fangtian.units import Area, Money

__all__ = ["basics"]


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
        "project_name": plan.name,
        "center_coordinates": plan.basics.center,
        "distinctive_features": plan.basics.features,
        "expected_benefits": plan.basics.benefits,
        "negative_list_statement": plan.basics.negative_list,
    }
    for key, value in words.items():
        if value:
            scene.text(key, PROJECT, BEFORE, value, "plan.toml")
    numbers = {
        "period_start": plan.period[0],
        "period_end": plan.period[1],
        "period_years": len(plan.years),
        "base_year": plan.base_year,
        "subproject_count": len(scene.survey.subprojects),
        "plot_count": len(scene.survey.layers["plots"]),
    }
    for key, number in numbers.items():
        book.measure((key, PROJECT, BEFORE), number, "plan.toml", "照录")
    for approval in _approvals(plan):
        scene.book.measure(
            ("village_planning_approved", PROJECT, BEFORE, approval[0]), approval[1], "plan.toml", "照录"
        )
    for scope in scene.areas:
        parcels = len(np.unique(scene.ledger.parcel[scope.mask & (scene.ledger.area > 0)]))
        book.measure(("parcel_count", scope.name, BEFORE), parcels, scene.source("parcels"), "计数")


def _approvals(plan: Plan) -> list[tuple[str, str]]:
    found: dict[str, list[date]] = {}
    for approval in plan.basics.planning:
        found.setdefault(approval.status, []).append(approval.approved)
    return [(status, "、".join(day.isoformat() for day in sorted(days))) for status, days in found.items()]


def _villages(scene: Scene) -> None:
    layer, source = scene.survey.layers["villages"], scene.source("villages")
    names = {str(code): str(name) for code, name in zip(layer.ids, layer.column("village_name"), strict=True)}
    for scope in scene.villages:
        code = scope.name.removeprefix("village:")
        scene.text("village_names", scope.name, BEFORE, names.get(code, "（未落入任何行政村）"), source)
    here = [
        names[s.name.removeprefix("village:")]
        for s in scene.villages
        if s.name.removeprefix("village:") in names
    ]
    scene.text("village_names", "pilot_area", BEFORE, "、".join(here), source)
    kinds = [str(kind) for kind in layer.column("village_kind") if kind != ""]
    if kinds:
        counted = [f"{kind}（{kinds.count(kind)}个）" for kind in dict.fromkeys(kinds)]
        scene.text("village_types", "pilot_area", BEFORE, "、".join(counted), source)
    for key in ("households", "population"):
        _count(scene, key, layer.column(key), source)


def _count(scene: Scene, key: str, values: NDArray[np.generic], source: str) -> None:
    """A village without a figure leaves the total undetermined: missing is not 0."""
    if values.dtype == object or np.isnan(values.astype(float)).any():
        return
    scene.book.measure((key, "pilot_area", BEFORE), int(values.astype(float).sum()), source, "各村求和")


def _flags(scene: Scene) -> None:
    layers, adjusted = scene.survey.layers, scene.survey.plan.basics.ownership_adjusted
    moved = any(role in layers and len(layers[role]) for role in ("basic_farmland_out", "basic_farmland_in"))
    flags = {
        "pbf_adjusted": moved,
        "eco_redline_adjusted": "eco_redline_after" in layers,
        "ownership_adjusted": adjusted,
    }
    for key, flag in flags.items():
        if flag is not None:
            scene.text(key, PROJECT, BEFORE, "是" if flag else "否", "plan.toml")


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
    plots, scales = scene.survey.layers["plots"], []
    for project in scene.survey.subprojects:
        scope = subproject_scope(project.id)
        own = sorted(
            str(p) for p, s in zip(plots.ids, plots.column("subproject_id"), strict=True) if s == project.id
        )
        words = {
            "subproject_name": project.name,
            "subproject_kind": project.kind,
            "subproject_department": project.department,
            "subproject_applicant": project.applicant,
            "subproject_approver": project.approver,
            "subproject_location": project.location,
            "subproject_content": project.content,
            "subproject_note": project.note,
            "subproject_plots": "、".join(own),
        }
        for key, value in words.items():
            if value:
                scene.text(key, scope, PLANNED, value, table)
        scene.book.measure(("subproject_start", scope, PLANNED), project.start, table, "照录")
        scene.book.measure(("subproject_acceptance", scope, PLANNED), project.acceptance, table, "照录")
        scale = Area(
            int(scene.ledger.area[scene.ledger.in_pilot & np.isin(scene.ledger.plot.astype(str), own)].sum())
        )
        address, source = ("subproject_scale", scope, PLANNED), scene.source("plots", "parcels")
        scales.append(scene.book.measure(address, scale, source, "台账求和"))
    scene.total("subproject_scale", PROJECT, scales, PLANNED)


def _existing(scene: Scene) -> None:
    if "existing_projects" not in scene.survey.plan.tables:
        return
    table, book = scene.survey.plan.tables["existing_projects"].path.name, scene.book
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
    for names in (scene.ledger.plot, scene.ledger.pbf_out, scene.ledger.pbf_in):
        _locations(scene, names)
    _notes(scene)


def _numbers(values: NDArray[np.generic]) -> NDArray[np.float64]:
    return values.astype(float) if values.dtype != object else np.full(len(values), np.nan)


def _locations(scene: Scene, names: NDArray[np.object_]) -> None:
    for plot, pieces in scene.grouped(names):
        here = [
            scope.name for scope in scene.villages if (scope.mask & pieces & (scene.ledger.area > 0)).any()
        ]
        words = "、".join(str(scene.book[f"village_names@{name}.before"].value) for name in here)
        if f"plot_location@{plot_scope(plot)}.planned" not in scene.book:
            scene.text("plot_location", plot_scope(plot), PLANNED, words, scene.source("villages"))


def _notes(scene: Scene) -> None:
    for role in ("basic_farmland_out", "basic_farmland_in"):
        layer = scene.survey.layers.get(role)
        if layer is None:
            continue
        words = layer.column("reason") if role.endswith("out") else layer.column("note")
        for plot, note in zip(layer.ids, words, strict=True):
            if note and f"plot_note@{plot_scope(str(plot))}.planned" not in scene.book:
                scene.text("plot_note", plot_scope(str(plot)), PLANNED, str(note), scene.source(role))
