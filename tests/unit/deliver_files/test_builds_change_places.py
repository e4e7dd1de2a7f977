"""A build is there whole or not at all: errors, kills, crashes, foreign folders, two at a time."""

from __future__ import annotations

import pickle
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fangtian.assess import Dossier
from fangtian.deliver.package import build, recover
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


def test_a_file_that_was_changed_by_hand_is_not_carried_over(dossier: Dossier, tmp_path: Path) -> None:
    target = tmp_path / "build"
    build(dossier, target, ["report", "tables"])
    with (target / "检查报告.html").open("a") as page:
        page.write("<!-- by hand -->")
    build(dossier, target, ["tables"])
    assert set(contents(target)) == {"facts.json", "findings.json", "附表.xlsx", "manifest.json"}


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
    with pytest.raises(InputError, match=r"“pictures”.*tables、maps、document.*report"):
        build(dossier, tmp_path / "build", ["pictures"])
