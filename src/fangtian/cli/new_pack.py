"""规则包命令。new-pack: a rule pack of one's own, to be filled with the words of the local instrument."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.law.new_pack import write_pack

__all__ = ["new_pack"]


@click.command()
@click.argument("code")
@click.argument("directory", type=click.Path(path_type=Path), required=False)
@common_options
def new_pack(code: str, directory: Path | None, as_json: bool, lang: str) -> int:
    """为行政区划代码 CODE 新建规则包（模板中的条文是示例，不是真实规定）。"""
    output = Output(lang, as_json)
    root = directory or Path(f"fangtian-pack-{code}")
    paths = write_pack(code, root)
    output.files(root.parent, paths)
    output.say(output.word("pack_started", path=root, code=code))
    output.document("new-pack", True, [], files=[str(path) for path in paths])
    return 0
