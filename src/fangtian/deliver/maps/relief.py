"""地形。Soft hillshade and contour lines from an elevation model; slope classes where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import contourpy
import numpy as np
import shapely
from matplotlib.patches import PathPatch
from numpy.typing import NDArray
from scipy import ndimage

from fangtian.catalog.map_style import map_styles
from fangtian.deliver.drawing.typeface import POINT_MM
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.pen import ink
from fangtian.deliver.maps.shade import BandedImage
from fangtian.deliver.maps.sheet import Box, LegendItem
from fangtian.deliver.maps.strata import Order, shapes_of

if TYPE_CHECKING:
    from fangtian.formats.raster import Elevation

__all__ = ["Contour", "contour_interval", "contour_symbol", "contours", "draw_contours", "hillshade"]

Floats = NDArray[np.float64]

SHADE_MM, CONTOUR_MM = 0.18, 0.6
SMOOTH_MM = 0.5
FADE_MM = 12.0
LIGHT = ((315.0, 0.6), (270.0, 0.2), (0.0, 0.2))
"""Azimuths of the light and their weights: from the north-west, as maps have it."""
ALTITUDE = 45.0
STEEPER = 1.3
STEPS = 5
SHORTEST_MM = 5.0
INDEX = 5
"""Every fifth contour is drawn heavier and carries its height (计曲线)."""
INTERVALS = ((2_000, 2), (5_000, 5), (10_000, 10), (25_000, 20), (50_000, 40), (100_000, 100), (250_000, 200))


@dataclass(frozen=True)
class Contour:
    """等高线。One height and its lines; ``index`` for the heavier ones."""

    height: int
    lines: NDArray[Any]
    index: bool


def contour_interval(scale: int) -> int:
    """等高距。Metres between contours: twice that of a topographic map, since land use lies beneath.

    >>> contour_interval(25_000)
    20
    """
    return next((metres for limit, metres in INTERVALS if scale <= limit), 500)


def contour_symbol() -> LegendItem:
    """等高线符号。As catalogued."""
    style = map_styles()["等高线"]
    return LegendItem("等高线（高程：米）", "line", edge=style.line, width_mm=float(style.width_mm or 0.1))


def hillshade(board: Board, elevation: Elevation, ground: Any, strength: float) -> None:
    """晕渲。Shade the ground: dark away from the light, a little white towards it, level land clear."""
    box = _common(board.layout.ground, elevation.box, ground)
    clip = board.clip(ground)
    if box is None or clip is None:
        return
    heights, cell = _resampled(board, elevation, box, SHADE_MM * board.size)
    tone = _tone(heights, cell)
    alpha = np.clip(np.where(tone < 0, -tone * strength, tone * strength * 0.6), 0.0, 0.75)
    alpha *= _taper(np.isfinite(heights), FADE_MM / SHADE_MM, _ends(box, elevation.box))
    levels = np.nan_to_num(np.round(alpha * 255 / STEPS) * STEPS)
    image = np.zeros((*tone.shape, 4), dtype=np.uint8)
    image[..., :3] = np.where(tone > 0, 255, 0)[..., None]
    image[..., 3] = levels.astype(np.uint8)
    axes = board.canvas.axes
    shown = BandedImage(axes, image, box, Order.SHADE)
    shown.set_clip_path(clip, axes.transData)
    axes.add_artist(shown)


def contours(board: Board, elevation: Elevation, ground: Any) -> tuple[Contour, ...]:
    """等高线。Lines within ``ground``, smooth at the scale of the sheet, short rings left out."""
    box = _common(board.layout.ground, elevation.box, ground)
    if box is None:
        return ()
    heights, cell = _resampled(board, elevation, box, CONTOUR_MM)
    x = box[0] + (np.arange(heights.shape[1]) + 0.5) * cell
    y = box[3] - (np.arange(heights.shape[0]) + 0.5) * cell
    generator = contourpy.contour_generator(x, y, np.ma.masked_invalid(heights))
    within = shapely.union_all(board.rough(shapes_of(ground)))
    shapely.prepare(within)
    return tuple(_levels(board, generator, heights, within))


def draw_contours(board: Board, found: tuple[Contour, ...]) -> None:
    """绘等高线。Index contours twice as heavy."""
    symbol = contour_symbol()
    for heavy in (False, True):
        lines = [contour.lines for contour in found if contour.index == heavy]
        for path in board.lines(np.concatenate(lines)) if lines else ():
            width = symbol.width_mm * (2.0 if heavy else 1.0)
            patch = PathPatch(
                path, fill=False, zorder=Order.CONTOUR, edgecolor=ink(symbol.edge or (0, 0, 0), 0.8)
            )
            patch.set_linewidth(width / POINT_MM)
            board.canvas.axes.add_artist(patch)


def _levels(board: Board, generator: Any, heights: Floats, within: Any) -> Iterator[Contour]:
    interval = contour_interval(board.layout.scale)
    if not np.isfinite(heights).any():
        return
    first, last = (int(np.floor(f(heights) / interval)) for f in (np.nanmin, np.nanmax))
    for number in range(first + 1, last + 1):
        lines = [shapely.linestrings(points) for points in generator.lines(float(number * interval))]
        if lines:
            cut = shapely.get_parts(shapely.intersection(np.array(lines, dtype=object), within))
            cut = cut[shapely.get_type_id(cut) == 1]
            kept = cut[shapely.length(cut) >= board.layout.metres(SHORTEST_MM)]
            if len(kept):
                yield Contour(number * interval, kept, number % INDEX == 0)


def _common(frame: Box, model: Box, ground: Any) -> Box | None:
    """Where frame, model and ground have something in common."""
    if ground.is_empty:
        return None
    around = shapely.bounds(ground)
    west, south = (max(frame[i], model[i], float(around[i])) for i in (0, 1))
    east, north = (min(frame[i], model[i], float(around[i])) for i in (2, 3))
    return (west, south, east, north) if west < east and south < north else None


def _resampled(board: Board, elevation: Elevation, box: Box, cell_mm: float) -> tuple[Floats, float]:
    """Heights on a grid of the paper, smoothed so that what the paper cannot show does not flicker."""
    cell = board.layout.metres(cell_mm)
    rows, cols = (max(2, int((box[i + 2] - box[i]) / cell)) for i in (1, 0))
    heights = elevation.heights.astype(np.float64)
    missing = ~np.isfinite(heights)
    if missing.any():
        near = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
        heights = heights[tuple(near)]
    heights = ndimage.gaussian_filter(heights, board.layout.metres(SMOOTH_MM) / elevation.cell)
    y = (elevation.north - (box[3] - (np.arange(rows) + 0.5) * cell)) / elevation.cell - 0.5
    x = ((box[0] + (np.arange(cols) + 0.5) * cell) - elevation.west) / elevation.cell - 0.5
    grid = np.meshgrid(y, x, indexing="ij")
    smooth = 3 if elevation.cell > cell else 1  # straight between coarse heights, every cell would show
    finer = ndimage.map_coordinates(heights, grid, order=smooth, mode="nearest")
    blank = ndimage.map_coordinates(missing.astype(np.float32), grid, order=1, mode="nearest") > 0.5
    finer[blank] = np.nan
    return finer, cell


def _tone(heights: Floats, cell: float) -> Floats:
    """−1 dark … 1 light, 0 for level ground."""
    rise_y, rise_x = np.gradient(heights, cell)
    rise_y, rise_x = -rise_y * STEEPER, rise_x * STEEPER  # rows run south
    sine, cosine = np.sin(np.radians(ALTITUDE)), np.cos(np.radians(ALTITUDE))
    length = np.sqrt(1.0 + rise_x**2 + rise_y**2)
    light = np.zeros_like(heights)
    for azimuth, weight in LIGHT:
        east, north = np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))
        light += weight * (sine - cosine * (rise_x * east + rise_y * north)) / length
    tone: Floats = np.clip(light - sine, -1.0, 1.0)
    return tone


def _ends(box: Box, model: Box) -> tuple[bool, bool, bool, bool]:
    """On which sides (west, south, east, north) a box ends because the model does."""
    west, south, east, north = (abs(box[i] - model[i]) < 1e-6 for i in range(4))
    return west, south, east, north


def _taper(known: NDArray[np.bool_], cells: float, ends: tuple[bool, bool, bool, bool]) -> Floats:
    """From 1 to 0 towards the end of the data, so that the model does not end in an edge of its own."""
    if known.all() and not any(ends):
        return np.ones(known.shape)
    west, south, east, north = ends
    padded = np.pad(known, 1, constant_values=True)
    padded[:, 0] &= not west
    padded[-1] &= not south
    padded[:, -1] &= not east
    padded[0] &= not north
    distance = ndimage.distance_transform_edt(padded)[1:-1, 1:-1]
    faded: Floats = np.clip(distance / cells, 0.0, 1.0) ** 2
    return faded
