"""The worked cases of the packs: what reviewers read is what the engine does."""

import re
from collections import Counter
from fractions import Fraction

import pytest

from fangtian.errors import LawError
from fangtian.law.case import Case, exact_value, load_cases, run
from fangtian.law.kinds import Served
from fangtian.law.norm import norms
from fangtian.law.verdict import Verdict

NORMS = {norm.id: norm for norm in norms()}
COMPUTED = [norm for norm in NORMS.values() if norm.served is Served.COMPUTED]
CASES = load_cases()


def marked(case: Case):
    marks = [pytest.mark.requirement(number) for number in NORMS[case.norm].requirements]
    return pytest.param(case, id=f"{case.norm}: {case.name}", marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_every_case_gets_its_verdict(case):
    judgement = run(case)
    assert judgement.verdict == case.expect, judgement.sentence
    assert judgement.missing == case.missing


@pytest.mark.parametrize("norm", COMPUTED, ids=lambda norm: norm.id)
class TestEveryNorm:
    def test_has_at_least_three_cases_one_of_them_on_the_limit(self, norm):
        mine = [case for case in CASES if case.norm == norm.id]
        assert len(mine) >= 3
        assert sum(case.boundary for case in mine) == 1

    def test_lies_exactly_on_the_limit_where_a_case_says_so(self, norm):
        (boundary,) = [case for case in CASES if case.norm == norm.id and case.boundary]
        assert run(boundary).margin == 0

    def test_has_a_case_beyond_the_limit_by_the_smallest_unit(self, norm):
        margins = [run(case).margin for case in CASES if case.norm == norm.id]
        smallest = {"cultivated_grade_mean": Fraction(1, 10**6)}.get(norm.needs[0].key, 1)
        assert any(margin is not None and 0 < -margin <= smallest for margin in margins)

    def test_has_a_case_with_a_missing_fact(self, norm):
        assert any(case.norm == norm.id and case.expect is Verdict.INSUFFICIENT for case in CASES)

    def test_has_cases_on_both_sides_of_the_limit(self, norm):
        expected = {case.expect for case in CASES if case.norm == norm.id}
        assert Verdict.MET in expected
        assert expected & {Verdict.NOT_MET, Verdict.REASONS_REQUIRED, Verdict.HUMAN_DECISION}


def test_case_names_are_unique_within_a_norm():
    assert not [key for key, count in Counter((case.norm, case.name) for case in CASES).items() if count > 1]


def test_all_six_verdicts_are_shown_by_cases():
    assert {case.expect for case in CASES} == set(Verdict)


def test_an_area_finer_than_the_survey_is_refused_and_not_rounded():
    with pytest.raises(LawError, match=re.escape("0.01平方米")):
        exact_value("cultivated_area", "1.0000001")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"norm": "gansu-measures-2025/99"}, "不存在"),
        ({"scope": "county"}, "范围"),
        ({"facts": {"pbf_out_area.planned": "1"}}, "不是条文所需"),
        ({"regime": "gansu-2025"}, "没有规则"),
    ],
)
def test_a_case_that_points_nowhere_says_so(change, words):
    with pytest.raises(LawError, match=words):
        run(CASES[0].model_copy(update=change))
