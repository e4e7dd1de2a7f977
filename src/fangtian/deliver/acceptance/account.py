"""年度核算成果。What ``fangtian account`` writes: table, report, database of plots, facts; all or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from fangtian.accept import Account
from fangtian.catalog.delivered import delivered
from fangtian.deliver.acceptance.account_report import ACCOUNT_TITLE, account_report
from fangtian.deliver.acceptance.account_tables import account_sheets
from fangtian.deliver.document.word import write_word
from fangtian.deliver.facts_file import write_facts
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.tables.workbook import write_workbook
from fangtian.facts.actual.account import RIDGES
from fangtian.facts.actual.yearly import KINDS, Counted, Kind
from fangtian.facts.fact import address_of, year_phase
from fangtian.formats.geopackage import OutField, OutLayer, write_geopackage
from fangtian.units import Area

__all__ = ["ACCOUNT_FILES", "write_account"]

WORKBOOK, DATABASE, FACTS_FILE = "年度核算表.xlsx", "核算地块.gpkg", "核算事实.json"
ACCOUNT_FILES = (f"{ACCOUNT_TITLE}.docx", WORKBOOK, DATABASE, FACTS_FILE)
"""年度核算成果的文件名。"""


def write_account(
    folder: Path, account: Account, progress: Callable[[str], None] | None = None
) -> tuple[Path, ...]:
    """写出年度核算成果。Into ``folder``; earlier files of these names are replaced once all are made."""
    tell = progress or (lambda message: None)
    shown, seal = decide(account.book), account.book.seal()
    origin = replace(origin_of(account.built), seal=seal)
    folder.mkdir(parents=True, exist_ok=True)
    tell(f"写出{ACCOUNT_TITLE}")
    with tempfile.TemporaryDirectory(prefix=".fangtian-", dir=folder) as made:
        stage = Path(made)
        write_word(stage / f"{ACCOUNT_TITLE}.docx", account_report(account, shown, origin))
        sheets = account_sheets(account, shown)
        write_workbook(stage / WORKBOOK, sheets, seal, origin.plan, origin.unit)
        write_geopackage(stage / DATABASE, [_layer(account, kind, shown, seal) for kind in KINDS])
        write_facts(stage / FACTS_FILE, account.book, shown, origin)
        return tuple((stage / name).replace(folder / name) for name in ACCOUNT_FILES)


def _layer(account: Account, kind: Kind, shown: Presentation, seal: str) -> OutLayer:
    entry = delivered()[kind.name]
    own = [item for item in account.counted if item.kind == kind]
    shapes = np.empty(len(own), dtype=object)
    shapes[:] = [item.shape for item in own]
    rows = [_values(account, item, shown) | {"seal": seal} for item in own]
    fields = tuple(
        OutField(field.official, spec.term, spec.type, spec.length, spec.decimals)
        for field in entry.fields
        for spec in (field.spec,)
    )
    columns = {field.official: [row[field.name] for row in rows] for field in entry.fields}
    return OutLayer(entry.table, entry.title, shapes, columns, fields, account.approved.plan.crs.epsg)


def _values(account: Account, item: Counted, shown: Presentation) -> dict[str, Any]:
    """Areas exact, for adding up; and as they were printed, so that sums of years agree with the tables."""
    phase = year_phase(account.year)
    values: dict[str, Any] = {"plot_id": item.plot, "year": account.year}
    for key, name in ((item.kind.key, "area"), (RIDGES, "ridge_area")):
        address = address_of(key, item.scope, phase)
        fact = account.book.find(key, item.scope, phase)
        exact = fact.value if fact is not None and isinstance(fact.value, Area) else Area(0)
        printed = shown[address].value if address in shown else None
        values[name] = float(exact.m2)
        values[f"printed_{name}"] = float(printed or Decimal(0))
    return values
