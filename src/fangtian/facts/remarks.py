"""台账发现。What only the overlay shows to be wrong with a plan: findings, not figures."""

from __future__ import annotations

import numpy as np
import shapely

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import land_classes
from fangtian.facts.scene import Scene
from fangtian.plan.place import listed
from fangtian.units import Area

__all__ = ["remarks"]

CRUMB = 100  # 1 m²


def remarks(scene: Scene) -> tuple[Finding, ...]:
    """台账发现。Basic farmland that plots turn into another class although nothing moves it out."""
    ledger = scene.ledger
    was, becomes = scene.cultivated
    lost = (ledger.pbf != "") & (ledger.pbf_out == "") & was & ~becomes
    held = {plot: int(ledger.net_before[pieces & lost].sum()) for plot, pieces in scene.plots()}
    plots = [plot for plot, area in held.items() if area >= CRUMB]
    if not plots:
        return ()
    rows = np.flatnonzero(lost & scene.ledger.in_pilot & np.isin(ledger.plot.astype(str), plots))
    names = "、".join(land_classes()[c].name for c in sorted(set(ledger.class_after[rows].tolist())))
    layer = scene.survey.layers["plots"]
    wkb = shapely.to_wkb(shapely.union_all(ledger.geometry[rows]))
    place = Place(layer.source, layer.title, listed(np.array(plots, dtype=object)), wkb=wkb)
    area = Area.total(held[plot] for plot in plots).m2
    return (finding("LOG-pbf-built-over", place, count=len(plots), area=area, classes=names),)
