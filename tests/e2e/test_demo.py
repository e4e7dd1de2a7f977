"""The main job as a user runs it: demo, verify, change a digit, verify again; misuse in words."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from busy_plan import busy
from tiny_plan import tiny_plan

from fangtian.deliver.maps import TITLES
from fangtian.facts.switches import SPECIAL_CHAPTERS

FANGTIAN = [sys.executable, "-m", "fangtian"]
DAY = "2026-03-01"
VERDICTS = {"符合", "不符合", "须说明理由", "需人工判定", "依据不足", "不适用"}


def run(*arguments: object, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    command, env = [*FANGTIAN, *map(str, arguments)], {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home") / "demo"
    said = run("demo", root, "--date", DAY, PYTHONHASHSEED="1", TZ="UTC+1").stdout
    assert "判定结果" in said
    assert "附表.xlsx" in said
    return root


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo, tmp_path / "demo"))


def test_every_verdict_appears(demo: Path) -> None:
    found = json.loads((demo / "build/findings.json").read_text(encoding="utf-8"))
    assert {item["verdict"] for item in found["judgements"]} == VERDICTS


def test_the_deliverables_are_all_there(demo: Path) -> None:
    build = demo / "build"
    names = {path.relative_to(build).as_posix() for path in build.rglob("*") if path.is_file()}
    assert {
        *"附表.xlsx 数据库/方案数据库.gpkg 检查报告.html findings.gpkg 实施方案.docx 备案包.zip".split()
    } <= names
    assert {f"{name}.json" for name in ("facts", "findings", "manifest")} <= names
    assert {f"附图/{title}.{kind}" for title in TITLES for kind in ("pdf", "png", "json")} <= names
    assert {f"专章/{name}.docx" for name in SPECIAL_CHAPTERS} <= names
    assert {f"坐标/{name}.txt" for name in ("整治区域", "试点区域", "整治地块")} <= names
    assert any(name.startswith("数据库/方案数据库.gdb/") for name in names)


def test_finished_files_agree(demo: Path) -> None:
    assert "Verified" in run("verify", demo, "--lang", "en").stdout
    assert json.loads(run("verify", demo, "--json").stdout)["ok"] is True


def test_table_two_adds_up_as_printed(demo: Path) -> None:
    """Read from the finished workbook: level 2 into 小计, 小计 into 合计, after − before = change."""
    book = openpyxl.load_workbook(demo / "build/附表.xlsx", data_only=True)
    sheets = [name for name in book.sheetnames if name.startswith("附表2")]
    assert len(sheets) == 2
    for name in sheets:
        rows = [row for row in book[name].iter_rows(values_only=True) if isinstance(row[4], int | float)]
        areas = [[round(float(row[column]) * 10_000) for column in (4, 6, 8)] for row in rows]
        for before, after, change in areas:
            assert after - before == change
        labels = ["".join(str(cell) for cell in row[:4] if cell) for row in rows]
        subtotals = [area for label, area in zip(labels, areas, strict=True) if "小计" in label]
        plain = ["小计" not in label and "合计" not in label for label in labels]
        details = [area for area, is_plain in zip(areas, plain, strict=True) if is_plain]
        total = next(area for label, area in zip(labels, areas, strict=True) if "合计" in label)
        assert len(subtotals) >= 8
        for column in range(3):
            assert sum(a[column] for a in subtotals) == sum(a[column] for a in details) == total[column]
        assert total[2] == 0


def test_changes_of_a_cell_a_row_and_a_digit_are_each_named(copy: Path) -> None:
    sheet, cell = change_a_cell(copy / "build/附表.xlsx")
    change_a_row(copy / "build/数据库/方案数据库.gpkg")
    change_a_digit(copy / "build/检查报告.html")
    said = run("verify", copy, code=1).stdout
    assert cell in said and sheet in said and "附表.xlsx" in said
    assert "方案数据库.gpkg" in said and "指标" in said
    assert "检查报告.html" in said


def change_a_cell(path: Path) -> tuple[str, str]:
    """Name of the sheet and of the cell of table 2 whose area is 1 m² larger now."""
    book = openpyxl.load_workbook(path)
    sheet = next(book[name] for name in book.sheetnames if name.startswith("附表2"))
    cell = next(c for row in sheet.iter_rows() for c in row if isinstance(c.value, float) and c.value > 100)
    cell.value = round(cell.value + 0.0001, 4)
    book.save(path)
    return sheet.title, cell.coordinate


def change_a_row(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        columns = [row[1] for row in database.execute('PRAGMA table_info("指标")')]
        shown = next(column for column in columns if "显示" in column)
        database.execute(f'UPDATE "指标" SET "{shown}" = "{shown}" || \'1\' WHERE fid = 10')


def change_a_digit(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.search(r'data-fact="([^"]+)"[^>]*>([^<]*\d)<', text)
    assert found is not None
    digit = str((int(found[2][-1]) + 1) % 10)
    path.write_text(text[: found.end(2) - 1] + digit + text[found.end(2) :], encoding="utf-8")


@pytest.mark.skipif(not os.environ.get("FANGTIAN_HEAVY"), reason="make heavy")
def test_the_sample_gives_the_same_bytes_anywhere(demo: Path, tmp_path: Path) -> None:
    copy = tmp_path / "somewhere_else"
    shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("build"))
    # The sample breaks one norm on purpose.
    run("build", copy, "--date", DAY, code=1, PYTHONHASHSEED="2", TZ="UTC-8")
    same(files(demo / "build"), files(copy / "build"))


def test_the_same_plan_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    """In a folder of another name, with another hash seed, in another time zone."""
    plan = tiny_plan(tmp_path / "plan", change=busy)
    copy = Path(shutil.copytree(plan, tmp_path / "somewhere_else"))
    built = []
    for folder, seed, zone in ((plan, "1", "UTC+1"), (copy, "2", "UTC-8")):
        command = [*FANGTIAN, "build", str(folder), "--date", DAY, "--paper", "A4"]
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        )
        assert done.returncode in (0, 1), done.stderr
        built.append(files(folder / "build"))
    same(*built)


def same(before: dict[str, bytes], again: dict[str, bytes]) -> None:
    assert set(again) == set(before)
    assert [name for name in before if again[name] != before[name]] == []
    assert [name for name in again if b"somewhere_else" in again[name]] == []


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_file_of_ones_own_in_build_is_never_swept_away(copy: Path) -> None:
    mine = copy / "build/局长意见.docx"
    mine.write_bytes(b"mine")
    assert "局长意见.docx" in run("build", copy, "--date", DAY, code=2).stdout
    assert mine.read_bytes() == b"mine"


def test_inputs_changed_since_the_build_are_noticed(copy: Path) -> None:
    table = copy / "data/funds.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    said = run("verify", copy).stdout
    assert "funds.csv" in said
    assert "核验通过" in said


def test_a_demo_never_overwrites_somebody_elses_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert "没有改动" in run("demo", tmp_path, code=2).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["vefiry", "x"], "verify"),
        (["build", "x", "--jsno"], "--json"),
        (["build"], "缺少参数"),
        (["build", "nowhere"], "nowhere"),
        (["build", "nowhere", "--date", "3月1日"], "2026-03-01"),
        (["area", "nowhere.shp"], "nowhere.shp"),
        (["norms", "--pack", "nothing"], "nothing"),
        (["verify", "nowhere"], "fangtian build"),
    ],
)
def test_misuse_gets_one_sentence_and_exit_code_two(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = subprocess.run([*FANGTIAN, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_refused_input_is_json_too(tmp_path: Path) -> None:
    answer = json.loads(run("check", tmp_path / "nowhere", "--json", code=2).stdout)
    assert answer["ok"] is False
    assert answer["findings"][0]["code"] == "PLN-folder-missing"
    answer = json.loads(run("norms", "--pack", "nothing", "--json", code=2).stdout)
    assert answer["ok"] is False
    assert "nothing" in answer["message"]


def test_areas_of_a_file_as_json(demo: Path) -> None:
    answer = json.loads(run("area", demo / "data/base.gpkg", "--layer", "DLTB", "--json").stdout)
    assert answer["command"] == "area"
    assert re.fullmatch(r"\d+\.\d\d", answer["total_m2"])
    total = sum(round(float(item["area_m2"]) * 100) for item in answer["features"])
    assert total == round(float(answer["total_m2"]) * 100)


def test_a_started_folder_explains_itself(tmp_path: Path) -> None:
    run("init", tmp_path / "plan")
    assert "data" in run("check", tmp_path / "plan", code=2).stdout
