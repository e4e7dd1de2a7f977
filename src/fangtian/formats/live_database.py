"""打开中的数据库。GeoPackages that another program has open or did not close, with changes in files beside.

SQLite merges such changes into the database when somebody opens it. What is only to be read is not to change:
it is copied together with them, and merged in the copy.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, finding

__all__ = ["BESIDE", "about_changes", "is_open", "merged_copy", "unmerged"]

BESIDE = ("-wal", "-journal", "-shm")
"""附属文件。What SQLite puts beside a database while it is open."""
_CHANGES = BESIDE[:2]


def unmerged(path: Path) -> list[Path]:
    """未合并的改动。Files with changes beside a database, which whoever opens it would merge into it."""
    beside = [path.with_name(path.name + suffix) for suffix in _CHANGES]
    return [file for file in beside if file.exists() and file.stat().st_size]


def about_changes(path: Path) -> Iterator[Finding]:
    """改动说明。That changes beside a GeoPackage are read along with it."""
    if path.suffix.lower() == ".gpkg" and (found := unmerged(path)):
        names = "、".join(file.name for file in found)
        yield finding("FMT-wal", Place(file=path.name), file=path.name, name=names)


def merged_copy(path: Path, folder: Path) -> Path:
    """合并后的副本。A copy of a database in ``folder``, with its changes in it."""
    copy = folder / path.name
    for file in (path, *unmerged(path)):
        shutil.copyfile(file, folder / file.name)
    with suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode = DELETE").fetchall()
    return copy  # what cannot be merged is for the reader to tell


def is_open(path: Path) -> bool:
    """正被打开。Whether another program has a database open with changes; those left over are merged."""
    if not unmerged(path):
        return False
    try:
        with closing(sqlite3.connect(path, timeout=0)) as database:
            database.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.Error:  # no database at all
        return False
    return False
