"""读取中的每一处损失都有说明：高程、二进制、列表、长数字、曲线、不完整的文件、没有用上的编码。"""

from __future__ import annotations

import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from any_dataset import EAST, NORTH, moved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangtian.errors import InputError
from fangtian.formats.dataset import Dataset
from fangtian.formats.failures import gdal_reason, system_reason
from fangtian.formats.geojson_members import declares_system
from fangtian.formats.reading import read_dataset
from fangtian.formats.vector import read_layer

SQUARE = moved(shapely.box(0, 0, 100, 100))


def told(dataset: Dataset) -> set[str]:
    return {item.code for item in dataset.findings}


def system(code: int) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}


def geojson(path: Path, *rows: dict[str, Any], **members: Any) -> Path:
    """Members whose names begin with a ``_`` stand after the features."""
    shape = shapely.geometry.mapping(SQUARE)
    features = [{"type": "Feature", "properties": row, "geometry": shape} for row in rows]
    before = {name: value for name, value in members.items() if not name.startswith("_")}
    after = {name[1:]: value for name, value in members.items() if name.startswith("_")}
    whole = {"type": "FeatureCollection", **before, "features": features, **after}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


# ── the system of a GeoJSON ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("code", "epsg"), [(4544, 4544), (4523, 4523), (2334, 2334)])
def test_a_system_behind_a_hundred_kilobytes_of_features_is_read(
    code: int, epsg: int, tmp_path: Path
) -> None:
    rows = [{"n": "x" * 300}] * 400
    layer = read_dataset(geojson(tmp_path / "a.geojson", *rows, _crs=system(code))).layers[0]
    assert (tmp_path / "a.geojson").stat().st_size > 2 * 65_536
    assert layer.epsg == epsg or (code == 2334 and "Xian 1980" in layer.crs_name)


def test_a_property_called_crs_is_no_system(tmp_path: Path) -> None:
    layer = read_dataset(geojson(tmp_path / "a.geojson", {"crs": "35带", "n": '"crs":'})).layers[0]
    assert (layer.epsg, layer.crs_name) == (None, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"features": [[1, 2], {"crs": 1}], "crs": {"a": []}}', True),
        ('{"crs" : {"a": 1}}', True),
        ('{"crs": null, "a": [[[1,2],[3,4]]]}', False),
        ('{"name": "crs", "a": {"crs": {}}}', False),
        ('{"a\\"crs\\"": "\\\\", "b": ["crs", {"crs": 1}]}', False),
        ('{"a": [{"b": "}]"}], "spatialReference": {"wkid": 4490}}', True),
    ],
)
def test_only_a_member_of_the_outermost_object_counts(text: str, says: bool, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert declares_system(tmp_path / "a.json") is says


VALUES = st.recursive(
    st.one_of(st.none(), st.integers(-9, 9), st.sampled_from(["crs", '"crs":', "}]", "\\", "甲"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner)),
    max_leaves=8,
)
MEMBERS = st.dictionaries(st.sampled_from(["crs", "a", '"crs"', "b", "crs2"]), VALUES, max_size=4)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(members=MEMBERS, indent=st.sampled_from([None, 1]))
def test_the_scan_agrees_with_a_parser(
    members: dict[str, Any], indent: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("j") / "a.json"
    path.write_text(json.dumps(members, ensure_ascii=False, indent=indent), encoding="utf-8")
    assert declares_system(path) is (members.get("crs") is not None)


# ── what no table and no plane holds ─────────────────────────────────────────────────────────────────────

WITH_HEIGHTS = "POLYGON Z ((0 0 {0}, 100 0 {0}, 100 100 {0}, 0 0 {0}))"
WITH_MEASURES = "POLYGON M ((0 0 {0}, 100 0 {0}, 100 100 {0}, 0 0 {0}))"


@pytest.mark.parametrize(
    ("name", "driver", "kind"),
    [
        ("a.gpkg", "GPKG", "Polygon Z"), ("a.shp", "ESRI Shapefile", "Polygon Z"),
        ("a.gdb", "OpenFileGDB", "Polygon Z"), ("a.gpkg", "GPKG", "Unknown"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("height", [1200.5, 0])
def test_heights_that_are_not_read_are_told(
    name: str, driver: str, kind: str, height: float, tmp_path: Path
) -> None:
    shapes = [shapely.from_wkt(WITH_HEIGHTS.format(0)), shapely.from_wkt(WITH_HEIGHTS.format(height))]
    wkb = shapely.to_wkb(shapes, output_dimension=3)
    pyogrio.raw.write(
        tmp_path / name, wkb, [np.array([1.0, 2.0])], ["n"], driver=driver, geometry_type=kind,
        crs="EPSG:4523", layer="a",
    )  # fmt: skip
    dataset = read_dataset(tmp_path / name)
    assert not shapely.has_z(dataset.layers[0].geometry).any()
    rows = [item.values["rows"] for item in dataset.findings if item.code == "FMT-heights"]
    assert rows == (["2"] if height else [])
    assert bool(rows) == ("FMT-heights" in {item.code for item in read_layer(tmp_path / name).findings})


def test_heights_of_a_geojson_are_told_and_name_no_system(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", {"n": 1})
    path.write_text(path.read_text().replace(f"{NORTH:.1f}]", f"{NORTH:.1f}, 7.5]"), encoding="utf-8")
    dataset = read_dataset(path)
    assert told(dataset) == {"FMT-heights"} and dataset.layers[0].epsg is None


def test_lists_and_nested_values_of_a_geojson_are_told(tmp_path: Path) -> None:
    row = {"l": [1, 2], "s": ["甲"], "o": {"a": 1}, "n": "t", "t": "2024-05-06T07:08:09.5+08:00"}
    dataset = read_dataset(geojson(tmp_path / "a.geojson", row))
    named = [item.place.field for item in dataset.findings if item.code == "FMT-list"]
    assert named == ["l", "s", "o"]
    assert dataset.layers[0].columns["t"].tolist() == ["2024-05-06T07:08:09.5+08:00"]  # zone and all


@pytest.mark.parametrize("values", [[2**64 + 1, 5], [2**60 + 1, 1.5]])
def test_codes_that_json_gives_as_longer_numbers_than_can_be_kept_are_told(
    values: list[float], tmp_path: Path
) -> None:
    dataset = read_dataset(geojson(tmp_path / "a.geojson", *({"BSM": value} for value in values)))
    (item,) = [item for item in dataset.findings if item.code == "FMT-digits"]
    assert (item.values["field"], item.values["rows"]) == ("BSM", "1")
    plain = read_dataset(geojson(tmp_path / "b.geojson", {"BSM": 2**60 + 1}, {"BSM": 3}))
    assert told(plain) == set() and plain.layers[0].columns["BSM"].tolist() == [str(2**60 + 1), "3"]


def test_an_integer_beyond_its_range_is_said_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="编号应写成文本"):
        read_dataset(geojson(tmp_path / "a.geojson", {"BSM": 2**63 + 5}))


def circle() -> bytes:
    """A curve polygon in well-known binary: one ring of two half circles."""
    points = [(0, 0), (50, 50), (100, 0), (50, -50), (0, 0)]
    arcs = b"".join(struct.pack("<dd", EAST + x, NORTH + y) for x, y in points)
    ring = b"\x01" + struct.pack("<II", 8, len(points)) + arcs
    return b"\x01" + struct.pack("<II", 10, 1) + ring


@pytest.mark.parametrize("curved", [True, False])
def test_binary_fields_and_curves_are_told(curved: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    shapes = np.array([shapely.to_wkb(SQUARE), circle() if curved else shapely.to_wkb(SQUARE)], dtype=object)
    pyogrio.raw.write(
        path, shapes, [np.array([1.0, 2.0])], ["n"], driver="GPKG", geometry_type="Unknown",
        crs="EPSG:4523", layer="地类 图斑",
    )  # fmt: skip
    with closing(sqlite3.connect(path)) as database:
        database.execute('ALTER TABLE "地类 图斑" ADD COLUMN photo BLOB')
        database.commit()
    dataset = read_dataset(path)
    assert told(dataset) == {"FMT-binary"} | ({"FMT-curves"} if curved else set())
    assert [field.name for field in dataset.layers[0].fields] == ["n"]
    area = shapely.area(dataset.layers[0].geometry[1])
    assert area == pytest.approx(np.pi * 2500 if curved else 10_000, rel=1e-4)


# ── files that are not whole ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    shapes = [moved(shapely.box(10 * n, 0, 10 * n + 9, 9)) for n in range(50)]
    pyogrio.raw.write(
        tmp_path / "图斑.shp", shapely.to_wkb(shapes), [np.array(["水田"] * 50, dtype=object)], ["DLMC"],
        driver="ESRI Shapefile", geometry_type="Polygon", crs="EPSG:4523", encoding="GBK",
    )  # fmt: skip
    return tmp_path / "图斑.shp"


def test_a_shapefile_that_was_cut_off_says_so(shapefile: Path) -> None:
    assert not {"FMT-shp-cut", "TOP-missing"} & told(read_dataset(shapefile))
    whole = shapefile.stat().st_size
    shapefile.write_bytes(shapefile.read_bytes()[:2000])
    (item,) = [item for item in read_dataset(shapefile).findings if item.code == "FMT-shp-cut"]
    assert item.severity == "error" and f"写明 {whole} 字节，实有 2000 字节" in item.message
    shapefile.write_bytes(shapefile.read_bytes()[:40])
    with pytest.raises(InputError) as refused:
        read_dataset(shapefile)
    assert [item.code for item in refused.value.findings] == ["FMT-shp-cut"]


def test_gdal_and_the_system_speak_chinese() -> None:
    assert gdal_reason(RuntimeError("fread(1970) failed on DBF file.")) == "属性表 .dbf 不完整"
    assert gdal_reason(RuntimeError("odd  words of /tmp/x/a.gpkg; It might help to")) == "odd words of a.gpkg"
    assert system_reason(FileExistsError(17, "File exists", "a")) == "同名文件已存在"
    assert system_reason(FileNotFoundError(2, "No such file or directory")) == "没有这个文件或文件夹"
    assert system_reason(PermissionError(13, "x"), "en") == "no permission, or another program has it open"
    assert system_reason(OSError(5, "写 Shapefile 失败")) == "写 Shapefile 失败"


# ── encodings ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_encoding_that_does_not_exist_is_refused_with_those_that_do(shapefile: Path) -> None:
    for read in (read_dataset, lambda path, name: read_layer(path, "", name)):
        with pytest.raises(InputError, match="GBK、GB18030") as refused:
            read(shapefile, "klingon")
        assert [item.code for item in refused.value.findings] == ["FMT-encoding-unknown"]
    assert "FMT-encoding-unused" not in told(read_dataset(shapefile, "GBK"))


def test_an_encoding_for_a_format_that_has_its_own_is_told(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", {"n": "甲"})
    assert "FMT-encoding-unused" in told(read_dataset(path, "GBK"))


# ── codes that Excel has worn down ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("codes", "rows"),
    [
        (["6.20525E+17", "620525001", "6.2E+17"], "2、4"),
        (["620525123456789000", "620525123456790000", ""], "2、3"),
        (["620525123456789012", "620525123456790000", "1"], ""),
        (["620525000000000001", "1.5E+3", "0101"], ""),
    ],
)
def test_codes_in_powers_of_ten_or_ending_in_zeros_are_told(
    codes: list[str], rows: str, tmp_path: Path
) -> None:
    lines = ["BSM,WKT", *(f'{code},"{SQUARE.wkt}"' for code in codes)]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    found = [item for item in read_dataset(tmp_path / "a.csv").findings if item.code == "FMT-worn-codes"]
    assert [item.values["rows"] for item in found] == ([rows] if rows else [])
    assert EAST  # the coordinates themselves are no codes


@pytest.mark.parametrize(
    "damage", [lambda text: text[:120], lambda text: text.replace("CGCS2000_3", "CGCS20\xf90_3")]
)
def test_a_system_that_cannot_be_parsed_is_one_chinese_sentence(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "a.shp"
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([SQUARE])), [np.array(["1"], dtype=object)], np.array(["BH"]),
        geometry_type="Polygon", crs="EPSG:4523",
    )  # fmt: skip
    written = path.with_suffix(".prj")
    written.write_bytes(damage(written.read_text(encoding="ascii")).encode("latin-1"))
    with pytest.raises(InputError) as error:
        read_dataset(path)
    assert [item.code for item in error.value.findings] == ["FMT-unreadable"]
    assert "坐标系定义（.prj 等）无法解析" in error.value.findings[0].message
