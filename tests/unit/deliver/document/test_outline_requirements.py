"""What the texts ask of the plan's words beyond single headings: shown by the drafts of one plan."""

from __future__ import annotations

import re

import pytest
from busy_plan import busy
from test_drafts import ON, Told, headings, told
from tiny_plan import tiny_plan

from fangtian.assess import assess
from fangtian.deliver.document.blocks import Grid
from fangtian.plan.folder import open_plan


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(assess(open_plan(tiny_plan(tmp_path_factory.mktemp("busy") / "plan", busy)), ON))


def chapter(said: Told, number: str) -> str:
    return "\n".join(said.text(heading.id) for heading in headings() if heading.id.split(".")[0] == number)


def printed(said: Told, address: str, form: str = "ha_mu") -> str:
    return said.desk.presentation.text(address, form)


@pytest.mark.requirement("D-005")
def test_the_abstract_says_of_each_of_the_four_adjustments_whether_it_is_made_and_asks_for_approvals(
    said: Told,
) -> None:
    text = said.text("0")
    moved = [printed(said, f"pbf_{way}_area@pilot_area.planned") for way in ("out", "in")]
    assert f"涉及永久基本农田布局优化，调出{moved[0]}、调入{moved[1]}" in text
    assert "涉及建设用地布局优化；不涉及生态保护红线调整" in text
    assert "是否涉及土地权属调整，经核实后确认" in text  # the plan does not say
    assert "上述事项的批准情况（批准机关、日期、文号）" in text


@pytest.mark.requirement("D-006")
def test_the_abstract_gives_the_change_of_patches_area_quality_and_ecology(said: Told) -> None:
    text = said.text("0")
    area = [printed(said, f"pbf_area@pilot_area.{phase}") for phase in ("before", "planned")]
    fields = [printed(said, f"cultivated_area@consolidation_area.{phase}") for phase in ("before", "planned")]
    assert f"永久基本农田面积由{area[0]}增加到{area[1]}" in text
    assert f"耕地面积由{fields[0]}增加到{fields[1]}" in text
    assert re.search(r"整治区域耕地地块数由\d+个增加到\d+个", text)
    assert re.search(r"耕地平均质量等别由\d+\.\d\d等提高到\d+\.\d\d等", text)
    assert re.search(r"生态用地面积由\S+减少到", text)


@pytest.mark.requirement("D-011", "D-010")
def test_land_use_is_told_of_both_areas_and_down_to_the_plot(said: Told) -> None:
    text = said.text("1.2.2")
    for scope, name in (("pilot_area", "试点区域"), ("consolidation_area", "整治区域")):
        assert f"{name}土地总面积{printed(said, f'total_area@{scope}.before')}，涉及地类图斑" in text
    assert "具体地块见数据库的永久基本农田图层" in text
    works = [x.block for x in said.bodies["5.2.1"] if isinstance(x.block, Grid)]
    assert {"P01", "P03"} <= set(texts(works))


def texts(grids: list[Grid]) -> list[str]:
    return ["".join(span.text for span in entry.spans) for grid in grids for entry in grid.entries]


@pytest.mark.requirement("P-002")
def test_the_three_parts_of_consolidation_have_their_own_works_and_come_after_protection(said: Told) -> None:
    parts = {heading.text.partition(".")[2] for heading in headings() if heading.id.startswith("5.2.")}
    assert {"农用地整理", "建设用地整理", "乡村生态保护修复"} <= parts
    assert "坚持耕地保护优先和生态保护优先" in chapter(said, "1")
    assert "优化生产、生活、生态空间格局" in said.text("4.1.1")


@pytest.mark.requirement("P-003")
def test_the_goals_name_thrifty_use_of_land_and_the_revival_of_villages(said: Told) -> None:
    goals = said.text("4.1.1")
    assert "土地节约集约利用" in goals
    assert "助推乡村振兴" in goals


@pytest.mark.requirement("P-006")
def test_every_kind_of_consolidation_is_held_against_the_plans_for_the_territory(said: Told) -> None:
    text = said.text("5.1")
    assert "以实施国土空间规划为统领" in said.text("4.1.1")
    for matter in ("整治区域", "永久基本农田", "建设用地规模", "农用地整理", "建设用地整理"):
        assert re.search(rf"^{matter}$", text, re.MULTILINE), matter
    assert "县、乡镇级国土空间总体规划的规定" in text


@pytest.mark.requirement("M-023")
def test_the_plan_has_layout_goals_contents_standards_projects_money_and_years(said: Told) -> None:
    assert "空间格局优化" in said.text("3.1")
    assert "底线约束，耕地数量不减少、质量有提升、生态有改善，整治区域内建设用地面积不增加" in said.text(
        "3.1"
    )
    assert "总体目标定位" in said.text("4.1.1")
    assert "设计标准" in said.text("5.2.1")
    assert "上庄村农用地整理" in said.text("5.2.1")
    assert printed(said, "investment@project.planned", "unit") in said.text("6.1")
    assert "2026年至2028年" in said.text("0")
    assert {"不符合", "符合"} & {opinion.verdict for opinion in said.desk.opinions}
