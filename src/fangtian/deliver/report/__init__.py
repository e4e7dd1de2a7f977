"""检查报告。One self-contained page: verdicts by article, maps, figures, findings; no scripts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, Environment, StrictUndefined

from fangtian.deliver.opinion import Opinion
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.deliver.report.content import (
    PLOTS_SHOWN,
    compared,
    fact_mark,
    finding_groups,
    headline_figures,
    sentence_mark,
)
from fangtian.deliver.report.judged import (
    anchor_of,
    attention_parts,
    judged_mark,
    map_numbers,
    matrix,
    negative_list,
    reading_numbers,
    reading_parts,
    settled_parts,
    verdict_counts,
)
from fangtian.deliver.report.locator import locator_of
from fangtian.deliver.report.overview import overview
from fangtian.deliver.wording import fact_name
from fangtian.law.verdict import Verdict

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["REPORT_FILE", "write_report"]

REPORT_FILE = "检查报告.html"


def write_report(
    path: Path, dossier: Dossier, opinions: Sequence[Opinion], presentation: Presentation, origin: Origin
) -> None:
    """写检查报告。HTML that prints on A4 and reads on a telephone; every number carries its fact."""
    environment = Environment(
        loader=DictLoader({name: _resource(name) for name in ("report.html", "report.css")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html").render(
        **_plan_part(dossier, presentation, origin),
        **_judged_part(dossier, opinions),
        plots_shown=PLOTS_SHOWN,
        fact=partial(fact_mark, presentation),
        known=presentation.__contains__,
        sentence=partial(sentence_mark, presentation),
        unit=lambda address: presentation[address].unit,
        fact_name=fact_name,
        verdict_number=lambda verdict: list(Verdict).index(Verdict(verdict)) + 1,
        anchor=anchor_of,
        judged=judged_mark,
    )
    path.write_bytes(f"{page.strip()}\n".encode())


def _plan_part(dossier: Dossier, presentation: Presentation, origin: Origin) -> dict[str, Any]:
    """What the page says of the plan and its data."""
    return {
        "origin": origin,
        "maps": overview(dossier),
        "compared": compared(presentation),
        "figures": headline_figures(presentation),
        "groups": finding_groups(dossier.findings),
    }


def _judged_part(dossier: Dossier, opinions: Sequence[Opinion]) -> dict[str, Any]:
    """What the page says of the judgements."""
    return {
        "conclusion": _conclusion(verdict_counts(opinions)),
        "counts": verdict_counts(opinions),
        "matrix": matrix(opinions),
        "attention": attention_parts(opinions),
        "settled": settled_parts(opinions),
        "negative": negative_list(opinions),
        "readings": reading_parts(opinions),
        "reading_numbers": partial(reading_numbers, reading_parts(opinions)),
        "map_numbers": map_numbers(opinions),
        "evident": any(opinion.plots for opinion in opinions),
        "locator": locator_of(dossier),
    }


def _conclusion(counts: Sequence[tuple[str, int]]) -> str:
    """What an official reads first: whether anything stands in the way."""
    number = dict(counts)
    total = sum(number.values())
    said = [
        f"{number[verdict]} 项{words}"
        for verdict, words in (
            (Verdict.NOT_MET, "不符合，须修改方案"),
            (Verdict.REASONS_REQUIRED, "须说明理由"),
            (Verdict.HUMAN_DECISION, "需人工判定"),
            (Verdict.INSUFFICIENT, "依据不足，须补充数据"),
        )
        if number[verdict]
    ]
    if not total:
        return "没有适用于本方案的条款。"
    if not said:
        return f"共作出 {total} 项评判，没有不符合的条款，也没有待补充或待判定的事项。"
    return f"共作出 {total} 项评判：{'；'.join(said)}；其余符合或不适用。"


def _resource(name: str) -> str:
    return files("fangtian.deliver.report").joinpath(name).read_text(encoding="utf-8")
