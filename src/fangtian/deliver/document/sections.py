"""对照大纲。Which heading of the outline a typed heading means, and what stands under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.outline import Heading as OutlineHeading
from fangtian.catalog.outline import Outline
from fangtian.deliver.document.blocks import Heading
from fangtian.deliver.document.markdown import Located

__all__ = ["Chapter", "Sections", "chapters", "heading_words"]

NEAR = 0.8
"""相近。From this likeness on, a heading is taken for the outline's own, typed a little differently."""
ALIKE = 0.5
LONGEST = 60
OWN_LEVEL = 4

_NUMBERING = re.compile(
    r"\s*(第?[一二三四五六七八九十]+\s*[、.．章节]|[（(][一二三四五六七八九十\d]+[)）]"
    r"|\d+(\.\d+)*\s*[.、．]?(?=\D)|[①-⑳])[\s、.．]*"
)


@dataclass(frozen=True)
class Chapter:
    """章。One chapter of the outline: its number and all its headings, the chapter's own first."""

    number: int
    headings: tuple[OutlineHeading, ...]

    @property
    def head(self) -> OutlineHeading:
        """章标题。The heading of level 1."""
        return self.headings[0]

    def leaf(self, heading: OutlineHeading) -> bool:
        """末级。Whether nothing stands below a heading, so that it must have words of its own."""
        return not any(other.id.startswith(f"{heading.id}.") for other in self.headings)

    def exact(self, words: str, level: int, after: str) -> OutlineHeading | None:
        """同名标题。The heading of these words; of several (八、其他, （四）其他) that of the level."""
        named = [heading for heading in self.headings if heading_words(heading.title) == words]
        ids = [heading.id for heading in self.headings]
        later = [heading for heading in named if ids.index(heading.id) > ids.index(after)]
        fitting = [heading for heading in named if heading.level == level]
        return next(iter([*fitting, *later, *named]), None)

    def near(self, typed: Heading) -> OutlineHeading | None:
        """相近标题。The heading of the same level that is most like the typed one, if any is."""
        level = [heading for heading in self.headings if heading.level == typed.level]
        scored = [(_likeness(typed.text, heading), heading) for heading in level]
        score, heading = max(scored, key=lambda entry: entry[0], default=(0.0, self.head))
        return heading if score >= NEAR else None


def chapters(outline: Outline) -> tuple[Chapter, ...]:
    """全部章。The headings of an outline by chapter, in order."""
    numbers = list(dict.fromkeys(heading.id.partition(".")[0] for heading in outline.headings))
    return tuple(
        Chapter(int(n), tuple(h for h in outline.headings if h.id.partition(".")[0] == n)) for n in numbers
    )


def heading_words(text: str) -> str:
    """标题用字。A heading without number, blanks and punctuation, as headings are compared.

    >>> heading_words("（二）“一张图” 建设"), heading_words("3.2.1 农用地整理"), heading_words("三、目标")
    ('一张图建设', '农用地整理', '目标')
    """
    words = _NUMBERING.sub("", text, count=1) if _NUMBERING.match(text) else text
    return re.sub(r"[^\w]", "", words)


@dataclass
class Sections:
    """分节。The blocks of one chapter's file under the headings of the outline (by id)."""

    chapter: Chapter
    others: Sequence[Chapter]
    file: str
    bodies: dict[str, list[Located]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(
        cls, blocks: Iterable[Located], chapter: Chapter, others: Sequence[Chapter], file: str
    ) -> Sections:
        """分节。Words before the first heading belong to the chapter; headings of one's own stay beneath
        the outline's heading that they follow, at level 4.
        """
        made = cls(chapter, [other for other in others if other is not chapter], file)
        current = chapter.head.id
        seen: set[str] = set()
        for located in blocks:
            block = located.block
            found = made._meant(block, located.line, current) if isinstance(block, Heading) else None
            if found is None:
                made.bodies.setdefault(current, []).append(_lowered(located))
                continue
            current = found.id
            if current in seen:
                made._note("NAR-heading-twice", located.line, typed=found.text)
            seen.add(current)
        return made

    def _meant(self, heading: Heading, line: int, current: str) -> OutlineHeading | None:
        words = heading_words(heading.text)
        exact = self.chapter.exact(words, heading.level, current)
        if exact is not None:
            return exact
        elsewhere = next(self._elsewhere(words), None) if heading.level < OWN_LEVEL - 1 else None
        if elsewhere is not None:
            self._note("NAR-heading-elsewhere", line, typed=heading.text, chapter=f"{elsewhere.number:02d}")
            return None
        near = self.chapter.near(heading)
        if near is not None:
            self._note("NAR-heading-renamed", line, typed=heading.text, printed=near.text)
        return near

    def _elsewhere(self, words: str) -> Iterator[Chapter]:
        yield from (other for other in self.others if other.exact(words, 0, other.head.id))

    def _note(self, code: str, line: int, **values: object) -> None:
        self.findings.append(finding(code, Place(file=self.file, field=f"第{line}行"), **values))


def _likeness(typed: str, heading: OutlineHeading) -> float:
    """The likeness of the words, and more where one holds the other or the number is the outline's own."""
    words, title = heading_words(typed), heading_words(heading.title)
    if len(words) > LONGEST:
        return 0.0
    likeness = SequenceMatcher(None, words, title).ratio()
    if likeness < ALIKE:
        return likeness
    numbered = bool(heading.number) and typed.strip().startswith(heading.number)
    held = len(title) > 2 and (title in words or words in title)
    return likeness + 0.3 * numbered + 0.15 * held


def _lowered(located: Located) -> Located:
    if isinstance(located.block, Heading):
        return Located(Heading(OWN_LEVEL, located.block.text), located.line)
    return located
