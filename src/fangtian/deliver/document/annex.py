"""附表入文。Sheets of the annex as tables of a Word file: the same cells, words and facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fangtian.deliver.document.blocks import Entry, Grid, Look, Span
from fangtian.deliver.tables import Cell, Sheet

__all__ = ["annex_grids"]

_OUTSIDE = frozenset({"number_line", "title", "unit", "note"})
"""表外。Styles of what stands above and below the table itself."""
_LOOKS: Mapping[str, Look] = {
    "header": "header",
    "section": "header",
    "label": "text",
    "label_indent": "text",
    "text": "text",
    "remark": "text",
    "words": "text",
    "center": "center",
    "code": "center",
    "number_blank": "center",
    "number": "number",
    "subtotal": "subtotal",
    "subtotal_label": "subtotal",
    "total": "total",
    "total_label": "total",
}
_INDENT = 2


def annex_grids(sheets: Iterable[Sheet]) -> tuple[Grid, ...]:
    """附表入文。One grid a sheet; its number is printed (附表2), its anchor is the sheet's name.

    Merged headers, repeated header rows, sums and widths are those of the sheet; a cell with one fact keeps
    it in its span. Raises KeyError for a style that this layout does not know.
    """
    return tuple(_grid(sheet) for sheet in sheets)


def _grid(sheet: Sheet) -> Grid:
    words = {style: [cell for cell in sheet.cells if cell.style == style] for style in _OUTSIDE}
    inside = [cell for cell in sheet.cells if cell.style not in _OUTSIDE]
    top = min((cell.row for cell in inside), default=0)
    first, last = sheet.repeat
    return Grid(
        caption=sheet.title,
        widths=tuple(sheet.widths),
        entries=tuple(_entry(cell, top) for cell in inside),
        header=last - top + 1 if last >= first and sheet.repeat != (0, 0) else 0,
        anchor=sheet.name,
        number=_number(sheet, words["number_line"]),
        unit="".join(cell.text for cell in words["unit"]),
        notes=tuple((_span(cell),) for cell in words["note"]),
        landscape=sheet.landscape,
    )


def _number(sheet: Sheet, printed: list[Cell]) -> str:
    return printed[0].text if printed else sheet.name


def _entry(cell: Cell, top: int) -> Entry:
    return Entry(
        row=cell.row - top,
        col=cell.col,
        spans=(_span(cell),) if cell.text else (),
        look=_LOOKS[cell.style],
        rows=cell.rows,
        cols=cell.cols,
        indent=_INDENT if cell.style == "label_indent" else 0,
    )


def _span(cell: Cell) -> Span:
    """The cell's words; a fact only where the cell prints nothing else, so that a tag never claims more."""
    whole = len(cell.facts) == 1 and cell.facts[0].text == cell.text
    return Span(cell.text, cell.facts[0].address) if whole else Span(cell.text)
