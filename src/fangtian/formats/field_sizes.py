"""字段规格。Types, sizes and aliases of fields, as the file declares them beside its data.

GDAL tells lengths and aliases with the schema of its Arrow stream, of which no row is read; decimals stand
only in the head of a .dbf. What cannot be had stays 0 or blank.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyogrio

from fangtian.catalog.finding import Place
from fangtian.errors import InputError
from fangtian.formats.dataset import DataField
from fangtian.formats.reading_gdal import gdal_session
from fangtian.formats.source import companion, format_of

__all__ = ["declared_fields"]

_TYPES = {
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "number",
    "OFTDate": "date",
    "OFTDateTime": "date",
}
_WIDTH, _ALIAS = b"GDAL:OGR:width", b"GDAL:OGR:alternative_name"
_UNLIMITED = 65_536  # what writers put where they mean no limit
_DBF_PART = 32  # bytes of its head and of each field's description


def declared_fields(source: Path, layer: str, types: Mapping[str, str]) -> tuple[DataField, ...]:
    """字段清单。The fields of a layer in order; ``types`` by name, as GDAL calls them."""
    fields = [DataField(name, _TYPES.get(kind, "text")) for name, kind in types.items()]
    if format_of(source) in ("Shapefile", "dBASE"):
        return tuple(_of_dbf(source, fields))
    return tuple(_of_schema(source, layer, fields)) if fields else ()


def _of_dbf(source: Path, fields: Sequence[DataField]) -> Sequence[DataField]:
    """Fields stand in the order of the head, whatever their names decode to."""
    dbf = companion(source, ".dbf")
    if dbf is None:
        return fields
    with dbf.open("rb") as file:
        head = file.read(_DBF_PART)
        size = struct.unpack_from("<H", head, 8)[0] if len(head) == _DBF_PART else 0
        body = file.read(max(size - _DBF_PART, 0))
    rows = [body[at : at + _DBF_PART] for at in range(0, len(body), _DBF_PART)]
    rows = [row for row in rows if len(row) == _DBF_PART and row[0] != 0x0D]
    if len(rows) != len(fields):
        return fields
    return [
        replace(field, length=row[16], decimals=row[17] if field.type == "number" else 0)
        for field, row in zip(fields, rows, strict=True)
    ]


def _of_schema(source: Path, layer: str, fields: Sequence[DataField]) -> Sequence[DataField]:
    try:
        with (
            gdal_session(source, Place(file=source.name)),
            pyogrio.open_arrow(source, layer=layer, use_pyarrow=True) as (_, stream),
        ):
            told = {entry.name: entry.metadata or {} for entry in stream.schema}
    except InputError:  # some of GDAL's drivers have no such stream for odd layers
        return fields
    titles = _titles(source, layer) if source.suffix.lower() == ".gpkg" else {}
    return [
        replace(
            field,
            length=_length(told.get(field.name, {}).get(_WIDTH, b"")),
            alias=titles.get(field.name)
            or told.get(field.name, {}).get(_ALIAS, b"").decode(errors="replace"),
        )
        for field in fields
    ]


def _titles(source: Path, layer: str) -> dict[str, str]:
    """Titles of a GeoPackage's columns: their names must be unique in a file, so aliases stand as titles."""
    query = "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = ? AND title IS NOT NULL"
    try:
        address = f"{source.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as database:
            return {str(name): str(title) for name, title in database.execute(query, (layer,))}
    except (sqlite3.Error, ValueError):
        return {}


def _length(text: bytes) -> int:
    length = int(text) if text.isdigit() else 0
    return length if length < _UNLIMITED else 0
