"""One fault at a time in a clean survey: its code is found, and no other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parent))

from clean_parcels import (
    BLANK,
    NAMES,
    VILLAGES,
    Survey,
    clean_survey,
    inspected,
    inspected_files,
    measured,
    strip,
)

from fangtian.catalog.finding import Severity, finding_kinds

DIRECT = "6205231029990000000"


def alter(role: str = "parcels", row: int = 0, **values: object) -> Callable[[Survey], None]:
    return lambda survey: getattr(survey, role).put(row, **values)


def every(role: str, **values: object) -> Callable[[Survey], None]:
    def change(survey: Survey) -> None:
        table = getattr(survey, role)
        for name, value in values.items():
            table.columns[name] = [value] * len(table.shapes)

    return change


def drop(role: str, name: str) -> Callable[[Survey], None]:
    return lambda survey: getattr(survey, role).columns.__delitem__(name)


def rename(old: str, new: str) -> Callable[[Survey], None]:
    return lambda survey: survey.parcels.rename(old, new)


def nothing_surveyed(survey: Survey) -> None:
    survey.villages.add(0, -survey.parcels.columns["TBMJ"][2], "DCMJ")
    survey.parcels.put(2, TBMJ=0.0, TBDLMJ=0.0)


def larger_than_drawn(survey: Survey) -> None:
    survey.parcels.add(2, 50.0, "TBMJ", "TBDLMJ")
    survey.villages.add(0, 50.0, "DCMJ")


def ridge_off_product(survey: Survey) -> None:
    survey.parcels.add(0, 5.0, "KCMJ")
    survey.parcels.add(0, -5.0, "TBDLMJ")


def village_unknown(survey: Survey) -> None:
    code = "6205231022030000000"
    survey.parcels.copy_row(2, strip(0, 400), BSM="620523200100000009", TBBH="1", ZLDWDM=code, QSDWDM=code)
    survey.parcels.put(-1, TBMJ=survey.parcels.columns["TBMJ"][0], TBDLMJ=survey.parcels.columns["TBMJ"][0])


def village_empty(survey: Survey) -> None:
    code = "6205231022030000000"
    shape = strip(400, 0, 200, 300)
    survey.villages.copy_row(0, shape, BSM="620523100300000003", ZLDWDM=code, ZLDWMC="第203村")
    (area,) = measured([shape])
    survey.villages.put(-1, DCMJ=area, JSMJ=area)


def village_in_two(survey: Survey) -> None:
    west, east = strip(0, 0, 100, 300), strip(100, 0, 100, 300)
    survey.villages.copy_row(0, east, BSM="620523100300000003")
    survey.villages.shapes[0] = west
    survey.villages.columns["JSMJ"] = [BLANK] * 3
    survey.villages.add(2, 0.5, "DCMJ")


FAULTS: dict[str, list[Callable[[Survey], None]]] = {
    "SCH-official-missing": [drop("parcels", "MSSM"), drop("villages", "DCMJ"), drop("villages", "BSM")],
    "SCH-older-name": [rename("XZDWKD", "XXTBKD"), rename("ZZSXDM", "GDZZSXDM")],
    "SCH-field-guessed": [rename("KCXS", "TKXS"), rename("KCMJ", "kcmj")],
    "SCH-field-renamed": [rename("TBMJ", "TBMJ1")],
    "SCH-field-missing": [drop("parcels", "DLBM")],
    "SCH-field-kind": [every("parcels", QSXZ=30.0), every("parcels", SJNF="2024")],
    "SCH-text-long": [alter(QSDWMC="村" * 256), alter(HDMC="岛" * 101)],
    "SCH-decimals": [alter(row=2, XZDWKD=4.25)],
    "SCH-fields-extra": [every("parcels", ABC="1")],
    "DOM-element-code": [alter(YSDM="2001010200"), alter("villages", YSDM="10006")],
    "DOM-village-code": [
        alter(QSDWDM="62052310220"),
        alter(QSDWDM="6205231029990000001", QSXZ="20"),
        alter(ZLDWDM=VILLAGES[0][:12]),
        alter(ZLDWDM=f"{VILLAGES[0][:12]}9999999"),
        alter("villages", ZLDWDM=f"{VILLAGES[0][:12]}0000001"),
    ],
    "DOM-county-code": [alter(BSM="620999200100000001"), alter("villages", BSM="620999100300000001")],
    "DOM-number-form": [
        alter(TBBH="A1"),
        alter(BSM="62052320010001"),
        alter(TBBH="123456789"),
        alter(BSM="620523999900000001"),
    ],
    "DOM-data-year": [alter(SJNF=24.0), alter(SJNF=20240.0)],
    "DOM-field-value": [
        alter(TBXHDM="XXXX"),
        alter(ZZSXDM="GZ"),
        alter(KCDLBM="1202"),
        alter(QSXZ="99"),
        alter(GDPDJB="6"),
        alter(KCXS=1.2),
        alter(row=2, XZDWKD=-1.0),
        alter(row=2, XZDWKD=0.0),
        alter(MSSM="02"),
        alter(FRDBS="2"),
        alter(row=6, DLBM="03"),
    ],
    "DOM-field-blank": [alter(DLMC=""), alter(row=6, DLBM=""), alter(TBDLMJ=BLANK), alter(MSSM="")],
    "DOM-field-type": [alter(GDDB=11.5)],
    "LOG-parcel-number-twice": [alter(row=1, TBBH="1")],
    "LOG-id-twice": [alter("villages", BSM="620523100300000002")],
    "LOG-class-name": [alter(DLMC="水田")],
    "LOG-cultivated-only": [
        alter(row=6, GDLX="TT"),
        alter(row=6, GDPDJB="3"),
        alter(row=6, KCDLBM="1203"),
    ],
    "LOG-ridge-flat": [alter(row=1, KCDLBM="1203")],
    "LOG-ridge-incomplete": [alter(KCDLBM=""), alter(GDPDJB=""), alter(GDLX="")],
    "LOG-ridge-parcel": [alter(row=6, DLBM="1203", DLMC="田坎")],
    "LOG-width-not-linear": [alter(row=6, XZDWKD=3.0)],
    "LOG-exclave": [alter(FRDBS="1"), alter(QSDWDM=VILLAGES[1])],
    "LOG-owner-kind": [alter(QSXZ="31", QSDWDM=DIRECT)],
    "LOG-settlement-class": [alter(row=6, CZCSXM="205"), alter(row=6, CZCSXM="203A")],
    "LOG-refinement-class": [alter(row=6, TBXHDM="HDGD")],
    "LOG-village-unknown": [village_unknown],
    "BAL-area-not-positive": [nothing_surveyed],
    "BAL-area-differs": [larger_than_drawn],
    "BAL-ridge-exceeds": [alter(KCMJ=20_000.0)],
    "BAL-ridge-not-cultivated": [alter(row=6, KCXS=0.05)],
    "BAL-ridge-product": [ridge_off_product],
    "BAL-ridge-computed": [alter(KCMJ=BLANK)],
    "BAL-net-area": [lambda survey: survey.parcels.add(0, -5.0, "TBDLMJ")],
    "BAL-village-sum": [
        lambda survey: survey.villages.add(0, 5.0, "DCMJ"),
        lambda survey: survey.villages.add(0, 0.01, "DCMJ"),
        village_empty,
    ],
    "BAL-village-computed": [
        lambda survey: survey.villages.add(1, 100.0, "JSMJ"),
        lambda survey: survey.villages.add(1, 1.1, "JSMJ"),
    ],
    "BAL-control-apart": [village_in_two],
}
CASES = [(code, number) for code, changes in FAULTS.items() for number in range(len(changes))]


def test_a_clean_survey_has_no_findings() -> None:
    assert inspected(clean_survey()) == []


@pytest.mark.parametrize(("code", "number"), CASES)
def test_a_fault_alone_gives_exactly_its_code(code: str, number: int) -> None:
    survey = clean_survey()
    FAULTS[code][number](survey)
    found = inspected(survey)
    assert [item.code for item in found] == [code], [item.message for item in found]
    (item,) = found
    assert item.place.file and item.place.layer in NAMES.values()
    assert item.message and item.remedy and item.kind.meaning_zh


@pytest.mark.parametrize("epsg", [4523, 4490])
@pytest.mark.parametrize(("code", "number"), [case for case in CASES if case[0] != "BAL-ridge-computed"])
def test_files_say_the_same_of_it_in_metres_and_in_degrees(code: str, number: int, epsg: int) -> None:
    survey = clean_survey()
    FAULTS[code][number](survey)
    assert {item.code for item in inspected_files(survey, epsg)} == {code}


@pytest.mark.parametrize("epsg", [4523, 4490])
def test_files_of_a_clean_survey_have_no_findings(epsg: int) -> None:
    assert inspected_files(clean_survey(), epsg) == []


def test_faults_of_all_kinds_together_are_all_found_with_their_rows() -> None:
    survey = clean_survey()
    changes = {
        "DOM-element-code": alter(row=1, YSDM="1"),
        "DOM-county-code": alter(row=2, BSM="620999200100000003"),
        "DOM-data-year": alter(row=3, SJNF=1.0),
        "LOG-class-name": alter(row=4, DLMC="旱地"),
        "LOG-settlement-class": alter(row=5, CZCSXM="205"),
        "LOG-width-not-linear": alter(row=6, XZDWKD=1.5),
        "LOG-cultivated-only": alter(row=7, GDLX="PD"),
    }
    for change in changes.values():
        change(survey)
    found = {item.code: item for item in inspected(survey)}
    assert set(found) == set(changes)
    assert found["LOG-width-not-linear"].place.feature == "620523200100000007"
    wkb = found["LOG-width-not-linear"].place.wkb
    assert wkb is not None
    (shape,) = shapely.from_wkb(wkb).geoms
    assert shape.equals(survey.parcels.shapes[6])


def test_areas_in_another_unit_are_told_besides_the_difference() -> None:
    survey = clean_survey()
    for name in ("TBMJ", "KCMJ"):
        survey.parcels.columns[name] = [round(area * 3 / 2000, 2) for area in survey.parcels.columns[name]]
    area = survey.parcels.columns["TBMJ"]
    survey.villages.columns["DCMJ"] = [round(sum(area[:4]), 2), round(sum(area[4:]), 2)]
    survey.parcels.columns["TBDLMJ"] = [
        round(a - r, 2)
        for a, r in zip(survey.parcels.columns["TBMJ"], survey.parcels.columns["KCMJ"], strict=True)
    ]
    assert [item.code for item in inspected(survey)] == ["BAL-area-differs", "BAL-area-unit"]


@pytest.mark.parametrize("drift", [0.01, -0.01])
def test_a_drift_that_no_parcel_shows_is_seen_in_the_three_classes(drift: float) -> None:
    survey = clean_survey()
    for number in range(400):
        survey.parcels.copy_row(
            6, strip(0, 1000 + 80 * number), BSM=f"{620523200100001000 + number}", TBBH=str(100 + number)
        )
    assert "BAL-three-classes" not in {item.code for item in inspected(survey)}
    for row in range(8, 408):
        survey.parcels.add(row, drift, "TBDLMJ")
    found = {item.code: item for item in inspected(survey)}
    assert f"{400 * drift:+.2f} 平方米" in found["BAL-three-classes"].message
    assert "BAL-net-area" not in found


def test_nothing_but_wrong_numbers_stops_a_plan() -> None:
    stops = {
        code
        for code in FAULTS
        if finding_kinds()[code].severity is Severity.ERROR and not code.startswith(("SCH", "DOM-field"))
    }
    assert stops == {"BAL-area-not-positive", "BAL-ridge-exceeds", "LOG-id-twice"}
    survey = clean_survey()
    for changes in (alter("villages", BSM="620523100300000002"), alter(MSSM="02"), alter(row=1, DLMC="")):
        changes(survey)
    assert {item.severity for item in inspected(survey)} == {Severity.WARNING}


def test_a_layer_that_lacks_a_field_is_not_judged_by_it() -> None:
    survey = clean_survey()
    for name in ("KCDLBM", "FRDBS", "GDPDJB", "GDLX", "XZDWKD", "CZCSXM", "TBXHDM"):
        del survey.parcels.columns[name]
    for name in ("DCMJ", "JSMJ"):
        survey.villages.columns[name] = [np.nan] * 2
    assert {item.code for item in inspected(survey)} == {"DOM-field-blank"}
