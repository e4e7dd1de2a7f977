"""断句。Breaks labels and notes where a reader would: after marks, before brackets, never within a number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fangtian.deliver.drawing.typeface import text_width, wrapped

__all__ = ["phrased"]

_PHRASES = re.compile(r"（[^（）]*）[，；、：。]?|[^，；、：。（]+[，；、：。]*|[，；、：。（]")
_NUMBERS = re.compile(r"[0-9A-Za-z\-]+(?:～[0-9A-Za-z\-]+)?[，；、：。）]*|[^0-9A-Za-z]")


def phrased(text: str, size: float, width: float) -> tuple[str, ...]:
    """断句分行。Lines no wider than ``width`` millimetres, of whole phrases where that takes no more of them.

    Where it would, a line breaks between any two characters, but not within the number of a plot.

    >>> phrased("川区高标准农田建设：TZ-001～005", 72 / 25.4 * 4, 50)
    ('川区高标准农田建设：', 'TZ-001～005')
    """
    plain = wrapped(text, size, width)
    if len(plain) == 1:
        return plain
    by_phrase = _filled(_PHRASES.findall(text), size, width)
    by_number = _filled(_NUMBERS.findall(text), size, width)
    for lines in (by_phrase, by_number):
        if len(lines) <= len(plain):
            return lines
    return plain


def _filled(tokens: Sequence[str], size: float, width: float) -> tuple[str, ...]:
    """Tokens one after the other; one that is wider than a line is broken as plain text."""
    lines = [""]
    for token in tokens:
        if text_width((lines[-1] + token).rstrip(), size) <= width:
            lines[-1] += token
        elif text_width(token.rstrip(), size) <= width:
            lines.append(token.lstrip())
        else:
            lines[-1:] = wrapped(lines[-1] + token, size, width)
    return tuple(line.rstrip() for line in lines if line.strip())
