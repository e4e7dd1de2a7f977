"""写 GeoJSON。One FeatureCollection per layer, coordinates as they are with the system said in ``crs``.

RFC 7946 wants degrees of WGS 84 and knows no ``crs``. Official areas depend on the zone, and a change of
coordinates is no change of format: so plane coordinates stay, under the ``crs`` member of the edition of
2008, which GDAL, QGIS and ArcGIS read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.dataset import DataField
from fangtian.formats.losses import Losses, listed
from fangtian.formats.outgoing import Outgoing, is_degrees

__all__ = ["write_geojson"]

_TAIL = "\n]\n}\n"


def write_geojson(path: Path, item: Outgoing, losses: Losses) -> None:
    """写 GeoJSON。A line per feature in UTF-8; numbers and coordinates with every digit they have."""
    layer = item.layer
    if not is_degrees(layer) and layer.epsg and layer.kind != "table":
        losses.add("plane", item.source, system=f"EPSG:{layer.epsg}")
    if not len(layer) and layer.fields:
        losses.add("empty-layer", item.source)
    typed = [field.name for field in layer.fields if field.type != "text"]
    untyped = [name for name in typed if _unknown(layer.columns[name])]
    if len(layer) and untyped:
        losses.add("untyped", item.source, count=len(untyped), names=listed(untyped))
    head: dict[str, Any] = {"type": "FeatureCollection", "name": layer.name}
    if layer.epsg:
        properties = {"name": f"urn:ogc:def:crs:EPSG::{layer.epsg}"}
        head["crs"] = {"type": "name", "properties": properties}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        rows = [f"{json.dumps(key)}: {_json(value)}" for key, value in head.items()]
        file.write("{\n" + ",\n".join(rows) + ',\n"features": [')
        for number, feature in enumerate(_features(item)):
            file.write((",\n" if number else "\n") + _json(feature))
        file.write(_TAIL)


def _unknown(column: NDArray[Any]) -> bool:
    """Whether a column has no value at all, so that nothing tells its type."""
    return bool((column == "").all() if column.dtype == object else np.isnan(column).all())


def _features(item: Outgoing) -> Iterator[dict[str, Any]]:
    layer = item.layer
    columns = [_values(field, layer.columns[field.name]) for field in layer.fields]
    names = [field.name for field in layer.fields]
    for row, shape in enumerate(layer.geometry):
        properties = {name: column[row] for name, column in zip(names, columns, strict=True)}
        yield {"type": "Feature", "properties": properties, "geometry": _shape(shape)}


def _shape(shape: Any) -> Any:
    if shape is None:
        return None
    made: dict[str, Any] = shapely.geometry.mapping(shape)
    return made | {"type": "LineString"} if made["type"] == "LinearRing" else made


def _values(field: DataField, column: NDArray[Any]) -> list[Any]:
    if column.dtype == object:
        texts = [None if value == "" else value for value in column.tolist()]
        return [value and int(value) for value in texts] if field.type == "integer" else texts
    numbers = [None if value != value else value for value in column.tolist()]
    return (
        [value if value is None else int(value) for value in numbers] if field.type == "integer" else numbers
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
