"""矢量数据。Polygons and their fields from a data file of any format, or a zip of these.

What is read is what the file holds: nothing is repaired or re-projected. Only the form is settled:
two dimensions, curves as chords, coordinates on the 0.1 mm grid of the survey, text decoded, missing text
``""``, missing numbers NaN. What is wrong with single features is reported in ``RawLayer.findings``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.attributes import require_encoding
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.field_sizes import declared_fields
from fangtian.formats.geopackage import OutField, OutLayer, OutTable, write_geopackage
from fangtian.formats.reading import is_whole_file, read_source
from fangtian.formats.reading_gdal import LayerInfo, layer_infos, read_gdal_layer
from fangtian.formats.shapes import on_grid, polygons
from fangtian.formats.source import opened

__all__ = [
    "LayerInfo",
    "OutField",
    "OutLayer",
    "OutTable",
    "RawLayer",
    "list_layers",
    "read_layer",
    "write_geopackage",
]

_GEOMETRY_TYPES = {
    "polygon": "MultiPolygon",
    "line": "MultiLineString",
    "point": "Point",
    "annotation": "Point",
    "mixed": "Unknown",
    "table": "",
}


@dataclass(frozen=True)
class RawLayer:
    """原始图层。A polygon layer as the file has it, under the file's own field names.

    ``geometry`` (n,) shapely polygons and multipolygons, None where missing or unusable; ``fields`` name ->
    (n,) array: ``str`` objects ("" for null) or float64 (NaN for null); dates are text, integers beyond
    2**53 too, because only codes are that long. ``epsg`` is None where the file does not declare a system
    that the registry knows; ``crs_name`` is what it calls it. ``findings`` are remarks on the content;
    ``declared`` are the fields with the types and sizes that the file gives them.
    """

    path: Path
    name: str
    geometry: NDArray[Any]
    fields: dict[str, NDArray[Any]]
    epsg: int | None
    crs_name: str
    encoding: str
    geometry_type: str
    findings: tuple[Finding, ...] = ()
    declared: tuple[DataField, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class _Known:
    """A layer that may be chosen: where it is, and itself where its file is read as a whole."""

    source: Path
    info: LayerInfo
    whole: Dataset | None = None


def list_layers(path: Path) -> list[LayerInfo]:
    """图层清单。Every layer and table of a data source; raises :class:`InputError`."""
    with opened(path) as sources:
        return [known.info for source in sources for known in _known(source, path, "")]


def read_layer(path: Path, layer: str = "", encoding: str = "") -> RawLayer:
    """读取图层。One polygon layer of a data source.

    ``layer`` may stay blank where there is only one polygon layer; ``encoding`` overrules what a
    shapefile's ``.cpg`` says. Raises :class:`InputError` for a missing, empty, broken or ambiguous source.
    """
    notes: list[Finding] = []
    require_encoding(encoding, Place(file=path.name, layer=layer))
    try:
        with opened(path, notes) as sources:
            known = [entry for source in sources for entry in _known(source, path, encoding)]
            raw = _read(_choose(known, layer, path), path, encoding)
    except InputError as error:
        raise InputError([*error.findings, *notes]) from error
    return replace(raw, findings=(*notes, *raw.findings)) if notes else raw


def _known(source: Path, path: Path, encoding: str) -> list[_Known]:
    if not is_whole_file(source):
        return [_Known(source, info) for info in layer_infos(source, path)]
    whole = read_source(source, path, encoding)
    return [_Known(source, _info(layer), whole) for layer in whole.layers]


def _info(layer: DataLayer) -> LayerInfo:
    return LayerInfo(layer.name, _GEOMETRY_TYPES[layer.kind], len(layer))


def _choose(known: list[_Known], layer: str, path: Path) -> _Known:
    place = Place(file=path.name, layer=layer)
    names = "、".join(entry.info.name for entry in known)
    if layer:
        wanted = [entry for entry in known if entry.info.name == layer] or [
            entry for entry in known if entry.info.name.lower() == layer.lower()
        ]
        if not wanted:
            raise InputError([finding("SCH-layer-missing", place, role=layer, known=names)])
    else:
        wanted = known
    surfaces = [entry for entry in wanted if entry.info.polygonal]
    if not surfaces:
        raise InputError([finding("FMT-no-polygons", place, file=path.name, known=names)])
    # A committed polygon layer wins over mixed ones; two of a kind need the user's word.
    sure = [entry for entry in surfaces if not entry.info.mixed] or surfaces
    if len(sure) > 1:
        shown = "、".join(entry.info.name for entry in sure)
        raise InputError([finding("FMT-layer-needed", place, file=path.name, known=shown)])
    return sure[0]


def _read(chosen: _Known, path: Path, encoding: str) -> RawLayer:
    name, kind = chosen.info.name, chosen.info.geometry_type
    place = Place(file=path.name, layer=name)
    if chosen.whole is None:
        raw = read_gdal_layer(chosen.source, chosen.info, place, encoding)
        wkb, columns, used, remarks = raw.wkb, raw.columns, raw.encoding, raw.findings
        epsg, crs_name = raw.epsg, raw.crs_name
        declared = declared_fields(chosen.source, name, raw.types)
    else:
        layer = next(item for item in chosen.whole.layers if item.name == name)
        wkb, columns, used = shapely.to_wkb(layer.geometry), dict(layer.columns), chosen.whole.encoding
        epsg, crs_name, declared = layer.epsg, layer.crs_name, layer.fields
        remarks = tuple(item for item in chosen.whole.findings if item.place.layer in ("", name))
    geometry, shape_remarks = polygons(wkb, place)
    findings = (*remarks, *(item for item in shape_remarks if item not in remarks))
    if len(geometry) and shapely.is_missing(geometry).all():
        lost = finding("FMT-no-shapes", place, file=path.name, layer=name, count=len(geometry))
        raise InputError([lost, *findings])
    return RawLayer(path, name, on_grid(geometry), columns, epsg, crs_name, used, kind, findings, declared)
