"""Chapter files on the disk: names, encodings, and that every input is noticed when it changes."""

import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from tiny_plan import tiny_plan

from fangtian.assess import assess
from fangtian.deliver.package import build
from fangtian.deliver.verify import verify
from fangtian.errors import InputError
from fangtian.plan.folder import open_plan
from fangtian.plan.narrative import narrative_inputs, picture_path, read_narratives
from fangtian.plan.survey import digests, read_survey

OUTLINE = "outline-2021"


def write(root: Path, name: str, content: bytes | str = "文字\n") -> Path:
    path = root / "narrative" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def codes(root: Path) -> list[tuple[str, str]]:
    return [(item.code, item.place.file) for item in read_narratives(root, OUTLINE)[1]]


def test_chapters_are_read_in_order_with_plain_lines(tmp_path: Path) -> None:
    write(tmp_path, "08-其他.md", "八\r\n末\r")
    write(tmp_path, "00-摘要.md", "\ufeff摘\n要🍎")
    write(tmp_path, "03.MD")
    write(tmp_path, "README.md")
    write(tmp_path, "~$00-摘要.docx")
    write(tmp_path, "pictures/a.png")
    found, findings = read_narratives(tmp_path, OUTLINE)
    assert [(item.part, item.file, item.text) for item in found] == [
        (0, "narrative/00-摘要.md", "摘\n要🍎"),
        (3, "narrative/03.MD", "文字\n"),
        (8, "narrative/08-其他.md", "八\n末\n"),
    ]
    assert findings == []


def test_special_chapters_have_files_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, "专章-拆迁汇总表.md", "拆")
    write(tmp_path, "专章—土地权属调整方案.md", "权")
    write(tmp_path, "专章 - 拆迁汇总表.MD", "又")
    write(tmp_path, "02-工作基础.md", "二")
    found, findings = read_narratives(tmp_path, OUTLINE)
    assert {(item.part, item.text) for item in found} >= {(2, "二"), ("土地权属调整方案", "权")}
    assert [item.code for item in findings] == ["NAR-chapter-twice"]
    assert "专章“拆迁汇总表”有几个文件" in findings[0].message
    assert len(narrative_inputs(tmp_path)) == 4


def test_no_folder_is_no_words(tmp_path: Path) -> None:
    assert read_narratives(tmp_path, OUTLINE) == ((), [])
    assert narrative_inputs(tmp_path) == []


@pytest.mark.parametrize("name", ["基本情况.md", "1-基本情况.md", "09-附录.md", "123.md", "一、基本情况.md"])
def test_a_name_without_its_chapter_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert codes(tmp_path) == [("NAR-file-name", f"narrative/{name}")]


def test_other_files_are_remarked_on(tmp_path: Path) -> None:
    write(tmp_path, "01-基本情况.docx")
    assert codes(tmp_path) == [("NAR-file-other", "narrative/01-基本情况.docx")]
    assert read_narratives(tmp_path, OUTLINE)[1][0].severity.value == "warning"


def test_two_files_of_one_chapter_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "01-旧.md")
    write(tmp_path, "01-新.md")
    (item,) = read_narratives(tmp_path, OUTLINE)[1]
    assert item.code == "NAR-chapter-twice"
    assert "01-新.md、01-旧.md" in item.message


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("耕地面积".encode("gb18030"), "GBK"),
        ("耕地面积".encode("utf-16"), "UTF-16"),
        (b"\xff\x00\x81\xff\xff", "编码"),
    ],
)
def test_another_encoding_is_refused_and_named(tmp_path: Path, content: bytes, named: str) -> None:
    write(tmp_path, "01-基本情况.md", content)
    (item,) = read_narratives(tmp_path, OUTLINE)[1]
    assert (item.code, item.severity.value) == ("NAR-encoding", "error")
    assert "01-基本情况.md" in item.message
    assert named in item.message


def test_control_characters_are_taken_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, "01.md", "甲\x00乙\n丙\n\x1b[31m丁\x0c\t戊\ufffe")
    (narrative,), findings = read_narratives(tmp_path, OUTLINE)
    assert narrative.text == "甲乙\n丙\n[31m丁\t戊"
    assert [(item.code, item.place.field) for item in findings] == [
        ("NAR-control-character", "第1行"),
        ("NAR-control-character", "第3行"),
    ]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, "01.md", b"x" * (20 * 1024 * 1024 + 1))
    assert codes(tmp_path) == [("NAR-unreadable", "narrative/01.md")]


def test_pictures_are_found_within_the_plan_folder_only(tmp_path: Path) -> None:
    root = tmp_path / "plan"
    inside = write(root, "pictures/图 1.png")
    (root / "data").mkdir()
    (root / "data/b.png").write_bytes(b"b")
    (tmp_path / "c.png").write_bytes(b"c")
    (root / "narrative/link.png").symlink_to(tmp_path / "c.png")
    assert picture_path(root, "pictures/%E5%9B%BE%201.png") == (inside, "")
    assert picture_path(root, "pictures\\图 1.png") == (inside, "")
    for name in ("../data/b.png", "data/b.png"):
        assert picture_path(root, name) == (root / "data/b.png", "")
    for name in ("../../c.png", str(tmp_path / "c.png"), "link.png/../../../c.png", "http://x/c.png"):
        assert picture_path(root, name)[0] is None, name
    assert picture_path(root, "link.png")[0] is None
    assert picture_path(root, "d.png") == (None, "NAR-picture-missing")
    assert picture_path(root, "x" * 5000) == (None, "NAR-picture-missing")
    assert picture_path(root, "a\0b") == (None, "NAR-picture-missing")


def test_chapters_and_the_pictures_they_show_are_inputs(tmp_path: Path) -> None:
    root = tiny_plan(tmp_path / "plan")
    text = "![甲](pictures/a.png)\n![乙](<pictures/b c.png>){#b}\n![丙][p]\n![丁](none.png)\n"
    text += '![图[1]](a(1).png "二\n题")\n'
    write(root, "01-基本情况.md", f"{text}\n[p]: ../data/p.png\n")
    write(root, "notes.txt")
    for name in ("pictures/a.png", "pictures/b c.png", "pictures/unused.png", "../data/p.png", "a(1).png"):
        write(root, name, name)
    named = {
        name for name in digests(open_plan(root)) if name.startswith("narrative") or name.endswith("png")
    }
    assert named == {
        "narrative/01-基本情况.md",
        "narrative/a(1).png",
        "narrative/pictures/a.png",
        "narrative/pictures/b c.png",
        "data/p.png",
    }
    survey = read_survey(open_plan(root))
    assert [item.part for item in survey.narratives] == [1]
    assert "NAR-file-other" in {item.code for item in survey.findings}


def test_verify_notices_a_changed_chapter_and_a_lost_picture(tmp_path: Path) -> None:
    root = tiny_plan(tmp_path / "plan")
    chapter = write(root, "07-组织实施.md", "![图](pictures/a.png)")
    shown = write(root, "pictures/a.png", "png")
    dossier = assess(open_plan(root), date(2026, 3, 1))
    build(dossier, only=["tables"])
    assert not verify(root).findings
    chapter.write_text("改过", encoding="utf-8")
    shown.unlink()
    found = {item.place.file for item in verify(root).findings if item.code == "DEL-inputs-changed"}
    assert found == {"narrative/07-组织实施.md", "narrative/pictures/a.png"}


def test_a_bad_chapter_stops_the_plan_beside_what_else_is_wrong(tmp_path: Path) -> None:
    root = tiny_plan(tmp_path / "plan")
    write(root, "01.md", "耕地".encode("gb18030"))
    shutil.copy(root / "narrative/01.md", root / "narrative/12.md")
    with pytest.raises(InputError) as caught:
        read_survey(open_plan(root))
    assert {item.code for item in caught.value.findings} >= {"NAR-encoding", "NAR-file-name"}


def test_a_megabyte_of_half_pictures_is_read_in_seconds(tmp_path: Path) -> None:
    write(tmp_path, "01.md", "![a" * 300_000)
    start = time.perf_counter()
    assert len(narrative_inputs(tmp_path)) == 1
    assert time.perf_counter() - start < 20
