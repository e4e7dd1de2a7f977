"""检查目录逐项：每一种检查都有地方种下过错误并查了出来，旁边没有别的；没种过的一种也不许有。"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from planted_plans import BROKEN, OF_THE_TINY_PLAN, built_over
from planted_shapes import BESIDE, SINGLE
from test_inspection_faults import FAULTS as FIELDS
from test_shape_faults import FAULTS as OUTLINES
from tiny_plan import tiny_plan

from fangtian.catalog.finding import checks
from fangtian.facts.assemble import book_of
from fangtian.plan.checking import inspect_plan
from fangtian.plan.folder import open_plan
from fangtian.plan.survey import read_survey

OF_THE_FACTS = {"LOG-pbf-built-over"}
"""Told when a plan is built: what plots do to the land is not known before."""


@pytest.mark.parametrize("code", SINGLE)
def test_a_single_fault_is_told_and_nothing_beside_it(code: str) -> None:
    found = SINGLE[code]()
    codes = {item.code for item in found}
    if code.startswith("CRS-"):  # where nothing can be measured, what was not looked at is said as well
        codes -= {"FMT-shapes-unchecked"}
    assert codes == {code, *BESIDE.get(code, ())}, [item.message for item in found]


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_of_a_broken_plan_is_told_and_no_other(name: str, tmp_path: Path) -> None:
    broken = BROKEN[name]
    found = inspect_plan(open_plan(tiny_plan(tmp_path / "plan", broken.change))).findings
    codes = {item.code for item in found} - OF_THE_TINY_PLAN
    assert codes == broken.codes | set(broken.beside), [item.message for item in found]
    assert all(item.message and item.remedy for item in found if item.code in broken.codes)


def test_what_plots_do_to_basic_farmland_is_told_when_a_plan_is_built(tmp_path: Path) -> None:
    found = book_of(read_survey(open_plan(tiny_plan(tmp_path, built_over)))).findings
    assert {item.code for item in found} == OF_THE_FACTS


def test_every_check_of_the_catalogue_is_planted_somewhere() -> None:
    of_plans = set().union(*(broken.codes for broken in BROKEN.values()))
    assert {*FIELDS, *OUTLINES, *SINGLE, *of_plans, *OF_THE_FACTS} == {kind.code for kind in checks()}
