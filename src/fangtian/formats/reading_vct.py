"""读 VCT 数据集。The layers of a VCT file under the names of their attribute tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.shapes import row_list
from fangtian.formats.vct import VctField, VctFile, VctLayer, declared_system
from fangtian.formats.vct_reading import read_vct

__all__ = ["vct_dataset"]


def vct_dataset(source: Path, place: Place, encoding: str = "") -> Dataset:
    """读 VCT。Points, lines, polygons, annotations and tables; the table's name is the layer's.

    Where feature codes share one table, each layer has the name of its feature code instead.
    """
    file = read_vct(source)
    shared = Counter(layer.table for layer in file.layers)
    layers = tuple(_layer(layer, file, shared[layer.table] > 1) for layer in file.layers)
    remarks = [*file.findings, *_turned(file, layers, place)]
    return Dataset(source, "VCT", layers, tuple(remarks), file.encoding, dict(file.head.entries))


def _layer(layer: VctLayer, file: VctFile, shared: bool) -> DataLayer:
    epsg, name = declared_system(file.head)
    return DataLayer(
        (layer.name if shared else layer.table) or layer.name or layer.code,
        layer.kind,
        tuple(_field(field) for field in layer.fields),
        layer.geometry,
        layer.columns,
        epsg,
        name,
        file.head.decimals,
        layer.code,
        layer.texts,
        None if layer.angles is None else np.array([_first(a) for a in layer.angles], dtype=np.float64),
    )


def _first(angles: Sequence[float]) -> float:
    """A text has an angle for each of its points; a layer keeps one."""
    return float(angles[0]) if len(angles) else math.nan


def _turned(file: VctFile, layers: Sequence[DataLayer], place: Place) -> Iterator[Finding]:
    """Layers with texts whose letters stand at several angles, of which one is kept."""
    for layer, named in zip(file.layers, layers, strict=True):
        every = () if layer.angles is None else layer.angles
        rows = [row for row, angles in enumerate(every) if len(set(angles)) > 1]
        if rows:
            where = replace(place, layer=named.name)
            yield finding("FMT-vct-angles", where, layer=named.name, count=len(rows), rows=row_list(rows))


def _field(field: VctField) -> DataField:
    kind = "integer" if field.whole else "number" if field.numeric else "text"
    if field.type.lower() in ("date", "time", "datetime"):
        kind = "date"
    return DataField(field.name, kind, field.width, field.decimals)
