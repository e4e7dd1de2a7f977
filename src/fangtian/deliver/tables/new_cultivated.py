"""附表4。New cultivated land, plot by plot."""

from __future__ import annotations

from fangtian.catalog.form import forms
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.lists import Column, Footing, list_rows
from fangtian.deliver.tables.rows import scopes_with
from fangtian.deliver.tables.sheet import Page, Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import PLANNED

__all__ = ["new_cultivated_table"]

COLUMNS = (
    Column("new_cultivated_area"),
    Column("plot_grade", "center"),
    Column("plot_location"),
    Column(),
    Column("plot_source"),
    Column("plot_subproject"),
    Column("plot_note", blank=""),
)


def new_cultivated_table(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表4。试点区域新增耕地情况表 (D-091)."""
    page = Page(forms()[4], presentation, "附表4")
    page.head()
    plots = scopes_with(book, "new_cultivated_area", "plot", phase=PLANNED)
    footing = Footing("pilot_area", ("new_cultivated_area",))
    list_rows(page, [f"plot:{plot}" for plot in plots], COLUMNS, footing, PLANNED)
    page.foot()
    return (page.sheet(),)
