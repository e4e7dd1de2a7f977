"""等高线注记。Heights on the index contours, along straight stretches, upright and on free ground."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.labels import FINE, LabelRequest, PlacedLabel, label_size
from fangtian.deliver.maps.occupancy import Occupancy
from fangtian.deliver.maps.relief import Contour, contour_symbol
from fangtian.deliver.maps.sheet import Box

__all__ = ["contour_labels"]

SIZE = 4.4
APART_MM, TRY_MM, BENT_MM = 70.0, 6.0, 0.35
INK = (130, 80, 30)


def contour_labels(board: Board, grid: Occupancy, found: tuple[Contour, ...]) -> tuple[PlacedLabel, ...]:
    """等高线注记。At most one on every 70 mm of an index contour."""
    return tuple(_labels(board, grid, found))


def _labels(board: Board, grid: Occupancy, found: tuple[Contour, ...]) -> Iterator[PlacedLabel]:
    rgb = contour_symbol().edge or INK
    size = SIZE * min(1.0, FINE / board.size)  # as the numbers of parcels among which they stand
    for contour in (c for c in found if c.index):
        request = LabelRequest((str(contour.height),), None, size, rgb=_darker(rgb), halo=0.25)
        for line in contour.lines[np.argsort(-shapely.length(contour.lines), kind="stable")]:
            yield from _along(board, grid, request, line)


def _along(board: Board, grid: Occupancy, request: LabelRequest, line: Any) -> Iterator[PlacedLabel]:
    width, height = label_size(request, board.size)
    length = float(shapely.length(line)) / board.layout.metres(1.0)
    last = -APART_MM * board.size
    for at in np.arange(width, length - width, TRY_MM * board.size).tolist():
        if at - last < APART_MM * board.size:
            continue
        label = _on(board, request, line, (at, width, height))
        if label is not None and grid.free(label.box):
            grid.take(label.box)
            last = at
            yield label


def _on(
    board: Board, request: LabelRequest, line: Any, spot: tuple[float, float, float]
) -> PlacedLabel | None:
    """The label at a distance along the line, if the line is straight there."""
    at, width, height = spot
    metre = board.layout.metres(1.0)
    distances = np.linspace(at - width / 2, at + width / 2, 7) * metre
    ground = shapely.get_coordinates(shapely.line_interpolate_point(line, distances))
    points: NDArray[np.float64] = np.array([board.layout.to_paper(x, y) for x, y in ground.tolist()])
    run = points[-1] - points[0]
    size = float(np.hypot(*run))
    if size < 0.9 * width:
        return None
    across = np.abs(np.array([-run[1], run[0]]) @ (points - points[0]).T) / size
    if across.max() > BENT_MM * board.size:
        return None
    angle = float(np.degrees(np.arctan2(run[1], run[0])))
    angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
    x, y = points.mean(axis=0).tolist()
    return PlacedLabel(
        request, x, y, _around((x, y), (width, height), angle), request.size * board.size, angle
    )


def _around(middle: tuple[float, float], size: tuple[float, float], angle: float) -> Box:
    """The upright box about a turned one."""
    cosine, sine = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    half_x = (size[0] * cosine + size[1] * sine) / 2
    half_y = (size[0] * sine + size[1] * cosine) / 2
    x, y = middle
    return float(x - half_x), float(y - half_y), float(x + half_x), float(y + half_y)


def _darker(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    return round(rgb[0] * 0.75), round(rgb[1] * 0.75), round(rgb[2] * 0.75)
