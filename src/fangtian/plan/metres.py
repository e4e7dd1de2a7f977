"""按米检查。Limits are in metres, coordinates may be degrees: shapes are scaled there and back once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import shapely

from fangtian.catalog.finding import Finding
from fangtian.geo.ground import Ground
from fangtian.geo.layer import Layer

__all__ = ["in_metres"]

Check = Callable[[Mapping[str, Layer]], Iterable[Finding]]


def in_metres(layers: Mapping[str, Layer], check: Check) -> Iterator[Finding]:
    """按米检查。What a check finds in layers of one coordinate system, their shapes looked at in metres.

    What the findings draw comes back in the coordinates of the layers.
    """
    ground = Ground.under(layers.values())
    flat = {role: ground.layer(layer) for role, layer in layers.items()}
    for item in check(flat):
        if item.place.wkb is None or ground.plain:
            yield item
        else:
            shape = ground.back(shapely.from_wkb(item.place.wkb))
            shapes = ground.back(np.asarray(item.places.shapes, dtype=object))
            placed = replace(item, place=replace(item.place, wkb=shapely.to_wkb(shape)))
            yield placed.at(replace(item.places, shapes=shapes))
