"""占位格网。Which places of a map frame are written on already, as a grid of small cells on the paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fangtian.deliver.maps.sheet import Box, Layout

__all__ = ["CELL_MM", "Occupancy", "window_sums"]

Mask = NDArray[np.bool_]
CELL_MM = 0.25


class Occupancy:
    """占位格网。``taken`` cells hold letters or furniture; ``crowd`` counts what had better stay uncovered.

    Rows run from the foot of the frame upwards; cells are 0.25 mm on A3, larger on larger paper.
    """

    def __init__(self, layout: Layout, k: float) -> None:
        self.layout = layout
        self.cell = CELL_MM * k
        x0, y0, x1, y1 = layout.frame_mm
        self.shape = (int((y1 - y0) / self.cell), int((x1 - x0) / self.cell))
        self.taken: Mask = np.zeros(self.shape, dtype=bool)
        self.crowd: NDArray[np.int32] = np.zeros(self.shape, dtype=np.int32)
        for box in layout.reserved:
            corner, far = layout.to_paper(box[0], box[1]), layout.to_paper(box[2], box[3])
            self.take((corner[0], corner[1], far[0], far[1]))

    def cells(self, box: Box) -> tuple[slice, slice]:
        """格网窗口。Every cell that a box in mm touches, as far as the frame goes."""
        left, bottom = self.layout.frame_mm[:2]
        first_col, first_row = (
            np.floor((box[i] - o) / self.cell + 1e-6) for i, o in ((0, left), (1, bottom))
        )
        last_col, last_row = (np.ceil((box[i] - o) / self.cell - 1e-6) for i, o in ((2, left), (3, bottom)))
        rows, cols = self.shape
        return (
            slice(int(np.clip(first_row, 0, rows)), int(np.clip(last_row, 0, rows))),
            slice(int(np.clip(first_col, 0, cols)), int(np.clip(last_col, 0, cols))),
        )

    def within(self, box: Box) -> bool:
        """是否在图廓内。Whether a box lies wholly in the frame."""
        x0, y0, x1, y1 = self.layout.frame_mm
        return box[0] >= x0 and box[1] >= y0 and box[2] <= x1 and box[3] <= y1

    def free(self, box: Box) -> bool:
        """是否空闲。Whether a label may stand there."""
        return self.within(box) and not bool(self.taken[self.cells(box)].any())

    def take(self, box: Box) -> None:
        """占用。Nothing else may stand there from now on."""
        self.taken[self.cells(box)] = True

    def along(
        self, start: tuple[float, float], end: tuple[float, float]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """沿线格网。Cells under a straight line between two points in mm."""
        steps = max(2, int(np.hypot(end[0] - start[0], end[1] - start[1]) / self.cell * 2))
        t = np.linspace(0.0, 1.0, steps)
        left, bottom = self.layout.frame_mm[:2]
        cols = ((start[0] + (end[0] - start[0]) * t - left) / self.cell).astype(int)
        rows = ((start[1] + (end[1] - start[1]) * t - bottom) / self.cell).astype(int)
        return np.clip(rows, 0, self.shape[0] - 1), np.clip(cols, 0, self.shape[1] - 1)

    def crossed(self, starts: NDArray[np.float64], end: tuple[float, float]) -> NDArray[np.int64]:
        """压盖计数。How many taken cells a straight line from each start (n, 2) to one end runs through."""
        length = np.hypot(*(starts - np.array(end)).T).max(initial=0.0)
        t = np.linspace(0.0, 1.0, max(2, int(length / self.cell)))
        corner = np.array(self.layout.frame_mm[:2])
        cells = (
            (starts[:, None, :] + (np.array(end) - starts)[:, None, :] * t[:, None] - corner) / self.cell
        ).astype(int)
        rows, cols = (
            np.clip(cells[..., 1], 0, self.shape[0] - 1),
            np.clip(cells[..., 0], 0, self.shape[1] - 1),
        )
        # A short line is sampled more densely than a cell, so hits count for their share of its length.
        share = np.hypot(*(starts - np.array(end)).T) / max(length, 1e-9)
        hits: NDArray[np.int64] = np.ceil(self.taken[rows, cols].sum(axis=1) * share).astype(np.int64)
        return hits

    def covered(self, shapes: NDArray[Any], numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        """落格。The grid with the number of the polygon that each cell lies in, 0 for none.

        Larger polygons are drawn first and their holes cleared, so that islands keep their own number.
        """
        parts, owner = shapely.get_parts(shapes, return_index=True)
        order = np.argsort(-shapely.area(shapely.envelope(parts)), kind="stable")
        image = Image.new("I", (self.shape[1], self.shape[0]), 0)
        pencil = ImageDraw.Draw(image)
        for row in order:
            rings = shapely.get_rings(parts[row])
            for place, ring in enumerate(rings):
                points = self._grid_points(ring)
                if len(points) >= 6:
                    pencil.polygon(points, fill=int(numbers[owner[row]]) if place == 0 else 0)
        return np.asarray(image, dtype=np.int32)

    def _grid_points(self, ring: Any) -> list[float]:
        points = shapely.get_coordinates(ring)
        metre = self.layout.metres(self.cell)
        grid = (points - np.array(self.layout.ground[:2])) / metre - 0.5
        flat: list[float] = grid.ravel().tolist()
        return flat


def window_sums(cells: NDArray[Any], rows: int, cols: int) -> NDArray[np.int64]:
    """窗口求和。Sum of every window of that many rows and columns, by its first cell.

    >>> window_sums(np.eye(3, dtype=bool), 2, 2).tolist()
    [[2, 1], [1, 2]]
    """
    high, wide = cells.shape
    if rows > high or cols > wide:
        return np.empty((0, 0), dtype=np.int64)
    total = np.zeros((high + 1, wide + 1), dtype=np.int64)
    np.cumsum(np.cumsum(cells, axis=0, dtype=np.int64), axis=1, out=total[1:, 1:])
    sums: NDArray[np.int64] = (
        total[rows:, cols:] - total[:-rows, cols:] - total[rows:, :-cols] + total[:-rows, :-cols]
    )
    return sums
