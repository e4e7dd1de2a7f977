"""Attributes of a layer against its standard: structure as declared, spellings, counties, other layers."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from clean_parcels import COUNTY, EPSG, Table, clean_survey, strip

from fangtian.catalog.finding import Finding, Place, Severity
from fangtian.catalog.layer import LayerSpec, layer_specs
from fangtian.catalog.official import official_fields
from fangtian.formats.dataset import DataField
from fangtian.formats.geopackage import OutField, OutLayer, write_geopackage
from fangtian.formats.vector import RawLayer, read_layer
from fangtian.plan.fields import read_columns
from fangtian.plan.inspection.attributes import inspect_attributes
from fangtian.plan.inspection.schema import inspect_structure

PLACE = Place("base.gpkg", "DLTB")
PARCELS = layer_specs()["parcels"]
STANDARD = tuple(
    DataField(field.name, "text" if field.textual else "number", field.length or 0, field.decimals or 0)
    for field in official_fields(PARCELS)
)


def found(raw: RawLayer, role: str = "parcels", county: str = COUNTY) -> list[Finding]:
    return list(inspect_attributes(raw, layer_specs()[role], county, PLACE))


def codes(items: list[Finding]) -> list[str]:
    return [item.code for item in items]


def test_a_clean_layer_written_to_a_file_and_read_back_has_no_findings(tmp_path: Path) -> None:
    table = clean_survey().parcels
    kinds = {field.name: field.type for field in STANDARD}
    fields = tuple(OutField(name, name, kinds[name], 0, 0) for name in table.columns)
    shapes = np.array(table.shapes, dtype=object)
    write_geopackage(
        tmp_path / "base.gpkg", [OutLayer("DLTB", "地类图斑", shapes, table.columns, fields, EPSG)]
    )
    raw = read_layer(tmp_path / "base.gpkg", "DLTB")
    assert found(raw) == []
    table.put(1, KCDLBM="1203", DLMC="水田")
    write_geopackage(
        tmp_path / "base.gpkg", [OutLayer("DLTB", "地类图斑", shapes, table.columns, fields, EPSG)]
    )
    assert codes(found(read_layer(tmp_path / "base.gpkg", "DLTB"))) == ["LOG-class-name", "LOG-ridge-flat"]


def test_a_structure_like_the_standard_is_accepted() -> None:
    assert inspect_structure(STANDARD, PARCELS, PLACE) == ()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (DataField("BSM", "text", 10), "BSM 长度 10，应为 18"),
        (DataField("TBMJ", "number", 15, 1), "TBMJ 小数 1 位，应为 2 位"),
        (DataField("KCMJ", "integer"), "KCMJ 声明为整数，应有 2 位小数"),
        (DataField("TKXS", "number", 5, 3), "TKXS 小数 3 位，应为 4 位"),
    ],
)
def test_a_field_narrower_than_the_standard_is_named(field: DataField, words: str) -> None:
    (item,) = inspect_structure([field], PARCELS, PLACE)
    assert item.code == "SCH-field-declared" and words in item.message
    assert item.severity is Severity.WARNING


def test_sizes_that_a_format_does_not_have_are_not_held_against_it() -> None:
    assert inspect_structure([DataField("BSM"), DataField("TBMJ", "number")], PARCELS, PLACE) == ()


def test_a_village_code_may_be_as_long_as_its_spelling_allows() -> None:
    villages = layer_specs()["villages"]
    assert inspect_structure([DataField("ZLDWDM", "text", 19)], villages, PLACE) == ()
    assert inspect_structure([DataField("XZQDM", "text", 9)], villages, PLACE) == ()
    (item,) = inspect_structure([DataField("ZLDWDM", "text", 12)], villages, PLACE)
    assert "ZLDWDM 长度 12，应为 19" in item.message


def test_without_a_county_no_code_is_of_another() -> None:
    table = clean_survey().parcels
    assert set(codes(found(table.raw("parcels"), county="620999"))) == {"DOM-county-code"}
    assert found(table.raw("parcels"), county="") == []


def test_a_field_that_the_plan_maps_is_read_under_its_own_name() -> None:
    table = clean_survey().parcels
    table.rename("DLMC", "NAME")
    table.put(0, NAME="水田")
    items = inspect_attributes(table.raw("parcels"), PARCELS, COUNTY, PLACE, {"land_class_name": "NAME"})
    assert codes(list(items)) == ["LOG-class-name"] and items[0].place.field == "NAME"


def test_single_precision_is_no_surplus_of_decimals() -> None:
    table = clean_survey().parcels
    table.columns["KCXS"] = [float(np.float32(value)) for value in table.columns["KCXS"]]
    assert found(table.raw("parcels")) == []


def test_planting_codes_outside_the_list_are_only_a_remark() -> None:
    table = clean_survey().parcels
    table.put(0, ZZSXDM="GZ")
    (item,) = found(table.raw("parcels"))
    assert item.severity is Severity.INFO


def test_state_land_may_be_owned_elsewhere_without_being_an_exclave() -> None:
    table = clean_survey().parcels
    table.put(0, QSXZ="20", QSDWDM="6205231029990000000")
    table.put(1, QSXZ="33", QSDWDM="6205231029990000000")
    table.put(2, QSDWDM=table.columns["QSDWDM"][4], FRDBS="1")
    assert found(table.raw("parcels")) == []


def test_codes_of_twelve_digits_are_the_villages_of_nineteen() -> None:
    table = clean_survey().parcels
    table.columns["QSDWDM"] = [code[:12] for code in table.columns["QSDWDM"]]
    assert found(table.raw("parcels")) == []


def patches() -> Table:
    columns = {
        "BSM": ["620523200500000001", "620523200500000002"],
        "YSDM": ["2005010300"] * 2,
        "YJJBNTTBBH": ["620523102201000001", "620523102201000002"],
        "DLBM": ["0103", "0102"],
        "YJJBNTTBMJ": [1000.0, 2000.0],
        "KCXS": [0.1, 0.0],
        "KCMJ": [100.0, 0.0],
        "YJJBNTMJ": [900.0, 2000.0],
        "GDPDJB": ["3", "1"],
    }
    return Table([strip(0, 0), strip(0, 100)], columns)


PATCH_FAULTS: dict[str, dict[str, object]] = {
    "BAL-designated-net": {"YJJBNTMJ": 910.0},
    "BAL-ridge-product": {"KCMJ": 110.0, "YJJBNTMJ": 890.0},
    "DOM-number-form": {"YJJBNTTBBH": "1"},
    "DOM-county-code": {"YJJBNTTBBH": "620999102201000001"},
    "DOM-element-code": {"YSDM": "2001010100"},
    "DOM-field-value": {"GDPDJB": "7"},
    "LOG-id-twice": {"BSM": "620523200500000002"},
    "LOG-ridge-incomplete": {"GDPDJB": ""},
    "LOG-cultivated-only": {"DLBM": "0301", "KCXS": 0.0, "KCMJ": 0.0, "YJJBNTMJ": 1000.0},
}


@pytest.mark.parametrize(("code", "change"), PATCH_FAULTS.items())
def test_designated_patches_are_held_to_their_own_rules(code: str, change: dict[str, object]) -> None:
    table = patches()
    assert found(table.raw("basic_farmland"), "basic_farmland") == []
    table.put(0, **change)
    assert codes(found(table.raw("basic_farmland"), "basic_farmland")) == [code]


def test_layers_of_our_own_are_held_to_our_own_dictionary() -> None:
    columns = {"DKBH": ["P" * 31], "ZXMBH": ["Z1"], "DKLX": ["新增耕地"], "SSND": [2026.0], "ABC": ["x"]}
    raw = Table([strip(0, 0)], columns).raw("parcels")
    (item,) = found(raw, "plots")
    assert item.code == "SCH-text-long" and item.place.field == "DKBH"


def test_a_layer_that_the_plan_does_not_know_is_held_to_its_standard_if_it_has_one() -> None:
    raw = replace(clean_survey().villages.raw("villages"), name="XZQ")
    unknown = LayerSpec("", "XZQ", "XZQ", (), False, "", "", "", ())
    assert inspect_attributes(raw, unknown, COUNTY, PLACE) == ()
    raw.fields["MSSM"][0], raw.fields["BSM"][1] = "7", "1"
    items = inspect_attributes(raw, unknown, COUNTY, PLACE)
    assert codes(list(items)) == ["DOM-field-value", "DOM-number-form"]
    nobody = LayerSpec("", "房屋", "房屋", (), False, "", "", "", ())
    assert inspect_attributes(replace(raw, name="房屋"), nobody, COUNTY, PLACE) == ()


def test_an_empty_layer_and_the_reading_of_the_plan_repeat_nothing() -> None:
    table = clean_survey().parcels
    table.put(0, QSXZ="99", GDLX="XX", GDPDJB="9", CZCSXM="1", DLBM="0199")
    raw = table.raw("parcels")
    columns = read_columns(raw.fields, len(raw), PARCELS, {}, PLACE)
    assert codes(list(columns.findings)) == ["DOM-field-value"] * 5
    assert found(raw) == []
    assert found(Table([], {name: [] for name in ()}).raw("parcels")) == []


CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["0103", "03", "1203", "１２", "9" * 19, "620523", "\x00", " 1 ", "1e999", "−1"]),
)
NUMBER = st.one_of(st.floats(width=64), st.sampled_from([0.0, -0.0, 1e308, 2024.0, 0.1, 103.0]))


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_whatever_the_cells_hold_is_told_and_never_raises(data: st.DataObject) -> None:
    role = data.draw(st.sampled_from(["parcels", "villages", "basic_farmland", "slope", "plots"]))
    names = [name for entry in official_fields(layer_specs()[role]) for name in entry.spellings]
    fields = {
        name: data.draw(
            st.one_of(
                st.lists(CELL, min_size=3, max_size=3).map(lambda cells: np.array(cells, dtype=object)),
                st.lists(NUMBER, min_size=3, max_size=3).map(np.array),
            )
        )
        for name in data.draw(st.lists(st.sampled_from(names), unique=True))
    }
    shapes = np.array([strip(0, 0), None, strip(0, 100)], dtype=object)
    raw = RawLayer(Path("x.gpkg"), "DLTB", shapes, fields, EPSG, "", "UTF-8", "Polygon")
    for item in found(raw, role):
        assert item.message and item.remedy and item.severity is not Severity.ERROR


def test_three_hundred_thousand_parcels_take_seconds() -> None:
    table = clean_survey().parcels
    times, rows = 37_500, 300_000
    fields = {name: np.tile(values, times) for name, values in table.raw("parcels").fields.items()}
    fields["BSM"] = np.array([f"{COUNTY}2001{number:08d}" for number in range(rows)], dtype=object)
    fields["TBBH"] = np.array([str(number + 1) for number in range(rows)], dtype=object)
    shapes = np.tile(np.array(table.shapes, dtype=object), times)
    raw = RawLayer(Path("x.gpkg"), "DLTB", shapes, fields, EPSG, "", "UTF-8", "Polygon")
    start = time.process_time()
    assert found(raw) == []
    assert time.process_time() - start < 5
