"""适用性。Which law speaks to a plan: regime × territory × date; every obstacle is stated in words.

What a norm is about (its ``subject``) is seen by its rule, which finds nothing to concern where, say, no
basic farmland moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fangtian.catalog.code import codes
from fangtian.errors import LawError
from fangtian.law.norm import Instrument, load_packs
from fangtian.units import written_date

__all__ = ["Context", "check_regimes", "obstacles"]


@dataclass(frozen=True)
class Context:
    """判定背景。The regimes that the plan names, its 行政区划代码 and the day that decides."""

    regimes: tuple[str, ...]
    territory: str
    on: date


def check_regimes(regimes: tuple[str, ...]) -> None:
    """核对规则。Raise LawError for no regime, an unknown one, or two that exclude each other.

    A misspelt regime must not turn every norm into 不适用; pilot rules never mix with those of 2025.
    """
    held = [instrument for instrument in load_packs() if instrument.regime]
    known = sorted({instrument.regime for instrument in held})
    unknown = [name for name in regimes if name not in known]
    if unknown or not regimes:
        named = "、".join(unknown) or "（空）"
        raise LawError(f"没有规则“{named}”；请将 plan.toml 的 regime 改为 {'、'.join(known)} 之一。")
    for instrument in held:
        mixed = "、".join(name for name in instrument.excludes if name in regimes)
        if mixed and instrument.regime in regimes:
            pair = f"{instrument.regime} 与 {mixed}"
            raise LawError(f"{pair} 两套规则不得混用；请在 plan.toml 的 regime 中只保留一套。")


def obstacles(instrument: Instrument, context: Context) -> tuple[str, ...]:
    """不适用原因。Every reason why the instrument does not speak to the plan; empty = it applies."""
    day, validity = context.on, instrument.in_force
    found = []
    if not {instrument.regime, *instrument.also} & {*context.regimes}:
        found.append(f"方案采用{_named(*context.regimes)}，未采用{_named(instrument.regime)}")
    if not context.territory.startswith(instrument.territory):
        found.append(
            f"该文件适用于行政区划代码以{instrument.territory}开头的地区，方案为{context.territory or '空'}"
        )
    if validity is not None and not validity.holds_on(day):
        until = f"，{written_date(validity.until)}起失效" if validity.until else ""
        found.append(f"该文件自{written_date(validity.start)}起施行{until}，判定日为{written_date(day)}")
    return tuple(found)


def _named(*regimes: str) -> str:
    """Rule packs by title, as a reader knows them."""
    return "、".join(f"《{codes('regime').get(regime, regime)}》" for regime in regimes)
