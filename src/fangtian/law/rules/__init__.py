"""规则函数。One pure function of at most 15 lines per norm, by theme; limits come from the packs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fangtian.law.rules import basic_farmland, construction, control_lines, cultivated, period
from fangtian.law.rules.registry import REGISTERED, Measure, Rule, rule

__all__ = ["THEMES", "Measure", "Rule", "rule", "rules"]

THEMES = (basic_farmland, construction, control_lines, cultivated, period)
"""主题模块。Importing them registers their functions."""


def rules() -> Mapping[str, Rule]:
    """全部规则。Functions by norm id."""
    return MappingProxyType(REGISTERED)
