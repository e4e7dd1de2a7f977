"""PDF 文字。Reads what is written on the pages of a finished PDF, and digests of it and of the drawing."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DecodedStreamObject, NameObject

__all__ = ["pdf_parts", "pdf_words"]

_WORDS = re.compile(rb"(?:q\n[^\n]* cm\n)?BT\n.*?ET\n(?:Q\n)?", re.DOTALL)
_LENGTH = 12


def pdf_words(path: Path) -> list[list[str]]:
    """PDF 文字。What is written on each page, piece by piece in the order of drawing.

    Raises ValueError for a file that is no readable PDF.
    """
    return [_pieces(page) for page in _pages(path)]


def pdf_parts(path: Path) -> dict[str, str]:
    """PDF 部分校验码。Digests of every line of text and, page by page, of the drawing around it."""
    parts: dict[str, str] = {}
    for number, page in enumerate(_pages(path), 1):
        drawing = _short(_WORDS.sub(b"", _content(page)))
        for line, text in enumerate(_pieces(page), 1):
            parts[f"第{number}页第{line}行"] = _short(text.encode())
        parts[f"第{number}页图形"] = drawing
    return parts


def _pages(path: Path) -> list[PageObject]:
    try:
        return list(PdfReader(path).pages)
    except (PyPdfError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _content(page: PageObject) -> bytes:
    content = page.get_contents()
    return b"" if content is None else content.get_data()


def _pieces(page: PageObject) -> list[str]:
    """Texts of a page; pypdf need not look at the drawing, which is most of a map."""
    blocks = _WORDS.findall(content := _content(page))
    if len(blocks) == content.count(b"\nBT\n"):
        slim = DecodedStreamObject()
        slim.set_data(b"".join(blocks))
        page[NameObject("/Contents")] = slim
    found: list[str] = []

    def visit(text: str, *_: object) -> None:
        found.extend(piece.strip() for piece in text.split("\n") if piece.strip())

    page.extract_text(visitor_text=visit)
    return found


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_LENGTH]
