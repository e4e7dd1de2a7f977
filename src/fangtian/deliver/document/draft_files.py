"""草稿文件。Drafts with their slots still open, as chapter files for the planner to write on from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from fangtian.catalog.outline import Heading as OutlineHeading
from fangtian.catalog.outline import outline
from fangtian.deliver.document.chapters import PLACEHOLDER
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.drafting import drafted
from fangtian.deliver.document.sections import Chapter, chapters, heading_words
from fangtian.deliver.document.special import special_draft
from fangtian.facts.switches import switched_on
from fangtian.plan.narrative import chapter_file, special_file

__all__ = ["draft_text", "write_drafts"]

HEAD = "本文件由系统按事实起草，请在此基础上修改补充；双花括号是数字插槽，随数据更新；本行这样的提示不印出。"


def write_drafts(desk: Desk) -> tuple[list[Path], list[str]]:
    """写草稿文件。Of every chapter and special chapter without a file; paths written, and files there.

    Nothing is ever overwritten. Raises OSError where the folder cannot be written.
    """
    plan = desk.dossier.plan
    there = {item.part: item.file for item in desk.dossier.survey.narratives}
    written = []
    for name, text in list(_missing(desk, there)):
        path = plan.root / name
        path.parent.mkdir(exist_ok=True)
        _write_whole(path, text)
        written.append(path)
    return written, list(there.values())


def _write_whole(path: Path, text: str) -> None:
    """A file cut short by a full disk would count as the planner's own words the next time."""
    with path.open("x", encoding="utf-8", newline="\n") as file:
        try:
            file.write(text)
            file.flush()
        except OSError:
            path.unlink()
            raise


def _missing(desk: Desk, there: Collection[int | str]) -> Iterator[tuple[str, str]]:
    """File name and text of each chapter and special chapter that the planner has not written."""
    for chapter in chapters(outline(desk.dossier.plan.outline)):
        if chapter.number not in there:
            yield chapter_file(chapter.number, chapter.head.title), draft_text(chapter, desk)
    for name in switched_on(desk.dossier.book):
        if name not in there:
            yield special_file(name), f"<!-- {HEAD} -->\n\n{special_draft(name, desk)}"


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
