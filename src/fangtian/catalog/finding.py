"""检查发现。A finding: what is wrong, where, under which rule, and what to do about it.

Findings are values, always collected and never raised. Their words live in ``findings.toml``; the code
that finds something gives only the code, the place and the values that fill the sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

__all__ = [
    "CHECK_FAMILIES",
    "Finding",
    "FindingKind",
    "Place",
    "Places",
    "Severity",
    "blocking",
    "checks",
    "finding",
    "finding_kinds",
]

_CONTROLS = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029]+\s*")
_LONGEST = 1000
"""Characters of one value: names of layers and fields, and what is quoted of a file, may be without end."""

CHECK_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "SCH": "结构",
        "DOM": "值域",
        "LOG": "逻辑",
        "BAL": "面积平衡",
        "TOP": "拓扑",
        "CRS": "坐标系",
    }
)
"""检查类别。Families of the checks on data, in the order in which they are read."""


class Severity(StrEnum):
    """严重程度。How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def chinese(self) -> str:
        """中文名。The word shown to the user."""
        return {"error": "错误", "warning": "警告", "info": "提示"}[self.value]


@dataclass(frozen=True)
class Place:
    """位置。Where a finding is: file, layer, feature, field or cell; ``wkb`` draws it on the map."""

    file: str = ""
    layer: str = ""
    feature: str = ""
    field: str = ""
    wkb: bytes | None = attribute(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        parts = (self.file, self.layer, self.feature, self.field)
        return " · ".join(_in_one_line(part) for part in parts if part)


@dataclass(frozen=True, eq=False)
class Places:
    """逐处清单。Every place of a finding, one by one: columns of one length, () where nothing is to be said.

    ``features`` what each is called, ``beside`` the feature that took part; ``values`` what stands in the
    field, ``says`` what is wrong with it; ``shapes`` what to draw, in the layer's own coordinates; areas in
    m² before and after a repair; ``rows`` of the layer. Columns are shared with the layer, not copied.
    """

    features: Any = ()
    beside: Any = ()
    values: Any = ()
    says: Any = ()
    shapes: Any = ()
    before_m2: Any = ()
    after_m2: Any = ()
    rows: Any = ()

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class FindingKind:
    """发现类型。One entry of ``findings.toml``; ``zh``/``en`` are sentences with ``{named}`` slots.

    Checks on data also say what the finding means for the plan (``meaning_zh``), which rule of a standard
    they rest on (``rule``, with its mark: V2 two or more sources agree, V1 one source, R recalled, O our
    own) and which ``requirements`` they serve; ``unconfirmed``: the text of that rule is not held.
    """

    code: str
    severity: Severity
    title: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    meaning_zh: str = ""
    rule: str = ""
    requirements: tuple[str, ...] = ()
    unconfirmed: bool = False

    @property
    def family(self) -> str:
        """类别。The letters before the first hyphen."""
        return self.code.partition("-")[0]


@dataclass(frozen=True)
class Finding:
    """检查发现。One problem with its place; ``values`` fill the sentence of its kind."""

    code: str
    place: Place = Place()
    values: Mapping[str, str] = attribute(default_factory=dict)
    severity: Severity = Severity.ERROR
    places: Places = attribute(default=Places(), repr=False, compare=False)

    def at(self, places: Places) -> Finding:
        """附逐处清单。The same finding with every place of it."""
        return replace(self, places=places)

    @property
    def kind(self) -> FindingKind:
        """发现类型。The entry of the catalogue: what it means, and on which rule it rests."""
        return finding_kinds()[self.code]

    @property
    def message(self) -> str:
        """中文说明。The Chinese sentence."""
        return self.sentence("zh")

    @property
    def remedy(self) -> str:
        """处理办法。What the user can do, in Chinese."""
        return self.cure("zh")

    def sentence(self, lang: str) -> str:
        """说明。The sentence in ``zh`` or ``en``."""
        kind = finding_kinds()[self.code]
        return _fill(kind.zh if lang == "zh" else kind.en, self.values)

    def cure(self, lang: str) -> str:
        """处理办法。The remedy in ``zh`` or ``en``."""
        kind = finding_kinds()[self.code]
        return _fill(kind.remedy_zh if lang == "zh" else kind.remedy_en, self.values)


def finding(code: str, place: Place | None = None, **values: object) -> Finding:
    """登记发现。Make a finding of a catalogued kind; every slot of its sentence must be given.

    >>> finding("SCH-layer-missing", Place(layer="DLTB"), role="地类图斑", known="A、B").severity.value
    'error'
    """
    kind = finding_kinds()[code]
    filled = Finding(code, place or Place(), {k: str(v) for k, v in values.items()}, kind.severity)
    filled.sentence("zh"), filled.cure("zh"), filled.sentence("en"), filled.cure("en")  # a gap fails here
    return filled


def blocking(findings: Iterable[Finding]) -> bool:
    """是否阻断。Whether any finding is an error."""
    return any(item.severity is Severity.ERROR for item in findings)


@cache
def finding_kinds() -> Mapping[str, FindingKind]:
    """发现目录。Every catalogued kind by code."""
    text = files("fangtian.catalog").joinpath("findings.toml").read_text(encoding="utf-8")
    return {
        code: FindingKind(
            code,
            Severity(entry["severity"]),
            entry["title"],
            entry["zh"],
            entry["en"],
            entry.get("remedy_zh", ""),
            entry.get("remedy_en", ""),
            entry.get("meaning_zh", ""),
            entry.get("rule", ""),
            tuple(entry.get("requirement", ())),
            entry.get("unconfirmed", False),
        )
        for code, entry in tomllib.loads(text).items()
    }


def checks() -> tuple[FindingKind, ...]:
    """数据检查目录。Every check on data, by family in reading order, then by code.

    >>> [kind.family for kind in checks()][0]
    'SCH'
    """
    order = list(CHECK_FAMILIES)
    found = [kind for kind in finding_kinds().values() if kind.family in order and kind.meaning_zh]
    return tuple(sorted(found, key=lambda kind: (order.index(kind.family), kind.code)))


def _fill(template: str, values: Mapping[str, str]) -> str:
    return template.format_map({name: _in_one_line(value) for name, value in values.items()})


def _in_one_line(text: str) -> str:
    """Whatever a file has in its names: no line breaks, nothing a terminal would obey, no end of words."""
    return _CONTROLS.sub(" ", text)[:_LONGEST]
