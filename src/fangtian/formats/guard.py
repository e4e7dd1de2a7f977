"""安全读取。The readers of users' files, where a crash, a hang or a flood of memory can be survived.

The functions are those of ``vector``, ``reading``, ``raster`` and ``spreadsheet``, with the same results and
the same :class:`InputError`. They run in a second interpreter (``guard_post``); what breaks it becomes a
finding. Where none can be started, they run here.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.dataset import Dataset
from fangtian.formats.guard_parcel import packed, unpacked
from fangtian.formats.guard_post import outpost
from fangtian.formats.guard_task import Answer, Order, reader_of
from fangtian.formats.vector import LayerInfo, RawLayer

if TYPE_CHECKING:
    from fangtian.formats.raster import Elevation, Extent
    from fangtian.formats.spreadsheet import SheetRows

__all__ = ["list_layers", "read_dataset", "read_elevation", "read_layer", "read_sheet"]

LEAST_SECONDS = 6.0
"""A command that is held up by a small file ends within ten seconds, two interpreters' start included."""
LEAST_MEMORY = 768 * 2**20
"""What any small file may cost, beside the 0.1 GiB that an idle interpreter has."""
SMALL = 2**20
PACE = 2**19
"""Bytes per second. The slowest reader does ten times as much on an office PC."""
MEMORY_PER_BYTE = 40
"""GeoJSON and VCT take 20 bytes of memory for one of the file, before they are arrays."""
PACKED = 10
"""Archives hold up to ten times what they weigh; those that hold more are weighed as if they did not."""
_STOPPED: dict[tuple[Path, int, int], Finding] = {}
"""Files that broke their reader, by path, size and date: nobody waits for each of their layers in turn."""
_ARCHIVES = frozenset({".zip", ".kmz", ".xlsx"})


def list_layers(path: Path) -> list[LayerInfo]:
    """图层清单。See :func:`fangtian.formats.vector.list_layers`."""
    infos: list[LayerInfo] = _read("list_layers", path)
    return infos


def read_layer(path: Path, layer: str = "", encoding: str = "") -> RawLayer:
    """读取图层。See :func:`fangtian.formats.vector.read_layer`."""
    raw: RawLayer = _read("read_layer", path, layer, encoding)
    return raw


def read_dataset(path: Path, encoding: str = "") -> Dataset:
    """读取数据集。See :func:`fangtian.formats.reading.read_dataset`."""
    dataset: Dataset = _read("read_dataset", path, encoding)
    return dataset


def read_elevation(path: Path, extent: Extent) -> tuple[Elevation | None, tuple[Finding, ...]]:
    """读取高程。See :func:`fangtian.formats.raster.read_elevation`."""
    elevation: tuple[Elevation | None, tuple[Finding, ...]] = _read("read_elevation", path, extent)
    return elevation


def read_sheet(path: Path, sheet: str = "", expected: Collection[str] = ()) -> SheetRows:
    """读取表格。See :func:`fangtian.formats.spreadsheet.read_sheet`."""
    rows: SheetRows = _read("read_sheet", path, sheet, tuple(expected))
    return rows


def _read(reader: str, path: Path, *arguments: Any) -> Any:
    """What ``reader`` gives, or the InputError that it raises; the other process needs the full path."""
    size, full = _weight(path), path.absolute()
    version = (full, size, _changed(full))
    if version in _STOPPED:
        raise InputError([_STOPPED[version]])
    seconds = LEAST_SECONDS + max(0, size - SMALL) / PACE
    memory = LEAST_MEMORY + min(MEMORY_PER_BYTE * max(0, size - SMALL), _machine())
    answer = outpost().ask(Order(reader, (full, *arguments), seconds, memory))
    if answer is None:  # the same shapes, whichever interpreter reads them
        return unpacked(packed(reader_of(reader)(path, *arguments)), path)
    if answer.outcome == "read":
        return unpacked(answer.value, path)
    if answer.outcome == "refused":
        raise InputError(answer.value)
    _STOPPED[version] = _stopped(answer, path, seconds, memory)
    raise InputError([_STOPPED[version]])


def _stopped(answer: Answer, path: Path, seconds: float, memory: int) -> Finding:
    place, file = Place(file=path.name), path.name
    if answer.outcome == "slow":
        return finding("FMT-slow", place, file=file, seconds=f"{seconds:.0f}")
    if answer.outcome == "memory":
        return finding("FMT-memory", place, file=file, size=f"{memory / 2**30:.1f}")
    if answer.outcome == "fault":
        return finding("FMT-fault", place, file=file, reason=answer.value)
    return finding("FMT-crash", place, file=file)


def _weight(path: Path) -> int:
    """Bytes of a file, of all files of a geodatabase, of all parts of a shapefile; archives count more."""
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            return _sum(path, "")
        if suffix == ".shp":
            return _sum(path.parent, path.stem + ".")
        return path.stat().st_size * (PACKED if suffix in _ARCHIVES else 1)
    except OSError:  # the reader says what is the matter
        return 0


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _sum(folder: Path, start: str) -> int:
    with os.scandir(folder) as entries:
        return sum(entry.stat().st_size for entry in entries if entry.name.startswith(start))


def _machine() -> int:
    """Memory of this machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows sets no limit anyway
        return 2**40
