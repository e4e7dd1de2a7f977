"""规则包结构。What a pack may say: instruments, norms and interpretations, typed and checked.

One instrument is one TOML file: ``[instrument]`` (title, authority, dates, source with its SHA-256), flat
``[[norm]]`` entries with the words of the law, and ``[[interpretation]]`` entries for what the words leave
open. Limits are the law's own strings ("5%"); a binary float never enters. What a pack may say is declared
by the classes below; anything else is refused with the file, the entry and the nearest known key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from fangtian.catalog.quantity import quantities

__all__ = [
    "PHASE_TERMS",
    "SCOPE_TERMS",
    "SLOT",
    "Instrument",
    "Interpretation",
    "Modality",
    "Need",
    "Norm",
    "Status",
    "Tested",
    "Validity",
    "Wording",
    "limit_value",
]

SCOPE_TERMS: Mapping[str, str] = {
    "county": "县域",
    "townships": "所涉乡镇",
    "pilot_area": "试点区域",
    "consolidation_area": "整治区域",
    "project": "项目",
}
PHASE_TERMS: Mapping[str, str] = {"before": "整治前", "planned": "整治后"}
SLOT = re.compile(r"\{([^{}]+)\}")
"""插槽。``{scope}``, ``{limits.<name>}`` or ``{<key>.<phase>}`` in the words of a norm."""

_LIMIT = re.compile(r"\d+(\.\d+)?%?")
_NEED = re.compile(r"(?P<key>[a-z][a-z0-9_]*)(@(?P<scope>[a-z_]+))?\.(?P<phase>[a-z]+)")


class Modality(StrEnum):
    """约束力。What it means when a norm does not hold: 不符合, 须说明理由 or 需人工判定."""

    MANDATORY = "mandatory"
    PRESUMPTIVE = "presumptive"
    JUDGEMENT = "judgement"

    @property
    def chinese(self) -> str:
        """中文名。The word shown to the user."""
        return {"mandatory": "必须", "presumptive": "原则上", "judgement": "人工判定"}[self.value]


class Status(StrEnum):
    """文本状态。Whether the full text is held; of an unconfirmed instrument nothing is judged."""

    HELD = "held"
    UNCONFIRMED = "unconfirmed"

    @property
    def chinese(self) -> str:
        """中文名。The word shown to the user."""
        return {"held": "已持有全文", "unconfirmed": "未持有全文，不据以判定"}[self.value]


def limit_value(text: str) -> Fraction:
    """限值。The exact value of a limit as the law writes it. Raises ValueError for anything else.

    >>> limit_value("5%"), limit_value("666.67"), limit_value("5")
    (Fraction(1, 20), Fraction(66667, 100), Fraction(5, 1))
    """
    if not _LIMIT.fullmatch(text):
        raise ValueError(f"限值“{text}”不是数；请照法条写成 5% 或 666.67 这样的字符串")
    return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)


@dataclass(frozen=True)
class Need:
    """所需事实。``key.phase``; ``scope`` is empty where the fact is taken at the scope being judged.

    >>> Need.of("pbf_out_area@pilot_area.planned").address("townships")
    'pbf_out_area@pilot_area.planned'
    >>> Need.of("cultivated_area.before").address("consolidation_area")
    'cultivated_area@consolidation_area.before'
    """

    key: str
    phase: str
    scope: str = ""

    @classmethod
    def of(cls, text: str) -> Need:
        """解析。From ``key.phase`` or ``key@scope.phase``; raises ValueError for an unknown part."""
        found = _NEED.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}”不是事实地址；写法为 指标.阶段 或 指标@范围.阶段")
        quantity = quantities().get(found["key"])
        if quantity is None:
            raise ValueError(f"“{text}”的指标不在 quantities.toml 中")
        if quantity.value_type == "text":
            raise ValueError(f"“{text}”是文字，不能比较")
        if found["phase"] not in PHASE_TERMS or (found["scope"] or "project") not in SCOPE_TERMS:
            raise ValueError(f"“{text}”的范围或阶段不认识")
        return cls(found["key"], found["phase"], found["scope"] or "")

    @property
    def name(self) -> str:
        """简名。How rules, words and cases call it."""
        return f"{self.key}.{self.phase}"

    def address(self, scope: str) -> str:
        """地址。The fact's address when the norm is judged at ``scope``."""
        return f"{self.key}@{self.scope or scope}.{self.phase}"


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
    """文件。One legal instrument; ``territory`` is the prefix of the codes it governs ("" = the nation)."""

    id: Text
    title: Text
    issuer: Text
    pack: Text
    number: str = ""
    regime: str = ""
    excludes: tuple[str, ...] = ()
    territory: str = ""
    in_force: Validity | None = None
    source: str = ""
    sha256: str = ""
    status: Status = Status.HELD
    note: str = ""

    @model_validator(mode="after")
    def _held(self) -> Instrument:
        known = (self.regime, self.in_force, self.source, self.sha256)
        if self.status is Status.HELD and not all(known):
            raise ValueError("已持有的文件须写明 regime、in_force、source 和 sha256")
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
    """规范条文。One norm: the words of the law, its modality, what it needs and its exact limits.

    ``needs`` decide, ``cites`` are only shown. ``tested`` says for every fact that the rule may measure
    what it is compared with. ``role`` names who decides where the law leaves room.
    """

    id: Text
    instrument: Instrument
    article: Text
    title: Text
    quote: Text
    modality: Modality
    subject: Text
    scopes: tuple[str, ...] = Field(min_length=1)
    needs: tuple[NeedField, ...] = Field(min_length=1)
    cites: tuple[NeedField, ...] = ()
    limits: Mapping[str, LimitField] = {}
    evidence: tuple[str, ...] = ()
    role: str = ""
    requirements: tuple[str, ...] = Field(min_length=1)
    wording: Wording
    tested: Mapping[str, Tested] = Field(min_length=1)
    interpretations: tuple[Interpretation, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def citation(self) -> str:
        """出处。Title and article, as a reviewer cites them."""
        return f"《{self.instrument.title}》{self.article}"

    @property
    def limit_values(self) -> Mapping[str, Fraction]:
        """精确限值。By name."""
        return {name: limit_value(text) for name, text in self.limits.items()}

    @model_validator(mode="after")
    def _coherent(self) -> Norm:
        names = [need.name for need in self.needs]
        slots = {"scope", *names, *(f"limits.{name}" for name in self.limits)}
        words = [self.wording.says, self.wording.holds, self.wording.absent]
        words += [text for test in self.tested.values() for text in (test.bound, test.fails)]
        unknown = [slot for text in words for slot in SLOT.findall(text) if slot not in slots]
        checks = {
            f"id 应以“{self.instrument.id}/”开头": self.id.startswith(f"{self.instrument.id}/"),
            "needs 有重名": len(set(names)) == len(names),
            f"scopes 不认识：{'、'.join(set(self.scopes) - set(SCOPE_TERMS))}": {*self.scopes}
            <= {*SCOPE_TERMS},
            f"措辞中的插槽没有来历：{'、'.join(unknown)}": not unknown,
            f"tested 的事实不在 needs 中：{'、'.join(set(self.tested) - {*names})}": {*self.tested}
            <= {*names},
            "原则上和人工判定的条款须写明 role，必须的条款不写": bool(self.role)
            is (self.modality != "mandatory"),
        }
        faults = [fault for fault, fine in checks.items() if not fine]
        if faults:
            raise ValueError("；".join(faults))
        return self
