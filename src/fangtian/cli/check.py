"""检查命令。check: inspect the data and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from fangtian.catalog.finding import Finding, blocking
from fangtian.cli.app import common_options
from fangtian.cli.console import Output, Stages
from fangtian.errors import InputError
from fangtian.plan.folder import open_plan
from fangtian.plan.survey import read_survey

__all__ = ["check"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@common_options
def check(directory: Path, as_json: bool, lang: str) -> int:
    """只做数据检查，不出成果。"""
    output = Output(lang, as_json)
    plan = open_plan(directory)
    try:
        with Stages(output) as stages:
            found: Sequence[Finding] = read_survey(plan, stages).findings
    except InputError as error:
        found = error.findings
    output.findings(found)
    output.inspected(found)
    output.document("check", not blocking(found), found)
    return 1 if blocking(found) else 0
