"""子项目与既有项目。Tables 7 and 3 of the outline as the planner keeps them in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

from fangtian.catalog.finding import Finding, finding
from fangtian.plan.model import ExistingProject, Plan, Subproject
from fangtian.plan.table import Column, Row, Table, duplicated, read_table, wan_text
from fangtian.units import Money

__all__ = ["EXISTING_COLUMNS", "SUBPROJECT_COLUMNS", "read_existing", "read_subprojects"]

EXISTING_SINCE = 2018
"""附表3注4：填写 2018 年以来立项的项目。"""

SUBPROJECT_COLUMNS = (
    Column("id", "子项目编号", required=True, accepts=("项目编号", "编号")),
    Column("name", "项目名称", required=True, accepts=("子项目名称",)),
    Column("kind", "项目类型", "choice", required=True, domain="subproject_kind", accepts=("子项目类型",)),
    Column("department", "主管部门"),
    Column("applicant", "申请立项部门"),
    Column("approver", "批复部门"),
    Column("location", "项目位置"),
    Column("content", "主要内容"),
    Column("start", "计划开工年度", "year", required=True),
    Column("acceptance", "计划验收年度", "year", required=True),
    Column("investment", "计划投资", "money", unit="万元"),
    Column("note", "备注"),
)
EXISTING_COLUMNS = (
    Column("name", "项目名称", required=True),
    Column("department", "主管部门"),
    Column("applicant", "申请立项部门"),
    Column("approver", "批复部门"),
    Column("location", "项目位置"),
    Column("plots", "地块编号"),
    Column("status", "实施情况", "choice", required=True, domain="project_status"),
    Column("scale", "建设规模", "area", unit="公顷", required=True),
    Column("investment", "总投资", "money", unit="万元", required=True),
    Column("fiscal", "财政资金", "money", unit="万元"),
    Column("social", "社会资本", "money", unit="万元"),
    Column("year", "立项年度", "year", required=True),
    Column("note", "备注"),
)


def read_subprojects(plan: Plan) -> tuple[tuple[Subproject, ...], tuple[Finding, ...]]:
    """读子项目表。Sub-projects of the plan, and what is wrong with the table."""
    if "subprojects" not in plan.tables:
        return (), ()
    table = read_table(plan.tables["subprojects"], plan.root, SUBPROJECT_COLUMNS)
    findings = [*table.findings, *duplicated(table, SUBPROJECT_COLUMNS[0])]
    for row in table.rows:
        findings += _years(row, plan)
    if not table.rows and not table.findings:
        findings.append(finding("LOG-table-empty", table.place, title="子项目"))
    return tuple(_subproject(row) for row in table.rows if _whole(row, SUBPROJECT_COLUMNS)), tuple(findings)


def read_existing(plan: Plan) -> tuple[tuple[ExistingProject, ...], tuple[Finding, ...]]:
    """读既有项目表。Projects in the pilot area before it began (附表3), and what is wrong with the table."""
    if "existing_projects" not in plan.tables:
        return (), ()
    table = read_table(plan.tables["existing_projects"], plan.root, EXISTING_COLUMNS)
    findings = [*table.findings, *_same_project(table)]
    for row in table.rows:
        findings += _existing_money(row)
        if row["year"] is not None and row["year"] < EXISTING_SINCE:
            names = {"name": row["name"], "year": row["year"], "since": EXISTING_SINCE}
            findings.append(finding("LOG-existing-too-early", row.at("立项年度"), **names))
    return tuple(_existing(row) for row in table.rows if _whole(row, EXISTING_COLUMNS)), tuple(findings)


def _years(row: Row, plan: Plan) -> Iterator[Finding]:
    period = {"first": plan.period[0], "last": plan.period[1]}
    for column in (SUBPROJECT_COLUMNS[8], SUBPROJECT_COLUMNS[9]):
        year = row[column.name]
        if year is not None and year not in plan.years:
            values = {"subproject": row["id"], "title": column.header, "year": year, **period}
            yield finding("LOG-subproject-year-outside", row.at(column.title), **values)
    start, acceptance = row["start"], row["acceptance"]
    if start is not None and acceptance is not None and start > acceptance:
        values = {"subproject": row["id"], "start": start, "acceptance": acceptance}
        yield finding("LOG-subproject-years-reversed", row.at("计划验收年度"), **values)


def _same_project(table: Table) -> Iterator[Finding]:
    """Two rows with the same name and year: phases of one project have different years."""
    seen: dict[tuple[str, int], str] = {}
    for row in table.rows:
        key = (row["name"], row["year"])
        if key in seen:
            value = f"{row['name']}（{row['year']}年）"
            where = row.at("项目名称")
            yield finding("LOG-row-twice", where, title="项目名称", value=value, earlier=seen[key])
        seen.setdefault(key, row.place.feature)


def _existing_money(row: Row) -> Iterator[Finding]:
    total, fiscal, social = row["investment"], row["fiscal"], row["social"]
    if fiscal is None and social is None:
        yield finding(
            "DOM-cell-blank", row.at("财政资金（万元）"), title="财政资金（万元）或社会资本（万元）"
        )
    if total is None or (fiscal is None and social is None):
        return
    parts = (fiscal or Money(0)) + (social or Money(0))
    if parts != total:
        amounts = {"parts": wan_text(parts), "total": wan_text(total)}
        yield finding("LOG-existing-investment", row.at("总投资（万元）"), name=row["name"], **amounts)


def _whole(row: Row, columns: tuple[Column, ...]) -> bool:
    return all(row[column.name] not in ("", None) for column in columns if column.required)


def _subproject(row: Row) -> Subproject:
    return Subproject(**row.cells)


def _existing(row: Row) -> ExistingProject:
    amounts = {name: row[name] or Money(0) for name in ("fiscal", "social")}
    return ExistingProject(**{**row.cells, **amounts})
