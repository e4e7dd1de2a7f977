"""Tables of the plan: official columns however written, exact numbers, findings with row and column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from fangtian.geo.crs import crs_of
from fangtian.plan.funds import read_cash, read_funds
from fangtian.plan.model import Plan, Subproject, TableSource
from fangtian.plan.subprojects import read_existing, read_subprojects
from fangtian.plan.table import Column, read_table
from fangtian.units import Area, Money

HEADER = ["子项目编号", "项目名称", "项目类型", "计划开工年度", "计划验收年度", "计划投资（万元）"]
FIRST = ["Z01", "整理", "农用地整理", 2026, 2027, 120.5]


def plan_with(root: Path, **tables: list[list[Any]]) -> Plan:
    sources = {}
    for name, rows in tables.items():
        path = root / f"{name}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet("表1")
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
        sources[name] = TableSource(name, path)
    return Plan(
        root=root,
        name="名",
        unit="院",
        regimes=("gansu-measures-2025",),
        outline="outline-2021",
        base_year=2024,
        period=(2026, 2028),
        crs=crs_of(4523),
        county="620523",
        townships=("620523102",),
        layers={},
        tables=sources,
    )


def subproject(name: str = "Z01", wan: str = "120.5") -> Subproject:
    return Subproject(name, "整理", "农用地整理", "", "", "", "", "", 2026, 2027, Money.of_wan(wan))


def test_a_row_becomes_a_subproject(tmp_path: Path) -> None:
    items, findings = read_subprojects(plan_with(tmp_path, subprojects=[HEADER, FIRST]))
    assert items == (subproject(),) and findings == ()


@pytest.mark.parametrize(
    "header", ["计划投资(万元)", "计划投资", "计划投资 （万元）", "计划投资\n（万元）", "计划投资/万元"]
)
def test_brackets_line_breaks_and_a_missing_unit_do_not_matter(tmp_path: Path, header: str) -> None:
    items, findings = read_subprojects(plan_with(tmp_path, subprojects=[[*HEADER[:5], header], FIRST]))
    assert items[0].investment == Money.of_wan("120.5") and findings == ()


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("1,234.5", "1234.5"),
        ("１２．５", "12.5"),
        ("12.5万元", "12.5"),
        (12.299999999999999, "12.3"),
        ("0", "0"),
    ],
)
def test_numbers_are_read_as_they_are_meant(tmp_path: Path, shown: Any, expected: str) -> None:
    items, _ = read_subprojects(plan_with(tmp_path, subprojects=[HEADER, [*FIRST[:5], shown]]))
    assert items[0].investment == Money.of_wan(expected)


@pytest.mark.parametrize(
    ("shown", "code"), [("约12", "DOM-cell-number"), ("1,2,3", "DOM-cell-number"), (-1, "DOM-cell-negative")]
)
def test_what_is_no_amount_is_told_with_its_cell(tmp_path: Path, shown: Any, code: str) -> None:
    _, findings = read_subprojects(plan_with(tmp_path, subprojects=[HEADER, [*FIRST[:5], shown]]))
    (item,) = findings
    assert item.code == code and (item.place.layer, item.place.feature) == ("表1", "第2行")
    assert item.place.field == "计划投资（万元）" and str(shown) in item.message


def test_a_dash_is_no_number_and_not_zero(tmp_path: Path) -> None:
    items, findings = read_subprojects(plan_with(tmp_path, subprojects=[HEADER, [*FIRST[:5], "—"]]))
    assert items[0].investment is None and findings == ()


def test_totals_and_blank_rows_are_not_data(tmp_path: Path) -> None:
    rows = [HEADER, FIRST, [], ["合计", "", "", "", "", 120.5]]
    items, findings = read_subprojects(plan_with(tmp_path, subprojects=rows))
    assert len(items) == 1 and findings == ()


def test_a_missing_column_brings_the_nearest_header(tmp_path: Path) -> None:
    rows = [["子项目编号", "项目名称", "项目类别", *HEADER[3:]], FIRST]
    _, findings = read_subprojects(plan_with(tmp_path, subprojects=rows))
    (item,) = findings
    assert item.code == "SCH-column-missing" and "“项目类型”" in item.message and "项目类别" in item.message


def test_blank_required_cells_twice_used_ids_and_reversed_years_are_told_together(tmp_path: Path) -> None:
    rows = [HEADER, FIRST, FIRST, ["Z02", "", "农用地整治", 2028, 2026, 1]]
    _, findings = read_subprojects(plan_with(tmp_path, subprojects=rows))
    assert [item.code for item in findings] == [
        "DOM-cell-blank", "DOM-cell-choice", "LOG-row-twice", "LOG-subproject-years-reversed",
    ]  # fmt: skip
    assert "是否要写“农用地整理”" in findings[1].message and "第2行" in findings[2].message


def test_names_of_codes_are_accepted_for_codes(tmp_path: Path) -> None:
    rows = [
        ["子项目编号", "年度", "资金来源", "金额（万元）"],
        ["Z01", "2026年", "农村集体经济组织自筹", 120.5],
    ]
    items, findings = read_funds(plan_with(tmp_path, funds=rows), [subproject()])
    assert items[0].source == "村集体自筹" and items[0].category == "社会" and findings == ()


def test_funds_of_a_subproject_that_is_not_there_and_outside_the_years(tmp_path: Path) -> None:
    rows = [
        ["子项目编号", "年度", "资金来源", "金额"],
        ["Z1", 2029, "社会资本", 1],
        ["Z01", 2026, "社会资本", 120.5],
    ]
    _, findings = read_funds(plan_with(tmp_path, funds=rows), [subproject()])
    assert [item.code for item in findings] == ["LOG-fund-subproject", "LOG-fund-year-outside"]
    assert "是否要写“Z01”" in findings[0].message


def test_a_subproject_without_any_fund_row_is_short_of_money(tmp_path: Path) -> None:
    rows = [["子项目编号", "年度", "资金来源", "金额"], ["Z01", 2026, "社会资本", 120.5]]
    _, findings = read_funds(plan_with(tmp_path, funds=rows), [subproject(), subproject("Z02", "3")])
    (item,) = findings
    assert item.code == "LOG-funds-sum" and "资金合计 0 万元，计划投资 3 万元" in item.message


def test_funds_for_a_subproject_without_an_investment_are_told(tmp_path: Path) -> None:
    rows = [["子项目编号", "年度", "资金来源", "金额"], ["Z01", 2026, "社会资本", 5]]
    _, findings = read_funds(plan_with(tmp_path, funds=rows), [replace(subproject(), investment=None)])
    assert [item.code for item in findings] == ["LOG-investment-blank"]


def test_the_same_year_and_source_twice_is_a_warning(tmp_path: Path) -> None:
    row = ["Z01", 2026, "社会资本", 60.25]
    plan = plan_with(tmp_path, funds=[["子项目编号", "年度", "资金来源", "金额"], row, row])
    items, findings = read_funds(plan, [subproject()])
    assert len(items) == 2 and [item.code for item in findings] == ["LOG-fund-twice"]


EXISTING = [
    "项目名称",
    "实施情况",
    "建设规模（公顷）",
    "总投资（万元）",
    "财政资金（万元）",
    "社会资本（万元）",
    "立项年度",
]


def test_existing_projects_are_read_exactly(tmp_path: Path) -> None:
    rows = [EXISTING, ["高标准农田", "完工", 1.2345, 30.05, 30.05, "", 2021]]
    items, findings = read_existing(plan_with(tmp_path, existing_projects=rows))
    assert findings == () and items[0].scale == Area.of_ha("1.2345")
    assert (items[0].fiscal, items[0].social) == (Money.of_wan("30.05"), Money(0))


def test_an_existing_project_without_any_source_of_money_is_incomplete(tmp_path: Path) -> None:
    rows = [EXISTING, ["高标准农田", "完工", 1, 30, "", "", 2021]]
    _, findings = read_existing(plan_with(tmp_path, existing_projects=rows))
    assert [item.code for item in findings] == ["DOM-cell-blank"]


def test_cash_flow_runs_on_after_the_period_but_not_before_it(tmp_path: Path) -> None:
    rows = [["年度", "项目", "方向", "金额（万元）"], [2035, "收益", "流入", 5], [2025, "支出", "流出", 3]]
    items, findings = read_cash(plan_with(tmp_path, cash_flow=rows))
    assert [(item.year, item.inflow) for item in items] == [(2035, True), (2025, False)]
    assert [item.code for item in findings] == ["LOG-cash-year-early"]


def test_tables_that_the_plan_does_not_name_are_empty(tmp_path: Path) -> None:
    plan = plan_with(tmp_path)
    assert (
        read_funds(plan, []) == read_cash(plan) == read_existing(plan) == read_subprojects(plan) == ((), ())
    )


def test_a_table_without_rows_is_an_error_for_subprojects(tmp_path: Path) -> None:
    _, findings = read_subprojects(plan_with(tmp_path, subprojects=[HEADER]))
    assert [item.code for item in findings] == ["LOG-table-empty"]


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, x=[["甲"], ["1"]])
    table = read_table(plan.tables["x"], tmp_path, [Column("a", "甲", required=True), Column("b", "乙")])
    assert table.rows[0].cells == {"a": "1", "b": ""} and table.findings == ()
