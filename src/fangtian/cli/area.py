"""面积命令。area: official areas of any polygon file."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.plan.polygon_file import measure_file

__all__ = ["area"]

SHOWN_FEATURES = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layer", default="", help="图层名（文件中有多个图层时）")
@common_options
def area(file: Path, layer: str, as_json: bool, lang: str) -> int:
    """计算任意面文件的图斑椭球面积。"""
    output = Output(lang, as_json)
    measured = measure_file(file, layer)
    rows = [(str(f.index), f.id, f"{f.area.m2:.2f}") for f in measured.features]
    right = {output.word("area_m2"): {"justify": "right"}}
    header = ["#", output.word("feature"), output.word("area_m2")]
    output.table(output.word("areas", crs=measured.crs.name), header, rows[:SHOWN_FEATURES], **right)
    if len(rows) > SHOWN_FEATURES:
        output.say(output.word("more_rows", shown=SHOWN_FEATURES, count=len(rows)), "dim")
    output.say(f"{output.word('total')}  {measured.total.m2:.2f} m²")
    output.findings(measured.findings)
    features = [{"index": f.index, "id": f.id, "area_m2": f"{f.area.m2:.2f}"} for f in measured.features]
    output.document(
        "area",
        True,
        measured.findings,
        features=features,
        total_m2=f"{measured.total.m2:.2f}",
        crs=measured.crs.name,
    )
    return 0
