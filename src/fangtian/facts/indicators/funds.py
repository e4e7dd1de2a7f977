"""资金。Investment by sub-project, source and year; cash flow with NPV, IRR and payback (table 7, 大纲六)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from fangtian.catalog.code import code_entries, codes
from fangtian.facts.fact import PLANNED, Fact, year_phase
from fangtian.facts.scene import PROJECT, Scene, subproject_scope
from fangtian.plan.model import CashItem, FundItem
from fangtian.units import Money, half_up

__all__ = ["cash_flow", "funds", "internal_rate", "item_name", "net_present_value", "payback"]

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
    """资金事实。The project's total is shared out over sub-projects, and over sources and years.

    The cells source × year are shared out from the fiscal and the social total; sources and years are sums of
    the cells that are shown, so the annual plan closes on both margins (as table 6 does).
    """
    items = scene.survey.funds
    source = _table(scene, "funds")
    rows = [_subproject(scene, project.id, items, source) for project in scene.survey.subprojects]
    total = _sum(scene, ("investment", PROJECT, PLANNED), rows, source)
    scene.book.apportion(total, rows)
    for key in CATEGORY_KEYS.values():
        parts = [scene.book[f"{key}@{row.scope}.planned"] for row in rows]
        category = _sum(scene, (key, PROJECT, PLANNED), parts, source)
        if total.value:
            scene.book.derive("ratio", (f"{key}_share", PROJECT, PLANNED), [category, total])
    cells = _cells(scene, items, source)
    for name in dict.fromkeys(cell.member for cell in cells):
        own = [cell for cell in cells if cell.member == name]
        scene.book.derive("sum", ("investment_source", PROJECT, PLANNED, name), own)
    for year in scene.survey.plan.years:
        _year(scene, year_phase(year), cells, source)
    _kinds(scene, source)
    cash_flow(scene)


def _cells(scene: Scene, items: Sequence[FundItem], source: str) -> list[Fact]:
    """Every source that pays at all, in every year."""
    cells = []
    for category, key in CATEGORY_KEYS.items():
        own = []
        for name, entry in code_entries("fund_source").items():
            paid = _where(items, "source", name)
            for year in scene.survey.plan.years if paid and entry.category == category else ():
                address = ("investment_source", PROJECT, year_phase(year), name)
                amount = _amount(_where(paid, "year", year))
                own.append(scene.book.measure(address, amount, source, "资金表求和"))
        if own:
            scene.book.apportion(scene.book[f"{key}@{PROJECT}.planned"], own)
        cells += own
    order = {name: number for number, name in enumerate(codes("fund_source"))}
    return sorted(cells, key=lambda cell: order[cell.member])


def _year(scene: Scene, phase: str, cells: Sequence[Fact], source: str) -> None:
    parts = []
    for category, key in CATEGORY_KEYS.items():
        categories = code_entries("fund_source")
        own = [cell for cell in cells if cell.phase == phase and categories[cell.member].category == category]
        parts.append(_sum(scene, (key, PROJECT, phase), own, source))
    _sum(scene, ("investment", PROJECT, phase), parts, source)


def _kinds(scene: Scene, source: str) -> None:
    for kind in codes("subproject_kind"):
        own = [project.id for project in scene.survey.subprojects if project.kind == kind]
        rows = [scene.book[f"investment@{subproject_scope(name)}.planned"] for name in own]
        _sum(scene, ("investment_kind", PROJECT, PLANNED, kind), rows, source)
        for key in CATEGORY_KEYS.values():
            rows = [scene.book[f"{key}@{subproject_scope(name)}.planned"] for name in own]
            _sum(scene, (key, PROJECT, PLANNED, kind), rows, source)


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


def _sum(scene: Scene, address: Address, parts: Sequence[Fact], source: str) -> Fact:
    if parts:
        return scene.book.derive("sum", address, parts)
    return scene.book.measure(address, Money(0), source, "资金表为空")


def cash_flow(scene: Scene) -> None:
    """现金流事实。Years are rounded themselves and shared out over their items; items are sums over years."""
    items, book, source = scene.survey.cash, scene.book, _table(scene, "cash_flow")
    if not items:
        return
    phases = [year_phase(y) for y in range(min(i.year for i in items), max(i.year for i in items) + 1)]
    for key, inflow in (("cash_income", True), ("cash_expense", False)):
        _titles(scene, key, [item for item in items if item.inflow is inflow], phases)
    net: list[Fact] = []
    for phase in phases:
        parts = [book[f"{key}@{PROJECT}.{phase}"] for key in ("cash_income", "cash_expense")]
        net.append(book.derive("difference", ("cash_net", PROJECT, phase), parts))
        book.derive("sum", ("cash_balance", PROJECT, phase), net)
    book.derive("sum", ("cash_net", PROJECT, PLANNED), net)
    _returns(scene, [int(fact.value) for fact in net], source)


def _titles(scene: Scene, key: str, items: Sequence[CashItem], phases: Sequence[str]) -> None:
    """Income or expense by title and year; a title has a cell in every year."""
    book, source = scene.book, _table(scene, "cash_flow")
    titles = dict.fromkeys(item_name(item.title) for item in items)
    cells: dict[str, list[Fact]] = {title: [] for title in titles}
    years = []
    for phase in phases:
        due = [item for item in items if year_phase(item.year) == phase]
        address = (key, PROJECT, phase)
        total = book.measure(address, Money.total(i.amount for i in due), source, "现金流表求和")
        for title, own in cells.items():
            amount = Money.total(item.amount for item in due if item_name(item.title) == title)
            own.append(book.measure((f"{key}_item", PROJECT, phase, title), amount, source, "现金流表求和"))
        if cells:
            book.apportion(total, [own[-1] for own in cells.values()])
        years.append(total)
    for title, own in cells.items():
        book.derive("sum", (f"{key}_item", PROJECT, PLANNED, title), own)
    book.derive("sum", (key, PROJECT, PLANNED), years)


def item_name(title: str) -> str:
    """收支项目名。A title as the member of an address: signs that addresses and slots use become full-width.

    >>> item_name("管护[渠道]: A.B")
    '管护［渠道］： A．B'
    """
    return title.translate(_FULL_WIDTH)


_FULL_WIDTH = str.maketrans("[]{}@|:.#", "［］｛｝＠｜：．＃")


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
