"""The finished docx against the sealed facts: whatever is planted is named with its fact and place."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sample_document import AREA, LONG, document, sealed
from schema_order import W

from fangtian.deliver.document.finished import document_lines
from fangtian.deliver.document.word import write_word
from fangtian.deliver.verify.document import check_document, document_parts

NAME = "实施方案.docx"


@pytest.fixture(scope="module")
def holder():
    return sealed()


@pytest.fixture(scope="module")
def made(holder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("checked") / NAME
    write_word(path, document(holder))
    return path


@pytest.fixture
def planted(made, tmp_path):
    """Gives the root of a part to a function that changes it, and writes the file again."""

    def plant(change, part: str = "word/document.xml") -> Path:
        path = tmp_path / NAME
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == part:
                    root = etree.fromstring(content)
                    change(root)
                    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
                new.writestr(name, content)
        return path

    return plant


def found(path: Path, holder) -> list[tuple[str, str, str]]:
    return [(item.code, item.place.feature, item.place.field) for item in check_document(path, NAME, holder)]


def control(root, tag: str):
    tags = (item for item in root.iter(f"{W}tag") if item.get(f"{W}val") == tag)
    return next(tags).getparent().getparent()


def table(root, name: str):
    names = (item for item in root.iter(f"{W}tblCaption") if item.get(f"{W}val") == name)
    return next(names).getparent().getparent()


def text_of(root, words: str):
    return next(item for item in root.iter(f"{W}t") if words in (item.text or ""))


def other_digit(text: str) -> str:
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), text, count=1)


def test_a_fresh_file_agrees(made, holder):
    assert found(made, holder) == []


def test_a_wrong_digit_in_a_control_is_named_with_fact_and_place(planted, holder):
    def change(root):
        item = next(control(root, AREA).iter(f"{W}t"))
        item.text = other_digit(item.text)

    assert found(planted(change), holder) == [("DEL-number-differs", AREA, "摘要 第1段")]


def test_a_long_tag_still_names_its_fact(planted, holder):
    def change(root):
        tag = next(i for i in root.iter(f"{W}tag") if i.get(f"{W}val").startswith("#"))
        next(tag.getparent().getparent().iter(f"{W}t")).text = "9.9999"

    assert found(planted(change), holder) == [("DEL-number-differs", LONG, "第1章 第1段")]


def test_a_changed_unit_inside_a_form_is_named(planted, holder):
    def change(root):
        item = next(control(root, f"{AREA}|ha_mu").iter(f"{W}t"))
        item.text = item.text.replace("亩", "公顷")

    assert found(planted(change), holder) == [("DEL-number-differs", AREA, "摘要 第1段")]


def test_a_number_split_over_runs_reads_as_one(planted, holder):
    def split(root):
        item = control(root, AREA)
        run = next(item.iter(f"{W}r"))
        text = run.find(f"{W}t").text
        again = etree.fromstring(etree.tostring(run))
        run.find(f"{W}t").text, again.find(f"{W}t").text = text[:2], text[2:]
        run.addnext(again)

    assert found(planted(split), holder) == []


def test_a_number_struck_out_by_a_tracked_change_is_not_printed(planted, holder):
    def strike(root):
        run = next(control(root, AREA).iter(f"{W}r"))
        gone = etree.SubElement(run.getparent(), f"{W}del")
        gone.append(etree.fromstring(etree.tostring(run)))

    assert found(planted(strike), holder) == []


def test_an_unknown_fact_is_named(planted, holder):
    def change(root):
        next(i for i in root.iter(f"{W}tag") if i.get(f"{W}val") == AREA).set(
            f"{W}val", "other@pilot_area.before"
        )

    assert found(planted(change), holder) == [("DEL-fact-unknown", "other@pilot_area.before", "摘要 第1段")]


def test_a_wrong_digit_in_a_footnote_is_named(planted, holder):
    def change(root):
        next(control(root, f"{AREA}|mu").iter(f"{W}t")).text = "1.00"

    path = planted(change, "word/footnotes.xml")
    assert found(path, holder) == [("DEL-number-differs", AREA, "脚注1")]


def test_a_wrong_digit_in_a_note_under_a_table_is_named(planted, holder):
    def change(root):
        controls = [i for i in root.iter(f"{W}tag") if i.get(f"{W}val") == AREA]
        next(controls[-1].getparent().getparent().iter(f"{W}t")).text = "1.00"

    codes = found(planted(change), holder)
    assert codes == [("DEL-number-differs", AREA, "表1-1 注1")]


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_changed_cell_of_the_annex_is_named_with_its_place(holder, made, tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cell") / NAME
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(content)
                tables = [
                    t
                    for t in root.iter(f"{W}tbl")
                    if "附表" in t.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
                ]
                chosen = data.draw(st.sampled_from(range(len(tables))))
                cells = [item for item in tables[chosen].iter(f"{W}t") if (item.text or "").strip()]
                item = cells[data.draw(st.sampled_from(range(len(cells))))]
                item.text = other_digit(item.text) if re.search(r"\d", item.text) else item.text + "9"
                label = tables[chosen].find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(name, content)
    places = found(path, holder)
    assert places and all(place.startswith(f"{label} 第") for _, _, place in places)


@pytest.mark.parametrize(
    ("words", "where"),
    [("基本情况表", "附表1 题"), ("附表1", "附表1 题"), ("单位：公顷、万元", "附表3 单位"), ("资料来源", "")],
)
def test_captions_units_and_notes_of_the_annex_are_held_against_the_sheet(planted, holder, words, where):
    def change(root):
        styles = ("TableCaption", "TableUnit")
        for item in root.iter(f"{W}t"):
            paragraph = next(item.iterancestors(f"{W}p"))
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val") in styles and words in (item.text or ""):
                item.text = (item.text or "").replace(words, "改过的字")
                return

    places = [place for _, _, place in found(planted(change), holder)]
    assert places == ([where] if where else [])


def test_a_missing_row_of_the_annex_is_named(planted, holder):
    def change(root):
        rows = table(root, "附表4").findall(f"{W}tr")
        rows[3].getparent().remove(rows[3])

    assert any(place.startswith("附表4 第4行") for _, _, place in found(planted(change), holder))


def test_a_missing_table_of_the_annex_is_named(planted, holder):
    def change(root):
        gone = table(root, "附表5")
        gone.getparent().remove(gone)

    assert ("DEL-text-differs", "", "附表5") in found(planted(change), holder)


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ("word/document.xml", "封面"),
        ("word/footerOdd.xml", "页脚（footerOdd）"),
        ("word/footerEven.xml", "页脚（footerEven）"),
        ("docProps/custom.xml", "文档属性"),
    ],
)
def test_another_seal_is_named_where_it_is_printed(planted, holder, part, where):
    def change(root):
        for item in root.iter():
            if item.text and holder.seal in item.text:
                item.text = item.text.replace(holder.seal, "0" * 64)

    assert found(planted(change, part), holder) == [("DEL-seal-differs", "", where)]


def test_a_damaged_file_is_an_error_that_verify_catches(tmp_path, holder):
    (tmp_path / NAME).write_bytes(b"PK not a zip")
    with pytest.raises(zipfile.BadZipFile):
        list(check_document(tmp_path / NAME, NAME, holder))


def test_parts_are_the_same_for_the_same_file_and_named_for_people(made):
    parts = document_parts(made)
    assert parts == document_parts(made)
    assert all(re.fullmatch(r"[0-9a-f]{12}", digest) for digest in parts.values())
    for place in ("封面 第1行", "目录 第2行", "摘要 标题", "第1章 第1个小标题", "第1章 第1段", "表1-1 标题",
                  "表1-1 单位", "表1-1 第2行第3列", "表1-1 注1", "图1-1 标题", "图1-1 注1", "脚注1",
                  "附表2（试点区域） 第1行第1列", "word/styles.xml", "word/media/image1.png"):  # fmt: skip
        assert place in parts, place


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_changed_word_changes_exactly_its_place(made, tmp_path_factory, data):
    path = tmp_path_factory.mktemp("word") / NAME
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(content)
                items = [item for item in root.iter(f"{W}t") if (item.text or "").strip()]
                item = items[data.draw(st.sampled_from(range(len(items))))]
                item.text += "改"
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(name, content)
    then, now = document_parts(made), document_parts(path)
    changed = [place for place in then if now.get(place) != then[place]]
    if list(then) == list(now):
        assert len(changed) == 1 and "改" in document_lines(path)[changed[0]]
    else:  # the words of a heading without number name its chapter
        assert changed and all(place.startswith(("摘要", "附表")) for place in changed)


def test_a_change_of_looks_alone_is_a_change(planted, made):
    def change(root):
        next(root.iter(f"{W}b")).set(f"{W}val", "0")

    then, now = document_parts(made), document_parts(planted(change))
    assert [place for place in then if now[place] != then[place]] == ["word/document.xml（版式）"]
