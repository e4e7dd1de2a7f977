"""界面词句。Every phrase of the command line in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["words"]


@cache
def words(lang: str) -> Mapping[str, str]:
    """词句表。Phrase by name in ``zh`` or ``en``."""
    text = files("fangtian.cli").joinpath("words.toml").read_text(encoding="utf-8")
    return {name: entry[lang] for name, entry in tomllib.loads(text).items()}
