"""规则命令。norms: the rules, article by article."""

from __future__ import annotations

import click

from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.law.listing import norm_rows

__all__ = ["norms"]


@click.command()
@click.option("--pack", default="", help="只列一个规则包")
@common_options
def norms(pack: str, as_json: bool, lang: str) -> int:
    """列出规则、条款和原文。"""
    output = Output(lang, as_json)
    listed = norm_rows(pack)
    names = ("pack", "article", "requirement", "modality", "status", "quote")
    columns = ("instrument", "article", "title", "modality_zh", "status_zh", "quote")
    rows = [tuple(row[name] for name in columns) for row in listed]
    output.table(output.word("norms"), [output.word(name) for name in names], rows)
    output.document("norms", True, [], norms=listed)
    return 0
