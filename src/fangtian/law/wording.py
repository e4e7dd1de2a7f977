"""措辞。One natural Chinese sentence per judgement; numbers stay ``{address}`` slots of sealed facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fangtian.catalog.quantity import quantities
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE
from fangtian.law.need import JUDGED_YEAR, PHASE_TERMS, SCOPE_TERMS, SLOT, Need
from fangtian.law.rules import Measure
from fangtian.law.schema import Norm
from fangtian.law.verdict import Verdict

__all__ = ["Speaker", "not_applicable"]

_UNITS: Mapping[str, str] = {
    "ha": "公顷",
    "ha_mean": "公顷",
    "wan": "万元",
    "percent": "%",
    "grade": "等",
    "level": "级",
    "year": "年",
    "years": "年",
}
"""单位。What stands after a number of that form, where the words of a norm do not say it."""
_SHOWN_STEP: Mapping[str, Fraction] = {
    "area": Fraction(100),  # 0.0001 公顷 in 0.01 m²
    "fraction": Fraction(1, 100),
}


def not_applicable(norm: Norm, reasons: Sequence[str]) -> str:
    """不适用。The sentence that states every reason."""
    return f"{norm.citation}“{norm.quote}”不适用：{'；'.join(reasons)}。"


@dataclass(frozen=True)
class Speaker:
    """陈述。Puts a norm's words to one scope.

    ``cited`` are facts shown besides, ``reason`` is the address of the reason that the plan gives, ``year``
    that of the day that decides.
    """

    norm: Norm
    scope: str
    cited: tuple[Need, ...] = ()
    reason: str = ""
    year: int = 0

    @classmethod
    def at(cls, norm: Norm, scope: str, book: FactBook, year: int) -> Speaker:
        """就一个范围陈述。With what the book holds of what is shown besides."""
        cited = tuple(need for need in norm.cites if need.address(scope) in book)
        reason = book.find("reason", "project", BEFORE, norm.id)
        return cls(norm, scope, cited, reason.address if reason else "", year)

    @property
    def place(self) -> str:
        """范围名。The scope in Chinese."""
        return SCOPE_TERMS[self.scope]

    def fill(self, words: str) -> str:
        """填范围。Slots become the scope's term, the law's own limit, or the address of a fact.

        Facts stay slots, so that the one displayed value of ``deliver.present`` is printed.
        """
        slots = {"scope": self.place}
        slots |= {f"limits.{name}": text for name, text in self.norm.limits.items()}
        slots[f"limits.{JUDGED_YEAR}"] = str(self.year)
        slots |= {need.name: f"{{{need.address(self.scope)}}}" for need in self.norm.needs}
        return SLOT.sub(lambda found: slots[found[1]], words)

    def missing(self, needs: Sequence[Need]) -> str:
        """依据不足。Names every missing fact in Chinese; the judgement carries the addresses."""
        named = "、".join(self._term(need) for need in needs)
        rule = self.norm.rule_words
        return f"缺少{named}，无法判定{self.place}是否符合{rule}，请补充数据后重新检查。"

    def found(self, verdict: Verdict, measure: Measure) -> str:
        """判定句。What was measured, what follows, and the words of the law with their article."""
        if verdict is Verdict.NOT_APPLICABLE:
            return not_applicable(self.norm, [self.fill(self.norm.words.absent)])
        failing = "、".join(self.fill(self.norm.tested[name].fails) for name in measure.failing)
        outcome = failing or self.fill(self.norm.words.holds)
        measured = self.fill(self.norm.words.says) + "".join(self._cite(need) for need in self.cited)
        return f"{measured}，{outcome}{self._fine(measure)}{_TAILS[verdict](self)}"

    def _cite(self, need: Need) -> str:
        quantity = quantities()[need.key]
        unit = _UNITS.get(quantity.form, "")
        return f"，{quantity.term}{{{need.address(self.scope)}}}{unit}"

    def _fine(self, measure: Measure) -> str:
        """Two numbers may look alike on paper and still differ; then say how they were compared."""
        key = measure.measured.partition(".")[0]
        step = _SHOWN_STEP.get(quantities()[key].value_type, Fraction(0))
        close = measure.margin is not None and 0 < abs(measure.margin) < step
        return "（差值小于显示精度，以精确值比较为准）" if close else ""

    def _term(self, need: Need) -> str:
        scope = need.scope or self.scope
        when = PHASE_TERMS[need.phase] if scope != "project" else ""
        term = quantities()[need.key].term
        return f"{when}{term}" if term.startswith(SCOPE_TERMS[scope]) else f"{SCOPE_TERMS[scope]}{when}{term}"


def _reasons_required(speaker: Speaker) -> str:
    norm = speaker.norm
    asked = f"方案说明的理由为“{{{speaker.reason}}}”，" if speaker.reason else "须书面说明理由，"
    return f"；{norm.citation}规定“{norm.quote}”，{asked}由{norm.role}审查认定。"


_TAILS: Mapping[Verdict, Callable[[Speaker], str]] = {
    Verdict.MET: lambda by: f"，符合{by.norm.rule_words}。",
    Verdict.NOT_MET: lambda by: f"，不符合{by.norm.rule_words}。",
    Verdict.REASONS_REQUIRED: _reasons_required,
    Verdict.HUMAN_DECISION: lambda by: f"；是否符合{by.norm.rule_words}，须由{by.norm.role}判定。",
}
