"""表格排印。Grids become tables row by row: merged cells, repeated header, known heights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from fangtian.deliver.document.blocks import Entry, Grid
from fangtian.deliver.document.word.columns import BOLD_LOOKS, Columns, column_choices
from fangtian.deliver.document.word.flow import Piece
from fangtian.deliver.document.word.labels import Label
from fangtian.deliver.document.word.lines import JOINT, line_count, type_of
from fangtian.deliver.document.word.markup import attribute
from fangtian.deliver.document.word.measures import CELL_PADDING, ROW_PADDING, Room, cell_line, half_points
from fangtian.deliver.document.word.runs import Setter, run_again, shown_text

__all__ = ["ROW_MARK", "Plan", "plan_table", "table_xml"]

_STYLES = {"header": "TableHead", "text": "TableText", "center": "TableCenter", "number": "TableNumber"}
_SHADES = {
    "subtotal": '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>',
    "total": '<w:shd w:val="clear" w:color="auto" w:fill="E4E4E4"/>',
}
_NUMERIC = frozenset("0123456789.,-−%")
_SPLIT_OVER = 0.5  # of a page: a taller row may be broken
_SHORT, _SHORT_SHARE = 12, 0.55  # rows and share of a page: such a table stays whole
_BOND = 0.3  # of a page: so much at most is held together at the ends of a longer table, or by a merged cell
ROW_MARK = "row"
"""行标。What the pieces of rows are marked with."""
_SAMPLE = 200  # rows that decide between two plans of column widths


@dataclass(frozen=True)
class _Slot:
    """A place in a row: an entry's own cell, its continuation below, or an empty cell."""

    entry: Entry | None
    col: int
    cols: int
    first: bool = True


@dataclass(frozen=True)
class Plan:
    """版式。Rows of a table with their heights.

    ``header`` of them are repeated on every page; ``notes`` is the height of what stands below.
    """

    grid: Grid
    columns: Columns
    heights: tuple[int, ...]
    header: int
    room: Room
    notes: int = 0

    def whole(self, row: int) -> bool:
        """整行。Whether a row stays on one page."""
        return self.heights[row] <= self.room.height * _SPLIT_OVER

    def rows(self, first: int = 0, last: int | None = None) -> list[int]:
        """行号。The header and the rows of a stretch of the table."""
        body = range(max(first, self.header), len(self.heights) if last is None else last)
        return [*range(self.header), *body]

    def pieces(self, rows: Sequence[int]) -> list[Piece]:
        """版面块。What rows take, each marked by its number."""
        repeated, line = sum(self.heights[: self.header]), cell_line(self.columns.size)
        pieces: list[Piece] = []
        for place, row in enumerate(rows):
            head = repeated if place > self.header else 0
            height, mark = self.heights[row], f"{ROW_MARK}{row}"
            if self.whole(row):
                pieces.append(Piece(height, keep=row in self.held, mark=mark, head=head, solid=True))
            else:
                pieces += [
                    Piece(line, head=head, mark=mark),
                    *[Piece(line, head=head)] * (height // line - 1),
                ]
        return pieces

    @property
    def short(self) -> bool:
        """短表。Whether the table stays whole on one page, notes included."""
        whole = sum(self.heights) + self.notes <= self.room.height * _SHORT_SHARE
        return whole and len(self.heights) - self.header <= _SHORT

    @cached_property
    def held(self) -> frozenset[int]:
        """留同页的行。Rows that stay on the page of the row after them: all of a short table; of a longer one
        the header with the first rows, the last rows with the notes, a line of headings with what it heads,
        and what a merged cell spans.
        """
        last = len(self.heights) - 1
        rows = set(range(last if self.short else self.header))
        rows |= self._bond(range(self.header, self.header + 2)) | self._bond(range(last - 1, last + 1))
        for row, slots in enumerate(self.slots[:last]):
            shown = [slot.entry for slot in slots if slot.entry and slot.first]
            if shown and all(entry.look == "header" and entry.rows == 1 for entry in shown):
                rows.add(row)
        for entry in self.grid.entries:
            rows |= self._bond(range(entry.row, entry.row + entry.rows))
        if self.notes and self.notes <= self.room.height * _BOND:
            rows.add(last)
        return frozenset(row for row in rows if self.whole(row))

    def _bond(self, rows: range) -> set[int]:
        """Rows that hold on to the next of the same stretch, unless they are too much for that."""
        inside = [row for row in rows if 0 <= row < len(self.heights)]
        fits = sum(self.heights[row] for row in inside) <= self.room.height * _BOND
        return set(inside[:-1]) if fits else set()

    @cached_property
    def slots(self) -> list[list[_Slot]]:
        """格位。Every row with a slot for every column; what no entry covers is an empty cell."""
        rows: list[dict[int, _Slot]] = [{} for _ in self.heights]
        for entry in self.grid.entries:
            for row in range(entry.row, entry.row + entry.rows):
                rows[row][entry.col] = _Slot(entry, entry.col, entry.cols, row == entry.row)
        return [_filled(slots, len(self.columns.widths)) for slots in rows]

    def repeated(self, setter: Setter, tops: frozenset[int]) -> frozenset[tuple[int, int]]:
        """跨页重复。Row and column where a merged cell begins again: on each page with room for its words."""
        found: set[tuple[int, int]] = set()
        for entry in self.grid.entries:
            end = entry.row + entry.rows
            cuts = [row for row in range(entry.row + 1, end) if row in tops]
            if not cuts or not entry.spans:
                continue
            width = self.columns.span(entry) - 2 * CELL_PADDING
            kind = type_of(self.columns.size, bold=entry.look in BOLD_LOOKS)
            need = line_count(shown_text(entry.spans, setter.labels), width, kind)
            stretches = pairwise([entry.row, *cuts, end])
            least = min(sum(self.heights[first:last]) for first, last in stretches)
            if need * cell_line(self.columns.size) <= least:
                found |= {(row, entry.col) for row in cuts}
        return frozenset(found)

    def merged(self) -> set[int]:
        """合并行。Rows that cannot be parted from the one above."""
        return {row for entry in self.grid.entries for row in range(entry.row + 1, entry.row + entry.rows)}


def plan_table(grid: Grid, setter: Setter, room: Room, padding: int = ROW_PADDING, notes: int = 0) -> Plan:
    """定表格版式。``padding`` is what a row is higher than its lines, ``notes`` the height of what is below.

    Raises DeliverError for more columns than Word can open.
    """
    count = max((entry.row + entry.rows for entry in grid.entries), default=1)
    columns = _chosen(grid, room.width, setter)
    heights = _heights(grid.entries, columns, setter, count, padding)
    header = min(max(grid.header, 0), count - 1)
    if sum(heights[:header]) > room.height * _SPLIT_OVER:
        header = 0  # a header that fills the page leaves no room for rows
    return Plan(grid, columns, tuple(heights), header, room, notes)


def table_xml(
    plan: Plan, label: Label | None, setter: Setter, rows: Sequence[int], tops: Sequence[int] = ()
) -> str:
    """排表。Rows of the table, without caption and notes. Numbers of the annex carry no content control.

    ``tops`` are the rows that begin a page: a merged cell says its words there again.

    A control for each of thousands of cells makes Word slow; the annex is checked against its layout instead.
    """
    again = plan.repeated(setter, frozenset(tops))
    writer = _RowWriter(plan, setter, again, control=not plan.grid.number)
    body = "".join(writer.row(row, plan.slots[row]) for row in rows)
    return f"<w:tbl>{_properties(label, plan.columns)}{body}</w:tbl>"


def _chosen(grid: Grid, width: int, setter: Setter) -> Columns:
    """The plan of widths that takes the fewest lines; else its own proportions."""
    choices = column_choices(grid, width)
    first = [entry for entry in grid.entries if entry.row + entry.rows <= _SAMPLE]
    count = max((entry.row + entry.rows for entry in first), default=1)
    return min(choices, key=lambda columns: sum(_heights(first, columns, setter, count, ROW_PADDING)))


def _properties(label: Label | None, columns: Columns) -> str:
    named = f'<w:tblCaption w:val="{attribute(label.name)}"/>' if label else ""
    widths = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns.widths)
    return (
        f'<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(columns.widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{CELL_PADDING}" w:type="dxa"/><w:right w:w="{CELL_PADDING}" w:type="dxa"/>'
        f"</w:tblCellMar>{named}</w:tblPr><w:tblGrid>{widths}</w:tblGrid>"
    )


def _filled(slots: dict[int, _Slot], count: int) -> list[_Slot]:
    full, col = [], 0
    while col < count:
        slot = slots.get(col) or _Slot(None, col, 1)
        full.append(slot)
        col += slot.cols
    return full


def _heights(
    entries: Iterable[Entry], columns: Columns, setter: Setter, rows: int, padding: int
) -> list[int]:
    """Height of each row; what a cell over several rows needs more is given to its last row."""
    line = cell_line(columns.size)
    heights = [line + padding] * rows
    tall = []
    for entry in entries:
        text = shown_text(entry.spans, setter.labels)
        width = columns.span(entry) - 2 * CELL_PADDING - entry.indent * columns.size * 10
        if len(text) * columns.size * 10 <= width:
            continue  # one line whatever the characters are
        lines = line_count(text, width, type_of(columns.size, bold=entry.look in BOLD_LOOKS))
        if lines > 1 and entry.rows == 1:
            heights[entry.row] = max(heights[entry.row], lines * line + padding)
        elif lines > 1:
            tall.append((entry, lines * line + padding))
    for entry, need in tall:
        last = entry.row + entry.rows
        heights[last - 1] += max(0, need - sum(heights[entry.row : last]))
    return heights


@dataclass
class _RowWriter:
    """Writes the rows of one table."""

    plan: Plan
    setter: Setter
    again: frozenset[tuple[int, int]]
    control: bool

    def __post_init__(self) -> None:
        size = self.plan.columns.size
        self.suffix = str(size) if size != half_points("五号") else ""

    def row(self, row: int, slots: Sequence[_Slot]) -> str:
        repeated = row < self.plan.header
        kept = "<w:keepNext/>" if row in self.plan.held else ""
        cells = "".join(self._cell(slot, kept, (row, slot.col) in self.again) for slot in slots)
        if self.plan.whole(row):
            height = self.plan.heights[row]
            whole = f'<w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/>'
        else:
            whole = ""
        head = "<w:tblHeader/>" if repeated else ""
        return f"<w:tr><w:trPr>{whole}{head}</w:trPr>{cells}</w:tr>"

    def _cell(self, slot: _Slot, kept: str, again: bool) -> str:
        entry = slot.entry
        width = sum(self.plan.columns.widths[slot.col : slot.col + slot.cols])
        span = f'<w:gridSpan w:val="{slot.cols}"/>' if slot.cols > 1 else ""
        merged = ""
        if entry and entry.rows > 1:
            merged = '<w:vMerge w:val="restart"/>' if slot.first or again else "<w:vMerge/>"
        shade = _SHADES.get(entry.look, "") if entry else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merged}{shade}'
            f'<w:vAlign w:val="center"/></w:tcPr>{self._paragraph(slot, kept, again)}</w:tc>'
        )

    def _paragraph(self, slot: _Slot, keep: str, again: bool) -> str:
        entry = slot.entry if slot.first or again else None
        if entry is None:
            return f'<w:p><w:pPr><w:pStyle w:val="TableText{self.suffix}"/>{keep}</w:pPr></w:p>'
        bold = entry.look in _SHADES
        if again:
            runs = run_again(shown_text(entry.spans, self.setter.labels).replace(JOINT, ""), bold=bold)
        else:
            runs = self.setter.runs(entry.spans, bold=bold, control=self.control)
        indent = f'<w:ind w:left="{entry.indent * self.plan.columns.size * 10}"/>' if entry.indent else ""
        style = f'<w:pStyle w:val="{self._style(entry)}{self.suffix}"/>'
        return f"<w:p><w:pPr>{style}{keep}{indent}</w:pPr>{runs}</w:p>"

    def _style(self, entry: Entry) -> str:
        """Sums are set like numbers where they are numbers, else like labels."""
        if entry.look in _STYLES:
            return _STYLES[entry.look]
        text = "".join(span.text for span in entry.spans)
        return _STYLES["number" if text and _NUMERIC.issuperset(text) else "center"]
