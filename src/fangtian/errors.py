"""异常。Exceptions mean that a command cannot go on; what a dossier lacks is a Finding, a value.

FangtianError
├─ InputError     the caller can mend it: a file, a layer, a field, a plan; carries every finding at once
├─ FactError      a fact that contradicts another, or a key that the catalogue does not know
├─ LawError       a pack that does not hold together
│  └─ NormConflict   a norm that loosens the one that it has to carry out
├─ BalanceError   an overlay whose pieces do not add up to what went in
└─ DeliverError   a deliverable that cannot be written or read back
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = [
    "BalanceError",
    "DeliverError",
    "FactError",
    "FangtianError",
    "InputError",
    "LawError",
    "NormConflict",
]


class FangtianError(Exception):
    """方田异常。Base of everything that fangtian raises on purpose."""


class InputError(FangtianError):
    """输入有误。The input cannot be used; ``findings`` says all that is wrong, in the user's words."""

    def __init__(self, findings: Sequence[Any]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(str(finding.message) for finding in self.findings))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Any, ...]]]:
        return type(self), (self.findings,)  # so that it survives the way out of another process


class FactError(FangtianError):
    """事实有误。A fact contradicts another, or its key is not in the catalogue."""


class LawError(FangtianError):
    """规则包有误。A rule pack does not hold together."""


class NormConflict(LawError):  # noqa: N818 - the word of the field
    """规定抵触。A norm of a lower pack loosens the one that it carries out; both articles are named."""


class BalanceError(FangtianError):
    """面积不闭合。What an overlay gives out is not what went in; ``row`` is the polygon concerned."""

    def __init__(self, message: str, row: int | None = None) -> None:
        self.row = row
        super().__init__(message)


class DeliverError(FangtianError):
    """成果有误。A deliverable cannot be written or read back."""
