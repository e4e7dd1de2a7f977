"""Drafts as a user asks for them: written once, never over his own words, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_plan import tiny_plan

FANGTIAN = [sys.executable, "-m", "fangtian"]
DAY = ("--date", "2026-03-01")


def run(*arguments: object, code: int = 0) -> str:
    done = subprocess.run([*FANGTIAN, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tiny_plan(tmp_path / "方案")


def test_missing_chapters_are_drafted_and_the_planners_are_kept(plan: Path) -> None:
    mine = plan / "narrative/07-组织实施.md"
    mine.parent.mkdir()
    mine.write_text("# 七、组织实施\n\n我们自己写的。\n", encoding="utf-8")
    said = run("draft", plan, *DAY)
    assert "已写出 narrative/01-基本情况.md" in said
    assert "已有，未动：narrative/07-组织实施.md" in said
    assert "已写出 narrative/专章-拆迁汇总表.md" in said
    assert "写出 9 个草稿文件" in said
    assert mine.read_text(encoding="utf-8") == "# 七、组织实施\n\n我们自己写的。\n"
    text = (plan / "narrative/01-基本情况.md").read_text(encoding="utf-8")
    assert "## （一）试点背景\n" in text
    assert "{{ " in text
    assert "<!-- 大纲要求：" in text
    before = {path: path.read_bytes() for path in (plan / "narrative").iterdir()}
    assert "0 drafts written" in run("draft", plan, *DAY, "--lang", "en")
    assert {path: path.read_bytes() for path in (plan / "narrative").iterdir()} == before


def test_the_document_names_what_was_written(plan: Path) -> None:
    told = json.loads(run("draft", plan, *DAY, "--json"))
    assert (told["ok"], told["command"], told["kept"]) == (True, "draft", [])
    assert told["written"][0] == "narrative/00-摘要.md"
    assert len(told["written"]) == 10
    assert all((plan / name).is_file() for name in told["written"])
    assert json.loads(run("check", plan, "--json"))["ok"] is True


def test_a_bad_chapter_file_is_told_and_nothing_is_written(plan: Path) -> None:
    (plan / "narrative").mkdir()
    (plan / "narrative/01-基本情况.md").write_bytes("耕地".encode("gb18030"))
    told = json.loads(run("draft", plan, *DAY, "--json", code=2))
    assert [item["code"] for item in told["findings"] if item["severity"] == "error"] == ["NAR-encoding"]
    assert len(list((plan / "narrative").iterdir())) == 1


def test_no_plan_is_one_sentence(tmp_path: Path) -> None:
    run("draft", tmp_path / "没有", code=2)
    run("draft", code=2)
    run("draft", tmp_path, "--date", "明天", code=2)
