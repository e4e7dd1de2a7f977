"""转换损失。What a writer could not keep, gathered as findings while it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fangtian.catalog.finding import Finding, Place, finding

__all__ = ["Losses", "listed"]

_SHOWN = 8


@dataclass
class Losses:
    """损失清单。One per file that is written; ``target`` is the name of its format."""

    file: str
    target: str
    _findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, layer: str = "", field: str = "", **values: object) -> None:
        """登记。One loss; ``layer`` and ``field`` as the source calls them."""
        place = Place(file=self.file, layer=layer, field=field)
        told = {"target": self.target, "layer": layer, "field": field, "file": self.file, **values}
        self._findings.append(finding(f"CNV-{code}", place, **told))

    def extend(self, findings: Sequence[Finding]) -> None:
        """并入。Findings of a writer that tells its own."""
        self._findings.extend(findings)

    def finished(self) -> tuple[Finding, ...]:
        """全部损失。In the order in which they were met."""
        return tuple(self._findings)


def listed(words: Sequence[str]) -> str:
    """列举。The first few of a list, for a sentence.

    >>> listed(["甲", "乙"]), listed(["甲"] * 9)[-3:]
    ('甲、乙', '9 项')
    """
    shown = "、".join(words[:_SHOWN])
    return f"{shown}、等 {len(words)} 项" if len(words) > _SHOWN else shown
