"""要求。The numbered requirements drawn from the three texts, which norms and tests refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["Requirement", "requirements"]


@dataclass(frozen=True)
class Requirement:
    """要求。``id`` P-…, M-… or D-…; ``chapter`` and ``article`` as the instrument has them."""

    id: str
    instrument: str
    chapter: str
    article: str
    title: str


@cache
def requirements() -> Mapping[str, Requirement]:
    """全部要求。By id, in the order of the texts.

    >>> requirements()["M-035"].article, len(requirements())
    ('第十三条第4项', 239)
    """
    return MappingProxyType({row["id"]: Requirement(**row) for row in csv_rows("requirements.csv")})
