"""VCT 图层的组成。Shapes and attribute rows brought together, by object number, into layers.

Nothing is dropped because its other half is missing: a shape without a row has blank attributes, a row
without a shape stays as a feature without geometry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fangtian.formats.vct import VctLayer
from fangtian.formats.vct_lines import Remarks
from fangtian.formats.vct_records import VctRecord
from fangtian.formats.vct_tables import AttributeTable

__all__ = ["FeatureCode", "Found", "LayerBuilder"]

Found = dict[tuple[str, str], tuple[list[VctRecord], NDArray[Any]]]
"""图形。Records and shapes by kind and feature code."""


class FeatureCode(NamedTuple):
    """要素类型参数。One line of the section of feature codes."""

    code: str
    name: str
    kind: str
    table: str


class _Rows:
    """Attribute rows of a table, found by object number; which of them have been."""

    def __init__(self, table: AttributeTable, remarks: Remarks) -> None:
        self.fields = table.fields
        self.ids = np.array(table.ids, dtype=np.int64)
        self.columns = table.columns(remarks)
        self.used = np.zeros(len(self.ids), dtype=bool)
        self._order = np.argsort(self.ids, kind="stable")
        self._sorted = self.ids[self._order]
        for id in np.unique(self._sorted[1:][self._sorted[1:] == self._sorted[:-1]]).tolist():
            remarks.add("FMT-vct-row-twice", 0, table=table.name, id=id)

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each object, -1 where it has none."""
        if not len(self.ids):
            return np.full(len(ids), -1)
        at = np.minimum(np.searchsorted(self._sorted, ids), len(self.ids) - 1)
        rows = np.where(self._sorted[at] == ids, self._order[at], -1)
        self.used[rows[rows >= 0]] = True
        return rows


@dataclass
class LayerBuilder:
    """图层组成。Layers in the order of their feature codes, those that are not declared at the end."""

    codes: dict[str, FeatureCode]
    tables: dict[str, AttributeTable]
    found: Found
    remarks: Remarks
    _rows: dict[str, _Rows] = field(default_factory=dict)

    def layers(self) -> Iterator[VctLayer]:
        """全部图层。Layers with shapes, then tables without."""
        self._rows = {name: _Rows(table, self.remarks) for name, table in self.tables.items()}
        kinds = [code for code in self.codes.values() if code.kind != "table"]
        for kind, code in self.found:
            if code not in self.codes or self.codes[code].kind != kind:
                line = self.found[kind, code][0][0].line
                self.remarks.add("FMT-vct-code-unknown", line, feature_code=code[:40])
                declared = self.codes.get(code, FeatureCode(code, code, kind, code))
                kinds.append(declared._replace(kind=kind))
        users: dict[str, list[int]] = defaultdict(list)
        taken = []
        for at, declared in enumerate(kinds):
            users[declared.table].append(at)
            taken.append(self._matched(declared))
        for at, declared in enumerate(kinds):
            alone = users[declared.table] == [at] and declared.table in self._rows
            yield self._layer(declared, taken[at], self._orphans(declared.table) if alone else [])
        for name, rows in self._rows.items():
            if len(users[name]) != 1 and (not users[name] or not rows.used.all()):
                yield self._table(name, bool(users[name]))

    def _matched(self, declared: FeatureCode) -> NDArray[np.int64]:
        """Attribute row of each of a layer's features."""
        records, _shapes = self.found.get((declared.kind, declared.code), ([], None))
        ids = np.array([record.id for record in records], dtype=np.int64)
        self._tell_twice(records, declared.kind)
        rows = self._rows.get(declared.table)
        if rows is None:
            if declared.table and records and declared.kind != "annotation":  # these seldom have one
                self.remarks.add("FMT-vct-table-unknown", 0, table=declared.table[:40])
            return np.full(len(ids), -1)
        matched = rows.of(ids)
        without = int((matched < 0).sum()) if rows.fields else 0
        if without:
            self.remarks.add("FMT-vct-attribute-missing", 0, layer=declared.name, count=without)
        return matched

    def _tell_twice(self, records: Sequence[VctRecord], kind: str) -> None:
        seen: set[int] = set()
        for record in records:
            if record.id in seen and kind != "line":  # of lines it is told where they are looked up
                self.remarks.add("FMT-vct-id-twice", record.line, id=record.id)
            seen.add(record.id)

    def _orphans(self, table: str) -> list[int]:
        orphans: list[int] = np.flatnonzero(~self._rows[table].used).tolist()
        if orphans:
            self.remarks.add("FMT-vct-attribute-orphan", 0, table=table, count=len(orphans))
        return orphans

    def _layer(self, declared: FeatureCode, matched: NDArray[np.int64], orphans: list[int]) -> VctLayer:
        records, shapes = self.found.get((declared.kind, declared.code), ([], np.empty(0, dtype=object)))
        rows = self._rows.get(declared.table)
        every = np.concatenate([matched, np.array(orphans, dtype=np.int64)])
        order = np.arange(len(every))
        if orphans:  # the table knows where they stood
            order = np.argsort(np.where(every < 0, np.iinfo(np.int64).max, every), kind="stable")
        ids = [record.id for record in records] + [int(rows.ids[row]) for row in orphans if rows is not None]
        texts = angles = None
        if declared.kind == "annotation":
            texts = _objects([record.text for record in records] + [""] * len(orphans))[order]
            angles = _objects([record.angles for record in records] + [()] * len(orphans))[order]
        columns = rows.columns.items() if rows else ()
        return VctLayer(
            code=declared.code,
            name=declared.name,
            kind=declared.kind,
            fields=rows.fields if rows else (),
            geometry=np.concatenate([shapes, np.full(len(orphans), None, dtype=object)])[order],
            columns={name: _picked(column, every[order]) for name, column in columns},
            ids=np.array(ids, dtype=np.int64)[order],
            table=declared.table,
            texts=texts,
            angles=angles,
        )

    def _table(self, name: str, leftover: bool) -> VctLayer:
        """A table without shapes, or the rows of a shared table that belong to no shape."""
        rows = self._rows[name]
        own = np.array(self._orphans(name) if leftover else range(len(rows.ids)), dtype=np.int64)
        called = next((code.name for code in self.codes.values() if code.code == name), name)
        columns = {key: column[own] for key, column in rows.columns.items()}
        none = np.full(len(own), None, dtype=object)
        return VctLayer(name, called, "table", rows.fields, none, columns, rows.ids[own], name)


def _objects(values: Sequence[Any]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        array[at] = value
    return array


def _picked(column: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Values of the rows, blank where a row is -1."""
    blank: Any = "" if column.dtype == object else np.nan
    if not len(column):
        picked = np.empty(len(rows), dtype=column.dtype)
        picked[:] = blank
        return picked
    picked = column[rows]
    picked[rows < 0] = blank
    return picked
