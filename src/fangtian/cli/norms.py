"""规则命令。norms: the rules, instrument by instrument and article by article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

import click

from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.law.kinds import Modality
from fangtian.law.listing import norm_rows

__all__ = ["norms"]

Row = Mapping[str, str]


@click.command()
@click.option("--pack", default="", help="只列一个规则包、一套规则或一个文件")
@common_options
def norms(pack: str, as_json: bool, lang: str) -> int:
    """列出规则、条款和原文。"""
    output = Output(lang, as_json)
    listed = norm_rows(pack)
    articles = [row for row in listed if row["article"]]
    for name, rows in groupby(articles, lambda row: row["instrument"]):
        _articles(output, name, list(rows))
    _unheld(output, [row for row in listed if not row["article"]])
    _counts(output, articles)
    output.document("norms", True, [], norms=listed)
    return 0


def _articles(output: Output, name: str, rows: Sequence[Row]) -> None:
    head = rows[0]
    known = "" if head["status"] == "held" else f"（{head['status_zh']}）"
    names = [output.word(word) for word in ("article", "modality", "served", "quote")]
    shown = [
        (row["article"], _said(output, row, "modality"), _served(output, row), row["quote"]) for row in rows
    ]
    output.table(f"《{name}》{head['number']}{known}", names, shown, **{names[3]: {"ratio": 1}})


def _unheld(output: Output, rows: Sequence[Row]) -> None:
    if rows:
        names = [output.word(word) for word in ("pack", "status", "note")]
        shown = [(f"《{row['instrument']}》{row['number']}", row["status_zh"], row["note"]) for row in rows]
        output.table(output.word("unheld"), names, shown)


def _counts(output: Output, rows: Sequence[Row]) -> None:
    """Instruments by modality, with totals: how much of the law is binding, in principle, procedure …."""
    named = [_name(output, row) for row in rows]
    counts = Counter((name, row["modality"]) for name, row in zip(named, rows, strict=True))
    kinds = [kind for kind in Modality if any(kind == row["modality"] for row in rows)]
    heads = [kind.chinese if output.lang == "zh" else kind.value for kind in kinds]
    lines = []
    for name in dict.fromkeys(named):
        found = [counts[name, kind] for kind in kinds]
        lines.append((name, *map(str, found), str(sum(found))))
    totals = [sum(counts[name, kind] for name, other in counts if other == kind) for kind in kinds]
    if len(lines) > 1:
        lines.append((output.word("total"), *map(str, totals), str(sum(totals))))
    right = {name: {"justify": "right"} for name in (*heads, output.word("total"))}
    if lines:
        title = output.word("norm_counts", count=len(rows))
        output.table(title, [output.word("pack"), *heads, output.word("total")], lines, **right)


def _name(output: Output, row: Row) -> str:
    """Chinese titles would leave no room beside English heads."""
    return f"《{row['instrument']}》" if output.lang == "zh" else row["id"].partition("/")[0]


def _served(output: Output, row: Row) -> str:
    how = _said(output, row, "served")
    return f"{how}：{row['served_by']}" if row["served_by"] else how


def _said(output: Output, row: Row, column: str) -> str:
    return row[f"{column}_zh"] if output.lang == "zh" else row[column]
