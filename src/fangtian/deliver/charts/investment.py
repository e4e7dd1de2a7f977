"""投资图。Where the money comes from, and when it is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fangtian.catalog.code import code_entries
from fangtian.deliver.charts.palette import GREY, Rgb, category_colour, shades
from fangtian.deliver.charts.plate import WIDTH, DrawnChart, Look, Plate, wrapped
from fangtian.deliver.drawing.typeface import text_width
from fangtian.deliver.present import Presentation
from fangtian.facts.fact import PLANNED, address_of, year_phase

__all__ = ["investment_sources", "investment_years"]

_CATEGORY_KEYS = {"财政": "investment_fiscal", "社会": "investment_social"}
_HATCHES = {"财政": "", "社会": "//////"}
_Place = tuple[float, float, float, float]  # left, top, mm for one 万元, height
_NUMBER, _UNIT = Look(7), "单位：万元"


@dataclass(frozen=True)
class _Series:
    """One part of a stacked bar: its legend, its key with member, its look."""

    label: str
    key: str
    member: str
    face: Rgb
    hatch: str

    def address(self, year: int) -> str:
        return address_of(self.key, "project", year_phase(year), self.member)


def investment_sources(presentation: Presentation) -> DrawnChart | None:
    """资金来源构成图。Bars by source under their category, with amounts and the category's share."""
    groups = {
        category: [
            (code, entry.name)
            for code, entry in code_entries("fund_source").items()
            if entry.category == category and _source(code) in presentation
        ]
        for category in _CATEGORY_KEYS
    }
    groups = {category: sources for category, sources in groups.items() if sources}
    longest = max((_number(presentation, _source(c)) for rows in groups.values() for c, _ in rows), default=0)
    if longest <= 0:
        return None
    row, head = 6.0, 7.0
    count = sum(len(sources) for sources in groups.values())
    plate = Plate(presentation, 5.0 + len(groups) * head + count * row + 1.0)
    plate.words(WIDTH - 0.8, 2.8, _UNIT, Look(7.5, "right"))
    left, top = 47.0, 5.0
    room = WIDTH - left - 18.0
    for category, sources in groups.items():
        _category_head(plate, category, top)
        top += head
        plate.line((left, left), (top - 0.6, top + len(sources) * row - 0.6), 0.6, GREY)
        for code, name in sources:
            length = _number(presentation, _source(code)) / longest * room
            plate.lines(left - 2, top + row / 2 - 0.6, wrapped(name, left - 8, 7.5), Look(7.5, "right"))
            face, hatch = category_colour(category), _HATCHES[category]
            plate.box((left, top + 0.6), (length, row - 2.4), face, hatch)
            plate.fact(left + length + 1.0, top + row / 2 - 0.6, _source(code), _NUMBER)
            top += row
    return plate.finish("investment_sources", "资金来源构成图")


def _category_head(plate: Plate, category: str, top: float) -> None:
    key, bold = _CATEGORY_KEYS[category], Look(8, weight="bold")
    plate.band((0, top + 0.4), (WIDTH, 5.4))
    title, share = f"{category}投资", f"{key}_share@project.planned"
    plate.words(0.8, top + 3.1, title, bold)
    address = address_of(key, "project", PLANNED)
    at = 2.5 + text_width(title, 8, "bold")
    plate.fact(at, top + 3.1, address, bold, "unit")
    if address in plate.presentation and share in plate.presentation:
        at += text_width(plate.presentation.text(address, "unit"), 8, "bold")
        plate.words(at, top + 3.1, "，占", bold)
        plate.fact(at + text_width("，占", 8, "bold"), top + 3.1, share, bold, "unit")


def investment_years(presentation: Presentation) -> DrawnChart | None:
    """分年度投资安排图。One bar a year, stacked by source where that is known, else by category or whole."""
    years = _years(presentation)
    longest = max((_number(presentation, _of_year(year)) for year in years), default=0)
    if longest <= 0:
        return None
    series = _series(presentation, years)
    legend, entries = _legend_places(series)
    row = min(11.0, max(5.0, 90.0 / len(years)))
    head = 6.0 + legend
    plate = Plate(presentation, head + len(years) * row + 1.5)
    plate.words(WIDTH - 0.8, 2.8, _UNIT, Look(7.5, "right"))
    for part, (x, y) in zip(series if legend else (), entries, strict=True):
        plate.box((x, y - 1.4), (5, 2.8), part.face, part.hatch)
        plate.words(x + 6, y, part.label, Look(7))
    left = 13.0
    room = WIDTH - left - 19.0
    for number, year in enumerate(years):
        top = head + number * row
        plate.words(left - 1.5, top + row / 2, f"{year}年", Look(7.5, "right"))
        _stack(plate, series, year, (left, top + row * 0.14, room / longest, row * 0.72))
    plate.line((left, left), (head - 0.5, head + len(years) * row), 0.6, GREY)
    return plate.finish("investment_years", "分年度投资安排图")


def _stack(plate: Plate, series: Sequence[_Series], year: int, place: _Place) -> None:
    """The parts of a year; a value stands in its part where there is room, the total always at the end."""
    left, top, scale, height = place
    middle, x = top + height / 2, left
    for part in series:
        address = part.address(year)
        length = _number(plate.presentation, address) * scale
        plate.box((x, top), (length, height), part.face, part.hatch)
        x += max(0.0, length)
    if len(series) > 1:
        _values_within(plate, series, year, place)
    plate.fact(x + 1.0, middle, _of_year(year), Look(7, weight="bold"))


def _values_within(plate: Plate, series: Sequence[_Series], year: int, place: _Place) -> None:
    left, top, scale, height = place
    x, size = left, 6.5
    for part in series:
        shown = plate.presentation.find(part.address(year))
        length = _number(plate.presentation, part.address(year)) * scale
        need = text_width(shown.text, size) if shown else 0.0
        if shown and length > need + 1.6:
            plate.plaque(x + length / 2, top + height / 2, need + 0.8)
            plate.fact(x + length / 2, top + height / 2, part.address(year), Look(size, "center"))
        x += max(0.0, length)


def _series(presentation: Presentation, years: Sequence[int]) -> list[_Series]:
    found: list[_Series] = []
    for category in _CATEGORY_KEYS:
        entries = [
            (code, entry.name)
            for code, entry in code_entries("fund_source").items()
            if entry.category == category
            and any(_number(presentation, _source(code, year_phase(year))) > 0 for year in years)
        ]
        looks = shades(category_colour(category), len(entries))
        found += [
            _Series(name, "investment_source", code, *look)
            for (code, name), look in zip(entries, looks, strict=True)
        ]
    if found:
        return found
    by_category = [
        _Series(f"{category}投资", key, "", category_colour(category), _HATCHES[category])
        for category, key in _CATEGORY_KEYS.items()
        if any(address_of(key, "project", year_phase(year)) in presentation for year in years)
    ]
    return by_category or [_Series("投资", "investment", "", category_colour("财政"), "")]


def _legend_places(series: Sequence[_Series]) -> tuple[float, list[tuple[float, float]]]:
    """Height of the legend and where its entries stand; none for one series."""
    if len(series) < 2:
        return 0.0, []
    column = max(text_width(part.label, 7) for part in series) + 10.0
    columns = max(1, min(len(series), int((WIDTH - 1) // column)))
    places = [(0.8 + n % columns * column, 7.0 + n // columns * 4.6) for n in range(len(series))]
    return -(-len(series) // columns) * 4.6 + 1.5, places


def _years(presentation: Presentation) -> list[int]:
    prefix = "investment@project.year:"
    found = (address.removeprefix(prefix) for address in presentation if address.startswith(prefix))
    return sorted(int(year) for year in found)


def _of_year(year: int) -> str:
    return address_of("investment", "project", year_phase(year))


def _source(code: str, phase: str = PLANNED) -> str:
    return address_of("investment_source", "project", phase, code)


def _number(presentation: Presentation, address: str) -> float:
    shown = presentation.find(address)
    return float(shown.value) if shown and shown.value is not None else 0.0
