"""结构检查。Fields of a layer against its standard: presence, spelling, type, length, decimals.

Fields that the plan cannot do without are told by ``plan.fields``; here is what the standard asks beyond.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.layer import LayerSpec
from fangtian.catalog.official import OfficialField, official_fields
from fangtian.formats.dataset import DataField
from fangtian.plan.inspection.domains import FORMED, element_code
from fangtian.plan.inspection.subject import Rows, Subject, as_numbers, judged, names_of, own_field

__all__ = ["inspect_structure", "schema_findings"]

_DBF_WIDTH = 254
_OF_THE_SOFTWARE = frozenset(
    {
        "fid",
        "objectid",
        "ogc_fid",
        "globalid",
        "shape",
        "shape_length",
        "shape_area",
        "shape_leng",
        "geometry",
    }
)
"""Columns that GIS software adds by itself."""


def schema_findings(subject: Subject) -> Iterator[Finding]:
    """结构检查。Missing and extra fields, older spellings, values of the wrong type, length, decimals."""
    if subject.spec.trust.startswith("A"):
        yield from _missing(subject)
        yield from _extra(subject)
    yield from _older(subject)
    for entry in subject.present:
        yield from _kind(subject, entry)
        yield from _long(subject, entry)
        yield from _decimals(subject, entry)


def _missing(subject: Subject) -> Iterator[Finding]:
    absent = [
        entry
        for entry in subject.fields
        if entry.mandatory
        and entry.name not in subject.names
        and not _needed(entry, subject.spec)
        and (entry.role != "element_code" or element_code(subject.spec))  # no list that we hold has it
    ]
    if absent:
        shown = "、".join(f"{entry.alias}（{entry.name}）" for entry in absent)
        yield finding("SCH-official-missing", subject.place, count=len(absent), fields=shown)


def _needed(entry: OfficialField, spec: LayerSpec) -> bool:
    """Whether the plan needs the field, so that its absence is told elsewhere, as an error."""
    own = own_field(entry, spec)
    return own is not None and own.required


def _extra(subject: Subject) -> Iterator[Finding]:
    """Fields of no standard; where a needed one is absent, its finding names all that there are."""
    if any(entry.name not in subject.names and _needed(entry, subject.spec) for entry in subject.fields):
        return
    used = set(subject.names.values())
    strange = [
        name for name in subject.raw.fields if name not in used and name.lower() not in _OF_THE_SOFTWARE
    ]
    if strange:
        yield finding("SCH-fields-extra", subject.place, count=len(strange), fields="、".join(strange))


def _older(subject: Subject) -> Iterator[Finding]:
    """Spellings of other editions; those that the dictionary of layers lists are told where it is read."""
    found = []
    for entry in subject.present:
        name = subject.names[entry.name]
        own = own_field(entry, subject.spec)
        listed = own.official if own else ()
        older = {variant.upper() for variant in entry.variants} - {variant.upper() for variant in listed}
        if name.upper() in older:
            found.append(f"{name}→{entry.name}")
    if found:
        yield finding("SCH-older-name", subject.place, count=len(found), fields="、".join(found))


def _kind(subject: Subject, entry: OfficialField) -> Iterator[Finding]:
    values = subject.values(entry)
    as_number = values.dtype != object
    if as_number != entry.textual or not _any_given(subject, entry):
        return
    place = replace(subject.place, field=subject.names[entry.name])
    kinds = {"found": "数值" if as_number else "文本", "expected": "文本" if entry.textual else "数值"}
    yield finding("SCH-field-kind", place, term=entry.alias, **kinds)


def _any_given(subject: Subject, entry: OfficialField) -> bool:
    values = subject.values(entry)
    return bool((values != "").any() if values.dtype == object else (~np.isnan(values)).any())


def _long(subject: Subject, entry: OfficialField) -> Iterator[Finding]:
    limit = entry.length_as(subject.names[entry.name])
    values = subject.values(entry)
    if entry.textual and limit and values.dtype == object and entry.role not in FORMED:
        rows = judged(values, lambda value: len(str(value).strip()) > limit)
        yield from subject.told("SCH-text-long", rows, entry, length=limit)


def _decimals(subject: Subject, entry: OfficialField) -> Iterator[Finding]:
    if entry.decimals is not None and not entry.textual:
        rows = _finer(subject, entry, entry.decimals)
        yield from subject.told("SCH-decimals", rows, entry, decimals=entry.decimals)


def _finer(subject: Subject, entry: OfficialField, decimals: int) -> Rows:
    """Numbers with more decimals than the standard has; what binary numbers add is none."""
    numbers = as_numbers(subject.values(entry))
    near = np.round(numbers, decimals)
    single = numbers.astype(np.float32)
    if (single[~np.isnan(numbers)] == numbers[~np.isnan(numbers)]).all():  # a column of single precision
        apart: Rows = single != near.astype(np.float32)
    else:
        apart = np.abs(numbers - near) > 1e-9 * np.maximum(1.0, np.abs(numbers))
    return apart & ~np.isnan(numbers)


def inspect_structure(
    declared: Sequence[DataField], spec: LayerSpec, place: Place, mapped: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """声明结构检查。What a file declares of its fields: too short, or too few decimals.

    A text field of 10 characters cuts a code of 18 without a word; sizes of 0 say nothing.
    """
    by_name = {field.name: field for field in declared}
    names = names_of(list(by_name), spec, mapped or {})
    found = []
    for entry in official_fields(spec):
        if entry.name in names:
            fault = _declared_fault(by_name[names[entry.name]], entry, _widest(place))
            if fault:
                found.append(f"{names[entry.name]} {fault}")
    if not found:
        return ()
    return (finding("SCH-field-declared", place, count=len(found), fields="；".join(found)),)


def _widest(place: Place) -> int:
    """How many characters a text field of the format can hold at all."""
    return _DBF_WIDTH if place.file.lower().endswith((".shp", ".dbf", ".zip")) else sys.maxsize


def _declared_fault(declared: DataField, entry: OfficialField, widest: int) -> str:
    textual = declared.type in ("text", "date")
    length = min(entry.length_as(declared.name) or 0, widest)
    if textual != entry.textual:
        return ""  # another type is seen in the values
    if textual:
        short = declared.type == "text" and 0 < declared.length < length
        return f"长度 {declared.length}，应为 {length}" if short else ""
    wanted = entry.decimals or 0
    if declared.type == "integer" and wanted:
        return f"声明为整数，应有 {wanted} 位小数"
    return f"小数 {declared.decimals} 位，应为 {wanted} 位" if 0 < declared.decimals < wanted else ""
