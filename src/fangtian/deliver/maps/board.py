"""图版。The frame of a sheet as something to draw on: ground metres to paper, shapes to compound paths.

Thousands of polygons become a few paths straight from coordinate arrays. Shapes are thinned to what the
paper can show and set on a grid of 0.01 pt, which keeps a sheet of 50,000 parcels small and fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray

from fangtian.deliver.drawing.typeface import POINT_MM
from fangtian.deliver.maps.paper import enlargement
from fangtian.deliver.maps.sheet import Canvas, Layout

__all__ = ["Board"]

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

THINNED_MM = 0.02
GRID_PT = 0.01
VERTICES = 40_000
"""Vertices of one path; matplotlib's rasteriser refuses paths of some hundred thousand."""


@dataclass(frozen=True)
class Board:
    """图版。A canvas with its layout."""

    canvas: Canvas
    layout: Layout

    @property
    def size(self) -> float:
        """字号系数。Letters grow a little with the paper: 1 on A3."""
        return enlargement(self.layout.paper)

    def visible(self, shapes: Shapes) -> Shapes:
        """图内图形。Those that touch the frame, thinned to the paper's resolution; the rest left out."""
        present = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        west, south, east, north = shapely.bounds(present).T if len(present) else np.empty((4, 0))
        x0, y0, x1, y1 = self.layout.ground
        near = present[(east >= x0) & (west <= x1) & (north >= y0) & (south <= y1)]
        thin = shapely.simplify(near, self.layout.metres(THINNED_MM), preserve_topology=False)
        kept: Shapes = thin[~shapely.is_empty(thin)]
        return kept

    def rough(self, shapes: Shapes, mm: float = 0.1) -> Shapes:
        """概略图形。As fine as some tenths of a millimetre on paper, and valid."""
        thin = shapely.simplify(shapes, self.layout.metres(mm), preserve_topology=False)
        return np.asarray(shapely.make_valid(thin, method="structure"))

    def areas(self, shapes: Shapes) -> Iterator[Path]:
        """面路径。Polygons as compound paths, shells one way round and holes the other, a chunk at a time."""
        parts = shapely.get_parts(self.visible(shapes))
        parts = shapely.orient_polygons(parts[shapely.get_type_id(parts) == 3])
        for chunk in _chunks(parts):
            rings = shapely.get_rings(chunk)
            path = self._path(rings, closed=True)
            if path is not None:
                yield path

    def lines(self, shapes: Shapes) -> Iterator[Path]:
        """线路径。Lines, or the outlines of polygons, as compound paths."""
        parts = shapely.get_parts(self.visible(shapes))
        polygons = shapely.get_type_id(parts) == 3
        rings = np.concatenate([shapely.get_rings(parts[polygons]), parts[~polygons]])
        for chunk in _chunks(rings):
            path = self._path(chunk, closed=False)
            if path is not None:
                yield path

    def clip(self, shape: Any) -> Path | None:
        """裁剪路径。The outline that something is drawn within; None for an empty one."""
        return next(self.areas(np.array([shape], dtype=object)), None)

    def _path(self, lines: Shapes, *, closed: bool) -> Path | None:
        """One path of many rings or lines: positions snapped, repeated ones dropped."""
        points, owner = shapely.get_coordinates(lines, return_index=True)
        points = self._snapped(points)
        fresh = np.ones(len(points), dtype=bool)
        fresh[1:] = (owner[1:] != owner[:-1]) | (points[1:] != points[:-1]).any(axis=1)
        length = np.bincount(owner[fresh], minlength=len(lines))
        kept = fresh & (length[owner] >= (4 if closed else 2))
        points, owner = points[kept], owner[kept]
        if not len(points):
            return None
        codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
        first = np.ones(len(points), dtype=bool)
        first[1:] = owner[1:] != owner[:-1]
        codes[first] = Path.MOVETO
        if closed:
            codes[np.roll(first, -1)] = Path.CLOSEPOLY
        return Path(points, codes)

    def _snapped(self, points: Floats) -> Floats:
        """On the grid of the paper, so that a PDF says 12.34 and not 12.345678."""
        left, bottom = self.layout.frame_mm[0] / POINT_MM, self.layout.frame_mm[1] / POINT_MM
        step = self.layout.metres(POINT_MM)
        corner = np.array([self.layout.ground[0], self.layout.ground[1]])
        offset = np.array([left, bottom])
        on_paper = np.round((points - corner) / step + offset, round(-np.log10(GRID_PT)))
        snapped: Floats = (on_paper - offset) * step + corner
        return snapped


def _chunks(shapes: Shapes) -> Iterator[Shapes]:
    """Runs of whole shapes of at most so many vertices together."""
    if len(shapes):
        group = np.cumsum(shapely.get_num_coordinates(shapes)) // VERTICES
        yield from np.split(shapes, np.flatnonzero(np.diff(group)) + 1)
