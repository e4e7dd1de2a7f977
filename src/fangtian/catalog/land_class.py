"""地类。The working classes of the third national land survey: names, groups, three classes, colours.

Level 1 is looked up and never cut from the code: the wetland classes keep a number of forest, grass or
water but belong to group 00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows
from fangtian.errors import FangtianError

__all__ = [
    "AGRICULTURAL",
    "CONSTRUCTION",
    "FARM_CLASSES",
    "RIDGE",
    "UNUSED",
    "LandClass",
    "is_construction",
    "is_cultivated",
    "is_ecological",
    "land_classes",
    "level1_of",
    "level2_of",
    "three_class_of",
]

AGRICULTURAL, CONSTRUCTION, UNUSED = "农用地", "建设用地", "未利用地"
FARM_CLASSES = ("0101", "0102", "0103")
"""水田、水浇地、旱地。The columns of tables 5 and 6."""
RIDGE = "1203"
"""田坎。The class that the deducted area of a cultivated parcel counts to."""

THREE_CLASS_CHANGED = 2023
_ECOLOGICAL_GROUPS = frozenset({"00", "03", "04"})


@dataclass(frozen=True)
class LandClass:
    """地类。One class; ``level`` 1 group, 2 class, 3 split-out or adjustable class (suffix A or K).

    ``three_class`` is the survey's own group of three, ``three_class_2023`` the one since 2023; both are
    empty where the classes below differ. ``rgb`` is the colour on maps.
    """

    code: str
    name: str
    level: int
    parent: str
    three_class: str
    three_class_2023: str
    is_wetland: bool
    rgb: tuple[int, int, int]
    source: str
    trust: str
    note: str = ""


@cache
def land_classes() -> Mapping[str, LandClass]:
    """全部地类。By code, in the official order (wetland first).

    >>> land_classes()["0103"].name
    '旱地'
    """
    rows = csv_rows("codes", "land_classes.csv")
    return MappingProxyType({row["code"]: _land_class(row) for row in rows})


def level1_of(code: str) -> str:
    """一级类。The group that a class counts to; looked up, so that wetland stays wetland.

    Raises FangtianError for a code outside the survey classes. Source: 第三次全国国土调查工作分类.

    >>> level1_of("0304"), level1_of("0301K"), level1_of("09")
    ('00', '03', '09')
    """
    entry = _known(code)
    while entry.parent:
        entry = _known(entry.parent)
    return entry.code


def level2_of(code: str) -> str:
    """二级类。The class that a split-out or adjustable class belongs to; other codes stay themselves.

    >>> level2_of("0201K"), level2_of("0103"), level2_of("09")
    ('0201', '0103', '09')
    """
    entry = _known(code)
    return entry.parent if entry.level == 3 else entry.code


def three_class_of(code: str, base_year: int) -> str:
    """三大类。农用地, 建设用地 or 未利用地 under the rule of the base year.

    Interpretation: base data of 2022 and before follow the survey's table, those of 2023 and after the
    2023 classification, which moved 0404 其他草地 to 农用地. Raises FangtianError for an unknown code and
    for a group whose classes differ. Source: 三调三大类对照表.

    >>> three_class_of("0404", 2022), three_class_of("0404", 2023)
    ('未利用地', '农用地')
    """
    entry = _known(code)
    found = entry.three_class_2023 if base_year >= THREE_CLASS_CHANGED else entry.three_class
    if not found:
        raise FangtianError(f"{code} {entry.name}的下级地类分属不同三大类；请给出二级类编码。")
    return found


def is_cultivated(code: str) -> bool:
    """是否耕地。Whether a class belongs to 01 耕地.

    >>> is_cultivated("0102"), is_cultivated("0201K")
    (True, False)
    """
    return level1_of(code) == "01"


def is_ecological(code: str) -> bool:
    """是否生态用地。Wetland, forest or grass (附表1：林、草、湿地等).

    >>> is_ecological("1106"), is_ecological("0404"), is_ecological("1101")
    (True, True, False)
    """
    return level1_of(code) in _ECOLOGICAL_GROUPS


def is_construction(code: str, base_year: int) -> bool:
    """是否建设用地。Whether a class is construction land under the rule of the base year.

    >>> is_construction("1006", 2024), is_construction("0702", 2024)
    (False, True)
    """
    return three_class_of(code, base_year) == CONSTRUCTION


def _known(code: str) -> LandClass:
    try:
        return land_classes()[code]
    except KeyError:
        raise FangtianError(f"“{code}”不是三调地类编码；请核对地类编码字段。") from None


def _land_class(row: Mapping[str, str]) -> LandClass:
    return LandClass(
        code=row["code"],
        name=row["name"],
        level=int(row["level"]),
        parent=row["parent"],
        three_class=row["three_class"],
        three_class_2023=row["three_class_2023"],
        is_wetland=row["is_wetland"] == "1",
        rgb=(int(row["r"]), int(row["g"]), int(row["b"])),
        source=row["source"],
        trust=row["trust"],
        note=row["note"],
    )
