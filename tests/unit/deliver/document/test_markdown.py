"""The planner's Markdown as blocks: what is understood, what is refused, and on which line."""

import io
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from few_facts import blocks, codes, reader, writing

from fangtian.deliver.document.blocks import Figure, Grid, Heading, Paragraph, plain
from fangtian.deliver.document.markdown import parse

NARRATIVE = st.lists(
    st.sampled_from([
        "# ", "## ", "- ", "1. ", "> ", "\n", "\n\n", "  ", "    ", "|", "|---|", "**", "*", "_", "`", "```",
        "[^1]", "[^1]: ", "{{ ", " }}", "cultivated@pilot_area.before", ":ha_mu", "{{ map:位置图 }}",
        "![a](b.png)", "{#a wide}", "表：甲表", "单位：公顷", "注：", "资料来源：", "<b>", "<br>",
        "<!--", "-->", "耕地", "12.3456公顷", "\\", "——",
    ]),
    max_size=40,
).map("".join)  # fmt: skip


def paragraphs(text: str) -> list[Paragraph]:
    return [block for block in blocks(text) if isinstance(block, Paragraph)]


def only_grid(text: str) -> Grid:
    grids = [block for block in blocks(text) if isinstance(block, Grid)]
    assert len(grids) == 1
    return grids[0]


def picture(root: Path, name: str, size: tuple[int, int], **saved: object) -> None:
    path = root / "narrative" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = str(saved.pop("mode", "RGB"))
    Image.new(mode, size, 1).save(path, **saved)


# --- text -------------------------------------------------------------------------------------------------


def test_paragraphs_headings_and_emphasis() -> None:
    found = blocks("# 一、基本情况\n\n##（一）试点背景\n\n第一行\n第二行 two\nwords，**加粗。**后文*斜体*\n")
    assert found[:2] == [Heading(1, "一、基本情况"), Heading(2, "（一）试点背景")]
    text = found[2]
    assert isinstance(text, Paragraph)
    assert plain(text.spans) == "第一行第二行 two words，加粗。后文斜体"
    assert [(s.text, s.bold, s.italic) for s in text.spans if s.bold or s.italic] == [
        ("加粗。", True, False),
        ("斜体", False, True),
    ]


@pytest.mark.parametrize("typed", ["**特点：**说明", "说明**（一）**后", "**“三线”**划定", "是**加粗**。"])
def test_bold_closes_beside_chinese_punctuation(typed: str) -> None:
    spans = paragraphs(typed)[0].spans
    assert "*" not in plain(spans)
    assert sum(span.bold for span in spans) == 1


def test_indents_breaks_and_dashes_are_typing_habits() -> None:
    found = paragraphs("　　首行空两格\n\n    四个空格也是正文\n\n正文\n---\n\n甲<br>乙  \n丙\\\n丁")
    assert [plain(p.spans) for p in found] == ["首行空两格", "四个空格也是正文", "正文", "甲\n乙\n丙\n丁"]


def test_lists_have_the_markers_of_official_papers() -> None:
    text = "3. 三\n1. 四\n   1. 甲\n   1. 乙\n      1. 子\n      - 点\n\n        续段\n- 横\n  - 点\n"
    found = [(p.marker, p.depth, plain(p.spans)) for p in paragraphs(text)]
    assert found == [
        ("3.", 0, "三"),
        ("4.", 0, "四"),
        ("（1）", 1, "甲"),
        ("（2）", 1, "乙"),
        ("①", 2, "子"),
        ("·", 2, "点"),
        ("", 2, "续段"),
        ("—", 0, "横"),
        ("·", 1, "点"),
    ]


def test_slots_stand_in_text_headings_tables_captions_notes_quotes_and_code() -> None:
    slot = "{{ cultivated@pilot_area.before }}"
    text = (
        f"## 耕地{slot}公顷\n\n**耕地{slot}**公顷[^1]`{slot}`\n\n> 引{slot}\n\n- 项{slot}\n\n"
        f"表：{slot}表\n| 列{slot} |\n|---|\n| {slot} |\n注：{slot}\n\n[^1]: 脚注{slot}\n"
    )
    found = blocks(text)
    shown = "2006.9009"
    assert found[0] == Heading(2, f"耕地{shown}公顷")
    body = found[1]
    assert isinstance(body, Paragraph)
    assert [s.bold for s in body.spans if s.fact] == [True, False]
    note = next(span.note for span in body.spans if span.note)
    assert [s.fact for s in note] == ["", "cultivated_area@pilot_area.before"]
    grid = found[4]
    assert isinstance(grid, Grid)
    assert grid.caption == f"{shown}表"
    assert [s.fact for entry in grid.entries for s in entry.spans if s.fact] == [body.spans[1].fact] * 2
    assert plain(grid.notes[0]) == f"注：{shown}"


def test_links_are_printed_and_comments_are_not() -> None:
    text = "见[省厅网站](http://example.org)，<http://example.org>。<!-- 待核\n对 -->\n\n<!-- 提示 -->\n"
    assert [plain(p.spans) for p in paragraphs(text)] == [
        "见省厅网站（http://example.org），http://example.org。"
    ]


def test_emoji_and_rare_characters_are_kept() -> None:
    assert plain(paragraphs("苹果🍎与𠮷田 & <5公顷")[0].spans) == "苹果🍎与𠮷田 & <5公顷"


# --- tables -----------------------------------------------------------------------------------------------


def test_a_table_with_all_that_belongs_to_it() -> None:
    grid = only_grid(
        "正文在前\n表：调出地块表 {#out wide}\n单位：公顷\n| 编号 | 面积 | 说明 |\n|:--|---:|:-:|\n"
        "| 甲\\|乙 | 1.0000 | 一<br>二 |\n| 合 计 | {{ cultivated@pilot_area.before }} | |\n"
        "注：按三调\n分类。\n资料来源：变更调查。\n"
    )
    assert (grid.caption, grid.anchor, grid.unit, grid.landscape, grid.header) == (
        "调出地块表", "out", "单位：公顷", True, 1,
    )  # fmt: skip
    cells = {(e.row, e.col): (plain(e.spans), e.look) for e in grid.entries}
    assert cells == {
        (0, 0): ("编号", "header"), (0, 1): ("面积", "header"), (0, 2): ("说明", "header"),
        (1, 0): ("甲|乙", "text"), (1, 1): ("1.0000", "number"), (1, 2): ("一\n二", "center"),
        (2, 0): ("合 计", "total"), (2, 1): ("2006.9009", "total"), (2, 2): ("", "total"),
    }  # fmt: skip
    assert [plain(note) for note in grid.notes] == ["注：按三调分类。", "资料来源：变更调查。"]


def test_blank_lines_around_caption_and_note_do_not_part_them() -> None:
    grid = only_grid("表：甲表\n\n单位：万元\n\n| a |\n|---|\n| 1 |\n\n注：一<br>续。\n")
    assert (grid.caption, grid.unit, [plain(n) for n in grid.notes]) == (
        "甲表",
        "单位：万元",
        ["注：一\n续。"],
    )


def test_numbers_stand_right_and_words_in_the_middle_unless_told() -> None:
    grid = only_grid("表：甲\n| a | b |\n|---|---|\n| 12.50% | 一级 |\n| — | −3 |\n")
    assert [e.look for e in grid.entries if e.row] == ["number", "center", "number", "number"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("一\n\n| a | b |\n|---|---|\n| 1 | 2 |", "NAR-table-caption", 3),
        ("表：甲\n\n正文", "NAR-table-missing", 1),
        ("表：甲\n| a | b |\n|---|---|\n| 1 | 2 | 3 |", "NAR-table-cells", 4),
        ("正文\n\n| a | b |\n|---|\n| 1 | 2 |", "NAR-table-broken", 3),
        ("表：甲\n| a |\n|---|\n| ![图](a.png) |", "NAR-picture-place", 4),
        ("表：甲[^1]\n| a |\n|---|\n| 1 |\n\n[^1]: 注", "NAR-words-only", 1),
    ],
)
def test_what_is_wrong_with_a_table_is_told(text: str, code: str, line: int) -> None:
    assert (code, f"第{line}行") in codes(writing(text))


def test_ten_thousand_rows_take_seconds() -> None:
    rows = "".join(f"| {i} | {{{{ new_cultivated@plot:XZ-001 }}}} | **名** |\n" for i in range(10_000))
    start = time.perf_counter()
    found = writing(f"表：大表\n| 编号 | 面积 | 名称 |\n|---|---|---|\n{rows}")
    assert time.perf_counter() - start < 20
    grid = found.blocks[0].block
    assert isinstance(grid, Grid)
    assert len(grid.entries) == 30_003
    assert not found.findings


# --- figures ----------------------------------------------------------------------------------------------


def test_maps_charts_and_references() -> None:
    found = blocks("见{{ ref:map:位置图 }}。\n{{ map:现状图 }}\n\n{{ chart:land_structure }}\n注：按一级类。")
    text, present, chart = found
    assert isinstance(text, Paragraph)
    assert [span.refers for span in text.spans if span.refers] == ["map:位置图"]
    assert isinstance(present, Figure)
    assert present.anchor == "map:土地利用现状图"
    assert isinstance(chart, Figure)
    assert [plain(note) for note in chart.notes] == ["注：按一级类。"]


def test_a_map_keeps_its_own_anchor() -> None:
    (figure,) = blocks("{{ map:位置图 }}{#mine wide}")
    assert isinstance(figure, Figure)
    assert (figure.anchor, figure.landscape) == ("map:位置图", False)


def test_an_unknown_map_is_told_with_the_known_ones() -> None:
    found = writing("甲\n\n{{ map:水系图 }}\n")
    assert codes(found) == [("NAR-figure-unknown", "第3行")]
    assert "位置图、土地利用现状图" in found.findings[0].message


def test_a_picture_with_anchor_width_and_note(tmp_path: Path) -> None:
    picture(tmp_path, "pictures/小 图.png", (295, 100))
    found = writing("前文\n![田块](<pictures/小 图.png>){#field wide}\n注：一。\n\n后文", tmp_path)
    assert not found.findings
    before, figure, after = (located.block for located in found.blocks)
    assert isinstance(figure, Figure)
    assert (figure.caption, figure.anchor, figure.landscape) == ("田块", "field", True)
    assert [plain(note) for note in figure.notes] == ["注：一。"]
    assert figure.image == (tmp_path / "narrative/pictures/小 图.png").read_bytes()
    assert [located.line for located in found.blocks] == [1, 2, 5]
    assert isinstance(before, Paragraph)
    assert isinstance(after, Paragraph)


def test_a_small_picture_is_not_blown_up_and_a_tall_one_fits_the_page(tmp_path: Path) -> None:
    picture(tmp_path, "a.png", (295, 100))
    picture(tmp_path, "b.png", (1000, 5000))
    found = writing("![甲](a.png)\n\n![乙](b.png)\n", tmp_path)
    shares = [located.block.share for located in found.blocks if isinstance(located.block, Figure)]
    assert shares == [0.5, 0.25]


@pytest.mark.parametrize(
    ("name", "size", "saved", "kind"),
    [
        ("a.bmp", (30, 20), {}, "PNG"),
        ("a.gif", (30, 20), {"mode": "P"}, "PNG"),
        ("a.jpg", (30, 20), {"mode": "CMYK"}, "JPEG"),
        ("a.tif", (30, 20), {"mode": "L"}, "PNG"),
        ("a.webp", (30, 20), {}, "PNG"),
    ],
)
def test_other_kinds_of_pictures_are_converted(
    tmp_path: Path, name: str, size: tuple[int, int], saved: dict[str, object], kind: str
) -> None:
    picture(tmp_path, name, size, **saved)
    found = writing(f"![图]({name})", tmp_path)
    assert not found.findings
    figure = found.blocks[0].block
    assert isinstance(figure, Figure)
    image = Image.open(io.BytesIO(figure.image))
    assert (image.format, image.size) == (kind, size)
    assert image.mode in ("RGB", "RGBA", "L", "P")


def test_a_huge_picture_is_scaled_to_what_prints(tmp_path: Path) -> None:
    picture(tmp_path, "large.jpg", (8000, 5200))
    found = writing("![图](large.jpg)", tmp_path)
    assert codes(found) == [("NAR-picture-scaled", "第1行")]
    assert found.findings[0].severity.value == "info"
    figure = found.blocks[0].block
    assert isinstance(figure, Figure)
    assert Image.open(io.BytesIO(figure.image)).size == (1843, 1198)


def test_a_turned_photo_is_set_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(tmp_path, "photo.jpg", (60, 20), exif=exif)
    figure = writing("![图](photo.jpg)", tmp_path).blocks[0].block
    assert isinstance(figure, Figure)
    assert Image.open(io.BytesIO(figure.image)).size == (20, 60)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("![图](none.png)", "NAR-picture-missing"),
        ("![图](../../secret.png)", "NAR-picture-outside"),
        ("![图](/etc/passwd)", "NAR-picture-outside"),
        ("![图](https://example.org/a.png)", "NAR-picture-outside"),
        ("![图](data:image/png;base64,AAAA)", "NAR-picture-outside"),
        ("![图](broken.png)", "NAR-picture-unreadable"),
        ("![图](cut.jpg)", "NAR-picture-unreadable"),
        ("![图](words.png)", "NAR-picture-unreadable"),
        ("![图](a b.png)", "NAR-picture-syntax"),
        ("![图](javascript:x)", "NAR-picture-syntax"),
        ("![](good.png)", "NAR-picture-title"),
        ("# ![图](good.png)", "NAR-picture-place"),
        ("甲[^1]\n\n[^1]: ![图](good.png)", "NAR-picture-place"),
    ],
)
def test_a_picture_that_cannot_be_used_is_told(tmp_path: Path, typed: str, code: str) -> None:
    picture(tmp_path, "good.png", (10, 10))
    picture(tmp_path, "cut.jpg", (400, 400))
    folder = tmp_path / "narrative"
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "broken.png").write_bytes((folder / "good.png").read_bytes()[:20])
    (folder / "words.png").write_text("不是图片", encoding="utf-8")
    assert code in [code for code, _ in codes(writing(typed, tmp_path))]


# --- hostile ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("甲\n乙{{ cultivated@pilot_area.before\n", "NAR-slot-broken", 2),
        ("甲 }} 乙", "NAR-slot-broken", 1),
        ("甲\n\n｛｛ cultivated@pilot_area.before ｝｝", "NAR-slot-broken", 3),
        ("{{ a\n@b }}", "NAR-slot-broken", 1),
        ("甲\n\n- 乙\n- {{ nothing@pilot_area.before }}\n", "NAR-slot-unknown", 4),
        ("# 一\n\n甲\n乙 {{ investment@project }}", "NAR-slot-phase", 4),
        ("表：甲\n| a |\n|---|\n| 1 |\n| {{ investment@project.planned:mu }} |", "NAR-slot-form", 5),
        ("## 题{{ x@y }}", "NAR-slot-unknown", 1),
        ("甲[^1]\n\n[^1]: 注\n    {{ x@y }}", "NAR-slot-unknown", 4),
        ("`{{ x@y }}`", "NAR-slot-unknown", 1),
        ("甲<b>乙</b>", "NAR-html", 1),
        ("<div>\n甲\n</div>", "NAR-html", 1),
        ("甲\n\n```\n# 不是标题\n", "NAR-fence-open", 3),
        ("甲\n\n```\n代码\n```\n", "NAR-code-block", 3),
        ("甲[^9]", "NAR-footnote-missing", 1),
        ("甲\n\n[^9]: 没人引用\n", "NAR-footnote-unused", 3),
        ("".join("  " * n + "- 项\n" for n in range(60)), "NAR-nesting", 9),
        (">" * 80 + "引", "NAR-nesting", 1),
    ],
)
def test_a_slip_is_told_on_its_line(text: str, code: str, line: int) -> None:
    assert (code, f"第{line}行") in codes(writing(text))


def test_code_is_set_as_plain_text() -> None:
    found = writing("```\n第一\n{{ cultivated@pilot_area.before }}\n```\n")
    assert [plain(b.block.spans) for b in found.blocks if isinstance(b.block, Paragraph)] == [
        "第一",
        "2006.9009",
    ]


def test_one_line_says_the_same_thing_only_a_few_times() -> None:
    assert len(writing("}}" * 5000).findings) < 10


@pytest.mark.parametrize(
    "text",
    [
        "耕地面积" * 250_000,
        "{{ " * 100_000,
        "<!--" * 100_000,
        "**耕：**" * 60_000,
        "|" * 30_000 + "\n" + "|-" * 30_000,
        "[^1]" * 20_000 + "\n\n[^1]: 注",
        "[^" * 100_000,
        "表：" + " " * 500_000 + "甲",
        "# " + "标" * 500_000,
    ],
    ids=["text", "braces", "comments", "bold", "pipes", "footnotes", "marks", "blanks", "heading"],
)
def test_a_megabyte_on_one_line_is_read_in_seconds(text: str) -> None:
    start = time.perf_counter()
    writing(text)
    assert time.perf_counter() - start < 30


@given(NARRATIVE)
def test_nothing_that_one_can_type_raises_or_prints_braces(text: str) -> None:
    found = parse(text, reader())
    lines = text.count("\n") + 1
    for located in found.blocks:
        assert 1 <= located.line <= lines
        if isinstance(located.block, Paragraph) and not found.findings:
            assert "{{" not in plain(located.block.spans)
    for item in found.findings:
        assert item.place.field.startswith("第")
        assert 1 <= int(item.place.field[1:-1]) <= lines


@given(st.text(max_size=200))
def test_no_text_at_all_raises(text: str) -> None:
    parse(text, reader())


def test_an_open_slot_in_a_code_span_is_named() -> None:
    assert [item.code for item in parse("`{{ `", reader()).findings] == ["NAR-slot-broken"]
