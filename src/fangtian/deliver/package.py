"""成果打包。Write every deliverable beside the old build, then change places: whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.fingerprint import file_digest, part_digests
from fangtian.deliver.manifest import (
    MANIFEST_FILE,
    Entry,
    Listing,
    files_of,
    origin_head,
    read_manifest,
    unit_of,
    write_manifest,
)
from fangtian.deliver.parts import ALWAYS, CLOSING, DRAWN, PAPER, PAPERS, PARTS, Part, require_parts
from fangtian.deliver.submission import SUBMISSION_FILE
from fangtian.deliver.task import Progress, Task, silent
from fangtian.errors import InputError

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Built", "build", "recover", "require_replaceable"]


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
    paper: str | None = None,
) -> Built:
    """生成成果。Write the deliverables to ``out`` (the plan's build folder by default).

    Everything goes to a sibling folder first, which then takes the place of the old one, so a build that
    fails or is killed leaves the old one whole. With ``only`` the other files of the old build are kept as
    long as they were written by the same version from the same facts and inputs. Of files that somebody
    changed since, a kept one stays as it is and any other is set aside; both are told. ``paper`` is that of
    the maps, A3 or with ``only`` the one before; another one renews a complete build as a whole.
    Raises InputError where ``only`` names nothing that we write, where the folder is not ours to replace, or
    where the disk refuses.
    """
    require_parts(only or ())
    target = out if out is not None else dossier.plan.build
    with _alone(target):
        _restore(target)
        old = read_manifest(target)
        _require_ours(target, old)
        _require_closed(target)
        chosen, paper = _chosen(old, only, paper)
        work, task = _beside(target, "new"), Task(dossier, paper, progress or silent)
        try:
            work.mkdir(parents=True)
            names, carried = _write(work, target, old, task, chosen)
            edited = list(_edited(target, old, {unit_of(name) for name in carried}))
            _swap(work, target)
        finally:
            task.dismiss()
            shutil.rmtree(work, ignore_errors=True)
    paths = (target / name for name in (*names, *carried, MANIFEST_FILE))
    return Built(tuple(paths), (*task.findings, *edited))


def recover(root: Path, name: str = "build") -> None:
    """恢复。After a crash between the two renames the previous build comes back; left-overs go.

    ``root`` is the folder that holds the build, ``name`` the build's own name. Without a crash it does
    nothing.
    """
    target = root / name
    if any(_beside(target, kind).exists() for kind in ("new", "previous")):
        with _alone(target):
            _restore(target)


def require_replaceable(target: Path) -> None:
    """可替换核对。Raise InputError where a build would sweep somebody's files away: told before the work."""
    _require_ours(target, read_manifest(target))


def _chosen(old: Listing, only: Sequence[str] | None, paper: str | None) -> tuple[list[str], str]:
    """The parts to write, and the paper of the maps: text, package and findings all speak of them."""
    before = old.head.get("paper")
    kept = before if only is not None and before in PAPERS else PAPER
    whole = only is None or (old.head.get("complete") and paper not in (None, kept))
    return [name for name in PARTS if whole or name in (only or ())], paper or kept


def _write(
    work: Path, target: Path, old: Listing, task: Task, chosen: Sequence[str]
) -> tuple[list[str], Mapping[str, Entry]]:
    """Files of the chosen parts, what of the old build still holds, then what speaks of them all."""
    head = {**origin_head(task.origin), "paper": task.paper}
    whole = len(chosen) == len(PARTS)
    listed = {} if whole else _holding(old, head)
    package = PARTS["submission"]
    if DRAWN.intersection(chosen):
        _ = task.crew  # a second process begins to draw
    last = [PARTS[name] for name in CLOSING if name in chosen]
    if SUBMISSION_FILE in listed and package not in last:
        last.append(package)  # it holds all the others, so it is never older than they are
    names = list(_run(task, work, (PARTS[name] for name in chosen if name not in CLOSING)))
    due = [file for part in last for file in part.files]
    lost = {name for name in listed if not (target / name).is_file()} - {*names, *due}
    complete = whole or (bool(listed and old.head.get("complete")) and not lost)
    # The findings of a complete build stay: a part alone would know only its own.
    carried = _carry(target, work, listed, (*names, *due, *(() if complete else ALWAYS_FILES)))
    task.written.extend([*names, *carried, *(name for name in ALWAYS_FILES if name not in carried), *due])
    last = [*(part for part in ALWAYS.values() if not {*part.files} <= {*carried}), *last]
    if complete and last != [package]:
        task.make_all()  # what speaks of all parts must know the findings of all
    elif package in last:
        _ = task.checklist  # and the findings what the package lacks
    names += _run(task, work, last)
    task.progress("写清单")
    write_manifest(work, (*names, *carried), {**head, "complete": complete}, carried)
    return names, carried


def _run(task: Task, work: Path, parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        task.progress(f"写出{part.title}")
        yield from part.write(task, work)


def _holding(old: Listing, head: Mapping[str, object]) -> dict[str, Entry]:
    """Entries of the build before, if it was made by the same version from the same facts and inputs."""
    same = all(old.head.get(key) == value for key, value in head.items())
    return {str(entry.get("name")): entry for entry in old.entries} if same else {}


def _carry(target: Path, work: Path, listed: Mapping[str, Entry], written: Iterable[str]) -> dict[str, Entry]:
    """Take over what is not written anew, as it lies there; the old entries go on saying what was built."""
    units = {unit_of(name) for name in listed} - {unit_of(name) for name in written}
    found = [name for name in files_of(target) if unit_of(name) in units]
    for name in found:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(target / name, work / name)
    return {name: listed[name] for name in found if name in listed}


def _edited(target: Path, old: Listing, carried: Collection[str]) -> Iterator[Finding]:
    """What somebody changed since it was built: it stays where it is carried, else a copy is set aside."""
    entries = {str(entry.get("name")): entry for entry in old.entries}
    changed = (name for name in files_of(target) if not _as_built(target / name, entries.get(name, {})))
    for unit in dict.fromkeys(map(unit_of, changed)):
        if unit in carried:
            yield finding("DEL-edited-left", Place(file=unit), file=unit)
        else:
            kept = _set_aside(target, unit).relative_to(target.parent).as_posix()
            yield finding("DEL-edited-aside", Place(file=unit), file=unit, kept=kept)


def _as_built(path: Path, entry: Entry) -> bool:
    if file_digest(path) == entry.get("sha256"):
        return True
    try:  # QGIS writes into a GeoPackage that it only shows
        return path.suffix == ".gpkg" and part_digests(path) == entry.get("parts")
    except sqlite3.Error:
        return False


def _set_aside(target: Path, unit: str) -> Path:
    first = place = target.with_name(f"{target.name}-手工修改") / unit
    for number in count(2):
        if not place.exists():
            break
        place = first.with_name(f"{first.stem}（{number}）{first.suffix}")
    place.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if (target / unit).is_dir() else shutil.copy2)(target / unit, place)
    return place


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


def _require_ours(target: Path, old: Listing) -> None:
    """Refuse a folder with files that no build of ours wrote: a new build would sweep them away."""
    if not target.exists():
        return
    ours = {unit_of(str(entry.get("name"))) for entry in old.entries} | {MANIFEST_FILE}
    names = [name for name in files_of(target) if unit_of(name) not in ours]
    if not target.is_dir():
        names = [target.name]
    if names:
        shown = "、".join(names[:3]) + ("…" if len(names) > 3 else "")
        raise InputError([_problem("DEL-not-ours", target, names=shown)])


def _require_closed(target: Path) -> None:
    """On Windows a file that a program holds open stops the exchange: told before the work, not after."""
    if target.exists():
        for path in (*(target / name for name in files_of(target)), target):
            path.rename(path)  # the same name: nothing changes, but it is refused where the move would be


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
        path = Path(str(error.filename or target))
        named = f"{path.relative_to(target).as_posix()}：" if target in path.parents else ""
        reason = named + (error.strerror or str(error)).rstrip("。.")
        raise InputError([_problem("DEL-cannot-write", target, reason=reason)]) from error


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}-{kind}")


def _problem(code: str, target: Path, **values: object) -> Finding:
    return finding(code, Place(file=target.name), folder=target.name, **values)
