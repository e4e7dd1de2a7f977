"""图景。What maps are drawn from: zones, villages and land-use patches of the pilot area, found once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.deliver.maps.sheet import Tag
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.facts.pieces import Ledger

if TYPE_CHECKING:
    from fangtian.assess import Dossier
    from fangtian.formats.raster import Elevation
    from fangtian.geo.layer import Layer

__all__ = ["Mosaic", "Scene"]

Shapes = NDArray[Any]
NOTHING = np.empty(0, dtype=object)


@dataclass(frozen=True)
class Mosaic:
    """图斑拼图。Patches of one class each, without overlaps; ``number`` is what the survey calls them."""

    geometry: Shapes
    land_class: NDArray[Any]
    number: NDArray[Any]

    def __len__(self) -> int:
        return len(self.geometry)

    def classes(self) -> Iterator[tuple[str, Shapes]]:
        """分地类。Every class that is present with its patches, by code."""
        for code in sorted(set(self.land_class.tolist())):
            yield code, self.geometry[self.land_class == code]


@dataclass(frozen=True)
class Scene:
    """图景。Every property is found on first use; geometry is in metres of the plan's zone."""

    dossier: Dossier
    presentation: Presentation
    origin: Origin

    def layer(self, role: str) -> Layer | None:
        """图层。Of a role; None where the plan has none, or an empty one."""
        layer = self.dossier.survey.layers.get(role)
        return layer if layer is not None and len(layer) else None

    def tag(self, address: str, form: str = "") -> Tag | None:
        """图上事实。A fact as it is printed; None where it is unknown."""
        shown = self.presentation.find(address)
        return Tag(address, form, self.presentation.text(address, form)) if shown else None

    def area(self, address: str) -> Tag | None:
        """图上面积。As :meth:`tag`, but None for an area of nothing."""
        shown = self.presentation.find(address)
        return self.tag(address) if shown and shown.value else None

    @cached_property
    def relief(self) -> Elevation | None:
        """高程。Heights of the ground, where the plan brings them."""
        return self.dossier.survey.relief

    @cached_property
    def pilot(self) -> Any:
        """试点区域。One polygon."""
        return self.zone("pilot_area")

    @cached_property
    def grain(self) -> float:
        """细度。Metres that no map of the whole area can show: about 0.02 mm on A3."""
        west, south, east, north = shapely.bounds(self.pilot).tolist()
        return float(max(east - west, north - south)) / 12_000

    @cached_property
    def outline(self) -> Any:
        """试点区域轮廓。The pilot area as fine as it is drawn; real boundaries have a vertex every metre."""
        thin = shapely.simplify(self.pilot, self.grain, preserve_topology=False)
        return shapely.make_valid(thin, method="structure")

    @cached_property
    def consolidation(self) -> Any:
        """整治区域。One polygon."""
        return self.zone("consolidation_area")

    def zone(self, role: str) -> Any:
        """分区。The union of a layer, within the pilot area; empty where there is no such layer."""
        layer = self.layer(role)
        if layer is None:
            return shapely.Polygon()
        union = shapely.union_all(layer.geometry)
        return union if role == "pilot_area" else shapely.intersection(union, self.outline)

    @cached_property
    def pieces(self) -> Ledger:
        """碎片。The ledger of the pilot area."""
        return self.dossier.ledger.take(self.dossier.ledger.in_pilot)

    @cached_property
    def before(self) -> Mosaic:
        """现状图斑。Parcels as surveyed, cut at the pilot area."""
        pieces = self.pieces
        shapes, first = _joined(pieces.geometry, pieces.parcel)
        return self._mosaic(shapes, pieces.class_before[first], pieces.parcel[first])

    @cached_property
    def after(self) -> Mosaic:
        """规划图斑。A plot with a planned class becomes one patch, elsewhere parcels stay as they are."""
        pieces = self.pieces
        plots = self.layer("plots")
        planned = set() if plots is None else set(plots.ids[plots.column("planned_class") != ""].tolist())
        merged = np.array([plot in planned for plot in pieces.plot], dtype=bool)
        names = np.where(merged, pieces.plot, pieces.parcel.astype(str)).astype(str)
        keys = np.char.add(np.char.add(names, "|"), pieces.class_after.astype(str))
        shapes, first = _joined(pieces.geometry, keys)
        parcel = np.where(merged[first], -1, pieces.parcel[first])
        return self._mosaic(shapes, pieces.class_after[first], parcel)

    def _mosaic(self, shapes: Shapes, land_class: NDArray[Any], parcel: NDArray[np.int64]) -> Mosaic:
        numbers = self.dossier.survey.layers["parcels"].column("parcel_number")
        known = np.where(parcel >= 0, numbers[np.maximum(parcel, 0)], "") if len(numbers) else parcel
        return Mosaic(shapes, land_class, known.astype(object))

    @cached_property
    def villages(self) -> Layer | None:
        """行政村。Those that have land in the pilot area."""
        layer = self.layer("villages")
        return None if layer is None else layer.take(self._holding_land)

    @cached_property
    def around(self) -> Layer | None:
        """周边行政村。Villages of the data that lie outside the pilot area."""
        layer = self.layer("villages")
        if layer is None:
            return None
        outside = layer.take(~self._holding_land)
        return outside if len(outside) else None

    @cached_property
    def _holding_land(self) -> NDArray[np.bool_]:
        shapes = self.dossier.survey.layers["villages"].geometry
        held = shapely.covers(self.outline, shapes)
        rest = np.flatnonzero(~held)
        shared = shapely.area(shapely.intersection(shapes[rest], self.outline))
        held[rest] = shared > 0.02 * shapely.area(shapes[rest])
        return np.asarray(held, dtype=bool)

    def names(self) -> Iterator[str]:
        """地名编号。What the data call villages, plots and moved plots, as it is written on maps."""
        for role, column in (("villages", "village_name"), ("plots", "plot_id")):
            layer = self.layer(role)
            yield from map(str, () if layer is None else layer.column(column).tolist())
        for role in ("basic_farmland_out", "basic_farmland_in"):
            layer = self.layer(role)
            yield from map(str, () if layer is None else layer.ids.tolist())

    def clipped(self, shapes: Shapes) -> Shapes:
        """裁入。Shapes as far as they lie in the pilot area, as fine as they are drawn; some may be empty."""
        thin = shapely.make_valid(
            shapely.simplify(shapes, self.grain, preserve_topology=False), method="structure"
        )
        return np.asarray(shapely.intersection(thin, self.outline))

    def plots_of(self, kind: str) -> Shapes:
        """同类地块。The plots of one kind."""
        layer = self.layer("plots")
        return NOTHING if layer is None else layer.geometry[layer.column("plot_kind") == kind]

    @staticmethod
    def stacked(shapes: Iterable[Any]) -> Shapes:
        """排成数组。Geometries one by one as an array."""
        kept = list(shapes)
        array = np.empty(len(kept), dtype=object)
        array[:] = kept
        return array

    def patches(self, mask: NDArray[np.bool_], names: NDArray[Any]) -> Mapping[str, Any]:
        """成片。The pieces of a mask joined by name: plots, patches of basic farmland."""
        shapes, first = _joined(self.pieces.geometry[mask], names[mask])
        return dict(zip(names[mask][first].tolist(), shapes, strict=True))


def _joined(geometry: Shapes, keys: NDArray[Any]) -> tuple[Shapes, NDArray[np.int64]]:
    """Unions by key, and the first row of each; what stands alone is passed on untouched."""
    if not len(keys):
        return NOTHING, np.empty(0, dtype=np.int64)
    _, first, inverse, counts = np.unique(
        keys.astype(str) if keys.dtype == object else keys,
        return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    shapes = geometry[first].copy()
    order = np.argsort(inverse, kind="stable")
    ends = np.cumsum(counts)
    for group in np.flatnonzero(counts > 1):
        shapes[group] = shapely.union_all(geometry[order[ends[group] - counts[group] : ends[group]]])
    return shapes, first.astype(np.int64)
