"""核对成果。Read the finished files back with independent readers and hold them against the sealed facts.

A changed number is named with its fact, file and place. Where no fact is concerned the place is named; a
bare difference of hashes is reported only where nothing more precise was found.
"""

from __future__ import annotations

import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from xml.etree.ElementTree import ParseError

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.coordinates import COMPARISON_FILE
from fangtian.deliver.database import DATABASE_FILE, FINDINGS_LAYER, GEODATABASE
from fangtian.deliver.facts_file import FACTS_FILE, broken_record
from fangtian.deliver.findings_file import FINDINGS_FILE
from fangtian.deliver.fingerprint import file_digest
from fangtian.deliver.manifest import (
    MANIFEST_FILE,
    Entry,
    files_of,
    is_passing,
    read_manifest,
    stands,
    unit_of,
)
from fangtian.deliver.package import recover
from fangtian.deliver.report import REPORT_FILE
from fangtian.deliver.submission import CHECKLIST_FILE, SUBMISSION_FILE
from fangtian.deliver.tables import WORKBOOK_FILE
from fangtian.deliver.verify.changes import changed_parts
from fangtian.deliver.verify.coordinates import check_comparison, check_coordinates
from fangtian.deliver.verify.database import check_database, check_findings_layer
from fangtian.deliver.verify.document import check_document
from fangtian.deliver.verify.findings import check_findings, head_differs
from fangtian.deliver.verify.geodatabase import check_geodatabase
from fangtian.deliver.verify.maps import check_map, check_map_picture
from fangtian.deliver.verify.report import check_report
from fangtian.deliver.verify.sealed import Sealed, read_sealed
from fangtian.deliver.verify.submission import check_checklist, check_submission
from fangtian.deliver.verify.workbook import check_workbook
from fangtian.plan.survey import digest_of as digest_of_input

__all__ = ["Verification", "verify"]

Check = Callable[[Path, str, Sealed], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    FINDINGS_FILE: check_findings,
    "*.docx": check_document,
    "专章/*.docx": check_document,
    WORKBOOK_FILE: check_workbook,
    DATABASE_FILE: check_database,
    GEODATABASE: check_geodatabase,
    "坐标/*.txt": check_coordinates,
    COMPARISON_FILE: check_comparison,
    "附图/*.pdf": check_map,
    "附图/*.png": check_map_picture,
    FINDINGS_LAYER: check_findings_layer,
    REPORT_FILE: check_report,
    CHECKLIST_FILE: check_checklist,
    SUBMISSION_FILE: check_submission,
}
"""逐文件核对。By the pattern of its name; each reads its file independently of the code that wrote it."""

# What the readers raise for damaged files; each becomes one finding, never a traceback.
DAMAGED = (
    AttributeError, EOFError, IndexError, KeyError, OSError, ParseError, SyntaxError, TypeError, ValueError,
    sqlite3.Error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Verification:
    """核对结果。No findings: all files agree with ``seal``; how many facts and files were compared."""

    findings: tuple[Finding, ...]
    facts: int = 0
    files: int = 0
    seal: str = ""


@dataclass(frozen=True)
class _Manifest:
    """The manifest as read: entries that agree with their digest, all names, what is wrong.

    ``doubtful`` are names in entries that somebody has changed.
    """

    entries: Mapping[str, Entry]
    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    doubtful: tuple[str, ...] = ()


def verify(folder: Path) -> Verification:
    """核对成果。``folder`` is a plan folder or a build; nothing in it is changed, and damage never raises."""
    build = _build_of(folder)
    if build is None:
        return Verification((finding("DEL-no-build", Place(file=folder.name), folder=folder.name),))
    sealed, broken = read_sealed(build)
    found: dict[str, list[Finding]] = {FACTS_FILE: broken}
    for name, check in _checks(build):
        found[name] = _checked(check, build, name, sealed)
    manifest = _read_manifest(build, sealed)
    for name, entry in manifest.entries.items():
        known = found.setdefault(name, [])
        whole = found.get(unit_of(name), [])
        known += _listed(build, name, entry, (*known, *whole))
    of_manifest = (*manifest.findings, *_extra(build, manifest), *_inputs(build.parent, sealed))
    findings = (item for items in (*found.values(), of_manifest) for item in items)
    return Verification(tuple(findings), len(sealed.facts.entries), len(manifest.names) + 1, sealed.seal)


def _checks(build: Path) -> Iterator[tuple[str, Check]]:
    for pattern, check in CHECKS.items():
        for path in sorted(build.glob(pattern)):
            if not is_passing(path):
                yield path.relative_to(build).as_posix(), check


def _inputs(root: Path, sealed: Sealed) -> Iterator[Finding]:
    """The build may agree with itself and still be of yesterday's data; only beside its plan can one tell."""
    if not (root / "plan.toml").is_file():
        return
    for name, digest in (sealed.origin.sources if sealed.origin else {}).items():
        path = root / name
        if not path.exists() or digest_of_input(path) != digest:
            yield finding("DEL-inputs-changed", Place(file=name), name=name)


def _build_of(folder: Path) -> Path | None:
    """The build of a plan folder, or the folder itself; a build that a crash left behind comes back first."""
    if (folder / MANIFEST_FILE).is_file():
        return folder
    recover(folder)
    return next((path for path in (folder / "build", folder) if _looks_like_build(path)), None)


def _looks_like_build(path: Path) -> bool:
    known = (MANIFEST_FILE, FACTS_FILE, *CHECKS)
    return path.is_dir() and any(any(path.glob(pattern)) for pattern in known)


def _checked(check: Check, build: Path, name: str, sealed: Sealed) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check(build / name, name, sealed))
    except DAMAGED as error:
        found.append(_unreadable(name, error))
    return found


def _read_manifest(build: Path, sealed: Sealed) -> _Manifest:
    listing = read_manifest(build)
    text = listing.text
    if text.finding:
        return _Manifest({}, (), (text.finding,))
    found = list(head_differs(text, listing.head, MANIFEST_FILE, sealed))
    entries: dict[str, Entry] = {}
    for index, entry in enumerate(listing.entries):
        if stands(entry):
            entries[str(entry.get("name"))] = entry
        else:
            found.append(broken_record(MANIFEST_FILE, f"files[{index}]", text.lines))
    names = tuple(str(entry.get("name")) for entry in listing.entries)
    doubtful = tuple(str(entry.get("name")) for entry in listing.entries if not stands(entry))
    return _Manifest(entries, names, tuple(found), doubtful)


def _listed(build: Path, name: str, entry: Entry, known: Sequence[Finding]) -> Iterator[Finding]:
    """What the manifest knows about a file beyond what its own check has found."""
    path = build / name
    if not path.is_file():
        if not known:
            yield finding("DEL-file-missing", Place(file=name), file=name)
        return
    try:
        actual = file_digest(path)
        if actual != entry["sha256"] and (not known or path.suffix == ".html"):
            yield from changed_parts(path, name, entry, known)
    except DAMAGED as error:
        if not known:
            yield _unreadable(name, error)


def _extra(build: Path, manifest: _Manifest) -> Iterator[Finding]:
    """Files that the manifest does not name; one whose name was changed there is not accused for it."""
    stray = [name for name in files_of(build) if manifest.names and name not in manifest.names]
    for doubtful in manifest.doubtful:
        if doubtful in manifest.entries or not (build / doubtful).is_file():
            meant = get_close_matches(doubtful, stray, n=1, cutoff=0.9)
            stray = [name for name in stray if name not in meant]
    for name in stray:
        yield finding("DEL-file-extra", Place(file=name), file=name)


def _unreadable(name: str, error: BaseException) -> Finding:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return finding("DEL-file-unreadable", Place(file=name), file=name, reason=reason)
