"""写到位。Files are written into a folder of passage and moved to their place together, or not at all.

What stands there already gives way only if it may, with everything that belongs to it: an old ``.prj`` or
``-wal`` would be taken for a part of the new file. Parts of the source never give way.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError
from fangtian.formats.live_database import BESIDE, is_open
from fangtian.formats.losses import listed

__all__ = ["is_source", "published", "stage"]

_SHAPEFILE = (".shp", ".dbf")
_WITH_SHAPES = frozenset(
    ".shp .shx .dbf .prj .cpg .cst .qpj .qix .sbn .sbx .fbn .fbx .ain .aih .ixs .mxs .idm .ind .qmd".split()
)
_LONGER = (".shp.xml", ".dbf.xml", ".atx")
"""Parts of a shapefile, the indexes and remarks of other programs included; styles are people's own."""


@contextmanager
def stage(path: Path) -> Iterator[tuple[Path, Path]]:
    """临时文件夹。A folder to write into and the one where all is to stand; neither is left behind in vain.

    Errors of writing name the target, not the passing folder.
    """
    folder = path if path.suffix == "" else path.parent
    folder_is_new = not folder.exists()
    passing: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        passing = Path(tempfile.mkdtemp(prefix=".fangtian-", dir=folder))
        yield passing, folder
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        if passing is not None:
            shutil.rmtree(passing, ignore_errors=True)
        if folder_is_new:
            with suppress(OSError):  # it is not empty where all went well
                folder.rmdir()


def is_source(path: Path, source: Path) -> bool:
    """目标就是来源。Whether a target is the source or lies in it, whatever the case of its letters."""
    one, other = path.resolve(), source.resolve()
    return _key(one) == _key(other) or (other.is_dir() and other in one.parents)


def published(passing: Path, folder: Path, source: Path, overwrite: bool) -> list[Path]:
    """移到位。Move what was written to its place: all of it, or, where that fails, nothing.

    Raises InputError for what stands there and may not be replaced: without ``overwrite``, a part of the
    source, a folder, a database that is open.
    """
    new = sorted(passing.iterdir(), key=lambda file: file.name)
    there = _in_the_way(new, folder)
    _require_free(there, source, overwrite)
    there = [file for file in there if file.exists()]  # what was left beside a database is merged by now
    old = passing / ".old"
    old.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for file in there:
            file.rename(old / file.name)
            moved.append((file, old / file.name))
        for file in new:
            file.rename(folder / file.name)
            moved.append((file, folder / file.name))
    except OSError:
        for before, after in reversed(moved):
            with suppress(OSError):
                after.rename(before)
        raise
    return [folder / file.name for file in new]


def _in_the_way(new: Sequence[Path], folder: Path) -> list[Path]:
    """What has a name of a new file, or would be taken for a part of one."""
    names = {file.name for file in new}
    databases = {file.name + end for file in new if file.suffix == ".gpkg" for end in BESIDE}
    stems = {file.stem.lower() for file in new if file.suffix in _SHAPEFILE}
    return [
        entry
        for entry in sorted(folder.iterdir())
        if entry.name in names | databases or (entry.is_file() and _part_of(entry.name.lower()) in stems)
    ]


def _part_of(name: str) -> str:
    """The shapefile that a file is a part of by its name in small letters, "" if of none."""
    longer = next((end for end in _LONGER if name.endswith(end)), "")
    if longer:  # an index of one field is name.field.atx
        stem = name.removesuffix(longer)
        return stem.rpartition(".")[0] if longer == ".atx" else stem
    stem, dot, ending = name.rpartition(".")
    return stem if dot + ending in _WITH_SHAPES else ""


def _require_free(there: Sequence[Path], source: Path, overwrite: bool) -> None:
    own = [file for file in there if _belongs(file, source)]
    if own:
        names = listed([file.name for file in own])
        raise InputError([finding("CNV-target-source", Place(file=own[0].name), file=names)])
    foreign = [file for file in there if file.is_dir() and not _is_geodatabase(file)]
    if there and (not overwrite or foreign):
        names = listed([file.name for file in there])
        raise InputError([finding("CNV-target-exists", Place(file=there[0].name), file=names)])
    for file in there:
        if file.suffix == ".gpkg" and is_open(file):
            raise InputError([finding("CNV-target-open", Place(file=file.name), file=file.name,
                                      name=f"{file.name}-wal")])  # fmt: skip


def _belongs(file: Path, source: Path) -> bool:
    """Whether a file is the source or one of its parts."""
    one, other = file.resolve(), source.resolve()
    if _key(one) == _key(other):
        return True
    if _key(one.parent) != _key(other.parent):
        return False
    if other.suffix.lower() in _SHAPEFILE:
        return _part_of(one.name.lower()) == other.stem.lower()
    return other.suffix.lower() == ".gpkg" and one.name in {other.name + end for end in BESIDE}


def _key(path: Path) -> str:
    return str(path).casefold()


def _is_geodatabase(folder: Path) -> bool:
    return folder.suffix.lower() == ".gdb" and (folder / "a00000001.gdbtable").exists()
