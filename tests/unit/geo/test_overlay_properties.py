"""叠加性质：碎片恰好铺满图斑、互不重叠、面积相加不差；行的次序无关；分区重叠不会悄悄抵消。"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fangtian.errors import BalanceError
from fangtian.geo.area import ellipsoidal_areas
from fangtian.geo.crs import crs_of
from fangtian.geo.overlay import CRUMB_M2, OUTSIDE, Mosaic, Zone, overlay

PLAIN = crs_of(4544)
CORNER = np.array([480_000.0, 3_900_000.0])
SEEDS = st.integers(0, 2**32 - 1)

Shapes = NDArray[np.object_]


def cells(seed: int, count: int, span: float) -> Shapes:
    """Convex cells that fill a square without gap or overlap, on the 0.1 mm grid."""
    random = np.random.default_rng(seed)
    points = shapely.multipoints(np.round(random.uniform(0, span, (count, 2)) + CORNER, 4))
    frame = shapely.box(*CORNER, *(CORNER + span))
    found = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    # Not set_precision: a shape would keep the grid and take every later cut to it.
    on_grid: Shapes = shapely.transform(shapely.intersection(found, frame), lambda xy: np.round(xy, 4))
    return on_grid


def pierced(seed: int, shapes: Shapes) -> Shapes:
    """Some get a hole, some lose a strip and fall into two parts, some are missing, empty or flat."""
    random = np.random.default_rng(seed)
    west, south, east, north = shapely.bounds(shapes).T
    width, height = east - west, north - south
    hole = shapely.box(west + 0.4 * width, south + 0.4 * height, west + 0.6 * width, south + 0.55 * height)
    strip = shapely.box(west + 0.45 * width, south - 1, west + 0.52 * width, north + 1)
    kind = random.integers(0, 6, len(shapes))
    result = np.where(kind == 0, shapely.difference(shapes, hole), shapes)
    result = np.where(kind == 1, shapely.difference(shapes, strip), result)
    result[kind == 2] = random.choice(np.array([None, shapely.Polygon(), shapes[0]], dtype=object))
    return result


def stars(seed: int, count: int, span: float) -> Shapes:
    """Ragged polygons that may overlap one another, as a hand-drawn set does."""
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, (count, 11)), axis=1)
    radius = random.uniform(0.05, 0.3, (count, 11)) * span
    centre = random.uniform(0, span, (count, 1, 2)) + CORNER
    rings = centre + np.stack((np.cos(angle), np.sin(angle)), axis=-1) * radius[..., None]
    drawn: Shapes = shapely.make_valid(shapely.polygons(np.round(rings, 4)), method="structure")
    return drawn


def named(name: str, shapes: Shapes) -> Zone:
    return Zone(name, shapes, np.arange(len(shapes)).astype(str).astype(object))


def scene(seed: int, span: float) -> tuple[Shapes, list[Zone]]:
    parcels = pierced(seed, cells(seed + 1, 14, span))
    villages, plots = cells(seed + 2, 4, span * 0.9), cells(seed + 3, 9, span * 0.7)[::2]
    return parcels, [named("village", villages), named("plot", plots), Zone("line", stars(seed, 5, span))]


def keys(mosaic: Mosaic) -> list[tuple[int, ...]]:
    columns = [mosaic.base, *(mosaic.zones[name] for name in sorted(mosaic.zones))]
    return [tuple(row) for row in np.stack(columns, axis=1).tolist()]


@given(seed=SEEDS, span=st.sampled_from([40.0, 300.0, 2500.0]))
@settings(max_examples=20)
def test_pieces_fill_each_parcel_exactly_and_do_not_overlap(seed: int, span: float) -> None:
    parcels, zones = scene(seed, span)
    mosaic = overlay(parcels, zones, PLAIN)
    assert len(set(keys(mosaic))) == len(mosaic)
    assert np.array_equal(np.unique(mosaic.base), np.arange(len(parcels)))
    spare = 20 * CRUMB_M2 + 1e-6 * span  # a cut off crumb each, and the last digit of the coordinates
    for row, parcel in enumerate(parcels):
        own = mosaic.geometry[mosaic.base == row]
        if not shapely.area(parcel) > 0:
            assert len(own) == 1
            continue
        assert shapely.is_valid(own).all()
        together = shapely.union_all(own)
        assert shapely.area(own).sum() == pytest.approx(shapely.area(parcel), abs=spare)
        assert shapely.area(together) == pytest.approx(shapely.area(own).sum(), abs=spare)
        assert shapely.area(shapely.symmetric_difference(together, parcel)) <= spare


@given(seed=SEEDS, span=st.sampled_from([40.0, 300.0, 2500.0]))
@settings(max_examples=20)
def test_every_piece_lies_in_the_zones_it_names_and_in_no_other(seed: int, span: float) -> None:
    parcels, zones = scene(seed, span)
    mosaic = overlay(parcels, zones, PLAIN)
    solid = shapely.area(mosaic.geometry) > 0
    for zone in zones:
        rows, dissolved = mosaic.zones[zone.name], shapely.union_all(zone.geometry)
        shapes = zone.geometry if zone.ids is not None else np.array([dissolved], dtype=object)
        inside, outside = solid & (rows != OUTSIDE), solid & (rows == OUTSIDE)
        apart = shapely.difference(mosaic.geometry[inside], shapes[rows[inside]])
        within = shapely.intersection(mosaic.geometry[outside], dissolved)
        spare = 5 * CRUMB_M2 + 1e-6 * span
        assert shapely.area(apart).max(initial=0) <= spare
        assert shapely.area(within).max(initial=0) <= spare


@given(seed=SEEDS)
@settings(max_examples=15)
def test_areas_add_up_to_the_parcels_and_to_the_zones(seed: int) -> None:
    parcels = cells(seed, 12, 400.0)
    villages = cells(seed + 1, 5, 400.0)
    mosaic = overlay(parcels, [named("village", villages)], PLAIN)
    assert (mosaic.zones["village"] != OUTSIDE).all() or mosaic.area_m2[
        mosaic.zones["village"] == OUTSIDE
    ].sum() < 0.1  # rounding to 0.1 mm leaves hairlines between cells
    by_parcel = np.bincount(mosaic.base, mosaic.area_m2, len(parcels))
    assert np.abs(by_parcel - ellipsoidal_areas(parcels, PLAIN)).max() < 0.3
    inside = mosaic.zones["village"] != OUTSIDE
    by_village = np.bincount(mosaic.zones["village"][inside], mosaic.area_m2[inside], len(villages))
    assert np.abs(by_village - ellipsoidal_areas(villages, PLAIN)).max() < 0.6
    assert mosaic.balance.outside_m2 == pytest.approx(mosaic.balance.inside_m2, abs=0.6)


@given(seed=SEEDS)
@settings(max_examples=15)
def test_the_order_of_the_rows_changes_only_the_order_of_the_pieces(seed: int) -> None:
    parcels, zones = scene(seed, 300.0)
    random = np.random.default_rng(seed)
    turn = random.permutation(len(parcels))
    turns = [random.permutation(len(zone.geometry)) for zone in zones]
    mixed = [
        Zone(zone.name, zone.geometry[order], None if zone.ids is None else zone.ids[order])
        for zone, order in zip(zones, turns, strict=True)
    ]
    first, second = overlay(parcels, zones, PLAIN), overlay(parcels[turn], mixed, PLAIN)
    back = {
        zone.name: np.zeros(1, np.int64) if zone.ids is None else order
        for zone, order in zip(zones, turns, strict=True)
    }
    names = sorted(first.zones)
    restored = np.stack(
        [
            turn[second.base],
            *(np.append(back[name], OUTSIDE)[second.zones[name]] for name in names),
        ],
        axis=1,
    )
    found = dict(zip(map(tuple, restored.tolist()), second.geometry, strict=True))
    for key, shape in zip(keys(first), first.geometry, strict=True):
        other = found.pop(key, None)
        if not shapely.area(shape) > 2 * CRUMB_M2:
            continue
        assert other is not None and shapely.area(shapely.symmetric_difference(shape, other)) < 1e-3
    assert all(not shapely.area(shape) > 2 * CRUMB_M2 for shape in found.values())


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.transform(shapely.box(west, south, east, north), lambda xy: xy + CORNER)


def boxes(*bounds: tuple[float, float, float, float]) -> Shapes:
    return np.array([box(*each) for each in bounds], dtype=object)


@given(
    east=st.floats(10, 90),
    start=st.floats(0, 80),
    width=st.floats(5, 100),
    first=st.sampled_from([[], [None], [shapely.Polygon()]]),
)
@settings(max_examples=60)
def test_zones_that_overlap_in_a_parcel_always_stop_the_overlay(
    east: float, start: float, width: float, first: list[shapely.Polygon | None]
) -> None:
    """However much of the parcel no zone holds, and whatever rows without a shape come before it."""
    parcels = np.array([*first, box(0, 0, 100, 100)], dtype=object)
    plots = boxes((0, 0, east, 100), (start, 0, start + width, 100))
    if min(east, start + width) - start > 0.01:
        with pytest.raises(BalanceError, match=rf"重叠（0、1），第 {len(parcels)} 个图斑"):
            overlay(parcels, [named("plot", plots)], PLAIN)
    elif start >= east:
        overlay(parcels, [named("plot", plots)], PLAIN)


def test_ground_claimed_twice_does_not_make_up_for_ground_that_nobody_claims() -> None:
    """40–60 lies in both plots, 80–100 in none: the areas close, the ground does not."""
    plots = named("plot", boxes((0, 0, 60, 100), (40, 0, 80, 100)))
    with pytest.raises(BalanceError, match=r"“plot”的图形互相重叠（0、1），第 1 个图斑有 2000\.00 m²"):
        overlay(boxes((0, 0, 100, 100)), [plots], PLAIN)


def test_a_sliver_in_two_zones_that_lap_over_by_less_than_the_tolerance_goes_to_the_first() -> None:
    villages = named("village", boxes((-10, -10, 0.06, 10), (-0.01, -10, 10, 10)))
    mosaic = overlay(boxes((0, 0, 0.05, 0.05)), [villages], PLAIN)
    assert (mosaic.base.tolist(), mosaic.zones["village"].tolist()) == ([0], [0])


def test_degrees_are_refused_because_a_crumb_of_them_is_a_square_kilometre() -> None:
    field = np.array([shapely.box(105.0, 35.0, 105.002, 35.002)], dtype=object)
    with pytest.raises(ValueError, match="project the layers"):
        overlay(field, [Zone("line", shapely.box([105.0], 35.0, [105.001], 35.002))], crs_of(4490))


def test_overlapping_zones_are_named_in_their_own_order_also_where_one_covers_the_parcel() -> None:
    parcels = np.array([box(0, 0, 100, 100)], dtype=object)
    plots = boxes((0, 0, 10, 100), (0, 0, 100, 100))
    with pytest.raises(BalanceError, match="重叠（0、1）"):
        overlay(parcels, [named("plot", plots)], PLAIN)
