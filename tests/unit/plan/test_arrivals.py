"""来件：文件夹里的每个文件不是查了，就是列出来；自己的报告不查；几个文件的图层成套地互相核对。"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parent / "inspection"))

from clean_parcels import NAMES, VILLAGES, Survey, Table, clean_survey

from fangtian.catalog.finding import Severity
from fangtian.plan.arrivals import REPORT_FILE, sources_of
from fangtian.plan.checking import inspect_files
from fangtian.plan.inspected import Inspection
from fangtian.plan.survey import digest_of

BOUNDARY = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
带号=35
[地块坐标]
4,1.0,1,甲,面,,,,@
J1,1,abc,def
"""


def written(path: Path, role: str, table: Table, epsg: int = 4523) -> Path:
    columns = [np.array(values, dtype=object if isinstance(values[0], str) else float)
               for values in table.columns.values()]  # fmt: skip
    shapes = np.array(table.shapes, dtype=object)
    if epsg == 4524:
        shapes = shapely.transform(shapes, lambda xy: xy + np.array([1e6, 0.0]))
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), columns, list(table.columns), layer=NAMES[role], driver="GPKG",
        geometry_type="Polygon", crs=f"EPSG:{epsg}", append=path.exists(),
    )  # fmt: skip
    return path


def told(inspection: Inspection) -> set[tuple[str, str]]:
    """What is found and where, without remarks on fields that the written layers lack."""
    return {(item.code, item.place.file) for item in inspection.findings if not item.code.startswith("SCH-")}


def off_by(amount: float) -> Survey:
    survey = clean_survey()
    survey.villages.add(0, amount, "DCMJ")
    return survey


def split(table: Table, rows: slice) -> Table:
    return Table(table.shapes[rows], {name: values[rows] for name, values in table.columns.items()})


def test_files_that_look_like_data_are_told_and_others_listed(tmp_path: Path) -> None:
    (tmp_path / "地块.txt").write_text(BOUNDARY, encoding="gbk")
    (tmp_path / "断了.json").write_text('{"type":"FeatureCollection","features":[{"type":"Fea')
    (tmp_path / "说明.txt").write_text("请查收。", encoding="utf-8")
    (tmp_path / "设置.json").write_text('{"name": "x"}', encoding="utf-8")
    for name in ("旧库.mdb", "图.dwg", "全部.rar", "函.pdf", ".DS_Store", "~$函.docx"):
        (tmp_path / name).write_bytes(b"x")
    inspection = inspect_files([tmp_path])
    severities = {item.place.file: item.severity for item in inspection.findings if item.place.file}
    assert severities == {
        "地块.txt": Severity.ERROR,
        "断了.json": Severity.ERROR,
        "旧库.mdb": Severity.WARNING,
        "图.dwg": Severity.WARNING,
        "全部.rar": Severity.WARNING,
    }
    assert {(item.file, item.title) for item in inspection.subjects} == {
        *((name, "不是空间数据，不检查") for name in ("说明.txt", "设置.json")),
        *((name, "不能读取的格式，未检查") for name in ("旧库.mdb", "图.dwg", "全部.rar", "函.pdf")),
    }


def test_a_folder_of_closed_formats_is_no_sound_data(tmp_path: Path) -> None:
    (tmp_path / "旧库.mdb").write_bytes(b"x")
    codes = {item.code: item.severity for item in inspect_files([tmp_path]).findings}
    assert codes == {"FMT-mdb": Severity.WARNING, "FMT-nothing-inspected": Severity.ERROR}


def test_parts_of_a_shapefile_are_not_listed_and_heaps_are_counted(tmp_path: Path) -> None:
    shape = np.array([shapely.box(35_450_000, 3_950_000, 35_450_100, 3_950_100)])
    pyogrio.raw.write(tmp_path / "a.b.shp", shapely.to_wkb(shape), [np.array([1])], ["n"],
                      driver="ESRI Shapefile", geometry_type="Polygon", crs="EPSG:4523")  # fmt: skip
    (tmp_path / "a.b.shp.xml").write_text("<x/>")
    for number in range(9):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    files = [item.file for item in inspect_files([tmp_path]).subjects]
    assert files == ["a.b.shp", "0.jpg 等 9 个 .jpg 文件"]


def test_only_what_lies_beside_a_report_of_ours_is_no_data(tmp_path: Path) -> None:
    for folder in ("外业-检查", "检查", "报告"):
        (tmp_path / folder / "修补后").mkdir(parents=True)
        for name in ("findings.gpkg", "数据.gpkg", "修补后/数据.gpkg"):
            (tmp_path / folder / name).write_bytes(b"x")
    (tmp_path / "报告" / REPORT_FILE).write_text("x")
    found = {name for name, _ in sources_of([tmp_path])}
    everything = {"findings.gpkg", "数据.gpkg", "修补后/数据.gpkg"}
    assert found == {*(f"{a}/{b}" for a in ("外业-检查", "检查") for b in everything), "报告/数据.gpkg"}


def test_a_link_back_to_its_own_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"x")
    (tmp_path / "回").symlink_to(tmp_path, target_is_directory=True)
    assert [name for name, _ in sources_of([tmp_path])] == ["a.gpkg"]


def test_a_layer_of_another_system_in_front_hides_nothing(tmp_path: Path) -> None:
    survey = off_by(500.0)
    degrees = shapely.to_geojson(shapely.box(104.5, 35.6, 104.501, 35.601))
    (tmp_path / "a.geojson").write_text(degrees)
    written(tmp_path / "b.gpkg", "parcels", clean_survey().parcels, 4524)
    for role, table in (("parcels", survey.parcels), ("villages", survey.villages)):
        written(tmp_path / "c.gpkg", role, table)
    assert ("BAL-village-sum", "c.gpkg") in told(inspect_files([tmp_path]))


def test_parcels_in_one_file_per_village_are_taken_together(tmp_path: Path) -> None:
    survey = clean_survey()
    for number, rows in enumerate((slice(0, 4), slice(4, 8))):
        written(tmp_path / f"{number}.gpkg", "parcels", split(survey.parcels, rows))
    written(tmp_path / "村.gpkg", "villages", survey.villages)
    assert told(inspect_files([tmp_path])) == set()
    survey.parcels.put(6, ZLDWDM="6205231022090000000", QSDWDM="6205231022090000000")
    (tmp_path / "1.gpkg").unlink()
    written(tmp_path / "1.gpkg", "parcels", split(survey.parcels, slice(4, 8)))
    inspection = inspect_files([tmp_path])
    assert told(inspection) == {("LOG-village-unknown", "0.gpkg、1.gpkg"), ("BAL-village-sum", "村.gpkg")}
    (item,) = (item for item in inspection.findings if item.code == "LOG-village-unknown")
    assert inspection.system(item.place) == inspection.layers[0].crs


def test_the_same_parcels_twice_are_two_sets_and_both_are_held_against_the_villages(tmp_path: Path) -> None:
    survey, other = clean_survey(), clean_survey()
    other.parcels.put(0, ZLDWDM="6205231022090000000", QSDWDM="6205231022090000000")
    for name, table in (("甲.gpkg", survey.parcels), ("乙.gpkg", other.parcels)):
        written(tmp_path / name, "parcels", table)
    written(tmp_path / "村.gpkg", "villages", survey.villages)
    assert told(inspect_files([tmp_path])) == {
        ("LOG-village-unknown", "乙.gpkg"),
        ("BAL-village-sum", "村.gpkg"),
    }


def test_parcels_of_a_delivery_that_leave_a_village_empty_are_told(tmp_path: Path) -> None:
    survey = clean_survey()
    written(tmp_path / "a.gpkg", "parcels", split(survey.parcels, slice(0, 4)))
    written(tmp_path / "a.gpkg", "villages", survey.villages)
    found = [item for item in inspect_files([tmp_path / "a.gpkg"]).findings if item.code == "BAL-village-sum"]
    assert [(item.values["worst"], item.values["sum"]) for item in found] == [(VILLAGES[1][:12], "0.00")]


@pytest.mark.parametrize("name", ["图斑[1].shp", "a*.shp", "图斑.shp"])
def test_the_digest_of_a_shapefile_is_that_of_its_parts_whatever_its_name(tmp_path: Path, name: str) -> None:
    seen: set[Any] = set()
    for step in (0, 500):
        shape = np.array([shapely.box(450_000 + step, 3_950_000, 450_100 + step, 3_950_100)])
        pyogrio.raw.write(tmp_path / name, shapely.to_wkb(shape), [np.array([1])], ["n"],
                          driver="ESRI Shapefile", geometry_type="Polygon", crs="EPSG:4544")  # fmt: skip
        seen.add(digest_of(tmp_path / name))
        (tmp_path / "ab.shp").write_bytes(str(step).encode())
    assert len(seen) == 2
