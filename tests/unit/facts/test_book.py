"""The book refuses what cannot be true, and its seal sees every change."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangtian.errors import FactError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, Derivation, Fact
from fangtian.units import Area, Money


def filled() -> FactBook:
    book = FactBook()
    before = book.measure(("cultivated_area", "pilot_area", BEFORE), Area(1000), "地类图斑", "台账求和")
    planned = book.measure(("cultivated_area", "pilot_area", PLANNED), Area(1100), "地类图斑", "台账求和")
    net = book.derive("difference", ("net_new_cultivated_area", "pilot_area", PLANNED), [planned, before])
    book.derive("ratio", ("new_cultivated_ratio", "pilot_area", PLANNED), [net, before])
    return book


def test_derived_facts_are_exact() -> None:
    book = filled()
    assert book["net_new_cultivated_area@pilot_area.planned"].value == Area(100)
    assert book["new_cultivated_ratio@pilot_area.planned"].value == Fraction(1, 10)


def test_a_key_outside_the_catalogue_is_refused() -> None:
    with pytest.raises(FactError, match="不在 quantities"):
        FactBook().measure(("arable", "pilot_area", BEFORE), Area(1), "", "")


def test_a_wrong_unit_is_refused() -> None:
    with pytest.raises(FactError, match="应为 area"):
        FactBook().measure(("cultivated_area", "pilot_area", BEFORE), Money(1), "", "")


def test_a_second_value_for_one_fact_is_refused() -> None:
    book = filled()
    with pytest.raises(FactError, match="有两个值"):
        book.measure(("cultivated_area", "pilot_area", BEFORE), Area(1001), "地类图斑", "台账求和")


def test_a_derivation_that_does_not_hold_is_refused() -> None:
    book = filled()
    operands = ("cultivated_area@pilot_area.planned", "cultivated_area@pilot_area.before")
    wrong = Fact(
        "lost_cultivated_area", "pilot_area", PLANNED, Area(99), derivation=Derivation("difference", operands)
    )
    with pytest.raises(FactError, match="按来历应为"):
        book.add(wrong)


def test_parts_that_do_not_add_up_are_refused() -> None:
    book = filled()
    total = book["cultivated_area@pilot_area.planned"]
    with pytest.raises(FactError, match="不相等"):
        book.apportion(total, [book["cultivated_area@pilot_area.before"]])


def test_a_missing_fact_is_not_zero() -> None:
    assert filled().find("pbf_area", "pilot_area", BEFORE) is None
    with pytest.raises(FactError, match="没有事实"):
        filled()["pbf_area@pilot_area.before"]


@given(st.integers(0, 10**15), st.sampled_from(["value", "scope", "source", "method"]))
def test_the_seal_sees_every_change(number: int, what: str) -> None:
    def sealed(value: int, scope: str, source: str, method: str) -> str:
        book = FactBook()
        book.measure(("total_area", scope, BEFORE), Area(value), source, method)
        return book.seal()

    plain = {"value": number, "scope": "pilot_area", "source": "a", "method": "b"}
    changed = plain | {what: number + 1 if what == "value" else "另一个"}
    assert sealed(**plain) == sealed(**plain)
    assert sealed(**plain) != sealed(**changed)


def test_the_seal_does_not_depend_on_the_order_of_writing() -> None:
    facts = [Fact("total_area", scope, BEFORE, Area(n)) for n, scope in enumerate(("county", "pilot_area"))]
    one, other = FactBook(), FactBook()
    for fact in facts:
        one.add(fact)
    for fact in reversed(facts):
        other.add(fact)
    assert one.seal() == other.seal()
