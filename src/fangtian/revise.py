"""方案比对。What a revised plan changes of the approved one, and which way of 第二十条 it has to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fangtian.assess import Dossier
from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError
from fangtian.facts.book import FactBook
from fangtian.facts.revision.book import Versions
from fangtian.facts.revision.ground import LINES, SCOPES, GroundChange, ground_change
from fangtian.facts.revision.plots import PlotChange, plot_changes
from fangtian.law.judge import Context, Judgement, judge
from fangtian.law.kinds import Stage
from fangtian.law.verdict import Evidence, Verdict
from fangtian.plan.explain import FILE

__all__ = ["TOLERANCE_M", "Revision", "revise"]

ROUTES = tuple(f"gansu-measures-2025/20.{item}-route" for item in (3, 2, 1))
"""三种程序。Norms of the three ways, the highest first."""
TOLERANCE_M = 0.5
"""重绘容差。Lines redrawn within half a metre are the same line."""


@dataclass(frozen=True)
class Revision:
    """方案变化。Both versions, what differs, and the judgements of 第二十条.

    ``book`` holds every printed number under the phases approved, revised and revision; ``broken`` are
    mandatory norms that the approved plan did not break and the revised one does.
    """

    old: Dossier
    new: Dossier
    on: date
    plots: tuple[PlotChange, ...]
    ground: tuple[GroundChange, ...]
    book: FactBook
    broken: tuple[Judgement, ...]
    judgements: tuple[Judgement, ...]

    @property
    def routes(self) -> tuple[Judgement, ...]:
        """适用程序。The ways of 第二十条 that the change has to go: 第3项 and 第2项 where they concern it.

        Neither of them: 第1项. Empty where the measures do not apply to the plan.
        """
        found = {item.norm.id: item for item in self.judgements}
        higher = [found[name] for name in ROUTES[:2] if name in found]
        concerned = tuple(item for item in higher if item.verdict is Verdict.HUMAN_DECISION)
        return concerned or tuple(found[name] for name in ROUTES[2:] if name in found and higher)


def revise(old: Dossier, new: Dossier, on: date, tolerance_m: float = TOLERANCE_M) -> Revision:
    """比对方案。``old`` is the approved version, ``new`` the one that is proposed; ``on`` decides the law.

    Raises InputError where the two cannot be laid on each other (another system, another county).
    """
    _same_ground(old, new)
    surveys = (old.survey, new.survey)
    plots = plot_changes(old.survey.layers["plots"], new.survey.layers["plots"], tolerance_m)
    scopes = [ground_change(*surveys, role, tolerance_m) for role in SCOPES]
    lines = [ground_change(*surveys, role, tolerance_m) for role in LINES]
    broken = _broken(old.judgements, new.judgements)
    versions = Versions(old.book, new.book)
    versions.targets()
    versions.money_and_years()
    versions.plots(plots)
    versions.ground(scopes, lines)
    versions.counts(change_bottom_lines_broken=len(broken), **_subprojects(old, new))
    context = Context(new.plan.regimes, new.plan.county, on)
    evidence: Evidence = {}
    judgements = judge(versions.book, context, evidence, Stage.CHANGE)
    return Revision(old, new, on, plots, (*scopes, *lines), versions.book, broken, judgements)


def _same_ground(old: Dossier, new: Dossier) -> None:
    pairs: Mapping[str, tuple[str, str]] = {
        "坐标系": (old.plan.crs.name, new.plan.crs.name),
        "县级行政区": (old.plan.county, new.plan.county),
    }
    place = Place(file=FILE)
    found = [
        finding("DIF-not-comparable", place, what=what, old=first, new=second)
        for what, (first, second) in pairs.items()
        if first != second
    ]
    if found:
        raise InputError(found)


def _broken(old: tuple[Judgement, ...], new: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """Bottom lines: mandatory norms, place by place."""
    before = {(item.norm.id, item.scope) for item in old if item.verdict is Verdict.NOT_MET}
    return tuple(item for item in new if item.blocks and (item.norm.id, item.scope) not in before)


def _subprojects(old: Dossier, new: Dossier) -> dict[str, int]:
    before, after = ({item.id for item in side.survey.subprojects} for side in (old, new))
    kinds = [{item.kind for item in side.survey.subprojects} for side in (old, new)]
    return {
        "change_subprojects_added": len(after - before),
        "change_subprojects_dropped": len(before - after),
        "change_direction_shifted": len(kinds[0] - kinds[1]),
    }
