"""封存值。What the finished files are held against: the facts of ``facts.json`` and their display."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.quantity import quantities
from fangtian.deliver.facts_file import FACTS_FILE, SealedFacts, read_facts
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.wording import fact_term
from fangtian.errors import FangtianError
from fangtian.facts.book import FactBook

__all__ = ["Sealed", "number_differs", "read_sealed", "seal_differs", "text_differs"]


@dataclass(frozen=True)
class Sealed:
    """封存值。``book`` and ``presentation`` are None where the facts themselves do not stand; then only what
    carries its own digest can be checked.
    """

    facts: SealedFacts
    book: FactBook | None
    presentation: Presentation | None
    seal: str

    @property
    def origin(self) -> Origin | None:
        """成果来历。As ``facts.json`` says it."""
        return self.facts.origin


def read_sealed(build: Path) -> tuple[Sealed, list[Finding]]:
    """读封存值。With what is wrong with ``facts.json`` itself, displayed values included."""
    facts = read_facts(build / FACTS_FILE)
    found = list(facts.findings)
    presentation = None
    if facts.book is not None:
        try:
            presentation = decide(facts.book)
        except FangtianError as error:
            found.append(
                finding("DEL-facts-contradict", Place(file=FACTS_FILE), file=FACTS_FILE, reason=error)
            )
    if presentation is not None:
        found += _displayed(facts, presentation)
    book = facts.book if presentation is not None else None
    return Sealed(facts, book, presentation, book.seal() if book is not None else facts.seal), found


def number_differs(file: str, where: str, address: str, printed: str, sealed: str) -> Finding:
    """数字不符。Names the fact, the file and the place."""
    place = Place(file=file, feature=address, field=where)
    term = fact_term(address)
    return finding(
        "DEL-number-differs",
        place,
        file=file,
        where=where,
        printed=printed,
        sealed=sealed,
        term=term,
        address=address,
    )


def text_differs(file: str, where: str, printed: str, sealed: str) -> Finding:
    """文字不符。Names the file and the place."""
    place = Place(file=file, field=where)
    return finding("DEL-text-differs", place, file=file, where=where, printed=printed, sealed=sealed)


def seal_differs(file: str, where: str, printed: str, sealed: str) -> Iterator[Finding]:
    """封印不符。A file that prints another seal than that of the facts; nothing where that is unknown."""
    if sealed and printed != sealed:
        place = Place(file=file, field=where)
        yield finding("DEL-seal-differs", place, file=file, where=where, printed=printed, sealed=sealed)


def _displayed(facts: SealedFacts, presentation: Presentation) -> Iterator[Finding]:
    """What ``facts.json`` says beside the exact values: display, unit, term."""
    for index, entry in enumerate(facts.entries):
        address = str(entry["address"])
        shown = presentation[address]
        expected: Mapping[str, Any] = {
            "shown": shown.text,
            "unit": shown.unit,
            "term": quantities()[str(entry["key"])].term,
        }
        for name, sealed in expected.items():
            if entry.get(name) != sealed:
                path = f"facts[{index}].{name}"
                where = f"第{facts.lines.get(path, 0)}行 {path}"
                yield number_differs(FACTS_FILE, where, address, str(entry.get(name)), str(sealed))
