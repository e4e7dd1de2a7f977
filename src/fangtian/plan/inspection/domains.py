"""值域检查。Values against their domains: blanks, code lists, numbers of units and features, years.

Domains of the fields that the plan reads are held by ``plan.fields``; here are all others of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fangtian.catalog.code import codes
from fangtian.catalog.finding import Finding, Severity
from fangtian.catalog.land_class import RIDGE, level2_of
from fangtian.catalog.layer import LayerSpec
from fangtian.catalog.official import OfficialField
from fangtian.plan.fields import text_of
from fangtian.plan.inspection.logic import LINEAR_CLASSES, classed
from fangtian.plan.inspection.subject import Rows, Subject, judged, mostly, own_field
from fangtian.plan.place import listed

__all__ = ["FORMED", "domain_findings", "element_code"]

_ELEMENT_TITLES = {"parcels": "地类图斑", "basic_farmland": "基本农田图斑"}
"""Layers whose element code is known, by the name that the list of element codes gives them."""

_VILLAGE = re.compile(r"[0-9]{12}0000000")
"""A place: the village, or what belongs to its township directly, and seven noughts."""
_UNIT = re.compile(r"[0-9]{9}(?!999)[0-9]{3}([0-9]{7})?|[0-9]{9}999(0000000)?")
"""An owner: a village (12 digits, or 19 with the group that follows), or a township directly."""
_SPOKEN = re.compile(r"[0-9]{12}(0000000)?")
"""A village in its own layer, where one edition of the standard has fewer digits."""
_UNITS = {"location_code": _VILLAGE, "owner_code": _UNIT, "village_code": _SPOKEN}
_IN_COUNTY = ("identifier", "location_code", "village_code", "county_code", "patch_id")
_FORMS = {
    "identifier": (re.compile(r"[0-9]{18}"), "18位数字：县级代码6位、图层代码4位、顺序号8位"),
    "parcel_number": (re.compile(r"[0-9]{1,8}"), "1至8位数字"),
    "patch_id": (re.compile(r"[0-9]{18}"), "18位数字：县6位、乡3位、村3位、顺序号6位"),
}
FORMED = frozenset({*_UNITS, *_FORMS, "element_code"})
"""有写法的编号。Roles whose number of digits is held here, and not as a length."""
_COUNTY = re.compile(r"[0-9]{6}")
_COUNTED = re.compile(r"[0-9]{6}|[0-9]{18}")
_LAYER_CODE = slice(6, 10)
_YEARS = (2000, 2100)


def domain_findings(subject: Subject) -> Iterator[Finding]:
    """值域检查。Every domain of the standard that the reading of the plan does not hold already."""
    for entry in subject.present:
        yield from _blank(subject, entry)
        yield from _coded(subject, entry)
    yield from _ridge_class(subject)
    yield from _width(subject)
    yield from _element_code(subject)
    yield from _forms(subject)
    yield from _units(subject)
    yield from _county(subject)
    yield from _year(subject)


def _blank(subject: Subject, entry: OfficialField) -> Iterator[Finding]:
    own = own_field(entry, subject.spec)
    if not entry.mandatory or (own is not None and own.required):
        return
    values = subject.values(entry)
    rows = judged(values, lambda v: not str(v).strip()) if values.dtype == object else np.isnan(values)
    for item in subject.told("DOM-field-blank", rows, entry):
        yield replace(item, severity=Severity.WARNING)


def _coded(subject: Subject, entry: OfficialField) -> Iterator[Finding]:
    own = own_field(entry, subject.spec)
    if not entry.codes or not entry.role or (own is not None and own.domain):
        return
    known = codes(entry.codes)
    rows = judged(subject.text(entry.role), lambda value: bool(value) and value not in known)
    # Districts add planting attributes of their own since 2022, and no list of them is held.
    severity = Severity.INFO if entry.role == "planting_code" else Severity.WARNING
    yield from _outside(subject, entry.role, rows, "、".join(known), severity)


def _ridge_class(subject: Subject) -> Iterator[Finding]:
    rows = judged(subject.text("ridge_class"), lambda value: value not in ("", RIDGE))
    yield from _outside(subject, "ridge_class", rows, f"{RIDGE}（田坎）")


def _width(subject: Subject) -> Iterator[Finding]:
    """Wider than nothing on the classes that have a width; on others many programs write 0 for none."""
    width = subject.number("linear_width")
    linear = classed(subject, lambda code: level2_of(code) in LINEAR_CLASSES)
    yield from _outside(subject, "linear_width", (width < 0) | ((width == 0) & linear), "大于0的数")


def element_code(spec: LayerSpec) -> str:
    """要素代码。Of a layer of the plan, "" where the list that we hold does not have it.

    >>> from fangtian.catalog.layer import layer_specs
    >>> element_code(layer_specs()["parcels"]), element_code(layer_specs()["villages"])
    ('2001010100', '')
    """
    title = _ELEMENT_TITLES.get(spec.role, "")
    return next((code for code, name in codes("YSDM").items() if name == title), "")


def _element_code(subject: Subject) -> Iterator[Finding]:
    """Ten digits; where the list of element codes names the layer, exactly its code."""
    wanted = element_code(subject.spec)
    given = subject.text("element_code")
    form = re.compile(wanted or r"[0-9]{10}")
    rows = judged(given, lambda value: bool(value) and not form.fullmatch(value))
    expected = wanted or "10位数字"
    yield from subject.told(
        "DOM-element-code",
        rows,
        "element_code",
        values=_shown(subject, "element_code", rows),
        expected=expected,
    )


def _forms(subject: Subject) -> Iterator[Finding]:
    for role, (form, words) in _FORMS.items():
        rows = _misformed(subject, role, form)
        shown = _shown(subject, role, rows)
        yield from subject.told("DOM-number-form", rows, role, values=shown, form=words)
    yield from _layer_code(subject)


def _layer_code(subject: Subject) -> Iterator[Finding]:
    """The layer code in identifiers is that of the layer; which one it is, most of them say."""
    given = np.where(
        _misformed(subject, "identifier", _FORMS["identifier"][0]), "", subject.text("identifier")
    )
    code = mostly(value[_LAYER_CODE] for value in given.tolist())
    rows = judged(given, lambda value: bool(code and value) and value[_LAYER_CODE] != code)
    shown, words = _shown(subject, "identifier", rows), f"第7至10位为本图层代码{code}"
    yield from subject.told("DOM-number-form", rows, "identifier", values=shown, form=words)


def _units(subject: Subject) -> Iterator[Finding]:
    for role in _UNITS:
        rows = _misformed(subject, role, _unit_form(subject, role))
        yield from subject.told("DOM-village-code", rows, role, values=_shown(subject, role, rows))


def _unit_form(subject: Subject, role: str) -> re.Pattern[str]:
    """Designated patches name their owner by its village (永久基本农田数据库标准 注5)."""
    return _VILLAGE if subject.spec.role == "basic_farmland" and role == "owner_code" else _UNITS[role]


def _county(subject: Subject) -> Iterator[Finding]:
    """Well-formed numbers of another county; the owner may be of one, a parcel's place may not.

    Where nobody says which county it is, most of the numbers do.
    """
    county = subject.county or mostly(
        value[:6] for role in _IN_COUNTY for value in subject.text(role).tolist() if _COUNTY.match(value)
    )
    for role in _IN_COUNTY if county else ():
        form = _unit_form(subject, role) if role in _UNITS else _COUNTED
        formed = judged(subject.text(role), lambda value: bool(value)) & ~_misformed(subject, role, form)
        rows = formed & judged(subject.text(role), lambda value: not value.startswith(county))
        shown = listed(sorted({value[:6] for value in subject.text(role)[rows].tolist()}))
        yield from subject.told("DOM-county-code", rows, role, values=shown, county=county)


def _year(subject: Subject) -> Iterator[Finding]:
    years = subject.number("data_year")
    rows = ~np.isnan(years) & ~((years >= _YEARS[0]) & (years <= _YEARS[1]) & (years == np.rint(years)))
    yield from subject.told("DOM-data-year", rows, "data_year", values=_shown(subject, "data_year", rows))


def _misformed(subject: Subject, role: str, form: re.Pattern[str]) -> Rows:
    return judged(subject.text(role), lambda value: bool(value) and not form.fullmatch(value))


def _outside(
    subject: Subject, role: str, rows: Rows, expected: str, severity: Severity = Severity.WARNING
) -> Iterator[Finding]:
    shown = _shown(subject, role, rows)
    for item in subject.told("DOM-field-value", rows, role, values=shown, expected=expected):
        yield replace(item, severity=severity)


def _shown(subject: Subject, role: str, rows: Rows) -> str:
    entry = subject.field(role)
    if entry is None or not rows.any():
        return ""
    return listed(sorted({text_of(value) for value in subject.values(entry)[rows].tolist()}))
