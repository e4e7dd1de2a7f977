"""主要目标。What a plan sets out to reach: which fact, where, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from fangtian.catalog.resource import toml_table

__all__ = ["Target", "targets"]


@dataclass(frozen=True)
class Target:
    """目标。``better`` is more or less: a mean quality grade is better the lower it is (1 等 is the best)."""

    key: str
    scope: str
    better: str

    def gain(self, old: int, new: int) -> int:
        """增益。By how much ``new`` is better than ``old``; negative where the target is lowered.

        >>> Target("construction_area", "consolidation_area", "less").gain(10, 12)
        -2
        """
        return new - old if self.better == "more" else old - new


@cache
def targets() -> tuple[Target, ...]:
    """全部目标。In the order in which tables of targets list them.

    >>> targets()[0].key
    'cultivated_area'
    """
    return tuple(Target(**entry) for entry in toml_table("targets.toml")["target"])
