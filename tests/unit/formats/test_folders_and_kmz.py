"""KMZ、装 Shapefile 的文件夹、单独的 .dbf：读得出，没有读的有说明，读不了的用一句话讲清。"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from any_dataset import ZONE, objects, plain_dataset

from fangtian.errors import InputError
from fangtian.formats import archive, guard
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.reading import read_dataset
from fangtian.formats.vector import read_layer
from fangtian.formats.writing import write_dataset

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{name}</name><Placemark><name>甲地块</name>
<Polygon><outerBoundaryIs><LinearRing><coordinates>104,35 104,36 105,36 104,35</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark></Document></kml>"""


def kmz(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("_kml", ".kml").replace("_png", ".png"), content)
    return path


def codes(findings: Any) -> list[str]:
    return [item.code for item in findings]


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_dataset(path)
    assert all(item.remedy for item in caught.value.findings)
    code: str = caught.value.findings[0].code
    return code


# ── kmz ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_kmz_is_its_document_and_the_rest_is_named(tmp_path: Path) -> None:
    members = {"a_kml": KML.format(name="旁"), "doc_kml": KML.format(name="正"), "files__x_png": b"\x89PNG"}
    path = kmz(tmp_path / "地块.kmz", **members)
    for source in (read_dataset(path), guard.read_dataset(path)):
        assert (source.format, source.path.name, len(source.layers)) == ("KML", "地块.kmz", 1)
        assert source.layers[0].name == "正" and len(source.layers[0]) == 1
        (note,) = [item for item in source.findings if item.code == "FMT-passed-over"]
        assert "doc.kml" in note.message and "a.kml、files/x.png" in note.message
    assert "FMT-passed-over" in codes(read_layer(path).findings)


def test_a_kmz_alone_needs_no_name_for_its_document(tmp_path: Path) -> None:
    source = read_dataset(kmz(tmp_path / "a.kmz", 调查_kml=KML.format(name="调查")))
    assert len(source.layers[0]) == 1 and "FMT-passed-over" not in codes(source.findings)


def test_a_kmz_is_held_to_the_limits_of_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(kmz(tmp_path / "a.kmz", **{"..__doc_kml": KML})) == "FMT-zip-unsafe"
    assert refused(kmz(tmp_path / "b.kmz", x_png=b"1")) == "FMT-kmz-nothing"
    entities = KML.replace("<kml", '<!DOCTYPE kml [<!ENTITY a "b">]><kml')
    assert refused(kmz(tmp_path / "c.kmz", doc_kml=entities)) == "FMT-xml-entities"
    (tmp_path / "d.kmz").write_bytes(b"PK\3\4 cut off")
    assert refused(tmp_path / "d.kmz") == "FMT-zip-broken"
    monkeypatch.setattr(archive, "MAX_BYTES", 100)
    assert refused(kmz(tmp_path / "e.kmz", doc_kml=KML)) == "FMT-zip-bomb"


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_of_shapefiles_is_one_dataset(tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    table = DataLayer("名录", "table", (DataField("A"),), objects(None), {"A": objects("x")})
    write_dataset(tmp_path / "夹", Dataset(source.path, "", (*source.layers, table)))
    (tmp_path / "夹").rename(tmp_path / "2024.1年")
    (tmp_path / "2024.1年" / "说明.txt").write_text("x", encoding="utf-8")
    (tmp_path / "2024.1年" / "下级").mkdir()
    for back in (read_dataset(tmp_path / "2024.1年"), guard.read_dataset(tmp_path / "2024.1年")):
        kinds = {layer.name: (layer.kind, len(layer)) for layer in back.layers}
        assert kinds == {"名录": ("table", 1), "地类图斑": ("polygon", 2), "村级调查区": ("polygon", 1)}
        assert back.format == "Shapefile" and back.layers[1].epsg == ZONE
        (note,) = [item for item in back.findings if item.code == "FMT-passed-over"]
        assert "下级" in note.message and "说明.txt" in note.message
    findings = write_dataset(tmp_path / "b.gpkg", read_dataset(tmp_path / "2024.1年"))
    assert "CNV-layer-left-out" not in codes(findings)
    assert len(read_dataset(tmp_path / "b.gpkg").layers) == 3


def test_other_folders_are_refused_each_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    assert refused(tmp_path / "空") == "FMT-folder-nothing"
    write_dataset(tmp_path / "方案", plain_dataset(tmp_path))
    (tmp_path / "方案" / "plan.toml").write_text("", encoding="utf-8")
    assert refused(tmp_path / "方案") == "FMT-folder-plan"
    (tmp_path / "空" / "a!b.shp").write_bytes(b"\0\0\x27\x0a")
    assert refused(tmp_path / "空") == "FMT-name"


def test_a_folder_is_never_its_own_target(tmp_path: Path) -> None:
    write_dataset(tmp_path / "夹", plain_dataset(tmp_path))
    source = read_dataset(tmp_path / "夹")
    with pytest.raises(InputError, match="原始数据不改写"):
        write_dataset(tmp_path / "夹" / "a.gpkg", source)


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────


def shapefile(folder: Path) -> None:
    values = {"编号": objects("甲", ""), "面积": np.array([1.5, np.nan])}
    fields = (DataField("编号"), DataField("面积", "number", 10, 2))
    boxes = objects(shapely.box(35450000, 3990000, 35450005, 3990005), None)
    layer = DataLayer("a", "polygon", fields, boxes, values, ZONE)
    write_dataset(folder / "a.shp", Dataset(folder / "x.gdb", "", (layer,)))


@pytest.mark.parametrize("alone", [True, False])
def test_a_table_is_read_without_shapes_and_says_where_they_are(alone: bool, tmp_path: Path) -> None:
    shapefile(tmp_path)
    if alone:
        (tmp_path / "a.shp").unlink()
        (tmp_path / "a.shx").unlink()
    source = read_dataset(tmp_path / "a.dbf")
    (layer,) = source.layers
    assert (source.format, layer.kind, layer.columns["编号"].tolist()) == ("dBASE", "table", ["甲", ""])
    assert layer.columns["面积"][0] == 1.5 and np.isnan(layer.columns["面积"][1])
    (note,) = source.findings
    assert note.code == "FMT-dbf-alone" and ("不在一起" in note.message) is alone
    with pytest.raises(InputError) as caught:  # area and check want shapes
        read_layer(tmp_path / "a.dbf")
    assert codes(caught.value.findings) == ["FMT-no-polygons", "FMT-dbf-alone"]


def test_what_is_called_a_table_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "a.dbf").write_bytes(b"PK\3\4" + bytes(60))
    (tmp_path / "b.dbf").write_bytes(b"")
    (tmp_path / "c.dbf").write_bytes(b"\3\1")
    assert [refused(tmp_path / name) for name in ("a.dbf", "b.dbf", "c.dbf")] == [
        "FMT-lying", "FMT-empty-file", "FMT-lying",
    ]  # fmt: skip


def test_tables_in_a_zip_come_along(tmp_path: Path) -> None:
    source = plain_dataset(tmp_path)
    table = DataLayer("名录", "table", (DataField("A"),), objects(None), {"A": objects("x")})
    write_dataset(tmp_path / "a.zip", Dataset(source.path, "", (*source.layers, table)))
    back = read_dataset(tmp_path / "a.zip")
    assert {layer.name for layer in back.layers} == {"地类图斑", "村级调查区", "名录"}
