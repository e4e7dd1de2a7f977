"""文件包。The parts of a docx in fixed order with fixed times: the same document gives the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from fangtian.catalog.typography import fonts
from fangtian.deliver.document.word.markup import HEAD, NAMESPACES, attribute
from fangtian.deliver.document.word.styles import BLACK, FANGSONG, KAI, LATIN, SONG, TITLE_SONG

__all__ = ["SEAL_PROPERTY", "font_part", "property_parts", "relations_part", "settings_part", "write_package"]

SEAL_PROPERTY = "事实封印"

_TIME = (1980, 1, 1, 0, 0, 0)
_DAY = "2000-01-01T00:00:00Z"  # a clock would change the bytes
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MODES = {  # as Word 2013 and later writes them: its present layout, no compatibility mode
    "compatibilityMode": 15,
    "overrideTableStyleFontSizeAndJustification": 1,
    "enableOpenTypeFeatures": 1,
    "doNotFlipMirrorIndents": 1,
    "differentiateMultirowTableHeaders": 1,
}
_TYPES = {
    "word/document.xml": f"{_WORD}.document.main+xml",
    "word/styles.xml": f"{_WORD}.styles+xml",
    "word/settings.xml": f"{_WORD}.settings+xml",
    "word/fontTable.xml": f"{_WORD}.fontTable+xml",
    "word/footnotes.xml": f"{_WORD}.footnotes+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
}
_NO_BEGIN = (
    "!%),.:;&gt;?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠"
)
_NO_END = "$([{£¥·‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥"


def write_package(path: Path, parts: Mapping[str, bytes]) -> None:
    """写文件包。``parts`` by name; content types and the package's own relations are added."""
    relations = [
        ("rId1", "officeDocument", "word/document.xml"),
        ("rId2", "metadata/core-properties", "docProps/core.xml"),
        ("rId3", "extended-properties", "docProps/app.xml"),
        ("rId4", "custom-properties", "docProps/custom.xml"),
    ]
    whole = {
        "[Content_Types].xml": _types_part(parts).encode("utf-8"),
        "_rels/.rels": relations_part(relations).encode("utf-8"),
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in whole.items():
            entry = zipfile.ZipInfo(name, _TIME)
            stored = name.startswith("word/media/")  # pictures are compressed already
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)


def relations_part(relations: list[tuple[str, str, str]]) -> str:
    """关系部件。Id, kind and target of each relation."""
    lines = "".join(
        f'<Relationship Id="{name}" Type="{_kind(kind)}" Target="{target}"/>'
        for name, kind, target in relations
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _kind(kind: str) -> str:
    base = _PACKAGE if kind.startswith("metadata/") else _OFFICE
    return f"{base}/relationships/{kind}"


def _types_part(parts: Mapping[str, bytes]) -> str:
    lines = [
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        '<Default Extension="png" ContentType="image/png"/>',
        '<Default Extension="jpeg" ContentType="image/jpeg"/>',
    ]
    for name in parts:
        kind = _TYPES.get(name) or (f"{_WORD}.footer+xml" if name.startswith("word/footer") else "")
        if kind:
            lines.append(f'<Override PartName="/{name}" ContentType="{kind}"/>')
    return f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">{"".join(lines)}</Types>'


def settings_part(notes: bool) -> str:
    """设置部件。Mirrored margins, footers by odd and even, no field updated on opening."""
    modes = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in _MODES.items()
    )
    separators = '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>' if notes else ""
    return (
        f'{HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:mirrorMargins/>'
        '<w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="640"/>'
        '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
        f"{separators}"
        f"<w:compat><w:spaceForUL/><w:ulTrailSpace/><w:doNotExpandShiftReturn/>{modes}</w:compat>"
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def font_part() -> str:
    """字体部件。Names under which another system may know the fonts, and what to fall back on."""
    families = {BLACK: "modern", FANGSONG: "modern", KAI: "modern", SONG: "auto", TITLE_SONG: "roman"}
    lines = [
        f'<w:font w:name="{name}"><w:altName w:val="{fonts()[name].english}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, family in families.items()
    ]
    lines.append(
        f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/>'
        '<w:pitch w:val="variable"/></w:font>'
    )
    return f"{HEAD}<w:fonts {NAMESPACES}>{''.join(lines)}</w:fonts>"


def property_parts(title: str, author: str, seal: str) -> dict[str, str]:
    """文档属性。Core, application and custom properties; the seal is a custom one."""
    core = (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{attribute(title)}</dc:title><dc:creator>{attribute(author)}</dc:creator>"
        f"<cp:lastModifiedBy>{attribute(author)}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{_DAY}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_DAY}</dcterms:modified></cp:coreProperties>'
    )
    app = (
        f'{HEAD}<Properties xmlns="{_OFFICE}/extended-properties"><Application>fangtian</Application>'
        "</Properties>"
    )
    custom = (
        f'{HEAD}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" '
        f'name="{SEAL_PROPERTY}"><vt:lpwstr>{attribute(seal)}</vt:lpwstr></property></Properties>'
    )
    return {"docProps/core.xml": core, "docProps/app.xml": app, "docProps/custom.xml": custom}
