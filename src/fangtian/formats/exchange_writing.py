"""写交换文件。Layers as a VCT file or as boundary TXT, by the writers of these formats."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.reference_system import ReferenceSystem, reference_systems
from fangtian.errors import InputError
from fangtian.formats.boundary_rings import settled
from fangtian.formats.boundary_txt import (
    BoundaryHeader,
    BoundaryPlot,
    boundary_remarks,
    plot_name,
    write_boundary_txt,
)
from fangtian.formats.dataset import DataField, DataLayer
from fangtian.formats.losses import Losses, listed
from fangtian.formats.outgoing import Outgoing, is_degrees
from fangtian.formats.outgoing_head import boundary_producer, exchange_head
from fangtian.formats.shapes import row_list
from fangtian.formats.vct import VctField, VctFile, VctHead, VctLayer, land_use_head
from fangtian.formats.vct_codes import feature_codes
from fangtian.formats.vct_writing import write_vct

__all__ = ["PLOT_FIELDS", "write_boundary", "write_exchange"]

_TYPES = {"text": "Char", "number": "Double", "integer": "Int4", "date": "Date"}
_INT4 = 2**31
_DEGREES = 4490
_HECTARES = Decimal("0.0001")
_SQUARE_METRES = 10_000


# ── VCT ──────────────────────────────────────────────────────────────────────────────────────────────────


def write_exchange(path: Path, items: Sequence[Outgoing], losses: Losses, head: Mapping[str, str]) -> None:
    """写 VCT。All layers in one file, under the head of the source or one that says the system they have."""
    shaped = [item.layer for item in items if not shapely.is_missing(item.layer.geometry).all()]
    told = (f"EPSG:{layer.epsg}" if layer.epsg else layer.crs_name or "未声明" for layer in shaped)
    systems = dict.fromkeys(told)
    if len(systems) > 1:
        raise InputError([finding("CNV-systems", Place(file=path.name), systems=listed(list(systems)))])
    used = shaped or [item.layer for item in items]
    layers, first = [], 1
    for item, code in zip(items, feature_codes(items, losses), strict=True):
        _tell_annotations(item, losses)
        _tell_system(item, losses)
        layers.append(_vct_layer(replace(item.layer, code=code), first))
        first += len(item.layer)
    losses.extend(write_vct(path, VctFile(exchange_head(used, head, _head(used)), tuple(layers))))


def _head(layers: Sequence[DataLayer]) -> VctHead:
    places = next((layer.decimals for layer in layers if layer.decimals is not None), None)
    epsg = next((layer.epsg for layer in layers if layer.epsg), None)
    system = reference_systems().get(epsg or 0)
    if system is not None and system.zone is not None:
        head = land_use_head(system.zone, system.width or 3, decimals=places)
        if system.prefixed and all(shapely.is_missing(layer.geometry).all() for layer in layers):
            # No coordinate shows that the zone stands before the eastings: the false easting does.
            parameters = head["Parameters"].replace(",500000,", f",{system.zone}500000,")
            head = replace(head, entries={**head.entries, "Parameters": parameters})
        return head
    degrees = all(is_degrees(layer) for layer in layers)
    head = land_use_head(decimals=places)
    if epsg == _DEGREES:
        return head
    unnamed = f"EPSG:{epsg}" if epsg else "未声明"
    name = next((layer.crs_name for layer in layers if layer.crs_name), "") or unnamed
    plain = {"Spheroid": name, "Projection": name if not degrees else "地理坐标系"}
    if not degrees:
        plain |= {"CoordinateSystemType": "P", "XYUnit": "M"}
    return replace(head, entries={**head.entries, **plain})


def _vct_layer(layer: DataLayer, first: int) -> VctLayer:
    angles = None
    if layer.angles is not None:
        angles = np.empty(len(layer), dtype=object)
        for row, (angle, shape) in enumerate(zip(layer.angles.tolist(), layer.geometry, strict=True)):
            angles[row] = () if math.isnan(angle) else (angle,) * _points(shape)
    return VctLayer(
        code=layer.code,
        name=layer.name,
        kind=layer.kind,
        fields=tuple(_vct_field(field, layer.columns[field.name]) for field in layer.fields),
        geometry=layer.geometry,
        columns=layer.columns,
        ids=np.arange(first, first + len(layer), dtype=np.int64),
        table=layer.name,
        texts=layer.texts,
        angles=angles,
    )


def _tell_system(item: Outgoing, losses: Losses) -> None:
    """A system that has a code but is none of those that the head of a VCT can say."""
    epsg = item.layer.epsg
    system = reference_systems().get(epsg or 0)
    said = epsg in (None, _DEGREES) or (system is not None and system.zone is not None)
    if not said and not shapely.is_missing(item.layer.geometry).all():
        name = item.layer.crs_name or "—"
        losses.add("system-named", item.source, system=f"EPSG:{epsg}", name=name)


def _tell_annotations(item: Outgoing, losses: Losses) -> None:
    """Texts without a place, which go with their shapes, and those without an angle, which lie level."""
    layer = item.layer
    if layer.kind != "annotation":
        return
    nowhere = shapely.is_missing(layer.geometry)
    if layer.texts is not None and (layer.texts[nowhere] != "").any():
        rows = np.flatnonzero(nowhere & (layer.texts != ""))
        losses.add("annotation-nowhere", item.source, count=len(rows), rows=row_list(rows))
    if layer.angles is not None and np.isnan(layer.angles[~nowhere]).any():
        losses.add("annotation-level", item.source, count=int(np.isnan(layer.angles[~nowhere]).sum()))


def _points(shape: Any) -> int:
    return 0 if shape is None else int(shapely.get_num_coordinates(shape))


def _vct_field(field: DataField, column: NDArray[Any]) -> VctField:
    kind, width = _TYPES[field.type], field.length
    if field.type == "number" and field.length and field.decimals:
        kind = "Float"
    if field.type == "integer" and (
        column.dtype == object or (np.abs(column[~np.isnan(column)]) >= _INT4).any()
    ):
        kind = "Int8"
    if field.type == "text" and not width:
        width = max(map(len, column.tolist()), default=0) or 1
    return VctField(field.name, kind, width, field.decimals if kind == "Float" else 0)


# ── boundary TXT ─────────────────────────────────────────────────────────────────────────────────────────

PLOT_FIELDS = {
    "id": ("地块编号", "DKBH", "DKBM", "TBBH", "BSM"),
    "name": ("地块名称", "DKMC", "XMMC", "名称", "NAME"),
    "sheet": ("图幅号", "TFH"),
    "use": ("地块用途", "DKYT"),
    "land_class": ("地类编码", "DLBM"),
}
"""地块属性的来源。Fields from which the cells of a plot's row are taken, the first that is there."""
_ZERO_IS_BLANK = ("sheet", "use", "land_class")
_AREA_FIELDS = {"地块面积": 1, "MJ_HA": 1, "TBMJ": _SQUARE_METRES, "DKMJ": _SQUARE_METRES}


def write_boundary(path: Path, item: Outgoing, losses: Losses, head: Mapping[str, str]) -> int:
    """写界址点坐标文件。The polygons of one layer as plots; gives the number of its fields that are in it.

    Raises InputError without a zone of CGCS2000.
    """
    layer = item.layer
    system = reference_systems().get(layer.epsg or 0)
    if system is None or system.zone is None:
        told = f"EPSG:{layer.epsg}" if layer.epsg else layer.crs_name or "未声明"
        place = Place(file=path.name, layer=item.source)
        raise InputError([finding("CNV-zone-needed", place, layer=item.source, system=told)])
    unit, day = boundary_producer(head)
    header = BoundaryHeader(unit, day, system.zone, system.width or 3, _decimals(layer))
    making = _Plots(item, system, header.decimals, losses)
    plots = list(making.all())
    if all(plot.geometry.is_empty for plot in plots):
        raise InputError([finding("CNV-nothing", Place(file=path.name), target="界址点坐标 TXT")])
    losses.extend(_renamed(boundary_remarks(header, plots, losses.file), item.source))
    write_boundary_txt(path, header, plots)
    return making.kept


def _decimals(layer: DataLayer) -> int:
    return 3 if layer.decimals is None else layer.decimals


def _renamed(findings: Iterator[Finding], layer: str) -> list[Finding]:
    return [replace(one, place=replace(one.place, layer=layer)) for one in findings]


@dataclass
class _Plots:
    """The plots of a layer while they are made."""

    item: Outgoing
    system: ReferenceSystem
    decimals: int
    losses: Losses
    kept: int = 0

    def all(self) -> Iterator[BoundaryPlot]:
        """Plots of all rows that have a shape."""
        layer = self.item.layer
        cells = self._cells()
        areas = self._areas()
        gone = np.flatnonzero(shapely.is_missing(layer.geometry))
        if len(gone):
            self.losses.add("row-left-out", self.item.source, count=len(gone), rows=row_list(gone))
        shift = 0.0 if self.system.prefixed else (self.system.zone or 0) * 1e6
        if shift:
            self.losses.add("zone-prefix", self.item.source, zone=self.system.zone)
        by = np.array([shift, 0.0])
        redrawn = []
        for row, shape in enumerate(layer.geometry):
            if shape is None:
                continue
            moved = shapely.transform(shape, lambda points: points + by)
            final = settled(moved, self.decimals)
            if not _same_rings(moved, final, self.decimals):
                redrawn.append((row, abs(float(final.area - moved.area))))
            id, name, sheet, use, land_class = (cells[key][row] for key in PLOT_FIELDS)
            yield BoundaryPlot(id, name, final, areas[row], use, land_class, sheet)
        if redrawn:
            largest = max(change for _, change in redrawn)
            rows = row_list([row for row, _ in redrawn])
            change = f"{largest:.4f}"
            told = self.item.source
            self.losses.add("shape-redrawn", told, rows=rows, count=len(redrawn), largest=change)

    def _cells(self) -> dict[str, list[str]]:
        """Texts of a plot's row by its attribute; fields that have no place are told."""
        layer = self.item.layer
        used = {name: self._first(wanted) for name, wanted in PLOT_FIELDS.items()}
        used["id"] = self._unique(used["id"])
        kept = {*used.values(), self._first(tuple(_AREA_FIELDS))}
        left = [field.name for field in layer.fields if field.name not in kept]
        self.kept = len(layer.fields) - len(left)
        if left:
            self.losses.add("field-left-out", self.item.source, count=len(left), names="、".join(left))
        cells = {}
        for name, field in used.items():
            given = _texts(layer.columns[field]) if field else [""] * len(layer)
            cells[name] = given
        if not used["id"]:
            self.losses.add("plot-numbered", self.item.source)
            cells["id"] = [str(row) for row in range(1, len(layer) + 1)]
        self._tell_changed(used, cells)
        return cells

    def _unique(self, first: str) -> str:
        """The field of plot ids: the first, or one after it whose values do not repeat where its do."""
        columns = self.item.layer.columns
        repeated = _repeated(columns[first]) if first else 0
        if not repeated:
            return first
        others = [name for name in map(self._field, PLOT_FIELDS["id"]) if name and name != first]
        taken = next((name for name in others if not _repeated(columns[name])), "")
        told = {"count": repeated, "taken": taken}
        self.losses.add("plot-unique" if taken else "plot-twice", self.item.source, first, **told)
        return taken or first

    def _tell_changed(self, used: dict[str, str], cells: dict[str, list[str]]) -> None:
        for name, field in used.items():
            filler = "0" if name in _ZERO_IS_BLANK else None
            changed = [
                row for row, text in enumerate(cells[name]) if plot_name(text) != text or text == filler
            ]
            if changed:
                told = {"count": len(changed), "rows": row_list(changed)}
                self.losses.add("text-changed", self.item.source, field, **told)

    def _first(self, wanted: Sequence[str]) -> str:
        return next((found for name in wanted if (found := self._field(name))), "")

    def _field(self, wanted: str) -> str:
        """A field by its name in any case of its letters, "" if there is none."""
        known = {field.name.upper(): field.name for field in self.item.layer.fields}
        return known.get(wanted.upper(), "")

    def _areas(self) -> list[Decimal | None]:
        """Hectares with four decimals, from a field that says them; blank where there is none."""
        layer = self.item.layer
        name = self._first(tuple(_AREA_FIELDS))
        if not name:
            self.losses.add("area-blank", self.item.source)
            return [None] * len(layer)
        per = next(per for field, per in _AREA_FIELDS.items() if field.upper() == name.upper())
        exact = [_decimal(text) for text in _texts(layer.columns[name])]
        hectares = [None if area is None else area / per for area in exact]
        printed = [None if area is None else area.quantize(_HECTARES, ROUND_HALF_UP) for area in hectares]
        rounded = sum(one != other for one, other in zip(hectares, printed, strict=True))
        if rounded:
            self.losses.add("area-rounded", self.item.source, name, count=rounded)
        return printed


def _texts(column: NDArray[Any]) -> list[str]:
    """Values as texts; numbers in full, whole ones without a point."""
    if column.dtype == object:
        return ["" if value is None else str(value) for value in column.tolist()]
    return ["" if value != value else str(np.format_float_positional(value, trim="-")) for value in
            column.tolist()]  # fmt: skip


def _repeated(column: NDArray[Any]) -> int:
    """Values that occurred before, blanks included: a plot without an id cannot be told from others."""
    texts = _texts(column)
    return len(texts) - len(set(texts))


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except ArithmeticError:
        return None
    return value if value.is_finite() and 0 <= value < 10**12 else None


def _same_rings(shape: Any, final: Any, decimals: int) -> bool:
    """Whether only rounding, direction and first points of the rings differ."""
    plain = shapely.transform(shape, lambda points: np.round(points, decimals) + 0.0)
    return _corners(plain) == _corners(final)


def _corners(shape: Any) -> list[Any]:
    """Rings as sets of edges, whichever way they run and whatever part they belong to."""
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = list(map(tuple, shapely.get_coordinates(shapely.remove_repeated_points(ring)).tolist()))
            rings.append(sorted(tuple(sorted(pair)) for pair in pairwise(points)))
    return sorted(rings)
