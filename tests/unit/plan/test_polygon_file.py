"""Official areas of any polygon file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import Polygon, box

from fangtian.errors import InputError
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.polygon_file import measure_file
from fangtian.units import Area

SQUARES = [box(35_450_000 + x, 3_950_000, 35_450_000 + x + 100, 3_950_100) for x in (0, 100)]


def file_of(path: Path, shapes: list[Any], epsg: int | None = 4523, **columns: list[Any]) -> Path:
    data = [
        np.array(values, dtype=object if isinstance(values[0], str) else float) for values in columns.values()
    ]
    wkb = shapely.to_wkb(np.array(shapes, dtype=object))
    driver = "ESRI Shapefile" if path.suffix == ".shp" else "GPKG"
    pyogrio.raw.write(
        path, wkb, data, list(columns), driver=driver, geometry_type="Polygon", crs=f"EPSG:{epsg or 4523}"
    )
    if epsg is None:
        path.with_suffix(".prj").unlink()
    return path


def test_areas_are_official_and_add_up(tmp_path: Path) -> None:
    measured = measure_file(file_of(tmp_path / "a.gpkg", SQUARES, BSM=["甲", "乙"]))
    assert [(f.index, f.id) for f in measured.features] == [(0, "甲"), (1, "乙")]
    expected = official_areas(np.array(SQUARES, dtype=object), crs_of(4523)).tolist()
    assert [f.area for f in measured.features] == expected
    assert measured.total == Area(sum(expected)) and measured.crs.zone == 35 and measured.findings == ()


@pytest.mark.parametrize(
    ("columns", "ids"),
    [
        ({"OBJECTID": [7.0, 9.0]}, ["7", "9"]),
        ({"dkbh": ["P1", "P2"]}, ["P1", "P2"]),
        ({"BSM": ["同", "同"], "编号": ["x", "y"]}, ["x", "y"]),
        ({"value": [1.5, 2.5]}, ["1", "2"]),
    ],
)
def test_features_are_called_by_an_id_field_or_their_row(
    tmp_path: Path, columns: dict[str, list[Any]], ids: list[str]
) -> None:
    measured = measure_file(file_of(tmp_path / "a.gpkg", SQUARES, **columns))
    assert [f.id for f in measured.features] == ids


def test_a_file_without_a_system_is_read_by_its_zone_prefix(tmp_path: Path) -> None:
    measured = measure_file(file_of(tmp_path / "a.shp", SQUARES, None, BSM=["1", "2"]))
    assert measured.crs.epsg == 4523 and [item.code for item in measured.findings] == ["CRS-assumed"]


@pytest.mark.parametrize(("epsg", "code"), [(None, "CRS-unknown"), (2359, "CRS-foreign")])
def test_an_unknown_or_foreign_system_cannot_be_measured(tmp_path: Path, epsg: int | None, code: str) -> None:
    shapes = [shapely.transform(shape, lambda p: p - [35e6, 0]) for shape in SQUARES]
    with pytest.raises(InputError) as error:
        measure_file(file_of(tmp_path / "a.shp", shapes, epsg, BSM=["1", "2"]))
    assert [item.code for item in error.value.findings] == [code]


def test_a_crossing_ring_is_measured_as_repaired_and_said(tmp_path: Path) -> None:
    x, y = 35_450_000, 3_950_000
    bow = Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    measured = measure_file(file_of(tmp_path / "a.gpkg", [bow, SQUARES[1]], BSM=["甲", "乙"]))
    assert 4_990 < measured.features[0].area.m2 < 5_010
    (item,) = measured.findings
    assert item.code == "TOP-crossing-repaired" and item.place.feature == "甲"


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        measure_file(tmp_path / "nothing.gpkg")
