"""fangtian convert：表格列出每一层，损失逐条说明，同样的内容也有 JSON。"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from any_dataset import plain_dataset

from fangtian.cli import run
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.reading import read_dataset
from fangtian.formats.writing import write_dataset


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_dataset(tmp_path / "现状.gpkg", plain_dataset(tmp_path))
    return tmp_path / "现状.gpkg"


def document(capsys: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(capsys.readouterr().out)
    return loaded


def test_layers_and_losses_are_shown(source: Path, capsys: Any) -> None:
    assert run(["convert", str(source), str(source.with_suffix(".shp"))]) == 0
    shown = capsys.readouterr().out
    assert "地类图斑" in shown and "现状_地类图斑.shp" in shown and "3 → 3" in shown
    assert "[CNV-files]" in shown and "已写出" in shown
    assert source.with_name("现状_村级调查区.cpg").read_bytes() == b"GBK"


def test_the_document_says_the_same(source: Path, capsys: Any) -> None:
    assert (
        run(["convert", str(source), str(source.with_suffix(".txt")), "--json", "--layer", "地类图斑"]) == 0
    )
    told = document(capsys)
    assert told["ok"] and told["format"] == "GeoPackage"
    (layer,) = told["layers"]
    assert (layer["name"], layer["features"], layer["kind"]) == ("地类图斑", 2, "polygon")
    assert layer["written"] == [
        {"name": "地类图斑", "kind": "polygon", "features": 2, "fields": 2, "file": "现状.txt"}
    ]
    assert "CNV-layer-file" in {item["code"] for item in told["findings"]}


def test_what_cannot_run_says_why_and_ends_with_two(source: Path, capsys: Any) -> None:
    assert run(["convert", str(source), str(source), "--overwrite"]) == 2
    assert "原始数据不改写" in capsys.readouterr().out
    assert run(["convert", str(source), str(source.with_suffix(".vct")), "--layer", "没有"]) == 2
    assert "地类图斑、村级调查区" in capsys.readouterr().out
    target = source.with_suffix(".geojson")
    assert run(["convert", str(source), str(target), "--layer", "地类图斑", "--lang", "en"]) == 0
    assert "keeps its plane coordinates" in capsys.readouterr().out
    before = target.read_bytes()
    assert run(["convert", str(source), str(target), "--layer", "地类图斑", "--decimals", "0"]) == 2
    assert target.read_bytes() == before
    again = ["convert", str(source), str(target), "--layer", "地类图斑", "--decimals", "0", "--overwrite"]
    assert run(again) == 0
    assert "35450320.0" in target.read_text(encoding="utf-8")
    assert "35450320.125" not in target.read_text(encoding="utf-8")


def test_a_folder_of_shapefiles_becomes_one_database(source: Path, capsys: Any) -> None:
    folder = source.with_name("上报数据")
    assert run(["convert", str(source), str(folder)]) == 0
    (folder / "readme.txt").write_text("x", encoding="utf-8")
    capsys.readouterr()
    assert run(["convert", str(folder), str(source.with_name("合并.gpkg")), "--json"]) == 0
    told = document(capsys)
    assert {layer["name"]: layer["features"] for layer in told["layers"]} == {"地类图斑": 2, "村级调查区": 1}
    assert "FMT-passed-over" in {item["code"] for item in told["findings"]}
    (folder / "plan.toml").write_text("", encoding="utf-8")
    assert run(["convert", str(folder), str(source.with_name("b.gpkg"))]) == 2
    assert "方案文件夹" in capsys.readouterr().out


def test_what_is_renamed_and_dropped_is_named_in_full(tmp_path: Path, capsys: Any) -> None:
    names = [f"很长的字段名称{number:02}" for number in range(12)]
    columns = {name: np.array(["x"], dtype=object) for name in names}
    box = np.array([shapely.box(35450000, 3990000, 35450005, 3990005)])
    layer = DataLayer("宗地", "polygon", tuple(map(DataField, names)), box, columns, 4523)
    write_dataset(tmp_path / "a.gpkg", Dataset(tmp_path / "x", "", (layer,)))
    assert run(["convert", str(tmp_path / "a.gpkg"), str(tmp_path / "b.shp")]) == 0
    shown = "".join(capsys.readouterr().out.split())
    assert all(f"{name}→" in shown for name in names)
    assert run(["convert", str(tmp_path / "a.gpkg"), str(tmp_path / "b.txt")]) == 0
    shown = "".join(capsys.readouterr().out.split())
    assert all(name in shown for name in names)


# ── systems that nobody declared ─────────────────────────────────────────────────────────────────────────


def sheet(path: Path, *, east: float = 35_450_000.0) -> Path:
    box = shapely.box(east, 3_990_000.0, east + 100, 3_990_100.0)
    path.write_text(f'地块编号,WKT\nA1,"{box.wkt}"\n', encoding="utf-8")
    return path


def codes(told: dict[str, Any]) -> set[str]:
    return {item["code"] for item in told["findings"]}


def test_an_undeclared_system_is_taken_from_the_coordinates_as_check_does(
    tmp_path: Path, capsys: Any
) -> None:
    path = sheet(tmp_path / "a.csv")
    assert run(["convert", str(path), str(tmp_path / "b.txt"), "--json"]) == 0
    assert "CRS-assumed" in codes(document(capsys))
    assert read_dataset(tmp_path / "b.txt").layers[0].epsg == 4523


def test_crs_says_what_the_file_does_not(tmp_path: Path, capsys: Any) -> None:
    path = sheet(tmp_path / "a.csv", east=450_000.0)
    assert run(["convert", str(path), str(tmp_path / "b.txt")]) == 2
    shown = capsys.readouterr().out
    assert "CNV-zone-needed" in shown and "坐标系（未声明）" in shown and "--crs EPSG" in shown
    assert run(["convert", str(path), str(tmp_path / "b.txt"), "--crs", "EPSG:4544", "--json"]) == 0
    assert "CNV-crs-given" in codes(document(capsys))
    assert read_dataset(tmp_path / "b.txt").layers[0].epsg in (4544, 4523)
    assert run(["convert", str(path), str(tmp_path / "c.gpkg"), "--crs", "4523带"]) == 2
    assert "CNV-crs-unknown" in capsys.readouterr().out


def test_crs_overrules_a_declaration_only_aloud_and_never_the_coordinates(source: Path, capsys: Any) -> None:
    target = source.with_name("b.gpkg")
    assert run(["convert", str(source), str(target), "--crs", "EPSG:2359", "--json"]) == 0
    told = document(capsys)
    assert "CNV-crs-overruled" in codes(told)
    assert read_dataset(target).layers[0].epsg == 2359
    assert run(["convert", str(source), str(source.with_name("c.gpkg")), "--crs", "EPSG:4524"]) == 2
    assert "CRS-contradiction" in capsys.readouterr().out


def test_an_encoding_that_nobody_knows_is_refused(source: Path, capsys: Any) -> None:
    assert run(["convert", str(source), str(source.with_name("b.gdb")), "--encoding", "klingon"]) == 2
    assert "GB18030" in capsys.readouterr().out and not source.with_name("b.gdb").exists()


def test_heights_that_do_not_come_along_are_told(tmp_path: Path, capsys: Any) -> None:
    hill = shapely.Polygon([(35450000, 3950000, 1200), (35450100, 3950000, 1201), (35450100, 3950100, 1202)])
    shapes = shapely.to_wkb([hill], output_dimension=3)
    pyogrio.raw.write(
        tmp_path / "z.shp", shapes, [np.array([1.0])], ["n"], driver="ESRI Shapefile",
        geometry_type="Polygon Z", crs="EPSG:4523",
    )  # fmt: skip
    assert run(["convert", str(tmp_path / "z.shp"), str(tmp_path / "b.shp"), "--json"]) == 0
    assert "FMT-heights" in codes(document(capsys))
