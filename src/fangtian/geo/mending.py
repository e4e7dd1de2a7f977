"""图形修补。A corrected copy of a layer: what is small is put right and logged, what is not is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.geo.flaws import repeated_points
from fangtian.geo.mending_steps import Limits, Mend, Step, proposed
from fangtian.geo.mending_trial import Tree, clear_of_each_other, trial
from fangtian.geo.topology import duplicates, repair

__all__ = ["Change", "Limits", "Mend", "Mended", "mend"]

_NEAR_M = 1.0


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


def mend(
    geometry: NDArray[Any],
    limits: Limits | None = None,
    progress: Callable[[int], None] | None = None,
    says: NDArray[np.int64] | None = None,
) -> Mended:
    """修补。Repairs, removes repeats and spikes, snaps corners, clips overlaps and fills gaps, in a copy.

    Rows without fault come back as they are, bit for bit; nothing is split; what exceeds a limit stays for
    a person to decide. The logged changes add up to the difference of the totals. ``progress`` is told after
    each round how many changes there are by now. ``says`` (n,) is equal where rows say the same: a repeat is
    removed only where it says the same too (all do, if not given).

    It ends, and mending the result again changes nothing. First whole rows: a repair makes an invalid row
    valid for good, a repeat is removed, a repeated point is dropped; each can happen only as often as there
    are such rows and points, as no later step makes a row invalid. Then every other step is tried and kept
    only where it lowers what is left to mend: the number of spikes and near misses, plus the ground covered
    other than once in units of ``max_area_m2``. That is never negative, and falls by the share of
    ``min_area_m2`` at least, so only finitely many steps are kept. A sweep over the whole layer depends on
    nothing but the layer, and the last one kept no step: on the result it keeps none again.

    >>> apart = shapely.box([0, 1], 0, [1.002, 2], 10)
    >>> mended = mend(apart)
    >>> [(c.row, c.kind.value, round(c.after_m2 - c.before_m2, 6)) for c in mended.changes]
    [(0, 'overlap', -0.02)]
    """
    alike = np.zeros(len(geometry), dtype=np.int64) if says is None else says
    work = _Work(geometry.copy(), limits or Limits(), progress or (lambda count: None), alike)
    while True:
        done = len(work.changes)
        work.sweep(work.whole_rows())
        if len(work.changes) == done:
            break
    before, after = (float(np.nansum(shapely.area(shapes))) for shapes in (geometry, work.geometry))
    return Mended(work.geometry, tuple(work.changes), before, after)


class _Work:
    """The copy that is being corrected, and its log."""

    def __init__(
        self,
        geometry: NDArray[Any],
        limits: Limits,
        tell: Callable[[int], None],
        says: NDArray[np.int64],
    ) -> None:
        self.geometry = geometry
        self.limits = limits
        self.tell = tell
        self.says = says
        self.changes: list[Change] = []

    def put(self, row: int, shape: Any, kind: Mend, where: Any, beside: int = -1) -> None:
        before = float(shapely.area(self.geometry[row]))
        after = 0.0 if shape is None else float(shapely.area(shape))
        self.geometry[row] = shape
        self.changes.append(Change(row, kind, before, after, where, beside))

    def whole_rows(self) -> NDArray[np.int64]:
        """What is done to rows as wholes; the rows that can be worked on further.

        Those whose repair was refused are as good as absent.
        """
        broken = self._repair()
        rows = np.flatnonzero(~broken & ~shapely.is_missing(self.geometry) & ~shapely.is_empty(self.geometry))
        rows = rows[~self._drop_duplicates(rows.astype(np.int64))]
        self._drop_points(rows)
        return rows

    def _repair(self) -> NDArray[np.bool_]:
        """Self-crossing rings, where the area stays within the limit; which rows stay broken.

        A ring that touches itself comes back as parts that touch: it was never one piece.
        """
        broken: NDArray[np.bool_] = ~shapely.is_valid(self.geometry) & ~shapely.is_missing(self.geometry)
        rows = np.flatnonzero(broken)
        fixed = repair(self.geometry[rows])
        moved = np.abs(fixed.area_after_m2 - fixed.area_before_m2) <= self.limits.max_area_m2
        good = moved & shapely.is_valid(fixed.geometry) & ~shapely.is_empty(fixed.geometry)
        for row, shape in zip(rows[good].tolist(), fixed.geometry[good], strict=True):
            self.put(row, shape, Mend.REPAIR, shapely.point_on_surface(shape))
        broken[rows[good]] = False
        return broken

    def _drop_duplicates(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The later of two rows of one shape that say the same; which of ``rows`` these are."""
        _, box, count = np.unique(
            shapely.bounds(self.geometry[rows]), axis=0, return_inverse=True, return_counts=True
        )
        dropped = np.zeros(len(rows), dtype=bool)
        alike = np.flatnonzero(count[box] > 1)
        kept: dict[tuple[int, int], int] = {}
        for first, later in duplicates(self.geometry[rows[alike]]):
            row, model = int(rows[alike[later]]), int(rows[alike[first]])
            kept.setdefault((model, int(self.says[model])), model)
            same = kept.setdefault((model, int(self.says[row])), row)
            if same != row:
                self.put(row, None, Mend.DUPLICATE, shapely.point_on_surface(self.geometry[row]), same)
                dropped[alike[later]] = True
        return dropped

    def _drop_points(self, rows: NDArray[np.int64]) -> None:
        """Corners that follow themselves."""
        shapes = shapely.remove_repeated_points(self.geometry[rows])
        fewer = shapely.get_num_coordinates(shapes) < shapely.get_num_coordinates(self.geometry[rows])
        for k in np.flatnonzero(fewer).tolist():
            if shapes[k].is_valid:
                self.put(int(rows[k]), shapes[k], Mend.POINT, _repeat(self.geometry[rows[k]]))

    def sweep(self, sound: NDArray[np.int64]) -> None:
        """Rounds of steps: the first over the whole layer, the next ones where the one before changed it."""
        rows, where = sound, None
        while len(rows):
            tree = Tree(self.geometry, sound)
            done = _tried(self, proposed(self.geometry, rows, self.limits), where, tree)
            self.tell(len(self.changes))
            if not len(done):
                break
            west, south, east, north = shapely.bounds(done).T
            where = shapely.box(west - _NEAR_M, south - _NEAR_M, east + _NEAR_M, north + _NEAR_M)
            rows = np.unique(tree.query(where)[1]).astype(np.int64)


class _Try(NamedTuple):
    """A step and the way that is to be tried next; they are tried in the order of their numbers."""

    number: int
    step: Step
    way: int = 0


def _tried(work: _Work, steps: Iterable[Step], where: NDArray[Any] | None, tree: Tree) -> NDArray[Any]:
    """Tries steps in batches that are clear of each other; boxes of those that were kept.

    What lies where a kept step changed the layer is left for the next round.
    """
    limits, kept, left = work.limits, np.zeros(0, dtype=object), np.zeros(0, dtype=object)
    pending = _within([_Try(number, step) for number, step in enumerate(steps)], where)
    while pending:
        batch, pending = _of_different_rows(pending)
        ways = [one.step.ways[one.way] for one in batch]
        tried = trial(work.geometry, [(way.rows, way.shapes(work.geometry)) for way in ways], limits)
        chosen, again, late = clear_of_each_other(tried, kept)
        change = tried.only(chosen).change(work.geometry, tree, limits)
        better = chosen[change <= -limits.min_area_m2 / limits.max_area_m2]
        for k in better.tolist():
            for row, shape in tried.of(k):
                work.put(row, shape, batch[k].step.kind, batch[k].step.where, ways[k].beside)
        kept, left = np.append(kept, tried.box[better]), np.append(left, tried.box[late])
        worse = np.append(np.flatnonzero(~tried.sound), np.setdiff1d(chosen, better))
        pending += [batch[k] for k in again.tolist()]
        pending += [batch[k]._replace(way=batch[k].way + 1) for k in worse.tolist()]
    return np.append(kept, left) if len(kept) else kept


def _within(steps: list[_Try], where: NDArray[Any] | None) -> list[_Try]:
    """The steps at places that touch ``where``; all of them where that is None."""
    if where is None or not steps:
        return steps
    places = np.array([one.step.where for one in steps], dtype=object)
    near = np.unique(shapely.STRtree(places).query(where, predicate="intersects")[1])
    return [steps[k] for k in near.tolist()]


def _of_different_rows(pending: list[_Try]) -> tuple[list[_Try], list[_Try]]:
    """The first steps of which no two change the same row, and those that wait; spent ones are gone."""
    taken: set[int] = set()
    batch: list[_Try] = []
    waiting: list[_Try] = []
    for one in sorted(pending):
        if one.way < len(one.step.ways):
            rows = one.step.ways[one.way].rows
            (waiting if taken.intersection(rows) else batch).append(one)
            taken.update(rows)
    return batch, waiting


def _repeat(shape: Any) -> Any:
    """Where a corner follows itself first."""
    return repeated_points(np.array([shape], dtype=object)).geometry[0]
