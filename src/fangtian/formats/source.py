"""数据源。From what a user names to files that may be read: found, genuine, unpacked, with their parts.

A file is opened only if its first bytes are what its name says. That turns most broken uploads into one
clear sentence and keeps other GDAL drivers (virtual datasets that point elsewhere) away from user files.
What GDAL needs beside or inside a file and does not find there is supplied in a copy, never in place.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.archive import unpacked
from fangtian.formats.encoding import decode_text

__all__ = ["SUFFIXES", "companion", "opened", "without_index"]

SUFFIXES = {
    ".gdb": "FileGDB",
    ".gpkg": "GeoPackage",
    ".shp": "Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".kml": "KML",
    ".dxf": "DXF",
    ".vct": "VCT",
    ".txt": "TXT",
    ".csv": "CSV",
    ".xlsx": "Excel",
    ".zip": "zip",
}
_REFUSED = {".mdb": "FMT-mdb", ".accdb": "FMT-mdb", ".dwg": "FMT-dwg"}
_GDB_TABLE = "a00000001.gdbtable"  # the catalogue table that every file geodatabase has
_UNOPENABLE = "!;"  # pyogrio reads these as parts of an address
_PARTS = (".shp", ".dbf", ".prj", ".cpg")
_COPY = "without-shx"
_HEAD = 4096
_BINARY_DXF = b"AutoCAD Binary DXF"
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_ENCODING = re.compile(r"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_POINT_ROW = re.compile(rb"^[^\S\n]*J?\d*[^\S\n]*,[^\S\n]*\d*[^\S\n]*,\s*\d{5,8}(\.\d*)?\s*,\s*\d{5,8}", re.M)
_BOUNDARY_MARKS = tuple(
    mark.encode(codec) for mark in ("地块坐标", "属性描述") for codec in ("utf-8", "gbk", "utf-16-le")
)


@contextmanager
def opened(path: Path) -> Iterator[list[Path]]:
    """打开数据源。The data files that ``path`` stands for: itself, or those inside a zip, unpacked.

    They exist as long as the ``with`` block. Raises :class:`InputError` where nothing can be read.
    """
    place = Place(file=path.name)
    _require_present(path, place)
    with ExitStack() as stack:
        if path.suffix.lower() != ".zip":
            _require_genuine(path, place)
            yield [_readable(path, stack)]
            return
        folder = stack.enter_context(unpacked(path))
        members = _with_shapes(sorted(_members(folder)))
        if not members:
            raise InputError([finding("FMT-zip-nothing", place, file=path.name)])
        for member in members:
            _require_genuine(member, Place(file=f"{path.name}/{member.relative_to(folder).as_posix()}"))
        yield [_readable(member, stack) for member in members]


def companion(path: Path, suffix: str) -> Path | None:
    """附属文件。The ``.dbf``, ``.shx``, ``.cpg`` … beside a shapefile, whatever the case of its letters."""
    wanted = path.stem.lower() + suffix
    return next((other for other in sorted(path.parent.iterdir()) if other.name.lower() == wanted), None)


def without_index(source: Path) -> bool:
    """缺少索引。Whether an opened shapefile is a copy of one that has no ``.shx``, to be rebuilt by GDAL."""
    return source.parent.name == _COPY


def _members(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith(("._", "__MACOSX")):  # what macOS adds to archives
            continue
        if entry.suffix.lower() in SUFFIXES and entry.suffix.lower() != ".zip":
            yield entry
        elif entry.is_dir():
            yield from _members(entry)


def _with_shapes(members: list[Path]) -> list[Path]:
    """Without the notes that lie beside data: text that is no boundary file, tables where layers are."""
    layers = [
        member
        for member in members
        if SUFFIXES[member.suffix.lower()] not in ("TXT", "CSV", "Excel") or _is_boundary_txt(member)
    ]
    return layers or [member for member in members if SUFFIXES[member.suffix.lower()] != "TXT"]


def _is_boundary_txt(path: Path) -> bool:
    if SUFFIXES[path.suffix.lower()] != "TXT" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(16 * _HEAD)
    return any(mark in head for mark in _BOUNDARY_MARKS) or bool(_POINT_ROW.search(head.replace(b"\0", b"")))


def _require_present(path: Path, place: Place) -> None:
    if not path.exists():
        raise InputError([finding("FMT-missing", place, file=path.name)])
    if any(mark in str(path) for mark in _UNOPENABLE):
        raise InputError([finding("FMT-name", place, file=path.name)])
    suffix = path.suffix.lower()
    if suffix in _REFUSED:
        raise InputError([finding(_REFUSED[suffix], place, file=path.name)])
    if suffix not in SUFFIXES:
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
        head = file.read(_HEAD)
    if not head:
        return finding("FMT-empty-file", place, file=shown)
    if suffix == ".dxf" and head.startswith(_BINARY_DXF):
        return finding("FMT-dxf-binary", place, file=shown)
    if suffix == ".kml" and _DTD.search(head.replace(b"\0", b"")):
        return finding("FMT-xml-entities", place, file=shown)
    genuine = _LOOKS.get(suffix)
    return None if genuine is None or genuine(head) else lying


def _is_json_object(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _is_kml(head: bytes) -> bool:
    return bool(re.search(rb"<(\w+:)?kml[\s>]", head.replace(b"\0", b"")))


def _is_dxf(head: bytes) -> bool:
    return bool(re.match(rb"(\xef\xbb\xbf)?\s*(0|999)\s*[\r\n]", head)) and b"SECTION" in head


def _is_text(head: bytes) -> bool:
    return b"\0\0" not in head


_LOOKS: Mapping[str, Callable[[bytes], bool]] = {
    ".gpkg": lambda head: head.startswith(b"SQLite format 3\0"),
    ".shp": lambda head: head.startswith(b"\0\0\x27\x0a"),
    ".geojson": _is_json_object,
    ".json": _is_json_object,
    ".kml": _is_kml,
    ".dxf": _is_dxf,
    ".txt": _is_text,
    ".csv": _is_text,
}
"""What the first bytes must be; the readers of the other formats know best themselves."""


def _readable(path: Path, stack: ExitStack) -> Path:
    """The file, or a copy of it where GDAL would need another one or write one beside it."""
    kind = SUFFIXES[path.suffix.lower()]
    if kind == "Shapefile" and companion(path, ".shx") is None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fangtian-"))) / _COPY
        folder.mkdir()
        for part in (companion(path, suffix) for suffix in _PARTS):
            if part is not None:
                shutil.copyfile(part, folder / f"{path.stem}{part.suffix.lower()}")
        return folder / f"{path.stem}.shp"
    if kind == "KML":
        return _in_utf8(path, stack)
    return path


def _in_utf8(path: Path, stack: ExitStack) -> Path:
    """KML in an encoding that the XML parser does not know, as Chinese programs write it: a copy in UTF-8."""
    data = path.read_bytes()
    text, codec = decode_text(data)
    declared = _XML_ENCODING.match(text[:200])
    plain = declared is None or declared[2].lower() in ("utf-8", "utf8")
    if not codec or (codec.startswith("utf-8") and plain):
        return path
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fangtian-")))
    copy = folder / path.name
    copy.write_text(_XML_ENCODING.sub(r'\1 encoding="UTF-8"', text, count=1), encoding="utf-8")
    return copy
