"""断行。How many lines words take: widths of Times New Roman, full-width Chinese, no mark at a wrong edge.

The rules are those that LibreOffice showed when it was measured: closing marks do not begin a line, some
stand out into the margin, Latin letters beside Chinese get a fifth of an em, a stretch of one script gives up
nothing on its last character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, combining, east_asian_width

from fangtian.deliver.document.word.measures import SQUEEZE, half_points

__all__ = [
    "BODY",
    "CLOSERS",
    "JOINT",
    "NOTE_SIGN",
    "NO_BREAK",
    "OPENERS",
    "Type",
    "all_lines",
    "line_count",
    "lines_of",
    "text_width",
    "type_of",
    "unbroken",
    "widest_word",
]

# Advance widths of the printable ASCII characters in 1/2048 em, from the metrics of Times New Roman.
_PLAIN = (
    "512 682 836 1024 1024 1706 1593 369 682 682 1024 1155 512 682 512 569 1024 1024 1024 "
    "1024 1024 1024 1024 1024 1024 1024 569 569 1155 1155 1155 909 1886 1479 1366 1366 1479 1251 "
    "1139 1479 1479 682 797 1479 1251 1821 1479 1479 1139 1479 1366 1139 1251 1479 1479 1933 1479 "
    "1479 1251 682 569 682 961 1024 682 909 1024 909 1024 909 682 1024 1024 569 569 1024 "
    "569 1593 1024 1024 1024 1024 682 797 569 1024 1024 1479 1024 1024 909 983 410 983 1108"
)
_BOLD = (
    "512 682 1137 1024 1024 2048 1706 569 682 682 1024 1167 512 682 512 569 1024 1024 1024 "
    "1024 1024 1024 1024 1024 1024 1024 682 682 1167 1167 1167 1024 1905 1479 1366 1479 1479 1366 "
    "1251 1593 1593 797 1024 1593 1366 1933 1479 1593 1251 1593 1479 1139 1366 1479 1479 2048 1479 "
    "1479 1366 682 569 682 1190 1024 682 1024 1139 909 1139 909 682 1024 1139 569 682 1139 "
    "569 1706 1139 1024 1139 1139 909 797 682 1139 1024 1479 1024 1024 909 807 451 807 1065"
)
_EM = 2048
_WIDTHS = tuple(
    {chr(32 + index): int(width) for index, width in enumerate(table.split())} for table in (_PLAIN, _BOLD)
)

CLOSERS = frozenset("!),.:;?]}¢'\"、。〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！），．：；？｜｝～￠々‖•·ˇˉ―-′’”")
"""避头。What may not begin a line."""
OPENERS = frozenset("([{£¥‵〈《「『【〔〖〝﹙﹛﹝（．［｛“‘")
"""避尾。What may not end a line."""
_HANGING = frozenset("，。、；：！？.,")
"""悬挂。What may stand out into the margin rather than begin a line."""
_GRIPS = CLOSERS - _HANGING
_COMMAS = frozenset("、，。")
"""Hold on to Latin letters after them where Latin letters stand before them too."""
NOTE_SIGN = "\u2061"
"""注标。Stands in a measured text where a footnote is called."""
JOINT = "\u2060"
"""接缝。Marks the edge of a content control in a measured text: no gap between scripts there."""
NO_BREAK = "\u2011"
"""不断连字符。Stands for a hyphen after which no line ends; written as Word's own non-breaking hyphen.

LibreOffice ends lines there all the same, so that the measure of lines allows for it.
"""

_GAP = _EM // 5
_NARROW = {"°": 820, "′": 512, "″": 820, "·": 512, "—": 2048, "…": 2048, "×": 1155, "±": 1155, "÷": 1124}
_ZERO = frozenset("\u200b\u200c\u200d\u2060\u2061\ufeff")
_LETTER = "[0-9A-Za-z\u00c0-\u024f]"
_HYPHEN = re.compile(f"(?<={_LETTER})-(?={_LETTER})")
_WORD = "[!-,.-~\u00c0-\u024f]"
_TOKEN = re.compile(
    f"—+|{_WORD}*[-{NO_BREAK}]|{_WORD}+?(?:/(?=[A-Za-z])|(?!{_WORD}|[-{NO_BREAK}]))|\\s|.", re.DOTALL
)


@dataclass(frozen=True)
class _Glyph:
    """A character with its width and what stands before it: a gap, the end of a stretch of one script."""

    char: str
    width: int
    gap: int = 0
    edge: bool = False


def _glyphs(text: str, bold: bool) -> list[_Glyph]:
    """Characters with their widths; a mark that both scripts use goes with what stands before it."""
    glyphs: list[_Glyph] = []
    latin, letter, first = _leads_latin(text), False, True
    for char in text:
        if char in _ZERO or combining(char):
            glyphs.append(_Glyph(char, 0))
            letter = letter and char != JOINT
            continue
        now = _script(char, latin)
        edge = not first and now is not latin
        lettered = category(char)[0] in "LN"
        glyphs.append(
            _Glyph(char, _width(char, now, bold), _GAP if edge and letter and lettered else 0, edge)
        )
        latin, letter, first = now, lettered, False
    return glyphs


def _script(char: str, latin: bool) -> bool:
    """Whether a character is set in the Latin font; ``latin`` is what stands before it."""
    if char.isascii():
        return char.isalnum() or latin
    return latin if east_asian_width(char) == "A" else east_asian_width(char) not in "WF"


def _leads_latin(text: str) -> bool:
    for char in text:
        if char.isascii() and char.isalnum():
            return True
        if east_asian_width(char) in "WF":
            return False
    return False


@lru_cache(maxsize=16384)
def _width(char: str, latin: bool, bold: bool) -> int:
    table = _WIDTHS[bold]
    if char == NO_BREAK:
        return table["-"]
    if char in table:
        return table[char]
    if latin:
        return _NARROW.get(char, _EM // 2)
    return _EM if east_asian_width(char) in "WFA" else _EM * 11 // 20


def unbroken(text: str) -> str:
    """不断开。Codes and names with hyphens (XZ-002, 表3-1) as they stay on one line.

    >>> unbroken("XZ-002、表3-1——") == f"XZ{NO_BREAK}002、表3{NO_BREAK}1——"
    True
    """
    return _HYPHEN.sub(NO_BREAK, text) if "-" in text else text


@lru_cache(maxsize=65536)
def text_width(text: str, bold: bool = False) -> float:
    """字宽。Width in em.

    >>> text_width("耕地"), text_width("M", bold=True) > text_width("M")
    (2.0, True)
    """
    return sum(glyph.width + glyph.gap for glyph in _glyphs(text, bold)) / _EM


@lru_cache(maxsize=65536)
def widest_word(text: str, bold: bool = False) -> float:
    """最长词。Width in em of what cannot be broken: a number, a Latin word, two Chinese characters.

    >>> widest_word("新增耕地 1234.5678 公顷")
    4.25
    """
    return max((text_width(token, bold) for token in re.findall(r"[!-~]+|[^!-~\s]{1,2}", text)), default=0.0)


@dataclass(frozen=True)
class Type:
    """字。An em in twips, what each character gives up, and whether it is bold."""

    size: float
    squeeze: float = 0.0
    bold: bool = False

    def width(self, glyphs: Sequence[_Glyph], *, leading: bool = False) -> float:
        """字宽。Of a row of characters in twips; ``leading`` leaves out what stands before the first."""
        total = sum(glyph.width + glyph.gap for glyph in glyphs) * self.size / _EM
        total += self.squeeze * sum(1 for glyph in glyphs if glyph.width and not glyph.edge)
        if leading and glyphs:
            total -= glyphs[0].gap * self.size / _EM - (self.squeeze if glyphs[0].edge else 0)
        return total


def type_of(size: str | int, *, bold: bool = False) -> Type:
    """字号。By its Chinese name or its half points."""
    return Type((half_points(size) if isinstance(size, str) else size) * 10, bold=bold)


BODY = Type(half_points("三号") * 10, SQUEEZE)
"""正文字。"""


def line_count(text: str, width: float, kind: Type, first: float = 0.0) -> int:
    """行数。Lines that a paragraph takes; ``first`` is what its first line is shorter.

    An empty paragraph takes one line. Closing marks may stand out into the margin.

    >>> em = Type(1.0)
    >>> line_count("耕" * 27, 28, em), line_count("耕" * 27, 28, em, first=2), line_count("", 28, em)
    (1, 2, 1)
    >>> line_count("耕" * 28 + "。", 28, em)
    1
    """
    total = 0
    for part in text.split("\n"):
        if first + text_width(part, kind.bold) * kind.size <= width:
            total += 1
        else:
            total += sum(1 for _ in lines_of(part, width, kind, first))
        first = 0.0
    return total


def all_lines(text: str, width: float, kind: Type, first: float = 0.0) -> Iterator[str]:
    """全部行。Lines of a paragraph that may hold line ends of its own."""
    for part in text.split("\n"):
        yield from lines_of(part, width, kind, first)
        first = 0.0


def lines_of(text: str, width: float, kind: Type, used: float = 0.0) -> Iterator[str]:
    """断行。The lines of one stretch of text without line ends; ``used`` is taken on the first."""
    width, line = max(width, kind.size) + kind.size / 1000 + kind.squeeze, ""
    for unit, hanging in _units(text, kind.bold):
        words = "".join(glyph.char for glyph in unit)
        wide = kind.width(unit)
        if used + wide - (kind.size if hanging else 0) <= width:
            used, line = used + wide, line + words
            continue
        if words.isspace():
            continue  # blanks at a line's end take no room
        if line or used:
            yield line
        used, line = kind.width(unit, leading=True), words
        # What is longer than a line is broken anywhere.
        while len(unit) > 1 and used - (kind.size if hanging else 0) > width:
            fits = max(1, _fitting(unit, width, kind))
            yield "".join(glyph.char for glyph in unit[:fits])
            unit = unit[fits:]
            used, line = kind.width(unit, leading=True), "".join(glyph.char for glyph in unit)
    yield line


def _fitting(unit: Sequence[_Glyph], width: float, kind: Type) -> int:
    used, count = 0.0, 0
    for glyph in unit:
        used += kind.width([glyph])
        if used > width:
            return count
        count += 1
    return count


def _hangs(glyphs: Sequence[_Glyph]) -> bool:
    """Whether the last mark may stand out into the margin; not one that follows Latin letters."""
    last = next((glyph for glyph in reversed(glyphs) if glyph.char not in _ZERO), None)
    return last is not None and last.char in _HANGING and not last.edge


def _units(text: str, bold: bool) -> Iterator[tuple[list[_Glyph], bool]]:
    """What stays on one line: a word or character with the marks that may not leave it.

    A closing bracket holds on to Latin letters after it, a comma to those on both sides. The flag says that
    the unit's last mark may stand out into the margin.
    """
    glyphs = _glyphs(text, bold)
    start = end = 0
    before = ""  # the character before, "" where nothing is held back
    latin = False  # whether the last letter was a Latin one
    for token in _TOKEN.findall(text):
        grips = before in _GRIPS or (before in _COMMAS and latin)
        held = before in OPENERS or (grips and token[0].isascii() and token[0].isalnum())
        sticks = (held and before) or token[0] in CLOSERS or token in _ZERO
        if end > start and (not sticks or token.isspace()):
            yield glyphs[start:end], _hangs(glyphs[start:end])
            start = end
        end += len(token)
        if token.isspace():
            yield glyphs[start:end], False
            start = end
        latin = token[-1].isascii() or token[-1] == NO_BREAK or (latin and token[-1] in CLOSERS)
        before = "" if token.isspace() or (token in _ZERO and before not in OPENERS) else token[-1]
    if end > start:
        yield glyphs[start:end], _hangs(glyphs[start:end])
