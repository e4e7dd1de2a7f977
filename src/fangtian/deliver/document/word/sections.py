"""节。Pages of one kind with their footers: cover, contents in roman, body, wide tables."""

from __future__ import annotations

from fangtian.deliver.document.word.fields import complex_field
from fangtian.deliver.document.word.markup import HEAD, NAMESPACES
from fangtian.deliver.document.word.measures import CHAR_SPACE, PITCH, Room
from fangtian.deliver.document.word.runs import run
from fangtian.deliver.document.word.styles import SONG, fonts_element

__all__ = ["FOOTERS", "footer_part", "section"]

FOOTERS = ("footerOdd", "footerEven", "footerCover")
"""页脚部件。Outer side right on odd pages and left on even ones; the cover has no number."""

_FONT = fonts_element(SONG, SONG)


def section(room: Room, numbering: str = "", *, start: bool = False, kind: str = "nextPage") -> str:
    """节属性。``numbering`` is Word's name of the number format, "" for the cover that has no number.

    ``start`` begins at 1; ``kind`` is how the section begins (oddPage: right-hand, as the file is bound).
    """
    odd, even = ("rIdfooterOdd", "rIdfooterEven") if numbering else ("rIdfooterCover", "rIdfooterCover")
    orient = ' w:orient="landscape"' if room.landscape else ""
    form = f' w:fmt="{numbering}"' if numbering else ""
    first = ' w:start="1"' if start else ""
    numbers = f"<w:pgNumType{form}{first}/>" if form or first else ""
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{odd}"/>'
        f'<w:footerReference w:type="even" r:id="{even}"/><w:type w:val="{kind}"/>'
        f'<w:pgSz w:w="{room.page_width}" w:h="{room.page_height}"{orient}/>'
        f'<w:pgMar w:top="{room.top}" w:right="{room.right}" w:bottom="{room.bottom}" w:left="{room.left}" '
        f'w:header="851" w:footer="{room.footer}" w:gutter="0"/>{numbers}<w:cols w:space="425"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{PITCH}" w:charSpace="{CHAR_SPACE}"/></w:sectPr>'
    )


def footer_part(name: str, seal: str) -> str:
    """页脚部件。四号 half-width 宋体 “— 1 —” one character from the outer edge, the fact seal under it."""
    number = "" if name == "footerCover" else _number("right" if name == "footerOdd" else "left")
    words = run(f"事实封印 {seal}") if seal and number else ""
    under = f'<w:p><w:pPr><w:pStyle w:val="FooterSeal"/></w:pPr>{words}</w:p>'
    return f"{HEAD}<w:ftr {NAMESPACES}>{number}{under}</w:ftr>"


def _number(side: str) -> str:
    hinted = _FONT.replace("<w:rFonts", '<w:rFonts w:hint="eastAsia"', 1)
    dash = f"<w:rPr>{hinted}</w:rPr>"
    page = complex_field("PAGE", "1", _FONT)
    return (
        '<w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:left="280" w:right="280"/>'
        f'<w:jc w:val="{side}"/></w:pPr>'
        f'<w:r>{dash}<w:t xml:space="preserve">— </w:t></w:r>{page}'
        f'<w:r>{dash}<w:t xml:space="preserve"> —</w:t></w:r></w:p>'
    )
