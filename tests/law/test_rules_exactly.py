"""Every rule at its limit, one unit to either side, with nothing to concern and with nothing at all."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from rules_said import NORMS, asked

from fangtian.errors import LawError
from fangtian.law.need import JUDGED_YEAR
from fangtian.law.rules import rule_of, rules
from fangtian.law.rules.absence import none_of
from fangtian.law.rules.registry import (
    NOT_CONCERNED,
    REGISTERED,
    Measure,
    all_of,
    at_least,
    at_most,
    below,
    rule,
)

FREED = ("gansu-pilot-2021/4.2-freed-land", "outline-2021/5.2.5-freed-land")
ECOLOGY = ("gansu-measures-2025/13.3-ecology", "outline-2021/4-ecology")
INCREASE = "pilot-points-2020/3-increase"
BY_HAND = {*FREED, *ECOLOGY, INCREASE}
"""Rules that no line of the table says: see the classes below."""
ASKED = asked()
EACH = [pytest.param(line, c, id=f"{line.norm} {c.fact}") for line in ASKED for c in line.conditions]
CONCERNED = [pytest.param(line, id=line.norm) for line in ASKED if line.concern]


def test_every_rule_is_said_here_and_asks_for_the_facts_of_its_norm():
    assert {line.norm for line in ASKED} | BY_HAND == set(rules())
    for line in ASKED:
        words = {w for c in line.conditions for w in (c.fact, *re.split(r" [+*] ", c.bound))}
        words |= {*line.concern}
        named = {word for word in words if "." in word and not word.startswith("limits.")}
        assert named <= {need.name for need in NORMS[line.norm].needs}, line.norm


@pytest.mark.parametrize(("line", "condition"), EACH)
class TestEachCondition:
    def test_is_decided_exactly_on_its_limit(self, line, condition):
        facts = line.at(condition, 0)
        found, strict = line.measure(facts), condition.sign == "<"
        assert (found.holds, found.margin) == (not strict, 0)
        assert found.failing == ((condition.fact,) if strict else ())

    def test_fails_one_unit_beyond_and_says_which_fact_against_what(self, line, condition):
        facts = line.at(condition, 1)
        bound = condition.value(facts, line.limits)
        assert line.measure(facts) == Measure(False, condition.fact, bound, Fraction(-1), (condition.fact,))

    def test_holds_one_unit_within(self, line, condition):
        facts = line.at(condition, -1)
        found = line.measure(facts)
        assert (found.holds, found.failing) == (True, ())
        if len(line.conditions) == 1:
            assert (found.measured, found.margin) == (condition.fact, 1)

    def test_fails_beside_another_that_fails_too(self, line, condition):
        facts = line.at(condition, 5)
        for other in line.conditions:
            if other != condition:
                facts[other.fact] = other.beyond(other.value(facts, line.limits), 2)
        found = line.measure(facts)
        assert {*found.failing} == {other.fact for other in line.conditions}
        assert (found.measured, found.margin) == (condition.fact, -5)


@pytest.mark.parametrize("line", CONCERNED)
class TestConcern:
    def test_nothing_of_the_kind_is_not_concerned(self, line):
        facts = line.held() | dict.fromkeys(line.concern, Fraction(0))
        assert line.measure(facts) is NOT_CONCERNED

    def test_the_least_of_the_kind_is_concerned(self, line):
        for name in line.concern:
            others = dict.fromkeys(line.concern, Fraction(int(line.together)))
            assert line.measure(line.held() | others | {name: Fraction(1)}).holds is not None

    def test_where_two_are_asked_for_one_is_not_enough(self, line):
        for name in line.concern if line.together else ():
            assert line.measure(line.held() | {name: Fraction(0)}) is NOT_CONCERNED


@pytest.mark.parametrize("norm", sorted(rules()))
class TestEveryRule:
    def test_decides_where_everything_is_nothing(self, norm):
        facts = {need.name: Fraction(0) for need in NORMS[norm].needs}
        limits = {**NORMS[norm].limit_values, JUDGED_YEAR: Fraction(2026)}
        found = rules()[norm](facts, limits)
        assert found is NOT_CONCERNED or found.measured in facts

    def test_guesses_nothing_where_a_fact_is_not_given(self, norm):
        limits = {**NORMS[norm].limit_values, JUDGED_YEAR: Fraction(2026)}
        with pytest.raises(KeyError):
            rules()[norm]({}, limits)


@pytest.mark.parametrize("norm", FREED)
@pytest.mark.parametrize(
    ("demolished", "moved", "homes", "industry", "expected"),
    [
        (0, 3, 0, 5, None),
        (9, 3, 0, 1, False),
        (9, 3, 0, 0, True),
        (9, 1, 1, 5, True),
        (9, 0, 0, 5, True),
        (1, 1, 0, 1, False),
    ],
)
def test_industry_waits_for_the_homes_of_those_who_move(norm, demolished, moved, homes, industry, expected):
    names = ("demolition_area", "moved_households", "freed_housing_area", "freed_industry_area")
    values = map(Fraction, (demolished, moved, homes, industry))
    found = rules()[norm](dict(zip((f"{name}.planned" for name in names), values, strict=True)), {})
    assert found.holds is expected
    if expected is not None:
        waiting = moved and not homes
        assert (found.limit, found.margin) == ((0, -industry) if waiting else (industry, 0))
        assert found.measured == "freed_industry_area.planned"


@pytest.mark.parametrize("norm", ECOLOGY)
@pytest.mark.parametrize(
    ("before", "planned", "restored", "failing"),
    [
        (100, 100, 0, ("ecological_area.before",)),
        (100, 100, 1, ()),
        (100, 101, 0, ()),
        (100, 99, 5, ("ecological_area.planned",)),
        (100, 99, 1, ("ecological_area.planned", "ecological_area.before")),
        (0, 0, 0, ("ecological_area.before",)),
    ],
)
def test_ecology_is_better_where_nothing_is_lost_and_some_gained(norm, before, planned, restored, failing):
    facts = {
        "ecological_area.before": Fraction(before),
        "ecological_area.planned": Fraction(planned),
        "ecological_restoration_area.planned": Fraction(restored),
    }
    found = rules()[norm](facts, {})
    assert (found.holds, found.failing) == (not failing, failing)
    assert found.margin == min(planned - before, planned + restored - before)


class TestIncreaseByFivePercent:
    def found(self, before, gained, moved_out, moved_in):
        facts = {
            "cultivated_area.before": before,
            "net_new_cultivated_area.planned": gained,
            "pbf_out_area.planned": moved_out,
            "pbf_in_area.planned": moved_in,
        }
        values = {name: Fraction(value) for name, value in facts.items()}
        return rules()[INCREASE](values, NORMS[INCREASE].limit_values)

    @pytest.mark.parametrize(("gained", "holds", "margin"), [(49, False, -1), (50, True, 0), (51, True, 1)])
    def test_of_fields_alone_where_no_basic_farmland_moves(self, gained, holds, margin):
        found = self.found(1000, gained, 0, 0)
        expected = ("net_new_cultivated_area.planned", 50, margin)
        assert (found.holds, (found.measured, found.limit, found.margin)) == (holds, expected)

    @pytest.mark.parametrize(("moved_in", "holds"), [(104, False), (105, True), (106, True)])
    def test_of_basic_farmland_too_where_some_moves(self, moved_in, holds):
        found = self.found(1000, 60, 100, moved_in)
        assert (found.holds, found.measured, found.limit) == (holds, "pbf_in_area.planned", 105)
        assert found.margin == moved_in - 105

    def test_where_either_comes_short_both_are_looked_at(self):
        both = ("net_new_cultivated_area.planned", "pbf_in_area.planned")
        assert self.found(1000, 49, 100, 104).failing == both
        assert self.found(1000, 60, 100, 0).failing == both[1:]
        assert self.found(1000, 60, 0, 1).holds is True


class TestRegistry:
    def test_what_two_conditions_find_is_told_by_the_tighter(self):
        facts = {"a": Fraction(7), "b": Fraction(5)}
        loose, tight = at_most(facts, "a", Fraction(9)), at_least(facts, "b", Fraction(4))
        assert all_of(loose, tight) == all_of(tight, loose) == Measure(True, "b", Fraction(4), Fraction(1))

    def test_a_fact_on_its_limit_is_tighter_than_one_within_and_looser_than_one_beyond(self):
        facts = {"on": Fraction(5), "within": Fraction(4), "beyond": Fraction(6)}
        on, within, beyond = (at_most(facts, name, Fraction(5)) for name in facts)
        assert all_of(within, on).measured == all_of(on, within).measured == "on"
        assert all_of(on, beyond).measured == all_of(beyond, on).measured == "beyond"

    def test_of_two_that_fail_the_worse_is_told_and_both_are_named(self):
        facts = {"a": Fraction(9), "b": Fraction(9)}
        found = all_of(at_most(facts, "a", Fraction(8)), below(facts, "b", Fraction(2)))
        assert found == Measure(False, "b", Fraction(2), Fraction(-7), ("a", "b"))

    @pytest.mark.parametrize(
        ("compare", "value", "expected"),
        [
            (at_most, 4, (True, 1)), (at_most, 5, (True, 0)), (at_most, 6, (False, -1)),
            (at_least, 4, (False, -1)), (at_least, 5, (True, 0)), (at_least, 6, (True, 1)),
            (below, 4, (True, 1)), (below, 5, (False, 0)), (below, 6, (False, -1)),
        ],
    )  # fmt: skip
    def test_each_comparison_to_either_side_of_its_limit(self, compare, value, expected):
        found = compare({"a": Fraction(value)}, "a", Fraction(5))
        assert (found.holds, found.margin) == expected
        assert (found.measured, found.limit) == ("a", 5)
        assert found.failing == (() if found.holds else ("a",))

    def test_nothing_may_be_there_of_any_kind(self):
        facts = {"a": Fraction(0), "b": Fraction(1), "c": Fraction(3)}
        assert none_of(facts, "a").margin == 0
        assert none_of(facts, "a", "b", "c") == Measure(False, "c", Fraction(0), Fraction(-3), ("b", "c"))

    def test_a_measure_says_nothing_that_was_not_found(self):
        assert Measure(None) == NOT_CONCERNED == Measure(None, "", None, None, ())
        with pytest.raises(AttributeError):
            NOT_CONCERNED.holds = True  # type: ignore[misc]

    def test_a_function_is_registered_as_it_is_and_one_norm_has_one(self):
        def ours(facts, limits):
            return NOT_CONCERNED

        try:
            assert rule("ours/1")(ours) is ours
            assert REGISTERED["ours/1"] is ours
            with pytest.raises(LawError, match=r"ours/1 已有函数 ours"):
                rule("ours/1")(ours)
        finally:
            REGISTERED.pop("ours/1", None)

    def test_a_norm_without_function_has_none(self):
        assert rule_of(NORMS["gansu-measures-2025/14-village-consent"]) is None
