"""逻辑检查。Fields of a feature against each other: class and name, ridges and slope, owner and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from fangtian.catalog.code import code_entries, codes
from fangtian.catalog.finding import Finding, Severity
from fangtian.catalog.land_class import RIDGE, is_cultivated, land_classes, level1_of, level2_of
from fangtian.plan.inspection.subject import Rows, Subject, judged, village_of

__all__ = ["LINEAR_CLASSES", "classed", "logic_findings"]

LINEAR_CLASSES = frozenset({"1001", "1003", "1004", "1006", "1009", "1101", "1107"})
"""线状地类。Railways, roads, pipelines, rivers and ditches: classes that may carry a width."""

_CULTIVATED_ONLY = ("ridge_class", "cultivated_kind", "slope_class")
_RIDGE_GROUNDS = ("ridge_class", "slope_class", "cultivated_kind")
"""A coefficient is measured by slope class and by kind of field, terraced or sloping."""
_FLAT = "1"
_COLLECTIVE = "30"
"""From here on rights are a collective's; below they are the state's."""
_OF_A_VILLAGE = frozenset({"31", "32"})
"""Village groups and village collectives, which are no township's."""
_DIRECT = "999"
"""In the place of the village: land that belongs to the township directly."""


def logic_findings(subject: Subject) -> Iterator[Finding]:
    """逻辑检查。Every contradiction between the fields of one feature, and numbers given twice."""
    yield from _twice(subject)
    yield from _owners(subject)
    if subject.has("land_class"):
        yield from _class_name(subject)
        yield from _cultivated_only(subject)
        yield from _ridges(subject)
        yield from _width(subject)
        yield from _by_class(subject, "urban_rural_code", "LOG-settlement-class")
        yield from _by_class(subject, "refinement_code", "LOG-refinement-class")


def _twice(subject: Subject) -> Iterator[Finding]:
    """Parcel numbers within a village, and identifiers of layers that are known by another number."""
    if subject.spec.role == "parcels" and subject.has("parcel_number", "location_code"):
        villages, numbers = subject.text("location_code").tolist(), subject.text("parcel_number").tolist()
        keys = [(village_of(v), n) if v and n else None for v, n in zip(villages, numbers, strict=True)]
        counts = Counter(key for key in keys if key)
        rows = np.array([key is not None and counts[key] > 1 for key in keys], dtype=bool)
        shown = [f"{village}/{number}" for (village, number), n in counts.items() if n > 1][:3]
        yield from subject.told("LOG-parcel-number-twice", rows, "parcel_number", numbers="、".join(shown))
    identifier = subject.field("identifier")
    if identifier is None or subject.names[identifier.name] == subject.id_column:
        return  # the number that features are known by is counted where the layer is read
    counted = Counter(subject.text("identifier").tolist())
    again = {value for value, times in counted.items() if value and times > 1}
    rows = judged(subject.text("identifier"), again.__contains__)
    for item in subject.told("LOG-id-twice", rows, identifier):
        yield replace(item, severity=Severity.WARNING)


def _class_name(subject: Subject) -> Iterator[Finding]:
    names = {code: codes("land_class")[code] for code in _classes()}
    pairs = zip(subject.text("land_class").tolist(), subject.text("land_class_name").tolist(), strict=True)
    rows = np.array([bool(name) and names.get(code, name) != name for code, name in pairs], dtype=bool)
    yield from subject.told("LOG-class-name", rows, "land_class_name", worst=_pair(subject, rows))


def _pair(subject: Subject, rows: Rows) -> str:
    if not rows.any():
        return ""
    row = int(np.argmax(rows))
    code = subject.text("land_class")[row]
    return f"{code} 应为“{codes('land_class')[code]}”，填写“{subject.text('land_class_name')[row]}”"


def classed(subject: Subject, verdict: Callable[[str], bool]) -> Rows:
    """按地类取行。Rows of a class for which the verdict holds; unknown codes and groups are told as such."""
    known = _classes()
    return judged(subject.text("land_class"), lambda code: code in known and verdict(code))


@cache
def _classes() -> frozenset[str]:
    """Codes that a parcel may have: every class, and 09, which has none below it."""
    groups = {item.parent for item in land_classes().values() if item.level == 2}
    return frozenset(land_classes()) - groups


def _cultivated_only(subject: Subject) -> Iterator[Finding]:
    wild = classed(subject, lambda code: not is_cultivated(code))
    for role in _CULTIVATED_ONLY:
        yield from subject.told("LOG-cultivated-only", wild & (subject.text(role) != ""), role)


def _ridges(subject: Subject) -> Iterator[Finding]:
    farmed = classed(subject, is_cultivated)
    slope, deducted = subject.text("slope_class"), subject.text("ridge_class") != ""
    ridged = (subject.number("ridge_coefficient") > 0) | (subject.number("ridge_area") > 0)
    flat = farmed & (slope == _FLAT) & (ridged | deducted)
    yield from subject.told("LOG-ridge-flat", flat, "slope_class")
    for role in _RIDGE_GROUNDS:
        if subject.has(role):
            bare = farmed & (subject.number("ridge_coefficient") > 0) & (subject.text(role) == "")
            yield from subject.told("LOG-ridge-incomplete", bare, role)
    if subject.spec.role == "parcels":
        yield from subject.told(
            "LOG-ridge-parcel", classed(subject, lambda code: code == RIDGE), "land_class"
        )


def _width(subject: Subject) -> Iterator[Finding]:
    broad = classed(subject, lambda code: level2_of(code) not in LINEAR_CLASSES)
    yield from subject.told(
        "LOG-width-not-linear", broad & (subject.number("linear_width") > 0), "linear_width"
    )


def _by_class(subject: Subject, role: str, code: str) -> Iterator[Finding]:
    """Codes that name the classes they belong to: 204 采矿用地 on 0602 and 0603, 河道耕地 on 01."""
    entry = subject.field(role)
    if entry is None:
        return
    allowed = {item.code: set(item.category.split()) for item in code_entries(entry.codes).values()}
    known = _classes()
    pairs = list(zip(subject.text(role).tolist(), subject.text("land_class").tolist(), strict=True))

    def contradicts(pair: tuple[str, str]) -> bool:
        mark, land = pair
        classes = allowed.get(mark, set())
        return bool(classes) and land in known and not classes & {level1_of(land), level2_of(land)}

    verdicts = {pair: contradicts(pair) for pair in set(pairs)}
    rows = np.array([verdicts[pair] for pair in pairs], dtype=bool)
    shown = "、".join(
        f"{mark} 在 {land}" for mark, land in sorted(pair for pair in verdicts if verdicts[pair])[:3]
    )
    yield from subject.told(code, rows, role, pairs=shown)


def _owners(subject: Subject) -> Iterator[Finding]:
    if subject.has("exclave", "owner_code", "location_code"):
        yield from _exclaves(subject)
    if subject.has("ownership_kind", "owner_code"):
        direct = judged(subject.text("owner_code"), lambda code: code[9:12] == _DIRECT)
        held = judged(subject.text("ownership_kind"), lambda kind: kind in _OF_A_VILLAGE)
        yield from subject.told("LOG-owner-kind", direct & held, "owner_code")


def _exclaves(subject: Subject) -> Iterator[Finding]:
    """1 says that owner and place differ; they may differ without it where the state or a township owns."""
    owner, place = subject.text("owner_code"), subject.text("location_code")
    given = (owner != "") & (place != "")
    pairs = zip(owner.tolist(), place.tolist(), strict=True)
    apart = np.array([village_of(a) != village_of(b) for a, b in pairs], dtype=bool) & given
    marked = subject.text("exclave") == "1"
    village = judged(owner, lambda code: len(code) >= 12 and code[9:12] not in ("000", _DIRECT))
    owned = judged(subject.text("ownership_kind"), lambda kind: kind >= _COLLECTIVE) & village
    yield from subject.told("LOG-exclave", (marked & given & ~apart) | (apart & owned & ~marked), "exclave")
