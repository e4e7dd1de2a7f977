"""转换的每一处损失都有说明：文件头、注记、要素代码、字段名、各种值、空白图层、写不下的磁盘。"""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from any_dataset import DEGREES, KEY, ZONE, Comparison, moved, objects, plain_dataset

from fangtian.errors import InputError
from fangtian.formats import writing
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.heads import agreed_head
from fangtian.formats.reading import read_dataset
from fangtian.formats.targets import plain_name
from fangtian.formats.vct_reading import read_vct
from fangtian.formats.writing import write_dataset, write_layers

HEAD = {
    "DataMark": "CNSDTF-VCT", "Version": "GB/T17798-2007", "CoordinateSystemType": "D", "Dim": "2",
    "XYUnit": "D", "Spheroid": "CGCS2000,6378137.0,298.257222101", "Projection": "地理坐标系",
    "ExtentMin": "0,0", "ExtentMax": "1,1", "MapScale": "4000000", "Date": "20170213", "Producer": "测绘院",
    "Separator": ",",
}  # fmt: skip


def layer(
    name: str = "图层", kind: str = "polygon", *, shapes: Any = None, epsg: int | None = ZONE, **columns: Any
) -> DataLayer:
    count = len(next(iter(columns.values()))) if columns else 1
    given = (
        shapes if shapes is not None else [moved(shapely.box(9 * n, 0, 9 * n + 5, 5)) for n in range(count)]
    )
    texts = {key: np.asarray(column) for key, column in columns.items()}
    fields = tuple(DataField(key, "number" if c.dtype.kind == "f" else "text") for key, c in texts.items())
    return DataLayer(name, kind, fields, objects(*given), texts, epsg)


def dataset(*layers: DataLayer, head: Any = None) -> Dataset:
    return Dataset(Path("/nowhere/来源.x"), "", layers, head=head or {})


def told(findings: Any, code: str) -> list[Any]:
    return [item for item in findings if item.code == code]


# ── heads ────────────────────────────────────────────────────────────────────────────────────────────────


def town(**more: Any) -> DataLayer:
    return layer(
        "town", "point", shapes=[shapely.Point(104, 35)], epsg=DEGREES, 名称=objects("张家川"), **more
    )


def test_the_head_of_a_vct_goes_with_it(tmp_path: Path) -> None:
    write_dataset(tmp_path / "a.vct", dataset(town(), head=HEAD))
    source = read_dataset(tmp_path / "a.vct")
    findings = write_dataset(tmp_path / "b.vct", source)
    back = read_vct(tmp_path / "b.vct").head.entries
    laid_out = {"ExtentMin", "ExtentMax"}
    assert {k: v for k, v in back.items() if k not in laid_out} == {
        k: v for k, v in HEAD.items() if k not in laid_out
    }
    assert not told(findings, "CNV-head") and not told(findings, "CNV-head-assumed")


@pytest.mark.parametrize("name", ["a.gpkg", "a.gdb", "a.shp", "a.geojson"])
def test_a_target_without_a_head_tells_what_it_drops(name: str, tmp_path: Path) -> None:
    (lost,) = told(write_dataset(tmp_path / name, dataset(town(), head=HEAD)), "CNV-head")
    assert "MapScale：4000000" in lost.message and "Producer：测绘院" in lost.message
    assert "Spheroid" not in lost.message  # said by the system of the layer


def test_without_a_system_the_head_is_all_that_tells_it(tmp_path: Path) -> None:
    bare = replace(town(), epsg=None, crs_name="某地独立坐标系")
    (lost,) = told(write_dataset(tmp_path / "a.gpkg", dataset(bare, head=HEAD)), "CNV-head")
    assert "Spheroid：CGCS2000" in lost.message


def test_facts_of_the_head_survive_where_the_system_is_another(tmp_path: Path) -> None:
    write_dataset(tmp_path / "a.vct", dataset(layer(), head=HEAD))
    head = read_vct(tmp_path / "a.vct").head
    assert head["MapScale"] == "4000000" and head["XYUnit"] == "M"
    assert read_dataset(tmp_path / "a.vct").layers[0].epsg == ZONE


def test_entries_that_nobody_told_are_said_to_be_customary(tmp_path: Path) -> None:
    (assumed,) = told(write_dataset(tmp_path / "a.vct", dataset(layer())), "CNV-head-assumed")
    assert "MapScale：2000" in assumed.message


def test_a_boundary_file_keeps_producer_and_day_and_tells_the_rest(tmp_path: Path) -> None:
    head = {
        "数据产生单位": "某测绘院",
        "数据产生日期": "2019-4-19",
        "转换参数": "1,2,3,0,0,0,0",
        "项目名称": "整治",
    }
    findings = write_dataset(tmp_path / "a.txt", dataset(layer(), head=head))
    back = read_dataset(tmp_path / "a.txt").head
    assert (back["数据产生单位"], back["数据产生日期"]) == ("某测绘院", "2019-4-19")
    (lost,) = told(findings, "CNV-head")
    assert (
        "转换参数：1,2,3" in lost.message
        and "项目名称：整治" in lost.message
        and "某测绘院" not in lost.message
    )
    assert not told(
        write_dataset(tmp_path / "b.txt", dataset(layer(), head={"转换参数": "0,0,0,0,0,0,0"})), "CNV-head"
    )


def test_heads_that_differ_are_named() -> None:
    agreed = agreed_head([{"Date": "2024", "MapScale": "500"}, {"Date": "2024", "MapScale": "2000"}, {}])
    assert agreed.entries == {"Date": "2024"} and agreed.differing == ("MapScale",)


# ── annotations ──────────────────────────────────────────────────────────────────────────────────────────


def notes() -> DataLayer:
    places = [moved(shapely.Point(1, 2)), moved(shapely.Point(3, 4)), None]
    plain = layer("ZJ", "annotation", shapes=places)
    return replace(
        plain, fields=(), columns={}, texts=objects("东沟", "西沟", "无处"), angles=np.array([30, np.nan, 0])
    )


@pytest.mark.parametrize("between", ["b.gpkg", "b.gdb"])
def test_annotations_without_fields_come_through_and_back(between: str, tmp_path: Path) -> None:
    first = write_dataset(tmp_path / "a.vct", dataset(notes()))
    assert [item.values["rows"] for item in told(first, "CNV-annotation-nowhere")] == ["3"]
    assert told(first, "CNV-annotation-level")
    source = read_dataset(tmp_path / "a.vct")
    assert source.findings == ()  # no table is missed
    write_dataset(tmp_path / between, source)
    again = write_dataset(tmp_path / "c.vct", read_dataset(tmp_path / between))
    assert told(again, "CNV-annotation-again")
    (back,) = read_dataset(tmp_path / "c.vct").layers
    assert (back.kind, back.texts is not None and back.texts.tolist()) == ("annotation", ["东沟", "西沟"])
    assert back.fields == () and back.angles is not None
    assert back.angles.dtype == np.float64 and back.angles.tolist() == [30.0, 0.0]


def test_letters_at_several_angles_are_told(tmp_path: Path) -> None:
    write_dataset(tmp_path / "a.vct", dataset(replace(notes(), angles=np.array([30.0, 0, 0]))))
    text = (tmp_path / "a.vct").read_bytes().decode("gbk")
    single = "1\r\n东沟\r\n" + next(row for row in text.split("\r\n") if row.endswith(",30.000000"))
    assert single in text
    several = single.replace("1\r\n", "2\r\n", 1).replace("东沟\r\n", "东沟\r\n2\r\n")
    several += "\r\n" + several.split("\r\n")[-1].replace("30.000000", "45.000000")
    (tmp_path / "b.vct").write_bytes(text.replace(single, several).encode("gbk"))
    source = read_dataset(tmp_path / "b.vct")
    assert [item.values["rows"] for item in told(source.findings, "FMT-vct-angles")] == ["1"]
    assert source.layers[0].angles is not None and source.layers[0].angles.tolist() == [30.0, 0.0]


# ── feature codes ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (layer("DLTB"), "2001010100"),
        (layer("地类图斑"), "2001010100"),
        (layer("BOU1_4M_S"), "BOU1_4M_S"),
        (layer("某层", YSDM=objects("2099010300", "2099010300")), "2099010300"),
        (layer("某层", YSDM=objects("2099010300", "")), "LAYER1"),
        (layer("某层"), "LAYER1"),
        (layer("DLTB", "point", shapes=[moved(shapely.Point(0, 0))]), "DLTB"),  # no parcels
    ],
)
def test_a_layer_without_a_code_gets_one_that_says_what_it_is(
    made: DataLayer, code: str, tmp_path: Path
) -> None:
    findings = write_dataset(tmp_path / "a.vct", dataset(made))
    assert read_dataset(tmp_path / "a.vct").layers[0].code == code
    assert [item.values["new"] for item in told(findings, "CNV-code-given")] == [code]


def test_codes_are_never_given_twice(tmp_path: Path) -> None:
    layers = (layer("DLTB"), layer("地类图斑"), replace(layer("甲"), code="A1"), layer("A1"))
    write_dataset(tmp_path / "a.vct", dataset(*layers))
    codes = [made.code for made in read_dataset(tmp_path / "a.vct").layers]
    assert codes == ["2001010100", "LAYER2", "A1", "LAYER4"]


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = (
    "权属单位名称代码", "权属单位名称", "ABCDEFGHIJ1", "ABCDEFGHIJ2", "select", "order", "ORDER_", "fid",
    "geom", "a b", "2024年", "地块\u3000名",
)  # fmt: skip


@pytest.mark.parametrize("rare", ["", "€"])
@pytest.mark.parametrize("name", ["a.shp", "a.gdb", "a.gpkg", "a.geojson", "a.vct"])
def test_every_name_that_changes_is_told_with_the_new_one(name: str, rare: str, tmp_path: Path) -> None:
    names = (*NAMES, "𠮷") if rare else NAMES
    values = {KEY: objects("r0"), **{field: objects(f"值{n}{rare}") for n, field in enumerate(names)}}
    source = dataset(layer("select", **values))
    written = write_layers(tmp_path / name, source)
    assert list(Comparison(source, written).differences()) == []
    back = Comparison(source, written)._back(written.layers[0].name, written.layers[0].file)
    new = [field.name for field in back.fields]
    assert len(set(map(str.casefold, new))) == len(new) == len(names) + 1
    pairs = {f"{old}→{now}" for old, now in zip((KEY, *names), new, strict=True) if old != now}
    listed = told(written.findings, "CNV-field-renamed")
    assert {pair for item in listed for pair in item.values["names"].split("、")} == pairs
    if name == "a.shp":
        assert pairs and all(len(now.encode("utf-8" if rare else "gbk")) <= 10 for now in new)


def test_a_geodatabase_has_no_names_of_rare_letters() -> None:
    assert plain_name("𠮷庄", ".gdb") == "_庄" and plain_name("𠮷庄", ".gpkg") == "𠮷庄"


def test_every_field_that_a_vct_changes_is_named_however_many(tmp_path: Path) -> None:
    values = {f"F{n}": objects("东,西") for n in range(50)}
    findings = write_dataset(tmp_path / "a.vct", dataset(layer("DLTB", **values)))
    assert {item.values["field"] for item in told(findings, "FMT-vct-text-changed")} == set(values)


# ── values: missing is not 0 ─────────────────────────────────────────────────────────────────────────────

NAN = float("nan")
VALUES: dict[str, tuple[str, Any]] = {
    "空与零": ("text", objects("", "0", "00", "null")),
    "长码": ("integer", objects("9223372036854775807", "", "0", "-12")),
    "卡号": ("text", objects("620525100000000001", "", "0103", "1e5")),
    "二的五十三": ("integer", np.array([2.0**53, NAN, 0.0, -1.0])),
    "小数": ("number", np.array([0.1 + 0.2, NAN, 0.0, 1.10])),
    "极小": ("number", np.array([1e-17, NAN, 0.0, -0.0])),
    "日期": ("date", objects("2024-02-29", "", "0001-01-01", "9999-12-31")),
    "时刻": ("date", objects("2024-05-06T07:08:09", "", "2024-05-06T00:00:00", "2024-05-06T07:08:09.678")),
    "时区": ("date", objects("2024-05-06T07:08:09+08:00", "", "2024-05-06T07:08:09Z", "2024-05-06")),
    "时间": ("text", objects("07:08:09", "", "T0103", "24:00")),
    "是否": ("integer", np.array([1.0, NAN, 0.0, 1.0])),
    "空白": ("text", objects(" 前", "后 ", " ", "　")),
    "长文": ("text", objects("字" * 300, "a" * 254, "", "字" * 127)),
    "全空": ("number", np.array([NAN] * 4)),
    "全空文": ("text", objects("", "", "", "")),
}


@pytest.mark.parametrize("name", ["a.gdb", "a.gpkg", "a.shp", "a.zip", "a.geojson", "a.vct"])
@pytest.mark.parametrize("field", VALUES)
def test_values_come_back_equal_or_a_finding_names_the_field(field: str, name: str, tmp_path: Path) -> None:
    type_, column = VALUES[field]
    made = layer("图层", **{KEY: objects(*(f"r{n}" for n in range(4))), field: column})
    made = replace(made, fields=(made.fields[0], DataField(field, type_)))
    written = write_layers(tmp_path / name, dataset(made))
    (path,) = [
        file for file in written.files if file.suffix in (".gdb", ".gpkg", ".shp", ".zip", ".geojson", ".vct")
    ]
    back = read_dataset(path).layers[0]
    again = back.columns[back.fields[1].name].tolist()
    named = {item.code for item in written.findings if item.values.get("field") == field}
    lossy = {"CNV-text-cut", "CNV-text-changed", "CNV-number-rounded", "FMT-vct-value-cut", "CNV-date-form",
             "CNV-date-moment"}  # fmt: skip
    for before, after in zip(column.tolist(), again, strict=True):
        blank = before == "" or before != before
        assert blank == (after == "" or after != after) or (before.strip() == "" and named & lossy)
        assert blank or str(after) == str(before) or _equal(after, before) or named & lossy, (before, after)


def _equal(one: Any, other: Any) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


# ── what is odd ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["a.gpkg", "a.gdb", "a.vct", "a.shp"])
def test_a_layer_of_nothing_is_left_out_and_told(name: str, tmp_path: Path) -> None:
    blank = DataLayer("空白", "mixed", (), objects(None), {}, None)
    findings = write_dataset(tmp_path / name, dataset(blank, layer("DLTB")))
    assert [item.values["count"] for item in told(findings, "CNV-layer-blank")] == ["1"]
    with pytest.raises(InputError, match="没有写出"):
        write_dataset(tmp_path / f"b{name}", dataset(blank))


@pytest.mark.parametrize("name", ["a.gdb", "a.shp", "a.vct"])
def test_rings_that_overlap_are_told_where_only_rings_are_kept(name: str, tmp_path: Path) -> None:
    twice = moved(shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(2, 2, 5, 5)]))
    findings = write_dataset(tmp_path / name, dataset(layer(shapes=[twice], A=objects("x"))))
    assert [item.values["rows"] for item in told(findings, "CNV-shape-invalid")] == ["1"]
    assert not told(write_dataset(tmp_path / "a.gpkg", dataset(layer(shapes=[twice]))), "CNV-shape-invalid")


def crossed() -> Any:
    """A polygon whose hole reaches out of it, as real files have them."""
    hole = [(80, 40), (80, 60), (120, 60), (120, 40), (80, 40)]
    return moved(shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)], [hole]))


def test_rings_that_cross_keep_their_roles_in_a_vct(tmp_path: Path) -> None:
    source = dataset(layer(shapes=[crossed(), moved(shapely.box(200, 0, 300, 9))], A=objects("x", "y")))
    findings = write_dataset(tmp_path / "a.vct", source)
    back = read_dataset(tmp_path / "a.vct").layers[0].geometry
    assert shapely.area(back).tolist() == shapely.area(source.layers[0].geometry).tolist() == [9200, 900]
    assert told(findings, "CNV-shape-invalid") and not told(findings, "CNV-area-changed")


@pytest.mark.parametrize("name", ["a.gdb", "a.shp", "a.vct"])
@pytest.mark.parametrize("east", [0, 70, 150])
def test_an_area_that_comes_back_changed_is_told_with_both(name: str, east: int, tmp_path: Path) -> None:
    parts = [shapely.box(0, 0, 100, 100), shapely.box(east + 5, 10, east + 60, 50)]
    shapes = [moved(shapely.box(200, 0, 300, 9)), moved(shapely.MultiPolygon(parts)), crossed()]
    source = dataset(layer(shapes=shapes, BSM=objects("7", "8", "9")))
    findings = write_dataset(tmp_path / name, source)
    before = shapely.area(source.layers[0].geometry)
    after = shapely.area(read_dataset(tmp_path / name).layers[0].geometry)
    shown = [item.values["areas"] for item in told(findings, "CNV-area-changed")]
    changed = [
        f"第 {row + 1} 个（BSM {'789'[row]}） {before[row]:.2f} → {after[row]:.2f} 平方米"
        for row in range(3)
        if abs(before[row] - after[row]) >= 0.01
    ]
    assert shown == (["；".join(changed)] if changed else [])


def test_plots_are_numbered_by_a_field_without_repeated_ids(tmp_path: Path) -> None:
    known = {"TBBH": objects("1", "1", "2"), "BSM": objects("71", "72", "73"), "DLMC": objects("a", "b", "c")}
    written = write_layers(tmp_path / "a.txt", dataset(layer(**known)))
    (told_of,) = told(written.findings, "CNV-plot-unique")
    assert (told_of.place.field, told_of.values["taken"], told_of.values["count"]) == ("TBBH", "BSM", "1")
    assert read_dataset(tmp_path / "a.txt").layers[0].columns["地块编号"].tolist() == ["71", "72", "73"]
    assert written.layers[0].fields == 1  # of the three
    (left,) = told(written.findings, "CNV-field-left-out")
    assert left.values["names"] == "TBBH、DLMC"
    twice = {**known, "BSM": objects("71", "71", "73")}
    findings = write_dataset(tmp_path / "b.txt", dataset(layer(**twice)))
    assert told(findings, "CNV-plot-twice") and not told(findings, "CNV-plot-unique")
    alone = write_dataset(tmp_path / "c.txt", dataset(layer(BSM=known["BSM"])))
    assert not told(alone, "CNV-plot-twice") and not told(alone, "CNV-plot-unique")


def test_features_of_which_a_vct_keeps_nothing_are_told(tmp_path: Path) -> None:
    tiny = moved(shapely.box(0, 0, 1e-6, 1e-6))
    far = shapely.box(1e12, 0, 2e12, 5)
    shapes = [tiny, moved(shapely.box(0, 0, 5, 5)), far, None]
    findings = write_dataset(tmp_path / "a.vct", dataset(layer(shapes=shapes)))
    assert [item.values["rows"] for item in told(findings, "FMT-vct-gone")] == ["1、3、4"]
    assert len(read_dataset(tmp_path / "a.vct").layers[0]) == 1


def test_a_system_that_a_vct_cannot_say_is_told(tmp_path: Path) -> None:
    made = replace(layer(shapes=[shapely.box(1, 1, 2, 2)], epsg=4674), crs_name="SIRGAS 2000")
    findings = write_dataset(tmp_path / "a.vct", dataset(made))
    assert told(findings, "CNV-system-named")
    assert read_dataset(tmp_path / "a.vct").layers[0].epsg is None  # and not CGCS2000


def test_an_empty_layer_keeps_the_prefix_of_its_zone(tmp_path: Path) -> None:
    for epsg in (4523, 4544):
        empty = layer("DLTB", shapes=[], epsg=epsg, A=objects())
        write_dataset(tmp_path / "a.vct", dataset(empty), overwrite=True)
        assert read_dataset(tmp_path / "a.vct").layers[0].epsg == epsg


# ── places that cannot be written ────────────────────────────────────────────────────────────────────────


def test_a_table_is_shown_under_the_file_that_it_is_in(tmp_path: Path) -> None:
    table = DataLayer("表", "table", (DataField("A"),), objects(None), {"A": objects("x")})
    written = write_layers(tmp_path / "a.shp", dataset(table, layer("DLTB")))
    assert [part.file for part in written.layers] == ["a_表.dbf", "a_DLTB.shp"]
    assert all((tmp_path / part.file).exists() for part in written.layers)
    (files,) = told(written.findings, "CNV-files")
    assert "表→a_表.dbf" in files.message


def test_a_full_disk_is_an_error_of_writing_and_names_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    boxes = [moved(shapely.Point(9 * n, 0).buffer(4, quad_segs=64)) for n in range(60)]
    source = dataset(layer(shapes=boxes, A=objects(*map(str, range(60)))))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        for name in ("a.shp", "a.gpkg", "a.geojson", "a.vct", "a.txt"):
            with pytest.raises(OSError, match=r".") as caught:
                write_dataset(tmp_path / name, source)
            assert caught.value.filename == str(tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any, **__: Any) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", "/elsewhere/.fangtian-x")

    monkeypatch.setattr(writing.tempfile, "mkdtemp", denied)
    with pytest.raises(PermissionError, match="denied") as caught:
        write_dataset(tmp_path / "neu" / "a.gpkg", plain_dataset(tmp_path))
    assert caught.value.filename == str(tmp_path / "neu" / "a.gpkg") and not (tmp_path / "neu").exists()
