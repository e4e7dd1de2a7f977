"""Displayed values: parts add up, differences are those of what is shown, 亩 comes from shown 公顷."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from handmade_book import rich_book
from hypothesis import given, settings
from hypothesis import strategies as st

from fangtian.catalog.quantity import quantities
from fangtian.deliver.present import FORMS, decide, level, mu_of
from fangtian.errors import DeliverError, FactError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.units import Area, Money

areas = st.integers(0, 10**9)
HA = Fraction(1, 1_000_000)


def measured(key, value, scope="pilot_area", phase=BEFORE, member=""):
    book = FactBook()
    book.measure((key, scope, phase, member), value, "", "")
    return book


def grouped_book(parts, phase=BEFORE, book=None):
    book = book if book is not None else FactBook()
    facts = [
        book.measure(("class_area", "pilot_area", phase, f"01{i:02}"), Area(value), "", "")
        for i, value in enumerate(parts)
    ]
    total = book.derive("sum", ("total_area", "pilot_area", phase), facts)
    book.apportion(total, facts)
    return book


def shown_parts(presentation, count, phase=BEFORE):
    return [presentation.value(f"class_area[01{i:02}]@pilot_area.{phase}") for i in range(count)]


@pytest.mark.requirement("D-051")
def test_the_official_example_of_mu_is_right():
    shown = decide(measured("total_area", Area.of_ha("50.9690")))
    assert shown.text("total_area@pilot_area.before", "mu") == "764.54"
    assert shown.text("total_area@pilot_area.before", "ha_mu") == "50.9690公顷（764.54亩）"


def test_mu_comes_from_the_displayed_hectares_not_from_the_exact_area():
    exact = Area(340)  # 3.4 m2: 0.0003 公顷 as displayed, so 0.0045 亩 and not 0.0051
    assert decide(measured("total_area", exact)).text("total_area@pilot_area.before", "mu") == "0.00"
    assert mu_of(Decimal("0.0003")) == Decimal("0.00")
    assert mu_of(Decimal("-0.0010")) == Decimal("-0.02")


@pytest.mark.parametrize(
    ("key", "value", "text", "unit"),
    [
        ("total_area", Area(12_345_650), "12.3457", "公顷"),
        ("total_area", Area(0), "0.0000", "公顷"),
        ("investment", Money(12_345), "0.01", "万元"),
        ("investment", Money(123_450_000), "123.45", "万元"),
        ("investment", Money(-4_999), "0.00", "万元"),
        ("class_share", Fraction(1, 3), "33.33", "%"),
        ("cultivated_grade_mean", Fraction(2225, 200), "11.13", "等"),
        ("plot_grade", 10, "10", "等"),
        ("households", 1234567, "1234567", ""),
        ("base_year", 2024, "2024", "年"),
        ("payback_years", Fraction(7, 3), "2.33", "年"),
        ("cultivated_mean_patch_area", Fraction(10_000_000, 3), "3.3333", "公顷"),
        ("cultivated_edge_density", Fraction(2, 3), "0.6667", ""),
        ("project_name", "龙山镇项目", "龙山镇项目", ""),
    ],
)
@pytest.mark.requirement("D-051")
def test_each_form_has_its_decimals_and_unit(key, value, text, unit):
    (shown,) = decide(measured(key, value)).shown.values()
    assert (shown.text, shown.unit) == (text, unit)
    assert shown.value == (None if isinstance(value, str) else Decimal(text))


def test_every_catalogued_form_can_be_shown():
    assert {quantity.form for quantity in quantities().values()} <= {*FORMS, "text"}


def test_a_missing_fact_raises_by_its_address_and_find_says_none():
    shown = decide(FactBook())
    assert shown.find("total_area@county.before") is None
    for ask in (shown.text, shown.value, shown.__getitem__):
        with pytest.raises(FactError, match=r"total_area@county\.before"):
            ask("total_area@county.before")


def test_a_form_that_a_fact_does_not_have_is_refused():
    with pytest.raises(DeliverError, match="mu"):
        decide(measured("households", 3)).text("households@pilot_area.before", "mu")


def test_a_part_of_two_totals_is_refused_by_name():
    book = grouped_book([1, 2])
    other = book.derive(
        "sum", ("level1_area", "pilot_area", BEFORE, "01"), [book["class_area[0100]@pilot_area.before"]]
    )
    book.apportion(other, [book["class_area[0100]@pilot_area.before"]])
    with pytest.raises(DeliverError, match="两个分配组"):
        decide(book)


@given(st.lists(areas, min_size=1, max_size=30))
def test_parts_add_up_to_the_displayed_total(parts):
    shown = decide(grouped_book(parts))
    assert sum(shown_parts(shown, len(parts))) == shown.value("total_area@pilot_area.before")


@given(st.lists(areas, min_size=1, max_size=30))
def test_the_total_is_half_up_and_every_part_is_within_one_unit(parts):
    shown = decide(grouped_book(parts))
    assert abs(Fraction(shown.value("total_area@pilot_area.before")) - sum(parts) * HA) <= Fraction(1, 20_000)
    for value, exact in zip(shown_parts(shown, len(parts)), parts, strict=True):
        assert abs(Fraction(value) - exact * HA) < Fraction(1, 10_000)


@given(st.lists(st.lists(areas, min_size=1, max_size=6), min_size=1, max_size=6))
def test_two_levels_add_up_and_stay_within_one_unit(groups):
    book, heads = FactBook(), []
    for i, group in enumerate(groups):
        facts = [
            book.measure(("class_area", "pilot_area", BEFORE, f"{i}-{j}"), Area(value), "", "")
            for j, value in enumerate(group)
        ]
        head = book.derive("sum", ("level1_area", "pilot_area", BEFORE, str(i)), facts)
        book.apportion(head, facts)
        heads.append(head)
    total = book.derive("sum", ("total_area", "pilot_area", BEFORE), heads)
    book.apportion(total, heads)
    shown = decide(book)
    level1 = [shown.value(head.address) for head in heads]
    assert sum(level1) == shown.value(total.address)
    for i, group in enumerate(groups):
        parts = [shown.value(f"class_area[{i}-{j}]@pilot_area.before") for j in range(len(group))]
        assert sum(parts) == level1[i]
        for value, exact in zip(parts, group, strict=True):
            assert abs(Fraction(value) - exact * HA) < Fraction(1, 10_000)


@given(areas, areas)
def test_a_change_is_what_is_shown_after_less_what_is_shown_before(before, after):
    book = measured("class_area", Area(before), member="0103")
    later = book.measure(("class_area", "pilot_area", PLANNED, "0103"), Area(after), "", "")
    first = book["class_area[0103]@pilot_area.before"]
    change = book.derive("difference", ("class_area_change", "pilot_area", PLANNED, "0103"), [later, first])
    shown = decide(book)
    assert shown.value(change.address) == shown.value(later.address) - shown.value(first.address)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_that_of_the_displayed_values(part, rest):
    book = FactBook()
    one = book.measure(("class_area", "pilot_area", BEFORE, "0103"), Area(part), "", "")
    whole = book.measure(("total_area", "pilot_area", BEFORE), Area(part + rest), "", "")
    share = book.derive("ratio", ("class_share", "pilot_area", BEFORE, "0103"), [one, whole])
    shown = decide(book)
    top, bottom = shown.value(one.address), shown.value(whole.address)
    expected = Fraction(top) / Fraction(bottom) if bottom else share.value
    assert abs(Fraction(shown.value(share.address)) / 100 - expected) <= Fraction(1, 20_000)


def test_the_share_of_the_total_is_100_per_cent():
    book = grouped_book([33, 33, 34])
    total = book["total_area@pilot_area.before"]
    book.derive("ratio", ("total_share", "pilot_area", BEFORE), [total, total])
    assert decide(book).text("total_share@pilot_area.before") == "100.00"


def test_a_mean_patch_is_the_displayed_area_by_the_count():
    book = measured("cultivated_area", Area(1_000_049))
    count = book.measure(("cultivated_patch_count", "pilot_area", BEFORE), 3, "", "")
    area = book["cultivated_area@pilot_area.before"]
    book.derive("ratio", ("cultivated_mean_patch_area", "pilot_area", BEFORE), [area, count])
    assert decide(book).text("cultivated_mean_patch_area@pilot_area.before") == "0.3333"


def test_an_area_of_the_ledger_prints_its_whole_square_metres():
    """It follows neither its exact value nor the total that it is a part of (ADR 0008)."""
    book = grouped_book([14_949, 85_051])
    address = book.groups[0].parts[0]
    whole = FactBook(_facts={fact.address: fact for fact in book})
    whole._facts[address] = replace(book[address], value=Area(14_800))
    shown = decide(book.printed_as(whole))
    assert shown.text(address) == "0.0148"


@given(st.lists(st.fractions(-1000, 1000), min_size=1, max_size=12), st.integers(-3000, 3000))
def test_levelling_reaches_any_total(exact, total):
    assert sum(level(total, exact)) == total


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_levelling_leaves_whole_numbers_alone(parts):
    assert level(sum(parts), [Fraction(part) for part in parts]) == parts


def test_a_sum_over_rows_of_another_table_is_the_sum_of_what_they_show():
    book = FactBook()
    years = [
        book.measure(("demolition_area", "pilot_area", f"year:{year}"), Area(3_349), "", "")
        for year in (2026, 2027)
    ]
    book.derive("sum", ("demolition_area", "pilot_area", PLANNED), years)
    assert decide(book).text("demolition_area@pilot_area.planned") == "0.0066"  # not 0.0067


@settings(max_examples=20)
@given(st.randoms())
def test_the_order_of_writing_does_not_matter(random):
    book = rich_book()
    facts = list(book)
    random.shuffle(facts)
    shuffled = FactBook({fact.address: fact for fact in facts}, list(book.groups))
    assert decide(shuffled).shown == decide(book).shown


def test_every_fact_of_a_book_is_shown_once():
    book = rich_book()
    shown = decide(book)
    assert sorted(shown) == [fact.address for fact in book]
    assert len(shown) == len(book)
    assert not [
        address for address in shown if shown[address].text.startswith("-0.0") and not shown.value(address)
    ]
