"""值域。The coded values of a field: code and name, by domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["Code", "code_entries", "codes", "domains", "is_code_list"]

_ALIASES = {"land_class": "land_classes", "slope_class": "GDPDJB"}


@dataclass(frozen=True)
class Code:
    """代码。One value of a domain; ``category`` groups some lists (fund sources: 财政, 社会)."""

    code: str
    name: str
    category: str = ""
    source: str = ""
    trust: str = ""


@cache
def domains() -> tuple[str, ...]:
    """全部值域。Names of every code list, aliases included, sorted."""
    folder = files("fangtian.catalog").joinpath("codes")
    stored = {entry.name[:-4] for entry in folder.iterdir() if entry.name.endswith(".csv")}
    return tuple(sorted(stored | set(_ALIASES)))


def is_code_list(domain: str) -> bool:
    """是否代码表。Whether a domain is a list of codes and not, say, the interval ``[0,1)``."""
    return domain in domains()


@cache
def code_entries(domain: str) -> Mapping[str, Code]:
    """值域条目。Every value of a domain with its category, source and trust, in official order.

    Raises KeyError for a domain that is not catalogued.

    >>> code_entries("fund_source")["社会资本"].category
    '社会'
    """
    if not is_code_list(domain):
        raise KeyError(f"值域“{domain}”没有代码表；现有 {'、'.join(domains())}。")
    name = f"{_ALIASES.get(domain, domain)}.csv"
    return MappingProxyType({row["code"]: _code(row) for row in csv_rows("codes", name)})


@cache
def codes(domain: str) -> Mapping[str, str]:
    """值域。Code -> name, in official order.

    >>> codes("GDLX")["TT"]
    '梯田'
    """
    return MappingProxyType({entry.code: entry.name for entry in code_entries(domain).values()})


def _code(row: Mapping[str, str]) -> Code:
    return Code(
        row["code"], row["name"], row.get("category", ""), row.get("source", ""), row.get("trust", "")
    )
