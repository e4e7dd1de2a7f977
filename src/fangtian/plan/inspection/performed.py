"""检查项执行情况。Which checks of the catalogue were made on what came, and why the others were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from fangtian.catalog.finding import FindingKind, checks
from fangtian.catalog.layer import layer_specs
from fangtian.plan.inspected import Inspection

__all__ = ["PerformedCheck", "performed_checks"]

_OF_A_PLAN = frozenset(
    {"DOM-needed-blank", "DOM-designated-blank", "DOM-ridge-blank", "SCH-layer-missing", "LOG-row-twice"}
    | {"LOG-table-empty", "LOG-township-elsewhere", "BAL-county-land", "BAL-ridge-computed"}
    | {"CRS-differs", "CRS-shifted", "LOG-pbf-plot", "LOG-investment-blank"}
)
_OF_PLANS = (
    "SCH-column-",
    "DOM-cell-",
    "LOG-cash-",
    "LOG-existing-",
    "LOG-fund",
    "LOG-plot-",
    "LOG-subproject-",
)
"""Checks of tables and of plots against them, which only a plan folder has."""
_ON_BUILDING = frozenset({"LOG-pbf-built-over"})
_PARCELS, _VILLAGES, _PATCHES = "parcels", "villages", "basic_farmland"
_NEEDS = {
    "LOG-plot-outside": ("plots", "pilot_area"),
    "LOG-pbf-in-already": ("basic_farmland_in", _PATCHES),
    "LOG-pbf-out-elsewhere": ("basic_farmland_out", _PATCHES),
    "LOG-village-unknown": (_PARCELS, _VILLAGES),
    "LOG-village-gap": (_VILLAGES, "pilot_area"),
    "LOG-village-code-twice": (_VILLAGES,),
    "LOG-village-name-twice": (_VILLAGES,),
    "LOG-parcel-number-twice": (_PARCELS,),
    "LOG-ridge-parcel": (_PARCELS,),
    "BAL-area-differs": (_PARCELS,),
    "BAL-area-not-positive": (_PARCELS,),
    "BAL-area-unit": (_PARCELS,),
    "BAL-control-apart": (_VILLAGES,),
    "BAL-designated-net": (_PATCHES,),
    "BAL-net-area": (_PARCELS,),
    "BAL-parcels-gap": (_PARCELS, "pilot_area"),
    "BAL-ridge-exceeds": (_PARCELS,),
    "BAL-ridge-not-cultivated": (_PARCELS,),
    "BAL-three-classes": (_PARCELS,),
    "BAL-village-computed": (_VILLAGES,),
    "BAL-village-sum": (_PARCELS, _VILLAGES),
    "TOP-leaves-village": (_PARCELS, _VILLAGES),
}
_FIELDS = {
    "DOM-village-code": ({"location_code"}, {"owner_code"}, {"village_code"}),
    "DOM-data-year": ({"data_year"},),
    "DOM-element-code": ({"element_code"},),
    "DOM-number-form": ({"identifier"}, {"parcel_number"}, {"patch_id"}),
    "DOM-county-code": ({"identifier"}, {"location_code"}, {"village_code"}, {"patch_id"}),
    "LOG-class-name": ({"land_class", "land_class_name"},),
    "LOG-cultivated-only": ({"ridge_class"}, {"cultivated_kind"}, {"slope_class"}),
    "LOG-exclave": ({"exclave", "owner_code", "location_code"},),
    "LOG-owner-kind": ({"ownership_kind", "owner_code"},),
    "LOG-parcel-number-twice": ({"parcel_number", "location_code"},),
    "LOG-refinement-class": ({"refinement_code", "land_class"},),
    "LOG-settlement-class": ({"urban_rural_code", "land_class"},),
    "LOG-ridge-flat": ({"slope_class"},),
    "LOG-ridge-incomplete": ({"ridge_coefficient"},),
    "LOG-village-unknown": ({"location_code"},),
    "LOG-width-not-linear": ({"linear_width"},),
    "BAL-net-area": ({"class_area"}, {"net_area"}),
    "BAL-ridge-exceeds": ({"ridge_area"},),
    "BAL-ridge-not-cultivated": ({"ridge_area"}, {"ridge_coefficient"}),
    "BAL-ridge-product": ({"ridge_area", "ridge_coefficient"},),
    "BAL-three-classes": ({"class_area"}, {"net_area"}),
    "BAL-village-sum": ({"location_code"},),
    "TOP-leaves-village": ({"location_code"},),
}
"""Fields without which a check has nothing to look at; any of the sets is enough."""
_OF_FIELDS = ("SCH-", "DOM-", "LOG-")
_OF_SHAPES = ("TOP-", "BAL-")


class PerformedCheck(NamedTuple):
    """检查项。A check of the catalogue; ``reason`` says why it was not made, "" where it was.

    ``places`` is how many it found: 0 of one that was made means that the data pass it.
    """

    kind: FindingKind
    places: int
    reason: str

    @property
    def verdict(self) -> str:
        """结论。通过, 未通过 or 未检查."""
        return "未通过" if self.places else "未检查" if self.reason else "通过"


def performed_checks(inspection: Inspection) -> Iterator[PerformedCheck]:
    """检查项清单。Every check of the catalogue, in its order."""
    found: Counter[str] = Counter()
    for item in inspection.findings:
        found[item.code] += max(1, len(item.places))
    for kind in checks():
        yield PerformedCheck(
            kind, found[kind.code], "" if found[kind.code] else _reason(kind.code, inspection)
        )


def _reason(code: str, inspection: Inspection) -> str:
    """Why a check was not made, "" where it was; no layer is taken for more than it was inspected as."""
    if code in _ON_BUILDING:
        return "编制（fangtian build）时检查"
    needed = _NEEDS.get(code, ())
    if not inspection.of_a_plan and not needed and (code in _OF_A_PLAN or code.startswith(_OF_PLANS)):
        return "只在检查方案文件夹时检查"
    read = [item for item in inspection.subjects if item.inspected]
    sound = [item for item in read if item.crs is not None]
    usable = sound if needed or code.startswith(_OF_SHAPES) else read
    absent = [layer_specs()[role].title for role in needed if role not in {item.role for item in usable}]
    if absent:
        return f"没有可检查的图层：{'、'.join(absent)}"
    if not read:
        return "没有读出图层"
    if code.startswith(_OF_SHAPES) and not sound:
        return "坐标系不能确定"
    if code.startswith(_OF_FIELDS) and not any(item.role for item in read):
        return "没有认得出的图层（一般图层只查图形）"
    if code in _FIELDS and not any(wanted <= item.fields for item in read for wanted in _FIELDS[code]):
        return "图层没有要核对的字段"
    return ""
