"""读 VCT：各种写法的点、线、面、注记和属性都能读，编码自己判断。"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from vct_text import (
    CODES,
    EDGES,
    HEAD,
    HOLE,
    ISLAND,
    SQUARE,
    body,
    codes,
    layer,
    read,
)

from fangtian.formats.vct import (
    VctHead,
    declared_system,
    land_use_head,
)

# ── reading every variant ────────────────────────────────────────────────────────────────────────────────


def test_points_of_every_type_with_and_without_count(tmp_path: Path) -> None:
    file = body(
        tmp_path,
        "PointBegin\n1\nP\nU\n1\n10.5,20.25\n0\n\n2\nP\nU\n1\n1\n11,21\n0\n3\nP\nU\n2\n12,22\n0\n"
        "4\nP\nU\n3\n13,23\n1,0\n0\n5\nP\nU\n4\n2\n14,24\n15,25\n0\nPointEnd\n",
    )
    points = layer(file, "point")
    assert shapely.to_wkt(points.geometry).tolist() == [
        "POINT (10.5 20.25)", "POINT (11 21)", "POINT (12 22)", "POINT (13 23)",
        "MULTIPOINT ((14 24), (15 25))",
    ]  # fmt: skip
    assert codes(file) == ["direction", "attribute-missing"] and file.head.decimals == 2


def test_lines_direct_of_several_segments_and_of_other_lines(tmp_path: Path) -> None:
    file = body(
        tmp_path,
        "LineBegin\n1\nL\nU\n1\n1\n11\n2\n0,0\n1,1\n0\n2\nL\nU\n1\n2\n11\n2\n0,0\n1,0\n11\n2\n5,5\n6,6\n0\n"
        "3\nL\nU\n100\n2\n1,-1\n0\nLineEnd\nAttributeBegin\nLT\n1,2.50\n2,\n3,4\nTableEnd\nAttributeEnd\n",
    )
    lines = layer(file, "line")
    assert shapely.to_wkt(lines.geometry).tolist() == [
        "LINESTRING (0 0, 1 1)", "MULTILINESTRING ((0 0, 1 0), (5 5, 6 6))",
        "MULTILINESTRING ((0 0, 1 1), (1 1, 0 0))",
    ]  # fmt: skip
    np.testing.assert_array_equal(lines.columns["KD"], [2.5, np.nan, 4.0])
    assert not file.findings


def test_direct_polygons_find_their_holes_and_parts_by_themselves(tmp_path: Path) -> None:
    text = f"PolygonBegin\n7\n2001010100\nU\n1\n1,1\n3\n{ISLAND}{HOLE}{SQUARE}0\nPolygonEnd\n"
    (shape,) = layer(body(tmp_path, text), "polygon").geometry
    assert shape.geom_type == "MultiPolygon" and shape.area == pytest.approx(81 - 4 + 0.125)


@pytest.mark.parametrize(
    ("refs", "told"),
    [
        ("100\n1,1\n21\n4\n1,-2,0,4\n0\n", []),
        ("100\n1,1\n21\n3\n1,-2,0,4\n0\n", []),  # a count without the zero
        ("100\n1,1\n21\n4\n1\n-2\n0\n4\n0\n", []),  # a line each
        ("100\n21\n4\n1,-2,0,4\n0\n", []),  # no point for labels
        ("100\n1,1\n21\n4\n1,2,0,4\n0\n", ["ring-turned"]),  # a sign is wrong
        ("100\n1,1\n21\n3\n1,-2,4\n0\n", ["ring-turned"]),  # no zero between rings
        ("100\n1,1\n21\n9\n1,-2,0,4\n0\n", ["count"]),
    ],
)
def test_indirect_polygons_follow_their_lines(tmp_path: Path, refs: str, told: list[str]) -> None:
    other = "6\n2001010100\nU\n100\n5,1\n21\n2\n2,3\n0\n"
    text = f"{EDGES}PolygonBegin\n5\n2001010100\nU\n{refs}{other}PolygonEnd\n"
    file = body(tmp_path, text)
    polygons = layer(file, "polygon")
    assert [shape.area for shape in polygons.geometry] == [15.5, 16.0]
    assert codes(file) == [*told, "attribute-missing"]
    assert not [one for one in file.layers if one.kind == "line" and len(one)]


def test_polygons_made_of_polygons_in_any_order(tmp_path: Path) -> None:
    parts = "".join(
        f"{id}\n2001010100\nU\n100\n1,1\n21\n2\n{refs}\n0\n" for id, refs in ((5, "1,-2"), (6, "2,3"))
    )
    text = f"{EDGES}PolygonBegin\n9\n2001010100\nU\n100\n1,1\n22\n2\n5,6\n0\n{parts}PolygonEnd\n"
    shapes = layer(body(tmp_path, text), "polygon").geometry
    assert [shape.area for shape in shapes] == [32.0, 16.0, 16.0]


def test_annotations_keep_text_and_angles(tmp_path: Path) -> None:
    file = body(
        tmp_path,
        "AnnotationBegin\n1\nZ\nU\n1\n上庄\n1,2,30\n0\n2\nZ\nU\n2\n渭河\n2\n1,2,0\n3,4,45\n0\n"
        "3\nZ\nU\n1\n\n5,6,0\n0\nAnnotationEnd\n",
    )
    notes = layer(file, "annotation")
    assert notes.texts is not None and notes.texts.tolist() == ["上庄", "渭河", ""]
    assert notes.angles is not None and notes.angles.tolist() == [(30.0,), (0.0, 45.0), (0.0,)]
    assert shapely.to_wkt(notes.geometry[1]) == "MULTIPOINT ((1 2), (3 4))"


@pytest.mark.parametrize("codec", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_is_recognised(tmp_path: Path, codec: str) -> None:
    text = (
        HEAD
        + CODES
        + "PointBegin\n1\nP\nU\n1\n1,2\n0\nPointEnd\nAttributeBegin\nPT\n1,上庄\nTableEnd\nAttributeEnd\n"
    )
    for lines in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        file = read(tmp_path, lines, codec)
        assert layer(file, "point").columns["MC"].tolist() == ["上庄"] and not file.findings
        assert file.head["Projection"] == "高斯-克吕格投影"


def test_sections_that_are_not_read_are_named(tmp_path: Path) -> None:
    file = body(
        tmp_path,
        "CommentBegin\n说明\nCommentEnd\nStyleBegin\nRepresentationBegin\nA\n1\nCOLOR,0\n0\n"
        "RepresentationEnd\nStyleEnd\nTopologyBegin\nNodeTopologyBegin\n1,2\nNodeTopologyEnd\nTopologyEnd\n"
        "SolidBegin\n1\nSolidEnd\nPointBegin\n1\nP\nU\n1\n1,2\n0\nPointEnd\n",
    )
    assert len(layer(file, "point")) == 1
    assert [(item.severity.value, item.values.get("section")) for item in file.findings[:3]] == [
        ("info", "Style"), ("info", "Topology"), ("warning", "Solid"),
    ]  # fmt: skip


def test_axes_offset_heights_and_odd_separators(tmp_path: Path) -> None:
    head = HEAD.replace("XYUnit", "XAxisDirection:N\nOffset:1000;2000\nXYUnit").replace(
        "Separator:,", "Separator:;"
    )
    head = head.replace("Dim:2", "Dim:3")
    text = head + CODES.replace(",", ";") + "PointBegin\n1\nP\nU\n1\n1.5;2.25;99\n0\nPointEnd\n"
    file = read(tmp_path, text)
    assert shapely.to_wkt(layer(file, "point").geometry[0]) == "POINT (2002.25 1001.5)"
    assert "heights" in codes(file)


def test_rows_without_shape_and_shapes_without_row_both_stay(tmp_path: Path) -> None:
    text = "PointBegin\n1\nP\nU\n1\n1,2\n0\nPointEnd\nAttributeBegin\nPT\n2,乙\nTableEnd\nAttributeEnd\n"
    file = body(tmp_path, text)
    points = layer(file, "point")
    assert points.ids.tolist() == [2, 1] and points.columns["MC"].tolist() == ["乙", ""]
    assert points.geometry[0] is None and codes(file) == ["attribute-missing", "attribute-orphan"]


def test_numbers_that_are_codes_and_a_number_that_is_first_field_as_well(tmp_path: Path) -> None:
    table = (
        "FeatureCodeBegin\nP,点,Point,T\nFeatureCodeEnd\n"
        "TableStructureBegin\nT,2\nBSM,Int8\nMJ,Double,38,8\n0\nTableStructureEnd\n"
    )
    rows = "AttributeBegin\nT\n620524211000006557,0.00030900\n12,1e3\nTableEnd\nAttributeEnd\n"
    (table_layer,) = read(tmp_path, HEAD + table + rows).layers
    assert table_layer.columns["BSM"].tolist() == ["620524211000006557", "12"]
    assert table_layer.columns["MJ"].tolist() == [0.000309, 1000.0]


def test_systems_are_told_by_the_head() -> None:
    prefixed = {**land_use_head(35).entries, "ExtentMax": "35500000.000,4000000.000"}
    assert declared_system(VctHead(prefixed))[0] == 4523
    assert declared_system(land_use_head(18, 6))[0] == 4507
    assert declared_system(VctHead({"Spheroid": "西安(1980),6378.140,298.257"})) == (None, "西安 1980")
