"""地理数据库行数。Whether a file geodatabase gives back as many rows as its tables say they have.

GDAL opens a geodatabase whose tables are cut off or scrambled, and says nothing: the layers are merely
empty. An empty red line layer means that there is no red line, so this must not pass for the truth.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyogrio

from fangtian.catalog.finding import Finding, Place, finding

__all__ = ["lost_rows"]

_CATALOGUE = "GDB_SystemCatalog"  # its row numbers are the numbers of the tables' files
_HEAD = 40
_PLAIN, _WIDE = 3, 4  # versions of a table; the second has 64-bit row numbers


def lost_rows(source: Path, counts: Mapping[str, int], place: Place) -> Iterator[Finding]:
    """缺失的行。A finding for every layer of a geodatabase that has other than the rows its table declares.

    ``counts`` are rows by layer, as GDAL counts them. Whatever pyogrio raises on a broken catalogue passes.
    """
    _, numbers, _, (names, *_) = pyogrio.raw.read(
        source,
        layer=_CATALOGUE,
        columns=["Name"],
        read_geometry=False,
        return_fids=True,
        LIST_ALL_TABLES="YES",
    )
    files = dict(zip(map(str, names), map(int, numbers), strict=True))
    for layer, count in counts.items():
        told = _declared(source / f"a{files.get(layer, 0):08x}.gdbtable")
        if told != count:
            where = Place(file=place.file, layer=layer)
            shown = "?" if told is None else told
            yield finding("FMT-gdb-rows", where, file=place.file, layer=layer, told=shown, count=count)


def _declared(table: Path) -> int | None:
    """Rows that a table says it has; None where its head is no head of a table."""
    try:
        with table.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    if len(head) < _HEAD:
        return None
    version, rows = struct.unpack_from("<iI", head)
    if version == _WIDE:
        (rows,) = struct.unpack_from("<Q", head, 16)
    return int(rows) if version in (_PLAIN, _WIDE) else None
