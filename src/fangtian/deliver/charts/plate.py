"""图版。A chart's paper, 150 mm wide, drawn in millimetres; every number on it displays a fact."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from fangtian.deliver.charts.palette import INK, PALE, WHITE, Rgb
from fangtian.deliver.drawing.typeface import POINT_MM, Weight, font, printable, text_width
from fangtian.deliver.present import Presentation

__all__ = ["DPI", "TALLEST", "WIDTH", "DrawnChart", "Look", "Placed", "Plate", "Printed", "wrapped"]

WIDTH, TALLEST = 150.0, 205.0
"""图幅。Millimetres: the width of the text, and what a page holds above a caption."""
DPI = 300
_MM = 25.4
_COLOURS = 96
_MIDDLE = 0.37  # of the type size: how far the middle of a character stands above its baseline
_CLOSING = frozenset("，。、；：）】》”！？,.;:)%")


class Printed(NamedTuple):
    """印出的事实。A number on the chart."""

    address: str
    form: str
    text: str


class Placed(NamedTuple):
    """印出的文字。A line of text with the millimetres that it covers, from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class DrawnChart:
    """图表。``png`` at 300 dpi; ``anchor`` is what the text refers to.

    ``printed`` is every fact on it, ``words`` all that can be read, with its place.
    """

    name: str
    title: str
    png: bytes = field(repr=False)
    printed: tuple[Printed, ...] = ()
    words: tuple[Placed, ...] = field(default=(), repr=False)

    @property
    def anchor(self) -> str:
        """图号锚点。"""
        return f"chart:{self.name}"


@dataclass(frozen=True)
class Look:
    """字样。``size`` in points; ``upright`` text runs from bottom to top."""

    size: float = 7.5
    align: Literal["left", "center", "right"] = "left"
    weight: Weight = "regular"
    colour: Rgb = INK
    upright: bool = False


class Plate:
    """图版。Coordinates in millimetres from the upper left corner."""

    def __init__(self, presentation: Presentation, height: float) -> None:
        self.presentation, self.height = presentation, height
        self.printed: list[Printed] = []
        self.placed: list[Placed] = []
        self._figure = Figure(figsize=(WIDTH / _MM, height / _MM), dpi=DPI, facecolor="white")
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        self._axes.set_axis_off()

    def words(self, x: float, y: float, text: str, look: Look = Look()) -> None:
        """写字。One line with its middle at ``y``; upright text, its middle at ``x``, begins at ``y``."""
        text = printable(text)
        self.placed.append(_placed(x, y, text, look))
        shift = _MIDDLE * look.size * POINT_MM
        at = (x + shift, y) if look.upright else (x, y + shift)
        self._axes.text(
            *at,
            text,
            ha=look.align,
            va="baseline",
            color=_colour(look.colour),
            fontproperties=font(look.weight, look.size),
            rotation=90 if look.upright else 0,
            rotation_mode="anchor",
        )

    def lines(self, x: float, y: float, texts: Sequence[str], look: Look = Look()) -> None:
        """写数行。Lines around the middle ``y``."""
        step = 1.2 * look.size * POINT_MM
        for number, text in enumerate(texts):
            self.words(x, y + (number - (len(texts) - 1) / 2) * step, text, look)

    def fact(self, x: float, y: float, address: str, look: Look = Look(), form: str = "") -> None:
        """写事实。Its displayed value; nothing where there is no such fact."""
        if address in self.presentation:
            text = self.presentation.text(address, form)
            self.printed.append(Printed(address, form, text))
            self.words(x, y, text, look)

    def box(self, corner: tuple[float, float], size: tuple[float, float], face: Rgb, hatch: str = "") -> None:
        """矩形。With a thin edge, so that pale colours stand out in grey print; none where it has no size."""
        if size[0] > 0 and size[1] > 0:
            self._rectangle(corner, size, face, edgecolor=_colour(INK), linewidth=0.35, hatch=hatch, zorder=2)

    def band(self, corner: tuple[float, float], size: tuple[float, float], face: Rgb = PALE) -> None:
        """底纹。A rectangle without an edge, behind everything."""
        self._rectangle(corner, size, face, edgecolor="none", zorder=0)

    def plaque(self, x: float, y: float, width: float, height: float = 2.6) -> None:
        """字底。White ground around a middle, for a number on a dark or hatched bar."""
        corner = (x - width / 2, y - height / 2)
        self._rectangle(corner, (width, height), WHITE, edgecolor="none", zorder=2.5)

    def line(self, xs: Sequence[float], ys: Sequence[float], width: float = 0.5, colour: Rgb = INK) -> None:
        """折线。``width`` in points."""
        self._axes.add_line(Line2D(xs, ys, linewidth=width, color=_colour(colour), zorder=1.5))

    def curve(self, xs: Sequence[float], ys: Sequence[float], colour: Rgb) -> None:
        """标记折线。With a round white mark at every point, in front of everything."""
        curve = Line2D(xs, ys, linewidth=1.2, color=_colour(colour), marker="o", markersize=3.2, zorder=4)
        curve.set_markerfacecolor(_colour(WHITE))
        self._axes.add_line(curve)

    def finish(self, name: str, title: str) -> DrawnChart:
        """成图。Few colours keep the file small; nothing of the time or the machine goes into it."""
        canvas: Any = FigureCanvasAgg(self._figure)
        canvas.draw()
        image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
        out = io.BytesIO()
        reduced = image.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        reduced.save(out, "PNG", dpi=(DPI, DPI), compress_level=6)
        return DrawnChart(name, title, out.getvalue(), tuple(self.printed), tuple(self.placed))

    def _rectangle(
        self, corner: tuple[float, float], size: tuple[float, float], face: Rgb, **look: Any
    ) -> None:
        self._axes.add_patch(Rectangle(corner, *size, facecolor=_colour(face), **look))


def wrapped(text: str, width: float, size: float, rows: int = 2) -> list[str]:
    """折行。At most ``rows`` lines of ``width`` mm, about as long as each other; none begins with 、 or ）.

    What does not fit ends in ….

    >>> wrapped("公共管理与公共服务用地", 30, 72 / 25.4 * 3)
    ['公共管理与公', '共服务用地']
    """
    text = printable(text)
    lines = _broken(text, width, size)
    if len(lines) > rows:
        last = lines[rows - 1]
        while last and text_width(f"{last}…", size) > width:
            last = last[:-1]
        return [*lines[: rows - 1], f"{last}…"]
    even = text_width(text, size) / len(lines) + 0.6 * size * POINT_MM
    evened = _broken(text, min(width, even), size)
    return evened if len(evened) == len(lines) else lines


def _broken(text: str, width: float, size: float) -> list[str]:
    lines, line = [], ""
    for character in text:
        if line and text_width(line + character, size) > width and character not in _CLOSING:
            lines.append(line)
            line = character
        else:
            line += character
    return [*lines, line]


def _placed(x: float, y: float, text: str, look: Look) -> Placed:
    length = text_width(text, look.size, look.weight)
    before = {"left": 0.0, "center": length / 2, "right": length}[look.align]
    half = 0.42 * look.size * POINT_MM  # characters do not fill their em
    if look.upright:
        return Placed(text, x - half, y + before - length, x + half, y + before)
    return Placed(text, x - before, y - half, x - before + length, y + half)


def _colour(rgb: Rgb) -> tuple[float, float, float]:
    return rgb[0] / 255, rgb[1] / 255, rgb[2] / 255
