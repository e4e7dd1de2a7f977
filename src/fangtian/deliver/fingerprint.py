"""指纹。SHA-256 of a file and of its parts, so that a change can be located even where no fact is printed.

Parts are the lines of a page or a text, the paragraphs and rows of a Word file, the members of a workbook or
an archive, the tables of a GeoPackage.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from fangtian.deliver.coordinates import txt_parts
from fangtian.deliver.database.checks import open_read_only, table_digests
from fangtian.deliver.document.finished import document_parts
from fangtian.deliver.pdf_text import pdf_parts

__all__ = ["file_digest", "part_digests"]

_LENGTH = 12
_SMALL_JSON = 64 * 1024
"""A larger JSON file is one of facts or findings, which are checked value by value."""
_READERS: Mapping[str, Callable[[Path], dict[str, str]]] = {
    ".docx": document_parts,
    ".pdf": pdf_parts,
    ".txt": txt_parts,
    ".csv": txt_parts,
}


def file_digest(path: Path) -> str:
    """文件校验码。SHA-256 of the bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def part_digests(path: Path) -> dict[str, str]:
    """部分校验码。First 12 digits of the SHA-256 of each part, by its name; empty for a file without parts.

    Raises OSError, zipfile.BadZipFile or sqlite3.Error for a damaged file.
    """
    kind = path.suffix.lower()
    if kind in _READERS:
        return _READERS[kind](path)
    if kind == ".html" or (kind == ".json" and path.stat().st_size <= _SMALL_JSON):
        lines = path.read_bytes().split(b"\n")
        return {str(number): _short(line) for number, line in enumerate(lines, 1)}
    if kind in (".xlsx", ".zip"):
        with zipfile.ZipFile(path) as archive:
            return {name: _short(archive.read(name)) for name in archive.namelist()}
    if kind == ".gpkg":
        with closing(open_read_only(path)) as database:
            return {name: _table(database, name) for name in _tables(database)}
    return {}


def _tables(database: sqlite3.Connection) -> list[str]:
    """Plain tables; the spatial index is derived from the geometry and differs between SQLite versions."""
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
        "AND name NOT LIKE 'rtree_%' ORDER BY name"
    )
    return [str(name) for (name,) in rows]


def _table(database: sqlite3.Connection, name: str) -> str:
    digests = table_digests(database, name)
    return _short("\n".join(f"{key}={value}" for key, value in digests.columns.items()).encode())


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_LENGTH]
