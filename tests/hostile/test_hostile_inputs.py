"""敌意输入。One clear Chinese sentence for each thing wrong, naming file, layer, feature and remedy."""

from __future__ import annotations

import random
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import Polygon, box
from tiny_plan import EAST, EPSG, NORTH, Draft, Layer, cell, out_layer, surveyed, tiny_plan, write_table

from fangtian.catalog.finding import Finding, Place, Severity
from fangtian.catalog.layer import layer_specs
from fangtian.errors import InputError
from fangtian.plan.fields import read_columns
from fangtian.plan.folder import open_plan
from fangtian.plan.funds import read_funds
from fangtian.plan.model import Survey
from fangtian.plan.survey import read_survey


def survey_of(root: Path, change: Callable[[Draft], None] | None = None) -> Survey:
    return read_survey(open_plan(tiny_plan(root, change)))


def refused(root: Path, change: Callable[[Draft], None]) -> Sequence[Finding]:
    with pytest.raises(InputError) as error:
        survey_of(root, change)
    return error.value.findings


def only(findings: Sequence[Finding], code: str) -> Finding:
    found = [item for item in findings if item.code == code]
    assert len(found) == 1, [f"{item.code} {item.place}：{item.message}" for item in findings]
    item = found[0]
    assert item.message.endswith(("。", "？", "）")) and item.remedy, item.message
    assert "\n" not in item.message
    return item


def errors(findings: Sequence[Finding]) -> list[str]:
    return [item.code for item in findings if item.severity is Severity.ERROR]


def test_the_tiny_plan_itself_has_nothing_to_complain_about(tmp_path: Path) -> None:
    survey = survey_of(tmp_path)
    assert survey.findings == ()
    assert {role: len(layer) for role, layer in survey.layers.items()}["parcels"] == 6


# -- layers and fields ----------------------------------------------------------------------------


def test_a_missing_layer_names_the_layers_that_are_there(tmp_path: Path) -> None:
    item = only(refused(tmp_path, lambda d: d.layers.pop("villages")), "SCH-layer-missing")
    assert item.place.file == "data/base.gpkg" and "CJDCQ" in item.message and "DLTB" in item.message


def test_a_missing_field_names_those_present(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["parcels"].columns = {
            "BSM": [str(n) for n in range(6)],
            "TBMJ": surveyed(draft.layers["parcels"].shapes),
        }

    item = only(refused(tmp_path, change), "SCH-field-missing")
    assert (item.place.file, item.place.layer, item.place.field) == ("data/base.gpkg", "DLTB", "DLBM")
    assert "地类编码" in item.message and "land_class" in item.remedy


def test_a_renamed_field_is_recognised_and_the_map_is_offered(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["plots"].columns
        columns["ZXMBH_1"] = columns.pop("ZXMBH")

    item = only(refused(tmp_path, change), "SCH-field-renamed")
    assert "ZXMBH_1" in item.message and 'subproject_id = "ZXMBH_1"' in item.remedy


def test_the_offered_map_is_accepted(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["plots"].columns
        columns["ZXMBH_1"] = columns.pop("ZXMBH")
        draft.toml = draft.toml.replace(
            'layer = "ZZDK"\n', 'layer = "ZZDK"\nfields = { subproject_id = "ZXMBH_1" }\n'
        )

    assert list(survey_of(tmp_path, change).layers["plots"].column("subproject_id")) == ["Z01", "Z02", "Z01"]


def test_other_official_spellings_and_lower_case_are_read_and_reported(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["parcels"].columns
        columns["KCDLXS"], columns["tbmj"] = columns.pop("KCXS"), columns.pop("TBMJ")

    survey = survey_of(tmp_path, change)
    item = only(survey.findings, "SCH-field-guessed")
    assert "KCDLXS→扣除地类系数（KCXS）" in item.message and "tbmj→图斑面积（TBMJ）" in item.message
    assert survey.layers["parcels"].column("ridge_coefficient")[0] == 0.12


def test_an_empty_required_layer_is_refused_and_an_empty_redline_is_not(tmp_path: Path) -> None:
    def no_parcels(draft: Draft) -> None:
        draft.layers["parcels"] = Layer([], {name: [] for name in draft.layers["parcels"].columns})

    def no_redline(draft: Draft) -> None:
        draft.layers["eco_redline"] = Layer([], {"HXMC": []})

    item = only(refused(tmp_path / "a", no_parcels), "SCH-layer-empty")
    assert "地类图斑" in item.message
    survey = survey_of(tmp_path / "b", no_redline)
    assert only(survey.findings, "SCH-layer-empty").severity is Severity.WARNING
    assert len(survey.layers["eco_redline"]) == 0


def test_unknown_codes_and_impossible_coefficients_name_their_parcels(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["parcels"].columns
        columns["DLBM"][0], columns["DLBM"][1] = "0199", "01"
        columns["KCXS"][1] = 1.2
        columns["GDPDJB"][0] = "9"

    findings = refused(tmp_path, change)
    values = {item.place.field: item for item in findings if item.code == "DOM-field-value"}
    assert set(values) == {"DLBM", "KCXS", "GDPDJB"}
    assert "62052300100000001" in values["DLBM"].message and "0199" in values["DLBM"].message
    assert values["DLBM"].values["count"] == "2"
    assert values["GDPDJB"].severity is Severity.WARNING and values["KCXS"].severity is Severity.ERROR


def test_a_code_stored_as_a_number_gets_its_zero_back() -> None:
    spec = layer_specs()["parcels"]
    fields = {"BSM": np.array(["1"], object), "DLBM": np.array([103.0]), "TBMJ": np.array([1.0])}
    assert read_columns(fields, 1, spec, {}, Place()).values["land_class"][0] == "0103"


def test_an_old_code_is_refused_and_never_taken_for_a_new_one(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["parcels"].columns["DLBM"][4] = "203"  # 村庄 of the second survey, not 0203 橡胶园

    assert "203" in only(refused(tmp_path, change), "DOM-field-value").message


# -- coordinate systems ---------------------------------------------------------------------------


@pytest.mark.parametrize(("epsg", "name"), [(2359, "西安"), (2411, "北京"), (4326, "WGS 84")])
def test_old_and_foreign_datums_are_refused_by_name(tmp_path: Path, epsg: int, name: str) -> None:
    def change(draft: Draft) -> None:
        draft.layers["villages"].epsg = epsg

    item = only(refused(tmp_path, change), "CRS-foreign")
    assert name in item.message and item.place.layer == "CJDCQ" and "CGCS2000" in item.remedy


def test_another_zone_is_refused_with_the_remedy(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        layer = draft.layers["villages"]
        layer.shapes = [shapely.transform(s, lambda p: p + np.array([1e6, 0])) for s in layer.shapes]
        layer.epsg = 4524

    item = only(refused(tmp_path, change), "CRS-differs")
    assert "36带" in item.message and "35带" in item.message and "EPSG:4523" in item.remedy


def test_degrees_are_refused(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["villages"].shapes = [box(104.4, 35.6, 104.5, 35.7), box(104.5, 35.6, 104.6, 35.7)]
        draft.layers["villages"].epsg = 4490

    assert "经纬度" in only(refused(tmp_path, change), "CRS-differs").message


def test_the_same_zone_without_its_prefix_is_shifted_exactly_and_said(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        for role in ("villages", "parcels"):
            layer = draft.layers[role]
            layer.shapes = [shapely.transform(s, lambda p: p - [35e6, 0]) for s in layer.shapes]
            layer.epsg = 4544

    survey, plain = survey_of(tmp_path / "a", change), survey_of(tmp_path / "b")
    shifted = [item for item in survey.findings if item.code == "CRS-shifted"]
    assert {item.place.layer for item in shifted} == {"CJDCQ", "DLTB"}
    assert "+35000000" in shifted[0].message and shifted[0].severity is Severity.INFO
    assert shapely.equals_exact(survey.layers["parcels"].geometry, plain.layers["parcels"].geometry).all()


def test_coordinates_without_the_prefix_that_is_declared_are_read_and_said(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        layer = draft.layers["villages"]
        layer.shapes = [shapely.transform(s, lambda p: p - np.array([35e6, 0])) for s in layer.shapes]

    survey = survey_of(tmp_path, change)
    item = only(survey.findings, "CRS-prefix")
    assert item.place.layer == "CJDCQ" and "35带" in item.message
    assert survey.layers["villages"].crs.epsg == EPSG
    assert shapely.bounds(survey.layers["villages"].geometry).min(axis=0)[0] == EAST


def test_features_of_mixed_zones_are_named(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        shapes = draft.layers["plots"].shapes
        shapes[1] = shapely.transform(shapes[1], lambda p: p - [35e6, 0])

    item = only(refused(tmp_path, change), "CRS-mixed-zones")
    assert item.place.feature == "P02" and item.place.layer == "ZZDK"


# -- shapes ---------------------------------------------------------------------------------------


def test_a_touching_ring_is_repaired_with_areas_before_and_after(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        layer = draft.layers["parcels"]
        x, y = EAST + 200, NORTH + 200
        ring = [
            (x, y),
            (x + 200, y),
            (x + 200, y + 100),
            (x + 100, y + 100),
            (x + 100, y + 100.001),
            (x + 99.999, y + 99.999),
            (x, y + 100),
        ]
        layer.shapes[5] = Polygon(
            [
                *ring[:3],
                (x + 100, y + 100),
                (x + 90, y + 100.02),
                (x + 100, y + 100.02),
                (x + 90, y + 100),
                *ring[6:],
            ]
        )

    survey = survey_of(tmp_path, change)
    item = only(survey.findings, "TOP-crossing-repaired")
    assert item.place.feature == "62052300100000006" and "修复前" in item.message
    assert item.severity is Severity.WARNING and shapely.is_valid(survey.layers["parcels"].geometry).all()


def test_a_bow_tie_is_not_repaired_behind_the_users_back(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        bow = Polygon([(EAST + x, NORTH + y) for x, y in ((10, 10), (110, 90), (110, 10), (10, 90))])
        draft.layers["plots"].shapes[2] = bow

    item = only(refused(tmp_path, change), "TOP-crossing-refused")
    assert item.place.feature == "P03" and "0.00 平方米，修复后 4000.00 平方米" in item.message


def test_an_unclosed_ring_is_closed_and_said(tmp_path: Path) -> None:
    ring = np.array([(10, 10), (110, 10), (110, 90), (10, 90)]) + np.array([EAST, NORTH])
    wkb = (b"\x01" + np.array([3, 1, 4], "<u4").tobytes()) + ring.astype("<f8").tobytes()
    findings = with_raw_plots(tmp_path, [wkb])
    item = only(findings, "TOP-unclosed")
    assert item.place.feature == "P09" and item.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("points", "code"),
    [([(10, 10), (110, 10), (10, 10)], "TOP-no-area"), ([(10, 10), (110, 10)], "TOP-broken-ring")],
)
def test_a_ring_that_is_no_ring_is_refused(
    tmp_path: Path, points: list[tuple[float, float]], code: str
) -> None:
    ring = np.array(points) + np.array([EAST, NORTH])
    wkb = (b"\x01" + np.array([3, 1, len(points)], "<u4").tobytes()) + ring.astype("<f8").tobytes()
    findings = with_raw_plots(tmp_path, [wkb])
    item = only(findings, code)
    assert item.place.feature == "P09" and item.severity is Severity.ERROR
    assert "TOP-crossing-repaired" not in {other.code for other in findings}


def with_raw_plots(root: Path, shapes: list[bytes]) -> Sequence[Finding]:
    """Add plots P09 … with raw geometry in a layer of their own and return what the survey says."""
    columns = {"DKBH": "P09", "ZXMBH": "Z01", "DKLX": "生态修复", "SSND": "2026"}

    def write(folder: Path) -> None:
        data = [np.array([value] * (len(shapes) + 1), dtype=object) for value in columns.values()]
        data[0] = np.array([f"P{9 - i:02d}" for i in range(len(shapes) + 1)], dtype=object)
        good = shapely.to_wkb(cell(250, 110, 300, 160))
        geometry = np.array([*shapes, good], dtype=object)
        pyogrio.raw.write(
            folder / "data" / "raw.gpkg",
            geometry,
            data,
            list(columns),
            layer="ZZDK",
            driver="GPKG",
            geometry_type="Polygon",
            crs=f"EPSG:{EPSG}",
        )

    def change(draft: Draft) -> None:
        del draft.layers["plots"]
        draft.toml = draft.toml.replace(
            '[layers.plots]\npath = "data/base.gpkg"', '[layers.plots]\npath = "data/raw.gpkg"'
        )
        draft.extra.append(write)
        draft.tables["existing_projects"][1][5] = ""

    try:
        return survey_of(root, change).findings
    except InputError as error:
        return error.findings


def test_a_missing_shape_is_an_error_in_a_required_layer(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[0] = None

    item = only(refused(tmp_path, change), "TOP-missing")
    assert item.place.feature == "P01" and item.severity is Severity.ERROR


def test_shapes_without_area_are_errors_in_plots_and_warnings_in_base_data(tmp_path: Path) -> None:
    flat = Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 5, NORTH)])

    def plots(draft: Draft) -> None:
        draft.layers["plots"].shapes[0] = flat

    def parcels(draft: Draft) -> None:
        layer = draft.layers["parcels"]
        layer.shapes.append(flat)
        for name, values in layer.columns.items():
            values.append("62052300100000007" if name == "BSM" else 0.01 if name == "TBMJ" else values[-1])

    assert "P01" in only(refused(tmp_path / "a", plots), "TOP-no-area").message
    survey = survey_of(tmp_path / "b", parcels)
    assert only(survey.findings, "TOP-no-area").severity is Severity.WARNING
    assert len(survey.layers["parcels"]) == 6


def test_duplicate_plots_are_refused_and_duplicate_parcels_are_warned_of(tmp_path: Path) -> None:
    def plots(draft: Draft) -> None:
        layer = draft.layers["plots"]
        layer.shapes[2] = shapely.reverse(layer.shapes[0])

    def parcels(draft: Draft) -> None:
        layer = draft.layers["parcels"]
        layer.shapes.append(layer.shapes[0])
        for name, values in layer.columns.items():
            values.append("62052300100000007" if name == "BSM" else values[0])

    item = only(refused(tmp_path / "a", plots), "TOP-duplicate")
    assert "P01与P03" in item.message and item.place.wkb
    warned = only(survey_of(tmp_path / "b", parcels).findings, "TOP-duplicate")
    assert warned.severity is Severity.WARNING and "62052300100000001与62052300100000007" in warned.message


def test_overlapping_plots_are_named_with_the_area(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[2] = cell(100, 200, 160, 250)

    item = only(refused(tmp_path, change), "TOP-overlap")
    assert "P01与P03" in item.message and "2000.00 平方米" in item.message


def test_overlapping_parcels_are_a_warning_because_their_surveyed_area_counts(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        layer = draft.layers["parcels"]
        layer.shapes[3] = cell(195, 0, 400, 100)
        layer.columns["TBMJ"][3] = layer.columns["TBDLMJ"][3] = surveyed([layer.shapes[3]])[0]

    item = only(survey_of(tmp_path, change).findings, "TOP-overlap")
    assert item.severity is Severity.WARNING and "500.00" in item.message


def test_overlapping_villages_are_refused(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["villages"].shapes[1] = cell(190, 0, 400, 300)

    assert (
        "6205231022010000000与6205231022020000000" in only(refused(tmp_path, change), "TOP-overlap").message
    )


def test_plots_outside_the_pilot_area_are_refused_with_their_area(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[0] = cell(-50, 210, 150, 280)

    item = only(refused(tmp_path, change), "LOG-plot-outside")
    assert item.place.feature == "P01" and "3500.00 平方米" in item.message and "试点区域" in item.message


def test_a_plot_outside_the_consolidation_area_is_a_warning(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[0] = cell(0, 210, 150, 295)

    item = only(survey_of(tmp_path, change).findings, "LOG-plot-outside")
    assert item.severity is Severity.WARNING and "整治区域" in item.message


# -- areas ----------------------------------------------------------------------------------------


def test_a_surveyed_area_that_is_off_is_reported_with_both_numbers(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["parcels"].columns
        columns["TBMJ"][4] = columns["TBDLMJ"][4] = 22_000.0

    item = only(survey_of(tmp_path, change).findings, "BAL-area-differs")
    assert item.place.feature == "62052300100000005" and "22000.00 平方米" in item.message


def test_ridges_are_checked_three_ways(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["parcels"].columns
        columns["KCMJ"][0] += 50
        columns["KCXS"][4], columns["KCMJ"][4] = 0.1, 0.0

    survey = survey_of(tmp_path, change)
    assert {item.code for item in survey.findings} == {
        "BAL-ridge-product",
        "BAL-net-area",
        "BAL-ridge-not-cultivated",
    }


def test_blank_ridge_areas_are_computed_from_the_coefficient(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["parcels"].columns
        for name in ("KCMJ", "TBDLMJ"):
            columns[name] = [None] * 6

    survey, plain = survey_of(tmp_path / "a", change), survey_of(tmp_path / "b")
    only(survey.findings, "BAL-ridge-computed")
    computed, surveyed_ridge = (s.layers["parcels"].column("ridge_area") for s in (survey, plain))
    assert np.allclose(computed[:2], surveyed_ridge[:2], atol=0.011)


# -- plots and tables -----------------------------------------------------------------------------


def test_plot_ids_that_resolve_to_nothing_are_named(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["plots"].columns["ZXMBH"] = ["Z01", "Z2", "Z01"]
        draft.tables["existing_projects"][1][5] = "P03、P77"

    findings = refused(tmp_path, change)
    item = only(findings, "LOG-plot-subproject")
    assert "Z2" in item.message and "是否要写“Z02”" in item.message and item.place.feature == "P02"
    assert "P77" in only(findings, "LOG-existing-plot").message
    assert "Z02" in only(findings, "LOG-subproject-idle").message


def test_two_plots_may_not_share_an_id(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["plots"].columns["DKBH"] = ["P01", "P01", "P03"]

    assert "P01" in only(refused(tmp_path, change), "LOG-id-twice").message


def test_years_outside_the_period_are_named_with_the_period(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.tables["subprojects"][1][9] = 2030
        draft.layers["plots"].columns["SSND"][1] = 2029

    findings = refused(tmp_path, change)
    item = only(findings, "LOG-subproject-year-outside")
    assert "Z01" in item.message and "2030" in item.message and "2026—2028" in item.message
    assert (item.place.file, item.place.feature, item.place.field) == (
        "data/subprojects.xlsx",
        "第2行",
        "计划验收年度",
    )
    assert "P02" in only(findings, "LOG-plot-year-outside").message


def test_fund_rows_that_do_not_add_up_name_both_numbers(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.tables["funds"][1][3] = 100.49

    item = only(refused(tmp_path, change), "LOG-funds-sum")
    assert "120.49 万元" in item.message and "120.5 万元" in item.message and "相差 0.01 万元" in item.message
    assert item.place.file == "data/funds.xlsx" and item.place.feature == "Z01"


def test_binary_noise_of_a_spreadsheet_is_no_difference(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.tables["funds"][1][3] = 100.50000000000001
        draft.tables["funds"][2][3] = 0.1 + 0.2 + 19.7

    assert survey_of(tmp_path, change).findings == ()


def test_existing_projects_are_checked_for_year_and_sum(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.tables["existing_projects"][1][9:12] = [25, 6, 2017]

    findings = refused(tmp_path, change)
    assert "31 万元" in only(findings, "LOG-existing-investment").message
    assert only(findings, "LOG-existing-too-early").severity is Severity.WARNING


def test_an_unknown_source_of_money_brings_the_nearest_one(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.tables["funds"][2][2] = "社会资金"

    item = only(refused(tmp_path, change), "DOM-cell-choice")
    assert "社会资本" in item.message and item.place.feature == "第3行" and item.place.field == "资金来源"


def test_a_column_in_another_unit_is_not_taken_for_the_right_one(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.tables["funds"][0][3] = "金额（元）"

    item = only(refused(tmp_path, change), "SCH-column-unit")
    assert "“元”" in item.message and "“万元”" in item.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FMT-sheet-unreadable"),
        (b"not a workbook", "FMT-sheet-unreadable"),
        (b"PK\x03\x04 broken", "FMT-sheet-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "FMT-sheet-old"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "FMT-sheet-locked"),
    ],
)
def test_an_unreadable_workbook_says_why(tmp_path: Path, content: bytes, code: str) -> None:
    def change(draft: Draft) -> None:
        draft.extra.append(lambda root: (root / "data" / "funds.xlsx").write_bytes(content) and None)

    item = only(refused(tmp_path, change), code)
    assert item.place.file == "data/funds.xlsx" and ".xlsx" in item.remedy


def test_a_workbook_cut_off_or_scrambled_never_ends_in_a_traceback(tmp_path: Path) -> None:
    plan = open_plan(tiny_plan(tmp_path))
    good = (tmp_path / "data" / "funds.xlsx").read_bytes()
    dice = random.Random(7)
    for _ in range(25):
        broken = bytearray(good[: dice.randrange(30, len(good))])
        for _ in range(dice.randrange(8)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        (tmp_path / "data" / "funds.xlsx").write_bytes(bytes(broken))
        _, findings = read_funds(plan, ())
        assert all(item.message and item.place.file == "data/funds.xlsx" for item in findings)


def test_a_workbook_whose_sheet_is_missing_inside_is_damaged(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        def gut(root: Path) -> None:
            path = root / "data" / "funds.xlsx"
            with zipfile.ZipFile(path) as book:
                parts = {name: book.read(name) for name in book.namelist() if "sheet1" not in name}
            with zipfile.ZipFile(path, "w") as book:
                for name, content in parts.items():
                    book.writestr(name, content)

        draft.extra.append(gut)

    assert "损坏" in only(refused(tmp_path, change), "FMT-sheet-unreadable").message


# -- text in GBK ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_csv_tables_are_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    def change(draft: Draft) -> None:
        rows = draft.tables.pop("funds")
        text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
        draft.extra.append(
            lambda root: (root / "data" / "funds.csv").write_text(text, encoding=encoding) and None
        )
        draft.toml = draft.toml.replace("data/funds.xlsx", "data/funds.csv")

    assert [item.source for item in survey_of(tmp_path, change).funds] == [
        "财政直接投入",
        "社会资本",
        "土地复垦费",
    ]


def test_a_csv_in_no_known_encoding_says_from_which_line(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        text = "子项目编号,年度,资金来源,金额\n".encode() + b"\xff\xff\xff\n"
        draft.extra.append(lambda root: (root / "data" / "funds.csv").write_bytes(text) and None)
        draft.toml = draft.toml.replace("data/funds.xlsx", "data/funds.csv")

    assert "第2行" in only(refused(tmp_path, change), "FMT-text-encoding").message


def test_a_gbk_shapefile_without_a_code_page_is_read_as_chinese(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        villages = out_layer("villages", draft.layers.pop("villages"))

        def write(root: Path) -> None:
            names = [item.name for item in villages.fields]
            data = [
                np.array(
                    villages.columns[name], dtype=object if name[-1] in "CM" or name == "CZLX" else float
                )
                for name in names
            ]
            path = root / "data" / "cun.shp"
            pyogrio.raw.write(
                path,
                shapely.to_wkb(villages.geometry),
                data,
                names,
                driver="ESRI Shapefile",
                geometry_type="Polygon",
                crs=f"EPSG:{EPSG}",
                encoding="GBK",
            )
            path.with_suffix(".cpg").unlink()

        draft.extra.append(write)
        draft.toml = draft.toml.replace('path = "data/base.gpkg"\nlayer = "CJDCQ"', 'path = "data/cun.shp"')

    assert list(survey_of(tmp_path, change).layers["villages"].column("village_name")) == ["上庄村", "下庄村"]


def test_a_gbk_plan_toml_says_so(tmp_path: Path) -> None:
    tiny_plan(tmp_path)
    text = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    (tmp_path / "plan.toml").write_bytes(text.encode("gbk"))
    with pytest.raises(InputError) as error:
        open_plan(tmp_path)
    assert "UTF-8" in only(error.value.findings, "PLN-encoding").message


# -- together -------------------------------------------------------------------------------------


def test_what_can_be_reported_together_is_reported_together(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers.pop("villages")
        draft.layers["parcels"].columns.pop("TBMJ")
        draft.layers["basic_farmland"].epsg = 2359
        draft.layers["plots"].shapes[0] = cell(-50, 210, 150, 280)
        draft.tables["subprojects"][1][9] = 2030
        draft.tables["funds"][1][3] = 1
        draft.extra.append(lambda root: (root / "data" / "cash_flow.xlsx").write_bytes(b"x") and None)

    codes = errors(refused(tmp_path, change))
    assert set(codes) == {
        "SCH-layer-missing", "SCH-field-missing", "CRS-foreign", "LOG-plot-outside",
        "LOG-subproject-year-outside", "LOG-funds-sum", "FMT-sheet-unreadable",
    }  # fmt: skip


def test_equal_problems_are_one_finding_with_a_count(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["parcels"].columns["DLBM"] = ["9999"] * 6

    item = only(refused(tmp_path, change), "DOM-field-value")
    assert item.values["count"] == "6" and "等6个" in item.place.feature


def test_files_that_lie_about_their_kind_are_refused(tmp_path: Path) -> None:
    plan = open_plan(tiny_plan(tmp_path))
    (tmp_path / "data" / "base.gpkg").write_bytes(b"hello")
    with pytest.raises(InputError) as error:
        read_survey(plan)
    assert {item.code for item in error.value.findings} == {"FMT-lying"}
    assert {item.place.file for item in error.value.findings} == {"data/base.gpkg"}


def test_reading_does_not_change_the_folder(tmp_path: Path) -> None:
    tiny_plan(tmp_path)
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    read_survey(open_plan(tmp_path))
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == before


def test_digests_follow_content_and_not_place(tmp_path: Path) -> None:
    survey_of(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    first, second = (read_survey(open_plan(tmp_path / name)).digests for name in "ab")
    assert first == second and "data/base.gpkg" in first
    rows: list[list[Any]] = [["年度", "项目", "方向", "金额"], [2026, "支出", "流出", 1]]
    write_table(tmp_path / "b" / "data" / "cash_flow.xlsx", rows)
    changed = read_survey(open_plan(tmp_path / "b")).digests
    assert {name for name in first if first[name] != changed[name]} == {"data/cash_flow.xlsx"}


def test_values_that_a_total_needs_are_asked_for(tmp_path: Path) -> None:
    def blank(draft: Draft) -> None:
        draft.layers["villages"].columns["RK"][1] = None
        draft.layers["parcels"].columns["GDDB"][0] = None

    found = [item for item in survey_of(tmp_path, blank).findings if item.code == "DOM-needed-blank"]
    assert [item.values["term"] for item in found] == ["人口", "耕地等别"]
    assert found[0].place.feature == "6205231022020000000"
    assert found[1].place.feature == "62052300100000001"


def test_a_place_without_a_village_is_refused(tmp_path: Path) -> None:
    item = only(refused(tmp_path, lambda draft: draft.layers["villages"].drop(1)), "LOG-village-gap")
    assert item.place.layer == "CJDCQ"


def test_two_villages_must_not_share_a_code(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.layers["villages"].columns["ZLDWDM"][1] = draft.layers["villages"].columns["ZLDWDM"][0]

    assert "上庄村、下庄村" in only(refused(tmp_path, change), "LOG-village-code-twice").message


def test_areas_in_mu_are_recognised(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        columns = draft.layers["parcels"].columns
        for name in ("TBMJ", "KCMJ", "TBDLMJ"):
            columns[name] = [round(value * 3 / 2000, 2) for value in columns[name]]

    assert "疑为亩" in only(refused(tmp_path, change), "BAL-area-unit").message


def test_townships_must_be_those_of_the_villages(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.toml = draft.toml.replace('["620523102"]', '["620523999"]')

    assert "620523102" in only(refused(tmp_path, change), "LOG-township-elsewhere").message
