"""附表。Tables 1 to 7 of the annex: laid out as values first, then written as a workbook.

The layout is a pure function of the book and its presentation, so that ``fangtian verify`` can compare the
finished file with it cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable

from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.basic_farmland import basic_farmland_table
from fangtian.deliver.tables.construction import construction_tables
from fangtian.deliver.tables.existing import existing_table
from fangtian.deliver.tables.new_cultivated import new_cultivated_table
from fangtian.deliver.tables.overview import overview_table
from fangtian.deliver.tables.sheet import Cell, Sheet
from fangtian.deliver.tables.structure import structure_tables
from fangtian.deliver.tables.subprojects import subproject_table
from fangtian.deliver.tables.workbook import FACT_SHEET, write_workbook
from fangtian.facts.book import FactBook

__all__ = ["FACT_SHEET", "WORKBOOK_FILE", "Cell", "Sheet", "all_sheets", "write_workbook"]

WORKBOOK_FILE = "附表.xlsx"

_LAYOUTS: tuple[Callable[[FactBook, Presentation], tuple[Sheet, ...]], ...] = (
    overview_table,
    structure_tables,
    existing_table,
    new_cultivated_table,
    basic_farmland_table,
    construction_tables,
    subproject_table,
)


def all_sheets(book: FactBook, presentation: Presentation) -> tuple[Sheet, ...]:
    """全部附表。Every sheet in order: tables 1 to 7, table 2 for both scopes, table 6 by village too."""
    return tuple(sheet for layout in _LAYOUTS for sheet in layout(book, presentation))
