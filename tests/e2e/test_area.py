"""fangtian area：椭球面积、平面面积和文件所载面积并列，表格和 JSON 说的一样。"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from fangtian.cli.app import run

TEXT = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
带号=35
[地块坐标]
5,{area},{name},上庄,面,,,,@
J1,1,3950000.000,35450000.000
J2,1,3950100.000,35450000.000
J3,1,3950100.000,35450100.000
J4,1,3950000.000,35450100.000
J1,1,3950000.000,35450000.000
"""


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_three_areas_stand_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT.format(area="0.9999", name="DK1"), encoding="gbk")
    answer = json.loads(said(capsys, "area", path, "--json"))
    assert answer["features"] == [
        {"index": 0, "id": "DK1", "area_m2": "9999.39", "plane_m2": "10000.00", "declared_m2": "9999.00"}
    ]
    totals = [answer[key] for key in ("total_m2", "plane_total_m2", "declared_total_m2")]
    assert totals == ["9999.39", "10000.00", "9999.00"]
    shown = said(capsys, "area", path)
    assert all(words in shown for words in ("平面面积", "文件所载面积", "9999.39", "10000.00", "9999.00"))
    assert "Declared in the file" in said(capsys, "area", path, "--lang", "en")


def test_a_column_that_says_nothing_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT.format(area="", name="DK1"), encoding="gbk")
    (feature,) = json.loads(said(capsys, "area", path, "--json"))["features"]
    assert feature["declared_m2"] is None and feature["plane_m2"] == "10000.00"
    assert "文件所载面积" not in said(capsys, "area", path)


def test_a_ring_whose_area_depends_on_its_repair_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Crossing near the middle of an edge: 6,250 m² as it stands, 10,417 m² as repaired."""
    points = [(0, 0), (100, 0), (100, 100), (-50, 100), (50, 150), (0, 0)]
    for name, ring in {
        "米": [(35_450_000 + x, 3_950_000 + y) for x, y in points],
        "度": [(105 + x / 90_000, 35 + y / 111_000) for x, y in points],
    }.items():
        shape = {"type": "Polygon", "coordinates": [ring]}
        feature = {"type": "Feature", "properties": {}, "geometry": shape}
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
        assert run(["area", str(path), "--json"]) == 1
        answer = json.loads(capsys.readouterr().out)
        (item,) = (item for item in answer["findings"] if item["severity"] == "error")
        assert answer["ok"] is False and item["code"] == "TOP-crossing-refused"
        before, after = (item["message"].split(f"修复{word} ")[1].split(" ")[0] for word in ("前", "后"))
        assert 6_000 < float(before) < 6_500 and 10_000 < float(after) < 10_800


def test_the_areas_are_written_as_a_table_of_every_feature(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT.format(area="0.9999", name="DK1"), encoding="gbk")
    said(capsys, "area", path, "--out", tmp_path / "面积.csv")
    said(capsys, "area", path, "--out", tmp_path / "面积.xlsx")
    with (tmp_path / "面积.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["1", "DK1", "9999.39", "10000.00", "9999.00"] and rows[2][1:3] == ["合计", "9999.39"]
    sheet = openpyxl.load_workbook(tmp_path / "面积.xlsx")["面积"]
    assert [cell.value for cell in sheet[2]] == [1, "DK1", 9999.39, 10000, 9999]
    assert run(["area", str(path), "--out", str(tmp_path / "面积.doc")]) != 0
    assert not (tmp_path / "面积.doc").exists()
