"""文件地理数据库。``方案数据库.gdb``: the GeoPackage's content for ArcGIS, with digests of what is read back.

A FileGDB is a folder of binary tables that nothing but GDAL reads here. So it is copied, as read, into a
database in memory with the same table names; from there on digests, facts and sums are checked by the very
code that checks the GeoPackage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from fangtian.deliver.database.checks import check_rows
from fangtian.deliver.database.tables import table_of
from fangtian.formats.filegdb import read_geodatabase_table, write_filegdb
from fangtian.formats.geopackage import OutLayer, OutTable
from fangtian.formats.shapes import on_grid

__all__ = ["GEODATABASE", "GEOMETRY", "mirrored", "write_geodatabase"]

GEODATABASE = "数据库/方案数据库.gdb"
GEOMETRY = "geom"
"""图形列。Name of the geometry in a mirrored table, whatever the file calls it."""

_STYLES = "layer_styles"


def write_geodatabase(path: Path, layers: Sequence[OutLayer], tables: Sequence[OutTable]) -> None:
    """写文件地理数据库。``tables`` end with the empty 校验, which is filled from the file as read back."""
    *content, checks = tables

    def digests(finished: Path) -> OutTable:
        with closing(mirrored(finished)) as database:
            return table_of("checks", list(check_rows(database)))

    if checks.name != table_of("checks", ()).name:
        raise ValueError("the last table of a database is the one of digests")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_filegdb(path, layers, content, last=digests)


def mirrored(path: Path) -> sqlite3.Connection:
    """照录为内存库。Every layer and table of a FileGDB or GeoPackage as GDAL reads it, rows by their own ids.

    Geometry is WKB on the survey's grid of 0.1 mm. Raises OSError where the file cannot be read.
    """
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path) if name != _STYLES]
    except RuntimeError as error:
        raise OSError(f"无法打开：{error}") from error
    database = sqlite3.connect(":memory:")
    with database:
        database.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
        for name in names:
            _copy(database, name, *read_geodatabase_table(path, name))
    return database


def _copy(database: sqlite3.Connection, name: str, table: pa.Table, geometry: str) -> None:
    ids, *fields = table.column_names
    columns = {field: _values(table.column(field)) for field in fields if field != geometry}
    if geometry:
        columns = {GEOMETRY: _shapes(table.column(geometry)), **columns}
    quoted = '"' + name.replace('"', '""') + '"'
    listed = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    database.execute("INSERT INTO gpkg_contents VALUES (?)", (name,))
    database.execute(f"CREATE TABLE {quoted} ({listed})")
    rows: Iterator[tuple[Any, ...]] = zip(table.column(ids).to_pylist(), *columns.values(), strict=True)
    slots = ", ".join("?" * (len(columns) + 1))
    database.executemany(f"INSERT INTO {quoted} (rowid, {listed}) VALUES ({slots})", rows)  # noqa: S608


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Plain values; dates and the like, which only a stranger can have put there, as text."""
    plain = pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_large_string
    values: list[Any] = column.to_pylist()
    if any(test(column.type) for test in plain):
        return values
    return [None if value is None else str(value) for value in values]


def _shapes(column: pa.ChunkedArray) -> list[bytes | None]:
    read = shapely.from_wkb(np.array(column.to_pylist(), dtype=object), on_invalid="ignore")
    wkb: NDArray[Any] = shapely.to_wkb(on_grid(read), byte_order=1)
    return [bytes(blob) if blob is not None else None for blob in wkb]
