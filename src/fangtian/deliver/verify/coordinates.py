"""核对坐标文件。Finished boundary files, re-read by their strict grammar: every row, area and point.

Here the grammar is spelled out once more, apart from the writer. Points must be corners of the shapes in the
plan database, areas those that the points enclose; the table of areas must say what the files say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.layer import LayerSpec, layer_specs
from fangtian.deliver.coordinates import (
    COMPARISON_COLUMNS,
    COORDINATE_FILES,
    hectares,
    printed_date,
    ring_areas,
)
from fangtian.deliver.database import DATABASE_FILE
from fangtian.deliver.verify.geodatabase import moved_shapes
from fangtian.deliver.verify.sealed import Sealed, number_differs, text_differs
from fangtian.facts.fact import PLANNED, address_of
from fangtian.formats.boundary_rings import nested, settled
from fangtian.formats.boundary_txt import plot_name
from fangtian.formats.filegdb import read_geodatabase_table
from fangtian.geo.crs import Crs, crs_of
from fangtian.units import Area

__all__ = ["check_comparison", "check_coordinates"]

_POINT = re.compile(r"J([1-9]\d*),([1-9]\d*),(\d{6,7}\.(\d+)),(\d{8}\.(\d+))")
_PLOT = re.compile(r"(\d+),(\d+\.\d{4}),([^,@]+),([^,@]*),面,([^,@]*),([^,@]*),([^,@]*),@")
_PREFIXED_ZONES = {3: 4488, 6: 4478}
_NAMED = 20


@dataclass
class _Row:
    """A plot as its rows say: attribute cells, and points with ring number and line."""

    line: int
    cells: tuple[str, ...]
    points: list[tuple[float, float]] = field(default_factory=list)  # north, east
    numbers: list[int] = field(default_factory=list)
    rings: list[int] = field(default_factory=list)

    @property
    def geometry(self) -> Any:
        points = np.array(self.points)[:, ::-1]
        starts = [n for n in range(len(points)) if n == 0 or self.rings[n] != self.rings[n - 1]]
        return nested(np.split(points, starts[1:]))[0]


class _File:
    """A boundary file taken apart; what breaks the grammar is in ``findings``."""

    def __init__(self, path: Path, name: str, sealed: Sealed) -> None:
        self.name, self.findings, self.plots = name, list[Finding](), list[_Row]()
        self.width, self.zone, self.decimals = 3, 0, 3
        lines = self._lines(path.read_bytes())
        self._header(lines[:12], sealed)
        for number, line in enumerate(lines[12:], start=13):
            self._take(number, line)
        for plot in self.plots:
            self._sound(plot)

    @property
    def crs(self) -> Crs:
        return crs_of(_PREFIXED_ZONES[self.width] + self.zone)

    def broken(self, line: int, what: str) -> None:
        if len(self.findings) < _NAMED:
            place = Place(file=self.name, field=f"第{line}行")
            self.findings.append(finding("BND-grammar", place, file=self.name, line=line, what=what))

    def _lines(self, data: bytes) -> list[str]:
        try:
            text = data.decode("gbk")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        lines = text.split("\n")
        for number, line in enumerate(lines[:-1], start=1):
            if not line.endswith("\r") or "\r" in line[:-1]:
                self.broken(number, "行尾不是回车换行")
        if lines[-1]:
            self.broken(len(lines), "最后一行没有换行")
        return [line.rstrip("\r") for line in (lines if lines[-1] else lines[:-1])]

    def _header(self, lines: Sequence[str], sealed: Sealed) -> None:
        told = dict(line.partition("=")[::2] for line in lines)
        origin = sealed.origin
        self.width = int(told["几度分带"]) if told.get("几度分带") in ("3", "6") else 3
        self.zone = int(told["带号"]) if re.fullmatch(r"[1-4]\d", told.get("带号", "")) else 0
        self.decimals = 4 if told.get("精度") == "0.0001" else 3
        expected = (
            "[属性描述]",
            "格式版本号=1.01版本",
            f"数据产生单位={origin.unit if origin else told.get('数据产生单位')}",
            f"数据产生日期={printed_date(origin) if origin else told.get('数据产生日期')}",
            "坐标系=2000国家大地坐标系",
            f"几度分带={self.width}",
            "投影类型=高斯克吕格",
            "计量单位=米",
            f"带号={self.zone}",
            f"精度={10**-self.decimals:.{self.decimals}f}",
            "转换参数=,,,,,,",
            "[地块坐标]",
        )
        found = [*lines, *[""] * len(expected)]
        for number, (line, wanted) in enumerate(zip(found, expected, strict=False), start=1):
            if line != wanted:
                where = f"第{number}行"
                self.findings.append(text_differs(self.name, where, line, wanted))

    def _take(self, number: int, line: str) -> None:
        point, plot = _POINT.fullmatch(line), _PLOT.fullmatch(line)
        if plot:
            self.plots.append(_Row(number, plot.groups()))
        elif point and self.plots and len(point[4]) == len(point[6]) == self.decimals:
            row = self.plots[-1]
            row.numbers.append(int(point[1]))
            row.rings.append(int(point[2]))
            row.points.append((float(point[3]), float(point[5])))
        else:
            self.broken(number, f"“{line[:40]}”不合格式")

    def _sound(self, plot: _Row) -> None:
        """Count, numbering of points and rings, closing rows, zone."""
        if int(plot.cells[0]) != len(plot.points):
            self.broken(plot.line, f"界址点数为 {plot.cells[0]}，实有 {len(plot.points)} 行")
        ring, first, due = 1, 0, 1
        seen: set[tuple[float, float]] = set()
        for at, (number, told, point) in enumerate(zip(plot.numbers, plot.rings, plot.points, strict=True)):
            line = plot.line + 1 + at
            back, again = point == plot.points[first], number == plot.numbers[first]
            closing = at - first >= 3 and (back or again)
            wanted = plot.numbers[first] if closing else due
            if (number, told) != (wanted, ring):
                self.broken(line, f"点号圈号为 J{number},{told}，应为 J{wanted},{ring}")
            if closing and not back:
                self.broken(line, f"第 {ring} 圈的末点与首点不同")
            elif not closing and point in seen:
                self.broken(line, f"第 {ring} 圈重复了同一点")
            seen.add(point)
            if int(point[1] // 1e6) != self.zone:
                self.broken(line, f"东坐标不在第 {self.zone} 带")
            ring, first, due = (ring + 1, at + 1, due) if closing else (ring, first, due + 1)
            if closing:
                seen.clear()
        if first != len(plot.points):
            self.broken(plot.line + len(plot.points), f"第 {ring} 圈没有闭合")


def check_coordinates(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对坐标文件。Grammar row by row, header, areas, and points and attributes against the plan database.

    ``path`` is a boundary file of a build, ``name`` as the manifest spells it. Raises ValueError or OSError
    for a file that is no text of ours at all.
    """
    file = _File(path, name, sealed)
    yield from file.findings
    whole = [plot for plot in file.plots if len(plot.points) > 3]
    if file.findings or not whole:
        return
    shapes = np.array([plot.geometry for plot in whole], dtype=object)
    yield from _areas(file, whole, shapes)
    if name == COORDINATE_FILES["plots"]:
        yield from _names(file, sealed)
    database = path.parents[1] / DATABASE_FILE
    role = next((role for role, file_name in COORDINATE_FILES.items() if file_name == name), "")
    if role and database.is_file():
        try:
            table, geometry = read_geodatabase_table(database, layer_specs()[role].official)
        except OSError:
            return  # the database's own check says what is wrong with it
        yield from _against_layer(file, shapes, _layer(file, table, geometry), layer_specs()[role])


def check_comparison(path: Path, name: str, sealed: Sealed) -> Iterator[Finding]:
    """核对面积对照。Every row against the boundary files beside it and the sealed facts."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    if tuple(rows[0]) != COMPARISON_COLUMNS:
        yield text_differs(name, "第1行", "，".join(rows[0]), "，".join(COMPARISON_COLUMNS))
    files = [_File(file, file.name, sealed) for file in _boundary_files(path.parent)]
    lost = {row[0] for row in rows[1:]} - {file.name for file in files}
    # A file that is broken or gone is told by its own check; nothing can be compared with it.
    expected = [] if lost or any(file.findings for file in files) else list(_expected_rows(files))
    if expected and len(rows) - 1 != len(expected):
        yield text_differs(name, "行数", str(len(rows) - 1), str(len(expected)))
    for number, row in enumerate(rows[1:], start=2):
        shown = sealed.presentation.find(row[9]) if sealed.presentation and row[9] else None
        if shown is not None and row[7] != shown.text:
            yield number_differs(name, f"第{number}行", row[9], row[7], shown.text)
    for number, (row, wanted) in enumerate(zip(rows[1:], expected, strict=False), start=2):
        for column, text in enumerate(wanted):
            if row[column] != text:
                where = f"第{number}行 {COMPARISON_COLUMNS[column]}"
                yield text_differs(name, where, row[column], text)


def _boundary_files(folder: Path) -> Iterator[Path]:
    """Those that are there, in the order of the comparison."""
    paths = (folder / name.rpartition("/")[2] for name in COORDINATE_FILES.values())
    yield from (path for path in paths if path.is_file())


def _expected_rows(files: Sequence[_File]) -> Iterator[tuple[str, ...]]:
    """File, number, name and the three areas of every plot of the boundary files."""
    for file in files:
        shapes = np.array([plot.geometry for plot in file.plots], dtype=object)
        areas = zip(*ring_areas(shapes, file.crs), strict=True)
        for plot, (ellipsoidal, planar) in zip(file.plots, areas, strict=True):
            shown = hectares(Area(ellipsoidal)), hectares(Area(planar))
            yield file.name, plot.cells[2], plot.cells[3], plot.cells[1], *shown


def _areas(file: _File, plots: Sequence[_Row], shapes: NDArray[Any]) -> Iterator[Finding]:
    """Printed areas against those of the points: all of a file ellipsoidal, or all of it plane."""
    ellipsoidal, planar = ([hectares(Area(area)) for area in areas] for areas in ring_areas(shapes, file.crs))
    printed = [plot.cells[1] for plot in plots]
    kinds = (ellipsoidal, planar)
    meant = max(kinds, key=lambda kind: sum(one == other for one, other in zip(kind, printed, strict=True)))
    for plot, one, other in zip(plots, printed, meant, strict=True):
        if one != other:
            place = Place(file=file.name, feature=plot.cells[2], field=f"第{plot.line}行")
            values = {"plot": plot.cells[2], "printed": one, "measured": other}
            yield finding("BND-area-wrong", place, file=file.name, line=plot.line, **values)


def _names(file: _File, sealed: Sealed) -> Iterator[Finding]:
    """A plot bears the name of its sub-project."""
    for plot in file.plots:
        address = address_of("plot_subproject", f"plot:{plot.cells[2]}", PLANNED)
        shown = sealed.presentation.find(address) if sealed.presentation else None
        if shown is not None and plot.cells[3] != plot_name(shown.text):
            yield text_differs(file.name, f"第{plot.line}行 地块名称", plot.cells[3], plot_name(shown.text))


def _layer(file: _File, table: Any, geometry: str) -> dict[str, Any]:
    """Columns of the plan database's layer, its shapes with the zone in their eastings under ``""``.

    A shape too thin for the decimals of the file is in no boundary file.
    """
    shapes = shapely.from_wkb(np.array(table.column(geometry).to_pylist(), dtype=object))
    kept = np.array([not settled(shape, file.decimals).is_empty for shape in shapes], dtype=bool)
    shapes = shapes[kept]
    points = shapely.get_coordinates(shapes)
    if len(points) and points[0, 0] < 1e6:
        shapes = shapely.transform(shapes, lambda xy: xy + np.array([file.zone * 1e6, 0.0]))
    return {**table.filter(kept).drop_columns([geometry]).to_pydict(), "": shapes}


def _against_layer(
    file: _File, shapes: NDArray[Any], columns: Mapping[str, Any], spec: LayerSpec
) -> Iterator[Finding]:
    wanted = list(_attributes(spec, columns))
    told = [(plot.cells[2], plot.cells[5], plot.cells[6]) for plot in file.plots]
    ids, due = [cells[0] for cells in told], [cells[0] for cells in wanted]
    if ids != due:
        yield from _strangers(file, ids, due)
        return
    for plot, cells, true in zip(file.plots, told, wanted, strict=True):
        for label, one, other in zip(("地块编号", "地块用途", "地类编码"), cells, true, strict=True):
            if one != other:
                yield text_differs(file.name, f"第{plot.line}行 {label}", one, other)
    yield from _moved(file, shapes, columns[""])


def _strangers(file: _File, ids: Sequence[str], due: Sequence[str]) -> Iterator[Finding]:
    """Plots that only the file or only the database has; nothing but their order may differ otherwise."""
    for code, one, other in (("BND-plot-missing", due, ids), ("BND-plot-extra", ids, due)):
        for number in sorted(set(one) - set(other)):
            place = Place(file=file.name, feature=number)
            yield finding(code, place, file=file.name, plot=number)
    if sorted(ids) == sorted(due):
        yield text_differs(file.name, "地块顺序", "、".join(ids[:5]), "、".join(due[:5]))


def _attributes(spec: LayerSpec, columns: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Number, use and class of every row, as far as the layer has them."""
    ours = {item.name: item.official[0] for item in spec.fields}

    def cell(name: str, row: int) -> str:
        return plot_name(str(columns[ours[name]][row] or "")) if ours.get(name) in columns else ""

    for row in range(len(columns[""])):
        uses = (cell(name, row) for name in ("plot_use", "use_after", "block", "plot_kind"))
        use = next(filter(None, uses), spec.title)
        yield cell("plot_id", row) or str(row + 1), use, cell("planned_class", row)


def _moved(file: _File, shapes: NDArray[Any], layer: NDArray[Any]) -> Iterator[Finding]:
    named: set[int] = set()
    for at, line, words in _strange_points(file, layer):
        named.add(at)
        if len(named) <= _NAMED:
            place = Place(file=file.name, feature=file.plots[at].cells[2], field=f"第{line}行")
            yield finding("BND-point-differs", place, file=file.name, line=line, words=words)
    for moved in np.flatnonzero(moved_shapes(shapes, layer)).tolist():
        if moved not in named:
            plot = file.plots[moved]
            place = Place(file=file.name, feature=plot.cells[2], field=f"第{plot.line}行")
            yield finding("BND-shape-differs", place, file=file.name, line=plot.line, plot=plot.cells[2])


def _strange_points(file: _File, layer: NDArray[Any]) -> Iterator[tuple[int, int, str]]:
    """Points that are no corner of the shape in the database once that is rounded, with plot and line."""
    for at, (plot, shape) in enumerate(zip(file.plots, layer, strict=True)):
        corners = _corners(np.round(shapely.get_coordinates(shape), file.decimals))
        if not corners.issuperset((east, north) for north, east in plot.points):
            # A border that would cross itself once rounded is redrawn, with corners of its own.
            corners |= _corners(shapely.get_coordinates(settled(shape, file.decimals)))
        for offset, (north, east) in enumerate(plot.points, start=1):
            if (east, north) not in corners:
                yield at, plot.line + offset, f"X {north}，Y {east}"


def _corners(points: NDArray[np.float64]) -> set[tuple[float, float]]:
    return {(east, north) for east, north in points.tolist()}
