"""目录。Contents and lists of figures and tables: real fields, already filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fangtian.deliver.document.word.fields import complex_field, field_begin, field_end
from fangtian.deliver.document.word.markup import attribute
from fangtian.deliver.document.word.runs import run

__all__ = ["Listed", "contents_xml"]

DEEPEST = 3


@dataclass(frozen=True)
class Listed:
    """目录项。What a list names: ``kind`` is 章节, 图 or 表; ``mark`` is the bookmark on its page."""

    kind: str
    level: int
    text: str
    mark: str


_LISTS = (
    ("章节", "目　录", f'TOC \\o "1-{DEEPEST}" \\h \\z \\u'),
    ("图", "图目录", 'TOC \\h \\z \\t "图题" \\c'),
    ("表", "表目录", 'TOC \\h \\z \\t "表题" \\c'),
)


def contents_xml(items: Iterable[Listed], pages: Mapping[str, int], section: str) -> str:
    """目录部分。Lists that have entries; the last paragraph carries the section of the contents."""
    listed = list(items)
    parts = []
    for kind, title, code in _LISTS:
        entries = [item for item in listed if item.kind == kind and item.level <= DEEPEST]
        if entries or kind == "章节":
            parts.append(f'<w:p><w:pPr><w:pStyle w:val="ContentsTitle"/></w:pPr>{run(title)}</w:p>')
            parts.append(_list(entries, code, pages))
    return "".join(parts) + f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{section}</w:pPr></w:p>'


def _list(entries: list[Listed], code: str, pages: Mapping[str, int]) -> str:
    lines = [_entry(item, pages) for item in entries]
    if not lines:
        return f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{complex_field(code, "（无）")}</w:p>'
    opened = [lines[0].replace("</w:pPr>", "</w:pPr>" + field_begin(code), 1), *lines[1:]]
    opened[-1] = opened[-1].removesuffix("</w:p>") + field_end() + "</w:p>"
    return "".join(opened)


def _entry(item: Listed, pages: Mapping[str, int]) -> str:
    style = f"TOC{item.level}" if item.kind == "章节" else "TableofFigures"
    page = complex_field(f"PAGEREF {item.mark} \\h", str(pages.get(item.mark, 1)))
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:hyperlink w:anchor="{attribute(item.mark)}" w:history="1">{run(item.text)}'
        f"<w:r><w:tab/></w:r>{page}</w:hyperlink></w:p>"
    )
