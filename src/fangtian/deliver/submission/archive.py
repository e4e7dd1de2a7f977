"""备案包。One zip with all deliverables and proofs, folder by folder, and the sums that prove it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from fangtian.catalog.submission import member_of
from fangtian.deliver.origin import Origin
from fangtian.errors import DeliverError
from fangtian.units import written_date

__all__ = ["NOTE_FILE", "SUBMISSION_FILE", "SUMS_FILE", "note_text", "write_submission"]

SUBMISSION_FILE = "备案包.zip"
SUMS_FILE = "SHA256SUMS"
NOTE_FILE = "核对说明.txt"

_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLOCK = 2**20
_PACKED = frozenset(".7z .docx .gz .jpeg .jpg .mp4 .pdf .png .pptx .rar .webp .xlsx .zip".split())
"""Compressed already; a second time only takes time."""


def write_submission(
    path: Path, folder: Path, names: Sequence[str], attachments: Mapping[str, Path], origin: Origin
) -> None:
    """写备案包。``names`` of the finished build below ``folder`` and ``attachments`` by place in the package.

    A name may be a folder (a file geodatabase). The bytes depend on names and contents alone; files are
    streamed. Raises DeliverError where two files claim one place, OSError where the disk refuses.
    """
    members = _members(path, folder, names)
    clash = members.keys() & attachments.keys()
    if clash:
        raise DeliverError(f"备案包中的 {min(clash)} 有两个来源；请报告此问题。")
    members |= attachments
    sums: dict[str, str] = {}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted({**members, NOTE_FILE: note_text(origin).encode("utf-8-sig")}.items()):
            sums[name] = _add(archive, name, content)
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        _add(archive, SUMS_FILE, lines.encode())


def note_text(origin: Origin) -> str:
    """核对说明。What the package is and how to check it, with the ten lines of Python that do.

    Lines end as Windows wants them, so that every editor shows them.
    """
    code = _resource("ten_lines.txt").rstrip("\n")
    text = _resource("note.txt").format(
        plan=origin.plan, unit=origin.unit, on=written_date(origin.on), seal=origin.seal, code=code
    )
    return text.replace("\n", "\r\n")


def _resource(name: str) -> str:
    return files("fangtian.deliver.submission").joinpath(name).read_text(encoding="utf-8")


def _members(path: Path, folder: Path, names: Sequence[str]) -> dict[str, Path | bytes]:
    found: dict[str, Path | bytes] = {}
    for name in names:
        for part in _files(folder, name):
            member = member_of(part)
            if member in found:
                raise DeliverError(f"备案包中的 {member} 有两个来源；请报告此问题。")
            if folder / part != path:
                found[member] = folder / part
    return found


def _files(folder: Path, name: str) -> Iterator[str]:
    if (folder / name).is_dir():
        parts = (part for part in (folder / name).rglob("*") if part.is_file() and part.suffix != ".lock")
        yield from (part.relative_to(folder).as_posix() for part in parts)
    else:
        yield name


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> str:
    """Write one member; its SHA-256."""
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    packed = Path(name).suffix.lower() in _PACKED
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr, entry.create_system = 0o644 << 16, 3
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return hashlib.sha256(content).hexdigest()
    entry.file_size = content.stat().st_size  # decides at once whether the sizes need 64 bits
    digest = hashlib.sha256()
    with content.open("rb") as source, archive.open(entry, "w") as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()
