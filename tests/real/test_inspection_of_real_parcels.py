"""Attributes of the real parcels: only what the people who made them up left out, and nothing invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.catalog.finding import Finding, Place
from fangtian.catalog.layer import layer_specs
from fangtian.formats.vector import RawLayer, read_layer
from fangtian.geo.crs import crs_of
from fangtian.geo.layer import Layer
from fangtian.plan.balance import parcel_balance
from fangtian.plan.fields import read_columns
from fangtian.plan.inspection.attributes import inspect_attributes
from fangtian.plan.inspection.control import inspect_balance

SOURCE = Path(__file__).parents[2] / "../shared/data/dltb_real/ro.gpkg.zip"
COUNTY, EPSG = "620525", 4523
pytestmark = pytest.mark.skipif(not SOURCE.exists(), reason="real parcels are not beside the repository")


@pytest.fixture(scope="module")
def raws() -> dict[str, RawLayer]:
    return {"parcels": read_layer(SOURCE, "DLTB"), "villages": read_layer(SOURCE, "CJDCQ")}


def attributes(raw: RawLayer, role: str) -> list[Finding]:
    spec, place = layer_specs()[role], Place(SOURCE.name, raw.name)
    columns = read_columns(raw.fields, len(raw), spec, {}, place)
    return [*columns.findings, *inspect_attributes(raw, spec, COUNTY, place)]


def drawn(raw: RawLayer, role: str) -> Layer:
    spec = layer_specs()[role]
    columns = read_columns(raw.fields, len(raw), spec, {}, Place())
    return Layer(role, spec.title, crs_of(EPSG), raw.geometry, columns.values, columns.ids)


def test_made_up_attributes_agree_with_one_another(raws: dict[str, RawLayer]) -> None:
    """Codes, coefficients and classes were made up consistently; fields that were not made are missing."""
    (parcels,) = attributes(raws["parcels"], "parcels")
    assert parcels.code == "SCH-official-missing" and "描述说明（MSSM）" in parcels.message
    (villages,) = attributes(raws["villages"], "villages")
    assert villages.code == "SCH-official-missing" and villages.values["count"] == "3"
    assert "调查面积（DCMJ）" in villages.message


def test_faults_put_into_the_real_layer_are_counted_exactly(raws: dict[str, RawLayer]) -> None:
    raw = raws["parcels"]
    fields = {name: values.copy() for name, values in raw.fields.items()}
    level, ridged = fields["GDPDJB"] == "1", fields["KCXS"] > 0
    forest = np.flatnonzero(fields["DLBM"] == "0301")
    assert not (level & ridged).any()
    fields["GDPDJB"][ridged] = "1"
    fields["GDLX"][forest[:7]] = "TT"
    fields["ZLDWDM"][:11] = "6205261002000000000"
    fields["DLMC"][20:25] = "无此地类"
    changed = RawLayer(raw.path, raw.name, raw.geometry, fields, raw.epsg, raw.crs_name, "", "")
    counts = {item.code: int(item.values["count"]) for item in attributes(changed, "parcels")}
    assert counts == {
        "SCH-official-missing": 1,
        "LOG-ridge-flat": int(ridged.sum()),
        "LOG-cultivated-only": 7,
        "DOM-county-code": 11,
        "LOG-class-name": 5,
    }


def test_areas_balance_but_for_slivers_of_nothing(raws: dict[str, RawLayer]) -> None:
    parcels = drawn(raws["parcels"], "parcels")
    present = ~shapely.is_missing(parcels.geometry)
    parcels = parcels.take(present)
    villages = drawn(raws["villages"], "villages")
    places = {"parcels": Place(layer="DLTB"), "villages": Place(layer="CJDCQ")}
    found = {item.code: item for item in parcel_balance(parcels, places["parcels"])}
    assert set(found) <= {"BAL-area-not-positive", "BAL-area-differs"}
    zero = int((parcels.column("area") <= 0).sum())
    assert int(found["BAL-area-not-positive"].values["count"]) == zero > 0
    assert inspect_balance({"parcels": parcels, "villages": villages}, places) == ()
