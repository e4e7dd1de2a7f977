"""清单表。Numbered rows, one per plot or project, with a closing total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fangtian.deliver.tables.sheet import MISSING, Page
from fangtian.facts.fact import address_of

__all__ = ["Column", "Footing", "list_rows"]


@dataclass(frozen=True)
class Column:
    """列。A quantity, or the row's own id where ``key`` is empty; ``blank`` where the fact is missing."""

    key: str = ""
    style: str = ""
    blank: str = MISSING


@dataclass(frozen=True)
class Footing:
    """合计行。Scope of the totals and the columns that have one."""

    scope: str
    keys: tuple[str, ...]


def list_rows(
    page: Page, scopes: Sequence[str], columns: Sequence[Column], footing: Footing, phase: str
) -> None:
    """清单行。序号 and one row per scope, then 合计; a list without entries says 无."""
    for number, scope in enumerate(scopes, 1):
        page.put(0, str(number), "code")
        for col, column in enumerate(columns, 1):
            if column.key:
                page.fact(col, address_of(column.key, scope, phase), column.style, blank=column.blank)
            else:
                page.put(col, scope.partition(":")[2], "center")
        page.row += 1
    if not scopes:
        page.put(0, "无", "center", cols=page.columns)
        page.row += 1
    _close(page, columns, footing, phase)


def _close(page: Page, columns: Sequence[Column], footing: Footing, phase: str) -> None:
    first = next(col for col, column in enumerate(columns, 1) if column.key in footing.keys)
    page.put(0, "合计", "total_label", cols=first)
    for col, column in enumerate(columns, 1):
        if column.key in footing.keys:
            page.fact(col, address_of(column.key, footing.scope, phase), "total")
        elif col > first:
            page.put(col, "", "total_label")
    page.row += 1
