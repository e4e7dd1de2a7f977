"""核对备案包。The finished package, read with zipfile, against its sums, the build and the sealed inputs."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.submission import PROOFS, member_of
from fangtian.deliver.fingerprint import file_digest
from fangtian.deliver.manifest import files_of, read_manifest, stands
from fangtian.deliver.submission import NOTE_FILE, SUMS_FILE, note_text
from fangtian.deliver.verify.sealed import Sealed, seal_differs

__all__ = ["check_checklist", "check_submission"]

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
_BLOCK = 2**20


@dataclass(frozen=True)
class _Expected:
    """What a member of the package ought to be: the file it copies ("" for none) and its SHA-256."""

    source: str
    digest: str


def check_submission(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对备案包。Sums hold; every member is a file of the build or a sealed input; none missing or more.

    The build beside it is taken as its manifest lists it, so that a file changed since is reported where it
    is and not again here. Raises zipfile.BadZipFile for what is no zip.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
        sums = _sums(archive)
        if sums is None:
            yield finding("PKG-sums-missing", Place(name, SUMS_FILE), file=name)
        expected = _expected(path, sealed)
        for member in sorted({*members, *expected, *(sums or ()), NOTE_FILE} - {SUMS_FILE}):
            if members.count(member) > 1:
                yield finding("PKG-extra", Place(name, member), file=name, member=member)
            elif member not in members:
                yield finding("PKG-absent", Place(name, member), file=name, member=member)
            else:
                yield from _member(archive, name, member, (expected.get(member), sums, sealed))


def check_checklist(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对报送清单。The seal in its properties and footer.

    Raises what openpyxl raises for a damaged file.
    """
    with path.open("rb") as stream:
        workbook = openpyxl.load_workbook(stream)
        for item in workbook.custom_doc_props.props:
            yield from seal_differs(name, f"文档属性“{item.name}”", str(item.value), sealed.seal)
        for sheet in workbook.worksheets:
            printed = re.search(r"[0-9a-f]{64}", str(sheet.oddFooter.center.text or ""))
            where = f"{sheet.title} 页脚"
            yield from seal_differs(name, where, printed.group() if printed else "（无）", sealed.seal)


def _member(
    archive: zipfile.ZipFile,
    name: str,
    member: str,
    known: tuple[_Expected | None, Mapping[str, str] | None, Sealed],
) -> Iterator[Finding]:
    expected, sums, sealed = known
    place = Place(name, member)
    try:
        digest = _digest(archive, member)
    except _DAMAGED as error:
        reason = str(error) or type(error).__name__
        yield finding("PKG-broken", place, file=name, member=member, reason=reason)
        return
    if expected is not None and digest != expected.digest:
        yield finding("PKG-differs", place, file=name, member=member, name=expected.source)
    elif expected is None and not _is_known(member, digest, sealed):
        yield finding("PKG-extra", place, file=name, member=member)
    elif sums is not None and sums.get(member) != digest:
        yield finding("PKG-sum-differs", place, file=name, member=member)


def _is_known(member: str, digest: str, sealed: Sealed) -> bool:
    """Whether a member is a proof that was sealed as an input; without a legible seal its place must do."""
    if sealed.origin is None:
        return member.startswith(f"{PROOFS}/") or member == NOTE_FILE
    return member.startswith(f"{PROOFS}/") and digest in sealed.origin.sources.values()


def _expected(path: Path, sealed: Sealed) -> dict[str, _Expected]:
    build = path.parent
    found = {
        member_of(name): _Expected(name, digest)
        for name, digest in _listed(build).items()
        if name != path.name
    }
    if sealed.origin is not None:
        content = note_text(sealed.origin).encode("utf-8-sig")
        found[NOTE_FILE] = _Expected("事实封印", hashlib.sha256(content).hexdigest())
    return found


def _listed(build: Path) -> dict[str, str]:
    """Files of the build with their SHA-256: as listed where the entry stands, else as they are."""
    entries = read_manifest(build).entries
    names = [str(entry.get("name")) for entry in entries] or files_of(build)
    known = {str(entry.get("name")): str(entry["sha256"]) for entry in entries if stands(entry)}
    there = (name for name in names if name in known or (build / name).is_file())
    return {name: known.get(name) or file_digest(build / name) for name in there}


def _sums(archive: zipfile.ZipFile) -> dict[str, str] | None:
    try:
        lines = archive.read(SUMS_FILE).decode("utf-8").splitlines()
    except (KeyError, *_DAMAGED):
        return None
    found = [match for match in map(_LINE.fullmatch, lines) if match]
    return {match[2]: match[1] for match in found}


def _digest(archive: zipfile.ZipFile, member: str) -> str:
    digest = hashlib.sha256()
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
