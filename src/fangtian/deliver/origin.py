"""成果来历。What every deliverable says about itself: plan, unit, base year, date, seal, input files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from fangtian.catalog.layer import layer_specs

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Origin", "Standin", "origin_of"]


@dataclass(frozen=True)
class Standin:
    """替代数据。A layer that was derived because the real one was not at hand, in the planner's words."""

    layer: str
    words: str


@dataclass(frozen=True)
class Origin:
    """成果来历。Header of every file of a build; ``sources`` is file name -> SHA-256 of the inputs."""

    plan: str
    unit: str
    base_year: int
    period: tuple[int, int]
    regimes: tuple[str, ...]
    on: date
    seal: str
    sources: Mapping[str, str] = field(default_factory=dict)
    standins: tuple[Standin, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """封印内容。Label and text of what is printed on the head of a deliverable."""
        return (
            ("方案名称", self.plan),
            ("编制单位", self.unit),
            ("基期年", str(self.base_year)),
            ("实施期", f"{self.period[0]}—{self.period[1]}年"),
            ("评判日期", self.on.isoformat()),
            ("适用规则", "、".join(self.regimes)),
            ("事实封印", self.seal),
        )


def origin_of(dossier: Dossier) -> Origin:
    """成果来历。Drawn from the dossier alone; the date is the one of the assessment, not of the clock."""
    plan = dossier.plan
    standins = (
        Standin(layer_specs()[role].title if role in layer_specs() else role, source.standin)
        for role, source in sorted(plan.layers.items())
        if source.standin
    )
    return Origin(
        plan=plan.name,
        unit=plan.unit,
        base_year=plan.base_year,
        period=plan.period,
        regimes=plan.regimes,
        on=dossier.receipt.on,
        seal=dossier.receipt.seal,
        sources=dict(sorted(dossier.survey.digests.items())),
        standins=tuple(standins),
    )
