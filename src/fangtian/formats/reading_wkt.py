"""读 WKT 表格。Sheets of a .csv or .xlsx file as layers: a column of well-known text gives the shapes."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.reference import named_crs
from fangtian.formats.shapes import any_shapes
from fangtian.formats.source import format_of
from fangtian.formats.spreadsheet import SheetRows, read_sheet

__all__ = ["wkt_dataset"]

_SHAPES = ("wkt", "geometry", "geom", "the_geom", "几何", "图形", "坐标wkt")
_SYSTEMS = ("坐标系", "坐标系统", "crs", "epsg", "srid")
_LONGEST = 2**27  # characters of a cell; a parcel of a million points takes 40 million
_SRID = re.compile(r"\s*SRID\s*=\s*(\d{1,6})\s*;", re.IGNORECASE)
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}")
_POWER = re.compile(r"\d(\.\d+)?[Ee]\+?(1[1-9]|2\d)")
_LONG = re.compile(r"[1-9]\d{15,24}")
_ZEROS = re.compile(r"^\d{15}0+$")
_DIMENSION = {0: "point", 1: "line", 2: "polygon"}


def wkt_dataset(source: Path, place: Place, encoding: str = "") -> Dataset:
    """读 WKT 表格。One layer for every sheet with a column WKT, geometry or 几何; other sheets are tables.

    The coordinate system may stand in a column 坐标系, CRS or EPSG, or before the text as SRID=…; else it
    is unknown. Values are text; a column of numbers with decimals is of numbers, so that codes stay codes.
    Raises :class:`InputError` for a file that cannot be read or has no rows.
    """
    sheets, problem = [], None
    for name in _sheet_names(source):
        try:
            with _long_cells():
                sheets.append(read_sheet(source, name, expected=_SHAPES))
        except InputError as error:
            if error.findings[-1].code != "FMT-sheet-empty":
                raise
            problem = error
    if not sheets and problem is not None:
        raise problem
    layers, findings = [], []
    for sheet in sheets:
        layer, remarks = _layer(sheet, Place(file=place.file, layer=sheet.sheet or source.stem))
        layers.append(layer)
        findings += [*sheet.findings, *remarks]
    return Dataset(source, format_of(source), tuple(layers), tuple(findings))


def _sheet_names(source: Path) -> list[str]:
    """Visible sheets; a blank name for a file that has one only, or one that its reader will refuse."""
    if format_of(source) != "Excel" or not zipfile.is_zipfile(source):
        return [""]
    try:
        book = openpyxl.load_workbook(source, read_only=True)
    except Exception:  # openpyxl lets whatever its parsers meet in a broken file through
        return [""]
    try:
        return [page.title for page in book.worksheets if page.sheet_state == "visible"] or [""]
    finally:
        book.close()


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _layer(sheet: SheetRows, place: Place) -> tuple[DataLayer, list[Finding]]:
    header = {name.lower(): name for name in reversed(sheet.header)}
    drawn = next((header[name] for name in _SHAPES if name in header), "")
    told = next((header[name] for name in _SYSTEMS if name in header), "")
    names = list(dict.fromkeys(name for name in sheet.header if name != drawn))
    columns = {name: _typed([row[name] for row in sheet.rows]) for name in names}
    fields = tuple(DataField(name, "number" if columns[name].dtype != object else "text") for name in names)
    worn = list(_worn_codes(sheet, names, place))
    if not drawn:
        return DataLayer(place.layer, "table", fields, np.full(len(sheet.rows), None), columns), worn
    texts = [row[drawn] for row in sheet.rows]
    marks = [_SRID.match(text) for text in texts]
    bare = np.array(
        [text[mark.end() :] if mark else text for text, mark in zip(texts, marks, strict=True)], object
    )
    shapes, remarks = any_shapes(bare, place, text=True)
    systems = [
        row[told] if told else mark[1] if mark else "" for row, mark in zip(sheet.rows, marks, strict=True)
    ]
    epsg, name, mixed = _system(systems, place)
    layer = DataLayer(
        place.layer, _kind(shapes), fields, shapely.force_2d(shapes), columns, epsg, name, _decimals(texts)
    )
    return layer, [*(_about_text(item, sheet, place) for item in remarks), *mixed, *worn]


def _worn_codes(sheet: SheetRows, names: Sequence[str], place: Place) -> Iterator[Finding]:
    """Codes that a spreadsheet took for numbers: 6.20525E+17, or 18 digits of which the last are zeros."""
    for name in names:
        cells = [row[name] for row in sheet.rows]
        long = [cell for cell in cells if _LONG.fullmatch(cell)]
        cut = len(long) > 1 and all(_ZEROS.search(cell) for cell in long)
        at = [
            row for row, cell in enumerate(cells) if _POWER.fullmatch(cell) or (cut and _LONG.fullmatch(cell))
        ]
        if at:
            rows = "、".join(str(sheet.numbers[row]) for row in at[:5]) + (" 等" if len(at) > 5 else "")
            told = {"layer": place.layer, "field": name, "rows": rows, "example": cells[at[0]]}
            yield finding("FMT-worn-codes", replace(place, field=name), count=len(at), **told)


def _typed(cells: Sequence[str]) -> NDArray[Any]:
    """Numbers only where some cell has decimals: whole numbers may be codes."""
    filled = [cell for cell in cells if cell]
    decimal = [bool(_DECIMAL.fullmatch(cell)) for cell in filled]
    if any(decimal) and all(
        is_decimal or _WHOLE.fullmatch(cell) for is_decimal, cell in zip(decimal, filled, strict=True)
    ):
        return np.array([float(cell) if cell else np.nan for cell in cells])
    return np.array(cells, dtype=object)


def _system(systems: Sequence[str], place: Place) -> tuple[int | None, str, list[Finding]]:
    told = list(dict.fromkeys(text.strip() for text in systems if text.strip()))
    if len(told) > 1:
        shown = "、".join(text[:40] for text in told[:5])
        return None, shown, [finding("FMT-wkt-systems", place, layer=place.layer, names=shown)]
    epsg, name = named_crs(told[0]) if told else (None, "")
    return epsg, name, []


def _about_text(item: Finding, sheet: SheetRows, place: Place) -> Finding:
    """Shapes that cannot be read, by their rows in the file."""
    if item.code != "TOP-broken-ring":
        return item
    rows = [int(row) - 1 for row in re.findall(r"\d+", item.values["rows"])]
    shown = "、".join(str(sheet.numbers[row]) for row in rows)
    return finding("FMT-wkt", place, layer=place.layer, rows=shown, count=item.values["count"])


def _kind(shapes: NDArray[Any]) -> str:
    present = shapes[~shapely.is_missing(shapes)]
    collections = (shapely.get_type_id(present) == shapely.GeometryType.GEOMETRYCOLLECTION).any()
    dimensions = np.unique(shapely.get_dimensions(present))
    return "mixed" if collections or len(dimensions) != 1 else _DIMENSION[int(dimensions[0])]


def _decimals(texts: Sequence[str]) -> int:
    """Most decimals that any coordinate is written with."""
    return max((len(part) for text in texts for part in re.findall(r"\.(\d+)", text)), default=0)
