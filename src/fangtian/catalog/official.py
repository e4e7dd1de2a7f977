"""官方字段。Fields of the official layers and tables, with the unit that each one is written in.

Units differ from layer to layer (㎡, 公顷, km²), so each field carries its own; ``unit_basis`` says whether
the source prints it (原文) or it follows from neighbouring fields and common practice (推断).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from functools import cache
from types import MappingProxyType

from fangtian.catalog.code import is_code_list
from fangtian.catalog.layer import FieldSpec, LayerSpec
from fangtian.catalog.resource import csv_rows

__all__ = ["OfficialField", "OfficialLayer", "official_fields", "official_layers"]

_TEXT, _WHOLE = frozenset({"Char", "VarChar", "Date"}), "Int"
_OWN_TYPES = {"text": "Char", "number": "Float", "integer": _WHOLE}


@dataclass(frozen=True)
class OfficialField:
    """官方字段。``type`` as printed (Char, VarChar, Float, Int, Date); ``length`` None where not printed.

    ``role`` is what the field is called inside, "" where nothing reads it; ``variants`` are its other
    spellings; ``lengths`` the length of a spelling that differs from ``length``; ``codes`` its code list.
    """

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
    role: str = ""
    variants: tuple[str, ...] = ()
    lengths: Mapping[str, int] = attribute(default_factory=dict, hash=False)
    codes: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """写法。The official name and its variants, best first."""
        return (self.name, *self.variants)

    @property
    def mandatory(self) -> bool:
        """必选。Whether the standard demands it (M); C depends on the feature, O is free."""
        return self.required == "M"

    @property
    def textual(self) -> bool:
        """文本型。Whether it holds text; dates are text to us."""
        return self.type in _TEXT

    @property
    def whole(self) -> bool:
        """整数型。Whether it holds whole numbers."""
        return self.type == _WHOLE

    def length_as(self, spelling: str) -> int | None:
        """长度。How long a value may be under this spelling.

        >>> official_layers()["CJDCQ"].field("XZQDM").length_as("ZLDWDM")
        19
        """
        return self.lengths.get(spelling.upper(), self.length)


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


@cache
def official_fields(spec: LayerSpec) -> tuple[OfficialField, ...]:
    """图层应有字段。The fields of a layer of the plan: those of its standard, then our own.

    A role that the dictionary of layers spells in more ways than the standard has all of them.

    >>> from fangtian.catalog.layer import layer_specs
    >>> [field.name for field in official_fields(layer_specs()["parcels"])][-2:]
    ['BZ', 'GDZLDJ']
    """
    known = official_layers().get(spec.official)
    standard = known.fields if known else ()
    ours = {field.name: field for field in spec.fields}
    names = frozenset(field.name for field in standard)
    spelled = [_spelled(field, ours.get(field.role), names) for field in standard]
    held = {field.role for field in standard} | {field.name for field in standard}
    own = [field for field in spec.fields if not held & {field.name, field.official[0]}]
    return (*spelled, *(_own(field, spec) for field in own))


def _spelled(field: OfficialField, ours: FieldSpec | None, names: frozenset[str]) -> OfficialField:
    if ours is None:
        return field
    more = tuple(name for name in ours.official if name not in {*names, *field.spellings})
    lengths = {**field.lengths, **dict.fromkeys(more, ours.length)}
    return replace(field, variants=(*field.variants, *more), lengths=lengths)


def _own(field: FieldSpec, spec: LayerSpec) -> OfficialField:
    return OfficialField(
        name=field.official[0],
        alias=field.term,
        type=_OWN_TYPES[field.type],
        length=field.length or None,
        decimals=field.decimals if field.type == "number" else None,
        required="O",
        domain=field.domain,
        unit=field.unit,
        unit_basis="",
        note="",
        correction="",
        source=spec.source,
        trust="C",
        role=field.name,
        variants=field.official[1:],
        codes=field.domain if is_code_list(field.domain) else "",
    )


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
        "role",
        "codes",
    )
    variants = [entry.partition(":") for entry in row["variants"].split()]
    return OfficialField(
        name=row["field"],
        length=int(row["length"]) if row["length"] else None,
        decimals=int(row["decimals"]) if row["decimals"] else None,
        variants=tuple(name for name, _, _ in variants),
        lengths=MappingProxyType({name: int(length) for name, _, length in variants if length}),
        **{key: row[key] for key in plain},
    )
