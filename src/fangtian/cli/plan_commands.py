"""方案命令。demo, init, check, build, verify."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from fangtian.assess import Dossier, assess
from fangtian.catalog.finding import Finding, Severity, blocking
from fangtian.cli.app import CANNOT_RUN, app, common_options, day
from fangtian.cli.console import Output, Stages
from fangtian.deliver.opinion import FactUsed, Opinion, opinions_of
from fangtian.deliver.package import build as write_build
from fangtian.deliver.package import recover
from fangtian.deliver.present import decide
from fangtian.deliver.verify import verify as verify_build
from fangtian.deliver.wording import phase_name
from fangtian.errors import InputError
from fangtian.law.verdict import Verdict
from fangtian.plan.folder import open_plan
from fangtian.plan.sample import write_sample
from fangtian.plan.starter import write_starter
from fangtian.plan.survey import read_survey
from fangtian.plan.trial import write_trial

DEMO_MARKER = ".fangtian-demo"
DIRECTORY = click.Path(path_type=Path)
VERDICT_STYLE = {
    Verdict.NOT_MET: "bold red",
    Verdict.REASONS_REQUIRED: "yellow",
    Verdict.HUMAN_DECISION: "cyan",
    Verdict.INSUFFICIENT: "magenta",
    Verdict.MET: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
QUIET = (Verdict.MET, Verdict.NOT_APPLICABLE)


@app.command()
@click.argument("directory", type=DIRECTORY, default=Path("demo"))
@click.option(
    "--on",
    "data",
    type=DIRECTORY,
    default=None,
    help="改用一个真实的地类图斑文件（缺少的图层用推导的替代图层）",
)
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def demo(directory: Path, data: Path | None, on: str | None, as_json: bool, lang: str) -> int:
    """写出示例方案并完成全部成果。"""
    output = Output(lang, as_json)
    _claim(directory, output)
    with Stages(output) as stages:
        if data is None:
            write_sample(directory, stages)
        else:
            write_trial(directory, data, stages)
        dossier = _dossier(directory, day(output, on), stages)
        paths = write_build(dossier, None, None, stages)
    output.say(output.word("sample_written", path=directory))
    _report(output, "demo", dossier, paths)
    if data is None:
        output.say(output.word("deliberate"), "dim")
    return 0


@app.command()
@click.argument("directory", type=DIRECTORY)
@common_options
def init(directory: Path, as_json: bool, lang: str) -> int:
    """新建方案文件夹。"""
    output = Output(lang, as_json)
    write_starter(directory)
    output.say(output.word("started", path=directory))
    output.document("init", True, [], path=str(directory))
    return 0


@app.command()
@click.argument("directory", type=DIRECTORY)
@common_options
def check(directory: Path, as_json: bool, lang: str) -> int:
    """只做数据检查，不出成果。"""
    output = Output(lang, as_json)
    plan = open_plan(directory)
    try:
        with Stages(output) as stages:
            found: Sequence[Finding] = read_survey(plan, stages).findings
    except InputError as error:
        found = error.findings
    output.findings(found)
    _inspected(output, found)
    output.document("check", not blocking(found), found)
    return 1 if blocking(found) else 0


@app.command()
@click.argument("directory", type=DIRECTORY)
@click.option("--only", default="", help="只出部分成果：tables,database,report（逗号分隔）")
@click.option("--date", "on", default=None, help="按哪一天施行的规则判定，默认今天")
@common_options
def build(directory: Path, only: str, on: str | None, as_json: bool, lang: str) -> int:
    """评估方案并写出全部成果。"""
    output = Output(lang, as_json)
    with Stages(output) as stages:
        dossier = _dossier(directory, day(output, on), stages)
        chosen = tuple(part.strip() for part in only.split(",") if part.strip())
        paths = write_build(dossier, None, chosen or None, stages)
    _report(output, "build", dossier, paths)
    return 1 if any(item.verdict is Verdict.NOT_MET for item in dossier.judgements) else 0


@app.command()
@click.argument("directory", type=DIRECTORY)
@common_options
def verify(directory: Path, as_json: bool, lang: str) -> int:
    """读回成品文件，逐处与封印核对。"""
    output = Output(lang, as_json)
    outcome = verify_build(directory)
    output.findings(outcome.findings)
    if outcome.findings:
        output.say(output.word("not_verified", count=len(outcome.findings)), "bold red")
    else:
        numbers = {"count": outcome.facts, "files": outcome.files, "seal": outcome.seal[:16]}
        output.say(output.word("verified", **numbers), "green")
    output.document(
        "verify",
        not outcome.findings,
        outcome.findings,
        seal=outcome.seal,
        facts=outcome.facts,
        files=outcome.files,
    )
    return CANNOT_RUN if not outcome.seal else int(bool(outcome.findings))


def _claim(directory: Path, output: Output) -> None:
    """A demo writes only into a folder that is empty or its own, so nobody's plan is overwritten."""
    marker = directory / DEMO_MARKER
    if directory.exists() and any(directory.iterdir()) and not marker.exists():
        raise click.UsageError(output.word("not_demo", path=directory))
    directory.mkdir(parents=True, exist_ok=True)
    marker.touch()


def _dossier(directory: Path, on: date, stages: Stages) -> Dossier:
    recover(directory)
    return assess(open_plan(directory), on, stages)


def _report(output: Output, command: str, dossier: Dossier, paths: Sequence[Path]) -> None:
    opinions = opinions_of(dossier.judgements, decide(dossier.book))
    _verdicts(output, dossier, opinions)
    output.findings(dossier.findings)
    _inspected(output, dossier.findings)
    for text in dossier.standins:
        output.say(output.word("standin", text=text), "yellow")
    output.files(dossier.plan.build, paths)
    output.say(output.word("seal", seal=dossier.receipt.seal))
    output.say(output.word("open_report", path=dossier.plan.build / "检查报告.html"))
    output.document(
        command,
        not any(item.verdict is Verdict.NOT_MET for item in dossier.judgements),
        dossier.findings,
        seal=dossier.receipt.seal,
        judgements=[_record(item) for item in opinions],
        files=[str(path) for path in paths],
    )


def _verdicts(output: Output, dossier: Dossier, opinions: Sequence[Opinion]) -> None:
    order = [str(verdict) for verdict in VERDICT_STYLE]
    ranked = sorted(opinions, key=lambda opinion: order.index(opinion.verdict))
    rows = []
    for item in ranked:
        style = VERDICT_STYLE[Verdict(item.verdict)]
        facts = "\n".join(_fact_line(fact) for fact in item.facts)
        rows.append((f"[{style}]{item.verdict}[/{style}]", item.article, item.title, item.scope_title, facts))
    header = [output.word(name) for name in ("verdict", "article", "requirement", "scope", "facts")]
    output.table(
        output.word("verdicts", on=dossier.receipt.on), header, rows, **{header[0]: {"no_wrap": True}}
    )
    counts = Counter(item.verdict for item in opinions)
    listed = " · ".join(f"{verdict} {counts[verdict]}" for verdict in order if counts[verdict])
    output.say(output.word("summary", total=len(opinions), counts=listed))
    for item in ranked:
        if Verdict(item.verdict) not in QUIET:
            output.say(f"{item.verdict}　{item.sentence}", VERDICT_STYLE[Verdict(item.verdict)])


def _fact_line(fact: FactUsed) -> str:
    phase = phase_name(fact.address.rpartition(".")[2])
    return f"{phase}{fact.term} {fact.shown}{fact.unit}"


def _inspected(output: Output, found: Sequence[Finding]) -> None:
    counts = Counter(item.severity for item in found)
    numbers = {
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "notes": counts[Severity.INFO],
    }
    output.say(output.word("inspected", **numbers) if found else output.word("clean"))


def _record(item: Opinion) -> dict[str, Any]:
    names = ("norm", "title", "article", "verdict", "scope", "sentence", "measured", "limit", "missing")
    return {name: getattr(item, name) for name in names}
