"""关注次序。Which judgements come first wherever they are listed, and which stand on the map of findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fangtian.law.verdict import Verdict

__all__ = ["ATTENTION", "MAP_TITLE", "NOTED", "ORDER", "VERDICT_COLOURS", "noted", "rank"]

ORDER = (
    Verdict.NOT_MET,
    Verdict.REASONS_REQUIRED,
    Verdict.HUMAN_DECISION,
    Verdict.INSUFFICIENT,
    Verdict.MET,
    Verdict.NOT_APPLICABLE,
)
"""关注次序。What blocks, what must be explained, decided, completed; then what is in order."""

ATTENTION = ORDER[:4]
"""须关注的结论。Somebody has to do something about them."""

VERDICT_COLOURS: Mapping[Verdict, tuple[int, int, int]] = {
    Verdict.MET: (27, 122, 75),
    Verdict.NOT_MET: (179, 38, 30),
    Verdict.REASONS_REQUIRED: (176, 98, 0),
    Verdict.HUMAN_DECISION: (31, 95, 168),
    Verdict.INSUFFICIENT: (107, 79, 160),
    Verdict.NOT_APPLICABLE: (107, 114, 128),
}
"""结论颜色。The same in the report, on the map and in QGIS."""

MAP_TITLE = "检查结论图"
NOTED = 12
"""图上编号的最大数。What a legend can hold; the report lists the others."""


def rank(verdict: str) -> int:
    """次序。Where a verdict stands in :data:`ORDER`."""
    return ORDER.index(Verdict(verdict))


def noted(judged: Sequence[tuple[str, bool]]) -> list[int]:
    """图上的评判。Of (verdict, whether it has evidence) the places of those to be drawn, the worst first.

    The first :data:`NOTED` get numbers, in this order.

    >>> noted([("需人工判定", True), ("符合", True), ("不符合", True), ("依据不足", False)])
    [2, 0]
    """
    drawn = [number for number, (verdict, has) in enumerate(judged) if has and verdict in ATTENTION]
    return sorted(drawn, key=lambda number: rank(judged[number][0]))
