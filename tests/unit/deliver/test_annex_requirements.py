"""What the annex of the outline asks for, field by field, in the tables of a handmade project."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from handmade_book import rich_book

from fangtian.catalog.code import codes
from fangtian.deliver.present import decide
from fangtian.deliver.tables import all_sheets
from fangtian.deliver.tables.sheet import Sheet
from fangtian.facts.book import FactBook
from fangtian.facts.fact import PLANNED
from fangtian.plan.subprojects import EXISTING_COLUMNS
from fangtian.units import Area

FIELDS = [
    ("D-061", ["试点名称", "甘肃省张家川县龙山镇全域土地综合整治项目"]),
    ("D-062", ["涉及村庄", "上磨村、李家[南]村"]),
    ("D-063", ["涉及的村庄类型", "集聚提升（1个）、特色保护（1个）"]),
    ("D-064", ["乡镇中心点坐标", "东经106°12′33″，北纬34°59′40″"]),
    ("D-065", ["户数（户）", "1234"]),
    ("D-066", ["人口（人）", "5021"]),
    ("D-067", ["预计总投资（万元）", "4600.38"]),
    ("D-067", ["其中：财政投资（万元）", "3600.39"]),
    ("D-067", ["社会投资（万元）", "999.99"]),
    ("D-068", ["实施期限", "3年（2026至2028年）"]),
    ("D-069", ["村庄规划情况", "已有", "调整", "新编"]),
    ("D-069", ["审批日期：2021-12-20", "审批日期：—", "审批日期：—"]),
    ("D-070", ["是否涉及永久基本农田调整", "是"]),
    ("D-071", ["是否涉及权属调整", "否"]),
    ("D-072", ["是否涉及生态红线调整", "否"]),
    ("D-073", ["", "县（市、区）", "试点区域", "整治区域"]),
    ("D-073", ["总面积（公顷）", "131150.1200", "10802.1179", "3600.7059"]),
    ("D-073", ["其中农用地面积（公顷）", "118000.5000", "9000.0000", "3000.0000"]),
    ("D-073", ["耕地（公顷）", "49000.3300", "5811.1111", "1937.0370"]),
    ("D-073", ["永久基本农田（公顷）", "40123.4567", "4012.3457", "1337.4486"]),
    ("D-073", ["建设用地面积（公顷）", "7012.0001", "652.6543", "217.5514"]),
    ("D-073", ["未利用地面积（公顷）", "6137.6199", "200.0001", "66.6667"]),
    ("D-073", ["生态红线划定面积（公顷）", "—", "1000.0000", "333.3333"]),
    ("D-073", ["耕地质量等别", "—", "11.13", "11.13"]),
    ("D-074", ["集中连片度", "耕地地块数", "永久基本农田地块数"]),
    ("D-074", ["整治前", "整治后", "整治前", "整治后"]),
    ("D-074", ["412", "301", "288", "240"]),
    ("D-075", ["整治总规模", "324.5227", "单位：公顷"]),
    ("D-075", ["其中：农用地整理面积（公顷）", "266.6667", ""]),
    ("D-075", ["建设用地整理面积（公顷）", "44.1893", ""]),
    ("D-075", ["未利用地整理面积（公顷）", "13.6667", ""]),
    ("D-076", ["生态修复面积（公顷）", "100.0000", "整治区域内生态修复总面积，可重复统计"]),
    ("D-078", ["提质改造面积（公顷）", "166.6667", ""]),
    ("D-078", ["提升耕地质量等别", "0.30", ""]),
    ("D-079", ["整治后的建设用地面积（公顷）", "105.0000", "整治前建设用地面积217.5514公顷"]),
    ("D-080", ["新增生态用地面积（公顷）", "4.0000", "统计具有生态功能的用地，如林、草、湿地等"]),
    ("D-081", ["四、特点特色"]),
    ("D-081", ["五、预期效益"]),
    ("D-081", ["六、试点负面清单"]),
    ("D-081", ["经逐项自查，不存在负面清单所列情形。"]),
]


@pytest.fixture(scope="module")
def sheets() -> Mapping[str, Sheet]:
    book = rich_book()
    return {sheet.name: sheet for sheet in all_sheets(book, decide(book))}


def rows(sheet: Sheet) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for cell in sorted(sheet.cells, key=lambda cell: (cell.row, cell.col)):
        found.setdefault(cell.row, []).append(cell.text)
    return list(found.values())


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row[0] or row[1], marks=pytest.mark.requirement(name)) for name, row in FIELDS],
)
def test_table_1_has_the_field_filled_from_the_facts(sheets: Mapping[str, Sheet], row: list[str]) -> None:
    assert row in rows(sheets["附表1"])


@pytest.mark.requirement("D-077")
def test_table_1_gives_new_farmland_and_new_basic_farmland_as_area_and_share(
    sheets: Mapping[str, Sheet],
) -> None:
    body = {row[0]: row[1:] for row in rows(sheets["附表1"])}
    area, share, remark = body["新增耕地面积（公顷）及比例（%）"]
    assert (area, share) == ("330.2402", "5.23")
    assert "÷整治前耕地面积" in remark
    assert len(body["新增永久基本农田面积（公顷）及比例（%）"]) == 3


@pytest.mark.requirement("D-075")
def test_table_1_adds_the_three_kinds_of_consolidation_up_as_printed(sheets: Mapping[str, Sheet]) -> None:
    body = {row[0]: row[1] for row in rows(sheets["附表1"]) if len(row) > 1}
    kinds = ("其中：农用地整理面积（公顷）", "建设用地整理面积（公顷）", "未利用地整理面积（公顷）")
    tenths = [round(float(body[name]) * 10_000) for name in ("整治总规模", *kinds)]
    assert tenths[0] == sum(tenths[1:])


@pytest.mark.requirement("D-067")
def test_table_1_adds_public_and_private_money_up_as_printed(sheets: Mapping[str, Sheet]) -> None:
    body = {row[0]: row[1] for row in rows(sheets["附表1"]) if len(row) > 1}
    names = ("预计总投资（万元）", "其中：财政投资（万元）", "社会投资（万元）")
    total, *parts = (round(float(body[name]) * 100) for name in names)
    assert total == sum(parts)


@pytest.mark.requirement("D-087")
def test_the_state_of_an_existing_project_is_one_of_the_four_and_printed_in_table_3(
    sheets: Mapping[str, Sheet],
) -> None:
    (status,) = [column for column in EXISTING_COLUMNS if column.name == "status"]
    assert (status.kind, status.required, status.domain) == ("choice", True, "project_status")
    assert list(codes("project_status")) == ["拟建", "在建", "完工", "验收"]
    printed = {text for row in rows(sheets["附表3"]) for text in row}
    assert printed & set(codes("project_status"))


@pytest.mark.requirement("P-005")
def test_basic_farmland_that_is_moved_is_accounted_for_plot_by_plot(sheets: Mapping[str, Sheet]) -> None:
    body = rows(sheets["附表5"])
    blocks = [word for word in ("新增", "新划定", "调整") if any(word in row for row in body)]
    assert blocks == ["新增", "新划定", "调整"]
    assert sum(any(cell.startswith(("YR", "YC")) for cell in row) for row in body) >= 4


@pytest.mark.requirement("P-006")
def test_table_6_tells_building_land_for_homes_industry_and_common_needs_apart() -> None:
    uses = codes("plot_use")
    assert {"农民建房", "产业发展", "公共服务", "基础设施", "新产业新业态"} == set(uses)
    book = FactBook()
    for hectares, use in enumerate(uses, 1):
        book.measure(("new_construction_use_area", "pilot_area", PLANNED, use), Area.of_ha(hectares), "", "")
    table = next(sheet for sheet in all_sheets(book, decide(book)) if sheet.name == "附表6")
    for hectares, term in enumerate(uses.values(), 1):
        assert any(term in row and f"{hectares}.0000" in row for row in rows(table)), term
