"""制图笔。Draws on the sheet in millimetres: lines, boxes, letters of the map's typeface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from fangtian.deliver.drawing.typeface import POINT_MM, Weight, font, printable
from fangtian.deliver.maps.furniture import Rgb
from fangtian.deliver.maps.paper import Box

__all__ = ["INK", "WHITE", "Letters", "Pen", "dashes", "ink"]

INK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)


def ink(colour: Rgb, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """墨色。A colour of 0–255 as matplotlib wants it.

    >>> ink((255, 0, 51), 0.5)
    (1.0, 0.0, 0.2, 0.5)
    """
    return colour[0] / 255, colour[1] / 255, colour[2] / 255, alpha


def dashes(
    dash: Sequence[float], width_mm: float, over: float = 0.0
) -> tuple[float, tuple[float, ...]] | Literal["-"]:
    """虚线。matplotlib's line style for lengths in millimetres: it counts in line widths.

    With ``over``, the length of a short line, the shortest dash stands in its middle: what tells one kind of
    boundary from another must be seen in a legend.

    >>> dashes((3.0, 1.0), 0.5)
    (0.0, (6.0, 2.0))
    >>> dashes((3.0, 1.0, 0.5, 1.0), 0.5, 8.0)  # dash 0.75, gap, point, gap, dash 2.75 and so on
    (0.5, (6.0, 2.0, 1.0, 2.0))
    >>> dashes((), 0.5)
    '-'
    """
    if not dash or not width_mm:
        return "-"
    start = 0.0
    if over:
        shortest = min(range(0, len(dash), 2), key=lambda part: dash[part])
        start = (sum(dash[:shortest]) + dash[shortest] / 2 - over / 2) % sum(dash)
    return start / width_mm, tuple(length / width_mm for length in dash)


@dataclass(frozen=True)
class Letters:
    """字样。Size in points, weight, what of the text stands at the given point, colour, rotation."""

    size: float
    weight: Weight = "regular"
    across: Literal["left", "center", "right"] = "left"
    up: Literal["baseline", "center_baseline", "center", "top", "bottom"] = "center_baseline"
    colour: Rgb = INK
    rotation: float = 0.0


@dataclass(frozen=True)
class Pen:
    """制图笔。``axes`` cover the sheet in millimetres; what is drawn later lies above."""

    axes: Axes

    def add(self, artist: Artist) -> None:
        """落笔。Add an artist above all that is there."""
        artist.set_zorder(len(self.axes.get_children()))
        self.axes.add_artist(artist)

    def letter(self, x: float, y: float, text: str, letters: Letters) -> None:
        """写字。One line of text at a point; a character that no font has is drawn as 〓."""
        words = Text(
            x,
            y,
            printable(text),
            fontproperties=font(letters.weight, letters.size),
            horizontalalignment=letters.across,
            verticalalignment=letters.up,
            color=ink(letters.colour),
            rotation=letters.rotation,
            rotation_mode="anchor",
        )
        self.add(words)

    def line(
        self,
        points: Sequence[tuple[float, float]],
        width_mm: float,
        colour: Rgb = INK,
        dash: Sequence[float] = (),
    ) -> None:
        """画线。Through points, width and dashes in millimetres; dashes symmetric about the middle."""
        over = hypot(points[-1][0] - points[0][0], points[-1][1] - points[0][1])
        line = Line2D(
            [x for x, _ in points],
            [y for _, y in points],
            linewidth=width_mm / POINT_MM,
            color=ink(colour),
            linestyle=dashes(dash, width_mm, over),
            solid_capstyle="butt",
            dash_capstyle="butt",
            solid_joinstyle="miter",
        )
        self.add(line)

    def box(self, box: Box, width_mm: float, fill: Rgb | None = None, edge: Rgb | None = INK) -> Rectangle:
        """画框。A rectangle; no fill or no edge where the colour is None."""
        x0, y0, x1, y1 = box
        patch = Rectangle(
            (x0, y0),
            x1 - x0,
            y1 - y0,
            linewidth=width_mm / POINT_MM if edge else 0,
            edgecolor=ink(edge) if edge else "none",
            facecolor=ink(fill) if fill else "none",
            joinstyle="miter",
        )
        self.add(patch)
        return patch

    def shape(self, points: Sequence[tuple[float, float]], width_mm: float, fill: Rgb) -> None:
        """画面。A filled polygon with a thin edge."""
        self.add(
            Polygon(
                points,
                closed=True,
                linewidth=width_mm / POINT_MM,
                edgecolor=ink(INK),
                facecolor=ink(fill),
                joinstyle="miter",
            )
        )
