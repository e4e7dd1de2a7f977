"""The tiny plan, measured by hand: pieces close on the survey, figures follow from the shapes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_plan import EPSG, Draft, cell, tiny_plan

from fangtian.facts.assemble import book_of
from fangtian.facts.book import FactBook
from fangtian.facts.indicators.contiguity import block_share
from fangtian.facts.indicators.cultivated import weighted_mean
from fangtian.facts.ledger import ledger_of
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Survey
from fangtian.plan.survey import read_survey
from fangtian.units import Area, Money


def survey(root: Path, change: Callable[[Draft], None] | None = None) -> Survey:
    return read_survey(open_plan(tiny_plan(root, change)))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> FactBook:
    return book_of(survey(tmp_path_factory.mktemp("tiny")))[0]


def measured(x0: float, y0: float, x1: float, y1: float) -> int:
    return int(official_areas(np.array([cell(x0, y0, x1, y1)], object), crs_of(EPSG))[0])


def near(address: str, book: FactBook, expected: float, off: int = 2) -> None:
    assert abs(int(book[address].value) - expected) <= off, address  # 0.02 m² of apportionment


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(*[st.integers(1, 390) for _ in range(2)]), st.tuples(*[st.integers(1, 290) for _ in range(2)])
)
def test_pieces_add_up_to_the_survey_wherever_a_plot_lies(
    tmp_path_factory: pytest.TempPathFactory, xs: tuple[int, int], ys: tuple[int, int]
) -> None:
    left, bottom = min(xs), min(ys)

    def one_plot(draft: Draft) -> None:
        right, top = min(left + 7.3 + max(xs) % 90, 400), min(bottom + 5.7 + max(ys) % 40, 300)
        draft.layers["plots"].shapes = [cell(left, bottom, right, top)]
        draft.layers["plots"].columns = {k: v[:1] for k, v in draft.layers["plots"].columns.items()}
        draft.tables["existing_projects"] = draft.tables["existing_projects"][:1]

    here = survey(tmp_path_factory.mktemp("any"), one_plot)
    ledger, parcels = ledger_of(here), here.layers["parcels"]
    for name, column in (("area", ledger.area), ("ridge_area", ledger.ridge_before)):
        expected = np.rint(parcels.column(name) * 100).astype(np.int64)
        assert np.array_equal(np.bincount(ledger.parcel, column, len(parcels)).astype(np.int64), expected)
    assert (ledger.ridge_before <= ledger.area).all()
    assert (ledger.ridge_after <= ledger.area).all()
    assert (ledger.ridge_after >= 0).all()


def test_the_total_never_changes_and_classes_add_up_to_it(book: FactBook) -> None:
    for scope in ("pilot_area", "consolidation_area"):
        totals = [int(book[f"total_area@{scope}.{phase}"].value) for phase in ("before", "planned")]
        assert totals[0] == totals[1]
        for phase, total in zip(("before", "planned"), totals, strict=True):
            parts = [
                int(f.value) for f in book if f.key == "class_area" and f.scope == scope and f.phase == phase
            ]
            three = [
                int(book[f"{k}_area@{scope}.{phase}"].value)
                for k in ("agricultural", "construction", "unused")
            ]
            assert sum(parts) == sum(three) == total


def test_a_plot_moves_its_ground_from_one_class_to_another(book: FactBook) -> None:
    near("demolition_area@pilot_area.planned", book, measured(250, 110, 300, 160))
    near(
        "reclaimed_ecological_area@village:6205231022020000000.year:2027", book, measured(250, 110, 300, 160)
    )
    assert (
        book["construction_removed_area@pilot_area.planned"].value
        == book["demolition_area@pilot_area.planned"].value
    )
    assert book["demolished_houses@pilot_area.planned"].value == 5
    assert book["moved_people@village:6205231022020000000.year:2027"].value == 15
    assert book["demolition_area@village:6205231022010000000.planned"].value == Area(0)


def test_new_farmland_is_net_of_its_ridges_and_counts_merged_ridges(book: FactBook) -> None:
    ground = measured(0, 210, 150, 280)
    near("new_cultivated_area@plot:P01.planned", book, ground - round(ground * 0.05))
    improved = measured(10, 10, 110, 90)
    near("new_cultivated_area@plot:P03.planned", book, improved * (0.12 - 0.06))
    assert (
        book["new_cultivated_from_ridges_area@pilot_area.planned"].value
        == book["new_cultivated_area@plot:P03.planned"].value
    )
    assert book["plot_source@plot:P03.planned"].value == "田坎"
    new, lost, net = (
        int(book[f"{key}@consolidation_area.planned"].value)
        for key in ("new_cultivated_area", "lost_cultivated_area", "net_new_cultivated_area")
    )
    assert new - lost == net


def test_the_mean_grade_weighs_by_area(book: FactBook) -> None:
    first, second = (int(book[f"class_area[{c}]@pilot_area.before"].value) for c in ("0103", "0102"))
    expected = Fraction(12 * first + 11 * second, first + second)
    assert book["cultivated_grade_mean@pilot_area.before"].value == expected


def test_one_parcel_without_a_grade_leaves_the_mean_open(tmp_path: Path) -> None:
    def ungraded(draft: Draft) -> None:
        draft.layers["parcels"].columns["GDDB"][1] = None

    book, _, evidence, _ = book_of(survey(tmp_path, ungraded))
    assert "cultivated_grade_mean@pilot_area.before" not in book
    assert [feature.feature for feature in evidence["grade_missing"]] == ["62052300100000002"]


def test_money_adds_up_by_source_category_and_year(book: FactBook) -> None:
    total = book["investment@project.planned"].value
    assert total == Money.of_wan("200.5")
    for phase in ("planned", "year"):  # the cells source × year close as the sources do
        cells = (f for f in book if f.key == "investment_source" and f.phase.startswith(phase))
        assert sum(int(f.value) for f in cells) == int(total)
    assert sum(int(book[f"investment@project.year:{year}"].value) for year in (2026, 2027, 2028)) == int(
        total
    )
    assert book["investment_fiscal@project.planned"].value == Money.of_wan("180.5")
    assert book["cash_balance@project.year:2029"].value == Money.of_wan("199.5")


def test_table_six_closes_over_villages_and_years(book: FactBook) -> None:
    for key in ("demolition_area", "new_construction_area", "reused_construction_area", "moved_households"):
        whole = int(book[f"{key}@pilot_area.planned"].value)
        years = [
            int(f.value)
            for f in book
            if f.key == key and f.scope == "pilot_area" and f.phase.startswith("year")
        ]
        places = [
            int(f.value)
            for f in book
            if f.key == key and f.scope.startswith("village") and f.phase == "planned"
        ]
        assert sum(years) == sum(places) == whole


def test_construction_land_at_the_end_of_the_period_is_the_planned_one(book: FactBook) -> None:
    assert (
        book["construction_area@pilot_area.year:2028"].value
        == book["construction_area@pilot_area.planned"].value
    )
    assert (
        book["construction_area@pilot_area.year:2026"].value
        == book["construction_area@pilot_area.before"].value
    )


def test_the_same_plan_gives_the_same_seal(tmp_path_factory: pytest.TempPathFactory, book: FactBook) -> None:
    assert book_of(survey(tmp_path_factory.mktemp("again")))[0].seal() == book.seal()


@given(st.lists(st.tuples(st.integers(1, 15), st.integers(1, 10**9)), min_size=1, max_size=20))
def test_a_weighted_mean_lies_between_its_extremes(pairs: list[tuple[int, int]]) -> None:
    grades, areas = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    mean = weighted_mean(grades, areas)
    assert mean is not None
    assert grades.min() <= mean <= grades.max()


def test_a_block_of_exactly_the_size_counts() -> None:
    area = np.array([2_000_000, 1_999_999], np.int64)  # 30 亩 = 2 公顷, and 0.01 m² less
    assert block_share(area, np.array([0, 1]), 30) == Fraction(2_000_000, 3_999_999)
