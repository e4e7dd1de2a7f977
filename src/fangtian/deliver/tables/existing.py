"""附表3。Projects that were there before the pilot."""

from __future__ import annotations

from fangtian.catalog.form import forms
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.lists import Column, Footing, list_rows
from fangtian.deliver.tables.rows import scopes_with
from fangtian.deliver.tables.sheet import Page, Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE

__all__ = ["existing_table"]

COLUMNS = (
    Column("existing_name"),
    Column("existing_department"),
    Column("existing_applicant"),
    Column("existing_approver"),
    Column("existing_location"),
    Column("existing_plots"),
    Column("existing_status", "center"),
    Column("existing_scale"),
    Column("existing_investment"),
    Column("existing_fiscal"),
    Column("existing_social"),
    Column("existing_year", "center"),
    Column("existing_note", blank=""),
)
FOOTING = Footing("project", ("existing_scale", "existing_investment", "existing_fiscal", "existing_social"))


def existing_table(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表3。试点区域内试点实施前各类项目情况表 (D-085 to D-090)."""
    page = Page(forms()[3], presentation, "附表3")
    page.head()
    numbers = scopes_with(book, "existing_name", "existing")
    list_rows(page, [f"existing:{number}" for number in numbers], COLUMNS, FOOTING, BEFORE)
    page.foot()
    return (page.sheet(),)
