"""成果打包。Write every deliverable beside the old build, then change places: whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.database import DATABASE_FILE, FINDINGS_LAYER, write_database, write_findings_layer
from fangtian.deliver.facts_file import FACTS_FILE, write_facts
from fangtian.deliver.findings_file import FINDINGS_FILE, write_findings
from fangtian.deliver.manifest import MANIFEST_FILE, write_manifest
from fangtian.deliver.opinion import Opinion, opinions_of
from fangtian.deliver.origin import Origin, origin_of
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.report import REPORT_FILE, write_report
from fangtian.deliver.tables import all_sheets, write_workbook
from fangtian.errors import InputError

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["PARTS", "WORKBOOK_FILE", "build", "recover", "require_parts"]

WORKBOOK_FILE = "附表.xlsx"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Task:
    """What is written from: the dossier, and what follows from it once."""

    dossier: Dossier

    @cached_property
    def presentation(self) -> Presentation:
        return decide(self.dossier.book)

    @cached_property
    def origin(self) -> Origin:
        return origin_of(self.dossier)

    @cached_property
    def opinions(self) -> tuple[Opinion, ...]:
        return opinions_of(self.dossier.judgements, self.presentation)

    def facts(self, path: Path) -> None:
        write_facts(path, self.dossier.book, self.presentation, self.origin)

    def findings(self, path: Path) -> None:
        write_findings(path, self.opinions, self.dossier.findings, self.origin)

    def layer(self, path: Path) -> None:
        epsg = self.dossier.plan.crs.epsg
        write_findings_layer(path, self.opinions, self.dossier.findings, self.origin, epsg)

    def tables(self, path: Path) -> None:
        sheets = all_sheets(self.dossier.book, self.presentation)
        write_workbook(path, sheets, self.origin.seal, self.origin.plan, self.origin.unit)

    def database(self, path: Path) -> None:
        write_database(path, self.dossier, self.presentation, self.origin)

    def report(self, path: Path) -> None:
        write_report(path, self.dossier, self.opinions, self.presentation, self.origin)


Writer = Callable[[_Task, Path], None]
ALWAYS: Mapping[str, Writer] = {FACTS_FILE: _Task.facts, FINDINGS_FILE: _Task.findings}
PARTS: Mapping[str, tuple[str, Writer]] = {
    "tables": (WORKBOOK_FILE, _Task.tables),
    "database": (DATABASE_FILE, _Task.database),
    "findings": (FINDINGS_LAYER, _Task.layer),
    "report": (REPORT_FILE, _Task.report),
}
"""成果种类。What ``--only`` may name; facts, findings and the manifest are always written."""


def build(
    dossier: Dossier,
    out: Path | None = None,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """生成成果。Write the deliverables to ``out`` (the plan's build folder by default); the paths written.

    Everything goes to a sibling folder first, which then takes the place of the old one, so a build that
    fails or is killed leaves the old one whole. Raises InputError where ``only`` names nothing that we
    write, where the folder is not ours to replace, or where the disk refuses.
    """
    writers = _writers(only)
    target = out if out is not None else dossier.plan.build
    with _alone(target):
        _restore(target)
        _require_ours(target)
        work = _beside(target, "new")
        try:
            work.mkdir(parents=True)
            _write(work, writers, dossier, progress)
            _swap(work, target)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError([_problem("DEL-cannot-write", target, reason=reason)]) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return [target / name for name in (*writers, MANIFEST_FILE)]


def recover(root: Path, name: str = "build") -> None:
    """恢复。After a crash between the two renames the previous build comes back; left-overs go.

    ``root`` is the folder that holds the build, ``name`` the build's own name. Without a crash it does
    nothing.
    """
    target = root / name
    if any(_beside(target, kind).exists() for kind in ("new", "previous")):
        with _alone(target):
            _restore(target)


def require_parts(only: Sequence[str]) -> None:
    """成果种类核对。Raise InputError for a part that we do not write, before any work is done."""
    wrong = [name for name in only if name not in PARTS]
    if wrong:
        known = "、".join(PARTS)
        raise InputError([finding("DEL-part-unknown", None, name=name, known=known) for name in wrong])


def _writers(only: Sequence[str] | None) -> dict[str, Writer]:
    require_parts(only or ())
    chosen = PARTS if only is None else only
    return {**ALWAYS, **{PARTS[name][0]: PARTS[name][1] for name in PARTS if name in chosen}}


def _write(work: Path, writers: Mapping[str, Writer], dossier: Dossier, progress: Progress | None) -> None:
    task = _Task(dossier)
    for name, writer in writers.items():
        if progress:
            progress(f"写出 {name}")
        path = work / name
        path.parent.mkdir(exist_ok=True)
        writer(task, path)
    write_manifest(work, writers, task.origin)


def _swap(work: Path, target: Path) -> None:
    previous = _beside(target, "previous")
    if target.exists():
        target.rename(previous)
    try:
        work.rename(target)
    except OSError:
        if previous.exists():
            previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _restore(target: Path) -> None:
    previous = _beside(target, "previous")
    if previous.exists() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    shutil.rmtree(_beside(target, "new"), ignore_errors=True)


def _require_ours(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError([_problem("DEL-not-ours", target, names=target.name)])
    names = sorted(_strangers(target))
    if names:
        shown = "、".join(names[:3]) + ("…" if len(names) > 3 else "")
        raise InputError([_problem("DEL-not-ours", target, names=shown)])


def _strangers(target: Path) -> Iterator[str]:
    """Files that no build of ours wrote: somebody's own work, which a new build would sweep away."""
    ours = {MANIFEST_FILE, *ALWAYS, *(name for name, _ in PARTS.values())}
    for path in target.rglob("*"):
        name = path.relative_to(target).as_posix()
        passing = name.endswith(("-wal", "-shm", "-journal")) or path.name.startswith(("~$", "."))
        if path.is_file() and name not in ours and not passing:
            yield name


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One build at a time. SQLite's file lock goes with the process, however it ends, on every system."""
    lock = _beside(target, "lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = MEMORY")
            database.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError as error:
        busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
        code, values = ("DEL-busy", {}) if busy else ("DEL-cannot-write", {"reason": str(error)})
        raise InputError([_problem(code, target, **values)]) from error
    except OSError as error:
        raise InputError([_problem("DEL-cannot-write", target, reason=error.strerror)]) from error


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}-{kind}")


def _problem(code: str, target: Path, **values: object) -> Finding:
    return finding(code, Place(file=target.name), folder=target.name, **values)
