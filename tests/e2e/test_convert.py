"""fangtian convert：表格列出每一层，损失逐条说明，同样的内容也有 JSON。"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from any_dataset import plain_dataset

from fangtian.cli import run
from fangtian.formats.dataset import DataField, DataLayer, Dataset
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
        {"name": "地类图斑", "kind": "polygon", "features": 2, "fields": 3, "file": "现状.txt"}
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
