"""数据来源。Where each entry of the catalogue comes from and how far it may be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import toml_table

__all__ = ["TRUST_GRADES", "Source", "source_of", "sources"]

TRUST_GRADES: Mapping[str, str] = MappingProxyType(
    {
        "A": "两个以上独立来源一致",
        "A-": "来源可靠，有个别细节未核对",
        "B+": "来源较好，尚无第二来源",
        "B": "单一来源，可信",
        "C": "本项目自定，或凭记忆整理，须核对原文",
    }
)
"""可信度。Grade -> what it means."""


@dataclass(frozen=True)
class Source:
    """来源。One document or data set; ``citation`` ones are cited by article ("管理办法第十三条第4项")."""

    id: str
    title: str
    note: str = ""
    citation: bool = False


@cache
def sources() -> Mapping[str, Source]:
    """全部来源。By id."""
    entries = toml_table("sources.toml").items()
    return MappingProxyType({key: Source(id=key, **entry) for key, entry in entries})


def source_of(text: str) -> Source | None:
    """来源。The source that an entry names, by id or by the beginning of a citation; None if unknown.

    >>> source_of("管理办法第十三条第4项").id
    '管理办法'
    >>> source_of("hearsay") is None
    True
    """
    found = sources().get(text)
    if found:
        return found
    return next((entry for entry in sources().values() if entry.citation and text.startswith(entry.id)), None)
