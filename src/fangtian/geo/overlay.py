"""叠加分析。Cut base polygons by zones: every piece knows its polygon and the zones it lies in.

Pairs are found with an STRtree; prepared predicates settle nearly all of them (a parcel inside a village, a
parcel that only touches it), and GEOS intersects only those that truly cross. Prepared geometries must not
be shared between threads: one overlay runs in one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from fangtian.errors import BalanceError
from fangtian.geo.area import ellipsoidal_areas
from fangtian.geo.crs import Crs
from fangtian.geo.surfaces import collected, minus, polygons_only

__all__ = ["CRUMB_M2", "OUTSIDE", "Balance", "Mosaic", "Zone", "overlay"]

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

OUTSIDE = -1
"""Zone row of a piece that lies in no polygon of the zone layer."""
CRUMB_M2 = 1e-4
"""A cut that takes off less than 1 cm² is no cut: two copies of one border differ in the last digit."""
_TOLERANCE_M2 = 0.01
_TOLERANCE_PER_M = 1e-4


@dataclass(frozen=True)
class Zone:
    """分区图层。Polygons to cut by.

    ``ids`` None: a set, its polygons count as one (a piece gets 0 or -1). With ``ids`` (n,) each polygon is
    told apart (a piece gets its row or -1) and polygons must not overlap each other.
    """

    name: str
    geometry: NDArray[Any]
    ids: NDArray[Any] | None = None


@dataclass(frozen=True)
class Balance:
    """面积闭合。What went in and what came out, ellipsoidal m², and the base polygon that closes worst."""

    name: str
    inside_m2: float
    outside_m2: float
    worst_m2: float
    worst_row: int
    tolerance_m2: float


@dataclass(frozen=True)
class Mosaic:
    """叠加结果。``n`` pieces ordered by base row; ``zones`` name -> row of the zone polygon or -1.

    There is one piece per base polygon and combination of zones; a piece may have several parts.
    """

    base: Rows
    zones: dict[str, Rows]
    geometry: NDArray[Any]
    area_m2: Floats
    balance: Balance

    def __len__(self) -> int:
        return len(self.base)


@dataclass(frozen=True)
class _Cut:
    """One layer's cut: piece row it came from, zone row, shape."""

    piece: Rows
    zone: Rows
    geometry: NDArray[Any]


def overlay(
    base: NDArray[Any], zones: Sequence[Zone], crs: Crs, progress: Callable[[str], None] | None = None
) -> Mosaic:
    """叠加。Cut every base polygon by every zone; what no zone covers stays as a piece of its own.

    ``base`` (n,) valid polygons in the coordinates of ``crs``, a plane system in metres; missing, empty and
    zero-area ones come back as one piece outside every zone. The pieces of a base polygon add up to it, up
    to crumbs under :data:`CRUMB_M2`. Raises :class:`BalanceError` naming the row if they do not, or if zone
    polygons that are told apart overlap inside it.

    >>> from fangtian.geo.crs import crs_of
    >>> fields = shapely.box([500_000, 500_100], 3_900_000, [500_100, 500_200], 3_900_100)
    >>> village = Zone("village", shapely.box([499_000], 3_899_000, [500_150], 3_901_000), np.array(["A"]))
    >>> mosaic = overlay(fields, [village], crs_of(4544))
    >>> mosaic.base, mosaic.zones["village"], mosaic.area_m2.round(2)
    (array([0, 1, 1]), array([ 0, -1,  0]), array([10000.,  5000.,  5000.]))
    """
    if crs.geographic:
        raise ValueError("crumbs and tolerances are metres: project the layers before the overlay")
    origin = np.arange(len(base), dtype=np.int64)
    shapes = base
    found: dict[str, Rows] = {}
    for zone in zones:
        if progress:
            progress(zone.name)
        try:
            cut = _cut(shapes, _polygons(zone), zone, origin)
        except GEOSException as error:
            raise BalanceError(f"与“{zone.name}”叠加时遇到无效图形，请先修复拓扑（{error}）") from error
        found = {name: rows[cut.piece] for name, rows in found.items()}
        found[zone.name] = cut.zone
        origin, shapes = origin[cut.piece], cut.geometry
    order = np.lexsort([*reversed([found[zone.name] for zone in zones]), origin])
    origin, shapes = origin[order], shapes[order]
    area, balance = _balanced(base, origin, shapes, crs)
    return Mosaic(origin, {name: rows[order] for name, rows in found.items()}, shapes, area, balance)


def _polygons(zone: Zone) -> NDArray[Any]:
    """The polygons to cut by: a set is dissolved first, so that its inner borders cut nothing."""
    shapes = np.asarray(zone.geometry, dtype=object)
    if zone.ids is None:
        solid = shapes[shapely.area(shapes) > 0]
        shapes = shapely.get_parts(shapely.union_all(solid)) if len(solid) else solid
    return shapes


def _cut(pieces: NDArray[Any], shapes: NDArray[Any], zone: Zone, origin: Rows) -> _Cut:
    """Cut all pieces by one zone layer."""
    solid = pieces.copy()
    solid[~(shapely.area(pieces) > 0)] = None
    shapely.prepare(shapes)
    by, piece = shapely.STRtree(solid).query(shapes, predicate="intersects")
    within = shapely.covers(shapes[by], solid[piece])
    crossing = np.flatnonzero(~within)
    crossing = crossing[~shapely.touches(shapes[by[crossing]], solid[piece[crossing]])]
    shapely.destroy_prepared(shapes)  # the caller may hand them to another thread
    inside = polygons_only(shapely.intersection(solid[piece[crossing]], shapes[by[crossing]]))
    real = shapely.area(inside) > CRUMB_M2
    crossing, inside = crossing[real], inside[real]
    whole = _Cut(piece[within], by[within], solid[piece[within]])
    part = _Cut(piece[crossing], by[crossing], inside)
    # A piece that one zone covers is done, though a neighbour's border may lap over it by a crumb or two.
    loose = _kept(part, ~np.isin(part.piece, whole.piece))
    rest = _remainder(solid, shapes, loose)
    if zone.ids is None:
        part = _joined(loose)
        whole = _Cut(whole.piece, np.zeros_like(whole.zone), whole.geometry)
    else:
        _require_apart(pieces, (whole, part, rest), zone, origin)
        part = loose
        # A sliver may lie in two zones that overlap within the tolerance: it goes to the first.
        whole = _kept(whole, np.unique(whole.piece, return_index=True)[1])
    untouched = np.setdiff1d(np.arange(len(pieces)), np.concatenate((whole.piece, part.piece)))
    outside = np.concatenate((untouched, rest.piece))
    return _Cut(
        np.concatenate((whole.piece, part.piece, outside)),
        np.concatenate((whole.zone, part.zone, np.full(len(outside), OUTSIDE, dtype=np.int64))),
        np.concatenate((whole.geometry, part.geometry, pieces[untouched], rest.geometry)),
    )


def _kept(cut: _Cut, rows: NDArray[np.bool_] | Rows) -> _Cut:
    return _Cut(cut.piece[rows], cut.zone[rows], cut.geometry[rows])


def _remainder(pieces: NDArray[Any], shapes: NDArray[Any], part: _Cut) -> _Cut:
    """What stays of each crossed piece when all its crossing zones are taken off.

    Ground that two zones hold hides as much that none holds: without it the areas would seem to close.
    """
    rows, position, count = np.unique(part.piece, return_inverse=True, return_counts=True)
    left = shapely.area(pieces[rows]) - np.bincount(position, weights=shapely.area(part.geometry))
    doubtful = (left <= CRUMB_M2) & (count > 1)
    twice = _held_twice(part.geometry[doubtful[position]], position[doubtful[position]], len(rows))
    open_ = left + twice > CRUMB_M2
    compact = np.cumsum(open_) - 1
    cut = open_[position]
    rest = minus(pieces[rows[open_]], compact[position[cut]], shapes[part.zone[cut]])
    keep = shapely.area(rest) > CRUMB_M2
    return _Cut(rows[open_][keep], np.full(int(keep.sum()), OUTSIDE, dtype=np.int64), rest[keep])


def _held_twice(geometry: NDArray[Any], position: Rows, count: int) -> Floats:
    """What parts of one piece have in common, (count,) m²; parts that only share a border cost little."""
    first, second = shapely.STRtree(geometry).query(geometry)
    pair = (first < second) & (position[first] == position[second])
    first, second = first[pair], second[pair]
    west, south, east, north = shapely.bounds(geometry).reshape(-1, 4).T
    width = np.minimum(east[first], east[second]) - np.maximum(west[first], west[second])
    height = np.minimum(north[first], north[second]) - np.maximum(south[first], south[second])
    wide = width * height > CRUMB_M2
    first, second = first[wide], second[wide]
    apart = shapely.touches(geometry[first], geometry[second])
    first, second = first[~apart], second[~apart]
    common = shapely.area(shapely.intersection(geometry[first], geometry[second]))
    return np.bincount(position[first], common, count).astype(np.float64)


def _joined(part: _Cut) -> _Cut:
    """Pieces of a set: parts of one base piece in different polygons of the set become one."""
    order = np.argsort(part.piece, kind="stable")
    flat, owner = shapely.get_parts(part.geometry[order], return_index=True)
    rows, position = np.unique(part.piece[order][owner], return_inverse=True)
    joined = collected(flat, position, len(rows))
    return _Cut(rows, np.zeros(len(rows), dtype=np.int64), joined)


def _require_apart(pieces: NDArray[Any], cuts: tuple[_Cut, _Cut, _Cut], zone: Zone, origin: Rows) -> None:
    """Zone polygons that overlap would count ground twice: what was cut from a piece exceeds it.

    ``cuts`` are the pieces that one zone covers, the parts in zones, and the rest that lies in none.
    """
    taken = np.zeros(len(pieces))
    for cut in cuts:
        taken += np.bincount(cut.piece, shapely.area(cut.geometry), len(pieces))
    excess = taken - np.nan_to_num(shapely.area(pieces))
    over = excess / _tolerance(shapely.length(pieces))
    worst = int(np.argmax(over)) if len(pieces) else 0
    if len(pieces) and over[worst] > 1:
        ids = np.asarray(zone.ids)
        rows = np.concatenate([cut.zone[cut.piece == worst] for cut in cuts[:2]])
        named = "、".join(str(ids[row]) for row in np.sort(rows)[:5])
        raise BalanceError(
            f"“{zone.name}”的图形互相重叠（{named}），第 {origin[worst] + 1} 个图斑"
            f"有 {excess[worst]:.2f} m² 会重复计算；请先消除重叠",
            int(origin[worst]),
        )


def _balanced(base: NDArray[Any], origin: Rows, shapes: NDArray[Any], crs: Crs) -> tuple[Floats, Balance]:
    """Areas of the pieces, checked against the base; uncut polygons are measured once."""
    whole = ellipsoidal_areas(base, crs)
    area = whole[origin]
    cut = np.flatnonzero(np.bincount(origin, minlength=len(base))[origin] > 1)
    area[cut] = ellipsoidal_areas(shapes[cut], crs)
    gap = np.abs(np.bincount(origin, weights=area, minlength=len(base)) - whole)
    outline = np.bincount(origin, weights=np.nan_to_num(shapely.length(shapes)), minlength=len(base))
    limit = _tolerance(outline.astype(np.float64))
    worst = int(np.argmax(gap / limit)) if len(base) else -1
    if worst >= 0 and gap[worst] > limit[worst]:
        raise BalanceError(
            f"叠加不闭合：第 {worst + 1} 个图斑面积 {whole[worst]:.2f} m²，碎片合计相差 {gap[worst]:.4f} m²，"
            f"超过容许误差 {limit[worst]:.4f} m²；请检查该图斑和分区的拓扑",
            worst,
        )
    at_worst = (float(gap[worst]), worst, float(limit[worst])) if worst >= 0 else (0.0, -1, 0.0)
    return area, Balance("叠加", float(whole.sum()), float(area.sum()), *at_worst)


def _tolerance(outline_m: Floats) -> Floats:
    """容许误差。0.01 m² and 0.1 mm along the outlines.

    A cut puts new vertices on an edge. The official area rounds them to 0.1 mm and to 1e-6″ (0.03 mm), so
    an outline moves by up to 0.065 mm, and it spaces the densified points of a cut edge differently, which
    is worth 0.04 mm on a 70 m edge.
    """
    limit: Floats = _TOLERANCE_M2 + _TOLERANCE_PER_M * np.nan_to_num(outline_m)
    return limit
