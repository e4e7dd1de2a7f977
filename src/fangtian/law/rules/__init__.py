"""规则函数。One pure function of at most 15 lines per norm, by theme; limits come from the packs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from fangtian.law.rules.registry import REGISTERED, Measure, Rule, rule
from fangtian.law.schema import Norm

__all__ = ["THEMES", "Measure", "Rule", "rule", "rule_of", "rules"]

THEMES = tuple(
    import_module(f"{__name__}.{theme.name}") for theme in iter_modules(__path__) if theme.name != "registry"
)
"""主题模块。Every module of this folder; importing them registers their functions."""


def rule_of(norm: Norm) -> Rule | None:
    """条文的规则。Its own function, or that of the norm whose limits it tightens."""
    return REGISTERED.get(norm.rule or norm.id)


def rules() -> Mapping[str, Rule]:
    """全部规则。Functions by norm id."""
    return MappingProxyType(REGISTERED)
