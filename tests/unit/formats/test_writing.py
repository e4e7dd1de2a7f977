"""转换格式：两两往返，图形、属性、名称不变；写得完整或者不写；同样的输入，同样的字节。"""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from any_dataset import EAST, KEY, NORTH, ZONE, moved, objects, plain_dataset

from fangtian.errors import InputError
from fangtian.formats import writing
from fangtian.formats.dataset import KINDS, DataField, DataLayer, Dataset
from fangtian.formats.exchange_writing import PLOT_FIELDS
from fangtian.formats.outgoing_shapes import KIND_WORDS
from fangtian.formats.reading import read_dataset
from fangtian.formats.targets import TARGETS, Target
from fangtian.formats.writing import write_dataset, write_layers

FULL = ("a.gdb", "a.gpkg", "a.zip", "a.geojson", "a.vct")


def one_layer(
    *shapes: Any, kind: str = "polygon", fields: Any = (), epsg: int | None = ZONE, **columns: Any
) -> Dataset:
    layer = DataLayer("图层", kind, tuple(fields), objects(*shapes), columns, epsg)
    return Dataset(Path("/nowhere/in.gdb"), "FileGDB", (layer,))


def codes(findings: Any) -> list[str]:
    return [item.code for item in findings]


def read_back(files: Any) -> dict[str, DataLayer]:
    """Layers of all files by the end of their names."""
    found = {}
    for path in files:
        if path.suffix not in (".dbf", ".shx", ".cpg", ".prj", ".csv"):
            found |= {layer.name: layer for layer in read_dataset(path).layers}
    return found


def same_shapes(one: Any, other: Any) -> bool:
    multi = [shapely.normalize(shapely.multipolygons(shapely.get_parts(shape))) for shape in one]
    again = [shapely.normalize(shapely.multipolygons(shapely.get_parts(shape))) for shape in other]
    return bool(np.all(shapely.equals_exact(multi, again, 0)))


@pytest.mark.parametrize(("first", "second"), list(itertools.product(FULL, FULL)))
def test_any_pair_of_formats_keeps_layers_shapes_and_values(first: str, second: str, tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    there = write_layers(tmp_path / "1" / first, source)
    back = read_back(there.files)
    between = Dataset(tmp_path / "1" / "x", "", tuple(back.values()))
    again = read_back(write_layers(tmp_path / "2" / second, between).files)
    assert set(again) == {layer.name for layer in source.layers}
    for layer in source.layers:
        other = again[layer.name]
        assert same_shapes(layer.geometry, other.geometry) and other.epsg == ZONE
        assert [field.name for field in other.fields] == [field.name for field in layer.fields]
        for name, column in layer.columns.items():
            np.testing.assert_array_equal(column, other.columns[name])


@pytest.mark.parametrize("first", [*FULL, "a.shp"])
def test_polygons_go_through_boundary_txt_to_the_printed_decimals(first: str, tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    there = read_back(write_layers(tmp_path / first, source).files)
    txt = write_layers(tmp_path / "b.txt", Dataset(tmp_path / "x", "", tuple(there.values())))
    assert [path.name for path in txt.files] == ["b_地类图斑.txt", "b_村级调查区.txt"] or first == "a.shp"
    for path in txt.files:
        (plots,) = read_dataset(path).layers
        layer = next(layer for layer in source.layers if layer.name in path.name)
        assert same_shapes(layer.geometry, plots.geometry) and plots.epsg == ZONE
        assert plots.columns[KEY].tolist() == layer.columns[KEY].tolist()
        assert plots.columns["地块名称"].tolist() == layer.columns["名称"].tolist()


@pytest.mark.parametrize("name", [*FULL, "a.shp", "a.txt"])
def test_the_same_dataset_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    contents = []
    for folder in ("1", "2"):
        files = write_layers(tmp_path / folder / name, source).files
        every = sorted(itertools.chain(*(path.rglob("*") if path.is_dir() else [path] for path in files)))
        contents.append({path.name: path.read_bytes() for path in every})
    assert contents[0] == contents[1] and contents[0]


def test_an_existing_target_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    (tmp_path / "a_地类图斑.shp").write_bytes(b"mine")
    with pytest.raises(InputError, match="没有改动"):
        write_dataset(tmp_path / "a.shp", source)
    assert [path.name for path in tmp_path.iterdir()] == ["a_地类图斑.shp"]
    assert (tmp_path / "a_地类图斑.shp").read_bytes() == b"mine"
    write_dataset(tmp_path / "a.shp", source, overwrite=True)
    assert len(read_dataset(tmp_path / "a_地类图斑.shp").layers[0]) == 2


def test_a_folder_is_never_overwritten_unless_it_is_a_geodatabase(tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    (tmp_path / "a.gdb").mkdir()
    (tmp_path / "a.gdb" / "论文.docx").write_bytes(b"mine")
    with pytest.raises(InputError, match="已存在"):
        write_dataset(tmp_path / "a.gdb", source, overwrite=True)
    assert (tmp_path / "a.gdb" / "论文.docx").exists()
    write_dataset(tmp_path / "b.gdb", source)
    write_dataset(tmp_path / "b.gdb", source, overwrite=True)
    with pytest.raises(InputError, match="已存在"):
        write_dataset(tmp_path / "b.gdb", source)


def test_a_failure_half_way_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = plain_dataset(tmp_path)
    write_dataset(tmp_path / "a.shp", source)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fewer = replace(source, layers=source.layers[::-1])
    rename = Path.rename
    calls = itertools.count()

    def failing(self: Path, target: Path) -> Path:
        if next(calls) == 14:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="No space"):
        write_dataset(tmp_path / "a.shp", fewer, overwrite=True)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_writer_that_fails_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_database", broken)
    with pytest.raises(OSError, match="No space"):
        write_dataset(tmp_path / "new" / "a.gpkg", plain_dataset(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_source_is_never_the_target(tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    for target in (source.path, source.path / "a.gpkg"):
        source.path.mkdir(exist_ok=True)
        with pytest.raises(InputError, match="原始数据不改写"):
            write_dataset(target, source, overwrite=True)


def test_names_that_are_no_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"后缀应为 \.gdb"):
        write_dataset(tmp_path / "a.dwg", plain_dataset(tmp_path))


def test_boundary_txt_wants_a_zone_and_says_so(tmp_path: Path) -> None:
    for epsg in (4490, None, 32648):
        with pytest.raises(InputError, match="高斯—克吕格投影带"):
            write_dataset(tmp_path / "a.txt", one_layer(shapely.box(104, 35, 105, 36), epsg=epsg))
    assert list(tmp_path.iterdir()) == []


def test_eastings_get_their_zone_in_boundary_txt(tmp_path: Path) -> None:
    box = shapely.box(450_000, NORTH, 450_100, NORTH + 50)
    findings = write_dataset(tmp_path / "a.txt", one_layer(box, epsg=4544))
    assert "CNV-zone-prefix" in codes(findings)
    (plots,) = read_dataset(tmp_path / "a.txt").layers
    assert plots.epsg == ZONE and plots.geometry[0].bounds[0] == EAST


def test_a_vct_has_one_system(tmp_path: Path) -> None:
    one, other = plain_dataset(tmp_path).layers
    mixed = Dataset(tmp_path / "x", "", (one, replace(other, epsg=4524)))
    with pytest.raises(InputError, match="EPSG:4523、EPSG:4524"):
        write_dataset(tmp_path / "a.vct", mixed)


def test_a_shapefile_is_what_the_office_expects(tmp_path: Path) -> None:
    fields = (
        DataField("权属单位名称代码", length=60, alias="权属"), DataField("权属单位名称", length=60),
        DataField("TBMJ", "number", 15, 2), DataField("KCXS", "number"), DataField("RQ", "date"),
        DataField("BSM", "integer", 18),
    )  # fmt: skip
    columns = {
        "权属单位名称代码": objects("张家川镇", ""), "权属单位名称": objects("字" * 200, "上庄"),
        "TBMJ": np.array([1.005, np.nan]), "KCXS": np.array([0.1234, np.nan]),
        "RQ": objects("2024-05-06", ""), "BSM": objects("620525100000000001", "7"),
    }  # fmt: skip
    source = one_layer(*[moved(shapely.box(0, 0, 1, 1))] * 2, fields=fields, **columns)
    findings = write_dataset(tmp_path / "a.shp", source)
    assert {"CNV-field-renamed", "CNV-text-cut", "CNV-number-rounded", "CNV-field-table"} <= set(
        codes(findings)
    )
    assert (tmp_path / "a.cpg").read_bytes() == b"GBK"
    dbf = (tmp_path / "a.dbf").read_bytes()
    assert dbf[29] == 0x4D and dbf[32:42] == "权属单位名".encode("gbk") and dbf[1:4] == bytes((100, 1, 1))
    assert "2000" in (tmp_path / "a.prj").read_text()
    (layer,) = read_dataset(tmp_path / "a.shp").layers
    shown = [(field.name, field.type, field.length, field.decimals) for field in layer.fields]
    assert shown == [
        ("权属单位名", "text", 60, 0), ("权属单位_1", "text", 254, 0), ("TBMJ", "number", 15, 2),
        ("KCXS", "number", 10, 4), ("RQ", "date", 8, 0), ("BSM", "integer", 18, 0),
    ]  # fmt: skip
    assert layer.columns["权属单位_1"].tolist() == ["字" * 127, "上庄"]
    assert layer.columns["BSM"].tolist()[0] == "620525100000000001"
    assert layer.columns["RQ"].tolist() == ["2024-05-06", ""]
    table = (tmp_path / "a_字段对照.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(table.splitlines()))
    assert rows[0][:5] == ["图层", "文件", "原字段名", "新字段名", "别名"]
    assert rows[1] == ["图层", "a.shp", "权属单位名称代码", "权属单位名", "权属", "文本", "60", "0"]


def test_geojson_keeps_the_plane_and_says_which(tmp_path: Path) -> None:
    findings = write_dataset(tmp_path / "a.geojson", one_layer(moved(shapely.box(0, 0, 1, 1))))
    assert '"name": "urn:ogc:def:crs:EPSG::4523"' in (tmp_path / "a.geojson").read_text(encoding="utf-8")
    assert "CNV-plane" in codes(findings)
    (layer,) = read_dataset(tmp_path / "a.geojson").layers
    assert layer.epsg == ZONE and layer.geometry[0].bounds[:2] == (EAST, NORTH)


def test_annotations_live_in_vct_and_become_points_elsewhere(tmp_path: Path) -> None:
    source = one_layer(
        moved(shapely.Point(1, 2)), moved(shapely.Point(3, 4)), kind="annotation",
        fields=[DataField("注记内容")], 注记内容=objects("a", "b"),
    )  # fmt: skip
    noted = replace(source.layers[0], texts=objects("东沟", "西沟"), angles=np.array([30.0, np.nan]))
    source = replace(source, layers=(noted,))
    write_dataset(tmp_path / "a.vct", source)
    (layer,) = read_dataset(tmp_path / "a.vct").layers
    assert layer.kind == "annotation" and layer.texts is not None
    assert layer.texts.tolist() == ["东沟", "西沟"]
    assert "CNV-annotation" in codes(write_dataset(tmp_path / "a.gpkg", read_dataset(tmp_path / "a.vct")))
    (points,) = read_dataset(tmp_path / "a.gpkg").layers
    assert points.kind == "point" and points.columns["注记内容_1"].tolist() == ["东沟", "西沟"]
    assert points.columns["注记角度"].tolist()[0] == 30.0


@pytest.mark.parametrize("name", ["a.gpkg", "a.gdb"])
def test_tables_alone_make_a_database_too(name: str, tmp_path: Path) -> None:
    source = one_layer(None, kind="table", fields=[DataField("A", length=5)], A=objects("x"), epsg=None)
    write_dataset(tmp_path / name, source)
    (layer,) = read_dataset(tmp_path / name).layers
    assert (layer.kind, layer.columns["A"].tolist()) == ("table", ["x"])


def test_a_layer_left_out_is_named_with_its_features(tmp_path: Path) -> None:
    road = DataLayer("道路", "line", (), objects(moved(shapely.LineString([(0, 0), (1, 1)]))), {}, ZONE)
    source = plain_dataset(tmp_path)
    findings = write_dataset(tmp_path / "a.txt", replace(source, layers=(*source.layers, road)))
    (left,) = [item for item in findings if item.code == "CNV-layer-left-out"]
    assert left.place.layer == "道路" and "1 个要素" in left.message
    with pytest.raises(InputError, match="没有写出"):
        write_dataset(tmp_path / "b.txt", replace(source, layers=(road,)))


def test_every_target_names_kinds_that_exist() -> None:
    assert all(set(target.kinds) <= set(KINDS) for target in TARGETS.values())


GUIDE = Path(__file__).parents[3] / "docs/guide/convert.md"


def guide_row(target: Target) -> str:
    kinds = "、".join(KIND_WORDS[kind] for kind in target.kinds)
    names = f"{target.name_bytes} 字节" if target.name_bytes else "不限"
    texts = f"{target.text_bytes} 字节" if target.text_bytes else "不限"
    dates = {"date": "日期", "moment": "日期带 00:00:00", "text": "文本"}[target.dates]
    places = "原样" if target.places is None else f"{target.places[0]} 位（度 {target.places[1]} 位）"
    if target.suffix == ".txt":
        names, texts, dates, places = "固定", "不限", "—", f"{target.places[0]} 位" if target.places else ""
    together = "全部" if target.one_file else "一层"
    cells = (f"`{target.suffix}`", target.name, kinds, together, names, texts, dates,
             "有" if target.aliases else "无", places)  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def test_the_guide_says_what_the_code_does() -> None:
    page = GUIDE.read_text(encoding="utf-8")
    for target in TARGETS.values():
        assert guide_row(target) in page, guide_row(target)
    for fields in PLOT_FIELDS.values():
        assert "、".join(fields) in page
