"""叠加：碎片合计等于原图斑，重叠与无效图形当场报出，结果与输入次序无关。"""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.errors import BalanceError
from fangtian.geo.area import ellipsoidal_areas
from fangtian.geo.crs import crs_of
from fangtian.geo.overlay import OUTSIDE, Zone, overlay

PLAIN = crs_of(4544)
EAST, NORTH = 480_000.0, 3_900_000.0


def at(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    """Boxes in metres from a corner in zone 35."""
    return np.array(
        [shapely.box(EAST + w, NORTH + s, EAST + e, NORTH + n) for w, s, e, n in boxes], dtype=object
    )


def told_apart(name: str, shapes: np.ndarray) -> Zone:
    return Zone(name, shapes, np.array([f"{name}{row}" for row in range(len(shapes))], dtype=object))


def test_pieces_know_their_parcel_and_their_zones() -> None:
    fields = at((0, 0, 100, 100), (100, 0, 200, 100), (500, 0, 600, 100))
    villages = told_apart("village", at((-10, -10, 150, 200), (150, -10, 400, 200)))
    redline = Zone("redline", at((0, 50, 120, 300)))
    mosaic = overlay(fields, [villages, redline], PLAIN)
    rows = list(
        zip(
            mosaic.base, mosaic.zones["village"], mosaic.zones["redline"], mosaic.area_m2.round(), strict=True
        )
    )
    assert rows == [
        (0, 0, -1, 5000),
        (0, 0, 0, 5000),
        (1, 0, -1, 4000),
        (1, 0, 0, 1000),
        (1, 1, -1, 5000),
        (2, -1, -1, 10000),
    ]


def test_a_zone_inside_a_parcel_leaves_the_parcel_with_a_hole() -> None:
    mosaic = overlay(at((0, 0, 100, 100)), [told_apart("plot", at((40, 40, 60, 60)))], PLAIN)
    assert mosaic.zones["plot"].tolist() == [OUTSIDE, 0]
    assert len(mosaic.geometry[0].interiors) == 1
    assert mosaic.area_m2.round().tolist() == [9600, 400]


def test_the_polygons_of_a_set_count_as_one_and_their_inner_borders_cut_nothing() -> None:
    redline = Zone("redline", at((0, 0, 50, 100), (50, 0, 100, 100), (40, 0, 60, 100), (200, 0, 210, 100)))
    mosaic = overlay(at((10, 10, 90, 90), (80, 0, 205, 100)), [redline], PLAIN)
    assert mosaic.base.tolist() == [0, 1, 1]
    assert mosaic.zones["redline"].tolist() == [0, OUTSIDE, 0]
    assert mosaic.geometry[2].geom_type == "MultiPolygon"  # 80–100 and 200–205: one piece of two parts


def test_a_parcel_that_only_touches_a_zone_is_outside_it() -> None:
    mosaic = overlay(
        at((0, 0, 100, 100)), [told_apart("plot", at((100, 0, 200, 100), (100, 100, 200, 200)))], PLAIN
    )
    assert mosaic.zones["plot"].tolist() == [OUTSIDE]


def test_a_border_off_by_the_last_digit_cuts_nothing() -> None:
    mosaic = overlay(at((0, 0, 100, 1)), [told_apart("village", at((0, 0, 99.99999, 1)))], PLAIN)
    assert mosaic.zones["village"].tolist() == [0]
    assert mosaic.area_m2[0] == pytest.approx(100.0, abs=0.1)


def test_missing_empty_and_flat_parcels_come_back_as_one_piece_outside() -> None:
    flat = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH), (EAST, NORTH)])
    fields = np.array([None, shapely.Polygon(), flat, *at((0, 0, 10, 10))], dtype=object)
    mosaic = overlay(fields, [told_apart("village", at((-5, -5, 50, 50)))], PLAIN)
    assert mosaic.base.tolist() == [0, 1, 2, 3]
    assert mosaic.zones["village"].tolist() == [OUTSIDE, OUTSIDE, OUTSIDE, 0]
    assert mosaic.area_m2[:3].tolist() == [0, 0, 0]


def test_without_zones_the_base_comes_back_as_it_is() -> None:
    fields = at((0, 0, 10, 10), (10, 0, 20, 10))
    mosaic = overlay(fields, [], PLAIN)
    assert all(a is b for a, b in zip(mosaic.geometry, fields, strict=True))
    empty = overlay(fields[:0], [Zone("redline", fields)], PLAIN)
    assert (len(empty), empty.balance.worst_row) == (0, -1)
    nothing = overlay(fields, [Zone("redline", fields[:0]), told_apart("plot", fields[:0])], PLAIN)
    assert nothing.zones["redline"].tolist() == nothing.zones["plot"].tolist() == [OUTSIDE, OUTSIDE]


@pytest.mark.parametrize("second", [(50, 0, 150, 100), (-10, -10, 110, 110), (0, 0, 100, 100)])
def test_zones_told_apart_that_overlap_inside_a_parcel_stop_the_overlay(second: tuple[float, ...]) -> None:
    plots = told_apart("plot", at((0, 0, 60, 100), second))
    with pytest.raises(BalanceError, match=r"plot.*重叠（plot\d、plot\d）.*第 2 个图斑"):
        overlay(at((900, 0, 950, 50), (0, 0, 100, 100)), [plots], PLAIN)


def test_an_invalid_parcel_stops_the_overlay_with_its_row() -> None:
    # The two wings of a bow tie cancel out in its own area, but not in its pieces.
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 90, NORTH + 90), (EAST + 90, NORTH), (EAST, NORTH + 80)])
    fields = np.array([*at((200, 0, 210, 10)), bow], dtype=object)
    with pytest.raises(BalanceError, match=r"第 2 个图斑|无效图形"):
        overlay(fields, [told_apart("plot", at((45, -10, 95, 95)))], PLAIN)


def test_progress_names_each_layer() -> None:
    seen: list[str] = []
    overlay(
        at((0, 0, 1, 1)),
        [Zone("redline", at((0, 0, 1, 1))), Zone("urban", at((0, 0, 1, 1)))],
        PLAIN,
        seen.append,
    )
    assert seen == ["redline", "urban"]


def mesh(seed: int, side: int, size: float) -> np.ndarray:
    """A coverage of crooked quadrilaterals on the 0.1 mm grid."""
    random = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * size
    grid = np.round(grid + random.uniform(-0.3, 0.3, grid.shape) * size + [EAST, NORTH], 4)
    corners = [grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]]
    return shapely.polygons(np.stack(corners, axis=2).reshape(-1, 4, 2))


@given(seed=st.integers(0, 10_000), size=st.sampled_from([15.0, 60.0, 300.0]))
@settings(max_examples=30, deadline=None)
def test_pieces_of_crooked_coverages_cover_every_parcel_once(seed: int, size: float) -> None:
    fields, plots = mesh(seed, 6, size), mesh(seed + 1, 4, size * 1.6)
    redline = Zone("redline", shapely.buffer(plots[[3, 9]], -size / 7))
    mosaic = overlay(fields, [told_apart("plot", plots), redline], PLAIN)
    whole = ellipsoidal_areas(fields, PLAIN)
    summed = np.bincount(mosaic.base, mosaic.area_m2, len(fields))
    assert np.abs(summed - whole).max() <= 0.01 + 1e-4 * size * 40
    assert shapely.is_valid(mosaic.geometry).all()
    plane = np.bincount(mosaic.base, shapely.area(mosaic.geometry), len(fields))
    assert np.abs(plane - shapely.area(fields)).max() < 1e-3
    keys = set(zip(mosaic.base, mosaic.zones["plot"], mosaic.zones["redline"], strict=True))
    assert len(keys) == len(mosaic)
    inside = mosaic.zones["plot"] >= 0
    kept = shapely.area(shapely.intersection(mosaic.geometry[inside], plots[mosaic.zones["plot"][inside]]))
    assert np.abs(kept - shapely.area(mosaic.geometry[inside])).max() < 1e-3


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_layers_changes_nothing_but_the_order_of_the_pieces(seed: int) -> None:
    fields, plots, villages = mesh(seed, 5, 50.0), mesh(seed + 1, 3, 80.0), mesh(seed + 2, 2, 130.0)
    zones = [told_apart("plot", plots), told_apart("village", villages)]
    one, other = overlay(fields, zones, PLAIN), overlay(fields, zones[::-1], PLAIN)

    def areas(mosaic: object) -> dict[tuple[int, int, int], float]:
        keys = zip(
            mosaic.base.tolist(), mosaic.zones["plot"].tolist(), mosaic.zones["village"].tolist(), strict=True
        )
        return {key: area for key, area in zip(keys, mosaic.area_m2.tolist(), strict=True) if area > 0.01}

    first, second = areas(one), areas(other)
    assert first.keys() == second.keys()
    assert max(abs(first[key] - second[key]) for key in first) < 0.05
