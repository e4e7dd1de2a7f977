"""查询命令。norms, area, doctor."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
import pyogrio
import pyproj
import shapely

from fangtian.cli.app import app, common_options
from fangtian.cli.console import Output
from fangtian.law.listing import norm_rows
from fangtian.plan.polygon_file import measure_file

SHOWN_FEATURES = 20
COMPONENTS = (
    "fangtian",
    "numpy",
    "scipy",
    "shapely",
    "pyogrio",
    "pyproj",
    "openpyxl",
    "xlsxwriter",
    "pydantic",
)


@app.command()
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


@app.command()
@click.option("--pack", default="", help="只列一个规则包")
@common_options
def norms(pack: str, as_json: bool, lang: str) -> int:
    """列出规则、条款和原文。"""
    output = Output(lang, as_json)
    listed = norm_rows(pack)
    names = ("pack", "article", "requirement", "modality", "status", "quote")
    columns = ("instrument", "article", "title", "modality_zh", "status", "quote")
    rows = [tuple(row[name] for name in columns) for row in listed]
    output.table(output.word("norms"), [output.word(name) for name in names], rows)
    output.document("norms", True, [], norms=listed)
    return 0


@app.command()
@common_options
def doctor(as_json: bool, lang: str) -> int:
    """检查安装了什么、缺什么。"""
    output = Output(lang, as_json)
    found = {"Python": platform.python_version(), "GDAL": ".".join(map(str, pyogrio.__gdal_version__))}
    found |= {"GEOS": shapely.geos_version_string, "PROJ": pyproj.proj_version_str}
    missing = []
    for name in COMPONENTS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    for driver in ("GPKG", "OpenFileGDB", "ESRI Shapefile", "GeoJSON"):
        found[driver] = output.word("driver_there" if driver in pyogrio.list_drivers() else "driver_missing")
    header = [output.word("component"), output.word("version")]
    output.table(output.word("doctor"), header, [*found.items(), *((name, "—") for name in missing)])
    output.document("doctor", not missing, [], components=found, missing=missing)
    return 1 if missing else 0
