"""修补试算。Whether steps leave a layer with less to mend than before: many steps weighed at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.flaws import near_misses, spikes
from fangtian.geo.mending_shapes import near_origin
from fangtian.geo.mending_steps import Limits
from fangtian.geo.rings import edge_keys, ring_edges

__all__ = ["Tree", "Trial", "clear_of_each_other", "trial"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
_MARGIN_M = 0.01
"""Around what a step changes: more than any corner is snapped by."""


class Tree:
    """空间索引。Some rows of a layer by place, under their numbers in the layer."""

    def __init__(self, geometry: NDArray[Any], rows: Rows) -> None:
        self._rows = rows
        self._tree = shapely.STRtree(geometry[rows])

    def query(self, shapes: NDArray[Any]) -> tuple[Rows, Rows]:
        """按外包矩形查找。Numbers of the shapes and rows whose bounds meet."""
        number, row = self._tree.query(shapes)
        return number, self._rows[row]


@dataclass(frozen=True)
class Trial:
    """试算。New shapes of rows, ``owner`` (k,) the number of the step that each belongs to, in order.

    ``box`` (n,) is where each step changes edges: all that it can mend or spoil touches that box, or lies in
    rows that it changes. ``sound`` (n,) tells which steps give valid shapes within the limits.
    """

    owner: Rows
    rows: Rows
    shapes: NDArray[Any]
    box: NDArray[Any]
    sound: NDArray[np.bool_]

    def only(self, chosen: Rows) -> Trial:
        """取步骤。Some of the steps, in their order."""
        place = np.full(len(self.box), -1)
        place[chosen] = np.arange(len(chosen))
        kept = place[self.owner] >= 0
        return Trial(
            place[self.owner[kept]], self.rows[kept], self.shapes[kept], self.box[chosen], self.sound[chosen]
        )

    def of(self, step: int) -> list[tuple[int, Any]]:
        """新图形。Rows of a step with their new shapes."""
        mine = np.flatnonzero(self.owner == step)
        return list(zip(self.rows[mine].tolist(), self.shapes[mine], strict=True))

    def change(self, geometry: NDArray[Any], tree: Tree, limits: Limits) -> Floats:
        """变化量。By how much each of steps clear of each other changes what there is to mend.

        Spikes and near misses count 1 each, ground that is covered other than once 1 per ``max_area_m2``.
        """
        after = geometry.copy()
        after[self.rows] = self.shapes
        count = len(self.box)
        change = self._ground(geometry, tree) / limits.max_area_m2
        for sign, layer in ((-1, geometry), (1, after)):
            thin = spikes(layer[self.rows])
            change += sign * np.bincount(self.owner[thin.rows], minlength=count)
            change += sign * self._misses(layer, tree, limits)
        return np.asarray(change)

    def _misses(self, layer: NDArray[Any], tree: Tree, limits: Limits) -> Floats:
        near = np.unique(tree.query(self.box)[1])
        missed = near_misses(layer[near], limits.snap_m)
        step = shapely.STRtree(self.box).query(missed.geometry, predicate="intersects")[1]
        return np.bincount(step, minlength=len(self.box)).astype(np.float64)

    def _ground(self, geometry: NDArray[Any], tree: Tree) -> Floats:
        """Change of the area that is covered other than once: row after row, each against all the others."""
        now = geometry.copy()
        change = np.zeros(len(self.box))
        turn = np.arange(len(self.owner)) - np.searchsorted(self.owner, self.owner)
        for number in range(int(turn.max(initial=-1)) + 1):
            mine = np.flatnonzero(turn == number)
            row, owner = self.rows[mine], self.owner[mine]
            origin = np.floor(shapely.bounds(self.box[owner])[:, :2])
            window = self.box[owner]  # nothing changes outside
            old, new = (
                near_origin(shapely.intersection(shapes, window), origin)
                for shapes in (now[row], self.shapes[mine])
            )
            for sign, ground in ((1, shapely.difference(old, new)), (-1, shapely.difference(new, old))):
                alone = shapely.area(ground) - 2 * _covered(ground, row, origin, now, tree)
                change += sign * np.bincount(owner, alone, minlength=len(change))
            now[row] = self.shapes[mine]
        return change


def trial(
    geometry: NDArray[Any], attempts: list[tuple[tuple[int, ...], tuple[Any, ...]]], limits: Limits
) -> Trial:
    """拟试。Steps ready to be weighed: each with its rows and their new shapes, None where one collapsed."""
    owner = np.array([k for k, (rows, _) in enumerate(attempts) for _ in rows], dtype=np.int64)
    rows = np.array([row for rows, _ in attempts for row in rows], dtype=np.int64)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [shape for _, found in attempts for shape in found]
    old = geometry[rows]
    good = shapely.is_valid(shapes) & ~shapely.is_empty(shapes) & ~shapely.is_missing(shapes)
    good &= shapely.get_num_geometries(shapes) <= shapely.get_num_geometries(old)
    with np.errstate(invalid="ignore"):
        good &= np.abs(shapely.area(shapes) - shapely.area(old)) <= limits.max_area_m2
    sound = np.bincount(owner, ~good, minlength=len(attempts)) == 0
    box, changed = _boxes(owner, old, shapes, len(attempts))
    return Trial(owner, rows, shapes, box, sound & changed)


def clear_of_each_other(tried: Trial, kept: NDArray[Any]) -> tuple[Rows, Rows, Rows]:
    """互不相干。Sound steps in three: clear of ``kept`` and of those before; to wait for one; late.

    Late are those that touch a box of ``kept``: the layer is no longer as they were made for.
    """
    late = np.zeros(len(tried.box), dtype=bool)
    if len(kept):
        late[shapely.STRtree(kept).query(tried.box, predicate="intersects")[0]] = True
    late &= tried.sound
    free = tried.sound & ~late
    waiting = np.zeros(len(free), dtype=bool)
    first, second = shapely.STRtree(tried.box).query(tried.box, predicate="intersects")
    pairs = (first < second) & free[first] & free[second]
    for one, other in sorted(zip(first[pairs].tolist(), second[pairs].tolist(), strict=True)):
        if not waiting[one]:
            waiting[other] = True
    return np.flatnonzero(free & ~waiting), np.flatnonzero(waiting), np.flatnonzero(late)


def _boxes(
    owner: Rows, old: NDArray[Any], new: NDArray[Any], count: int
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Where the edges of each step's rows differ, and whether they do."""
    edges = ring_edges(np.concatenate([old, new]))
    slot = edges.row % len(old)
    place = edges.xy[edges.start], edges.xy[edges.start + 1]
    # The same edge of the same row, before and after, in whatever direction, is one that stays.
    key = edge_keys(edges)[0] ^ (slot.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    _, group, size = np.unique(key, return_inverse=True, return_counts=True)
    lone = np.flatnonzero(size[group] == 1)
    step = owner[slot[lone]]
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    for end in place:
        np.minimum.at(low, step, end[lone])
        np.maximum.at(high, step, end[lone])
    changed = low[:, 0] <= high[:, 0]
    low[~changed] = high[~changed] = 0.0
    return shapely.box(*(low - _MARGIN_M).T, *(high + _MARGIN_M).T), changed


def _covered(ground: NDArray[Any], own: Rows, origin: Floats, now: NDArray[Any], tree: Tree) -> Floats:
    """How much of each piece of ground lies under other rows than its own."""
    covered = np.zeros(len(ground))
    there = np.flatnonzero(shapely.area(ground) > 0)
    window = shapely.box(*_grown(shapely.bounds(near_origin(ground[there], -origin[there]))))
    position, row = tree.query(window)
    piece = there[position]
    other = row != own[piece]
    piece, row = piece[other], row[other]
    common = shapely.intersection(ground[piece], near_origin(now[row], origin[piece]))
    area = shapely.area(common)
    piece, common, area = piece[area > 0], common[area > 0], area[area > 0]
    np.add.at(covered, piece, area)
    for one in np.flatnonzero(np.bincount(piece, minlength=len(ground)) > 1):
        covered[one] = shapely.union_all(common[piece == one]).area
    return covered


def _grown(bounds: Floats) -> Floats:
    return np.asarray((bounds + np.array([-_MARGIN_M, -_MARGIN_M, _MARGIN_M, _MARGIN_M])).T)
