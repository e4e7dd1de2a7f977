"""读数据集：一个文件里有什么就读出什么——各种图形、纯表格、字段的类型和长度，缺的补上也不动用户的文件。"""

from __future__ import annotations

import json
import sqlite3
import struct
import warnings
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from fangtian.errors import InputError
from fangtian.formats.dataset import DataField, Dataset
from fangtian.formats.filegdb import write_filegdb
from fangtian.formats.geopackage import OutField, OutLayer
from fangtian.formats.reading import read_dataset
from fangtian.formats.vector import read_layer

SQUARES = shapely.box([35_480_000.0, 35_480_100.0], 3_900_000.0, [35_480_100.0, 35_480_200.0], 3_900_100.0)
POINTS = shapely.points([[35_480_000.0, 3_900_000.0], [35_480_001.0, 3_900_001.0]])
LINES = shapely.linestrings([[[35_480_000.0, 3_900_000.0], [35_480_001.0, 3_900_001.0]]] * 2)
DRIVERS = {".gpkg": "GPKG", ".gdb": "OpenFileGDB", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}


def add(path: Path, layer: str, shapes: Any, kind: str, **columns: Any) -> Path:
    """A layer of a file, written by GDAL."""
    data = {"DLBM": np.array(["0103", None], dtype=object)} | columns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path, None if shapes is None else shapely.to_wkb(shapes), list(data.values()), list(data),
            layer=layer, driver=DRIVERS[path.suffix], geometry_type=None if shapes is None else kind,
            crs="EPSG:4523", append=path.exists(),
        )  # fmt: skip
    return path


def codes(data: Dataset) -> list[str]:
    return [item.code for item in data.findings]


@pytest.mark.parametrize("suffix", [".gpkg", ".gdb"])
def test_points_lines_polygons_and_tables_all_come_out(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    for name, shapes, kind in (("P", POINTS, "Point"), ("L", LINES, "LineString"), ("D", SQUARES, "Polygon")):
        add(path, name, shapes, kind)
    add(path, "T", None, "")
    data = read_dataset(path)
    assert [(layer.name, layer.kind, len(layer)) for layer in data.layers] == [
        ("P", "point", 2), ("L", "line", 2), ("D", "polygon", 2), ("T", "table", 2),
    ]  # fmt: skip
    assert data.format == {".gpkg": "GeoPackage", ".gdb": "FileGDB"}[suffix] and data.findings == ()
    assert {layer.epsg for layer in data.layers[:3]} == {4523}
    for layer, shapes in zip(data.layers, (POINTS, LINES, SQUARES), strict=False):
        got = shapely.get_parts(layer.geometry)
        assert shapely.equals(shapely.normalize(got), shapely.normalize(shapes)).all()
    assert shapely.is_missing(data.layers[3].geometry).all()
    assert data.layers[3].columns["DLBM"].tolist() == ["0103", ""]


def test_a_layer_of_several_kinds_is_mixed_and_one_that_only_could_be_is_not(tmp_path: Path) -> None:
    both = np.array([SQUARES[0], POINTS[0]], dtype=object)
    path = add(tmp_path / "a.gpkg", "both", both, "Unknown")
    add(path, "one", SQUARES, "Unknown")
    assert [layer.kind for layer in read_dataset(path).layers] == ["mixed", "polygon"]


@pytest.mark.parametrize("suffix", [".gpkg", ".gdb", ".shp"])
def test_fields_come_with_types_lengths_and_aliases(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"DLTB{suffix}"
    numbers = {"MSSM": np.array([1, 2], dtype=np.int32), "TBMJ": np.array([1.5, 2.5])}
    if suffix == ".gdb":
        fields = (OutField("DLBM", "地类编码", length=5), OutField("TBMJ", "图斑面积", "number"))
        columns = {"DLBM": np.array(["0103", ""], object), "TBMJ": numbers["TBMJ"]}
        write_filegdb(path, [OutLayer("DLTB", "地类图斑", SQUARES, columns, fields, 4523)])
        expected = (
            DataField("DLBM", "text", 5, 0, "地类编码"),
            DataField("TBMJ", "number", 0, 0, "图斑面积"),
        )
    else:
        add(path, "DLTB", SQUARES, "Polygon", **numbers)
        sizes = (80, 9, 24) if suffix == ".shp" else (5, 0, 0)
        expected = (
            DataField("DLBM", "text", sizes[0]), DataField("MSSM", "integer", sizes[1]),
            DataField("TBMJ", "number", sizes[2], 15 if suffix == ".shp" else 0),
        )  # fmt: skip
    if suffix == ".gpkg":
        with sqlite3.connect(path) as base:
            base.execute("PRAGMA writable_schema = 1")
            base.execute("UPDATE sqlite_schema SET sql = replace(sql, '\"DLBM\" TEXT', '\"DLBM\" TEXT(5)')")
    assert read_dataset(path).layers[0].fields == expected
    assert read_layer(path).declared == expected


def shapefile(kind: int, points: list[tuple[float, float]], *ordinates: list[float]) -> bytes:
    """A .shp of one ring of a kind (15 with heights and measures, 25 with measures)."""
    box = (*map(min, zip(*points, strict=True)), *map(max, zip(*points, strict=True)))
    body = struct.pack("<i4d3i", kind, *box, 1, len(points), 0)
    body += b"".join(struct.pack("<2d", *point) for point in points)
    body += b"".join(struct.pack(f"<2d{len(v)}d", min(v), max(v), *v) for v in ordinates)
    size = 50 + (8 + len(body)) // 2
    head = struct.pack(">i20xi", 9994, size) + struct.pack("<2i8d", 1000, kind, *box, 0, 0, 0, 0)
    return head + struct.pack(">2i", 1, len(body) // 2) + body


@pytest.mark.parametrize(("kind", "ordinates"), [(5, 0), (15, 1), (15, 2), (25, 1)])
def test_heights_and_measures_are_left_out(tmp_path: Path, kind: int, ordinates: int) -> None:
    x, y = 35_480_000.0, 3_900_000.0
    ring = [(x, y), (x, y + 10), (x + 10, y + 10), (x, y)]
    path = tmp_path / "a.shp"
    path.write_bytes(shapefile(kind, ring, *[[5.0, 6.0, 7.0, 5.0]] * ordinates))
    for geometry in (read_dataset(path).layers[0].geometry, read_layer(path).geometry):
        assert not shapely.has_z(geometry).any() and not shapely.has_m(geometry).any()
        assert shapely.area(geometry).tolist() == [50.0]


def test_a_missing_index_is_rebuilt_in_a_copy(tmp_path: Path) -> None:
    path = add(tmp_path / "a.shp", "a", SQUARES, "Polygon")
    (tmp_path / "a.shx").unlink()
    before = sorted(item.name for item in tmp_path.iterdir())
    data = read_dataset(path)
    assert codes(data) == ["FMT-shx-rebuilt"] and "临时副本" in data.findings[0].message
    assert len(data.layers[0]) == 2 and data.layers[0].epsg == 4523
    assert data.layers[0].columns["DLBM"].tolist() == ["0103", ""]
    assert [item.code for item in read_layer(path).findings] == ["FMT-shx-rebuilt"]
    assert sorted(item.name for item in tmp_path.iterdir()) == before  # nothing beside the user's file
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in before:
            archive.write(tmp_path / name, f"数据/{name}")
    assert codes(read_dataset(tmp_path / "a.zip")) == ["FMT-shx-rebuilt"]


def test_names_that_differ_in_half_a_character_alone_stay_two_fields(tmp_path: Path) -> None:
    path = add(tmp_path / "a.shp", "a", SQUARES, "Polygon", 图斑面积甲=np.array([1.0, 2.0]))
    dbf = tmp_path / "a.dbf"
    content = dbf.read_bytes()
    (tmp_path / "a.cpg").unlink()
    name = "图斑地类面积".encode("gbk")[:8]
    fields = [content[32:43], content[64:75]]
    content = content.replace(fields[0], name + b"\xb1\0\0").replace(fields[1], name + b"\xb2\0\0")
    dbf.write_bytes(content)
    (layer,) = read_dataset(path).layers
    assert list(layer.columns) == ["图斑地类", "图斑地类_"] and [f.name for f in layer.fields] == [
        *layer.columns
    ]


def test_characters_beyond_gbk_are_read(tmp_path: Path) -> None:
    names = np.array(["㐀村", "𠮷庄"], dtype=object)
    path = add(tmp_path / "a.shp", "a", SQUARES, "Polygon")
    dbf = tmp_path / "a.dbf"
    content = bytearray(dbf.read_bytes())
    head, size = int.from_bytes(content[8:10], "little"), int.from_bytes(content[10:12], "little")
    for row, name in enumerate(names):
        text = name.encode("gb18030")
        content[head + row * size + 1 : head + row * size + 1 + len(text)] = text
    dbf.write_bytes(bytes(content))
    (tmp_path / "a.cpg").write_text("GBK", encoding="ascii")
    assert read_dataset(path).layers[0].columns["DLBM"].tolist() == names.tolist()


def test_layers_of_one_name_are_told_apart(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for folder in ("东", "西"):
            (tmp_path / folder).mkdir()
            archive.write(add(tmp_path / folder / "D.gpkg", "DLTB", SQUARES, "Polygon"), f"{folder}/D.gpkg")
    data = read_dataset(tmp_path / "a.zip")
    assert [layer.name for layer in data.layers] == ["DLTB", "DLTB_2"]
    assert (codes(data), data.format) == (["FMT-layer-twice"], "GeoPackage")


def test_notes_and_tables_beside_data_in_an_archive_are_no_data(tmp_path: Path) -> None:
    path = add(tmp_path / "a.gpkg", "DLTB", SQUARES, "Polygon")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "a.gpkg")
        archive.writestr("说明.txt", "联系电话,13912345678")
        archive.writestr("汇总.csv", "名称,面积\n甲,1\n")
        rows = [(3900000, 35480000), (3900100, 35480000), (3900100, 35480100), (3900000, 35480000)]
        points = "".join(f"J{at},1,{x}.000,{y}.000\n" for at, (x, y) in enumerate(rows))
        archive.writestr("界址点.txt", f"4,0.5,1,甲,面,,,,@\n{points}")
    data = read_dataset(tmp_path / "a.zip")
    assert ([layer.name for layer in data.layers], data.format) == (["DLTB", "地块"], "zip")
    assert read_layer(tmp_path / "a.zip", "地块").geometry[0].area == 5000.0


def test_lists_and_dates_are_text_and_dates_say_so(tmp_path: Path) -> None:
    feature = {"type": "Feature", "geometry": None, "properties": {"a": [1, 2], "d": "2024-01-02"}}
    (tmp_path / "a.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    (layer,) = read_dataset(tmp_path / "a.geojson").layers
    assert layer.columns["d"].tolist() == ["2024-01-02"] and layer.columns["a"].dtype == object
    table = pa.table({"d": pa.array([date(2024, 1, 2)])})
    pyogrio.write_arrow(table, tmp_path / "b.gpkg", driver="GPKG", geometry_type=None, layer="T")
    (layer,) = read_dataset(tmp_path / "b.gpkg").layers
    assert layer.fields == (DataField("d", "date"),) and layer.columns["d"].tolist() == ["2024-01-02"]


@pytest.mark.parametrize(
    ("name", "code"), [("a.mdb", "FMT-mdb"), ("a.accdb", "FMT-mdb"), ("a.dwg", "FMT-dwg")]
)
def test_closed_formats_are_refused_with_what_to_export(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).write_bytes(b"\0\1\0\0Standard Jet DB")
    with pytest.raises(InputError) as caught:
        read_dataset(tmp_path / name)
    (item,) = caught.value.findings
    assert item.code == code and any(suffix in item.remedy for suffix in (".gdb", ".dxf"))


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".gdb"])
def test_codes_kept_as_long_integers_keep_every_digit_beside_blanks(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    driver = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".gdb": "OpenFileGDB"}[suffix]
    codes = np.array([620525100000000001, 0, 620525100000000003])
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.box([0, 10, 20], 0, [9, 19, 29], 9)),
        [codes],
        np.array(["BM"]),
        field_mask=[np.array([False, True, False])],
        driver=driver,
        geometry_type="Polygon",
        crs="EPSG:4523",
        **({"TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"} if suffix == ".gdb" else {}),
    )
    (layer,) = read_dataset(path).layers
    assert layer.columns["BM"].tolist() == ["620525100000000001", "", "620525100000000003"]
