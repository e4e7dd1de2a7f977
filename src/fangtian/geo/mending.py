"""图形修补。A corrected copy of a layer: what is small is put right and logged, what is not is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.flaws import near_misses, repeated_points, spikes
from fangtian.geo.rings import corner_rows, ring_edges
from fangtian.geo.seams import faces, gaps
from fangtian.geo.surfaces import polygons_only
from fangtian.geo.topology import duplicates, overlaps, repair

__all__ = ["Change", "Limits", "Mend", "Mended", "mend"]

_ROUNDS = 6
"""One mending can uncover another; two or three rounds are usual. What still moves then goes in circles."""
_CRUMB_M2 = 1e-6
_TOUCH_M = 1e-4


class Mend(StrEnum):
    """修补方式。What was done."""

    REPAIR = "repair"
    DUPLICATE = "duplicate"
    POINT = "repeated_point"
    SPIKE = "spike"
    SNAP = "snap"
    OVERLAP = "overlap"
    GAP = "gap"


@dataclass(frozen=True)
class Limits:
    """修补限值。Up to where mending may go, and from where a fault is more than rounding.

    Corners up to ``snap_m`` apart become one. No single step changes a polygon by more than ``max_area_m2``
    (except that a repeated row goes as a whole). Overlaps and gaps up to ``min_area_m2`` or up to a mean
    width of ``min_width_m`` (the last printed decimal of a coordinate) are no faults.
    """

    snap_m: float = 0.001
    max_area_m2: float = 1.0
    min_area_m2: float = 0.0001
    min_width_m: float = 0.0001


@dataclass(frozen=True)
class Change:
    """修补记录。One step on one row: plane area before and after, where, and which other row took part."""

    row: int
    kind: Mend
    before_m2: float
    after_m2: float
    where: Any
    beside: int = -1


@dataclass(frozen=True)
class Mended:
    """修补结果。``geometry`` (n,) the corrected copy, None for ``removed`` rows; ``changes`` in order."""

    geometry: NDArray[Any]
    changes: tuple[Change, ...]
    before_m2: float
    after_m2: float

    @property
    def removed(self) -> NDArray[np.int64]:
        """去除的行。Rows that repeated an earlier one."""
        rows = [change.row for change in self.changes if change.kind is Mend.DUPLICATE]
        return np.array(rows, dtype=np.int64)


def mend(geometry: NDArray[Any], limits: Limits | None = None) -> Mended:
    """修补。Repairs, removes repeats and spikes, snaps corners, clips overlaps and fills gaps, in a copy.

    Rows without fault come back as they are, bit for bit; nothing is split; what exceeds a limit stays for
    a person to decide. The logged changes add up to the difference of the totals. Mending the result again
    changes nothing: the work ends with a round that found nothing to do.

    >>> apart = shapely.box([0, 1], 0, [1.002, 2], 10)
    >>> mended = mend(apart)
    >>> [(c.row, c.kind.value, round(c.after_m2 - c.before_m2, 6)) for c in mended.changes]
    [(0, 'overlap', -0.02)]
    """
    limits = limits or Limits()
    result = geometry
    changes: list[Change] = []
    for _ in range(_ROUNDS):
        work = _pass(result, limits)
        result = work.geometry
        changes += work.changes
        if not work.changes:
            break
    before, after = (float(np.nansum(shapely.area(shapes))) for shapes in (geometry, result))
    return Mended(result, tuple(changes), before, after)


def _pass(geometry: NDArray[Any], limits: Limits) -> _Work:
    """All that settles; rows that never would are left as they came, and all is done again around them."""
    frozen = np.zeros(len(geometry), dtype=bool)
    while True:
        work = _Work(geometry.copy(), limits, frozen)
        restless = _settle(work)
        if not len(restless):
            return work
        frozen[restless] = True


def _settle(work: _Work) -> NDArray[np.int64]:
    """Rounds of all steps until nothing changes; the rows that would change for ever, and are to be let be.

    A corner that is snapped may bring an overlap that, clipped, leaves the corner where it was.
    """
    _repair(work)
    for _ in range(_ROUNDS):
        done = len(work.changes)
        for step in (_drop_duplicates, _drop_points, _cut_spikes, _snap, _clip_overlaps, _fill_gaps):
            step(work)
        changed = np.unique([change.row for change in work.changes[done:]]).astype(np.int64)
        if not len(changed):
            break
        work.look_near(changed)
    return changed


class _Work:
    """The copy that is being corrected, and its log. ``frozen`` rows are left as they are."""

    def __init__(self, geometry: NDArray[Any], limits: Limits, frozen: NDArray[np.bool_]) -> None:
        self.geometry = geometry
        self.limits = limits
        self.frozen = frozen
        self.far = np.zeros(len(geometry), dtype=bool)
        self.changes: list[Change] = []

    def look_near(self, rows: NDArray[np.int64]) -> None:
        """Only the rows beside these are looked at again: elsewhere nothing is new."""
        west, south, east, north = shapely.bounds(self.geometry[rows]).T
        reach = shapely.box(west - 1, south - 1, east + 1, north + 1)[~np.isnan(west)]
        self.far = np.ones(len(self.geometry), dtype=bool)
        self.far[shapely.STRtree(self.geometry).query(reach)[1]] = False

    @property
    def sound(self) -> NDArray[Any]:
        """The rows that can be worked on: those whose repair was refused are as good as absent."""
        sound = self.geometry.copy()
        sound[self.far] = None
        sound[~shapely.is_valid(sound)] = None
        return sound

    def accepts(self, row: int, shape: Any, may_part: bool = False) -> bool:
        """Whether a new shape is a valid polygon, within the limit, and of no more parts."""
        old = self.geometry[row]
        return bool(
            not self.frozen[row]
            and shape.is_valid
            and not shape.is_empty
            and (may_part or shapely.get_num_geometries(shape) <= shapely.get_num_geometries(old))
            and abs(shape.area - old.area) <= self.limits.max_area_m2
        )

    def put(self, row: int, shape: Any, kind: Mend, where: Any, beside: int = -1) -> None:
        before = float(shapely.area(self.geometry[row]))
        after = 0.0 if shape is None else float(shapely.area(shape))
        self.geometry[row] = shape
        self.changes.append(Change(row, kind, before, after, where, beside))


def _repair(work: _Work) -> None:
    """Self-crossing rings, where the area stays within the limit; a collapsed shape is left to be seen.

    A ring that touches itself comes back as parts that touch: it was never one piece.
    """
    fixed = repair(work.geometry)
    for row in fixed.rows.tolist():
        shape = fixed.geometry[row]
        if work.accepts(row, shape, may_part=True):
            work.put(row, shape, Mend.REPAIR, shapely.point_on_surface(shape))


def _drop_duplicates(work: _Work) -> None:
    for first, later in duplicates(work.sound):
        shape = work.geometry[later]
        if not shape.is_empty:
            work.put(later, None, Mend.DUPLICATE, shapely.point_on_surface(shape), first)


def _drop_points(work: _Work) -> None:
    found = repeated_points(work.sound)
    rows, first = np.unique(found.rows, return_index=True)
    for row, where in zip(rows.tolist(), found.geometry[first], strict=True):
        shape = shapely.remove_repeated_points(work.geometry[row])
        if work.accepts(row, shape):
            work.put(row, shape, Mend.POINT, where)


def _cut_spikes(work: _Work) -> None:
    """Tips that no neighbour has a corner at; where one has, both sides agree and nothing is amiss."""
    sound = work.sound
    found = spikes(sound)
    tips = shapely.get_coordinates(found.geometry)
    owners = corner_rows(ring_edges(sound), tips)
    for row, tip, where, rows in zip(found.rows.tolist(), tips, found.geometry, owners, strict=True):
        shape = _moved(work.geometry[row], tip, None)
        if rows == {row} and shape is not None and work.accepts(row, shape):
            work.put(row, shape, Mend.SPIKE, where)


def _snap(work: _Work) -> None:
    """The corner of fewer rows moves, in all its rows at once; of equals the one of the later row."""
    sound = work.sound
    found = near_misses(sound, work.limits.snap_m)
    ends = shapely.get_coordinates(found.geometry).reshape(-1, 2, 2)
    owners = corner_rows(ring_edges(sound), ends.reshape(-1, 2))
    settled: set[tuple[float, ...]] = set()
    for k in np.argsort(found.distance_m, kind="stable").tolist():
        rank = [(-len(owners[2 * k + end]), min(owners[2 * k + end])) for end in (0, 1)]
        stay = int(rank[1] < rank[0])
        target, loose = ends[k, stay], ends[k, 1 - stay]
        if {tuple(target), tuple(loose)} & settled:
            continue  # seen again in the next round
        rows = sorted(owners[2 * k + 1 - stay])
        shapes = [_moved(work.geometry[row], loose, target) for row in rows]
        pairs = list(zip(rows, shapes, strict=True))
        if all(shape is not None and work.accepts(row, shape) for row, shape in pairs):
            settled |= {tuple(target), tuple(loose)}
            for row, shape in pairs:
                work.put(row, shape, Mend.SNAP, shapely.Point(loose), min(owners[2 * k + stay]))


def _clip_overlaps(work: _Work) -> None:
    """The larger of the two gives way, unless that would split it."""
    limits = work.limits
    found = overlaps(work.sound, limits.min_area_m2, limits.min_width_m)
    for clash in sorted(found, key=lambda clash: clash.area_m2):
        if clash.area_m2 > limits.max_area_m2:
            break
        rows = (clash.row_a, clash.row_b)
        size = shapely.area(work.geometry[[*rows]])
        small, large = rows if size[0] <= size[1] else rows[::-1]
        for row, other in ((large, small), (small, large)):
            shape = _near_origin(shapely.difference, work.geometry[row], work.geometry[other])
            if work.accepts(row, shape):
                if not shapely.equals_exact(shape, work.geometry[row]):
                    work.put(row, shape, Mend.OVERLAP, clash.geometry, other)
                break


def _fill_gaps(work: _Work) -> None:
    """Into the neighbour with the longest shared edge whose outline then stays in one piece."""
    limits, sound = work.limits, work.sound
    found = gaps(sound, limits.min_area_m2, limits.min_width_m, faces(sound))
    small = found.geometry[found.area_m2 <= limits.max_area_m2]
    # Ground of rows not looked at is no gap.
    taken = shapely.STRtree(work.geometry).query(shapely.point_on_surface(small), predicate="intersects")[0]
    small = np.delete(small, taken)
    gap, row = shapely.STRtree(sound).query(small, predicate="dwithin", distance=_TOUCH_M)
    shared = _shared_m(small[gap], sound[row])
    for number, hole in enumerate(small.tolist()):
        mine = np.flatnonzero((gap == number) & (shared > 10 * _TOUCH_M))
        for k in mine[np.lexsort((row[mine], -shared[mine]))]:
            neighbour = int(row[k])
            shape = _near_origin(shapely.union, work.geometry[neighbour], hole)
            gained = shape.area - work.geometry[neighbour].area
            if work.accepts(neighbour, shape) and abs(gained - hole.area) <= limits.min_area_m2:
                work.put(neighbour, shape, Mend.GAP, hole)
                break


def _shared_m(gap: NDArray[Any], shape: NDArray[Any]) -> NDArray[np.float64]:
    """Length of each gap's border that lies along the polygon, up to the rounding of coordinates."""
    west, south, east, north = shapely.bounds(gap).T
    beside = shapely.intersection(shape, shapely.box(west - 1, south - 1, east + 1, north + 1))
    along = shapely.intersection(shapely.boundary(gap), shapely.buffer(beside, _TOUCH_M))
    return np.asarray(shapely.length(along))


def _near_origin(work: Callable[[Any, Any], Any], shape: Any, other: Any) -> Any:
    """Cut or join near the origin, where crossings are exact to 1e-9 m; whole metres lose no digit."""
    origin = np.floor(shapely.bounds(other)[:2])
    result = work(*shapely.transform(np.array([shape, other], dtype=object), lambda xy: xy - origin))
    back = shapely.transform(polygons_only(np.array([result], dtype=object)), lambda xy: xy + origin)
    return _without_crumbs(back[0])


def _without_crumbs(shape: Any) -> Any:
    """Without the holes and parts of less than a square millimetre that floating point leaves over."""
    kept = []
    for part in shapely.get_parts(shape):
        holes = [ring for ring in part.interiors if shapely.Polygon(ring).area > _CRUMB_M2]
        if part.area > _CRUMB_M2:
            kept.append(part if len(holes) == len(part.interiors) else shapely.Polygon(part.exterior, holes))
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _moved(shape: Any, place: NDArray[np.float64], target: NDArray[np.float64] | None) -> Any:
    """The shape with one corner moved, or taken out (moved onto the one before); None if it collapses."""
    xy = shapely.get_coordinates(shape)
    here = (xy == place).all(axis=1)
    if target is None:
        at = np.flatnonzero(here)
        # A ring starts where it ends: the corner before the first is the last but one.
        target = xy[at[-1] - 1] if len(at) else place
    xy[here] = target
    moved = shapely.transform(shape, lambda _: xy)
    try:
        return shapely.remove_repeated_points(moved)
    except shapely.GEOSException:
        return None
