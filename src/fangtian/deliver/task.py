"""出件任务。What the parts of a build are written from: the dossier, and what follows from it once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding
from fangtian.deliver.opinion import Opinion, opinions_of
from fangtian.deliver.origin import Origin, origin_of
from fangtian.deliver.present import Presentation, decide

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Task"]


@dataclass(frozen=True)
class Task:
    """出件任务。Every property is made on first use and shared by all parts."""

    dossier: Dossier
    paper: str = "A3"

    @cached_property
    def presentation(self) -> Presentation:
        """呈现。The displayed value of every fact."""
        return decide(self.dossier.book)

    @cached_property
    def origin(self) -> Origin:
        """来历。What every deliverable says about itself."""
        return origin_of(self.dossier)

    @cached_property
    def opinions(self) -> tuple[Opinion, ...]:
        """评判意见。Judgements in words."""
        return opinions_of(self.dossier.judgements, self.presentation)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """检查发现。Of the assessment and of the deliverables themselves."""
        return tuple(self.dossier.findings)
