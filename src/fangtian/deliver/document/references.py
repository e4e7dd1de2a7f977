"""图表引用。References of a whole document against the tables and figures that are really in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.document.blocks import Block, Figure, Grid, Paragraph, Span

__all__ = ["Placed", "settled"]

ELSEWHERE = "有关图表"
"""代称。What a draft says of a table that the planner's own words have replaced."""
_NAMED = 6


@dataclass(frozen=True)
class Placed:
    """已就位的构件。A block with its file and line; ``ours`` where it is not the planner's own."""

    block: Block
    file: str
    line: int
    ours: bool

    @property
    def place(self) -> Place:
        """位置。Where the planner finds it."""
        return Place(file=self.file, field=f"第{self.line}行" if self.line else "")


def settled(placed: Sequence[Placed]) -> tuple[tuple[Block, ...], list[Finding]]:
    """落实引用。The blocks with every anchor once and every reference met; what cannot be met is found.

    A map or chart shown twice keeps its anchor at the first place. A planner's anchor that stands twice, or
    a reference of his that nothing meets, is an error; a draft's reference to what is not there is worded.
    """
    once, findings = _once(placed)
    anchors = {block.anchor for block in (item.block for item in once) if isinstance(block, Grid | Figure)}
    anchors.discard("")
    blocks = []
    for item in once:
        missing = [anchor for anchor in _refers(item.block) if anchor not in anchors]
        if missing and item.ours:
            blocks.append(_worded(item.block, frozenset(missing)))
            continue
        blocks.append(item.block)
        findings += [
            finding("NAR-reference-unknown", item.place, anchor=name, known=_near(name, anchors))
            for name in dict.fromkeys(missing)
        ]
    return tuple(blocks), findings


def _once(placed: Sequence[Placed]) -> tuple[list[Placed], list[Finding]]:
    seen: set[str] = set()
    kept: list[Placed] = []
    findings: list[Finding] = []
    for item in placed:
        block = item.block
        if isinstance(block, Grid | Figure) and block.anchor:
            if block.anchor in seen:
                if not item.ours and not block.anchor.startswith(("map:", "chart:")):
                    findings.append(finding("NAR-anchor-twice", item.place, anchor=block.anchor))
                item = replace(item, block=replace(block, anchor=""))
            seen.add(block.anchor)
        kept.append(item)
    return kept, findings


def _near(name: str, anchors: set[str]) -> str:
    near = get_close_matches(name, sorted(anchors), _NAMED, 0.3)
    return "、".join([*near, *sorted(anchors - set(near))][:_NAMED]) or "无"


def _spans(block: Block) -> Iterator[Span]:
    for spans in _span_groups(block):
        for span in spans:
            yield span
            yield from span.note


def _span_groups(block: Block) -> Iterator[tuple[Span, ...]]:
    if isinstance(block, Paragraph):
        yield block.spans
    elif isinstance(block, Grid):
        yield from (entry.spans for entry in block.entries)
        yield from block.notes
    elif isinstance(block, Figure):
        yield from block.notes


def _refers(block: Block) -> list[str]:
    return [span.refers for span in _spans(block) if span.refers]


def _worded(block: Block, missing: frozenset[str]) -> Block:
    def said(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(
            replace(span, text=ELSEWHERE, refers="")
            if span.refers in missing
            else replace(span, note=said(span.note))
            for span in spans
        )

    if isinstance(block, Paragraph):
        return replace(block, spans=said(block.spans))
    if isinstance(block, Grid):
        entries = tuple(replace(entry, spans=said(entry.spans)) for entry in block.entries)
        return replace(block, entries=entries, notes=tuple(said(note) for note in block.notes))
    if isinstance(block, Figure):
        return replace(block, notes=tuple(said(note) for note in block.notes))
    return block
