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
from fangtian.formats.vct import VctFile, VctHead, VctLayer, land_use_head
from fangtian.formats.vct_writing import write_vct
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
    assert item.code == "TOP-crossing-refused" and item.place.feature == "甲"


@pytest.mark.parametrize("epsg", [4523, 4490])
def test_a_repair_is_a_remark_only_where_it_hardly_moves_the_area(tmp_path: Path, epsg: int) -> None:
    found = {}
    for name, corner in (("小", 0.1), ("大", 50.0)):
        points = [(0, 0), (100, 0), (100, 100), (-corner, 100), (corner, 100 + corner)]
        shape = Polygon([(35_450_000 + x, 3_950_000 + y) for x, y in points])
        if epsg == 4490:
            shape = shapely.transform(shape, lambda xy: (xy - [35_450_000, 3_950_000]) / 1e5 + [105, 35])
        (item,) = measure_file(file_of(tmp_path / f"{name}.gpkg", [shape], epsg)).findings
        found[name] = (item.code, item.severity.value)
        assert float(item.values["before"]) > 5_000 and item.values["before"] != item.values["after"]
    assert found == {"小": ("TOP-crossing-repaired", "warning"), "大": ("TOP-crossing-refused", "error")}


def test_the_plane_area_and_what_a_survey_declares_stand_beside(tmp_path: Path) -> None:
    path = file_of(tmp_path / "a.gpkg", SQUARES, BSM=["甲", "乙"], TBMJ=[9_999.5, float("nan")])
    measured = measure_file(path)
    assert [f.plane for f in measured.features] == [Area.of_m2(10_000)] * 2
    assert [f.declared for f in measured.features] == [Area.of_m2("9999.5"), None]
    assert measured.plane_total == Area.of_m2(20_000) and measured.declared_total == Area.of_m2("9999.5")
    assert abs(measured.total - Area.of_m2(20_000)) < Area.of_m2(20)


def test_degrees_have_no_plane_area_and_no_field_no_declared_one(tmp_path: Path) -> None:
    measured = measure_file(file_of(tmp_path / "a.gpkg", [box(105, 35, 105.001, 35.001)], 4490, n=[1.0]))
    (feature,) = measured.features
    assert (feature.plane, feature.declared, measured.plane_total, measured.declared_total) == (None,) * 4


BOUNDARY = """[属性描述]
坐标系={system}
几度分带=3
带号={zone}
[地块坐标]
4,{area},DK1,上庄,面,,,,@
J1,1,3950000.000,{prefix}450000.000
J2,1,3950100.000,{prefix}450000.000
J3,1,3950100.000,{prefix}450100.000
J1,1,3950000.000,{prefix}450000.000
"""


def boundary(path: Path, **values: str) -> Path:
    values = {"system": "2000国家大地坐标系", "zone": "35", "prefix": "35", "area": "0.5000"} | values
    path.write_text(BOUNDARY.format(**values), encoding="gbk")
    return path


@pytest.mark.parametrize(
    ("area", "declared"), [("0.5000", "5000"), ("7.5亩", "5000"), ("", None), ("无", None)]
)
def test_a_boundary_file_declares_hectares(tmp_path: Path, area: str, declared: str | None) -> None:
    (feature,) = measure_file(boundary(tmp_path / "a.txt", area=area)).features
    assert (feature.id, feature.plane) == ("DK1", Area.of_m2(5000))
    assert feature.declared == (None if declared is None else Area.of_m2(declared))


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"system": "1980西安坐标系"}, "CRS-foreign", "转换须有法定参数"),
        ({"system": "北京54坐标系"}, "CRS-foreign", "1954年北京坐标系"),
        ({"zone": "", "prefix": ""}, "CRS-unknown", "无法判断所在投影带"),
    ],
)
def test_boundary_files_that_cannot_be_measured_say_why(
    tmp_path: Path, values: dict[str, str], code: str, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        measure_file(boundary(tmp_path / "a.txt", **values))
    (item,) = caught.value.findings
    assert item.code == code and words in item.message


@pytest.mark.parametrize(
    ("line", "word"),
    [
        *(("西安1980,6378140.0,298.257", "西安"), ("IAG-75,6378140.0,298.257", "西安")),
        *(("克拉索夫斯基,6378245.0,298.3", "北京"), ("Krasovsky_1940,6378245.0,298.3", "北京")),
    ],
)
def test_a_vct_head_of_an_old_datum_is_refused_with_the_reason(tmp_path: Path, line: str, word: str) -> None:
    head = VctHead(dict(land_use_head(35).entries) | {"Spheroid": line}, 3)
    square = np.array([SQUARES[0]], dtype=object)
    layer = VctLayer("2001010100", "地类图斑", "polygon", (), square, {}, np.array([1]), "DLTB")
    write_vct(tmp_path / "a.vct", VctFile(head, (layer,)))
    with pytest.raises(InputError) as caught:
        measure_file(tmp_path / "a.vct")
    (item,) = caught.value.findings
    assert item.code == "CRS-foreign" and word in item.message and "转换须有法定参数" in item.message


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        measure_file(tmp_path / "nothing.gpkg")
