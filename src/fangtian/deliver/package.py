"""成果打包。Write every deliverable beside the old build, then change places: whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.fingerprint import file_digest
from fangtian.deliver.json_text import read_json
from fangtian.deliver.manifest import MANIFEST_FILE, origin_head, write_manifest
from fangtian.deliver.parts import ALWAYS, CLOSING, PARTS, Part, require_parts
from fangtian.deliver.task import Progress, Task, silent
from fangtian.errors import InputError

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Built", "build", "recover"]


ALWAYS_FILES = tuple(file for part in ALWAYS.values() for file in part.files)


@dataclass(frozen=True)
class Built:
    """成果。Paths of all files of a build, and what was found while assessing and writing it."""

    paths: tuple[Path, ...]
    findings: tuple[Finding, ...]


def build(
    dossier: Dossier,
    out: Path | None = None,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
    paper: str = "A3",
) -> Built:
    """生成成果。Write the deliverables to ``out`` (the plan's build folder by default).

    Everything goes to a sibling folder first, which then takes the place of the old one, so a build that
    fails or is killed leaves the old one whole. With ``only`` the other files of the old build are kept as
    long as they were written by the same version from the same facts and inputs. ``paper`` is that of maps.
    Raises InputError where ``only`` names nothing that we write, where the folder is not ours to replace, or
    where the disk refuses.
    """
    require_parts(only or ())
    chosen = [name for name in PARTS if only is None or name in only]
    target = out if out is not None else dossier.plan.build
    with _alone(target):
        _restore(target)
        _require_ours(target)
        work = _beside(target, "new")
        try:
            work.mkdir(parents=True)
            task = Task(dossier, paper, progress or silent)
            names = _write(work, target, task, chosen)
            _swap(work, target)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError([_problem("DEL-cannot-write", target, reason=reason)]) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return Built(tuple(target / name for name in (*names, MANIFEST_FILE)), task.findings)


def recover(root: Path, name: str = "build") -> None:
    """恢复。After a crash between the two renames the previous build comes back; left-overs go.

    ``root`` is the folder that holds the build, ``name`` the build's own name. Without a crash it does
    nothing.
    """
    target = root / name
    if any(_beside(target, kind).exists() for kind in ("new", "previous")):
        with _alone(target):
            _restore(target)


def _write(work: Path, old: Path, task: Task, chosen: Sequence[str]) -> list[str]:
    """Files of the chosen parts, those of the old build that still hold, then what speaks of them all."""
    closing = [PARTS[name] for name in chosen if name in CLOSING]
    names = list(_run(task, work, [PARTS[name] for name in chosen if name not in CLOSING]))
    due = {file for part in closing for file in part.files}
    complete = set(chosen) == set(PARTS) or _complete(old, task)
    names += [] if len(chosen) == len(PARTS) else _carried(old, work, task, {*names, *due})
    # The findings of a complete build stay: a part alone would know only its own.
    always = [part for part in ALWAYS.values() if not {*part.files} <= {*names}]
    task.written.extend(dict.fromkeys([*names, *ALWAYS_FILES, *sorted(due)]))
    if complete and closing:
        task.make_all()  # what speaks of all parts must know the findings of all
    names += _run(task, work, [*always, *closing])
    write_manifest(work, names, task.origin, complete)
    return names


def _run(task: Task, work: Path, parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        task.progress(f"写出{part.title}")
        yield from part.write(task, work)


def _carried(old: Path, work: Path, task: Task, written: Collection[str]) -> Iterator[str]:
    """Files of the build before that are still true: same version, facts and inputs, bytes as listed."""
    listed = _listed(old)
    if not _same_origin(listed, task):
        return
    for entry in listed["files"]:
        name = str(entry["name"])
        stale = name in ALWAYS_FILES and not listed.get("complete")
        if name in written or stale or not (old / name).is_file():
            continue
        if file_digest(old / name) == entry["sha256"]:
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old / name, work / name)
            yield name


def _same_origin(listed: Mapping[str, Any], task: Task) -> bool:
    return all(listed.get(key) == value for key, value in origin_head(task.origin).items())


def _complete(old: Path, task: Task) -> bool:
    """Whether the build before had every part, from the same facts and inputs."""
    listed = _listed(old)
    return bool(listed.get("complete")) and _same_origin(listed, task)


def _listed(folder: Path) -> dict[str, Any]:
    """The manifest of a build as it stands; with no files where there is none to be read."""
    document = read_json(folder / MANIFEST_FILE).value
    files = document.get("files") if isinstance(document, dict) else None
    entries = (
        [entry for entry in files if isinstance(entry, dict) and {"name", "sha256"} <= {*entry}]
        if (isinstance(files, list))
        else []
    )
    return {**(document if isinstance(document, dict) else {}), "files": entries}


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
    ours = {MANIFEST_FILE, *(str(entry["name"]) for entry in _listed(target)["files"])}
    for path in target.rglob("*"):
        name = path.relative_to(target).as_posix()
        passing = name.endswith(("-wal", "-shm", "-journal")) or path.name.startswith(("~$", "."))
        opened = path.parent.suffix == ".gdb"  # a program that reads a geodatabase leaves locks in it
        if path.is_file() and name not in ours and not passing and not opened:
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
