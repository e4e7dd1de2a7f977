"""拓扑检查：修复不填洞并留账，重叠、重复、越界逐个报出。"""

from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.formats.vector import read_layer
from fangtian.geo.topology import duplicates, outside, overlaps, repair

DATA = Path(__file__).parents[3] / "../shared/data"


def test_a_bow_tie_becomes_its_two_triangles_and_is_logged() -> None:
    bow = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    fixed = repair(np.array([shapely.box(0, 0, 1, 1), bow]))
    assert fixed.rows.tolist() == [1]
    assert fixed.reasons == ("自相交（1，1）",)
    assert shapely.is_valid(fixed.geometry).all()
    assert (fixed.area_before_m2.tolist(), fixed.area_after_m2.tolist()) == ([0.0], [2.0])


def test_a_ring_that_touches_itself_keeps_its_hole() -> None:
    # The default method of make_valid would fill the hole: area 16 instead of 15.
    pinched = shapely.from_wkt("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 2, 1 3, 1 2, 0 2, 0 0))")
    assert not shapely.is_valid(pinched)
    assert shapely.area(repair(np.array([pinched])).geometry)[0] == pytest.approx(15.5)


def test_a_collapsed_shape_becomes_an_empty_polygon_and_missing_stays_missing() -> None:
    flat = shapely.from_wkt("POLYGON ((0 0, 1 0, 2 0, 0 0))")
    fixed = repair(np.array([flat, None], dtype=object))
    assert fixed.geometry[0].is_empty
    assert fixed.geometry[0].geom_type == "Polygon"
    assert fixed.geometry[1] is None


def test_repair_leaves_valid_shapes_untouched() -> None:
    shapes = shapely.box([0, 5], 0, [1, 6], 1)
    fixed = repair(shapes)
    assert fixed.rows.tolist() == []
    assert all(a is b for a, b in zip(fixed.geometry, shapes, strict=True))


def test_overlaps_are_reported_by_pair_with_area_and_shape_but_touching_is_none() -> None:
    shapes = shapely.box([0, 1, 2, 1.5], 0, [1, 2, 3, 2.5], 1)
    found = overlaps(shapes)
    assert [(o.row_a, o.row_b, o.area_m2) for o in found] == [(1, 3, 0.5), (2, 3, 0.5)]
    assert shapely.bounds(found[0].geometry).tolist() == [1.5, 0, 2, 1]
    assert overlaps(shapes, min_area_m2=0.5) == []


def test_a_parcel_within_another_is_an_overlap() -> None:
    (found,) = overlaps(np.array([shapely.box(0, 0, 9, 9), shapely.box(2, 2, 3, 3)]))
    assert found.area_m2 == 1.0


def test_duplicates_are_found_whatever_their_starting_point_and_direction() -> None:
    square = shapely.box(0, 0, 1, 1)
    turned = shapely.Polygon([(1, 1), (1, 0), (0, 0), (0, 1)])
    shapes = np.array([square, shapely.box(3, 3, 4, 4), turned, None, shapely.reverse(square)], dtype=object)
    assert duplicates(shapes) == [(0, 2), (0, 4)]


def test_what_reaches_out_of_the_cover_is_measured() -> None:
    shapes = np.array(
        [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 3, 1), shapely.box(8, 0, 9, 1), None], dtype=object
    )
    cover = shapely.box([0, 1], 0, [1, 2], 1)
    found = outside(shapes, cover)
    assert found.rows.tolist() == [1, 2]
    assert found.area_m2.tolist() == [1.0, 1.0]
    assert outside(shapes, cover, min_area_m2=1.0).rows.tolist() == []


def test_real_parcels_keep_their_area_when_repaired() -> None:
    data = DATA / "dltb_real/ro.gpkg.zip"
    if not data.exists():
        pytest.skip("../shared/data is not here: 334 really invalid parcels cannot be repaired")
    fixed = repair(read_layer(data, "DLTB").geometry)
    assert len(fixed.rows) == 334
    assert np.abs(fixed.area_after_m2 - fixed.area_before_m2).sum() < 1.0  # the default method adds 71 759 m²
    assert shapely.is_valid(fixed.geometry).all()
