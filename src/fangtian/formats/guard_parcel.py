"""装箱。What a reader gives, in a form that passes quickly from one process to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.formats.dataset import DataLayer, Dataset
from fangtian.formats.vector import RawLayer

__all__ = ["packed", "unpacked"]


def packed(value: Any) -> Any:
    """装箱。Shapes as well-known binary, equal texts as one; values without shapes stay as they are."""
    if isinstance(value, Dataset):
        return replace(value, layers=tuple(map(packed, value.layers)))
    if isinstance(value, RawLayer):
        return replace(value, geometry=shapely.to_wkb(value.geometry), fields=_sharing(value.fields))
    if isinstance(value, DataLayer):
        return replace(value, geometry=shapely.to_wkb(value.geometry), columns=_sharing(value.columns))
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
