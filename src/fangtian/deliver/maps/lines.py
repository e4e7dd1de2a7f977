"""线状要素。Boundaries and zone lines: drawn once where two areas share them, dashes unbroken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from matplotlib.patches import PathPatch

from fangtian.deliver.drawing.typeface import POINT_MM
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.pen import dashes, ink
from fangtian.deliver.maps.sheet import Rgb
from fangtian.deliver.maps.strata import Shapes, Stratum, shapes_of

__all__ = ["outline", "shared_lines"]

WHITE: Rgb = (255, 255, 255)
ALONG = 6.0
"""Grains."""
RING_PERIODS, THIN, FINE_MM = 2.0, 0.5, 0.2
"""A ring shorter than so many repeats of the dashes is drawn solid, so much as wide but not too fine."""


def outline(board: Board, stratum: Stratum) -> None:
    """描线。A stratum of lines as its legend item says."""
    if not stratum.item.dash:
        _line(board, stratum)
        return
    lines, rings = _legible(board, stratum)
    _line(board, replace(stratum, geometry=lines))
    width = max(stratum.item.width_mm * THIN, min(stratum.item.width_mm, FINE_MM))
    solid = replace(stratum.item, dash=(), width_mm=width)
    _line(board, replace(stratum, geometry=rings, item=solid))


def _line(board: Board, stratum: Stratum) -> None:
    item = stratum.item
    if stratum.casing:
        _stroke(board, stratum, WHITE, item.width_mm + 2 * stratum.casing)
    _stroke(board, stratum, item.edge or (0, 0, 0), item.width_mm, dash=item.dash)


def _legible(board: Board, stratum: Stratum) -> tuple[Shapes, Shapes]:
    """Lines that can be dashed; rings so short that dashes would run into a blot.

    Gaps of an area that are narrower than its line, where both sides would run into one, are bridged.
    """
    item = stratum.item
    shapes = stratum.geometry
    areas = shapely.get_dimensions(shapes) == 2
    if areas.any() and item.width_mm > 0:
        half = board.layout.metres(item.width_mm) / 2
        wide = shapely.buffer(shapely.union_all(board.rough(shapes[areas])), half, quad_segs=4)
        bridged = shapely.buffer(wide, -half, quad_segs=4)
        shapes = np.concatenate([shapes[~areas], shapes_of(*shapely.get_parts(bridged))])
    parts = shapely.get_parts(shapes)
    polygons = shapely.get_type_id(parts) == 3
    lines = np.concatenate([shapely.get_rings(parts[polygons]), parts[~polygons]])
    short = shapely.length(lines) < board.layout.metres(RING_PERIODS * sum(item.dash))
    closed = shapely.is_closed(lines)
    return lines[~(short & closed)], lines[short & closed]


def _stroke(board: Board, stratum: Stratum, rgb: Rgb, width: float, dash: tuple[float, ...] = ()) -> None:
    casing = width > stratum.item.width_mm
    for path in board.lines(stratum.geometry):
        patch = PathPatch(path, fill=False, zorder=stratum.order - (0.1 if casing else 0.0))
        patch.set_edgecolor(ink(rgb, 0.75 if casing else stratum.item.alpha))
        patch.set_linewidth(width / POINT_MM)
        patch.set_joinstyle("round")
        patch.set_capstyle("butt" if dash else "round")
        patch.set_linestyle(dashes(dash, width))
        board.canvas.axes.add_artist(patch)


def shared_lines(shapes: Shapes, grain: float, without: Any = None) -> Shapes:
    """公共界线。Outlines of neighbouring areas, each stretch once; those along ``without`` left out.

    ``grain`` in metres: how fine the lines are kept, and how near they must run to count as lying along. Two
    dashed lines on top of each other would fill each other's gaps.
    """
    if not len(shapes):
        return shapes_of()
    lines = _thin(shapely.line_merge(shapely.union_all(shapely.boundary(shapes))), grain)
    if without is not None:
        edge = _thin(shapely.boundary(without), grain)
        lines = shapely.difference(lines, shapely.buffer(edge, ALONG * grain, quad_segs=2))
    return shapes_of(shapely.line_merge(lines))


def _thin(lines: Any, grain: float) -> Any:
    return shapely.simplify(lines, grain, preserve_topology=False)
