"""面状要素。Polygons of one look in one stroke: fill, hatch, tint and outline."""

from __future__ import annotations

from math import sqrt

import shapely
from matplotlib.patches import PathPatch

from fangtian.deliver.drawing.typeface import POINT_MM
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.pen import dashes, ink
from fangtian.deliver.maps.sheet import LegendItem, Rgb
from fangtian.deliver.maps.strata import Order, Shapes, Stratum, shapes_of

__all__ = ["fill", "halo_band"]

HATCH_PT = 0.35
ROOMY_MM2, LIGHTEST = 4.0, 0.4
"""Mean size on paper from which parcels have borders of full weight; what is left of it at the least."""


def fill(board: Board, stratum: Stratum) -> None:
    """填绘。A stratum of polygons as its legend item says."""
    item = stratum.item
    lightness = _lightness(board, stratum)
    width = item.width_mm * lightness
    alpha = 1.0 if item.hatch else lightness
    for path in board.areas(stratum.geometry):
        patch = PathPatch(path, zorder=stratum.order)
        patch.set_facecolor(ink(item.face, item.alpha) if item.face else "none")
        patch.set_capstyle("round")
        patch.set_joinstyle("round")
        edged = stratum.edges and item.edge is not None and width > 0
        patch.set_linewidth(width / POINT_MM if edged else 0.0)
        patch.set_edgecolor(ink(item.edge, alpha) if item.edge and (edged or item.hatch) else "none")
        if item.hatch:
            patch.set_hatch(item.hatch)
            patch.set_hatch_linewidth(HATCH_PT)
        if edged:
            patch.set_linestyle(dashes(item.dash, width))
        board.canvas.axes.add_artist(patch)


def _lightness(board: Board, stratum: Stratum) -> float:
    """How heavy borders of parcels are drawn: where they lie close, full lines would hide what they bound."""
    if stratum.order not in (Order.FILL, Order.OVERLAY):
        return 1.0
    mean = float(shapely.area(stratum.geometry).mean()) / board.layout.metres(1.0) ** 2
    return min(1.0, max(LIGHTEST, sqrt(mean / ROOMY_MM2)))


def halo_band(board: Board, shapes: Shapes, band: tuple[Rgb, float], order: float) -> None:
    """色带。A soft band along the outside of an area, as administrative maps have it."""
    rgb, width = band
    shape = shapely.union_all(board.rough(shapes))
    for share, alpha in ((1.0, 0.45), (0.5, 0.6)):
        wide = shapely.buffer(shape, board.layout.metres(width * share * board.size))
        ring = shapely.difference(wide, shape)
        item = LegendItem("", "fill", face=rgb, alpha=alpha)
        fill(board, Stratum(item, shapes_of(ring), order, edges=False))
