"""The tools the sample is drawn with: drainage, curves, and covers without gaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.plan.sample.curves import contour_polygons, rounded
from fangtian.plan.sample.drainage import (
    accumulate,
    depth_levels,
    filled,
    outlets,
    receivers,
    tree_chains,
)
from fangtian.plan.sample.faces import absorb_small, connected, cover, dissolve, faces_of


def rough(seed: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Random heights and a base along the southern edge."""
    z = np.random.default_rng(seed).random((14, 11)) * 50.0
    base = np.zeros(z.shape, dtype=bool)
    base[0] = True
    z[base] = -1.0
    return z, base


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_water_of_every_cell_of_a_filled_surface_reaches_the_base(seed: int) -> None:
    z, base = rough(seed)
    target, _ = receivers(filled(z, base), base, 10.0)
    ends = outlets(target)
    assert base.ravel()[ends].all()
    drained = accumulate(target, depth_levels(target), np.ones(z.size))
    assert drained[base.ravel()].sum() == z.size


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_chains_of_a_tree_hold_every_step_of_it_once(seed: int) -> None:
    z, base = rough(seed)
    target, _ = receivers(filled(z, base), base, 10.0)
    chains = tree_chains(target, np.ones(z.size, dtype=bool))
    steps = [(int(a), int(b)) for chain in chains for a, b in pairwise(chain)]
    moving = np.flatnonzero(target != np.arange(target.size))
    assert sorted(steps) == sorted((int(a), int(target[a])) for a in moving)


def test_rounding_keeps_the_ends_and_stays_within_the_corner() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    smooth = rounded(line, 3)
    assert (smooth[0] == line[0]).all() and (smooth[-1] == line[-1]).all()
    hull = shapely.MultiPoint(line).convex_hull.buffer(1e-9)
    assert hull.covers(shapely.MultiPoint(smooth))


def test_a_positive_bump_becomes_one_polygon_around_it() -> None:
    y, x = np.mgrid[0:21, 0:21]
    found = contour_polygons(6.0 - np.hypot(x - 10.0, y - 10.0))
    assert len(found) == 1 and found[0].contains(shapely.Point(10.5 * 15, 10.5 * 15))


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_any_lines_make_a_cover_that_survives_merging(seed: int) -> None:
    rng = np.random.default_rng(seed)
    limits = shapely.box(0.0, 0.0, 100.0, 80.0)
    lines = [shapely.LineString(rng.uniform(-20.0, 120.0, (3, 2))) for _ in range(9)]
    faces = faces_of(cover(lines, limits))
    assert abs(faces.area.sum() - limits.area) < 1e-3
    group = connected(faces, rng.integers(0, 3, len(faces.geometry)))
    kind = np.zeros(int(group.max()) + 1, dtype=np.int64)
    merged, members = dissolve(faces.geometry, absorb_small(faces, group, kind, np.full(len(kind), 300.0)))
    assert len(members) == len(merged)
    assert shapely.coverage_is_valid(merged) and shapely.is_valid(merged).all()
    assert abs(shapely.area(merged).sum() - limits.area) < 1e-3
    assert set(shapely.get_type_id(merged)) == {3}
    assert len(merged) == 1 or shapely.area(merged).min() >= 300.0
