"""写数据库。Layers of any kind as a GeoPackage or a FileGDB, by the writers that also make deliverables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.dataset import DataLayer
from fangtian.formats.filegdb import write_filegdb
from fangtian.formats.geopackage import OutField, OutLayer, OutTable, write_geopackage
from fangtian.formats.outgoing import Outgoing

__all__ = ["write_database"]

_TYPES = {"polygon": "Polygon", "line": "LineString", "point": "Point", "mixed": "Unknown"}


def write_database(path: Path, items: Sequence[Outgoing]) -> None:
    """写数据库。All layers, then all tables, into a ``.gpkg`` or ``.gdb``; fields keep widths and aliases."""
    layers = [_layer(item.layer, path.suffix) for item in items if item.layer.kind != "table"]
    tables = [_table(item.layer, path.suffix) for item in items if item.layer.kind == "table"]
    if path.suffix == ".gdb":
        write_filegdb(path, layers, tables)
    else:
        write_geopackage(path, layers, tables)


def _layer(layer: DataLayer, suffix: str) -> OutLayer:
    kind = _TYPES[layer.kind]
    single = np.isin(shapely.get_type_id(layer.geometry), (-1, 0, 1, 3)).all()  # -1: missing
    if kind != "Unknown" and not (single and (suffix == ".gpkg" or kind == "Point")):
        kind = f"Multi{kind}"
    geometry = layer.geometry
    if kind == "MultiPoint":
        geometry = np.array([shape and shapely.multipoints(shapely.get_parts(shape)) for shape in geometry])
    title, columns, fields = layer.name, _columns(layer), _fields(layer, suffix)
    return OutLayer(layer.name, title, geometry, columns, fields, layer.epsg, geometry_type=kind)


def _table(layer: DataLayer, suffix: str) -> OutTable:
    return OutTable(layer.name, layer.name, _columns(layer), _fields(layer, suffix))


def _fields(layer: DataLayer, suffix: str) -> tuple[OutField, ...]:
    made = []
    for field in layer.fields:
        made.append(OutField(field.name, field.alias, field.type, field.length, field.decimals))
        if suffix == ".gpkg" and field.type == "integer" and _large(layer.columns[field.name]):
            made[-1] = replace(made[-1], length=0)  # more than 32 bits
    return tuple(made)


def _large(column: NDArray[Any]) -> bool:
    if column.dtype == object:
        return any(len(text) > 9 for text in column.tolist())
    return bool((np.abs(column[~np.isnan(column)]) >= 2.0**31).any())


def _columns(layer: DataLayer) -> dict[str, list[Any]]:
    """Values with None for null, which is all that a text "" means here."""
    return {
        field.name: [None if value == "" else value for value in layer.columns[field.name].tolist()]
        for field in layer.fields
    }
