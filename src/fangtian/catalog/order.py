"""排序。The order of ids as people count."""

from __future__ import annotations

import re

__all__ = ["natural_key"]


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """自然排序。Order of ids as people count: DK2 before DK10.

    >>> sorted(["DK10", "DK2"], key=natural_key)
    ['DK2', 'DK10']
    """
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)
