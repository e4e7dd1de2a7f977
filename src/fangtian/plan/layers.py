"""图层。A layer of the plan, from file to memory: fields named, zone settled, shapes sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, Severity, finding
from fangtian.catalog.layer import LayerSpec, layer_specs
from fangtian.errors import InputError
from fangtian.formats.guard import list_layers, read_layer
from fangtian.formats.vector import RawLayer
from fangtian.geo.crs import Crs
from fangtian.geo.ground import Ground
from fangtian.geo.layer import Layer
from fangtian.plan.alignment import aligned
from fangtian.plan.fields import read_columns
from fangtian.plan.model import LayerSource, Plan
from fangtian.plan.place import in_file, listed, within
from fangtian.plan.soundness import drawn, sound_shapes

__all__ = ["Inspected", "inspect_layer", "inspect_raw"]

_MAY_BE_EMPTY = frozenset(
    {"eco_redline", "eco_redline_after", "urban_boundary", "urban_boundary_after", "slope"}
    | {"basic_farmland_in", "basic_farmland_out", "illegal_use"}
)
"""A county may have none of these; an empty layer then says so."""


@dataclass(frozen=True)
class Inspected:
    """已查图层。``layer`` is None where nothing more can be checked on it; ``place`` is its file and name.

    ``raw`` is the layer as the file has it, None where it could not be read.
    """

    layer: Layer | None
    place: Place
    findings: tuple[Finding, ...]
    raw: RawLayer | None = None


def inspect_layer(plan: Plan, role: str) -> Inspected:
    """读入并检查图层。The layer of a role in the plan's zone, with every finding about it."""
    source, spec = plan.layers[role], layer_specs()[role]
    file = within(source.path, plan.root)
    try:
        raw = _raw(source, spec)
    except InputError as error:
        place = Place(file=file, layer=source.layer or spec.official)
        return Inspected(None, place, tuple(in_file(error.findings, file, place.layer)))
    return inspect_raw(raw, spec, source.fields, plan.crs, file)


def inspect_raw(raw: RawLayer, spec: LayerSpec, fields: Mapping[str, str], crs: Crs, file: str) -> Inspected:
    """检查读出的图层。A layer that was read, taken for what ``spec`` says, in the zone ``crs``.

    ``fields`` maps our field names to the file's where they are told; ``file`` is what the user calls it.
    """
    place = Place(file=file, layer=raw.name)
    if not len(raw):
        return _empty(raw, crs, spec, place)
    columns = read_columns(raw.fields, len(raw), spec, fields, place)
    geometry, remarks = aligned(raw, columns.ids, crs, place)
    shapes = raw.geometry if geometry is None else geometry
    findings = [*_by_id(in_file(raw.findings, file, raw.name), columns.ids, spec)]
    findings += [*(_drawn(item, shapes) for item in columns.findings), *remarks]
    if geometry is None:
        return Inspected(None, place, tuple(findings), raw)
    sound = sound_shapes(geometry, columns.ids, spec, place, Ground.of(crs, geometry))
    twice = _twice(columns.ids[sound.kept], columns.values, spec, place)
    findings += [*sound.findings, *(_drawn(item, geometry[sound.kept]) for item in twice)]
    if not columns.complete:
        return Inspected(None, place, tuple(findings), raw)
    layer = Layer(spec.role, spec.title, crs, sound.geometry, columns.values, columns.ids, file)
    return Inspected(layer.take(sound.kept), place, tuple(findings), raw)


def _raw(source: LayerSource, spec: LayerSpec) -> RawLayer:
    """The layer that plan.toml names, or else the only polygon layer, or the one with an official name."""
    name = source.layer
    if not name:
        polygonal = [info.name for info in list_layers(source.path) if info.polygonal]
        official = [alias.casefold() for alias in spec.layer_names]
        named = sorted(
            (n for n in polygonal if n.casefold() in official), key=lambda n: official.index(n.casefold())
        )
        name = named[0] if len(polygonal) > 1 and named else ""
    return read_layer(source.path, name, source.encoding)


def _empty(raw: RawLayer, crs: Crs, spec: LayerSpec, place: Place) -> Inspected:
    item = finding("SCH-layer-empty", place, title=spec.title)
    if spec.role not in _MAY_BE_EMPTY:
        return Inspected(None, place, (item,), raw)
    columns: dict[str, NDArray[Any]] = {
        field.name: np.empty(0, object if field.type == "text" else np.float64) for field in spec.fields
    }
    nothing = np.empty(0, object)
    layer = Layer(spec.role, spec.title, crs, nothing, columns, nothing, place.file)
    return Inspected(layer, place, (replace(item, severity=Severity.WARNING),), raw)


def _by_id(findings: list[Finding], ids: NDArray[Any], spec: LayerSpec) -> Iterator[Finding]:
    """Readers know rows, users know ids; where a layer is required, a missing shape is an error."""
    for item in findings:
        rows = [int(row) - 1 for row in re.findall(r"\d+", item.values.get("rows", ""))]
        count = int(item.values.get("count", len(rows)))
        named = listed([ids[row] for row in rows if row < len(ids)])
        more = f"等{count}个" if count > len(rows) and not named.endswith("个") else ""
        severity = Severity.ERROR if item.code == "TOP-missing" and spec.required else item.severity
        yield replace(item, place=replace(item.place, feature=named + more), severity=severity)


def _drawn(item: Finding, geometry: NDArray[Any]) -> Finding:
    """Findings on fields know rows only: what they draw are the shapes of these rows."""
    if not len(item.places.rows):
        return item
    shapes = geometry[np.asarray(item.places.rows, dtype=np.int64)]
    return replace(item, place=replace(item.place, wkb=drawn(shapes))).at(replace(item.places, shapes=shapes))


def _twice(ids: NDArray[Any], values: Any, spec: LayerSpec, place: Place) -> Iterator[Finding]:
    """Ids that occur twice: a village may have several polygons, a plot may not."""
    if spec.id_field not in values or spec.role not in _UNIQUE:
        return
    names, counts = np.unique(ids.astype(str), return_counts=True)
    again = names[counts > 1]
    if len(again):
        where = replace(place, feature=listed(again))
        term = spec.field(spec.id_field).term
        rows = np.flatnonzero(np.isin(ids.astype(str), again))
        item = finding("LOG-id-twice", where, term=term, count=len(again), ids=listed(again))
        item = item.at(Places(ids[rows], values=ids[rows], rows=rows))
        yield item if spec.trust == "C" else replace(item, severity=Severity.WARNING)


_UNIQUE = frozenset({"parcels", "basic_farmland", "basic_farmland_in", "basic_farmland_out", "plots"})
