"""现金流量图。Income, expense and running balance by year, over a table of the same figures."""

from __future__ import annotations

from collections.abc import Sequence

from fangtian.deliver.charts.palette import GREY, INK, Rgb, category_colour
from fangtian.deliver.charts.plate import WIDTH, DrawnChart, Look, Plate
from fangtian.deliver.drawing.typeface import text_width
from fangtian.deliver.present import Presentation
from fangtian.facts.fact import address_of, year_phase

__all__ = ["cash_flow"]

_ROWS = {"cash_income": "现金流入", "cash_expense": "现金流出", "cash_balance": "累计结余"}
_BALANCE: Rgb = (168, 0, 0)
_LEFT, _TOP, _PLOT, _MARGIN = 17.0, 6.0, 66.0, 3.0
_SIZES = (7.5, 7.0, 6.5, 6.0)


def cash_flow(presentation: Presentation) -> DrawnChart | None:
    """现金流量与累计结余图。Income above the line, expense below, one scale for all three."""
    years = _years(presentation)
    values = {key: [_number(presentation, key, year) for year in years] for key in _ROWS}
    highest = max((*values["cash_income"], *values["cash_balance"], 0.0))
    lowest = min((*(-value for value in values["cash_expense"]), *values["cash_balance"], 0.0))
    if not years or highest == lowest:
        return None
    step = (WIDTH - _LEFT) / len(years)
    look, cell = _fitting(presentation, years, step)
    plate = Plate(presentation, _TOP + _PLOT + 4.0 + len(_ROWS) * cell + 1.0)
    scale = (_PLOT - 2 * _MARGIN) / (highest - lowest)
    zero = _TOP + _MARGIN + highest * scale
    _bars(plate, values, step, (zero, scale))
    middles = [_LEFT + (number + 0.5) * step for number in range(len(years))]
    plate.curve(middles, [zero - value * scale for value in values["cash_balance"]], _BALANCE)
    plate.line((_LEFT, WIDTH), (zero, zero), 0.8)
    _legend(plate)
    _table(plate, years, look, (step, cell))
    return plate.finish("cash_flow", "现金流量与累计结余图")


def _bars(plate: Plate, values: dict[str, list[float]], step: float, ground: tuple[float, float]) -> None:
    zero, scale = ground
    width = min(9.0, step * 0.56)
    for number, (income, expense) in enumerate(
        zip(values["cash_income"], values["cash_expense"], strict=True)
    ):
        left = _LEFT + (number + 0.5) * step - width / 2
        plate.box((left, zero - income * scale), (width, income * scale), category_colour("财政"))
        plate.box((left, zero), (width, expense * scale), category_colour("社会"), "//////")


def _legend(plate: Plate) -> None:
    looks = (("财政", "", "cash_income"), ("社会", "//////", "cash_expense"))
    for number, (category, hatch, key) in enumerate(looks):
        left = _LEFT + number * 26
        plate.box((left, 1.9), (6, 2.9), category_colour(category), hatch)
        plate.words(left + 7.2, 3.35, _ROWS[key], Look(7.5))
    plate.curve((_LEFT + 52, _LEFT + 55, _LEFT + 58), (3.35,) * 3, _BALANCE)
    plate.words(_LEFT + 59.4, 3.35, _ROWS["cash_balance"], Look(7.5))
    plate.words(WIDTH - 0.8, 3.35, "单位：万元", Look(7.5, "right"))


def _table(plate: Plate, years: Sequence[int], look: Look, cells: tuple[float, float]) -> None:
    """The figures themselves, each under its year; upright where the columns are narrow."""
    step, cell = cells
    top = _TOP + _PLOT + 4.0
    bottom = top + len(_ROWS) * cell
    for number, (key, word) in enumerate(_ROWS.items()):
        middle = top + (number + 0.5) * cell
        plate.line((0, WIDTH), (middle - cell / 2,) * 2, 0.3, GREY)
        plate.words(0.8, middle, word, Look(7.5))
        for column, year in enumerate(years):
            x, address = _LEFT + (column + 0.5) * step, address_of(key, "project", year_phase(year))
            plate.fact(x, middle + (cell / 2 - 0.8 if look.upright else 0), address, look)
    plate.line((0, WIDTH), (bottom, bottom), 0.5)
    plate.line((0, WIDTH), (top - 4.0, top - 4.0), 0.5, INK)
    wide = text_width("2000年", 7) + 0.8
    every = next(n for n in (1, 2, 5, 10, 20, 50) if n * step >= wide)
    for column, year in enumerate(years):
        upper = top - 4.0 if every == 1 else top
        plate.line((_LEFT + column * step,) * 2, (upper, bottom), 0.2, GREY)
        if column % every == 0:
            plate.words(_LEFT + (column + 0.5) * step, top - 2.0, f"{year}年", Look(7, "center"))


def _fitting(presentation: Presentation, years: Sequence[int], step: float) -> tuple[Look, float]:
    """How the figures of the table are set, and the height of its rows: level if they fit, else upright."""
    addresses = (address_of(key, "project", year_phase(year)) for key in _ROWS for year in years)
    texts = [presentation.text(address) for address in addresses if address in presentation]
    for size in _SIZES:
        if max(text_width(text, size) for text in texts) + 1.0 <= step:
            return Look(size, "center"), 5.2
    size = max(4.5, min(7.0, step / 25.4 * 72 * 0.8))
    return Look(size, "left", upright=True), max(text_width(text, size) for text in texts) + 2.0


def _years(presentation: Presentation) -> list[int]:
    prefix = "cash_balance@project.year:"
    found = (address.removeprefix(prefix) for address in presentation if address.startswith(prefix))
    return sorted(int(year) for year in found)


def _number(presentation: Presentation, key: str, year: int) -> float:
    shown = presentation.find(address_of(key, "project", year_phase(year)))
    return float(shown.value) if shown and shown.value is not None else 0.0
