"""腾退用地安排。What freed construction land is built on again for: homes, common needs, industry."""

from __future__ import annotations

from fangtian.facts.fact import PLANNED
from fangtian.facts.scene import Scene

__all__ = ["freed_land"]

PILOT = "pilot_area"
USES = {
    "freed_housing_area": ("农民建房",),
    "freed_public_area": ("基础设施", "公共服务"),
    "freed_industry_area": ("产业发展", "新产业新业态"),
}


def freed_land(scene: Scene) -> None:
    """腾退用地事实。In the order in which freed land is to serve; open while a building plot has no use."""
    book = scene.book
    others = book.find("new_construction_use_area", PILOT, PLANNED, "其他")
    if others is None or others.value:
        return
    for key, uses in USES.items():
        parts = [book[f"new_construction_use_area[{use}]@{PILOT}.planned"] for use in uses]
        book.derive("sum", (key, PILOT, PLANNED), parts)
