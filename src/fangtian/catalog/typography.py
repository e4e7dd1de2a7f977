"""字号与字体。Chinese type sizes and the font names that Word and Excel know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["Font", "FontSize", "font_sizes", "fonts"]


@dataclass(frozen=True)
class FontSize:
    """字号。``points`` and the half points that Word stores."""

    name: str
    points: Decimal
    half_points: int
    source: str
    trust: str


@dataclass(frozen=True)
class Font:
    """字体。``name`` as Word shows it in Chinese, ``english`` as the font file calls itself."""

    name: str
    english: str
    platform: str
    use: str
    source: str
    trust: str


@cache
def font_sizes() -> Mapping[str, FontSize]:
    """全部字号。By Chinese name.

    >>> font_sizes()["三号"].points
    Decimal('16')
    """
    rows = csv_rows("font_sizes.csv")
    sizes = [
        FontSize(row["name"], Decimal(row["points"]), int(row["half_points"]), row["source"], row["trust"])
        for row in rows
    ]
    return MappingProxyType({size.name: size for size in sizes})


@cache
def fonts() -> Mapping[str, Font]:
    """全部字体。By Chinese name.

    >>> fonts()["黑体"].english
    'SimHei'
    """
    return MappingProxyType({row["name"]: Font(**row) for row in csv_rows("fonts.csv")})
