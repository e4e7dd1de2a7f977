"""方案图层可以是任何一种格式：坐标文件、VCT、DXF、WKT 表格、缺索引的 Shapefile，读进来都一样。"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from tiny_plan import tiny_plan

from fangtian.formats.boundary_rings import settled
from fangtian.formats.boundary_txt import BoundaryHeader, BoundaryPlot, write_boundary_txt
from fangtian.formats.vct import VctField, VctFile, VctLayer, land_use_head
from fangtian.formats.vct_writing import write_vct
from fangtian.plan.folder import open_plan
from fangtian.plan.layers import inspect_layer

EAST, NORTH = 35_450_000.0, 3_950_000.0
SHAPES = shapely.box(EAST + np.array([0, 250, 10]), NORTH + np.array([210, 110, 10]),
                     EAST + np.array([150, 300, 110]), NORTH + np.array([280, 160, 90]))  # fmt: skip
IDS = ["P01", "P02", "P03"]


def boundary(path: Path) -> None:
    plots = [
        BoundaryPlot(name, "地块", settled(shape), Decimal(1))
        for name, shape in zip(IDS, SHAPES, strict=True)
    ]
    write_boundary_txt(path, BoundaryHeader("某县", "2026-3-1", 35), plots)


def vct(path: Path) -> None:
    columns = {"DKBH": np.array(IDS, dtype=object)}
    field = VctField("DKBH", "Char", 18)
    layer = VctLayer("1", "地块", "polygon", (field,), SHAPES, columns, np.array([1, 2, 3]), "ZZDK")
    write_vct(path, VctFile(land_use_head(35), (layer,)))


def dxf(path: Path) -> None:
    def outline(name: str, shape: Any) -> str:
        points = shapely.get_coordinates(shape)[:-1]
        rows = "".join(f"10\n{x}\n20\n{y}\n" for x, y in points)
        return f"0\nLWPOLYLINE\n8\n{name}\n100\nAcDbPolyline\n90\n{len(points)}\n70\n1\n{rows}"

    body = "".join(map(outline, IDS, SHAPES))
    path.write_text(f"0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n", encoding="ascii")


def table(path: Path) -> None:
    rows = (f'{name},"{shape.wkt}",4523\n' for name, shape in zip(IDS, SHAPES, strict=True))
    path.write_text("DKBH,WKT,EPSG\n" + "".join(rows), encoding="utf-8")


def shapefile(path: Path) -> None:
    values = [np.array(IDS, dtype=object)]
    pyogrio.raw.write(path, shapely.to_wkb(SHAPES), values, ["DKBH"], driver="ESRI Shapefile",
                      geometry_type="Polygon", crs="EPSG:4523")  # fmt: skip
    path.with_suffix(".shx").unlink()


@pytest.mark.parametrize(
    ("suffix", "write", "told", "remarks"),
    [
        (".txt", boundary, "", set()),
        (".vct", vct, "", set()),
        (".dxf", dxf, '[layers.plots.fields]\nplot_id = "Layer"\n', {"CRS-assumed"}),
        (".csv", table, "", set()),
        (".shp", shapefile, "", {"FMT-shx-rebuilt"}),
    ],
)
def test_plots_may_come_in_any_format(
    tmp_path: Path, suffix: str, write: Callable[[Path], None], told: str, remarks: set[str]
) -> None:
    tiny_plan(tmp_path)
    write(tmp_path / f"data/plots{suffix}")
    toml = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    named = f'[layers.plots]\npath = "data/plots{suffix}"\n{told}'
    toml = toml.replace('[layers.plots]\npath = "data/base.gpkg"\nlayer = "ZZDK"\n', named)
    (tmp_path / "plan.toml").write_text(toml, encoding="utf-8")
    found = inspect_layer(open_plan(tmp_path), "plots")
    missing = [item.values["name"] for item in found.findings if item.code == "SCH-field-missing"]
    assert "plot_id" not in missing and missing  # none of these files has all that a plot needs
    codes = {item.code for item in found.findings if item.code.startswith(("CRS-", "FMT-", "TOP-", "BND-"))}
    assert codes - {"CRS-prefix", "CRS-shifted"} == remarks
    assert found.raw is not None and len(found.raw) == 3
    assert shapely.equals(found.raw.geometry, SHAPES).all()
