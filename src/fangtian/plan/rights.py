"""权属调整表。Which right to which plots passes from whom to whom (大纲三（三）), held against the plots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.geo.layer import Layer
from fangtian.plan.explain import FILE, nearest
from fangtian.plan.model import Plan, RightsChange
from fangtian.plan.place import listed
from fangtian.plan.table import Column, Row, Table, read_table

__all__ = ["RIGHTS_COLUMNS", "named_plots", "read_rights"]

RIGHTS_COLUMNS = (
    Column(
        "type", "权属类型", "choice", required=True, domain="rights_type", accepts=("调整类型", "权利类型")
    ),
    Column("plots", "地块编号"),
    Column("location", "位置", required=True, accepts=("坐落", "地块位置")),
    Column("area", "面积", "area", unit="公顷", required=True, accepts=("调整面积",)),
    Column("holder_before", "调整前权利人", required=True, accepts=("原权利人",)),
    Column("holder_after", "调整后权利人", required=True, accepts=("新权利人",)),
    Column("note", "备注"),
)


def read_rights(
    plan: Plan, layers: Mapping[str, Layer]
) -> tuple[tuple[RightsChange, ...], tuple[Finding, ...]]:
    """读权属调整表。Changes of rights, and what is wrong with the table or contradicts plan.toml.

    ``layers`` are those read so far: plots named in the table are looked up there.
    """
    adjusted = plan.basics.ownership_adjusted
    if "rights" not in plan.tables:
        return (), ((finding("PLN-rights-missing", Place(file=FILE)),) if adjusted else ())
    table = read_table(plan.tables["rights"], plan.root, RIGHTS_COLUMNS)
    findings = [*table.findings, *_contents(table, adjusted)]
    known = {str(name) for role in ROLES if role in layers for name in layers[role].ids}
    for row in table.rows:
        findings += _row(row, known)
    return tuple(RightsChange(**row.cells) for row in table.rows if _whole(row)), tuple(findings)


def named_plots(cell: str) -> list[str]:
    """所列地块。The plot ids of one cell.

    >>> named_plots("CJ-001、CJ-002，JX-003")
    ['CJ-001', 'CJ-002', 'JX-003']
    """
    return [name for name in re.split(r"[、,，;；\s]+", cell) if name]


ROLES = ("plots", "basic_farmland_out", "basic_farmland_in", "parcels")


def _contents(table: Table, adjusted: bool | None) -> Iterator[Finding]:
    if not table.rows and not table.findings and adjusted:
        yield finding("PLN-rights-empty", table.place)
    if table.rows and adjusted is False:
        yield finding("PLN-rights-denied", table.place, count=len(table.rows))


def _row(row: Row, known: set[str]) -> Iterator[Finding]:
    lost = [name for name in named_plots(row["plots"]) if name not in known]
    if lost and known:
        near = nearest(lost[0], known)
        hint = f"，“{lost[0]}”是否要写“{near}”？" if near else "。"
        where = row.at("地块编号")
        yield finding("PLN-rights-plot", where, count=len(lost), ids=listed(lost), hint=hint)
    if row["area"] is not None and not row["area"]:
        yield finding("PLN-rights-no-area", row.at("面积（公顷）"))
    if row["holder_before"] and row["holder_before"] == row["holder_after"]:
        yield finding("PLN-rights-same-holder", row.at("调整后权利人"), holder=row["holder_after"])


def _whole(row: Row) -> bool:
    return all(row[column.name] not in ("", None) for column in RIGHTS_COLUMNS if column.required)
