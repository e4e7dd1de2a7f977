"""读取说明。What GDAL reads otherwise than the file has it, without a word of its own: told here.

Tables and shapes that were cut off, curves, heights, and fields that are neither text nor number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.formats.shapes import row_list
from fangtian.formats.source import companion, format_of, without_index

__all__ = ["BINARY", "about_fields", "about_heights", "about_parts", "cut_parts"]

BINARY = "OFTBinary"
"""二进制。GDAL's name of such fields."""
_YES_NO, _NESTED, _OF_DXF = "OFSTBoolean", "OFSTJSON", "PaperSpace"
_REAL = "OFTReal"
_EXACT_FLOAT = 2.0**53
_ENDLESS = 1e25
"""Whole numbers beyond are measures, not codes."""
_SHP_HEAD, _LENGTH_AT = 100, 24


def about_parts(source: Path, curved: bool, place: Place) -> Iterator[Finding]:
    """部件说明。Parts of a shapefile that are missing or cut off, and what its format or its arcs imply."""
    if without_index(source):
        yield finding("FMT-shx-rebuilt", place, file=source.name)
    if source.suffix.lower() in (".shp", ".dbf") and companion(source, ".dbf") is None:
        yield finding("FMT-dbf-missing", place, file=source.name)
    yield from cut_parts(source, place)
    if curved:
        yield finding("FMT-curves", place, layer=place.layer)
    if format_of(source) == "KML":
        yield finding("FMT-kml-datum", place, file=place.file)


def cut_parts(source: Path, place: Place) -> Iterator[Finding]:
    """不完整的部件。Files of a shapefile that are shorter than their heads tell."""
    suffix = source.suffix.lower()
    if suffix not in (".shp", ".dbf"):
        return
    if suffix == ".shp" and (sizes := _cut_shapes(source)):
        yield finding("FMT-shp-cut", place, file=source.name, told=sizes[0], held=sizes[1])
    table = companion(source, ".dbf")
    if table is not None and (rows := _cut_rows(table)):
        yield finding("FMT-dbf-cut", place, file=table.name, told=rows[0], held=rows[1])


def about_fields(
    kinds: Mapping[str, tuple[str, str]], columns: Mapping[str, NDArray[Any]], format: str, place: Place
) -> Iterator[Finding]:
    """字段说明。Fields that are not what a table holds; ``kinds`` are GDAL's type and subtype by name.

    Yes and no become numbers, lists text; what is no text is left out.
    """
    for name, (kind, subtype) in kinds.items():
        where, told = replace(place, field=name), {"layer": place.layer, "field": name}
        if subtype == _YES_NO and name != _OF_DXF:
            yield finding("FMT-boolean", where, **told)
        if kind == BINARY:
            yield finding("FMT-binary", where, **told)
        if kind.endswith("List") or (subtype == _NESTED and format == "GeoJSON"):
            yield finding("FMT-list", where, **told)
        if kind == _REAL and format == "GeoJSON" and len(rows := _long_codes(columns[name])):
            yield finding("FMT-digits", where, count=len(rows), rows=row_list(rows), **told)


def about_heights(rows: NDArray[Any], place: Place) -> Iterator[Finding]:
    """高程说明。Rows whose heights or measures are not kept."""
    if len(rows):
        told = {"layer": place.layer, "count": len(rows), "rows": row_list(rows)}
        yield finding("FMT-heights", place, **told)


def _long_codes(column: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers of more digits than a float keeps, which is what codes are and measures are not."""
    known = np.abs(np.nan_to_num(column.astype(np.float64)))
    return np.flatnonzero((known >= _EXACT_FLOAT) & (known < _ENDLESS))


def _cut_shapes(path: Path) -> tuple[int, int] | None:
    """Bytes that the head of a ``.shp`` tells, and those that the file has, where these are fewer."""
    with path.open("rb") as file:
        head = file.read(_SHP_HEAD)
    held = path.stat().st_size
    told = _SHP_HEAD
    if len(head) == _SHP_HEAD:
        told = 2 * int(struct.unpack_from(">i", head, _LENGTH_AT)[0])
    return (told, held) if held < told else None


def _cut_rows(table: Path) -> tuple[int, int] | None:
    """Rows that the head of a dBASE table tells and rows that the file has room for, where these are fewer.

    GDAL says nothing of a table that was cut off: its last rows, or all attributes, are merely missing.
    """
    with table.open("rb") as file:
        head = file.read(12)
    if len(head) < 12:
        return (0, 0)
    rows, start, width = struct.unpack_from("<IHH", head, 4)
    held = max(0, (table.stat().st_size - start) // max(width, 1))
    return (rows, held) if held < rows else None
