"""读 GDAL 格式。Layers of the formats that GDAL reads, as it gives them: WKB, and columns in plain forms.

FileGDB, GeoPackage, Shapefile, GeoJSON, KML, and the raw entities of DXF.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.attributes import plain_columns
from fangtian.formats.failures import gdal_reason
from fangtian.formats.gdb_rows import lost_rows
from fangtian.formats.geojson_members import declares_system
from fangtian.formats.reading_remarks import BINARY, about_fields, about_heights, about_parts, cut_parts
from fangtian.formats.reference import declared_crs
from fangtian.formats.source import companion, format_of, without_index

__all__ = ["GdalLayer", "LayerInfo", "gdal_session", "layer_infos", "read_gdal_layer"]

# Without a handler of its own, a library's log records end on the user's terminal.
logging.getLogger("pyogrio").addHandler(logging.NullHandler())

_FAILURES = (RuntimeError, ValueError, OSError, TypeError, AttributeError, NameError)
"""What GDAL's errors, impossible dates and broken text come out of pyogrio as; a NameError where it meets a
coordinate system that it cannot parse."""
_EXACT_FLOAT = 2**53
_SUPPLIED = (4326, 4979)
"""What GDAL takes a GeoJSON for that says nothing, of two dimensions and of three."""
_ARCS = frozenset({"CURVEPOLYGON", "MULTISURFACE", "CIRCULARSTRING", "COMPOUNDCURVE", "MULTICURVE"})
_HIDDEN = frozenset({"layer_styles"})
_FLAT = ("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint")
# Chords of 0.5° keep an arc's area to 1e-5 of its segment; GDAL's default of 4° loses 1e-3.
_ARC_STEP = {"OGR_ARC_STEPSIZE": "0.5"}
_REBUILD = {"SHAPE_RESTORE_SHX": "YES"}  # writes beside the file, so for copies alone
_DRAWING = frozenset(
    {"id", "description", "timestamp", "begin", "end", "altitudemode", "tessellate", "extrude", "visibility"}
    | {"draworder", "icon", "snippet"}
)
"""What KML gives every feature; kept only where it says something."""


@dataclass(frozen=True)
class LayerInfo:
    """图层概况。``geometry_type`` as GDAL names it, "" for a table without geometry."""

    name: str
    geometry_type: str
    count: int

    @property
    def polygonal(self) -> bool:
        """面图层。Whether it holds, or may hold, polygons."""
        return "Polygon" in self.geometry_type or "Surface" in self.geometry_type or self.mixed

    @property
    def mixed(self) -> bool:
        """混合图层。Whether the file does not commit itself to one geometry type."""
        return self.geometry_type in ("Unknown", "GeometryCollection")


@dataclass(frozen=True)
class GdalLayer:
    """原样图层。``wkb`` (n,) bytes or None; ``columns`` by name, ``types`` what GDAL calls each of them."""

    wkb: NDArray[Any]
    columns: dict[str, NDArray[Any]]
    types: Mapping[str, str]
    epsg: int | None
    crs_name: str
    encoding: str
    findings: tuple[Finding, ...]


def layer_infos(source: Path, path: Path) -> list[LayerInfo]:
    """图层清单。Layers and tables of one opened file; ``path`` is what the user calls it."""
    with gdal_session(source, Place(file=path.name)):
        names = [
            (str(name), str(kind or ""))
            for name, kind in pyogrio.list_layers(source).tolist()
            if name not in _HIDDEN
        ]
        raw = _raw_encoding(source)
        counts = [
            pyogrio.read_info(source, layer=name, encoding=raw, force_feature_count=True)["features"]
            for name, _ in names
        ]
        if source.suffix.lower() == ".gdb":
            found = dict(zip((name for name, _ in names), map(int, counts), strict=True))
            if lost := [*lost_rows(source, found, Place(file=path.name))]:
                raise InputError(lost)
    return [LayerInfo(name, kind, int(n)) for (name, kind), n in zip(names, counts, strict=True)]


def read_gdal_layer(source: Path, info: LayerInfo, place: Place, encoding: str) -> GdalLayer:
    """读图层。One layer of an opened file; ``encoding`` overrules what a shapefile's ``.cpg`` says."""
    kind = format_of(source)
    shapefile = kind in ("Shapefile", "dBASE")
    options = {"DATE_AS_STRING": "YES", "ARRAY_AS_STRING": "YES"} if kind == "GeoJSON" else {}
    with gdal_session(source, place):
        meta, _, wkb, columns = pyogrio.raw.read(
            source,
            layer=info.name,
            encoding=_raw_encoding(source),
            force_2d=True,
            datetime_as_string=True,
            **options,
        )
        columns = _exact_integers(source, info.name, meta, columns)
        heights, curved = _heights(source, info), _has_curves(source, info)
    declared = encoding or (_declared_encoding(source) if shapefile else "")
    fields, used, remarks = plain_columns(meta["fields"], columns, declared, shapefile, place)
    types = dict(zip(fields, map(str, meta["ogr_types"]), strict=False))
    kinds = dict(zip(types, zip(types.values(), map(str, meta["ogr_subtypes"]), strict=False), strict=False))
    remarks += [*about_fields(kinds, fields, kind, place), *about_heights(heights, place)]
    fields = {name: column for name, column in fields.items() if types[name] != BINARY}
    if kind == "KML":
        fields = {name: column for name, column in fields.items() if not _idle(name, column)}
    epsg, name = _crs(source, kind, meta["crs"])
    return GdalLayer(
        wkb if wkb is not None else np.full(info.count, None),
        fields,
        {field: types[field] for field in fields},
        epsg,
        name,
        used,
        (*about_parts(source, curved, place), *remarks),
    )


def _exact_integers(
    source: Path, layer: str, meta: Mapping[str, Any], columns: Sequence[NDArray[Any]]
) -> list[NDArray[Any]]:
    """Long integers with nulls come as floats, which lose digits of a code: such columns are read again."""
    exact = list(columns)
    for number, (name, kind) in enumerate(zip(meta["fields"], meta["ogr_types"], strict=True)):
        column = columns[number]
        long = str(kind) == "OFTInteger64" and column.dtype.kind == "f" and len(column) > 0
        if long and np.nanmax(np.abs(column), initial=0.0) >= _EXACT_FLOAT:
            _, table = pyogrio.raw.read_arrow(
                source, layer=layer, columns=[name], read_geometry=False, encoding=_raw_encoding(source)
            )
            values = table.column(str(name)).to_pylist()
            exact[number] = np.array([None if v is None else str(v) for v in values], dtype=object)
    return exact


def _heights(source: Path, info: LayerInfo) -> NDArray[Any]:
    """Rows whose shapes have heights or measures; zeros say nothing."""
    flat = info.geometry_type in _FLAT
    if flat or not info.geometry_type or format_of(source) == "DXF":
        return np.empty(0, dtype=np.int64)
    raw = _raw_encoding(source)
    _, _, wkb, _ = pyogrio.raw.read(source, layer=info.name, columns=[], encoding=raw)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    points, row = shapely.get_coordinates(shapes, include_z=True, include_m=True, return_index=True)
    says = (np.nan_to_num(points[:, 2:]) != 0).any(axis=1)
    rows: NDArray[Any] = np.unique(row[says])
    return rows


def _has_curves(source: Path, info: LayerInfo) -> bool:
    """Whether some shape has arcs; the type of a layer, as it comes through, does not tell."""
    if source.suffix.lower() not in (".gdb", ".gpkg") or not info.geometry_type:
        return False
    query = f"SELECT DISTINCT OGR_GEOMETRY FROM {json.dumps(info.name, ensure_ascii=False)}"  # noqa: S608
    try:
        _, _, _, kinds = pyogrio.raw.read(source, sql=query, sql_dialect="OGRSQL", read_geometry=False)
    except _FAILURES:  # a name that this little language cannot say
        return False
    return not _ARCS.isdisjoint(kinds[0].tolist())


@contextmanager
def gdal_session(source: Path, place: Place) -> Iterator[None]:
    """GDAL 会话。Turn GDAL's failures into findings and keep its warnings off the terminal."""
    options = _ARC_STEP | (_REBUILD if without_index(source) else {})
    before = {key: pyogrio.get_gdal_config_option(key) for key in options}
    pyogrio.set_gdal_config_options(options)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _FAILURES as error:
        broken = finding("FMT-unreadable", place, file=place.file, reason=gdal_reason(error))
        raise InputError([*cut_parts(source, place)] or [broken]) from error
    finally:
        pyogrio.set_gdal_config_options(before)


def _crs(source: Path, kind: str, definition: str | None) -> tuple[int | None, str]:
    """Declared system; GDAL supplies WGS 84 for KML and a GeoJSON without one, which is no declaration."""
    if kind == "KML":
        return None, ""
    epsg, name = declared_crs(definition)
    if kind == "GeoJSON" and epsg in _SUPPLIED and not declares_system(source):
        return None, ""
    return epsg, name


def _idle(name: str, column: NDArray[Any]) -> bool:
    """Whether a field that KML brings along says nothing."""
    if name.lower() not in _DRAWING:
        return False
    if column.dtype == object:
        return not any(column)
    return bool((np.isnan(column) | (column == 0) | (column == -1)).all())


def _declared_encoding(source: Path) -> str:
    cpg = companion(source, ".cpg")
    return cpg.read_text(encoding="latin-1").strip("\ufeff \r\n\t\0") if cpg else ""


def _raw_encoding(source: Path) -> str | None:
    # Latin-1 maps every byte to a letter and back: a shapefile's text arrives untouched, to be decoded here.
    return "ISO-8859-1" if source.suffix.lower() in (".shp", ".dbf") else None
