"""读取调查数据。Everything a plan folder holds, read, inspected and brought together.

What can be reported together is reported together: a layer that cannot be used does not hide what is wrong
with the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from glob import escape
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, blocking, finding
from fangtian.catalog.layer import layer_specs
from fangtian.errors import InputError
from fangtian.formats.raster import Elevation
from fangtian.geo.layer import Layer
from fangtian.plan.balance import parcel_balance, with_ridges
from fangtian.plan.coverage import across_layers, within_layer
from fangtian.plan.folder import DEM
from fangtian.plan.funds import read_cash, read_funds
from fangtian.plan.gaps import gaps
from fangtian.plan.layers import Inspected, inspect_layer
from fangtian.plan.model import CashItem, ExistingProject, FundItem, Plan, RightsChange, Subproject, Survey
from fangtian.plan.narrative import Narrative, narrative_inputs, read_narratives
from fangtian.plan.place import within
from fangtian.plan.plots import PlotCheck
from fangtian.plan.relief import Relief, read_relief
from fangtian.plan.rights import read_rights
from fangtian.plan.subprojects import read_existing, read_subprojects

__all__ = ["Gathered", "Tables", "digest_of", "digests", "gather", "read_survey"]

_SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})

Progress = Callable[[str], None]


def read_survey(plan: Plan, progress: Progress | None = None) -> Survey:
    """读取全部数据。Layers, tables and their checks; ``progress`` is told each step in Chinese.

    Raises InputError with every blocking finding (and the remarks found beside them); remarks alone go to
    ``Survey.findings``.
    """
    gathered = gather(plan, progress)
    if blocking(gathered.findings):
        raise InputError(gathered.findings)
    if progress:
        progress("计算数据指纹")
    return Survey(
        plan=plan,
        layers=gathered.layers,
        subprojects=gathered.tables.subprojects,
        existing=gathered.tables.existing,
        funds=gathered.tables.funds,
        cash=gathered.tables.cash,
        rights=gathered.rights,
        narratives=gathered.narratives,
        findings=gathered.findings,
        digests=digests(plan),
        relief=gathered.relief,
    )


def gather(plan: Plan, progress: Progress | None = None) -> Gathered:
    """收集数据。As :func:`read_survey`, but what can be read stands beside what is wrong."""
    tell = progress or (lambda step: None)
    reading = _Reading(plan, tell)
    reading.read_layers()
    tell("读取子项目、资金等表格")
    tables = Tables.read(plan)
    tell("核对图层之间的关系")
    findings = [*plan.findings, *reading.findings, *tables.findings]
    findings += across_layers(reading.layers, reading.places)
    findings += _townships(plan, reading.layers, reading.places)
    findings += gaps(reading.layers, reading.places, designated=plan.pbf_designated is not None)
    if "plots" in reading.layers:
        place = reading.places["plots"]
        check = PlotCheck(plan, reading.layers, tables.subprojects, tables.existing, place)
        findings += check.findings()
    rights, about_rights = read_rights(plan, reading.layers)
    narratives, about_narratives = read_narratives(plan.root, plan.outline)
    return Gathered(
        inspected=reading.inspected,
        layers=reading.layers,
        places=reading.places,
        tables=tables,
        rights=rights,
        narratives=narratives,
        relief=reading.relief.elevation,
        findings=(*findings, *about_rights, *about_narratives),
    )


def _townships(plan: Plan, layers: Mapping[str, Layer], places: Mapping[str, Place]) -> list[Finding]:
    """The townships of plan.toml are those of the villages: art. 13.4 divides by their basic farmland."""
    if "villages" not in layers or not len(layers["villages"]):
        return []
    found = {str(code)[:9] for code in layers["villages"].ids}
    if found & set(plan.townships):
        return []
    place = replace(places["villages"], feature="")
    told, seen = "、".join(plan.townships), "、".join(sorted(found))
    return [finding("LOG-township-elsewhere", place, told=told, seen=seen)]


def digests(plan: Plan) -> Mapping[str, str]:
    """数据指纹。SHA-256 of plan.toml, of every data file and chapter by its name in the folder.

    A file geodatabase counts as one: the hash runs over names and contents of its files in order.
    """
    sources = [source.path for source in plan.layers.values()]
    sources += [source.path for source in plan.tables.values()]
    sources += [path for files in plan.attachments.values() for path in files]
    sources += [path for statement in plan.statements.values() for path in statement.evidence]
    sources += narrative_inputs(plan.root)
    paths = {within(path, plan.root): path for path in sources}
    found = {name: digest_of(path) for name, path in sorted(paths.items())}
    return {"plan.toml": digest_of(plan.root / "plan.toml"), **found}


def digest_of(path: Path) -> str:
    """文件指纹。SHA-256 of a file, or of a folder's or shapefile's parts by name and content."""
    if path.is_dir():
        parts = sorted(part for part in path.rglob("*") if part.is_file() and part.suffix != ".lock")
    elif path.suffix.lower() == ".shp":
        beside = path.parent.glob(f"{escape(path.stem)}.*")
        parts = sorted(part for part in beside if part.suffix.lower() in _SHAPEFILE)
    else:
        return _hashed(path)
    lines = (f"{part.name}\t{_hashed(part)}\n" for part in parts)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class _Reading:
    """The layers read so far."""

    plan: Plan
    tell: Progress
    inspected: dict[str, Inspected] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    relief: Relief = field(default_factory=Relief)

    def read_layers(self) -> None:
        for role, spec in layer_specs().items():
            if role in self.plan.layers:
                self.tell(f"读取{spec.title}（{spec.official}）")
                self.read(role)
        if DEM in self.plan.layers:
            self.tell("读取数字高程模型（DEM）")
            self.relief = read_relief(self.plan, self.layers)
            self.findings += self.relief.findings

    def read(self, role: str) -> None:
        inspected = self.inspected[role] = inspect_layer(self.plan, role)
        self.places[role] = inspected.place
        self.findings += inspected.findings
        layer = inspected.layer
        if layer is None:
            return
        self.findings += within_layer(layer, inspected.place)
        if role == "parcels":
            self.findings += parcel_balance(layer, inspected.place)
            layer, remarks = with_ridges(layer, inspected.place)
            self.findings += remarks
        self.layers[role] = layer


@dataclass(frozen=True)
class Tables:
    """表格。The tables of the plan, typed."""

    subprojects: tuple[Subproject, ...]
    existing: tuple[ExistingProject, ...]
    funds: tuple[FundItem, ...]
    cash: tuple[CashItem, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def read(cls, plan: Plan) -> Tables:
        """读取表格。Those that plan.toml names; what is wrong with them is among the findings."""
        subprojects, about_subprojects = read_subprojects(plan)
        existing, about_existing = read_existing(plan)
        funds, about_funds = read_funds(plan, subprojects)
        cash, about_cash = read_cash(plan)
        remarks = (*about_subprojects, *about_existing, *about_funds, *about_cash)
        return cls(subprojects, existing, funds, cash, remarks)


@dataclass(frozen=True)
class Gathered:
    """收集到的数据。What could be read of a plan folder, by role, and everything found on the way."""

    inspected: Mapping[str, Inspected]
    layers: Mapping[str, Layer]
    places: Mapping[str, Place]
    tables: Tables
    rights: tuple[RightsChange, ...]
    narratives: tuple[Narrative, ...]
    relief: Elevation | None
    findings: tuple[Finding, ...]
