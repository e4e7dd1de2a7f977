"""Spreadsheets: what a person sees in a cell is what the program reads."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from fangtian.errors import InputError
from fangtian.formats.spreadsheet import BlankColumn, cell_text, plain_header, read_sheet, write_blank
from fangtian.units import Money

DAY = date(2026, 3, 1)


def book(path: Path, rows: list[list[Any]], sheet: str = "表") -> Path:
    with xlsxwriter.Workbook(path) as target:
        page = target.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                page.write(number, column, value)
    return path


@given(st.decimals(min_value=0, max_value=10**7, places=2, allow_nan=False))
def test_an_amount_of_money_survives_the_spreadsheets_floats(amount: Decimal) -> None:
    assert Money.of_wan(cell_text(float(amount))) == Money.of_wan(amount)


def test_cells_read_as_a_person_reads_them() -> None:
    shown = [cell_text(v) for v in (2026.0, 12.3, True, None, " 甲 ", DAY, datetime.combine(DAY, time()))]
    assert shown == ["2026", "12.3", "是", "", "甲", "2026-03-01", "2026-03-01"]
    assert cell_text(12.299999999999999) == "12.299999999999999"
    assert Money.of_wan(cell_text(12.299999999999999)) == Money.of_wan("12.3")


def test_the_header_is_found_below_a_title_and_blank_rows_are_left_out(tmp_path: Path) -> None:
    rows = [
        ["附表7 项目安排表"],
        ["单位：万元"],
        ["子项目\n编号", "金额 （万元）"],
        ["Z01", 1.5],
        [],
        ["Z02", 2],
    ]
    sheet = read_sheet(book(tmp_path / "a.xlsx", rows), expected=["子项目编号", "金额"])
    assert sheet.header == ["子项目编号", "金额(万元)"] and sheet.header_row == 3
    assert sheet.rows == [
        {"子项目编号": "Z01", "金额(万元)": "1.5"},
        {"子项目编号": "Z02", "金额(万元)": "2"},
    ]
    assert sheet.numbers == [4, 6]


def test_full_width_brackets_and_blanks_do_not_matter() -> None:
    assert plain_header("计划投资（万元）") == plain_header(" 计划投资 (万元)\n") == "计划投资(万元)"


def test_a_named_sheet_is_read_and_a_missing_one_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as target:
        for name in ("封面", "资金"):
            target.add_worksheet(name).write_row(0, 0, [name, "x"])
    assert read_sheet(path, "资金").header == ["资金", "x"]
    with pytest.raises(InputError) as error:
        read_sheet(path, "现金流")
    assert "封面、资金" in error.value.findings[0].message


def test_the_first_visible_sheet_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as target:
        first, second = target.add_worksheet("隐藏"), target.add_worksheet("显示")
        first.write(0, 0, "a")
        second.write(0, 0, "b")
        second.activate()
        first.hide()
    assert read_sheet(path).sheet == "显示"


def test_formulas_without_a_result_and_error_values_name_their_cells(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.append(["年度", "金额"])
    made.active.append([2026, "=1+1"])
    made.active.append([2027, "#REF!"])
    made.save(tmp_path / "a.xlsx")
    findings = {item.code: item for item in read_sheet(tmp_path / "a.xlsx").findings}
    assert "B2" in findings["FMT-formula-uncalculated"].message and "B3" in findings["FMT-cell-error"].message


def test_a_cached_formula_gives_its_result(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as target:
        page = target.add_worksheet()
        page.write_row(0, 0, ["年度", "金额"])
        page.write(1, 0, 2026)
        page.write_formula(1, 1, "=10*2.5", None, 25)
    sheet = read_sheet(path)
    assert sheet.rows == [{"年度": "2026", "金额": "25"}] and sheet.findings == ()


def test_an_empty_sheet_and_a_repeated_header_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_sheet(book(tmp_path / "a.xlsx", []))
    assert error.value.findings[0].code == "FMT-sheet-empty"
    twice = read_sheet(book(tmp_path / "b.xlsx", [["金额", "金额"], [1, 2]]))
    assert [item.code for item in twice.findings] == ["FMT-header-twice"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_may_be_separated_as_excel_likes(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'年度{delimiter}项目\n2026{delimiter}"甲{delimiter}乙"\n', encoding="gbk")
    assert read_sheet(path).rows == [{"年度": "2026", "项目": f"甲{delimiter}乙"}]


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_sheet(tmp_path / "nothing.xlsx")


def test_a_blank_form_reads_back_and_is_written_the_same_every_time(tmp_path: Path) -> None:
    columns = [BlankColumn("年度", "必填"), BlankColumn("方向", "必填", ("流入", "流出"))]
    for name in ("a.xlsx", "b.xlsx"):
        write_blank(tmp_path / name, "现金流", columns)
    sheet = read_sheet(tmp_path / "a.xlsx")
    assert (sheet.sheet, sheet.header, sheet.rows) == ("现金流", ["年度", "方向"], [])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
