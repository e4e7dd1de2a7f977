"""装箱。What a reader gives, in a form that passes quickly from one process to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place
from fangtian.formats.dataset import DataLayer, Dataset
from fangtian.formats.guard_shapes import bearable, earthly
from fangtian.formats.vector import RawLayer

__all__ = ["packed", "unpacked"]


def packed(value: Any) -> Any:
    """装箱。Bearable shapes as well-known binary, equal texts as one; what has no shapes stays as it is."""
    if isinstance(value, Dataset):
        pairs = [_packed_layer(layer, value.path) for layer in value.layers]
        remarks = chain.from_iterable(told for _, told in pairs)
        return replace(value, layers=tuple(layer for layer, _ in pairs), findings=(*value.findings, *remarks))
    if isinstance(value, RawLayer):
        place = Place(file=value.path.name, layer=value.name)
        shapes, beyond = earthly(value.geometry, place)
        wkb, told = _packed_shapes(shapes, place)
        findings = (*value.findings, *told, *beyond)
        return replace(value, geometry=wkb, fields=_sharing(value.fields), findings=findings)
    return value


def unpacked(value: Any, path: Path) -> Any:
    """开箱。What was packed; ``path`` is the file as the caller calls it."""
    if isinstance(value, Dataset):
        return replace(value, path=path, layers=tuple(unpacked(layer, path) for layer in value.layers))
    if isinstance(value, RawLayer):
        return replace(value, path=path, geometry=_shapes(value.geometry))
    if isinstance(value, DataLayer):
        return replace(value, geometry=_shapes(value.geometry))
    return value


def _packed_layer(layer: DataLayer, path: Path) -> tuple[DataLayer, tuple[Finding, ...]]:
    wkb, remarks = _packed_shapes(layer.geometry, Place(file=path.name, layer=layer.name))
    return replace(layer, geometry=wkb, columns=_sharing(layer.columns)), remarks


def _packed_shapes(geometry: NDArray[Any], place: Place) -> tuple[NDArray[Any], tuple[Finding, ...]]:
    shapes, remarks = bearable(geometry, place)
    return shapely.to_wkb(shapes), remarks


def _shapes(wkb: NDArray[Any]) -> NDArray[Any]:
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are the reader's to report
        shapes: NDArray[Any] = shapely.from_wkb(wkb)
    return shapes


def _sharing(columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name: _shared(column) if column.dtype == object else column for name, column in columns.items()}


def _shared(column: NDArray[Any]) -> NDArray[Any]:
    """Equal texts become one object, which travels once and is held once."""
    seen: dict[Any, Any] = {}
    texts = np.empty(len(column), dtype=object)
    texts[:] = [seen.setdefault(text, text) for text in column.tolist()]
    return texts
