"""图表编号。Tables and figures numbered by chapter (表3-2), with the bookmark that references point at."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fangtian.deliver.document.blocks import Block, Figure, Grid, Heading
from fangtian.deliver.document.word.fields import complex_field
from fangtian.deliver.document.word.markup import attribute, text_elements

__all__ = ["FIGURE", "Label", "Labels", "bookmark_name", "chapter_number", "number_blocks"]

FIGURE, TABLE = "图", "表"
_MOST_BOOKMARK = 40  # characters that Word allows
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_NUMBERED = re.compile(r"\s*(?:第\s*)?(?P<number>[〇一二三四五六七八九十百]+|\d{1,3})\s*(?:[、.．章]|\s)")


@dataclass(frozen=True)
class Label:
    """编号。``kind`` 图, 表 or "" for one that brings its own number; ``order`` within the chapter.

    ``name`` tells the table from all others of the file (附表6-上川村 prints 附表6).
    """

    kind: str
    chapter: int
    order: int
    text: str
    bookmark: str
    name: str

    @property
    def fields(self) -> str:
        """编号域。The order as a field, so that Word counts again when a table is put in by hand.

        The first of a chapter starts the count: LibreOffice does not know Word's way of counting by heading.
        """
        if not self.kind:
            return f"<w:r>{text_elements(self.text)}</w:r>"
        start = f" \\r {self.order}" if self.order == 1 or not self.chapter else ""
        before = f"{self.kind}{self.chapter}-" if self.chapter else self.kind
        order = complex_field(f"SEQ {self.kind} \\* ARABIC{start}", str(self.order))
        return f"<w:r>{text_elements(before)}</w:r>{order}"

    def marked(self, number: int) -> str:
        """带书签的编号。The number inside its bookmark; ``number`` is that of the bookmark itself."""
        name = attribute(self.bookmark)
        return (
            f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{self.fields}<w:bookmarkEnd w:id="{number}"/>'
        )


@dataclass(frozen=True)
class Labels:
    """全部编号。By the place of the block in the document, and by the anchor that references name."""

    of_block: Mapping[int, Label]
    of_anchor: Mapping[str, Label]


def chapter_number(heading: str) -> int:
    """章号。What a level-1 heading counts as; 0 for one without number.

    >>> chapter_number("三、可行性分析及评估"), chapter_number("第十二章 附则"), chapter_number("摘要")
    (3, 12, 0)
    """
    found = _NUMBERED.match(heading)
    if found is None:
        return 0
    number = found["number"]
    return int(number) if number.isascii() else _chinese(number)


def _chinese(number: str) -> int:
    total = digit = 0
    for char in number:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * {"十": 10, "百": 100}[char]
            digit = 0
    return total + digit


def bookmark_name(text: str) -> str:
    """书签名。Letters, digits and underscores, at most 40; hidden in Word's list of bookmarks.

    >>> bookmark_name("表3-2"), bookmark_name("附表2（试点区域）")
    ('_表3_2', '_附表2_试点区域')
    """
    name = "_" + re.sub(r"\W+", "_", text).strip("_")
    if len(name.encode("utf-16-le")) <= 2 * _MOST_BOOKMARK:
        return name
    return f"{name[:15]}_{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


def number_blocks(blocks: Iterable[Block]) -> Labels:
    """编号。Numbers every captioned table and figure; the first block with an anchor keeps it.

    A chapter without a number counts on from the last one without (表1, 表2 …). Two tables of one number
    (附表2 for two areas) differ in bookmark and name; their number alone is an anchor of the first.
    """
    chapter, counts = 0, dict[tuple[str, int], int]()
    of_block: dict[int, Label] = {}
    of_anchor: dict[str, Label] = {}
    used: set[str] = set()
    for place, block in enumerate(blocks):
        if isinstance(block, Heading) and block.level == 1 and not block.within:
            chapter = chapter_number(block.text)
            if chapter:
                counts.pop((TABLE, chapter), None)
                counts.pop((FIGURE, chapter), None)
        if isinstance(block, Grid | Figure) and (block.caption or getattr(block, "number", "")):
            label = _label(block, chapter, counts, used)
            of_block[place] = label
            for anchor in (block.anchor, getattr(block, "number", "")):
                if anchor:
                    of_anchor.setdefault(anchor, label)
    return Labels(of_block, of_anchor)


def _label(block: Grid | Figure, chapter: int, counts: dict[tuple[str, int], int], used: set[str]) -> Label:
    if isinstance(block, Grid) and block.number:
        name = _unused(block.anchor if block.anchor.startswith(block.number) else block.number, used)
        return Label("", chapter, 0, block.number, bookmark_name(name), name)
    kind = TABLE if isinstance(block, Grid) else FIGURE
    order = counts[kind, chapter] = counts.get((kind, chapter), 0) + 1
    text = f"{kind}{chapter}-{order}" if chapter else f"{kind}{order}"
    name = _unused(text, used)
    return Label(kind, chapter, order, text, bookmark_name(name), name)


def _unused(name: str, used: set[str]) -> str:
    """A name whose bookmark no other block has."""
    free, count = name, 1
    while bookmark_name(free).casefold() in used:
        count += 1
        free = f"{name}_{count}"
    used.add(bookmark_name(free).casefold())
    return free
