"""平差：各组合计分毫不差，与逐组精确计算一致。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangtian.geo.apportion import share_out_grouped
from fangtian.units import share_out

GROUP = st.tuples(st.integers(-(10**13), 10**13), st.lists(st.integers(0, 1000), min_size=1, max_size=8))


def grouped(groups: list[tuple[int, list[float]]]) -> list[list[int]]:
    totals = np.array([total for total, _ in groups], dtype=np.int64)
    group = np.repeat(np.arange(len(groups)), [len(weights) for _, weights in groups])
    weights = np.array([weight for _, weights in groups for weight in weights], dtype=np.float64)
    parts = share_out_grouped(totals, group, weights)
    return [parts[group == number].tolist() for number in range(len(groups))]


@given(st.lists(GROUP, min_size=1, max_size=6))
def test_groups_are_shared_out_as_each_would_be_exactly(groups: list[tuple[int, list[int]]]) -> None:
    for (total, weights), parts in zip(groups, grouped(groups), strict=True):
        assert sum(parts) == total
        if any(weights):
            expected = share_out(total, weights)
            # A float carries 16 digits: above 10**9 a part may differ by the one unit of the remainder.
            allowed = 0 if abs(total) < 10**8 else 1
            assert max(abs(a - b) for a, b in zip(parts, expected, strict=True)) <= allowed


@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=50), st.integers(0, 10**14))
def test_parts_of_any_weights_add_up_and_never_turn_negative(weights: list[float], total: int) -> None:
    (parts,) = grouped([(total, weights)])
    assert sum(parts) == total
    assert min(parts) >= 0


def test_members_of_a_group_need_not_stand_together() -> None:
    parts = share_out_grouped(np.array([3, 100]), np.array([1, 0, 1, 0]), np.array([1.0, 1.0, 3.0, 2.0]))
    assert parts.tolist() == [25, 1, 75, 2]


def test_without_any_weight_the_first_member_takes_the_total() -> None:
    assert grouped([(7, [0.0, 0.0]), (5, [0.0, 1.0])]) == [[7, 0], [0, 5]]


def test_a_group_without_members_may_only_have_nothing() -> None:
    nobody = np.array([], dtype=np.int64)
    assert share_out_grouped(np.array([0]), nobody, np.array([])).tolist() == []
    with pytest.raises(ValueError, match="among nobody"):
        share_out_grouped(np.array([1]), nobody, np.array([]))


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_negative_and_missing_weights_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        share_out_grouped(np.array([1]), np.array([0]), np.array([weight]))
