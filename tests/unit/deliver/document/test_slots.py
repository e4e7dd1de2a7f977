"""Slots: what they name, what they print, and how a slip is told."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from few_facts import NUMBERS, WORDS, few_facts

from fangtian.catalog.finding import Finding, Place
from fangtian.deliver.document.slots import FORM_TERMS, Slot, SlotBook
from fangtian.errors import DeliverError

HERE_BEFORE = "cultivated_area@pilot_area.before"
PLOT = "new_cultivated_area@plot:XZ-001.planned"
HERE = Place(file="narrative/01.md", field="第3行")


def resolved(words: str) -> Slot | Finding:
    return SlotBook(few_facts()).resolve(words, HERE)


@pytest.mark.parametrize(
    ("words", "address", "text"),
    [
        ("cultivated_area@pilot_area.before", "cultivated_area@pilot_area.before", "2006.9009"),
        (" cultivated@pilot_area.before:unit ", "cultivated_area@pilot_area.before", "2006.9009公顷"),
        ("cultivated@pilot_area.before:mu", "cultivated_area@pilot_area.before", "30103.51"),
        ("cultivated@pilot_area.before:ha_mu", HERE_BEFORE, "2006.9009公顷（30103.51亩）"),
        ("class_area[0103]@pilot_area", "class_area[0103]@pilot_area.before", "1844.6782"),
        ("class_share[0103]@pilot_area:unit", "class_share[0103]@pilot_area.before", "46.18%"),
        ("new_cultivated@plot:XZ-001", "new_cultivated_area@plot:XZ-001.planned", "3.4567"),
        ("new_cultivated@plot:XZ-001:ha_mu", PLOT, "3.4567公顷（51.85亩）"),
        ("investment@project.year:2026", "investment@project.year:2026", "2132.62"),
        ("investment@project.year:2026:unit", "investment@project.year:2026", "2132.62万元"),
        ("base_year@project:unit", "base_year@project.before", "2024年"),
        ("period_years@project:unit", "period_years@project.before", "3"),
        ("project_name@project", "project_name@project.before", "某镇全域土地综合整治项目"),
    ],
)  # fmt: skip
def test_a_slot_names_one_fact(words: str, address: str, text: str) -> None:
    slot = resolved(words)
    assert isinstance(slot, Slot), slot
    assert (slot.address, slot.text) == (address, text)
    assert slot.text == few_facts().text(address, slot.form)


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        ("cultvated_area@pilot_area.before", "NAR-slot-unknown", "cultivated_area（耕地面积）"),
        ("cultivated@pilotarea.before", "NAR-slot-scope", "pilot_area"),
        ("cultivated@village:1.before", "NAR-slot-scope", "consolidation_area"),
        ("class_area[0109]@pilot_area.before", "NAR-slot-member", "0101、0103"),
        ("class_area@pilot_area.before", "NAR-slot-member", "0101"),
        ("cultivated[01]@pilot_area.before", "NAR-slot-member", "不带方括号"),
        ("cultivated@pilot_area", "NAR-slot-phase", "before、planned"),
        ("investment@project", "NAR-slot-phase", "planned、year:2026"),
        ("investment@project.year:2031", "NAR-slot-phase", "year:2026"),
        ("cultivated@consolidation_area.planned", "NAR-slot-phase", "before"),
        ("cultivated@pilot_area.before:mmu", "NAR-slot-form", "ha_mu（公顷（亩））"),
        ("investment@project.planned:mu", "NAR-slot-form", "unit"),
        ("project_name@project:ha_mu", "NAR-slot-form", "unit"),
        ("pbf_out_area@pilot_area.planned", "NAR-slot-absent", "永久基本农田调出面积"),
        ("耕地面积", "NAR-slot-grammar", "指标@范围"),
        ("", "NAR-slot-grammar", "指标@范围"),
        ("map：位置图", "NAR-slot-grammar", "指标@范围"),
    ],
)
def test_a_slip_is_told_with_the_nearest_known(words: str, code: str, hint: str) -> None:
    found = resolved(words)
    assert isinstance(found, Finding), found
    assert found.code == code
    assert hint in found.message
    assert str(found.place) == "narrative/01.md · 第3行"
    assert found.severity.value == "error"


@given(st.text(max_size=60))
def test_no_words_between_braces_raise(words: str) -> None:
    assert isinstance(resolved(words), Slot | Finding)


@given(st.sampled_from(sorted({**NUMBERS, **WORDS})), st.sampled_from([*FORM_TERMS, "ha", "年"]))
def test_every_address_and_form_prints_what_the_presentation_prints(address: str, form: str) -> None:
    found = resolved(f"{address}:{form}" if form else address)
    try:
        expected = few_facts().text(address, form) if form in FORM_TERMS else None
    except DeliverError:
        expected = None
    assert (found.text if isinstance(found, Slot) else None) == expected


def test_the_same_slip_is_told_at_each_place() -> None:
    book = SlotBook(few_facts())
    places = [book.resolve("x@y", Place(field=f"第{n}行")) for n in (1, 2)]
    assert [item.place.field for item in places if isinstance(item, Finding)] == ["第1行", "第2行"]
