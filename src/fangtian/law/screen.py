"""负面清单筛查。What the judgements say of each item of the negative list, in words and without numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fangtian.law.verdict import Judgement, Verdict

__all__ = ["NEGATIVE_LIST", "Screened", "item_words", "items_of", "screen_of", "screen_words"]

NEGATIVE_LIST = "pilot-points-2020"
"""负面清单所在文件。The instrument whose articles are the items of the list."""

_INTRO = "对照《全域土地综合整治试点实施要点（试行）》负面清单逐项检查："
_END = "清单各项据公开资料整理，报批前须与原文核对；是否存在清单所列情形，由编制单位说明，由判定责任人认定。"
_FINE: Mapping[Verdict, str] = {
    Verdict.MET: "未发现该项情形",
    Verdict.NOT_APPLICABLE: "不涉及",
}


@dataclass(frozen=True)
class Screened:
    """筛查结果。One norm of the list: its item, what it looks at, the verdict, who decides."""

    article: str
    title: str
    verdict: Verdict
    role: str = ""


def screen_of(judgements: Iterable[Judgement]) -> tuple[Screened, ...]:
    """筛查负面清单。Of all judgements those of the list; none where it does not concern the plan at all."""
    own = [item for item in judgements if item.norm.instrument.id == NEGATIVE_LIST]
    if all(item.verdict is Verdict.NOT_APPLICABLE and not item.scope for item in own):
        return ()
    return tuple(Screened(item.norm.article, item.norm.title, item.verdict, item.role) for item in own)


def items_of(screened: Iterable[Screened]) -> Mapping[str, tuple[Screened, ...]]:
    """按项归并。Article -> what was looked at under it, in the order of the list."""
    found: dict[str, list[Screened]] = {}
    for entry in screened:
        found.setdefault(entry.article, []).append(entry)
    return {article: tuple(entries) for article, entries in found.items()}


def item_words(entries: Iterable[Screened]) -> str:
    """一项的结论。What is open with its verdict and who decides; nothing open: that nothing was found.

    >>> item_words([Screened("负面清单第9项", "擅自开发", Verdict.INSUFFICIENT, "省级主管部门")])
    '依据不足（擅自开发）'
    """
    entries = tuple(entries)
    open_ = [verdict for verdict in Verdict if verdict not in _FINE]
    told = [_told(verdict, entries) for verdict in open_ if any(e.verdict is verdict for e in entries)]
    if told:
        return "，".join(told)
    met = any(entry.verdict is Verdict.MET for entry in entries)
    return _FINE[Verdict.MET if met else Verdict.NOT_APPLICABLE]


def screen_words(screened: Iterable[Screened]) -> str:
    """筛查说明。One text over all items, for table 1 and the plan; "" where nothing was looked at."""
    items = items_of(screened)
    if not items:
        return ""
    lines = [
        f"{article.removeprefix('负面清单')}：{item_words(entries)}" for article, entries in items.items()
    ]
    return f"{_INTRO}{'；'.join(lines)}。{_END}"


def _told(verdict: Verdict, entries: Iterable[Screened]) -> str:
    mine = [entry for entry in entries if entry.verdict is verdict]
    named = "、".join(dict.fromkeys(entry.title for entry in mine))
    roles = "、".join(dict.fromkeys(entry.role for entry in mine if entry.role))
    decided = verdict in (Verdict.HUMAN_DECISION, Verdict.REASONS_REQUIRED) and roles
    return f"{verdict}（{named}；由{roles}判定）" if decided else f"{verdict}（{named}）"
