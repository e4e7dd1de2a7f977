"""坐标系目录。The CGCS2000 reference systems of the EPSG registry, with zone and central meridian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["ReferenceSystem", "reference_systems"]


@dataclass(frozen=True)
class ReferenceSystem:
    """坐标系。``width`` 3 or 6 degrees, ``zone`` and ``central_meridian`` None unless projected."""

    epsg: int
    name: str
    kind: str
    width: int | None
    zone: int | None
    central_meridian: int | None
    false_easting: int | None
    prefixed: bool
    axes: str
    used_in_gansu: bool
    source: str
    trust: str
    note: str = ""


@cache
def reference_systems() -> Mapping[int, ReferenceSystem]:
    """全部坐标系。By EPSG code.

    >>> reference_systems()[4523].central_meridian
    105
    """
    systems = [_system(row) for row in csv_rows("crs.csv")]
    return MappingProxyType({system.epsg: system for system in systems})


def _system(row: Mapping[str, str]) -> ReferenceSystem:
    return ReferenceSystem(
        epsg=int(row["epsg"]),
        width=_whole(row["zone_width_deg"]),
        zone=_whole(row["zone"]),
        central_meridian=_whole(row["central_meridian"]),
        false_easting=_whole(row["false_easting"]),
        prefixed=row["zone_prefixed"] == "1",
        used_in_gansu=row["used_in_gansu"] == "1",
        **{key: row[key] for key in ("name", "kind", "axes", "source", "trust", "note")},
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None
