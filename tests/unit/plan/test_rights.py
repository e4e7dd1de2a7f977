"""The table of rights: read as filed, held against plan.toml and the plots."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_plan import Draft, tiny_plan

from fangtian.catalog.finding import Finding
from fangtian.errors import InputError
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Survey
from fangtian.plan.rights import RIGHTS_COLUMNS
from fangtian.plan.survey import read_survey
from fangtian.units import Area

HEADER = [column.title for column in RIGHTS_COLUMNS]
ROW = ["宅基地使用权", "P02", "下庄村", "0.2500", "腾退农户", "下庄村股份经济合作社", ""]


def with_rights(*rows: list[Any], adjusted: bool | None = None) -> Callable[[Draft], None]:
    def write(root: Path) -> None:
        with (root / "data" / "rights.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])

    def change(draft: Draft) -> None:
        if adjusted is not None:
            draft.toml += f"[basics]\nownership_adjusted = {str(adjusted).lower()}\n"
        draft.toml += '[tables.rights]\npath = "data/rights.csv"\n'
        draft.extra.append(write)

    return change


def surveyed(root: Path, change: Callable[[Draft], None] | None = None) -> Survey:
    return read_survey(open_plan(tiny_plan(root, change)))


def refused(root: Path, change: Callable[[Draft], None]) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as error:
        surveyed(root, change)
    return tuple(error.value.findings)


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {item.code for item in findings if item.code.startswith(("PLN-rights", "DOM-"))}


def test_a_row_becomes_a_change_of_rights(tmp_path: Path) -> None:
    survey = surveyed(tmp_path, with_rights(ROW, adjusted=True))
    (change,) = survey.rights
    assert (change.type, change.plots, change.area) == ("宅基地使用权", "P02", Area.of_ha("0.25"))
    assert (change.holder_before, change.holder_after) == ("腾退农户", "下庄村股份经济合作社")
    assert codes(survey.findings) == set()
    assert "data/rights.csv" in survey.digests


def test_a_type_that_the_outline_does_not_know_names_those_it_does(tmp_path: Path) -> None:
    found = refused(tmp_path, with_rights(["宅基地所有权", *ROW[1:]]))
    (item,) = [item for item in found if item.code == "DOM-cell-choice"]
    assert item.place.field == "权属类型" and "宅基地使用权" in item.message


@pytest.mark.parametrize("column", [0, 2, 3, 4, 5])
def test_a_blank_cell_is_named(tmp_path: Path, column: int) -> None:
    row = [*ROW]
    row[column] = ""
    found = refused(tmp_path, with_rights(row))
    assert [item.place.field for item in found if item.code == "DOM-cell-blank"] == [HEADER[column]]


def test_plots_that_are_not_there_are_looked_for_but_do_not_stop_the_plan(tmp_path: Path) -> None:
    survey = surveyed(tmp_path, with_rights([ROW[0], "P02、P2", *ROW[2:]], [ROW[0], "", *ROW[2:]]))
    (item,) = [item for item in survey.findings if item.code == "PLN-rights-plot"]
    assert "P2" in item.message and "“P02”" in item.message
    assert len(survey.rights) == 2


def test_rights_that_plan_toml_denies_are_a_contradiction(tmp_path: Path) -> None:
    assert "PLN-rights-denied" in codes(refused(tmp_path, with_rights(ROW, adjusted=False)))


def test_rights_that_are_announced_are_missed(tmp_path: Path) -> None:
    def announced(draft: Draft) -> None:
        draft.toml += "[basics]\nownership_adjusted = true\n"

    assert codes(surveyed(tmp_path / "a", announced).findings) == {"PLN-rights-missing"}
    assert codes(surveyed(tmp_path / "b", with_rights(adjusted=True)).findings) == {"PLN-rights-empty"}
    assert codes(surveyed(tmp_path / "c").findings) == set()


def test_nothing_changes_hands_and_nothing_at_all(tmp_path: Path) -> None:
    same = surveyed(tmp_path / "a", with_rights([*ROW[:5], ROW[4], ""]))
    assert codes(same.findings) == {"PLN-rights-same-holder"}
    found = refused(tmp_path / "b", with_rights([*ROW[:3], "0", *ROW[4:]]))
    assert codes(found) == {"PLN-rights-no-area"}
