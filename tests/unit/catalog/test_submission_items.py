"""The list of what a submission holds: every item is asked for word for word, every condition can be told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fangtian.catalog.code import codes
from fangtian.catalog.quantity import quantities
from fangtian.catalog.source import source_of
from fangtian.catalog.submission import (
    PROOFS,
    Basis,
    member_of,
    submission_conditions,
    submission_instruments,
    submission_items,
)

POLICY = Path(__file__).parents[3] / "../shared/policy"
TEXTS = {"大纲": "004_*.txt", "管理办法": "003_*.txt", "工作方案": "000_*.txt"}
ITEMS = submission_items()
BASES = [(item.id, basis) for item in ITEMS.values() for basis in item.basis]
NUMBER = "[一二三四五六七八九十]+"
HEADINGS = (rf"[#* ]*({NUMBER})、", rf"[#* ]*([（(]{NUMBER}[）)])", r"[-* ]*(\d+)[.．]")


def text_of(basis: Basis) -> str:
    found = sorted(POLICY.glob(TEXTS[basis.instrument.id]))
    if not found:
        pytest.skip("the official texts are not on this machine")
    return found[0].read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words_at(text: str, article: str) -> str:
    """The lines below a citation such as 第十三条第5项, 八（四）2 or 成果要求四."""
    if article.startswith("第"):
        match = re.fullmatch(r"(第.+?条)(?:第(\d+)项)?", article)
        lines = re.split(r"(?m)^(?=第[一二三四五六七八九十]+条)", text)
        lines = next(part for part in lines if part.startswith(match[1])).splitlines()
        return "".join(line for line in lines if not match[2] or line.startswith(f"{match[2]}."))
    requirements = "全域土地综合整治试点实施方案成果要求\n"
    inside, _, after = text.partition(f"# {requirements}")
    text = after if article.startswith("成果要求") else inside
    path, found = ["", "", ""], []
    for line in text.splitlines():
        for depth, pattern in enumerate(HEADINGS):
            if match := re.match(pattern, line):
                path[depth:] = [match[1].translate(str.maketrans("()", "（）")), *[""] * (2 - depth)]
        here = "".join(path)
        if here == article.removeprefix("成果要求") or here.startswith(article.removeprefix("成果要求")):
            found.append(line)
    return "".join(found)


@pytest.mark.parametrize(
    ("item", "basis"), BASES, ids=[f"{i}-{b.instrument.id}{b.article}" for i, b in BASES]
)
def test_every_quotation_stands_at_its_article(item: str, basis: Basis) -> None:
    assert squeezed(basis.words) in squeezed(words_at(text_of(basis), basis.article)), (item, basis.citation)


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_every_item_can_be_produced_or_procured(item) -> None:
    assert item.basis and item.title and item.section
    assert bool(item.files) is (item.kind == "generated")
    assert item.remedy or item.kind == "generated", "the planner is told how to come by it"
    assert not re.search(r'[\\/:*?"<>|]', item.title), "the title becomes a folder"


def test_items_of_a_section_stand_together_and_ids_are_plain() -> None:
    sections = [item.section for item in ITEMS.values()]
    assert sections == sorted(sections, key=sections.index)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in ITEMS)


def test_instruments_bind_by_outline_or_regime_that_plans_can_name() -> None:
    for instrument in submission_instruments().values():
        assert bool(instrument.outline) != bool(instrument.regime)
        assert instrument.outline in codes("outline") or instrument.regime in codes("regime")
        assert source_of(instrument.id) is not None


@pytest.mark.parametrize("condition", submission_conditions().values(), ids=submission_conditions())
def test_conditions_ask_for_facts_that_exist(condition) -> None:
    assert (condition.any or condition.chapter) and condition.absent
    assert not condition.unknown or condition.any
    for address in condition.any:
        assert address.split("@")[0].split("[")[0] in quantities(), address


def test_every_condition_is_used() -> None:
    assert {item.condition for item in ITEMS.values()} - {None} == set(submission_conditions().values())


@pytest.mark.requirement("D-050")
def test_the_proofs_that_the_outline_lists_are_there() -> None:
    asked = {item.id for item in ITEMS.values() if any(b.article == "八（四）2" for b in item.basis)}
    assert asked >= {
        "review_opinions", "department_opinions", "public_notice", "village_resolution",
        "demolition_summary_sealed", "demolition_consents",
    }  # fmt: skip


@pytest.mark.requirement("P-059")
def test_the_pilot_asks_for_opinions_hearing_and_notice() -> None:
    asked = {
        item.id
        for item in ITEMS.values()
        if item.kind == "attachment" and item.required and not item.condition
        for basis in item.basis
        if (basis.instrument.regime, basis.article) == ("pilot-2021", "四（三）")
    }
    assert asked == {"villager_opinions", "hearing", "public_notice"}


def test_every_deliverable_has_its_folder() -> None:
    assert {
        name: member_of(name) for name in ("实施方案.docx", "附表.xlsx", "数据库/方案.gdb/a1.gdbtable")
    } == {
        "实施方案.docx": "01_文本/实施方案.docx",
        "附表.xlsx": "02_附表/附表.xlsx",
        "数据库/方案.gdb/a1.gdbtable": "04_数据库/方案.gdb/a1.gdbtable",
    }
    assert member_of("新增成果/未列.bin") == "08_检查/新增成果/未列.bin"
    assert not member_of("x").startswith(PROOFS)
