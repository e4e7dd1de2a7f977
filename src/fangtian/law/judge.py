"""判定。Facts and norms become judgements: applicability, missing facts, the rule, the modality."""

from __future__ import annotations

from fractions import Fraction

from fangtian.errors import LawError
from fangtian.facts.book import FactBook
from fangtian.law.applicability import Context, check_regimes, obstacles
from fangtian.law.norm import norms
from fangtian.law.rules import Measure, rules
from fangtian.law.schema import Norm
from fangtian.law.verdict import Evidence, Judgement, Verdict, verdict_of
from fangtian.law.wording import Speaker, not_applicable

__all__ = ["Context", "Judgement", "judge"]


def judge(book: FactBook, context: Context, evidence: Evidence) -> tuple[Judgement, ...]:
    """逐条判定。Every norm that is held, in the order of the packs; one judgement per norm and scope.

    An instrument that does not apply gives one 不适用 per norm (scope ""). Missing facts give 依据不足 with
    their addresses; missing is not 0. A norm's evidence is attached wherever it concerns the place, whatever
    the verdict. Raises LawError for a regime that is unknown or two that must not be mixed.
    """
    check_regimes(context.regimes)
    found: list[Judgement] = []
    for norm in norms():
        if reasons := obstacles(norm.instrument, context):
            found.append(Judgement(norm, Verdict.NOT_APPLICABLE, sentence=not_applicable(norm, reasons)))
        else:
            found += [_judge_at(norm, scope, book, evidence) for scope in norm.scopes]
    return tuple(found)


def _judge_at(norm: Norm, scope: str, book: FactBook, evidence: Evidence) -> Judgement:
    named = (evidence.get(f"{name}@{scope}", evidence.get(name, ())) for name in norm.evidence)
    shown = tuple(dict.fromkeys(feature for features in named for feature in features))
    speaker = Speaker(norm, scope, tuple(need for need in norm.cites if need.address(scope) in book))
    if lost := [need for need in norm.needs if need.address(scope) not in book]:
        missing, sentence = tuple(need.address(scope) for need in lost), speaker.missing(lost)
        return Judgement(
            norm, Verdict.INSUFFICIENT, scope, missing=missing, evidence=shown, sentence=sentence
        )
    measure = _measure(norm, scope, book)
    verdict = verdict_of(norm.modality, measure.holds)
    sentence = speaker.found(verdict, measure)
    if verdict is Verdict.NOT_APPLICABLE:
        return Judgement(norm, verdict, scope, sentence=sentence)
    measured = next(need.address(scope) for need in norm.needs if need.name == measure.measured)
    limit = speaker.fill(norm.tested[measure.measured].bound)
    return Judgement(norm, verdict, scope, measured, limit, measure.margin, (), shown, sentence)


def _measure(norm: Norm, scope: str, book: FactBook) -> Measure:
    """Values reach the rule as fractions: exact in every comparison, whatever the unit."""
    function = rules().get(norm.id)
    if function is None:
        raise LawError(f"条文 {norm.id} 没有登记判定函数；请在 law/rules 中用 @rule 登记。")
    facts = {need.name: Fraction(book[need.address(scope)].value) for need in norm.needs}
    return function(facts, norm.limit_values)
