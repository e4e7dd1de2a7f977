"""图形修补：小错改正并逐笔记账，无错的原样不动，超限的留给人，再修一次不再变化。"""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.geo.flaws import near_misses, spikes
from fangtian.geo.mending import Limits, Mend, mend
from fangtian.geo.seams import gaps
from fangtian.geo.topology import overlaps

ORIGIN = np.array([35_480_000.0, 3_900_000.0])


def grid(side: int = 3, size: float = 10.0) -> np.ndarray:
    west, south = np.meshgrid(np.arange(side) * size, np.arange(side) * size)
    boxes = shapely.box(west.ravel(), south.ravel(), west.ravel() + size, south.ravel() + size)
    return shapely.transform(boxes, lambda xy: xy + ORIGIN)


def with_corner(shape: shapely.Polygon, at: tuple[float, float], to: tuple[float, float]) -> shapely.Polygon:
    old, new = np.array(at) + ORIGIN, np.array(to) + ORIGIN
    return shapely.transform(shape, lambda xy: np.where((xy == old).all(axis=1)[:, None], new, xy))


def test_a_layer_without_fault_comes_back_bit_for_bit() -> None:
    shapes = grid()
    mended = mend(shapes)
    assert mended.changes == ()
    assert all(a is b for a, b in zip(mended.geometry, shapes, strict=True))
    assert mended.before_m2 == mended.after_m2 == 900.0


def test_a_repeated_row_is_removed_and_its_area_is_said() -> None:
    shapes = np.concatenate([grid(), grid()[4:5]])
    mended = mend(shapes)
    assert mended.removed.tolist() == [9]
    assert mended.geometry[9] is None
    (change,) = mended.changes
    assert (change.kind, change.beside, change.before_m2, change.after_m2) == (Mend.DUPLICATE, 4, 100.0, 0.0)


def test_a_corner_that_misses_its_neighbours_by_less_than_a_millimetre_is_snapped() -> None:
    shapes = grid()
    shapes[4] = with_corner(shapes[4], (10, 10), (10.0005, 10.0005))
    mended = mend(shapes)
    assert {change.kind for change in mended.changes} == {Mend.SNAP}
    assert shapely.equals(mended.geometry, grid()).all()
    assert mended.after_m2 == 900.0


def test_a_small_overlap_is_clipped_and_a_small_gap_filled_into_the_longest_neighbour() -> None:
    shapes = grid()
    shapes[4] = shapely.transform(shapely.box(9.99, 10, 20, 20), lambda xy: xy + ORIGIN)  # onto row 3
    shapes[8] = shapely.transform(shapely.box(20, 20, 30, 30), lambda xy: xy + ORIGIN)
    shapes[5] = shapely.transform(shapely.box(20.02, 10, 30, 20), lambda xy: xy + ORIGIN)  # leaves a slit
    mended = mend(shapes)
    kinds = {change.kind: change for change in mended.changes}
    assert set(kinds) == {Mend.OVERLAP, Mend.GAP}
    assert kinds[Mend.OVERLAP].before_m2 - kinds[Mend.OVERLAP].after_m2 == pytest.approx(0.1, abs=1e-6)
    assert kinds[Mend.GAP].after_m2 - kinds[Mend.GAP].before_m2 == pytest.approx(0.2, abs=1e-6)
    assert kinds[Mend.GAP].row in (4, 5)  # 10 m of border, against 0.02 m of rows 2, 7
    assert not overlaps(mended.geometry, 1e-4, 1e-4)
    assert not len(gaps(mended.geometry, 1e-4, 1e-4).rows)
    assert mended.after_m2 == pytest.approx(900.0, abs=1e-6)


def test_what_is_over_a_limit_is_left_alone() -> None:
    shapes = grid()
    shapes[4] = shapely.transform(shapely.box(9, 10, 19, 20), lambda xy: xy + ORIGIN)
    mended = mend(shapes)  # an overlap and a gap of 10 m²
    assert mended.changes == ()
    bow = shapely.Polygon(np.array([[0, 0], [4, 4], [4, 0], [0, 4]]) + ORIGIN)
    refused = mend(np.array([bow]))
    assert refused.geometry[0] is bow and refused.changes == ()


def test_a_spike_is_cut_and_a_repeated_point_dropped() -> None:
    ring = [(0, 0), (4, 0), (4, 2), (9, 2.01), (4, 2.02), (4, 4), (4, 4), (0, 4)]
    mended = mend(np.array([shapely.Polygon(np.array(ring) + ORIGIN)]))
    assert [change.kind for change in mended.changes] == [Mend.POINT, Mend.SPIKE]
    assert mended.geometry[0].area == pytest.approx(16.0)
    assert shapely.get_num_coordinates(mended.geometry[0]) == 7


def test_nothing_is_split_and_missing_rows_stay_missing() -> None:
    # A thin bar across a parcel: clipping the parcel would cut it in two, so the bar gives way.
    parcel = shapely.transform(shapely.box(0, 0, 10, 10), lambda xy: xy + ORIGIN)
    bar = shapely.transform(shapely.box(-5, 4, 15, 4.05), lambda xy: xy + ORIGIN)
    mended = mend(np.array([parcel, None, bar], dtype=object))
    assert mended.geometry[1] is None
    assert (shapely.get_num_geometries(mended.geometry[[0, 2]]) == 1).all()
    assert mended.changes == ()  # either would be split: left to be seen


def placed(*corners: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon(np.array(corners) + ORIGIN)


def test_a_spike_into_a_notch_of_the_neighbour_goes_out_of_both() -> None:
    west = placed((0, 0), (10, 0), (10, 5), (13, 5.001), (10, 5.002), (10, 10), (0, 10))
    east = placed((10, 0), (20, 0), (20, 10), (10, 10), (10, 5.002), (13, 5.001), (10, 5))
    mended = mend(np.array([west, east]))
    assert [(change.row, change.kind) for change in mended.changes] == [(0, Mend.SPIKE), (1, Mend.SPIKE)]
    assert shapely.area(mended.geometry) == pytest.approx([100.0, 100.0], abs=1e-6)
    assert mended.after_m2 == pytest.approx(200.0, abs=1e-6)
    assert not len(spikes(mended.geometry).rows)


def test_a_tail_between_two_neighbours_is_handed_over_whole_and_no_ground_is_lost() -> None:
    north = placed((0, 10), (0, 5.001), (10, 5.001), (20, 5.0005), (30, 5), (40, 5), (40, 10))
    south = placed((0, 0), (40, 0), (40, 5), (30, 5), (20, 4.9995), (10, 4.999), (0, 4.999))
    body = placed((0, 5.001), (-9, 9), (-9, 1), (0, 4.999), (10, 4.999), (20, 4.9995), (30, 5), (20, 5.0005),
                  (10, 5.001))  # fmt: skip
    before = np.array([north, south, body])
    assert shapely.is_valid(before).all() and spikes(before).rows.tolist() == [2]
    mended = mend(before)
    assert {change.kind for change in mended.changes} == {Mend.SPIKE}
    assert mended.after_m2 == pytest.approx(mended.before_m2, abs=1e-6)
    assert not len(spikes(mended.geometry).rows)
    assert shapely.bounds(mended.geometry[2])[2] == pytest.approx(ORIGIN[0])
    assert not overlaps(mended.geometry, 1e-6) and not len(gaps(mended.geometry, 1e-6).rows)


def test_a_parcel_that_is_a_needle_throughout_is_left_to_be_seen() -> None:
    needle = placed((0, 0), (30, 0), (30, 0.05))
    mended = mend(np.array([needle]))
    assert mended.changes == () and mended.geometry[0] is needle


def test_a_border_drawn_twice_becomes_one_however_many_corners_it_has() -> None:
    """Every corner a little beside its partner: each snap touches the next, and still it ends."""
    count = 40
    line = np.column_stack([np.zeros(count), np.linspace(0, 200, count)])
    line[1:-1, 0] += np.random.default_rng(1).uniform(-5, 5, count - 2)
    other = line + np.round(np.random.default_rng(2).uniform(-4e-4, 4e-4, line.shape), 4)
    west = shapely.Polygon(np.concatenate([line, [[-100, 200], [-100, 0]]]) + ORIGIN)
    east = shapely.Polygon(np.concatenate([other, [[100, 200], [100, 0]]]) + ORIGIN)
    told: list[int] = []
    mended = mend(np.array([west, east]), progress=told.append)
    assert not len(near_misses(mended.geometry).row_a)
    assert not overlaps(mended.geometry, 1e-4, 1e-4) and not len(gaps(mended.geometry, 1e-4, 1e-4).rows)
    assert told[-1] == len(mended.changes) and told == sorted(told)
    assert mend(mended.geometry).changes == ()


moves = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.integers(0, 3),
        st.floats(-0.2, 0.2).map(lambda x: round(x, 4)),
        st.floats(-0.2, 0.2).map(lambda y: round(y, 4)),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(moves, st.booleans())
def test_the_log_adds_up_sound_rows_stay_and_mending_twice_changes_nothing_more(
    moved: list[tuple[int, int, float, float]], twice: bool
) -> None:
    shapes = grid()
    for row, corner, east, north in moved:
        at = shapely.get_coordinates(shapes[row])[corner]
        shapes[row] = shapely.transform(
            shapes[row],
            lambda xy, at=at, by=(east, north): np.where((xy == at).all(axis=1)[:, None], xy + by, xy),
        )
    shapes = np.concatenate([shapes, shapes[:1]]) if twice else shapes
    mended = mend(shapes, Limits(snap_m=0.002))
    logged = sum(change.after_m2 - change.before_m2 for change in mended.changes)
    assert logged == pytest.approx(mended.after_m2 - mended.before_m2, abs=1e-6)
    changed = {change.row for change in mended.changes}
    assert all(mended.geometry[row] is shapes[row] for row in range(len(shapes)) if row not in changed)
    assert shapely.is_valid(mended.geometry[~shapely.is_missing(mended.geometry)]).all()
    again = mend(mended.geometry, Limits(snap_m=0.002))
    assert again.changes == ()


edits = st.lists(
    st.tuples(
        st.sampled_from(["move", "spike", "repeat", "twice", "shrink"]),
        st.integers(0, 15),
        st.integers(0, 3),
        st.floats(-0.003, 0.003).map(lambda x: round(x, 4)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(edits)
def test_a_planted_layer_is_mended_in_one_go_and_every_square_metre_is_accounted_for(
    planted: list[tuple[str, int, int, float]],
) -> None:
    shapes = grid(4, 50.0)
    for kind, row, corner, size in planted:
        ring = shapely.get_coordinates(shapes[row])[:-1]
        corner %= len(ring)
        if kind == "move":
            ring[corner] += size
        elif kind == "spike":
            ring = np.insert(ring, corner + 1, [ring[corner] + (9, size), ring[corner] + (0, size)], axis=0)
        elif kind == "repeat":
            ring = np.insert(ring, corner, ring[corner], axis=0)
        elif kind == "shrink":
            ring += (ring.mean(axis=0) - ring) * abs(size)
        shapes = np.append(shapes, shapes[row]) if kind == "twice" else shapes
        shapes[row] = shapely.Polygon(ring)
    mended = mend(shapes)
    logged = sum(change.after_m2 - change.before_m2 for change in mended.changes)
    assert logged == pytest.approx(mended.after_m2 - mended.before_m2, abs=1e-6)
    changed = {change.row for change in mended.changes}
    assert all(mended.geometry[row] is shapes[row] for row in range(len(shapes)) if row not in changed)
    parts = shapely.get_num_geometries(mended.geometry)
    broken = ~shapely.is_valid(shapes)
    assert (parts <= shapely.get_num_geometries(shapes))[~broken & (parts > 0)].all()
    steps = [change for change in mended.changes if change.kind is not Mend.DUPLICATE]
    assert all(abs(change.after_m2 - change.before_m2) <= 1.0 for change in steps)
    assert mend(mended.geometry).changes == ()


class TestRepeats:
    def test_only_rows_that_say_the_same_are_repeats(self):
        field = shapely.box(0, 0, 10, 10)
        rows = np.array([field] * 4, dtype=object)
        mended = mend(rows, says=np.array([1, 2, 2, 1]))
        assert [(change.row, change.beside) for change in mended.changes] == [(2, 1), (3, 0)]
        assert mend(rows).removed.tolist() == [1, 2, 3]
