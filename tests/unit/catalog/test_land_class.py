"""Land classes: groups are looked up, three classes follow the base year."""

from __future__ import annotations

import pytest

from fangtian.catalog.land_class import (
    is_construction,
    is_cultivated,
    is_ecological,
    land_classes,
    level1_of,
    level2_of,
    three_class_of,
)
from fangtian.errors import FangtianError

WETLAND = {"0303", "0304", "0306", "0402", "0603", "1105", "1106", "1108"}
LEAVES = [code for code, entry in land_classes().items() if entry.level > 1 or code == "09"]


def test_the_survey_has_13_groups_55_classes_and_13_suffixed_classes():
    levels = [entry.level for entry in land_classes().values()]
    assert (levels.count(1), levels.count(2), levels.count(3)) == (13, 55, 13)


def test_wetland_classes_count_to_group_00_whatever_their_number():
    assert {code for code in LEAVES if level1_of(code) == "00"} == WETLAND


def test_every_class_has_a_group_and_every_parent_exists():
    for code, entry in land_classes().items():
        assert land_classes()[level1_of(code)].level == 1
        assert not entry.parent or entry.parent in land_classes()


def test_suffixed_classes_belong_to_the_class_they_come_from():
    assert {level2_of(code) for code in ("0201K", "1104A", "1104K", "08H2A")} == {"0201", "1104", "08H2"}


@pytest.mark.parametrize(
    ("year", "expected"), [(2019, "未利用地"), (2022, "未利用地"), (2023, "农用地"), (2024, "农用地")]
)
def test_other_grassland_became_agricultural_in_2023(year, expected):
    assert three_class_of("0404", year) == expected


def test_nothing_else_moved_in_2023():
    moved = {code for code in LEAVES if three_class_of(code, 2022) != three_class_of(code, 2023)}
    assert moved == {"0404"}


def test_every_leaf_has_one_of_three_classes():
    assert {three_class_of(code, year) for code in LEAVES for year in (2022, 2023)} == {
        "农用地",
        "建设用地",
        "未利用地",
    }


def test_a_group_of_mixed_classes_has_no_three_class():
    with pytest.raises(FangtianError, match=r"10 交通运输用地.*三大类"):
        three_class_of("10", 2024)


def test_salt_pans_are_construction_land_and_rural_roads_are_not():
    assert is_construction("0603", 2024) and is_construction("1201", 2024) and is_construction("1109", 2024)
    assert not is_construction("1006", 2024) and not is_construction("1202", 2024)


def test_cultivated_land_is_group_01_only():
    assert {code for code in LEAVES if is_cultivated(code)} == {"0101", "0102", "0103"}


def test_ecological_land_is_wetland_forest_and_grass():
    groups = {level1_of(code) for code in LEAVES if is_ecological(code)}
    assert groups == {"00", "03", "04"}


def test_a_code_outside_the_survey_is_named():
    with pytest.raises(FangtianError, match="9999"):
        level1_of("9999")
