"""成果种类。What a build consists of: one function per kind, each writes its files and names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fangtian.catalog.finding import finding
from fangtian.deliver.database import DATABASE_FILE, FINDINGS_LAYER, write_database, write_findings_layer
from fangtian.deliver.facts_file import FACTS_FILE, write_facts
from fangtian.deliver.findings_file import FINDINGS_FILE, write_findings
from fangtian.deliver.report import REPORT_FILE, write_report
from fangtian.deliver.tables import WORKBOOK_FILE, all_sheets, write_workbook
from fangtian.deliver.task import Task
from fangtian.errors import InputError

__all__ = ["ALWAYS", "PAPERS", "PARTS", "Writer", "require_parts"]

PAPERS = ("A0", "A1", "A2", "A3", "A4")
"""附图幅面。Paper sizes of the maps."""

Writer = Callable[[Task, Path], Iterable[str]]
"""写法。Writes below a folder and yields the names of its files, relative and with ``/``."""


def _facts(task: Task, folder: Path) -> Iterable[str]:
    write_facts(folder / FACTS_FILE, task.dossier.book, task.presentation, task.origin)
    yield FACTS_FILE


def _findings(task: Task, folder: Path) -> Iterable[str]:
    write_findings(folder / FINDINGS_FILE, task.opinions, task.findings, task.origin)
    yield FINDINGS_FILE


def _tables(task: Task, folder: Path) -> Iterable[str]:
    sheets = all_sheets(task.dossier.book, task.presentation)
    write_workbook(folder / WORKBOOK_FILE, sheets, task.origin.seal, task.origin.plan, task.origin.unit)
    yield WORKBOOK_FILE


def _database(task: Task, folder: Path) -> Iterable[str]:
    write_database(folder / DATABASE_FILE, task.dossier, task.presentation, task.origin)
    yield DATABASE_FILE


def _findings_layer(task: Task, folder: Path) -> Iterable[str]:
    epsg = task.dossier.plan.crs.epsg
    write_findings_layer(folder / FINDINGS_LAYER, task.opinions, task.findings, task.origin, epsg)
    yield FINDINGS_LAYER


def _report(task: Task, folder: Path) -> Iterable[str]:
    dossier = replace(task.dossier, findings=task.findings)
    write_report(folder / REPORT_FILE, dossier, task.opinions, task.presentation, task.origin)
    yield REPORT_FILE


ALWAYS: Mapping[str, Writer] = {"facts": _facts, "verdicts": _findings}
"""必出成果。Written whatever ``--only`` says."""

PARTS: Mapping[str, Writer] = {
    "tables": _tables,
    "database": _database,
    "findings": _findings_layer,
    "report": _report,
}
"""成果种类。What ``--only`` may name, in the order of writing."""


def require_parts(only: Sequence[str]) -> None:
    """成果种类核对。Raise InputError for a part that we do not write, before any work is done."""
    wrong = [name for name in only if name not in PARTS]
    if wrong:
        known = "、".join(PARTS)
        raise InputError([finding("DEL-part-unknown", None, name=name, known=known) for name in wrong])
