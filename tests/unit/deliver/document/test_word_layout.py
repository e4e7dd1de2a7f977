"""Pages as a typesetter would make them: tables held together, no lonely lines, no narrow columns."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from lxml import etree
from sample_document import grid, png, text
from schema_order import W, misplaced

from fangtian.deliver.document.blocks import (
    Block,
    Document,
    Entry,
    Figure,
    Grid,
    Heading,
    Paragraph,
    Span,
    plain,
)
from fangtian.deliver.document.finished import document_lines, read_word
from fangtian.deliver.document.word import write_word
from fangtian.deliver.document.word.body import Body
from fangtian.deliver.document.word.flow import flowed
from fangtian.deliver.document.word.lines import NO_BREAK, all_lines, text_width, type_of, unbroken
from fangtian.deliver.document.word.measures import CELL_PADDING, LANDSCAPE, PITCH, PORTRAIT
from fangtian.deliver.document.word.tables import Plan, plan_table

SPELLED = "由地块XZ-002和bagnolo-di-po调入"


def written(tmp_path: Path, *blocks: Block) -> tuple[Path, etree._Element]:
    path = tmp_path / "x.docx"
    write_word(path, Document("题", "", (), "", tuple(blocks), contents=False))
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    assert list(misplaced(root)) == []
    return path, root


def planned(table: Grid, notes: int = 0) -> Plan:
    body = Body.of((Heading(1, "一、基本情况"), table))
    return plan_table(table, body.setter, PORTRAIT, notes=notes)


def kept(root: etree._Element) -> list[bool]:
    """Whether the paragraphs of each row hold on to the next row."""
    rows = list(next(root.iter(f"{W}tbl")).iter(f"{W}tr"))
    found = []
    for row in rows:
        marks = {p.find(f"{W}pPr/{W}keepNext") is not None for p in row.iter(f"{W}p")}
        assert len(marks) == 1
        found.append(marks.pop())
    return found


def lines(*, count: int) -> list[Paragraph]:
    return [text(f"第{number}行。") for number in range(count)]


def test_no_line_of_text_ends_after_the_hyphen_of_a_code(tmp_path):
    path, root = written(tmp_path, Heading(1, "一、概况"), text(SPELLED))
    assert sum(1 for _ in root.iter(f"{W}noBreakHyphen")) == 3
    assert document_lines(path)["第1章 第1段"] == SPELLED


def test_a_code_that_stands_alone_in_a_cell_keeps_its_own_hyphen(tmp_path):
    path, root = written(tmp_path, grid(anchor="t"), text("见", Span("", refers="t"), "。"))
    table = next(root.iter(f"{W}tbl"))
    assert "TC-001" in [node.text for node in table.iter(f"{W}t")]
    assert [words for place, words in document_lines(path).items() if "段" in place] == ["见表1。"]


def test_held_hyphens_are_as_wide_as_others():
    kind = type_of("三号")
    wide = "耕" * 20 + "XZ-002"
    assert len(list(all_lines(wide, 7360, kind))) == len(list(all_lines(unbroken(wide), 7360, kind)))
    assert NO_BREAK in unbroken(wide) and unbroken("—— 3-") == "—— 3-"


@pytest.mark.parametrize(("before", "parted"), [("村庄abc", False), ("涉及", True), ("（耕）", True)])
def test_a_comma_between_latin_words_keeps_them_on_one_line(before, parted):
    """As LibreOffice breaks lines: measured."""
    words = "耕" * 20 + before + "、castelguglielmo村"
    first = next(iter(all_lines(words, 28 * 314, type_of("三号"))))
    assert first.endswith("、") == parted


def test_a_short_table_stays_whole_with_its_notes(tmp_path):
    notes = ((Span("注：甲。"),), (Span("资料来源：乙。"),))
    _, root = written(tmp_path, grid(rows=9, notes=notes))
    assert kept(root) == [True] * 9
    small = [p for p in root.iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle[@{W}val='TableNote']") is not None]
    holds = [p.find(f"{W}pPr/{W}keepNext") is not None for p in small]
    assert holds == [True, False]


def test_a_longer_table_holds_its_first_and_its_last_rows(tmp_path):
    _, root = written(tmp_path, grid(rows=40))
    assert [row for row, holds in enumerate(kept(root)) if holds] == [0, 1, 38]


def test_a_line_of_headings_stays_with_what_it_heads():
    table = grid(rows=40)
    heads = tuple(Entry(40, col, (Span("集中连片度"),), "header") for col in range(3))
    cells = tuple(Entry(41, col, (Span("86"),), "number") for col in range(3))
    more = tuple(Entry(row, col, (Span("1"),)) for row in range(42, 60) for col in range(3))
    plan = planned(Grid("表", (1, 1, 1), (*table.entries, *heads, *cells, *more)))
    assert 40 in plan.held and 41 not in plan.held


def test_what_a_small_merged_cell_spans_stays_together():
    table = grid(rows=40)
    merged = Entry(20, 0, (Span("合并"),), rows=3)
    entries = (*(e for e in table.entries if not (e.col == 0 and 20 <= e.row < 23)), merged)
    plan = planned(Grid("表", (1, 1, 1), entries))
    assert {20, 21} <= plan.held and 22 not in plan.held


def test_a_table_that_would_be_cut_begins_the_next_page():
    body = Body.of((Heading(1, "一、概况"), *lines(count=16), grid(rows=9)))
    pages = flowed(body.pieces, PORTRAIT.height).pages
    assert pages["_表1_1"] == pages["row0"] == pages["row8"] == 2


def test_a_merged_cell_says_its_words_again_on_the_next_page_and_is_read_as_one(tmp_path):
    table = grid(rows=80)
    merged = Entry(1, 0, (Span("调整"),), "center", rows=79)
    entries = (*(entry for entry in table.entries if entry.col or not entry.row), merged)
    path, root = written(tmp_path, Grid("表", (1, 1, 1), entries))
    restarts = [m for m in root.iter(f"{W}vMerge") if m.get(f"{W}val") == "restart"]
    assert len(restarts) == 3
    cells = [cell for cell in read_word(path).tables["表1"] if cell.col == 0]
    assert [(cell.row, cell.rows, cell.text) for cell in cells] == [(0, 1, "序号"), (1, 79, "调整")]


@pytest.mark.parametrize("over", [1, 2, 3])
def test_a_chapter_does_not_end_with_a_lonely_line(tmp_path, over):
    """22 lines stand on a page; the chapter before has some more."""
    blocks = (Heading(1, "一、概况"), *lines(count=21 + over), Heading(1, "二、基础"), text("完。"))
    body = Body.of(blocks)
    pages = flowed(body.pieces, PORTRAIT.height).of_piece
    assert pages.count(1) == 22 + over - 4 and pages.count(2) == 4
    _, root = written(tmp_path, *blocks)
    holds = [texts(p) for p in root.iter(f"{W}p") if p.find(f"{W}pPr/{W}keepNext") is not None]
    assert holds == [f"第{number}行。" for number in range(21 + over - 4, 20 + over)]


def test_a_torn_paragraph_goes_over_whole_only_where_that_is_little():
    long = text("耕" * (28 * 12 - 2))
    body = Body.of((Heading(1, "一、概况"), *lines(count=10), long, Heading(1, "二、基础")))
    pages = flowed(body.pieces, PORTRAIT.height).of_piece
    assert pages.count(2) == 1  # twelve lines would leave half a page empty


def texts(element: etree._Element) -> str:
    return "".join(element.itertext(f"{W}t"))


def table_of(columns: int, rows: int = 4) -> Grid:
    heads = [Entry(0, col, (Span("整治前面积"),), "header") for col in range(columns)]
    cells = [
        Entry(row, col, (Span("1234.5678"),), "number") for row in range(1, rows) for col in range(columns)
    ]
    return Grid("表", (1.0,) * columns, (*heads, *cells), landscape=True)


@pytest.mark.parametrize(("columns", "rows", "sideways"), [(6, 4, 0), (6, 40, 1), (12, 4, 1)])
def test_a_short_table_that_fits_an_upright_page_needs_none_on_its_side(tmp_path, columns, rows, sideways):
    _, root = written(tmp_path, Heading(1, "一、概况"), text("前。"), table_of(columns, rows), text("后。"))
    turned = [size for size in root.iter(f"{W}pgSz") if size.get(f"{W}orient") == "landscape"]
    assert len(turned) == sideways


def test_no_column_prints_two_characters_below_one_another():
    heads = ("编号", "名称", "所属子项目", "主管部门", "立项批复", "面积", "投资", "备注")
    words = (
        "XZ-001",
        "方田镇杨家塬村农用地整理项目",
        "农用地整理",
        "县自然资源局",
        "尚未立项批复",
        "12.3456",
        "1200.00",
        "",
    )
    entries = [Entry(0, col, (Span(word),), "header") for col, word in enumerate(heads)]
    for row in range(1, 6):
        entries += [Entry(row, col, (Span(word),)) for col, word in enumerate(words)]
    plan = planned(Grid("表", (1.0, 1.0, 0.2, 0.2, 0.2, 2.0, 2.0, 3.0), tuple(entries)))
    em = plan.columns.size * 10
    for entry in plan.grid.entries:
        room = (plan.columns.widths[entry.col] - 2 * CELL_PADDING) / em
        wide = text_width(plain(entry.spans))
        assert room >= min(4, wide / 2 if entry.look == "header" else wide)


def sized(image: bytes, per_metre: int) -> bytes:
    """A PNG that tells how large it was drawn."""
    data = struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(data)) + b"pHYs" + data + struct.pack(">I", zlib.crc32(b"pHYs" + data))
    return image[:33] + chunk + image[33:]


@pytest.mark.parametrize(
    ("anchor", "said"),
    [("map:位置图", ["注：原图宽420毫米，本页按46%缩印，图上数字比例尺以原图为准。"]), ("chart:x", [])],
)
def test_a_map_that_is_printed_smaller_says_so(tmp_path, anchor, said):
    image = sized(png(840, 594), 2000)
    path, _ = written(tmp_path, Heading(1, "一、附图"), Figure("位置图", image, anchor, landscape=True))
    assert [words for words in document_lines(path).values() if words.startswith("注")] == said


def test_a_part_of_a_short_document_looks_like_its_level_and_begins_no_page(tmp_path):
    path, root = written(
        tmp_path,
        Heading(1, "调整方案"),
        Heading(1, "一、总则", within=True),
        Heading(2, "（一）目的", within=True),
        grid(),
    )
    heads = [p for p in root.iter(f"{W}p") if "Heading" in etree.tostring(p.find(f"{W}pPr")).decode()]
    assert [p.find(f"{W}pPr/{W}pStyle").get(f"{W}val") for p in heads] == ["Heading1", "Heading1", "Heading2"]
    assert [p.find(f"{W}pPr/{W}pageBreakBefore") is not None for p in heads] == [True, False, False]
    assert any(words.startswith("表1\u3000") for words in document_lines(path).values())


def test_heights_are_whole_lines():
    assert PORTRAIT.height == 22 * PITCH and LANDSCAPE.height == 15 * PITCH
