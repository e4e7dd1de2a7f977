"""评估结果。What demo and build say when they are done: verdicts, findings, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from fangtian.assess import Dossier
from fangtian.cli.console import Output
from fangtian.deliver.opinion import FactUsed, Opinion, opinions_of
from fangtian.deliver.package import Built
from fangtian.deliver.present import decide
from fangtian.deliver.wording import phase_name
from fangtian.law.verdict import Verdict

__all__ = ["opinion_record", "report", "tell_verdicts"]

VERDICT_STYLE = {
    Verdict.NOT_MET: "bold red",
    Verdict.REASONS_REQUIRED: "yellow",
    Verdict.HUMAN_DECISION: "cyan",
    Verdict.INSUFFICIENT: "magenta",
    Verdict.MET: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
QUIET = (Verdict.MET, Verdict.NOT_APPLICABLE)


def report(output: Output, command: str, dossier: Dossier, built: Built) -> None:
    """说明结果。Verdict table, what needs attention in full sentences, inspection, stand-ins, files."""
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
    """说明判定。A table of all, in the order of what needs attention, and those in full sentences."""
    order = [str(verdict) for verdict in VERDICT_STYLE]
    ranked = sorted(opinions, key=lambda opinion: order.index(opinion.verdict))
    rows = []
    for item in ranked:
        style = VERDICT_STYLE[Verdict(item.verdict)]
        facts = "\n".join(_fact_line(fact, item) for fact in item.facts)
        rows.append((f"[{style}]{item.verdict}[/{style}]", item.article, item.title, item.scope_title, facts))
    header = [output.word(name) for name in ("verdict", "article", "requirement", "scope", "facts")]
    output.table(output.word("verdicts", on=on), header, rows, **{header[0]: {"no_wrap": True}})
    counts = Counter(item.verdict for item in opinions)
    listed = " · ".join(f"{verdict} {counts[verdict]}" for verdict in order if counts[verdict])
    output.say(output.word("summary", total=len(opinions), counts=listed))
    for item in ranked:
        if Verdict(item.verdict) not in QUIET:
            output.say(f"{item.verdict}　{item.sentence}", VERDICT_STYLE[Verdict(item.verdict)])


def _fact_line(fact: FactUsed, item: Opinion) -> str:
    """The phase is said where before and after stand side by side, and only there."""
    paired = sum(other.term == fact.term for other in item.facts) > 1
    phase = phase_name(fact.address.rpartition(".")[2]) if paired else ""
    return f"{phase}{fact.term} {fact.shown}{fact.unit}"


def opinion_record(item: Opinion) -> dict[str, Any]:
    """判定记录。A judgement as JSON."""
    names = ("norm", "title", "article", "verdict", "scope", "sentence", "measured", "limit", "missing")
    return {name: getattr(item, name) for name in names}
