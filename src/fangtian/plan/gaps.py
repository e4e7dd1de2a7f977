"""缺项检查。Values whose absence leaves a figure undetermined: said early, because missing is not 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.land_class import is_cultivated, land_classes
from fangtian.catalog.layer import layer_specs
from fangtian.geo.layer import Layer
from fangtian.plan.place import listed
from fangtian.plan.soundness import drawn

__all__ = ["gaps"]


def gaps(layers: Mapping[str, Layer], places: Mapping[str, Place], *, designated: bool) -> list[Finding]:
    """缺项。One finding per field with blanks; ``designated``: plan.toml gives the basic farmland."""
    found: list[Finding] = []
    if villages := layers.get("villages"):
        everyone = np.ones(len(villages), bool)
        for name in ("households", "population"):
            found += _blank(villages, name, everyone, places["villages"])
    if parcels := layers.get("parcels"):
        codes = parcels.column("land_class")
        known = land_classes()  # a code that is not known has a finding of its own
        farmed = np.fromiter((code in known and is_cultivated(code) for code in codes), bool, len(parcels))
        found += _blank(parcels, "quality_grade", farmed, places["parcels"])
        found += _ridges(parcels, farmed, places["parcels"])
    if (basic := layers.get("basic_farmland")) is not None and len(basic):
        found += _blank(
            basic, "net_area", np.ones(len(basic), bool), places["basic_farmland"], "DOM-designated-blank"
        )
    return found


def _ridges(parcels: Layer, farmed: NDArray[np.bool_], place: Place) -> list[Finding]:
    """Without its ridges farmland would be measured too large; a survey that has none says 0."""
    return _blank(parcels, "ridge_area", farmed, place, "DOM-ridge-blank")


def _blank(
    layer: Layer, name: str, needed: NDArray[np.bool_], place: Place, code: str = "DOM-needed-blank"
) -> list[Finding]:
    values = layer.column(name)
    empty = values == "" if values.dtype == object else np.isnan(values.astype(float))
    missing = needed & empty
    if not missing.any():
        return []
    spec = layer_specs()[layer.role].field(name)
    where = replace(
        place, feature=listed(layer.ids[missing]), field=spec.term, wkb=drawn(layer.geometry[missing])
    )
    return [finding(code, where, term=spec.term, count=int(missing.sum()), all=int(needed.sum()))]
