"""数据修补。A corrected copy of a data file, and a line for every change: nothing is altered in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.layer import layer_specs
from fangtian.formats.dataset import DataLayer, Dataset
from fangtian.formats.guard import read_dataset
from fangtian.geo.mending import Change, Mend, Mended, mend

__all__ = ["ChangeRow", "Correction", "corrected"]

WORDS = {
    Mend.REPAIR: "修复自相交",
    Mend.DUPLICATE: "删除重复要素",
    Mend.POINT: "删除重复点",
    Mend.SPIKE: "删除尖刺",
    Mend.SNAP: "捕捉到公共点",
    Mend.OVERLAP: "裁去重叠",
    Mend.GAP: "填补缝隙",
}
"""修补方式。As the table of changes prints them."""


@dataclass(frozen=True)
class ChangeRow:
    """修改记录。One change of one feature: plane areas in m², where (north, east), and its neighbour."""

    layer: str
    feature: str
    action: str
    before_m2: float
    after_m2: float
    north: float
    east: float
    beside: str


@dataclass(frozen=True)
class Correction:
    """修补结果。The corrected copy in memory, its changes, and what is to be said of totals and refusals."""

    dataset: Dataset
    rows: tuple[ChangeRow, ...]
    findings: tuple[Finding, ...]


def corrected(path: Path, file: str, progress: Callable[[int], None] | None = None) -> Correction:
    """修补数据。A copy of every polygon layer of a file with small faults of shape mended.

    Attributes stay as they are, surveyed areas too. Layers in degrees are left alone: limits are in metres,
    and the areas of the log would be true of no plane. ``progress`` is told, round after round, how many
    changes the layer at hand has by now. Raises InputError where the file cannot be read.
    """
    dataset = read_dataset(path)
    layers: list[DataLayer] = []
    rows: list[ChangeRow] = []
    findings: list[Finding] = []
    for layer in dataset.layers:
        place = Place(file=file, layer=layer.name)
        if layer.kind != "polygon" or not len(layer):
            layers.append(layer)
        elif _in_degrees(layer):
            layers.append(layer)
            findings.append(finding("TOP-mend-degrees", place, layer=layer.name))
        else:
            mended = mend(layer.geometry, progress=progress, says=_says(layer))
            layers.append(_taken(layer, mended))
            rows += _rows(layer, mended)
            findings += _told(layer, mended, place)
    return Correction(replace(dataset, layers=tuple(layers)), tuple(rows), tuple(findings))


def _in_degrees(layer: DataLayer) -> bool:
    box = shapely.total_bounds(layer.geometry)
    return bool(np.isfinite(box).all() and np.abs(box).max() <= 360.0)


def _says(layer: DataLayer) -> NDArray[np.int64]:
    """Equal numbers for features that say the same in every field but their id: only these are repeats."""
    names = {name.casefold() for name in _id_fields()}
    columns = [values for name, values in layer.columns.items() if name.casefold() not in names]
    said: dict[tuple[str, ...], int] = {}
    told = zip(*(map(str, values.tolist()) for values in columns), strict=True) if columns else repeat(())
    return np.array([said.setdefault(row, len(said)) for row in islice(told, len(layer))], dtype=np.int64)


def _id_fields() -> list[str]:
    return [name for spec in layer_specs().values() for name in spec.field(spec.id_field).official]


def _taken(layer: DataLayer, mended: Mended) -> DataLayer:
    kept = np.ones(len(layer), dtype=bool)
    kept[mended.removed] = False
    columns = {name: values[kept] for name, values in layer.columns.items()}
    return replace(layer, geometry=mended.geometry[kept], columns=columns)


def _told(layer: DataLayer, mended: Mended, place: Place) -> Iterator[Finding]:
    """The change of the total, to the square centimetre, also where it is none."""
    if mended.changes:
        yield finding(
            "TOP-mended",
            place,
            layer=layer.name,
            count=len(mended.changes),
            before=f"{mended.before_m2:.4f}",
            after=f"{mended.after_m2:.4f}",
            change=f"{mended.after_m2 - mended.before_m2:+.4f}",
        )


def _rows(layer: DataLayer, mended: Mended) -> Iterator[ChangeRow]:
    ids = _ids(layer)
    for change in mended.changes:
        point = _point(change)
        beside = ids[change.beside] if change.beside >= 0 else ""
        yield ChangeRow(
            layer.name,
            ids[change.row],
            WORDS[change.kind],
            change.before_m2,
            change.after_m2,
            point[1],
            point[0],
            beside,
        )


def _point(change: Change) -> tuple[float, float]:
    point = shapely.point_on_surface(change.where) if change.where is not None else None
    if point is None or point.is_empty:
        return float("nan"), float("nan")
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _ids(layer: DataLayer) -> NDArray[Any]:
    """What the features are called: by the first official id field that the layer has, else by row."""
    held = {name.casefold(): name for name in layer.columns}
    name = next((held[name.casefold()] for name in _id_fields() if name.casefold() in held), "")
    if not name:
        return np.array([f"第{row}个" for row in range(1, len(layer) + 1)], dtype=object)
    values = layer.columns[name].tolist()
    return np.array([str(value) or f"第{row}个" for row, value in enumerate(values, start=1)], dtype=object)
