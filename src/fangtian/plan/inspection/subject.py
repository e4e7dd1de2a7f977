"""受检图层。A layer as its standard sees it: fields found under any spelling, read as text or as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, Places, finding
from fangtian.catalog.layer import FieldSpec, LayerSpec
from fangtian.catalog.official import OfficialField, official_fields
from fangtian.formats.vector import RawLayer
from fangtian.plan.fields import match_name, number_of, text_of
from fangtian.plan.place import listed
from fangtian.plan.soundness import drawn

__all__ = [
    "Numbers",
    "Rows",
    "Subject",
    "Texts",
    "judged",
    "mostly",
    "names_of",
    "own_field",
    "subject_of",
    "village_of",
]

Rows = NDArray[np.bool_]
Texts = NDArray[np.object_]
Numbers = NDArray[np.float64]

_VILLAGE = 12
_MOSTLY = 0.75
_BEYOND = 1e15
"""No area, coefficient or year of a survey: doubles lose their cents here, and overflow further on."""


@dataclass(frozen=True)
class Subject:
    """受检图层。``names`` says what the file calls each official field that it has.

    ``county`` six digits, "" where unknown; ``ids`` (n,) what the user calls each feature, from ``id_column``
    of the file ("" where it has none). Columns are asked for by role; one that the file lacks is all blank
    ("" or NaN), and :meth:`has` tells them apart.
    """

    raw: RawLayer
    spec: LayerSpec
    county: str
    place: Place
    names: Mapping[str, str]
    ids: Texts
    id_column: str
    read: dict[str, NDArray[Any]] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def fields(self) -> tuple[OfficialField, ...]:
        """应有字段。Every field of the layer's standard and of our own."""
        return official_fields(self.spec)

    @property
    def present(self) -> tuple[OfficialField, ...]:
        """现有字段。Those that the file has."""
        return tuple(entry for entry in self.fields if entry.name in self.names)

    def field(self, role: str) -> OfficialField | None:
        """字段。The official field of a role, None where the file lacks it."""
        return next((entry for entry in self.present if entry.role == role), None)

    def has(self, *roles: str) -> bool:
        """是否齐备。Whether the file has the fields of all these roles."""
        return all(self.field(role) is not None for role in roles)

    def values(self, entry: OfficialField) -> NDArray[Any]:
        """原值。The file's own column of an official field."""
        return self.raw.fields[self.names[entry.name]]

    def text(self, role: str) -> Texts:
        """文本列。The column of a role as text without blanks around it, "" for null."""
        if role not in self.read:
            entry = self.field(role)
            self.read[role] = _blank(len(self)) if entry is None else as_text(self.values(entry))
        return self.read[role]

    def number(self, role: str) -> Numbers:
        """数值列。The column of a role as numbers, NaN for null and for what is no number."""
        if role not in self.read:
            entry = self.field(role)
            nothing = np.full(len(self), np.nan)
            self.read[role] = nothing if entry is None else as_numbers(self.values(entry))
        return self.read[role]

    def told(self, code: str, rows: Rows, entry: OfficialField | str, **values: object) -> Iterator[Finding]:
        """登记。One finding on these rows, or none where there are none; ``entry`` a field or its role."""
        if rows.any():
            known = self.field(entry) if isinstance(entry, str) else entry
            ids = self.ids[rows]
            name = self.names[known.name] if known else ""
            shapes = self.raw.geometry[np.flatnonzero(rows)]
            where = replace(self.place, feature=listed(ids), field=name, wkb=drawn(shapes))
            held = [text_of(value) for value in self.values(known)[rows].tolist()] if known else ()
            term = known.alias if known else ""
            item = finding(code, where, term=term, count=len(ids), ids=listed(ids), **values)
            yield item.at(Places(ids, values=held, shapes=shapes))


def subject_of(
    raw: RawLayer, spec: LayerSpec, county: str, place: Place, mapped: Mapping[str, str]
) -> Subject:
    """受检图层。``mapped`` is what plan.toml says of the fields (our name -> the file's)."""
    names = names_of(list(raw.fields), spec, mapped)
    column = _id_column(list(raw.fields), spec, mapped)
    ids = as_text(raw.fields[column]) if column else _blank(len(raw))
    shown = [name or f"第{row}个" for row, name in enumerate(ids.tolist(), start=1)]
    return Subject(raw, spec, county, place, names, np.array(shown, dtype=object), column)


def _id_column(present: Sequence[str], spec: LayerSpec, mapped: Mapping[str, str]) -> str:
    own = next((entry for entry in spec.fields if entry.name == spec.id_field), None)
    if own is None:  # a layer that the plan does not know: its identifier, where its standard has one
        known = next((entry for entry in official_fields(spec) if entry.role == "identifier"), None)
        return match_name(present, known.spellings) if known else ""
    told = mapped.get(own.name, "")
    return match_name(present, (told,) if told else (*own.official, own.term, own.name))


def names_of(present: Sequence[str], spec: LayerSpec, mapped: Mapping[str, str]) -> dict[str, str]:
    """字段对照。Official field name -> what the file calls it, for the fields that it has."""
    found: dict[str, str] = {}
    for entry in official_fields(spec):
        own = own_field(entry, spec)
        told = mapped.get(own.name, "") if own else ""
        wanted = (told,) if told else (*entry.spellings, entry.alias)
        name = match_name(present, wanted)
        if name and name not in found.values():
            found[entry.name] = name
    return found


def own_field(entry: OfficialField, spec: LayerSpec) -> FieldSpec | None:
    """本方案字段。What the dictionary of layers calls an official field, None where it does not read it."""
    return next((own for own in spec.fields if own.name == entry.role or own.official[0] == entry.name), None)


def judged(column: NDArray[Any], verdict: Callable[[Any], bool]) -> Rows:
    """逐值判定。The verdict on every row, asked once for each distinct value."""
    values = column.tolist()
    held = {value for value in set(values) if verdict(value)}
    if not held:
        return np.zeros(len(values), dtype=bool)
    return np.fromiter(map(held.__contains__, values), dtype=bool, count=len(values))


def village_of(code: object) -> str:
    """村代码。The twelve digits of a village, whether a code was written with twelve or with nineteen.

    >>> village_of("6205231022010000000")
    '620523102201'
    """
    return str(code)[:_VILLAGE]


def mostly(values: Iterable[str]) -> str:
    """多数值。What three in four of the values that are given say, "" where they do not agree so far.

    >>> mostly(["620523"] * 7 + ["620999", ""]), mostly(["620523", "620999"])
    ('620523', '')
    """
    counts = Counter(value for value in values if value)
    if not counts:
        return ""
    value, times = counts.most_common(1)[0]
    return value if times >= _MOSTLY * counts.total() else ""


def as_text(column: NDArray[Any]) -> Texts:
    """取文本列。Any column as text; the same array where nothing has to change."""
    values = column.tolist()
    if column.dtype != object:
        return np.array([text_of(value) for value in values], dtype=object)
    changed = {value: value.strip() for value in set(values) if value != value.strip()}
    return np.array([changed.get(value, value) for value in values], dtype=object) if changed else column


def as_numbers(column: NDArray[Any]) -> Numbers:
    """取数值列。Any column as numbers; NaN for null, for no number, for more than a survey holds."""
    if column.dtype != object:
        numbers = column.astype(np.float64)
    else:
        values = column.tolist()
        known = {value: number_of(value) for value in set(values)}
        numbers = np.array([known[value] for value in values], dtype=np.float64)
    return np.where(np.abs(numbers) < _BEYOND, numbers, np.nan)


def _blank(count: int) -> Texts:
    return np.full(count, "", dtype=object)
