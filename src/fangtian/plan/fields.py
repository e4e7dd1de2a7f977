"""字段对照。A file's own fields as ours: found by official name, read as their type, held to their domain.

Equal problems of one field become one finding with a count and the first ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes, is_code_list
from fangtian.catalog.finding import Finding, Place, Places, Severity, finding
from fangtian.catalog.land_class import land_classes
from fangtian.catalog.layer import FieldSpec, LayerSpec
from fangtian.catalog.official import official_fields
from fangtian.plan.explain import nearest
from fangtian.plan.place import listed

__all__ = ["Columns", "match_name", "number_of", "read_columns", "text_of"]

Values = NDArray[Any]

_RANGES = {
    "quality_grade": (1, 15),
    "quality_level": (1, 10),
    "houses": (0, 10**6),
    "households": (0, 10**6),
    "people": (0, 10**7),
    "population": (0, 10**8),
}
_ZERO_IS_BLANK = frozenset({"quality_grade", "quality_level"})


@dataclass(frozen=True)
class Columns:
    """字段值。Our names -> (n,) values; ``ids`` (n,) what the user calls each feature."""

    values: Mapping[str, Values]
    ids: Values
    findings: tuple[Finding, ...]
    complete: bool
    """Whether every required field is there."""


def read_columns(
    fields: Mapping[str, Values], count: int, spec: LayerSpec, mapped: Mapping[str, str], place: Place
) -> Columns:
    """读字段。The fields of a layer under our names.

    ``fields`` are the file's; ``mapped`` is what plan.toml says (our name -> the file's); official
    spellings, then the same in another case, then the Chinese term are tried. A guess is reported.
    """
    sources, findings = _sources(list(fields), spec, mapped, place)
    values: dict[str, Values] = {}
    read: list[tuple[FieldSpec, Values, Values, Values]] = []
    for field in spec.fields:
        if field.name in sources:
            column, unfit = _typed(fields[sources[field.name]], field)
            values[field.name] = column
            read.append((field, column, unfit, fields[sources[field.name]]))
    ids = _ids(values.get(spec.id_field), count)
    for field, column, unfit, given in read:
        where = replace(place, field=sources[field.name])
        checked = _Checked(field, column, unfit, given, ids, _strict(field, spec))
        findings += checked.findings(where)
        values[field.name] = checked.kept()
    complete = all(field.name in values for field in spec.fields if field.required)
    return Columns(values, ids, tuple(findings), complete)


def _sources(
    present: Sequence[str], spec: LayerSpec, mapped: Mapping[str, str], place: Place
) -> tuple[dict[str, str], list[Finding]]:
    found: dict[str, str] = {}
    for field in spec.fields:
        told = mapped.get(field.name, "")
        name = match_name(present, (told,) if told else (*field.official, field.term, field.name))
        if name:
            found[field.name] = name
    own = {name.casefold() for entry in official_fields(spec) for name in (entry.name, *entry.spellings)}
    left = [name for name in present if name not in found.values() and name.casefold() not in own]
    findings = [
        _absent(field, mapped.get(field.name, ""), (left, present), spec, place)
        for field in spec.fields
        if field.name not in found and (field.required or field.name in mapped)
    ]
    guesses = [
        f"{found[field.name]}→{field.term}（{field.official[0]}）"
        for field in spec.fields
        if found.get(field.name, "") not in ("", mapped.get(field.name, field.official[0]))
    ]
    if guesses:
        findings.append(finding("SCH-field-guessed", place, guesses="、".join(guesses)))
    return found, findings


def match_name(present: Sequence[str], wanted: Sequence[str]) -> str:
    """认字段。The first wanted name that is present, exactly or else but for its case; "" for none.

    >>> match_name(["tbmj", "DLBM"], ["TBMJ"])
    'tbmj'
    """
    folded = {name.strip().casefold(): name for name in reversed(present)}
    exact = next((name for name in wanted if name in present), "")
    return exact or next((folded[name.casefold()] for name in wanted if name.casefold() in folded), "")


def _absent(
    field: FieldSpec, told: str, names: tuple[Sequence[str], Sequence[str]], spec: LayerSpec, place: Place
) -> Finding:
    """``names``: those that may be this field under another name, and all that there are."""
    strange, present = names
    wanted = told or field.official[0]
    near = next(
        (name for name in (nearest(w, strange) for w in (wanted, *field.official, field.term)) if name), ""
    )
    values = {"field": wanted, "term": field.term, "role": spec.role, "name": field.name}
    where = replace(place, field=wanted)
    if near:
        return finding("SCH-field-renamed", where, **values, near=near)
    return finding("SCH-field-missing", where, **values, present="、".join(present) or "无")


def _typed(column: Values, field: FieldSpec) -> tuple[Values, Values]:
    """The column as its type, and which rows hold something else."""
    if field.type == "text":
        return _as_text(column, field), np.zeros(len(column), bool)
    if column.dtype != object:
        numbers = column.astype(np.float64)
    else:
        numbers = np.array([number_of(value) for value in column], dtype=np.float64)
    blank = (
        np.array([not str(value).strip() for value in column], bool)
        if column.dtype == object
        else np.isnan(column)
    )
    unfit = ~np.isfinite(numbers) & ~blank
    if field.type == "integer":
        unfit |= np.isfinite(numbers) & (numbers != np.rint(numbers))
    numbers = np.where(np.isfinite(numbers) & ~unfit, numbers, np.nan)
    if field.name in _ZERO_IS_BLANK:
        numbers = np.where(numbers == 0, np.nan, numbers)
    return np.round(numbers, field.decimals), unfit


def _as_text(column: Values, field: FieldSpec) -> Values:
    texts = [text_of(value) for value in column.tolist()]
    # Numbers have lost their leading zero; text such as 203 is an old code and must not become a new one.
    if field.domain == "land_class" and column.dtype != object:
        texts = [
            f"0{text}" if text not in codes("land_class") and f"0{text}" in codes("land_class") else text
            for text in texts
        ]
    elif is_code_list(field.domain):
        by_name = {name: code for code, name in codes(field.domain).items()}
        texts = [text if text in codes(field.domain) else by_name.get(text, text) for text in texts]
    return np.array(texts, dtype=object)


def text_of(value: object) -> str:
    """取文本。A value as text, without blanks at its ends; whole numbers without a point, "" for null.

    >>> text_of(103.0), text_of(" 0103 ")
    ('103', '0103')
    """
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()


def number_of(value: object) -> float:
    """取数。Text as a number, thousands separated or not; NaN for what is none.

    >>> number_of("1,234.5")
    1234.5
    """
    text = str(value).strip().replace("，", ",")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _ids(column: Values | None, count: int) -> Values:
    named = column if column is not None else np.full(count, "", dtype=object)
    return np.array([str(value) or f"第{row}个" for row, value in enumerate(named, start=1)], dtype=object)


def _strict(field: FieldSpec, spec: LayerSpec) -> bool:
    """An optional field of official base data that is wrong counts as blank; all else must be mended."""
    return field.required or field.domain == "[0,1)" or spec.trust == "C"


@dataclass(frozen=True)
class _Checked:
    """A column against what its field allows."""

    field: FieldSpec
    column: Values
    unfit: Values
    given: Values
    ids: Values
    strict: bool

    @property
    def blank(self) -> Values:
        if self.column.dtype == object:
            return np.array([value == "" for value in self.column], bool)
        missing: Values = np.isnan(self.column) & ~self.unfit
        return missing

    @property
    def outside(self) -> Values:
        allowed = _allowed(self.field)
        wrong = np.zeros(len(self.column), bool)
        if allowed is not None:
            given = ~self.blank & ~self.unfit
            values = self.column[given].tolist()
            verdicts = {value: allowed(value) for value in set(values)}
            wrong[given] = [not verdicts[value] for value in values]
        return wrong

    def kept(self) -> Values:
        """The column with values outside the domain blanked, so that nothing later meets them."""
        return np.where(self.outside, "" if self.column.dtype == object else np.nan, self.column)

    def findings(self, place: Place) -> Iterator[Finding]:
        problems = (
            ("DOM-field-blank", self.blank if self.field.required else np.zeros(len(self.column), bool)),
            ("DOM-field-type", self.unfit),
            ("DOM-field-value", self.outside),
        )
        for code, rows in problems:
            if rows.any():
                ids = self.ids[rows]
                where = replace(place, feature=listed(ids))
                values = {"term": self.field.term, "count": len(ids), "ids": listed(ids)}
                if code == "DOM-field-value":
                    shown = sorted({text_of(value) for value in self.column[rows].tolist()})
                    values |= {"values": listed(shown), "expected": _expected(self.field)}
                held = [text_of(value) for value in self.given[rows].tolist()]
                item = finding(code, where, **values).at(Places(ids, values=held, rows=np.flatnonzero(rows)))
                yield item if self.strict else replace(item, severity=Severity.WARNING)


def _allowed(field: FieldSpec) -> Callable[[Any], bool] | None:
    if field.domain == "[0,1)":
        return lambda value: bool(0 <= value < 1)
    if field.domain == "land_class":
        # Groups are no class of a parcel, except 09, which has none below it.
        groups = {item.parent for item in land_classes().values() if item.level == 2}
        return lambda value: value in land_classes() and value not in groups
    if is_code_list(field.domain):
        known = codes(field.domain)
        return lambda value: value in known
    if field.name in _RANGES:
        low, high = _RANGES[field.name]
        return lambda value: bool(low <= value <= high)
    return None


def _expected(field: FieldSpec) -> str:
    if field.domain == "[0,1)":
        return "不小于0且小于1的数"
    if field.domain == "land_class":
        return "三调二级地类编码，如 0103"
    if is_code_list(field.domain):
        return "、".join(codes(field.domain))
    low, high = _RANGES[field.name]
    return f"{low} 至 {high} 的整数"
