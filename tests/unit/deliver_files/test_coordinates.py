"""坐标文件：按定稿的界线写，面积是界线自身的面积；改一位数字、漏一个地块，都指出文件和行。"""

from __future__ import annotations

import csv
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parents[2] / "hostile"))
from tiny_plan import Draft, Layer, cell, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.catalog.finding import Finding
from fangtian.deliver.coordinates import (
    COMPARISON_COLUMNS,
    COMPARISON_FILE,
    COORDINATE_FILES,
    CoordinateSheet,
    coordinate_sheets,
    txt_parts,
    write_coordinates,
)
from fangtian.deliver.database import DATABASE_FILE, write_database
from fangtian.deliver.facts_file import FACTS_FILE, write_facts
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide
from fangtian.deliver.verify.coordinates import check_comparison, check_coordinates
from fangtian.deliver.verify.sealed import Sealed, read_sealed
from fangtian.errors import InputError
from fangtian.formats.boundary_reading import read_boundary_txt
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.folder import open_plan

PLOTS, AREA = COORDINATE_FILES["plots"], COORDINATE_FILES["consolidation_area"]
HOLED = cell(10, 10, 110, 90).difference(cell(40, 40, 60, 60))


def moved_farmland(draft: Draft) -> None:
    """Basic farmland moved out and in, a plot with a hole, and a comma in a name."""
    draft.layers["plots"].shapes[2] = HOLED
    draft.tables["subprojects"][1][1] = "上庄村农用地整理,一期"
    draft.layers["basic_farmland_out"] = Layer(
        [cell(150, 0, 200, 100)],
        {"DKBH": ["TC01"], "TCYY": ["零星"], "TCYT": ["保留为一般耕地"]},
        name="YJJBNTTC",
    )
    draft.layers["basic_farmland_in"] = Layer(
        [cell(20, 215, 120, 275)], {"DKBH": ["TR01"], "TRLX": ["新划定"]}, name="YJJBNTTR"
    )
    for role, name in (("basic_farmland_out", "YJJBNTTC"), ("basic_farmland_in", "YJJBNTTR")):
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return assess(
        open_plan(tiny_plan(tmp_path_factory.mktemp("p") / "plan", moved_farmland)), date(2026, 3, 1)
    )


def sheets_of(dossier: Dossier) -> dict[str, CoordinateSheet]:
    return {sheet.file: sheet for sheet in coordinate_sheets(dossier, origin_of(dossier))}


def write(folder: Path, dossier: Dossier) -> tuple[str, ...]:
    presentation, origin = decide(dossier.book), origin_of(dossier)
    write_facts(folder / FACTS_FILE, dossier.book, presentation, origin)
    write_database(folder / DATABASE_FILE, dossier, presentation, origin)
    return write_coordinates(folder, coordinate_sheets(dossier, origin), presentation)


@pytest.fixture(scope="module")
def made(moved: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coordinates")
    write(folder, moved)
    return folder


@pytest.fixture
def build(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "build"))


@pytest.fixture
def sealed(made: Path) -> Sealed:
    return read_sealed(made)[0]


@pytest.fixture
def spoilt(build: Path, sealed: Sealed) -> Callable[[str, str, str], list[Finding]]:
    def change(name: str, old: str, new: str) -> list[Finding]:
        data = (build / name).read_bytes()
        assert old.encode("gbk") in data, old
        (build / name).write_bytes(data.replace(old.encode("gbk"), new.encode("gbk"), 1))
        return list(check_coordinates(build / name, name, sealed))

    return change


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.requirement("D-060")
def test_every_layer_of_the_plan_has_its_file(made: Path, moved: Dossier, tmp_path: Path) -> None:
    names = write(tmp_path, moved)
    assert set(names) == {*COORDINATE_FILES.values(), COMPARISON_FILE}
    assert [name for name in names if (made / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_a_plan_without_moved_farmland_has_no_files_of_it(dossier: Dossier, tmp_path: Path) -> None:
    names = write(tmp_path, dossier)
    assert set(names) == {AREA, COORDINATE_FILES["pilot_area"], PLOTS, COMPARISON_FILE}


def test_attributes_come_from_the_layers(made: Path) -> None:
    told = {
        name: [(p.id, p.name, p.use, p.land_class) for p in read_boundary_txt(made / name).plots]
        for name in COORDINATE_FILES.values()
    }
    assert told[PLOTS] == [
        ("P01", "上庄村农用地整理，一期", "新增耕地", "0103"),
        ("P02", "下庄村拆旧复垦", "拆旧复垦", "0301"),
        ("P03", "上庄村农用地整理，一期", "提质改造", "0103"),
    ]
    assert told[AREA] == [("1", "整治区域", "整治区域", "")]
    assert told[COORDINATE_FILES["basic_farmland_out"]] == [
        ("TC01", "永久基本农田调出地块", "保留为一般耕地", "")
    ]
    assert told[COORDINATE_FILES["basic_farmland_in"]] == [("TR01", "永久基本农田调入地块", "新划定", "")]


def test_areas_are_those_of_the_written_ring_and_stand_beside_the_facts(made: Path, moved: Dossier) -> None:
    back = read_boundary_txt(made / PLOTS)
    assert back.header.unit == "测试设计院" and back.header.date == "2026-3-1" and not back.findings
    for plot in back.plots:
        (area,) = official_areas([plot.geometry], crs_of(4523))
        assert f"{plot.area:.4f}" == f"{(area + 50) // 100 / 10_000:.4f}"
    with (made / COMPARISON_FILE).open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COMPARISON_COLUMNS
    by_plot = {row[1]: row for row in rows}
    fact = decide(moved.book)["plot_area@plot:P03.planned"].text
    assert by_plot["P03"][6:8] == ["地块面积", fact] and by_plot["P03"][9] == "plot_area@plot:P03.planned"
    assert float(by_plot["P03"][8]) == pytest.approx(float(by_plot["P03"][4]) - float(fact), abs=1e-9)
    assert any(row[4] != row[5] for row in rows), "ellipsoidal and plane area"
    assert by_plot["TC01"][6] == "永久基本农田调出面积" and by_plot["TC01"][8] == "", (
        "net areas are another thing"
    )


def test_plane_areas_and_four_decimals_where_the_plan_says_so(dossier: Dossier, tmp_path: Path) -> None:
    plan = replace(dossier.plan, boundary_area="planar", boundary_decimals=4)
    planar = replace(dossier, survey=replace(dossier.survey, plan=plan))
    write(tmp_path, planar)
    back = read_boundary_txt(tmp_path / PLOTS)
    assert back.header.decimals == 4
    assert all(abs(float(plot.area or 0) - plot.geometry.area / 10_000) < 6e-5 for plot in back.plots)
    sealed, _ = read_sealed(tmp_path)
    assert list(check_coordinates(tmp_path / PLOTS, PLOTS, sealed)) == []
    assert list(check_comparison(tmp_path / COMPARISON_FILE, COMPARISON_FILE, sealed)) == []


def test_the_option_is_read_from_the_plan_and_a_wrong_one_explained(tmp_path: Path) -> None:
    def chosen(words: str) -> Callable[[Draft], None]:
        def change(draft: Draft) -> None:
            draft.toml = draft.toml.replace('discount_rate = "5%"\n', f'discount_rate = "5%"\n{words}\n')

        return change

    root = tiny_plan(tmp_path / "a", chosen('boundary_area = "planar"\nboundary_decimals = 4'))
    assert (open_plan(root).boundary_area, open_plan(root).boundary_decimals) == ("planar", 4)
    for words in ('boundary_area = "plane"', "boundary_decimals = 2", "boundary_area = 5"):
        with pytest.raises(InputError) as error:
            open_plan(tiny_plan(tmp_path / words[-3:].strip('"'), chosen(words)))
        assert "boundary_" in str(error.value)


def test_eastings_without_zone_get_it(tmp_path: Path) -> None:
    def plain(draft: Draft) -> None:
        for layer in draft.layers.values():
            layer.shapes = [shapely.transform(s, lambda xy: xy - [35_000_000, 0]) for s in layer.shapes]
            layer.epsg = 4544
        draft.toml = draft.toml.replace("EPSG:4523", "EPSG:4544")

    dossier = assess(open_plan(tiny_plan(tmp_path / "plan", plain)), date(2026, 3, 1))
    folder = tmp_path / "build"
    folder.mkdir()
    write(folder, dossier)
    text = (folder / PLOTS).read_bytes().decode("gbk")
    assert ",35450" in text and "带号=35" in text
    sealed, _ = read_sealed(folder)
    assert list(check_coordinates(folder / PLOTS, PLOTS, sealed)) == []


def test_a_ring_that_reaches_beyond_the_parcels_is_remarked_on(dossier: Dossier) -> None:
    assert all(not sheet.findings for sheet in sheets_of(dossier).values())
    plots = dossier.survey.layers["plots"]
    shapes = plots.geometry.copy()
    shapes[1] = cell(250, 110, 300, 400)
    layers = {**dossier.survey.layers, "plots": replace(plots, geometry=shapes)}
    wide = replace(dossier, survey=replace(dossier.survey, layers=layers))
    (found,) = sheets_of(wide)[PLOTS].findings
    assert found.code == "BND-area-differs" and "P02" in found.message and found.place.feature == "P02"


# ── planted faults ───────────────────────────────────────────────────────────────────────────────────────


def test_finished_files_are_sound(made: Path, sealed: Sealed) -> None:
    for name in COORDINATE_FILES.values():
        assert list(check_coordinates(made / name, name, sealed)) == []
    assert list(check_comparison(made / COMPARISON_FILE, COMPARISON_FILE, sealed)) == []


@pytest.mark.parametrize("seed", range(40))
def test_one_wrong_digit_anywhere_is_named_in_its_file(build: Path, sealed: Sealed, seed: int) -> None:
    chance = random.Random(seed)
    name = chance.choice(list(COORDINATE_FILES.values()))
    data = (build / name).read_bytes()
    at = chance.choice([n for n, byte in enumerate(data) if chr(byte).isdigit() and byte < 128])
    wrong = chance.choice([digit for digit in b"0123456789" if digit != data[at]])
    parts = txt_parts(build / name)
    (build / name).write_bytes(data[:at] + bytes([wrong]) + data[at + 1 :])
    found = list(check_coordinates(build / name, name, sealed))
    line = data[:at].count(b"\n") + 1
    assert found and all(item.place.file == name for item in found)
    named = {item.place.field.split(" ")[0] for item in found}
    assert f"第{line}行" in named or {item.code for item in found} & {"BND-plot-missing", "BND-grammar"}, (
        data.split(b"\n")[line - 1], [item.message for item in found]
    )  # fmt: skip
    before, after = parts, txt_parts(build / name)
    assert {number for number in before if before[number] != after[number]} == {str(line)}


def test_a_missing_plot_is_named(build: Path, sealed: Sealed) -> None:
    text = (build / PLOTS).read_bytes().decode("gbk")
    second, third = (text.rindex("\r\n", 0, text.index(name)) + 2 for name in ("P02", "P03"))
    (build / PLOTS).write_bytes((text[:second] + text[third:]).encode("gbk"))
    (found,) = check_coordinates(build / PLOTS, PLOTS, sealed)
    assert found.code == "BND-plot-missing" and "P02" in found.message


def test_a_strange_plot_is_named(spoilt: Callable[[str, str, str], list[Finding]]) -> None:
    found = spoilt(PLOTS, ",P02,", ",P09,")
    assert {(item.code, item.place.feature) for item in found} == {
        ("BND-plot-missing", "P02"),
        ("BND-plot-extra", "P09"),
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("计量单位=米", "计量单位=厘米", "计量单位=厘米"),
        ("数据产生单位=测试设计院", "数据产生单位=别的设计院", "别的设计院"),
        ("数据产生日期=2026-3-1", "数据产生日期=2026-3-2", "2026-3-2"),
        ("带号=35", "带号=36", "第 36 带"),
        ("精度=0.001", "精度=0.0001", "不合格式"),
        ("转换参数=,,,,,,", "转换参数=1,,,,,,", "转换参数=1"),
        ("新增耕地,0103", "提质改造,0103", "提质改造"),
        ("提质改造,0103", "提质改造,0101", "地类编码"),
        ("一期,面", "二期,面", "地块名称"),
        ("J2,1,", "J3,1,", "点号圈号"),
        (",@\r\n", ",@ \r\n", "不合格式"),
        ("\r\nJ2", "\nJ2", "行尾"),
        ("J1,1,", "J01,1,", "不合格式"),
    ],
)
def test_what_breaks_header_grammar_or_attributes_is_named(
    spoilt: Callable[[str, str, str], list[Finding]], old: str, new: str, words: str
) -> None:
    found = spoilt(PLOTS, old, new)
    assert found and any(words in item.message for item in found), [item.message for item in found]
    assert len(found) <= 25


def test_rings_out_of_order_and_open_rings_are_named(build: Path, sealed: Sealed) -> None:
    text = (build / PLOTS).read_bytes().decode("gbk")
    lines = text.split("\r\n")
    last = next(n for n, line in enumerate(lines) if ",P01," in line) + 5
    (build / PLOTS).write_bytes("\r\n".join(lines[:last] + lines[last + 1 :]).encode("gbk"))
    found = list(check_coordinates(build / PLOTS, PLOTS, sealed))
    assert any("没有闭合" in item.message for item in found) and any("实有 4 行" in i.message for i in found)


def test_whoever_moves_a_border_and_its_area_is_betrayed_by_the_database(
    build: Path, moved: Dossier, sealed: Sealed
) -> None:
    plots = moved.survey.layers["plots"]
    shapes = plots.geometry.copy()
    shapes[0] = cell(0, 210, 150.05, 280)
    layers = {**moved.survey.layers, "plots": replace(plots, geometry=shapes)}
    forged = replace(moved, survey=replace(moved.survey, layers=layers))
    write_coordinates(build, coordinate_sheets(forged, origin_of(forged)), decide(moved.book))
    found = list(check_coordinates(build / PLOTS, PLOTS, sealed))
    assert {item.code for item in found} == {"BND-point-differs"}
    assert {item.place.feature for item in found} == {"P01"}


def test_a_changed_cell_of_the_comparison_is_named(build: Path, sealed: Sealed) -> None:
    path = build / COMPARISON_FILE
    text = path.read_text(encoding="utf-8-sig")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    for column in (1, 3, 4, 5, 7):
        spoilt = [list(row) for row in rows]
        cell_text = spoilt[3][column]
        spoilt[3][column] = cell_text[:-1] + ("1" if cell_text[-1] != "1" else "2")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(spoilt)
        found = list(check_comparison(path, COMPARISON_FILE, sealed))
        assert found and all("第4行" in item.place.field for item in found), column
    path.write_text(text.rsplit("\n", 2)[0] + "\n", encoding="utf-8-sig")
    assert any("行数" in item.message for item in check_comparison(path, COMPARISON_FILE, sealed))


def test_the_comparison_stands_by_itself_where_a_boundary_file_is_broken_or_gone(
    build: Path, sealed: Sealed
) -> None:
    (build / PLOTS).write_bytes(b"")
    assert list(check_comparison(build / COMPARISON_FILE, COMPARISON_FILE, sealed)) == []
    (build / PLOTS).unlink()
    assert list(check_comparison(build / COMPARISON_FILE, COMPARISON_FILE, sealed)) == []
