"""A build is there whole or not at all: errors, kills, crashes, foreign folders, two at a time."""

from __future__ import annotations

import json
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Word

from fangtian.assess import Dossier
from fangtian.deliver.package import Built, build, recover
from fangtian.deliver.verify import verify
from fangtian.errors import InputError

SLOW = """
import pickle, sys, time
from pathlib import Path
from fangtian.deliver.package import build

def progress(message):
    if "检查报告" in message:
        print("waiting", flush=True)
        time.sleep(60)

build(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]), ["tables", "report"], progress)
"""


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def leftovers(target: Path) -> list[str]:
    return [path.name for path in target.parent.glob(f".{target.name}-*") if not path.name.endswith("-lock")]


def test_a_finished_build_agrees_with_itself(finished: Path) -> None:
    outcome = verify(finished)
    assert outcome.findings == ()
    assert outcome.facts > 300
    assert outcome.files == sum(path.is_file() for path in finished.rglob("*"))
    assert re.fullmatch(r"[0-9a-f]{64}", outcome.seal)


def test_a_second_build_takes_the_place_of_the_first_and_leaves_nothing_behind(
    dossier: Dossier, tmp_path: Path
) -> None:
    target = tmp_path / "build"
    first = build(dossier, target, ["report"]).paths
    assert {path.name for path in first} == {"facts.json", "findings.json", "检查报告.html", "manifest.json"}
    assert all(path.is_file() for path in first)
    later = replace(dossier, receipt=replace(dossier.receipt, on=date(2026, 9, 1)))
    build(later, target, ["tables"])
    assert set(contents(target)) == {"facts.json", "findings.json", "附表.xlsx", "manifest.json"}
    assert leftovers(target) == []
    assert verify(target).findings == ()


def test_part_of_a_build_is_renewed_and_the_rest_kept_while_facts_and_inputs_are_the_same(
    dossier: Dossier, tmp_path: Path
) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["report", "tables"])
    before = contents(target)
    build(dossier, target, ["tables"])
    assert contents(target) == before
    assert verify(target).findings == ()


def codes(made: Built) -> list[str]:
    return [item.code for item in made.findings if item.code.startswith("DEL-")]


def manifest(target: Path) -> dict[str, Any]:
    return dict(json.loads((target / "manifest.json").read_text(encoding="utf-8")))


def edited(path: Path, by: bytes = b"<!-- by hand -->") -> bytes:
    path.write_bytes(path.read_bytes() + by)
    return path.read_bytes()


def test_a_file_changed_by_hand_stays_where_the_build_does_not_write_it(
    dossier: Dossier, copied: Path
) -> None:
    """A planner goes on in Word and renews the tables alone: the text is left, told, and packed as it is."""
    text = Word(copied / "实施方案.docx")
    text.add_paragraph("补充的一段。")
    text.save(copied / "实施方案.docx")
    before = contents(copied)
    made = build(dossier, copied, ["tables"])
    after = contents(copied)
    assert codes(made) == ["DEL-edited-left"]
    assert {name for name in after if after[name] != before[name]} == {"备案包.zip", "manifest.json"}
    assert manifest(copied)["complete"] is True
    with zipfile.ZipFile(copied / "备案包.zip") as package:
        assert package.read("01_文本/实施方案.docx") == before["实施方案.docx"]
    assert {item.place.file for item in verify(copied).findings} == {"实施方案.docx", "备案包.zip"}
    assert not copied.with_name("build-手工修改").exists()


def test_a_file_changed_by_hand_is_set_aside_where_it_is_written_anew(
    dossier: Dossier, tmp_path: Path
) -> None:
    target, shelf = tmp_path / "build", tmp_path / "build-手工修改"
    build(dossier, target, ["tables"])
    before = contents(target)
    first = edited(target / "附表.xlsx", b"1")
    assert codes(build(dossier, target, ["tables"])) == ["DEL-edited-aside"]
    second = edited(target / "附表.xlsx", b"2")
    made = build(dossier, target, ["tables"])
    assert "build-手工修改/附表（2）.xlsx" in made.findings[-1].message
    assert contents(shelf) == {"附表.xlsx": first, "附表（2）.xlsx": second}
    assert contents(target) == before
    assert codes(build(dossier, target, ["tables"])) == []


def test_a_file_changed_by_hand_is_set_aside_where_the_facts_have_changed(
    dossier: Dossier, tmp_path: Path
) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["report", "tables"])
    page = edited(target / "检查报告.html")
    later = replace(dossier, receipt=replace(dossier.receipt, on=date(2026, 9, 1)))
    assert codes(build(later, target, ["tables"])) == ["DEL-edited-aside"]
    assert contents(tmp_path / "build-手工修改") == {"检查报告.html": page}
    assert set(contents(target)) == {"facts.json", "findings.json", "附表.xlsx", "manifest.json"}


def test_a_geodatabase_is_set_aside_whole_and_a_geopackage_that_was_only_looked_at_is_not(
    dossier: Dossier, tmp_path: Path
) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["database"])
    with closing(sqlite3.connect(target / "数据库/方案数据库.gpkg")) as database:  # as QGIS does on opening
        database.execute("PRAGMA journal_mode = WAL").fetchall()
        database.execute("PRAGMA journal_mode = DELETE").fetchall()
    ours = target / "数据库/方案数据库.gdb"
    edited(ours / "a00000001.gdbtable")
    (ours / "a000000ff.atx").write_bytes(b"an index")
    (ours / "_gdb.HOST.1.2.sr.lock").write_bytes(b"")
    before = {name: content for name, content in contents(ours).items() if not name.endswith(".lock")}
    made = build(dossier, target, ["database"])
    assert [item.place.file for item in made.findings if item.code.startswith("DEL-")] == [
        "数据库/方案数据库.gdb"
    ]
    kept = contents(tmp_path / "build-手工修改/数据库/方案数据库.gdb")
    assert {name: kept[name] for name in before} == before
    assert verify(target).findings == ()


def test_a_geodatabase_of_somebody_else_is_not_swept_away(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["tables"])
    (target / "数据库/我的成果.gdb").mkdir(parents=True)
    (target / "数据库/我的成果.gdb/a00000001.gdbtable").write_bytes(b"years of work")
    with pytest.raises(InputError, match="我的成果"):
        build(dossier, target)


def test_what_programs_leave_beside_an_open_file_disturbs_neither_build_nor_check(
    dossier: Dossier, tmp_path: Path
) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["tables", "database"])
    passing = (
        "~$施方案.docx",
        ".DS_Store",
        "Thumbs.db",
        "数据库/方案数据库.gpkg-wal",
        "数据库/方案数据库.gdb/x.rd.lock",
    )
    for name in passing:
        (target / name).write_bytes(b"")
    assert verify(target).findings == ()
    assert codes(build(dossier, target, ["tables"])) == []


def test_a_package_is_renewed_with_any_other_part(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["coordinates", "submission"])
    assert verify(target).findings == ()
    build(dossier, target, ["tables"])
    with zipfile.ZipFile(target / "备案包.zip") as package:
        assert "02_附表/附表.xlsx" in package.namelist()
    assert verify(target).findings == ()
    assert manifest(target)["complete"] is False


def test_a_package_alone_says_what_it_lacks(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    made = build(dossier, target, ["submission"])
    assert "PKG-not-built" in {item.code for item in made.findings}
    assert "PKG-not-built" in (target / "findings.json").read_text(encoding="utf-8")
    assert verify(target).findings == ()


def test_a_build_without_a_file_it_had_is_no_longer_complete(dossier: Dossier, copied: Path) -> None:
    (copied / "实施方案.docx").unlink()
    build(dossier, copied, ["tables"])
    assert manifest(copied)["complete"] is False
    assert "PKG-not-built" in (copied / "findings.json").read_text(encoding="utf-8")
    assert verify(copied).findings == ()


def test_all_is_drawn_for_one_paper(dossier: Dossier, copied: Path) -> None:
    before = contents(copied)
    build(dossier, copied, ["maps"], paper="A4")
    after = contents(copied)
    assert before.keys() == after.keys()
    assert manifest(copied)["paper"] == "A4"
    assert after["实施方案.docx"] != before["实施方案.docx"]
    assert verify(copied).findings == ()
    build(dossier, copied, ["tables"])  # says nothing about the paper, so it stays
    assert contents(copied) == after


def test_a_file_held_open_is_named_before_any_work_is_done(
    dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows refuses it."""
    target, rename, steps = tmp_path / "build", Path.rename, list[str]()
    build(dossier, target, ["tables"], steps.append)
    assert steps.pop() == "写清单"
    steps.clear()

    def denied(path: Path, to: Path) -> Path:
        if path.suffix == ".xlsx":
            raise PermissionError(13, "另一个程序正在使用此文件，进程无法访问。", str(path))
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", denied)
    with pytest.raises(InputError, match=r"“build”：附表\.xlsx：另一个程序.*无法访问。原有成果"):
        build(dossier, target, ["tables"], steps.append)
    assert steps == []
    assert leftovers(target) == []


def test_a_build_that_fails_midway_leaves_the_previous_one_whole(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["tables"])
    before = contents(target)

    def progress(message: str) -> None:
        if "附表" in message:
            raise RuntimeError("printer on fire")

    with pytest.raises(RuntimeError, match="on fire"):
        build(dossier, target, ["tables", "report"], progress)
    assert contents(target) == before
    assert leftovers(target) == []


def test_a_killed_build_leaves_the_previous_one_whole_and_the_next_one_works(
    dossier: Dossier, tmp_path: Path
) -> None:
    target, box = tmp_path / "build", tmp_path / "dossier.pickle"
    build(dossier, target, ["tables"])
    before = contents(target)
    box.write_bytes(pickle.dumps(dossier))
    command = [sys.executable, "-c", SLOW, str(box), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline().strip() == "waiting"
        assert leftovers(target) == [".build-new"]
        running.send_signal(signal.SIGKILL)
    assert contents(target) == before
    assert verify(target).findings == ()
    recover(tmp_path)
    assert leftovers(target) == []
    build(dossier, target, ["report"])
    assert verify(target).findings == ()


@pytest.mark.parametrize("reader", ["recover", "verify", "build"])
def test_a_crash_between_the_two_renames_is_mended_at_the_next_opening(
    dossier: Dossier, tmp_path: Path, reader: str
) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["tables"])
    before = contents(target)
    target.rename(tmp_path / ".build-previous")
    (tmp_path / ".build-new").mkdir()
    if reader == "recover":
        recover(tmp_path)
        assert contents(target) == before
    elif reader == "verify":
        assert verify(tmp_path).findings == ()
        assert contents(target) == before
    else:
        build(dossier, target, ["tables"])
    assert leftovers(target) == []


def test_after_a_crash_behind_the_second_rename_the_new_build_stays(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["tables"])
    (tmp_path / ".build-previous").mkdir()
    recover(tmp_path)
    assert verify(tmp_path).findings == ()
    assert leftovers(target) == []


def test_a_folder_with_other_things_in_it_is_never_replaced(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "documents"
    target.mkdir()
    (target / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(InputError, match=r"thesis\.docx"):
        build(dossier, target)
    assert contents(target) == {"thesis.docx": b"years of work"}


def test_an_empty_folder_is_taken(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    target.mkdir()
    build(dossier, target, ["tables"])
    assert verify(target).findings == ()


def test_a_place_that_cannot_be_written_is_one_sentence(dossier: Dossier, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="成果无法写入“build”"):
        build(dossier, tmp_path / "file" / "build")


def test_two_builds_at_a_time_are_refused(dossier: Dossier, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / ".build-lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InputError, match="另一个程序正在"):
            build(dossier, tmp_path / "build")


def test_an_unknown_part_is_named_with_those_that_exist(dossier: Dossier, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"“pictures”.*tables.*document.*maps.*report"):
        build(dossier, tmp_path / "build", ["pictures"])
