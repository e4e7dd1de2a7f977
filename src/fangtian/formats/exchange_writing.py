"""写交换文件。Layers as a VCT file or as boundary TXT, by the writers of these formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from fangtian.formats.shapes import row_list
from fangtian.formats.vct import VctField, VctFile, VctHead, VctLayer, land_use_head
from fangtian.formats.vct_writing import write_vct

__all__ = ["PLOT_FIELDS", "write_boundary", "write_exchange"]

_TYPES = {"text": "Char", "number": "Double", "integer": "Int4", "date": "Date"}
_INT4 = 2**31
_HECTARES = Decimal("0.0001")
_SQUARE_METRES = 10_000


# ── VCT ──────────────────────────────────────────────────────────────────────────────────────────────────


def write_exchange(path: Path, items: Sequence[Outgoing], losses: Losses) -> None:
    """写 VCT。All layers in one file, under a head that says the system that they have."""
    shaped = [item.layer for item in items if not shapely.is_missing(item.layer.geometry).all()]
    told = (f"EPSG:{layer.epsg}" if layer.epsg else layer.crs_name or "未声明" for layer in shaped)
    systems = dict.fromkeys(told)
    if len(systems) > 1:
        raise InputError([finding("CNV-systems", Place(file=path.name), systems=listed(list(systems)))])
    head = _head(shaped or [item.layer for item in items])
    layers, first = [], 1
    for item in items:
        layers.append(_vct_layer(item.layer, first))
        first += len(item.layer)
    losses.extend(write_vct(path, VctFile(head, tuple(layers))))


def _head(layers: Sequence[DataLayer]) -> VctHead:
    places = next((layer.decimals for layer in layers if layer.decimals is not None), None)
    epsg = next((layer.epsg for layer in layers if layer.epsg), None)
    system = reference_systems().get(epsg or 0)
    if system is not None and system.zone is not None:
        return land_use_head(system.zone, system.width or 3, decimals=places)
    degrees = all(is_degrees(layer) for layer in layers)
    head = land_use_head(decimals=places)
    if epsg == 4490:
        return head
    name = next((layer.crs_name for layer in layers if layer.crs_name), "") or "未声明"
    plain = {"Spheroid": name, "Projection": name if not degrees else "地理坐标系"}
    if not degrees:
        plain |= {"CoordinateSystemType": "P", "XYUnit": "M"}
    return replace(head, entries={**head.entries, **plain})


def _vct_layer(layer: DataLayer, first: int) -> VctLayer:
    angles = None
    if layer.angles is not None:
        angles = np.empty(len(layer), dtype=object)
        for row, (given, shape) in enumerate(zip(layer.angles, layer.geometry, strict=True)):
            own = np.atleast_1d(given)[~np.isnan(np.atleast_1d(given))].tolist()
            angles[row] = tuple(own * _points(shape) if len(own) == 1 else own)
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


def write_boundary(path: Path, item: Outgoing, losses: Losses) -> None:
    """写界址点坐标文件。The polygons of one layer as plots. Raises InputError without a zone of CGCS2000."""
    layer = item.layer
    system = reference_systems().get(layer.epsg or 0)
    if system is None or system.zone is None:
        told = f"EPSG:{layer.epsg}" if layer.epsg else layer.crs_name or "未声明"
        place = Place(file=path.name, layer=item.source)
        raise InputError([finding("CNV-zone-needed", place, layer=item.source, system=told)])
    header = BoundaryHeader(zone=system.zone, width=system.width or 3, decimals=_decimals(layer))
    plots = list(_Plots(item, system, header.decimals, losses).all())
    if all(plot.geometry.is_empty for plot in plots):
        raise InputError([finding("CNV-nothing", Place(file=path.name), target="界址点坐标 TXT")])
    losses.extend(_renamed(boundary_remarks(header, plots, losses.file), item.source))
    write_boundary_txt(path, header, plots)


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
        kept = {*used.values(), self._first(tuple(_AREA_FIELDS))}
        left = [field.name for field in layer.fields if field.name not in kept]
        if left:
            self.losses.add("field-left-out", self.item.source, count=len(left), names=listed(left))
        cells = {}
        for name, field in used.items():
            given = _texts(layer.columns[field]) if field else [""] * len(layer)
            cells[name] = given
        if not used["id"]:
            self.losses.add("plot-numbered", self.item.source)
            cells["id"] = [str(row) for row in range(1, len(layer) + 1)]
        self._tell_changed(used, cells)
        return cells

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
        known = {field.name.upper(): field.name for field in self.item.layer.fields}
        return next((known[name.upper()] for name in wanted if name.upper() in known), "")

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
