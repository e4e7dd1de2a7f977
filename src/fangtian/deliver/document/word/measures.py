"""版面尺寸。Page, type area and grid of GB/T 9704-2012 in twips (1/20 point), and the sizes built on them.

Heights are fixed everywhere (exact lines, no space before or after), so that the page of a heading can be
told beforehand: see :mod:`fangtian.deliver.document.word.flow`.
"""

from __future__ import annotations

from dataclasses import dataclass

from fangtian.catalog.typography import font_sizes

__all__ = [
    "CAPTION",
    "CELL",
    "CELL_PADDING",
    "CHAR_PITCH",
    "CHAR_SPACE",
    "LANDSCAPE",
    "NOTE",
    "NOTE_OVERLAP",
    "NOTE_RULE",
    "PITCH",
    "PORTRAIT",
    "ROW_PADDING",
    "SEPARATOR",
    "SQUEEZE",
    "TABLE_SIZES",
    "TWIPS_PER_MM",
    "UNIT",
    "Room",
    "cell_line",
    "half_points",
    "twips",
]

TWIPS_PER_MM = 1440 / 25.4
"""每毫米缇数。"""


def twips(millimetres: float) -> int:
    """缇。Twips of a length in millimetres.

    >>> twips(37)
    2098
    """
    return round(millimetres * TWIPS_PER_MM)


def half_points(name: str) -> int:
    """半磅。Half points of a Chinese type size, as Word stores it.

    >>> half_points("三号")
    32
    """
    return font_sizes()[name].half_points


LINES, CHARS = 22, 28
PITCH = (twips(297) - twips(37) - twips(35)) // LINES
"""行距。One of 22 lines on a page: 28.95 points."""
CELL_WIDTH = (twips(210) - twips(28) - twips(26)) // CHARS
"""字格。One of 28 characters in a line: 15.75 points."""
CHAR_SPACE = -849
"""字距。By how much a cell is narrower than a character of 三号, in 1/4096 point."""


@dataclass(frozen=True)
class Room:
    """版心。A page with its margins; ``footer`` is the distance of the footer from the page's lower edge."""

    page_width: int
    page_height: int
    top: int
    bottom: int
    left: int
    right: int
    footer: int

    @property
    def width(self) -> int:
        """版心宽。Whole cells of the document grid: LibreOffice sets nothing beyond them."""
        return (self.page_width - self.left - self.right) // CELL_WIDTH * CELL_WIDTH

    @property
    def height(self) -> int:
        """版心高。Whole lines of the document grid."""
        return (self.page_height - self.top - self.bottom) // PITCH * PITCH

    @property
    def landscape(self) -> bool:
        """横排。Whether the page is turned on its side."""
        return self.page_width > self.page_height


_NUMBER_GAP = twips(4.3)  # from the type area to the line of the number, whose dash then stands 7 mm below
_FOOTER_HEIGHT = 360 + 280

PORTRAIT = Room(
    twips(210), twips(297), twips(37), twips(35), twips(28), twips(26),
    twips(35) - _NUMBER_GAP - _FOOTER_HEIGHT,
)  # fmt: skip
_SIDEWAYS = (40 * CELL_WIDTH, 15 * PITCH)
LANDSCAPE = Room(
    twips(297), twips(210), twips(28), twips(210) - twips(28) - _SIDEWAYS[1] - 20,
    (twips(297) - _SIDEWAYS[0]) // 2, (twips(297) - _SIDEWAYS[0] + 1) // 2,
    twips(26) - _NUMBER_GAP - _FOOTER_HEIGHT,
)  # fmt: skip
"""横页。The same type area turned, in whole lines; its head lies at the binding edge (GB/T 9704-2012 §10)."""

SQUEEZE = -6
"""字距缩进。What each character gives up as character spacing, in twips, so that 28 fit."""
CHAR_PITCH = half_points("三号") * 10 + SQUEEZE

CAPTION = 480
"""图表题行高。"""
UNIT = 300
"""单位行高。"""
NOTE = 240
"""表注行高。"""
NOTE_RULE = -100
"""脚注线。What the rule above footnotes takes on a page, less what LibreOffice lets them reach below it."""
NOTE_OVERLAP = 225
"""脚注重叠。By how much lines of text may overlap that room in LibreOffice, and rows and pictures may not."""
CELL = 300
"""表内行高。Of 五号; smaller type takes less in proportion."""
TABLE_SIZES = ("五号", "小五", "六号", "七号")
"""表内字号。五号 as asked; the smaller ones only for tables of very many columns."""
ROW_PADDING = 100
CELL_PADDING = 60
SEPARATOR = 120
"""隔行。A paragraph that only keeps a table apart from what follows."""


def cell_line(size: int) -> int:
    """表内行高。Height of a line in a cell of type of ``size`` half points.

    >>> cell_line(half_points("小五"))
    257
    """
    return CELL * size // half_points("五号")
