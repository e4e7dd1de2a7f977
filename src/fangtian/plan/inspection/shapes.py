"""图形质检。Shapes of a whole layer among themselves: gaps, slivers, spikes, doubled ground, near misses.

What a build needs (sound rings, overlaps, repeated polygons) is told by ``plan.soundness`` and
``plan.coverage``; here is what else a surveyor would mend. No check stands in two places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, finding
from fangtian.geo.flaws import multiparts, near_misses, repeated_points, short_edges, slivers, spikes
from fangtian.geo.layer import Layer
from fangtian.geo.rings import Spots
from fangtian.geo.seams import Faces, Gaps, faces, gaps
from fangtian.geo.topology import outside, overlaps, within_another
from fangtian.plan.inspection.subject import village_of
from fangtian.plan.metres import in_metres
from fangtian.plan.place import listed
from fangtian.plan.soundness import drawn

__all__ = ["inspect_fit", "inspect_shapes"]

SHORT_M = 0.1
SLIVER_M = 0.5
"""Width of a pencil line on a map of 1:2000."""
MISS_M = 0.01
LEAST_M2, LEAST_M = 0.01, 0.0005
"""Survey precision: a smaller gap has an area of 0.00, a narrower one is rounding of coordinates."""
NARROW_M = 1.0
FIT_M2 = 1.0
_FILLED = frozenset({"parcels", "villages"})
"""Layers that fill their area: whatever ground they enclose and leave out is a gap."""

_SIZES = {
    "TOP-multipart": "另有部分 {} 平方米",
    "TOP-sliver": "平均宽 {} 米",
    "TOP-spike": "宽 {} 米",
    "TOP-short-edge": "长 {} 米",
}
"""What the size of a place says; that of a repeated point is nothing."""

Shapes = NDArray[Any]


def inspect_shapes(layer: Layer, place: Place) -> tuple[Finding, ...]:
    """图形质检。Flaws of single outlines, and ground that is claimed twice or by nobody; sizes in metres."""
    if not len(layer):
        return ()
    return tuple(in_metres({"": layer}, lambda flat: _shapes(_Telling(flat[""], place))))


def _shapes(telling: _Telling) -> Iterator[Finding]:
    shapes = telling.layer.geometry
    found = faces(shapes)
    told = [
        telling.spots("TOP-multipart", multiparts(shapes)),
        telling.spots("TOP-sliver", slivers(shapes, SLIVER_M)),
        telling.spots("TOP-spike", spikes(shapes)),
        telling.spots("TOP-short-edge", short_edges(shapes, SHORT_M), least=True),
        telling.spots("TOP-repeated-point", repeated_points(shapes)),
        telling.misses(shapes),
        telling.contained(shapes, found),
        telling.gaps(gaps(shapes, LEAST_M2, LEAST_M, found)),
    ]
    return (item for item in told if item is not None)


def inspect_fit(layers: Mapping[str, Layer], places: Mapping[str, Place]) -> Iterator[Finding]:
    """套合质检。Parcels against the villages that they lie in (图斑以村级调查区为单位).

    What leaves its village, and what of the villages no parcel covers. Layers in one coordinate system.
    """
    parcels, villages = layers.get("parcels"), layers.get("villages")
    if parcels is None or villages is None or not len(villages) or not len(parcels):
        return
    checks = [_leaving] if "location_code" in parcels.columns else []
    if "pilot_area" not in layers:  # else what is open is told of the pilot area, and the rest is not asked
        checks.append(_at_the_edge)
    yield from in_metres(
        {"parcels": parcels, "villages": villages},
        lambda flat: chain(
            *(check(flat["parcels"], flat["villages"], places["parcels"]) for check in checks)
        ),
    )


def _leaving(parcels: Layer, villages: Layer, place: Place) -> Iterator[Finding]:
    home = np.array([village_of(code) for code in parcels.columns["location_code"]], dtype=object)
    codes = np.array([village_of(code) for code in villages.ids], dtype=object)
    rows, areas, shapes = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0, object)]
    for code in sorted(set(codes)):
        mine = np.flatnonzero(home == code)
        if len(mine):
            found = outside(parcels.geometry[mine], villages.geometry[codes == code], FIT_M2)
            rows.append(mine[found.rows])
            areas.append(found.area_m2)
            shapes.append(found.geometry)
    leaving, area = np.concatenate(rows), np.concatenate(areas)
    if len(leaving):
        order = np.argsort(-area, kind="stable")
        ids = parcels.ids[leaving[order]]
        outer = np.concatenate(shapes)[order]
        where = replace(place, feature=listed(ids), wkb=drawn(outer))
        values = {"count": len(ids), "ids": listed(ids), "area": f"{area.sum():.2f}"}
        says = [f"越界 {size:.2f} 平方米" for size in area[order].tolist()]
        yield finding("TOP-leaves-village", where, **values).at(Places(ids, says=says, shapes=outer))


def _at_the_edge(parcels: Layer, villages: Layer, place: Place) -> Iterator[Finding]:
    """Ground of the villages that parcels lie in which no parcel covers, where parcels do not enclose it.

    What they enclose is told of the layer of parcels itself; a village without any is told by its sum.
    """
    tree = shapely.STRtree(shapely.point_on_surface(parcels.geometry))
    lived_in = np.unique(tree.query(villages.geometry, predicate="contains")[0])
    shapes = parcels.geometry
    empty = gaps(shapes, LEAST_M2, LEAST_M, faces(shapes, villages.geometry[lived_in]))
    if not len(empty.rows):
        return
    beside = np.unique(shapely.STRtree(shapes).query(empty.geometry, "dwithin", LEAST_M)[1])
    inner = shapely.STRtree(gaps(shapes[beside], LEAST_M2, LEAST_M).geometry)
    points = shapely.point_on_surface(empty.geometry)
    enclosed = np.unique(inner.query(points, predicate="within")[0])
    item = _Telling(parcels, place).gaps(empty.without(enclosed))
    if item is not None:
        yield item


@dataclass(frozen=True)
class _Telling:
    """Places of one layer as findings."""

    layer: Layer
    place: Place

    def spots(self, code: str, spots: Spots, least: bool = False) -> Finding | None:
        """One finding of a kind; ``least``: the worst is the smallest."""
        if not len(spots.rows):
            return None
        order = np.argsort(spots.size if least else -spots.size, kind="stable")
        rows, size = spots.rows[order], spots.size[order]
        values = {"count": len(rows), "worst": _printed(size[0])}
        item = self._finding(code, rows, spots.geometry[order], **values)
        return self._sized(item, _SIZES.get(code, ""), size)

    def misses(self, shapes: Shapes) -> Finding | None:
        missed = near_misses(shapes, MISS_M)
        if not len(missed.row_a):
            return None
        order = np.argsort(-missed.distance_m, kind="stable")
        values = {"count": len(order), "worst": _printed(missed.distance_m[order[0]])}
        rows, others = missed.row_a[order], self.layer.ids[missed.row_b[order]]
        item = self._finding("TOP-near-miss", rows, missed.geometry[order], **values)
        item = item.at(replace(item.places, beside=others))
        return self._sized(item, "相距 {} 米", missed.distance_m[order])

    def contained(self, shapes: Shapes, found: Faces) -> Finding | None:
        inner = within_another(shapes, overlaps(shapes, LEAST_M2, LEAST_M, found))
        if not inner:
            return None
        rows = np.array([clash.row_a for clash in inner])
        areas = np.array([clash.area_m2 for clash in inner])
        pairs = [f"{self.layer.ids[c.row_a]}与{self.layer.ids[c.row_b]}" for c in inner]
        values = {"count": len(inner), "pairs": listed(pairs), "area": f"{areas.sum():.2f}"}
        item = self._finding("TOP-contained", rows, np.array([c.geometry for c in inner]), **values)
        item = item.at(replace(item.places, beside=self.layer.ids[[clash.row_b for clash in inner]]))
        return self._sized(item, "重叠 {} 平方米", areas)

    def gaps(self, holes: Gaps) -> Finding | None:
        """All gaps of layers that fill their area; of others only the narrow ones."""
        kept = np.flatnonzero((holes.width_m < NARROW_M) | (self.layer.role in _FILLED))
        if not len(kept):
            return None
        order = kept[np.argsort(-holes.area_m2[kept], kind="stable")]
        area = holes.area_m2[order]
        values = {"count": len(order), "area": f"{area.sum():.2f}", "worst": f"{area[0]:.2f}"}
        item = self._finding("TOP-gap", holes.rows[order], holes.geometry[order], **values)
        return self._sized(item, "缝隙 {} 平方米", area)

    def _finding(self, code: str, rows: NDArray[np.int64], shapes: Shapes, **values: object) -> Finding:
        ids = listed(list(dict.fromkeys(self.layer.ids[rows[rows >= 0]])))
        item = finding(code, replace(self.place, feature=ids, wkb=drawn(shapes)), ids=ids or "—", **values)
        names = np.where(rows >= 0, self.layer.ids[np.maximum(rows, 0)], "")
        return item.at(Places(names, shapes=shapes))

    def _sized(self, item: Finding, words: str, sizes: NDArray[np.float64]) -> Finding:
        says = [words.format(_printed(size)) for size in sizes.tolist()] if words else ()
        return item.at(replace(item.places, says=says))


def _printed(metres: float) -> str:
    """A length or an area as short as it can be told."""
    return f"{metres:.4f}" if metres < 1 else f"{metres:.2f}"
