"""台账发现。What only the overlay shows to be wrong with a plan: findings, not figures."""

from __future__ import annotations

import numpy as np
import shapely

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import land_classes
from fangtian.facts.scene import Scene
from fangtian.units import Area

__all__ = ["remarks"]

CRUMB = 100  # 1 m²


def remarks(scene: Scene) -> tuple[Finding, ...]:
    """台账发现。Basic farmland that a plot turns into another class although nothing moves it out."""
    ledger = scene.ledger
    was, becomes = scene.cultivated
    lost = (ledger.pbf != "") & (ledger.pbf_out == "") & was & ~becomes
    found = []
    for plot, pieces in scene.plots():
        rows = np.flatnonzero(pieces & lost)
        area = int(ledger.net_before[rows].sum())
        if area >= CRUMB:
            names = "、".join(land_classes()[c].name for c in sorted(set(ledger.class_after[rows].tolist())))
            wkb = shapely.to_wkb(shapely.union_all(ledger.geometry[rows]))
            layer = scene.survey.layers["plots"]
            place = Place(file=layer.source, layer=layer.title, feature=plot, wkb=wkb)
            found.append(finding("LOG-pbf-built-over", place, area=Area(area).m2, classes=names))
    return tuple(found)
