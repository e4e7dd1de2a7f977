"""数据源。From what a user names to files that GDAL may open: found, genuine, unpacked, with their parts.

A file is opened only if its first bytes are what its name says. That turns most broken uploads into one
clear sentence and keeps other GDAL drivers (virtual datasets that point elsewhere) away from user files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.archive import unpacked

__all__ = ["SUFFIXES", "companion", "opened"]

SUFFIXES = {
    ".gdb": "FileGDB",
    ".gpkg": "GeoPackage",
    ".shp": "Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".zip": "zip",
}
_MAGIC = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a"}
_GDB_TABLE = "a00000001.gdbtable"  # the catalogue table that every file geodatabase has
_UNOPENABLE = "!;"  # pyogrio reads these as parts of an address


@contextmanager
def opened(path: Path) -> Iterator[list[Path]]:
    """打开数据源。The data files that ``path`` stands for: itself, or those inside a zip, unpacked.

    They exist as long as the ``with`` block. Raises :class:`InputError` where nothing can be read.
    """
    place = Place(file=path.name)
    _require_present(path, place)
    if path.suffix.lower() != ".zip":
        _require_genuine(path, place)
        yield [path]
        return
    with unpacked(path) as folder:
        members = sorted(_members(folder))
        if not members:
            raise InputError([finding("FMT-zip-nothing", place, file=path.name)])
        for member in members:
            _require_genuine(member, Place(file=f"{path.name}/{member.relative_to(folder).as_posix()}"))
        yield members


def companion(path: Path, suffix: str) -> Path | None:
    """附属文件。The ``.dbf``, ``.shx``, ``.cpg`` … beside a shapefile, whatever the case of its letters."""
    wanted = path.stem.lower() + suffix
    return next((other for other in sorted(path.parent.iterdir()) if other.name.lower() == wanted), None)


def _members(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith(("._", "__MACOSX")):  # what macOS adds to archives
            continue
        if entry.suffix.lower() in SUFFIXES and entry.suffix.lower() != ".zip":
            yield entry
        elif entry.is_dir():
            yield from _members(entry)


def _require_present(path: Path, place: Place) -> None:
    if not path.exists():
        raise InputError([finding("FMT-missing", place, file=path.name)])
    if any(mark in str(path) for mark in _UNOPENABLE):
        raise InputError([finding("FMT-name", place, file=path.name)])
    if path.suffix.lower() not in SUFFIXES:
        accepted = "、".join(sorted(SUFFIXES))
        raise InputError([finding("FMT-kind", place, file=path.name, accepted=accepted)])


def _require_genuine(path: Path, place: Place) -> None:
    problem = _impostor(path, place)
    if problem:
        raise InputError([problem])


def _impostor(path: Path, place: Place) -> Finding | None:
    """Say why a file cannot be what its suffix claims."""
    suffix = path.suffix.lower()
    shown = place.file
    lying = finding("FMT-lying", place, file=shown, kind=SUFFIXES[suffix])
    if path.is_dir() or suffix == ".gdb":
        return None if suffix == ".gdb" and (path / _GDB_TABLE).exists() else lying
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return finding("FMT-empty-file", place, file=shown)
    if not head.startswith(_MAGIC.get(suffix, b"")):
        return lying
    if SUFFIXES[suffix] == "GeoJSON" and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return lying
    if suffix == ".shp" and companion(path, ".shx") is None:
        return finding("FMT-shx-missing", place, file=shown)
    return None
