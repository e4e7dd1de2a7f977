"""VCT 图形段。Records of points, lines, polygons and annotations: what each line says, nothing put together.

A record that does not follow the grammar is left out with one remark, and reading goes on after the ``0``
that ends it. Counts are checked, never trusted: what lies between two marks is what there is.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from fangtian.formats.vct import DIRECT, FARTHEST, INDIRECT, OF_LINES, OF_POLYGONS, POLYLINE
from fangtian.formats.vct_lines import Remarks, VctLines, section_mark

__all__ = ["ShapeReader", "VctRecord", "number_of", "whole_number"]

_FEWEST, _MOST = 256, 65_536
"""Rows taken at once: few at first, so that a count that lies costs nothing, then ever more."""
_NUMBER = re.compile(r"[-+]?(\d{1,20}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,2})?")
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_CUTS = re.compile(r"[,，;；\t ]+")
_ODD_LETTERS = "nN_eE"
"""In nan, inf, 1_000 and 1e999, which Python takes for numbers."""
_SINGLE, _NODE, _DIRECTED, _CLUSTER = 1, 2, 3, 4
_END = "0"
_PLAIN = ["标识码", "要素代码", "图形表现编码", str(DIRECT), "1", str(POLYLINE), "点数"]
"""Rows before the points of a line of one run."""


class _BrokenError(Exception):
    """The record cannot be used; what is wrong with it has been said."""


@dataclass(slots=True)
class VctRecord:
    """记录。One object of a section.

    Its points are the runs ``first`` to ``last`` of the reader's ``ends``; ``refs`` are the objects that an
    indirect one is made ``of`` (lines or polygons; 0 for a direct one). ``broken`` keeps an object without
    shape, so that its attributes stay.
    """

    id: int
    code: str
    line: int
    first: int = 0
    last: int = 0
    type: int = 0
    of: int = 0
    refs: array[int] | None = None
    text: str = ""
    angles: tuple[float, ...] = ()
    broken: bool = False


def whole_number(text: str) -> int | None:
    """整数。A whole number of at most 18 digits, None for anything else.

    >>> whole_number("-12"), whole_number("1.0"), whole_number("9" * 19)
    (-12, None, None)
    """
    if text.isdigit() and text.isascii() and len(text) < 19:
        return int(text)
    return int(text) if _WHOLE.fullmatch(text) else None


def number_of(text: str) -> float | None:
    """数值。A plain decimal number, full-width digits allowed; None for words, infinities and the like.

    >>> number_of("１２.5"), number_of("nan"), number_of("1_0"), number_of("1e99")
    (12.5, None, None, None)
    """
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    value = float(plain) if _NUMBER.fullmatch(plain) else None
    return value if value is not None and abs(value) < FARTHEST else None


@dataclass
class ShapeReader:
    """图形读取。Sections of shapes, read into ``records`` by kind and one long row of coordinates.

    ``coordinates`` x, y, x, y, … of all points; ``ends`` the number of points up to the end of each run.
    """

    lines: VctLines
    remarks: Remarks
    separator: str = ","
    dimensions: int = 2
    coordinates: array[float] = field(default_factory=lambda: array("d"))
    ends: array[int] = field(default_factory=lambda: array("q", [0]))
    records: dict[str, list[VctRecord]] = field(default_factory=dict)
    heights: bool = False

    def section(self, kind: str) -> None:
        """读一段。All records up to the mark that ends the section, which is left to be read."""
        body: Callable[[VctRecord], None] = getattr(self, f"_{kind}")
        records = self.records.setdefault(kind, [])
        while (row := self.lines.peek()) and section_mark(row) is None:
            record = None
            if kind == "line" and self._plain_line(records):
                continue
            try:
                record = self._head()
                records.append(record)
                body(record)
                self._close()
            except _BrokenError:
                self._give_up(record)

    def _give_up(self, record: VctRecord | None) -> None:
        """Keep the object without shape, leave its points to nobody, and go on after its end."""
        if record is not None:
            record.broken = True
        if self.ends[-1] != len(self.coordinates) // 2:
            self.ends.append(len(self.coordinates) // 2)
        while (row := self.lines.peek()) and section_mark(row) is None:
            self.lines.next()
            if row == _END:
                return

    def _head(self) -> VctRecord:
        id = self._whole("标识码")
        line = self.lines.number
        if id <= 0:
            self._misfit("标识码（正整数）", str(id))
        code = self._word("要素代码")
        self._word("图形表现编码")
        runs = len(self.ends) - 1
        return VctRecord(id, code, line, runs, runs)

    def _point(self, record: VctRecord) -> None:
        record.type = self._whole("点的特征类型")
        if record.type not in (_SINGLE, _NODE, _DIRECTED, _CLUSTER):
            self._misfit("点的特征类型 1—4", str(record.type))
        count = {_DIRECTED: 2}.get(record.type, 1)
        if record.type == _CLUSTER or whole_number(self.lines.peek()) is not None:
            count = self._whole("点数")
        self._run(record, count)
        if record.type == _DIRECTED:
            self.remarks.add("FMT-vct-direction", record.line, id=record.id)

    def _line(self, record: VctRecord) -> None:
        if self._form() == INDIRECT:
            record.of = INDIRECT
            self._references(record)
        else:
            self._blocks(record, "线段数")

    def _plain_line(self, records: list[VctRecord]) -> bool:
        """A line of one run, as most are: read at once, or not at all."""
        rows = self.lines.ahead(len(_PLAIN))
        if len(rows) < len(_PLAIN) or rows[3:6] != _PLAIN[3:6] or any(map(section_mark, rows[1:3])):
            return False
        id, count = whole_number(rows[0]), whole_number(rows[6])
        if id is None or count is None or id <= 0 or count > _FEWEST:
            return False
        record = VctRecord(id, rows[1], self.lines.coming, len(self.ends) - 1, len(self.ends))
        taken = self.lines.take(len(_PLAIN) + count + 1)
        run = taken[len(_PLAIN) : -1]
        values = self._values(run) if len(run) == count and taken[-1] == _END else None
        if values is None:
            self.lines.back(len(taken))
            return False
        self.coordinates.extend(values)
        self.ends.append(len(self.coordinates) // 2)
        records.append(record)
        return True

    def _polygon(self, record: VctRecord) -> None:
        form = self._form()
        if len(self._cells(self.lines.peek())) >= 2:
            self.lines.next()  # a point within, for labels
        if form == DIRECT:
            self._blocks(record, "圈数")
            return
        record.of = self._whole("间接坐标面的构成类型")
        if record.of not in (OF_LINES, OF_POLYGONS):
            self._misfit("构成类型 21 或 22", str(record.of))
        self._references(record)

    def _annotation(self, record: VctRecord) -> None:
        record.type = self._whole("注记的特征类型")
        if record.type not in (1, 2):
            self._misfit("注记的特征类型 1 或 2", str(record.type))
        record.text = self._word("注记内容")
        coordinates = [number_of(cell) for cell in self._cells(record.text)]
        if len(coordinates) in (2, 3) and None not in coordinates and self.lines.peek() == _END:
            record.text = ""  # blank lines do not come through
            self.lines.back(1)
        count = 1
        if record.type == 2 or whole_number(self.lines.peek()) is not None:
            count = self._whole("点数")
        angles = []
        for _ in range(count):
            cells = self._cells(self.lines.peek())
            if len(cells) < 2 or section_mark(self.lines.peek()):
                break
            self.lines.next()
            x, y, angle = (number_of(cell) for cell in (*cells, "0")[:3])
            if x is None or y is None:
                self._no_number()
            self.coordinates.extend((x, y))
            angles.append(angle or 0.0)
        if len(angles) != count:
            self.remarks.add("FMT-vct-count", record.line, what="点数", told=count, count=len(angles))
        self.ends.append(len(self.coordinates) // 2)
        record.angles, record.last = tuple(angles), len(self.ends) - 1

    # ── coordinates ──────────────────────────────────────────────────────────────────────────────────────

    def _blocks(self, record: VctRecord, what: str) -> None:
        """Segments or rings: kind, count, points. There are as many as follow one another."""
        told = self._whole(what)
        line, found = self.lines.number, 0
        while self._block_follows(found < told):
            kind = self._whole("线型")
            if kind != POLYLINE:
                self.remarks.add("FMT-vct-curve", self.lines.number, id=record.id, kind=kind)
                raise _BrokenError
            self._run(record, self._whole("点数"))
            found += 1
        if found != told:
            self.remarks.add("FMT-vct-count", line, what=what, told=told, count=found)

    def _block_follows(self, expected: bool) -> bool:
        """Whether the next rows are a block; beyond the expected ones, only if they look like it."""
        row = self.lines.peek()
        if row == _END or whole_number(row) is None:
            return False
        if expected:
            return True
        return whole_number(self.lines.peek(1)) is not None and len(self._cells(self.lines.peek(2))) >= 2

    def _run(self, record: VctRecord, told: int) -> None:
        """The points of a block; one that has more or fewer than it says is believed by its rows."""
        line, found, most = self.lines.number, 0, _FEWEST
        while found < told:
            wanted = min(told - found, most)
            taken = self._points(wanted)
            found, most = found + taken, min(2 * most, _MOST)
            if taken < wanted:
                break
        if found >= told:
            while len(self._cells(self.lines.peek())) >= 2 and not section_mark(self.lines.peek()):
                found += self._points(1)
        if found != told:
            self.remarks.add("FMT-vct-count", line, what="点数", told=told, count=found)
        self.ends.append(len(self.coordinates) // 2)
        record.last = len(self.ends) - 1

    def _points(self, wanted: int) -> int:
        """Up to ``wanted`` rows of coordinates; how many there were before something else came."""
        rows = self.lines.take(wanted)
        values = self._values(rows)
        if values is None:
            return self._points_one_by_one(rows)
        self.coordinates.extend(values)
        return len(rows)

    def _values(self, rows: list[str]) -> array[float] | None:
        """All numbers of rows of two, None if there is anything else to be seen."""
        text = self.separator.join(rows)
        cells = text.split(self.separator)
        if len(cells) != 2 * len(rows) or self.dimensions != 2 or any(odd in text for odd in _ODD_LETTERS):
            return None
        try:
            values = array("d", map(float, cells))
        except ValueError:
            return None
        within = bool(values) and -FARTHEST < min(values) and max(values) < FARTHEST
        return values if within and all(self.separator in row for row in rows) else None

    def _points_one_by_one(self, rows: list[str]) -> int:
        for at, row in enumerate(rows):
            cells = self._cells(row)
            if len(cells) < 2 or section_mark(row):
                self.lines.back(len(rows) - at)
                return at
            x, y = number_of(cells[0]), number_of(cells[1])
            if x is None or y is None:
                self.lines.back(len(rows) - at - 1)
                self._no_number()
            self.heights |= len(cells) > 2
            self.coordinates.extend((x, y))
        return len(rows)

    def _references(self, record: VctRecord) -> None:
        """Object numbers, eight in a row, ``0`` between groups; the count includes the zeros or does not."""
        told = self._whole("对象的项数")
        line, refs, zeros = self.lines.number, array("q"), 0
        while True:
            row = self.lines.peek()
            if not row or section_mark(row) or (row == _END and self._is_last(len(refs) < told)):
                break
            cells = self._cells(row)
            if len(refs) - zeros >= told and len(cells) < 2 and not row.startswith("-"):
                break  # nothing is due any more: the next record, without a 0 before it
            values = [value for value in map(whole_number, cells) if value is not None]
            if len(values) < max(len(cells), 1):
                self._misfit("对象标识号")
            self.lines.next()
            refs.extend(values)
            zeros += values.count(0)
        if told not in (len(refs), len(refs) - zeros):
            self.remarks.add("FMT-vct-count", line, what="对象的项数", told=told, count=len(refs))
        record.refs = refs

    def _is_last(self, more_expected: bool) -> bool:
        """Whether a lone ``0`` ends the record: not if numbers are due and what follows is no new record."""
        following = self.lines.peek(1)
        if not more_expected or not following or section_mark(following):
            return True
        begins = whole_number(following) is not None and self.lines.peek(4) in (str(DIRECT), str(INDIRECT))
        return begins and len(self._cells(self.lines.peek(5))) >= 2

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────

    def _cells(self, row: str) -> list[str]:
        if self.separator in row:
            return row.split(self.separator)
        return [cell for cell in _CUTS.split(row) if cell]

    def _form(self) -> int:
        form = self._whole("特征类型")
        if form not in (DIRECT, INDIRECT):
            self._misfit("特征类型 1 或 100", str(form))
        return form

    def _whole(self, what: str) -> int:
        value = whole_number(self.lines.peek())
        if value is None:
            self._misfit(what)
        self.lines.next()
        return value

    def _word(self, what: str) -> str:
        row = self.lines.peek()
        if not row or section_mark(row):
            self._misfit(what)
        return self.lines.next() or ""

    def _close(self) -> None:
        row = self.lines.peek()
        if row == _END:
            self.lines.next()
        if row in (_END, ""):  # that the file ends here is told of the section
            return
        self.remarks.add("FMT-vct-line", self.lines.coming, expected="结束标志 0", text=row[:40])
        if not section_mark(row) and whole_number(row) is None:
            raise _BrokenError

    def _misfit(self, expected: str, text: str | None = None) -> NoReturn:
        """The next row, or the one just read (``text``), is not what stands here."""
        row = self.lines.peek() if text is None else text
        line = self.lines.coming if text is None and row else self.lines.number
        shown = row[:40] or "（文件结束）"
        self.remarks.add("FMT-vct-line", line, expected=expected, text=shown)
        raise _BrokenError

    def _no_number(self) -> NoReturn:
        self.remarks.add("FMT-vct-number", self.lines.number)
        raise _BrokenError
