"""fangtian area：椭球面积、平面面积和文件所载面积并列，表格和 JSON 说的一样。"""

from __future__ import annotations

import json
from pathlib import Path

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
