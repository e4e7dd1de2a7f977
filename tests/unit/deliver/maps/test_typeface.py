"""图表字体。Its coverage, its licence, its measures, and that text in a PDF can be read back."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pypdf import PdfReader

from fangtian.catalog.finding import Place, Severity
from fangtian.deliver.drawing.typeface import (
    font,
    glyph_findings,
    printable,
    text_width,
    uncovered,
    use_typeface,
    wrapped,
)

FOLDER = files("fangtian.catalog").joinpath("typefaces")
FILES = {style: str(FOLDER.joinpath(f"FangtianSans-{style}.ttf")) for style in ("Regular", "Bold")}
SIGNS = "○●△▲□■☆★→←↑↓×÷±≤≥≈°′″㎡㎞①⑳Ⅲ〓（），。：；？！％—…“”‘’《》、·∶①"
NO_FONT_HAS = "\U0010fffd"


def two_bytes(encoding: str, leads: range) -> set[str]:
    found = set()
    for lead in leads:
        for trail in range(0xA1, 0xFF):
            try:
                found.add(bytes((lead, trail)).decode(encoding))
            except UnicodeDecodeError:
                continue
    return found


@pytest.mark.parametrize("style", FILES)
def test_both_weights_have_all_hanzi_of_gb2312_and_ascii(style: str) -> None:
    with TTFont(FILES[style]) as face:
        covered = set(face.getBestCmap())
    wanted = two_bytes("gb2312", range(0xB0, 0xF8)) | {chr(code) for code in range(0x20, 0x7F)}
    assert len(wanted) == 6763 + 95
    assert not {c for c in wanted if ord(c) not in covered}


def test_regular_has_gbk_and_the_signs_of_maps() -> None:
    hanzi = [chr(code) for code in range(0x4E00, 0x9FA6)]
    assert uncovered("".join(hanzi) + SIGNS) == ""
    assert uncovered("𬭊𬬻鿏㙍") == "", "names of 通用规范汉字表 beyond GBK"


@pytest.mark.parametrize("style", FILES)
def test_the_font_is_ours_by_name_and_keeps_its_copyright_and_licence(style: str) -> None:
    with TTFont(FILES[style]) as face:
        names = {record.nameID: record.toUnicode() for record in face["name"].names}
        assert "glyf" in face and "CFF " not in face
        assert face["OS/2"].fsType == 0, "embedding is not restricted"
    licence = FOLDER.joinpath("OFL.txt").read_text(encoding="utf-8")
    assert names[1] == "Fangtian Sans" and names[2] == style
    assert names[0] in licence and "Adobe" in names[0]
    assert "SIL Open Font License, Version 1.1" in names[13]
    for part in ("PREAMBLE", "PERMISSION & CONDITIONS", "TERMINATION", "DISCLAIMER"):
        assert part in licence


def test_outlines_stand_where_their_bearing_says() -> None:
    """A wrong bearing shifts every letter: full-width brackets would stick to the wrong neighbour."""
    with TTFont(FILES["Regular"]) as face:
        metrics, shapes = face["hmtx"].metrics, face["glyf"]
        for character in "（）：12地":
            name = face.getBestCmap()[ord(character)]
            assert metrics[name][1] == shapes[name].xMin


def test_the_package_stays_small() -> None:
    assert sum(len(FOLDER.joinpath(f"FangtianSans-{style}.ttf").read_bytes()) for style in FILES) < 9_000_000


def test_text_in_a_pdf_reads_back() -> None:
    words = ["张家川县马关镇 0103 旱地", "新增耕地 12.3456公顷（185.18亩）", "$a$ 与 $b$ 36 521.5 ㎡"]
    with use_typeface():
        figure = Figure(figsize=(6, 3))
        for number, text in enumerate(words):
            figure.text(
                0.1, 0.2 + 0.2 * number, text, fontproperties=font("bold" if number else "regular", 12)
            )
        stream = BytesIO()
        figure.savefig(stream, format="pdf", metadata={"CreationDate": None})
    page = PdfReader(stream).pages[0]
    text = page.extract_text()
    assert all(word in text for word in words)
    fonts = [f.get_object() for f in page["/Resources"]["/Font"].values()]
    assert {f["/DescendantFonts"][0].get_object()["/Subtype"] for f in fonts} == {"/CIDFontType2"}


def test_the_settings_are_ours_inside_and_the_users_outside() -> None:
    with mpl.rc_context({"pdf.fonttype": 3, "axes.linewidth": 9.0}):
        with use_typeface():
            assert mpl.rcParams["pdf.fonttype"] == 42
            assert mpl.rcParams["axes.linewidth"] == mpl.rcParamsDefault["axes.linewidth"]
            assert mpl.rcParams["font.family"][0] == "Fangtian Sans"
        assert mpl.rcParams["pdf.fonttype"] == 3
        assert mpl.rcParams["axes.linewidth"] == 9.0


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_text_width_is_what_is_drawn(weight: str) -> None:
    text = "土地利用规划图（2026—2028年）1:10000"
    with use_typeface():
        figure = Figure(dpi=720)
        drawn = figure.text(0, 0, text, fontproperties=font(weight, 20))
        width = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width / 720 * 25.4
    assert width == pytest.approx(text_width(text, 20, weight), rel=0.02)


def test_a_character_that_no_font_has_is_shown_and_reported() -> None:
    name = f"王家{NO_FONT_HAS}村"
    assert printable(name) == "王家〓村"
    assert printable("两 行\n文字") == "两 行 文字"
    place = Place(layer="villages", feature="7")
    (remark,) = glyph_findings([(name, place), ("马关镇", None), (name, Place(feature="9"))])
    assert (remark.code, remark.severity) == ("MAP-glyph-missing", Severity.WARNING)
    assert remark.place == place and "U+10FFFD" in remark.message and name in remark.message


@given(
    st.text(alphabet="整治区域新增耕地，。（）《》0123456789.abc ", max_size=60),
    st.floats(min_value=4, max_value=80),
)
def test_wrapping_keeps_every_character_and_the_width(text: str, width: float) -> None:
    lines = wrapped(text, 72 / 25.4 * 2, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert not line or line == text.strip() or line[0] not in CLOSING or line == lines[0]
        assert text_width(line, 72 / 25.4 * 2) <= width + 1e-6 or not any(map(may_break, line, line[1:]))


CLOSING, OPENING = "，。）》", "（《"


def may_break(before: str, after: str) -> bool:
    word = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
    return not (word or after in CLOSING + ". " or before in OPENING)
