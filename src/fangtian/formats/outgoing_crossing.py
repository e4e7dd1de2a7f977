"""圈相交的面。Polygons whose rings cross: formats that keep rings alone leave it to readers which are holes.

What that does to their areas is not guessed: they are written once more alone, read back and compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.dataset import DataField, DataLayer
from fangtian.formats.losses import Losses
from fangtian.formats.outgoing import Outgoing, is_degrees
from fangtian.formats.shapes import row_list
from fangtian.formats.targets import Target

__all__ = ["Crossing", "crossing", "tell_areas"]

_RINGS_ALONE = (".gdb", ".shp", ".vct")
_ROW = "ROW"
_IDS = ("BSM", "地块编号", "DKBH", "DKBM", "TBBH")
_LEAST_M2 = 0.01
"""Areas of parcels are told to two decimals."""
_DEGREE_M = 111_320.0
_SHOWN = 20


@dataclass(frozen=True)
class Crossing:
    """待核对的面。``item`` holds them alone, with their ``rows`` in ``whole``, the layer that is written."""

    item: Outgoing
    whole: Outgoing
    rows: NDArray[np.int64]


def _rows(layer: DataLayer, target: Target) -> NDArray[np.int64]:
    """Rows of several rings that are no valid polygon, where the target keeps rings alone."""
    if target.suffix not in _RINGS_ALONE or layer.kind != "polygon":
        return np.empty(0, dtype=np.int64)
    parts, of = shapely.get_parts(layer.geometry, return_index=True)
    rings = np.bincount(of, 1 + shapely.get_num_interior_rings(parts), minlength=len(layer))
    several = np.flatnonzero(rings > 1)
    rows: NDArray[np.int64] = several[~shapely.is_valid(layer.geometry[several])]
    return rows


def crossing(item: Outgoing, target: Target, losses: Losses) -> Crossing | None:
    """取出圈相交的面。A layer of them alone with their rows in a field, None if there are none; told."""
    rows = _rows(item.layer, target)
    if not len(rows):
        return None
    losses.add("shape-invalid", item.source, count=len(rows), rows=row_list(rows))
    layer = replace(
        item.layer,
        fields=(DataField(_ROW, "integer"),),
        geometry=item.layer.geometry[rows],
        columns={_ROW: rows.astype(np.float64)},
    )
    return Crossing(replace(item, layer=layer, renamed={_ROW: _ROW}), item, rows)


def tell_areas(tried: Crossing, back: DataLayer, losses: Losses) -> None:
    """面积的改变。Those whose area is another one when they are read back: row, id, before and after."""
    layer = tried.whole.layer
    before = dict(zip(tried.rows.tolist(), _areas(layer, tried.rows), strict=True))
    after = dict.fromkeys(before, 0.0)
    read = back.columns[back.fields[0].name].astype(np.float64).astype(np.int64)
    after |= dict(zip(read.tolist(), _areas(back, np.arange(len(back))), strict=True))
    changed = [row for row, area in before.items() if abs(after[row] - area) >= _LEAST_M2]
    if not changed:
        return
    shown = [f"{_named(layer, row)} {before[row]:.2f} → {after[row]:.2f} 平方米" for row in changed[:_SHOWN]]
    more = " 等" if len(changed) > _SHOWN else ""
    losses.add("area-changed", tried.whole.source, count=len(changed), areas="；".join(shown) + more)


def _areas(layer: DataLayer, rows: NDArray[np.int64]) -> list[float]:
    """Square metres, near enough where coordinates are degrees."""
    shapes = layer.geometry[rows]
    areas = shapely.area(shapes)
    if is_degrees(layer):
        areas = areas * _DEGREE_M**2 * np.cos(np.radians(shapely.bounds(shapes)[:, 1]))
    exact: list[float] = np.nan_to_num(areas).tolist()
    return exact


def _named(layer: DataLayer, row: int) -> str:
    known = {field.name.upper(): field.name for field in layer.fields}
    name = next((known[wanted] for wanted in _IDS if wanted in known), "")
    told = str(layer.columns[name][row]) if name else ""
    return f"第 {row + 1} 个（{name} {told}）" if told else f"第 {row + 1} 个"
