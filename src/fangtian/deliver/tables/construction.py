"""附表6。Consolidation of construction land by year, for the pilot area and for each village."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from fangtian.catalog.form import FormLine, forms
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.rows import has_amount, scopes_with, years_of
from fangtian.deliver.tables.sheet import MISSING, Page, Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, address_of, year_phase

__all__ = ["construction_tables"]

PILOT = "pilot_area"
STOCK = "construction_area"
ORDINALS = "一二三四五六七八九十"
NUMBER_COLUMN = 4
AMOUNT_WIDTH, YEAR_WIDTH = 14.0, 13.0
_NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\'")


@dataclass(frozen=True)
class _Area:
    """What one sheet is about: the pilot area or a village, with the years of the project."""

    scope: str
    name: str
    years: list[int]


def construction_tables(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表6。试点区域建设用地整理情况表; with several villages one more sheet for each (D-094, D-095)."""
    years = years_of(book, {line.key for line in forms()[6].lines})
    villages = [code for code in scopes_with(book, "village_names", "village") if _is_concerned(book, code)]
    sheets = [_sheet(book, presentation, _Area(PILOT, "", years), "附表6")]
    taken: set[str] = set()
    for code in villages if len(villages) > 1 else ():
        shown = presentation.find(address_of("village_names", f"village:{code}", BEFORE))
        name = shown.text if shown else code
        label = _sheet_name(name, code, taken)
        sheets.append(_sheet(book, presentation, _Area(f"village:{code}", name, years), label))
    return tuple(sheets)


def _is_concerned(book: FactBook, code: str) -> bool:
    """Whether anything is demolished, built or reused there; a village left alone gets no sheet of zeros."""
    lines = [line for line in forms()[6].lines if line.key != STOCK]
    return has_amount(book, [address_of(line.key, f"village:{code}", PLANNED, line.member) for line in lines])


def _sheet_name(name: str, code: str, taken: set[str]) -> str:
    """Excel allows 31 characters, some signs not at all, and no name twice."""
    label = f"附表6-{name.translate(_NOT_IN_SHEET_NAMES)}"[:31]
    if label in taken:
        label = f"附表6-{code}"[:31]
    taken.add(label)
    return label


def _sheet(book: FactBook, presentation: Presentation, area: _Area, label: str) -> Sheet:
    widths = (*forms()[6].widths, AMOUNT_WIDTH, *[YEAR_WIDTH] * len(area.years), AMOUNT_WIDTH)
    page = Page(forms()[6], presentation, label, area.name, widths)
    titles = ("数量", *(f"第{ordinal(i)}年度" for i in range(1, len(area.years) + 1)), "合计")
    page.head(tuple((0, NUMBER_COLUMN + i, 1, 1, title) for i, title in enumerate(titles)))
    lines = [line for line in page.form.lines if not line.optional or _is_used(book, line)]
    for section, group in groupby(lines, key=lambda line: line.section):
        _section(page, area, section, list(group))
    page.foot()
    return page.sheet()


def ordinal(number: int) -> str:
    """序数。Chinese numeral of a year of implementation.

    >>> ordinal(3), ordinal(12)
    ('三', '十二')
    """
    return ORDINALS[number - 1] if number <= 10 else f"十{ORDINALS[number - 11]}"


def _is_used(book: FactBook, line: FormLine) -> bool:
    return has_amount(book, [address_of(line.key, PILOT, PLANNED, line.member)])


def _section(page: Page, area: _Area, section: str, lines: list[FormLine]) -> None:
    if section:
        page.put(0, section, "center", rows=len(lines))
    for within, group in groupby(lines, key=lambda line: line.within):
        members = list(group)
        if within:
            page.put(1, within, "center", rows=len(members))
        for line in members:
            _label(page, section, line)
            _amounts(page, area, line)
            page.row += 1


def _label(page: Page, section: str, line: FormLine) -> None:
    col = 2 if line.within else 1 if section else 0
    page.put(col, line.label, "subtotal_label" if line.total else "center", cols=3 - col)
    page.put(3, line.unit, "subtotal_label" if line.total else "center")


def _amounts(page: Page, area: _Area, line: FormLine) -> None:
    style = "subtotal" if line.total else "number"
    phases = [line.amount, *map(year_phase, area.years), line.footing]
    for col, phase in enumerate(phases, NUMBER_COLUMN):
        if phase.startswith("year:") and not line.yearly:
            page.put(col, MISSING, f"{style}_label" if line.total else "number_blank")
        else:
            page.fact(col, address_of(line.key, area.scope, phase, line.member), style)
