"""写 Word。A document of blocks becomes a docx: cover, contents, body with sections, footnotes, pictures."""

from __future__ import annotations

from pathlib import Path

from fangtian.deliver.document.blocks import Document
from fangtian.deliver.document.word.body import Body
from fangtian.deliver.document.word.contents import contents_xml
from fangtian.deliver.document.word.cover import cover_xml
from fangtian.deliver.document.word.flow import flowed
from fangtian.deliver.document.word.markup import HEAD, NAMESPACES
from fangtian.deliver.document.word.measures import PORTRAIT
from fangtian.deliver.document.word.notes import footnotes_part
from fangtian.deliver.document.word.package import (
    font_part,
    property_parts,
    relations_part,
    settings_part,
    write_package,
)
from fangtian.deliver.document.word.sections import FOOTERS, footer_part, section
from fangtian.deliver.document.word.styles import styles_part

__all__ = ["write_word"]


def write_word(path: Path, document: Document) -> None:
    """写 Word 文件。One docx with cover, contents, text, tables and pictures, byte for byte the same for the
    same document.

    Raises DeliverError for a reference without target and for a picture that is not a whole PNG or JPEG.
    """
    body = Body.of(document.blocks)
    pages = flowed(body.pieces, PORTRAIT.height).pages
    front = ""
    if document.contents:
        roman = section(PORTRAIT, "upperRoman", start=True, kind="oddPage")
        front = contents_xml(body.listed, pages, roman)
    cover = cover_xml(document, section(PORTRAIT))
    notes = footnotes_part(body.setter) if body.setter.notes.notes else ""
    opened = f"{HEAD}<w:document {NAMESPACES}><w:body>"
    text = "".join((opened, cover, front, *body.parts, "</w:body></w:document>"))
    parts = {
        "word/document.xml": text,
        "word/_rels/document.xml.rels": relations_part(_relations(body, bool(notes))),
        "word/styles.xml": styles_part(),
        "word/settings.xml": settings_part(bool(notes)),
        "word/fontTable.xml": font_part(),
        **({"word/footnotes.xml": notes} if notes else {}),
        **{f"word/{name}.xml": footer_part(name, document.seal) for name in FOOTERS},
        **property_parts(document.title, document.author, document.seal),
    }
    media = {f"word/{name}": content for name, content in body.album.media.items()}
    write_package(path, {name: content.encode("utf-8") for name, content in parts.items()} | media)


def _relations(body: Body, notes: bool) -> list[tuple[str, str, str]]:
    relations = [("rId1", "styles", "styles.xml"), ("rId2", "settings", "settings.xml")]
    relations.append(("rId3", "fontTable", "fontTable.xml"))
    if notes:
        relations.append(("rId4", "footnotes", "footnotes.xml"))
    relations += [(f"rId{name}", "footer", f"{name}.xml") for name in FOOTERS]
    return relations + [
        (relation, "image", target)
        for relation, target in zip(body.album.relations.values(), body.album.media, strict=True)
    ]
