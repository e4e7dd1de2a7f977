"""判定结论。Six verdicts, never a bare bool, and the judgement that carries one with all it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from fangtian.law.kinds import Modality
from fangtian.law.schema import Interpretation, Norm
from fangtian.units import Area

__all__ = ["Evidence", "EvidenceFeature", "Judgement", "Verdict", "verdict_of"]


class Verdict(StrEnum):
    """结论。What a reviewer would write beside the article."""

    MET = "符合"
    NOT_MET = "不符合"
    REASONS_REQUIRED = "须说明理由"
    HUMAN_DECISION = "需人工判定"
    INSUFFICIENT = "依据不足"
    NOT_APPLICABLE = "不适用"


def verdict_of(modality: Modality, holds: bool | None) -> Verdict:
    """得出结论。From the law's modality and whether the norm holds (None: it concerns nothing here).

    >>> str(verdict_of(Modality.PRESUMPTIVE, False))
    '须说明理由'

    Raises KeyError for a modality that no function decides (procedures, forms, encouragement).
    """
    if holds is None:
        return Verdict.NOT_APPLICABLE
    if holds:
        return Verdict.MET
    return {
        Modality.MANDATORY: Verdict.NOT_MET,
        Modality.PRESUMPTIVE: Verdict.REASONS_REQUIRED,
        Modality.JUDGEMENT: Verdict.HUMAN_DECISION,
    }[modality]


class EvidenceFeature(Protocol):
    """证据要素。A feature that can be drawn; the law passes it on and never looks at its geometry."""

    @property
    def layer(self) -> str: ...  # noqa: D102
    @property
    def feature(self) -> str: ...  # noqa: D102
    @property
    def area(self) -> Area: ...  # noqa: D102
    @property
    def wkb(self) -> bytes: ...  # noqa: D102
    @property
    def note(self) -> str: ...  # noqa: D102


Evidence = Mapping[str, Sequence[EvidenceFeature]]
"""证据集。Name of the set -> its features; norms refer to sets by name."""


@dataclass(frozen=True)
class Judgement:
    """判定。One norm at one scope ("" where the instrument as a whole does not apply).

    ``measured`` is the address of the fact that decided (of several, the tightest one), ``limit`` the words
    of what it was held against, ``margin`` the exact room left in the unit that the fact is kept in (0.01 m²,
    years, 等别), negative where a limit is exceeded. ``missing`` lists the addresses without which nothing
    can be said. ``sentence`` and ``limit`` name facts as ``{address}``; ``deliver.present`` prints them.
    """

    norm: Norm
    verdict: Verdict
    scope: str = ""
    measured: str = ""
    limit: str = ""
    margin: Fraction | None = None
    missing: tuple[str, ...] = ()
    evidence: tuple[EvidenceFeature, ...] = ()
    sentence: str = ""

    @property
    def role(self) -> str:
        """判定主体。Who decides where the law leaves room; empty for mandatory norms."""
        return self.norm.role

    @property
    def interpretation(self) -> tuple[Interpretation, ...]:
        """所用解释。The choices behind this judgement where the words leave a question open."""
        return self.norm.interpretations

    @property
    def blocks(self) -> bool:
        """是否阻断。A mandatory norm that does not hold stops the plan."""
        return self.verdict is Verdict.NOT_MET
