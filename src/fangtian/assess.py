"""评估。One plan, one date, one dossier: facts, verdicts, findings and the receipt of how they came about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.layer import layer_specs
from fangtian.facts.assemble import book_of
from fangtian.facts.book import FactBook
from fangtian.facts.evidence import Evidence
from fangtian.facts.fact import BEFORE
from fangtian.facts.pieces import Ledger
from fangtian.law.judge import Context, Judgement, judge
from fangtian.law.norm import norms
from fangtian.law.screen import screen_of, screen_words
from fangtian.plan.explain import FILE
from fangtian.plan.model import Plan, Survey
from fangtian.plan.survey import read_survey

__all__ = ["Dossier", "Receipt", "assess"]


@dataclass(frozen=True)
class Receipt:
    """回执。What makes a result repeatable: seal, date, inputs, rule packs."""

    seal: str
    on: date
    inputs: Mapping[str, str]


@dataclass(frozen=True)
class Dossier:
    """评估卷宗。Everything that deliverables print and reviewers read; nothing in it changes any more."""

    survey: Survey
    book: FactBook
    ledger: Ledger
    evidence: Evidence
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
    receipt: Receipt

    @property
    def plan(self) -> Plan:
        """实施方案。The plan that was assessed."""
        return self.survey.plan

    @property
    def standins(self) -> tuple[str, ...]:
        """替代图层说明。Which layer stands in, and what it was derived from."""
        used = [(role, source.standin) for role, source in self.plan.layers.items() if source.standin]
        return tuple(f"{layer_specs()[role].title}：{origin}" for role, origin in used)


def assess(plan: Plan, on: date, progress: Callable[[str], None] | None = None) -> Dossier:
    """评估方案。Read, overlay, measure, judge. ``on`` is the date whose law applies.

    Raises InputError with every finding when the folder cannot be used.
    """
    survey = read_survey(plan, progress)
    book, ledger, evidence, found = book_of(survey, progress)
    context = Context(regimes=plan.regimes, territory=plan.county, on=on)
    judgements = judge(book, context, evidence)
    _screen(book, judgements)
    receipt = Receipt(book.seal(), on, dict(survey.digests))
    findings = (*survey.findings, *found, *_unanswered(plan))
    return Dossier(survey, book, ledger, evidence, judgements, findings, receipt)


def _screen(book: FactBook, judgements: tuple[Judgement, ...]) -> None:
    """What the negative list comes to is sealed like any other fact: text and table print the same."""
    if words := screen_words(screen_of(judgements)):
        book.measure(("negative_list_screen", "project", BEFORE), words, "判定结论", "逐项归并")


def _unanswered(plan: Plan) -> Iterator[Finding]:
    """Statements and reasons that answer no norm: a slip of the pen must not lose them."""
    known = {norm.id for norm in norms()}
    for table, given in (("statements", plan.statements), ("reasons", plan.reasons)):
        for name in sorted(set(given) - known):
            near = get_close_matches(name, known, 1)
            place = Place(file=FILE, field=f"[{table}] {name}")
            yield finding("PLN-norm-unknown", place, name=name, nearest=near[0] if near else "无")
