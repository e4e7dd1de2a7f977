"""验收命令。accept: what was built against the approved plan, and what the law says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fangtian.accept import TOLERANCE_M, Acceptance, acceptance_of, as_built, paid_funds
from fangtian.assess import assess
from fangtian.catalog.finding import blocking
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.cli.report import opinion_record, tell_verdicts
from fangtian.deliver.acceptance import write_acceptance
from fangtian.deliver.acceptance.tables import differing, reached_word
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import Presentation, decide
from fangtian.deliver.wording import fact_term, scope_name
from fangtian.facts.actual.book import ACTUAL
from fangtian.facts.fact import PLANNED, address_of
from fangtian.facts.scene import PROJECT
from fangtian.plan.folder import open_plan

__all__ = ["accept"]

FOLDER = "验收"


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("asbuilt", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help=f"成果写到哪里，默认 PLAN/{FOLDER}"
)
@click.option("--funds", type=click.Path(path_type=Path), default=None, help="资金使用表，格式同方案的资金表")
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def accept(plan: Path, asbuilt: Path, out: Path | None, on: str | None, **more: Any) -> int:
    """对照批准方案 PLAN 与竣工数据 ASBUILT，逐项列出计划、实际、完成率和结论，写出整体验收报告。"""
    output = Output(more["lang"], more["as_json"])
    judged = day(output, on)
    with Stages(output) as stages:
        opened = open_plan(plan)
        works = as_built(opened, asbuilt, stages)
        approved = assess(opened, judged, stages)
        built = assess(works.plan, judged, stages)
        paid = paid_funds(approved, more["funds"]) if more["funds"] else None
        stages("对照计划与竣工")
        acceptance = acceptance_of(approved, built, works, paid, TOLERANCE_M)
        paths = write_acceptance(out or opened.root / FOLDER, acceptance, stages)
    return _tell(output, acceptance, paths)


def _tell(output: Output, acceptance: Acceptance, paths: tuple[Path, ...]) -> int:
    shown = decide(acceptance.book)
    _targets(output, acceptance, shown)
    _plots(output, acceptance, shown)
    opinions = opinions_of(acceptance.judgements, shown)
    tell_verdicts(output, acceptance.on, opinions)
    output.findings(acceptance.findings)
    output.files(paths[0].parent, paths)
    wrong = blocking(acceptance.findings) or any(item.blocks for item in acceptance.judgements)
    output.document(
        "accept",
        not wrong,
        acceptance.findings,
        targets=[
            {"key": item.target.key, "scope": item.target.scope, "reached": item.reached}
            for item in acceptance.targets
        ],
        plots=[
            {"state": str(item.state), "planned": item.change.old, "built": item.change.new}
            for item in acceptance.plots
        ],
        judgements=[opinion_record(item) for item in opinions],
        files=[str(path) for path in paths],
    )
    return 1 if wrong else 0


def _targets(output: Output, acceptance: Acceptance, shown: Presentation) -> None:
    names = ("target", "scope", "as_planned", "as_built", "completion", "outcome")
    header = [output.word(name) for name in names]
    rows = []
    for item in acceptance.targets:
        key, scope = item.target.key, item.target.scope
        addresses = [address_of(key, scope, phase) for phase in (PLANNED, ACTUAL)]
        addresses.append(address_of("completion_rate", scope, ACTUAL, key))
        numbers = (shown.text(at, "unit") if at in shown else "—" for at in addresses)
        rows.append((fact_term(addresses[0]), scope_name(scope), *numbers, reached_word(item, shown)))
    right = {name: {"justify": "right"} for name in header[2:5]}
    output.table(output.word("completed"), header, rows, **right)


def _plots(output: Output, acceptance: Acceptance, shown: Presentation) -> None:
    names = ("built_state", "as_planned", "as_built", "difference")
    header = [output.word(name) for name in names]
    rows, chosen = [], differing(acceptance)
    for number, item in enumerate(acceptance.plots, start=1):
        if item in chosen:
            area = shown.text(address_of("built_group_area", PROJECT, "deviation", str(number)), "unit")
            rows.append((str(item.state), "、".join(item.change.old), "、".join(item.change.new), area))
    if rows:
        output.table(output.word("plots_differ"), header, rows, **{header[3]: {"justify": "right"}})
