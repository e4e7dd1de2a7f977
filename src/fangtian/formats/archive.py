"""压缩包。Zip files in and out: unpacked safely, packed the same way every time."""

from __future__ import annotations

import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError

__all__ = ["MAX_BYTES", "MAX_MEMBERS", "pack", "unpacked"]

MAX_BYTES = 8 * 2**30
"""Largest total size that is unpacked; the base data of a big county take about 2 GiB."""
MAX_MEMBERS = 20_000
MAX_DEPTH = 32
"""Folders within folders. A geodatabase lies three or four deep."""
_BOMBS = ((16 * 2**20, 1_000), (256 * 2**20, 200))
"""(bytes, times the size of the archive): deflate cannot exceed 1032:1, and survey files, blanks of wide
fields included, stay far below 200:1 on the whole."""
_BLOCK = 2**20
_ENCRYPTED = 0x1
_UTF8 = 0x800
_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in range(10)
}
"""Names that are no files on Windows, whatever follows the first dot."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_Targets = Sequence[tuple[zipfile.ZipInfo, tuple[str, ...]]]


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """解压。Unpack ``path`` into a temporary folder that lives as long as the ``with`` block.

    Refuses, before anything is written, names that lead out of the folder, links, names that stand for two
    files, passwords, and archives that swell beyond :data:`MAX_BYTES`; and, while it writes, members larger
    than they say. Names without the UTF-8 flag are read as UTF-8, then GB18030, because Chinese Windows
    writes them in GBK. Raises :class:`InputError`.
    """
    with tempfile.TemporaryDirectory(prefix="fangtian-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _check_size(archive, path)
                for member, parts in _targets(archive, path.name):
                    _unpack_member(archive, member, Path(folder).joinpath(*parts))
        except _BROKEN as error:
            raise _refusal("FMT-zip-broken", path.name, reason=_reason(error)) from error
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


def _check_size(archive: zipfile.ZipFile, path: Path) -> None:
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    weight = path.stat().st_size
    swollen = any(size > least and size > times * weight for least, times in _BOMBS)
    if len(entries) > MAX_MEMBERS or size > MAX_BYTES or swollen:
        raise _refusal("FMT-zip-bomb", path.name, members=len(entries), size=f"{size / 2**30:.1f}")


def _targets(archive: zipfile.ZipFile, file: str) -> _Targets:
    """Every member with the parts of its path below the folder, after all of them were found harmless."""
    seen: set[str] = set()
    targets = []
    for member in archive.infolist():
        name = _name_of(member)
        parts = PurePosixPath(name.replace("\\", "/")).parts
        problem = _problem(member, parts)
        # Windows and macOS see one file where the letters differ in case or composition alone.
        same = unicodedata.normalize("NFC", "/".join(parts)).casefold()
        if not problem and same in seen and not member.is_dir():
            problem = "FMT-zip-twice"
        if problem:
            raise _refusal(problem, file, name=_shown(name))
        if len(parts) > MAX_DEPTH:
            raise _refusal("FMT-zip-broken", file, reason=f"文件夹套叠超过 {MAX_DEPTH} 层")
        seen.add(same)
        targets.append((member, parts))
    return targets


def _problem(member: zipfile.ZipInfo, parts: Sequence[str]) -> str:
    """The code of what is wrong with a member, on any system; "" if nothing is."""
    outside = not parts or any(part.startswith("/") or ":" in part or not part.strip(". ") for part in parts)
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        return "FMT-zip-unsafe"
    controls = any(unicodedata.category(letter) in ("Cc", "Cs") for part in parts for letter in part)
    if controls or any(part.partition(".")[0].strip().upper() in _DEVICES for part in parts):
        return "FMT-zip-name"
    return "FMT-zip-locked" if member.flag_bits & _ENCRYPTED else ""


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, target.open("xb") as out:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > member.file_size:  # the sizes that were added up above bind what is written
                raise zipfile.BadZipFile(member.filename)
            out.write(block)


def _name_of(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _UTF8:
        return member.filename
    raw = member.filename.encode("cp437", errors="replace")  # undo what zipfile assumes without the flag
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return member.filename


def _refusal(code: str, file: str, **values: object) -> InputError:
    return InputError([finding(code, Place(file=file), file=file, **values)])


def _shown(name: str) -> str:
    plain = "".join("�" if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in name)
    return plain if len(plain) <= 80 else f"{plain[:40]}…{plain[-30:]}"


def _reason(error: Exception) -> str:
    if isinstance(error, NotImplementedError):
        return "压缩方法不支持，请用 Deflate"
    if isinstance(error, OSError):
        return error.strerror or "无法写入临时文件夹"
    return "内容不完整或已损坏"
