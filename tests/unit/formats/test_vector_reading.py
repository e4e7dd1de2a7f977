"""矢量读取：四种格式读出同样的内容；编码、代码、缺失、破损各有定论。"""

import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from fangtian.errors import InputError
from fangtian.formats.vector import RawLayer, list_layers, read_layer

SQUARES = shapely.box([35_480_000.0, 35_480_100.0], 3_900_000.0, [35_480_100.0, 35_480_200.0], 3_900_100.0)
DRIVERS = {".gpkg": "GPKG", ".gdb": "OpenFileGDB", ".shp": "ESRI Shapefile"}


def write(path: Path, layer: str = "", geometry: Any = SQUARES, **options: Any) -> Path:
    """A small DLTB in the format of the suffix, written by GDAL as other programs would."""
    n = len(geometry)
    columns = {
        "DLBM": np.array((["0103", None] * n)[:n], dtype=object),
        "地类": np.array((["旱地", "水浇地"] * n)[:n], dtype=object),
        "TBMJ": np.array(([10000.5, np.nan] * n)[:n]),
        "KCXS": np.array(([0.1234, 0.0] * n)[:n], dtype=np.float64 if path.suffix == ".shp" else np.float32),
    }
    settings = {"geometry_type": "MultiPolygon", "crs": "EPSG:4523", "promote_to_multi": True} | options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path, shapely.to_wkb(geometry), list(columns.values()), list(columns), layer=layer or path.stem,
            driver=DRIVERS[path.suffix], **settings,
        )  # fmt: skip
    return path


def geojson(path: Path, features: list[tuple[dict[str, Any], Any]], **top: Any) -> Path:
    listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed, **top}), encoding="utf-8")
    return path


def ring(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(points)]}


GOOD_RING = ring((105, 35), (105.1, 35), (105.1, 35.1), (105, 35))


def codes(layer: RawLayer) -> list[str]:
    return [item.code for item in layer.findings]


def refused(path: Path, layer: str = "", encoding: str = "") -> str:
    with pytest.raises(InputError) as caught:
        read_layer(path, layer, encoding)
    assert caught.value.findings[0].place.file == path.name
    return caught.value.findings[0].code


@pytest.mark.parametrize("suffix", [".gpkg", ".gdb", ".shp"])
@pytest.mark.parametrize("zipped", [False, True])
def test_every_format_gives_the_same_layer_zipped_or_not(tmp_path: Path, suffix: str, zipped: bool) -> None:
    path = write(tmp_path / f"DLTB{suffix}", encoding="UTF-8" if suffix == ".shp" else None)
    if zipped:
        source, path = path, tmp_path / "数据.zip"
        files = source.rglob("*") if source.is_dir() else tmp_path.glob("DLTB.*")
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(files):
                archive.write(file, "县/" + str(file.relative_to(tmp_path)))
    layer = read_layer(path)
    assert (layer.name, len(layer), layer.path, layer.findings) == ("DLTB", 2, path, ())
    assert (layer.epsg, layer.crs_name) == (4523, "CGCS2000 / 3-degree Gauss-Kruger zone 35")
    assert layer.fields["DLBM"].tolist() == ["0103", ""]
    assert layer.fields["地类"].tolist() == ["旱地", "水浇地"]
    assert layer.fields["TBMJ"].tolist()[0] == 10000.5
    assert np.isnan(layer.fields["TBMJ"][1])
    assert layer.fields["KCXS"].tolist() == [0.1234, 0.0]  # not 0.12340000271797
    assert shapely.equals(layer.geometry, SQUARES).all()
    assert [(info.name, info.count) for info in list_layers(path)] == [("DLTB", 2)]


@pytest.mark.parametrize("actual", ["UTF-8", "GBK"])
@pytest.mark.parametrize("declared", [None, "UTF-8", "GBK", "ISO-8859-1", "火星"])
def test_shapefile_text_is_read_right_whatever_its_cpg_says(
    tmp_path: Path, actual: str, declared: str | None
) -> None:
    path = write(tmp_path / "a.shp", encoding=actual, geometry_type="Polygon", promote_to_multi=False)
    (tmp_path / "a.cpg").unlink()
    if declared:
        (tmp_path / "a.cpg").write_text(declared, encoding="utf-8")
    layer = read_layer(path)
    assert list(layer.fields) == ["DLBM", "地类", "TBMJ", "KCXS"]
    assert layer.fields["地类"].tolist() == ["旱地", "水浇地"]
    assert layer.encoding == ("utf-8" if actual == "UTF-8" else "gb18030")
    assert codes(layer) == ([] if declared in (None, actual) else ["FMT-encoding-lie"])


def test_text_in_no_chinese_encoding_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", encoding="GBK")
    dbf = tmp_path / "a.dbf"
    dbf.write_bytes(dbf.read_bytes().replace("旱地".encode("gbk"), b"\xff\xff\xff\xff"))
    (tmp_path / "a.cpg").unlink()
    assert refused(path) == "FMT-encoding"


def test_codes_that_look_like_times_dates_or_numbers_stay_text(tmp_path: Path) -> None:
    properties = {
        "DLBM": "T0103",
        "code": "0103",
        "day": "2024-01-02",
        "BSM": 620525000000000017,
        "n": 7,
        "list": [1],
    }
    layer = read_layer(geojson(tmp_path / "a.geojson", [(properties, GOOD_RING)] * 2))
    assert layer.fields["DLBM"].tolist() == ["T0103"] * 2
    assert layer.fields["code"].tolist() == ["0103"] * 2
    assert layer.fields["day"].tolist() == ["2024-01-02"] * 2
    assert layer.fields["BSM"].tolist() == ["620525000000000017"] * 2  # a float would end in …0000
    assert layer.fields["n"].tolist() == [7.0, 7.0]


def test_geojson_declares_a_system_only_if_it_says_so(tmp_path: Path) -> None:
    plain = geojson(tmp_path / "a.geojson", [({}, GOOD_RING)])
    assert (read_layer(plain).epsg, read_layer(plain).crs_name) == (None, "")
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert read_layer(geojson(tmp_path / "b.geojson", [({}, GOOD_RING)], crs=named)).epsg == 4490


def test_broken_shapes_are_reported_by_row_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    features = [
        GOOD_RING,
        ring((105, 35), (105.1, 35), (105.1, 35.1)),
        ring((105, 35), (105.1, 35)),
        {"type": "Point", "coordinates": [105, 35]},
        None,
    ]
    layer = read_layer(geojson(tmp_path / "a.geojson", [({"n": k}, g) for k, g in enumerate(features)]))
    assert shapely.is_missing(layer.geometry).tolist() == [False, False, True, True, True]
    assert codes(layer) == ["TOP-unclosed", "TOP-broken-ring", "TOP-not-polygon", "TOP-missing"]
    assert [item.values["rows"] for item in layer.findings] == ["2", "3", "4", "5"]


def test_coordinates_that_are_not_numbers_are_reported(tmp_path: Path) -> None:
    endless = shapely.Polygon([(0, 0), (1, 0), (np.inf, 1)])
    layer = read_layer(write(tmp_path / "a.gpkg", geometry=np.array([*SQUARES, endless])))
    assert codes(layer) == ["TOP-broken-ring"]
    assert layer.geometry[2] is None


def test_coordinates_come_on_the_grid_of_the_survey_in_two_dimensions(tmp_path: Path) -> None:
    off = shapely.transform(
        shapely.force_3d(SQUARES, 12.0), lambda p: p + np.array([2.4e-7, -3e-7, 0]), include_z=True
    )
    layer = read_layer(write(tmp_path / "a.gpkg", geometry=off, geometry_type="MultiPolygon Z"))
    assert not shapely.has_z(layer.geometry).any()
    assert shapely.equals_identical(
        shapely.normalize(shapely.get_parts(layer.geometry)), shapely.normalize(SQUARES)
    ).all()


def test_the_one_polygon_layer_is_found_among_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "DLTB")
    points = shapely.to_wkb(shapely.points([[0.0, 0.0]]))
    pyogrio.raw.write(path, points, [], [], layer="P", driver="GPKG", geometry_type="Point", crs="EPSG:4523")
    assert read_layer(path).name == "DLTB"
    assert refused(path, "P") == "FMT-no-polygons"
    assert read_layer(path, "dltb").name == "DLTB"
    assert refused(path, "XZQ") == "SCH-layer-missing"
    write(path, "CJDCQ")
    assert refused(path) == "FMT-layer-needed"
    assert read_layer(path, "CJDCQ").name == "CJDCQ"


def test_layers_of_several_files_in_one_archive_are_told_apart(tmp_path: Path) -> None:
    for name in ("DLTB", "CJDCQ"):
        write(tmp_path / f"{name}.gpkg")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("DLTB.gpkg", "CJDCQ.gpkg"):
            archive.write(tmp_path / name, name)
    assert refused(tmp_path / "all.zip") == "FMT-layer-needed"
    assert read_layer(tmp_path / "all.zip", "CJDCQ").name == "CJDCQ"


def test_an_empty_layer_is_a_layer(tmp_path: Path) -> None:
    layer = read_layer(write(tmp_path / "a.gpkg", geometry=SQUARES[:0]))
    assert (len(layer), layer.findings) == (0, ())
    assert layer.fields["DLBM"].tolist() == []


def test_a_layer_without_a_single_usable_shape_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [({}, None), ({}, {"type": "Point", "coordinates": [0, 0]})])
    with pytest.raises(InputError) as caught:
        read_layer(path)
    assert "FMT-no-" in caught.value.findings[0].code


def test_a_shapefile_without_its_companions_says_which(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp")
    (tmp_path / "a.dbf").unlink()
    layer = read_layer(path)
    assert codes(layer) == ["FMT-dbf-missing"]
    assert len(layer) == 2
    (tmp_path / "a.shx").unlink()
    assert codes(read_layer(path)) == ["FMT-shx-rebuilt", "FMT-dbf-missing"]


def test_missing_empty_unknown_and_lying_files_are_told_apart(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.gpkg") == "FMT-missing"
    for name, data, code in (
        ("empty.shp", b"", "FMT-empty-file"),
        ("empty.geojson", b"", "FMT-empty-file"),
        ("a.mdb", b"x", "FMT-mdb"),
        ("a.doc", b"x", "FMT-kind"),
        ("a.gpkg", b"<OGRVRTDataSource/>", "FMT-lying"),
        ("a.shp", b"SQLite format 3\0", "FMT-lying"),
        ("a.json", b"[1]", "FMT-lying"),
        ("a.gdb", b"x", "FMT-lying"),
        ("a!b.gpkg", b"SQLite format 3\0", "FMT-name"),
        ("broken.gpkg", b"SQLite format 3\0" + bytes(200), "FMT-unreadable"),
        ("broken.geojson", b'{"type": "FeatureCollection", "features": [', "FMT-unreadable"),
    ):
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name) == code, name
    (tmp_path / "folder.gdb").mkdir()
    assert refused(tmp_path / "folder.gdb") == "FMT-lying"
    (tmp_path / "folder").mkdir()
    assert refused(tmp_path / "folder") == "FMT-folder-nothing"


def test_an_archive_without_data_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.shp", b"x")
        archive.writestr("readme.txt", b"x")
    assert refused(tmp_path / "a.zip") == "FMT-zip-nothing"


def test_no_reason_shows_a_folder_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "nothing"}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_layer(path)
    assert str(tmp_path) not in str(caught.value)
