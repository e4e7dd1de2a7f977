"""专章。The special chapters that the data switch on, each a Word file of its own (M-036, D-049, D-050)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.document.blocks import Block, Document, Figure, Heading, Paragraph, plain
from fangtian.deliver.document.chapters import compose_alone
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.drafting import drafted
from fangtian.deliver.origin import Origin
from fangtian.facts.switches import SPECIAL_CHAPTERS, switched_on
from fangtian.plan.narrative import Narrative

__all__ = ["FOLDER", "SpecialChapter", "special_documents", "special_draft", "special_texts", "unused_texts"]

FOLDER = "专章"
"""专章目录。Of the build folder."""
OPEN = "【待补充】"

TEMPLATES: Mapping[str, tuple[str, str]] = {
    "永久基本农田调整方案": ("special-basic-farmland", "永久基本农田调整方案"),
    "三区三线局部优化方案": ("special-control-lines", "“三区三线”局部优化方案"),
    "城乡建设用地增减挂钩方案": ("special-linkage", "城乡建设用地增减挂钩方案"),
    "零星分散低效用地整合方案": ("special-reuse", "零星分散低效用地整合方案"),
    "土地权属调整方案": ("special-rights", "土地权属调整方案"),
    "拆迁汇总表": ("special-demolition", "拆迁汇总表"),
}
"""Name of a special chapter -> its template and its title as printed."""


@dataclass(frozen=True)
class SpecialChapter:
    """专章。``name`` is the stem of its file; ``findings`` say what the planner has yet to add."""

    name: str
    document: Document
    findings: tuple[Finding, ...]

    @property
    def file(self) -> str:
        """文件名。Relative to the build folder."""
        return f"{FOLDER}/{self.name}.docx"


def special_documents(
    desk: Desk, origin: Origin, figures: Mapping[str, Figure]
) -> tuple[SpecialChapter, ...]:
    """全部专章。One document for each special chapter that the facts switch on, in the order of filing: the
    planner's words (``narrative/专章-….md``) where there are any, else a draft from the facts.

    ``figures`` are the maps and charts at hand by anchor (``map:…``, ``chart:…``). Raises InputError where a
    text names what the plan does not have.
    """
    names = switched_on(desk.dossier.book)
    here = replace(desk, figures=tuple(figures), annexes=names)
    return tuple(_chapter(name, here, origin, figures) for name in names)


def special_draft(name: str, desk: Desk) -> str:
    """专章草稿。The Markdown of a special chapter from the facts, slots still open."""
    return drafted(TEMPLATES[name][0], desk)


def special_texts(narratives: Iterable[Narrative]) -> Mapping[str, Narrative]:
    """专章文字。The planner's words for special chapters, by name."""
    return {item.part: item for item in narratives if isinstance(item.part, str)}


def unused_texts(desk: Desk) -> tuple[Finding, ...]:
    """没有用上的专章文字。Of a special chapter that the data do not call for, or of none that there is."""
    texts, needed = special_texts(desk.dossier.survey.narratives), switched_on(desk.dossier.book)
    return tuple(_unused(name, text.file) for name, text in texts.items() if name not in needed)


def _unused(name: str, file: str) -> Finding:
    code = "NAR-special-idle" if name in SPECIAL_CHAPTERS else "NAR-special-unknown"
    return finding(code, Place(file=file), file=file, name=name, known="、".join(SPECIAL_CHAPTERS))


def _chapter(name: str, desk: Desk, origin: Origin, figures: Mapping[str, Figure]) -> SpecialChapter:
    template, title = TEMPLATES[name]
    own = special_texts(desk.dossier.survey.narratives).get(name)
    words = own or Narrative(f"drafts/{template}.md", name, special_draft(name, desk))
    written, findings = compose_alone(words, desk, figures)
    blocks = (Heading(1, title), *map(_within, written))
    document = Document(
        title=f"{origin.plan.removesuffix('实施方案')}\n{title}",
        subtitle="（实施方案附件）" if title.endswith("表") else "（实施方案专章）",
        lines=(("编制单位", origin.unit), ("编制日期", f"{origin.on.year}年{origin.on.month}月")),
        seal=origin.seal,
        blocks=blocks,
        contents=not title.endswith("表"),
        author=origin.unit,
    )
    return SpecialChapter(name, document, (*(findings if own else ()), *_open(name, blocks)))


def _within(block: Block) -> Block:
    """A short document is one chapter: its parts follow one another instead of each beginning a page."""
    return replace(block, within=True) if isinstance(block, Heading) else block


def _open(name: str, blocks: tuple[Block, ...]) -> tuple[Finding, ...]:
    """What only the planner can say, once for each chapter."""
    texts = [plain(block.spans) for block in blocks if isinstance(block, Paragraph)]
    count = sum(text.startswith(OPEN) for text in texts)
    if not count:
        return ()
    return (finding("BAL-special-open", Place(file=f"{FOLDER}/{name}.docx"), name=name, count=count),)
