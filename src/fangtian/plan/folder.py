"""方案文件夹。Opening a plan folder: plan.toml, read, typed and explained in full."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fangtian.catalog.finding import Finding, Place, blocking, finding
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.submission import submission_items
from fangtian.errors import InputError
from fangtian.plan.explain import FILE, explain, syntax_finding, unknown_key, without_echoes
from fangtian.plan.model import (
    Basics,
    CountyLand,
    LayerSource,
    Plan,
    PlanningApproval,
    Statement,
    TableSource,
)
from fangtian.plan.schema import BasicsTable, CountyLandTable, Document, PlanFile
from fangtian.units import Area

__all__ = ["DEM", "TABLES", "open_plan"]

DEM = "dem"
"""数字高程模型。The one raster layer: maps draw the ground from it, nothing is computed from it."""

TABLES = ("subprojects", "existing_projects", "funds", "cash_flow", "rights")
"""表格。The tables that a plan may bring; sub-projects are required."""


def open_plan(path: Path) -> Plan:
    """打开方案。Read plan.toml of a plan folder; no data file is opened yet.

    ``path`` is the folder, or plan.toml itself. Raises InputError with every finding at once: unknown and
    missing keys, values that do not fit, files that are absent or outside the folder.
    """
    root = path.parent if path.name == FILE else path
    document = _document(root)
    try:
        file = PlanFile.model_validate(document, context={"root": root})
    except ValidationError as error:
        raise InputError(without_echoes([*explain(error, document), *_roles(document)])) from None
    findings = [*_roles(document), *_remarks(file)]
    if blocking(findings):
        raise InputError(without_echoes(findings))
    return _plan(root, file, tuple(findings))


def _document(root: Path) -> Document:
    shown = root.name or str(root)
    if not root.is_dir():
        raise InputError([finding("PLN-folder-missing", Place(file=shown), folder=str(root))])
    try:
        content = (root / FILE).read_bytes()
    except OSError:
        raise InputError([finding("PLN-missing", Place(file=shown), folder=shown)]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([finding("PLN-encoding", Place(file=FILE))]) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([syntax_finding(error, text)]) from None


def _roles(document: Document) -> Iterator[Finding]:
    """What the schema cannot say: which layers and tables there are, and whose fields are mapped."""
    specs = layer_specs()
    layers, tables = _table(document, "layers"), _table(document, "tables")
    for role, entry in layers.items():
        if role not in specs and role != DEM:
            yield unknown_key("[layers]", role, [*specs, DEM])
        elif role in specs and isinstance(entry, dict):
            known = [spec.name for spec in specs[role].fields]
            strangers = [name for name in _table(entry, "fields") if name not in known]
            yield from (unknown_key(f"[layers.{role}.fields]", name, known) for name in strangers)
    for role, spec in specs.items():
        if spec.required and role not in layers:
            yield finding(
                "PLN-layer-missing", Place(file=FILE), role=role, title=spec.title, official=spec.official
            )
    yield from (unknown_key("[tables]", name, TABLES) for name in tables if name not in TABLES)
    if "subprojects" not in tables:
        yield finding("PLN-table-missing", Place(file=FILE))
    items = submission_items()
    attached = _table(document, "attachments")
    yield from (unknown_key("[attachments]", name, items) for name in attached if name not in items)


def _remarks(file: PlanFile) -> Iterator[Finding]:
    for township in file.plan.townships:
        if not township.startswith(file.plan.county):
            yield finding(
                "PLN-township-elsewhere", Place(file=FILE), township=township, county=file.plan.county
            )
    if len({*file.plan.townships}) < len(file.plan.townships):
        yield finding("PLN-township-twice", Place(file=FILE))
    land = file.county_land
    if land is None or land.total_ha is None:
        return
    parts = (land.agricultural_ha, land.construction_ha, land.unused_ha)
    whole = Area.total(part for part in parts if part is not None)
    if None not in parts and whole != land.total_ha:
        sums = {"total": f"{land.total_ha.ha.normalize():f}", "parts": f"{whole.ha.normalize():f}"}
        yield finding("BAL-county-land", Place(file=FILE), **sums)


def _plan(root: Path, file: PlanFile, findings: tuple[Finding, ...]) -> Plan:
    head = file.plan
    layers = {
        role: LayerSource(role, entry.path, entry.layer, entry.fields, entry.encoding, entry.standin)
        for role, entry in file.layers.items()
    }
    return Plan(
        root=root,
        name=head.name,
        unit=head.unit,
        regimes=tuple(head.regime),
        outline=head.outline,
        base_year=head.base_year,
        period=head.period,
        crs=head.crs,
        county=head.county,
        townships=tuple(head.townships),
        layers=layers,
        tables={name: TableSource(name, entry.path, entry.sheet) for name, entry in file.tables.items()},
        basics=_basics(file.basics),
        county_land=_county_land(file.county_land) if file.county_land else None,
        pbf_designated=head.pbf_designated_ha,
        discount_rate=head.discount_rate,
        join_gap=head.join_gap_m,
        block_sizes=head.block_sizes_mu,
        boundary_area=head.boundary_area,
        boundary_decimals=head.boundary_decimals,
        attachments={item: tuple(paths) for item, paths in file.attachments.items()},
        statements={
            norm: Statement(entry.text, entry.by, tuple(entry.evidence))
            for norm, entry in file.statements.items()
        },
        reasons=dict(file.reasons),
        findings=findings,
    )


def _basics(table: BasicsTable) -> Basics:
    planning = tuple(PlanningApproval(entry.status, entry.approved) for entry in table.planning)
    words = table.model_dump(exclude={"planning"})
    return Basics(planning=planning, **words)


def _county_land(table: CountyLandTable) -> CountyLand:
    return CountyLand(**{name.removesuffix("_ha"): value for name, value in table})


def _table(document: Document, name: str) -> dict[str, Any]:
    entry = document.get(name)
    return entry if isinstance(entry, dict) else {}
