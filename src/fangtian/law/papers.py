"""材料和说明。What papers and words settle: attachments that are called for, statements of a named body."""

from __future__ import annotations

from fangtian.catalog.submission import Item, submission_items
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE
from fangtian.law.schema import Norm
from fangtian.law.verdict import Judgement, Verdict
from fangtian.law.wording import not_applicable

__all__ = ["judge_documents", "judge_statement"]

SCOPE = "project"


def judge_documents(norm: Norm, book: FactBook) -> Judgement:
    """核对材料。符合 where every item that the plan calls for is there; 不适用 where it calls for none.

    ``document_called[item]`` is 1 or 0, missing where nobody can tell; ``document_files[item]`` counts what
    is there and is missing where nothing is.
    """
    called = {name: book.find("document_called", SCOPE, BEFORE, name) for name in norm.documents}
    asked = [name for name, fact in called.items() if fact is None or fact.value]
    items = {name: submission_items()[name] for name in norm.documents}
    if not asked:
        reasons = dict.fromkeys(_absent(item) for item in items.values())
        return Judgement(norm, Verdict.NOT_APPLICABLE, SCOPE, sentence=not_applicable(norm, [*reasons]))
    held = {name: book.find("document_files", SCOPE, BEFORE, name) for name in asked}
    if lost := [name for name, fact in held.items() if fact is None]:
        missing = tuple(f"document_files[{name}]@{SCOPE}.{BEFORE}" for name in lost)
        doubts = [_doubt(items[name]) for name in lost if called[name] is None]
        titles = "、".join(f"“{items[name].title}”" for name in lost)
        sentence = f"缺少{titles}{''.join(doubts)}，无法判定是否符合{norm.rule_words}，请补充材料后重新检查。"
        return Judgement(norm, Verdict.INSUFFICIENT, SCOPE, missing=missing, sentence=sentence)
    told = "、".join(f"“{items[fact.member].title}”{{{fact.address}}}份" for fact in held.values() if fact)
    sentence = f"方案附有{told}，符合{norm.rule_words}。"
    return Judgement(norm, Verdict.MET, SCOPE, sentence=sentence)


def judge_statement(norm: Norm, book: FactBook) -> Judgement:
    """书面说明。需人工判定 over what the responsible body states; 依据不足 where nothing is stated."""
    text = book.find("statement", SCOPE, BEFORE, norm.id)
    if text is None:
        missing = f"statement[{norm.id}]@{SCOPE}.{BEFORE}"
        sentence = (
            f"方案没有书面说明“{norm.statement}”，无法判定是否符合{norm.rule_words}，"
            f"请由责任主体作出说明，写入 plan.toml 的 [statements]。"
        )
        return Judgement(norm, Verdict.INSUFFICIENT, SCOPE, missing=(missing,), sentence=sentence)
    by = book.find("statement_by", SCOPE, BEFORE, norm.id)
    who = f"（责任主体：{{{by.address}}}）" if by else ""
    sentence = f"方案说明“{{{text.address}}}”{who}；是否符合{norm.rule_words}，须由{norm.role}判定。"
    return Judgement(norm, Verdict.HUMAN_DECISION, SCOPE, text.address, sentence=sentence)


def _absent(item: Item) -> str:
    return item.condition.absent if item.condition else f"方案不需要“{item.title}”"


def _doubt(item: Item) -> str:
    unknown = item.condition.unknown if item.condition else ""
    return f"（{unknown}）" if unknown and "{" not in unknown else "（是否需要待确认）"
