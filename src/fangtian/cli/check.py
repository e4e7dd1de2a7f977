"""检查命令。check: inspect the data of a plan folder, or any data files, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from fangtian.catalog.finding import Finding, blocking
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.deliver.inspection import REPORT_FILE, write_inspection
from fangtian.deliver.inspection.copies import clear_copies, list_copies
from fangtian.deliver.inspection.correction import write_changes, write_copy
from fangtian.deliver.inspection.listing import place_rows
from fangtian.errors import InputError
from fangtian.plan.checking import REPORTS, inspect_files, inspect_plan, sources_of
from fangtian.plan.folder import DEM, open_plan
from fangtian.plan.inspected import Inspection, Subject
from fangtian.plan.mended import ChangeRow, corrected
from fangtian.plan.place import in_file, within

__all__ = ["check"]

PLAN_FILE = "plan.toml"


@click.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), default=None, help=f"报告写到哪里，默认“{REPORTS}”")
@click.option("--date", "on", default=None, help="报告上的检查日期，默认今天")
@click.option("--fix", is_flag=True, help="另写一份修补了细小图形错误的数据，附修改记录；原数据不动")
@common_options
def check(paths: Sequence[Path], out: Path | None, on: str | None, fix: bool, **shown: Any) -> int:
    """检查数据：一个方案文件夹，或任意数据文件（可多个）。写出检查报告，不改动数据。"""
    output = Output(shown["lang"], shown["as_json"])
    written, folder = day(output, on), out or _folder(paths)
    with Stages(output) as stages:
        inspection = _inspection(paths, stages)
        folder.mkdir(parents=True, exist_ok=True)
        mended = _fixed(paths, folder, stages) if fix else _Fixed()
        found = (*inspection.findings, *mended.findings)
        inspection = replace(inspection, findings=found)
        stages("写出检查报告")
        files = [*write_inspection(folder, inspection, written, fix=fix), *mended.files]
    _subjects(output, inspection)
    output.findings(found)
    output.inspected(found)
    output.say(output.word("open_report", path=folder / REPORT_FILE))
    output.document(
        "check",
        not blocking(found),
        found,
        layers=[_layer(item) for item in inspection.subjects],
        places=_places(inspection) if output.as_json else [],
        files=[str(path) for path in files],
    )
    return 1 if blocking(found) else 0


@dataclass(frozen=True)
class _Fixed:
    """Corrected copies: their files, and what is to be said of them."""

    files: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()


def _fixed(paths: Sequence[Path], folder: Path, stages: Stages) -> _Fixed:
    """A corrected copy of every file that has polygons, and one table of all changes."""
    files: list[Path] = []
    findings: list[Finding] = []
    changes: list[tuple[str, ChangeRow]] = []
    sources = _sources(paths)
    clear_copies(folder, [path for _, path in sources])
    for file, path in sources:
        stages(f"修补{file}")
        try:
            correction = corrected(path, file)
        except InputError:
            continue  # the inspection has told why
        try:
            written = write_copy(folder, file, correction) if correction.rows else None
        except InputError as error:  # such as a system that the format cannot say
            findings += in_file(error.findings, file)
            continue
        files += written.files if written else ()
        list_copies(
            folder, files
        )  # at once: what is written but not listed would be taken for somebody else's
        findings += written.findings if written else ()
        findings += correction.findings
        changes += [(file, row) for row in correction.rows]
    files.append(write_changes(folder, changes))
    return _Fixed(tuple(files), tuple(findings))


def _layer(item: Subject) -> dict[str, Any]:
    shown = {name: getattr(item, name) for name in ("file", "layer", "role", "title", "count", "inspected")}
    return {**shown, "crs": item.crs.name if item.crs else ""}


def _places(inspection: Inspection) -> list[dict[str, Any]]:
    """Every place of every finding, without the drawing and without what its finding says already."""
    left = ("shape", "remedy", "title", "severity")
    return [
        {name: value for name, value in row._asdict().items() if name not in left and value not in ("", None)}
        for row in place_rows(inspection)
    ]


def _sources(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Data files to mend: those of plan.toml, or all that were named."""
    if len(paths) == 1 and _is_plan(paths[0]):
        plan = open_plan(paths[0])
        used = dict.fromkeys(source.path for role, source in plan.layers.items() if role != DEM)
        return [(within(path, plan.root), path) for path in used]
    return list(sources_of(paths))


def _inspection(paths: Sequence[Path], stages: Stages) -> Inspection:
    if len(paths) == 1 and _is_plan(paths[0]):
        return inspect_plan(open_plan(paths[0]), stages)
    return inspect_files(paths, stages)


def _is_plan(path: Path) -> bool:
    """A plan folder, or what can only be meant as one."""
    if path.is_dir() and path.suffix.lower() != ".gdb":
        return (path / PLAN_FILE).is_file()
    return path.name == PLAN_FILE or not (path.exists() or path.suffix)


def _folder(paths: Sequence[Path]) -> Path:
    """Beside the data: in the plan folder, or next to the first of the files."""
    first = paths[0]
    if first.name == PLAN_FILE or (first.is_dir() and first.suffix.lower() != ".gdb"):
        return (first.parent if first.name == PLAN_FILE else first) / REPORTS
    return first.with_name(f"{first.name}-{REPORTS}")  # a.shp and a.gpkg are two reports


def _subjects(output: Output, inspection: Inspection) -> None:
    words = [output.word(name) for name in ("file", "layer", "checked_as", "features")]
    rows = [(item.file, item.layer, item.title, str(item.count)) for item in inspection.subjects]
    output.table(output.word("layers"), words, rows, **{words[3]: {"justify": "right"}})
    for name in dict.fromkeys(item.crs.name for item in inspection.subjects if item.crs):
        output.say(f"{output.word('system')}  {name}")
