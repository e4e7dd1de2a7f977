"""图面内容。What a map shows, as values: strata from bottom to top, labels, legend, inset, notes.

Themes compose it, ``draw`` paints it: so a test can ask what is on a map without looking at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.deliver.maps.labels import LabelRequest
from fangtian.deliver.maps.sheet import Inset, LegendGroup, LegendItem, Rgb

__all__ = ["Content", "Order", "Stratum", "legend_of", "shapes_of", "thinner"]

Shapes = NDArray[Any]
HEAVY = 0.4


class Order:
    """上下次序。From the ground up; the numbers are matplotlib's zorder, below 50."""

    FILL, SHADE, OVERLAY, PARCEL, CONTOUR = 1.0, 2.0, 3.0, 4.0, 5.0
    PLOT, ZONE, VILLAGE, PILOT, CONSOLIDATION = 8.0, 10.0, 12.0, 14.0, 16.0


@dataclass(frozen=True)
class Stratum:
    """图层。Shapes drawn alike: ``item`` is both how they are drawn and their legend entry.

    ``group`` is the legend group, "" keeps it out of the legend; ``edges`` False drops the outline (patches
    whose outlines are drawn once, elsewhere); ``casing`` a light line beneath, in mm beyond the line.
    """

    item: LegendItem
    geometry: Shapes
    order: float
    group: str = ""
    edges: bool = True
    casing: float = 0.0
    outside: tuple[Rgb, float] | None = None


@dataclass(frozen=True)
class Content:
    """图面。``subject`` must be wholly visible; ``ground`` is where terrain is shown."""

    title: str
    subject: Any
    ground: Any
    strata: tuple[Stratum, ...]
    labels: tuple[LabelRequest, ...] = ()
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[LegendItem, ...]] = field(default_factory=dict)
    inset: Inset | None = None
    notes: tuple[str, ...] = ()
    contours: bool = False
    shade: float = 0.0
    relief: bool = True


def shapes_of(*geometry: Any) -> Shapes:
    """图形数组。Of single geometries, without the empty ones."""
    kept = [shape for shape in geometry if shape is not None and not shape.is_empty]
    shapes = np.empty(len(kept), dtype=object)
    shapes[:] = kept
    return shapes


def thinner(content: Content, factor: float) -> Content:
    """线宽随图幅。Heavy lines (over 0.4 mm), their dashes and casings in proportion to the paper."""
    strata = tuple(
        replace(s, item=_thinner(s.item, factor), casing=s.casing * factor) if s.item.width_mm > HEAVY else s
        for s in content.strata
    )
    return replace(content, strata=strata)


def _thinner(item: LegendItem, factor: float) -> LegendItem:
    dash = tuple(part * max(factor, 0.7) for part in item.dash)
    return replace(item, width_mm=item.width_mm * factor, dash=dash)


def legend_of(content: Content) -> tuple[LegendGroup, ...]:
    """图例。What is present on the map, in the order of the groups; then entries that are not drawn."""
    return tuple(
        LegendGroup(title, items)
        for title in content.groups
        if (items := (*_items(content.strata, title), *content.extra.get(title, ())))
    )


def _items(strata: Sequence[Stratum], title: str) -> tuple[LegendItem, ...]:
    return tuple(s.item for s in strata if s.group == title and not shapely.is_empty(s.geometry).all())
