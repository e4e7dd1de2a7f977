"""图廓。Neat lines, north arrow, numeric and bar scale."""

from __future__ import annotations

from fangtian.deliver.drawing.typeface import text_width
from fangtian.deliver.maps.layout import Layout
from fangtian.deliver.maps.margins import Margins
from fangtian.deliver.maps.paper import Box, nice_step
from fangtian.deliver.maps.pen import INK, WHITE, Letters, Pen

__all__ = ["bar_steps", "draw_bar", "draw_frame", "draw_north"]

_INNER, _OUTER, _PANEL = 0.2, 0.8, 0.3
_SEGMENTS, _BAR, _BAR_HEIGHT = (3, 4, 5), 84.0, 1.5
_BAR_SHARE = 0.26  # of the width between the outer neat lines
_SCALE_SIZE, _MARK_SIZE = 11.0, 7.0


def draw_frame(pen: Pen, layout: Layout) -> None:
    """绘内外图廓。The thin inner and the thick outer neat line, and the edge of a panel."""
    k = min(layout.enlargement, 1.7)
    pen.box(layout.frame_mm, _INNER * k)
    pen.box(layout.outer_mm, _OUTER * k)
    if layout.panel_mm:
        pen.box(layout.panel_mm, _PANEL * k, fill=WHITE)


def draw_north(pen: Pen, box: Box) -> None:
    """绘指北针。A split arrow under its letter, grid north."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    middle = (x0 + x1) / 2
    tip, notch = y0 + 0.72 * height, y0 + 0.17 * height
    half = 0.30 * width
    pen.shape([(middle, tip), (middle - half, y0), (middle, notch)], 0.012 * height, INK)
    pen.shape([(middle, tip), (middle + half, y0), (middle, notch)], 0.012 * height, WHITE)
    pen.letter(middle, y0 + 0.87 * height, "北", Letters(0.66 * height, "bold", "center"))


def draw_bar(pen: Pen, layout: Layout, margins: Margins) -> None:
    """绘比例尺。The numeric scale over a bar, in the middle under the frame."""
    k = layout.enlargement
    middle = (margins.foot[0] + margins.foot[2]) / 2
    top = margins.foot[3]
    pen.letter(middle, top - 2.2 * k, f"1:{layout.scale}", Letters(_SCALE_SIZE * k, "bold", "center"))
    room = min(_BAR * k, _BAR_SHARE * (margins.foot[2] - margins.foot[0]))
    step, steps = bar_steps(layout.metres(room))
    length = step * 1000 / layout.scale
    left, base = middle - length * steps / 2, top - 12.2 * k
    for number in range(steps):
        x = left + number * length
        fill = WHITE if number % 2 else INK
        pen.box((x, base, x + length, base + _BAR_HEIGHT * k), 0.12 * k, fill=fill)
    unit, name = (1000, "千米") if step * steps >= 2000 else (1, "米")
    for number in range(steps + 1):
        mark = f"{step * number / unit:g}"
        at = (left + number * length, base + (_BAR_HEIGHT + 1.8) * k)
        pen.letter(*at, mark, Letters(_MARK_SIZE * k, across="center"))
    right = left + steps * length + text_width(mark, _MARK_SIZE * k) / 2 + k
    pen.letter(right, base + (_BAR_HEIGHT + 1.8) * k, name, Letters(_MARK_SIZE * k))


def bar_steps(room: float) -> tuple[float, int]:
    """尺段。Length and number of the steps of the longest bar that a length of ground holds.

    >>> bar_steps(880), bar_steps(1450)
    ((200.0, 4), (200.0, 5))
    """
    steps = {nice_step(room / divisor) for divisor in (3, 5, 8, 13)}
    bars = [(step, number) for step in steps for number in _SEGMENTS if step * number <= room * (1 + 1e-9)]
    return max(bars, key=lambda bar: (bar[0] * bar[1], bar[0]))
