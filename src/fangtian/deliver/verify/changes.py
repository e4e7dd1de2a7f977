"""改动处。Where a finished file differs from the one that was built, where no check of its own says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.document.finished import document_lines
from fangtian.deliver.fingerprint import file_digest, part_digests

__all__ = ["changed_parts"]

LINES_NAMED = 20
"""逐处列出的上限。A file that was rewritten is not listed line by line."""
BODY = "word/document.xml"
_ENCODINGS = {".txt": "gb18030", ".csv": "utf-8-sig", ".json": "utf-8"}


def changed_parts(
    path: Path, name: str, entry: Mapping[str, Any], known: Sequence[Finding]
) -> Iterator[Finding]:
    """改动处。``entry`` is what the manifest says of the file, ``known`` what is already said of it.

    Raises what the reader of the kind raises for a damaged file.
    """
    now, then = part_digests(path), entry["parts"]
    if path.suffix == ".html":
        changed = [part for part in dict.fromkeys([*now, *then]) if now.get(part) != then.get(part)]
        yield from _changed_lines(path, name, changed, known)
    elif now != then:
        yield from _changed_places(path, name, _places(now, then))
    elif then:
        yield finding("DEL-resaved", Place(file=name), file=name)
    else:
        actual, listed = file_digest(path)[:12], str(entry["sha256"])[:12]
        yield finding("DEL-hash-differs", Place(file=name), file=name, actual=actual, listed=listed)


def _places(now: Mapping[str, str], then: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Places that differ and whether they are still there; a line taken out does not accuse all below it."""
    old, new = list(then.items()), list(now.items())
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    matcher = SequenceMatcher(None, [d for _, d in old], [d for _, d in new], autojunk=False)
    found: list[tuple[str, bool]] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            found += [(place, True) for place, _ in new[j1:j2]]
            found += [(place, False) for place, _ in old[i1 + (j2 - j1) : i2]]
    # The body of a Word file differs because one of its lines does: the line is what helps.
    return [entry for entry in found if entry[0] != BODY] or found


def _changed_places(path: Path, name: str, places: Sequence[tuple[str, bool]]) -> Iterator[Finding]:
    lines = document_lines(path) if path.suffix == ".docx" else _text_lines(path)
    for place, there in places[:LINES_NAMED]:
        where = f"第{place}行" if place.isdecimal() else place
        spot = Place(file=name, field=where)
        if not there:
            yield finding("DEL-place-missing", spot, file=name, where=where)
        elif place in lines:
            text = lines[place].strip()[:60]
            yield finding("DEL-place-changed", spot, file=name, where=where, text=text)
        else:
            yield finding("DEL-part-changed", Place(name, place), file=name, part=place)


def _text_lines(path: Path) -> dict[str, str]:
    if path.suffix not in _ENCODINGS:
        return {}
    encoding = _ENCODINGS[path.suffix]
    lines = path.read_bytes().decode(encoding, "replace").split("\n")
    return {str(number): line for number, line in enumerate(lines, 1)}


def _changed_lines(
    path: Path, name: str, changed: Sequence[str], known: Sequence[Finding]
) -> Iterator[Finding]:
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    named = {item.place.field for item in known}
    for number in changed[:LINES_NAMED]:
        if f"第{number}行" not in named:
            words = lines[int(number) - 1] if int(number) <= len(lines) else "（缺）"
            text = re.sub(r"<[^>]*>", "", words).strip() or words.strip()
            place = Place(file=name, field=f"第{number}行")
            yield finding("DEL-line-changed", place, file=name, line=number, text=text[:60])
