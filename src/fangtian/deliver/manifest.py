"""清单。``manifest.json``: rules, inputs and every file of a build, each with its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fangtian.deliver.facts_file import digest_of, leaf_digests, origin_json
from fangtian.deliver.fingerprint import file_digest, part_digests
from fangtian.deliver.json_text import write_json
from fangtian.deliver.origin import Origin
from fangtian.law.norm import packs_folder

__all__ = ["MANIFEST_FILE", "origin_head", "write_manifest"]

MANIFEST_FILE = "manifest.json"


def write_manifest(folder: Path, names: Iterable[str], origin: Origin, complete: bool) -> None:
    """写清单。Of the named files below ``folder``, sorted; entries and head carry their own digests.

    ``complete`` says whether the build has every part.
    """
    head = {**origin_head(origin), "complete": complete}
    files = [_entry(folder, name) for name in sorted(names)]
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
    for pack in sorted(packs_folder().iterdir(), key=lambda entry: entry.name):
        norms = pack.joinpath("norms")
        if norms.is_dir():
            for file in sorted(norms.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".toml"):
                    digest = hashlib.sha256(file.read_bytes()).hexdigest()
                    yield {"pack": pack.name, "file": file.name, "sha256": digest}
