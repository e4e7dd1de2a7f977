"""叠加基准：QGIS 与 geopandas 的叠加结果，由 ``geo.overlay`` 的碎片逐一复现。

The cases are those of geopandas' test suite: ``polys`` and ``overlap`` computed by QGIS, ``strict`` and
``geom_type`` by geopandas. The overlay of a plan is one operation, cutting the base by zones; its pieces
with their base row and zone row are:
  identity              all pieces;
  intersection          the pieces in a zone;
  difference            the pieces in no zone (the zones may then overlap: they are a set);
  union                 identity, and the difference the other way round;
  symmetric difference  the differences both ways.
Compared are the attributes (through the rows), the shape and the area of each piece. The layers lie a metre
from the origin of nowhere; here each is put on the ground, a thousand times as large, so that the ellipsoidal
areas of the pieces are compared too, with the areas of the expected shapes.

No counterpart, on purpose: lines and points as a base (``line_poly``, ``point_poly``), and the variants
``…_False`` that keep the lines and points in which polygons touch: land has area. A line or point layer as
zones cuts nothing, which is what ``…_True`` expects. QGIS' union of overlapping layers repeats a piece (2 in
no df1) because df2 overlaps itself there: compared without the repetition.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from fangtian.geo.area import ellipsoidal_areas
from fangtian.geo.crs import crs_of
from fangtian.geo.overlay import OUTSIDE, Mosaic, Zone, overlay

GOLDEN = Path(__file__).parents[3] / "shared/data/golden_overlay_qgis"
pytestmark = pytest.mark.skipif(
    not GOLDEN.exists(), reason="../shared/data is not here: no overlay results to compare with"
)

ZONE_35 = crs_of(4544)
METRES = 1000.0  # one unit of the cases
ORIGIN = np.array([500_000.0, 3_900_000.0])
Key = tuple[float | None, ...]


class Features(NamedTuple):
    """Shapes on the ground, and the properties of each."""

    geometry: NDArray[Any]
    rows: list[dict[str, Any]]

    def column(self, name: str) -> NDArray[Any]:
        return np.array([row[name] for row in self.rows], dtype=object)


class Piece(NamedTuple):
    key: Key
    shape: Any
    area_m2: float


def on_ground(geometry: NDArray[Any]) -> NDArray[Any]:
    moved: NDArray[Any] = shapely.transform(geometry, lambda xy: xy * METRES + ORIGIN)
    return moved


def read(path: str) -> Features:
    data = json.loads((GOLDEN / path).read_text(encoding="utf-8"))
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in data["features"]]
    return Features(
        on_ground(np.array(shapes, dtype=object)), [feature["properties"] for feature in data["features"]]
    )


def expected(path: str, *names: str) -> list[Piece]:
    found = read(path)
    areas = ellipsoidal_areas(found.geometry, ZONE_35)
    return [
        Piece(tuple(row.get(name) for name in names), shape, float(area))
        for row, shape, area in zip(found.rows, found.geometry, areas, strict=True)
    ]


def alone(path: str) -> list[Piece]:
    """What is left of the first layer, whatever the second one's column is called."""
    return [Piece((*piece.key, None), *piece[1:]) for piece in expected(path, "col1")]


def cut(base: Features, zones: Features, together: bool = False) -> Mosaic:
    ids = None if together else np.arange(len(zones.rows))
    return overlay(base.geometry, [Zone("zones", zones.geometry, ids)], ZONE_35)


def pieces(mosaic: Mosaic, base: NDArray[Any], zones: NDArray[Any], swapped: bool = False) -> list[Piece]:
    """Each piece with its two attributes; None where it lies in no zone."""
    values = np.append(zones, None)[mosaic.zones["zones"]]
    keys: Iterable[Key] = zip(base[mosaic.base], values, strict=True)
    if swapped:
        keys = [(second, first) for first, second in keys]
    return [Piece(*piece) for piece in zip(keys, mosaic.geometry, mosaic.area_m2.tolist(), strict=True)]


def identity(first: Features, second: Features) -> list[Piece]:
    return pieces(cut(first, second), first.column("col1"), second.column("col2"))


def inside(found: list[Piece]) -> list[Piece]:
    return [piece for piece in found if None not in piece.key]


def difference(first: Features, second: Features, names: tuple[str, str] = ("col1", "col2")) -> list[Piece]:
    swapped = names[0] == "col2"
    mosaic = cut(first, second, together=True)
    nothing = np.array([0], dtype=object)
    found = pieces(mosaic, first.column(names[0]), nothing, swapped)
    return [piece for piece, row in zip(found, mosaic.zones["zones"], strict=True) if row == OUTSIDE]


def reverse_difference(first: Features, second: Features) -> list[Piece]:
    return difference(second, first, ("col2", "col1"))


def assert_same(found: list[Piece], wanted: list[Piece]) -> None:
    """The same attributes, shapes and areas, in any order."""
    assert Counter(piece.key for piece in found) == Counter(piece.key for piece in wanted)
    by_key = {piece.key: piece for piece in found}
    assert len(by_key) == len(found)
    for piece in wanted:
        own = by_key[piece.key]
        assert shapely.area(shapely.symmetric_difference(own.shape, piece.shape)) < 1e-3
        # 0.1 mm along the outline, as the overlay allows itself
        assert own.area_m2 == pytest.approx(piece.area_m2, abs=0.01 + 1e-4 * piece.shape.length)
        assert shapely.area(own.shape) == pytest.approx(shapely.area(piece.shape), abs=1e-3)


@pytest.fixture(scope="module")
def polys() -> tuple[Features, Features]:
    return read("polys/df1.geojson"), read("polys/df2.geojson")


@pytest.fixture(scope="module")
def overlapping() -> tuple[Features, Features]:
    return read("overlap/df1_overlap.geojson"), read("overlap/df2_overlap.geojson")


def test_the_pieces_in_a_zone_are_the_intersection(polys: tuple[Features, Features]) -> None:
    wanted = expected("polys/df1_df2-intersection.geojson", "col1", "col2")
    assert_same(inside(identity(*polys)), wanted)
    assert [shapely.area(piece.shape) for piece in wanted] == [1e6, 1e6, 1e6]


def test_the_pieces_in_no_zone_are_the_difference_either_way(polys: tuple[Features, Features]) -> None:
    assert_same(difference(*polys), alone("polys/df1_df2-difference.geojson"))
    reverse = expected("polys/df1_df2-difference-inverse.geojson", "col1", "col2")
    assert_same(reverse_difference(*polys), reverse)


def test_all_pieces_are_the_identity(polys: tuple[Features, Features]) -> None:
    """Identity is the intersection and the difference, told apart by the zone row."""
    wanted = expected("polys/df1_df2-union.geojson", "col1", "col2")
    assert_same(identity(*polys), [piece for piece in wanted if piece.key[0] is not None])


def test_differences_both_ways_are_the_symmetric_difference(polys: tuple[Features, Features]) -> None:
    wanted = expected("polys/df1_df2-symmetric_difference.geojson", "col1", "col2")
    assert_same([*difference(*polys), *reverse_difference(*polys)], wanted)


def test_the_identity_and_what_is_left_of_the_zones_are_the_union(polys: tuple[Features, Features]) -> None:
    wanted = expected("polys/df1_df2-union.geojson", "col1", "col2")
    assert_same([*identity(*polys), *reverse_difference(*polys)], wanted)


def test_layers_that_overlap_themselves_are_cut_as_qgis_cuts_them(
    overlapping: tuple[Features, Features],
) -> None:
    """df2 overlaps itself, but not inside any polygon of df1: so its polygons can be told apart there."""
    names = ("col1", "col2")
    shared = expected("overlap/df1_df2_overlap-intersection.geojson", *names)
    assert_same(inside(identity(*overlapping)), shared)
    assert_same(difference(*overlapping), alone("overlap/df1_df2_overlap-difference.geojson"))
    both = [*difference(*overlapping), *reverse_difference(*overlapping)]
    assert_same(both, expected("overlap/df1_df2_overlap-symmetric_difference.geojson", *names))
    union = expected("overlap/df1_df2_overlap-union.geojson", *names)
    assert [piece.key for piece in union].count((None, 2)) == 2
    assert union[-1].shape.equals(union[-2].shape)
    assert_same([*identity(*overlapping), *reverse_difference(*overlapping)], union[:-1])


# The layers of ``strict`` are written down in geopandas' test, not in files.
STRICT = Features(on_ground(shapely.box([1, 3], [1, 3], [3, 5], [3, 5])), [{"col1": 1}, {"col1": 2}])
CELLS = Features(
    on_ground(shapely.box([1, -1, 3], [1, 1, 3], [3, 1, 5], [3, 3, 5])),
    [{"col2": 1}, {"col2": 2}, {"col2": 3}],
)
LINES = Features(
    on_ground(shapely.linestrings([[(2, 0), (2, 4), (6, 4)], [(0, 3), (3, 3), (6, 3)]])),
    [{"col2": 1}, {"col2": 2}],
)
POINTS = Features(on_ground(shapely.points([(2, 2), (3, 3)])), [{"col2": 1}, {"col2": 2}])


def test_polygons_that_only_share_an_edge_or_a_corner_give_no_piece() -> None:
    names = ("col1", "col2")
    assert_same(inside(identity(STRICT, CELLS)), expected("strict/polys_intersection_True.geojson", *names))
    assert_same(identity(STRICT, CELLS), expected("strict/polys_identity_True.geojson", *names))
    reverse = reverse_difference(STRICT, CELLS)
    assert_same([*identity(STRICT, CELLS), *reverse], expected("strict/polys_union_True.geojson", *names))
    both = [*difference(STRICT, CELLS), *reverse]
    assert_same(both, expected("strict/polys_symmetric_difference_True.geojson", *names))


@pytest.mark.parametrize("kind", ["line", "point"])
@pytest.mark.parametrize("case", ["identity", "union", "symmetric_difference", "difference"])
def test_lines_and_points_cut_nothing(kind: str, case: str) -> None:
    zones = LINES if kind == "line" else POINTS
    found = difference(STRICT, zones) if "difference" in case else identity(STRICT, zones)
    assert_same(found, alone(f"strict/poly_{kind}_{case}_True.geojson"))


def test_pixels_that_meet_in_an_area_a_line_and_a_point_give_one_piece_of_area() -> None:
    """``geom_type``: geopandas' own case for a collection; one piece, the surface of it alone."""
    first, second = read("geom_type/df1.geojson"), read("geom_type/df2.geojson")
    (origin,) = shapely.get_coordinates(first.geometry)[:1]

    def nearby(geometry: NDArray[Any]) -> NDArray[Any]:
        moved: NDArray[Any] = shapely.transform(geometry, lambda xy: (xy - origin) * 100 + ORIGIN)
        return moved

    layers = [Features(nearby(layer.geometry), layer.rows) for layer in (first, second)]
    mosaic = cut(*layers)
    shared = shapely.intersection(layers[0].geometry[0], layers[1].geometry[0])
    assert shared.geom_type == "GeometryCollection"
    held = mosaic.geometry[mosaic.zones["zones"] != OUTSIDE]
    assert len(held) == 1 and held[0].geom_type == "Polygon"
    assert shapely.area(held[0]) == pytest.approx(shapely.area(shared), abs=1e-6)
