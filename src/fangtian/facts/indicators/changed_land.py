"""地类变动。What the plan takes from nature and from fields, and how much of the land changes at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.land_class import level1_of, level2_of
from fangtian.facts.fact import PLANNED
from fangtian.facts.indicators.new_farmland import GROUPS
from fangtian.facts.indicators.parts import Part, solid, unless, write_parts
from fangtian.facts.scene import Scene

__all__ = ["changed_land", "changed_land_parts"]

NATURE = ("wood", "grass", "wetland", "water")
WATER_SURFACES = frozenset({"1101", "1102", "1103", "1104"})
"""水面。河流、湖泊、水库、坑塘; canals and dams are works, not water to be filled."""
LANDSCAPE = "0810"
"""公园与绿地，含广场用地。"""


def changed_land(scene: Scene) -> None:
    """地类变动事实。For both scopes; the share of the land whose first-level class changes."""
    write_parts(scene, changed_land_parts(scene))
    for scope in scene.areas:
        facts = [scene.book[f"{key}@{scope.name}.planned"] for key in ("class_changed_area", "total_area")]
        if facts[1].value:
            scene.book.derive("ratio", ("class_changed_share", scope.name, PLANNED), facts)


def changed_land_parts(scene: Scene) -> tuple[Part, ...]:
    """变动各部分。Layout, nature lost and built over, fields made into parks."""
    return (*_layout(scene), *solid(scene, (*_nature(scene), _parks(scene))))


def _layout(scene: Scene) -> Iterator[Part]:
    ledger, layers = scene.ledger, scene.survey.layers
    changed = _group(scene, False) != _group(scene, True)
    yield Part("class_changed", changed, ledger.area, ledger.plot)
    moved = (ledger.in_redline != ledger.in_redline_after) | (ledger.in_urban != ledger.in_urban_after)
    everywhere = np.ones(len(ledger), bool)
    known = {"eco_redline", "urban_boundary"} <= {*layers}
    yield Part("space_changed", moved, ledger.area, ledger.village, "控制线", unless(known, everywhere))


def _nature(scene: Scene) -> Iterator[Part]:
    ledger, built = scene.ledger, scene.construction[True] & ~scene.construction[False]
    before, after = _group(scene, False), _group(scene, True)
    for name in NATURE:
        held = before == GROUPS[name]
        yield Part(f"{name}_built", held & built, ledger.net_before, ledger.plot)
        if name != "water":
            yield Part(f"{name}_lost", held & (after != GROUPS[name]), ledger.net_before, ledger.plot)
    wet, stays = (scene.classes(_is_water_surface, after) for after in (False, True))
    yield Part("water_surface_lost", wet & ~stays, ledger.net_before, ledger.plot)


def _is_water_surface(code: str) -> bool:
    return level2_of(code) in WATER_SURFACES


def _parks(scene: Scene) -> Part:
    was, ledger = scene.cultivated[False], scene.ledger
    park = scene.classes(lambda code: level2_of(code) == LANDSCAPE, True)
    return Part("landscape_on_cultivated", was & park, ledger.net_before, ledger.plot)


def _group(scene: Scene, after: bool) -> NDArray[Any]:
    column = scene.ledger.class_after if after else scene.ledger.class_before
    known = {code: level1_of(code) for code in set(column.tolist())}
    return np.array([known[code] for code in column.tolist()], dtype=object)
