"""核对附图。A finished map, read with pypdf: its facts and its seal against what is sealed."""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.attention import MAP_TITLE, NOTED, noted
from fangtian.deliver.findings_file import FINDINGS_FILE
from fangtian.deliver.json_text import JsonText, read_json
from fangtian.deliver.pdf_text import pdf_words
from fangtian.deliver.verify.findings import sound_judgements
from fangtian.deliver.verify.sealed import Sealed, number_differs, seal_differs, text_differs
from fangtian.errors import FangtianError

__all__ = ["check_map", "check_map_picture"]

SEAL_KEY = "fangtian-seal"
"""封印键。Text chunk of a PNG; said here again, so that checking does not load the drawing library."""
ABSENT = "（无）"
MARGIN = "图廓外"
_BLANK = re.compile(r"\s")
_SEAL = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PNG = b"\x89PNG\r\n\x1a\n"


def check_map(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对一幅图。Every fact of its sidecar as sealed, and printed on the page as often as the sidecar says.

    ``path`` is the PDF, its sidecar lies beside it. A PDF that cannot be read raises ValueError.
    """
    beside = path.with_suffix(".json")
    side_name = str(Path(name).with_suffix(".json").as_posix())
    words = pdf_words(path)
    yield from _seals(words, name, sealed)
    text = read_json(beside)
    if text.finding:
        yield text.finding
        return
    document = text.value if isinstance(text.value, dict) else {}
    yield from seal_differs(side_name, _line(text, "seal"), str(document.get("seal")), sealed.seal)
    printed = document.get("printed")
    entries = [e for e in printed if isinstance(e, dict)] if isinstance(printed, list) else []
    yield from _facts(entries, text, (name, side_name), sealed, _counted(words))
    if path.stem == MAP_TITLE:
        yield from _legend(words, name, sound_judgements(path.parents[1] / FINDINGS_FILE))


def _legend(words: list[list[str]], name: str, records: Mapping[str, Any] | None) -> Iterator[Finding]:
    """The map of findings names the articles that need attention and have evidence, under their verdicts."""
    judged = list((records or {}).values())
    rows = noted([(str(one.get("verdict")), bool(one.get("evidence"))) for one in judged])[:NOTED]
    page = "".join(_BLANK.sub("", piece) for pieces in words for piece in pieces)
    wanted: list[str] = []
    for row in rows:
        one = judged[row]
        wanted += [str(one.get("verdict")), f"{one.get('article')}{one.get('title')}"]
    for text in dict.fromkeys(wanted):
        if _BLANK.sub("", text) not in page:
            yield text_differs(name, "图例", ABSENT, text)


def check_map_picture(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对图片。The seal that a PNG carries. A file that is no PNG raises ValueError."""
    yield from seal_differs(name, SEAL_KEY, _png_texts(path).get(SEAL_KEY, ABSENT), sealed.seal)


def _png_texts(path: Path) -> dict[str, str]:
    """The text chunks of a PNG, read without its pixels: on A0 there are 140 million."""
    content = path.read_bytes()
    if not content.startswith(_PNG):
        raise ValueError("不是 PNG 图片")
    found, at = {}, len(_PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"tEXt":
            key, _, value = content[at + 8 : at + 8 + length].partition(b"\0")
            found[key.decode("latin-1")] = value.decode("latin-1")
        at += 12 + length
    return found


def _facts(
    entries: list[dict[str, Any]], text: JsonText, names: tuple[str, str], sealed: Sealed, shown: Counter[str]
) -> Iterator[Finding]:
    presentation = sealed.presentation
    if presentation is None:
        return
    wanted: Counter[str] = Counter()
    for index, entry in enumerate(entries):
        address, form = str(entry.get("address")), str(entry.get("form", ""))
        where = _line(text, f"printed[{index}].text")
        said = str(entry.get("text"))
        try:
            expected = presentation.text(address, form)
        except FangtianError:
            place = Place(file=names[1], feature=address, field=where)
            values = {"file": names[1], "where": where, "printed": said, "address": address}
            yield finding("DEL-fact-unknown", place, **values)
            continue
        if said != expected:
            yield number_differs(names[1], where, address, said, expected)
        wanted[expected] += 1
        if shown[expected] < wanted[expected]:
            yield number_differs(names[0], "图面", address, _instead(shown, expected), expected)


def _instead(shown: Counter[str], expected: str) -> str:
    """What stands on the page in place of a number, as far as one can tell: the one that differs least."""
    alike = [
        text
        for text in shown
        if len(text) == len(expected) and sum(a != b for a, b in zip(text, expected, strict=True)) == 1
    ]
    return alike[0] if len(alike) == 1 else "（缺）"


def _counted(words: list[list[str]]) -> Counter[str]:
    """How often every number, and every piece of text as a whole, stands on the pages."""
    pieces = [piece for page in words for piece in page]
    counts = Counter(piece for piece in pieces if not _NUMBER.fullmatch(piece))
    counts.update(number for piece in pieces for number in _NUMBER.findall(piece))
    return counts


def _seals(words: list[list[str]], name: str, sealed: Sealed) -> Iterator[Finding]:
    found = [seal for page in words for piece in page for seal in _SEAL.findall(piece)]
    for seal in found or [ABSENT]:
        yield from seal_differs(name, MARGIN, seal, sealed.seal)


def _line(text: JsonText, path: str) -> str:
    return f"第{text.lines.get(path, 0)}行 {path}"
