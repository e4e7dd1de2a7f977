"""Papers and statements: each of the four outcomes, in a sentence whose slots are facts."""

import re
from datetime import date

import pytest

from fangtian.catalog.quantity import quantities
from fangtian.catalog.submission import submission_items
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact
from fangtian.law.judge import Context, judge
from fangtian.law.kinds import Served
from fangtian.law.norm import norms
from fangtian.law.verdict import Verdict

GANSU = Context(("gansu-measures-2025",), "620525", date(2026, 3, 1))
PILOT = Context(("pilot-2021",), "620525", date(2021, 11, 30))
CONSENT = "gansu-measures-2025/14-village-consent"
OPINIONS = "gansu-measures-2025/14-departments"
PLANNING = "gansu-measures-2025/13.9-planning-changed"
HERITAGE = "gansu-measures-2025/13.8-heritage"
PROOF = "outline-2021/3.1-unused-proof"
DOCUMENTED = [norm for norm in norms() if norm.served is Served.DOCUMENTED]
STATED = [norm for norm in norms() if norm.served is Served.STATED]
SLOT = re.compile(r"\{([^{}]+)\}")


def marked(norm):
    """A norm as a parameter that shows its requirements."""
    marks = [pytest.mark.requirement(number) for number in norm.requirements]
    return pytest.param(norm, id=norm.id, marks=marks)


def book_of(**papers) -> FactBook:
    book = FactBook()
    for key, members in papers.items():
        for member, value in members.items():
            book.add(Fact(key, "project", "before", value, member=member))
    return book


def judged(norm_id, book, context=GANSU):
    (norm,) = [norm for norm in norms() if norm.id == norm_id]
    (found,) = [item for item in judge(book, context, {}, norm.stage) if item.norm == norm]
    assert all(slot in book for slot in SLOT.findall(found.sentence + found.limit)), found.sentence
    assert not re.search(r"[{}]", SLOT.sub("", found.sentence))
    assert found.sentence.endswith("。")
    assert f"{norm.citation}“{norm.quote}”" in found.sentence
    return found


class TestDocuments:
    @pytest.mark.requirement("M-043")
    def test_an_item_that_is_there_meets_the_norm_and_is_counted_by_a_fact(self):
        book = book_of(document_called={"village_resolution": 1}, document_files={"village_resolution": 3})
        found = judged(CONSENT, book)
        assert found.verdict is Verdict.MET
        assert "“村集体决议”{document_files[village_resolution]@project.before}份" in found.sentence

    @pytest.mark.requirement("M-043")
    def test_an_item_that_is_missing_is_named_and_refuses_nothing(self):
        found = judged(CONSENT, book_of(document_called={"village_resolution": 1}))
        assert (found.verdict, found.blocks) == (Verdict.INSUFFICIENT, False)
        assert found.missing == ("document_files[village_resolution]@project.before",)
        assert found.sentence.startswith("缺少“村集体决议”")

    @pytest.mark.requirement("M-044")
    def test_of_two_items_the_one_that_is_missing_is_named(self):
        called = {"department_opinions": 1, "stakeholder_opinions": 1}
        found = judged(OPINIONS, book_of(document_called=called, document_files={"department_opinions": 6}))
        assert found.missing == ("document_files[stakeholder_opinions]@project.before",)
        assert "县级有关部门意见" not in found.sentence

    @pytest.mark.requirement("M-040")
    def test_an_item_that_is_not_called_for_makes_the_norm_inapplicable_with_the_reason(self):
        found = judged(PLANNING, book_of(document_called={"planning_approval": 0}))
        assert found.verdict is Verdict.NOT_APPLICABLE
        assert "没有登记村庄规划调整，也不涉及布局优化" in found.sentence

    @pytest.mark.requirement("M-040")
    def test_where_nobody_can_tell_whether_an_item_is_needed_the_doubt_is_said(self):
        found = judged(PLANNING, FactBook())
        assert found.verdict is Verdict.INSUFFICIENT
        assert "是否需要修改规划待确认" in found.sentence

    @pytest.mark.requirement("D-017")
    @pytest.mark.parametrize(
        ("called", "files", "verdict"),
        [
            ({"unused_land_proof": 1}, {"unused_land_proof": 1}, Verdict.MET),
            ({"unused_land_proof": 1}, {}, Verdict.INSUFFICIENT),
            ({"unused_land_proof": 0}, {}, Verdict.NOT_APPLICABLE),
            ({}, {}, Verdict.INSUFFICIENT),
        ],
        ids=["there", "missing", "not needed", "unknown"],
    )
    def test_reclaiming_unused_land_needs_its_proof(self, called, files, verdict):
        book = book_of(document_called=called, document_files=files)
        assert judged(PROOF, book, PILOT).verdict is verdict

    @pytest.mark.parametrize("norm", DOCUMENTED, ids=lambda norm: norm.id)
    def test_every_item_exists_and_is_brought_by_the_planner(self, norm):
        for name in norm.documents:
            assert submission_items()[name].kind == "attachment", name

    @pytest.mark.parametrize("norm", [marked(norm) for norm in DOCUMENTED])
    def test_every_documented_norm_is_met_by_its_papers_and_by_nothing_less(self, norm):
        context = PILOT if norm.instrument.regime == "pilot-2021" else GANSU
        called = dict.fromkeys(norm.documents, 1)
        held = book_of(document_called=called, document_files=called)
        assert judged(norm.id, held, context).verdict is Verdict.MET
        for missing in norm.documents:
            less = {name: 1 for name in norm.documents if name != missing}
            found = judged(norm.id, book_of(document_called=called, document_files=less), context)
            assert found.missing == (f"document_files[{missing}]@project.before",)


class TestStatements:
    @pytest.mark.requirement("M-039")
    def test_what_is_stated_is_put_before_the_role_that_decides(self):
        book = book_of(statement={HERITAGE: "涉及一处传统村落"}, statement_by={HERITAGE: "某镇人民政府"})
        found = judged(HERITAGE, book)
        assert found.verdict is Verdict.HUMAN_DECISION
        assert f"“{{statement[{HERITAGE}]@project.before}}”" in found.sentence
        assert (
            "（责任主体：{statement_by[gansu-measures-2025/13.8-heritage]@project.before}）" in found.sentence
        )
        assert found.sentence.endswith("须由县级文物主管部门判定。")

    @pytest.mark.requirement("M-039")
    def test_a_statement_without_its_body_is_still_shown(self):
        found = judged(HERITAGE, book_of(statement={HERITAGE: "不涉及"}))
        assert found.verdict is Verdict.HUMAN_DECISION
        assert "责任主体" not in found.sentence

    @pytest.mark.requirement("M-039")
    def test_where_nothing_is_stated_the_question_is_asked_and_its_place_named(self):
        found = judged(HERITAGE, FactBook())
        assert found.verdict is Verdict.INSUFFICIENT
        assert found.norm.statement in found.sentence
        assert "[statements]" in found.sentence

    @pytest.mark.parametrize("norm", [marked(norm) for norm in STATED])
    def test_every_question_is_one_question_that_a_named_role_decides(self, norm):
        assert norm.statement.endswith("？")
        assert norm.statement.count("？") == 1
        context = PILOT if norm.instrument.regime == "pilot-2021" else GANSU
        found = judged(norm.id, book_of(statement={norm.id: "已核查"}), context)
        assert found.verdict is Verdict.HUMAN_DECISION
        assert norm.role in found.sentence


def test_the_facts_of_papers_are_in_the_catalogue():
    assert {"document_called", "document_files", "statement", "statement_by", "reason"} <= set(quantities())
