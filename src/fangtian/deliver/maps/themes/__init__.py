"""专题。The maps of a plan, in the order in which they are bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fangtian.deliver.attention import MAP_TITLE
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.strata import Content
from fangtian.deliver.maps.themes.farmland import farmland_after, farmland_before
from fangtian.deliver.maps.themes.findings import findings_map
from fangtian.deliver.maps.themes.location import location
from fangtian.deliver.maps.themes.new_farmland import new_farmland
from fangtian.deliver.maps.themes.planned import planned_land_use
from fangtian.deliver.maps.themes.present import present_land_use
from fangtian.deliver.maps.themes.works import works_plan

__all__ = ["THEMES"]

THEMES: Mapping[str, Callable[[Scene], Content | None]] = MappingProxyType(
    {
        "位置图": location,
        "土地利用现状图": present_land_use,
        "土地利用规划图": planned_land_use,
        "项目建设规划总图": works_plan,
        "永久基本农田调整前图": farmland_before,
        "永久基本农田调整后图": farmland_after,
        "新增耕地分布图": new_farmland,
        MAP_TITLE: findings_map,
    }
)
"""附图。Title -> what the map shows, None where the plan has nothing to show on it."""
