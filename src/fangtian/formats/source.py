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
from fangtian.formats.live_database import about_changes, merged_copy, unmerged

__all__ = ["SUFFIXES", "companion", "format_of", "opened", "without_index"]

SUFFIXES = {
    ".gdb": "FileGDB",
    ".gpkg": "GeoPackage",
    ".shp": "Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".kml": "KML",
    ".kmz": "KMZ",
    ".dxf": "DXF",
    ".vct": "VCT",
    ".txt": "TXT",
    ".csv": "CSV",
    ".xlsx": "Excel",
    ".zip": "zip",
}
"""Formats by suffix, of files that are data in their own right. A ``.dbf`` is one only where it is named."""
_TABLE = ".dbf"
_ARCHIVES = (".zip", ".kmz")
_PLAN = "plan.toml"
_REFUSED = {".mdb": "FMT-mdb", ".accdb": "FMT-mdb", ".dwg": "FMT-dwg"}
_GDB_TABLE = "a00000001.gdbtable"  # the catalogue table that every file geodatabase has
_UNOPENABLE = "!;"  # pyogrio reads these as parts of an address
_PARTS = (".shp", ".dbf", ".prj", ".cpg")
_COPY = "without-shx"
_HEAD = 4096
_NAMED = 8
_LEAST_DBF = 32
_DBF_VERSIONS = frozenset(bytes.fromhex("020304053031324363838b8c8ecbf5fb"))
_BINARY_DXF = b"AutoCAD Binary DXF"
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_ENCODING = re.compile(r"^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_POINT_ROW = re.compile(rb"^[^\S\n]*J?\d*[^\S\n]*,[^\S\n]*\d*[^\S\n]*,\s*\d{5,8}(\.\d*)?\s*,\s*\d{5,8}", re.M)
_BOUNDARY_MARKS = tuple(
    mark.encode(codec) for mark in ("地块坐标", "属性描述") for codec in ("utf-8", "gbk", "utf-16-le")
)


def format_of(source: Path) -> str:
    """格式名。What a data file is called by its suffix."""
    suffix = source.suffix.lower()
    return "dBASE" if suffix == _TABLE else SUFFIXES[suffix]


@contextmanager
def opened(path: Path, notes: list[Finding] | None = None) -> Iterator[list[Path]]:
    """打开数据源。The data files that ``path`` stands for: itself, or those in a folder or an archive.

    They exist as long as the ``with`` block. What is passed over is added to ``notes``. Raises
    :class:`InputError` where nothing can be read.
    """
    place = Place(file=path.name)
    _require_present(path, place)
    notes = [] if notes is None else notes
    with ExitStack() as stack:
        if path.suffix.lower() in _ARCHIVES:
            folder = stack.enter_context(unpacked(path))
            kmz = path.suffix.lower() == ".kmz"
            members = _kml_of(folder, path, notes) if kmz else _packed_files(folder, path)
        elif _is_folder(path):
            folder, members = path, _shapefiles_of(path, notes)
        else:
            folder, members = path.parent, [path]
        for member in members:
            inside = f"{path.name}/{member.relative_to(folder).as_posix()}"
            _require_genuine(member, Place(file=path.name if member == path else inside))
            notes += [*_about_table(member), *about_changes(member)]
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
        if entry.suffix.lower() in SUFFIXES.keys() - set(_ARCHIVES) or _is_lone_table(entry):
            yield entry
        elif entry.is_dir():
            yield from _members(entry)


def _packed_files(folder: Path, path: Path) -> list[Path]:
    members = _with_shapes(sorted(_members(folder)))
    if not members:
        raise InputError([finding("FMT-zip-nothing", Place(file=path.name), file=path.name)])
    return members


def _kml_of(folder: Path, path: Path, notes: list[Finding]) -> list[Path]:
    """The document of a KMZ: ``doc.kml``, else the first; pictures and more documents are passed over."""
    files = sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    found = [file for file in files if file.suffix.lower() == ".kml"]
    if not found:
        raise InputError([finding("FMT-kmz-nothing", Place(file=path.name), file=path.name)])
    first = min(found, key=lambda file: (len(file.parts), file.name.lower() != "doc.kml", file.name))
    _tell_passed(path, first.as_posix(), [file.as_posix() for file in files if file != first], notes)
    return [folder / first]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() not in SUFFIXES


def _shapefiles_of(path: Path, notes: list[Finding]) -> list[Path]:
    """Shapefiles, and tables without shapes, that lie right in a folder."""
    place = Place(file=path.name)
    if (path / _PLAN).exists():
        raise InputError([finding("FMT-folder-plan", place, file=path.name)])
    files = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    found = [entry for entry in files if entry.is_file() and entry.suffix.lower() == ".shp"]
    found += [entry for entry in files if _is_lone_table(entry)]
    if not found:
        raise InputError([finding("FMT-folder-nothing", place, file=path.name)])
    unopenable = [entry.name for entry in found if any(mark in entry.name for mark in _UNOPENABLE)]
    if unopenable:
        raise InputError([finding("FMT-name", Place(file=name), file=name) for name in unopenable])
    other = [entry.name for entry in files if entry.is_dir() or entry.suffix.lower() in SUFFIXES]
    taken = {entry.name for entry in found}
    _tell_passed(path, "Shapefile", [name for name in other if name not in taken], notes)
    return sorted(found)


def _tell_passed(path: Path, taken: str, names: list[str], notes: list[Finding]) -> None:
    if names:
        shown = "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")
        told = {"file": path.name, "taken": taken, "count": len(names), "names": shown}
        notes.append(finding("FMT-passed-over", Place(file=path.name), **told))


def _is_lone_table(path: Path) -> bool:
    """Whether a file is a dBASE table that belongs to no shapefile beside it."""
    return path.suffix.lower() == _TABLE and path.is_file() and companion(path, ".shp") is None


def _about_table(path: Path) -> Iterator[Finding]:
    if path.suffix.lower() == _TABLE:
        there = companion(path, ".shp") is not None
        shapes = "图形在同名的 .shp 中" if there else "同名的 .shp 不在一起"
        shapes_en = "they are in the .shp beside it" if there else "there is no .shp beside it"
        told = {"file": path.name, "shapes": shapes, "shapes_en": shapes_en}
        yield finding("FMT-dbf-alone", Place(file=path.name), **told)


def _with_shapes(members: list[Path]) -> list[Path]:
    """Without the notes that lie beside data: text that is no boundary file, tables where layers are."""
    layers = [
        member
        for member in members
        if format_of(member) not in ("TXT", "CSV", "Excel") or _is_boundary_txt(member)
    ]
    return layers or [member for member in members if format_of(member) != "TXT"]


def _is_boundary_txt(path: Path) -> bool:
    if format_of(path) != "TXT" or not path.is_file():
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
    if suffix not in SUFFIXES and suffix != _TABLE and not path.is_dir():
        accepted = "、".join(sorted((*SUFFIXES, _TABLE)))
        raise InputError([finding("FMT-kind", place, file=path.name, accepted=accepted)])


def _require_genuine(path: Path, place: Place) -> None:
    problem = _impostor(path, place)
    if problem:
        raise InputError([problem])


def _impostor(path: Path, place: Place) -> Finding | None:
    """Say why a file cannot be what its suffix claims."""
    suffix = path.suffix.lower()
    shown = place.file
    lying = finding("FMT-lying", place, file=shown, kind=format_of(path))
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
    ".kmz": lambda head: head.startswith(b"PK"),
    ".dbf": lambda head: head[0] in _DBF_VERSIONS and len(head) > _LEAST_DBF,
    ".dxf": _is_dxf,
    ".txt": _is_text,
    ".csv": _is_text,
}
"""What the first bytes must be; the readers of the other formats know best themselves."""


def _readable(path: Path, stack: ExitStack) -> Path:
    """The file, or a copy of it where GDAL would need another one or write one beside it."""
    kind = format_of(path)
    if kind == "dBASE" and companion(path, ".shp") is not None:  # GDAL would take it for the shapefile
        return _copied(path, (_TABLE, ".cpg"), Path(_temporary(stack)))
    if kind == "Shapefile" and companion(path, ".shx") is None:
        folder = Path(_temporary(stack)) / _COPY
        folder.mkdir()
        return _copied(path, _PARTS, folder)
    if kind == "GeoPackage" and unmerged(path):
        return merged_copy(path, Path(_temporary(stack)))
    if kind == "KML":
        return _in_utf8(path, stack)
    return path


def _temporary(stack: ExitStack) -> str:
    return stack.enter_context(tempfile.TemporaryDirectory(prefix="fangtian-"))


def _copied(path: Path, suffixes: tuple[str, ...], folder: Path) -> Path:
    """The parts of a shapefile that are there, under the same name in another folder."""
    for part in (companion(path, suffix) for suffix in suffixes):
        if part is not None:
            shutil.copyfile(part, folder / f"{path.stem}{part.suffix.lower()}")
    return folder / f"{path.stem}{path.suffix.lower()}"


def _in_utf8(path: Path, stack: ExitStack) -> Path:
    """KML in an encoding that the XML parser does not know, as Chinese programs write it: a copy in UTF-8."""
    data = path.read_bytes()
    text, codec = decode_text(data)
    declared = _XML_ENCODING.match(text[:200])
    plain = declared is None or declared[2].lower() in ("utf-8", "utf8")
    if not codec or (codec.startswith("utf-8") and plain):
        return path
    copy = Path(_temporary(stack), path.name)
    copy.write_text(_XML_ENCODING.sub(r'\1 encoding="UTF-8"', text, count=1), encoding="utf-8")
    return copy
