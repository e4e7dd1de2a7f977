"""年度核算命令。account: new farmland and made-up basic farmland of one year, each plot counted once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fangtian.accept import Account, account_of, as_built
from fangtian.assess import assess
from fangtian.catalog.finding import blocking
from fangtian.cli.app import common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.cli.report import opinion_record, tell_verdicts
from fangtian.deliver.acceptance.account import write_account
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import Presentation, decide
from fangtian.facts.actual.account import PILOT, RIDGES
from fangtian.facts.actual.book import ACTUAL
from fangtian.facts.actual.yearly import KINDS
from fangtian.facts.fact import PLANNED, address_of, year_phase
from fangtian.facts.scene import PROJECT
from fangtian.plan.folder import open_plan

__all__ = ["account"]

FOLDER = "年度核算"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("asbuilt", type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), required=True, help="核算哪一年")
@click.option(
    "--before",
    type=click.Path(path_type=Path),
    multiple=True,
    help="以前年度核算写出的“核算地块.gpkg”，可多次给出",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help=f"成果写到哪里，默认 PLAN/{FOLDER}/年度"
)
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def account(plan: Path, asbuilt: Path, year: int, on: str | None, **more: Any) -> int:
    """按竣工数据 ASBUILT 逐地块核算一年的新增耕地和补划永久基本农田，已核算过的不再计入。"""
    output = Output(more["lang"], more["as_json"])
    judged = day(output, on)
    with Stages(output) as stages:
        opened = open_plan(plan)
        works = as_built(opened, asbuilt, stages)
        approved = assess(opened, judged, stages)
        built = assess(works.plan, judged, stages)
        stages("逐地块核算")
        found = account_of(approved, built, works, year, more["before"])
        folder = more["out"] or opened.root / FOLDER / str(year)
        paths = write_account(folder, found, stages)
    return _tell(output, found, paths)


def _tell(output: Output, found: Account, paths: tuple[Path, ...]) -> int:
    shown = decide(found.book)
    _sums(output, found, shown)
    opinions = opinions_of(found.judgements, shown)
    if opinions:
        tell_verdicts(output, found.on, opinions)
    output.findings(found.findings)
    output.files(paths[0].parent, paths)
    wrong = blocking(found.findings) or any(item.blocks for item in found.judgements)
    output.document(
        "account",
        not wrong,
        found.findings,
        counted=[{"kind": item.kind.title, "plot": item.plot} for item in found.counted],
        repeated=[
            {
                "kind": item.kind.title,
                "plot": item.plot,
                "earlier": item.earlier.plot,
                "file": item.earlier.file,
            }
            for item in found.again
        ],
        judgements=[opinion_record(item) for item in opinions],
        files=[str(path) for path in paths],
    )
    return 1 if wrong else 0


def _sums(output: Output, found: Account, shown: Presentation) -> None:
    header = [
        output.word(name) for name in ("accounted_kind", "of_year", "in_all", "as_planned", "completion")
    ]
    rows = []
    for kind in KINDS:
        cells = [address_of(kind.key, PROJECT, phase) for phase in (year_phase(found.year), ACTUAL)]
        cells.append(address_of(kind.planned, PILOT, PLANNED))
        cells.append(address_of("completion_rate", PILOT, ACTUAL, kind.planned))
        rows.append((kind.title, *(shown.text(at, "unit") if at in shown else "—" for at in cells)))
    ridges = [address_of(RIDGES, PROJECT, phase) for phase in (year_phase(found.year), ACTUAL)]
    rows.insert(1, (output.word("ridge_part"), *(shown.text(at, "unit") for at in ridges), "—", "—"))
    right = {name: {"justify": "right"} for name in header[1:]}
    output.table(output.word("accounted", year=found.year), header, rows, **right)
