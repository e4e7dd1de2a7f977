"""图幅。Scale and frame are exact, nothing covers the mapped area, and all that is printed can be read."""

from __future__ import annotations

import zlib
from io import BytesIO
from itertools import combinations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from pypdf import PdfReader

from fangtian.deliver.drawing.typeface import use_typeface
from fangtian.deliver.maps.frame import bar_steps
from fangtian.deliver.maps.graticule import degrees_text
from fangtian.deliver.maps.margins import GUTTER, margins_of
from fangtian.deliver.maps.paper import SCALES_BETWEEN, grown, overlap
from fangtian.deliver.maps.sheet import (
    PAPERS,
    SCALES,
    Canvas,
    Furniture,
    Inset,
    InsetRow,
    Layout,
    LegendGroup,
    LegendItem,
    Neighbour,
    Tag,
    furnish,
    lay_out,
    open_sheet,
    to_pdf,
    to_png,
)
from fangtian.errors import DeliverError, InputError
from fangtian.geo.crs import crs_of

CRS = crs_of(4524)
EAST, NORTH = 36_520_000.0, 3_872_000.0
SEAL = "0123456789abcdef" * 4
KINDS = ("fill", "line", "hatch", "point")


def furniture(entries: int = 12, table: bool = True) -> Furniture:
    items = tuple(
        LegendItem(
            f"图例项目第{number}种{'（名称很长的那一类土地及其附属设施用地）' if number % 7 == 3 else ''}",
            KINDS[number % 4],
            face=(200, 40 * (number % 6), 90),
            edge=(60, 60, 60),
            width_mm=0.2,
            dash=(2.0, 1.0) if number % 8 == 1 else (),
            hatch="////" if number % 4 == 2 else "",
            area=Tag(f"class_area[{number:04d}]@pilot_area.before", "", f"{number * 37.1234:.4f}")
            if number % 4 == 0
            else None,
        )
        for number in range(entries)
    )
    rows = tuple(
        InsetRow(label, tuple(Tag(f"{label}.{n}", "", f"{n}234.567{n}") for n in range(3)), "公顷")
        for label in ("耕地", "园地", "林地", "建设用地", "合计")
    )
    return Furniture(
        title="土地利用规划图",
        subtitle="张家川回族自治县马关镇全域土地综合整治实施方案",
        legend=(LegendGroup("规划要素", items[: entries // 2]), LegendGroup("界线", items[entries // 2 :])),
        inset=Inset("整治前后土地利用结构", ("地类", "现状", "规划", "增减"), rows) if table else None,
        neighbours=(Neighbour("刘堡镇", EAST - 2300, NORTH), Neighbour("远处", EAST - 9e6, NORTH)),
        unit="甘肃省某某国土规划勘测研究院有限公司",
        date="2026年3月",
        base_year="2024",
        data_source="2024年度国土变更调查成果",
        seal=SEAL,
        notes=("等高距50米。",),
    )


def area(width: float, height: float, lobes: int = 5) -> shapely.Polygon:
    """A closed shape of exactly this size."""
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    far = 1 + 0.25 * np.cos(lobes * turn)
    x, y = far * np.cos(turn), far * np.sin(turn)
    x, y = (x - x.min()) / np.ptp(x) - 0.5, (y - y.min()) / np.ptp(y) - 0.5
    return shapely.Polygon(np.column_stack([EAST + x * width, NORTH + y * height]))


def furnished(width: float, height: float, paper: str, entries: int) -> tuple[Canvas, Layout]:
    words = furniture(entries)
    layout = lay_out(area(width, height), words, paper)
    canvas = open_sheet(layout)
    furnish(canvas, layout, words, CRS)
    return canvas, layout


def is_well_filled(subject: shapely.Geometry, paper: str) -> bool:
    """Whether the next standard scale would have shown the area at six tenths of the longest frame."""
    size = max(subject.bounds[2] - subject.bounds[0], subject.bounds[3] - subject.bounds[1])
    layout = lay_out(subject, furniture(0, False), paper)
    coarser = min((scale for scale in SCALES if scale > layout.scale), default=SCALES[-1])
    return bool(size * 1000 / coarser > 0.95 * PAPERS[paper][0])


METRES = st.floats(min_value=1, max_value=5.3).map(lambda power: 10**power)  # 10 m to 200 km


@settings(max_examples=60)
@given(METRES, METRES, st.sampled_from(sorted(PAPERS)), st.sampled_from([0, 6, 15, 40]), st.booleans())
@pytest.mark.requirement("D-057")
def test_every_area_fits_at_a_standard_scale_uncovered(
    width: float, height: float, paper: str, entries: int, table: bool
) -> None:
    subject = area(width, height)
    layout = lay_out(subject, furniture(entries, table), paper)
    assert layout.scale in SCALES or (layout.scale in SCALES_BETWEEN and not is_well_filled(subject, paper))
    assert {layout.width_mm, layout.height_mm} == set(PAPERS[paper])
    x0, y0, x1, y1 = layout.frame_mm
    assert layout.ground[2] - layout.ground[0] == pytest.approx((x1 - x0) * layout.scale / 1000)
    assert layout.ground[3] - layout.ground[1] == pytest.approx((y1 - y0) * layout.scale / 1000)
    assert shapely.box(*grown(layout.ground, -layout.metres(2))).covers(subject)
    for box in layout.reserved:
        assert not shapely.box(*box).intersects(subject), (layout, box)
    boxes = [box for box in (layout.legend_mm, layout.inset_mm, layout.north_mm) if box]
    for one, other in combinations(boxes, 2):
        assert not overlap(grown(one, -0.001), other)
    for box in (*boxes, layout.outer_mm, *([layout.panel_mm] if layout.panel_mm else [])):
        assert 0 < box[0] < box[2] < layout.width_mm and 0 < box[1] < box[3] < layout.height_mm
    assert bool(layout.legend_mm) == bool(entries) and bool(layout.inset_mm) == table


@settings(max_examples=25)
@given(METRES, METRES, st.sampled_from(sorted(PAPERS)))
def test_no_larger_standard_scale_would_hold_a_full_area_without_legend(
    width: float, height: float, paper: str
) -> None:
    layout = lay_out(area(width, height), Furniture("位置图"), paper)
    larger = [scale for scale in SCALES if scale < layout.scale]
    long, short = PAPERS[paper]
    for size in ((long, short), (short, long)) if larger else ():
        margins = margins_of(Furniture("位置图"), paper, size)
        frame = grown(margins.room, -(GUTTER + 3.5) * margins.k)  # 3.5 mm of air inside the inner neat line
        fits = (frame[2] - frame[0]) * larger[-1] / 1000, (frame[3] - frame[1]) * larger[-1] / 1000
        assert width > fits[0] or height > fits[1]


@settings(max_examples=20)
@given(METRES, METRES, st.sampled_from(sorted(PAPERS)))
def test_millimetres_on_paper_are_exact(width: float, height: float, paper: str) -> None:
    layout = lay_out(area(width, height), furniture(6, table=False), paper)
    canvas = open_sheet(layout)
    to_mm = 25.4 / canvas.figure.dpi
    for x, y in ((EAST, NORTH), (EAST - width / 2, NORTH + height / 2), (EAST + width / 3, NORTH)):
        on_paper = layout.to_paper(x, y)
        assert canvas.axes.transData.transform((x, y)) * to_mm == pytest.approx(on_paper, abs=1e-5)
        assert canvas.sheet.transData.transform(on_paper) * to_mm == pytest.approx(on_paper, abs=1e-9)
        assert layout.to_ground(*on_paper) == pytest.approx((x, y), abs=1e-6)
    a, b = layout.to_paper(EAST, NORTH), layout.to_paper(EAST + 1000, NORTH + 500)
    assert b[0] - a[0] == pytest.approx(1e6 / layout.scale, rel=1e-6)
    assert b[1] - a[1] == pytest.approx(5e5 / layout.scale, rel=1e-6)


def test_paper_lies_or_stands_as_the_area_does() -> None:
    assert lay_out(area(4000, 1500), furniture(6)).width_mm == 420
    assert lay_out(area(1500, 4000), furniture(6)).width_mm == 297


def test_a_legend_that_no_paper_holds_is_named_as_such() -> None:
    with pytest.raises(InputError) as caught:
        lay_out(area(2000, 2000), furniture(150), "A4")
    assert [item.code for item in caught.value.findings] == ["MAP-legend-large"]
    assert "150" in str(caught.value) and "A4" in str(caught.value)


def test_an_area_that_no_scale_holds_is_named() -> None:
    with pytest.raises(InputError) as caught:
        lay_out(area(4e6, 3e6), furniture(), "A4")
    assert [item.code for item in caught.value.findings] == ["MAP-extent"]
    with pytest.raises(DeliverError):
        lay_out(shapely.Polygon(), furniture())
    with pytest.raises(DeliverError):
        lay_out(area(100, 100), furniture(), "B5")


@pytest.mark.parametrize(
    ("width", "height", "paper", "entries"),
    [
        (5000, 2500, "A3", 18),
        (2400, 2550, "A3", 36),
        (1500, 4000, "A4", 40),
        (60, 45, "A4", 6),
        (18_000, 13_000, "A0", 40),
        (90_000, 70_000, "A2", 24),
        (2900, 2000, "A1", 10),
    ],
)
def test_no_two_texts_overlap_and_none_leaves_the_paper(
    width: float, height: float, paper: str, entries: int
) -> None:
    canvas, layout = furnished(width, height, paper, entries)
    with use_typeface():
        canvas.figure.set_dpi(254)
        renderer = FigureCanvasAgg(canvas.figure).get_renderer()
        boxes = [(t.get_text(), t.get_window_extent(renderer).extents / 10) for t in canvas.sheet.texts]
    for text, box in boxes:
        assert 2 < box[0] and box[2] < layout.width_mm - 2 and 1 < box[1], text
        assert box[3] < layout.height_mm - 2, text
    for (one, a), (other, b) in combinations(boxes, 2):
        # letters have air above and below: a tenth of a box may be shared, ink is not
        shared = (min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1]))
        least = 0.22 * min(a[3] - a[1], b[3] - b[1], a[2] - a[0], b[2] - b[0])
        assert min(shared) <= max(least, 0.05), (one, other, shared)


@pytest.mark.requirement("D-054")
def test_what_is_printed_reads_back_from_the_pdf() -> None:
    words = furniture(20)
    layout = lay_out(area(5000, 2500), words)
    canvas = open_sheet(layout)
    tags = furnish(canvas, layout, words, CRS)
    assert len(tags) == 5 + 15 and tags == tuple(words.tags())
    reader = PdfReader(BytesIO(to_pdf(canvas, words.title, words.unit, SEAL)))
    text = reader.pages[0].extract_text()
    for tag in tags:
        assert tag.text in text
    for part in (
        *(
            words.title,
            words.subtitle,
            words.unit,
            words.date,
            words.data_source,
            SEAL,
            "刘堡镇",
            "等高距50米。",
        ),
        *("2000国家大地坐标系，高斯—克吕格投影，3度带第36带", "中央经线东经108°", "1985国家高程基准"),
        *(f"1:{layout.scale}", "图例", "面积单位：公顷", "单位：公顷", "基期年：2024年", "北"),
    ):
        assert part in text, part
    assert "远处" not in text, "a name outside the frame is left out"


def test_files_are_repeatable_and_carry_the_seal() -> None:
    def make() -> tuple[bytes, bytes]:
        canvas, _ = furnished(5000, 2500, "A4", 12)
        return to_png(canvas, 60, SEAL), to_pdf(canvas, "图", "单位", SEAL)

    (png, pdf), again = make(), make()
    assert (png, pdf) == again
    about = PdfReader(BytesIO(pdf)).metadata
    assert about is not None and about["/Keywords"] == SEAL and about.title == "图"
    assert not {"/CreationDate", "/ModDate"} & set(about)
    with Image.open(BytesIO(png)) as picture:
        assert picture.info["fangtian-seal"] == SEAL
        assert picture.size == (int(297 / 25.4 * 60), int(210 / 25.4 * 60))
    assert zlib.crc32(png) != zlib.crc32(pdf)


def test_a_pdf_does_not_depend_on_the_png_made_before_it() -> None:
    canvas, _ = furnished(5000, 2500, "A4", 12)
    first = to_pdf(canvas, "图", "单位", SEAL)
    to_png(canvas, 90, SEAL)
    assert to_pdf(canvas, "图", "单位", SEAL) == first


def test_corners_are_where_the_reference_projection_puts_them() -> None:
    canvas, layout = furnished(5000, 2500, "A3", 12)
    shown = [text.get_text() for text in canvas.sheet.texts]
    to_degrees = pyproj.Transformer.from_crs(4524, 4490, always_xy=True)
    decimals = 0 if layout.scale > 10_000 else 1
    for x in (layout.ground[0], layout.ground[2]):
        for y in (layout.ground[1], layout.ground[3]):
            longitude, latitude = to_degrees.transform(x, y)
            assert degrees_text(longitude, decimals) in shown
            assert degrees_text(latitude, decimals) in shown


@pytest.mark.parametrize("epsg", [4524, 4545])
def test_eastings_lose_the_zone_number_and_show_it_apart(epsg: int) -> None:
    crs = crs_of(epsg)
    shift = 0.0 if crs.prefixed else -36e6
    subject = shapely.transform(area(5000, 2500), lambda points: points + np.array([shift, 0.0]))
    layout = lay_out(subject, furniture(6))
    canvas = open_sheet(layout)
    furnish(canvas, layout, furniture(6), crs)
    shown = [text.get_text() for text in canvas.sheet.texts]
    assert "520" in shown and "3872" in shown
    assert shown.count("36") == 4, "first and last of both horizontal edges"
    assert not [text for text in shown if text.startswith("365")]


@given(st.sampled_from(SCALES), st.floats(min_value=30, max_value=200))
def test_the_scale_bar_has_round_steps_and_fits(scale: int, room_mm: float) -> None:
    room = room_mm * scale / 1000
    step, number = bar_steps(room)
    assert f"{step:.0e}"[0] in "125" and float(f"{step:.0e}") == pytest.approx(step)
    assert 3 <= number <= 5
    assert 0.59 * room < step * number <= room * 1.000001


def test_dollar_signs_and_brackets_in_names_are_only_letters() -> None:
    words = Furniture("图$x_1$与{y}\\alpha", seal=SEAL, subtitle="$$")
    layout = lay_out(area(500, 300), words)
    canvas = open_sheet(layout)
    furnish(canvas, layout, words, CRS)
    text = PdfReader(BytesIO(to_pdf(canvas, words.title, "", SEAL))).pages[0].extract_text()
    assert words.title in text
