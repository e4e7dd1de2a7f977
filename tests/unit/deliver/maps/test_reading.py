"""What makes a map easy to read: legends, phrases, boundaries, borders and names that do not run together."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import AxesImage
from PIL import Image

from fangtian.deliver.drawing.typeface import text_width, wrapped
from fangtian.deliver.maps import shade
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.fills import LIGHTEST, fill
from fangtian.deliver.maps.graticule import crosses
from fangtian.deliver.maps.legend import arrange
from fangtian.deliver.maps.lines import outline
from fangtian.deliver.maps.neighbours import _off_crosses
from fangtian.deliver.maps.paper import overlap
from fangtian.deliver.maps.pen import dashes
from fangtian.deliver.maps.relief import _taper
from fangtian.deliver.maps.sheet import (
    Furniture,
    LegendGroup,
    LegendItem,
    Neighbour,
    lay_out,
    open_sheet,
    to_png,
)
from fangtian.deliver.maps.strata import Order, Stratum, shapes_of
from fangtian.deliver.maps.wording import phrased

EAST, NORTH = 36_500_000.0, 3_870_000.0
EM = 72 / 25.4  # points of a letter of one millimetre


def board_of(side: float = 2_000.0) -> Board:
    layout = lay_out(shapely.box(EAST, NORTH, EAST + side, NORTH + side), Furniture("图"))
    return Board(open_sheet(layout), layout)


def square(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


def strokes(board: Board, item: LegendItem, *shapes: shapely.Polygon) -> list[tuple[bool, float, int]]:
    """Whether dashed, width in points and number of corners of all that is drawn for an outline."""
    outline(board, Stratum(item, shapes_of(*shapes), Order.PILOT))
    return [
        (patch.get_linestyle() not in ("-", "solid"), patch.get_linewidth(), len(patch.get_path()))
        for patch in board.canvas.axes.patches
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("未利用地开发补充耕地：XZ-017～034", ("未利用地开发补充耕地：", "XZ-017～034")),
        ("试算产业用地盘活：JX-001，PH-001～002", ("试算产业用地盘活：JX-001，", "PH-001～002")),
        ("水田", ("水田",)),
    ],
)
def test_labels_break_between_phrases_and_never_within_a_number(text: str, lines: tuple[str, ...]) -> None:
    assert phrased(text, 8.0, 44.0) == lines


@given(
    text=st.text(alphabet="田块，；：（）、～-。AZ019 ", min_size=1, max_size=60),
    width=st.floats(min_value=12, max_value=60),
)
def test_phrases_lose_nothing_fit_and_take_no_more_lines(text: str, width: float) -> None:
    lines = phrased(text, EM * 3, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) <= len(wrapped(text, EM * 3, width))
    widest = max(text_width(line, EM * 3) for line in wrapped(text, EM * 3, width))
    assert all(text_width(line, EM * 3) <= max(width, widest) + 1e-6 for line in lines)


def groups(*sizes: int) -> list[LegendGroup]:
    return [
        LegendGroup(f"组{g}", tuple(LegendItem(f"项{g}-{i}", "fill") for i in range(size)))
        for g, size in enumerate(sizes)
    ]


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=7), columns=st.integers(1, 5))
def test_whole_groups_stay_in_one_column(sizes: list[int], columns: int) -> None:
    legend = arrange(groups(*sizes), columns, 1.0, whole=True)
    assert len(legend.columns) <= columns
    homes = {
        (row.item.label.split("-")[0], number)
        for number, column in enumerate(legend.columns)
        for row in column.rows
        if row.item
    }
    assert len(homes) == len(sizes)
    assert all(column.rows[0].item is None for column in legend.columns)
    assert legend.height >= arrange(groups(*sizes), columns, 1.0).height - 1e-3


def test_a_group_of_very_many_rows_is_broken_all_the_same() -> None:
    assert len(arrange(groups(40, 3), 3, 1.0, whole=True).columns) == 3


def test_the_mark_of_a_boundary_stands_in_the_middle_of_its_swatch() -> None:
    village = (3.2, 1.1, 3.2, 1.1, 3.2, 1.1, 0.3, 1.1)
    start, pattern = dashes(village, 1.0, 8.5)
    assert pattern == village
    assert (start + 8.5 / 2) % sum(village) == pytest.approx(sum(village[:6]) + 0.15)


def test_small_rings_are_drawn_solid_and_thin_so_that_they_stay_open() -> None:
    item = LegendItem("界", "line", edge=(168, 0, 0), width_mm=0.8, dash=(4.0, 1.0, 1.0, 1.0))
    board = board_of()
    small = 2.5 * board.layout.scale / 1000
    drawn = strokes(board, item, square(0, 0, 2_000), square(2_300, 0, small))
    dashed, solid = (
        [width for is_dashed, width, _ in drawn if is_dashed == wanted] for wanted in (True, False)
    )
    assert len(dashed) == 1
    assert solid == [pytest.approx(dashed[0] / 2)]


def test_a_gap_narrower_than_the_line_is_bridged_and_a_wider_one_is_not() -> None:
    item = LegendItem("界", "line", edge=(168, 0, 0), width_mm=0.8, dash=(4.0, 1.0, 1.0, 1.0))
    for gap_mm, rings in ((0.4, 1), (1.6, 2)):
        board = board_of()
        gap = gap_mm * board.layout.scale / 1000
        strokes(board, item, square(0, 0, 900), square(900 + gap, 0, 900))
        codes = np.concatenate([patch.get_path().codes for patch in board.canvas.axes.patches])
        assert int((codes == 1).sum()) == rings


def test_borders_of_parcels_grow_lighter_where_parcels_lie_close() -> None:
    board = board_of()
    item = LegendItem("田", "fill", face=(255, 255, 0), edge=(77, 77, 77), width_mm=0.12)
    mm = board.layout.scale / 1000
    widths = []
    for side_mm in (4.0, 1.5, 0.1):
        cells = [square(number * side_mm * mm, 0, side_mm * mm) for number in range(5)]
        fill(board, Stratum(item, shapes_of(*cells), Order.FILL))
        widths.append(board.canvas.axes.patches[-1].get_linewidth())
    assert widths[0] > widths[1] > widths[2]
    assert widths[2] == pytest.approx(widths[0] * LIGHTEST)


def test_a_neighbours_name_steps_off_the_cross_that_would_run_through_it() -> None:
    layout = board_of().layout
    west, south, east, north = crosses(layout)[len(crosses(layout)) // 2]
    name = Neighbour("邻村", (west + east) / 2, (south + north) / 2, 8.0)
    moved = _off_crosses(name, layout, shapely.box(*layout.ground))
    half = layout.metres(8.0 * 25.4 / 72) / 2
    assert moved.x == name.x
    box = (moved.x - 1, moved.y - half, moved.x + 1, moved.y + half)
    assert not any(overlap(box, cross) for cross in crosses(layout))
    nowhere = shapely.Polygon()
    assert _off_crosses(name, layout, nowhere) == name


def test_shade_fades_where_the_model_ends_but_not_where_the_frame_does() -> None:
    known = np.ones((40, 60), dtype=bool)
    faded = _taper(known, 10, (True, False, False, False))
    assert faded[20, 0] < 0.05
    assert faded[20, -1] == 1.0
    assert (_taper(known, 10, (False, False, False, False)) == 1.0).all()


def test_a_picture_in_bands_is_the_picture_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shade, "BAND", 50)
    cells = np.random.default_rng(1).integers(0, 255, (30, 40, 4), dtype=np.uint8)
    pictures = []
    for banded in (True, False):
        board = board_of()
        axes = board.canvas.axes
        west, south, east, north = (EAST + 100, NORTH + 50, EAST + 1_900, NORTH + 1_400)
        if banded:
            picture: AxesImage = shade.BandedImage(axes, cells, (west, south, east, north), 2.0)
        else:
            picture = AxesImage(axes, extent=(west, east, south, north), interpolation="none", zorder=2.0)
            picture.set_data(cells)
        clip = board.clip(square(200, 0, 1_500))
        assert clip is not None
        picture.set_clip_path(clip, axes.transData)
        axes.add_artist(picture)
        pictures.append(np.asarray(Image.open(BytesIO(to_png(board.canvas, 50)))).astype(int))
    assert (pictures[0] != 255).any()
    assert (np.abs(pictures[0] - pictures[1]).max(axis=2) > 8).mean() < 0.002
