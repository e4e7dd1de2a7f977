"""读数据集。Any data file that people send, whatever its format, as one kind of value.

Everything a file holds is read: all its layers, shapes of every kind, tables without shapes, and the fields
with what is told of their types and sizes. Coordinates come as the file has them; nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.formats.attributes import require_encoding
from fangtian.formats.dataset import DataLayer, Dataset
from fangtian.formats.field_sizes import declared_fields
from fangtian.formats.heads import agreed_head
from fangtian.formats.reading_boundary import boundary_dataset
from fangtian.formats.reading_dxf import dxf_dataset
from fangtian.formats.reading_gdal import LayerInfo, layer_infos, read_gdal_layer
from fangtian.formats.reading_vct import vct_dataset
from fangtian.formats.reading_wkt import wkt_dataset
from fangtian.formats.shapes import any_shapes, on_grid
from fangtian.formats.source import format_of, opened

__all__ = ["is_whole_file", "read_dataset", "read_source"]

_WHOLE: Mapping[str, Callable[[Path, Place, str], Dataset]] = {
    "VCT": vct_dataset,
    "TXT": boundary_dataset,
    "DXF": dxf_dataset,
    "CSV": wkt_dataset,
    "Excel": wkt_dataset,
}
"""Formats whose layers are only known once the whole file is read."""
_OF_BYTES = frozenset({"Shapefile", "dBASE"})
"""Formats whose text is in an encoding that may be told by hand."""
_KINDS = {0: "point", 1: "line", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}
"""By shapely's number of a geometry type."""


def read_dataset(path: Path, encoding: str = "") -> Dataset:
    """读数据集。All layers and tables of a file, or of the files in a zip or a folder of shapefiles.

    ``encoding`` overrules what a shapefile's ``.cpg`` says. ``format`` is that of :func:`source.format_of`,
    "zip" where an archive holds several. Layers of one name are numbered, with a remark. Raises
    :class:`InputError` for a file that is missing, broken, or not what its name says.
    """
    notes: list[Finding] = []
    require_encoding(encoding, Place(file=path.name))
    with opened(path, notes) as sources:
        parts = [read_source(source, path, encoding) for source in sources]
    formats = list(dict.fromkeys(part.format for part in parts))
    layers, remarks = _told_apart([layer for part in parts for layer in part.layers], path)
    head = agreed_head(part.head for part in parts)
    if head.differing:
        keys = "、".join(head.differing)
        notes.append(finding("FMT-heads-differ", Place(file=path.name), file=path.name, keys=keys))
    used = "、".join(dict.fromkeys(part.encoding for part in parts if part.encoding))
    kind = formats[0] if len(formats) == 1 else "Shapefile" if path.is_dir() else "zip"
    if encoding and not _OF_BYTES.intersection(formats):
        told = {"file": path.name, "format": kind, "name": encoding}
        notes.append(finding("FMT-encoding-unused", Place(file=path.name), **told))
    findings = (*notes, *(item for part in parts for item in part.findings), *remarks)
    return Dataset(path, kind, tuple(layers), findings, used, head.entries)


def is_whole_file(source: Path) -> bool:
    """整读格式。Whether the layers of a file are only known once all of it is read."""
    return format_of(source) in _WHOLE


def read_source(source: Path, path: Path, encoding: str = "") -> Dataset:
    """读一个文件。One of the files that :func:`source.opened` gives; ``path`` is what the user named."""
    kind = format_of(source)
    if kind in _WHOLE:
        about = source.stat()
        return _read_whole(source, path.name, encoding, (about.st_mtime_ns, about.st_size, about.st_ino))
    pairs = [_gdal_layer(source, info, path, encoding) for info in layer_infos(source, path)]
    used = "、".join(dict.fromkeys(codec for _, _, codec in pairs))
    findings = tuple(item for _, remarks, _ in pairs for item in remarks)
    return Dataset(path, kind, tuple(layer for layer, _, _ in pairs), findings, used)


@lru_cache(maxsize=1)
def _read_whole(source: Path, name: str, encoding: str, version: tuple[int, ...]) -> Dataset:
    """The last file that was read as a whole: a plan takes its layers from it one by one."""
    return _WHOLE[format_of(source)](source, Place(file=name), encoding)


def _gdal_layer(
    source: Path, info: LayerInfo, path: Path, encoding: str
) -> tuple[DataLayer, tuple[Finding, ...], str]:
    place = Place(file=path.name, layer=info.name)
    raw = read_gdal_layer(source, info, place, encoding)
    fields = declared_fields(source, info.name, raw.types)
    if info.geometry_type:
        geometry, remarks = any_shapes(raw.wkb, place)
    else:
        geometry, remarks = np.full(_rows(raw.columns, raw.wkb), None), []
    if format_of(source) == "FileGDB":
        geometry = on_grid(geometry)  # its coordinates come back up to 0.2 µm off
    kind = _kind(geometry, info)
    layer = DataLayer(info.name, kind, fields, geometry, raw.columns, raw.epsg, raw.crs_name)
    return layer, (*raw.findings, *remarks), raw.encoding


def _rows(columns: Mapping[str, NDArray[Any]], wkb: NDArray[Any]) -> int:
    return len(next(iter(columns.values()))) if columns else len(wkb)


def _kind(geometry: NDArray[Any], info: LayerInfo) -> str:
    """What the shapes are; where there are none, what the file says they are."""
    if not info.geometry_type:
        return "table"
    found = {
        _KINDS.get(int(number), "mixed") for number in np.unique(shapely.get_type_id(geometry)) if number >= 0
    }
    if found:
        return found.pop() if len(found) == 1 else "mixed"
    words = {"Polygon": "polygon", "Surface": "polygon", "Line": "line", "Curve": "line", "Point": "point"}
    return next((kind for word, kind in words.items() if word in info.geometry_type), "mixed")


def _told_apart(layers: list[DataLayer], path: Path) -> tuple[list[DataLayer], list[Finding]]:
    """Layers under names of their own: those of a name that occurred before get a number."""
    names: set[str] = set()
    told, remarks = [], []
    for layer in layers:
        name, number = layer.name, 1
        while name.lower() in names:
            number += 1
            name = f"{layer.name}_{number}"
        names.add(name.lower())
        told.append(replace(layer, name=name))
        if name != layer.name:
            place = Place(file=path.name, layer=layer.name)
            remarks.append(finding("FMT-layer-twice", place, layer=layer.name, name=name))
    return told, remarks
