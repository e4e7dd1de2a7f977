"""大纲。The headings that an implementation plan must have, in order, with what each one asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from fangtian.catalog.resource import toml_table

__all__ = ["Heading", "Outline", "outline"]


@dataclass(frozen=True)
class Heading:
    """标题。``id`` "3.2.1", ``level`` 1–3, ``number`` as printed ("" for none), ``tables`` referred to."""

    id: str
    level: int
    number: str
    title: str
    guide: str = ""
    tables: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """标题全文。Number and title as printed."""
        return f"{self.number}{self.title}"


@dataclass(frozen=True)
class Outline:
    """编制大纲。All headings in order."""

    name: str
    title: str
    source: str
    headings: tuple[Heading, ...]


@cache
def outline(name: str) -> Outline:
    """编制大纲。By the name that plan.toml gives.

    >>> [heading.text for heading in outline("outline-2021").headings if heading.level == 1][:3]
    ['摘要', '一、基本情况', '二、工作基础']
    """
    data = toml_table("outline", f"{name}.toml")
    return Outline(name, data["title"], data["source"], tuple(_heading(entry) for entry in data["heading"]))


def _heading(entry: dict[str, Any]) -> Heading:
    return Heading(**{**entry, "tables": tuple(entry.get("tables", ()))})
