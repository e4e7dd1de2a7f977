"""附表2。Land-use structure before and after, for the pilot area and the consolidation area."""

from __future__ import annotations

from itertools import groupby

from fangtian.catalog.form import forms
from fangtian.catalog.land_class import land_classes, level1_of
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.rows import members_of
from fangtian.deliver.tables.sheet import MISSING, Page, Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, address_of

__all__ = ["structure_tables"]

SCOPES = {"试点区域": "pilot_area", "整治区域": "consolidation_area"}


def structure_tables(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """附表2。整治前后土地利用结构对比表, one sheet per scope (D-082 to D-084).

    Rows are the classes present before or after, in the order of the survey's classes; 小计 per level 1.
    """
    return tuple(_sheet(book, presentation, title, scope) for title, scope in SCOPES.items())


def _sheet(book: FactBook, presentation: Presentation, title: str, scope: str) -> Sheet:
    page = Page(forms()[2], presentation, f"附表2（{title}）", title)
    page.head()
    present = members_of(book, "class_area", scope, (BEFORE, PLANNED))
    codes = [code for code in land_classes() if code in present]
    for head, group in groupby(codes, key=level1_of):
        _group(page, scope, head, list(group))
    page.put(0, "合计", "total_label", cols=4)
    _figures(page, "total", scope, "", "total")
    page.row += 1
    page.foot()
    return page.sheet()


def _group(page: Page, scope: str, head: str, codes: list[str]) -> None:
    page.put(0, head, "code", rows=len(codes) + 1)
    page.put(1, land_classes()[head].name, "center", rows=len(codes) + 1)
    for code in codes:
        same = code == head  # 09 特殊用地 has no level 2
        page.put(2, MISSING if same else code, "code")
        page.put(3, MISSING if same else land_classes()[code].name, "center")
        _figures(page, "class", scope, code, "number")
        page.row += 1
    page.put(2, "小计", "subtotal_label", cols=2)
    _figures(page, "level1", scope, head, "subtotal")
    page.row += 1


def _figures(page: Page, kind: str, scope: str, member: str, style: str) -> None:
    columns = (
        (f"{kind}_area", BEFORE),
        (f"{kind}_share", BEFORE),
        (f"{kind}_area", PLANNED),
        (f"{kind}_share", PLANNED),
        (f"{kind}_area_change", PLANNED),
        (f"{kind}_share_change", PLANNED),
    )
    for col, (key, phase) in enumerate(columns, 4):
        page.fact(col, address_of(key, scope, phase, member), style)
