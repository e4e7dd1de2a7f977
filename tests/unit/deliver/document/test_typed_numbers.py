"""Numbers typed by hand: found where they are facts, left alone where they are not."""

import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from few_facts import few_facts, writing

from fangtian.catalog.finding import Finding
from fangtian.deliver.document.reading import Passage
from fangtian.deliver.document.typed_numbers import MOST_NAMED, NumberBook, typed_numbers

BOOK = NumberBook.of(few_facts())
PAIR = "2006.9009公顷（30103.51亩）"
FILE = "narrative/01-基本情况.md"


def found(text: str) -> list[Finding]:
    return typed_numbers(writing(text).passages, BOOK, FILE)


@pytest.mark.parametrize(
    ("text", "number", "slot"),
    [
        ("耕地2006.9009公顷。", "2006.9009公顷", "{{ cultivated_area@pilot_area.before:unit }}"),
        ("耕地 2,006.9009 公顷", "2,006.9009 公顷", "{{ cultivated_area@pilot_area.before:unit }}"),
        ("耕地2006.9009公顷（30103.51亩）", PAIR, "{{ cultivated_area@pilot_area.before:ha_mu }}"),
        ("折合30103.51亩", "30103.51亩", "{{ cultivated_area@pilot_area.before:mu }}亩"),
        ("耕地3.01万亩", "3.01万亩", "{{ cultivated_area@pilot_area.before:mu }}亩"),
        ("耕地约2006.90公顷", "2006.90公顷", "{{ cultivated_area@pilot_area.before:unit }}"),
        ("耕地20069009平方米", "20069009平方米", "{{ cultivated_area@pilot_area.before:unit }}"),
        ("总投资7283.80万元", "7283.80万元", "{{ investment@project.planned:unit }}"),
        ("总投资0.7284亿元", "0.7284亿元", "{{ investment@project.planned:unit }}"),
        ("总投资72838000元", "72838000元", "{{ investment@project.planned:unit }}"),
        ("旱地占46.18%", "46.18%", "{{ class_share[0103]@pilot_area.before:unit }}"),
        ("折现率取5%", "5%", "{{ discount_rate@project.planned:unit }}"),
        ("共2344户", "2344户", "{{ households@pilot_area.before }}户"),
        ("水田12.5公顷", "12.5公顷", "{{ class_area[0101]@pilot_area.before:unit }}"),
    ],
)  # fmt: skip
def test_a_typed_fact_is_named_with_its_slot(text: str, number: str, slot: str) -> None:
    (item,) = found(f"第一行\n\n{text}")
    assert item.code == "NAR-typed-number"
    assert (item.place.file, item.place.field) == (FILE, "第3行")
    assert item.values["number"] == number
    assert item.values["slots"].split("、")[0] == slot


@pytest.mark.parametrize(
    "text",
    [
        "2024年起实施，依据第13条第4项、附表4、5等，自然资发〔2024〕149号。",
        "新增耕地原则上不少于5%，调整面积不超过5%。",
        "合计为100.00%。",
        "耕地{{ cultivated@pilot_area.before:ha_mu }}，投资{{ investment@project.planned }}万元。",
        "集中连片100亩以上、5亩、15亩、50亩以上的地块，不少于500亩。",
        "每亩投资1.5万元/亩，按3000元/亩计，15亩/户。",
        "电话0938-2006.9009，编号A7283.80，共3户、5人、12个，第3块。",
        "总面积1234.5678公顷（18518.52亩），投资99.00万元。",
    ],
)
def test_years_clauses_thresholds_and_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "number", "places"),
    [("新建 12.30 公顷", "12.30 公顷", "4"), ("约300亩", "300亩", "2"), ("投资 99.5万元", "99.5万元", "2")],
)
def test_decimals_are_those_that_the_outline_asks_for(text: str, number: str, places: str) -> None:
    (item,) = found(text)
    assert (item.code, item.values["number"], item.values["places"]) == ("NAR-number-format", number, places)


def test_bare_numbers_of_a_table_have_the_unit_of_its_head_or_of_the_table() -> None:
    text = (
        "表：甲表\n单位：公顷\n| 序号 | 名称 | 面积 | 占比（%） |\n|---|---|---|---|\n"
        "| 1 | 旱地 | 1844.6782 | 46.18 |\n| 2 | 水田 | 13.50 | 9.9 |\n| 合计 | | 99.1234 | 100.00 |\n"
    )
    told = [(item.code, item.values["number"], item.place.field) for item in found(text)]
    assert told == [
        ("NAR-typed-number", "1844.6782", "第5行"),
        ("NAR-typed-number", "46.18", "第5行"),
        ("NAR-number-format", "13.50", "第6行"),
    ]


def test_the_term_the_scope_and_the_phase_of_the_sentence_come_first() -> None:
    book = NumberBook(
        {"ha": [Decimal("10.1234")] * 4},
        {"ha": [
            "cultivated_area@consolidation_area.before", "cultivated_area@consolidation_area.planned",
            "cultivated_area@pilot_area.planned", "pbf_area@pilot_area.planned",
        ]},
    )  # fmt: skip
    passage = Passage(1, "整治后，试点区域耕地面积为10.1234公顷。")
    (item,) = typed_numbers([passage], book, FILE)
    assert item.values["slots"].split("、") == [
        "{{ cultivated_area@pilot_area.planned:unit }}",
        "{{ cultivated_area@consolidation_area.planned:unit }}",
        "{{ cultivated_area@consolidation_area.before:unit }}",
    ]


def test_who_typed_everything_is_told_how_much_is_left() -> None:
    items = found("耕地2006.9009公顷。\n\n" * (MOST_NAMED + 7))
    assert len(items) == MOST_NAMED + 1
    assert (items[-1].code, items[-1].values["count"]) == ("NAR-typed-many", "7")


@given(st.text(alphabet="0123456789.,，%公顷亩万元（）()户 以上/年\n", max_size=80))
def test_no_text_raises(text: str) -> None:
    typed_numbers([Passage(1, text), Passage(2, text, "公顷"), Passage(3, text, "%")], BOOK, FILE)


@given(st.sampled_from(sorted(few_facts())))
def test_every_displayed_area_and_amount_is_found_as_printed(address: str) -> None:
    presentation = few_facts()
    shown = presentation[address]
    if shown.unit not in ("公顷", "万元") or shown.value is None:
        return
    (item,) = found(f"面积、投资为{presentation.text(address, 'unit')}")
    assert f"{{{{ {address}:unit }}}}" in item.values["slots"]


@pytest.mark.parametrize("text", ["1公顷" * 60_000, "1" * 500_000, "1," * 300_000, "耕地2006.9公顷" * 30_000])
def test_a_long_line_is_searched_in_seconds(text: str) -> None:
    start = time.perf_counter()
    typed_numbers([Passage(1, text)], BOOK, FILE)
    assert time.perf_counter() - start < 20
