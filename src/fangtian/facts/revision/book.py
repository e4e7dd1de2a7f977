"""变化事实簿。The facts of a revision: targets, money and plots in both versions, and how they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from fangtian.catalog.target import Target, targets
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.revision.ground import GroundChange
from fangtian.facts.revision.plots import PlotChange, PlotFate
from fangtian.facts.scene import PROJECT, plot_scope
from fangtian.units import Area

__all__ = ["APPROVED", "MONEY", "REVISED", "REVISION", "Versions"]

APPROVED, REVISED, REVISION = "approved", "revised", "revision"
MONEY = ("investment", "investment_fiscal", "investment_social", "investment_source")
YEARS = ("period_start", "period_end", "period_years")


class Versions:
    """两版事实。``book`` holds what both versions say under the phases approved, revised and revision."""

    def __init__(self, old: FactBook, new: FactBook) -> None:
        self.old = old
        self.new = new
        self.book = FactBook()

    def targets(self) -> None:
        """目标。Both values and the difference of every target that both versions have; how many fall."""
        lowered = 0
        for target in targets():
            pair = self._pair(target.key, target.scope, PLANNED)
            lowered += pair is not None and _lowered(target, pair)
        self._count("change_targets_lowered", lowered)

    def money_and_years(self) -> None:
        """资金和期限。Totals and parts of the investment, and the period."""
        for fact in (*self.old, *self.new):
            if fact.key in MONEY and fact.scope == PROJECT and fact.phase == PLANNED:
                self._pair(fact.key, PROJECT, PLANNED, fact.member)
        ends = [self._pair(key, PROJECT, BEFORE) for key in YEARS][1]
        if ends is not None:
            self._count("change_years", max(0, int(ends[1].value) - int(ends[0].value)))

    def plots(self, changes: Sequence[PlotChange]) -> None:
        """地块。How many met each fate, and the areas of every group that is not what it was."""
        fates = Counter(change.fate for change in changes)
        for fate in PlotFate:
            self._count("change_plot_count", fates[fate], str(fate))
        for number, change in enumerate(changed(changes), start=1):
            sides = ((self.old, change.old, APPROVED), (self.new, change.new, REVISED))
            totals = [self._total(number, *side) for side in sides]
            self.book.derive(
                "difference", ("change_group_area", PROJECT, REVISION, str(number)), totals[::-1]
            )

    def ground(self, scope: Iterable[GroundChange], lines: Iterable[GroundChange]) -> None:
        """范围。What scopes and control lines gain and lose."""
        for key, changes in (("change_scope_area", list(scope)), ("change_three_lines_area", list(lines))):
            for change in changes:
                for word, area in (("added", change.added_area), ("dropped", change.dropped_area)):
                    address = (f"change_{word}_area", PROJECT, PLANNED, change.role)
                    self.book.measure(address, area, change.title, "两版图层之差")
            whole = Area(sum(int(change.area) for change in changes))
            self.book.measure((key, PROJECT, PLANNED), whole, "、".join(c.title for c in changes), "合计")

    def counts(self, **found: int) -> None:
        """计数。Facts of the revision as a whole, by key."""
        for key, value in found.items():
            self._count(key, value)

    def _total(self, number: int, book: FactBook, ids: Iterable[str], phase: str) -> Fact:
        facts = [book.find("plot_area", plot_scope(name), PLANNED) for name in ids]
        held = [fact for fact in facts if fact is not None]
        total, printed = (
            Area(sum(int(value) for value in values))
            for values in ((fact.value for fact in held), (fact.printed or Area(0) for fact in held))
        )
        known = printed if all(fact.printed is not None for fact in held) else None
        return self.book.add(
            Fact("change_group_area", PROJECT, phase, total, str(number), "整治地块", "求和", None, known)
        )

    def _pair(self, key: str, scope: str, phase: str, member: str = "") -> tuple[Fact, Fact] | None:
        pair = [book.find(key, scope, phase, member) for book in (self.old, self.new)]
        if pair[0] is None or pair[1] is None:
            return None
        copies = [
            self.book.add(replace(fact, phase=name, derivation=None))
            for fact, name in zip((pair[0], pair[1]), (APPROVED, REVISED), strict=True)
        ]
        self.book.derive("difference", (key, scope, REVISION, member), copies[::-1])
        return copies[0], copies[1]

    def _count(self, key: str, value: int, member: str = "") -> None:
        self.book.measure((key, PROJECT, PLANNED, member), value, "两版方案", "比较")


def changed(changes: Iterable[PlotChange]) -> list[PlotChange]:
    """有变化的地块。All but those that are what they were."""
    return [change for change in changes if change.fate is not PlotFate.SAME]


def _lowered(target: Target, pair: tuple[Fact, Fact]) -> bool:
    old, new = (fact.value for fact in pair)
    assert not isinstance(old, str) and not isinstance(new, str)
    return (new < old) if target.better == "more" else (new > old)
