"""草稿文件。Drafts with their slots still open, as chapter files for the planner to write on from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fangtian.catalog.outline import Heading as OutlineHeading
from fangtian.catalog.outline import outline
from fangtian.deliver.document.chapters import PLACEHOLDER
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.drafting import drafted
from fangtian.deliver.document.sections import Chapter, chapters, heading_words
from fangtian.plan.narrative import chapter_file

__all__ = ["draft_text", "write_drafts"]

HEAD = "本文件由系统按事实起草，请在此基础上修改补充；双花括号是数字插槽，随数据更新；本行这样的提示不印出。"


def write_drafts(desk: Desk) -> tuple[list[Path], list[str]]:
    """写草稿文件。Of every chapter that has no file yet; the paths written, and the files that were there.

    Nothing is ever overwritten. Raises OSError where the folder cannot be written.
    """
    plan = desk.dossier.plan
    there = {item.chapter: item.file for item in desk.dossier.survey.narratives}
    written = []
    for chapter in chapters(outline(plan.outline)):
        if chapter.number in there:
            continue
        path = plan.root / chapter_file(chapter.number, chapter.head.title)
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(draft_text(chapter, desk))
        written.append(path)
    return written, list(there.values())


def draft_text(chapter: Chapter, desk: Desk) -> str:
    """草稿全文。A chapter's draft as Markdown: what the outline asks for stands as a remark below each
    heading; a heading without a draft has a sentence that says so.
    """
    text = drafted(f"{chapter.number:02d}", desk) or "".join(_bare(chapter))
    return f"<!-- {HEAD} -->\n\n" + "\n".join(_guided(text, chapter)).strip() + "\n"


def _bare(chapter: Chapter) -> Iterator[str]:
    for heading in chapter.headings:
        yield f"{'#' * heading.level} {heading.text}\n\n"
        if chapter.leaf(heading):
            yield f"{PLACEHOLDER}\n\n"


def _guided(text: str, chapter: Chapter) -> Iterator[str]:
    current = chapter.head.id
    for line in text.split("\n"):
        yield line
        level = len(line) - len(line.lstrip("#"))
        words = heading_words(line.lstrip("# ")) if level else ""
        heading: OutlineHeading | None = chapter.exact(words, level, current) if words else None
        if heading is not None:
            current = heading.id
            if heading.guide:
                yield f"\n<!-- 大纲要求：{heading.guide}。 -->"
