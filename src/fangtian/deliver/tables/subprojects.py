"""附表7。Sub-projects with their place, scale, content, money and years."""

from __future__ import annotations

from fangtian.catalog.form import forms
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.lists import Column, Footing, list_rows
from fangtian.deliver.tables.rows import scopes_with
from fangtian.deliver.tables.sheet import Page, Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import PLANNED

__all__ = ["subproject_table"]

COLUMNS = (
    Column("subproject_name"),
    Column("subproject_department"),
    Column("subproject_applicant"),
    Column("subproject_approver"),
    Column("subproject_location"),
    Column("subproject_plots"),
    Column("subproject_scale"),
    Column("subproject_content"),
    Column("investment"),
    Column("investment_fiscal"),
    Column("investment_social"),
    Column("subproject_start", "center"),
    Column("subproject_acceptance", "center"),
    Column("subproject_note", blank=""),
)
FOOTING = Footing("project", ("subproject_scale", "investment", "investment_fiscal", "investment_social"))


def subproject_table(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表7。全域土地综合整治试点项目安排表 (D-096, D-097); a 合计 row, not in the annex, closes it."""
    page = Page(forms()[7], presentation, "附表7")
    page.head()
    ids = scopes_with(book, "subproject_name", "subproject")
    list_rows(page, [f"subproject:{name}" for name in ids], COLUMNS, FOOTING, PLANNED)
    page.foot()
    return (page.sheet(),)
