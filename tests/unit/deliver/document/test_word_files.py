"""A finished Word file: opens elsewhere, has the 公文 form, repeats, betrays a changed digit."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from fangtian.deliver.document.blocks import Document, Entry, Grid, Heading, Paragraph, Span
from fangtian.deliver.document.finished import document_lines
from fangtian.deliver.document.word import write_word

SEAL = "ab" * 32
FACT = "cultivated_area@pilot_area.before"


def sample(rows: int = 3) -> Document:
    cells = [Entry(0, col, (Span(name),), "header") for col, name in enumerate(("地块", "面积"))]
    for row in range(1, rows + 1):
        cells += [
            Entry(row, 0, (Span(f"DK-{row:03d}"),)),
            Entry(row, 1, (Span(f"{row}.0000", f"plot_area@plot:DK-{row:03d}.planned"),), "number"),
        ]
    blocks = (
        Heading(1, "一、基本情况"),
        Heading(2, "（一）试点背景"),
        Paragraph(
            (Span("耕地"), Span("12.5000", FACT, "unit"), Span("公顷，见"), Span("", refers="t"), Span("。"))
        ),
        Grid("地块表", (2, 1), tuple(cells), anchor="t", unit="单位：公顷"),
        Paragraph((Span("带 <标记> & 表情😀、控制符\x0b和注", note=(Span("脚注文字"),)),)),
        Heading(1, "二、工作基础"),
        Paragraph((Span("完。"),)),
    )
    return Document("甲镇项目实施方案", "", (("编制单位", "某院"),), SEAL, blocks, author="某院")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / "方案.docx"
    write_word(path, sample())
    return path


def body(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("word/document.xml").decode()


def test_python_docx_opens_it_with_a4_margins_and_heading_styles(written: Path) -> None:
    opened = docx.Document(str(written))
    section = opened.sections[-1]
    assert abs(section.page_width - Mm(210)) < Mm(0.2) and abs(section.top_margin - Mm(37)) < Mm(0.2)
    assert abs(section.left_margin - Mm(28)) < Mm(0.2) and abs(section.right_margin - Mm(26)) < Mm(0.2)
    headings = [p.text for p in opened.paragraphs if p.style.name.lower().startswith("heading")]
    assert headings == ["一、基本情况", "（一）试点背景", "二、工作基础"]


def fonts_of(style: Any) -> Any:
    return None if style.element.rPr is None else style.element.rPr.rFonts


@pytest.mark.requirement("D-052")
def test_headings_and_text_are_set_in_the_types_that_the_outline_asks_for(written: Path) -> None:
    styles = docx.Document(str(written)).styles
    normal = styles.element.find(f"{qn('w:docDefaults')}//{qn('w:rFonts')}")
    assert normal.get(qn("w:eastAsia")).startswith("仿宋") and normal.get(qn("w:ascii")) == "Times New Roman"
    for name, font in {"Heading 1": "黑体", "Heading 2": "楷体", "Heading 3": "仿宋"}.items():
        fonts = fonts_of(styles[name])
        own = normal if fonts is None else fonts
        assert own.get(qn("w:eastAsia")).startswith(font), name
        assert styles[name].font.size in (None, Pt(16))
    assert styles["Heading 3"].font.bold


def test_every_number_stands_in_a_control_tagged_with_its_fact(written: Path) -> None:
    tags = re.findall(r'<w:tag w:val="([^"]*)"', body(written))
    assert f"{FACT}|unit" in tags
    assert "plot_area@plot:DK-002.planned" in tags
    assert all(len(tag) <= 64 for tag in re.findall(r'<w:(?:tag|alias) w:val="([^"]*)"', body(written)))


def test_the_contents_are_filled_in_and_nothing_asks_to_be_updated(written: Path) -> None:
    assert "TOC \\o" in body(written) and "PAGEREF" in body(written)
    with zipfile.ZipFile(written) as archive:
        assert "updateFields" not in archive.read("word/settings.xml").decode()
    lines = document_lines(written)
    assert any("一、基本情况" in text and text.rstrip().endswith("1") for text in lines.values())


def test_a_reference_prints_the_number_of_its_table_and_rows_repeat_their_head(written: Path) -> None:
    assert "见表1-1。" in "".join(document_lines(written).values())
    assert "<w:tblHeader/>" in body(written)


def test_the_same_document_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_word(tmp_path / "again.docx", sample())
    assert (tmp_path / "again.docx").read_bytes() == written.read_bytes()
    with zipfile.ZipFile(written) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_changed_number_is_the_one_line_that_differs(written: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.docx"
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(changed, "w") as out:
        for info in archive.infolist():
            content = archive.read(info)
            if info.filename == "word/document.xml":
                content = content.replace(b"2.0000", b"2.0001")
            out.writestr(info, content)
    before, after = document_lines(written), document_lines(changed)
    assert [place for place in before if before[place] != after[place]] == ["表1-1 第3行第2列"]


def test_ten_thousand_rows_are_written_and_read_back(tmp_path: Path) -> None:
    write_word(tmp_path / "long.docx", sample(10_000))
    rows = [text for place, text in document_lines(tmp_path / "long.docx").items() if "10000" in text]
    assert any("DK-10000" in text for text in rows)
