"""空间图层。Official layers of the plan database: pieces before and after, and the layers as surveyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.delivered import DeliveredLayer, delivered, taken_over
from fangtian.catalog.land_class import RIDGE, land_classes
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.map_style import map_styles
from fangtian.facts.pieces import Ledger
from fangtian.formats.geopackage import OutField, OutLayer
from fangtian.formats.qgis_style import outline_style, polygon_style
from fangtian.formats.shapes import on_grid
from fangtian.geo.layer import Layer

if TYPE_CHECKING:
    from fangtian.assess import Dossier
    from fangtian.plan.model import Survey

__all__ = ["GRID_M", "database_layers", "gridded", "layers_in_pilot", "out_fields"]

GRID_M = 1e-4
"""坐标取位。The survey's coordinates have four decimals of a metre."""

OUTLINES: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "pilot_area": ("乡镇、街道界", ()),
    "consolidation_area": ("试点范围/整治区域（整治范围线）", (6, 1.5, 1, 1.5)),
    "villages": ("村界", (3, 1, 0.5, 1)),
    "plots": ("子项目范围", ()),
    "basic_farmland": ("永久基本农田（叠加于现状图）", ()),
    "basic_farmland_out": ("占用（调出）基本农田", ()),
    "basic_farmland_in": ("补划（调入）基本农田", ()),
    "eco_redline": ("生态保护红线", ()),
    "eco_redline_after": ("生态保护红线", (3, 1)),
    "urban_boundary": ("城镇开发边界", ()),
    "urban_boundary_after": ("城镇开发边界", (3, 1)),
}
"""图层图式。Catalogued style of each layer that is drawn as an outline, and its dashes in mm."""

Columns = dict[str, Any]


def database_layers(dossier: Dossier) -> Iterator[tuple[DeliveredLayer, OutLayer]]:
    """数据库图层。Each delivered layer with its catalogue entry; pieces are those in the pilot area.

    Crumbs of the overlay whose area is 0.00 m² are left out: no sum misses them, and no checker of
    databases accepts a parcel without area.
    """
    parcels = dossier.survey.layers["parcels"]
    ledger = dossier.ledger
    pieces = ledger.take(ledger.in_pilot & (ledger.area > 0))
    shapes = gridded(pieces.geometry)
    kinds = _plot_kinds(dossier.survey.layers.get("plots"))
    before = _before_columns(pieces, parcels)
    after = _after_columns(pieces, parcels, kinds)
    for name, columns in (("pieces_before", before), ("pieces_after", after)):
        entry = delivered()[name]
        style = _class_style(entry, columns)
        yield entry, _out_layer(entry, shapes, columns, parcels.crs.epsg, style)
    for role, layer in layers_in_pilot(dossier.survey, OUTLINES):
        entry = taken_over(layer_specs()[role], layer.columns)
        shapes = gridded(layer.geometry)
        yield entry, _out_layer(entry, shapes, dict(layer.columns), layer.crs.epsg, _outline(role))


def layers_in_pilot(survey: Survey, roles: Iterable[str]) -> Iterator[tuple[str, Layer]]:
    """试点区域内的图层。Of the named layers that the plan has, the rows that reach into the pilot area."""
    pilot = shapely.union_all(survey.layers["pilot_area"].geometry)
    shapely.prepare(pilot)
    for role in roles:
        if role in survey.layers:
            layer = survey.layers[role]
            yield role, layer.take(shapely.intersects(pilot, layer.geometry))


def out_fields(entry: DeliveredLayer) -> tuple[OutField, ...]:
    """输出字段。As the writer wants them: official name, Chinese alias, type."""
    return tuple(
        OutField(field.official, field.spec.term, field.spec.type, field.spec.length, field.spec.decimals)
        for field in entry.fields
    )


def gridded(geometry: NDArray[Any]) -> NDArray[Any]:
    """坐标取位。Shapes on the survey's grid of 0.1 mm, valid there; a sliver thinner than the grid is drawn
    as thin as the grid allows.

    Crossing points of an overlay lie off the grid; a geodatabase would round them without asking whether
    the shape still holds.
    """
    shapes = on_grid(geometry)
    broken = ~shapely.is_valid(shapes)
    mended = shapely.set_precision(geometry[broken], GRID_M)
    thin = shapely.is_empty(mended)
    widened = shapely.buffer(geometry[broken][thin], GRID_M, quad_segs=1)
    mended[thin] = shapely.set_precision(widened, GRID_M)
    shapes[broken] = mended
    return shapes


def _out_layer(
    entry: DeliveredLayer, geometry: NDArray[Any], columns: Columns, epsg: int, style: str
) -> OutLayer:
    named = {field.official: _blanks_empty(field.spec.type, columns[field.name]) for field in entry.fields}
    fields = tuple(_wide_enough(field, named[field.name]) for field in out_fields(entry))
    return OutLayer(entry.table, entry.title, geometry, named, fields, epsg, style)


def _blanks_empty(kind: str, values: NDArray[Any]) -> NDArray[Any]:
    """A column that the input does not have reads "" everywhere; a number column says NULL."""
    if kind == "text" or values.dtype != object:
        return values
    cleared = values.copy()
    cleared[values == ""] = None
    return cleared


def _wide_enough(field: OutField, values: NDArray[Any]) -> OutField:
    """What a surveyor wrote is kept whole, even where it is longer than the standard's width."""
    too_long = field.type == "text" and any(len(str(value)) > field.length for value in values)
    return replace(field, length=0) if too_long else field


def _before_columns(pieces: Ledger, parcels: Layer) -> Columns:
    carried = (
        "parcel_id", "parcel_number", "ownership_kind", "owner_code", "owner_name", "location_code",
        "location_name", "cultivated_kind", "data_year",
    )  # fmt: skip
    return {
        **{name: parcels.column(name)[pieces.parcel] for name in carried},
        "land_class": pieces.class_before,
        "land_class_name": _class_names(pieces.class_before),
        "area": pieces.area / 100,
        "ridge_class": _ridge_class(pieces.ridge_before),
        "ridge_coefficient": _number(parcels, "ridge_coefficient")[pieces.parcel],
        "ridge_area": pieces.ridge_before / 100,
        "class_area": pieces.net_before / 100,
        "slope_class": pieces.slope_before,
        "quality_grade": _known(pieces.grade_before),
        "quality_level": _known(pieces.level_before),
        "plot_id": pieces.plot,
        "basic_farmland_id": pieces.pbf,
        "village": pieces.village,
        "in_consolidation": pieces.in_consolidation.astype(np.int64),
        "in_redline": pieces.in_redline.astype(np.int64),
        "in_urban": pieces.in_urban.astype(np.int64),
    }


def _after_columns(pieces: Ledger, parcels: Layer, kinds: Mapping[str, str]) -> Columns:
    kept = np.where((pieces.pbf != "") & (pieces.pbf_out == ""), pieces.pbf, "")
    return {
        **{
            name: parcels.column(name)[pieces.parcel]
            for name in ("parcel_id", "location_code", "location_name")
        },
        "land_class": pieces.class_after,
        "land_class_name": _class_names(pieces.class_after),
        "area": pieces.area / 100,
        "ridge_class": _ridge_class(pieces.ridge_after),
        "ridge_area": pieces.ridge_after / 100,
        "class_area": pieces.net_after / 100,
        "slope_class": pieces.slope_after,
        "quality_grade": _known(pieces.grade_after),
        "class_before": pieces.class_before,
        "plot_id": pieces.plot,
        "plot_kind": np.array([kinds.get(plot, "") for plot in pieces.plot], dtype=object),
        "basic_farmland_id": kept,
        "basic_farmland_out": pieces.pbf_out,
        "basic_farmland_in": pieces.pbf_in,
        "village": pieces.village,
        "in_consolidation": pieces.in_consolidation.astype(np.int64),
        "in_redline": pieces.in_redline_after.astype(np.int64),
        "in_urban": pieces.in_urban_after.astype(np.int64),
    }


def _plot_kinds(plots: Layer | None) -> dict[str, str]:
    if plots is None:
        return {}
    return dict(zip(map(str, plots.ids), map(str, plots.column("plot_kind")), strict=True))


def _class_names(classes: NDArray[Any]) -> NDArray[Any]:
    known = land_classes()
    return np.array([known[code].name if code in known else "" for code in classes], dtype=object)


def _ridge_class(ridge: NDArray[np.int64]) -> NDArray[Any]:
    return np.where(ridge > 0, RIDGE, "").astype(object)


def _known(grade: NDArray[np.int64]) -> NDArray[np.float64]:
    """0 stands for unknown in the ledger; in the database an unknown grade is empty."""
    return np.where(grade > 0, grade.astype(float), np.nan)


def _number(layer: Layer, name: str) -> NDArray[np.float64]:
    values = layer.column(name)
    return values.astype(float) if values.dtype != object else np.full(len(layer), np.nan)


def _outline(role: str) -> str:
    item, dash = OUTLINES[role]
    style = map_styles()[item]
    return outline_style(style.line or style.fill or (0, 0, 0), float(style.width_mm or Decimal("0.5")), dash)


def _class_style(entry: DeliveredLayer, columns: Columns) -> str:
    present = set(columns["land_class"].tolist())
    categories = [(c.code, c.name, c.rgb) for c in land_classes().values() if c.code in present]
    return polygon_style(categories, entry.official("land_class"))
