"""竣工验收和年度核算。What was built against what was approved, and what of it a year's account may count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fangtian.assess import Dossier
from fangtian.catalog.finding import Finding, Place, blocking, finding
from fangtian.catalog.layer import layer_specs
from fangtian.errors import InputError
from fangtian.facts.actual.account import completed
from fangtian.facts.actual.book import Actuals, Outcome
from fangtian.facts.actual.built import BuiltPlot, BuiltState, Outside, Side, built_outside, built_plots
from fangtian.facts.actual.earlier import Held, Twice, distinct, fresh, read_earlier
from fangtian.facts.actual.yearly import Counted, countable, undated, year_book
from fangtian.facts.book import FactBook
from fangtian.law.judge import Context, Judgement, judge
from fangtian.law.kinds import Served, Stage
from fangtian.law.norm import norms
from fangtian.plan.checking import inspect_files
from fangtian.plan.funds import read_funds
from fangtian.plan.model import FundItem, LayerSource, Plan, TableSource
from fangtian.plan.place import listed, within
from fangtian.units import Area, half_up

__all__ = [
    "BUILT_ROLES",
    "TOLERANCE_M",
    "Acceptance",
    "Account",
    "AsBuilt",
    "acceptance_of",
    "account_of",
    "as_built",
    "paid_funds",
]

TOLERANCE_M = 0.5
"""重绘容差。Lines surveyed within half a metre of the planned ones are the same line."""

BUILT_ROLES = (
    "plots",
    "basic_farmland_out",
    "basic_farmland_in",
    "eco_redline_after",
    "urban_boundary_after",
)
"""竣工图层。Layers that works change; what was there before stays as the plan has it."""

_OTHER_MONEY = frozenset({"LOG-funds-sum", "LOG-investment-blank", "LOG-fund-year-outside"})
"""Money that was spent may differ from the money that was planned."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class AsBuilt:
    """竣工方案。The approved plan with the built layers in place of its own, and what the file lacks."""

    plan: Plan
    file: str
    roles: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Acceptance:
    """验收结果。Both sides, what differs, and the judgements of the stage of acceptance.

    ``book`` holds every printed number under the phases before, planned, actual and deviation; ``paid`` says
    whether money as spent is known.
    """

    approved: Dossier
    built: Dossier
    as_built: AsBuilt
    on: date
    tolerance_m: float
    targets: tuple[Outcome, ...]
    plots: tuple[BuiltPlot, ...]
    outside: tuple[Outside, ...]
    book: FactBook
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
    paid: bool


def as_built(plan: Plan, path: Path, progress: Progress | None = None) -> AsBuilt:
    """读竣工图层清单。The plan with those layers of a file that `check` recognises as layers of works.

    Raises InputError where the file cannot be read, has no plots, or two layers of one kind.
    """
    if progress:
        progress("识别竣工图层")
    inspection = inspect_files([path])
    found: dict[str, LayerSource] = {}
    for subject in inspection.subjects:
        if subject.role not in BUILT_ROLES:
            continue
        if subject.role in found:
            place = Place(file=subject.file, layer=subject.layer)
            title = layer_specs()[subject.role].title
            raise InputError(
                [finding("ACC-layer-twice", place, title=title, other=found[subject.role].layer)]
            )
        source = path if subject.file == path.name else path / subject.file
        found[subject.role] = LayerSource(subject.role, source, subject.layer)
    if "plots" not in found:
        seen = "、".join(subject.layer for subject in inspection.subjects) or "（无）"
        unread = [item for item in inspection.findings if blocking([item])] if not inspection.layers else []
        spec = layer_specs()["plots"]
        missing = finding("ACC-plots-missing", Place(file=path.name), seen=seen, official=spec.official)
        raise InputError([missing, *unread])
    built = replace(plan, layers={**plan.layers, **found})
    roles = tuple(role for role in BUILT_ROLES if role in found)
    return AsBuilt(built, path.name, roles, tuple(_as_planned(plan, found, path.name)))


def _as_planned(plan: Plan, found: dict[str, LayerSource], file: str) -> Iterator[Finding]:
    for role in BUILT_ROLES:
        if role in plan.layers and role not in found:
            title = layer_specs()[role].title
            yield finding("ACC-layer-as-planned", Place(file=file), title=title)


def paid_funds(dossier: Dossier, path: Path) -> tuple[FundItem, ...]:
    """读资金使用表。Money as spent, in a table like that of the plan's funds. Raises InputError."""
    tables = {**dossier.plan.tables, "funds": TableSource("funds", path)}
    plan = replace(dossier.plan, tables=tables)
    items, findings = read_funds(plan, dossier.survey.subprojects)
    wrong = [item for item in findings if item.code not in _OTHER_MONEY]
    if blocking(wrong):
        raise InputError(wrong)
    return items


def acceptance_of(
    approved: Dossier,
    built: Dossier,
    works: AsBuilt,
    paid: Sequence[FundItem] | None = None,
    tolerance_m: float = TOLERANCE_M,
) -> Acceptance:
    """对照验收。``approved`` is the plan, ``built`` the plan with the built layers; their date decides the
    law.
    """
    plots = built_plots(Side(approved.survey, approved.book), Side(built.survey, built.book), tolerance_m)
    outside = tuple(built_outside(approved.survey, built.survey.layers["plots"], tolerance_m))
    facts = Actuals(approved.book, built.book)
    targets = facts.targets()
    facts.papers()
    for address in _needed():
        facts.needed(*address)
    facts.plots(plots)
    facts.outside(outside)
    facts.subprojects(approved.survey.subprojects)
    facts.money(paid, approved.survey.subprojects)
    plan, on = approved.plan, approved.receipt.on
    judgements = judge(facts.book, Context(plan.regimes, plan.county, on), {}, Stage.ACCEPTANCE)
    remarks = _remarks(works, built, approved)
    findings = (*works.findings, *_deviations(works, plots, outside), *remarks)
    return Acceptance(
        approved, built, works, on, tolerance_m, targets, plots, outside, facts.book, judgements, findings,
        paid is not None,
    )  # fmt: skip


def _remarks(works: AsBuilt, built: Dossier, approved: Dossier) -> list[Finding]:
    """What is to be said of the built layers themselves; those of the plan were told with the plan."""
    files = {within(works.plan.layers[role].path, works.plan.root) for role in works.roles}
    return [item for item in built.findings if item.place.file in files and item not in approved.findings]


def _needed() -> Iterator[tuple[str, str, str, str]]:
    """Facts that the norms of acceptance ask for."""
    for norm in norms():
        if norm.stage is Stage.ACCEPTANCE and norm.served is Served.COMPUTED:
            for scope in norm.scopes:
                for need in (*norm.needs, *norm.cites):
                    yield need.key, need.scope or scope, need.phase, need.member


_CODES = {
    BuiltState.UNBUILT: "ACC-plot-unbuilt",
    BuiltState.UNPLANNED: "ACC-plot-unplanned",
    BuiltState.EXTENT: "ACC-plot-extent",
    BuiltState.CLASS: "ACC-plot-use",
    BuiltState.BOTH: "ACC-plot-use",
}


def _deviations(works: AsBuilt, plots: Sequence[BuiltPlot], outside: Sequence[Outside]) -> Iterator[Finding]:
    """What 第三十五条 names: works beyond the scope, and works other than those approved."""
    place = Place(file=works.file, layer=works.plan.layers["plots"].layer)
    for item in outside:
        where = replace(place, feature=item.plot)
        yield finding("ACC-built-outside", where, plot=item.plot, area=_hectares(item.area))
    for state, code in _CODES.items():
        names = [
            name for item in plots if item.state is state for name in (item.change.old or item.change.new)
        ]
        if names:
            where = replace(place, feature=listed(names))
            yield finding(code, where, count=len(names), ids=listed(names), state=str(state))


def _hectares(area: Area) -> str:
    return f"{half_up(area.ha, 4):f}"


@dataclass(frozen=True)
class Account:
    """年度核算。What a year brought and no earlier account holds; ``again`` is what one does."""

    approved: Dossier
    built: Dossier
    as_built: AsBuilt
    year: int
    on: date
    counted: tuple[Counted, ...]
    again: tuple[Twice, ...]
    held: tuple[Held, ...]
    book: FactBook
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]


def account_of(
    approved: Dossier, built: Dossier, works: AsBuilt, year: int, before: Sequence[Path] = ()
) -> Account:
    """年度核算。New farmland and made-up basic farmland of the built plots of ``year``, each counted once.

    ``before`` are the databases of earlier accounts. Raises InputError where one cannot be used, or is of
    this year.
    """
    plan, on, survey = approved.plan, approved.receipt.on, built.survey
    held, twice = distinct(read_earlier(before, plan.crs), plan.crs)
    same = sorted({item.file for item in held if item.year == year})
    if same:
        raise InputError([finding("ACC-account-same-year", Place(file="、".join(same)), year=year)])
    counted, again = fresh(countable(survey, built.ledger, year), held, plan.crs)
    facts = year_book(survey, built.ledger, year, counted)
    lost = undated(survey, built.ledger)
    book = completed(facts, (approved.book, built.book), counted, held, lost)
    judgements = judge(book, Context(plan.regimes, plan.county, on), {}, Stage.ACCOUNT)
    findings = [*works.findings, *_accounted(works, (*twice, *again))]
    if not counted:
        findings.append(finding("ACC-year-empty", Place(file=works.file), year=year))
    if lost:
        findings.append(finding("ACC-pbf-undated", Place(file=works.file), count=len(lost), ids=listed(lost)))
    findings += _remarks(works, built, approved)
    return Account(
        approved, built, works, year, on, counted, (*twice, *again), held, book, judgements, tuple(findings)
    )


def _accounted(works: AsBuilt, again: Sequence[Twice]) -> Iterator[Finding]:
    for item in again:
        earlier = item.earlier
        place = Place(file=works.file, layer=item.kind.title, feature=item.plot)
        how = f"地面重叠 {_hectares(item.overlap)} 公顷" if item.overlap else "地块编号相同"
        values = {"plot": item.plot, "title": item.kind.title, "year": earlier.year, "file": earlier.file}
        yield finding("ACC-counted-twice", place, earlier=earlier.plot, how=how, **values)
