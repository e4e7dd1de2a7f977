"""矢量数据。Polygons and their fields from FileGDB, GeoPackage, Shapefile, GeoJSON, or a zip of these.

What is read is what the file holds: nothing is repaired or re-projected. Only the form is settled:
two dimensions, curves as chords, coordinates on the 0.1 mm grid of the survey, text decoded, missing text
``""``, missing numbers NaN. What is wrong with single features is reported in ``RawLayer.findings``.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.attributes import plain_columns
from fangtian.formats.geopackage import OutField, OutLayer, OutTable, write_geopackage
from fangtian.formats.reference import declared_crs
from fangtian.formats.shapes import on_grid, polygons
from fangtian.formats.source import SUFFIXES, companion, opened

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

# Without a handler of its own, a library's log records end on the user's terminal.
logging.getLogger("pyogrio").addHandler(logging.NullHandler())

_FAILURES = (RuntimeError, ValueError, OSError, TypeError, AttributeError)
"""What GDAL's errors, impossible dates and broken text come out of pyogrio as."""
_HIDDEN = frozenset({"layer_styles"})
# Chords of 0.5° keep an arc's area to 1e-5 of its segment; GDAL's default of 4° loses 1e-3.
_ARC_STEP = {"OGR_ARC_STEPSIZE": "0.5"}


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
class RawLayer:
    """原始图层。A polygon layer as the file has it, under the file's own field names.

    ``geometry`` (n,) shapely polygons and multipolygons, None where missing or unusable; ``fields`` name ->
    (n,) array: ``str`` objects ("" for null) or float64 (NaN for null); dates are text, integers beyond
    2**53 too, because only codes are that long. ``epsg`` is None where the file does not declare a system
    that the registry knows; ``crs_name`` is what it calls it. ``findings`` are remarks on the content.
    """

    path: Path
    name: str
    geometry: NDArray[Any]
    fields: dict[str, NDArray[Any]]
    epsg: int | None
    crs_name: str
    encoding: str
    geometry_type: str
    findings: tuple[Finding, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.geometry)


def list_layers(path: Path) -> list[LayerInfo]:
    """图层清单。Every layer and table of a data source; raises :class:`InputError`."""
    with opened(path) as sources:
        return [info for source in sources for info in _layers(source, path)]


def read_layer(path: Path, layer: str = "", encoding: str = "") -> RawLayer:
    """读取图层。One polygon layer of a data source.

    ``layer`` may stay blank where there is only one polygon layer; ``encoding`` overrules what a
    shapefile's ``.cpg`` says. Raises :class:`InputError` for a missing, empty, broken or ambiguous source.
    """
    with opened(path) as sources:
        known = [(source, info) for source in sources for info in _layers(source, path)]
        source, info = _choose(known, layer, path)
        return _read(source, info, path, encoding)


def _layers(source: Path, path: Path) -> list[LayerInfo]:
    place = Place(file=path.name)
    with _gdal(place):
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
    return [LayerInfo(name, kind, int(n)) for (name, kind), n in zip(names, counts, strict=True)]


def _choose(known: list[tuple[Path, LayerInfo]], layer: str, path: Path) -> tuple[Path, LayerInfo]:
    place = Place(file=path.name, layer=layer)
    names = "、".join(info.name for _, info in known)
    if layer:
        wanted = [entry for entry in known if entry[1].name == layer] or [
            entry for entry in known if entry[1].name.lower() == layer.lower()
        ]
        if not wanted:
            raise InputError([finding("SCH-layer-missing", place, role=layer, known=names)])
    else:
        wanted = known
    surfaces = [entry for entry in wanted if entry[1].polygonal]
    if not surfaces:
        raise InputError([finding("FMT-no-polygons", place, file=path.name, known=names)])
    # A committed polygon layer wins over mixed ones; two of a kind need the user's word.
    sure = [entry for entry in surfaces if not entry[1].mixed] or surfaces
    if len(sure) > 1:
        shown = "、".join(info.name for _, info in sure)
        raise InputError([finding("FMT-layer-needed", place, file=path.name, known=shown)])
    return sure[0]


def _read(source: Path, info: LayerInfo, path: Path, encoding: str) -> RawLayer:
    place = Place(file=path.name, layer=info.name)
    shapefile = SUFFIXES[source.suffix.lower()] == "Shapefile"
    options = {"DATE_AS_STRING": "YES", "ARRAY_AS_STRING": "YES"} if _is_geojson(source) else {}
    with _gdal(place):
        meta, _, wkb, columns = pyogrio.raw.read(
            source,
            layer=info.name,
            encoding=_raw_encoding(source),
            force_2d=True,
            datetime_as_string=True,
            **options,
        )
    declared = encoding or (_declared_encoding(source) if shapefile else "")
    fields, used, text_remarks = plain_columns(meta["fields"], columns, declared, shapefile, place)
    geometry, shape_remarks = polygons(wkb if wkb is not None else np.full(info.count, None), place)
    epsg, name = _crs(source, meta["crs"])
    remarks = [*_about_parts(source, info, place), *text_remarks, *shape_remarks]
    if len(geometry) and shapely.is_missing(geometry).all():
        lost = finding("FMT-no-shapes", place, file=path.name, layer=info.name, count=len(geometry))
        raise InputError([lost, *remarks])
    return RawLayer(
        path, info.name, on_grid(geometry), fields, epsg, name, used, info.geometry_type, tuple(remarks)
    )


def _about_parts(source: Path, info: LayerInfo, place: Place) -> Iterator[Finding]:
    if source.suffix.lower() == ".shp" and companion(source, ".dbf") is None:
        yield finding("FMT-dbf-missing", place, file=source.name)
    if "Curve" in info.geometry_type or "Surface" in info.geometry_type:
        yield finding("FMT-curves", place, layer=info.name)


def _crs(source: Path, definition: str | None) -> tuple[int | None, str]:
    """Declared system; GDAL supplies WGS 84 for a GeoJSON without one, which is no declaration."""
    if _is_geojson(source):
        with source.open("rb") as file:
            if b'"crs"' not in file.read(65_536):
                return None, ""
    return declared_crs(definition)


def _declared_encoding(source: Path) -> str:
    cpg = companion(source, ".cpg")
    return cpg.read_text(encoding="latin-1").strip("\ufeff \r\n\t\0") if cpg else ""


def _raw_encoding(source: Path) -> str | None:
    # Latin-1 maps every byte to a letter and back: a shapefile's text arrives untouched, to be decoded here.
    return "ISO-8859-1" if source.suffix.lower() == ".shp" else None


def _is_geojson(source: Path) -> bool:
    return SUFFIXES[source.suffix.lower()] == "GeoJSON"


@contextmanager
def _gdal(place: Place) -> Iterator[None]:
    """Turn GDAL's failures into findings and keep its warnings off the terminal."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in _ARC_STEP}
    pyogrio.set_gdal_config_options(_ARC_STEP)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _FAILURES as error:
        broken = finding("FMT-unreadable", place, file=place.file, reason=_reason(error))
        raise InputError([broken]) from error
    finally:
        pyogrio.set_gdal_config_options(before)


def _reason(error: Exception) -> str:
    """GDAL's own words in one line, without its advice and without the folders of this machine."""
    words = " ".join(str(error).split()).split("; It might help")[0]
    return re.sub(r"/\S*/", "", words)[:160] or type(error).__name__
