"""GeoPackage 成果库：宽度、中文别名、样式、版本齐全，逐字节可重复，读回不变。"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from fangtian.errors import DeliverError
from fangtian.formats.geopackage import OutField, OutLayer, OutTable, write_geopackage
from fangtian.formats.qgis_style import polygon_style
from fangtian.formats.vector import list_layers, read_layer

SQUARES = shapely.box([35_480_000.0, 35_480_100.0], 3_900_000.0, [35_480_100.0, 35_480_200.0], 3_900_100.0)
FIELDS = (
    OutField("DLBM", "地类编码", "text", 5),
    OutField("TBMJ", "图斑面积", "number", 15, 2),
    OutField("GDDB", "耕地等别", "integer", 2),
)
STYLE = polygon_style([("0103", "旱地", (255, 240, 180))], "DLBM")


def layer(name: str = "DLTB", epsg: int = 4523, style: str = STYLE) -> OutLayer:
    columns = {"DLBM": ["0103", ""], "TBMJ": np.array([10000.25, np.nan]), "GDDB": [12, None]}
    return OutLayer(name, "地类图斑", SQUARES, columns, FIELDS, epsg, style)


TABLE = OutTable(
    "TABLE2",
    "附表2",
    {"code": ["01"], "area": [1.5]},
    (OutField("code", "代码"), OutField("area", "面积", "number")),
)


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchall()


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "成果.gpkg"
    write_geopackage(path, [layer()], [TABLE])
    back = read_layer(path)
    assert (back.name, back.epsg, back.findings) == ("DLTB", 4523, ())
    assert shapely.equals(back.geometry, SQUARES).all()
    assert back.fields["DLBM"].tolist() == ["0103", ""]
    assert np.array_equal(back.fields["TBMJ"], [10000.25, np.nan], equal_nan=True)
    assert np.array_equal(back.fields["GDDB"], [12.0, np.nan], equal_nan=True)
    assert rows(path, "SELECT code, area FROM TABLE2") == [("01", 1.5)]
    assert [(info.name, info.count) for info in list_layers(path)] == [("DLTB", 2), ("TABLE2", 1)]


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write_geopackage(tmp_path / "1.gpkg", [layer()], [TABLE])
    time.sleep(0.01)
    write_geopackage(tmp_path / "2.gpkg", [layer()], [TABLE])
    assert (tmp_path / "1.gpkg").read_bytes() == (tmp_path / "2.gpkg").read_bytes()


def test_the_file_is_version_1_2_with_official_widths(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer()], [TABLE])
    assert rows(path, "PRAGMA user_version") == [(10200,)]
    types = {name: kind for _, name, kind, *_ in rows(path, "PRAGMA table_info(DLTB)")}
    assert types == {
        "fid": "INTEGER",
        "geom": "MULTIPOLYGON",
        "DLBM": "TEXT(5)",
        "TBMJ": "REAL",
        "GDDB": "MEDIUMINT",
    }
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_aliases_and_titles_are_chinese(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer()], [TABLE])
    aliases = dict(rows(path, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'DLTB'"))
    assert aliases == {"DLBM": "地类编码", "TBMJ": "图斑面积", "GDDB": "耕地等别"}
    note = "SELECT description FROM gpkg_data_columns WHERE column_name = 'TBMJ'"
    assert rows(path, note) == [("数值，长度15，小数2位",)]
    contents = rows(path, "SELECT table_name, data_type, identifier FROM gpkg_contents ORDER BY 1")
    assert contents == [
        ("DLTB", "features", "地类图斑"),
        ("TABLE2", "attributes", "附表2"),
        ("layer_styles", "attributes", "layer_styles"),
    ]


def test_each_styled_layer_has_its_default_style_for_qgis(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer(), layer("PLAIN", style="")], [])
    found = rows(path, "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles")
    assert found == [("DLTB", "geom", 1, STYLE)]


def test_without_styles_there_is_no_style_table(tmp_path: Path) -> None:
    write_geopackage(tmp_path / "a.gpkg", [layer(style="")])
    assert rows(tmp_path / "a.gpkg", "SELECT name FROM sqlite_master WHERE name = 'layer_styles'") == []


@pytest.mark.parametrize("epsg", [4490, 4496, 4507, 4513, 4523, 4544, 4554])
def test_the_coordinate_system_is_the_registered_one(tmp_path: Path, epsg: int) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer(epsg=epsg)])
    assert read_layer(path).epsg == epsg
    assert rows(path, f"SELECT organization FROM gpkg_spatial_ref_sys WHERE srs_id = {epsg}") == [("EPSG",)]


def test_layers_and_tables_without_rows_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    nothing = OutLayer("DLTB", "地类图斑", SQUARES[:0], {item.name: [] for item in FIELDS}, FIELDS, 4523)
    write_geopackage(path, [nothing], [OutTable("T", "空表", {"a": []}, (OutField("a"),))])
    assert len(read_layer(path)) == 0
    assert pyogrio.read_info(path, layer="T")["features"] == 0


def test_text_wider_than_its_field_stops_the_writing_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_geopackage(path, [layer()])
    before = path.read_bytes()
    wide = OutLayer("DLTB", "地类图斑", SQUARES[:1], {"DLBM": ["010301"]}, FIELDS[:1], 4523)
    with pytest.raises(DeliverError, match="DLBM（地类编码）宽 5，放不下“010301”"):
        write_geopackage(path, [wide])
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.gpkg"]


def test_names_with_quotes_do_not_break_the_tables(tmp_path: Path) -> None:
    odd = OutLayer('图"层', "怪名", SQUARES[:1], {'字"段': ["x"]}, (OutField('字"段', "别名"),), 4523)
    write_geopackage(tmp_path / "a.gpkg", [odd])
    assert read_layer(tmp_path / "a.gpkg").fields['字"段'].tolist() == ["x"]
