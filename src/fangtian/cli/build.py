"""成果命令。build: assess and write every deliverable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fangtian.assess import assess
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.cli.report import report
from fangtian.deliver.package import build as write_build
from fangtian.deliver.package import recover, require_replaceable
from fangtian.deliver.parts import PAPER, PAPERS, PARTS, require_parts
from fangtian.law.verdict import Verdict
from fangtian.plan.folder import open_plan

__all__ = ["build"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--only", default="", help=f"只重出部分成果（逗号分隔）：{','.join(PARTS)}")
@click.option(
    "--paper",
    type=click.Choice(PAPERS),
    default=None,
    help=f"附图幅面，默认 {PAPER}，只重出部分时沿用原幅面；换幅面时全部重出",
)
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def build(directory: Path, only: str, paper: str, on: str | None, **shown: Any) -> int:
    """评估方案并写出全部成果。"""
    output = Output(shown["lang"], shown["as_json"])
    judged = day(output, on)
    recover(directory)
    chosen = tuple(part.strip() for part in only.split(",") if part.strip())
    require_parts(chosen)
    with Stages(output) as stages:
        plan = open_plan(directory)
        require_replaceable(plan.build)
        dossier = assess(plan, judged, stages)
        built = write_build(dossier, None, chosen or None, stages, paper)
    report(output, "build", dossier, built)
    return 1 if any(item.verdict is Verdict.NOT_MET for item in dossier.judgements) else 0
