"""成果库 FileGDB：宽度、别名、类型、坐标系齐全，逐字节可重复，读回不差一位。"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangtian.errors import DeliverError
from fangtian.formats.filegdb import geodatabase_files, read_geodatabase_table, write_filegdb
from fangtian.formats.geopackage import OutField, OutLayer, OutTable
from fangtian.formats.vector import list_layers, read_layer

SQUARES = shapely.box(
    [35_480_000.0, 35_480_100.1234], 3_900_000.0, [35_480_100.1234, 35_480_200.0], 3_900_100.0
)
FIELDS = (
    OutField("DLBM", "地类编码", "text", 5),
    OutField("TBMJ", "图斑面积", "number", 15, 2),
    OutField("GDDB", "耕地等别", "integer", 2),
    OutField("BZ", "备注", "text"),
)
TABLE = OutTable(
    "指标",
    "指标（全部封存事实）",
    {"地址": ["a@b.c", "d"], "长度": [1, None]},
    (OutField("地址", "事实地址"), OutField("长度", "长度", "integer", 5)),
)


def layer(name: str = "DLTB", epsg: int = 4523) -> OutLayer:
    columns = {
        "DLBM": ["0103", ""],
        "TBMJ": np.array([10000.25, np.nan]),
        "GDDB": [12, None],
        "BZ": ["𠮷的地", None],
    }
    return OutLayer(name, "图斑现状", SQUARES, columns, FIELDS, epsg)


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in geodatabase_files(path)}


def test_what_is_written_reads_back_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "成果.gdb"
    write_filegdb(path, [layer()], [TABLE])
    back = read_layer(path)
    assert (back.name, back.epsg, back.findings) == ("DLTB", 4523, ())
    table, geometry = read_geodatabase_table(path, "DLTB")
    shapes = shapely.from_wkb(np.array(table.column(geometry).to_pylist(), dtype=object))
    assert shapely.equals_exact(
        shapely.normalize(shapes),
        shapely.normalize(shapely.multipolygons([[square] for square in SQUARES])),
        0,
    ).all()
    assert table.column("DLBM").to_pylist() == ["0103", ""]
    assert table.column("TBMJ").to_pylist() == [10000.25, None]
    assert table.column("GDDB").to_pylist() == [12, None]
    assert table.column("BZ").to_pylist() == ["𠮷的地", None]
    table, geometry = read_geodatabase_table(path, "指标")
    assert geometry == "" and table.column("OBJECTID").to_pylist() == [1, 2]
    assert table.column("地址").to_pylist() == ["a@b.c", "d"]
    assert [(info.name, info.count) for info in list_layers(path)] == [("DLTB", 2), ("指标", 2)]


def test_types_widths_and_aliases_are_those_of_the_standard(tmp_path: Path) -> None:
    path = tmp_path / "a.gdb"
    write_filegdb(path, [layer()], [TABLE])
    info = pyogrio.read_info(path, layer="DLTB")
    assert info["crs"] == "EPSG:4523" and info["geometry_type"] == "MultiPolygon"
    assert info["dtypes"].tolist() == ["object", "float64", "int32", "object"]
    assert info["layer_metadata"] == {"ALIAS_NAME": "图斑现状"}
    items, _ = read_geodatabase_table(path, "GDB_Items")
    described = dict(
        zip(items.column("Name").to_pylist(), items.column("Definition").to_pylist(), strict=True)
    )
    words = "".join(described["DLTB"].split())
    assert "<AliasName>地类编码</AliasName>" in words and "<AliasName>图斑现状</AliasName>" in words
    assert "esriFieldTypeString</FieldType><IsNullable>true</IsNullable><Length>5</Length>" in words
    assert "<Length>255</Length>" in words and "ArcGIS/10." in words
    systems, _ = read_geodatabase_table(path, "GDB_SpatialRefs")
    grid = {name: systems.column(name).to_pylist()[-1] for name in ("FalseX", "XYUnits", "XYTolerance")}
    assert grid == {"FalseX": 0.0, "XYUnits": 10000.0, "XYTolerance": 0.001}


def test_writing_twice_gives_the_same_bytes_and_other_content_other_ids(tmp_path: Path) -> None:
    write_filegdb(tmp_path / "1.gdb", [layer(), layer("ZZDK")], [TABLE])
    time.sleep(1.1)
    write_filegdb(tmp_path / "2.gdb", [layer(), layer("ZZDK")], [TABLE])
    assert files(tmp_path / "1.gdb") == files(tmp_path / "2.gdb")
    write_filegdb(tmp_path / "3.gdb", [layer(), layer("ZZQY")], [TABLE])
    ids = [
        set(read_geodatabase_table(tmp_path / name, "GDB_Items")[0].column("UUID").to_pylist())
        for name in ("1.gdb", "3.gdb")
    ]
    assert len(ids[0]) == len(ids[1]) == 5 and not ids[0] & ids[1]


def test_relations_between_items_survive_the_new_ids(tmp_path: Path) -> None:
    write_filegdb(tmp_path / "1.gdb", [layer()], [TABLE])
    items, _ = read_geodatabase_table(tmp_path / "1.gdb", "GDB_Items")
    known = dict(zip(items.column("UUID").to_pylist(), items.column("Path").to_pylist(), strict=True))
    relations, _ = read_geodatabase_table(tmp_path / "1.gdb", "GDB_ItemRelationships")
    pairs = zip(relations.column("OriginID").to_pylist(), relations.column("DestID").to_pylist(), strict=True)
    assert [(known[origin], known[target]) for origin, target in pairs] == [
        ("\\", "\\DLTB"),
        ("\\", "\\指标"),
    ]


def test_text_wider_than_its_field_stops_the_writing_and_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.gdb"
    write_filegdb(path, [layer()])
    before = files(path)
    wide = OutLayer("DLTB", "地类图斑", SQUARES[:1], {"DLBM": ["010301"]}, FIELDS[:1], 4523)
    with pytest.raises(DeliverError, match="DLBM（地类编码）宽 5，放不下“010301”"):
        write_filegdb(path, [wide])
    assert files(path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.gdb"]


def test_text_without_a_width_gets_one_that_holds_it(tmp_path: Path) -> None:
    long = "条" * 700
    table = OutTable("T", "表", {"a": [long], "b": ["短"]}, (OutField("a"), OutField("b")))
    write_filegdb(tmp_path / "a.gdb", [layer()], [table])
    back, _ = read_geodatabase_table(tmp_path / "a.gdb", "T")
    assert back.column("a").to_pylist() == [long]
    items, _ = read_geodatabase_table(tmp_path / "a.gdb", "GDB_Items")
    definition = items.column("Definition").to_pylist()[-1]
    assert "<Length>1020</Length>" in definition and "<Length>255</Length>" in definition


def test_a_whole_number_beyond_32_bits_stays_exact(tmp_path: Path) -> None:
    table = OutTable("T", "表", {"n": [2**40 + 1, None]}, (OutField("n", "数", "integer", 15),))
    write_filegdb(tmp_path / "a.gdb", [layer()], [table])
    assert read_geodatabase_table(tmp_path / "a.gdb", "T")[0].column("n").to_pylist() == [2.0**40 + 1, None]


def test_a_last_table_is_made_from_what_can_be_read_by_then(tmp_path: Path) -> None:
    def rows(path: Path) -> OutTable:
        read, _ = read_geodatabase_table(path, "DLTB")
        return OutTable("校验", "校验", {"n": [read.num_rows]}, (OutField("n", "", "integer", 3),))

    write_filegdb(tmp_path / "a.gdb", [layer()], [TABLE], last=rows)
    assert read_geodatabase_table(tmp_path / "a.gdb", "校验")[0].column("n").to_pylist() == [2]


def test_layers_and_tables_without_rows_are_written(tmp_path: Path) -> None:
    nothing = OutLayer("DLTB", "地类图斑", SQUARES[:0], {item.name: [] for item in FIELDS}, FIELDS, 4523)
    write_filegdb(tmp_path / "a.gdb", [nothing], [OutTable("T", "空表", {"a": []}, (OutField("a"),))])
    assert len(read_layer(tmp_path / "a.gdb")) == 0
    assert read_geodatabase_table(tmp_path / "a.gdb", "T")[0].num_rows == 0


@pytest.mark.parametrize("epsg", [4513, 4523, 4533, 4534, 4544, 4496, 4507])
def test_every_projected_system_is_told_again(tmp_path: Path, epsg: int) -> None:
    write_filegdb(tmp_path / "a.gdb", [layer(epsg=epsg)])
    assert read_layer(tmp_path / "a.gdb").epsg == epsg


@pytest.mark.parametrize("content", [b"no table", b"", b"\0" * 4000, None])
def test_a_damaged_geodatabase_is_an_os_error(tmp_path: Path, content: bytes | None) -> None:
    write_filegdb(tmp_path / "a.gdb", [layer()])
    table = tmp_path / "a.gdb" / "a00000009.gdbtable"
    table.unlink() if content is None else table.write_bytes(content)
    with pytest.raises(OSError, match="DLTB"):
        read_geodatabase_table(tmp_path / "a.gdb", "DLTB")


def test_misuse_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.gdb"):
        write_filegdb(tmp_path / "a.gpkg", [layer()])
    with pytest.raises(ValueError, match="at least one layer"):
        write_filegdb(tmp_path / "a.gdb", [])


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.none() | WORDS,
            st.none() | st.integers(-(2**31), 2**31 - 1),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_values_come_back(
    tmp_path: Path, rows: list[tuple[str | None, int | None, float | None]]
) -> None:
    text, whole, number = (list(column) for column in zip(*rows, strict=True))
    fields = (
        OutField("t", "文", "text", 20),
        OutField("i", "整", "integer", 9),
        OutField("n", "数", "number"),
    )
    table = OutTable("T", "表", {"t": text, "i": whole, "n": number}, fields)
    write_filegdb(tmp_path / "a.gdb", [layer()], [table])
    back, _ = read_geodatabase_table(tmp_path / "a.gdb", "T")
    assert [back.column(name).to_pylist() for name in "tin"] == [text, whole, number]


def test_an_older_gdal_opens_it(tmp_path: Path) -> None:
    """Offices have older programs than ours; Debian's GDAL is from 2022."""
    write_filegdb(tmp_path / "a.gdb", [layer()], [TABLE])
    try:
        run = subprocess.run(
            ["/usr/bin/ogrinfo", "-ro", "-al", str(tmp_path / "a.gdb")],
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        pytest.skip("gdal-bin is not installed")
    assert 'DLBM: String (5.0), alternative name="地类编码"' in run.stdout
    assert "DLBM (String) = 0103" in run.stdout and 'ID["EPSG",4523]' in run.stdout
