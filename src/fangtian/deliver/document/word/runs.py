"""文段排印。Spans become runs: facts as content controls, references as fields, footnotes, mixed scripts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from fangtian.deliver.document.blocks import Span
from fangtian.deliver.document.word.fields import complex_field
from fangtian.deliver.document.word.labels import Label, Labels
from fangtian.deliver.document.word.lines import JOINT, NO_BREAK, NOTE_SIGN, unbroken
from fangtian.deliver.document.word.markup import attribute, clean, text_elements
from fangtian.deliver.document.word.styles import KAI
from fangtian.deliver.wording import fact_name
from fangtian.errors import DeliverError

__all__ = ["NoteStack", "Setter", "fact_tag", "joined", "run", "run_again", "shown_text"]

MOST_TAG = 64
"""标签上限。Word refuses tags and aliases that are longer."""

_HINT = '<w:rFonts w:hint="eastAsia"/>'
# Marks that Latin and Chinese share; without the hint Word sets them in the Latin font, narrow.
_SHARED = re.compile(
    "[\u00b0\u00b1\u00b7\u00d7\u00f7\u2014\u2018\u2019\u201c\u201d\u2026\u2030\u2032\u2033\u2103\u2116"
    "\u2160-\u216b\u2190-\u2193\u2200-\u22ff\u2460-\u249b\u25a0-\u25cf\u2605\u2606]"
)
_INTO_LATIN = re.compile(f"(?<=[^\x20-\x7e{NO_BREAK}])(?=[\x20-\x7e])")
_LATIN = re.compile(f"[\x20-\x7e{NO_BREAK}]+|[^\x20-\x7e{NO_BREAK}]+")


@dataclass
class NoteStack:
    """脚注集。Footnotes in the order in which the text calls them."""

    notes: list[tuple[Span, ...]] = field(default_factory=list)

    def add(self, spans: tuple[Span, ...]) -> int:
        """添加脚注。Its number."""
        self.notes.append(spans)
        return len(self.notes)


@dataclass
class Setter:
    """排字。Turns spans into runs; counts what must be unique in a file (controls, bookmarks, pictures)."""

    labels: Labels
    notes: NoteStack = field(default_factory=NoteStack)
    controls: int = 0
    marks: int = 0

    def mark(self) -> int:
        """书签序号。"""
        self.marks += 1
        return self.marks

    def runs(self, spans: Iterable[Span], *, bold: bool = False, control: bool = True) -> str:
        """排文段。``bold`` sets everything bold; ``control`` False prints facts without content control.

        No line ends after the hyphen of a code; one that stands alone keeps its own hyphen, so that it can be
        searched for and copied.

        Raises DeliverError for a reference to a table or figure that the document does not have.
        """
        return "".join(self._span(span, bold, control) for span in joined(tuple(spans)))

    def _span(self, span: Span, bold: bool, control: bool) -> str:
        heavy = bold or span.bold
        if span.refers:
            label = self._label_of(span)
            words = complex_field(f"REF {label.bookmark} \\h", unbroken(label.text))
        else:
            words = run(span.text, bold=heavy, italic=span.italic)
        if span.fact and control and words:
            self.controls += 1
            words = _control(span, self.controls, words)
        if span.note:
            words += (
                '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
                f'<w:footnoteReference w:id="{self.notes.add(span.note)}"/></w:r>'
            )
        return words

    def _label_of(self, span: Span) -> Label:
        try:
            return self.labels.of_anchor[span.refers]
        except KeyError:
            raise DeliverError(f"文中引用了“{span.refers}”，但没有以此为标记的图或表。") from None


def run(text: str, *, bold: bool = False, italic: bool = False) -> str:
    """文段。One or more runs of plain words.

    Slanted Chinese is not legible, so that emphasis sets Chinese in 楷体 and slants Latin letters only.
    """
    text = clean(text)
    if not text:
        return ""
    if italic:
        return "".join(_italic(part, bold) for part in _LATIN.findall(text))
    looks = _HINT if _SHARED.search(text) else ""
    return _run(text, looks + ("<w:b/><w:bCs/>" if bold else ""))


def run_again(text: str, *, bold: bool = False) -> str:
    """跨页重复。Words of a merged cell once more at the head of the next page; readers pass over them."""
    text = clean(text)
    looks = (_HINT if _SHARED.search(text) else "") + ("<w:b/><w:bCs/>" if bold else "")
    return _run(text, f'<w:rStyle w:val="Again"/>{looks}')


def _italic(text: str, bold: bool) -> str:
    heavy = "<w:b/><w:bCs/>" if bold else ""
    if text.replace(NO_BREAK, "").isascii():
        return _run(text, f"{heavy}<w:i/><w:iCs/>")
    hint = ' w:hint="eastAsia"' if _SHARED.search(text) else ""
    return _run(text, f'<w:rFonts{hint} w:eastAsia="{KAI}"/>{heavy}')


def _run(text: str, properties: str) -> str:
    looks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:r>{looks}{text_elements(text)}</w:r>"


def fact_tag(address: str, form: str = "") -> str:
    """事实标签。What the content control of a fact is tagged with; a digest where Word would refuse it.

    >>> fact_tag("cultivated_area@pilot_area.before", "ha_mu")
    'cultivated_area@pilot_area.before|ha_mu'
    >>> fact_tag("x" * 70)
    '#c71bd109227e2343'
    """
    tag = f"{address}|{form}" if form else address
    if len(tag.encode("utf-16-le")) <= 2 * MOST_TAG:
        return tag
    return "#" + hashlib.sha256(tag.encode("utf-8")).hexdigest()[:16]


def _control(span: Span, number: int, runs: str) -> str:
    """The number cannot be typed over, but its sentence can be moved or deleted as a whole."""
    alias = attribute(fact_name(span.fact), MOST_TAG)
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{alias}"/>'
        f'<w:tag w:val="{attribute(fact_tag(span.fact, span.form))}"/><w:id w:val="{number}"/>'
        '<w:lock w:val="contentLocked"/><w15:appearance w15:val="hidden"/></w:sdtPr>'
        f"<w:sdtContent>{runs}</w:sdtContent></w:sdt>"
    )


def joined(spans: Sequence[Span]) -> Sequence[Span]:
    """不断开。The spans with codes that no line breaks; a lone code stays as it is.

    >>> [span.text for span in joined((Span("XZ-002"),))]
    ['XZ-002']
    >>> joined((Span("地块XZ-002"),))[0].text == f"地块XZ{NO_BREAK}002"
    True
    """
    if len(spans) == 1 and spans[0].text.isascii() and " " not in spans[0].text:
        return spans
    return [replace(span, text=unbroken(span.text)) if "-" in span.text else span for span in spans]


def shown_text(spans: Sequence[Span], labels: Labels) -> str:
    """印出文字。What the spans print, references included, for telling how much room they take."""
    parts = []
    for span in joined(spans):
        label = labels.of_anchor.get(span.refers) if span.refers else None
        if label:  # no gap between scripts at a field's edges, nor within
            parts.append(JOINT + _INTO_LATIN.sub(JOINT, unbroken(label.text)) + JOINT)
        else:
            parts.append(f"{JOINT}{clean(span.text)}{JOINT}" if span.fact else clean(span.text))
        parts.append(f"1{NOTE_SIGN}" if span.note else "")
    return "".join(parts)
