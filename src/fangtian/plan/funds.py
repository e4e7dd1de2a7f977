"""资金与现金流。Who pays how much for which sub-project in which year, and the cash flow of the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fangtian.catalog.code import code_entries
from fangtian.catalog.finding import Finding, Place, finding
from fangtian.plan.explain import nearest
from fangtian.plan.model import CashItem, FundItem, Plan, Subproject
from fangtian.plan.table import Column, Row, Table, read_table, wan_text
from fangtian.units import Money

__all__ = ["CASH_COLUMNS", "FUND_COLUMNS", "read_cash", "read_funds"]

INFLOW, OUTFLOW = "流入", "流出"

FUND_COLUMNS = (
    Column("subproject", "子项目编号", required=True, accepts=("项目编号",)),
    Column("year", "年度", "year", required=True),
    Column("source", "资金来源", "choice", required=True, domain="fund_source"),
    Column("amount", "金额", "money", unit="万元", required=True),
)
CASH_COLUMNS = (
    Column("year", "年度", "year", required=True),
    Column("title", "项目", required=True),
    Column("direction", "方向", "choice", required=True, domain="cash_direction"),
    Column("amount", "金额", "money", unit="万元", required=True),
)


def read_funds(
    plan: Plan, subprojects: Sequence[Subproject]
) -> tuple[tuple[FundItem, ...], tuple[Finding, ...]]:
    """读资金表。Funds by sub-project, year and source, held against the sub-projects' 计划投资."""
    if "funds" not in plan.tables:
        return (), ()
    table = read_table(plan.tables["funds"], plan.root, FUND_COLUMNS)
    findings = list(table.findings)
    for row in table.rows:
        findings += _fund_row(row, plan, subprojects)
    findings += _twice(table)
    items = tuple(_fund(row) for row in table.rows if None not in row.cells.values() and row["subproject"])
    if len(items) == len(table.rows) and table.rows:
        findings += _sums(items, subprojects, table.place)
    return items, tuple(findings)


def read_cash(plan: Plan) -> tuple[tuple[CashItem, ...], tuple[Finding, ...]]:
    """读现金流表。Income and expense by year; years after the period belong to it (operation)."""
    if "cash_flow" not in plan.tables:
        return (), ()
    table = read_table(plan.tables["cash_flow"], plan.root, CASH_COLUMNS)
    rows = [row for row in table.rows if None not in row.cells.values() and row["title"]]
    early = [row for row in rows if row["year"] < plan.period[0]]
    findings = [
        finding(
            "LOG-cash-year-early", row.at("年度"), title=row["title"], year=row["year"], first=plan.period[0]
        )
        for row in early
    ]
    items = (CashItem(row["year"], row["title"], row["direction"] == INFLOW, row["amount"]) for row in rows)
    return tuple(items), (*table.findings, *findings)


def _fund_row(row: Row, plan: Plan, subprojects: Sequence[Subproject]) -> Iterator[Finding]:
    ids = [item.id for item in subprojects]
    if row["subproject"] and ids and row["subproject"] not in ids:
        near = nearest(row["subproject"], ids) or "、".join(ids)
        yield finding("LOG-fund-subproject", row.at("子项目编号"), subproject=row["subproject"], near=near)
    if row["year"] is not None and row["year"] not in plan.years:
        values = {"subproject": row["subproject"], "year": row["year"]}
        period = {"first": plan.period[0], "last": plan.period[1]}
        yield finding("LOG-fund-year-outside", row.at("年度"), **values, **period)


def _twice(table: Table) -> Iterator[Finding]:
    seen: dict[tuple[str, int, str], str] = {}
    for row in table.rows:
        key = (row["subproject"], row["year"], row["source"])
        if key in seen and None not in key:
            value = f"{key[0]}、{key[1]}年、{key[2]}"
            yield finding("LOG-fund-twice", row.place, value=value, earlier=seen[key])
        seen.setdefault(key, row.place.feature)


def _sums(items: Sequence[FundItem], subprojects: Sequence[Subproject], place: Place) -> Iterator[Finding]:
    """Every sub-project with a planned investment is covered to the 分 by its fund rows."""
    sums: dict[str, Money] = defaultdict(lambda: Money(0))
    for item in items:
        sums[item.subproject] += item.amount
    for subproject in subprojects:
        where = Place(place.file, place.layer, subproject.id, "金额（万元）")
        funds = sums[subproject.id]
        if subproject.investment is None and funds:
            yield finding("LOG-investment-blank", where, subproject=subproject.id, funds=wan_text(funds))
        elif subproject.investment is not None and funds != subproject.investment:
            amounts = {"funds": wan_text(funds), "investment": wan_text(subproject.investment)}
            gap = wan_text(Money(abs(funds - subproject.investment)))
            yield finding("LOG-funds-sum", where, subproject=subproject.id, **amounts, gap=gap)


def _fund(row: Row) -> FundItem:
    category = code_entries("fund_source")[row["source"]].category
    return FundItem(row["subproject"], row["year"], row["source"], category, row["amount"])
