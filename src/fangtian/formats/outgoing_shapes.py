"""待写图形。Shapes sorted by kind, for formats whose layers hold one kind only, and taken to decimals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.dataset import DataLayer
from fangtian.formats.losses import Losses
from fangtian.formats.shapes import row_list
from fangtian.formats.targets import Target

__all__ = ["KIND_WORDS", "layers_by_kind", "rounded"]

KIND_WORDS = {
    "polygon": "面", "line": "线", "point": "点", "annotation": "注记", "mixed": "混合", "table": "表",
}  # fmt: skip
"""类型名。Kinds of layers as people call them."""
_FAMILY = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "polygon", 6: "polygon"}
_COLLECTION, _MISSING = "collection", ""
Rows = NDArray[np.int64]


def layers_by_kind(layer: DataLayer, target: Target, losses: Losses) -> Iterator[DataLayer]:
    """按类型分层。The layer itself, or one for every kind of its shapes; kinds not held are told."""
    if layer.kind == "table":
        parts = [replace(layer, geometry=np.full(len(layer), None, dtype=object))]
    else:
        parts = list(_parts(replace(layer, geometry=_usable(layer, losses)), target, losses))
    for part in parts:
        bare = target.kinds == ("polygon",) and shapely.is_missing(part.geometry).all()
        if part.kind == "table" and not part.fields and target.suffix != ".geojson":
            losses.add("layer-blank", layer.name, count=len(part))
        elif part.kind in target.kinds and not bare:
            yield part
        else:
            losses.add("layer-left-out", layer.name, kind=KIND_WORDS[part.kind], count=len(part))


def rounded(layer: DataLayer, places: int | None, losses: Losses, source: str) -> DataLayer:
    """坐标取位。Coordinates to ``places`` decimals, with the largest shift told; all bits kept for None."""
    if places is None or shapely.is_missing(layer.geometry).all():
        return layer
    points = shapely.get_coordinates(layer.geometry)
    change = np.abs(np.round(points, places) - points)
    largest = float(change.max(initial=0.0))
    if not largest:
        return replace(layer, decimals=places)
    count = int((change > 0).any(axis=1).sum())
    losses.add("coordinates", source, decimals=places, count=count, largest=f"{largest:.2g}")
    geometry = shapely.transform(layer.geometry, lambda xy: np.round(xy, places) + 0.0)
    return replace(layer, geometry=geometry, decimals=places)


def _usable(layer: DataLayer, losses: Losses) -> NDArray[Any]:
    """Shapes with two finite coordinates per point; None for those that have none."""
    geometry: NDArray[Any] = np.array(shapely.force_2d(layer.geometry), dtype=object)
    present = ~shapely.is_missing(geometry)
    finite = np.isfinite(shapely.bounds(geometry)).all(axis=1) if len(geometry) else present
    empty = present & ~finite  # an empty shape has no bounds either
    if empty.any():
        geometry[empty] = None
        losses.add("shape-empty", layer.name, count=int(empty.sum()), rows=row_list(np.flatnonzero(empty)))
    return geometry


def _parts(layer: DataLayer, target: Target, losses: Losses) -> Iterator[DataLayer]:
    families = np.array([_FAMILY.get(type_id, _COLLECTION) for type_id in
                         shapely.get_type_id(layer.geometry).tolist()], dtype=object)  # fmt: skip
    families[shapely.is_missing(layer.geometry)] = _MISSING
    present = [name for name in dict.fromkeys(families.tolist()) if name]
    if not present:
        yield replace(layer, kind=layer.kind if layer.kind != "mixed" else "table")
        return
    point = "annotation" if layer.kind == "annotation" else "point"
    if len(present) == 1 and present[0] != _COLLECTION:
        yield replace(layer, kind=point if present[0] == "point" else present[0])
        return
    if "mixed" in target.kinds:
        yield replace(layer, kind="mixed")
        return
    rows, geometry = _by_family(layer.geometry, families)
    if _COLLECTION in present:
        losses.add("collection", layer.name, count=int((families == _COLLECTION).sum()))
    if len(rows) > 1:
        told = "、".join(f"{KIND_WORDS[kind]} {len(own)}" for kind, own in rows.items())
        losses.add("layer-split", layer.name, parts=told)
    for kind, own in rows.items():
        name = f"{layer.name}_{KIND_WORDS[kind]}" if len(rows) > 1 else layer.name
        taken = _taken(layer, own, geometry[kind])
        yield replace(taken, name=name, kind=point if kind == "point" else kind)


def _by_family(
    geometry: NDArray[Any], families: NDArray[Any]
) -> tuple[dict[str, Rows], dict[str, NDArray[Any]]]:
    """Rows and shapes of each kind; rows without a shape go with the kind of the first."""
    found: dict[str, dict[int, Any]] = {}
    for row, (shape, family) in enumerate(zip(geometry.tolist(), families.tolist(), strict=True)):
        if family == _COLLECTION:
            for kind, part in _taken_apart(shape).items():
                found.setdefault(kind, {})[row] = part
        elif family:
            found.setdefault(family, {})[row] = shape
    first = next(iter(found))
    found[first] |= {row: None for row in np.flatnonzero(families == _MISSING).tolist()}
    rows = {kind: np.array(sorted(own), dtype=np.int64) for kind, own in found.items()}
    shapes = {kind: np.array([own[row] for row in sorted(own)], dtype=object) for kind, own in found.items()}
    return rows, shapes


def _taken_apart(collection: Any) -> dict[str, Any]:
    """A collection's points, lines and polygons, each as one shape."""
    pieces: dict[str, list[Any]] = {}
    todo = [collection]
    while todo:
        shape = todo.pop(0)
        if shape.geom_type in ("GeometryCollection", "MultiPoint", "MultiLineString", "MultiPolygon"):
            todo = [*shapely.get_parts(shape).tolist(), *todo]
        elif not shape.is_empty:
            pieces.setdefault(_FAMILY[shapely.get_type_id(shape)], []).append(shape)
    build = {
        "point": shapely.multipoints, "line": shapely.multilinestrings, "polygon": shapely.multipolygons,
    }  # fmt: skip
    return {kind: own[0] if len(own) == 1 else build[kind](own) for kind, own in pieces.items()}


def _taken(layer: DataLayer, rows: Rows, geometry: NDArray[Any]) -> DataLayer:
    return replace(
        layer,
        geometry=geometry,
        columns={name: column[rows] for name, column in layer.columns.items()},
        texts=None if layer.texts is None else layer.texts[rows],
        angles=None if layer.angles is None else layer.angles[rows],
    )
