"""成章。The whole text of the plan: every heading of the outline, with the planner's words or a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding, Place, Severity, blocking, finding
from fangtian.catalog.outline import Heading as OutlineHeading
from fangtian.catalog.outline import outline
from fangtian.deliver.document.blocks import Block, Figure, Grid, Heading, Paragraph, Span
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.drafting import drafted
from fangtian.deliver.document.markdown import Located, Writing, parse
from fangtian.deliver.document.pictures import PictureShelf
from fangtian.deliver.document.reading import Reader
from fangtian.deliver.document.references import Placed, settled
from fangtian.deliver.document.sections import Chapter, Sections, chapters
from fangtian.deliver.document.typed_numbers import NumberBook, typed_numbers
from fangtian.deliver.opinion import Opinion
from fangtian.deliver.present import Presentation
from fangtian.errors import InputError
from fangtian.plan.narrative import Narrative, chapter_file

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["PLACEHOLDER", "Enclosures", "Manuscript", "compose", "compose_alone"]

PLACEHOLDER = "本节待编制人员补充。"
"""占位句。Under a heading for which there are neither words nor a draft."""
TABLES, MAPS = "附表", "附图"


@dataclass(frozen=True)
class Enclosures:
    """随文图表。What is placed in the text: maps and charts by anchor, the annex tables, the annexed maps.

    ``maps`` stand under 附图: where None is given, every ``map:`` of ``figures``.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    annex: Sequence[Grid] = ()
    maps: Sequence[Figure] | None = None

    @property
    def bound(self) -> Sequence[Figure]:
        """附图。The maps that are bound under 附图."""
        if self.maps is not None:
            return self.maps
        return [figure for anchor, figure in self.figures.items() if anchor.startswith("map:")]


@dataclass(frozen=True)
class Manuscript:
    """书稿。All blocks in order; ``drafted`` the headings whose words the planner has yet to write."""

    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...]
    drafted: tuple[str, ...]


def compose(
    dossier: Dossier,
    presentation: Presentation,
    opinions: Sequence[Opinion],
    enclosures: Enclosures | None = None,
) -> Manuscript:
    """成章。Every heading of the plan's outline with its printed text; under it the planner's words, else a
    draft from the facts (NAR-draft). Tables follow 附表, maps follow 附图.

    Raises InputError with every finding where a slot, figure, picture or reference cannot be met.
    """
    given = enclosures or Enclosures()
    desk = Desk(dossier, presentation, tuple(opinions), given.figures.keys())
    composing = _Composing(desk, given)
    for chapter in composing.chapters:
        composing.chapter(chapter)
    blocks, found = settled(composing.placed)
    findings = (*composing.findings, *found)
    if blocking(findings):
        raise InputError([item for item in findings if item.severity is not Severity.INFO])
    return Manuscript(blocks, findings, tuple(composing.drafted))


def compose_alone(
    words: Narrative, desk: Desk, figures: Mapping[str, Figure]
) -> tuple[tuple[Block, ...], tuple[Finding, ...]]:
    """独立成篇。The blocks of a text that is a document of its own, such as a special chapter, and what is to
    be said of it. Raises InputError where it names what the plan does not have.
    """
    file = words.file
    writing = _written(words.text, file, desk, figures)
    blocks, found = settled([Placed(item.block, file, item.line, False) for item in writing.blocks])
    findings = (*writing.findings, *found)
    if blocking(findings):
        raise InputError([item for item in findings if item.severity is not Severity.INFO])
    numbers = typed_numbers(writing.passages, NumberBook.of(desk.presentation), file)
    return blocks, (*findings, *numbers)


@dataclass
class _Composing:
    """The manuscript while it is put together."""

    desk: Desk
    given: Enclosures
    placed: list[Placed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chapters = chapters(outline(self.desk.dossier.plan.outline))
        self.narratives = {item.part: item for item in self.desk.dossier.survey.narratives}
        self.numbers = NumberBook.of(self.desk.presentation)

    def chapter(self, chapter: Chapter) -> None:
        narrative = self.narratives.get(chapter.number)
        file = narrative.file if narrative else chapter_file(chapter.number, chapter.head.title)
        words = self._words(narrative, chapter) if narrative else Sections(chapter, (), file)
        draft = self._draft(chapter)
        for heading in chapter.headings:
            self.placed.append(Placed(Heading(heading.level, heading.text), file, 0, False))
            typed, written = words.bodies.get(heading.id, []), draft.bodies.get(heading.id, [])
            if typed:
                self.placed += [Placed(item.block, file, item.line, False) for item in typed]
            else:
                self.placed += [Placed(item.block, draft.file, item.line, True) for item in written]
            self._fill_up(chapter, heading, file, (typed, written))

    def _words(self, narrative: Narrative, chapter: Chapter) -> Sections:
        writing = _written(narrative.text, narrative.file, self.desk, self.given.figures)
        sections = Sections.of(writing.blocks, chapter, self.chapters, narrative.file)
        self.findings += [*writing.findings, *sections.findings]
        self.findings += typed_numbers(writing.passages, self.numbers, narrative.file)
        return sections

    def _draft(self, chapter: Chapter) -> Sections:
        name = f"{chapter.number:02d}"
        file = f"drafts/{name}.md"
        writing = _written(drafted(name, self.desk), file, self.desk, self.given.figures)
        self.findings += writing.findings
        return Sections.of(writing.blocks, chapter, self.chapters, file)

    def _fill_up(
        self,
        chapter: Chapter,
        heading: OutlineHeading,
        file: str,
        bodies: tuple[list[Located], list[Located]],
    ) -> None:
        """What the heading still needs: a placeholder, the annex, and the mark that it is a draft."""
        typed, written = bodies
        enclosed: Mapping[str, Sequence[Block]] = {TABLES: self.given.annex, MAPS: self.given.bound}
        annexed = enclosed.get(heading.title, ())
        bare = not typed and not written
        if bare and not annexed and chapter.leaf(heading):
            self.placed.append(Placed(_placeholder(), file, 0, True))
        self.placed += [Placed(block, file, 0, True) for block in annexed]
        own = _blocks(typed)
        if own and own not in (_blocks(written), [_placeholder()]):
            return
        if (chapter.leaf(heading) and not annexed) or not bare:
            self.drafted.append(heading.text)
            self.findings.append(
                finding("NAR-draft", Place(file=file, field=heading.text), heading=heading.text)
            )


def _written(text: str, file: str, desk: Desk, figures: Mapping[str, Figure]) -> Writing:
    shelf = PictureShelf(desk.dossier.plan.root)
    return parse(text, Reader(file, desk.slots, shelf, figures))


def _blocks(body: Iterable[Located]) -> list[Block]:
    return [located.block for located in body]


def _placeholder() -> Paragraph:
    return Paragraph((Span(PLACEHOLDER),))
