"""域。Word's fields with their results already filled in, so that nothing asks to be updated on opening."""

from __future__ import annotations

from fangtian.deliver.document.word.markup import attribute, text_elements

__all__ = ["complex_field", "field_begin", "field_end"]

_BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
_SEPARATE = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def complex_field(code: str, result: str, properties: str = "") -> str:
    """域。A field with its result; ``properties`` are those of the result's run.

    >>> complex_field("PAGE", "1").count("w:fldChar ")
    3
    """
    looks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    begin = field_begin(code)
    shown = f"<w:r>{looks}{text_elements(result)}</w:r>" if result else ""
    return f"{begin}{shown}{_END}"


def field_begin(code: str) -> str:
    """域首。Begin, code and separator of a field whose result spans paragraphs."""
    escaped = attribute(code).replace("&quot;", '"')
    return f'{_BEGIN}<w:r><w:instrText xml:space="preserve"> {escaped} </w:instrText></w:r>{_SEPARATE}'


def field_end() -> str:
    """域尾。"""
    return _END
