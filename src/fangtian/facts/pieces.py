"""碎片台账。What every indicator is computed from: one row per piece of parcel × plot × zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ledger"]


@dataclass(frozen=True)
class Ledger:
    """台账。Columns of equal length ``n``, one row per piece; areas are int64 in 0.01 m².

    Text columns are object arrays of ``str`` ("" where none). ``area`` and ``ridge_before`` of a parcel's
    pieces add up to the parcel's surveyed areas. ``class_before`` / ``class_after`` are land-class codes of
    the piece without its ridges; ridges count to 1203. ``grade_*`` is 0 where unknown or not cultivated.
    """

    parcel: NDArray[np.int64]  # row in the parcels layer
    geometry: NDArray[Any]
    area: NDArray[np.int64]
    ridge_before: NDArray[np.int64]
    ridge_after: NDArray[np.int64]
    class_before: NDArray[Any]
    class_after: NDArray[Any]
    grade_before: NDArray[np.int64]  # 等别
    grade_after: NDArray[np.int64]
    level_before: NDArray[np.int64]  # 等级
    slope_before: NDArray[Any]  # slope class ("" unknown)
    slope_after: NDArray[Any]
    village: NDArray[Any]  # village code
    plot: NDArray[Any]  # plot id
    in_pilot: NDArray[np.bool_]
    in_consolidation: NDArray[np.bool_]
    in_redline: NDArray[np.bool_]
    in_redline_after: NDArray[np.bool_]
    in_urban: NDArray[np.bool_]
    in_urban_after: NDArray[np.bool_]
    pbf: NDArray[Any]  # basic-farmland patch id before
    pbf_out: NDArray[Any]  # id of the moved-out plot
    pbf_in: NDArray[Any]  # id of the moved-in plot

    def __len__(self) -> int:
        return len(self.area)

    @property
    def net_before(self) -> NDArray[np.int64]:
        """整治前地类面积。TBMJ share less ridges."""
        return self.area - self.ridge_before

    @property
    def net_after(self) -> NDArray[np.int64]:
        """整治后地类面积。TBMJ share less the ridges that remain."""
        return self.area - self.ridge_after

    def take(self, mask: NDArray[np.bool_]) -> Ledger:
        """取行。The rows of a mask."""
        columns: Mapping[str, NDArray[Any]] = {
            name: getattr(self, name)[mask] for name in self.__dataclass_fields__
        }
        return Ledger(**columns)
