"""fangtian diff：终端、Word、附图和 JSON 说的是同一回事；数字都来自事实。"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import docx
import pytest
from tiny_plan import Draft, cell, tiny_plan

from fangtian.cli import run

TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("diff")

    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[0] = cell(0, 210, 140, 280)
        draft.toml = draft.toml.replace("[2026, 2028]", "[2026, 2029]")

    plans = (tiny_plan(folder / "批准"), tiny_plan(folder / "调整", change))
    assert run(["diff", *map(str, plans), "--date", "2026-03-01"]) in (0, 1)
    return (*plans, plans[1] / "方案调整")


@pytest.mark.requirement("M-053")
def test_the_annex_prints_facts_and_the_route(compared: tuple[Path, Path, Path]) -> None:
    facts = json.loads((compared[2] / "调整事实.json").read_text(encoding="utf-8"))
    shown = {fact["address"]: fact["shown"] for fact in facts["facts"]}
    document = docx.Document(str(compared[2] / "方案调整说明.docx"))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "本次调整适用《甘肃省全域土地综合整治工作管理办法》第二十条第3项" in words
    rows = [row for table in document.tables for row in table.rows]
    # Facts stand in content controls, which python-docx passes over.
    cells = [["".join(node.text for node in cell._tc.iter(TEXT)) for cell in row.cells] for row in rows]
    (plot,) = [row for row in cells if "P01" in row]
    numbers = [
        shown[f"change_group_area[1]@project.{phase}"] for phase in ("approved", "revised", "revision")
    ]
    assert plot[1:7] == ["范围调整", "P01", "P01", *numbers]
    (end,) = [row for row in cells if row[0].startswith("实施期止")]
    assert end[1:] == ["2028", "2029", "1"]


def test_the_map_is_drawn_with_what_changed(compared: tuple[Path, Path, Path]) -> None:
    assert (compared[2] / "方案调整对照图.pdf").read_bytes().startswith(b"%PDF")
    with zipfile.ZipFile(compared[2] / "方案调整说明.docx") as archive:
        assert any(name.startswith("word/media/") for name in archive.namelist())


def test_the_document_says_the_same_to_programs(
    compared: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, _ = compared
    run(["diff", str(old), str(new), "--json", "--date", "2026-03-01", "--out", str(tmp_path)])
    said = json.loads(capsys.readouterr().out)
    assert said["routes"] == ["gansu-measures-2025/20.3-route"]
    assert [(plot["fate"], plot["old"], plot["new"]) for plot in said["plots"]] == [
        ("范围调整", ["P01"], ["P01"])
    ]
    assert {Path(name).name for name in said["files"]} >= {"方案调整说明.docx", "方案调整对照图.png"}


def test_a_plan_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", str(tmp_path / "没有"), str(tmp_path / "也没有")]) == 2
    assert "Traceback" not in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
