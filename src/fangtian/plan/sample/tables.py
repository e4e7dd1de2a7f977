"""表格。Sub-projects, earlier projects, funds and cash flow of the sample, with sums that agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from fangtian.plan.sample.names import PERIOD
from fangtian.plan.sample.works import SUBPROJECTS, Work
from fangtian.units import share_out

__all__ = ["write_tables"]

Row = Sequence[str | int | float]

SUBPROJECT_HEADER = (
    "子项目编号",
    "项目名称",
    "项目类型",
    "主管部门",
    "申请立项部门",
    "批复部门",
    "项目位置",
    "主要内容",
    "计划开工年度",
    "计划验收年度",
    "计划投资（万元）",
    "备注",
)
EXISTING_HEADER = (
    "项目名称",
    "主管部门",
    "申请立项部门",
    "批复部门",
    "项目位置",
    "地块编号",
    "实施情况",
    "建设规模（公顷）",
    "总投资（万元）",
    "财政资金（万元）",
    "社会资本（万元）",
    "立项年度",
    "备注",
)
FUND_HEADER = ("子项目编号", "年度", "资金来源", "金额（万元）")
CASH_HEADER = ("年度", "项目", "方向", "金额（万元）")


_EXISTING: tuple[Row, ...] = (
    (
        "方田镇高标准农田建设项目（一期）",
        "县农业农村局",
        "方田镇人民政府",
        "市农业农村局",
        "方田村、上川村",
        "TZ-001",
        "验收",
        86.42,
        388.89,
        388.89,
        0,
        2019,
        "",
    ),
    (
        "杨家塬村坡改梯项目",
        "县水务局",
        "方田镇人民政府",
        "县发展和改革局",
        "杨家塬村",
        "TZ-012",
        "验收",
        42.15,
        126.45,
        101.45,
        25,
        2020,
        "",
    ),
    (
        "柳湾村人居环境整治项目",
        "县住房和城乡建设局",
        "方田镇人民政府",
        "县发展和改革局",
        "柳湾村",
        "",
        "完工",
        3.6,
        215.8,
        180,
        35.8,
        2022,
        "",
    ),
    (
        "柳湾村小型水利工程",
        "县水务局",
        "方田镇人民政府",
        "县水务局",
        "柳湾村",
        "",
        "完工",
        12.08,
        96.3,
        96.3,
        0,
        2023,
        "",
    ),
    (
        "方田镇苹果标准化基地",
        "县农业农村局",
        "方田富民合作社",
        "县农业农村局",
        "杨家塬村、堡子梁村",
        "",
        "在建",
        58.3,
        640,
        240,
        400,
        2024,
        "社会资本为主",
    ),
    (
        "赵家岔淤地坝除险加固",
        "县水务局",
        "县水务局",
        "市水务局",
        "赵家岔村",
        "",
        "在建",
        1.24,
        310.5,
        310.5,
        0,
        2025,
        "",
    ),
    (
        "方田镇污水处理站",
        "市生态环境局县分局",
        "方田镇人民政府",
        "县发展和改革局",
        "方田村",
        "JX-004",
        "拟建",
        0.62,
        486,
        386,
        100,
        2025,
        "",
    ),
)

_INCOME: dict[str, dict[int, int]] = {
    "补充耕地指标调剂收益": {2027: 620, 2028: 980, 2029: 1150, 2030: 760},
    "增减挂钩节余指标收益": {2027: 180, 2028: 420, 2029: 460},
    "产业用房租金": {year: 236 + 15 * (year - 2028) for year in range(2028, 2036)},
    "土地流转及经营收益": {year: 305 + 16 * (year - 2028) for year in range(2028, 2036)},
    "乡村旅游收入": {year: 108 + 11 * (year - 2028) for year in range(2028, 2036)},
}
_EXPENSE: dict[str, dict[int, int]] = {
    "工程管护支出": dict.fromkeys(range(2027, 2036), 48),
    "运营支出": {year: 120 + 4 * (year - 2028) for year in range(2028, 2036)},
}


def write_tables(folder: Path, places: Mapping[str, str]) -> None:
    """写表格。subprojects.xlsx (子项目, 既有项目, 现金流) and funds.csv, the same bytes every time.

    ``places`` sub-project id -> names of the villages that its plots lie in.
    """
    funds = _funds()
    book = xlsxwriter.Workbook(str(folder / "subprojects.xlsx"))
    book.set_properties({"title": "方田镇（示例）", "created": datetime(2025, 1, 1, tzinfo=UTC)})
    _sheet(book, "子项目", SUBPROJECT_HEADER, [_work_row(work, places[work.id]) for work in SUBPROJECTS])
    _sheet(book, "既有项目", EXISTING_HEADER, _EXISTING)
    _sheet(book, "现金流", CASH_HEADER, _cash(funds))
    book.close()
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([FUND_HEADER, *funds])
    (folder / "funds.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def _work_row(work: Work, place: str) -> Row:
    return (
        work.id,
        work.name,
        work.kind,
        work.department,
        "方田镇人民政府",
        "县人民政府",
        place,
        work.content,
        *work.years,
        work.yuan / 10_000,
        "",
    )


def _funds() -> list[tuple[str, int, str, str]]:
    """Every sub-project's investment over its years and sources, in steps of 100 yuan."""
    rows = []
    for work in SUBPROJECTS:
        years = range(work.years[0], work.years[1] + 1)
        weights = [3, 5, 2] if len(years) == 3 else [4, 6]
        by_year = share_out(work.yuan // 100, weights)
        for year, amount in zip(years, by_year, strict=True):
            parts = share_out(amount, list(work.sources.values()))
            rows += [
                (work.id, year, source, f"{part / 100:.2f}")
                for source, part in zip(work.sources, parts, strict=True)
            ]
    return rows


def _cash(funds: list[tuple[str, int, str, str]]) -> list[Row]:
    """Investment as it is paid, upkeep and running costs, and what comes in until 2035."""
    rows: list[Row] = []
    for year in range(PERIOD[0], PERIOD[1] + 1):
        paid = sum(round(float(amount) * 100) for _, when, _, amount in funds if when == year)
        rows.append((year, "项目建设投资", "流出", paid / 100))
    for direction, items in (("流出", _EXPENSE), ("流入", _INCOME)):
        rows += [
            (year, title, direction, amount)
            for title, years in items.items()
            for year, amount in years.items()
        ]
    return sorted(rows, key=lambda row: (row[0], row[2] == "流入"))


def _sheet(book: xlsxwriter.Workbook, name: str, header: Row, rows: Sequence[Row]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E7E6E6"}
    )
    plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for column, title in enumerate(header):
        texts = [str(title), *(str(row[column]) for row in rows)]
        sheet.set_column(column, column, min(max(_width(text) for text in texts) + 2, 32))
        sheet.write(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write(number, column, row[column], plain)
    sheet.freeze_panes(1, 0)


def _width(text: str) -> int:
    """Columns that a text takes; a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
