"""横断面示意图。A section through the valley of the sample, drawn from its own relief."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fangtian.plan.sample.drainage import Floats
from fangtian.plan.sample.terrain import CELL, Relief

__all__ = ["write_profile"]

WIDE, HIGH, EDGE = 1500, 580, 48
_SKY, _EARTH, _LINE, _WATER, _INK = (
    (247, 250, 252),
    (222, 203, 160),
    (120, 92, 48),
    (90, 150, 200),
    (40, 40, 40),
)
_FRAME = 2400.0
"""How far from the river, in metres, the section reaches to either side."""


def write_profile(path: Path, relief: Relief) -> None:
    """写横断面图。West to east across the river, heights exaggerated; names only, no figures."""
    row = _widest(relief)
    river = int(np.argmin(relief.river_distance[row]))
    reach = int(_FRAME / CELL)
    seen = slice(max(river - reach, 0), river + reach + 1)
    points = _points(relief.z[row, seen])
    image = Image.new("RGB", (WIDE, HIGH), _SKY)
    draw = ImageDraw.Draw(image)
    draw.polygon([(EDGE, HIGH - EDGE), *points, (WIDE - EDGE, HIGH - EDGE)], fill=_EARTH)
    draw.line(points, fill=_LINE, width=4)
    _letter(draw, points, river - seen.start)
    image.save(path, "PNG", optimize=False)


def _widest(relief: Relief) -> int:
    """The row, away from the borders, where the flood plain is widest."""
    width = (relief.plain > 0).sum(axis=1)
    margin = len(width) // 4
    return margin + int(np.argmax(width[margin:-margin]))


def _points(heights: Floats) -> list[tuple[float, float]]:
    low, high = float(heights.min()), float(heights.max())
    across = np.linspace(EDGE, WIDE - EDGE, len(heights))
    up = (heights - low) / (high - low)
    down = HIGH - EDGE - 70 - up * (HIGH - 2 * EDGE - 170)
    return list(zip(across.tolist(), down.tolist(), strict=True))


def _letter(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], river: int) -> None:
    """The river and its plain, terraces half-way up and the ridges at their highest points."""
    west = min(range(river // 4, river), key=lambda place: points[place][1])
    east = min(range(river, len(points) - river // 4), key=lambda place: points[place][1])
    slopes = [
        min(side, key=lambda i: abs(points[i][1] * 2 - points[river][1] - points[top][1]))
        for side, top in ((range(west, river), west), (range(river, east), east))
    ]
    with as_file(files("fangtian.catalog").joinpath("typefaces", "FangtianSans-Regular.ttf")) as font:
        letters = ImageFont.truetype(str(font), 34)
        x, y = points[river]
        draw.ellipse((x - 14, y - 5, x + 14, y + 9), fill=_WATER)
        draw.text((x, y + 16), "方田川", font=letters, fill=_WATER, anchor="ma")
        draw.text((x, y - 40), "川地", font=letters, fill=_INK, anchor="mb")
        for place, name in ((west, "西梁"), (east, "东梁")):
            draw.text((points[place][0], points[place][1] - 14), name, font=letters, fill=_INK, anchor="mb")
        middle = (points[slopes[0]][0] + points[slopes[1]][0]) / 2
        top = min(points[place][1] for place in slopes) - 60
        draw.text((middle, top), "坡地梯田", font=letters, fill=_INK, anchor="mm")
        for place, side in zip(slopes, (-1, 1), strict=True):
            draw.line([(middle + side * 76, top), points[place]], fill=_INK, width=2)
        draw.text((EDGE, HIGH - EDGE + 2), "西", font=letters, fill=_INK, anchor="la")
        draw.text((WIDE - EDGE, HIGH - EDGE + 2), "东", font=letters, fill=_INK, anchor="ra")
