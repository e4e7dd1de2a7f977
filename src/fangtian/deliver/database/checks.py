"""校验码。Digests of every row and every column of a GeoPackage; where two miss, the cell is found."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fangtian.catalog.delivered import delivered

__all__ = [
    "ROW",
    "Column",
    "TableDigests",
    "check_rows",
    "content_tables",
    "open_read_only",
    "stamp",
    "table_digests",
]

ROW, Column = "行", "列"
_LENGTH = 16
_BATCH = 1000


@dataclass(frozen=True)
class TableDigests:
    """一表的校验码。Row id -> digest and column -> digest."""

    rows: dict[str, str]
    columns: dict[str, str]


def stamp(path: Path) -> None:
    """盖校验码。Fill the 校验 table of a finished GeoPackage with the digests of all its other tables.

    Taken from the file and not from memory, so that they hold for the bytes that a reader gets.
    """
    checks = delivered()["checks"]
    columns = ", ".join(_quoted(field.official) for field in checks.fields)
    marks = ", ".join("?" * len(checks.fields))
    with closing(sqlite3.connect(path)) as database, database:
        statement = f"INSERT INTO {_quoted(checks.table)} ({columns}) VALUES ({marks})"  # noqa: S608
        database.executemany(statement, list(check_rows(database)))


def check_rows(database: sqlite3.Connection) -> Iterator[tuple[str, str, str, str]]:
    """校验表各行。Digests of every row and column of all content tables, in the order of the 校验 table."""
    for table in content_tables(database):
        digests = table_digests(database, table)
        yield from ((table, ROW, place, digest) for place, digest in digests.rows.items())
        yield from ((table, Column, place, digest) for place, digest in digests.columns.items())


def open_read_only(path: Path) -> sqlite3.Connection:
    """只读打开。A connection that cannot change what it checks."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def content_tables(database: sqlite3.Connection) -> list[str]:
    """内容表。Layers and tables of the file, without the table of digests itself."""
    rows = database.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")
    return [str(name) for (name,) in rows if name != delivered()["checks"].table]


def table_digests(database: sqlite3.Connection, table: str) -> TableDigests:
    """一表的校验码。SHA-256, first 16 digits, of each row and each column in row order."""
    cursor = database.execute(f"SELECT rowid, * FROM {_quoted(table)} ORDER BY rowid")  # noqa: S608
    names = [str(entry[0]) for entry in cursor.description][1:]
    running = [hashlib.sha256() for _ in names]
    rows: dict[str, str] = {}
    words: dict[str, bytes] = {}  # codes and names come again and again
    while batch := cursor.fetchmany(_BATCH):
        cells = [[_known_cell(value, words) for value in values] for _, *values in batch]
        for digest, column in zip(running, zip(*cells, strict=True), strict=True):
            digest.update(b"".join(column))
        for (row_id, *_), row in zip(batch, cells, strict=True):
            rows[str(row_id)] = hashlib.sha256(b"".join(row)).hexdigest()[:_LENGTH]
    return TableDigests(rows, _named(names, [digest.hexdigest()[:_LENGTH] for digest in running]))


def _known_cell(value: object, words: dict[str, bytes]) -> bytes:
    if type(value) is not str:
        return _cell(value)
    if value not in words:
        words[value] = _cell(value)
    return words[value]


def _named(names: Sequence[str], digests: Sequence[str]) -> dict[str, str]:
    return dict(zip(names, digests, strict=True))


def _cell(value: object) -> bytes:
    """A cell as bytes that begin with their kind and length, so that cells cannot run into each other."""
    if isinstance(value, bytes):
        content, kind = value, "b"
    else:
        content, kind = str(value).encode(), type(value).__name__[:1]
    return f"{kind}{len(content)}:".encode() + content


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def rows_of(database: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """取列。Row id and the named columns of a table, in row order."""
    wanted = ", ".join(_quoted(column) for column in columns)
    yield from database.execute(f"SELECT rowid, {wanted} FROM {_quoted(table)} ORDER BY rowid")  # noqa: S608
