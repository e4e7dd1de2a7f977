"""面积表。The small table of areas on a map, measured before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from fangtian.deliver.drawing.typeface import text_width
from fangtian.deliver.maps.furniture import Inset
from fangtian.deliver.maps.paper import Box
from fangtian.deliver.maps.pen import WHITE, Letters, Pen

__all__ = ["InsetTable", "draw_inset", "measure_inset"]

_TITLE, _HEAD, _ROW, _PAD = 7.0, 5.6, 5.0, 2.0
_TITLE_SIZE, _HEAD_SIZE, _SIZE, _UNIT_SIZE = 9.0, 8.0, 7.5, 6.5


@dataclass(frozen=True)
class InsetTable:
    """排好的面积表。Column widths and the room it takes; ``unit`` where all rows share one."""

    inset: Inset
    widths: tuple[float, ...]
    unit: str
    k: float

    @property
    def width(self) -> float:
        """宽。Millimetres."""
        return sum(self.widths)

    @property
    def height(self) -> float:
        """高。Millimetres."""
        return (_TITLE + _HEAD + _ROW * len(self.inset.rows)) * self.k

    @property
    def labels(self) -> tuple[str, ...]:
        """行名。With the unit where rows differ in it."""
        if self.unit:
            return tuple(row.label for row in self.inset.rows)
        return tuple(row.label + (f"（{row.unit}）" if row.unit else "") for row in self.inset.rows)


def measure_inset(inset: Inset, k: float) -> InsetTable:
    """量面积表。Every column as wide as its widest text; the whole at least as wide as its title."""
    units = {row.unit for row in inset.rows}
    unit = units.pop() if len(units) == 1 else ""
    table = InsetTable(inset, (), unit, k)
    columns = [
        table.labels,
        *([row.values[i].text for row in inset.rows] for i in range(len(inset.columns) - 1)),
    ]
    widths = [
        max([text_width(head, _HEAD_SIZE * k, "bold"), *(text_width(text, _SIZE * k) for text in texts)])
        + 2 * _PAD * k
        for head, texts in zip(inset.columns, columns, strict=True)
    ]
    note = text_width(_unit_note(unit), _UNIT_SIZE * k)
    least = text_width(inset.title, _TITLE_SIZE * k, "bold") + 2 * note + (8 if note else 4) * k
    spare = max(least - sum(widths), 0.0)
    return InsetTable(inset, tuple(width + spare / len(widths) for width in widths), unit, k)


def draw_inset(pen: Pen, table: InsetTable, box: Box) -> None:
    """绘面积表。Into a box at least as large; it is stretched to the box's width and hangs from its top."""
    x0, _, x1, y1 = box
    k, inset = table.k, table.inset
    stretch = (x1 - x0) / table.width
    edges = [x0]
    for width in table.widths:
        edges.append(edges[-1] + width * stretch)
    bottom = y1 - table.height
    pen.box((x0, bottom, x1, y1), 0.2 * min(k, 1.5), fill=WHITE)
    pen.letter((x0 + x1) / 2, y1 - _TITLE / 2 * k, inset.title, Letters(_TITLE_SIZE * k, "bold", "center"))
    unit_at = (x1 - 1.5 * k, y1 - _TITLE * k + 1.8 * k)
    pen.letter(*unit_at, _unit_note(table.unit), Letters(_UNIT_SIZE * k, across="right"))
    y = y1 - _TITLE * k
    pen.line([(x0, y), (x1, y)], 0.15 * min(k, 1.5))
    for number, head in enumerate(inset.columns):
        middle = (edges[number] + edges[number + 1]) / 2
        pen.letter(middle, y - _HEAD / 2 * k, head, Letters(_HEAD_SIZE * k, "bold", "center"))
    y -= _HEAD * k
    for x in edges[1:-1]:
        pen.line([(x, y1 - _TITLE * k), (x, bottom)], 0.1 * min(k, 1.5))
    for label, row in zip(table.labels, inset.rows, strict=True):
        pen.line([(x0, y), (x1, y)], 0.1 * min(k, 1.5))
        pen.letter(x0 + _PAD * k, y - _ROW / 2 * k, label, Letters(_SIZE * k))
        for right, tag in zip(edges[2:], row.values, strict=True):
            pen.letter(right - _PAD * k, y - _ROW / 2 * k, tag.text, Letters(_SIZE * k, across="right"))
        y -= _ROW * k


def _unit_note(unit: str) -> str:
    return f"单位：{unit}" if unit else ""
