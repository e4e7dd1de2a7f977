"""图表配色。The colours of the maps: classes of land, and kinds of work as the plan maps draw them."""

from __future__ import annotations

from collections.abc import Sequence

from fangtian.catalog.map_style import map_styles

__all__ = ["GREY", "INK", "PALE", "WHITE", "Rgb", "category_colour", "kind_colour", "shades", "tinted"]

Rgb = tuple[int, int, int]

INK: Rgb = (38, 38, 38)
GREY: Rgb = (110, 110, 110)
PALE: Rgb = (242, 242, 242)
WHITE: Rgb = (255, 255, 255)

_CATEGORIES = {"财政": "城镇开发边界", "社会": "新增耕地地块"}
_KINDS = {
    "农用地整理": "新增耕地地块",
    "建设用地整理": "建设用地整理（拆旧）地块",
    "乡村生态保护修复": "生态保护修复地块",
    "乡村历史文化保护": "子项目范围",
    "产业布局和引入": "建新/安置地块",
}


def category_colour(category: str) -> Rgb:
    """资金类别色。财政 dark, 社会 light, so that they differ in grey print too.

    >>> category_colour("财政")
    (51, 125, 235)
    """
    return tinted(_style_colour(_CATEGORIES[category]), 0.8)


def kind_colour(kind: str) -> Rgb:
    """子项目类型色。As the plots of that kind on the plan maps, paler; grey for a kind that maps do not know.

    >>> kind_colour("农用地整理")
    (255, 224, 165)
    """
    return tinted(_style_colour(_KINDS[kind]), 0.7) if kind in _KINDS else (200, 200, 200)


def tinted(colour: Rgb, share: float) -> Rgb:
    """减淡。``share`` of the colour on white paper.

    >>> tinted((0, 100, 200), 0.5)
    (128, 178, 228)
    """
    red, green, blue = (round(255 - (255 - part) * share) for part in colour)
    return red, green, blue


def shades(colour: Rgb, count: int) -> Sequence[tuple[Rgb, str]]:
    """深浅。``count`` looks of one colour, from full to pale; every other one is hatched."""
    steps = [1 - 0.72 * number / max(1, count - 1) for number in range(count)]
    return [(tinted(colour, step), "//////" if number % 2 else "") for number, step in enumerate(steps)]


def _style_colour(item: str) -> Rgb:
    style = map_styles()[item]
    return style.fill or style.line or GREY
