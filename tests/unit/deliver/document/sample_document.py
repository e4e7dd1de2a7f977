"""A document with one of everything, for tests of the Word writer and of its verification."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from handmade_book import rich_book

from fangtian.deliver.document.annex import annex_grids
from fangtian.deliver.document.blocks import (
    Block,
    Document,
    Entry,
    Figure,
    Grid,
    Heading,
    PageBreak,
    Paragraph,
    Span,
)
from fangtian.deliver.facts_file import SealedFacts
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.tables import all_sheets
from fangtian.deliver.verify.sealed import Sealed

LONG = "new_construction_occupied_cultivated_area@village:620525102201.year:2027"
AREA = "construction_area@pilot_area.before"


def png(width: int = 40, height: int = 20) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 40, height: int = 20) -> bytes:
    frame = struct.pack(">BBHBHHB", 0xFF, 0xC0, 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\xff\xda\x00\x02\x00\xff\xd9"


def grid(rows: int = 4, **changes: object) -> Grid:
    heads = [Entry(0, col, (Span(text),), "header") for col, text in enumerate(("序号", "地块", "面积"))]
    cells = [
        entry
        for row in range(1, rows)
        for entry in (
            Entry(row, 0, (Span(str(row)),), "center"),
            Entry(row, 1, (Span(f"TC-{row:03d}"),), "text"),
            Entry(row, 2, (Span(f"{row}.0000"),), "number"),
        )
    ]
    values = {"caption": "调出地块表", "widths": (1.0, 2.0, 2.0), "entries": (*heads, *cells), **changes}
    return Grid(**values)


def text(*words: str | Span) -> Paragraph:
    return Paragraph(tuple(Span(word) if isinstance(word, str) else word for word in words))


def fact(presentation: Presentation, address: str, form: str = "") -> Span:
    return Span(presentation.text(address, form), address, form)


def sealed() -> Sealed:
    book = rich_book()
    facts = SealedFacts(book, None, book.seal(), (), {}, ())
    return Sealed(facts, book, decide(book), book.seal())


def blocks(presentation: Presentation) -> list[Block]:
    note = (Span("核定前不得挂钩，涉及 "), fact(presentation, AREA, "mu"), Span(" 亩。"))
    return [
        Heading(1, "摘要"),
        text("试点区域建设用地", fact(presentation, AREA), "公顷，", fact(presentation, AREA, "ha_mu"), "。"),
        Heading(1, "一、基本情况"),
        Heading(2, "（一）试点背景"),
        text(
            "占用耕地",
            fact(presentation, LONG),
            "公顷",
            Span("", note=note),
            "，见",
            Span("", refers="out"),
            "。",
        ),
        Heading(3, "1.自然条件"),
        Paragraph((Span("“三区三线”——划定……", bold=True), Span("斜体italic", italic=True)), "quote"),
        Paragraph((Span("坚持规划引领。"),), "item", "1.", 0),
        Paragraph((Span("坚持保护优先。"),), "item", "（1）", 1),
        grid(
            anchor="out",
            unit="单位：公顷",
            notes=((Span("注：数据为"), fact(presentation, AREA), Span("。")),),
        ),
        text("结构如", Span("", refers="fig"), "所示。"),
        Figure("土地利用结构图", png(), "fig", notes=((Span("资料来源：变更调查。"),),), share=0.5),
        Heading(2, "（二）试点概况"),
        grid(anchor="second", caption="第二张表"),
        Heading(1, "二、工作基础"),
        text("前文。"),
        grid(anchor="wide", caption="横表", landscape=True),
        Figure("横图", jpeg(400, 100), "wide-fig", landscape=True),
        text("后文。"),
        Heading(4, "①四级标题"),
        PageBreak(),
        text("另页。"),
    ]


def document(holder: Sealed) -> Document:
    assert holder.book is not None and holder.presentation is not None
    annex = annex_grids(all_sheets(holder.book, holder.presentation))
    return Document(
        "某镇全域土地综合整治项目实施方案",
        "（报审稿）",
        (("编制单位", "某规划院"), ("编制日期", "2026年3月")),
        holder.seal,
        (*blocks(holder.presentation), Heading(1, "附表"), *annex),
        author="某规划院",
    )
