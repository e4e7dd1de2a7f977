"""破碎度：手算的小例子；空的、只有一片的、分成许多图斑的一片。"""

from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.geo.fragmentation import (
    cohesion,
    edge_density,
    fragmentation,
    largest_patch_index,
    mean_patch_area,
    patch_density,
)


def test_measures_of_a_small_landscape_are_those_worked_by_hand() -> None:
    # 4 × 4 cells of 10 m; one patch of 2 × 2 cells (perimeter 8 sides), one of a single cell (4 sides)
    area, perimeter = np.array([400.0, 100.0]), np.array([80.0, 40.0])
    assert patch_density(2, 1600.0) == 1250.0
    assert edge_density(120.0, 1600.0) == 750.0
    assert largest_patch_index(area, 1600.0) == 25.0
    # (1 − 12 / (8·2 + 4·1)) / (1 − 1/4) · 100
    assert cohesion(area, perimeter, 1600.0, 10.0) == pytest.approx(53.3333, abs=1e-4)


def test_without_patches_there_is_no_cohesion_and_no_largest_patch() -> None:
    nothing = np.array([])
    assert cohesion(nothing, nothing, 1600.0, 10.0) == 0.0
    assert largest_patch_index(nothing, 1600.0) == 0.0


def test_one_call_measures_patches_on_surveyed_areas_and_their_outlines_in_the_plane() -> None:
    # two squares of 10 m side by side, one apart; the survey holds the first to be 99 m²
    squares = shapely.box([0, 10, 50], 0, [10, 20, 60], 10)
    found = fragmentation(squares, np.array([9_900, 10_000, 10_000]), 160_000)
    assert found.patch_m2.tolist() == [199.0, 100.0]
    assert found.outline_m.tolist() == [60.0, 40.0]
    assert found.patch_density == 1250.0
    assert found.edge_density == 625.0
    assert found.largest_patch_index == pytest.approx(199 / 1600 * 100)
    assert found.cohesion(10.0) == cohesion(found.patch_m2, found.outline_m, 1600.0, 10.0)


def test_the_mean_patch_is_exact() -> None:
    assert mean_patch_area(np.array([1, 1]), 3) == Fraction(2, 3)


@given(seed=st.integers(0, 2**32 - 1), cuts=st.integers(1, 30))
@settings(max_examples=40)
def test_a_field_drawn_as_many_strips_is_as_whole_as_a_field_drawn_as_one(seed: int, cuts: int) -> None:
    at = np.unique(np.random.default_rng(seed).integers(1, 1000, cuts)).astype(float)
    edges = np.concatenate(([0.0], at, [1000.0]))
    strips = shapely.box(edges[:-1], 0, edges[1:], 100)
    area = np.rint(shapely.area(strips) * 100).astype(np.int64)
    one = fragmentation(shapely.box([0.0], 0, [1000.0], 100), np.array([10_000_000]), 50_000_000)
    many = fragmentation(strips, area, 50_000_000)
    assert many.patch_m2.tolist() == one.patch_m2.tolist() == [100_000.0]
    assert many.outline_m.tolist() == one.outline_m.tolist() == [2200.0]
