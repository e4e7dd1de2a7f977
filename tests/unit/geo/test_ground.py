"""地面尺度：经纬度图层按米看，直线仍直、公共点仍公共；最长邻边按真实公共边长，不只数整条边。"""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.geo.ground import Ground, in_degrees
from fangtian.geo.layer import Layer
from fangtian.geo.seams import faces, gaps

DEGREES, METRES = crs_of(4490), crs_of(4523)


@pytest.mark.parametrize("latitude", [18.5, 35.0, 53.0])
def test_metres_are_those_of_the_ellipsoid(latitude: float) -> None:
    shape = shapely.box([105.0], [latitude], [105.01], [latitude + 0.01])
    ground = Ground.of(DEGREES, shape)
    (area,) = official_areas(shape, DEGREES) / 100
    assert shapely.area(ground.there(shape))[0] == pytest.approx(area, rel=1e-5)
    assert ground.unit_m2 * shapely.area(shape)[0] == pytest.approx(area, rel=1e-5)
    west, _, east, _ = shapely.bounds(shape)[0]
    across = pyproj.Geod(ellps="GRS80").inv(west, latitude + 0.005, east, latitude + 0.005)[2]
    assert (east - west) * ground.east_m == pytest.approx(across, rel=1e-5)


def test_shapes_come_back_where_they_were_and_metres_stay_as_they_are() -> None:
    shape = shapely.box([105.1], [35.2], [105.2], [35.3])
    ground = Ground.of(DEGREES, shape)
    assert shapely.equals_exact(ground.back(ground.there(shape)), shape, 1e-12).all()
    square = shapely.box([35_480_000], [3_900_000], [35_480_100], [3_900_100])
    plain = Ground.of(METRES, square)
    assert plain.plain and plain.there(square) is square
    assert in_degrees(shape) and not in_degrees(square) and not in_degrees(np.array([None]))


def test_layers_of_one_system_share_one_scale_and_nothing_has_none() -> None:
    def layer(*shapes: object) -> Layer:
        return Layer("", "", DEGREES, np.array(shapes, dtype=object), {}, np.array(["1"] * len(shapes)))

    both = Ground.under([layer(shapely.box(105, 35, 106, 36)), layer(), layer(shapely.box(105, 36, 106, 37))])
    assert both == Ground.of(DEGREES, shapely.box([105], [35], [106], [37]))
    assert Ground.under([layer()]).plain and Ground.under([]).plain


def test_a_strip_is_given_to_the_neighbour_along_it_and_not_to_the_one_at_its_end() -> None:
    """Both long neighbours go on beyond the strip: no edge of theirs is whole, that of the end one is."""
    shapes = np.array(
        [
            shapely.Polygon([(-10, 0), (110, 0), (110, -50), (-10, -50)]),
            shapely.Polygon([(-10, 0.5), (111, 0.5), (111, 50), (-10, 50)]),
            shapely.Polygon([(100, 0), (100, 0.5), (111, 0.5), (111, 0), (110, 0)]),
            shapely.Polygon([(-10, 0), (-10, 0.5), (0, 0.5), (0, 0)]),
        ],
        dtype=object,
    )
    (row,) = gaps(shapes).rows.tolist()
    assert row in (0, 1)


def test_ground_without_a_neighbour_has_none() -> None:
    far = shapely.box([0], [0], [1], [1])
    found = gaps(far, found=faces(far, shapely.box([50], [50], [51], [51])))
    assert found.rows.tolist() == [-1] and found.area_m2.tolist() == [1.0]
