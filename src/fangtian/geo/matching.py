"""图形对应。Which polygons of two versions of a layer stand for the same ground, redrawn or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fangtian.geo.surfaces import polygons_only

__all__ = ["Match", "matches", "real_parts"]

_SHARE = 0.1
"""Polygons that share less than a tenth of the smaller one are neighbours, drawn a little differently."""


@dataclass(frozen=True)
class Match:
    """对应组。Rows of the old and the new layer on the same ground.

    One of the two may be empty. ``alike``: the outlines lie within the tolerance of each other.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    alike: bool


def matches(old: NDArray[Any], new: NDArray[Any], tolerance_m: float) -> tuple[Match, ...]:
    """对应。Every row of both layers in exactly one group, in the order of the old rows, then the new ones.

    ``old``, ``new`` (n,) valid polygons in one plane system of metres. A group of several rows on one side
    was split or merged.

    >>> before, after = shapely.box([0, 20], 0, [10, 30], 10), shapely.box([0.2, 50], 0, [10, 60], 10)
    >>> [(m.old, m.new, m.alike) for m in matches(before, after, tolerance_m=0.5)]
    [((0,), (0,), True), ((1,), (), False), ((), (1,), False)]
    """
    count = len(old) + len(new)
    first, second = shapely.STRtree(new).query(old, predicate="intersects")
    shared = shapely.area(shapely.intersection(old[first], new[second]))
    smaller = np.minimum(shapely.area(old)[first], shapely.area(new)[second])
    held = shared > _SHARE * smaller
    pairs = (first[held], second[held] + len(old))
    graph = coo_array((np.ones(int(held.sum())), pairs), shape=(count, count))
    found, labels = connected_components(graph, directed=False)
    groups: list[tuple[list[int], list[int]]] = [([], []) for _ in range(found)]
    for row, label in enumerate(labels.tolist()):
        groups[label][row >= len(old)].append(row - len(old) * (row >= len(old)))
    return tuple(
        Match(tuple(olds), tuple(news), _alike(old[olds], new[news], tolerance_m)) for olds, news in groups
    )


def real_parts(first: NDArray[Any], second: NDArray[Any], tolerance_m: float) -> NDArray[Any]:
    """实际出入。Ground of ``first`` not covered by ``second``, but for what two drawings of a line differ in.

    Parts of which every point lies within ``tolerance_m`` of the edge are two drawings of one line.

    >>> real_parts(shapely.box([0], 0, [10.3], 10), shapely.box([0], 0, [10], 10), tolerance_m=0.5).size
    0
    """
    ground = shapely.difference(shapely.union_all(first), shapely.union_all(second))
    parts = shapely.get_parts(polygons_only(np.array([ground], dtype=object)))
    return np.asarray(parts[~shapely.is_empty(shapely.buffer(parts, -tolerance_m))], dtype=object)


def _alike(old: NDArray[Any], new: NDArray[Any], tolerance_m: float) -> bool:
    if not len(old) or not len(new):
        return False
    outlines = shapely.boundary(shapely.union_all(old)), shapely.boundary(shapely.union_all(new))
    return bool(shapely.hausdorff_distance(*outlines) <= tolerance_m)
