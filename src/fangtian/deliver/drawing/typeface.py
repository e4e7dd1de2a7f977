"""图表字体。The typeface of maps and charts, carried by the package: the same letters on every machine.

"Fangtian Sans" (SIL OFL 1.1, from Noto Sans CJK SC by ``docs/typeface.py``) covers GBK and 通用规范汉字表,
in bold GB 2312. Rarer characters are taken from a Chinese font of the system where there is one; a character
that no font has is drawn as 〓, the sign of GB 2312 for a missing one, and reported. Text in PDF stays text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from matplotlib.ft2font import FT2Font, LoadFlags

from fangtian.catalog.finding import Finding, Place, finding

__all__ = [
    "FAMILY",
    "POINT_MM",
    "Weight",
    "font",
    "glyph_findings",
    "printable",
    "text_width",
    "uncovered",
    "use_typeface",
    "wrapped",
]

Weight = Literal["regular", "bold"]

FAMILY = "Fangtian Sans"
POINT_MM = 25.4 / 72
"""毫米每磅。Millimetres in a point."""

_STYLES: dict[Weight, str] = {"regular": "Regular", "bold": "Bold"}
_WEIGHTS: dict[Weight, int] = {"regular": 400, "bold": 700}
# In the order of preference; whichever are installed stand behind our own.
_RESERVES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Microsoft YaHei",
    "FangSong",
    "FangSong_GB2312",
    "SimSun",
    "SimSun-ExtB",
    "STFangsong",
    "WenQuanYi Zen Hei",
)
_MISSING = "〓"
_NEVER_FIRST = "，。；：、！？）》】〕”’%‰…—·°′″,.;:!?)"
_NEVER_LAST = "（《【〔“‘("
_SETTINGS: dict[str, Any] = {
    "pdf.fonttype": 42,
    "axes.unicode_minus": False,
    "text.parse_math": False,  # a name may hold dollar signs
    "text.hinting": "none",
    "hatch.linewidth": 0.3,
}


@contextmanager
def use_typeface() -> Iterator[None]:
    """使用图表字体。Draw and save inside: our fonts and matplotlib's own defaults, whatever the user has set.

    >>> with use_typeface():
    ...     mpl.rcParams["pdf.fonttype"]
    42
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        settings: Any = mpl.rcParams  # its stubs want every key spelt out
        settings.update(_SETTINGS)
        settings["font.family"] = _families()
        yield


def font(weight: Weight = "regular", size: float = 8) -> FontProperties:
    """字体。Of a weight and a size in points, with the system's fonts behind ours for rare characters.

    >>> font("bold", 10.5).get_family()[0]
    'Fangtian Sans'
    """
    return FontProperties(family=_families(), weight=_WEIGHTS[weight], size=size)


def text_width(text: str, size: float, weight: Weight = "regular") -> float:
    """文字宽度。Millimetres on paper of one line at ``size`` points.

    >>> round(text_width("方田", 72 / 25.4 * 10), 3)  # two characters of 10 mm
    20.0
    """
    return sum(_advance(character, weight) for character in text) * size * POINT_MM


def wrapped(text: str, size: float, width: float, weight: Weight = "regular") -> tuple[str, ...]:
    """分行。Lines no wider than ``width`` millimetres; a number or Latin word stays whole where it fits.

    No line begins with a closing mark or ends with an opening one.

    >>> wrapped("编制单位：方田县自然资源局", 72 / 25.4 * 10, 60)
    ('编制单位：方', '田县自然资源', '局')
    """
    lines, line = [], ""
    for word in _words(text):
        if line and text_width((line + word).rstrip(), size, weight) > width:
            lines.append(line.rstrip())
            line = ""
        line += word.lstrip() if not line else word
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def _words(text: str) -> list[str]:
    """What a line may not break: single Chinese characters with their marks, runs of ASCII."""
    words: list[str] = []
    for character in text:
        last = words[-1][-1] if words else ""
        run = last.isascii() and last.isalnum() and character.isascii() and character.isalnum()
        if words and (run or character in _NEVER_FIRST or last in _NEVER_LAST or character == " "):
            words[-1] += character
        else:
            words.append(character)
    return words


def uncovered(text: str) -> str:
    """未覆盖字符。Characters of a text that our own typeface lacks, each once, in order of appearance.

    >>> uncovered("张家川𬭊𠮷")
    '𠮷'
    """
    return "".join(dict.fromkeys(c for c in text if ord(c) not in _coverage("regular")))


def printable(text: str) -> str:
    r"""可印文字。The text with 〓 for every character that no font at hand can draw; no line breaks or tabs.

    >>> printable("王家庄\uffff村")
    '王家庄〓村'
    """
    lacking = set(_undrawable(" ".join(text.split())))
    return "".join(_MISSING if c in lacking else c for c in " ".join(text.split()))


def glyph_findings(texts: Iterable[tuple[str, Place | None]]) -> tuple[Finding, ...]:
    """缺字检查。One MAP-glyph-missing for every different text that cannot be drawn as it is written."""
    places = {text: place for text, place in reversed(list(texts))}
    return tuple(
        finding("MAP-glyph-missing", places[text], text=text, characters="、".join(map(_named, lacking)))
        for text in sorted(places)
        if (lacking := _undrawable(" ".join(text.split())))
    )


def _named(character: str) -> str:
    return f"{character}（U+{ord(character):04X}）"


def _undrawable(text: str) -> str:
    lacking = uncovered(text)
    return "".join(c for c in lacking if ord(c) not in _reserve_coverage()) if lacking else ""


@cache
def _families() -> list[str]:
    """Register our files once; names of ours and of the reserves, each under a name of our own.

    The regular face stands behind the bold, which is smaller. An alias has both weights, so that matplotlib
    finds one for either without a remark.
    """
    for weight in _STYLES:
        fontManager.addfont(_path(weight))
    families = [FAMILY]
    for entry in [_entry(FAMILY), *map(_entry, _RESERVES)]:
        if entry is not None:
            families.append(f"{FAMILY} {entry.name}")
            for number in _WEIGHTS.values():
                fontManager.ttflist.append(replace(entry, name=families[-1], weight=number))
    return families


def _entry(name: str) -> FontEntry | None:
    """The installed face of a family nearest to regular."""
    found = [e for e in fontManager.ttflist if e.name == name and e.style == "normal"]
    return min(found, key=lambda e: (abs(int(e.weight) - 400), e.fname), default=None)


def _path(weight: Weight) -> str:
    folder = Path(str(files("fangtian.catalog").joinpath("typefaces")))
    return str(folder / f"{FAMILY.replace(' ', '')}-{_STYLES[weight]}.ttf")


@cache
def _face(weight: Weight) -> FT2Font:
    return FT2Font(_path(weight))


@cache
def _coverage(weight: Weight) -> frozenset[int]:
    return frozenset(_face(weight).get_charmap())


@cache
def _reserve_coverage() -> frozenset[int]:
    entries = [entry for entry in map(_entry, _RESERVES) if entry]
    return frozenset().union(*(FT2Font(e.fname, face_index=e.index).get_charmap() for e in entries))


@cache
def _advance(character: str, weight: Weight) -> float:
    """In ems; what our fonts lack is a Chinese character and as wide as one."""
    if ord(character) not in _coverage(weight):
        return 1.0 if weight == "regular" else _advance(character, "regular")
    face = _face(weight)
    glyph = face.load_char(ord(character), flags=LoadFlags.NO_SCALE)
    return float(glyph.horiAdvance) / float(face.units_per_EM)
