"""数据集。What any data file holds, whatever its format: layers of shapes or plain tables, with their fields.

Every reader gives this and every writer takes it, so that a conversion is a reading and a writing, and what
a format cannot hold is told once, by its writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding

__all__ = ["KINDS", "DataField", "DataLayer", "Dataset"]

KINDS = ("polygon", "line", "point", "annotation", "mixed", "table")
"""几何类型。``annotation`` are points with a text, ``mixed`` any shapes together, ``table`` no shapes."""


@dataclass(frozen=True)
class DataField:
    """字段。``type`` is text, number, integer or date; sizes are 0 where the file has none."""

    name: str
    type: str = "text"
    length: int = 0
    decimals: int = 0
    alias: str = ""


@dataclass(frozen=True)
class DataLayer:
    """数据层。One layer of a file. ``kind`` is one of :data:`KINDS`.

    ``geometry`` (n,) shapely shapes in (east, north) or (longitude, latitude), two-dimensional, multi or
    single, None where missing; ``columns`` by field name: ``str`` ("" for null) or float64 (NaN for null;
    whole numbers beyond 2**53 and dates are text). ``epsg`` is None where the file declares no system that
    the registry knows; ``crs_name`` is what it calls it. ``decimals`` is how many decimals the file prints
    its coordinates with, None for a binary format. Annotations have ``texts`` and ``angles``: one per row, in
    degrees, NaN where none is told.
    """

    name: str
    kind: str
    fields: tuple[DataField, ...]
    geometry: NDArray[Any]
    columns: Mapping[str, NDArray[Any]]
    epsg: int | None = None
    crs_name: str = ""
    decimals: int | None = None
    code: str = ""
    texts: NDArray[Any] | None = None
    angles: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class Dataset:
    """数据集。``format`` as ``formats.source`` names it; ``findings`` are remarks of the reader.

    ``head`` is what the file says of itself as a whole (VCT, boundary TXT): values by their official keys.
    """

    path: Path
    format: str
    layers: tuple[DataLayer, ...]
    findings: tuple[Finding, ...] = ()
    encoding: str = ""
    head: Mapping[str, str] = field(default_factory=dict)
