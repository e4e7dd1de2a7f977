"""成果种类。What a build consists of: one function per kind, each writes its files and names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from fangtian.catalog.finding import finding
from fangtian.deliver.coordinates import write_coordinates
from fangtian.deliver.database import FINDINGS_LAYER, write_databases, write_findings_layer
from fangtian.deliver.document.word import write_word
from fangtian.deliver.facts_file import FACTS_FILE, write_facts
from fangtian.deliver.findings_file import FINDINGS_FILE, write_findings
from fangtian.deliver.json_text import write_json
from fangtian.deliver.maps import sidecar
from fangtian.deliver.report import REPORT_FILE, write_report
from fangtian.deliver.submission import (
    CHECKLIST_FILE,
    SUBMISSION_FILE,
    attachment_members,
    write_checklist,
    write_submission,
)
from fangtian.deliver.tables import WORKBOOK_FILE, write_workbook
from fangtian.deliver.task import Task
from fangtian.errors import InputError

__all__ = [
    "ALWAYS",
    "CLOSING",
    "DOCUMENT_FILE",
    "DRAWN",
    "PAPER",
    "PAPERS",
    "PARTS",
    "Part",
    "Writer",
    "require_parts",
]

DOCUMENT_FILE = "实施方案.docx"
MAPS_FOLDER = "附图"
PAPER = "A3"
PAPERS = ("A0", "A1", "A2", "A3", "A4")
"""附图幅面。Paper sizes of the maps."""

Writer = Callable[[Task, Path], Iterable[str]]
"""写法。Writes below a folder and yields the names of its files, relative and with ``/``."""


def _facts(task: Task, folder: Path) -> Iterable[str]:
    write_facts(folder / FACTS_FILE, task.dossier.book, task.presentation, task.origin)
    yield FACTS_FILE


def _verdicts(task: Task, folder: Path) -> Iterable[str]:
    write_findings(folder / FINDINGS_FILE, task.opinions, task.findings, task.origin)
    yield FINDINGS_FILE


def _tables(task: Task, folder: Path) -> Iterable[str]:
    origin = task.origin
    write_workbook(folder / WORKBOOK_FILE, task.sheets, origin.seal, origin.plan, origin.unit)
    yield WORKBOOK_FILE


def _maps(task: Task, folder: Path) -> Iterable[str]:
    (folder / MAPS_FOLDER).mkdir()
    for drawn in task.maps:
        name = f"{MAPS_FOLDER}/{drawn.title}"
        (folder / f"{name}.pdf").write_bytes(drawn.pdf)
        (folder / f"{name}.png").write_bytes(drawn.png)
        write_json(folder / f"{name}.json", sidecar(drawn))
        yield from (f"{name}.{kind}" for kind in ("pdf", "png", "json"))


def _document(task: Task, folder: Path) -> Iterable[str]:
    write_word(folder / DOCUMENT_FILE, task.document)
    yield DOCUMENT_FILE


def _chapters(task: Task, folder: Path) -> Iterable[str]:
    for chapter in task.chapters:
        (folder / chapter.file).parent.mkdir(exist_ok=True)
        write_word(folder / chapter.file, chapter.document)
        yield chapter.file


def _database(task: Task, folder: Path) -> Iterable[str]:
    yield from write_databases(folder, task.dossier, task.presentation, task.origin)


def _coordinates(task: Task, folder: Path) -> Iterable[str]:
    yield from write_coordinates(folder, task.coordinates, task.presentation)


def _findings_layer(task: Task, folder: Path) -> Iterable[str]:
    epsg = task.dossier.plan.crs.epsg
    write_findings_layer(folder / FINDINGS_LAYER, task.opinions, task.findings, task.origin, epsg)
    yield FINDINGS_LAYER


def _report(task: Task, folder: Path) -> Iterable[str]:
    dossier = replace(task.dossier, findings=task.findings)
    write_report(folder / REPORT_FILE, dossier, task.opinions, task.presentation, task.origin)
    yield REPORT_FILE


def _submission(task: Task, folder: Path) -> Iterable[str]:
    """The last of all: the package holds what every other part has written."""
    write_checklist(folder / CHECKLIST_FILE, task.checklist, task.origin)
    yield CHECKLIST_FILE
    names = [name for name in task.written if name != SUBMISSION_FILE]
    attachments = attachment_members(task.checklist)
    write_submission(folder / SUBMISSION_FILE, folder, names, attachments, task.origin)
    yield SUBMISSION_FILE


class Part(NamedTuple):
    """一种成果。What it is called while it is written, and how; ``files`` where their names are fixed."""

    title: str
    write: Writer
    files: tuple[str, ...] = ()


ALWAYS: Mapping[str, Part] = {
    "facts": Part("事实", _facts, (FACTS_FILE,)),
    "verdicts": Part("判定和发现", _verdicts, (FINDINGS_FILE,)),
}
"""必出成果。Written whatever ``--only`` says."""

CLOSING: Mapping[str, Part] = {
    "findings": Part("结论图层", _findings_layer, (FINDINGS_LAYER,)),
    "report": Part("检查报告", _report, (REPORT_FILE,)),
    "submission": Part("报送清单和备案包", _submission, (CHECKLIST_FILE, SUBMISSION_FILE)),
}
"""收尾成果。Speak of all the others and so come last; their files have fixed names."""

PARTS: Mapping[str, Part] = {
    "tables": Part("附表", _tables),
    "database": Part("数据库", _database),
    "coordinates": Part("界址点坐标", _coordinates),
    "document": Part("实施方案文本", _document),
    "chapters": Part("专章", _chapters),
    "maps": Part("附图", _maps),
    **CLOSING,
}
"""成果种类。What ``--only`` may name, first what needs no map: they are drawn meanwhile."""

DRAWN = frozenset({"document", "chapters", "maps"})
"""带图成果。Parts that need the maps."""


def require_parts(only: Sequence[str]) -> None:
    """成果种类核对。Raise InputError for a part that we do not write, before any work is done."""
    wrong = [name for name in only if name not in PARTS]
    if wrong:
        known = "、".join(PARTS)
        raise InputError([finding("DEL-part-unknown", None, name=name, known=known) for name in wrong])
