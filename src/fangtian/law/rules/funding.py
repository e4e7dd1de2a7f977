"""资金规则。Every sub-project is paid for, and what comes in covers what goes out."""

from __future__ import annotations

from fractions import Fraction

from fangtian.law.rules.registry import Measure, Values, all_of, at_least, at_most, rule

__all__ = [
    "expense_covers_investment",
    "fund_paths_settled",
    "fund_sources_named",
    "funds_balanced",
    "income_covers_expense",
    "pilot_funds_balanced",
]


@rule("gansu-measures-2025/13.6-fund-paths")
def fund_paths_settled(facts: Values, limits: Values) -> Measure:
    """子项目资金落实。没有资金来源的子项目为零，来源与计划投资没有差额。"""
    return _settled(facts)


@rule("outline-2021/6.2-fund-sources")
def fund_sources_named(facts: Values, limits: Values) -> Measure:
    """资金筹措。没有资金来源的子项目为零，来源与计划投资没有差额。"""
    return _settled(facts)


@rule("gansu-measures-2025/13.6-balance")
def income_covers_expense(facts: Values, limits: Values) -> Measure:
    """资金投入和产出平衡。现金流入合计 ≥ 现金流出合计。"""
    return _balanced(facts)


@rule("gansu-pilot-2021/4.1-income-expense")
def pilot_funds_balanced(facts: Values, limits: Values) -> Measure:
    """试点资金平衡。现金流入合计 ≥ 现金流出合计。"""
    return _balanced(facts)


@rule("outline-2021/6.3-income-expense")
def funds_balanced(facts: Values, limits: Values) -> Measure:
    """资金平衡方案。现金流入合计 ≥ 现金流出合计。"""
    return _balanced(facts)


@rule("outline-2021/6.3-expense")
def expense_covers_investment(facts: Values, limits: Values) -> Measure:
    """支出内容。现金流出合计 ≥ 投资，即建设投资已计入支出。"""
    return at_least(facts, "cash_expense.planned", facts["investment.planned"])


def _settled(facts: Values) -> Measure:
    return all_of(
        at_most(facts, "unfunded_subproject_count.planned", Fraction(0)),
        at_most(facts, "funding_gap.planned", Fraction(0)),
    )


def _balanced(facts: Values) -> Measure:
    return at_least(facts, "cash_income.planned", facts["cash_expense.planned"])
