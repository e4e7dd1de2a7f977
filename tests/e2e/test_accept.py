"""fangtian accept、account：终端、Word、Excel、附图和 JSON 说的是同一回事；印出的数都是事实。"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tiny_plan import Draft, cell, tiny_plan, write_table

from fangtian.cli import run
from fangtian.deliver.document.finished import W, document_lines, printed_text, read_word
from fangtian.deliver.document.word.runs import fact_tag
from fangtian.deliver.facts_file import read_facts
from fangtian.deliver.tables import FACT_SHEET

DAY = ("--date", "2027-03-01")
DECIMAL = re.compile(r"-?\d+\.\d{2,}")


def built(draft: Draft) -> None:
    """P01 smaller and over the border, P02 not built."""
    draft.layers["plots"].shapes[0] = cell(0, 230, 150, 295)
    draft.layers["plots"].drop(1)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("accept")
    works = tiny_plan(folder / "竣工", built) / "data" / "base.gpkg"
    return tiny_plan(folder / "批准"), works


@pytest.fixture(scope="module")
def accepted(plans: tuple[Path, Path]) -> Path:
    funds = plans[0].parent / "使用.xlsx"
    write_table(
        funds, [["子项目编号", "年度", "资金来源", "金额（万元）"], ["Z01", 2026, "财政直接投入", 90]]
    )
    assert run(["accept", *map(str, plans), *DAY, "--funds", str(funds)]) == 1  # works beyond the border
    return plans[0] / "验收"


@pytest.fixture(scope="module")
def accounted(plans: tuple[Path, Path]) -> Path:
    assert run(["account", *map(str, plans), "--year", "2026", *DAY]) == 0
    return plans[0] / "年度核算" / "2026"


def printed(folder: Path, facts: str) -> dict[str, str]:
    """Displayed values by address; the file stands by itself."""
    sealed = read_facts(folder / facts)
    assert sealed.findings == () and sealed.book is not None
    return {entry["address"]: entry["shown"] for entry in sealed.entries}


def words_of(path: Path) -> Iterator[str]:
    yield from document_lines(path).values()


def tagged(path: Path) -> tuple[list[tuple[str, str]], str]:
    """Facts of a report with what they print, and all other words."""
    root = read_word(path).root
    found = []
    for control in root.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag").get(f"{W}val")
        content = control.find(f"{W}sdtContent")
        found.append((tag, printed_text(content)))
        control.remove(content)
    return found, "\n".join(printed_text(paragraph) for paragraph in root.iter(f"{W}p"))


def rows_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize(
    ("folder", "report", "workbook", "facts"),
    [
        ("accepted", "整体验收报告.docx", "验收对照表.xlsx", "验收事实.json"),
        ("accounted", "年度核算报告.docx", "年度核算表.xlsx", "核算事实.json"),
    ],
)
@pytest.mark.requirement("D-055")
def test_every_printed_number_is_a_fact(
    folder: str, report: str, workbook: str, facts: str, request: pytest.FixtureRequest
) -> None:
    root: Path = request.getfixturevalue(folder)
    shown = printed(root, facts)
    controls, rest = tagged(root / report)
    by_tag = {fact_tag(address): text for address, text in shown.items()}
    assert controls and all(by_tag[tag] == text for tag, text in controls)
    assert DECIMAL.findall(rest) == []
    book = openpyxl.load_workbook(root / workbook)
    listed = {(row[0], row[1]): (row[2], row[3]) for row in rows_of(book[FACT_SHEET])[1:]}
    assert all(shown[address] == text for address, text in listed.values())
    for sheet in book.worksheets:
        for each in (place for row in sheet.iter_rows() for place in row):
            if isinstance(each.value, int | float) and sheet.title != FACT_SHEET:
                assert float(listed[sheet.title, each.coordinate][1]) == each.value


@pytest.mark.requirement("M-058", "M-061", "M-062", "M-063", "P-042", "P-043")
def test_the_report_concludes_by_article_and_leaves_room_for_the_three_steps(accepted: Path) -> None:
    words = "\n".join(words_of(accepted / "整体验收报告.docx"))
    for part in ("耕地数量不减少", "建设用地总面积不增加", "县级自验", "市级初验", "省级终验"):
        assert part in words
    assert "第二十六条" in words and "未达到" in words


@pytest.mark.requirement("M-073")
def test_works_beyond_the_scope_and_missing_plots_are_problems(accepted: Path) -> None:
    words = "\n".join(words_of(accepted / "整体验收报告.docx"))
    shown = printed(accepted, "验收事实.json")
    outside = shown["built_outside_area@project.actual"]
    assert f"整治区域外建设{outside}公顷" in words and float(outside) > 0
    assert "未建成的地块1组（P02）" in words
    plots = rows_of(openpyxl.load_workbook(accepted / "验收对照表.xlsx")["整治地块"])
    told = {row[1]: row[3] for row in plots if row[0] in ("1", "2", "3")}
    assert told == {"P01": "范围不同", "P02": "未建成", "P03": "按方案建成"}


def test_money_as_spent_stands_beside_the_plan(accepted: Path) -> None:
    shown = printed(accepted, "验收事实.json")
    sides = [shown[f"investment@subproject:Z01.{phase}"] for phase in ("planned", "actual", "deviation")]
    assert sides == ["120.50", "90.00", "-30.50"]
    assert shown["completion_rate[investment]@subproject:Z01.actual"] == "74.69"
    assert shown["investment_social@project.actual"] == "0.00"


def test_the_map_shows_plan_and_works(accepted: Path) -> None:
    assert (accepted / "计划与竣工对照图.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.requirement("M-061")
def test_accept_says_the_same_to_programs(
    plans: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["accept", *map(str, plans), *DAY, "--out", str(tmp_path), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False and "ACC-built-outside" in [item["code"] for item in said["findings"]]
    assert [(item["state"], item["planned"]) for item in said["plots"]] == [
        ("范围不同", ["P01"]),
        ("未建成", ["P02"]),
        ("按方案建成", ["P03"]),
    ]
    shown = printed(tmp_path, "验收事实.json")
    assert not [address for address in shown if address.startswith("investment@") and ".actual" in address]
    words = "\n".join(words_of(tmp_path / "整体验收报告.docx"))
    assert "没有提供资金使用表，只列计划数" in words


@pytest.mark.requirement("M-074")
def test_the_account_of_a_year_leads_to_the_next(
    plans: tuple[Path, Path], accounted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = printed(accounted, "核算事实.json")
    rows = rows_of(openpyxl.load_workbook(accounted / "年度核算表.xlsx")["新增耕地"])
    plots = {row[1]: row for row in rows if row[0] in ("1", "2")}
    assert set(plots) == {"P01", "P03"} and plots["P01"][2] == "上庄村"
    assert plots["P03"][6] == plots["P03"][7] == float(shown["account_ridge_area@plot:P03.year:2026"])
    database = accounted / "核算地块.gpkg"
    arguments = ["account", *map(str, plans), "--year", "2027", "--before", str(database), *DAY]
    assert run([*arguments, "--out", str(tmp_path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["counted"] == [] and "ACC-year-empty" in [item["code"] for item in said["findings"]]
    later = printed(tmp_path, "核算事实.json")
    for key in ("account_new_area", "account_ridge_area"):
        assert later[f"{key}@project.earlier"] == shown[f"{key}@project.year:2026"]
    words = "\n".join(words_of(tmp_path / "年度核算报告.docx"))
    assert "没有重复计入" in words and "市级复核" in words


def test_a_file_that_cannot_be_read_is_one_sentence(
    plans: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "竣工.gpkg"
    broken.write_bytes(b"no database")
    for command in (["accept"], ["account", "--year", "2026"]):
        assert run([*command, str(plans[0]), str(broken), "--out", str(tmp_path / "out")]) == 2
        assert run([*command, str(plans[0]), str(tmp_path / "没有.gpkg")]) == 2
    assert "Traceback" not in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
