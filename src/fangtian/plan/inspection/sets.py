"""成套图层。Layers that belong together: of one coordinate system, those of a role joined.

A county may come in one file per township; the same layer may also come twice, in two formats or of two
years. What lies beside another layer of its role is joined to it; what lies on it is a set of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Place
from fangtian.geo.crs import Crs
from fangtian.geo.layer import Layer

__all__ = ["LayerSet", "Placed", "layer_sets"]

_SAME = 0.5
_DECIMALS = 6


@dataclass(frozen=True)
class Placed:
    """有出处的图层。A layer and where it was found."""

    layer: Layer
    place: Place


@dataclass(frozen=True)
class LayerSet:
    """一套图层。One layer of each role, all in ``crs``."""

    crs: Crs
    members: Mapping[str, Placed]

    @property
    def layers(self) -> dict[str, Layer]:
        """图层。By role."""
        return {role: item.layer for role, item in self.members.items()}

    @property
    def places(self) -> dict[str, Place]:
        """出处。By role."""
        return {role: item.place for role, item in self.members.items()}


def layer_sets(found: Sequence[Placed]) -> Iterator[LayerSet]:
    """分套。Every layer of a role is in some set; a role with fewer layers gives its last one to the rest."""
    systems: dict[Crs, dict[str, list[Placed]]] = defaultdict(lambda: defaultdict(list))
    for item in found:
        if item.layer.role and len(item.layer):
            systems[item.layer.crs][item.layer.role].append(item)
    for crs, roles in systems.items():
        joined = {role: [_joined(heap) for heap in _heaps(items)] for role, items in roles.items()}
        for number in range(max(map(len, joined.values()))):
            yield LayerSet(crs, {role: sets[min(number, len(sets) - 1)] for role, sets in joined.items()})


def _heaps(items: Sequence[Placed]) -> list[list[Placed]]:
    """Layers of one role that can be joined: none of them lies on another."""
    heaps: list[list[Placed]] = []
    for item in items:
        home = next((heap for heap in heaps if not any(_repeats(item, other) for other in heap)), None)
        if home is None:
            heaps.append([item])
        else:
            home.append(item)
    return heaps


def _repeats(one: Placed, other: Placed) -> bool:
    """Whether half of the smaller layer is in the other one too, shape for shape."""
    first, second = (_corners(item.layer.geometry) for item in (one, other))
    return len(first & second) >= _SAME * min(len(first), len(second))


def _corners(geometry: NDArray[Any]) -> set[bytes]:
    return {row.tobytes() for row in np.round(shapely.bounds(geometry), _DECIMALS)}


def _joined(heap: Sequence[Placed]) -> Placed:
    if len(heap) == 1:
        return heap[0]
    layers = [item.layer for item in heap]
    names = dict.fromkeys(name for layer in layers for name in layer.columns)
    columns = {name: _column(layers, name) for name in names}
    place = Place(
        "、".join(dict.fromkeys(item.place.file for item in heap)),
        "、".join(dict.fromkeys(item.place.layer for item in heap)),
    )
    shapes = np.concatenate([layer.geometry for layer in layers])
    ids = np.concatenate([layer.ids for layer in layers])
    layer = replace(layers[0], geometry=shapes, columns=columns, ids=ids, source=place.file)
    return Placed(layer, place)


def _column(layers: Sequence[Layer], name: str) -> NDArray[Any]:
    """One column of all; blank where a layer lacks it."""
    kind = next(layer.columns[name].dtype for layer in layers if name in layer.columns)
    blank = "" if kind.kind == "O" else np.nan
    return np.concatenate(
        [layer.columns.get(name, np.full(len(layer), blank, dtype=kind)) for layer in layers]
    )
