"""指标目录。Every quantity that a fact may carry: Chinese term, type, display, definition, source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Quantity", "quantities"]


@dataclass(frozen=True)
class Quantity:
    """指标。``value_type``: area, money, fraction, count, text. ``form``: how it is displayed
    (ha, wan, percent, grade, count, year, text, metre …; see ``deliver.present``). ``member`` names what a
    bracketed key ranges over, e.g. ``land_class``.
    """

    key: str
    term: str
    value_type: str
    form: str
    definition: str
    source: str
    member: str = ""


@cache
def quantities() -> Mapping[str, Quantity]:
    """全部指标。By key."""
    text = files("fangtian.catalog").joinpath("quantities.toml").read_text(encoding="utf-8")
    return {key: Quantity(key=key, **entry) for key, entry in tomllib.loads(text).items()}
