"""``fangtian check`` as a planning office runs it: on a plan, on files that arrive, with a mended copy."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyogrio
import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
from tiny_plan import Draft, tiny_plan

from fangtian.cli import run

DAY = "2026-03-01"
Check = Callable[..., "Said"]


class Said(NamedTuple):
    stdout: str


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def called(*arguments: object, code: int = 0) -> Said:
        capsys.readouterr()
        returned = run(["check", *map(str, arguments), "--date", DAY])
        said = capsys.readouterr()
        assert returned == code, said.out + said.err
        return Said(said.out)

    return called


def overlapping(draft: Draft) -> None:
    """Two plots on the same ground."""
    plots = draft.layers["plots"]
    plots.shapes[1] = shapely.union(plots.shapes[1], shapely.box(*plots.shapes[0].bounds))


def spiked(draft: Draft) -> None:
    plots = draft.layers["plots"]
    west, south, east, north = plots.shapes[0].bounds
    middle = (south + north) / 2
    points = [
        (west, south),
        (east, south),
        (east, middle),
        (east + 3, middle + 0.001),
        (east, middle + 0.002),
    ]
    plots.shapes[0] = shapely.polygons([*points, (east, north), (west, north)])


def test_a_plan_is_inspected_with_a_report_and_a_layer_of_places(tmp_path: Path, check: Check) -> None:
    plan = tiny_plan(tmp_path / "plan", change=overlapping)
    before = {path: path.read_bytes() for path in plan.rglob("*") if path.is_file()}
    said = check(plan, code=1).stdout
    assert "TOP-overlap" in said and "检查报告.html" in said
    page = (plan / "检查/检查报告.html").read_text(encoding="utf-8")
    assert "图形重叠" in page and "<svg" in page and "2026年3月1日" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    with closing(sqlite3.connect(plan / "检查/findings.gpkg")) as database:
        rows = database.execute('SELECT "代码", "要素" FROM "检查发现图形"').fetchall()
        assert any(code == "TOP-overlap" for code, _ in rows)
        assert database.execute("SELECT count(*) FROM layer_styles").fetchone() == (2,)
        assert database.execute('SELECT count(*) FROM "检查发现点位"').fetchone()[0] >= len(rows)
    assert all(path.read_bytes() == content for path, content in before.items())


def test_any_file_is_inspected_and_its_layers_are_recognised(tmp_path: Path, check: Check) -> None:
    plan = tiny_plan(tmp_path / "plan")
    answer = json.loads(check(plan / "data/base.gpkg", "--out", tmp_path / "out", "--json").stdout)
    assert {layer["role"] for layer in answer["layers"]} >= {"parcels", "villages", "basic_farmland"}
    assert answer["ok"] is True and (tmp_path / "out/检查报告.html").is_file()
    assert (
        answer["files"]
        == [str(tmp_path / "out" / name) for name in ("检查报告.html", "问题清单.xlsx", "findings.gpkg")][
            : len(answer["files"])
        ]
    )


def test_a_folder_of_files_is_gone_through_and_strange_ones_are_listed(tmp_path: Path, check: Check) -> None:
    plan = tiny_plan(tmp_path / "plan")
    folder = tmp_path / "来件"
    folder.mkdir()
    (folder / "base.gpkg").write_bytes((plan / "data/base.gpkg").read_bytes())
    (folder / "说明.txt").write_text("请查收。", encoding="utf-8")
    (folder / "坏.shp").write_bytes(b"not a shapefile")
    answer = json.loads(check(folder, "--json", code=1).stdout)
    assert ("说明.txt", "不是空间数据，不检查") in {
        (item["file"], item["title"]) for item in answer["layers"]
    }
    assert {item["file"] for item in answer["findings"] if item["severity"] == "error"} == {"坏.shp"}


def test_a_mended_copy_has_every_change_in_a_table(tmp_path: Path, check: Check) -> None:
    plan = tiny_plan(tmp_path / "plan", change=spiked)
    source = next(path for path in plan.glob("data/*.gpkg") if "ZZDK" in pyogrio.list_layers(path)[:, 0])
    before = source.read_bytes()
    said = json.loads(check(plan, "--fix", "--json", "--out", tmp_path / "out").stdout)
    assert source.read_bytes() == before
    told = [item for item in said["findings"] if item["code"] == "TOP-mended"]
    assert told and any("ZZDK" in item["message"] for item in told)
    with (tmp_path / "out/修改记录.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (spike,) = [row for row in rows if row["修改"] == "删除尖刺"]
    assert spike["要素"] == "P01" and spike["变化（m²）"].startswith("-0.00")
    copy = tmp_path / "out/修补后" / source.relative_to(plan)
    shapes = {path: shapely.from_wkb(pyogrio.raw.read(path, layer="ZZDK")[2]) for path in (source, copy)}
    change = sum(float(row["变化（m²）"]) for row in rows if row["图层"] == "ZZDK")
    moved = shapely.area(shapes[copy]).sum() - shapely.area(shapes[source]).sum()
    assert moved == pytest.approx(change, abs=1e-3)
    again = json.loads(check(copy, "--fix", "--json", "--out", tmp_path / "again").stdout)
    assert [item for item in again["findings"] if item["code"] in ("TOP-mended", "TOP-spike")] == []


def test_what_holds_nothing_to_inspect_is_said_in_one_sentence(tmp_path: Path, check: Check) -> None:
    (tmp_path / "文件").mkdir()
    (tmp_path / "文件/说明.txt").write_text("请查收。", encoding="utf-8")
    answer = json.loads(check(tmp_path / "文件", "--json", code=1).stdout)
    assert [item["code"] for item in answer["findings"]] == ["FMT-nothing-inspected"]


def test_a_path_that_is_not_there_is_said_and_nothing_is_written(tmp_path: Path, check: Check) -> None:
    answer = json.loads(check(tmp_path / "没有.shp", "--json", code=2).stdout)
    assert [item["code"] for item in answer["findings"]] == ["FMT-missing"]
    assert list(tmp_path.iterdir()) == []


def test_a_report_of_yesterday_is_not_inspected_today(tmp_path: Path, check: Check) -> None:
    folder = tmp_path / "来件"
    folder.mkdir()
    (folder / "base.gpkg").write_bytes((tiny_plan(tmp_path / "plan") / "data/base.gpkg").read_bytes())
    first = json.loads(check(folder, "--json", "--fix").stdout)
    assert (folder / "检查/检查报告.html").is_file()
    assert json.loads(check(folder, "--json", "--fix").stdout)["layers"] == first["layers"]


def test_places_of_different_zones_are_drawn_each_in_its_own(tmp_path: Path, check: Check) -> None:
    folder = tmp_path / "两带"
    folder.mkdir()
    for name, epsg, east in (("甲", 4523, 35_450_000.0), ("乙", 4524, 36_450_000.0)):
        shapes = shapely.box(
            east + np.array([0.0, 90.0]), 3_950_000.0, east + np.array([100.0, 200.0]), 3_950_100.0
        )
        pyogrio.raw.write(
            folder / f"{name}.gpkg",
            shapely.to_wkb(shapes),
            [np.array(["1", "2"], dtype=object)],
            np.array(["编号"]),
            driver="GPKG",
            geometry_type="Polygon",
            crs=f"EPSG:{epsg}",
        )
    check(folder)
    found = {}
    for epsg in (4523, 4524):
        meta, _, wkb, _ = pyogrio.raw.read(folder / "检查/findings.gpkg", layer=f"检查发现图形_{epsg}")
        found[epsg] = shapely.total_bounds(shapely.from_wkb(wkb))[0] // 1e6
        assert meta["crs"] == f"EPSG:{epsg}"
    assert found == {4523: 35, 4524: 36}


def test_a_report_written_among_the_data_is_no_data_the_next_time(tmp_path: Path, check: Check) -> None:
    folder = tmp_path / "来件"
    folder.mkdir()
    plan = tiny_plan(tmp_path / "plan", change=spiked)
    (folder / "base.gpkg").write_bytes((plan / "data/base.gpkg").read_bytes())
    answers = [
        json.loads(check(folder, "--fix", "--json", "--out", folder / "报告").stdout) for _ in range(2)
    ]
    assert (folder / "报告/findings.gpkg").is_file() and (folder / "报告/修补后/base.gpkg").is_file()
    assert answers[1]["layers"] == answers[0]["layers"]
    assert answers[1]["findings"] == answers[0]["findings"]


def test_layers_in_degrees_are_inspected_like_any_other(tmp_path: Path, check: Check) -> None:
    """Two fields of one hectare that overlap by a tenth; most deliveries are in degrees."""
    west = 105.0 + np.array([0.0, 0.0010])
    shapes = shapely.box(west, 35.0, west + 0.0011, 35.0009)
    names = np.array(["1", "2"], dtype=object)
    path = tmp_path / "经纬度.gpkg"
    pyogrio.raw.write(path, shapely.to_wkb(shapes), [names], np.array(["编号"]), driver="GPKG",
                      geometry_type="Polygon", crs="EPSG:4490")  # fmt: skip
    answer = json.loads(check(path, "--json", "--out", tmp_path / "out").stdout)
    (item,) = answer["findings"]
    assert item["code"] == "TOP-overlap" and "共 911." in item["message"]
    _, _, wkb, _ = pyogrio.raw.read(tmp_path / "out/findings.gpkg", layer="检查发现图形")
    assert shapely.total_bounds(shapely.from_wkb(wkb)) == pytest.approx([105.001, 35.0, 105.0011, 35.0009])
