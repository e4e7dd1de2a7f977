"""图斑椭球面积：与 PROJ、图幅理论面积、真实图斑对照；与起点、方向、分割、前缀无关。"""

import csv
import re
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.formats.vector import read_layer
from fangtian.geo.area import ellipsoidal_areas, inverse_gauss_kruger, official_areas
from fangtian.geo.crs import Crs, crs_of
from fangtian.geo.topology import repair

SHARED = Path(__file__).parents[3] / "../shared"
ZONE = crs_of(4523)
# south edge of 1:10000 sheets, and their area by the rule's own series (computed for this project)
SHEETS = [(32.5, 27133437.3464), (32 + 32.5 / 60, 27121089.3696), (32 + 35 / 60, 27108726.9919)]


def polygon(points: list[tuple[float, float]] | np.ndarray) -> np.ndarray:
    return np.array([shapely.Polygon(points)], dtype=object)


def star(seed: int, radius: float, corners: int = 12) -> np.ndarray:
    """A star-shaped parcel on the 0.1 mm grid of zone 35."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = radius * random.uniform(0.4, 1.0, corners)
    east = 35_500_000 + random.uniform(-120_000, 120_000) + reach * np.cos(angle)
    north = random.uniform(3_600_000, 4_700_000) + reach * np.sin(angle)
    return polygon(list(zip(np.round(east, 4), np.round(north, 4), strict=True)))


@pytest.mark.parametrize("zone", range(31, 37))
def test_the_official_inverse_projection_is_within_0_13_mm_of_proj(zone: int) -> None:
    random = np.random.default_rng(zone)
    longitude = random.uniform(3 * zone - 2, 3 * zone + 2, 2000)
    latitude = random.uniform(32, 43, 2000)
    forward = pyproj.Transformer.from_crs(4490, 4488 + zone, always_xy=True)
    east, north = forward.transform(longitude, latitude)
    b, difference = inverse_gauss_kruger(north, east - crs_of(4488 + zone).false_easting)
    north_mm = (b / 3600 - latitude) * 111_000_000
    east_mm = (difference / 3600 + 3 * zone - longitude) * 111_320_000 * np.cos(np.radians(latitude))
    assert np.abs(north_mm).max() < 0.13
    assert np.ptp(north_mm) < 0.05  # a shift, not a distortion
    assert np.abs(east_mm).max() < 0.02


@pytest.mark.parametrize(("south", "expected"), SHEETS)
def test_a_map_sheet_has_its_theoretical_area(south: float, expected: float) -> None:
    sheet = shapely.box([105.0], [south], [105.0625], [south + 2.5 / 60])
    assert ellipsoidal_areas(sheet, crs_of(4490))[0] == pytest.approx(expected, abs=0.01)


def test_all_map_sheets_of_the_reference_table_agree_to_a_square_centimetre() -> None:
    table = SHARED / "standards/golden_sheet_area.csv"
    if not table.exists():
        pytest.skip("../shared/standards is not here: the table of 756 sheets cannot be compared")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    size = {"10000": (3.75 / 60, 2.5 / 60), "5000": (1.875 / 60, 1.25 / 60)}
    parts = [[float(n) for n in re.findall(r"[\d.]+", row["south_edge_dms"])] for row in rows]
    south = np.array([d + m / 60 + s / 3600 for d, m, s in parts])
    width, height = np.array([size[row["scale"]] for row in rows]).T
    sheets = shapely.box(105.0, south, 105.0 + width, south + height)
    expected = np.array([float(row["area_series_m2"]) for row in rows])
    assert np.abs(ellipsoidal_areas(sheets, crs_of(4490)) - expected).max() < 0.01


@pytest.mark.parametrize("radius", [15, 60, 250])
def test_parcels_agree_with_the_geodesic_area_of_their_densified_outline(radius: float) -> None:
    worst = {15: 0.002, 60: 0.02, 250: 0.06}[radius]
    geod = pyproj.Geod(a=6378137, rf=298.257222101)
    back = pyproj.Transformer.from_crs(4523, 4490, always_xy=True)
    for seed in range(20):
        parcel = star(seed, radius)
        outline = shapely.get_coordinates(shapely.segmentize(parcel, 5.0))
        geodesic, _ = geod.polygon_area_perimeter(*back.transform(outline[:, 0], outline[:, 1]))
        assert ellipsoidal_areas(parcel, ZONE)[0] == pytest.approx(abs(geodesic), abs=worst)


def undensified(parcel: np.ndarray) -> float:
    """Area of the vertices alone: projected here, measured as a geographic polygon."""
    east, north = shapely.get_coordinates(parcel).T
    b, difference = inverse_gauss_kruger(north, east - 35_500_000)
    vertices = polygon(np.column_stack((np.round(difference, 6), np.round(b, 6))) / 3600)
    return float(ellipsoidal_areas(vertices, crs_of(4490))[0])


def test_only_edges_over_70_metres_are_densified() -> None:
    east, north = 35_600_000, 4_000_000
    short = polygon([(east, north), (east + 70, north), (east + 35, north + 60)])
    long = polygon([(east, north), (east + 700, north), (east + 350, north + 600)])
    assert ellipsoidal_areas(short, ZONE)[0] == pytest.approx(undensified(short), abs=1e-6)
    assert abs(ellipsoidal_areas(long, ZONE)[0] - undensified(long)) > 0.5


def test_the_area_is_rounded_half_up_to_a_square_centimetre_hundredfold() -> None:
    parcel = star(1, 60)
    assert official_areas(parcel, ZONE)[0] == int(ellipsoidal_areas(parcel, ZONE)[0] * 100 + 0.5)
    assert official_areas(parcel, ZONE).dtype == np.int64


def test_holes_are_subtracted_and_parts_add_up() -> None:
    shell, hole = shapely.box(0, 0, 300, 300), shapely.box(100, 100, 150, 180)
    moved = [shapely.affinity.translate(g, 35_480_000, 3_900_000) for g in (shell, hole)]
    far = shapely.affinity.translate(hole, 35_481_000, 3_900_000)
    ring = moved[0].difference(moved[1])
    shapes = np.array([moved[0], moved[1], ring, far, shapely.MultiPolygon([ring, far])], dtype=object)
    whole, cut, holed, other, multi = ellipsoidal_areas(shapes, ZONE)
    assert holed == pytest.approx(whole - cut, abs=1e-6)
    assert multi == pytest.approx(holed + other, abs=1e-6)


def test_missing_empty_and_flat_shapes_have_no_area() -> None:
    line = shapely.Polygon([(35_480_000, 3_900_000), (35_480_100, 3_900_000), (35_480_000, 3_900_000)])
    shapes = np.array([None, shapely.Polygon(), line, shapely.MultiPolygon()], dtype=object)
    assert official_areas(shapes, ZONE).tolist() == [0, 0, 0, 0]
    assert official_areas(np.array([], dtype=object), ZONE).tolist() == []


@given(seed=st.integers(0, 10_000), radius=st.sampled_from([20.0, 120.0, 900.0]), start=st.integers(1, 11))
@settings(max_examples=60, deadline=None)
def test_starting_point_direction_and_prefix_do_not_matter(seed: int, radius: float, start: int) -> None:
    parcel = star(seed, radius)
    ring = shapely.get_coordinates(parcel)[:-1]
    turned = polygon(np.roll(ring, start, axis=0).tolist())
    plain = shapely.transform(parcel, lambda points: points - [35_000_000, 0])
    expected = ellipsoidal_areas(parcel, ZONE)[0]
    assert ellipsoidal_areas(turned, ZONE)[0] == pytest.approx(expected, abs=1e-5)
    assert ellipsoidal_areas(shapely.reverse(parcel), ZONE)[0] == pytest.approx(expected, abs=radius * 2e-5)
    assert ellipsoidal_areas(plain, crs_of(4544))[0] == pytest.approx(expected, abs=1e-5)


@given(seed=st.integers(0, 10_000), radius=st.sampled_from([20.0, 120.0, 900.0]), share=st.floats(0.2, 0.8))
@settings(max_examples=60, deadline=None)
def test_the_parts_of_a_split_parcel_add_up_to_it_within_the_rounding_of_the_cut(
    seed: int, radius: float, share: float
) -> None:
    parcel = star(seed, radius)
    west, south, east, north = shapely.bounds(parcel[0])
    cut = west + share * (east - west)
    parts = np.array(
        [parcel[0] & shapely.box(west, south, cut, north), parcel[0] - shapely.box(west, south, cut, north)]
    )
    rounding = 1e-4 * shapely.length(parts).sum() + 0.001  # 0.1 mm along the outlines
    assert ellipsoidal_areas(parts, ZONE).sum() == pytest.approx(
        ellipsoidal_areas(parcel, ZONE)[0], abs=rounding
    )


@pytest.mark.parametrize(
    "crs", [crs_of(4523), crs_of(4544), crs_of(4496), crs_of(4507)], ids=lambda crs: str(crs.epsg)
)
def test_zones_with_one_meridian_agree_whatever_their_width_and_prefix(crs: Crs) -> None:
    local = polygon([(-20_000, 3_900_000), (-19_900, 3_900_010), (-19_950, 3_900_130)])
    shifted = shapely.transform(local, lambda points: points + np.array([crs.false_easting, 0]))
    reference = shapely.transform(local, lambda points: points + np.array([500_000, 0]))
    assert official_areas(shifted, crs) == official_areas(reference, crs_of(4544))


def test_a_real_township_has_its_published_total_and_parcel_areas() -> None:
    data = SHARED / "data/dltb_real/ro.gpkg.zip"
    if not data.exists():
        pytest.skip("../shared/data is not here: 15 731 real parcels cannot be compared")
    layer = read_layer(data, "DLTB")
    parcels = repair(layer.geometry).geometry  # the published areas are those of the repaired shapes
    area = official_areas(parcels, ZONE)
    published = np.round(layer.fields["TBMJ"] * 100).astype(np.int64)
    assert abs(int(area.sum()) - 95904269664) <= 5
    assert np.abs(area - published).max() <= 1  # ties of the six-decimal steps
    assert (area != published).mean() < 0.01
