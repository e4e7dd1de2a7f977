"""整治地块。Plots and sub-projects on the maps: their areas, numbers and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import shapely

from fangtian.catalog.order import id_runs, natural_key
from fangtian.deliver.drawing.typeface import printable
from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.lines import shared_lines
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import Rgb
from fangtian.deliver.maps.strata import Order, Shapes, Stratum
from fangtian.deliver.maps.symbols import line_symbol

__all__ = ["abridged", "clusters", "plot_labels", "subproject_areas", "subproject_labels"]

PURPLE: Rgb = (112, 68, 137)
TOGETHER = 0.12
"""Plots of a sub-project count as one place where they lie nearer than this share of the map's width."""


def clusters(scene: Scene) -> Mapping[str, Shapes]:
    """子项目范围。Places of each sub-project: plots that lie close together, as one shape each."""
    layer = scene.layer("plots")
    if layer is None:
        return {}
    west, south, east, north = shapely.bounds(scene.outline)
    reach = max(east - west, north - south) * TOGETHER / 2
    owners, found = layer.column("subproject_id"), {}
    for owner in sorted(set(owners.tolist()), key=natural_key):
        own = layer.geometry[owners == owner]
        grown = shapely.get_parts(shapely.union_all(shapely.buffer(own, reach, quad_segs=2)))
        place, plot = shapely.STRtree(own).query(grown, predicate="intersects")
        unions = [shapely.union_all(own[plot[place == i]]) for i in np.unique(place).tolist()]
        found[str(owner)] = scene.stacked(unions)
    return found


def subproject_areas(scene: Scene, group: str) -> Iterator[Stratum]:
    """子项目范围线。Outlines of the plots of each sub-project, shared borders once."""
    found = clusters(scene)
    if found:
        shapes = np.concatenate([shared_lines(places, scene.grain) for places in found.values()])
        yield Stratum(line_symbol("subproject"), shapes, Order.ZONE, group)


def subproject_labels(scene: Scene, size: float = 5.8) -> Iterator[LabelRequest]:
    """子项目编号。In a frame, once for every place of a sub-project; the largest place first."""
    for name, places in clusters(scene).items():
        for place in places[np.argsort(-shapely.area(places), kind="stable")]:
            yield LabelRequest((printable(name),), place, size, "plot", 3, "bold", PURPLE, frame=PURPLE)


def plot_labels(
    scene: Scene, plots: Mapping[str, object], size: float = 5.6, areas: str = ""
) -> Iterator[LabelRequest]:
    """地块编号。One for every plot; with ``areas`` (a quantity) its displayed area stands below."""
    for name in sorted(plots, key=natural_key):
        tag = scene.tag(areas.format(name)) if areas else None
        lines = (printable(name), tag.text) if tag else (printable(name),)
        yield LabelRequest(lines, plots[name], size, "plot", 2, "regular", (20, 20, 20), halo=0.3, tag=tag)


def abridged(names: list[str]) -> str:
    """地块编号简写。Runs of numbers as from–to.

    >>> abridged(["XZ-001", "XZ-002", "XZ-003", "TZ-1", "XZ-009"])
    'TZ-1，XZ-001～003，XZ-009'
    """
    return "，".join(run[0] if len(run) == 1 else f"{run[0]}～{_tail(run[-1])}" for run in id_runs(names))


def _tail(name: str) -> str:
    return name[len(name.rstrip("0123456789")) :] or name
