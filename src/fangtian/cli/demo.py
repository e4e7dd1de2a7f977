"""示例命令。demo: the sample, or a trial on a real file, in one go."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.assess import assess
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.cli.report import report
from fangtian.deliver.package import build as write_build
from fangtian.deliver.package import recover
from fangtian.plan.folder import open_plan
from fangtian.plan.sample import write_sample
from fangtian.plan.trial import write_trial

__all__ = ["demo"]

DEMO_MARKER = ".fangtian-demo"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=Path("demo"))
@click.option(
    "--on",
    "data",
    type=click.Path(path_type=Path),
    default=None,
    help="改用一个真实的地类图斑文件（缺少的图层用推导的替代图层）",
)
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def demo(directory: Path, data: Path | None, on: str | None, as_json: bool, lang: str) -> int:
    """写出示例方案并完成全部成果。"""
    output = Output(lang, as_json)
    judged = day(output, on)
    _claim(directory, output)
    recover(directory)
    with Stages(output) as stages:
        if data is None:
            write_sample(directory, stages)
        else:
            write_trial(directory, data, stages)
        dossier = assess(open_plan(directory), judged, stages)
        built = write_build(dossier, None, None, stages)
    output.say(output.word("sample_written", path=directory))
    report(output, "demo", dossier, built)
    if data is None:
        output.say(output.word("deliberate"), "dim")
    return 0


def _claim(directory: Path, output: Output) -> None:
    """A demo writes only into a folder that is empty or its own, so nobody's plan is overwritten."""
    marker = directory / DEMO_MARKER
    if directory.exists() and any(directory.iterdir()) and not marker.exists():
        raise click.UsageError(output.word("not_demo", path=directory))
    directory.mkdir(parents=True, exist_ok=True)
    marker.touch()
