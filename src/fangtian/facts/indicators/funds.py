"""资金。Investment by sub-project, source and year; cash flow with NPV, IRR and payback (table 7, 大纲六)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from fangtian.catalog.code import codes
from fangtian.facts.fact import PLANNED, Fact, year_phase
from fangtian.facts.scene import PROJECT, Scene, subproject_scope
from fangtian.plan.model import FundItem
from fangtian.units import Money, half_up

__all__ = ["funds", "internal_rate", "net_present_value", "payback"]

CATEGORY_KEYS = {"财政": "investment_fiscal", "社会": "investment_social"}


def net_present_value(flows: Sequence[int], rate: Fraction) -> Fraction:
    """财务净现值。Σ flow_t ÷ (1 + rate)^t with t = 0 in the first year, exact.

    ``flows`` net cash by year in 分. Source: 建设项目经济评价方法与参数（第三版）.

    >>> net_present_value([-100, 110], Fraction(1, 10))
    Fraction(0, 1)
    """
    return sum((Fraction(flow) / (1 + rate) ** year for year, flow in enumerate(flows)), Fraction(0))


def internal_rate(flows: Sequence[int]) -> Fraction | None:
    """财务内部收益率。The rate that makes the NPV zero, to 1e-8; None unless the sign changes just once.

    A single change of sign (Descartes) makes the root above −100 % unique; it is searched in (−90 %, 1000 %).

    >>> internal_rate([-100, 110])
    Fraction(1, 10)
    >>> internal_rate([100, 110]) is None
    True
    """
    signs = [flow > 0 for flow in flows if flow]
    if sum(a != b for a, b in itertools.pairwise(signs)) != 1:
        return None
    low, high = Fraction(-9, 10), Fraction(10)
    rising = net_present_value(flows, low) < 0
    if (net_present_value(flows, high) < 0) == rising:
        return None
    while high - low > Fraction(1, 10**9):
        middle = Fraction(round((low + high) / 2 * 10**12), 10**12)  # short denominators keep this fast
        if (net_present_value(flows, middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return Fraction(half_up(low + (high - low) / 2, 8))


def payback(flows: Sequence[int]) -> Fraction | None:
    """投资回收期。Years until the running balance turns and stays non-negative, interpolated; None if never.

    >>> payback([-100, 50, 100])
    Fraction(5, 2)
    """
    balance, answer = Fraction(0), None
    for year, flow in enumerate(flows):
        before, balance = balance, balance + flow
        if balance < 0:
            answer = None
        elif answer is None and before < 0:
            answer = year + Fraction(-before, flow)
    return answer


def funds(scene: Scene) -> None:
    """资金事实。Sums of the funds table; the project's total is shared out over sub-projects as displayed."""
    items = scene.survey.funds
    source = _table(scene, "funds")
    rows = [_subproject(scene, project.id, items, source) for project in scene.survey.subprojects]
    total = _sum(scene, ("investment", PROJECT, PLANNED), rows, source)
    scene.book.apportion(total, rows)
    for key in CATEGORY_KEYS.values():
        parts = [scene.book[f"{key}@{row.scope}.planned"] for row in rows]
        _sum(scene, (key, PROJECT, PLANNED), parts, source)
    _split(
        scene,
        total,
        [
            (("investment_source", PROJECT, PLANNED, name), _where(items, "source", name))
            for name in codes("fund_source")
            if any(item.source == name for item in items)
        ],
        source,
    )
    _split(
        scene,
        total,
        [
            (("investment", PROJECT, year_phase(year)), _where(items, "year", year))
            for year in scene.survey.plan.years
        ],
        source,
    )
    _cash(scene)


def _subproject(scene: Scene, project: str, items: Sequence[FundItem], source: str) -> Fact:
    own, scope = _where(items, "subproject", project), subproject_scope(project)
    parts = [
        scene.book.measure(
            (key, scope, PLANNED), _amount(_where(own, "category", category)), source, "资金表求和"
        )
        for category, key in CATEGORY_KEYS.items()
    ]
    total = scene.book.derive("sum", ("investment", scope, PLANNED), parts)
    scene.book.apportion(total, parts)
    return total


Address = tuple[str, str, str] | tuple[str, str, str, str]


def _split(scene: Scene, total: Fact, parts: Sequence[tuple[Address, list[FundItem]]], source: str) -> None:
    facts = [scene.book.measure(address, _amount(own), source, "资金表求和") for address, own in parts]
    if facts:
        scene.book.apportion(total, facts)


def _sum(scene: Scene, address: Address, parts: Sequence[Fact], source: str) -> Fact:
    if parts:
        return scene.book.derive("sum", address, parts)
    return scene.book.measure(address, Money(0), source, "资金表为空")


def _cash(scene: Scene) -> None:
    items, book, source = scene.survey.cash, scene.book, _table(scene, "cash_flow")
    if not items:
        return
    net: list[Fact] = []
    for year in range(min(i.year for i in items), max(i.year for i in items) + 1):
        flows = {
            key: Money.total(i.amount for i in items if i.year == year and i.inflow is inflow)
            for key, inflow in (("cash_income", True), ("cash_expense", False))
        }
        parts = [
            book.measure((key, PROJECT, year_phase(year)), flow, source, "现金流表求和")
            for key, flow in flows.items()
        ]
        net.append(book.derive("difference", ("cash_net", PROJECT, year_phase(year)), parts))
        book.derive("sum", ("cash_balance", PROJECT, year_phase(year)), net)
    _returns(scene, [int(fact.value) for fact in net], source)


def _returns(scene: Scene, flows: Sequence[int], source: str) -> None:
    book, rate = scene.book, scene.survey.plan.discount_rate
    if rate is not None:
        book.measure(("discount_rate", PROJECT, PLANNED), rate, "plan.toml", "照录")
        value = Money(int(half_up(net_present_value(flows, rate), 0)))
        book.measure(("net_present_value", PROJECT, PLANNED), value, source, "net_present_value")
    internal, years = internal_rate(flows), payback(flows)
    if internal is not None:
        book.measure(("internal_rate_of_return", PROJECT, PLANNED), internal, source, "internal_rate")
    if years is not None:
        book.measure(("payback_years", PROJECT, PLANNED), years, source, "payback")


def _where(items: Sequence[FundItem], name: str, value: object) -> list[FundItem]:
    return [item for item in items if getattr(item, name) == value]


def _amount(items: Sequence[FundItem]) -> Money:
    return Money.total(item.amount for item in items)


def _table(scene: Scene, name: str) -> str:
    table = scene.survey.plan.tables.get(name)
    return table.path.name if table else ""
