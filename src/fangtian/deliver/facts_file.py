"""事实文件。``facts.json``: every fact with its exact and its displayed value, each with its check digest.

The reader rebuilds the FactBook from the file alone, so that a deliverable can be checked by somebody who
has neither the input data nor the plan folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.quantity import quantities
from fangtian.deliver.json_text import json_leaves, read_json, write_json
from fangtian.deliver.origin import Origin, Standin
from fangtian.deliver.present import Presentation
from fangtian.errors import FactError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Derivation, Fact, Value
from fangtian.units import Area, Money

__all__ = [
    "FACTS_FILE",
    "SealedFacts",
    "digest_of",
    "origin_json",
    "read_facts",
    "read_origin",
    "write_facts",
]

FACTS_FILE = "facts.json"
SCHEMA = 1

_PARSERS: Mapping[str, Callable[[str], Value]] = {
    "area": lambda text: Area(int(text)),
    "money": lambda text: Money(int(text)),
    "fraction": Fraction,
    "count": int,
    "text": str,
}
_OWN_DIGESTS = ("facts", "groups", "judgements", "findings", "files")  # records that carry their own
_BROKEN = (AttributeError, IndexError, KeyError, TypeError, ValueError, ZeroDivisionError)


@dataclass(frozen=True)
class SealedFacts:
    """封存的事实。What ``facts.json`` holds; ``book`` is None where a fact does not stand, ``origin`` where
    the head does not; ``seal`` as printed.
    """

    book: FactBook | None
    origin: Origin | None
    seal: str
    entries: tuple[Mapping[str, Any], ...]
    lines: Mapping[str, int]
    findings: tuple[Finding, ...]


def write_facts(path: Path, book: FactBook, presentation: Presentation, origin: Origin) -> None:
    """写事实文件。Facts by address, groups in their order, both with digests; same book, same bytes."""
    groups = [{"total": group.total, "parts": list(group.parts)} for group in book.groups]
    head = {"schema": SCHEMA, **origin_json(origin)}
    document = {
        **head,
        "digests": leaf_digests(head),
        "facts": [_entry(fact, presentation) for fact in book],
        "groups": [{**group, "digest": digest_of(group)} for group in groups],
    }
    write_json(path, document)


def read_facts(path: Path) -> SealedFacts:
    """读事实文件。Rebuild the book; every entry that does not agree with its digest is a finding that names
    the fact, the JSON path and the line.
    """
    text = read_json(path)
    if text.finding:
        return SealedFacts(None, None, "", (), {}, (text.finding,))
    document = text.value if isinstance(text.value, dict) else {}
    entries, groups = _records(document.get("facts")), _records(document.get("groups"))
    findings: list[Finding] = []
    facts: list[Fact] = []
    for index, entry in enumerate(entries):
        fact = _fact(entry)
        if fact is None or fact.digest != entry.get("digest") or fact.address != entry.get("address"):
            findings.append(_broken_fact(path.name, text.lines, index, entry))
        else:
            facts.append(fact)
    findings += _broken_groups(path.name, text.lines, groups)
    book, trouble = _rebuilt(path.name, facts, groups) if not findings else (None, [])
    origin, printed = read_origin(document), str(document.get("seal", ""))
    head = _broken_seal(path.name, text.lines, book, printed)
    head = head or list(broken_head(path.name, text.lines, document))
    findings += trouble + head
    return SealedFacts(book, None if head else origin, printed, tuple(entries), text.lines, tuple(findings))


def origin_json(origin: Origin) -> dict[str, Any]:
    """文件头。The origin as plain JSON values."""
    return {
        "plan": origin.plan,
        "unit": origin.unit,
        "base_year": origin.base_year,
        "period": list(origin.period),
        "regimes": list(origin.regimes),
        "on": origin.on.isoformat(),
        "seal": origin.seal,
        "sources": dict(origin.sources),
        "standins": [{"layer": item.layer, "words": item.words} for item in origin.standins],
    }


def read_origin(document: Mapping[str, Any]) -> Origin | None:
    """读文件头。The origin, or None where the head is not what was written."""
    try:
        return Origin(
            plan=str(document["plan"]),
            unit=str(document["unit"]),
            base_year=int(document["base_year"]),
            period=(int(document["period"][0]), int(document["period"][1])),
            regimes=tuple(str(regime) for regime in document["regimes"]),
            on=date.fromisoformat(document["on"]),
            seal=str(document["seal"]),
            sources={str(name): str(digest) for name, digest in document["sources"].items()},
            standins=tuple(Standin(item["layer"], item["words"]) for item in document["standins"]),
        )
    except _BROKEN:
        return None


def digest_of(content: object) -> str:
    """校验码。SHA-256 over JSON content in canonical form.

    >>> digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1})
    True
    """
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def leaf_digests(head: Mapping[str, Any]) -> dict[str, str]:
    """逐值校验码。First 16 digits of the digest of every single value below ``head``, by its path.

    >>> sorted(leaf_digests({"period": [2026, 2028], "plan": "x"}))
    ['period[0]', 'period[1]', 'plan']
    """
    return {path: digest_of([path, value])[:16] for path, value in json_leaves(head)}


def _entry(fact: Fact, presentation: Presentation) -> dict[str, Any]:
    derived = fact.derivation
    shown = presentation[fact.address]
    return {
        "address": fact.address,
        "key": fact.key,
        "member": fact.member,
        "scope": fact.scope,
        "phase": fact.phase,
        "type": fact.value_type,
        "value": fact.exact,
        "printed": None if fact.printed is None else str(int(fact.printed)),
        "shown": shown.text,
        "unit": shown.unit,
        "term": quantities()[fact.key].term,
        "source": fact.source,
        "method": fact.method,
        "derivation": {"kind": derived.kind, "operands": list(derived.operands)} if derived else None,
        "digest": fact.digest,
    }


def _records(value: object) -> list[Mapping[str, Any]]:
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def _fact(entry: Mapping[str, Any]) -> Fact | None:
    try:
        derived = entry["derivation"]
        return Fact(
            key=entry["key"],
            scope=entry["scope"],
            phase=entry["phase"],
            value=_PARSERS[entry["type"]](entry["value"]),
            member=entry["member"],
            source=entry["source"],
            method=entry["method"],
            derivation=Derivation(derived["kind"], tuple(derived["operands"])) if derived else None,
            printed=None if entry.get("printed") is None else Area(int(entry["printed"])),
        )
    except _BROKEN:
        return None


def _rebuilt(
    file: str, facts: list[Fact], groups: list[Mapping[str, Any]]
) -> tuple[FactBook | None, list[Finding]]:
    book = FactBook()
    try:
        for fact in _operands_first(facts):
            book.add(fact)
        for group in groups:
            book.apportion(book[group["total"]], [book[part] for part in group["parts"]])
    except FactError as error:
        return None, [finding("DEL-facts-contradict", Place(file=file), file=file, reason=error)]
    return book, []


def _operands_first(facts: list[Fact]) -> Iterator[Fact]:
    """Facts in an order in which every operand precedes what is derived from it."""
    waiting = {fact.address: fact for fact in facts}
    while waiting:
        ready = [
            fact
            for fact in waiting.values()
            if not fact.derivation or not any(operand in waiting for operand in fact.derivation.operands)
        ]
        if not ready:
            raise FactError(f"{min(waiting)} 的来历互相引用。")
        for fact in ready:
            del waiting[fact.address]
        yield from ready


def _broken_fact(file: str, lines: Mapping[str, int], index: int, entry: Mapping[str, Any]) -> Finding:
    path = f"facts[{index}]"
    address = str(entry.get("address", ""))
    place = Place(file=file, layer=path, feature=address, field=f"第{lines.get(path, 0)}行起")
    return finding(
        "DEL-fact-changed", place, file=file, path=path, line=lines.get(path, 0), address=address,
        term=entry.get("term", ""), value=entry.get("value", ""),
    )  # fmt: skip


def _broken_groups(file: str, lines: Mapping[str, int], groups: list[Mapping[str, Any]]) -> list[Finding]:
    return [
        broken_record(file, f"groups[{index}]", lines)
        for index, group in enumerate(groups)
        if digest_of({"total": group.get("total"), "parts": group.get("parts")}) != group.get("digest")
    ]


def broken_head(file: str, lines: Mapping[str, int], document: Mapping[str, Any]) -> Iterator[Finding]:
    """文件头被改动。Each value of the head that does not agree with its digest, by path and line."""
    head = {name: value for name, value in document.items() if name not in (*_OWN_DIGESTS, "digests")}
    listed = document.get("digests")
    now, then = leaf_digests(head), listed if isinstance(listed, dict) else {}
    for path in dict.fromkeys([*now, *then]):
        if now.get(path) != then.get(path):
            yield broken_record(file, path, lines)


def broken_record(file: str, path: str, lines: Mapping[str, int]) -> Finding:
    """记录被改动。A JSON record that no longer agrees with its own check digest."""
    line = lines.get(path, 0)
    place = Place(file=file, layer=path, field=f"第{line}行")
    return finding("DEL-record-changed", place, file=file, path=path, line=line)


def _broken_seal(file: str, lines: Mapping[str, int], book: FactBook | None, printed: str) -> list[Finding]:
    if book is None or book.seal() == printed:
        return []
    where = f"第{lines.get('seal', 0)}行 seal"
    values = {"file": file, "where": where, "printed": printed, "sealed": book.seal()}
    return [finding("DEL-seal-differs", Place(file=file, field=where), **values)]
