"""图层套合。How polygons lie among each other: repeated, overlapping, outside, or leaving gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, Severity, finding
from fangtian.geo.layer import Layer
from fangtian.geo.seams import faces, gaps
from fangtian.geo.topology import duplicates, outside, overlaps
from fangtian.plan.metres import in_metres
from fangtian.plan.place import SHOWN, listed
from fangtian.plan.soundness import drawn, tolerance

__all__ = ["across_layers", "within_layer"]

LEAST_M2 = 0.01
"""Survey precision: a smaller overlap has an area of 0.00."""
SLIVER_M2 = 1.0
"""Up to here an overlap or an overhang is drawing noise: a warning, not an error."""
LEAST_M = 0.0005
"""Narrower ground between two borders is the rounding of their coordinates."""

_EXCLUSIVE = ("villages", "basic_farmland", "basic_farmland_in", "basic_farmland_out", "plots")
"""Layers whose polygons must not overlap, because areas are counted on them directly."""


def within_layer(layer: Layer, place: Place) -> Iterator[Finding]:
    """层内关系。Repeated and overlapping polygons of one layer.

    Parcels keep their surveyed area even where they overlap, so theirs are warnings, and so are those of
    layers without a role; slivers are too.
    """
    if layer.role in (*_EXCLUSIVE, "parcels", ""):
        yield from in_metres({layer.role: layer}, lambda flat: _within(flat[layer.role], place))


def _within(layer: Layer, place: Place) -> Iterator[Finding]:
    same = [(int(a), int(b)) for a, b in duplicates(layer.geometry)]
    if same:
        shapes = layer.geometry[[a for a, _ in same]]
        where = replace(place, feature=_pair(layer.ids, same[0]), wkb=drawn(shapes))
        item = finding("TOP-duplicate", where, count=len(same), pairs=_pairs(layer.ids, same))
        item = item.at(_clashes(layer, same, shapes))
        yield _weighed(item, layer.role in _EXCLUSIVE)
    laps = [lap for lap in overlaps(layer.geometry, LEAST_M2) if (lap.row_a, lap.row_b) not in {*same}]
    noise = _noise(layer)
    for grave in (True, False):
        chosen = sorted(
            (lap for lap in laps if (lap.area_m2 > min(noise[lap.row_a], noise[lap.row_b])) == grave),
            key=lambda lap: -lap.area_m2,
        )
        if chosen:
            rows = [(lap.row_a, lap.row_b) for lap in chosen]
            shapes = np.array([lap.geometry for lap in chosen], dtype=object)
            where = replace(place, feature=_pair(layer.ids, rows[0]), wkb=drawn(shapes))
            area = f"{sum(lap.area_m2 for lap in chosen):.2f}"
            item = finding("TOP-overlap", where, count=len(rows), pairs=_pairs(layer.ids, rows), area=area)
            item = item.at(
                _clashes(layer, rows, shapes, [f"重叠 {lap.area_m2:.2f} 平方米" for lap in chosen])
            )
            yield _weighed(item, grave and layer.role in _EXCLUSIVE)


def _clashes(
    layer: Layer, pairs: Sequence[tuple[int, int]], shapes: NDArray[Any], says: Sequence[str] = ()
) -> Places:
    first, second = (layer.ids[[pair[end] for pair in pairs]] for end in (0, 1))
    return Places(first, beside=second, says=says, shapes=shapes)


def across_layers(layers: Mapping[str, Layer], places: Mapping[str, Place]) -> Iterator[Finding]:
    """层间关系。Plots against the areas of the plan, moves of basic farmland, and gaps between parcels.

    All layers are in one coordinate system.
    """
    return in_metres(layers, lambda flat: _across(flat, places))


def _across(layers: Mapping[str, Layer], places: Mapping[str, Place]) -> Iterator[Finding]:
    pilot = layers.get("pilot_area")
    if pilot is not None:
        yield from _plots_beyond(layers, pilot, places)
        for role in ("consolidation_area", "basic_farmland_out", "basic_farmland_in"):
            if role in layers:
                yield from _beyond(layers[role], pilot, places[role], strict=role == "consolidation_area")
        if "villages" in layers:
            yield from _villages(layers["villages"], pilot, places["villages"])
        if "parcels" in layers:
            yield from _gap(layers["parcels"], pilot, places["parcels"])
    yield from _moves(layers, places)


def _plots_beyond(layers: Mapping[str, Layer], pilot: Layer, places: Mapping[str, Place]) -> list[Finding]:
    """Plots outside the pilot area, or else outside the consolidation area within it."""
    if "plots" not in layers:
        return []
    beyond = list(_beyond(layers["plots"], pilot, places["plots"], strict=True))
    if not beyond and "consolidation_area" in layers:
        beyond += _beyond(layers["plots"], layers["consolidation_area"], places["plots"], strict=False)
    return beyond


def _noise(layer: Layer) -> NDArray[np.float64]:
    """Up to which area an overlap is drawing noise; boundaries of others are held less strictly."""
    if layer.role in ("villages", "basic_farmland"):
        return tolerance(shapely.area(layer.geometry))
    return np.full(len(layer), SLIVER_M2)


def _beyond(layer: Layer, cover: Layer, place: Place, strict: bool) -> Iterator[Finding]:
    rows, areas = _outside(layer.geometry, cover.geometry)
    for grave in (True, False):
        chosen = (areas > SLIVER_M2) == grave
        if chosen.any():
            names = {"title": layer.title, "cover": cover.title}
            item = _measured("LOG-plot-outside", layer, rows[chosen], areas[chosen], place, **names)
            yield _weighed(item, grave and strict)


def _moves(layers: Mapping[str, Layer], places: Mapping[str, Place]) -> Iterator[Finding]:
    """What is moved out must be basic farmland, what is moved in must not be."""
    farmland = layers.get("basic_farmland")
    leaving, coming = layers.get("basic_farmland_out"), layers.get("basic_farmland_in")
    if farmland is None:
        return
    if leaving is not None and len(leaving):
        rows, areas = _outside(leaving.geometry, farmland.geometry)
        chosen = areas > SLIVER_M2
        if chosen.any():
            place = places["basic_farmland_out"]
            yield _measured("LOG-pbf-out-elsewhere", leaving, rows[chosen], areas[chosen], place)
    if coming is not None and len(coming):
        pairs = shapely.STRtree(farmland.geometry).query(coming.geometry, predicate="intersects")
        cut = shapely.intersection(coming.geometry[pairs[0]], farmland.geometry[pairs[1]])
        inside = np.bincount(pairs[0], shapely.area(cut), len(coming)).astype(np.float64)
        chosen = inside > SLIVER_M2
        if chosen.any():
            place = places["basic_farmland_in"]
            where = np.flatnonzero(chosen)
            yield _measured("LOG-pbf-in-already", coming, where, inside[chosen], place)


def _villages(villages: Layer, pilot: Layer, place: Place) -> Iterator[Finding]:
    """Every place of the pilot area lies in a village; one code is one village, one name one code."""
    beyond = shapely.difference(shapely.union_all(pilot.geometry), shapely.union_all(villages.geometry))
    if beyond.area > max(SLIVER_M2, 1e-6 * float(shapely.area(pilot.geometry).sum())):
        where = replace(place, wkb=shapely.to_wkb(beyond))
        yield finding("LOG-village-gap", where, area=f"{beyond.area:.2f}")
    names = villages.column("village_name").astype(str)
    codes = villages.ids.astype(str)
    for code in sorted({c for c in codes if len(set(names[codes == c])) > 1}):
        held = "、".join(sorted(set(names[codes == code])))
        yield finding("LOG-village-code-twice", replace(place, feature=code), names=held)
    for name in sorted({n for n in names if len(set(codes[names == n])) > 1}):
        held = "、".join(sorted(set(codes[names == name])))
        yield finding("LOG-village-name-twice", replace(place, feature=held), name=name)


def _gap(parcels: Layer, pilot: Layer, place: Place) -> Iterator[Finding]:
    """Land of the pilot area that no parcel covers is counted nowhere: say how much there is, and where."""
    meeting = shapely.STRtree(parcels.geometry).query(pilot.geometry, predicate="intersects")[1]
    shapes = parcels.geometry[np.unique(meeting)]
    open_ground = gaps(shapes, LEAST_M2, LEAST_M, faces(shapes, pilot.geometry))
    gap = float(open_ground.area_m2.sum())
    if gap > max(SLIVER_M2, 1e-6 * float(shapely.area(pilot.geometry).sum())):
        largest = np.argsort(-open_ground.area_m2, kind="stable")
        shapes, areas = open_ground.geometry[largest], open_ground.area_m2[largest].tolist()
        where = replace(place, wkb=drawn(shapes))
        says = [f"未覆盖 {area:.2f} 平方米" for area in areas]
        places = Places(np.full(len(says), "", dtype=object), says=says, shapes=shapes)
        yield finding("BAL-parcels-gap", where, area=f"{gap:.2f}").at(places)


def _outside(geometry: NDArray[Any], cover: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows that reach beyond the cover by more than survey precision, and by how much."""
    found = outside(geometry, cover)
    rows, areas = np.asarray(found.rows, dtype=np.int64), np.asarray(found.area_m2, dtype=np.float64)
    return rows[areas > LEAST_M2], areas[areas > LEAST_M2]


def _measured(
    code: str, layer: Layer, rows: NDArray[np.int64], areas: NDArray[np.float64], place: Place, **names: str
) -> Finding:
    ids = layer.ids[rows]
    shown = [f"{name}（{area:.2f}平方米）" for name, area in zip(ids, areas, strict=True)]
    where = replace(place, feature=listed(ids), wkb=drawn(layer.geometry[rows]))
    item = finding(code, where, count=len(ids), ids=listed(shown), area=f"{areas.sum():.2f}", **names)
    return item.at(Places(ids, says=[f"{area:.2f} 平方米" for area in areas], shapes=layer.geometry[rows]))


def _weighed(item: Finding, grave: bool) -> Finding:
    return item if grave else replace(item, severity=Severity.WARNING)


def _pair(ids: NDArray[Any], rows: tuple[int, int]) -> str:
    return f"{ids[rows[0]]}、{ids[rows[1]]}"


def _pairs(ids: NDArray[Any], rows: Sequence[tuple[int, int]]) -> str:
    shown = "；".join(f"{ids[a]}与{ids[b]}" for a, b in rows[:SHOWN])
    return f"{shown}等" if len(rows) > SHOWN else shown
