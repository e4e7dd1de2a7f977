"""注记。What is to be written on a map and where it may stand; what is written, once it has a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fangtian.deliver.drawing.typeface import POINT_MM, Weight, text_width
from fangtian.deliver.maps.sheet import Box, Rgb, Tag

__all__ = ["FINE", "LEAST_PT", "LINE", "LabelRequest", "PlacedLabel", "label_size", "nearest"]

Where = Literal["inside", "region", "plot"]

LINE = 1.12
"""Distance of the lines of a label in letter sizes."""
PAD_MM = 0.25
FINE = 1.25
"""Numbers of parcels and heights of contours need not grow with the paper as titles do."""
LEAST_PT = 4.0
"""Letters that are smaller cannot be read on paper."""


@dataclass(frozen=True)
class LabelRequest:
    """注记要求。``lines`` to be written about ``shape``, ``size`` in points on A3.

    ``where``: "inside" only where it fits within the shape, else it is left out (parcel numbers); "region"
    somewhere on a large shape, never left out unless there is no free place at all (village names);
    "plot" within the shape or beside it with a leader, the farthest off still better than none. ``bar`` draws
    the bar of a fraction; ``tag`` is the fact that the last line prints. Lower ``rank`` goes first.
    """

    lines: tuple[str, ...]
    shape: Any
    size: float
    where: Where = "inside"
    rank: int = 5
    weight: Weight = "regular"
    rgb: Rgb = (0, 0, 0)
    bar: bool = False
    halo: float = 0.0
    frame: Rgb | None = None
    tag: Tag | None = None


@dataclass(frozen=True)
class PlacedLabel:
    """已定注记。Centre ``x``, ``y`` in mm on the sheet, ``box`` what it covers; ``angle`` in degrees.

    ``leader`` is where a thin line runs to, None where the label stands on its own place.
    """

    request: LabelRequest
    x: float
    y: float
    box: Box
    size: float
    angle: float = 0.0
    leader: tuple[float, float] | None = None


def label_size(request: LabelRequest, k: float) -> tuple[float, float]:
    """注记大小。Width and height in mm with a little air, at the enlargement ``k``."""
    size = request.size * k
    width = max(text_width(line, size, request.weight) for line in request.lines)
    height = size * POINT_MM * (1.0 + LINE * (len(request.lines) - 1))
    air = 2 * (PAD_MM + request.halo) * k + (1.2 * k if request.frame else 0.0)
    return width + air, height + air * (0.5 if request.bar else 1.0)


def nearest(box: Box, point: tuple[float, float]) -> tuple[float, float]:
    """最近点。The point of a box that is nearest to another.

    >>> nearest((0.0, 0.0, 2.0, 1.0), (5.0, 0.5))
    (2.0, 0.5)
    """
    return min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])
