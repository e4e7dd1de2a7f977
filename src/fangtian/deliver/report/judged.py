"""报告中的评判。What needs attention first, what is settled by instrument, the negative list item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from fangtian.deliver.attention import ATTENTION, NOTED, noted, rank
from fangtian.deliver.opinion import Opinion
from fangtian.law.screen import NEGATIVE_LIST, Screened, item_words
from fangtian.law.verdict import Verdict

__all__ = [
    "AttentionPart",
    "ListedItem",
    "MatrixRow",
    "Reading",
    "ReadingPart",
    "Settled",
    "SettledPart",
    "anchor_of",
    "attention_parts",
    "judged_mark",
    "map_numbers",
    "matrix",
    "negative_list",
    "reading_numbers",
    "reading_parts",
    "settled_parts",
    "verdict_counts",
]

Reading = tuple[str, str, str]
_REASON = "不适用："


@dataclass(frozen=True)
class AttentionPart:
    """须关注的一类。A verdict, what it asks for, and its opinions."""

    verdict: str
    asks: str
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True)
class MatrixRow:
    """汇总行。One instrument: how many of each verdict; ``key`` is its id, "" for all."""

    title: str
    key: str
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """合计。All judgements of the row."""
        return sum(number for _, number in self.counts)


@dataclass(frozen=True)
class Settled:
    """不适用的一组。Opinions for which the same ``reason`` holds; the reason still has its fact slots."""

    reason: str
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True)
class SettledPart:
    """一份文件中已明确的评判。What is kept, and what does not concern the plan, by reason."""

    title: str
    met: tuple[Opinion, ...]
    outside: tuple[Settled, ...]

    @property
    def outside_count(self) -> int:
        """不适用条数。Over all reasons."""
        return sum(len(group.opinions) for group in self.outside)


@dataclass(frozen=True)
class ReadingPart:
    """一份文件的解释。Every reading of its words that a judgement rests on, once each."""

    title: str
    key: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class ListedItem:
    """负面清单一项。The words known of it, the worst verdict, the conclusion, what was looked at."""

    article: str
    quotes: tuple[str, ...]
    verdict: str
    words: str
    opinions: tuple[Opinion, ...]


_ASKS: Mapping[str, str] = {
    Verdict.NOT_MET: "违反必须遵守的条款，须修改方案后重新检查。",
    Verdict.REASONS_REQUIRED: "超出“原则上”的限度，须在 plan.toml 的 [reasons] 中说明理由，由审批机关认定。",
    Verdict.HUMAN_DECISION: "条文留有裁量余地，由所列责任人判定；下列量测结果供其参考。",
    Verdict.INSUFFICIENT: "缺少数据、材料或者说明，补充后重新检查；缺少不等于没有。",
}


def verdict_counts(opinions: Iterable[Opinion]) -> list[tuple[str, int]]:
    """结论计数。All six verdicts, also those that nobody got."""
    verdicts = [opinion.verdict for opinion in opinions]
    return [(str(verdict), verdicts.count(str(verdict))) for verdict in Verdict]


def matrix(opinions: Sequence[Opinion]) -> list[MatrixRow]:
    """汇总表。Instruments in the order of the judgements, those that do not apply last, then all together."""
    rows = [
        MatrixRow(title, found[0].norm.partition("/")[0], tuple(verdict_counts(found)))
        for title, found in _by_instrument(opinions)
    ]
    rows.sort(key=lambda row: dict(row.counts)[Verdict.NOT_APPLICABLE] == row.total)
    return [*rows, MatrixRow("合计", "", tuple(verdict_counts(opinions)))] if rows else []


def attention_parts(opinions: Sequence[Opinion]) -> list[AttentionPart]:
    """须关注的评判。By verdict, what blocks first."""
    found = [(str(verdict), [item for item in opinions if item.verdict == verdict]) for verdict in ATTENTION]
    return [AttentionPart(verdict, _ASKS[verdict], tuple(mine)) for verdict, mine in found if mine]


def settled_parts(opinions: Sequence[Opinion]) -> list[SettledPart]:
    """已明确的评判。符合 and 不适用 by instrument; instruments that do not apply at all come last."""
    parts = [_settled(title, found) for title, found in _by_instrument(opinions)]
    return sorted((part for part in parts if part.met or part.outside), key=lambda part: not part.met)


def reading_parts(opinions: Sequence[Opinion]) -> list[ReadingPart]:
    """条文解释。Of the instruments that concern the plan."""
    parts = []
    for title, found in _by_instrument(opinions):
        concerned = [item for item in found if item.verdict != Verdict.NOT_APPLICABLE]
        readings = tuple(dict.fromkeys(reading for item in concerned for reading in item.interpretation))
        if readings:
            parts.append(ReadingPart(title, found[0].norm.partition("/")[0], readings))
    return parts


def reading_numbers(parts: Sequence[ReadingPart], opinion: Opinion) -> list[int]:
    """解释序号。Which readings of its instrument an opinion rests on, from 1."""
    key = opinion.norm.partition("/")[0]
    held = [reading for part in parts if part.key == key for reading in part.readings]
    return sorted(held.index(reading) + 1 for reading in opinion.interpretation if reading in held)


def negative_list(opinions: Sequence[Opinion]) -> list[ListedItem]:
    """负面清单。Item by item; nothing where the list does not concern the plan."""
    mine = [item for item in opinions if item.norm.partition("/")[0] == NEGATIVE_LIST and item.scope]
    return [_listed(article, tuple(found)) for article, found in groupby(mine, key=lambda item: item.article)]


def map_numbers(opinions: Sequence[Opinion]) -> Mapping[str, int]:
    """图上编号。Anchor of an opinion -> its number on the map of findings."""
    every = noted([(item.verdict, bool(item.plots)) for item in opinions])[:NOTED]
    return {anchor_of(opinions[row]): number for number, row in enumerate(every, 1)}


def anchor_of(opinion: Opinion) -> str:
    """锚点。Where the report tells of an opinion, and under what ``verify`` finds its record."""
    return f"{opinion.norm}@{opinion.scope}"


def judged_mark(opinion: Opinion, part: str) -> Markup:
    """带标记的评判内容。A part of a judgement that is no fact, marked so that it can be read back.

    ``part`` is its place in the record of findings.json (``margin_shown``, ``evidence.0.area``).
    """
    text: object = opinion
    for step in part.replace("evidence", "plots", 1).split("."):
        text = text[int(step)] if isinstance(text, tuple) else getattr(text, step)
    mark = Markup('<span data-judged="{}" data-part="{}">{}</span>')
    return mark.format(anchor_of(opinion), part, str(text))


def _by_instrument(opinions: Sequence[Opinion]) -> list[tuple[str, list[Opinion]]]:
    found: dict[str, list[Opinion]] = {}
    for opinion in opinions:
        found.setdefault(opinion.instrument, []).append(opinion)
    return [*found.items()]


def _settled(title: str, opinions: Sequence[Opinion]) -> SettledPart:
    met = tuple(item for item in opinions if item.verdict == Verdict.MET)
    outside: dict[str, list[Opinion]] = {}
    for item in opinions:
        if item.verdict == Verdict.NOT_APPLICABLE:
            outside.setdefault(item.template.rpartition(_REASON)[2], []).append(item)
    return SettledPart(title, met, tuple(Settled(reason, tuple(mine)) for reason, mine in outside.items()))


def _listed(article: str, opinions: tuple[Opinion, ...]) -> ListedItem:
    quotes = tuple(dict.fromkeys(item.quote for item in opinions))
    worst = min((item.verdict for item in opinions), key=rank)
    found = (Screened(article, item.title, Verdict(item.verdict), item.role) for item in opinions)
    return ListedItem(article, quotes, worst, item_words(found), opinions)
