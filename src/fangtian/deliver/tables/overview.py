"""附表1。Basic facts of the project: a form in six parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from fangtian.catalog.form import FormLine, forms
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.sheet import Page, Sheet
from fangtian.facts.book import FactBook

__all__ = ["overview_table"]

CELLS = 12  # narrow columns right of the label: three scopes of four, four counts of three
PARAGRAPH = 800  # characters per row of long words, so that no row outgrows a page
GOALS = "三、建设目标任务"
WORDS = "四、特点特色"  # the planner's words start a new page


def overview_table(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表1。全域土地综合整治试点基本情况表 (D-061 to D-081)."""
    page = Page(forms()[1], presentation, "附表1")
    page.head()
    for section, lines in groupby(page.form.lines, key=lambda line: line.section):
        if section == WORDS:
            page.breaks = (page.row,)
        page.put(0, section, "section", cols=page.columns)
        page.row += 1
        if section == GOALS:
            _goal_head(page)
        for line in lines:
            _line(page, line)
    page.foot()
    return (page.sheet(),)


def _line(page: Page, line: FormLine) -> None:
    if line.optional and not any(value.strip("{}") in page.presentation for value in line.value):
        return
    if not line.label and not line.head:
        _paragraphs(page, _first_known(page, line.value))
    elif line.section == GOALS:
        _goal(page, line)
    else:
        _values(page, line)


def _values(page: Page, line: FormLine) -> None:
    """A label with its values; headings inside the form come above the values and share the label."""
    rows = bool(line.head) + bool(line.subhead) + bool(line.value)
    page.put(0, line.label, "label_indent" if line.indent else "label", rows=rows)
    for words in (line.head, line.subhead):
        for index, word in enumerate(words):
            span = CELLS // len(words)
            page.put(1 + index * span, word, "header", cols=span)
        page.row += bool(words)
    for index, value in enumerate(line.value):
        span = CELLS // len(line.value)
        page.fill(
            1 + index * span,
            value,
            "center" if len(line.value) > 1 or line.section[0] == "一" else "text",
            cols=span,
        )
    page.row += bool(line.value)


def _goal_head(page: Page) -> None:
    page.put(0, "主要目标任务", "header", cols=7)
    page.put(7, "备注", "header", cols=6)
    page.row += 1


def _goal(page: Page, line: FormLine) -> None:
    page.put(0, line.label, "label_indent" if line.indent else "label")
    span = 6 // len(line.value)
    for index, value in enumerate(line.value):
        page.fill(1 + index * span, value, "center", cols=span)
    page.fill(7, line.remark, "remark", cols=6)
    page.row += 1


def _first_known(page: Page, slots: Sequence[str]) -> str:
    """The planner's own words where there are any, else what the checks came to."""
    known = (slot for slot in slots if slot.strip("{}") in page.presentation)
    return next(known, slots[0])


def _paragraphs(page: Page, slot: str) -> None:
    """Words of the planner over the full width; long ones go on in the next row."""
    address = slot.strip("{}")
    shown = page.presentation.find(address)
    text = shown.text.strip() if shown else ""
    if len(text) <= PARAGRAPH:
        page.fill(0, slot, "words", cols=page.columns)
        page.row += 1
        return
    for start in range(0, len(text), PARAGRAPH):
        page.put(0, text[start : start + PARAGRAPH], "words", cols=page.columns)
        page.row += 1
