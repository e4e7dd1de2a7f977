"""起草命令。draft: chapter files to write on from, drafted from the facts."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.assess import assess
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.draft_files import write_drafts
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import decide
from fangtian.plan.folder import open_plan

__all__ = ["draft"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def draft(directory: Path, on: str | None, as_json: bool, lang: str) -> int:
    """为还没有文字的章写出草稿文件。

    写在 narrative/ 下，已有的文件不动；数字都是插槽，随数据更新。
    """
    output = Output(lang, as_json)
    judged = day(output, on)
    plan = open_plan(directory)
    with Stages(output) as stages:
        dossier = assess(plan, judged, stages)
        stages("起草各章")
        presentation = decide(dossier.book)
        desk = Desk(dossier, presentation, opinions_of(dossier.judgements, presentation))
        written, kept = write_drafts(desk)
    names = [path.relative_to(plan.root).as_posix() for path in written]
    for name in names:
        output.say(output.word("draft_written", file=name))
    for name in kept:
        output.say(output.word("draft_kept", file=name), "dim")
    output.say(output.word("drafted", count=len(names)), "green")
    output.document("draft", True, (), written=names, kept=kept)
    return 0
