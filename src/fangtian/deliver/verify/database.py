"""核对数据库。The finished GeoPackages, read with sqlite3: facts, rows, columns, sums, seal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from fangtian.catalog.delivered import DeliveredLayer, delivered
from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.database.checks import (
    ROW,
    Column,
    content_tables,
    open_read_only,
    rows_of,
    table_digests,
)
from fangtian.deliver.database.tables import fact_rows
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs
from fangtian.deliver.verify.sums import check_sums

__all__ = ["check_database", "check_findings_layer", "check_tables"]

_NUMERIC = ("exact", "shown", "unit", "term", "digest")


def check_database(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对方案数据库。Facts one by one, then rows and columns against their digests, then sums of areas.

    Raises sqlite3.Error for a damaged file.
    """
    with closing(open_read_only(path)) as database:
        yield from check_tables(database, name, sealed)


def check_tables(database: sqlite3.Connection, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对各表。The same for any database with the delivered tables, a mirrored FileGDB among them."""
    seal, facts = list(_seal(database, name, sealed)), list(_facts(database, name, sealed))
    yield from (*seal, *facts)
    yield from _digests(database, name, _named(seal=seal, facts=facts))
    yield from check_sums(database, name, sealed)


def check_findings_layer(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对结论图层。The seal, rows and columns. Raises sqlite3.Error for a damaged file."""
    with closing(open_read_only(path)) as database:
        seal = list(_seal(database, name, sealed))
        yield from seal
        yield from _digests(database, name, _named(seal=seal))


def _named(**found: list[Finding]) -> set[str]:
    """Tables in which a change is already named; their digests need not say it again."""
    return {delivered()[table].table for table, findings in found.items() if findings}


def _seal(database: sqlite3.Connection, name: str, sealed: Sealed) -> Iterator[Finding]:
    entry = delivered()["seal"]
    expected = {} if sealed.origin is None else dict(sealed.origin.rows)
    for row, label, text in rows_of(database, entry.table, [field.official for field in entry.fields]):
        where = f"{entry.table} 第{row}行"
        if label == "事实封印":
            yield from seal_differs(name, where, str(text), sealed.seal)
        elif expected and expected.get(str(label)) != text:
            yield text_differs(name, where, f"{label} {text}", f"{label} {expected.get(str(label), '')}")


def _facts(database: sqlite3.Connection, name: str, sealed: Sealed) -> Iterator[Finding]:
    if sealed.book is None or sealed.presentation is None:
        return
    entry = delivered()["facts"]
    columns = [field.official for field in entry.fields]
    found = list(rows_of(database, entry.table, columns))
    wanted = fact_rows(sealed.book, sealed.presentation)
    if len(found) != len(wanted):
        yield _row_count(name, entry, f"应有 {len(wanted)} 行，实有 {len(found)} 行")
    for (row, *values), expected in zip(found, wanted, strict=False):
        for field, printed, true in zip(entry.fields, values, expected, strict=True):
            if _text(printed) == true:
                continue
            where = f"{entry.table} 第{row}行 {field.official}"
            if field.name in _NUMERIC:
                yield number_differs(name, where, expected[0], _text(printed), true)
            else:
                yield text_differs(name, where, _text(printed), true)


def _digests(database: sqlite3.Connection, name: str, named: set[str]) -> Iterator[Finding]:
    """Rows and columns that miss their digests; where exactly one of each misses, that is the cell."""
    listed = _listed(database)
    tables = content_tables(database)
    for table in sorted({*tables, *(table for table, _ in listed)}):
        if table in named:
            continue
        if table not in tables:
            yield _row_count(name, table, "整表缺失")
            continue
        now = table_digests(database, table)
        rows = _missing(listed.get((table, ROW), {}), now.rows)
        columns = _missing(listed.get((table, Column), {}), now.columns)
        yield from _located(database, (name, table), rows, columns)


def _located(
    database: sqlite3.Connection, where: tuple[str, str], rows: list[str], columns: list[str]
) -> Iterator[Finding]:
    name, table = where
    kind, places = (ROW, rows) if rows else (Column, columns)
    if bool(rows) != bool(columns):  # content is one and the same: it is the digest that was changed
        for place in places:
            yield finding(
                "DEL-check-changed", Place(name, table, place), file=name, layer=table, kind=kind, spot=place
            )
        return
    present = {str(row) for (row,) in database.execute(f'SELECT rowid FROM "{table}"')}  # noqa: S608
    for row in rows:
        if row not in present:
            yield _row_count(name, table, f"缺第 {row} 行")
            continue
        value = "、".join(_value(database, table, row, column) for column in columns)
        field = "、".join(columns)
        yield finding(
            "DEL-row-changed",
            Place(name, table, row, field),
            file=name,
            layer=table,
            row=row,
            field=field,
            value=value,
        )


def _value(database: sqlite3.Connection, table: str, row: str, column: str) -> str:
    query = f'SELECT "{column}" FROM "{table}" WHERE rowid = ?'  # noqa: S608
    (value,) = database.execute(query, (int(row),)).fetchone()
    return "图形" if isinstance(value, bytes) else _text(value)[:60]


def _listed(database: sqlite3.Connection) -> dict[tuple[str, str], dict[str, str]]:
    entry = delivered()["checks"]
    found: dict[tuple[str, str], dict[str, str]] = {}
    for _, table, kind, place, digest in rows_of(
        database, entry.table, [field.official for field in entry.fields]
    ):
        found.setdefault((_text(table), _text(kind)), {})[_text(place)] = _text(digest)
    return found


def _missing(listed: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Places whose digest is not the listed one, in their order; added and removed ones included."""
    return [place for place in dict.fromkeys([*now, *listed]) if listed.get(place) != now.get(place)]


def _row_count(name: str, layer: DeliveredLayer | str, rows: str) -> Finding:
    table = layer if isinstance(layer, str) else layer.table
    return finding("DEL-rows-differ", Place(name, table), file=name, layer=table, what="行数不符", rows=rows)


def _text(value: object) -> str:
    return "" if value is None else str(value)
