"""案例。Worked cases of the packs: facts, a day and a regime, and the verdict that must come out.

Cases stand beside the norms (``packs/<authority>/cases/*.toml``), so that whoever writes a norm shows what it
does, on the limit and beyond; the reference pages print them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fangtian.catalog.quantity import quantities
from fangtian.errors import LawError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import Fact, Value
from fangtian.law.judge import Context, judge
from fangtian.law.need import limit_value
from fangtian.law.norm import norms
from fangtian.law.pack import entries_of, packs
from fangtian.law.pack_file import read_entry, read_toml
from fangtian.law.schema import DateField, Norm
from fangtian.law.verdict import Judgement, Verdict
from fangtian.units import Area, Money

__all__ = ["Case", "exact_value", "load_cases", "run"]


class Case(BaseModel):
    """案例。``facts`` by need name, as text: areas in 公顷, money in 万元, shares "5%", means
    "8.35", counts "3".

    ``scope`` defaults to the first of the norm; ``missing`` lists the addresses that 依据不足 must name;
    ``boundary`` marks the case that lies exactly on the limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    norm: str
    on: DateField
    regime: str
    expect: Verdict
    facts: Mapping[str, str] = {}
    territory: str = "620525"
    scope: str = ""
    missing: tuple[str, ...] = ()
    boundary: bool = False


def load_cases() -> tuple[Case, ...]:
    """全部案例。Of every pack, in the order of packs, files and entries."""
    found: list[Case] = []
    for pack in packs():
        for file in entries_of(pack.folder.joinpath("cases"), ".toml"):
            found += _read_cases(file)
    return tuple(found)


def run(case: Case) -> Judgement:
    """判定案例。The judgement of the case's norm at its scope, by the same ``judge`` that plans meet.

    Raises LawError for an unknown norm or scope, or a fact that the norm does not need.
    """
    norm = next((norm for norm in norms() if norm.id == case.norm), None)
    if norm is None:
        raise LawError(f"案例“{case.name}”的条文 {case.norm} 不存在；请核对编号。")
    scope = case.scope or norm.scopes[0]
    context = Context((case.regime,), case.territory, case.on)
    for judgement in judge(_book(case, norm, scope), context, {}, norm.stage):
        if judgement.norm.id == norm.id and judgement.scope in ("", scope):
            return judgement
    raise LawError(f"案例“{case.name}”的范围 {scope} 不在条文 {norm.id} 的范围中。")


def exact_value(key: str, text: str) -> Value:
    """精确值。A fact's value from its written form, by the type that the catalogue gives the key.

    >>> exact_value("cultivated_area", "12.000001"), exact_value("cultivated_grade_mean", "8.35")
    (Area(12000001), Fraction(167, 20))
    """
    kind = quantities()[key].value_type
    if kind == "area":
        if Decimal(text).scaleb(6) % 1:
            raise LawError(f"面积 {text} 公顷不足0.01平方米；小数至多六位。")
        return Area.of_ha(text)
    if kind == "money":
        return Money.of_wan(text)
    if kind == "count":
        return int(text)
    return limit_value(text)


def _book(case: Case, norm: Norm, scope: str) -> FactBook:
    book = FactBook()
    needs = {need.name: need for need in norm.needs}
    for name, text in case.facts.items():
        if name not in needs:
            raise LawError(f"案例“{case.name}”的事实 {name} 不是条文所需；可用的有 {'、'.join(needs)}。")
        need = needs[name]
        value = exact_value(need.key, text)
        address = (need.key, need.scope or scope, need.phase)
        book.add(Fact(*address, value, need.member, source=case.name, method="case"))
    return book


def _read_cases(file: Traversable) -> list[Case]:
    faults: list[str] = []
    entries = read_toml(file, "case").get("case", [])
    read = [read_entry(Case, entry, faults, f"case 第{i}条") for i, entry in enumerate(entries, 1)]
    if faults:
        raise LawError(f"案例文件 {file.name} 有误：{'；'.join(faults)}。")
    return [case for case in read if case is not None]
