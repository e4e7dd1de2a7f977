"""比对命令。diff: what a revised plan changes of the approved one, and which way of 第二十条 it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fangtian.assess import assess
from fangtian.catalog.target import targets
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.cli.report import opinion_record, tell_verdicts
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.revision import write_revision
from fangtian.deliver.wording import fact_term, scope_name
from fangtian.facts.revision.book import APPROVED, REVISED, REVISION, changed
from fangtian.plan.folder import open_plan
from fangtian.revise import TOLERANCE_M, Revision, revise

__all__ = ["diff"]

FOLDER = "方案调整"


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=None, help=f"成果写到哪里，默认 NEW/{FOLDER}")
@click.option(
    "--tolerance",
    type=click.FloatRange(0.001, 100),
    default=TOLERANCE_M,
    show_default=True,
    help="重绘容差（米）：出入在此以内的界线视为同一条",
)
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def diff(old: Path, new: Path, out: Path | None, tolerance: float, on: str | None, **shown: Any) -> int:
    """比对批准方案 OLD 与调整方案 NEW，说明变化和适用的调整程序，写出方案调整说明。"""
    output = Output(shown["lang"], shown["as_json"])
    judged = day(output, on)
    with Stages(output) as stages:
        plans = [open_plan(folder) for folder in (old, new)]
        approved, revised = (assess(plan, judged, stages) for plan in plans)
        stages("比对两版方案")
        revision = revise(approved, revised, judged, tolerance)
        paths = write_revision(out or plans[1].root / FOLDER, revision, stages)
    presentation = decide(revision.book)
    _targets(output, presentation)
    _plots(output, revision, presentation)
    opinions = opinions_of(revision.judgements, presentation)
    tell_verdicts(output, judged, opinions)
    for item in revision.routes:
        output.say(output.word("route", article=item.norm.citation, words=item.norm.quote), "bold")
    output.files(paths[0].parent, paths)
    output.document(
        "diff",
        not any(item.blocks for item in revision.judgements),
        [],
        plots=[
            {"fate": str(item.fate), "old": item.old, "new": item.new}
            | {"fields": [vars(field) for field in item.fields]}
            for item in changed(revision.plots)
        ],
        routes=[item.norm.id for item in revision.routes],
        judgements=[opinion_record(item) for item in opinions],
        files=[str(path) for path in paths],
    )
    return 1 if any(item.blocks for item in revision.judgements) else 0


def _targets(output: Output, shown: Presentation) -> None:
    header = [output.word(name) for name in ("target", "scope", "approved", "revised", "revision")]
    rows = []
    for target in targets():
        stem = f"{target.key}@{target.scope}."
        cells = [shown.find(stem + phase) for phase in (APPROVED, REVISED, REVISION)]
        if None not in cells:
            numbers = (f"{cell.text}{cell.unit}" for cell in cells if cell is not None)
            rows.append((fact_term(stem + APPROVED), scope_name(target.scope), *numbers))
    right = {name: {"justify": "right"} for name in header[2:]}
    output.table(output.word("targets"), header, rows, **right)


def _plots(output: Output, revision: Revision, shown: Presentation) -> None:
    header = [output.word(name) for name in ("fate", "approved", "revised", "revision", "altered")]
    rows = []
    for number, change in enumerate(changed(revision.plots), start=1):
        area = shown.text(f"change_group_area[{number}]@project.{REVISION}", "unit")
        words = "；".join(f"{item.term} {item.old or '—'}→{item.new or '—'}" for item in change.fields)
        rows.append((str(change.fate), "、".join(change.old), "、".join(change.new), area, words))
    output.table(output.word("plot_changes"), header, rows, **{header[3]: {"justify": "right"}})
