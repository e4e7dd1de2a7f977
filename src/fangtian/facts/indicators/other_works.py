"""既有项目和违法用地。Ground that other projects hold already, and ground used against the law."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.indicators.parts import Part, unless, write_parts
from fangtian.facts.scene import Mask, Scene
from fangtian.geo.area import official_areas
from fangtian.geo.surfaces import polygons_only
from fangtian.units import Area

__all__ = ["IllegalUse", "illegal_uses", "other_works", "other_works_parts"]

LAYER, TABLE = "illegal_use", "existing_projects"
HANDLED = "已处理"
"""处理情况。What a patch that is settled says; a blank says nothing."""


def other_works(scene: Scene) -> None:
    """既有项目和违法用地事实。What the plan's data tell of them; nothing where it tells nothing."""
    write_parts(scene, other_works_parts(scene))
    for use in illegal_uses(scene):
        source = scene.source(LAYER)
        total = Area.total(use.area.tolist())
        scene.book.measure(("illegal_use_area", use.scope, BEFORE), total, source, "与范围相交求和")
        if (use.handling != "").all():
            left = Area.total(use.area[use.open].tolist())
            address = ("illegal_use_unhandled_area", use.scope, PLANNED)
            scene.book.measure(address, left, source, "与范围相交求和")


def other_works_parts(scene: Scene) -> tuple[Part, ...]:
    """既有项目占地。Plots of this plan on the ground of a project that is there already."""
    names, told = _named(scene)
    ledger = scene.ledger
    taken = np.isin(ledger.plot.astype(str), sorted(names)) & (ledger.plot != "")
    everywhere = np.ones(len(ledger), bool)
    part = Part("existing_overlap", taken, ledger.area, ledger.plot, doubtful=unless(told, everywhere))
    return (part,)


def _named(scene: Scene) -> tuple[set[str], bool]:
    """Plots that existing projects name, and whether each of them names plots that the plan knows."""
    roles = ("plots", "basic_farmland_out", "basic_farmland_in")
    layers = [scene.survey.layers[role] for role in roles if role in scene.survey.layers]
    known = {str(plot) for layer in layers for plot in layer.ids}
    lists = [_names(item.plots) for item in scene.survey.existing]
    told = TABLE in scene.survey.plan.tables and all(names and known.issuperset(names) for names in lists)
    return {name for names in lists for name in names}, told


def _names(listed: str) -> list[str]:
    return [name for name in re.split(r"[、,，;；\s]+", listed) if name]


class IllegalUse(NamedTuple):
    """违法用地。Patches that reach into a scope: their numbers, handling, and what lies inside."""

    scope: str
    ids: NDArray[np.object_]
    handling: NDArray[np.object_]
    area: NDArray[np.int64]
    geometry: NDArray[np.object_]

    @property
    def open(self) -> Mask:
        """未处理。Not said to be handled."""
        return np.asarray(self.handling != HANDLED, bool)


def illegal_uses(scene: Scene) -> Iterator[IllegalUse]:
    """各范围违法用地。For the pilot area and the consolidation area; nothing without the layer."""
    layers = scene.survey.layers
    if LAYER not in layers:
        return
    layer, ground = layers[LAYER], shapely.union_all(layers["pilot_area"].geometry)
    for scope, role in zip(scene.areas, ("pilot_area", "consolidation_area"), strict=True):
        ground = shapely.intersection(ground, shapely.union_all(layers[role].geometry))
        shapely.prepare(ground)
        near = layer.take(shapely.intersects(ground, layer.geometry))
        inside = polygons_only(shapely.intersection(near.geometry, ground))
        area = official_areas(inside, layer.crs)
        there = area > 0
        handling = near.column("handling")[there]
        yield IllegalUse(scope.name, near.ids[there], handling, area[there], inside[there])
