"""验收事实簿。The facts of acceptance: before, as planned, as built, what is lacking, and the rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from fangtian.catalog.target import Target, targets
from fangtian.facts.actual.built import BuiltPlot, BuiltState, Outside
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.scene import PROJECT, plot_scope, subproject_scope
from fangtian.plan.model import FundItem, Subproject
from fangtian.units import Area, Money

__all__ = ["ACTUAL", "DEVIATION", "PAPERS", "Actuals", "Outcome"]

ACTUAL, DEVIATION = "actual", "deviation"
PAPERS = ("document_called", "document_files", "statement", "statement_by", "reason")
"""What the plan answers to norms in papers and words."""
FUND_KEYS = {"": "investment", "财政": "investment_fiscal", "社会": "investment_social"}


@dataclass(frozen=True)
class Outcome:
    """目标完成情况。``reached`` is None where either side is unknown, or there was nothing to reach."""

    target: Target
    reached: bool | None


class Actuals:
    """竣工事实。``book`` holds what the plan says before and planned, and what was built as actual."""

    def __init__(self, approved: FactBook, built: FactBook) -> None:
        self.approved = approved
        self.built = built
        self.book = FactBook()

    def targets(self) -> tuple[Outcome, ...]:
        """目标。Before, planned, actual, difference and rate of every target that the plan has."""
        return tuple(
            Outcome(target, self._outcome(target))
            for target in targets()
            if self.approved.find(target.key, target.scope, PLANNED) is not None
        )

    def papers(self) -> None:
        """材料和说明。What the plan brought as proof, for the norms that ask for it."""
        for fact in self.approved:
            if fact.key in PAPERS:
                self.book.add(replace(fact, derivation=None))

    def needed(self, key: str, scope: str, phase: str, member: str = "") -> None:
        """条文所需。A fact that a norm asks for, where it is known."""
        side = self.built if phase == ACTUAL else self.approved
        fact = side.find(key, scope, PLANNED if phase == ACTUAL else phase, member)
        if fact is not None:
            self._copy(fact, phase)

    def plots(self, built: Sequence[BuiltPlot]) -> None:
        """地块。How many met each state, and the areas of every group."""
        counts = Counter(item.state for item in built)
        for state in BuiltState:
            address = ("built_plot_count", PROJECT, ACTUAL, str(state))
            self.book.measure(address, counts[state], "整治地块、竣工地块", "比对计数")
        for number, item in enumerate(built, start=1):
            change, member = item.change, str(number)
            planned = self._group(self.approved, change.old, PLANNED, member)
            actual = self._group(self.built, change.new, ACTUAL, member)
            self.book.derive(
                "difference", ("built_group_area", PROJECT, DEVIATION, member), [actual, planned]
            )
            for key, area in (("built_beyond_area", item.beyond), ("unbuilt_area", item.short)):
                address = (key, PROJECT, ACTUAL, member)
                self.book.measure(address, area, "整治地块、竣工地块", "图形相减量算")

    def outside(self, found: Sequence[Outside]) -> None:
        """范围外建设。By plot and in all; nothing outside is a measured zero."""
        source = "竣工地块、整治区域"
        parts = [
            self.book.measure(("built_outside_area", item.scope, ACTUAL), item.area, source, "图形相减量算")
            for item in found
        ]
        address = ("built_outside_area", PROJECT, ACTUAL)
        if parts:
            self.book.derive("sum", address, parts)
        else:
            self.book.measure(address, Area(0), source, "图形相减量算")

    def subprojects(self, items: Iterable[Subproject]) -> None:
        """子项目。Ground as planned and as built, new farmland of both, and the planned years."""
        for item in items:
            scope = subproject_scope(item.id)
            for key in ("subproject_name", "subproject_department", "subproject_acceptance"):
                self.needed(key, scope, PLANNED)
            self._both("subproject_scale", scope)
            self._both("subproject_plot_count", scope)
        self._both("subproject_scale", PROJECT)

    def money(self, paid: Sequence[FundItem] | None, items: Iterable[Subproject]) -> None:
        """资金。As planned; as paid where a table of it is given, in all and by sub-project."""
        scopes = {item.id: subproject_scope(item.id) for item in items}
        for scope in (*scopes.values(), PROJECT):
            for key in FUND_KEYS.values():
                self.needed(key, scope, PLANNED)
        if paid is None:
            return
        for category, key in FUND_KEYS.items():
            own = [item for item in paid if category in ("", item.category)]
            for name, scope in scopes.items():
                self._paid(key, scope, [item for item in own if item.subproject == name])
            self._paid(key, PROJECT, own)

    def _paid(self, key: str, scope: str, items: Sequence[FundItem]) -> None:
        amount = Money.total(item.amount for item in items)
        actual = self.book.measure((key, scope, ACTUAL), amount, "资金使用表", "资金表求和")
        planned = self.book.find(key, scope, PLANNED)
        if planned is not None:
            self.book.derive("difference", (key, scope, DEVIATION), [actual, planned])
            self._rate(key, scope, actual, planned)

    def _outcome(self, target: Target) -> bool | None:
        self.needed(target.key, target.scope, BEFORE)
        pair = self._both(target.key, target.scope)
        if pair is None:
            return None
        planned, actual = (fact.value for fact in pair)
        assert not isinstance(planned, str) and not isinstance(actual, str)
        if not planned and not actual:
            return None
        return bool(actual >= planned if target.better == "more" else actual <= planned)

    def _both(self, key: str, scope: str) -> tuple[Fact, Fact] | None:
        planned = self.approved.find(key, scope, PLANNED)
        actual = self.built.find(key, scope, PLANNED)
        if planned is not None:
            planned = self._copy(planned, PLANNED)
        if actual is not None:
            actual = self._copy(actual, ACTUAL)
        if planned is None or actual is None:
            return None
        self.book.derive("difference", (key, scope, DEVIATION), [actual, planned])
        self._rate(key, scope, actual, planned)
        return planned, actual

    def _rate(self, key: str, scope: str, actual: Fact, planned: Fact) -> None:
        """Of nothing planned, or of less than nothing, there is no share."""
        if not isinstance(planned.value, str) and Fraction(planned.value) > 0:
            self.book.derive("ratio", ("completion_rate", scope, ACTUAL, key), [actual, planned])

    def _copy(self, fact: Fact, phase: str) -> Fact:
        return self.book.add(replace(fact, phase=phase, derivation=None))

    def _group(self, book: FactBook, ids: Iterable[str], phase: str, member: str) -> Fact:
        facts = [book.find("plot_area", plot_scope(name), PLANNED) for name in ids]
        held = [fact for fact in facts if fact is not None]
        total, printed = (
            Area(sum(int(value) for value in values))
            for values in ((fact.value for fact in held), (fact.printed or Area(0) for fact in held))
        )
        known = printed if all(fact.printed is not None for fact in held) else None
        made = Fact("built_group_area", PROJECT, phase, total, member, "整治地块", "求和", None, known)
        return self.book.add(made)
