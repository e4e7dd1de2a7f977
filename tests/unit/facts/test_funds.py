"""Cash-flow measures against textbook values and against each other."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangtian.facts.indicators.funds import internal_rate, net_present_value, payback

outlay = st.integers(10**6, 10**9)
incomes = st.lists(st.integers(10**5, 10**9), min_size=1, max_size=12)


def test_a_textbook_flow_has_its_textbook_rate() -> None:
    rate = internal_rate([-100_000, 30_000, 40_000, 50_000])
    assert rate is not None
    assert float(rate) == pytest.approx(0.0889633947, abs=1e-8)


@given(outlay, incomes)
def test_the_rate_makes_the_present_value_vanish(spent: int, back: list[int]) -> None:
    flows = [-spent, *back]
    rate = internal_rate(flows)
    if rate is None:  # the root lies outside the searched interval
        assert net_present_value(flows, Fraction(10)) > 0 or net_present_value(flows, Fraction(-9, 10)) < 0
        return
    low, high = (
        net_present_value(flows, rate + Fraction(1, 10**7)),
        net_present_value(flows, rate - Fraction(1, 10**7)),
    )
    assert low <= 0 <= high


def test_a_flow_that_changes_sign_twice_has_no_single_rate() -> None:
    assert internal_rate([-100, 300, -210]) is None


@given(outlay, incomes)
def test_payback_is_where_the_running_balance_turns(spent: int, back: list[int]) -> None:
    flows = [-spent, *back]
    years = payback(flows)
    if sum(flows) < 0:
        assert years is None
    else:
        assert years is not None
        turning = -(-years.numerator // years.denominator) - 1  # the year in which the balance turns
        assert sum(flows[:turning]) < 0 <= sum(flows[: turning + 1])


def test_payback_counts_from_the_last_turn() -> None:
    assert payback([-100, 150, -100, 200]) == 3 + Fraction(50, 200)
