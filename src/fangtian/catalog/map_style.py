"""图式。Line and fill styles of map items; most come from the survey's symbols, some are ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["MapStyle", "map_styles"]

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class MapStyle:
    """样式。``line`` and ``fill`` colours (None: none), ``width_mm`` of the line, ``pattern`` in words."""

    item: str
    kind: str
    line: Rgb | None
    fill: Rgb | None
    width_mm: Decimal | None
    pattern: str
    note: str
    source: str
    trust: str


@cache
def map_styles() -> Mapping[str, MapStyle]:
    """全部样式。By item.

    >>> map_styles()["村界"].width_mm
    Decimal('0.20')
    """
    styles = [_style(row) for row in csv_rows("map_styles.csv")]
    return MappingProxyType({style.item: style for style in styles})


def _style(row: Mapping[str, str]) -> MapStyle:
    return MapStyle(
        item=row["item"],
        kind=row["kind"],
        line=_rgb(row["line_rgb"]),
        fill=_rgb(row["fill_rgb"]),
        width_mm=Decimal(row["width_mm"]) if row["width_mm"] else None,
        pattern=row["pattern"],
        note=row["note"],
        source=row["source"],
        trust=row["trust"],
    )


def _rgb(text: str) -> Rgb | None:
    if not text:
        return None
    red, green, blue = (int(part) for part in text.split(","))
    return red, green, blue
