"""面积命令。area: official areas of any polygon file, beside the plane area and what the file declares."""

from __future__ import annotations

from pathlib import Path

import click

from fangtian.catalog.finding import blocking
from fangtian.cli.app import common_options
from fangtian.cli.console import Output
from fangtian.deliver.inspection.areas import SUFFIXES, write_areas
from fangtian.plan.polygon_file import FeatureArea, FileAreas, measure_file
from fangtian.units import Area

__all__ = ["area"]

SHOWN_FEATURES = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layer", default="", help="图层名（文件中有多个图层时）")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="另写面积清单：.xlsx 或 .csv")
@common_options
def area(file: Path, layer: str, out: Path | None, as_json: bool, lang: str) -> int:
    """计算任意面文件的图斑椭球面积，并列出平面面积和文件所载面积。"""
    output = Output(lang, as_json)
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise click.BadParameter("面积清单只写 .xlsx 或 .csv", param_hint="--out")
    measured = measure_file(file, layer)
    _print(output, measured)
    if out is not None:
        try:
            write_areas(out, measured)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--out") from error
        output.say(str(out))
    output.findings(measured.findings)
    output.document(
        "area",
        not blocking(measured.findings),
        measured.findings,
        features=[{"index": f.index, "id": f.id, **_columns(f)} for f in measured.features],
        total_m2=_m2(measured.total),
        plane_total_m2=_m2(measured.plane_total),
        declared_total_m2=_m2(measured.declared_total),
        crs=measured.crs.name,
    )
    return 1 if blocking(measured.findings) else 0


def _print(output: Output, measured: FileAreas) -> None:
    """The first features as a table, with those columns that have anything to show."""
    features = measured.features
    shown = [
        name
        for name in ("area_m2", "plane_m2", "declared_m2")
        if any(_columns(feature)[name] is not None for feature in features)
    ]
    rows = [(str(f.index + 1), f.id, *(_columns(f)[name] or "" for name in shown)) for f in features]
    titles = [output.word(name) for name in shown]
    right = {title: {"justify": "right"} for title in titles}
    header = ["#", output.word("feature"), *titles]
    output.table(output.word("areas", crs=measured.crs.name), header, rows[:SHOWN_FEATURES], **right)
    if len(rows) > SHOWN_FEATURES:
        output.say(output.word("more_rows", shown=SHOWN_FEATURES, count=len(rows)), "dim")
    output.say(f"{output.word('total')}  {measured.total.m2:.2f} m²")
    for name, total in (("plane_m2", measured.plane_total), ("declared_m2", measured.declared_total)):
        if name in shown and total is not None:
            output.say(f"{output.word('total')} {output.word(name)}  {total.m2:.2f}", "dim")


def _columns(feature: FeatureArea) -> dict[str, str | None]:
    return {
        "area_m2": _m2(feature.area),
        "plane_m2": _m2(feature.plane),
        "declared_m2": _m2(feature.declared),
    }


def _m2(area: Area | None) -> str | None:
    return None if area is None else f"{area.m2:.2f}"
