"""标记。Words as they may stand in XML, and the few elements that every part uses."""

from __future__ import annotations

import re

__all__ = ["HEAD", "NAMESPACES", "attribute", "clean", "text_elements"]

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" mc:Ignorable="w15"'
)

# What XML 1.0 cannot carry: controls, halves of surrogate pairs, the two non-characters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_BREAK = "\u2011"
_MARKS = {"\n": "<w:br/>", "\t": "<w:tab/>", _NO_BREAK: "<w:noBreakHyphen/>"}
_BREAK = re.compile(f"([\n\t{_NO_BREAK}])")


def clean(text: str) -> str:
    r"""净化。The text without characters that XML cannot carry; every kind of line end becomes ``\n``.

    >>> clean("面\x00积\r\n\ud800公顷")
    '面积\n公顷'
    """
    if text.isprintable():  # the common case; surrogates and controls are not printable
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _ILLEGAL.sub("", text.replace("\x85", "\n"))


def attribute(text: str, limit: int = 0) -> str:
    """属性值。One line, escaped for an attribute, cut to ``limit`` characters of UTF-16 where that is given.

    >>> attribute('甲"<乙>')
    '甲&quot;&lt;乙&gt;'
    """
    line = re.sub(r"[\n\t]+", " ", clean(text))
    while limit and len(line.encode("utf-16-le")) > 2 * limit:
        line = line[:-1]
    return _escape(line).replace('"', "&quot;")


def text_elements(text: str) -> str:
    r"""文字元素。``w:t`` with its white space kept; line ends, tabs and held hyphens as Word writes them.

    >>> text_elements("甲\n乙")
    '<w:t xml:space="preserve">甲</w:t><w:br/><w:t xml:space="preserve">乙</w:t>'
    """
    text = clean(text)
    if not _BREAK.search(text):
        return f'<w:t xml:space="preserve">{_escape(text)}</w:t>' if text else ""
    parts = []
    for part in _BREAK.split(text):
        if part in _MARKS:
            parts.append(_MARKS[part])
        elif part:
            parts.append(f'<w:t xml:space="preserve">{_escape(part)}</w:t>')
    return "".join(parts)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], text) if _SPECIAL.search(text) else text
