"""实施进度图。Sub-projects by kind, each from its first year of work to its year of acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fangtian.catalog.code import codes
from fangtian.catalog.order import natural_key
from fangtian.deliver.charts.palette import GREY, kind_colour
from fangtian.deliver.charts.plate import TALLEST, WIDTH, DrawnChart, Look, Plate, wrapped
from fangtian.deliver.drawing.typeface import POINT_MM, text_width
from fangtian.deliver.present import Presentation

__all__ = ["schedule"]

_HEAD, _MONEY, _LEADING = 6.5, 19.0, 1.2
_SETTINGS = (
    (7.5, 3.6, 2), (7.5, 2.4, 2), (7.0, 1.6, 2), (6.5, 1.2, 2), (6.0, 0.9, 2), (5.5, 0.6, 2), (6.0, 0.6, 1),
    (5.5, 0.4, 1),
)  # fmt: skip
"""Type size in points, room between rows in mm, lines of a name: the first that fits a page is taken."""
_HATCHES = ("", "//////", "......", "\\\\\\\\\\\\", "xxxxxx")


@dataclass(frozen=True)
class _Row:
    """A sub-project: the scope of its facts, its name and kind, its years."""

    scope: str
    name: str
    kind: str
    start: int
    end: int

    def address(self, key: str) -> str:
        return f"{key}@{self.scope}.planned"


@dataclass(frozen=True)
class _Grid:
    """Measures of the chart: width of the names, type size, room between rows, where the years end."""

    names: float
    size: float
    room: float
    years: range
    right: float
    rows: int = 2

    def x(self, year: float) -> float:
        return self.names + (year - self.years[0]) * (self.right - self.names) / len(self.years)

    def lines(self, row: _Row) -> list[str]:
        return wrapped(row.name, self.names - 3.0, self.size, self.rows)

    def height(self, lines: int) -> float:
        return lines * _LEADING * self.size * POINT_MM + self.room


def schedule(presentation: Presentation) -> DrawnChart | None:
    """子项目实施进度安排图。Grouped by kind in catalogue order; investment beside, where it is known."""
    rows = _rows(presentation)
    if not rows:
        return None
    kinds = [kind for kind in (*codes("subproject_kind"), "") if any(row.kind == kind for row in rows)]
    grid = _grid(rows, len(kinds), presentation)
    plate = Plate(presentation, _HEAD + _body(grid, rows, len(kinds)) + 1.0)
    _years(plate, grid)
    top = _HEAD
    for number, kind in enumerate(kinds):
        height = grid.height(1)
        plate.band((0, top), (WIDTH, height))
        plate.words(0.8, top + height / 2, kind or "其他", Look(grid.size, weight="bold"))
        top += height
        for row in (row for row in rows if row.kind == kind):
            top = _draw(plate, grid, row, (top, _HATCHES[number % len(_HATCHES)]))
    return plate.finish("schedule", "子项目实施进度安排图")


def _draw(plate: Plate, grid: _Grid, row: _Row, place: tuple[float, str]) -> float:
    """One row; where the next one begins."""
    top, hatch = place
    lines = grid.lines(row)
    height = grid.height(len(lines))
    middle = top + height / 2
    plate.lines(2.0, middle, lines, Look(grid.size))
    left, right = grid.x(row.start) + 0.4, grid.x(row.end + 1) - 0.4
    bar = min(4.4, grid.height(1) * 0.72)
    plate.box((left, middle - bar / 2), (right - left, bar), kind_colour(row.kind), hatch)
    _ends(plate, row, (left, right, middle, bar), min(6.5, grid.size))
    if grid.right < WIDTH:
        plate.fact(WIDTH - 0.8, middle, row.address("investment"), Look(grid.size, "right"))
    return top + height


def _ends(plate: Plate, row: _Row, place: tuple[float, float, float, float], size: float) -> None:
    """The two years in the bar, where it has room for them."""
    left, right, middle, bar = place
    addresses = [row.address(f"subproject_{key}") for key in ("start", "acceptance")]
    need = [text_width(plate.presentation.text(address, "unit"), size) + 1.2 for address in addresses]
    if sum(need) + 3.0 > right - left or bar < 2.9:
        return
    for address, x in zip(addresses, (left + 0.5 + need[0] / 2, right - 0.5 - need[1] / 2), strict=True):
        plate.plaque(x, middle, need[0], 2.5)
        plate.fact(x, middle, address, Look(size, "center"), "unit")


def _years(plate: Plate, grid: _Grid) -> None:
    """The years above, as many of them as there is room for, and a line at the beginning of each."""
    step = grid.x(grid.years[0] + 1) - grid.x(grid.years[0])
    every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if n * step >= text_width("2000年", 7) + 0.8)
    bottom = plate.height - 1.0
    for number, year in enumerate((*grid.years, grid.years[-1] + 1)):
        plate.line((grid.x(year),) * 2, (_HEAD, bottom), 0.25, GREY)
        if year in grid.years and number % every == 0:
            plate.words(grid.x(year + 0.5), 3.4, f"{year}年", Look(7, "center"))
    plate.line((0, WIDTH), (_HEAD, _HEAD), 0.5)
    plate.line((0, WIDTH), (bottom, bottom), 0.5)
    plate.words(0.8, 3.4, "子项目", Look(7.5, weight="bold"))
    if grid.right < WIDTH:
        plate.words(WIDTH - 0.8, 3.4, "投资（万元）", Look(7, "right", "bold"))


def _grid(rows: Sequence[_Row], kinds: int, presentation: Presentation) -> _Grid:
    paid = any(row.address("investment") in presentation for row in rows)
    right = WIDTH - (_MONEY if paid else 0.0)
    years = range(min(row.start for row in rows), max(row.end for row in rows) + 1)
    for size, room, lines in _SETTINGS:
        widest = max(text_width(row.name, size) for row in rows) + 4.0
        grid = _Grid(max(26.0, min(widest, 66.0)), size, room, years, right, lines)
        if _HEAD + _body(grid, rows, kinds) + 1.0 <= TALLEST:
            break
    return grid


def _body(grid: _Grid, rows: Sequence[_Row], kinds: int) -> float:
    return kinds * grid.height(1) + sum(grid.height(len(grid.lines(row))) for row in rows)


def _rows(presentation: Presentation) -> list[_Row]:
    prefix, suffix = "subproject_start@", ".planned"
    scopes = [a.removeprefix(prefix).removesuffix(suffix) for a in presentation if a.startswith(prefix)]
    rows = [row for scope in sorted(scopes, key=natural_key) if (row := _row(presentation, scope))]
    return sorted(rows, key=lambda row: (row.start, row.end))


def _row(presentation: Presentation, scope: str) -> _Row | None:
    found = {
        key: presentation.find(f"subproject_{key}@{scope}.planned")
        for key in ("name", "kind", "start", "acceptance")
    }
    words = {key: shown.text if shown else "" for key, shown in found.items()}
    if not (words["start"] and words["acceptance"]):
        return None
    start, end = int(words["start"]), int(words["acceptance"])
    name = words["name"] or scope.removeprefix("subproject:")
    kind = words["kind"] if words["kind"] in codes("subproject_kind") else ""
    return _Row(scope, name, kind, start, max(start, end))
