"""Tables 1 to 7 as laid out: rows, order, totals, gaps and the facts behind every number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from handmade_book import rich_book

from fangtian.catalog.form import forms
from fangtian.deliver.present import decide
from fangtian.deliver.tables import all_sheets
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.units import Area


@pytest.fixture(scope="module")
def book():
    return rich_book()


@pytest.fixture(scope="module")
def presentation(book):
    return decide(book)


@pytest.fixture(scope="module")
def sheets(book, presentation):
    return {sheet.name: sheet for sheet in all_sheets(book, presentation)}


def grid(sheet):
    return {(cell.row, cell.col): cell for cell in sheet.cells}


def rows(sheet):
    """Texts by row, in column order, from the first row after the header."""
    found = {}
    for cell in sorted(sheet.cells, key=lambda cell: (cell.row, cell.col)):
        if cell.row > sheet.repeat[1]:
            found.setdefault(cell.row, []).append(cell.text)
    return list(found.values())


def column(sheet, title):
    """Numbers under a header cell of one column."""
    head = next(cell for cell in sheet.cells if cell.style == "header" and cell.text == title)
    return [
        cell for cell in sheet.cells if cell.col == head.col and cell.row > sheet.repeat[1] and cell.cols == 1
    ]


@pytest.mark.requirement("D-046", "D-083", "D-095")
def test_sheets_come_in_order_with_table_2_for_both_scopes_and_table_6_by_village(sheets):
    assert list(sheets) == [
        "附表1", "附表2（试点区域）", "附表2（整治区域）", "附表3", "附表4", "附表5",
        "附表6", "附表6-上磨村", "附表6-李家南村", "附表7",
    ]  # fmt: skip
    assert all(len(name) <= 31 for name in sheets)


def test_every_number_carries_the_fact_it_prints_and_prints_what_is_shown(sheets, presentation):
    for sheet in sheets.values():
        for cell in sheet.cells:
            if cell.value is not None:
                assert cell.fact, (sheet.name, cell)
                assert presentation.value(cell.fact) == cell.value
                assert presentation.text(cell.fact) == cell.text
            assert all(presentation.text(tag.address) == tag.text for tag in cell.facts)


def test_number_formats_print_what_the_fact_shows(sheets):
    for sheet in sheets.values():
        for cell in sheet.cells:
            if cell.value is not None:
                places = len(cell.number_format.partition(".")[2])
                assert f"{float(cell.value):.{places}f}" == cell.text


def test_no_two_cells_overlap_and_all_stay_on_the_sheet(sheets):
    for sheet in sheets.values():
        taken = [
            (cell.row + i, cell.col + j)
            for cell in sheet.cells
            for i in range(cell.rows)
            for j in range(cell.cols)
        ]
        assert len(taken) == len(set(taken)), sheet.name
        assert max(row for row, _ in taken) < len(sheet.heights)
        assert max(col for _, col in taken) < len(sheet.widths)


def test_the_body_of_every_table_is_ruled_without_holes(sheets):
    plain = {"number_line", "title", "unit", "note"}
    for sheet in sheets.values():
        boxed = {
            (cell.row + i, cell.col + j)
            for cell in sheet.cells
            if cell.style not in plain
            for i in range(cell.rows)
            for j in range(cell.cols)
        }
        height = {row for row, _ in boxed}
        assert boxed == {(row, col) for row in height for col in range(len(sheet.widths))}, sheet.name


@pytest.mark.requirement("D-056", "D-085", "D-091", "D-092", "D-096")
def test_header_cells_are_those_of_the_form_and_repeat_on_every_page(sheets):
    for number, name in ((2, "附表2（试点区域）"), (3, "附表3"), (4, "附表4"), (5, "附表5"), (7, "附表7")):
        sheet, form = sheets[name], forms()[number]
        first, last = sheet.repeat
        assert last - first + 1 == form.header_rows
        found = {(c.row - first, c.col, c.rows, c.cols, c.text) for c in sheet.cells if c.style == "header"}
        assert found == {(c.row, c.col, c.rows, c.cols, c.text) for c in form.header}


@pytest.mark.requirement("D-082", "D-084")
def test_table_2_lists_classes_in_official_order_with_subtotals(sheets):
    cells = sheets["附表2（试点区域）"].cells
    codes = [cell.text for cell in cells if cell.style == "code" and cell.col == 2]
    assert codes[:7] == ["0304", "1106", "0101", "0102", "0103", "0201", "0201K"]
    assert [c.text for c in cells if c.style == "code" and c.col == 0][:3] == ["00", "01", "02"]
    assert sum(c.text == "小计" for c in cells) == 12


@pytest.mark.requirement("D-082")
def test_table_2_groups_and_total_add_up_as_printed(sheets):
    for name in ("附表2（试点区域）", "附表2（整治区域）"):
        for col in (4, 6, 8):
            styles = {"number": Decimal(0), "subtotal": Decimal(0), "total": Decimal(0)}
            group = Decimal(0)
            for cell in sorted(sheets[name].cells, key=lambda cell: cell.row):
                if cell.col == col and cell.value is not None:
                    styles[cell.style] += cell.value
                    group = group + cell.value if cell.style == "number" else group
                    if cell.style == "subtotal":
                        assert group == cell.value
                        group = Decimal(0)
            assert styles["number"] == styles["subtotal"] == styles["total"]


@pytest.mark.requirement("D-082")
def test_table_2_change_is_after_less_before_as_printed_and_the_total_does_not_change(sheets):
    for name in ("附表2（试点区域）", "附表2（整治区域）"):
        cells = grid(sheets[name])
        for row in {row for row, col in cells if col == 8 and cells[row, col].value is not None}:
            for before, after, change in ((4, 6, 8), (5, 7, 9)):
                assert cells[row, change].value == cells[row, after].value - cells[row, before].value
        assert next(row[2::2] for row in rows(sheets[name]) if row[0] == "合计") == [
            "100.00",
            "100.00",
            "0.00",
        ]


def test_table_2_skips_classes_that_are_nowhere():
    book = FactBook()
    for phase in (BEFORE, PLANNED):
        for code, value in (("0103", 10_000), ("0101", 0)):
            book.measure(("class_area", "pilot_area", phase, code), Area(value), "", "")
    sheet = next(s for s in all_sheets(book, decide(book)) if s.name == "附表2（试点区域）")
    assert [cell.text for cell in sheet.cells if cell.style == "code" and cell.col == 2] == ["0103"]


def test_special_land_without_level_2_stands_in_its_group(sheets):
    line = next(row for row in rows(sheets["附表2（试点区域）"]) if row[:2] == ["09", "特殊用地"])
    assert line[2:5] == ["—", "—", "5.0000"]


def test_table_4_numbers_plots_as_people_count_and_skips_plots_without_new_farmland(sheets):
    body = rows(sheets["附表4"])
    assert [row[4] for row in body[:3]] == ["DK1", "DK2", "DK10"]
    assert [row[0] for row in body[:4]] == ["1", "2", "3", "合计"]
    assert body[1][2] == "—"  # no grade is not grade 0


@pytest.mark.requirement("D-091")
def test_table_4_rows_add_up_to_the_total_as_printed(sheets):
    *parts, total = [cell.value for cell in column(sheets["附表4"], "新增耕地面积")]
    assert sum(parts) == total


@pytest.mark.requirement("D-092")
def test_table_5_gives_a_ratio_only_in_the_subtotal_of_new_farmland(sheets):
    ratios = [cell.text for cell in column(sheets["附表5"], "比例(%)")]
    assert ratios == ["—", "9.17", "—", "—", "—", "—", "—", "—"]


def test_table_5_orders_plots_and_adds_blocks_up(sheets):
    body = rows(sheets["附表5"])
    assert [row[4] for row in body[2:4] if len(row) > 11] + [body[3][3]] == ["YR2", "YR10"]
    areas = [cell.value for cell in column(sheets["附表5"], "地块面积")]
    assert areas[0] == areas[1]
    assert areas[2] + areas[3] == areas[4]
    assert areas[5] + areas[6] == areas[7]


@pytest.mark.requirement("D-094", "P-007")
def test_table_6_years_add_up_and_number_is_before_for_the_stock(sheets):
    cells = grid(sheets["附表6"])
    labels = {
        cell.text: cell.row for cell in sheets["附表6"].cells if cell.col <= 2 and cell.style == "center"
    }
    stock = labels["建设用地总面积"]
    assert (cells[stock, 4].text, cells[stock, 8].text) == ("652.6543", "540.0865")
    for label in ("拟拆旧地块总面积", "拆迁房屋", "旱地", "农民建房用地"):
        row = labels[label]
        assert sum(cells[row, col].value for col in (5, 6, 7)) == cells[row, 8].value == cells[row, 4].value


@pytest.mark.requirement("D-095")
def test_table_6_villages_add_up_to_the_pilot_area(sheets):
    whole = grid(sheets["附表6"])
    villages = [grid(sheets[name]) for name in ("附表6-上磨村", "附表6-李家南村")]
    row = next(c.row for c in sheets["附表6"].cells if c.text == "拟拆旧地块总面积")
    for col in range(4, 9):
        assert sum(village[row, col].value for village in villages) == whole[row, col].value


def test_table_6_prints_optional_uses_only_where_there_are_any(sheets):
    labels = {cell.text for cell in sheets["附表6"].cells}
    assert "一二三产业融合发展用地" in labels
    assert "公益事业和公共服务用地" not in labels


def test_table_6_titles_years_by_ordinal(sheets):
    first = sheets["附表6"].repeat[0]
    titles = [cell.text for cell in sheets["附表6"].cells if cell.row == first]
    assert titles == ["指标", "单位", "数量", "第一年度", "第二年度", "第三年度", "合计"]


@pytest.mark.requirement("D-085", "D-096")
def test_tables_3_and_7_close_with_totals_that_add_up(sheets):
    for name, titles in (
        ("附表3", ("建设规模", "总投资", "财政资金")),
        ("附表7", ("小计", "社会资本", "建设规模")),
    ):
        for title in titles:
            *parts, total = [cell.value for cell in column(sheets[name], title) if cell.value is not None]
            assert sum(parts) == total, (name, title)


def test_table_7_orders_subprojects_as_people_count(sheets):
    names = [row[1] for row in rows(sheets["附表7"])[:3]]
    assert [name[3:6] for name in names] == ["农用地", "建设用", "乡村生"]


def test_table_1_shows_three_scopes_and_a_dash_for_what_is_missing(sheets):
    body = rows(sheets["附表1"])
    assert ["总面积（公顷）", "131150.1200", "10802.1179", "3600.7059"] in body
    assert ["耕地质量等别", "—", "11.13", "11.13"] in body
    assert ["实施期限", "3年（2026至2028年）"] in body
    assert ["整治后的建设用地面积（公顷）", "105.0000", "整治前建设用地面积217.5514公顷"] in body


def test_table_1_splits_long_words_over_rows_without_losing_any():
    book = FactBook()
    words = "产业导入与制度创新并举。" * 150
    book.measure(("distinctive_features", "project", BEFORE), words, "", "")
    sheet = all_sheets(book, decide(book))[0]
    pieces = [cell.text for cell in sheet.cells if cell.style == "words" and "产业" in cell.text]
    assert len(pieces) > 1 and "".join(pieces) == words


def test_an_empty_book_gives_every_form_with_dashes_and_no_zero():
    book = FactBook()
    sheets = all_sheets(book, decide(book))
    assert [sheet.name for sheet in sheets] == [
        "附表1", "附表2（试点区域）", "附表2（整治区域）", "附表3", "附表4", "附表5", "附表6", "附表7",
    ]  # fmt: skip
    assert all(cell.value is None and not cell.facts for sheet in sheets for cell in sheet.cells)
    assert any(cell.text == "无" for cell in sheets[3].cells)


def with_villages(*villages):
    book = FactBook()
    for code, name, hectares in villages:
        book.measure(("village_names", f"village:{code}", BEFORE), name, "", "")
        book.measure(("demolition_area", f"village:{code}", PLANNED), Area.of_ha(hectares), "", "")
    return [sheet.name for sheet in all_sheets(book, decide(book)) if sheet.name.startswith("附表6")]


def test_two_villages_of_one_name_get_two_sheets():
    names = with_villages(("620525102201", "上磨村", 1), ("620525102202", "上磨村", 2))
    assert names == ["附表6", "附表6-上磨村", "附表6-620525102202"]


def test_one_village_needs_no_sheet_of_its_own():
    assert with_villages(("620525102201", "上磨村", 1)) == ["附表6"]


def test_a_village_left_alone_gets_no_sheet_of_zeros():
    villages = [("620525102201", "上磨村", 1), ("620525102202", "李家村", 0), ("620525102203", "方田村", 3)]
    assert with_villages(*villages) == ["附表6", "附表6-上磨村", "附表6-方田村"]


def test_a_long_block_of_table_5_names_itself_on_every_page():
    book = FactBook()
    for number in range(40):
        book.measure(("pbf_out_area", f"pbf_out:YC{number}", PLANNED), Area(10_000), "", "")
    sheet = next(sheet for sheet in all_sheets(book, decide(book)) if sheet.name == "附表5")
    spans = [
        (cell.text, cell.rows)
        for cell in sheet.cells
        if (cell.col == 0 and cell.text.startswith("调整（续")) or cell.text == "调整"
    ]
    assert spans == [("调整", 14), ("调整", 14), ("调整", 13)]
