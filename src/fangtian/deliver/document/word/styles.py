"""样式。Every style of the file, as data: fonts by name, sizes by their Chinese names, exact line heights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fangtian.deliver.document.word.markup import HEAD, NAMESPACES
from fangtian.deliver.document.word.measures import (
    CAPTION,
    CELL,
    CHAR_PITCH,
    NOTE,
    PITCH,
    PORTRAIT,
    SQUEEZE,
    TABLE_SIZES,
    UNIT,
    cell_line,
    half_points,
)

__all__ = ["BLACK", "FANGSONG", "KAI", "LATIN", "SONG", "TITLE_SONG", "fonts_element", "styles_part"]

FANGSONG, BLACK, KAI, SONG, TITLE_SONG = "仿宋", "黑体", "楷体", "宋体", "方正小标宋简体"
LATIN = "Times New Roman"
TWO = round(2 * CHAR_PITCH)
"""左空二字。"""


@dataclass(frozen=True)
class _Style:
    """One paragraph style; ``indent`` is (left, first line or hanging as negative, right)."""

    id: str
    name: str
    based: str = "Normal"
    font: str = ""
    size: str = ""
    bold: bool = False
    line: int = 0
    align: str = ""
    indent: tuple[int, int, int] | None = None
    keep: bool = False
    spaced: bool = False
    outline: int | None = None
    tabs: str = ""
    following: str = ""
    latin: str = ""
    color: str = ""


_DOTS = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{PORTRAIT.width}"/></w:tabs>'
_STYLES = (
    _Style("Heading1", "heading 1", "Normal", BLACK, keep=True, outline=0, following="Normal", align="left"),
    _Style("Heading2", "heading 2", "Normal", KAI, keep=True, outline=1, following="Normal", align="left"),
    _Style("Heading3", "heading 3", bold=True, keep=True, outline=2, following="Normal", align="left"),
    _Style("Heading4", "heading 4", keep=True, outline=3, following="Normal", align="left"),
    _Style("Title", "Title", "Small", TITLE_SONG, "二号", line=720, align="center"),
    _Style("Subtitle", "Subtitle", "Small", KAI, "小二", line=600, align="center"),
    _Style("CoverLine", "封面", "Small", FANGSONG, "三号", line=640),
    _Style("CoverSeal", "封面封印", "Small", line=300, align="center"),
    _Style("ContentsTitle", "目录标题", "Small", BLACK, "三号", line=720, align="center", keep=True),
    _Style("TOC1", "toc 1", "Small", BLACK, size="四号", line=500, tabs=_DOTS),
    _Style("TOC2", "toc 2", "Small", FANGSONG, size="四号", line=500, tabs=_DOTS, indent=(280, 0, 0)),
    _Style("TOC3", "toc 3", "Small", FANGSONG, size="四号", line=500, tabs=_DOTS, indent=(560, 0, 0)),
    _Style(
        "TableofFigures", "table of figures", "Small", FANGSONG, "四号",
        line=500, tabs=_DOTS,
    ),
    _Style("ListItem", "列表项", indent=(TWO, 0, 0)),
    _Style("Quote", "Quote", font=KAI, indent=(TWO, TWO, TWO)),
    _Style("Small", "小字", font=SONG, size="五号", line=CELL, align="left", indent=(0, 0, 0), spaced=True),
    _Style("Caption", "caption", "Small", BLACK, "小四", line=CAPTION, align="center"),
    _Style("TableCaption", "表题", "Caption", keep=True),
    _Style("FigureCaption", "图题", "Caption"),
    _Style("TableUnit", "表单位", "Small", line=UNIT, align="right", keep=True),
    _Style("TableHead", "表头", "Small", bold=True, align="center"),
    _Style("TableText", "表文", "Small"),
    _Style("TableCenter", "表中", "Small", align="center"),
    _Style("TableNumber", "表数", "Small", align="right"),
    _Style("TableNote", "表注", "Small", size="小五", line=NOTE, align="both"),
    _Style("Figure", "图", "Small", size="", line=0, align="center", keep=True),
    _Style("Gap", "隔行", "Small"),
    _Style("FootnoteText", "footnote text", "Small", size="小五", line=NOTE, align="both"),
    _Style("Footer", "footer", "Small", SONG, "四号", line=360, latin=SONG),
    _Style("FooterSeal", "页脚封印", "Small", size="小六", line=280, align="center", color="7F7F7F"),
)  # fmt: skip


def fonts_element(font: str, latin: str = LATIN) -> str:
    """字体。Chinese in ``font``, digits and Latin letters in ``latin``, whatever the theme says."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{font}" w:cs="{LATIN}"/>'


def styles_part() -> str:
    """样式部件。The whole of styles.xml."""
    styles = "".join(_style(style) for style in (*_STYLES, *_smaller()))
    return f"{HEAD}<w:styles {NAMESPACES}>{_defaults()}{_normal()}{styles}{_others()}</w:styles>"


def _smaller() -> Iterator[_Style]:
    """Table styles in the smaller sizes, for tables of many columns."""
    for size in TABLE_SIZES[1:]:
        half = half_points(size)
        for style in _STYLES:
            if style.id in ("TableHead", "TableText", "TableCenter", "TableNumber"):
                name = f"{style.name}{size}"
                yield _Style(f"{style.id}{half}", name, style.id, size=size, line=cell_line(half))


def _defaults() -> str:
    size = half_points("三号")
    return (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts_element(FANGSONG)}"
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )


def _normal() -> str:
    """The body: two characters in, both edges even, no widow lines carried over, so 22 lines on a page.

    28 characters stand in a line because each gives up a quarter point. The document grid says the same, but
    no paragraph snaps to it: LibreOffice gives a character that is wider than its cell two cells.
    """
    size = half_points("三号")
    return (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{PITCH}" w:lineRule="exact"/>'
        f'<w:ind w:firstLineChars="200" w:firstLine="{TWO}"/>'
        '<w:jc w:val="both"/></w:pPr>'
        f'<w:rPr>{fonts_element(FANGSONG)}<w:snapToGrid w:val="0"/><w:spacing w:val="{SQUEEZE}"/>'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def _style(style: _Style) -> str:
    following = f'<w:next w:val="{style.following}"/>' if style.following else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="{style.based}"/>{following}<w:qFormat/>'
        f"<w:pPr>{_paragraph(style)}</w:pPr><w:rPr>{_run(style)}</w:rPr></w:style>"
    )


def _paragraph(style: _Style) -> str:
    parts = ["<w:keepNext/>" if style.keep else "", style.tabs]
    if style.line:
        parts.append(f'<w:spacing w:line="{style.line}" w:lineRule="exact"/>')
    if style.id == "Figure":
        parts.append('<w:spacing w:line="240" w:lineRule="auto"/>')
    if style.indent is not None:
        left, first, right = style.indent
        parts.append(
            f'<w:ind w:leftChars="0" w:left="{left}" w:rightChars="0" w:right="{right}" '
            f'w:firstLineChars="0" w:firstLine="{first}"/>'
        )
    parts.append(f'<w:jc w:val="{style.align}"/>' if style.align else "")
    parts.append("" if style.outline is None else f'<w:outlineLvl w:val="{style.outline}"/>')
    return "".join(parts)


def _run(style: _Style) -> str:
    parts = [fonts_element(style.font, style.latin or LATIN) if style.font or style.latin else ""]
    parts.append("<w:b/><w:bCs/>" if style.bold else "")
    parts.append(f'<w:color w:val="{style.color}"/>' if style.color else "")
    parts.append('<w:spacing w:val="0"/>' if style.spaced else "")
    size = 2 if style.id in ("Figure", "Gap") else half_points(style.size) if style.size else 0
    parts.append(f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else "")
    return "".join(parts)


def _others() -> str:
    """Character and table styles."""
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        '<w:style w:type="character" w:customStyle="1" w:styleId="Again"><w:name w:val="跨页重复"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>'
    )
