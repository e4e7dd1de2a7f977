"""The Word file as an office would file it: format of the outline and GB/T 9704, fields, schema order."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sample_document import AREA, LONG, document, fact, grid, jpeg, png, sealed, text
from schema_order import W, misplaced

from fangtian.deliver.document.blocks import Document, Entry, Figure, Grid, Heading, Paragraph, Span
from fangtian.deliver.document.finished import document_lines
from fangtian.deliver.document.word import write_word
from fangtian.errors import DeliverError

PARTS = ("document", "styles", "settings", "fontTable", "footnotes", "footerOdd", "footerEven", "footerCover")
MM = 1440 / 25.4


@pytest.fixture(scope="module")
def holder():
    return sealed()


@pytest.fixture(scope="module")
def made(holder, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("word") / "方案.docx"
    write_word(path, document(holder))
    return path


@pytest.fixture(scope="module")
def roots(made) -> dict[str, etree._Element]:
    with zipfile.ZipFile(made) as archive:
        return {part: etree.fromstring(archive.read(f"word/{part}.xml")) for part in PARTS}


def written(tmp_path: Path, *blocks: object, **changes: object) -> etree._Element:
    values = {"title": "题", "subtitle": "", "lines": (), "seal": "", "contents": False, **changes}
    write_word(tmp_path / "x.docx", Document(blocks=tuple(blocks), **values))
    with zipfile.ZipFile(tmp_path / "x.docx") as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def texts(element: etree._Element) -> str:
    return "".join(element.itertext(f"{W}t"))


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "Normal" if style is None else style.get(f"{W}val")


def run_properties(roots, style: str) -> dict[str, str]:
    """Fonts and size that a style ends up with."""
    found = {}
    while style:
        element = roots["styles"].find(f"{W}style[@{W}styleId='{style}']")
        run = element.find(f"{W}rPr")
        for fonts in run.findall(f"{W}rFonts") if run is not None else ():
            for name, value in fonts.attrib.items():
                found.setdefault(etree.QName(name).localname, value)
        for name in ("sz", "b"):
            value = run.find(f"{W}{name}") if run is not None else None
            if value is not None:
                found.setdefault(name, value.get(f"{W}val", "1"))
        based = element.find(f"{W}basedOn")
        style = based.get(f"{W}val") if based is not None else ""
    return found


def test_children_stand_in_the_order_of_the_schema(roots):
    for part, root in roots.items():
        assert list(misplaced(root)) == [], part


def test_python_docx_opens_it(made):
    file = docx.Document(str(made))
    assert file.core_properties.title == "某镇全域土地综合整治项目实施方案"
    assert file.core_properties.author == "某规划院"
    assert file.core_properties.created.year == 2000
    assert [table.cell(0, 0).text for table in file.tables[:3]] == ["序号"] * 3


def test_the_same_document_gives_the_same_bytes(holder, made, tmp_path):
    write_word(tmp_path / "again.docx", document(holder))
    assert (tmp_path / "again.docx").read_bytes() == made.read_bytes()
    with zipfile.ZipFile(made) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.requirement("D-052")
@pytest.mark.parametrize(
    ("style", "font", "size", "bold"),
    [
        ("Heading1", "黑体", "32", None),
        ("Heading2", "楷体", "32", None),
        ("Heading3", "仿宋", "32", "1"),
        ("Heading4", "仿宋", "32", None),
        ("Normal", "仿宋", "32", None),
        ("Title", "方正小标宋简体", "44", None),
        ("TableText", "宋体", "21", None),
        ("TableNote", "宋体", "18", None),
    ],
)
def test_fonts_and_sizes_are_those_of_the_outline(roots, style, font, size, bold):
    found = run_properties(roots, style)
    assert (found["eastAsia"], found["sz"], found.get("b")) == (font, size, bold)
    assert found["ascii"] == found["hAnsi"] == "Times New Roman"


def test_defaults_say_the_fonts_without_a_theme(roots):
    fonts = roots["styles"].find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
    assert fonts.get(f"{W}eastAsia") == "仿宋" and fonts.get(f"{W}ascii") == "Times New Roman"
    assert not [name for name in fonts.attrib if "Theme" in name]


@pytest.mark.requirement("D-052")
def test_body_is_indented_by_two_characters_and_justified(roots):
    normal = roots["styles"].find(f"{W}style[@{W}styleId='Normal']/{W}pPr")
    assert normal.find(f"{W}ind").get(f"{W}firstLineChars") == "200"
    assert normal.find(f"{W}jc").get(f"{W}val") == "both"
    spacing = normal.find(f"{W}spacing")
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("579", "exact")


def test_page_margins_and_grid_are_those_of_official_documents(roots):
    sections = list(roots["document"].iter(f"{W}sectPr"))
    portrait = [item for item in sections if item.find(f"{W}pgSz").get(f"{W}orient") is None]
    for item in portrait:
        size, margin, lines = (item.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
        assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
        found = [int(margin.get(f"{W}{side}")) for side in ("top", "right", "bottom", "left")]
        assert found == [round(mm * MM) for mm in (37, 26, 35, 28)]
        assert lines.get(f"{W}type") == "linesAndChars" and lines.get(f"{W}linePitch") == "579"
        room = int(size.get(f"{W}h")) - found[0] - found[2]
        assert room // int(lines.get(f"{W}linePitch")) == 22
        cell = 320 + int(lines.get(f"{W}charSpace")) * 20 / 4096
        assert (int(size.get(f"{W}w")) - found[1] - found[3]) // cell == 28
    assert len(portrait) < len(sections)  # the wide table has its own


def test_numbering_is_none_on_the_cover_roman_in_the_contents_and_from_one_in_the_text(roots):
    kinds = []
    for item in roots["document"].iter(f"{W}sectPr"):
        number = item.find(f"{W}pgNumType")
        footers = {ref.get(f"{W}type"): ref.get(next(k for k in ref.attrib if k.endswith("}id")))
                   for ref in item.findall(f"{W}footerReference")}  # fmt: skip
        kinds.append(
            (None if number is None else number.get(f"{W}fmt"),
             None if number is None else number.get(f"{W}start"), footers["default"], footers["even"])
        )  # fmt: skip
    pages = ("rIdfooterOdd", "rIdfooterEven")
    assert kinds[0] == (None, None, "rIdfooterCover", "rIdfooterCover")
    assert kinds[1] == ("upperRoman", "1", *pages)
    assert kinds[2] == ("decimal", "1", *pages)
    assert {kind[1:] for kind in kinds[3:]} == {(None, *pages)}


def test_page_numbers_stand_between_dashes_on_the_outer_side(roots, holder):
    for part, side in (("footerOdd", "right"), ("footerEven", "left")):
        number, seal = roots[part].findall(f"{W}p")
        assert texts(number) == "— 1 —"
        assert number.find(f"{W}pPr/{W}jc").get(f"{W}val") == side
        assert {fonts.get(f"{W}ascii") for fonts in number.iter(f"{W}rFonts")} == {"宋体"}
        assert texts(seal) == f"事实封印 {holder.seal}"
    assert texts(roots["footerCover"]) == ""
    assert roots["settings"].find(f"{W}evenAndOddHeaders") is not None
    assert roots["settings"].find(f"{W}updateFields") is None
    assert run_properties(roots, "Footer")["sz"] == "28"


def test_cover_names_project_unit_date_and_seal(made, holder):
    cover = [words for place, words in document_lines(made).items() if place.startswith("封面")]
    assert cover == [
        "某镇全域土地综合整治项目实施方案",
        "（报审稿）",
        "编制单位：\t某规划院",
        "编制日期：\t2026年3月",
        f"事实封印：{holder.seal}",
    ]


@pytest.mark.requirement("D-002")
def test_contents_are_filled_and_every_entry_points_at_a_bookmark(roots):
    body = roots["document"]
    codes = ["".join(item.itertext()).strip() for item in body.iter(f"{W}instrText")]
    assert [code for code in codes if code.startswith("TOC")] == [
        'TOC \\o "1-3" \\h \\z \\u',
        'TOC \\h \\z \\t "图题" \\c',
        'TOC \\h \\z \\t "表题" \\c',
    ]
    marks = {item.get(f"{W}name") for item in body.iter(f"{W}bookmarkStart")}
    links = [item.get(f"{W}anchor") for item in body.iter(f"{W}hyperlink")]
    pages = [code.split()[1] for code in codes if code.startswith("PAGEREF")]
    assert links == pages and set(links) <= marks
    entries = [p for p in body.iter(f"{W}p") if style_of(p) in ("TOC1", "TOC2", "TOC3", "TableofFigures")]
    assert all(re.search(r"\d+$", texts(entry)) for entry in entries)
    assert [style_of(entry) for entry in entries[:4]] == ["TOC1", "TOC1", "TOC2", "TOC3"]
    begins = sum(1 for mark in body.iter(f"{W}fldChar") if mark.get(f"{W}fldCharType") == "begin")
    ends = sum(1 for mark in body.iter(f"{W}fldChar") if mark.get(f"{W}fldCharType") == "end")
    assert begins == ends


def test_tables_and_figures_are_numbered_by_chapter_and_referred_to_by_fields(made, roots):
    lines = document_lines(made)
    captions = [words for place, words in lines.items() if place.endswith("标题") and "\u3000" in words]
    assert captions[:5] == [
        "表1-1\u3000调出地块表",
        "图1-1\u3000土地利用结构图",
        "表1-2\u3000第二张表",
        "表2-1\u3000横表",
        "图2-1\u3000横图",
    ]
    assert [words.split("\u3000")[0] for words in captions[5:8]] == ["附表1", "附表2", "附表2"]
    assert "，见表1-1。" in lines["第1章 第1段"]
    codes = ["".join(item.itertext()).strip() for item in roots["document"].iter(f"{W}instrText")]
    assert "REF _表1_1 \\h" in codes and "REF _图1_1 \\h" in codes
    assert "SEQ 表 \\* ARABIC \\r 1" in codes and "SEQ 表 \\* ARABIC" in codes


def test_every_fact_is_a_hidden_locked_content_control(roots, holder):
    controls = [*roots["document"].iter(f"{W}sdt"), *roots["footnotes"].iter(f"{W}sdt")]
    tags = [control.find(f"{W}sdtPr/{W}tag").get(f"{W}val") for control in controls]
    assert AREA in tags and f"{AREA}|ha_mu" in tags and f"{AREA}|mu" in tags
    assert len(LONG) > 64 and sum(tag.startswith("#") for tag in tags) == 1
    for control in controls:
        properties = control.find(f"{W}sdtPr")
        assert len(properties.find(f"{W}alias").get(f"{W}val")) <= 64
        assert properties.find(f"{W}lock").get(f"{W}val") == "contentLocked"
        hidden = properties.find("{http://schemas.microsoft.com/office/word/2012/wordml}appearance")
        assert hidden is not None and "hidden" in hidden.attrib.values()
    assert max(len(tag) for tag in tags) <= 64
    numbers = [control.find(f"{W}sdtPr/{W}id").get(f"{W}val") for control in controls]
    assert len(set(numbers)) == len(numbers)
    shown = texts(controls[tags.index(AREA)].find(f"{W}sdtContent"))
    assert shown == holder.presentation.text(AREA)


def test_the_annex_carries_no_controls_but_its_names(roots):
    annex = [
        table
        for table in roots["document"].iter(f"{W}tbl")
        if table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val").startswith("附表")
    ]
    assert len(annex) >= 7
    assert not [control for table in annex for control in table.iter(f"{W}sdt")]


def test_bookmarks_are_short_and_unique(roots):
    names = [item.get(f"{W}name") for item in roots["document"].iter(f"{W}bookmarkStart")]
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) <= 40 and all(re.fullmatch(r"_\w+", name) for name in names)
    numbers = [item.get(f"{W}id") for item in roots["document"].iter(f"{W}bookmarkStart")]
    assert len(set(numbers)) == len(numbers)


def test_header_rows_repeat_rows_do_not_split_and_widths_add_up(roots):
    for table in roots["document"].iter(f"{W}tbl"):
        grid_width = sum(int(col.get(f"{W}w")) for col in table.iter(f"{W}gridCol"))
        assert grid_width == int(table.find(f"{W}tblPr/{W}tblW").get(f"{W}w"))
        assert table.find(f"{W}tblPr/{W}tblLayout").get(f"{W}type") == "fixed"
        for row in table.iter(f"{W}tr"):
            assert row.find(f"{W}trPr/{W}cantSplit") is not None
            assert sum(int(w.get(f"{W}w")) for w in row.iter(f"{W}tcW")) == grid_width
    first = next(roots["document"].iter(f"{W}tbl"))
    heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in first.iter(f"{W}tr")]
    assert heads == [True, False, False, False]


def test_quotes_and_dashes_are_set_in_the_chinese_font(tmp_path):
    root = written(tmp_path, text("“三线”——划定……30%", "plain 12.5"))
    runs = [run for run in root.iter(f"{W}r") if texts(run)]
    hints = {texts(run): run.find(f"{W}rPr/{W}rFonts") for run in runs}
    assert hints["“三线”——划定……30%"].get(f"{W}hint") == "eastAsia"
    assert hints["plain 12.5"] is None


def test_list_items_hang_by_the_widest_marker_of_their_list(tmp_path):
    root = written(
        tmp_path,
        *(Paragraph((Span("事项"),), "item", f"{number}.", 0) for number in (9, 10)),
        Paragraph((Span("分项"),), "item", "（1）", 1),
    )
    indents = [p.find(f"{W}pPr/{W}ind") for p in root.iter(f"{W}p") if style_of(p) == "ListItem"]
    hanging = [int(item.get(f"{W}hanging")) for item in indents]
    assert hanging[0] == hanging[1] < hanging[2]
    assert int(indents[2].get(f"{W}left")) > int(indents[0].get(f"{W}left"))


def test_footnotes_are_words_own(roots):
    calls = [item.get(f"{W}id") for item in roots["document"].iter(f"{W}footnoteReference")]
    notes = {n.get(f"{W}id"): texts(n) for n in roots["footnotes"].iter(f"{W}footnote")}
    assert calls == ["1"] and "核定前不得挂钩" in notes["1"]


def test_pictures_keep_their_shape_and_stay_on_the_page(tmp_path):
    root = written(
        tmp_path,
        Figure("宽图", png(400, 100)),
        Figure("高图", png(10, 4000)),
        Figure("半图", jpeg(200, 100), share=0.5),
    )
    wp = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
    sizes = [(int(item.get("cx")), int(item.get("cy"))) for item in root.iter(f"{wp}extent")]
    assert [round(across / down, 2) for across, down in sizes] == [4.0, 0.0, 2.0]
    assert max(down for _, down in sizes) < 225 * 36000
    properties = list(root.iter(f"{wp}docPr"))
    assert len({item.get("id") for item in properties}) == 3
    assert [item.get("descr") for item in properties] == ["宽图", "高图", "半图"]


@pytest.mark.parametrize("image", [b"", b"GIF89a", png()[:-20], png()[:60] + b"x" + png()[61:], jpeg()[:-2]])
def test_a_broken_picture_is_refused(tmp_path, image):
    with pytest.raises(DeliverError, match="图片"):
        written(tmp_path, Figure("图", image))


def test_a_reference_to_nothing_is_refused(tmp_path):
    with pytest.raises(DeliverError, match="nowhere"):
        written(tmp_path, text(Span("", refers="nowhere")))


def test_more_columns_than_word_opens_are_refused(tmp_path):
    entries = tuple(Entry(0, col, (Span("x"),)) for col in range(64))
    with pytest.raises(DeliverError, match="63"):
        written(tmp_path, Grid("宽表", (1.0,) * 64, entries))


def test_numbers_are_never_broken_by_a_narrow_column(tmp_path):
    entries = tuple(Entry(0, col, (Span("123456.7890"),), "number") for col in range(8))
    root = written(tmp_path, Grid("多列表", (9.0, *(0.1,) * 7), entries))
    widths = [int(col.get(f"{W}w")) for col in root.iter(f"{W}gridCol")]
    assert min(widths) >= 5.25 * 21 * 10 * 0.7


def test_merged_cells_are_merged(tmp_path):
    entries = (
        Entry(0, 0, (Span("甲"),), rows=2),
        Entry(0, 1, (Span("乙"),), cols=2),
        Entry(1, 1, (Span("丙"),)),
    )
    root = written(tmp_path, Grid("表", (1.0, 1.0, 1.0), entries, header=0))
    table = docx.Document(str(tmp_path / "x.docx")).tables[0]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(0, 2)._tc
    assert [cell.text for cell in table.rows[1].cells] == ["甲", "丙", ""]
    assert list(misplaced(root)) == []


def test_a_table_of_thousands_of_rows_is_set_in_parts(tmp_path):
    root = written(tmp_path, Heading(1, "一、表"), grid(3000, anchor="big"))
    tables = list(root.iter(f"{W}tbl"))
    assert 2 <= len(tables) <= 4
    assert {table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val") for table in tables} == {"表1-1"}
    lines = document_lines(tmp_path / "x.docx")
    assert [key for key in lines if key.startswith("表1-1 第")][-1] == "表1-1 第3000行"
    assert sum(1 for key in lines if key.startswith("表1-1 第")) == 3000


def wide_grid(columns: int) -> Grid:
    heads = [Entry(0, col, (Span(f"第{col}项面积"),), "header") for col in range(columns)]
    cells = [Entry(1, col, (Span("12345.6789"),), "number") for col in range(columns)]
    return Grid("调出地块表", (1.0,) * columns, (*heads, *cells), landscape=True)


def test_wide_blocks_stand_on_pages_of_their_own_with_their_headings(tmp_path):
    root = written(
        tmp_path,
        Heading(1, "一、基本情况"),
        text("前"),
        Heading(2, "（一）宽表"),
        wide_grid(12),
        text("后"),
    )
    body = list(root.find(f"{W}body"))
    sections = []
    for element in body:
        sections.append(element)
        section = element if element.tag == f"{W}sectPr" else element.find(f"{W}pPr/{W}sectPr")
        if section is not None and section.find(f"{W}pgSz").get(f"{W}orient") == "landscape":
            break
    words = [texts(element) for element in sections]
    assert words.index("前") < words.index("（一）宽表") and "后" not in words
    between = sections[words.index("前") :]
    assert between[0].find(f"{W}pPr/{W}sectPr") is not None or texts(between[1]) == ""


def test_empty_documents_are_valid(tmp_path):
    for changes in ({}, {"contents": True}, {"lines": (("", ""),)}):
        assert list(misplaced(written(tmp_path, **changes))) == []
        docx.Document(str(tmp_path / "x.docx"))


WORDS = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from("\x00\x0b\ud800\udfff\ufffe\u202e\u200b\r\n\t😀<&>\"'“”—…耕地12."),
    ),
    max_size=40,
)


def legal(words: str) -> str:
    words = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", words)
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "", words)


@settings(deadline=None, max_examples=60)
@given(words=WORDS, caption=WORDS)
def test_any_words_survive_or_lose_only_what_xml_cannot_carry(tmp_path_factory, words, caption):
    folder = tmp_path_factory.mktemp("any")
    root = written(
        folder,
        Heading(1, "一、" + words),
        text(Span(words, bold=True), Span(words, note=(Span(words),)), Span(words, italic=True)),
        Paragraph((Span(words),), "item", words, 9),
        Grid(
            caption,
            (1.0,),
            (Entry(0, 0, (Span(words),)),),
            anchor=caption,
            unit=words,
            notes=((Span(words),),),
        ),
        Figure(caption, png(), words),
        title=words,
        subtitle=caption,
        lines=((words, caption),),
        seal=words,
        contents=True,
    )
    assert list(misplaced(root)) == []
    lines = document_lines(folder / "x.docx")
    body = "".join(value for key, value in lines.items() if key == "第1章 第1段")
    assert body == legal(words) * 3 or not legal(words).strip()


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(
    SOFFICE is None or shutil.which("pdftotext") is None, reason="LibreOffice is not installed"
)
def test_contents_name_the_pages_that_libreoffice_finds(holder, tmp_path):
    first = document(holder)
    filler = "试点区域耕地“碎片化”问题突出——单块面积小于5亩的图斑占比较高，灌溉保证率达到75%以上。"
    prose = [text(filler * (1 + number % 4)) for number in range(60)]
    blocks = []
    for block in first.blocks:
        blocks.append(block)
        if isinstance(block, Heading) and block.level < 4:
            blocks += prose[: 7 + len(blocks) % 9]
    write_word(tmp_path / "方案.docx", replace(first, blocks=tuple(blocks)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "方案.docx")], check=True, capture_output=True, timeout=300)
    listing = ["pdftotext", "-layout", str(tmp_path / "方案.pdf"), "-"]
    pages = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\f")
    told = [
        words.rpartition("\t")[::2]
        for place, words in document_lines(tmp_path / "方案.docx").items()
        if place.startswith("目录") and "\t" in words
    ]
    squeezed = [[re.sub(r"\s", "", line) for line in page.split("\n")] for page in pages]
    of_number = {
        found[1]: lines for lines in squeezed for line in lines if (found := re.fullmatch(r"—(\d+)—", line))
    }
    assert len(told) > 20
    assert [(name, page) for name, page in told if re.sub(r"\s", "", name) not in of_number[page]] == []


def test_facts_in_headings_of_tables_stand_in_cells_too(tmp_path, holder):
    entries = (
        Entry(0, 0, (Span("面积"),), "header"),
        Entry(1, 0, (fact(holder.presentation, AREA),), "number"),
    )
    root = written(tmp_path, Grid("表", (1.0,), entries))
    table = next(root.iter(f"{W}tbl"))
    assert table.find(f".//{W}sdt/{W}sdtPr/{W}tag").get(f"{W}val") == AREA
