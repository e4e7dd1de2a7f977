"""脚注。Footnotes as Word's own, at the foot of the page that calls them."""

from __future__ import annotations

from dataclasses import replace

from fangtian.deliver.document.word.markup import HEAD, NAMESPACES
from fangtian.deliver.document.word.runs import Setter

__all__ = ["footnotes_part"]

_RULE = (
    '<w:p><w:pPr><w:pStyle w:val="FootnoteText"/><w:spacing w:line="80" w:lineRule="exact"/></w:pPr>'
    "<w:r><w:{0}/></w:r></w:p>"
)
_NUMBER = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'


def footnotes_part(setter: Setter) -> str:
    """脚注部件。The separators that Word wants, then every note."""
    parts = [
        f'<w:footnote w:type="separator" w:id="-1">{_RULE.format("separator")}</w:footnote>',
        '<w:footnote w:type="continuationSeparator" w:id="0">'
        f"{_RULE.format('continuationSeparator')}</w:footnote>",
    ]
    for number, spans in enumerate(setter.notes.notes, 1):
        plain = [replace(span, note=()) for span in spans]  # a footnote has no footnotes
        parts.append(
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>{_NUMBER}'
            f'<w:r><w:t xml:space="preserve"> </w:t></w:r>{setter.runs(plain)}</w:p></w:footnote>'
        )
    return f"{HEAD}<w:footnotes {NAMESPACES}>{''.join(parts)}</w:footnotes>"
