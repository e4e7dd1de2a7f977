"""规则的格式。What a pack file may say, checked as it is read: instruments, norms, interpretations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from fangtian.errors import LawError
from fangtian.law.kinds import DECIDED, Modality, Served, Stage, Status
from fangtian.law.need import JUDGED_YEAR, SCOPE_TERMS, SLOT, Need, limit_value

__all__ = [
    "Instrument",
    "Interpretation",
    "Norm",
    "Tested",
    "Validity",
    "Wording",
]


def _as_need(value: object) -> object:
    return Need.of(value) if isinstance(value, str) else value


def _as_limit(value: object) -> object:
    if isinstance(value, str):
        limit_value(value)
    return value


NeedField = Annotated[Need, BeforeValidator(_as_need)]
LimitField = Annotated[str, BeforeValidator(_as_limit)]
DateField = Annotated[date, Strict()]
Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    """Everything a pack may say is declared; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Validity(_Entry):
    """有效期。Half-open: in force on ``start``, no longer in force on ``until``."""

    start: DateField = Field(alias="from")
    until: DateField | None = None

    @model_validator(mode="after")
    def _forward(self) -> Validity:
        if self.until is not None and self.until <= self.start:
            raise ValueError("有效期的 until 必须晚于 from")
        return self

    def holds_on(self, day: date) -> bool:
        """是否有效。Whether ``day`` lies in [from, until)."""
        return self.start <= day and (self.until is None or day < self.until)


class Instrument(_Entry):
    """文件。One legal instrument; ``territory`` is the prefix of the codes it governs ("" = the nation).

    ``also`` are further regimes under which it is looked at. ``forbids``: its items name what must not be (a
    negative list), so that a plan is asked whether it is such a case.
    """

    id: Text
    title: Text
    issuer: Text
    pack: Text
    number: str = ""
    regime: str = ""
    also: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    territory: str = ""
    in_force: Validity | None = None
    source: str = ""
    sha256: str = ""
    status: Status = Status.HELD
    note: str = ""
    forbids: bool = False

    @model_validator(mode="after")
    def _held(self) -> Instrument:
        known = (self.regime, self.in_force, self.source, self.sha256)
        if self.status is Status.HELD and not all(known):
            raise ValueError("已持有的文件须写明 regime、in_force、source 和 sha256")
        if self.status is Status.SECONDHAND and not (self.regime and self.source):
            raise ValueError("转述的文件须写明 regime 和 source")
        return self


class Interpretation(_Entry):
    """解释。A question the words leave open, the choice made and why; no ``norms`` = the whole instrument."""

    question: Text
    choice: Text
    reason: Text
    norms: tuple[str, ...] = ()


class Tested(_Entry):
    """比较。For one measured fact: what it is held against, and the words when it fails."""

    bound: Text
    fails: Text


class Wording(_Entry):
    """措辞。``says`` states the measured facts, ``holds`` that the norm is kept.

    ``absent`` says why it may not concern a place. Numbers appear as slots only.
    """

    says: Text
    holds: Text
    absent: str = ""


class Norm(_Entry):
    """规范条文。One norm: the words of the law, its modality, and how it is seen to (exactly one way).

    Computed: ``needs`` decide by a function (its own, or that of the norm ``rule``, which it ``tightens``),
    ``cites`` are only shown, ``tested`` says for every fact that may be measured what it is compared with.
    Documented: every submission item of ``documents`` that is called for must be there. Stated: a named
    ``role`` decides over the answer to the question ``statement``. Delivered: ``kept_by`` names what of the
    deliverables keeps it. Platform: ``room`` is where it is done. None of these: the norm only encourages.
    """

    id: Text
    instrument: Instrument
    article: Text
    title: Text
    quote: Text
    modality: Modality
    subject: Text
    stage: Stage = Stage.PLAN
    scopes: tuple[str, ...] = Field(("project",), min_length=1)
    needs: tuple[NeedField, ...] = ()
    cites: tuple[NeedField, ...] = ()
    limits: Mapping[str, LimitField] = {}
    tightens: str = ""
    rule: str = ""
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    statement: str = ""
    kept_by: str = ""
    room: str = ""
    role: str = ""
    requirements: tuple[str, ...] = Field(min_length=1)
    wording: Wording | None = None
    tested: Mapping[str, Tested] = {}
    interpretations: tuple[Interpretation, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def citation(self) -> str:
        """出处。Title and article, as a reviewer cites them."""
        return f"《{self.instrument.title}》{self.article}"

    @property
    def rule_words(self) -> str:
        """规定的说法。What a plan keeps or not: a rule, or not to be a case of a negative list.

        After “符合”, “不符合” or “是否符合”.
        """
        words = f"{self.citation}“{self.quote}”"
        return f"{words}不得有的要求" if self.instrument.forbids else f"{words}的规定"

    @property
    def limit_values(self) -> Mapping[str, Fraction]:
        """精确限值。By name."""
        return {name: limit_value(text) for name, text in self.limits.items()}

    @property
    def words(self) -> Wording:
        """措辞。Of a computed norm. Raises LawError for any other."""
        if self.wording is None:
            raise LawError(f"条文 {self.id} 不是计算判定的条文，没有措辞；请先看它的 served。")
        return self.wording

    @property
    def served(self) -> Served:
        """落实方式。The one way in which the system sees to the norm."""
        return self._ways()[0] if self._ways() else Served.ADVISED

    def _ways(self) -> list[Served]:
        ways = {
            Served.COMPUTED: self.needs,
            Served.DOCUMENTED: self.documents,
            Served.STATED: self.statement,
            Served.DELIVERED: self.kept_by,
            Served.PLATFORM: self.room,
        }
        return [way for way, said in ways.items() if said]

    @model_validator(mode="after")
    def _coherent(self) -> Norm:
        if faults := [*self._faults(), *self._faults_of_words()]:
            raise ValueError("；".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        computed = self.served is Served.COMPUTED
        decided = self.modality in DECIDED and self.served is not Served.PLATFORM
        judged = self.instrument.status is not Status.SECONDHAND or self.modality is Modality.JUDGEMENT
        checks = {
            f"id 应以“{self.instrument.id}/”开头": self.id.startswith(f"{self.instrument.id}/"),
            "needs、documents、statement、kept_by、room 只能写一种": len(self._ways()) <= 1,
            "没有写明由什么落实，只有“鼓励”的条文可以如此": bool(self._ways())
            or self.modality is Modality.ENCOURAGED,
            f"scopes 不认识：{'、'.join(set(self.scopes) - set(SCOPE_TERMS))}": {*self.scopes}
            <= {*SCOPE_TERMS},
            "计算判定的条文须写 wording 和 tested，其他条文不写": computed
            == bool(self.wording)
            == bool(self.tested),
            "须有人判定的条文和书面说明须写明 role，其他条文不写": bool(self.role)
            is (decided or self.served is Served.STATED),
            "计算判定的条文只能是必须、原则上或人工判定": not computed
            or self.modality in {Modality.MANDATORY, *DECIDED},
            "转述的文件只能由人工判定": judged,
        }
        yield from (fault for fault, fine in checks.items() if not fine)

    def _faults_of_words(self) -> Iterator[str]:
        names = [need.name for need in self.needs]
        limits = (f"limits.{name}" for name in (*self.limits, JUDGED_YEAR))
        slots = {"scope", *names, *limits}
        words = [text for test in self.tested.values() for text in (test.bound, test.fails)]
        if self.wording:
            words += [self.wording.says, self.wording.holds, self.wording.absent]
        if unknown := [slot for text in words for slot in SLOT.findall(text) if slot not in slots]:
            yield f"措辞中的插槽没有来历：{'、'.join(unknown)}"
        if lost := {*self.tested} - {*names}:
            yield f"tested 的事实不在 needs 中：{'、'.join(sorted(lost))}"
        if len(set(names)) < len(names):
            yield "needs 有重名"
