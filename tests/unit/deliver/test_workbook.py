"""附表.xlsx as a file: the same bytes, numbers as numbers, print-ready, every fact listed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from handmade_book import rich_book

from fangtian.deliver.present import decide
from fangtian.deliver.tables import FACT_SHEET, all_sheets, write_workbook

NAME = "龙山镇全域土地综合整治项目"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    book = rich_book()
    sheets = all_sheets(book, decide(book))
    path = tmp_path_factory.mktemp("tables") / "附表.xlsx"
    write_workbook(path, sheets, book.seal(), NAME, "某规划院")
    return path, sheets, book.seal()


@pytest.fixture(scope="module")
def workbook(made):
    return openpyxl.load_workbook(made[0])


def test_the_same_facts_give_the_same_bytes(made, tmp_path):
    path, sheets, seal = made
    write_workbook(tmp_path / "again.xlsx", sheets, seal, NAME, "某规划院")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_every_cell_reads_back_as_it_was_laid_out(made, workbook):
    for sheet in made[1]:
        page = workbook[sheet.name]
        for cell in sheet.cells:
            read = page.cell(cell.row + 1, cell.col + 1)
            if cell.value is not None:
                assert isinstance(read.value, (int, float)), (sheet.name, read.coordinate)
                places = len(read.number_format.partition(".")[2])
                assert f"{read.value:.{places}f}" == cell.text
            else:
                assert (read.value or "") == cell.text, (sheet.name, read.coordinate)


def test_merged_areas_are_those_of_the_layout(made, workbook):
    for sheet in made[1]:
        spans = {
            (cell.row + 1, cell.col + 1, cell.row + cell.rows, cell.col + cell.cols)
            for cell in sheet.cells
            if cell.rows * cell.cols > 1
        }
        found = {
            (m.min_row, m.min_col, m.max_row, m.max_col) for m in workbook[sheet.name].merged_cells.ranges
        }
        assert found == spans


def test_the_hidden_sheet_lists_every_tagged_cell_with_its_displayed_text(made, workbook):
    page = workbook[FACT_SHEET]
    assert page.sheet_state == "hidden"
    listed = list(page.iter_rows(values_only=True))
    assert listed[0] == ("表", "单元格", "事实", "显示")
    expected = [
        (sheet.name, tag.address, tag.text) for sheet in made[1] for cell in sheet.cells for tag in cell.facts
    ]
    assert [(name, address, text) for name, _, address, text in listed[1:]] == expected
    for name, place, _, text in listed[1:]:
        value = workbook[name][place].value
        if isinstance(value, (int, float)):
            assert Decimal(text) == Decimal(repr(value)).quantize(Decimal(text))
        else:
            assert text in value


def test_every_table_is_ready_to_print(made, workbook):
    for sheet in made[1]:
        page = workbook[sheet.name]
        assert page.page_setup.paperSize == {"A4": 9, "A3": 8}[sheet.paper]
        assert page.page_setup.orientation == ("landscape" if sheet.landscape else "portrait")
        assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
        assert made[2] in page.oddFooter.center.text
        assert "&P" in page.oddFooter.center.text or "第" in page.oddFooter.center.text
        if sheet.repeat != (0, 0):
            assert page.print_title_rows == f"${sheet.repeat[0] + 1}:${sheet.repeat[1] + 1}"


def test_digits_are_times_new_roman_and_titles_are_black_type(workbook):
    page = workbook["附表4"]
    assert page["A2"].font.name == "黑体" and page["A2"].font.size == 16
    assert page["B6"].font.name == "Times New Roman"
    assert page["D6"].font.name == "宋体"
    assert page["A3"].value == "单位：公顷" and page["A3"].alignment.horizontal == "right"


def test_properties_carry_the_seal_and_no_clock(made, workbook):
    assert workbook.properties.created.year == 2000
    assert workbook.properties.title == f"{NAME}附表"
    assert workbook.custom_doc_props["事实封印"].value == made[2]


def test_words_that_look_like_a_formula_stay_words(made, tmp_path):
    sheet = made[1][3]
    odd = replace(sheet, cells=(replace(sheet.cells[0], text="=1+1", rows=1, cols=1),))
    write_workbook(tmp_path / "odd.xlsx", [odd], "0" * 64, NAME)
    cell = openpyxl.load_workbook(tmp_path / "odd.xlsx")[sheet.name]["A1"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
