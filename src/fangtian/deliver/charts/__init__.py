"""图表。Charts of the document: drawn from displayed facts alone, the same bytes for the same facts."""

from __future__ import annotations

from collections.abc import Callable

from fangtian.deliver.charts.cash_flow import cash_flow
from fangtian.deliver.charts.investment import investment_sources, investment_years
from fangtian.deliver.charts.land_structure import land_structure
from fangtian.deliver.charts.plate import DrawnChart, Printed
from fangtian.deliver.charts.schedule import schedule
from fangtian.deliver.drawing.typeface import use_typeface
from fangtian.deliver.present import Presentation
from fangtian.facts.book import FactBook

__all__ = ["DrawnChart", "Printed", "draw_charts"]

_CHARTS: tuple[Callable[[Presentation], DrawnChart | None], ...] = (
    land_structure,
    investment_sources,
    investment_years,
    schedule,
    cash_flow,
)


def draw_charts(book: FactBook, presentation: Presentation) -> tuple[DrawnChart, ...]:
    """绘制图表。Those for which ``book`` has facts, in the order of the outline.

    Every number on them is the displayed value of a fact of ``presentation``; bars are as long as it says.
    Source: 编制大纲一（二）2、五（三）、六.
    """
    with use_typeface():
        drawn = [chart(presentation) for chart in _CHARTS] if len(book) else []
    return tuple(chart for chart in drawn if chart is not None)
