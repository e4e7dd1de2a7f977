"""每一类图形错误种一个，恰好查出这一个；弯曲公共边与 T 形相接不是错误。"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from fangtian.geo.flaws import multiparts, near_misses, repeated_points, short_edges, slivers, spikes
from fangtian.geo.seams import faces, gaps
from fangtian.geo.topology import duplicates, outside, overlaps, repair, within_another

SIDE, CELL, BENDS = 8, 100.0, 6
ORIGIN = np.array([35_480_000.0, 3_900_000.0])
LEAST_M2, LEAST_M = 0.01, 0.0001


def winding(start: np.ndarray, end: np.ndarray, axis: int, seed: int) -> np.ndarray:
    share = np.linspace(0, 1, BENDS + 1)[:, None]
    line = start * (1 - share) + end * share
    line[1:-1, axis] += np.random.default_rng(seed).uniform(-6, 6, BENDS - 1)
    return line


def rings() -> list[np.ndarray]:
    """Grid cells with winding shared edges, corners rounded to 0.1 mm as a survey prints them."""
    found = []
    for row in range(SIDE):
        for column in range(SIDE):
            a, b, c, d = (
                np.array([column + i, row + j], float) * CELL for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
            )
            south = winding(a, b, 1, 1000 * row + column)
            east = winding(b, c, 0, 100_000 + 1000 * row + column + 1)
            north = winding(d, c, 1, 1000 * (row + 1) + column)[::-1]
            west = winding(a, d, 0, 100_000 + 1000 * row + column)[::-1]
            found.append(np.round(np.concatenate([part[:-1] for part in (south, east, north, west)]), 4))
    return found


def layer() -> np.ndarray:
    """The grid, with every fifth cell halved between corners of its neighbours: T-junctions."""
    shapes = []
    for number, ring in enumerate(rings()):
        if number % 5:
            shapes.append(shapely.Polygon(ring + ORIGIN))
            continue
        east, west = BENDS + 2, 3 * BENDS + 2
        right = np.round(ring[[east, east + 1]].mean(axis=0, keepdims=True), 4)
        left = np.round(ring[[west, west + 1]].mean(axis=0, keepdims=True), 4)
        low = np.concatenate([ring[: east + 1], right, left, ring[west + 1 :]])
        high = np.concatenate([right, ring[east + 1 : west + 1], left])
        shapes += [shapely.Polygon(low + ORIGIN), shapely.Polygon(high + ORIGIN)]
    return np.array(shapes, dtype=object)


def faults(shapes: np.ndarray) -> dict[str, int]:
    """Everything that inspection finds, by kind."""
    fixed = repair(shapes)
    found = faces(fixed.geometry)
    clashes = overlaps(fixed.geometry, LEAST_M2, LEAST_M, found)
    area = shapely.transform(
        shapely.box(-10, -10, SIDE * CELL + 10, SIDE * CELL + 10), lambda xy: xy + ORIGIN
    )
    counts = {
        "invalid": len(fixed.rows),
        "overlap": len(clashes),
        "within_another": len(within_another(fixed.geometry, clashes)),
        "gap": len(gaps(fixed.geometry, LEAST_M2, LEAST_M, found).rows),
        "duplicate": len(duplicates(shapes)),
        "multipart": len(multiparts(shapes).rows),
        "sliver": len(slivers(fixed.geometry).rows),
        "spike": len(spikes(shapes).rows),
        "short_edge": len(short_edges(shapes).rows),
        "repeated_point": len(repeated_points(shapes).rows),
        "near_miss": len(near_misses(fixed.geometry).row_a),
        "outside": len(outside(fixed.geometry, np.array([area]), LEAST_M2).rows),
    }
    return {kind: count for kind, count in counts.items() if count}


Edit = Callable[[np.ndarray], np.ndarray]


def edited(row: int, edit: Edit) -> np.ndarray:
    shapes = layer()
    ring = shapely.get_coordinates(shapes[row])[:-1] - ORIGIN
    shapes[row] = shapely.Polygon(edit(ring) + ORIGIN)
    return shapes


def shifted(corner: int, east: float, north: float) -> Edit:
    def edit(ring: np.ndarray) -> np.ndarray:
        ring[corner] += (east, north)
        return ring

    return edit


INNER = 23  # a whole cell with neighbours all around
MIDDLE = BENDS // 2  # a corner in the middle of the southern edge


def test_a_clean_layer_with_winding_edges_and_t_junctions_has_no_fault() -> None:
    shapes = layer()
    assert shapely.is_valid(shapes).all()
    assert len(faces(shapes).geometry) > 1  # T-junctions do leave faces, of no width
    assert faults(shapes) == {}


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (shifted(MIDDLE, 0, -4), {"overlap": 1}),
        (shifted(MIDDLE, 0, 4), {"gap": 1}),
        # A corner half a millimetre off: too narrow for the eye, and the gap (0.007 m²) is below the limit.
        (shifted(MIDDLE, 0, 0.0004), {"near_miss": 1}),
        (lambda ring: np.insert(ring, 3, ring[3], axis=0), {"repeated_point": 1}),
    ],
)
def test_a_planted_corner_is_found_and_nothing_else(edit: Edit, found: dict[str, int]) -> None:
    shapes = edited(INNER, edit)
    assert faults(shapes) == found


def test_a_short_edge_shared_by_both_neighbours_is_two_short_edges_and_nothing_else() -> None:
    shapes = layer()
    corner = shapely.get_coordinates(shapes[INNER])[MIDDLE]
    for row in np.flatnonzero(shapely.intersects(shapes, shapely.Point(corner))):
        xy = shapely.get_coordinates(shapes[row])[:-1]
        at = int(np.flatnonzero((xy == corner).all(axis=1))[0])
        forward = (xy[(at + 1) % len(xy)] > corner)[0]
        xy = np.insert(xy, at + (1 if forward else 0), corner + np.array([0.05, 0.0]), axis=0)
        shapes[row] = shapely.Polygon(xy)
    assert faults(shapes) == {"short_edge": 2}


def test_a_spike_over_the_outer_border_is_found_with_its_tip_and_what_lies_outside() -> None:
    shapes = layer()
    ring = shapely.get_coordinates(shapes[2])[:-1] - ORIGIN
    base, tip = ring[MIDDLE], ring[MIDDLE] + np.array([0.01, -30.0])
    shapes[2] = shapely.Polygon(
        np.insert(ring, MIDDLE + 1, [tip, base + np.array([0.08, 0.0])], axis=0) + ORIGIN
    )
    found = spikes(shapes)
    assert found.rows.tolist() == [2]
    assert found.geometry[0].equals(shapely.Point(tip + ORIGIN))
    assert faults(shapes) == {"spike": 1, "outside": 1}


def test_a_repeated_parcel_is_an_overlap_of_the_whole() -> None:
    shapes = layer()
    assert faults(np.append(shapes, shapes[INNER])) == {"duplicate": 1, "overlap": 1}


def test_a_parcel_on_another_is_a_hole_filled_twice() -> None:
    centre = shapely.get_coordinates(shapely.centroid(layer()[INNER]))[0]
    lake = shapely.box(*(centre - 5), *(centre + 5))
    assert faults(np.append(layer(), lake)) == {"overlap": 1, "within_another": 1}


def test_a_ring_that_crosses_itself_is_invalid_and_its_repair_is_inspected_further() -> None:
    shapes = layer()
    xy = np.array([[2000, 0], [2010, 10], [2010, 0], [2000, 10]]) + ORIGIN
    assert faults(np.append(shapes, shapely.Polygon(xy))) == {"invalid": 1, "outside": 1}  # far away


def test_a_hair_of_a_parcel_is_a_sliver_however_large() -> None:
    hair = shapely.transform(shapely.box(0, -20, 800, -19.8), lambda xy: xy + ORIGIN)  # 160 m²
    assert faults(np.append(layer(), hair)) == {"sliver": 1, "outside": 1}
    tailed = shapely.union(shapely.box(0, 0, 10, 10), shapely.box(10, 4, 500, 4.1))
    assert slivers(np.array([tailed])).rows.tolist() == []


def test_two_parts_far_apart_are_a_multipart() -> None:
    shapes = layer()
    shapes[INNER] = shapely.union(shapes[INNER], shapes[INNER + 20])
    assert faults(np.delete(shapes, INNER + 20)) == {"multipart": 1}


def test_the_ground_between_parcels_and_the_border_of_their_area_is_a_gap_too() -> None:
    shapes = shapely.box([0, 1], 0, [1, 3], 2)
    area = shapely.box([0, 2], 0, [2, 4], 2)
    assert gaps(shapes).rows.tolist() == []
    found = gaps(shapes, found=faces(shapes, area))
    assert found.area_m2.tolist() == [2.0]
    assert found.rows.tolist() == [1]


def test_a_layer_laid_over_itself_entirely_is_seen_although_all_its_edges_have_partners() -> None:
    shapes = shapely.box([0, 1], 0, [1, 2], 1)
    both = np.concatenate([shapes, shapes])
    assert {(clash.row_a, clash.row_b) for clash in overlaps(both)} == {(0, 2), (1, 3)}


def test_missing_and_empty_rows_have_no_fault() -> None:
    shapes = np.append(layer(), [None, shapely.Polygon()])
    assert faults(shapes) == {}
    assert faults(np.array([None, shapely.Polygon()], dtype=object)) == {}
    assert faults(np.zeros(0, dtype=object)) == {}
