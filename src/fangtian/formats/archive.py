"""压缩包。Zip files in and out: unpacked safely, packed the same way every time."""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError

__all__ = ["MAX_BYTES", "MAX_MEMBERS", "pack", "unpacked"]

MAX_BYTES = 8 * 2**30
"""Largest total size that is unpacked; the base data of a big county take about 2 GiB."""
MAX_MEMBERS = 20_000
_MAX_RATIO = 1_000
"""deflate cannot exceed 1032:1, and no survey file comes near it; only zip bombs do."""
_SMALL = 16 * 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """解压。Unpack ``path`` into a temporary folder that lives as long as the ``with`` block.

    Refuses, before anything is written, names that lead out of the folder, links, and archives that swell
    beyond :data:`MAX_BYTES`. Names without the UTF-8 flag are read as UTF-8, then GB18030, because Chinese
    Windows writes them in GBK. Raises :class:`InputError`.
    """
    place = Place(file=path.name)
    with tempfile.TemporaryDirectory(prefix="fangtian-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _check_size(archive, path, place)
                for member in archive.infolist():
                    _unpack_member(archive, member, Path(folder), place)
        except _BROKEN as error:
            raise InputError([finding("FMT-zip-broken", place, file=path.name, reason=str(error))]) from error
        yield Path(folder)


def pack(path: Path, members: Mapping[str, Path]) -> None:
    """打包。Write a zip whose bytes depend on names and contents alone: sorted, one date, one mode."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, members[name].read_bytes())


def _check_size(archive: zipfile.ZipFile, path: Path, place: Place) -> None:
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    swollen = size > _SMALL and size > _MAX_RATIO * path.stat().st_size
    if len(entries) > MAX_MEMBERS or size > MAX_BYTES or swollen:
        shown = f"{size / 2**30:.1f}"
        raise InputError([finding("FMT-zip-bomb", place, file=path.name, members=len(entries), size=shown)])


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, place: Place) -> None:
    name = _name_of(member)
    parts = PurePosixPath(name.replace("\\", "/")).parts
    link = stat.S_ISLNK(member.external_attr >> 16)
    if link or not parts or any(part in {"/", ".."} or ":" in part or "\0" in part for part in parts):
        raise InputError([finding("FMT-zip-unsafe", place, file=place.file, name=name)])
    target = folder.joinpath(*parts)
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # ZipFile stops at the size that the directory states, so the check above binds what is written here.
    with archive.open(member) as source, target.open("wb") as out:
        while block := source.read(2**20):
            out.write(block)


def _name_of(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437", errors="replace")  # undo what zipfile assumes without the flag
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return member.filename
