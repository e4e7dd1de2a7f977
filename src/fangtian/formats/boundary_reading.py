"""读界址点坐标文件。Any boundary TXT that people send, with all the liberties that are usually taken.

Nothing that can be understood is refused; what deviates is a remark with its line number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.boundary_rings import nested
from fangtian.formats.boundary_txt import BoundaryFile, BoundaryHeader, BoundaryPlot
from fangtian.formats.encoding import decode_text

__all__ = ["read_boundary_txt"]

_SECTION = re.compile(r"[\[【［〔](.{1,20})[\]】］〕]")
_ENTRY = re.compile(r"([^\d,，=＝:：][^,，=＝:：]{0,20})[=＝:：](.*)")
_NUMBER = re.compile(r"[-+]?\d{1,12}(\.\d{0,12})?")
_AREA = re.compile(r"(\d{1,12}(?:\.\d{0,12})?)\s*(公顷|hm2|hm²|ha|亩|平方米|㎡|m2)?", re.IGNORECASE)
_PER_HECTARE = {"亩": 15, "平方米": 10_000, "㎡": 10_000, "m2": 10_000}
_LEAST_COORDINATE = 10_000.0
_PREFIXED, _PLAIN_EAST = 1e7, 1e6
_LEAST_CORNERS = 3
_PLOT_CELLS = 4  # of which an attribute row has more, with the @
_REMARKS_OF_A_KIND = 20
_ZONES = {3: range(25, 46), 6: range(13, 24)}
_NEEDED = ("坐标系", "几度分带", "带号")
_OF_OLD = ("1980", "80", "1954", "54", "西安", "北京", "84")


class _Cells(NamedTuple):
    """A row of attributes: the cells before the closing @."""

    values: tuple[str, ...]
    line: int


@dataclass
class _Ring:
    """Rows of one ring while they are read."""

    number: str
    points: list[tuple[float, float]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        return len(self.points) > _LEAST_CORNERS and self.points[0] == self.points[-1]


@dataclass
class _Draft:
    """A plot while it is read."""

    cells: _Cells
    rings: list[_Ring] = field(default_factory=list)

    def add(self, number: str, point: tuple[float, float], line: int) -> None:
        """A row belongs to the last ring unless that is closed or has another number."""
        if not self.rings or self.rings[-1].closed or self.rings[-1].number != number:
            self.rings.append(_Ring(number))
        self.rings[-1].points.append(point)
        self.rings[-1].lines.append(line)

    @property
    def count(self) -> int:
        return sum(len(ring.points) for ring in self.rings)


def read_boundary_txt(path: Path) -> BoundaryFile:
    """读界址点坐标文件。Header, plots as polygons in (east with zone prefix, north), and remarks.

    Axes that are exchanged are put right, rings are closed and sorted into parts and holes by where they
    lie, whatever their numbers say. Eastings without a zone get the one that the header names. Raises
    InputError for a file that is absent or in no known encoding.
    """
    place = Place(file=path.name)
    try:
        data = path.read_bytes()
    except OSError:
        raise InputError([finding("FMT-missing", place, file=path.name)]) from None
    text, codec = _decoded(data)
    if not codec:
        raise InputError([finding("BND-encoding", place, file=path.name)])
    reading = _Reading(place)
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        reading.take(number, line.strip("\ufeff\u3000 \t\0\x1a"))
    return replace(reading.finished(), encoding=codec)


def _decoded(data: bytes) -> tuple[str, str]:
    if b"\0" in data[:200] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return data.decode(codec, errors="replace"), codec
    return decode_text(data) if data else ("", "utf-8")


class _Reading:
    """A file while it is read, line by line."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._entries: dict[str, str] = {}
        self._drafts: list[_Draft] = []
        self._findings: list[Finding] = []
        self._seen: Counter[str] = Counter()

    def take(self, number: int, line: str) -> None:
        """One line: section, header entry, attributes of a plot, or a point."""
        if not line.strip(",，@ ") or _SECTION.fullmatch(line):
            return
        for cells in _ways_to_cut(line):
            point = _point(cells)
            if point:
                self._add_point(number, *point)
                return
            if _is_plot(cells, line):
                self._add_plot(number, cells)
                return
        unread = re.split(r"[,，]", line)
        if line.endswith("@") and unread[0].strip().isdigit() and len(unread) > _PLOT_CELLS:
            self._add_plot(number, [cell.strip() for cell in unread])  # its area is no number
            return
        entry = _ENTRY.fullmatch(line)
        if entry:
            self._entries[entry[1].strip()] = entry[2].strip()
        else:
            self._remark("BND-line", number, text=line[:40])

    def finished(self) -> BoundaryFile:
        """The polygons, once all lines are in."""
        self._unheaded()
        points = np.array([p for draft in self._drafts for ring in draft.rings for p in ring.points])
        if not len(points):
            self._remark("BND-empty", 0, file=self._place.file)
            return BoundaryFile(self._header(None), (), tuple(self._findings))
        swapped = self._swapped(points)
        zone, shift = self._zone(points[:, ::-1] if swapped else points)
        plots = [self._plot(draft, swapped, shift) for draft in self._drafts]
        kept = tuple(plot for plot in plots if plot is not None)
        return BoundaryFile(self._header(zone), kept, tuple(self._findings))

    def _add_plot(self, line: int, cells: list[str]) -> None:
        values = tuple(cells[:-1] if cells[-1] == "@" else [*cells[:-1], cells[-1].rstrip("@")])
        self._drafts.append(_Draft(_Cells(values, line)))

    def _add_point(self, line: int, ring: str, first: float, second: float) -> None:
        if not self._drafts:
            self._remark("BND-no-plot-row", line)
            self._drafts.append(_Draft(_Cells((), line)))
        rings = self._drafts[-1].rings
        number = ring or (rings[-1].number if rings else "1")
        self._drafts[-1].add(number, (first, second), line)

    def _unheaded(self) -> None:
        missing = [key for key in _NEEDED if not self._entries.get(key)]
        if missing:
            self._remark("BND-header-missing", 0, keys="、".join(missing))
        system = self._entries.get("坐标系", "")
        if "2000" not in system and any(mark in system for mark in _OF_OLD):
            self._remark("BND-datum", 0, system=system)

    def _header(self, zone: int | None) -> BoundaryHeader:
        entries = self._entries
        width = next((width for width, zones in _ZONES.items() if zone in zones), 3)
        told = re.search(r"[36]", entries.get("几度分带", ""))
        if told and zone is not None and int(told[0]) != width:
            self._remark("BND-width-differs", 0, told=told[0], zone=zone)
        decimals = len(entries.get("精度", "").partition(".")[2]) or 3
        unit, date = entries.get("数据产生单位", ""), entries.get("数据产生日期", "")
        return BoundaryHeader(unit, date, zone, width, decimals, dict(entries))

    def _swapped(self, points: NDArray[np.float64]) -> bool:
        """East before north: the longer number is always the easting, the shorter one if it has no zone."""
        first, second = np.median(points, axis=0)
        swapped = first >= _PREFIXED > second or (
            max(first, second) < _PREFIXED and first < _PLAIN_EAST <= second
        )
        if swapped:
            self._remark("BND-axes-swapped", self._drafts[0].cells.line)
        return bool(swapped)

    def _zone(self, points: NDArray[np.float64]) -> tuple[int | None, float]:
        """The zone, and what has to be added to eastings that lack it. ``points`` north first."""
        told = re.search(r"\d{1,2}", self._entries.get("带号", ""))
        header = int(told[0]) if told else None
        east = points[:, 1]
        prefixed = bool(np.median(east) >= _PREFIXED)
        zone = int(np.median(east) // 1e6) if prefixed else header
        self._odd(points, zone, prefixed)
        if not prefixed:
            self._remark("BND-unprefixed" if header else "BND-zone-unknown", 0, zone=header)
        elif header is not None and header != zone:
            self._remark("BND-zone-differs", 0, told=header, zone=zone)
        return zone, 0.0 if prefixed or header is None else header * 1e6

    def _odd(self, points: NDArray[np.float64], zone: int | None, prefixed: bool) -> None:
        """Rows that do not fit the others: exchanged, of another zone, or missing a digit."""
        north, east = points.T
        odd = (north >= _PREFIXED) | (north < _PLAIN_EAST) | ((east >= _PREFIXED) != prefixed)
        if prefixed:
            odd |= east // 1e6 != zone
        lines = [line for draft in self._drafts for ring in draft.rings for line in ring.lines]
        for row in np.flatnonzero(odd):
            self._remark("BND-coordinate-odd", lines[row], x=f"{north[row]:.3f}", y=f"{east[row]:.3f}")

    def _plot(self, draft: _Draft, swapped: bool, shift: float) -> BoundaryPlot | None:
        plot, graphic = _attributes(draft.cells, self._area)
        if graphic in ("点", "线"):
            self._remark("BND-not-polygon", plot.line, plot=plot.id or plot.name, graphic=graphic)
            return None
        if plot.count is not None and plot.count != draft.count:
            self._remark("BND-count", plot.line, plot=plot.id, told=plot.count, count=draft.count)
        rings = list(self._rings(draft, swapped, shift))
        if not rings:
            self._remark("BND-no-ring", plot.line, plot=plot.id)
            return None
        geometry, crossing = nested(rings)
        if crossing or not geometry.is_valid:
            reason = (
                f"第 {crossing[0][0] + 1} 圈与第 {crossing[0][1] + 1} 圈相交"
                if crossing
                else _reason(geometry)
            )
            self._remark("BND-invalid", plot.line, plot=plot.id, reason=reason)
        return replace(plot, geometry=geometry)

    def _rings(self, draft: _Draft, swapped: bool, shift: float) -> Iterator[NDArray[np.float64]]:
        for ring in draft.rings:
            points = np.array(ring.points)[:, :: 1 if swapped else -1] + (shift, 0.0)
            if ring.points[0] != ring.points[-1]:
                self._remark("BND-unclosed", ring.lines[-1], ring=ring.number)
                points = np.vstack([points, points[:1]])
            keep = np.append(True, (points[1:] != points[:-1]).any(axis=1))
            if len(np.unique(points, axis=0)) < _LEAST_CORNERS:
                self._remark("BND-ring-short", ring.lines[0], ring=ring.number)
            else:
                yield points[keep]

    def _area(self, text: str, line: int) -> Decimal | None:
        match = _AREA.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if not match:
            if text:
                self._remark("BND-area-text", line, text=text[:20])
            return None
        per = _PER_HECTARE.get((match[2] or "").lower())
        if per:
            self._remark("BND-area-unit", line, unit=match[2])
        return Decimal(match[1]) / per if per else Decimal(match[1])

    def _remark(self, code: str, line: int, **values: Any) -> None:
        self._seen[code] += 1
        if self._seen[code] <= _REMARKS_OF_A_KIND:
            place = replace(self._place, field=f"第{line}行" if line else "")
            self._findings.append(finding(code, place, line=line, **values))


def _ways_to_cut(line: str) -> Iterator[list[str]]:
    """Cells by commas; only where these make no sense, by full-width commas, tabs or blanks as well."""
    for separator in (r",", r"[,，]", r"[,，;；、\t]", r"[,，;；、\s]+"):
        yield [cell.strip(" \t\u3000") for cell in re.split(separator, line)]


def _number(text: str) -> float:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return float(plain) if _NUMBER.fullmatch(plain) else 0.0


def _point(cells: Sequence[str]) -> tuple[str, float, float] | None:
    """Ring number and the two numbers of a point; None for any other row."""
    filled = list(cells)
    while filled and not filled[-1]:
        filled.pop()
    if not 2 <= len(filled) <= 5 or filled[-1].endswith("@"):
        return None
    for at in (2, 1) if len(filled) > 2 else (0,):
        pair = [_number(cell) for cell in filled[at : at + 2]]
        ring = filled[1] if at == 2 else ""
        if len(pair) == 2 and min(pair) >= _LEAST_COORDINATE and (not ring or ring.isdigit()):
            return ring, pair[0], pair[1]
    return None


def _is_plot(cells: Sequence[str], line: str) -> bool:
    """Attributes begin with a count and an area and end with @; either sign may be missing, not both."""
    if len(cells) < 3:
        return False
    counted = bool(re.fullmatch(r"\d{0,7}", cells[0])) and bool(_AREA.fullmatch(cells[1]) or not cells[1])
    return counted and (line.endswith("@") or bool(cells[0] and cells[1]))


def _attributes(cells: _Cells, area: Any) -> tuple[BoundaryPlot, str]:
    """The plot without its shape, and what kind of graphic it says it is; ``0`` fills empty cells."""
    values = [*cells.values, *[""] * 8][: max(8, len(cells.values))]
    sheet, use, land_class = ("" if value == "0" else value for value in values[5:8])
    count = int(values[0]) if values[0].isdigit() else None
    plot = BoundaryPlot(
        values[2], values[3], None, area(values[1], cells.line), use, land_class, sheet, count, cells.line,
        tuple(values[8:]),
    )  # fmt: skip
    return plot, values[4]


def _reason(geometry: Any) -> str:
    return str(shapely.is_valid_reason(geometry)).partition("[")[0] or "图形无效"
