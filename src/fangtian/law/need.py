"""所需事实。How norms name facts, scopes, phases and exact limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from fangtian.catalog.quantity import quantities

__all__ = ["JUDGED_YEAR", "PHASE_TERMS", "SCOPE_TERMS", "SLOT", "Need", "limit_value"]

SCOPE_TERMS: Mapping[str, str] = {
    "county": "县域",
    "townships": "所涉乡镇",
    "pilot_area": "试点区域",
    "consolidation_area": "整治区域",
    "project": "项目",
}
PHASE_TERMS: Mapping[str, str] = {
    "before": "整治前",
    "planned": "整治后",
    "actual": "实施后",
    "approved": "批准方案",
    "revised": "调整方案",
    "revision": "调整增减",
    "deviation": "完成差额",
    "earlier": "以前年度",
}
SLOT = re.compile(r"\{([^{}]+)\}")
"""插槽。``{scope}``, ``{limits.<name>}`` or ``{<key>.<phase>}`` in the words of a norm."""

_LIMIT = re.compile(r"\d+(\.\d+)?%?")
_NEED = re.compile(
    r"(?P<key>[a-z][a-z0-9_]*)(\[(?P<member>[^\[\]]+)\])?(@(?P<scope>[a-z_]+))?\.(?P<phase>[a-z]+)"
)
JUDGED_YEAR = "judged_year"
"""判定年。Every rule finds the year of the day that decides among its limits, under this name."""


def limit_value(text: str) -> Fraction:
    """限值。The exact value of a limit as the law writes it. Raises ValueError for anything else.

    >>> limit_value("5%"), limit_value("666.67"), limit_value("5")
    (Fraction(1, 20), Fraction(66667, 100), Fraction(5, 1))
    """
    if not _LIMIT.fullmatch(text):
        raise ValueError(f"限值“{text}”不是数；请照法条写成 5% 或 666.67 这样的字符串")
    return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)


@dataclass(frozen=True)
class Need:
    """所需事实。``key[member].phase``; ``scope`` is empty where the fact is taken at the scope being judged.

    >>> Need.of("pbf_out_area@pilot_area.planned").address("townships")
    'pbf_out_area@pilot_area.planned'
    >>> Need.of("cultivated_area.before").address("consolidation_area")
    'cultivated_area@consolidation_area.before'
    """

    key: str
    phase: str
    scope: str = ""
    member: str = ""

    @classmethod
    def of(cls, text: str) -> Need:
        """解析。From ``key.phase`` or ``key@scope.phase``; raises ValueError for an unknown part."""
        found = _NEED.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}”不是事实地址；写法为 指标.阶段 或 指标[分项]@范围.阶段")
        quantity = quantities().get(found["key"])
        if quantity is None:
            raise ValueError(f"“{text}”的指标不在 quantities.toml 中")
        if quantity.value_type == "text":
            raise ValueError(f"“{text}”是文字，不能比较")
        if found["phase"] not in PHASE_TERMS or (found["scope"] or "project") not in SCOPE_TERMS:
            raise ValueError(f"“{text}”的范围或阶段不认识")
        return cls(found["key"], found["phase"], found["scope"] or "", found["member"] or "")

    @property
    def name(self) -> str:
        """简名。How rules, words and cases call it."""
        return f"{self._full_key}.{self.phase}"

    def address(self, scope: str) -> str:
        """地址。The fact's address when the norm is judged at ``scope``."""
        return f"{self._full_key}@{self.scope or scope}.{self.phase}"

    @property
    def _full_key(self) -> str:
        return f"{self.key}[{self.member}]" if self.member else self.key
