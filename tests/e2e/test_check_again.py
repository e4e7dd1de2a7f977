"""再查一次：第二次检查换掉第一次写的，别人放进报告文件夹的东西一样不动。"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from fangtian.cli import run
from fangtian.deliver.inspection import copies

EAST, NORTH = 35_500_000.0, 3_900_000.0
Check = Callable[..., dict[str, object]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def called(*arguments: object) -> dict[str, object]:
        capsys.readouterr()
        run(["check", *map(str, arguments), "--date", "2026-03-01", "--json"])
        answer: dict[str, object] = json.loads(capsys.readouterr().out)
        return answer

    return called


def write(path: Path, faulty: bool = True) -> Path:
    """Two parcels, the second one twice with the same words where faulty; no other fault."""
    boxes = [shapely.box(EAST + x, NORTH, EAST + x + 50, NORTH + 50) for x in (0, 50, 50)[: 2 + faulty]]
    names = np.array(["1", "2", "2"][: len(boxes)], dtype=object)
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(boxes)), [names], np.array(["编号"]),
        driver="GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile",
        geometry_type="Polygon", crs="EPSG:4523", encoding="UTF-8", layer=path.stem,
    )  # fmt: skip
    return path


def copied(folder: Path) -> list[str]:
    """Files below the folder of copies, without the list."""
    names = sorted(
        path.relative_to(folder / copies.COPIES).as_posix() for path in folder.rglob("修补后/**/*")
    )
    return [name for name in names if name != copies.COPIES_LIST]


def codes(answer: dict[str, object]) -> list[str]:
    findings = answer["findings"]
    assert isinstance(findings, list)
    return [item["code"] for item in findings]


def test_copies_of_the_run_before_are_replaced_and_other_files_stay(tmp_path: Path, check: Check) -> None:
    inbox, out = tmp_path / "来件", tmp_path / "报告"
    inbox.mkdir()
    for name in ("甲.gpkg", "乙.shp"):
        write(inbox / name)
    check(inbox, "--fix", "--out", out)
    first = copied(out)
    assert {"甲.gpkg", "乙.shp", "乙.dbf"} <= {*first}
    (out / "修补后/批注.docx").write_bytes(b"words")
    for part in inbox.glob("乙.*"):
        part.unlink()
    write(inbox / "丙.gpkg")
    answer = check(inbox, "--fix", "--out", out)
    assert copied(out) == sorted(["甲.gpkg", "丙.gpkg", "批注.docx"])
    assert (out / "修补后/批注.docx").read_bytes() == b"words"
    assert "CNV-copy-exists" not in codes(answer)
    check(write(tmp_path / "好.gpkg", faulty=False), "--fix", "--out", out)
    assert copied(out) == ["批注.docx"]


def test_a_file_that_people_put_among_the_copies_is_never_overwritten(tmp_path: Path, check: Check) -> None:
    out = tmp_path / "报告"
    (out / "修补后").mkdir(parents=True)
    theirs = out / "修补后/甲.gpkg"
    theirs.write_bytes(b"mine")
    for _ in range(2):
        answer = check(write(tmp_path / "甲.gpkg"), "--fix", "--out", out)
        assert "CNV-copy-exists" in codes(answer) and answer["ok"] is False
        assert theirs.read_bytes() == b"mine"


def test_a_check_without_fix_leaves_the_copies_alone(tmp_path: Path, check: Check) -> None:
    source, out = write(tmp_path / "甲.gpkg"), tmp_path / "报告"
    check(source, "--fix", "--out", out)
    check(source, "--out", out)
    assert copied(out) == ["甲.gpkg"] and (out / "修改记录.csv").is_file()


def test_a_copy_that_is_checked_itself_is_not_swept_away(tmp_path: Path, check: Check) -> None:
    out = tmp_path / "报告"
    check(write(tmp_path / "甲.shp"), "--fix", "--out", out)
    before = copied(out)
    check(out / "修补后/甲.shp", "--fix", "--out", out)
    assert copied(out) == before


def test_a_list_that_came_with_the_data_names_nothing_outside_its_folder(tmp_path: Path) -> None:
    root = tmp_path / "报告/修补后"
    (root / "文件夹").mkdir(parents=True)
    for path in (tmp_path / "外面.txt", tmp_path / "报告/检查报告.html", root / "里面.txt"):
        path.write_text("x")
    (root / "连接").symlink_to(tmp_path / "外面.txt")
    listed = [
        "../检查报告.html",
        "../../外面.txt",
        str(tmp_path / "外面.txt"),
        "连接",
        "文件夹",
        ".",
        "",
        None,
        "a\0b",
    ]
    (root / copies.COPIES_LIST).write_text(json.dumps([*listed, "里面.txt"]), encoding="utf-8")
    copies.clear_copies(tmp_path / "报告", [])
    assert (tmp_path / "外面.txt").is_file() and (tmp_path / "报告/检查报告.html").is_file()
    assert copied(tmp_path / "报告") == ["文件夹", "连接"]
    for nonsense in ("{}", "1", "[", '{"a": "里面.txt"}'):
        (root / copies.COPIES_LIST).write_text(nonsense, encoding="utf-8")
        copies.clear_copies(tmp_path / "报告", [])


def test_the_page_speaks_of_a_layer_of_places_only_where_there_is_one(tmp_path: Path, check: Check) -> None:
    for faulty in (True, False):
        out = tmp_path / f"报告{faulty}"
        check(write(tmp_path / f"甲{faulty}.gpkg", faulty), "--out", out)
        page = (out / "检查报告.html").read_text(encoding="utf-8")
        assert ("findings.gpkg" in page) == (out / "findings.gpkg").is_file() == faulty
        assert not list(out.glob(".*"))
