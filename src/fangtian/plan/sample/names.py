"""地名。Names and numbers of a township that does not exist; codes end in 900 so that none is real."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COUNTY", "PERIOD", "TITLE", "TOWNSHIP", "VILLAGES", "Village"]

COUNTY = "620525"
TOWNSHIP = "620525900"
TITLE = "方田镇（示例）全域土地综合整治项目实施方案"
PERIOD = (2026, 2028)


@dataclass(frozen=True)
class Village:
    """村。``population`` None where the planner has not been told yet (a deliberate gap)."""

    number: int
    name: str
    kind: str
    households: int
    population: int | None

    @property
    def code(self) -> str:
        """坐落单位代码。Twelve digits of the village and seven zeros."""
        return f"{TOWNSHIP}{200 + self.number}0000000"


VILLAGES = (
    Village(1, "上川村", "集聚提升", 236, 985),
    Village(2, "马鞍梁村", "搬迁撤并", 187, None),
    Village(3, "石嘴村", "其他", 168, 702),
    Village(4, "杨家塬村", "集聚提升", 312, 1307),
    Village(5, "方田村", "城郊融合", 428, 1764),
    Village(6, "堡子梁村", "特色保护", 295, 1216),
    Village(7, "柳湾村", "集聚提升", 274, 1149),
    Village(8, "赵家岔村", "搬迁撤并", 243, 968),
    Village(9, "下川村", "其他", 201, 834),
)
"""村庄。From north to south, as the settlements are numbered."""
