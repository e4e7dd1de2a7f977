"""图廓坐标与方里网。Corner coordinates in degrees, kilometre ticks around the frame, crosses inside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from fangtian.deliver.drawing.typeface import POINT_MM, text_width
from fangtian.deliver.maps.layout import Layout
from fangtian.deliver.maps.margins import GUTTER
from fangtian.deliver.maps.paper import Box, nice_step, overlap
from fangtian.deliver.maps.pen import INK, Letters, Pen, ink
from fangtian.geo.area import inverse_gauss_kruger
from fangtian.geo.crs import Crs

__all__ = ["crosses", "degrees_text", "draw_crosses", "draw_graticule", "grid_lines"]

_LEAST_STEP = 38.0  # millimetres on A3 between kilometre lines
_TICK, _CROSS, _GAP, _CLEAR = 1.8, 2.5, 0.6, 2.0
_NUMBER_SIZE, _ZONE_SIZE, _CORNER_SIZE = 7.0, 5.0, 6.5


def degrees_text(degrees: float, decimals: int) -> str:
    """度分秒。Degrees, minutes, seconds; seconds carry over when they round to sixty.

    >>> degrees_text(106.2, 0), degrees_text(34.999999, 1)
    ('106°12′00″', '35°00′00.0″')
    """
    units = round(degrees * 3600 * 10**decimals)
    minutes, seconds = divmod(units, 60 * 10**decimals)
    shown = f"{seconds / 10**decimals:0{3 + decimals if decimals else 2}.{decimals}f}"
    return f"{minutes // 60}°{minutes % 60:02d}′{shown}″"


def grid_lines(least: float, low: float, high: float) -> list[float]:
    """方里线。Multiples of a nice step of at least ``least`` metres between two coordinates.

    >>> grid_lines(700, 3_870_100, 3_873_000)
    [3871000.0, 3872000.0, 3873000.0]
    """
    step = nice_step(least)
    first = ceil(low / step)
    return [step * number for number in range(first, int(high // step) + 1)]


def draw_crosses(axes: Axes, layout: Layout, zorder: float) -> None:
    """绘方里网十字。Small crosses where kilometre lines meet, clear of legend and arrow; axes in metres."""
    arms = [
        line
        for x0, y0, x1, y1 in crosses(layout)
        for line in (
            ((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)),
            (((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)),
        )
    ]
    axes.add_collection(LineCollection(arms, linewidths=0.1 / POINT_MM, colors=[ink(INK)], zorder=zorder))


def crosses(layout: Layout) -> list[Box]:
    """十字位置。Ground boxes of the crosses of a map."""
    arm = layout.metres(_CROSS * layout.enlargement)
    boxes = [(x - arm, y - arm, x + arm, y + arm) for x, y in product(*_lines(layout))]
    return [box for box in boxes if not any(overlap(box, block) for block in layout.reserved)]


def _lines(layout: Layout) -> tuple[list[float], list[float]]:
    """Eastings and northings of the kilometre lines in the frame."""
    least = layout.metres(_LEAST_STEP * layout.enlargement)
    west, south, east, north = layout.ground
    return grid_lines(least, west, east), grid_lines(least, south, north)


def draw_graticule(pen: Pen, layout: Layout, crs: Crs) -> None:
    """绘图廓坐标。Ticks, numbers and the four corners' latitude and longitude around the frame."""
    eastings, northings = _lines(layout)
    room = _draw_corners(pen, layout, crs)
    zone = str(crs.zone or "")
    offset = (crs.zone or 0) * 1e6 if crs.prefixed else 0.0
    columns = list(zip(eastings, _kilometres([x - offset for x in eastings]), strict=True))
    rows = list(zip(northings, _kilometres(northings), strict=True))
    for side in (0, 1):
        _across(pen, layout, columns, (side, room[0], zone))
        _along(pen, layout, rows, (side, room[1]))


def _across(
    pen: Pen, layout: Layout, columns: list[tuple[float, str]], place: tuple[int, float, str]
) -> None:
    """Eastings on the lower (0) or upper (1) side; the zone number leads the first and the last."""
    side, corner, zone = place
    k = layout.enlargement
    x0, y0, x1, y1 = layout.frame_mm
    edge, out = (y1, 1) if side else (y0, -1)
    y = edge + out * (_TICK + GUTTER) / 2 * k
    size = _NUMBER_SIZE * k
    spots = [(layout.to_paper(east, 0.0)[0], text) for east, text in columns]
    for x, _ in spots:
        pen.line([(x, edge), (x, edge + out * _TICK * k)], 0.15)
    wide = text_width(zone, _ZONE_SIZE * k)
    shown = [
        (x, text)
        for x, text in spots
        if min(x - x0, x1 - x) > corner + text_width(text, size) / 2 + wide + _CLEAR * k
    ]
    for number, (x, text) in enumerate(shown):
        pen.letter(x, y, text, Letters(size, across="center"))
        if zone and number in (0, len(shown) - 1):
            left = x - text_width(text, size) / 2 - 0.3 * k
            pen.letter(left, y + 0.55 * k, zone, Letters(_ZONE_SIZE * k, across="right"))


def _along(pen: Pen, layout: Layout, rows: list[tuple[float, str]], place: tuple[int, float]) -> None:
    """Northings on the left (0) or right (1) side, read from the right."""
    side, corner = place
    k = layout.enlargement
    x0, y0, x1, y1 = layout.frame_mm
    edge, out = (x1, 1) if side else (x0, -1)
    x = edge + out * (_TICK + GUTTER) / 2 * k
    size = _NUMBER_SIZE * k
    for north, text in rows:
        y = layout.to_paper(0.0, north)[1]
        pen.line([(edge, y), (edge + out * _TICK * k, y)], 0.15)
        if min(y - y0, y1 - y) > corner + text_width(text, size) / 2 + _CLEAR * k:
            pen.letter(x, y, text, Letters(size, across="center", rotation=90))


def _kilometres(metres: list[float]) -> list[str]:
    """With as many decimals as the finest of them needs, so that all numbers of a side look alike."""
    decimals = max((len(f"{m / 1000:.3f}".rstrip("0").partition(".")[2]) for m in metres), default=0)
    return [f"{m / 1000:.{decimals}f}" for m in metres]


def _draw_corners(pen: Pen, layout: Layout, crs: Crs) -> tuple[float, float]:
    """Longitude beside the corner's end of each horizontal edge, latitude along the vertical ones.

    Returns how far the widest of them reach along both edges, where no kilometre number may stand.
    """
    k = layout.enlargement
    x0, y0, x1, y1 = layout.frame_mm
    middle, size = GUTTER / 2 * k, _CORNER_SIZE * k
    reach = [0.0, 0.0]
    for right, upper, longitude, latitude in _corners(layout, crs):
        x, y = (x1 if right else x0), (y1 if upper else y0)
        out_x, out_y = (1 if right else -1), (1 if upper else -1)
        pen.line([(x, y), (x + out_x * GUTTER * k, y)], 0.1)
        pen.line([(x, y), (x, y + out_y * GUTTER * k)], 0.1)
        across = Letters(size, across="right" if right else "left")
        pen.letter(x - out_x * _GAP * k, y + out_y * middle, longitude, across)
        along = Letters(size, across="right" if upper else "left", rotation=90)
        pen.letter(x + out_x * middle, y - out_y * _GAP * k, latitude, along)
        for axis, text in enumerate((longitude, latitude)):
            reach[axis] = max(reach[axis], text_width(text, size) + _GAP * k)
    return reach[0], reach[1]


def _corners(layout: Layout, crs: Crs) -> Iterator[tuple[bool, bool, str, str]]:
    decimals = 2 if layout.scale <= 2_000 else 1 if layout.scale <= 10_000 else 0
    west, south, east, north = layout.ground
    y = np.array([south, south, north, north])
    x = np.array([west, east, west, east]) - crs.false_easting
    latitude, longitude = inverse_gauss_kruger(y, x)
    for number in range(4):
        yield (
            number % 2 == 1,
            number >= 2,
            degrees_text(float(longitude[number]) / 3600 + (crs.central_meridian or 0.0), decimals),
            degrees_text(float(latitude[number]) / 3600, decimals),
        )
