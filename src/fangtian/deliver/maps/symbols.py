"""图例符号。How every thing on the maps looks; legend and map are drawn from the same entry.

Colours and widths come from the catalogue (``map_styles.csv``, ``land_classes.csv``); dashes are given here,
because the catalogue holds them in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from fangtian.catalog.land_class import RIDGE, land_classes
from fangtian.catalog.map_style import map_styles
from fangtian.deliver.maps.sheet import LegendItem, Rgb, Tag

__all__ = [
    "PLOT_KINDS",
    "change_symbol",
    "class_symbol",
    "faded",
    "farmland_symbol",
    "line_symbol",
    "plot_symbol",
    "redline_symbol",
    "ridge_symbol",
]

INK = (77, 77, 77)
WATER_EDGE = (0, 147, 221)
REDLINE_TINT = (0, 168, 132)
WATER = frozenset({"1101", "1102", "1103", "1104", "1104A", "1104K", "1107", "1107A"})

Lines = Mapping[str, tuple[str, str, tuple[float, ...]]]
LINES: Lines = MappingProxyType(
    {
        "pilot_area": ("试点区域", "乡镇、街道界", (3.2, 1.1, 0.9, 1.1)),
        "consolidation_area": ("整治区域", "试点范围/整治区域（整治范围线）", (6.0, 1.5, 1.0, 1.5)),
        "villages": ("村界", "村界", (3.2, 1.1, 3.2, 1.1, 3.2, 1.1, 0.3, 1.1)),
        "parcels": ("地类界", "地类界", ()),
        "eco_redline": ("生态保护红线", "生态保护红线", ()),
        "eco_redline_after": ("生态保护红线（调整后）", "生态保护红线", (4.0, 1.2)),
        "urban_boundary": ("城镇开发边界", "城镇开发边界", ()),
        "urban_boundary_after": ("城镇开发边界（调整后）", "城镇开发边界", (4.0, 1.2)),
        "subproject": ("子项目范围", "子项目范围", ()),
        "basic_farmland": ("永久基本农田界线", "基本农田保护片（块）界线", ()),
    }
)
"""线状符号。Role -> label, catalogued style, dashes in mm (on, off, …)."""

FILLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "kept": ("永久基本农田", "基本农田"),
        "out": ("调出永久基本农田", "占用（调出）基本农田"),
        "in": ("调入永久基本农田", "补划（调入）基本农田"),
    }
)
PLOT_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "新增耕地": ("新增耕地地块", ""),
        "提质改造": ("提质改造地块", ""),
        "拆旧复垦": ("建设用地整理（拆旧）地块", "////"),
        "建新": ("建新/安置地块", ""),
        "存量盘活": ("存量盘活地块", "\\\\\\\\"),
        "生态修复": ("生态保护修复地块", ""),
        "基础设施": ("基础设施地块", ""),
    }
)
"""地块符号。Kind -> catalogued style, hatch."""


def faded(rgb: Rgb, share: float = 0.72) -> Rgb:
    """淡化。A colour mixed with white, for what only lies beneath the subject of a map.

    >>> faded((0, 100, 200), 0.5)
    (128, 178, 228)
    """
    red, green, blue = (round(part + (255 - part) * share) for part in rgb)
    return red, green, blue


def class_symbol(code: str, area: Tag | None = None, fade: float = 0.0) -> LegendItem:
    """地类符号。Official colour and name; water has its blue outline."""
    entry = land_classes()[code]
    edge = WATER_EDGE if code in WATER else INK
    face = faded(entry.rgb, fade) if fade else entry.rgb
    return LegendItem(entry.name, "fill", face=face, edge=edge, width_mm=0.12, area=area, text=code)


def ridge_symbol(area: Tag) -> LegendItem:
    """田坎符号。Ridges have an area but no place of their own: they lie within the cultivated parcels."""
    name = land_classes()[RIDGE].name
    return LegendItem(
        f"{name}（含于耕地图斑）", "fill", face=None, edge=INK, width_mm=0.12, area=area, text=RIDGE
    )


def line_symbol(role: str, label: str = "", area: Tag | None = None) -> LegendItem:
    """线状符号。Of a zone or boundary."""
    own, name, dash = LINES[role]
    style = map_styles()[name]
    width = float(style.width_mm or 0.2)
    return LegendItem(label or own, "line", edge=style.line, width_mm=width, dash=dash, area=area)


def plot_symbol(kind: str, area: Tag | None = None) -> LegendItem:
    """地块符号。By the kind of a plot; an unknown kind is drawn as new farmland."""
    name, hatch = PLOT_KINDS.get(kind, PLOT_KINDS["新增耕地"])
    style = map_styles()[name]
    return LegendItem(
        kind,
        "hatch" if hatch else "fill",
        face=style.fill,
        edge=style.line,
        width_mm=0.2,
        hatch=hatch,
        area=area,
    )


def farmland_symbol(area: Tag | None = None) -> LegendItem:
    """永久基本农田叠加符号。Hatched over land use, so that the class beneath stays readable."""
    style = map_styles()["永久基本农田（叠加于现状图）"]
    return LegendItem(
        "永久基本农田", "hatch", face=None, edge=style.line, width_mm=float(style.width_mm or 0.2),
        hatch="//////", area=area,
    )  # fmt: skip


def redline_symbol(role: str, area: Tag | None = None) -> LegendItem:
    """红线符号。Red line about a pale green: the catalogue gives the tint in words."""
    line = line_symbol(role, area=area)
    return replace(line, kind="fill", face=REDLINE_TINT, alpha=0.2)


def change_symbol(name: str, area: Tag | None = None, label: str = "") -> LegendItem:
    """调整符号。``kept``, ``out`` and ``in`` of the basic-farmland maps."""
    own, item = FILLS[name]
    style = map_styles()[item]
    return LegendItem(label or own, "fill", face=style.fill, edge=INK, width_mm=0.12, area=area)
