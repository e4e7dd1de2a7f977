"""新建命令。init: a folder to start from."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.plan.starter import write_starter

__all__ = ["init"]


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@common_options
def init(directory: Path, as_json: bool, lang: str) -> int:
    """新建方案文件夹。"""
    output = Output(lang, as_json)
    write_starter(directory)
    output.say(output.word("started", path=directory))
    output.document("init", True, [], path=str(directory))
    return 0
