"""环境命令。doctor: what is installed, what is missing."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import click
import pyogrio
import pyproj
import shapely

from fangtian.cli.app import common_options
from fangtian.cli.console import Output

__all__ = ["doctor"]

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


@click.command()
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
