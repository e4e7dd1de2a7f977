"""行政区划。Names of the administrative divisions of Gansu down to the county."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["Division", "division_name", "division_path", "divisions"]


@dataclass(frozen=True)
class Division:
    """行政区。``level`` province, prefecture or county; ``in_gbt2260`` False for statistical codes."""

    code: str
    name: str
    level: str
    parent: str
    in_gbt2260: bool
    source: str
    trust: str
    note: str = ""


@cache
def divisions() -> Mapping[str, Division]:
    """全部行政区。By six-digit code."""
    plain = ("code", "name", "level", "parent", "source", "trust", "note")
    rows = csv_rows("divisions.csv")
    entries = [
        Division(**{key: row[key] for key in plain}, in_gbt2260=row["in_gbt2260"] == "1") for row in rows
    ]
    return MappingProxyType({entry.code: entry for entry in entries})


def division_name(code: str) -> str:
    """行政区名称。Name of the county, prefecture or province of a code; longer codes are cut to the county.

    Returns "" for a code that the catalogue does not hold: a name is never guessed.

    >>> division_name("620525"), division_name("620525102")
    ('张家川回族自治县', '张家川回族自治县')
    """
    entry = divisions().get(code[:6])
    return entry.name if entry else ""


def division_path(code: str) -> tuple[str, ...]:
    """行政区全称。Names from the province down; empty for an unknown code.

    >>> division_path("620525")
    ('甘肃省', '天水市', '张家川回族自治县')
    """
    names: list[str] = []
    entry = divisions().get(code[:6])
    while entry:
        names.append(entry.name)
        entry = divisions().get(entry.parent)
    return tuple(reversed(names))
