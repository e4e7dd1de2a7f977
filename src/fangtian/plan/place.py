"""发现位置。Where in a plan folder a finding is: files relative to it, features by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fangtian.catalog.finding import Finding

__all__ = ["in_file", "listed", "within"]

SHOWN = 3
"""How many ids a sentence names before it only counts."""


def within(path: Path, root: Path) -> str:
    """文件名。A file as the user knows it: relative to the plan folder.

    >>> within(Path("plan/data/base.gpkg"), Path("plan"))
    'data/base.gpkg'
    """
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def in_file(findings: Iterable[Finding], file: str, layer: str = "") -> list[Finding]:
    """改记文件。Findings of a reader that knew only the file's own name, placed within the plan."""
    return [
        replace(item, place=replace(item.place, file=file, layer=item.place.layer or layer))
        for item in findings
    ]


def listed(ids: Sequence[object] | NDArray[Any]) -> str:
    """列举。The first ids and how many there are.

    >>> listed(["A1", "A2", "A3", "A4"]), listed(["A1"])
    ('A1、A2、A3等4个', 'A1')
    """
    shown = "、".join(str(item) for item in ids[:SHOWN])
    return f"{shown}等{len(ids)}个" if len(ids) > SHOWN else shown
