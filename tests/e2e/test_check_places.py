"""逐处问题：每一处有自己的编号、值和坐标，清单、图层、JSON 说的一样；放错地方的要素不挡住别的。"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from fangtian.cli import run
from fangtian.deliver.inspection import workbook

EAST, NORTH = 35_500_000.0, 3_900_000.0
Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def called(*arguments: object) -> dict[str, Any]:
        capsys.readouterr()
        run(["check", *map(str, arguments), "--date", "2026-03-01", "--json"])
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return called


def parcels(
    path: Path, wrong: int = 5, epsg: int = 4523, change: Callable[[Any], None] | None = None
) -> Path:
    """Forty parcels in rows, ``wrong`` of them of a class that there is not."""
    at = np.arange(40)
    shapes = shapely.box(
        EAST + 50.0 * (at % 10),
        NORTH + 50.0 * (at // 10),
        EAST + 50.0 * (at % 10) + 50,
        NORTH + 50.0 * (at // 10) + 50,
    )
    if change:
        change(shapes)
    names = np.array([f"6205230110{number:08d}" for number in at], dtype=object)
    classes = np.array(["9999" if number < wrong else "0103" for number in at], dtype=object)
    columns = {"BSM": names, "DLBM": classes, "TBMJ": np.full(40, 2500.0)}
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), list(columns.values()), np.array(list(columns)), driver="GPKG",
        geometry_type="Polygon", crs=f"EPSG:{epsg}", layer="DLTB",
    )  # fmt: skip
    return path


def sheet(path: Path, name: str) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_faulty_feature_is_listed_by_its_own_id(tmp_path: Path, check: Check) -> None:
    answer = check(parcels(tmp_path / "DLTB.gpkg"), "--out", tmp_path / "out")
    wanted = [f"6205230110{number:08d}" for number in range(5)]
    rows = [row for row in sheet(tmp_path / "out/问题清单.xlsx", "问题") if row["编码"] == "DOM-field-value"]
    assert [row["要素"] for row in rows] == wanted
    assert {(row["字段"], row["填写的值"]) for row in rows} == {("DLBM", "9999")}
    assert (rows[0]["X（北）或纬度"], rows[0]["Y（东）或经度"]) == (NORTH + 25, EAST + 25)
    told = [place for place in answer["places"] if place["code"] == "DOM-field-value"]
    assert [place["feature"] for place in told] == wanted
    for layer in ("检查发现图形", "检查发现点位"):
        meta, _, _, values = pyogrio.raw.read(
            tmp_path / "out/findings.gpkg", layer=layer, where="\"代码\" = 'DOM-field-value'"
        )
        assert values[list(meta["fields"]).index("要素")].tolist() == wanted


def test_the_list_of_checks_says_passed_failed_or_not_made(tmp_path: Path, check: Check) -> None:
    check(parcels(tmp_path / "DLTB.gpkg"), "--out", tmp_path / "out")
    rows = {row["编码"]: row for row in sheet(tmp_path / "out/问题清单.xlsx", "检查项")}
    assert (rows["DOM-field-value"]["结论"], rows["DOM-field-value"]["处数"]) == ("未通过", 5)
    assert rows["TOP-overlap"]["结论"] == "通过"
    assert (
        rows["BAL-village-sum"]["结论"] == "未检查"
        and "村级调查区" in rows["BAL-village-sum"]["未检查的原因"]
    )
    assert rows["DOM-village-code"]["结论"] == "未检查" and "字段" in rows["DOM-village-code"]["未检查的原因"]


def test_a_list_longer_than_a_sheet_says_that_it_was_cut(
    tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST", 3)
    check(parcels(tmp_path / "DLTB.gpkg"), "--out", tmp_path / "out")
    rows = sheet(tmp_path / "out/问题清单.xlsx", "问题")
    assert len(rows) == 4 and "只列前 3 处" in str(rows[-1]["序号"])


def test_a_displaced_parcel_is_named_and_the_others_are_inspected(tmp_path: Path, check: Check) -> None:
    def displace(shapes: Any) -> None:
        shapes[7] = shapely.box(NORTH, EAST, NORTH + 50, EAST + 50)
        shapes[9] = shapely.box(105.0, 35.0, 105.001, 35.001)
        shapes[20] = shapely.union(shapes[20], shapes[21])

    answer = check(parcels(tmp_path / "DLTB.gpkg", 0, change=displace), "--out", tmp_path / "out")
    codes = [item["code"] for item in answer["findings"]]
    assert "CRS-elsewhere" in codes and "TOP-overlap" in codes and "CRS-mixed-zones" not in codes
    astray = [place for place in answer["places"] if place["code"] == "CRS-elsewhere"]
    assert [place["feature"][-2:] for place in astray] == ["07", "09"]
    assert "颠倒" in astray[0]["says"] and "经纬度" in astray[1]["says"]


def test_a_foreign_system_leaves_the_attributes_inspected_and_says_what_was_not(
    tmp_path: Path, check: Check
) -> None:
    answer = check(parcels(tmp_path / "DLTB.gpkg", epsg=2359), "--out", tmp_path / "out")
    codes = [item["code"] for item in answer["findings"]]
    assert {"CRS-foreign", "DOM-field-value", "FMT-shapes-unchecked"} <= {*codes}
    rows = {row["编码"]: row for row in sheet(tmp_path / "out/问题清单.xlsx", "检查项")}
    assert rows["TOP-overlap"]["结论"] == "未检查"


def test_what_was_mended_stands_in_the_report_with_the_same_counts(tmp_path: Path, check: Check) -> None:
    def overlap(shapes: Any) -> None:
        west, south, east, north = shapes[3].bounds
        shapes[3] = shapely.box(west, south, east + 0.01, north)

    answer = check(parcels(tmp_path / "DLTB.gpkg", 0, change=overlap), "--fix", "--out", tmp_path / "out")
    (mended,) = [item for item in answer["findings"] if item["code"] == "TOP-mended"]
    page = (tmp_path / "out/检查报告.html").read_text(encoding="utf-8")
    assert mended["message"] in page and 'href="修改记录.csv"' in page
    counts = [
        sum(item["severity"] == name for item in answer["findings"]) for name in ("error", "warning", "info")
    ]
    for name, count in zip(("error", "warning", "info"), counts, strict=True):
        assert f'<li class="s-{name}{"" if count else " zero"}"><b>{count}</b>' in page
