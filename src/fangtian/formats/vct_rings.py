"""VCT 面的拼接。Rings out of runs of points and out of lines that are named by number, rings into polygons.

All rings of a batch of polygons are put together at once. What does not close as the file says (a sign that
is wrong, a missing ``0`` between rings) is tried once more piece by piece, and told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.vct_lines import Remarks
from fangtian.formats.vct_records import VctRecord

__all__ = ["Piece", "Pieces", "pieces_of_runs", "polygons_of_pieces"]

Points = NDArray[np.float64]
_BATCH = 1_000_000
"""Points put together at once."""
_LEAST_RING = 4
_AT_ONCE = 100
_DEEPEST = 8
"""How deep rings may lie within each other, on the average."""


class Piece(NamedTuple):
    """线段。Points ``start`` to ``stop`` of the file's coordinates, the other way round if ``turned``."""

    start: int
    stop: int
    turned: bool = False


Pieces = Sequence[Sequence[Piece]]
"""各圈。The pieces of each ring of a polygon, in order."""


class _Table(NamedTuple):
    """All pieces of a batch, with the ring and the polygon that each belongs to."""

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    turned: NDArray[np.bool_]
    ring: NDArray[np.int64]
    owner: NDArray[np.int64]


def pieces_of_runs(ends: NDArray[np.int64], record: VctRecord) -> Pieces:
    """直接坐标面的圈。Every run of points is a ring."""
    return [[Piece(int(ends[run]), int(ends[run + 1]))] for run in range(record.first, record.last)]


def polygons_of_pieces(
    points: Points, owners: Iterable[tuple[VctRecord, Pieces]], remarks: Remarks
) -> NDArray[Any]:
    """面。One polygon for each of ``owners``, None where its rings do not hold together (which is told)."""
    done: list[NDArray[Any]] = []
    for batch in _batches(owners):
        done.append(_batch(points, batch, remarks))
    return np.concatenate(done) if done else np.empty(0, dtype=object)


def _batches(owners: Iterable[tuple[VctRecord, Pieces]]) -> Iterator[list[tuple[VctRecord, Pieces]]]:
    batch: list[tuple[VctRecord, Pieces]] = []
    size = 0
    for record, rings in owners:
        batch.append((record, rings))
        size += sum(piece.stop - piece.start + 1 for ring in rings for piece in ring) + 1
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _batch(points: Points, batch: list[tuple[VctRecord, Pieces]], remarks: Remarks) -> NDArray[Any]:
    geometry = np.full(len(batch), None, dtype=object)
    table = _table(batch)
    if not len(table.start):
        for record, _rings in batch:
            _short(record, remarks)
        return geometry
    rows, ring = _expanded(table)
    chain = points[rows]
    joined = _joined(chain, ring, table)
    keep = joined[ring] & ~_repeated(chain, ring, table)
    chain, ring = chain[keep], ring[keep]
    owner = table.owner[np.searchsorted(table.ring, np.arange(len(joined)))]
    sizes = np.bincount(ring, minlength=len(joined))
    usable = joined & (sizes >= _LEAST_RING)
    fit = np.ones(len(batch), dtype=bool)
    fit[owner[~usable]] = False
    alone = usable & fit[owner] & (np.bincount(owner, minlength=len(batch))[owner] == 1)
    single = alone[ring]
    if single.any():
        made = shapely.linearrings(chain[single], indices=np.unique(ring[single], return_inverse=True)[1])
        geometry[owner[alone]] = shapely.polygons(made)
    simple = np.zeros(len(batch), dtype=bool)
    simple[owner[alone]] = True
    for at in np.flatnonzero(~simple).tolist():
        geometry[at] = _one_by_one(points, *batch[at], remarks)
    return geometry


def _table(batch: list[tuple[VctRecord, Pieces]]) -> _Table:
    rows = []
    number = -1
    for at, (_record, rings) in enumerate(batch):
        for ring in rings:
            if ring:
                number += 1
                rows += [(piece.start, piece.stop, piece.turned, number, at) for piece in ring]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return _Table(columns[0], columns[1], columns[2].astype(bool), columns[3], columns[4])


def _expanded(table: _Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row of every point of every piece in its direction, and the ring it belongs to."""
    sizes = table.stop - table.start
    offset = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    first = np.where(table.turned, table.stop - 1, table.start)
    step = np.where(table.turned, -1, 1)
    return np.repeat(first, sizes) + offset * np.repeat(step, sizes), np.repeat(table.ring, sizes)


def _joined(chain: Points, ring: NDArray[np.int64], table: _Table) -> NDArray[np.bool_]:
    """Whether in a ring every piece begins where the one before it ends, the first where the last does."""
    sizes = table.stop - table.start
    joined = np.ones(int(table.ring[-1]) + 1, dtype=bool)
    joined[table.ring[sizes == 0]] = False
    filled = sizes > 0
    last = np.cumsum(sizes)[filled] - 1
    first = last - sizes[filled] + 1
    number = table.ring[filled]
    if not len(number):
        return joined
    begins = np.append(True, number[1:] != number[:-1])
    opening = np.repeat(first[begins], np.diff(np.append(np.flatnonzero(begins), len(number))))
    following = np.where(np.append(begins[1:], True), opening, np.roll(first, -1))
    apart = (chain[last] != chain[following]).any(axis=1)
    joined[number[apart]] = False
    return joined


def _repeated(chain: Points, ring: NDArray[np.int64], table: _Table) -> NDArray[np.bool_]:
    """Points with which a piece begins where the one before it in its ring has ended."""
    sizes = table.stop - table.start
    first = (np.cumsum(sizes) - sizes)[sizes > 0]
    repeated = np.zeros(len(chain), dtype=bool)
    first = first[first > 0]
    repeated[first] = (ring[first] == ring[first - 1]) & (chain[first] == chain[first - 1]).all(axis=1)
    return repeated


def _one_by_one(points: Points, record: VctRecord, rings: Pieces, remarks: Remarks) -> Any:
    """A polygon of several rings, or of one that does not close as it stands."""
    closed: list[Points] = []
    for ring in rings:
        strings = [points[p.start : p.stop][:: -1 if p.turned else 1] for p in ring if p.stop > p.start]
        made = _rings_of(strings, record, remarks)
        if made is None:
            remarks.add("FMT-vct-ring-open", record.line, id=record.id)
            return None
        closed += made
    enough = [ring for ring in closed if len(ring) >= _LEAST_RING]
    if len(enough) < len(closed) or not enough:
        _short(record, remarks)
    if not enough:
        return None
    geometry = _nested(enough)
    if geometry is not None and len(enough) > 1 and not geometry.is_valid:
        geometry = _by_direction(enough) or geometry
    if geometry is None:
        remarks.add("FMT-vct-too-much", record.line, id=record.id)
    elif len(enough) > 1 and not geometry.is_valid:
        remarks.add("FMT-vct-rings-cross", record.line, id=record.id)
    return geometry


def _nested(rings: list[Points]) -> Any:
    """Parts and holes by where the rings lie: one inside an odd number of others is a hole of the smallest.

    None for a heap of rings that lie within one another far more often than land does.
    """
    if len(rings) == 1:
        return shapely.Polygon(rings[0])
    faces = np.array([shapely.Polygon(ring) for ring in rings])
    size = shapely.area(faces)
    pairs = _holding(faces, size)
    if pairs is None:
        return None
    outer, inner = pairs
    depth = np.bincount(inner, minlength=len(rings))
    near = (depth[inner] % 2 == 1) & (depth[outer] == depth[inner] - 1)
    outer, inner = outer[near], inner[near]
    order = np.lexsort((size[outer], inner))
    held, position = np.unique(inner[order], return_index=True)
    holes: dict[int, list[Points]] = defaultdict(list)
    for hole, parent in zip(held.tolist(), outer[order][position].tolist(), strict=True):
        holes[parent].append(rings[hole])
    shells = np.setdiff1d(np.arange(len(rings)), held).tolist()
    parts = [shapely.Polygon(rings[shell], holes.get(shell)) for shell in shells]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _by_direction(rings: list[Points]) -> Any:
    """Parts and holes by the directions of rings that cross: those that run against the largest are holes.

    Each is a hole of the part that most of its points lie in. None where the directions tell nothing.
    """
    faces = np.array([shapely.Polygon(ring) for ring in rings])
    size = shapely.area(faces)
    forward = shapely.is_ccw(shapely.get_exterior_ring(faces))
    outer = np.flatnonzero(forward == forward[np.argmax(size)])
    inner = np.flatnonzero(forward != forward[np.argmax(size)])
    if not len(inner) or len(inner) * len(outer) > _AT_ONCE**2:
        return None
    holes: dict[int, list[Points]] = defaultdict(list)
    for hole in inner.tolist():
        east, north = rings[hole].T
        held = np.array([shapely.intersects_xy(faces[shell], east, north).mean() for shell in outer])
        if not held.any():
            return None
        holes[int(outer[np.lexsort((size[outer], -held))[0]])].append(rings[hole])
    parts = [shapely.Polygon(rings[shell], holes.get(shell)) for shell in outer.tolist()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _holding(faces: NDArray[Any], size: Points) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Which rings lie within which, larger before smaller."""
    tree = shapely.STRtree(faces)
    found: list[NDArray[np.int64]] = []
    total = 0
    for first in range(0, len(faces), _AT_ONCE):
        outer, inner = tree.query(faces[first : first + _AT_ONCE], predicate="covers")
        outer = outer + first
        larger = (size[outer] > size[inner]) | ((size[outer] == size[inner]) & (outer > inner))
        found.append(np.stack((outer[larger], inner[larger])))
        total += int(larger.sum())
        if total > _DEEPEST * len(faces) + _AT_ONCE**2:
            return None
    return tuple(np.concatenate(found, axis=1))


def _short(record: VctRecord, remarks: Remarks) -> None:
    remarks.add("FMT-vct-shape-short", record.line, id=record.id)


def _rings_of(strings: list[Points], record: VctRecord, remarks: Remarks) -> list[Points] | None:
    if not strings:
        return []
    ends = [(tuple(string[0]), tuple(string[-1])) for string in strings]
    if all(ends[at][1] == ends[(at + 1) % len(ends)][0] for at in range(len(ends))):
        return [_linked(strings)]
    if record.of == 0:  # a direct ring that does not repeat its first point
        remarks.add("FMT-vct-unclosed", record.line, id=record.id)
        return [np.concatenate([*strings, strings[0][:1]])]
    rings = _rejoined(strings)
    if rings is not None:
        remarks.add("FMT-vct-ring-turned", record.line, id=record.id)
    return rings


def _linked(strings: list[Points]) -> Points:
    """Strings one after another, the point where two of them meet once."""
    return np.concatenate([strings[0], *(string[1:] for string in strings[1:])])


def _rejoined(strings: list[Points]) -> list[Points] | None:
    """Rings by walking from end to end whatever the order and the directions, None if an end is left."""
    at_point: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for number, string in enumerate(strings):
        at_point[tuple(string[0])].append(number)
        at_point[tuple(string[-1])].append(number)
    used = [False] * len(strings)
    rings: list[Points] = []
    for first in range(len(strings)):
        if used[first]:
            continue
        used[first] = True
        walk = [strings[first]]
        while (end := tuple(walk[-1][-1])) != tuple(walk[0][0]):
            candidates = at_point[end]
            while candidates and used[candidates[-1]]:
                candidates.pop()
            if not candidates:
                return None
            number = candidates.pop()
            used[number] = True
            string = strings[number]
            walk.append(string if tuple(string[0]) == end else string[::-1])
        rings.append(_linked(walk))
    return rings
