"""数据检查。Everything that can be said of data before a number is believed: of a plan folder, of any files.

A build asks only what its numbers need; an inspection goes through the whole catalogue of checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, Severity, blocking, finding
from fangtian.catalog.layer import LayerSpec, layer_specs
from fangtian.catalog.official import official_fields
from fangtian.errors import InputError
from fangtian.formats.guard import list_layers, read_layer
from fangtian.formats.vector import LayerInfo, RawLayer
from fangtian.geo.crs import Crs, detect
from fangtian.geo.layer import Layer
from fangtian.plan.arrivals import listed_files, no_data, sources_of, unread, unread_files
from fangtian.plan.astray import without_strays
from fangtian.plan.balance import parcel_balance
from fangtian.plan.coverage import across_layers, within_layer
from fangtian.plan.fields import read_columns
from fangtian.plan.inspected import Inspection, Subject
from fangtian.plan.inspection.attributes import inspect_attributes
from fangtian.plan.inspection.control import inspect_balance
from fangtian.plan.inspection.sets import Placed, layer_sets
from fangtian.plan.inspection.shapes import inspect_fit, inspect_shapes
from fangtian.plan.inspection.subject import names_of, subject_of
from fangtian.plan.layers import Inspected, inspect_raw
from fangtian.plan.model import Plan
from fangtian.plan.place import in_file
from fangtian.plan.survey import digest_of, digests, gather

__all__ = ["REPORTS", "inspect_files", "inspect_plan", "sources_of"]

Progress = Callable[[str], None]

REPORTS = "检查"
"""检查文件夹。Where inspections are written unless told otherwise."""


def inspect_plan(plan: Plan, progress: Progress | None = None) -> Inspection:
    """检查方案数据。Every layer and table of a plan folder, with every check that there is."""
    gathered = gather(plan, progress)
    findings = list(gathered.findings)
    for role, inspected in gathered.inspected.items():
        if progress:
            progress(f"逐项检查{layer_specs()[role].title}")
        mapped = plan.layers[role].fields
        findings += thorough(inspected, layer_specs()[role], plan.county, mapped)
    findings += _together(gathered.layers, gathered.places)
    subjects = tuple(
        _subject(inspected, layer_specs()[role]) for role, inspected in gathered.inspected.items()
    )
    return Inspection(
        plan.name,
        subjects,
        tuple(gathered.layers.values()),
        tuple(findings),
        dict(digests(plan)),
        of_a_plan=True,
    )


def inspect_files(paths: Sequence[Path], progress: Progress | None = None) -> Inspection:
    """检查数据文件。Every polygon layer of files, geodatabases or folders of them, whatever it is.

    A layer that has the name or the fields of one of the plan's layers is held to them; any other is checked
    for its coordinate system and its shapes. What cannot be read is a finding; InputError for a path that is
    not there.
    """
    absent = [path.name for path in paths if not path.exists()]
    if absent:
        raise InputError([finding("FMT-missing", Place(file=name), file=name) for name in absent])
    reading = _Files(progress or (lambda step: None))
    for file, path in sources_of(paths):
        reading.source(path, file, loose=path not in paths)
    reading.list_unread(paths)
    reading.across()
    if not reading.looked_at and not blocking(reading.findings):
        names = "、".join(subject.file for subject in reading.subjects[:5]) or "（空）"
        reading.findings.append(finding("FMT-nothing-inspected", Place(), names=names))
    return Inspection(
        "、".join(path.name for path in paths),
        tuple(reading.subjects),
        tuple(reading.layers),
        tuple(reading.findings),
        reading.digests,
        reading.systems,
    )


def thorough(
    inspected: Inspected, spec: LayerSpec, county: str = "", mapped: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """逐项检查。Checks of one layer beyond those that a build needs: its fields, its shapes."""
    if inspected.raw is not None:
        yield from inspect_attributes(inspected.raw, spec, county, inspected.place, mapped)
    if inspected.layer is not None:
        yield from inspect_shapes(inspected.layer, inspected.place)


@dataclass
class _Files:
    """Files while they are inspected."""

    tell: Progress
    subjects: list[Subject] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    systems: dict[tuple[str, str], Crs] = field(default_factory=dict)
    looked_at: int = 0

    @property
    def layers(self) -> list[Layer]:
        return [item.layer for item in self.placed]

    def source(self, path: Path, file: str, loose: bool = False) -> None:
        """A data source: each of its layers, or why it cannot be read; ``loose`` may be none."""
        self.tell(f"读取{file}")
        try:
            infos = list_layers(path)
            self.digests[file] = digest_of(path)
        except InputError as error:
            if loose and no_data(path, error.findings):
                self.subjects.append(Subject(file, "", "", "不是空间数据，不检查", 0, inspected=False))
            else:
                self.findings += in_file(error.findings, file)
            return
        for info in infos:
            if info.polygonal:
                self.read(path, info, file)
            else:
                self.subjects.append(
                    Subject(file, info.name, "", "非面图层，不检查", info.count, inspected=False)
                )

    def list_unread(self, paths: Sequence[Path]) -> None:
        """Files in formats that are not read; those that are data as a rule with what to do about it."""
        files = list(unread_files(paths))
        for file, path in files:
            try:
                if unread(path):
                    list_layers(path)
            except InputError as error:
                told = in_file(error.findings, file)
                self.findings += [replace(item, severity=Severity.WARNING) for item in told]
        names = listed_files(file for file, _ in files)
        self.subjects += [
            Subject(name, "", "", "不能读取的格式，未检查", 0, inspected=False) for name in names
        ]

    def read(self, path: Path, info: LayerInfo, file: str) -> None:
        try:
            raw = read_layer(path, info.name)
        except InputError as error:
            self.findings += in_file(error.findings, file, info.name)
            return
        self.layer(raw, file)

    def layer(self, raw: RawLayer, file: str) -> None:
        """A layer that was read, whatever it is."""
        self.looked_at += 1
        spec = _spec(raw)
        self.tell(f"检查{file} · {raw.name}")
        place = Place(file=file, layer=raw.name)
        raw, strays = without_strays(raw, subject_of(raw, spec, "", place, {}).ids, place)
        self.findings += strays
        crs, remarks = detect(raw.geometry, raw.epsg, raw.crs_name, place)
        if crs is None:
            self.findings += in_file([*raw.findings, *remarks], file, raw.name)
            self.findings += _attributes_alone(raw, spec, place, remarks)
            self.subjects.append(_subject(Inspected(None, place, (), raw), spec))
            return
        self.inspected(inspect_raw(raw, spec, {}, crs, file), spec, crs)

    def inspected(self, done: Inspected, spec: LayerSpec, crs: Crs) -> None:
        self.findings += done.findings
        self.subjects.append(replace(_subject(done, spec), crs=crs))
        if done.layer is not None:
            self.findings += within_layer(done.layer, done.place)
            if spec.role == "parcels":
                self.findings += parcel_balance(done.layer, done.place)
            self.placed.append(Placed(done.layer, done.place))
        self.findings += thorough(done, spec)

    def across(self) -> None:
        """Layers of the files against each other, as far as they are of one coordinate system."""
        for items in layer_sets(self.placed):
            layers, places = items.layers, items.places
            self.systems |= {(place.file, place.layer): items.crs for place in places.values()}
            found = [*across_layers(layers, places), *_together(layers, places)]
            self.findings += [item for item in found if item not in self.findings]


def _attributes_alone(
    raw: RawLayer, spec: LayerSpec, place: Place, remarks: Sequence[Finding]
) -> Iterator[Finding]:
    """What can be said of a layer whose coordinates cannot be used, and that the rest was not looked at."""
    why = "、".join(dict.fromkeys(item.kind.title for item in remarks)) or "坐标系未知"
    yield finding("FMT-shapes-unchecked", place, layer=raw.name, why=why)
    if len(raw) and spec.role:
        yield from read_columns(raw.fields, len(raw), spec, {}, place).findings
        yield from inspect_attributes(raw, spec, "", place)


def _together(layers: Mapping[str, Layer], places: Mapping[str, Place]) -> Iterator[Finding]:
    """Layers against each other beyond what a build needs."""
    yield from inspect_balance(layers, places)
    yield from inspect_fit(layers, places)


def _spec(raw: RawLayer) -> LayerSpec:
    """What a layer is taken for: by its name, else by the fields that such a layer must have."""
    name, fields = raw.name.casefold(), {field.casefold() for field in raw.fields}
    specs = layer_specs().values()
    for spec in specs:
        if name in {known.casefold() for known in spec.layer_names}:
            return spec
    for spec in specs:
        needed = [field for field in spec.fields if field.required]
        if len(needed) > 1 and all({o.casefold() for o in field.official} & fields for field in needed):
            return spec
    return LayerSpec("", raw.name, raw.name, (), False, "", "", "", ())


def _subject(inspected: Inspected, spec: LayerSpec) -> Subject:
    place, count = inspected.place, len(inspected.raw) if inspected.raw else 0
    crs = inspected.layer.crs if inspected.layer else None
    held = _held(inspected.raw, spec) if inspected.raw else frozenset()
    return Subject(place.file, place.layer, spec.role, _title(spec), count, crs, fields=held)


def _held(raw: RawLayer, spec: LayerSpec) -> frozenset[str]:
    """Roles of the official fields that a layer has."""
    names = names_of(list(raw.fields), spec, {})
    return frozenset(entry.role for entry in official_fields(spec) if entry.role and entry.name in names)


def _title(spec: LayerSpec) -> str:
    return f"{spec.title}（{spec.official}）" if spec.role else ""
