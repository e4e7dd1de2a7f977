"""成果库 GeoPackage。Layers and tables with official widths, Chinese aliases and QGIS styles, in one file.

GDAL writes the geometry, sqlite3 what GDAL's numpy door cannot say: declared widths (``TEXT(18)``), aliases
(``gpkg_data_columns``, the standard's own place for them) and ``layer_styles``, where QGIS looks for styles.
Version 1.2, because GDAL before 3.8 and some validators stumble over 1.4. Same input, same bytes.
"""

from __future__ import annotations

import errno
import sqlite3
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from fangtian.errors import DeliverError

__all__ = ["OutField", "OutLayer", "OutTable", "write_geopackage"]

_STAMP = "2000-01-01T00:00:00.000Z"  # in place of the time of writing
_GEOMETRY = "geom"
_INT32_DIGITS = 9


@dataclass(frozen=True)
class OutField:
    """输出字段。``type`` is text, number, integer or date; ``alias`` the Chinese name shown by GIS programs.

    Values of a date are ``YYYY-MM-DD``; a FileGDB takes a time after it, ``THH:MM:SS``.
    """

    name: str
    alias: str = ""
    type: str = "text"
    length: int = 0
    decimals: int = 0

    @property
    def declared(self) -> str:
        """列类型。SQL type as GeoPackage spells it, text with its width."""
        if self.type == "number":
            return "REAL"
        if self.type == "date":
            return "DATE"
        if self.type == "integer":
            return "MEDIUMINT" if 0 < self.length <= _INT32_DIGITS else "INTEGER"
        return f"TEXT({self.length})" if self.length else "TEXT"

    @property
    def note(self) -> str:
        """说明。Official width in words, for what SQL types cannot say."""
        if self.type == "number" and self.length:
            return f"数值，长度{self.length}，小数{self.decimals}位"
        return ""


@dataclass(frozen=True)
class OutLayer:
    """输出图层。``geometry`` (n,) shapes, ``columns`` field name -> n values, ``style`` QML for QGIS.

    ``geometry_type`` as GDAL names it, Unknown for shapes of any kind; ``epsg`` None where it is not known.
    """

    name: str
    title: str
    geometry: NDArray[Any]
    columns: Mapping[str, Sequence[Any] | NDArray[Any]]
    fields: tuple[OutField, ...]
    epsg: int | None
    style: str = ""
    geometry_type: str = "MultiPolygon"

    @property
    def system(self) -> str | None:
        """坐标系。As GDAL wants to be told."""
        return f"EPSG:{self.epsg}" if self.epsg else None


@dataclass(frozen=True)
class OutTable:
    """输出表。Rows without geometry."""

    name: str
    title: str
    columns: Mapping[str, Sequence[Any] | NDArray[Any]]
    fields: tuple[OutField, ...]


def write_geopackage(path: Path, layers: Sequence[OutLayer], tables: Sequence[OutTable] = ()) -> None:
    """写 GeoPackage。One or more layers and any tables into ``path``, replaced only when complete.

    None and NaN become NULL; text longer than its field raises :class:`DeliverError`, since QGIS and ArcGIS
    would cut it silently.
    """
    if not layers and not tables:
        raise ValueError("a GeoPackage of fangtian has at least one layer")
    partial = path.with_name(f".{path.stem}.partial.gpkg")
    partial.unlink(missing_ok=True)
    try:
        with _fixed_clock():
            if not layers:
                _begin_without_layers(partial)
            for layer in layers:
                _write_layer(partial, layer)
        _finish(partial, layers, tables)
        partial.replace(path)
    except (DataSourceError, DataLayerError, FeatureError, sqlite3.OperationalError) as error:
        raise OSError(errno.EIO, f"写 GeoPackage 失败，磁盘空间可能不足（{error}）", str(path)) from error
    finally:
        partial.unlink(missing_ok=True)


def _begin_without_layers(path: Path) -> None:
    """A file for tables only: GDAL makes one around a layer, which then goes again."""
    pyogrio.raw.write(
        path, np.array([], dtype=object), [], [], layer="none", driver="GPKG", geometry_type="Point",
        crs="EPSG:4490", dataset_options={"VERSION": "1.2"}, layer_options={"SPATIAL_INDEX": "NO"},
    )  # fmt: skip
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE none")
        database.execute("DELETE FROM gpkg_geometry_columns")
        database.execute("DELETE FROM gpkg_ogr_contents")
        database.execute("DELETE FROM gpkg_contents")


def _write_layer(path: Path, layer: OutLayer) -> None:
    data, masks = _values(layer)
    options: dict[str, Any] = {
        "layer": layer.name,
        "driver": "GPKG",
        "geometry_type": layer.geometry_type,
        "crs": layer.system,
        "promote_to_multi": layer.geometry_type.startswith("Multi"),
    }
    describe = {"DESCRIPTION": layer.title, "GEOMETRY_NAME": _GEOMETRY}
    # An empty layer first, so that sqlite3 can declare the columns with their widths; then the rows.
    nothing = np.array([], dtype=object)
    pyogrio.raw.write(
        path, nothing, [], [], dataset_options={"VERSION": "1.2"}, layer_options=describe, **options
    )
    _declare(path, layer)
    if len(layer.geometry):
        wkb = shapely.to_wkb(shapely.force_2d(layer.geometry), byte_order=1)
        names = [item.name for item in layer.fields]
        pyogrio.raw.write(path, wkb, data, names, field_mask=masks, append=True, **options)


def _write_table(database: sqlite3.Connection, table: OutTable) -> None:
    """A table needs no geometry and hence no GDAL."""
    columns = ", ".join(f"{_quoted(item.name)} {item.declared}" for item in table.fields)
    key = '"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL'
    database.execute(f"CREATE TABLE {_quoted(table.name)} ({key}, {columns})")
    database.execute(_TABLE_CONTENTS, (table.name, table.name, table.title, _STAMP))
    data, masks = _values(table)
    rows = zip(*(_plain(values, mask) for values, mask in zip(data, masks, strict=True)), strict=True)
    slots = ", ".join(["NULL", *"?" * len(table.fields)])
    database.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({slots})", rows)  # noqa: S608 (quoted)


def _plain(values: NDArray[Any], mask: NDArray[np.bool_] | None) -> list[Any]:
    """Values that sqlite3 takes: NaN and masked integers as None."""
    gone = mask if mask is not None else np.array([value != value for value in values.tolist()], dtype=bool)
    return [None if missing else value for value, missing in zip(values.tolist(), gone, strict=True)]


def _declare(path: Path, layer: OutLayer) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for item in layer.fields:
            column = f"{_quoted(item.name)} {item.declared}"
            database.execute(f"ALTER TABLE {_quoted(layer.name)} ADD COLUMN {column}")


def _values(target: OutLayer | OutTable) -> tuple[list[NDArray[Any]], list[NDArray[np.bool_] | None]]:
    """Arrays that pyogrio takes, and masks of NULL for those that cannot say it themselves."""
    data: list[NDArray[Any]] = []
    masks: list[NDArray[np.bool_] | None] = []
    for item in target.fields:
        values = list(target.columns[item.name])
        missing = np.array([value is None or value != value for value in values], dtype=bool)
        if item.type == "text":
            _require_width(values, missing, item, target.title)
            data.append(
                np.array([None if gone else str(v) for v, gone in zip(values, missing, strict=True)], object)
            )
        elif item.type == "integer":
            data.append(
                np.array([0 if gone else int(v) for v, gone in zip(values, missing, strict=True)], np.int64)
            )
        elif item.type == "date":
            days = ["NaT" if gone else str(v) for v, gone in zip(values, missing, strict=True)]
            data.append(np.array(days, dtype="datetime64[D]"))
        else:
            numbers = [np.nan if gone else float(v) for v, gone in zip(values, missing, strict=True)]
            data.append(np.array(numbers, np.float64))
        masks.append(missing if item.type == "integer" and missing.any() else None)
    return data, masks


def _require_width(values: Sequence[Any], missing: NDArray[np.bool_], item: OutField, title: str) -> None:
    for value, gone in zip(values, missing, strict=True):
        if item.length and not gone and len(str(value)) > item.length:
            raise DeliverError(
                f"图层“{title}”字段 {item.name}（{item.alias}）宽 {item.length}，放不下“{value}”；请缩短该值"
            )


def _finish(path: Path, layers: Sequence[OutLayer], tables: Sequence[OutTable]) -> None:
    """Add aliases and styles, then rewrite the file so that its bytes depend on its content alone."""
    with closing(sqlite3.connect(path)) as database:
        with database:
            for statement in _SCHEMA:
                database.execute(statement)
            database.executemany(
                "INSERT INTO gpkg_data_columns VALUES (?,?,?,?,?,NULL,NULL)", _aliases(layers, tables)
            )
            for table in tables:
                _write_table(database, table)
            styles = list(_styles(layers))
            if styles:
                database.execute(_STYLE_TABLE)
                database.execute(_TABLE_CONTENTS, ("layer_styles", "layer_styles", "", _STAMP))
                database.executemany(_STYLE_ROW, styles)
            database.executemany(
                "UPDATE gpkg_contents SET identifier = ?, last_change = ? WHERE table_name = ?",
                [(title, _STAMP, name) for name, title in _identifiers([*layers, *tables]).items()],
            )
        database.execute("VACUUM")


def _identifiers(targets: Sequence[OutLayer | OutTable]) -> dict[str, str]:
    """Chinese titles, which GeoPackage wants unique: one that occurs twice gets its table name added."""
    often = Counter(target.title for target in targets)
    return {t.name: t.title if often[t.title] == 1 else f"{t.title} {t.name}" for t in targets}


def _aliases(layers: Sequence[OutLayer], tables: Sequence[OutTable]) -> Iterator[tuple[str, ...]]:
    """Rows of ``gpkg_data_columns``: its ``name`` must be unique within a table, so it repeats the column."""
    targets: list[OutLayer | OutTable] = [*layers, *tables]
    for target in targets:
        for item in target.fields:
            alias = item.alias or item.name
            yield target.name, item.name, item.name, alias, item.note or alias


def _styles(layers: Sequence[OutLayer]) -> Iterator[tuple[Any, ...]]:
    for layer in layers:
        if layer.style:
            yield layer.name, _GEOMETRY, layer.name[:30], layer.style, layer.title, _STAMP


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """The same bytes at any time and on any machine: an index built in a thread counts other changes."""
    options = {"OGR_CURRENT_DATE": _STAMP, "OGR_GPKG_ALLOW_THREADED_RTREE": "NO"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=RuntimeWarning)
            warnings.filterwarnings("ignore", "'crs' was not provided")
            yield
    finally:
        pyogrio.set_gdal_config_options(before)


_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT,
    extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
    """CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT,
    title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    """CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL,
    constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC,
    max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
    """INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema',
    'http://www.geopackage.org/spec121/#extension_schema', 'read-write')""",
    """INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
    'http://www.geopackage.org/spec121/#extension_schema', 'read-write')""",
)
_STYLE_TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
    ui TEXT(30), update_time DATETIME)"""
_TABLE_CONTENTS = """INSERT INTO gpkg_contents
    (table_name, data_type, identifier, description, last_change, srs_id)
    VALUES (?, 'attributes', ?, ?, ?, 0)"""
_STYLE_ROW = """INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
    styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time)
    VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)"""
