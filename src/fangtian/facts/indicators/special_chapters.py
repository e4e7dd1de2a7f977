"""专章编写。How many of the matters of 第十三条第5项 a plan touches, and how many it has words on."""

from __future__ import annotations

import re

from fangtian.catalog.submission import submission_items
from fangtian.facts.book import FactBook
from fangtian.facts.called import called_for
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.scene import PROJECT, Scene

__all__ = ["has_words", "special_chapters"]

MATTERS = ("three_lines_chapter", "scattered_chapter", "linked_chapter", "rights_chapter")
"""须成专章的事项。“三区三线”, scattered and idle land, demolition linked with building, rights."""
LINES = "three_lines_chapter"
FARMLAND = "pbf_chapter"

_COMMENT = re.compile(r"<!--.*?(-->|$)", re.DOTALL)


def special_chapters(scene: Scene) -> None:
    """专章事实。Read last: what is called for follows from other facts.

    Nothing is written while it is open whether a matter is touched. Where of the three lines only basic
    farmland moves, its adjustment plan is the chapter.
    """
    book, items = scene.book, submission_items()
    called = {name: called_for(items[name], book) for name in MATTERS}
    if None in called.values():
        return
    written = {words.part for words in scene.survey.narratives if has_words(words.text)}
    titles = {name: _titles(name, book) for name, touched in called.items() if touched}
    done = sum(bool(written & chapters) for chapters in titles.values())
    for key, count in (("special_chapter_count", len(titles)), ("special_chapter_written_count", done)):
        scene.book.measure((key, PROJECT, PLANNED), count, "narrative", "与所涉事项比对")


def has_words(text: str) -> bool:
    r"""是否写有内容。Whether a chapter holds more than headings and remarks.

    >>> has_words("# 专章\n\n<!-- 待写 -->"), has_words("# 专章\n调出零星地块。")
    (False, True)
    """
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _titles(matter: str, book: FactBook) -> set[int | str]:
    items = submission_items()
    accepted = [items[matter]]
    if matter == LINES and not _other_lines_move(book):
        accepted.append(items[FARMLAND])
    return {item.condition.chapter for item in accepted if item.condition}


def _other_lines_move(book: FactBook) -> bool:
    keys = ("eco_redline_out_area", "eco_redline_in_area", "urban_boundary_changed_area")
    facts = [book.find(key, "pilot_area", PLANNED) for key in keys]
    told = book.find("eco_redline_adjusted", PROJECT, BEFORE)
    return any(fact is not None and bool(fact.value) for fact in facts) or (
        told is not None and told.value == "是"
    )
