"""集中连片：连片分组与行的次序无关，间距越大片越少，相邻的归并成一片。"""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.geo.contiguity import patch_shapes, patches


def test_blocks_are_numbered_in_the_order_of_their_first_polygon() -> None:
    shapes = shapely.box([50, 0, 51, 1], 0, [51, 1, 52, 2], 1)
    assert patches(shapes).tolist() == [0, 1, 0, 1]


def test_a_corner_joins_and_a_gap_joins_only_up_to_its_width() -> None:
    shapes = shapely.box([0, 1, 14], [0, 1, 1], [1, 2, 15], [1, 2, 2])
    assert patches(shapes).tolist() == [0, 0, 1]
    assert patches(shapes, gap=11.9).tolist() == [0, 0, 1]
    assert patches(shapes, gap=12.0).tolist() == [0, 0, 0]


def test_blocks_join_through_their_neighbours() -> None:
    chain = shapely.box(np.arange(20) * 1.5, 0, np.arange(20) * 1.5 + 1, 1)
    assert set(patches(chain, gap=0.5).tolist()) == {0}
    assert len(set(patches(np.delete(chain, 10), gap=0.5).tolist())) == 2


def test_no_polygons_make_no_blocks() -> None:
    assert patches(np.array([], dtype=object), gap=12.0).tolist() == []
    assert len(patch_shapes(np.array([], dtype=object), np.array([], dtype=np.int64))) == 0


def test_a_block_is_dissolved_to_its_outline() -> None:
    shapes = shapely.box([0, 5, 1], 0, [1, 6, 2], 1)
    blocks = patch_shapes(shapes, patches(shapes))
    assert shapely.area(blocks).tolist() == [2.0, 1.0]
    assert shapely.length(blocks).tolist() == [6.0, 4.0]


def test_a_corner_off_the_neighbours_edge_by_the_last_digit_still_touches_it_and_leaves_no_edge() -> None:
    """The long edge rises 3 in 10; the smaller field's corners lie 0.1 mm below it, on the survey's grid."""
    field = shapely.Polygon([(0, 0), (10, 3), (10, 10), (0, 10)])
    below = shapely.Polygon([(3.3333, 0.9999), (3.3333, -5), (6.6667, -5), (6.6667, 1.9999)])
    assert 0 < shapely.distance(field, below) < 1e-4
    assert patches(np.array([field, below])).tolist() == [0, 0]
    joined = patch_shapes(np.array([field, below]), np.array([0, 0]))
    border = np.hypot(3.3334, 1.0)
    outline = shapely.length(field) + shapely.length(below) - 2 * border
    assert abs(shapely.length(joined)[0] - outline) < 0.01


def test_a_border_with_one_corner_more_on_one_side_is_no_edge() -> None:
    above = shapely.Polygon([(0, 0), (10, 3), (10, 10), (0, 10)])
    below = shapely.Polygon([(0, 0), (5, 1.5 - 1e-10), (10, 3), (10, -5), (0, -5)])
    joined = patch_shapes(np.array([above, below]), np.array([0, 0]))
    assert abs(shapely.length(joined)[0] - 50.0) < 0.01


def scattered(seed: int, count: int) -> np.ndarray:
    """Squares on a grid of 10 m, some of them moved off it by a few metres."""
    random = np.random.default_rng(seed)
    corner = random.integers(0, 12, (count, 2)) * 10.0 + random.choice([0.0, 0.0, 3.0], (count, 2))
    return shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + 10, corner[:, 1] + 10)


def grouped(labels: np.ndarray, names: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(names[labels == label].tolist()) for label in np.unique(labels)}


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60), gap=st.sampled_from([0.0, 3.0, 7.0, 12.0]))
@settings(max_examples=60)
def test_blocks_do_not_depend_on_the_order_of_the_rows(seed: int, count: int, gap: float) -> None:
    shapes, turn = scattered(seed, count), np.random.default_rng(seed).permutation(count)
    labels = patches(shapes, gap)
    assert grouped(labels, np.arange(count)) == grouped(patches(shapes[turn], gap), turn)
    assert np.unique(labels, return_index=True)[1].tolist() == sorted(np.unique(labels, return_index=True)[1])


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60), gap=st.sampled_from([0.0, 3.0, 7.0]))
@settings(max_examples=60)
def test_blocks_lie_farther_apart_than_the_gap_and_a_wider_gap_only_joins_them(
    seed: int, count: int, gap: float
) -> None:
    shapes = scattered(seed, count)
    labels, wider = patches(shapes, gap), patches(shapes, gap + 4)
    blocks = patch_shapes(shapes, labels)
    away = shapely.distance(blocks[:, None], blocks[None, :])
    np.fill_diagonal(away, np.inf)
    assert away.min() > gap
    assert all(len(np.unique(wider[labels == label])) == 1 for label in np.unique(labels))
    ground = shapely.area(shapely.union_all(shapes))
    assert abs(shapely.area(blocks).sum() - ground) < 1e-6
