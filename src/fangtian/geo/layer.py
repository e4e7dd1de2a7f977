"""图层。A layer in memory: geometry, coordinate system and columns under our own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.geo.crs import Crs

__all__ = ["Layer"]


@dataclass(frozen=True)
class Layer:
    """图层。``n`` polygons with their columns.

    ``geometry`` (n,) shapely polygons or multipolygons, never None; ``columns`` name -> (n,) array: text
    columns hold ``str`` (missing ``""``), numbers float64 (missing NaN); ``ids`` (n,) what a user calls
    the feature; ``source`` is the file as the user knows it.
    """

    role: str
    title: str
    crs: Crs
    geometry: NDArray[Any]
    columns: Mapping[str, NDArray[Any]]
    ids: NDArray[Any]
    source: str = ""

    def __len__(self) -> int:
        return len(self.geometry)

    def take(self, rows: NDArray[Any]) -> Layer:
        """取行。The rows of a boolean mask or an index array."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return replace(self, geometry=self.geometry[rows], columns=columns, ids=self.ids[rows])

    def column(self, name: str) -> NDArray[Any]:
        """字段。A column; a missing optional one is all blank (NaN or "")."""
        if name in self.columns:
            return self.columns[name]
        return np.full(len(self), "", dtype=object)
