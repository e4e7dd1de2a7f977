"""图面要素。What stands around a map, as values: title, legend, area table, neighbours, imprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Furniture", "Inset", "InsetRow", "LegendGroup", "LegendItem", "Neighbour", "Rgb", "Tag"]

Rgb = tuple[int, int, int]
"""颜色。Red, green, blue, 0 to 255."""


@dataclass(frozen=True)
class Tag:
    """印出的事实。Address of the fact, the form it is shown in, and the text as printed."""

    address: str
    form: str
    text: str


@dataclass(frozen=True)
class LegendItem:
    """图例项。One line of the legend; widths and dashes in millimetres on paper.

    ``text`` stands in the swatch (a class code), ``symbol`` is matplotlib's name of a point's marker,
    ``casing`` the colour of the outer line of a road, ``casing_mm`` its width on each side. A hatch takes
    the colour of the edge.
    """

    label: str
    kind: Literal["fill", "line", "hatch", "point"]
    face: Rgb | None = None
    edge: Rgb | None = None
    width_mm: float = 0.1
    dash: tuple[float, ...] = ()
    hatch: str = ""
    alpha: float = 1.0
    symbol: str = "o"
    area: Tag | None = None
    casing: Rgb | None = None
    casing_mm: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class LegendGroup:
    """图例组。Items under a title; an empty title prints none."""

    title: str
    items: tuple[LegendItem, ...]


@dataclass(frozen=True)
class Neighbour:
    """邻区名。Name of a neighbouring unit, centred on a point of the ground."""

    text: str
    x: float
    y: float
    size: float = 9


@dataclass(frozen=True)
class InsetRow:
    """面积表的行。A label and one value for each further column."""

    label: str
    values: tuple[Tag, ...]
    unit: str = ""


@dataclass(frozen=True)
class Inset:
    """面积表。A small table of facts on the map; ``columns`` are all heads, the label's first."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[InsetRow, ...]


@dataclass(frozen=True)
class Furniture:
    """图面要素。Everything printed over and around a map; an empty text prints nothing.

    ``subtitle`` is the plan's name, above the title; ``unit`` the 编制单位; ``base_year`` and ``data_source``
    say what the present state is drawn from; ``seal`` is the full SHA-256 of the facts.
    """

    title: str
    subtitle: str = ""
    legend: tuple[LegendGroup, ...] = ()
    inset: Inset | None = None
    neighbours: tuple[Neighbour, ...] = ()
    unit: str = ""
    date: str = ""
    base_year: str = ""
    data_source: str = ""
    seal: str = ""
    notes: tuple[str, ...] = ()

    def tags(self) -> Iterator[Tag]:
        """印出的事实。Every fact of the legend and the area table, in reading order."""
        for group in self.legend:
            yield from (item.area for item in group.items if item.area)
        for row in self.inset.rows if self.inset else ():
            yield from row.values

    def words(self) -> Iterator[str]:
        """全部文字。Every text from the caller, to check that the typeface can draw it."""
        yield from (self.title, self.subtitle, self.unit, self.date, self.base_year, self.data_source)
        yield from self.notes
        yield from (neighbour.text for neighbour in self.neighbours)
        for group in self.legend:
            yield group.title
            yield from (item.label for item in group.items)
        if self.inset:
            yield from (self.inset.title, *self.inset.columns, *(row.label for row in self.inset.rows))
        yield from (tag.text for tag in self.tags())
