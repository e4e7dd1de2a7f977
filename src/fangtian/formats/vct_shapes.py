"""VCT 图形的组成。Shapes out of records: points, lines, and polygons of their own points or of other objects.

An object that is made of others may be named before them. References go round in circles, or multiply
without end, only in files that mean harm; both are told and end there.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.vct import INDIRECT, OF_LINES, OF_POLYGONS
from fangtian.formats.vct_lines import Remarks
from fangtian.formats.vct_records import VctRecord
from fangtian.formats.vct_rings import Piece, Pieces, pieces_of_runs, polygons_of_pieces

__all__ = ["ShapeBuilder"]

_SHARING, _LEAST_ALLOWANCE = 20, 100_000
"""Pieces that indirect objects of a file may use: so many times those that it has, and at least so many."""
_MOST_POINTS = 5_000_000


@dataclass
class ShapeBuilder:
    """图形组成。Shapes of all records of a file; ``points`` (n, 2) east and north, ``ends`` of the runs."""

    points: NDArray[np.float64]
    ends: NDArray[np.int64]
    records: dict[str, list[VctRecord]]
    remarks: Remarks
    used: set[int] = field(default_factory=set)
    _lines: dict[int, tuple[Piece, ...]] = field(default_factory=dict)
    _allowance: int = 0
    _points_left: int = 0

    def __post_init__(self) -> None:
        pieces = len(self.ends) + sum(len(r.refs or ()) for r in self.records.get("line", ()))
        self._allowance = _SHARING * pieces + _LEAST_ALLOWANCE
        self._points_left = _SHARING * len(self.points) + _MOST_POINTS

    def shapes(self, kind: str) -> NDArray[Any]:
        """图形。One for every record of a kind, None where there is none that can be used."""
        records = self.records.get(kind, [])
        if kind == "polygon":
            return self._polygons(records)
        if kind == "line":
            self._lines = self._line_pieces(records)
            return self._linestrings(records)
        return self._multipoints(records)

    def _multipoints(self, records: Sequence[VctRecord]) -> NDArray[Any]:
        shapes = np.full(len(records), None, dtype=object)
        first = self.ends[[record.first for record in records]] if records else np.empty(0, np.int64)
        count = np.array([self._size(record) for record in records], dtype=np.int64)
        directed = np.array([record.type == 3 for record in records], dtype=bool)
        single = (count == 1) | (directed & (count > 0))
        shapes[single] = shapely.points(self.points[first[single]]) if single.any() else None
        for at in np.flatnonzero((count > 1) & ~single).tolist():
            shapes[at] = shapely.multipoints(self.points[first[at] : first[at] + count[at]])
        self._tell_short(records, shapes)
        return shapes

    def _size(self, record: VctRecord) -> int:
        return 0 if record.broken else int(self.ends[record.last] - self.ends[record.first])

    def _tell_short(self, records: Sequence[VctRecord], shapes: NDArray[Any]) -> None:
        for at in np.flatnonzero(shapely.is_missing(shapes)).tolist():
            if not records[at].broken:
                self.remarks.add("FMT-vct-shape-short", records[at].line, id=records[at].id)

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────

    def _line_pieces(self, records: Sequence[VctRecord]) -> dict[int, tuple[Piece, ...]]:
        """Pieces of every line by its number, of lines of lines too."""
        pieces: dict[int, tuple[Piece, ...]] = {}
        pending: dict[int, VctRecord] = {}
        for record in records:
            if record.id in pieces or record.id in pending:
                self.remarks.add("FMT-vct-id-twice", record.line, id=record.id)
            elif record.of == INDIRECT and record.refs:
                pending[record.id] = record
            elif not record.broken and record.of != INDIRECT:
                runs = range(record.first, record.last)
                pieces[record.id] = tuple(Piece(int(self.ends[r]), int(self.ends[r + 1])) for r in runs)
        for record in _in_order(pending, self.remarks):
            found = self._looked_up(record, pieces)
            if found is not None:
                pieces[record.id] = tuple(piece for group in found for piece in group)
        return pieces

    def _looked_up(self, record: VctRecord, pieces: dict[int, tuple[Piece, ...]]) -> list[list[Piece]] | None:
        """Pieces in groups, the lines of a record between its zeros; None where one cannot be had."""
        groups: list[list[Piece]] = [[]]
        for ref in record.refs or ():
            if ref == 0:
                groups.append([])
                continue
            line = pieces.get(abs(ref))
            if line is None:
                self.remarks.add("FMT-vct-line-unknown", record.line, id=record.id, line_id=abs(ref))
                return None
            self._allowance -= len(line)
            self._points_left -= sum(piece.stop - piece.start for piece in line)
            if self._allowance < 0 or self._points_left < 0:
                self.remarks.add("FMT-vct-too-much", record.line, id=record.id)
                return None
            groups[-1] += line if ref > 0 else [p._replace(turned=not p.turned) for p in reversed(line)]
        return groups

    def _linestrings(self, records: Sequence[VctRecord]) -> NDArray[Any]:
        shapes = np.full(len(records), None, dtype=object)
        plain: list[tuple[int, Piece]] = []
        for at, record in enumerate(records):
            pieces = () if record.broken else self._lines.get(record.id, ())
            usable = [piece for piece in pieces if piece.stop - piece.start > 1]
            if len(usable) == 1 and len(pieces) == 1 and not usable[0].turned:
                plain.append((at, usable[0]))
            elif usable:
                parts = [self.points[p.start : p.stop][:: -1 if p.turned else 1] for p in usable]
                many = len(parts) > 1
                shapes[at] = shapely.MultiLineString(parts) if many else shapely.LineString(parts[0])
        if plain:
            sizes = np.array([piece.stop - piece.start for _, piece in plain])
            starts = np.repeat([piece.start for _, piece in plain] - np.cumsum(sizes) + sizes, sizes)
            rows = starts + np.arange(int(sizes.sum()))
            owner = np.repeat(np.arange(len(plain)), sizes)
            shapes[[at for at, _ in plain]] = shapely.linestrings(self.points[rows], indices=owner)
        direct = [at for at, record in enumerate(records) if record.of != INDIRECT]
        self._tell_short([records[at] for at in direct], shapes[direct])
        return shapes

    # ── polygons ─────────────────────────────────────────────────────────────────────────────────────────

    def _polygons(self, records: Sequence[VctRecord]) -> NDArray[Any]:
        shapes = np.full(len(records), None, dtype=object)
        direct = [at for at, record in enumerate(records) if record.of in (0, OF_LINES) and not record.broken]
        rings = self._rings([records[at] for at in direct])
        made = polygons_of_pieces(self.points, rings, self.remarks)
        own = [at for at in direct if not records[at].broken]
        shapes[own] = made
        by_id: dict[int, int] = {}
        composed: dict[int, VctRecord] = {}
        for at, record in enumerate(records):
            if by_id.setdefault(record.id, at) == at and record.of == OF_POLYGONS and not record.broken:
                composed[record.id] = record
        for record in _in_order(composed, self.remarks):
            shapes[by_id[record.id]] = self._union(record, by_id, shapes)
        return shapes

    def _rings(self, records: Iterable[VctRecord]) -> Iterator[tuple[VctRecord, Pieces]]:
        for record in records:
            if record.of != OF_LINES:
                yield record, pieces_of_runs(self.ends, record)
                continue
            self.used.update(map(abs, record.refs or ()))
            groups = self._looked_up(record, self._lines)
            if groups is None:
                record.broken = True
            else:
                yield record, groups

    def _union(self, record: VctRecord, by_id: dict[int, int], shapes: NDArray[Any]) -> Any:
        parts = []
        for ref in record.refs or ():
            at = by_id.get(abs(ref))
            if at is None and ref:
                self.remarks.add("FMT-vct-polygon-unknown", record.line, id=record.id, other=abs(ref))
                return None
            if at is not None and shapes[at] is not None:
                parts.append(shapes[at])
        self._points_left -= int(shapely.get_num_coordinates(parts).sum()) if parts else 0
        if not parts or self._points_left < 0:
            code = "FMT-vct-too-much" if parts else "FMT-vct-shape-short"
            self.remarks.add(code, record.line, id=record.id)
            return None
        try:
            return shapely.union_all(list({id(part): part for part in parts}.values()))
        except shapely.errors.GEOSException:
            self.remarks.add("FMT-vct-rings-cross", record.line, id=record.id)
            return None


def _in_order(records: dict[int, VctRecord], remarks: Remarks) -> Iterator[VctRecord]:
    """Records after those that they refer to; those that go round in a circle are told and left out."""
    waiting: dict[int, set[int]] = {}
    users: dict[int, list[int]] = defaultdict(list)
    ready = []
    for number, record in records.items():
        needs = {abs(ref) for ref in record.refs or array("q")} & records.keys()
        waiting[number] = needs
        for needed in needs:
            users[needed].append(number)
        if not needs:
            ready.append(number)
    while ready:
        number = ready.pop()
        del waiting[number]
        yield records[number]
        for user in users[number]:
            waiting[user].discard(number)
            if not waiting[user]:
                ready.append(user)
    for number in waiting:
        records[number].broken = True
        remarks.add("FMT-vct-circle", records[number].line, id=number)
