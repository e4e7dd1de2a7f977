"""核对文件地理数据库。The finished FileGDB read back by GDAL: facts, rows, columns, sums, and its twin.

Beyond what is checked in the GeoPackage, both databases must hold the same: layer by layer, row by row,
shapes to 1 mm.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.database.checks import content_tables, rows_of
from fangtian.deliver.database.geodatabase import GEOMETRY, mirrored
from fangtian.deliver.verify.database import check_database, check_tables
from fangtian.deliver.verify.sealed import Sealed

__all__ = ["SHAPE_TOLERANCE_M", "check_geodatabase", "moved_shapes"]

SHAPE_TOLERANCE_M = 0.001
"""图形容差。Two copies of a shape may differ by the grid of the file that holds them."""

_DIFFERENCES_NAMED = 20
_NOTHING_M2 = 0.005


def check_geodatabase(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对文件地理数据库。Facts, digests and sums; and, where nothing else is wrong, its twin GeoPackage.

    ``path`` is the .gdb folder, ``name`` as the manifest spells it. Raises OSError for a damaged file.
    """
    with closing(mirrored(path)) as database:
        found = list(check_tables(database, name, sealed))
        yield from found
        twin = path.with_suffix(".gpkg")
        # A twin that is itself found changed is named there; it does not accuse this one.
        if not found and twin.is_file() and not any(check_database(twin, twin.name, sealed)):
            with closing(mirrored(twin)) as other:
                for item in _same_tables(twin, path, other, database):
                    yield replace(item, place=replace(item.place, file=name))


@dataclass(frozen=True)
class _Pair:
    """A table that both databases hold."""

    geopackage: Path
    geodatabase: Path
    table: str

    def differs(self, what: str, words: str) -> Finding:
        place = Place(self.geodatabase.name, self.table)
        return finding("GDB-differs", place, layer=self.table, what=what, words=words)

    def value_differs(self, row: int, field: str, ours: object, theirs: object) -> Finding:
        place = Place(self.geodatabase.name, self.table, str(row), field)
        values = {"gpkg": _shown(ours), "gdb": _shown(theirs)}
        return finding("GDB-value-differs", place, layer=self.table, row=row, field=field, **values)


def _same_tables(
    geopackage: Path, geodatabase: Path, left: sqlite3.Connection, right: sqlite3.Connection
) -> Iterator[Finding]:
    """Where the two differ. The 校验 tables are left out: each holds the digests of its own file."""
    ours, theirs = content_tables(left), content_tables(right)
    for table in sorted({*ours, *theirs}):
        pair = _Pair(geopackage, geodatabase, table)
        if table in ours and table in theirs:
            yield from _same_table(pair, left, right)
        else:
            kept, lost = (geopackage, geodatabase) if table in ours else (geodatabase, geopackage)
            yield pair.differs("", f"{kept.name} 有，{lost.name} 没有")


def _same_table(pair: _Pair, left: sqlite3.Connection, right: sqlite3.Connection) -> Iterator[Finding]:
    yield from _same_system(pair)
    fields, others = _fields(left, pair.table), _fields(right, pair.table)
    if fields != others:
        yield pair.differs("字段", f"GeoPackage 为 {'、'.join(fields)}，FileGDB 为 {'、'.join(others)}")
        return
    ours, theirs = (list(rows_of(database, pair.table, fields)) for database in (left, right))
    if len(ours) != len(theirs):
        yield pair.differs("行数", f"GeoPackage 为 {len(ours)}，FileGDB 为 {len(theirs)}")
        return
    plain = [number for number, field in enumerate(fields, start=1) if field != GEOMETRY]
    differing = (
        pair.value_differs(int(str(one[0])), fields[column - 1], one[column], other[column])
        for one, other in zip(ours, theirs, strict=True)
        if one != other
        for column in plain
        if one[column] != other[column]
    )
    yield from (item for _, item in zip(range(_DIFFERENCES_NAMED), differing, strict=False))
    if GEOMETRY in fields:
        column = fields.index(GEOMETRY) + 1
        yield from _same_shapes(pair, [row[column] for row in ours], [row[column] for row in theirs])


def _same_system(pair: _Pair) -> Iterator[Finding]:
    ours, theirs = (
        pyogrio.read_info(path, layer=pair.table)["crs"] for path in (pair.geopackage, pair.geodatabase)
    )
    if ours != theirs:
        yield pair.differs("坐标系", f"GeoPackage 为 {ours}，FileGDB 为 {theirs}")


def _same_shapes(pair: _Pair, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Finding]:
    rows = np.array([row for row, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one != other])
    if not len(rows):
        return
    one, other = (
        shapely.from_wkb(np.array([blobs[row] for row in rows], dtype=object)) for blobs in (ours, theirs)
    )
    distance = moved_shapes(one, other)
    for row, metres in zip(rows[distance > 0], distance[distance > 0], strict=True):
        place = Place(pair.geodatabase.name, pair.table, str(row + 1))
        shown = "形状不同" if np.isinf(metres) else f"相差 {metres:.4f} 米"
        yield finding("GDB-shape-differs", place, layer=pair.table, row=row + 1, words=shown)


def moved_shapes(ours: Any, theirs: Any) -> Any:
    """图形偏移。How far (n,) polygons lie from their (n,) copies, metres; 0 within the tolerance.

    Infinite where one is missing or encloses another area though its vertices are all there. A sliver
    whose area rounds to nothing may vanish on a coarser grid.
    """
    ours, theirs = shapely.normalize(ours), shapely.normalize(theirs)
    distance = np.zeros(len(ours))
    for row in np.flatnonzero(~shapely.equals_exact(ours, theirs, SHAPE_TOLERANCE_M)):
        distance[row] = _distance(ours[row], theirs[row])
    return distance


def _distance(one: Any, other: Any) -> float:
    areas = [0.0 if shape is None or shape.is_empty else float(shape.area) for shape in (one, other)]
    if max(areas) < _NOTHING_M2:
        return 0.0
    if min(areas) == 0.0:
        return float("inf")
    metres = float(shapely.hausdorff_distance(one, other))
    if one.is_valid and other.is_valid:
        # A slit thinner than the grid closes when it is rounded: far points go, but nothing broad does.
        difference = shapely.symmetric_difference(one, other)
        if shapely.is_empty(shapely.buffer(difference, -SHAPE_TOLERANCE_M)):
            return 0.0
    return metres if metres > SHAPE_TOLERANCE_M else float("inf")


def _fields(database: sqlite3.Connection, table: str) -> list[str]:
    quoted = '"' + table.replace('"', '""') + '"'
    return [str(row[1]) for row in database.execute(f"PRAGMA table_info({quoted})")]


def _shown(value: object) -> str:
    return "空" if value is None else str(value)[:60]
