"""写 VCT。Layers as a VCT file: common boundaries once, in GBK, the same bytes for the same layers.

What the format cannot hold is told: letters beyond GBK, separators within text, decimals beyond those of a
field or of the coordinates, shapes of another kind than their layer's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place
from fangtian.formats.shapes import row_list
from fangtian.formats.vct import (
    BOUNDARY_CODE,
    FARTHEST,
    OF_LINES,
    POLYLINE,
    VctFile,
    VctHead,
    VctLayer,
    land_use_head,
)
from fangtian.formats.vct_cells import CellWriter
from fangtian.formats.vct_edges import Edges, shared_edges
from fangtian.formats.vct_lines import Remarks

__all__ = ["write_vct"]

_KINDS = ("point", "line", "polygon", "annotation")
_TYPES = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6), "annotation": (0, 4)}
_STYLE = "Unknown"
_ROW = 8
_MOST_ID = 10**18
_SHOWN_LETTERS = 20
_EVERY = 10**9


def write_vct(path: Path, file: VctFile, *, indirect: bool = True) -> tuple[Finding, ...]:
    """写 VCT 文件。The layers of ``file`` under its head; what had to be changed, as findings.

    Polygons name the lines around them, which they share within and between layers; with
    ``indirect=False`` each carries its own coordinates. Coordinates have ``file.head.places`` decimals.
    Layers of the same feature code, or of none, get one of their own. Raises OSError.
    """
    remarks = Remarks(Place(file=path.name), _EVERY)  # one per layer or field: losses are not summed up
    layers = _with_own_codes(file.layers, remarks)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            out = _Out(stream)
            head = file.head if file.head.entries else land_use_head(decimals=file.head.decimals)
            _Writing(head, layers, out, remarks).all(indirect)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    if out.rare:
        letters = "、".join(list(out.rare)[:_SHOWN_LETTERS])
        remarks.add("FMT-vct-rare", 0, file=path.name, letters=letters)
    return remarks.finished()


class _Out:
    """Lines in GBK; a block with letters beyond it in GB18030, which writes all others the same."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.rare: dict[str, None] = {}

    def lines(self, lines: Sequence[str]) -> None:
        text = "\r\n".join([*lines, ""])
        try:
            data = text.encode("gbk")
        except UnicodeEncodeError:
            data = text.encode("gb18030", errors="replace")
            self.rare |= dict.fromkeys(letter for letter in dict.fromkeys(text) if not _in_gbk(letter))
        self._stream.write(data)


def _in_gbk(letter: str) -> bool:
    try:
        letter.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


@dataclass
class _Writing:
    """A file while it is written."""

    head: VctHead
    layers: Sequence[VctLayer]
    out: _Out
    remarks: Remarks

    def __post_init__(self) -> None:
        self.cells = CellWriter(self.head.separator, self.remarks)
        self.places = self.head.places
        self.pair = f"%.{self.places}f{self.head.separator}%.{self.places}f"
        self.shapes = [self._usable(layer) for layer in self.layers]
        self.ids = self._ids()
        self.tables = _table_names(self.layers)

    def all(self, indirect: bool) -> None:
        """Every section."""
        self._head()
        self._codes()
        self._structures()
        self._section("Point", self._points())
        polygons = [shapes for layer, shapes in zip(self.layers, self.shapes, strict=True)
                    if layer.kind == "polygon"]  # fmt: skip
        together = np.concatenate(polygons) if polygons else np.empty(0, dtype=object)
        edges = shared_edges(together, self.places)
        self._tell_vanished(edges)
        self._tell_gone(edges)
        if edges.repeated:
            self.remarks.add("FMT-vct-repeated", 0, count=edges.repeated)
        first = max((int(ids.max()) for ids in self.ids if len(ids)), default=0) + 1
        self._section("Line", self._lines(edges if indirect else None, first))
        self._section("Polygon", self._polygons(edges, first, indirect))
        self._section("Annotation", self._annotations())
        self._attributes()

    def _section(self, name: str, records: Iterator[list[str]]) -> None:
        self.out.lines([f"{name}Begin"])
        batch: list[str] = []
        for record in records:
            batch += record
            if len(batch) > 50_000:
                self.out.lines(batch)
                batch = []
        self.out.lines([*batch, f"{name}End", ""])

    # ── what stands before the shapes ────────────────────────────────────────────────────────────────────

    def _head(self) -> None:
        entries = dict(self.head.entries)
        bounds = [shapely.total_bounds(s) for s in self.shapes if not shapely.is_missing(s).all()]
        low = self.pair % (tuple(np.min(bounds, axis=0)[:2]) if bounds else (0, 0))
        high = self.pair % (tuple(np.max(bounds, axis=0)[2:]) if bounds else (0, 0))
        entries |= {"Dim": "2", "ExtentMin": low, "ExtentMax": high, "Separator": self.head.separator}
        fixed = {"XAxisDirection": "E", "YAxisDirection": "N", "Offset": f"0{self.head.separator}0"}
        entries |= {key: value for key, value in fixed.items() if key in entries}
        rows = [f"{key}:{' '.join(value.split()) or value}" for key, value in entries.items()]
        self.out.lines(["HeadBegin", *rows, "HeadEnd", ""])

    def _codes(self) -> None:
        rows = []
        for layer, table in zip(self.layers, self.tables, strict=True):
            words = [self.cells.word(text) for text in (layer.code, layer.name, table)]
            shapeless = layer.kind == "table"
            cells = [words[2], words[1]] if shapeless else [*words[:2], layer.kind.title(), words[2]]
            rows.append(self.head.separator.join(cells))
        self.out.lines(["FeatureCodeBegin", *rows, "FeatureCodeEnd", ""])

    def _structures(self) -> None:
        rows = ["TableStructureBegin"]
        done: set[str] = set()
        for layer, table in zip(self.layers, self.tables, strict=True):
            if table and table not in done:
                done.add(table)
                rows += self.cells.structure(self.cells.word(table), layer)
        self.out.lines([*rows, "TableStructureEnd", ""])

    # ── shapes ───────────────────────────────────────────────────────────────────────────────────────────

    def _of_kind(self, kind: str) -> Iterator[tuple[VctLayer, NDArray[Any], NDArray[np.int64]]]:
        for layer, shapes, ids in zip(self.layers, self.shapes, self.ids, strict=True):
            if layer.kind == kind:
                yield layer, shapes, ids

    def _record(self, id: int, code: str, rows: list[str]) -> list[str]:
        return [str(id), self.cells.word(code), _STYLE, *rows, "0", ""]

    def _coordinates(self, points: NDArray[np.float64]) -> str:
        """All points of a run, a line each."""
        return self._printed(np.round(points, self.places) + 0.0)

    def _printed(self, points: NDArray[np.float64]) -> str:
        return "\r\n".join([self.pair] * len(points)) % tuple(points.ravel().tolist())

    def _points(self) -> Iterator[list[str]]:
        for layer, shapes, ids in self._of_kind("point"):
            for shape, id in zip(shapes, ids.tolist(), strict=True):
                if shape is None:
                    continue
                points = shapely.get_coordinates(shape)
                single = shape.geom_type == "Point"
                count = [] if single and not self.head.land_use else [str(len(points))]
                rows = ["1" if single else "4", *count, self._coordinates(points)]
                yield self._record(id, layer.code, rows)

    def _lines(self, edges: Edges | None, first: int) -> Iterator[list[str]]:
        for layer, shapes, ids in self._of_kind("line"):
            for shape, id in zip(shapes, ids.tolist(), strict=True):
                if shape is not None:
                    yield self._record(id, layer.code, ["1", *self._runs(shapely.get_parts(shape))])
        if edges is not None:
            for at, (start, stop) in enumerate(zip(edges.start.tolist(), edges.stop.tolist(), strict=True)):
                run = self._printed(edges.points[start:stop])  # rounded already
                rows = ["1", "1", str(POLYLINE), str(stop - start), run]
                yield self._record(first + at, BOUNDARY_CODE, rows)

    def _runs(self, parts: Sequence[Any]) -> list[str]:
        rows = [str(len(parts))]
        for part in parts:
            points = shapely.get_coordinates(part)
            rows += [str(POLYLINE), str(len(points)), self._coordinates(points)]
        return rows

    def _polygons(self, edges: Edges, first: int, indirect: bool) -> Iterator[list[str]]:
        at = 0
        for layer, shapes, ids in self._of_kind("polygon"):
            labels = _labels(shapes)
            for row, (shape, id) in enumerate(zip(shapes, ids.tolist(), strict=True)):
                refs = edges.refs[edges.first[at] : edges.first[at + 1]].tolist()
                at += 1
                if shape is None or not refs:
                    continue
                label = self._coordinates(labels[row : row + 1])
                if indirect:
                    named = [str(ref + (ref > 0) * (first - 1) - (ref < 0) * (first - 1)) for ref in refs]
                    groups = range(0, len(named), _ROW)
                    rows = [self.head.separator.join(named[start : start + _ROW]) for start in groups]
                    yield self._record(id, layer.code, ["100", label, str(OF_LINES), str(len(named)), *rows])
                else:
                    yield self._record(id, layer.code, ["1", label, *self._rings(edges, refs)])

    def _rings(self, edges: Edges, refs: list[int]) -> list[str]:
        rings: list[list[NDArray[np.float64]]] = [[]]
        for ref in refs:
            if ref == 0:
                rings.append([])
            else:
                line = edges.points[edges.start[abs(ref) - 1] : edges.stop[abs(ref) - 1]]
                rings[-1].append((line if ref > 0 else line[::-1])[1 if rings[-1] else 0 :])
        return self._runs([shapely.LineString(np.concatenate(ring)) for ring in rings])

    def _annotations(self) -> Iterator[list[str]]:
        for layer, shapes, ids in self._of_kind("annotation"):
            for at, (shape, id) in enumerate(zip(shapes, ids.tolist(), strict=True)):
                if shape is None:
                    continue
                points = shapely.get_coordinates(shape)
                angles = () if layer.angles is None else layer.angles[at]
                padded = [*angles, *[0.0] * len(points)][: len(points)]
                text = "" if layer.texts is None else str(layer.texts[at])
                rows = [
                    f"{self._coordinates(point[None])}{self.head.separator}{angle:.6f}"
                    for point, angle in zip(points, padded, strict=True)
                ]
                single = shape.geom_type == "Point"
                caption = self.cells.caption(text, layer.name)
                rows = ["1", caption, *rows] if single else ["2", caption, str(len(points)), *rows]
                yield self._record(id, layer.code, rows)

    def _attributes(self) -> None:
        self.out.lines(["AttributeBegin"])
        for table in dict.fromkeys(name for name in self.tables if name):
            self.out.lines([self.cells.word(table)])
            for layer, ids, own in zip(self.layers, self.ids, self.tables, strict=True):
                if own == table:
                    for rows in self.cells.rows(layer, ids):
                        self.out.lines(rows)
            self.out.lines(["TableEnd", ""])
        self.out.lines(["AttributeEnd"])

    # ── what can be written ──────────────────────────────────────────────────────────────────────────────

    def _usable(self, layer: VctLayer) -> NDArray[Any]:
        """Shapes of the layer's kind with two dimensions; None for all others, which is told."""
        shapes = np.array(layer.geometry, dtype=object, copy=True)
        if layer.kind == "table":
            shapes[:] = None
            return shapes
        fit = np.isin(shapely.get_type_id(shapes), _TYPES[layer.kind]) & ~shapely.is_empty(shapes)
        # A missing shape has no bounds, which compare as too far; readers take no number beyond the limit.
        fit &= (np.abs(shapely.bounds(shapes)) < FARTHEST).all(axis=1) if len(shapes) else True
        shapes[~fit] = None
        if not fit.all():
            rows = row_list(np.flatnonzero(~fit))
            count = int((~fit).sum())
            self.remarks.add("FMT-vct-shapeless", 0, layer=layer.name, count=count, rows=rows)
        points = shapely.get_coordinates(shapes)
        change = np.abs(np.round(points, self.places) - points)
        largest = float(change.max(initial=0.0))
        if largest > 0:
            self.remarks.add(
                "FMT-vct-coordinates-cut", 0, layer=layer.name, decimals=self.places, largest=f"{largest:.1e}"
            )
        flat: NDArray[Any] = shapely.force_2d(shapes)
        return flat

    def _ids(self) -> list[NDArray[np.int64]]:
        """Object numbers, as they are if they are good, else from 1 on."""
        ids = [np.asarray(layer.ids, dtype=np.int64) for layer in self.layers]
        every = np.concatenate(ids) if ids else np.empty(0, dtype=np.int64)
        sizes = [len(layer) for layer in self.layers]
        fit = [len(own) for own in ids] == sizes and (every > 0).all() and (every < _MOST_ID).all()
        if fit and len(np.unique(every)) == len(every):
            return ids
        self.remarks.add("FMT-vct-numbered", 0)
        ends = np.cumsum([0, *sizes])
        return [np.arange(start + 1, stop + 1) for start, stop in pairwise(ends)]

    def _tell_vanished(self, edges: Edges) -> None:
        at = 0
        for layer, shapes, _ids in self._of_kind("polygon"):
            own = edges.vanished[(edges.vanished >= at) & (edges.vanished < at + len(shapes))] - at
            at += len(shapes)
            if len(own):
                rows = row_list(np.unique(own))
                values = {"layer": layer.name, "count": len(own), "rows": rows, "decimals": self.places}
                self.remarks.add("FMT-vct-collapsed", 0, **values)

    def _tell_gone(self, edges: Edges) -> None:
        """Features of which nothing is left: without a shape, in a layer without attributes."""
        at = 0
        for layer, shapes, table in zip(self.layers, self.shapes, self.tables, strict=True):
            gone = shapely.is_missing(shapes)
            if layer.kind == "polygon":
                gone |= np.diff(edges.first[at : at + len(shapes) + 1]) == 0
                at += len(shapes)
            if gone.any() and not table:
                rows = row_list(np.flatnonzero(gone))
                self.remarks.add("FMT-vct-gone", 0, layer=layer.name, count=int(gone.sum()), rows=rows)


def _with_own_codes(layers: Sequence[VctLayer], remarks: Remarks) -> list[VctLayer]:
    taken: set[str] = {BOUNDARY_CODE}
    named = []
    for number, layer in enumerate(layers, start=1):
        if layer.kind == "table":  # stands in the file under its table's name
            named.append(replace(layer, code=layer.code or layer.table or layer.name))
            continue
        code = layer.code or f"LAYER{number}"
        if code in taken:
            code = f"{code}_{number}"
        if code != layer.code:
            remarks.add("FMT-vct-code-new", 0, layer=layer.name, feature_code=layer.code, new=code)
        taken.add(code)
        named.append(replace(layer, code=code))
    return named


def _labels(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """A point within every polygon, for labels."""
    labels = np.zeros((len(shapes), 2))
    present = ~shapely.is_missing(shapes)
    try:
        labels[present] = shapely.get_coordinates(shapely.point_on_surface(shapes[present]))
    except shapely.errors.GEOSException:  # what is so broken still gets written
        labels[present] = shapely.bounds(shapes[present])[:, :2]
    return labels


def _table_names(layers: Sequence[VctLayer]) -> list[str]:
    """The table of each layer, "" where it has no fields; layers with the same fields may share one."""
    fields: dict[str, Any] = {}
    names = []
    for layer in layers:
        wanted = layer.table or layer.code
        if layer.fields or layer.kind == "table":
            name = wanted if fields.setdefault(wanted, layer.fields) == layer.fields else layer.code
            fields.setdefault(name, layer.fields)
            names.append(name)
        else:
            names.append("")
    return names
