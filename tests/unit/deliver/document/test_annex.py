"""Sheets of the annex as tables of the Word file: nothing lost, nothing added, nothing computed."""

from __future__ import annotations

import docx
import pytest
from sample_document import sealed

from fangtian.deliver.document.annex import annex_grids
from fangtian.deliver.document.blocks import Document, plain
from fangtian.deliver.document.word import write_word
from fangtian.deliver.tables import all_sheets

OUTSIDE = ("number_line", "title", "unit", "note")


@pytest.fixture(scope="module")
def sheets():
    holder = sealed()
    return all_sheets(holder.book, holder.presentation)


@pytest.fixture(scope="module")
def pairs(sheets):
    return list(zip(sheets, annex_grids(sheets), strict=True))


def test_every_sheet_is_a_grid_with_its_printed_number(pairs):
    assert [grid.anchor for _, grid in pairs] == [sheet.name for sheet, _ in pairs]
    for sheet, grid in pairs:
        printed = next(cell.text for cell in sheet.cells if cell.style == "number_line")
        assert grid.number == printed and grid.anchor.startswith(printed)
        assert (grid.caption, grid.landscape) == (sheet.title, sheet.landscape)
        assert grid.widths == tuple(sheet.widths)


def test_every_cell_keeps_its_place_words_and_span(pairs):
    for sheet, grid in pairs:
        inside = [cell for cell in sheet.cells if cell.style not in OUTSIDE]
        top = min(cell.row for cell in inside)
        assert [(e.row + top, e.col, e.rows, e.cols, plain(e.spans)) for e in grid.entries] == [
            (c.row, c.col, c.rows, c.cols, c.text) for c in inside
        ]


def test_a_cell_that_prints_one_fact_names_it_and_no_other_does(pairs):
    for sheet, grid in pairs:
        inside = [cell for cell in sheet.cells if cell.style not in OUTSIDE]
        for cell, entry in zip(inside, grid.entries, strict=True):
            whole = len(cell.facts) == 1 and cell.facts[0].text == cell.text
            assert [span.fact for span in entry.spans] == (
                [cell.fact] if whole else [""] if cell.text else []
            )


def test_what_stands_outside_the_table_is_unit_and_notes(pairs):
    for sheet, grid in pairs:
        assert grid.unit == "".join(c.text for c in sheet.cells if c.style == "unit")
        assert [plain(note) for note in grid.notes] == [c.text for c in sheet.cells if c.style == "note"]


def test_repeated_rows_are_those_of_the_sheet(pairs):
    for sheet, grid in pairs:
        first, last = sheet.repeat
        assert grid.header == (0 if sheet.repeat == (0, 0) else last - first + 1)
        assert all(entry.look == "header" for entry in grid.entries if entry.row < grid.header)


def test_the_word_file_prints_the_same_words_as_the_sheets(pairs, tmp_path):
    blocks = tuple(grid for _, grid in pairs)
    write_word(tmp_path / "附表.docx", Document("附表", "", (), "", blocks, contents=False))
    tables = docx.Document(str(tmp_path / "附表.docx")).tables
    assert len(tables) == len(pairs)
    for (_, grid), table in zip(pairs, tables, strict=True):
        rows = [row.cells for row in table.rows]
        for entry in grid.entries:
            assert rows[entry.row][entry.col].text == plain(entry.spans)
