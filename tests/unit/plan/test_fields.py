"""Fields of a file under our names, with their values held to type and domain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fangtian.catalog.finding import Place, Severity
from fangtian.catalog.layer import layer_specs
from fangtian.plan.fields import Columns, read_columns

PLACE = Place(file="data/base.gpkg", layer="DLTB")


def read(role: str = "parcels", mapped: dict[str, str] | None = None, **columns: list[Any]) -> Columns:
    fields = {
        name: np.array(values, dtype=object if isinstance(values[0], str) else float)
        for name, values in columns.items()
    }
    count = len(next(iter(fields.values())))
    return read_columns(fields, count, layer_specs()[role], mapped or {}, PLACE)


def parcels(**columns: list[Any]) -> Columns:
    count = len(next(iter(columns.values())))
    least = {"BSM": [f"B{n}" for n in range(count)], "DLBM": ["0103"] * count, "TBMJ": [1.0] * count}
    return read(**{**least, **columns})


def test_codes_stored_as_numbers_become_codes_again() -> None:
    columns = parcels(DLBM=[103.0, 1006.0], BSM=[620525000000001.0, 2.0])
    assert list(columns.values["land_class"]) == ["0103", "1006"]
    assert list(columns.ids) == ["620525000000001", "2"] and columns.findings == ()


def test_numbers_stored_as_text_become_numbers_and_the_rest_is_named() -> None:
    columns = parcels(TBMJ=["1,234.5", " 7 ", "很大"])
    assert columns.values["area"][:2].tolist() == [1234.5, 7.0] and np.isnan(columns.values["area"][2])
    (item,) = columns.findings
    assert item.code == "DOM-field-type" and item.place.feature == "B2" and item.place.field == "TBMJ"


def test_blank_required_values_are_errors_and_blank_optional_ones_are_nothing() -> None:
    (item,) = parcels(DLBM=["0103", ""], KCXS=[float("nan")] * 2).findings
    assert item.code == "DOM-field-blank" and item.place.feature == "B1"


def test_wrong_values_of_optional_official_fields_count_as_blank() -> None:
    columns = parcels(QSXZ=["30", "99"], GDDB=[16.0, 0.0], GDLX=["TT", "梯田"])
    assert list(columns.values["ownership_kind"]) == ["30", ""]
    assert np.isnan(columns.values["quality_grade"]).all()
    assert list(columns.values["cultivated_kind"]) == ["TT", "TT"]
    assert {item.severity for item in columns.findings} == {Severity.WARNING}
    assert [item.place.field for item in columns.findings] == ["QSXZ", "GDDB"]


def test_float32_noise_in_coefficients_is_rounded_to_the_survey() -> None:
    assert parcels(KCXS=[float(np.float32(0.1234))]).values["ridge_coefficient"][0] == 0.1234


@pytest.mark.parametrize("value", [1.0, -0.01, 12.5])
def test_a_ridge_coefficient_outside_its_range_is_always_an_error(value: float) -> None:
    (item,) = parcels(KCXS=[value]).findings
    assert item.severity is Severity.ERROR and "不小于0且小于1" in item.message


def test_a_chinese_field_name_is_recognised() -> None:
    columns = read(**{"标识码": ["1"], "地类编码": ["0103"], "图斑面积": [1.0]})
    assert columns.complete and "地类编码→地类编码（DLBM）" in columns.findings[0].message


def test_a_mapped_field_wins_over_the_official_one() -> None:
    columns = read(mapped={"area": "MJ"}, BSM=["1"], DLBM=["0103"], TBMJ=[1.0], MJ=[2.0])
    assert columns.values["area"][0] == 2.0 and columns.findings == ()


def test_a_mapped_field_that_is_absent_is_named() -> None:
    columns = read(mapped={"area": "MJJ"}, BSM=["1"], DLBM=["0103"], TBMJ=[1.0])
    assert not columns.complete
    assert columns.findings[0].place == replace(PLACE, field="MJJ")


def test_features_without_an_id_are_called_by_their_number() -> None:
    assert list(read("pilot_area", MC=["", ""]).ids) == ["第1个", "第2个"]


def test_impossible_values_of_the_planners_own_layers_are_errors() -> None:
    columns = read("plots", DKBH=["P1"], ZXMBH=["Z"], DKLX=["新增耕底"], SSND=[2026.5])
    assert {(item.code, item.severity) for item in columns.findings} == {
        ("DOM-field-value", Severity.ERROR),
        ("DOM-field-type", Severity.ERROR),
    }


@pytest.mark.parametrize(
    ("code", "known"), [("09", True), ("0304", True), ("0201K", True), ("01", False), ("00", False)]
)
def test_groups_are_no_classes_of_a_parcel(code: str, known: bool) -> None:
    assert (parcels(DLBM=[code]).findings == ()) is known
