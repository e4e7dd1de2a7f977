"""晕渲图。A picture under the map, stretched to pixels a band at a time.

matplotlib stretches a whole picture at once, as several arrays of floats: four gigabytes for a sheet of A0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from fangtian.deliver.maps.paper import Box

__all__ = ["BandedImage"]

BAND = 512


class BandedImage(AxesImage):
    """分带图像。RGBA cells over a box of the ground, the first row in the north; PDF keeps the cells."""

    def __init__(self, axes: Axes, cells: NDArray[np.uint8], box: Box, zorder: float) -> None:
        extent = (box[0], box[2], box[1], box[3])
        super().__init__(axes, origin="upper", extent=extent, interpolation="none", zorder=zorder)
        self.set_data(cells)
        self.cells, self.box = cells, box

    def draw(self, renderer: RendererBase) -> None:
        """绘制。The nearest cell for every pixel."""
        axes = self.axes
        if renderer.option_scale_image() or axes is None:
            super().draw(renderer)
            return
        x0, y0 = axes.transData.transform((self.box[0], self.box[1])).tolist()
        x1, y1 = axes.transData.transform((self.box[2], self.box[3])).tolist()
        left, columns = _nearest((x0, x1), self.cells.shape[1])
        foot, rows = _nearest((y0, y1), self.cells.shape[0])
        gc: Any = renderer.new_gc()
        self._set_gc_clip(gc)  # type: ignore[attr-defined]  # matplotlib's own, for artists
        south_first = self.cells[::-1]
        for start in range(0, len(rows), BAND):
            band = south_first[np.ix_(rows[start : start + BAND], columns)]
            renderer.draw_image(gc, left, foot + start, np.ascontiguousarray(band))
        gc.restore()
        self.stale = False


def _nearest(span: tuple[float, float], count: int) -> tuple[int, NDArray[np.intp]]:
    """First pixel of a span, and the cell that lies at the middle of every pixel."""
    first, last = round(span[0]), round(span[1])
    middles = (np.arange(first, last) + 0.5 - span[0]) / (span[1] - span[0]) * count
    return first, np.clip(middles.astype(np.intp), 0, count - 1)
