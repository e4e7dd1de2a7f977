"""KML、DXF、WKT 表格、VCT、界址点坐标文件：读成数据集，也能作为面图层供方案和面积计算使用。"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vct_text import written

from fangtian.errors import InputError
from fangtian.formats.dataset import DataField, Dataset
from fangtian.formats.reading import read_dataset
from fangtian.formats.vct import VctField, VctLayer
from fangtian.formats.vector import RawLayer, list_layers, read_layer

EAST, NORTH = 35_450_000.0, 3_990_000.0
SQUARE = f"POLYGON(({EAST} {NORTH},{EAST + 100} {NORTH},{EAST + 100} {NORTH + 100},{EAST} {NORTH}))"


def codes(data: Dataset | RawLayer) -> list[str]:
    return [item.code for item in data.findings]


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_dataset(path)
    assert all(item.message.endswith("。") and item.remedy for item in caught.value.findings)
    return str(caught.value.findings[0].code)


# ── KML ──────────────────────────────────────────────────────────────────────────────────────────────────

PLACEMARK = """<Placemark><name>{name}</name><ExtendedData><SchemaData schemaUrl="#s">
<SimpleData name="DLBM">0103</SimpleData><SimpleData name="TBMJ">12.5</SimpleData></SchemaData></ExtendedData>
{shape}</Placemark>"""
RING = "105.1,35.1,9 105.2,35.1,9 105.2,35.2,9 105.1,35.1,9"
FACE = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"  # noqa: E501
SPOT = "<Point><coordinates>105.1,35.1</coordinates></Point>"


def kml(*folders: tuple[str, str], encoding: str = "UTF-8", prolog: str = "") -> str:
    body = "".join(f"<Folder><name>{name}</name>{marks}</Folder>" for name, marks in folders)
    schema = """<Schema name="s" id="s"><SimpleField type="string" name="DLBM"/>
    <SimpleField type="double" name="TBMJ"/></Schema>"""
    head = f'<?xml version="1.0" encoding="{encoding}"?>{prolog}'
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{schema}{body}</Document></kml>'


@pytest.mark.parametrize(("declared", "actual"), [("UTF-8", "utf-8"), ("GBK", "gbk"), ("UTF-8", "gbk")])
def test_kml_folders_are_layers_with_their_data(tmp_path: Path, declared: str, actual: str) -> None:
    face, spot = (PLACEMARK.format(name=name, shape=shape) for name, shape in (("甲", FACE), ("乙", SPOT)))
    path = tmp_path / "a.kml"
    path.write_bytes(kml(("地块", face), ("点位", spot), encoding=declared).encode(actual))
    data = read_dataset(path)
    assert [(layer.name, layer.kind, layer.epsg) for layer in data.layers] == [
        ("地块", "polygon", None), ("点位", "point", None),
    ]  # fmt: skip
    assert {name: column.tolist() for name, column in data.layers[0].columns.items()} == {
        "Name": ["甲"], "DLBM": ["0103"], "TBMJ": [12.5],
    }  # fmt: skip
    assert set(codes(data)) == {"FMT-kml-datum", "FMT-heights"} and data.format == "KML"
    assert not shapely.has_z(data.layers[0].geometry).any()
    assert read_layer(path, "地块").geometry[0].area == pytest.approx(0.005)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.kml"]


@pytest.mark.parametrize(
    "prolog",
    ['<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE kml>", '<!doctype kml "x">'],
)
def test_kml_with_entities_is_refused_before_a_parser_sees_it(tmp_path: Path, prolog: str) -> None:
    path = tmp_path / "a.kml"
    path.write_text(kml(("a", ""), prolog=prolog), encoding="utf-8")
    assert refused(path) == "FMT-xml-entities"


# ── DXF ──────────────────────────────────────────────────────────────────────────────────────────────────


def dxf(*entities: str) -> str:
    head = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_936\n0\nENDSEC\n"
    return f"{head}0\nSECTION\n2\nENTITIES\n{''.join(entities)}0\nENDSEC\n0\nEOF\n".replace("\n", "\r\n")


def polyline(*points: tuple[float, float], layer: str = "地块", closed: bool = False, extra: str = "") -> str:
    rows = "".join(f"10\n{x}\n20\n{y}\n" for x, y in points)
    head = f"0\nLWPOLYLINE\n5\nA1\n100\nAcDbEntity\n{extra}8\n{layer}\n100\nAcDbPolyline\n"
    return f"{head}90\n{len(points)}\n70\n{int(closed)}\n{rows}"


CORNERS = ((EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 100), (EAST, NORTH + 100))
CIRCLE = f"0\nCIRCLE\n100\nAcDbEntity\n8\n井\n100\nAcDbCircle\n10\n{EAST}\n20\n{NORTH}\n40\n5\n"
TEXT = f"0\nTEXT\n100\nAcDbEntity\n8\n注\n100\nAcDbText\n10\n{EAST}\n20\n{NORTH}\n40\n2.5\n1\n水田\n"


def test_closed_polylines_are_outlines_and_the_rest_is_told(tmp_path: Path) -> None:
    drawing = dxf(
        polyline(*CORNERS, closed=True),
        polyline(*CORNERS, CORNERS[0], layer="另一层"),
        polyline(*CORNERS),
        CIRCLE,
        TEXT,
        polyline(*CORNERS, closed=True, extra="67\n1\n"),
    )
    path = tmp_path / "a.dxf"
    path.write_bytes(drawing.encode("gbk"))
    data = read_dataset(path)
    assert [(layer.name, layer.kind, len(layer)) for layer in data.layers] == [
        ("面", "polygon", 2), ("线", "line", 2), ("注记", "annotation", 1),
    ]  # fmt: skip
    assert data.layers[0].columns["Layer"].tolist() == ["地块", "另一层"]
    assert shapely.area(data.layers[0].geometry).tolist() == [10_000.0, 10_000.0]
    assert data.layers[2].texts is not None and data.layers[2].texts.tolist() == ["水田"]
    assert codes(data) == ["FMT-dxf-outline", "FMT-dxf-paper"]
    assert "2 条闭合多段线" in data.findings[0].message and "线 2、注记 1" in data.findings[0].message
    layer = read_layer(path)
    assert (layer.name, len(layer), layer.epsg, codes(layer)) == ("面", 2, None, codes(data))


def test_drawings_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    for name, content, code in (
        ("binary.dxf", b"AutoCAD Binary DXF\r\n\x1a\0", "FMT-dxf-binary"),
        ("empty.dxf", dxf().encode(), "FMT-dxf-empty"),
        ("lying.dxf", b"<kml/>", "FMT-lying"),
        ("lying.kml", b"0\nSECTION\n", "FMT-lying"),
        ("lying.vct", b"nothing of the kind", "FMT-vct-not"),
        ("empty.vct", b"", "FMT-empty-file"),
        ("lying.csv", b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "FMT-lying"),
        ("lying.txt", b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "FMT-lying"),
        ("lying.xlsx", b"nothing", "FMT-sheet-unreadable"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "FMT-sheet-old"),
    ):
        (tmp_path / name).write_bytes(content)
        assert refused(tmp_path / name) == code, name


# ── WKT tables ───────────────────────────────────────────────────────────────────────────────────────────


def table(path: Path, rows: list[list[Any]], codec: str = "utf-8-sig") -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = path.stem
        for row in rows:
            sheet.append(row)
        book.save(path)
    else:
        quoted = ([f'"{cell}"' if "," in str(cell) else str(cell) for cell in row] for row in rows)
        path.write_bytes("".join(",".join(row) + "\r\n" for row in quoted).encode(codec))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("header", ["WKT", "wkt", "geometry", "几何"])
def test_a_column_of_wkt_gives_the_shapes(tmp_path: Path, suffix: str, header: str) -> None:
    rows = [
        ["编号", "面积", "地类", header, "坐标系"], ["P1", 1.5, "0103", SQUARE, "EPSG:4523"],
        ["P2", 2, "1203", "", "EPSG:4523"], ["P3", "", "", "POLYGON((0 0", "EPSG:4523"],
    ]  # fmt: skip
    path = table(tmp_path / f"甲{suffix}", rows, "gb18030")
    data = read_dataset(path)
    (layer,) = data.layers
    assert (layer.name, layer.kind, layer.epsg) == ("甲", "polygon", 4523)
    assert layer.fields == tuple(
        DataField(name, "number" if name == "面积" else "text") for name in ("编号", "面积", "地类", "坐标系")
    )
    assert layer.columns["地类"].tolist() == ["0103", "1203", ""]
    np.testing.assert_array_equal(layer.columns["面积"], [1.5, 2.0, np.nan])
    assert shapely.is_missing(layer.geometry).tolist() == [False, True, True]
    assert codes(data) == ["FMT-wkt", "TOP-missing"] and "第 4 行" in data.findings[0].message
    raw = read_layer(path)
    assert raw.geometry[0].area == 5000.0 and raw.fields["编号"].tolist() == ["P1", "P2", "P3"]
    assert "FMT-wkt" in codes(raw)


def test_the_system_of_a_table_may_be_unknown_contradictory_or_before_the_text(tmp_path: Path) -> None:
    plain = read_dataset(table(tmp_path / "a.csv", [["WKT", "n"], [SQUARE, 1]])).layers[0]
    assert (plain.epsg, plain.crs_name, plain.decimals) == (None, "", 1)
    told = read_dataset(table(tmp_path / "b.csv", [["WKT", "n"], [f"SRID=4523;{SQUARE}", 1]])).layers[0]
    assert (told.epsg, told.kind) == (4523, "polygon")
    rows = [["WKT", "CRS"], [SQUARE, "4523"], [SQUARE, "1980西安坐标系"]]
    two = read_dataset(table(tmp_path / "c.csv", rows))
    assert two.layers[0].epsg is None and codes(two) == ["FMT-wkt-systems"]


def test_every_sheet_is_a_layer_and_a_cell_may_be_long(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in (
        ("面", [["WKT"], [SQUARE]]),
        ("点", [["WKT"], ["POINT Z (1 2 3)"]]),
        ("表", [["a"], [1]]),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    data = read_dataset(tmp_path / "a.xlsx")
    assert [(layer.name, layer.kind) for layer in data.layers] == [
        ("面", "polygon"), ("点", "point"), ("表", "table"),
    ]  # fmt: skip
    assert not shapely.has_z(data.layers[1].geometry).any()
    round_shape = shapely.Point(EAST, NORTH).buffer(1000, quad_segs=2000)
    path = table(tmp_path / "long.csv", [["WKT", "n"], [round_shape.wkt, 1]])
    assert path.stat().st_size > 2**17  # Python's own limit
    assert shapely.get_num_coordinates(read_dataset(path).layers[0].geometry[0]) == 8001


def test_a_table_without_shapes_is_a_table_and_no_polygon_layer(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [["编号", "名称"], ["0103", "甲"]])
    assert [layer.kind for layer in read_dataset(path).layers] == ["table"]
    assert [info.polygonal for info in list_layers(path)] == [False]
    with pytest.raises(InputError) as caught:
        read_layer(path)
    assert [item.code for item in caught.value.findings] == ["FMT-no-polygons"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-1e6, 1e8), st.floats(-1e6, 1e8)), min_size=1, max_size=6))
def test_wkt_of_any_coordinates_comes_back_as_it_was(
    tmp_path: Path, spots: list[tuple[float, float]]
) -> None:
    shape = shapely.multipoints(np.array(spots))
    text = shapely.to_wkt(shape, rounding_precision=-1)
    (layer,) = read_dataset(table(tmp_path / "a.csv", [["WKT", "n"], [text, "1"]])).layers
    assert layer.geometry[0] == shapely.from_wkt(text)


# ── VCT and boundary files ───────────────────────────────────────────────────────────────────────────────


def vct(tmp_path: Path) -> Path:
    square = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
    fields = (VctField("BSM", "Char", 18), VctField("TBMJ", "Float", 15, 2), VctField("MSSM", "Int4"))
    columns = {
        "BSM": np.array(["A"], dtype=object), "TBMJ": np.array([10_000.0]), "MSSM": np.array([0.0]),
    }  # fmt: skip
    parcels = VctLayer("2001010100", "地类图斑", "polygon", fields, np.array([square]), columns,
                       np.array([1]), "DLTB")  # fmt: skip
    spots = VctLayer("1000", "控制点", "point", (), shapely.points([[EAST, NORTH]]), {}, np.array([2]), "KZD")
    angles = np.empty(1, dtype=object)
    angles[0] = (30.0,)
    words = VctLayer("Z", "注记", "annotation", (), shapely.points([[EAST, NORTH]]), {}, np.array([3]), "ZJ",
                     np.array(["上庄"], dtype=object), angles)  # fmt: skip
    written(tmp_path, parcels, spots, words)
    return next(tmp_path.glob("*.vct"))


def test_a_vct_file_is_layers_under_the_names_of_their_tables(tmp_path: Path) -> None:
    path = vct(tmp_path)
    data = read_dataset(path)
    assert [(layer.name, layer.kind, layer.code) for layer in data.layers] == [
        ("DLTB", "polygon", "2001010100"), ("控制点", "point", "1000"), ("注记", "annotation", "Z"),
    ]  # fmt: skip
    assert data.layers[0].fields == (
        DataField("BSM", "text", 18), DataField("TBMJ", "number", 15, 2), DataField("MSSM", "integer"),
    )  # fmt: skip
    words = data.layers[2]
    assert words.texts is not None and words.texts.tolist() == ["上庄"]
    assert words.angles is not None and words.angles.tolist() == [30.0]
    assert data.layers[0].epsg in (4523, 4544) and data.layers[0].decimals is not None
    assert [(info.name, info.polygonal, info.count) for info in list_layers(path)] == [
        ("DLTB", True, 1), ("控制点", False, 1), ("注记", False, 1),
    ]  # fmt: skip
    layer = read_layer(path)
    assert (layer.name, layer.geometry[0].area, layer.fields["TBMJ"].tolist()) == (
        "DLTB",
        10_000.0,
        [10_000.0],
    )
    assert layer.declared == data.layers[0].fields


BOUNDARY = """[属性描述]
坐标系={system}
几度分带={width}
带号={zone}
[地块坐标]
5,1.0000,DK1,上庄,面,,复垦,0103,@
J1,1,3990000.000,{zone}450000.000
J2,1,3990000.000,{zone}450100.000
J3,1,3989900.000,{zone}450100.000
J4,1,3989900.000,{zone}450000.000
J1,1,3990000.000,{zone}450000.000
"""


def boundary(path: Path, system: str = "2000国家大地坐标系", width: int = 3, zone: int = 35) -> Path:
    path.write_text(BOUNDARY.format(system=system, width=width, zone=zone), encoding="gbk")
    return path


@pytest.mark.parametrize(
    ("width", "zone", "epsg"), [(3, 25, 4513), (3, 35, 4523), (3, 45, 4533), (6, 18, 4496)]
)
def test_a_boundary_file_is_a_layer_of_plots(tmp_path: Path, width: int, zone: int, epsg: int) -> None:
    path = boundary(tmp_path / "a.txt", width=width, zone=zone)
    data = read_dataset(path)
    (layer,) = data.layers
    assert (layer.name, layer.kind, layer.epsg, layer.decimals) == ("地块", "polygon", epsg, 3)
    assert {name: column.tolist() for name, column in layer.columns.items()} == {
        "地块编号": ["DK1"], "地块名称": ["上庄"], "地块面积": ["1.0000"],
        "地块用途": ["复垦"], "地类编码": ["0103"],
    }  # fmt: skip
    assert data.findings == () and data.format == "TXT" and read_layer(path).epsg == epsg


def test_a_text_without_plots_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("会议纪要\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_dataset(tmp_path / "a.txt")
    assert "BND-empty" in [item.code for item in caught.value.findings]
