"""曲线。Contour lines of a field, lines up its slope, and rounding of corners."""

from __future__ import annotations

from collections.abc import Iterable

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from fangtian.plan.sample.drainage import Floats
from fangtian.plan.sample.terrain import CELL

__all__ = ["blend", "centre_grid", "climb", "contour_lines", "contour_polygons", "rounded", "spaced_points"]


def centre_grid(shape: tuple[int, int], cell: float = CELL) -> tuple[Floats, Floats]:
    """格心坐标。x and y of the cell centres."""
    x: Floats = (np.arange(shape[1], dtype=np.float64) + 0.5) * cell
    y: Floats = (np.arange(shape[0], dtype=np.float64) + 0.5) * cell
    return x, y


def contour_lines(
    field: Floats,
    levels: Iterable[float],
    mask: NDArray[np.bool_] | None = None,
    origin: Floats | None = None,
) -> list[Floats]:
    """等值线。Lines of equal value, only where ``mask`` holds; ``origin`` shifts a window of the grid."""
    x, y = centre_grid(field.shape)
    values = field if mask is None else np.ma.array(field, mask=~mask)
    tracer = contourpy.contour_generator(x, y, values, line_type=contourpy.LineType.Separate)
    shift = np.zeros(2) if origin is None else origin
    found = (np.asarray(line) for level in levels for line in tracer.lines(level))
    return [line + shift for line in found if len(line) > 2]


def contour_polygons(field: Floats, origin: Floats | None = None) -> list[shapely.Polygon]:
    """等值面。Polygons where the field is positive (outer rings only), largest first."""
    padded = np.pad(field, 1, constant_values=min(float(field.min()), -1.0))
    shift = np.full(2, -CELL) + (0.0 if origin is None else origin)
    rings = [line for line in contour_lines(padded, [0.0], origin=shift) if len(line) > 3]
    polygons = [shapely.Polygon(ring) for ring in rings if np.array_equal(ring[0], ring[-1])]
    return sorted((p for p in polygons if p.is_valid), key=lambda p: -p.area)


def rounded(line: Floats, times: int = 2) -> Floats:
    """倒角。Chaikin's corner cutting; the ends stay."""
    for _ in range(times):
        if len(line) < 3:
            return line
        a, b = line[:-1], line[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        line = np.vstack([line[:1], cut[1:-1], line[-1:]])
    return line


def spaced_points(rng: np.random.Generator, line: Floats, near: float, far: float) -> Floats:
    """布点。Points along a line at random distances between ``near`` and ``far``."""
    step = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    count = int(along[-1] / near) + 2
    stops = np.cumsum(rng.uniform(near, far, count)) - rng.uniform(0.0, near)
    stops = stops[(stops > 0.0) & (stops < along[-1])]
    return np.column_stack([np.interp(stops, along, line[:, k]) for k in (0, 1)])


def climb(field: Floats, start: Floats, rise: Floats, limit: float) -> list[Floats]:
    """横切线。From every start follow the steepest rise of the field until it has risen by ``rise``.

    ``start`` (n, 2); ``rise`` (n,), ``limit`` the longest way in metres. The lines begin a little below
    their start and end a little above, so that they surely cross the contours at both ends.
    """
    step = 7.0
    gy, gx = np.gradient(field, CELL)
    steepness = np.hypot(gx, gy) + 1e-9
    ux, uy = gx / steepness, gy / steepness
    first = _at(field, start)
    here = start - 0.35 * step * np.column_stack([_at(ux, start), _at(uy, start)])
    tracks, alive = [here], np.ones(len(start), dtype=bool)
    last = np.zeros(len(start), dtype=np.int64)
    for number in range(1, int(limit / step)):
        move = np.column_stack([_at(ux, here), _at(uy, here)])
        here = np.where(alive[:, None], here + step * move, here)
        tracks.append(here)
        last[alive] = number
        alive &= _at(field, here) - first < rise
        if not alive.any():
            break
    reached = ~alive
    path = np.stack(tracks, axis=1)
    return [path[i, : last[i] + 1] for i in np.flatnonzero(reached)]


def blend(field: Floats, metres: float) -> Floats:
    """平滑。Gaussian smoothing of a field on the fine grid."""
    smooth: Floats = ndimage.gaussian_filter(field, metres / CELL, mode="nearest")
    return smooth


def _at(field: Floats, xy: Floats) -> Floats:
    place = [xy[:, 1] / CELL - 0.5, xy[:, 0] / CELL - 0.5]
    values: Floats = ndimage.map_coordinates(field, place, order=1, mode="nearest")
    return values
