"""What plots must say, and what they point to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "hostile"))

from tiny_plan import Draft, Layer, cell, tiny_plan

from fangtian.catalog.finding import Finding, Severity
from fangtian.errors import InputError
from fangtian.plan.folder import open_plan
from fangtian.plan.survey import read_survey


def findings_of(root: Path, change: Callable[[Draft], None]) -> dict[str, Finding]:
    plan = open_plan(tiny_plan(root, change))
    try:
        return {item.code: item for item in read_survey(plan).findings}
    except InputError as error:
        return {item.code: item for item in error.findings}


def set_plot(field: str, row: int, value: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.layers["plots"].columns[field][row] = value

    return change


def test_land_that_changes_needs_its_planned_class(tmp_path: Path) -> None:
    item = findings_of(tmp_path, set_plot("GHDLBM", 0, ""))["LOG-plot-class-blank"]
    assert item.place.feature == "P01" and item.severity is Severity.ERROR and "新增耕地" in item.message


@pytest.mark.parametrize("kind", ["生态修复", "存量盘活", "基础设施", "提质改造"])
def test_land_that_keeps_its_class_needs_none(tmp_path: Path, kind: str) -> None:
    def change(draft: Draft) -> None:
        set_plot("GHDLBM", 2, "")(draft)
        set_plot("ZHKCXS", 2, None)(draft)
        set_plot("DKLX", 2, kind)(draft)

    assert findings_of(tmp_path, change) == {}


@pytest.mark.parametrize(
    ("row", "code", "expected"), [(0, "0301", "耕地（01）"), (1, "0702", "建设用地以外")]
)
def test_kind_and_planned_class_may_not_contradict(
    tmp_path: Path, row: int, code: str, expected: str
) -> None:
    assert expected in findings_of(tmp_path, set_plot("GHDLBM", row, code))["LOG-plot-class-kind"].message


def test_the_year_of_a_plot_lies_within_its_subproject(tmp_path: Path) -> None:
    item = findings_of(tmp_path, set_plot("SSND", 0, 2028))["LOG-plot-year-subproject"]
    assert item.place.feature == "P01" and item.severity is Severity.WARNING


def test_farmland_without_a_ridge_coefficient_is_warned_of(tmp_path: Path) -> None:
    found = findings_of(tmp_path, set_plot("ZHKCXS", 0, None))
    assert set(found) == {"LOG-plot-ridge-blank"} and found["LOG-plot-ridge-blank"].place.feature == "P01"


def test_a_grade_outside_the_fifteen_is_refused(tmp_path: Path) -> None:
    item = findings_of(tmp_path, set_plot("ZHDB", 0, 16))["DOM-field-value"]
    assert item.severity is Severity.ERROR and "1 至 15" in item.message


def test_reclaimed_plots_without_houses_are_remarked_on(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        for field in ("CQFW", "DQHS", "DQRK"):
            set_plot(field, 1, None)(draft)

    assert findings_of(tmp_path, change)["LOG-plot-demolition-blank"].severity is Severity.INFO


def test_unused_land_turned_into_farmland_needs_a_proof(tmp_path: Path) -> None:
    def reclaim(draft: Draft) -> None:
        draft.layers["plots"].shapes[0] = cell(210, 10, 310, 60)

    def prove(draft: Draft) -> None:
        reclaim(draft)
        set_plot("ZMCL", 0, "论证报告")(draft)

    item = findings_of(tmp_path / "a", reclaim)["LOG-plot-unused-unproven"]
    assert item.place.feature == "P01" and "0.5000 公顷" in item.message and "四（四）" in item.message
    assert findings_of(tmp_path / "b", prove) == {}


def moves(draft: Draft, out: Any, into: Any, ids: tuple[str, str] = ("P03", "P01")) -> None:
    draft.layers["basic_farmland_out"] = Layer([out], {"DKBH": [ids[0]], "TCYY": ["零星"]})
    draft.layers["basic_farmland_in"] = Layer([into], {"DKBH": [ids[1]], "TRLX": ["新划定"]})
    for role, name in (("basic_farmland_out", "YJJBNTTC"), ("basic_farmland_in", "YJJBNTTR")):
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'


def test_moves_of_basic_farmland_are_held_against_the_layer(tmp_path: Path) -> None:
    fine = findings_of(tmp_path / "a", lambda d: moves(d, cell(10, 10, 110, 90), cell(0, 210, 150, 280)))
    assert fine == {}
    found = findings_of(tmp_path / "b", lambda d: moves(d, cell(150, 50, 250, 100), cell(0, 90, 100, 110)))
    assert "2500.00 平方米" in found["LOG-pbf-out-elsewhere"].message
    assert "1000.00 平方米" in found["LOG-pbf-in-already"].message
    assert {item.severity for item in found.values()} == {Severity.WARNING}


def test_a_gap_between_parcels_is_measured(tmp_path: Path) -> None:
    found = findings_of(tmp_path, lambda d: d.layers["parcels"].drop(5))
    assert "20000.00 平方米" in found["BAL-parcels-gap"].message


def test_progress_is_told_in_chinese_layer_by_layer(tmp_path: Path) -> None:
    told: list[str] = []
    read_survey(open_plan(tiny_plan(tmp_path)), told.append)
    assert "读取地类图斑（DLTB）" in told and len(told) == 10
