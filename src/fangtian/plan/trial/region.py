"""试算范围。Which villages of a parcel file the trial covers, and their parcels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Place, blocking, finding
from fangtian.catalog.layer import layer_specs
from fangtian.errors import InputError
from fangtian.formats.guard import list_layers, read_layer
from fangtian.geo.crs import Crs, detect
from fangtian.geo.layer import Layer
from fangtian.plan.layers import inspect_layer
from fangtian.plan.model import LayerSource, Plan

__all__ = ["Region", "choose_region", "tidy"]

VILLAGES = 4
IN_CONSOLIDATION = 2
LEAST_PARCELS = 50
GRID_M = 1e-4


@dataclass(frozen=True)
class Region:
    """试算范围。Villages, freed of overlaps, and all parcels of the file."""

    crs: Crs
    year: int
    parcels: Layer
    villages: Layer
    parcels_layer: str
    pilot: Any
    consolidation: Any


def choose_region(root: Path, file: Path) -> Region:
    """选定试算范围。The file's first middling village and its nearest neighbours.

    Raises InputError where the file has no parcel layer or no village to choose.
    """
    names = {info.name: info for info in list_layers(file)}
    parcels_layer = _named(names, "parcels")
    villages_layer = _named(names, "villages")
    if not parcels_layer:
        role = layer_specs()["parcels"].title
        place = Place(file=file.name)
        raise InputError([finding("SCH-layer-missing", place, role=role, known="、".join(names) or "（无）")])
    plan = _provisional_plan(root, file, {"parcels": parcels_layer, "villages": villages_layer})
    parcels = _layer(plan, "parcels")
    villages = _layer(plan, "villages") if villages_layer else _villages_of(parcels)
    chosen = _neighbours(villages, parcels)
    kept = villages.take(np.asarray(chosen))
    kept = replace(kept, geometry=_apart(kept.geometry))
    pilot = tidy(shapely.union_all(kept.geometry))
    inner = tidy(shapely.union_all(kept.geometry[:IN_CONSOLIDATION]))
    years = parcels.column("data_year")
    year = int(np.nanmax(years.astype(float))) if years.dtype != object and len(years) else 2024
    return Region(parcels.crs, year, parcels, kept, parcels_layer, pilot, inner)


def tidy(shape: Any) -> Any:
    """整理图形。On the survey's 0.1 mm grid and valid there, so that reading it back changes nothing."""
    return shapely.set_precision(shape, GRID_M)


def _apart(shapes: NDArray[Any]) -> NDArray[Any]:
    """Ground that two villages claim goes to the first: real boundaries overlap, a trial's must not."""
    result: list[Any] = []
    for shape in shapes:
        taken = shapely.union_all(result) if result else None
        result.append(tidy(shapely.difference(shape, taken) if taken is not None else shape))
    return np.array(result, dtype=object)


def _provisional_plan(root: Path, file: Path, layers: dict[str, str]) -> Plan:
    """Just enough of a plan to read the file's own layers by the house's reader."""
    first = next(name for name in layers.values() if name)
    raw = read_layer(file, first)
    crs, findings = detect(raw.geometry, raw.epsg, raw.crs_name)
    if crs is None or blocking(findings):
        raise InputError(findings)
    sources = {role: LayerSource(role, file, name) for role, name in layers.items() if name}
    return Plan(
        root,
        "",
        "",
        (),
        "",
        crs=crs,
        base_year=2024,
        period=(2026, 2028),
        county="",
        townships=(),
        layers=sources,
        tables={},
    )


def _named(names: dict[str, Any], role: str) -> str:
    """The layer of a role by its accepted names; a file with a single layer is taken to be the parcels."""
    known = {name.upper(): name for name in names}
    found = next((known[n.upper()] for n in layer_specs()[role].layer_names if n.upper() in known), "")
    return found or (next(iter(names)) if role == "parcels" and len(names) == 1 else "")


def _layer(plan: Plan, role: str) -> Layer:
    inspected = inspect_layer(plan, role)
    if inspected.layer is None or not len(inspected.layer):
        raise InputError(inspected.findings)
    return inspected.layer


def _villages_of(parcels: Layer) -> Layer:
    """Villages as unions of the parcels that name them."""
    codes = np.array([str(code)[:12] for code in parcels.column("location_code")], dtype=object)
    keys = sorted({code for code in codes if code})
    if not keys:
        title = layer_specs()["villages"].title
        raise InputError([finding("SCH-layer-missing", Place(file=parcels.source), role=title, known="—")])
    names = parcels.column("location_name")
    columns = {
        "village_code": np.array(keys, dtype=object),
        "village_name": np.array([names[codes == key][0] or key for key in keys], dtype=object),
    }
    shapes = np.array([shapely.union_all(parcels.geometry[codes == key]) for key in keys], dtype=object)
    title = layer_specs()["villages"].title
    return Layer("villages", title, parcels.crs, shapes, columns, columns["village_code"], parcels.source)


def _neighbours(villages: Layer, parcels: Layer) -> list[int]:
    """A village of middling size and those nearest to it, so that the trial is one connected place."""
    tree = shapely.STRtree(shapely.point_on_surface(parcels.geometry))
    inside = tree.query(villages.geometry, predicate="intersects")[0]
    counts = np.bincount(inside, minlength=len(villages))
    usable = np.flatnonzero(counts >= min(LEAST_PARCELS, counts.max()))
    start = usable[np.argsort(counts[usable], kind="stable")[len(usable) // 2]]
    distance = shapely.distance(
        shapely.centroid(villages.geometry), shapely.centroid(villages.geometry[start])
    )
    ranked: NDArray[np.int64] = usable[np.argsort(distance[usable], kind="stable")]
    return [int(row) for row in ranked[:VILLAGES]]
