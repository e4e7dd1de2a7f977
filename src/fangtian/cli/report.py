"""评估结果。What demo and build say when they are done: verdicts, findings, files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from fangtian.assess import Dossier
from fangtian.cli.console import Output
from fangtian.deliver.attention import ATTENTION, ORDER
from fangtian.deliver.opinion import Opinion, opinions_of
from fangtian.deliver.package import Built
from fangtian.deliver.present import decide
from fangtian.law.verdict import Verdict

__all__ = ["opinion_record", "report", "short_sentence", "tell_verdicts"]

VERDICT_STYLE = {
    Verdict.NOT_MET: "bold red",
    Verdict.REASONS_REQUIRED: "yellow",
    Verdict.HUMAN_DECISION: "cyan",
    Verdict.INSUFFICIENT: "magenta",
    Verdict.MET: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
LONGEST = 60
"""短句最长字数。Beyond it a line would run over several rows of a terminal."""
RECORDED = (
    "norm",
    "instrument",
    "title",
    "article",
    "verdict",
    "scope",
    "sentence",
    "measured",
    "measured_shown",
    "limit",
    "margin",
    "margin_ha",
    "margin_m2",
    "missing",
    "role",
)
_ARTICLE = re.compile(r"[，；](?:无法判定|是否符合|不符合|符合)|；《")


def report(output: Output, command: str, dossier: Dossier, built: Built) -> None:
    """说明结果。What needs attention, inspection, stand-ins, files; the page has every judgement in full."""
    opinions = opinions_of(dossier.judgements, decide(dossier.book))
    tell_verdicts(output, dossier.receipt.on, opinions)
    output.findings(built.findings)
    output.inspected(built.findings)
    for text in dossier.standins:
        output.say(output.word("standin", text=text), "yellow")
    output.files(dossier.plan.build, built.paths)
    output.say(output.word("seal", seal=dossier.receipt.seal))
    report_page = next((path for path in built.paths if path.suffix == ".html"), None)
    if report_page:
        output.say(output.word("open_report", path=report_page))
    output.document(
        command,
        command == "demo" or not any(item.verdict is Verdict.NOT_MET for item in dossier.judgements),
        built.findings,
        seal=dossier.receipt.seal,
        judgements=[opinion_record(item) for item in opinions],
        files=[str(path) for path in built.paths],
    )


def tell_verdicts(output: Output, on: date, opinions: Sequence[Opinion]) -> None:
    """说明判定。What needs attention, a line each, what blocks first; the rest counted by instrument."""
    counts = Counter(item.verdict for item in opinions)
    listed = " · ".join(f"{verdict} {counts[verdict]}" for verdict in ORDER if counts[verdict])
    output.say(output.word("verdicts", on=on))
    output.say(output.word("summary", total=len(opinions), counts=listed))
    for verdict in ATTENTION:
        mine = [item for item in opinions if item.verdict == verdict]
        if mine:
            output.say(f"{verdict} {len(mine)}", VERDICT_STYLE[verdict])
        for item in mine:
            output.say(f"  {item.article} {item.title}{_place(item, mine)}：{short_sentence(item)}")
    settled = [(item.instrument, item.verdict) for item in opinions if item.verdict not in ATTENTION]
    for title, told in _by_instrument(settled).items():
        output.say(output.word("settled", title=title, counts=told), "dim")


def short_sentence(item: Opinion) -> str:
    """短句。What was found, without the article that the line begins with, cut to a line's length.

    Of a number that decided: the number, its limit and the margin.
    """
    if item.measured_shown and item.limit:
        return f"{item.measured_shown}，限值{item.limit}" + (
            f"，余量{item.margin_shown}" if item.margin_shown else ""
        )
    words = _ARTICLE.split(item.sentence, maxsplit=1)[0]
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _place(item: Opinion, others: Sequence[Opinion]) -> str:
    """The scope, where the same norm stands twice."""
    twice = sum(other.norm == item.norm for other in others) > 1
    return f"（{item.scope_title}）" if twice else ""


def _by_instrument(settled: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, Counter[str]] = {}
    for title, verdict in settled:
        found.setdefault(title, Counter())[verdict] += 1
    return {
        title: " · ".join(f"{verdict} {counts[verdict]}" for verdict in ORDER if counts[verdict])
        for title, counts in found.items()
    }


def opinion_record(item: Opinion) -> dict[str, Any]:
    """判定记录。A judgement as JSON."""
    record = {name: getattr(item, name) for name in RECORDED}
    return {**record, "evidence": len(item.plots)}
