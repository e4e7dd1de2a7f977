"""清单。``manifest.json``: rules, inputs and every file of a build, each with its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fangtian.deliver.facts_file import digest_of, leaf_digests, origin_json
from fangtian.deliver.fingerprint import file_digest, part_digests
from fangtian.deliver.json_text import JsonText, read_json, write_json
from fangtian.deliver.origin import Origin
from fangtian.law.pack import entries_of, packs

__all__ = [
    "MANIFEST_FILE",
    "Entry",
    "Listing",
    "files_of",
    "is_passing",
    "origin_head",
    "read_manifest",
    "stands",
    "unit_of",
    "write_manifest",
]

MANIFEST_FILE = "manifest.json"

Entry = Mapping[str, Any]
"""清单条目。What the manifest says of one file."""


@dataclass(frozen=True)
class Listing:
    """清单。As read, never raising: its text, its head, and every entry that is a record."""

    text: JsonText
    head: Mapping[str, Any]
    entries: tuple[Entry, ...]


def read_manifest(folder: Path) -> Listing:
    """读清单。Empty where there is none to be read; the finding is then in ``text``."""
    text = read_json(folder / MANIFEST_FILE)
    head = text.value if isinstance(text.value, dict) else {}
    files = head.get("files")
    records = files if isinstance(files, list) else []
    return Listing(text, head, tuple(entry for entry in records if isinstance(entry, dict)))


def stands(entry: Entry) -> bool:
    """条目未改动。Whether an entry agrees with its own digest, and so has all that an entry has."""
    return digest_of({key: value for key, value in entry.items() if key != "digest"}) == entry.get("digest")


def files_of(folder: Path) -> Iterator[str]:
    """成果文件。Names of all files below a build, sorted, but for its manifest and what only passes by."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST_FILE and not is_passing(path):
            yield name


def unit_of(name: str) -> str:
    """成果单位。The file itself; for a file of a geodatabase the geodatabase, which is of use only whole.

    >>> unit_of("数据库/方案数据库.gdb/a00000001.gdbtable"), unit_of("附图/现状图.pdf")
    ('数据库/方案数据库.gdb', '附图/现状图.pdf')
    """
    above, inside, _ = name.partition(".gdb/")
    return f"{above}.gdb" if inside else name


def is_passing(path: Path) -> bool:
    """临时文件。What other programs leave beside a file that they hold open, and systems in any folder.

    >>> [is_passing(Path(name)) for name in ("~$施方案.docx", "a.gpkg-wal", "x.sr.lock", "实施方案.docx")]
    [True, True, True, False]
    """
    ends = ("-wal", "-shm", "-journal", ".lock")
    return path.name.startswith(("~$", ".")) or path.name.endswith(ends) or path.name in _OF_WINDOWS


_OF_WINDOWS = ("Thumbs.db", "desktop.ini")


def write_manifest(
    folder: Path, names: Iterable[str], head: Mapping[str, Any], known: Mapping[str, Entry] | None = None
) -> None:
    """写清单。Of the named files below ``folder``, sorted; entries and head carry their own digests.

    ``known`` are the entries of files taken over from an older build: they go on saying what was built.
    """
    files = [(known or {}).get(name) or _entry(folder, name) for name in sorted(names)]
    write_json(folder / MANIFEST_FILE, {**head, "digests": leaf_digests(head), "files": files})


def origin_head(origin: Origin) -> dict[str, Any]:
    """清单头。Version, origin and rule packs: what a build was made by and from."""
    return {
        "schema": 1,
        "fangtian": version("fangtian"),
        **origin_json(origin),
        "packs": list(_packs()),
    }


def _entry(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    entry = {
        "name": name,
        "sha256": file_digest(path),
        "size": path.stat().st_size,
        "parts": part_digests(path),
    }
    return {**entry, "digest": digest_of(entry)}


def _packs() -> Iterator[dict[str, str]]:
    """Every file of norms that this version judges by."""
    for pack in packs():
        for file in entries_of(pack.folder.joinpath("norms"), ".toml"):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            yield {"pack": pack.name, "file": file.name, "sha256": digest}
