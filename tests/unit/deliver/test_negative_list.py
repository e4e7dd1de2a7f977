"""The negative list: one screen for table 1, the risk chapter and the report; planners speak first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from tiny_plan import Draft, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import decide
from fangtian.deliver.report.judged import negative_list
from fangtian.deliver.tables import all_sheets
from fangtian.law.screen import Screened, item_words, screen_of, screen_words
from fangtian.law.verdict import Verdict
from fangtian.plan.folder import open_plan

SCREEN = "negative_list_screen@project.before"


def assessed(root: Path, basics: str = "") -> Dossier:
    def say(draft: Draft) -> None:
        draft.toml += basics

    return assess(open_plan(tiny_plan(root / "plan", say)), date(2026, 3, 1))


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return assessed(tmp_path_factory.mktemp("silent"))


def part_six(dossier: Dossier) -> str:
    cells = all_sheets(dossier.book, decide(dossier.book))[0].cells
    start = next(row for row, cell in enumerate(cells) if cell.text.startswith("六、试点负面清单"))
    return cells[start + 1].text


@pytest.mark.requirement("D-008")
@pytest.mark.requirement("D-081")
def test_without_words_of_the_planner_table_one_says_what_the_checks_came_to(dossier: Dossier) -> None:
    text = str(dossier.book[SCREEN].value)
    assert part_six(dossier) == text == screen_words(screen_of(dossier.judgements))
    assert re.findall(r"第(\d+)项：", text) == [str(number) for number in range(1, 11)]
    assert not re.search(r"\d", re.sub(r"第\d+项", "", text)), "numbers stand where their facts are"


def test_words_of_the_planner_stand_as_they_are(tmp_path: Path) -> None:
    dossier = assessed(tmp_path, '[basics]\nnegative_list = "逐项核对，没有。"\n')
    assert part_six(dossier) == "逐项核对，没有。"
    assert SCREEN in dossier.book


def test_the_chapter_and_the_report_come_to_the_same_item_by_item(dossier: Dossier) -> None:
    presentation = decide(dossier.book)
    opinions = opinions_of(dossier.judgements, presentation)
    desk, items = Desk(dossier, presentation, opinions), negative_list(opinions)
    assert [item.words for item in items] == [desk.screened(number) for number in range(1, 11)]
    assert all(item.words in presentation.text(SCREEN) for item in items)


def test_an_item_is_as_bad_as_the_worst_that_was_found_under_it() -> None:
    def words(*verdicts: Verdict) -> str:
        entries: Sequence[Screened] = [Screened("负面清单第1项", str(v), v, "县级人民政府") for v in verdicts]
        return item_words(entries)

    assert words(Verdict.MET, Verdict.NOT_APPLICABLE) == "未发现该项情形"
    assert words(Verdict.NOT_APPLICABLE) == "不涉及"
    both = words(Verdict.MET, Verdict.HUMAN_DECISION, Verdict.INSUFFICIENT)
    assert both == "需人工判定（需人工判定；由县级人民政府判定），依据不足（依据不足）"
