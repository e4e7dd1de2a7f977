"""修补图形。Single shapes put right: a corner moved or taken out, ground cut off or added."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.flaws import spikes
from fangtian.geo.surfaces import polygons_only

__all__ = ["Blunt", "blunted", "clipped", "joined", "moved", "near_origin", "shared_m"]

Floats = NDArray[np.float64]
_CRUMB_M2 = 1e-6
_TOUCH_M = 1e-4
_NOISE_M = 1e-6
_TRIANGLE = 3
_LONGEST_TAIL = 32
"""Corners; what is thin for longer is no spike but a strip."""


def near_origin(shapes: NDArray[Any], origin: Floats) -> NDArray[Any]:
    """移近原点。Each shape moved by its own (n, 2) ``origin``; whole metres lose no digit of a coordinate.

    Crossings are found to 1e-9 m there, not to 1e-5.

    >>> near_origin(shapely.points([[5.0, 7.0], [6.0, 9.0]]), np.array([[5.0, 7.0], [5.0, 7.0]]))
    array([<POINT (0 0)>, <POINT (1 2)>], dtype=object)
    """
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(shapely.set_coordinates(shapes.copy(), xy - origin[owner]), dtype=object)


def moved(shape: Any, place: Floats, target: Floats) -> Any:
    """移点。The shape with a corner moved; None if it collapses.

    >>> moved(shapely.box(0, 0, 1, 1), np.array([1.0, 1.0]), np.array([2.0, 1.0])).area
    1.5
    """
    xy = shapely.get_coordinates(shape)
    xy[(xy == place).all(axis=1)] = target
    return _unrepeated(shapely.transform(shape, lambda _: xy))


class Blunt(NamedTuple):
    """去刺结果。The shape without its spike, and the ground of the spike."""

    shape: Any
    ground: Any


def blunted(shape: Any, tip: Floats) -> Blunt | None:
    """去刺。The shape without the corner at ``tip``, nor those behind it for as long as they make a new tip.

    None if the ring collapses: a part that is a spike throughout has no body to keep.

    >>> pin = shapely.Polygon([(0, 0), (4, 0), (4, 2), (9, 2.01), (4, 2.02), (4, 4), (0, 4)])
    >>> rest, ground = blunted(pin, np.array([9.0, 2.01]))
    >>> rest.area, round(ground.area, 4)
    (16.0, 0.05)
    """
    xy, number = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    here = np.flatnonzero((xy == tip).all(axis=1))
    if not len(here):
        return None
    first, end = np.searchsorted(number, number[here[0]] + np.array([0, 1]))
    ring = np.roll(xy[first : end - 1], first - here[0], axis=0)  # from the tip on, each corner once
    low, high = _body(ring)
    if high - low < _TRIANGLE or len(ring) - high + low > _LONGEST_TAIL:
        return None
    ground = shapely.Polygon(np.concatenate([ring[high - 1 :], ring[: low + 1]]))
    ring[:low] = ring[high:] = ring[low]
    xy[first : end - 1] = np.roll(ring, here[0] - first, axis=0)
    xy[end - 1] = xy[first]
    rest = _unrepeated(shapely.transform(shape, lambda _: xy))
    return None if rest is None else Blunt(rest, ground)


def _body(ring: Floats) -> tuple[int, int]:
    """From where to where the corners stay if the first one is a tip, and so on with those next to it."""
    low, high = 1, len(ring)
    while high - low >= _TRIANGLE and len(ring) - high + low <= _LONGEST_TAIL:
        thin = spikes(np.array([shapely.Polygon(ring[low:high])], dtype=object))
        tips = set(map(tuple, shapely.get_coordinates(thin.geometry).tolist()))
        if tuple(ring[low].tolist()) in tips:
            low += 1
        elif tuple(ring[high - 1].tolist()) in tips:
            high -= 1
        else:
            break
    return low, high


def clipped(shape: Any, other: Any, snap_m: float) -> Any:
    """裁去。The shape less the other; new corners that would just miss an old one are put on it.

    >>> clipped(shapely.box(0, 0, 4, 2), shapely.box(3, -1, 9, 3), 0.001).area
    6.0
    """
    origin = np.floor(shapely.bounds(other)[:2])
    here, there = near_origin(np.array([shape, other], dtype=object), np.array([origin, origin]))
    rest = _solid(shapely.difference(here, there))
    old = np.concatenate([shapely.get_coordinates(here), shapely.get_coordinates(there)])
    return _back(_on_corners(rest, old, snap_m), origin)


def joined(shape: Any, ground: Any) -> Any:
    """并入。The shape with ground beside it; both get each other's corners first, so that no hair stays open.

    >>> joined(shapely.box(0, 0, 4, 2), shapely.box(4, 0, 5, 2)).area
    10.0
    """
    origin = np.floor(shapely.bounds(ground)[:2])
    here, there = near_origin(np.array([shape, ground], dtype=object), np.array([origin, origin]))
    there = shapely.snap(there, here, _NOISE_M)
    here = shapely.snap(here, there, _NOISE_M)
    if not (here.is_valid and there.is_valid):
        return shapely.Polygon()
    return _back(_solid(shapely.union(here, there)), origin)


def shared_m(ground: NDArray[Any], shapes: NDArray[Any]) -> Floats:
    """公共边长。Length of the border of each ground that lies along its shape, up to rounding.

    >>> shared_m(np.array([shapely.box(0, 0, 1, 3)]), np.array([shapely.box(1, 1, 5, 9)])).round(2)
    array([2.])
    """
    west, south, east, north = shapely.bounds(ground).T
    window = shapely.box(west - 1, south - 1, east + 1, north + 1)
    beside = shapely.intersection(shapes, window)
    along = shapely.intersection(shapely.boundary(ground), shapely.buffer(beside, _TOUCH_M))
    return np.asarray(shapely.length(along))


def _unrepeated(shape: Any) -> Any:
    try:
        return shapely.remove_repeated_points(shape)
    except shapely.GEOSException:  # fewer than three corners are left
        return None


def _back(shape: Any, origin: Floats) -> Any:
    return _unrepeated(shapely.transform(shape, lambda xy: xy + origin))


def _solid(shape: Any) -> Any:
    """Polygons without the holes and parts of a square millimetre that floating point leaves over."""
    kept = []
    for part in shapely.get_parts(polygons_only(np.array([shape], dtype=object))[0]):
        holes = [ring for ring in part.interiors if shapely.Polygon(ring).area > _CRUMB_M2]
        if part.area > _CRUMB_M2:
            kept.append(part if len(holes) == len(part.interiors) else shapely.Polygon(part.exterior, holes))
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _on_corners(shape: Any, old: Floats, within_m: float) -> Any:
    """New corners within reach of an old one are moved onto it."""
    xy = shapely.get_coordinates(shape)
    known = set(map(tuple, old.tolist()))
    fresh = [k for k, place in enumerate(map(tuple, xy.tolist())) if place not in known]
    if not fresh:
        return shape
    away = np.hypot(*(xy[fresh][:, None] - old[None]).transpose(2, 0, 1))
    near = away.min(axis=1) <= within_m
    xy[np.array(fresh)[near]] = old[away.argmin(axis=1)[near]]
    return shapely.transform(shape, lambda _: xy) if near.any() else shape
