"""官方字段。Fields of the official layers and tables, with the unit that each one is written in.

Units differ from layer to layer (㎡, 公顷, km²), so each field carries its own; ``unit_basis`` says whether
the source prints it (原文) or it follows from neighbouring fields and common practice (推断).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fangtian.catalog.resource import csv_rows

__all__ = ["OfficialField", "OfficialLayer", "official_layers"]


@dataclass(frozen=True)
class OfficialField:
    """官方字段。``type`` as printed (Char, VarChar, Float, Int, Date); ``length`` None where not printed."""

    name: str
    alias: str
    type: str
    length: int | None
    decimals: int | None
    required: str
    domain: str
    unit: str
    unit_basis: str
    note: str
    correction: str
    source: str
    trust: str


@dataclass(frozen=True)
class OfficialLayer:
    """官方图层。A layer or table with its fields in official order; a name may occur twice in the source."""

    code: str
    name: str
    group: str
    geometry: str
    fields: tuple[OfficialField, ...]

    def field(self, name: str) -> OfficialField:
        """字段。The first of that name; raises KeyError where there is none."""
        found = next((entry for entry in self.fields if entry.name == name), None)
        if found is None:
            raise KeyError(f"图层 {self.code} 没有字段 {name}。")
        return found


@cache
def official_layers() -> Mapping[str, OfficialLayer]:
    """全部官方图层。By code, in the order of the standards.

    >>> official_layers()["DLTB"].field("TBMJ").unit
    'm2'
    """
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv_rows("official_fields.csv"):
        rows.setdefault(row["layer"], []).append(row)
    return MappingProxyType({code: _layer(code, entries) for code, entries in rows.items()})


def _layer(code: str, rows: list[dict[str, str]]) -> OfficialLayer:
    head = rows[0]
    fields = tuple(_field(row) for row in sorted(rows, key=lambda row: int(row["seq"])))
    return OfficialLayer(code, head["layer_name"], head["group"], head["geometry"], fields)


def _field(row: Mapping[str, str]) -> OfficialField:
    plain = (
        "alias",
        "type",
        "required",
        "domain",
        "unit",
        "unit_basis",
        "note",
        "correction",
        "source",
        "trust",
    )
    return OfficialField(
        name=row["field"],
        length=int(row["length"]) if row["length"] else None,
        decimals=int(row["decimals"]) if row["decimals"] else None,
        **{key: row[key] for key in plain},
    )
