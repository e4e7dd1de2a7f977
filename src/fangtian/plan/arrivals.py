"""来件。What lies in the files and folders that arrive: data to be inspected, our own reports, all the rest.

Nothing is passed over in silence: what is not read is listed, and what looks like data is told as a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from fangtian.catalog.finding import Finding
from fangtian.formats.source import SUFFIXES

__all__ = ["CHANGES_FILE", "COPIES", "LIST_FILE", "PLACES_FILE", "REPORT_FILE", "listed_files", "no_data",
           "sources_of", "unread", "unread_files"]  # fmt: skip

REPORT_FILE, LIST_FILE, PLACES_FILE = "检查报告.html", "问题清单.xlsx", "findings.gpkg"
CHANGES_FILE, COPIES = "修改记录.csv", "修补后"
"""检查成果文件。What an inspection writes; beside a report, the others of these names are no data."""

_CLOSED = frozenset({".mdb", ".accdb", ".dwg", ".rar", ".7z", ".tar", ".gz", ".tgz", ".e00", ".mif", ".tab"})
"""Files that hold data as a rule, in formats that are not read."""
_OF_THE_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})
_MARKS = {
    ".txt": [
        mark.encode(codec) for mark in ("地块坐标", "属性描述") for codec in ("utf-8", "gbk", "utf-16-le")
    ],
    ".json": [b"FeatureCollection", b'"coordinates"', b'"geometry"'],
    ".csv": [b"WKT", b"wkt", b"POLYGON", b"Polygon"],
    ".xlsx": [],
}
"""What a file has that is often something else, if it is data after all; a workbook is seen to be read."""
_NOTHING = frozenset({"BND-empty", "FMT-empty-file", "FMT-unreadable", "FMT-text-encoding"})
_HEAD = 1 << 16
_LISTED = 3


def sources_of(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """数据文件。Data sources below the paths, by the names that the user knows them by."""
    for path in paths:
        if not _is_folder(path):
            yield path.name, path
            continue
        for found in _below(path):
            if found.suffix.lower() in SUFFIXES:
                yield found.relative_to(path).as_posix(), found


def unread_files(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """不读的文件。All other files below the paths, but for those that belong to a data source."""
    for path in paths:
        for found in _below(path) if _is_folder(path) else ():
            if found.is_file() and found.suffix.lower() not in SUFFIXES and not _belongs(found):
                yield found.relative_to(path).as_posix(), found


def unread(path: Path) -> bool:
    """是否未读的数据。Whether a file that is not read must be told of, not only listed."""
    return path.suffix.lower() in _CLOSED


def listed_files(files: Iterable[str]) -> Iterator[str]:
    """列举文件。Each by its name, but of a heap of one kind (photographs, maps) only how many there are.

    >>> list(listed_files(["a.pdf", *(f"{n}.jpg" for n in range(9))]))
    ['a.pdf', '0.jpg 等 9 个 .jpg 文件']
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for file in files:
        kinds[Path(file).suffix.lower()].append(file)
    for suffix, names in kinds.items():
        if len(names) > _LISTED:
            yield f"{names[0]} 等 {len(names)} 个 {suffix or '无扩展名'} 文件"
        else:
            yield from names


def no_data(path: Path, findings: Sequence[Finding]) -> bool:
    """是否与数据无关。Whether a file that cannot be read is something else, and not broken data."""
    marks = _MARKS.get(path.suffix.lower())
    if marks is None or (marks and not {item.code for item in findings} <= _NOTHING):
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return not any(mark in head for mark in marks)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() != ".gdb"


def _below(folder: Path) -> Iterator[Path]:
    """Everything in a folder, geodatabases as one, without our own reports and the files of the system."""
    reported = (folder / REPORT_FILE).is_file()
    for entry in sorted(_entries(folder)):
        if entry.name.startswith((".", "~$")) or entry.name.lower() in _OF_THE_SYSTEM:
            continue
        if reported and entry.name in (REPORT_FILE, LIST_FILE, PLACES_FILE, CHANGES_FILE, COPIES):
            continue
        if not _is_folder(entry):
            yield entry
        elif not entry.is_symlink():  # it may lead back here
            yield from _below(entry)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # not ours to read
        return []


def _belongs(path: Path) -> bool:
    """A part of a shapefile or of a GeoPackage at work, whatever its suffix."""
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return True
    dots = [place for place, letter in enumerate(path.name) if letter == "."]
    stems = [path.parent / path.name[:place] for place in dots]
    return any(stem.with_name(stem.name + suffix).exists() for stem in stems for suffix in (".shp", ".SHP"))
