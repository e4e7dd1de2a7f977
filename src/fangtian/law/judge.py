"""判定。Facts and norms become judgements: applicability, missing facts, the rule, the modality."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from fangtian.errors import LawError
from fangtian.facts.book import FactBook
from fangtian.law.applicability import Context, check_regimes, obstacles
from fangtian.law.kinds import Served, Stage
from fangtian.law.need import JUDGED_YEAR
from fangtian.law.norm import norms
from fangtian.law.papers import judge_documents, judge_statement
from fangtian.law.rules import Measure, rule_of
from fangtian.law.schema import Norm
from fangtian.law.verdict import Evidence, Judgement, Verdict, verdict_of
from fangtian.law.wording import Speaker, not_applicable

__all__ = ["Context", "Judgement", "judge"]

JUDGED = frozenset({Served.COMPUTED, Served.DOCUMENTED, Served.STATED})
"""作出判定的条文。The others are kept by deliverables, run by a room of the platform, or advice."""


def judge(
    book: FactBook, context: Context, evidence: Evidence, stage: Stage = Stage.PLAN
) -> tuple[Judgement, ...]:
    """逐条判定。Every norm of a stage that can be judged, in the order of the packs; one judgement per scope.

    An instrument that does not apply gives one 不适用 per norm (scope ""). Missing facts give 依据不足 with
    their addresses; missing is not 0. A norm's evidence is attached wherever it concerns the place, whatever
    the verdict. Raises LawError for a regime that is unknown or two that must not be mixed.
    """
    check_regimes(context.regimes)
    asked = [norm for norm in norms() if norm.stage is stage and norm.served in JUDGED]
    return tuple(found for norm in asked for found in _judged(norm, book, context, evidence))


def _judged(norm: Norm, book: FactBook, context: Context, evidence: Evidence) -> Iterator[Judgement]:
    if reasons := obstacles(norm.instrument, context):
        yield Judgement(norm, Verdict.NOT_APPLICABLE, sentence=not_applicable(norm, reasons))
    elif norm.served is Served.DOCUMENTED:
        yield judge_documents(norm, book)
    elif norm.served is Served.STATED:
        yield judge_statement(norm, book)
    else:
        limits = {**norm.limit_values, JUDGED_YEAR: Fraction(context.on.year)}
        for scope in norm.scopes:
            yield _judge_at(Speaker.at(norm, scope, book, context.on.year), book, limits, evidence)


def _judge_at(
    speaker: Speaker, book: FactBook, limits: Mapping[str, Fraction], evidence: Evidence
) -> Judgement:
    norm, scope = speaker.norm, speaker.scope
    named = (evidence.get(f"{name}@{scope}", evidence.get(name, ())) for name in norm.evidence)
    shown = tuple(dict.fromkeys(feature for features in named for feature in features))
    if lost := [need for need in norm.needs if need.address(scope) not in book]:
        missing, sentence = tuple(need.address(scope) for need in lost), speaker.missing(lost)
        return Judgement(
            norm, Verdict.INSUFFICIENT, scope, missing=missing, evidence=shown, sentence=sentence
        )
    measure = _measure(norm, scope, book, limits)
    verdict = verdict_of(norm.modality, measure.holds)
    sentence = speaker.found(verdict, measure)
    if verdict is Verdict.NOT_APPLICABLE:
        return Judgement(norm, verdict, scope, sentence=sentence)
    measured = next(need.address(scope) for need in norm.needs if need.name == measure.measured)
    limit = speaker.fill(norm.tested[measure.measured].bound)
    return Judgement(norm, verdict, scope, measured, limit, measure.margin, (), shown, sentence)


def _measure(norm: Norm, scope: str, book: FactBook, limits: Mapping[str, Fraction]) -> Measure:
    """Values reach the rule as fractions: exact in every comparison, whatever the unit."""
    function = rule_of(norm)
    if function is None:
        raise LawError(f"条文 {norm.id} 没有登记判定函数；请在 law/rules 中用 @rule 登记。")
    facts = {need.name: Fraction(book[need.address(scope)].value) for need in norm.needs}
    return function(facts, limits)
