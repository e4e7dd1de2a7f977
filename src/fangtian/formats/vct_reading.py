"""读 VCT。A whole file into layers, whatever is wrong with it: told line by line, never fatal without need.

One pass over the text; sections may come in any order. Raises only where there is nothing to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Place
from fangtian.formats.vct import BOUNDARY_CODE, VctFile, VctHead, VctLayer
from fangtian.formats.vct_layers import FeatureCode, Found, LayerBuilder
from fangtian.formats.vct_lines import Remarks, VctLines, codec_of_file, section_mark
from fangtian.formats.vct_records import ShapeReader, number_of
from fangtian.formats.vct_shapes import ShapeBuilder
from fangtian.formats.vct_tables import AttributeTable, read_attributes, read_structures

__all__ = ["read_vct"]

_KINDS = ("point", "line", "polygon", "annotation")
_BEFORE_HEAD = 200
_NOT_READ = {"style": "FMT-vct-style", "topology": "FMT-vct-style", "representation": "FMT-vct-style"}
_SECTIONS = frozenset({*_KINDS, "head", "featurecode", "tablestructure", "attribute", "style", "topology",
                       "comment", "solid", "aggregation"})  # fmt: skip
_OFFICIAL_KEYS = {key.lower(): key for key in (
    "DataMark", "Version", "CoordinateSystemType", "Dim", "XAxisDirection", "YAxisDirection", "XYUnit",
    "ZUnit", "Spheroid", "PrimeMeridian", "Projection", "Parameters", "VerticalDatum",
    "TemporalReferenceSystem", "ExtentMin", "ExtentMax", "MapScale", "Offset", "Date", "Separator",
    "Topo", "Unit",
)}  # fmt: skip
_MOST_DECIMALS, _EXACT, _SAMPLE = 10, 2.0**53, 10_000
_NORTH_FIRST = ("N", "北")


def read_vct(path: Path) -> VctFile:
    """读 VCT 文件。Head, layers in the order of their feature codes, and remarks with line numbers.

    Lines that only bound polygons are no layer. Polygons are put together from their lines; their holes are
    found by where the rings lie. Raises InputError for a file that is absent, no VCT, of the edition of
    1999, in a unit other than metres and degrees, or with lines longer than any VCT has.
    """
    remarks = Remarks(Place(file=path.name))
    try:
        codec = codec_of_file(path)
        reading = _Reading(VctLines(path, codec, remarks), remarks)
        return reading.file(codec)
    except OSError:
        raise remarks.refusal("FMT-missing") from None


@dataclass
class _Reading:
    """A file while it is read."""

    lines: VctLines
    remarks: Remarks
    head: VctHead = field(default_factory=VctHead)
    codes: dict[str, FeatureCode] = field(default_factory=dict)
    tables: dict[str, AttributeTable] = field(default_factory=dict)
    shapes: ShapeReader | None = None

    def file(self, codec: str) -> VctFile:
        """All sections, then all that follows from them."""
        self._find_head()
        while (row := self.lines.next()) is not None:
            mark = section_mark(row)
            if mark and mark[1] == "begin":
                self._section(mark[0])
            elif mark is None:
                self.remarks.add("FMT-vct-line", self.lines.number, expected="段的开始标志", text=row[:40])
                while self.lines.peek() and section_mark(self.lines.peek()) is None:
                    self.lines.next()
        layers = tuple(self._layers())
        return VctFile(self.head, layers, self.remarks.finished(), codec.removesuffix("-sig"))

    def _find_head(self) -> None:
        for _ in range(_BEFORE_HEAD):
            mark = section_mark(self.lines.peek())
            if mark == ("comment", "begin"):
                self.lines.next()
                self._skip("comment")
            elif mark and mark[0] in _SECTIONS and mark[1] == "begin":
                if mark[0] != "head":
                    self.remarks.add("FMT-vct-line", 1, expected="HeadBegin", text=self.lines.peek())
                return
            elif self.lines.next() is None:
                break
        raise self.remarks.refusal("FMT-vct-not")

    def _section(self, name: str) -> None:
        line = self.lines.number
        while True:
            if name in _SECTIONS and name != "comment":
                self._body(name)
            else:
                self._skip(name)
            mark = section_mark(self.lines.peek())
            if (name, mark) != ("attribute", ("varchar", "begin")):
                break
            self.lines.next()
            self.remarks.add("FMT-vct-skipped", self.lines.number, section="Varchar")
            self._skip("varchar")
            if section_mark(self.lines.peek()) == ("varchar", "end"):
                self.lines.next()
        if mark == (name, "end"):
            self.lines.next()
        else:
            self.remarks.add("FMT-vct-unended", line, section=name.capitalize())

    def _body(self, name: str) -> None:
        separator = self.head.separator
        if name == "head":
            self._read_head()
        elif name == "featurecode":
            self._read_codes()
        elif name == "tablestructure":
            for table in read_structures(self.lines, separator, self.remarks).values():
                self.tables.setdefault(table.name, table)
        elif name == "attribute":
            read_attributes(self.lines, separator, self.tables, self.remarks)
        elif name in _KINDS:
            self._reader().section(name)
        else:
            code = _NOT_READ.get(name, "FMT-vct-skipped")
            self.remarks.add(code, self.lines.number, section=name.capitalize())
            self._skip(name)

    def _reader(self) -> ShapeReader:
        if self.shapes is None:
            dimensions = 3 if self.head["Dim"].strip() == "3" else 2
            self.shapes = ShapeReader(self.lines, self.remarks, self.head.separator, dimensions)
        return self.shapes

    def _skip(self, name: str) -> None:
        """To the end of a section that is not read, or to the beginning of one that is."""
        while row := self.lines.peek():
            mark = section_mark(row)
            if mark == (name, "end") or (name != "comment" and mark and mark[0] in _SECTIONS - {name}):
                return
            self.lines.next()

    def _read_head(self) -> None:
        entries: dict[str, str] = {}
        while (row := self.lines.peek()) and section_mark(row) is None:
            self.lines.next()
            key, colon, value = row.replace("：", ":", 1).partition(":")
            key = key.strip()
            if not colon or len(key) > 40:
                self.remarks.add("FMT-vct-line", self.lines.number, expected="文件头的“项:值”", text=row[:40])
                continue
            entries[_OFFICIAL_KEYS.get(key.lower(), key)] = value.strip() or value[:1]
        self.head = VctHead(entries)
        if "Topo" in entries or ("Unit" in entries and "XYUnit" not in entries):
            raise self.remarks.refusal("FMT-vct-edition", version=self.head["Version"] or "未写明")
        unit = self.head["XYUnit"].upper()
        if unit[:1] not in ("M", "D", ""):
            raise self.remarks.refusal("FMT-vct-unit", unit=self.head["XYUnit"])

    def _read_codes(self) -> None:
        while (row := self.lines.peek()) and section_mark(row) is None:
            self.lines.next()
            cells = [cell.strip() for cell in row.split(self.head.separator)]
            code, name, kind, table = (*cells, "", "", "")[:4]
            if len(cells) == 2:  # a table without shapes: table, name
                kind, table = "table", code
            if not code or kind.lower() not in (*_KINDS, "table", "nonegeometry"):
                expected = "编码,名称,类型,表名"
                self.remarks.add("FMT-vct-line", self.lines.number, expected=expected, text=row[:40])
            elif code in self.codes:
                self.remarks.add("FMT-vct-code-twice", self.lines.number, feature_code=code[:40])
            else:
                kind = kind.lower() if kind.lower() in _KINDS else "table"
                self.codes[code] = FeatureCode(code, name, kind, table)

    # ── layers ───────────────────────────────────────────────────────────────────────────────────────────

    def _layers(self) -> Iterator[VctLayer]:
        reader = self._reader()
        points = np.array(reader.coordinates, dtype=np.float64).reshape(-1, 2)
        self.head = VctHead(self.head.entries, _decimals(points))
        points = self._placed(points)
        if reader.heights:
            self.remarks.add("FMT-vct-heights", 0)
        builder = ShapeBuilder(points, np.array(reader.ends), reader.records, self.remarks)
        found: Found = {}
        for kind in _KINDS:
            shapes = builder.shapes(kind)
            rows: dict[str, list[int]] = {}
            records = reader.records.get(kind, [])
            for row, record in enumerate(records):
                rows.setdefault(record.code, []).append(row)
            for code, own in rows.items():
                found[kind, code] = ([records[row] for row in own], shapes[own])
        self._drop_boundaries(found, builder.used)
        yield from LayerBuilder(self._tabled(), self.tables, found, self.remarks).layers()

    def _tabled(self) -> dict[str, FeatureCode]:
        """Codes with their tables: where none is named, the one of the layer's name, if there is one."""
        return {
            code: entry if entry.table or entry.name not in self.tables else entry._replace(table=entry.name)
            for code, entry in self.codes.items()
        }

    def _placed(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """East before north, offset added."""
        first = self.head["XAxisDirection"].strip().upper()[:1]
        offset = [number_of(cell) or 0.0 for cell in self.head["Offset"].split(self.head.separator)]
        if any(offset[:2]) and len(offset) > 1:
            places = 9 if self.head.degrees else 4
            points = np.round(points + offset[:2], max(places, self.head.decimals or 0))
        return points[:, ::-1].copy() if first in _NORTH_FIRST else points

    def _drop_boundaries(self, found: Found, used: set[int]) -> None:
        """Lines that are no features: of the code for boundaries, or of none that is declared."""
        for kind, code in list(found):
            records, _shapes = found[kind, code]
            undeclared = code not in self.codes and all(record.id in used for record in records)
            if kind == "line" and (code == BOUNDARY_CODE or undeclared):
                del found[kind, code]


def _decimals(points: NDArray[np.float64]) -> int | None:
    """Decimals that all coordinates are printed with at most, None where there are no coordinates."""
    if not len(points):
        return None
    largest = float(np.abs(points).max())
    most = next((d for d in range(_MOST_DECIMALS, 0, -1) if largest * 10.0**d < _EXACT), 0)
    places = 0
    for part in (points[:_SAMPLE], points):
        while places < most and (np.round(part, places) != part).any():
            places += 1
    return places
