"""两版图形的对应：重绘不算变化，每个要素恰在一组。"""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.geo.matching import matches, real_parts

FIELD = shapely.box(0, 0, 100, 60)


def only(shape):
    return np.array([shape], dtype=object)


def squares(corners):
    return shapely.box(*(np.array(side, dtype=float) for side in zip(*corners, strict=True)))


class TestMatches:
    def test_a_line_that_was_redrawn_within_the_tolerance_is_the_same_line(self):
        redrawn = shapely.segmentize(shapely.transform(FIELD, lambda xy: xy + 0.3), 7)
        (match,) = matches(only(FIELD), only(redrawn), tolerance_m=0.5)
        assert (match.old, match.new, match.alike) == ((0,), (0,), True)

    def test_a_line_that_moved_further_is_not(self):
        (match,) = matches(only(FIELD), only(shapely.buffer(FIELD, -1)), tolerance_m=0.5)
        assert not match.alike

    def test_a_spit_is_a_change_though_its_area_is_small(self):
        spit = shapely.union(FIELD, shapely.box(100, 30, 140, 30.5))
        (match,) = matches(only(FIELD), only(spit), tolerance_m=0.5)
        assert not match.alike

    def test_a_field_cut_in_two_is_one_group_drawn_alike(self):
        halves = squares([(0, 0, 50, 60), (50, 0, 100, 60)])
        (match,) = matches(only(FIELD), halves, tolerance_m=0.5)
        assert (match.old, match.new, match.alike) == ((0,), (0, 1), True)

    def test_neighbours_that_share_a_redrawn_strip_stay_apart(self):
        old = squares([(0, 0, 50, 60), (50, 0, 100, 60)])
        new = squares([(0, 0, 50.4, 60), (50.4, 0, 100, 60)])
        assert [(m.old, m.new, m.alike) for m in matches(old, new, 0.5)] == [
            ((0,), (0,), True),
            ((1,), (1,), True),
        ]

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8),
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8),
        st.sampled_from([0.0, 0.3, 4.0]),
    )
    def test_every_row_is_in_exactly_one_group(self, before, after, shift):
        old = squares([(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for x, y in set(before)] or [(0, 0, 1, 1)])
        new = squares(
            [(10 * x + shift, 10 * y, 10 * x + 10 + shift, 10 * y + 10) for x, y in set(after)]
            or [(0, 0, 1, 1)]
        )
        found = matches(old, new, 0.5)
        assert sorted(row for match in found for row in match.old) == list(range(len(old)))
        assert sorted(row for match in found for row in match.new) == list(range(len(new)))
        assert all(match.old or match.new for match in found)
        assert not any(match.alike for match in found if not (match.old and match.new))


class TestRealParts:
    def test_a_strip_of_redrawing_is_no_ground(self):
        assert not len(real_parts(only(shapely.buffer(FIELD, 0.4)), only(FIELD), 0.5))

    def test_what_is_wider_comes_back_whole(self):
        more = shapely.union(FIELD, shapely.box(100, 0, 130, 60))
        (part,) = real_parts(only(more), only(FIELD), 0.5)
        assert part.equals(shapely.box(100, 0, 130, 60))

    def test_nothing_against_nothing_is_nothing(self):
        nothing = np.empty(0, dtype=object)
        assert not len(real_parts(nothing, nothing, 0.5))
        assert shapely.area(real_parts(only(FIELD), nothing, 0.5)).sum() == FIELD.area
