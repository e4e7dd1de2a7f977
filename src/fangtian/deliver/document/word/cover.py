"""封面。Project, subtitle, unit and date, and at the foot the seal of the facts."""

from __future__ import annotations

import re
from math import ceil

from fangtian.deliver.document.blocks import Document
from fangtian.deliver.document.word.lines import CLOSERS, OPENERS, line_count, text_width, type_of
from fangtian.deliver.document.word.markup import clean
from fangtian.deliver.document.word.measures import PITCH, PORTRAIT, half_points
from fangtian.deliver.document.word.runs import run

__all__ = ["balanced_lines", "cover_xml"]

_TITLE_LINE, _SUBTITLE_LINE, _COVER_LINE, _SEAL_LINE = 720, 600, 640, 300
_TITLE_SIZE, _BODY_SIZE = half_points("二号") * 10, half_points("三号") * 10
_TITLE_TOP, _SUBTITLE_TOP = 5 * PITCH, 400
_LINES_FROM_FOOT = 6 * PITCH
_SENSE = re.compile("(全域土地)|(实施方案|永久基本农田|调整方案)|(项目|试点)")


def cover_xml(document: Document, section: str) -> str:
    """封面页。Ends with the paragraph that carries the cover's section."""
    title = balanced_lines(clean(document.title), PORTRAIT.width / _TITLE_SIZE)
    rows = _rows(document)
    seal = f"事实封印：{document.seal}" if document.seal else ""
    used = _TITLE_TOP + _TITLE_LINE * len(title) + _SEAL_LINE * 2
    used += (_SUBTITLE_TOP + _SUBTITLE_LINE) if document.subtitle else 0
    rest = PORTRAIT.height - used - sum(height for _, height in rows)
    first = max(PITCH, rest - _LINES_FROM_FOOT)
    between = max(0, rest - first - 40)
    parts = [_paragraph("Title", title, _TITLE_TOP)]
    if document.subtitle:
        parts.append(_paragraph("Subtitle", [clean(document.subtitle)], _SUBTITLE_TOP))
    for index, (xml, _) in enumerate(rows):
        parts.append(xml.replace("{before}", str(first if index == 0 else 0), 1))
    before = f'<w:spacing w:before="{between}"/>'
    words = run(seal)
    parts.append(f'<w:p><w:pPr><w:pStyle w:val="CoverSeal"/>{before}{section}</w:pPr>{words}</w:p>')
    return "".join(parts)


def _paragraph(style: str, lines: list[str], before: int) -> str:
    words = run("\n".join(lines))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:spacing w:before="{before}"/></w:pPr>{words}</w:p>'


def _rows(document: Document) -> list[tuple[str, int]]:
    """Label and text, the labels as wide as the widest; with the height that each takes."""
    labels = [clean(label).strip() for label, _ in document.lines]
    wide = max((text_width(label) for label in labels), default=0) + 1
    texts = [clean(text) for _, text in document.lines]
    room = PORTRAIT.width / _BODY_SIZE
    longest = max((text_width(text) for text in texts), default=0)
    left = max(0, min((room - wide - longest) / 2, 6.0))
    start, hanging = round(left * _BODY_SIZE), ceil(wide * _BODY_SIZE)
    rows = []
    for label, text in zip(labels, texts, strict=True):
        indents = f'<w:ind w:left="{start + hanging}" w:hanging="{hanging}"/>'
        xml = (
            '<w:p><w:pPr><w:pStyle w:val="CoverLine"/><w:spacing w:before="{before}"/>'
            f"{indents}</w:pPr>{run(label + '：')}<w:r><w:tab/></w:r>{run(text)}</w:p>"
        )
        lines = line_count(text, PORTRAIT.width - start - hanging, type_of("三号"))
        rows.append((xml, lines * _COVER_LINE))
    return rows


def balanced_lines(title: str, width: float) -> list[str]:
    """标题回行。Lines of like length, broken where the sense allows (GB/T 9704: 词意完整，排列对称).

    >>> balanced_lines("方田镇（示例）全域土地综合整治项目实施方案", 20)
    ['方田镇（示例）', '全域土地综合整治项目实施方案']
    """
    lines = []
    for part in title.split("\n"):
        lines += _balanced(part.strip(), width)
    return lines


def _balanced(title: str, width: float) -> list[str]:
    total = text_width(title)
    if total <= width:
        return [title]
    count = ceil(total / width)
    ends = [end for end in range(1, len(title)) if _may_break(title, end)]
    fitting = [end for end in ends if text_width(title[:end]) <= width] or [max(1, int(width))]
    senses = {found.start(): 8 / (found.lastindex or 1) for found in _SENSE.finditer(title)}

    def cost(end: int) -> float:
        done = text_width(title[:end])
        too_long = total - done > width * (count - 1)
        return abs(done - total / count) - senses.get(end, 0) + (99 if too_long else 0)

    end = min(fitting, key=cost)
    return [title[:end].rstrip(), *_balanced(title[end:].lstrip(), width)]


def _may_break(title: str, end: int) -> bool:
    before, after = title[end - 1], title[end]
    if before in OPENERS or after in CLOSERS:
        return False
    return not (before.isascii() and after.isascii() and before.isalnum() and after.isalnum())
