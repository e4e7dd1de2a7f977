"""plan.toml: every mistake at once, each in one sentence that names key, value and what is expected."""

from __future__ import annotations

import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fangtian.catalog.finding import Finding
from fangtian.catalog.layer import layer_specs
from fangtian.errors import InputError
from fangtian.plan.explain import explain, nearest, without_echoes
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Plan
from fangtian.plan.schema import PlanFile
from fangtian.units import Area

HEAD = """
[plan]
name = "上庄镇全域土地综合整治项目"
unit = "测试设计院"
regime = ["gansu-measures-2025", "pilot-2021"]
base_year = 2024
period = [2026, 2028]
crs = "EPSG:4523"
county = "620523"
townships = ["620523102"]
"""
ROLES = [role for role, spec in layer_specs().items() if spec.required]
LAYERS = "".join(f'[layers.{role}]\npath = "data/base.gpkg"\n' for role in ROLES)
TABLES = '[tables.subprojects]\npath = "data/sub.xlsx"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("base.gpkg", "sub.xlsx", "dem.tif"):
        (tmp_path / "data" / name).write_bytes(b"")
    return tmp_path


def opened(folder: Path, text: str) -> Plan:
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return open_plan(folder)


def refused(folder: Path, text: str) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as error:
        opened(folder, text)
    assert all(item.place.file == "plan.toml" and item.remedy for item in error.value.findings)
    return error.value.findings


def messages(findings: tuple[Finding, ...]) -> str:
    return "\n".join(item.message for item in findings)


def test_a_plan_with_the_least_it_needs_is_opened(folder: Path) -> None:
    plan = opened(folder, HEAD + LAYERS + TABLES)
    assert plan.period == (2026, 2028) and list(plan.years) == [2026, 2027, 2028]
    assert plan.crs.zone == 35 and plan.outline == "outline-2021"
    assert plan.regimes == ("gansu-measures-2025", "pilot-2021")
    assert plan.layers["parcels"].path == folder / "data" / "base.gpkg"
    assert plan.county_land is None and plan.pbf_designated is None and plan.findings == ()


def test_every_optional_key_arrives_exactly(folder: Path) -> None:
    head = HEAD + 'pbf_designated_ha = "1234.56789"\ndiscount_rate = "4.5%"\njoin_gap_m = "12.5"\n'
    head += "block_sizes_mu = [5, 15]\n"
    rest = """
[basics]
center = "104.5, 35.6"
ownership_adjusted = true
[[basics.planning]]
status = "已有"
approved = 2025-06-30
[[basics.planning]]
status = "调整"
approved = "2024-01-02"
[county_land]
source = "2024年度国土变更调查"
total_ha = "100.01"
cultivated_grade = "11.52"
[layers.dem]
path = "data/dem.tif"
"""
    layers = LAYERS.replace(
        "[layers.parcels]\n",
        '[layers.parcels]\nlayer = "X"\nfields = { area = "MJ" }\nencoding = "GBK"\nstandin = "替代"\n',
    )
    plan = opened(folder, head + layers + TABLES + rest)
    assert plan.pbf_designated == Area.of_ha("1234.56789") and plan.discount_rate == Fraction(9, 200)
    assert plan.join_gap == Fraction(25, 2) and plan.block_sizes == (5, 15)
    assert [entry.approved for entry in plan.basics.planning] == [date(2025, 6, 30), date(2024, 1, 2)]
    assert plan.basics.ownership_adjusted is True and plan.basics.center == "104.5, 35.6"
    assert plan.county_land is not None and plan.county_land.total == Area.of_ha("100.01")
    assert plan.county_land.cultivated_grade == Fraction("11.52") and plan.county_land.unused is None
    parcels = plan.layers["parcels"]
    assert (parcels.layer, dict(parcels.fields), parcels.encoding, parcels.standin) == (
        "X",
        {"area": "MJ"},
        "GBK",
        "替代",
    )
    assert plan.layers["dem"].path.name == "dem.tif"


def test_plan_toml_itself_may_be_named(folder: Path) -> None:
    (folder / "plan.toml").write_text(HEAD + LAYERS + TABLES, encoding="utf-8-sig")
    assert open_plan(folder / "plan.toml").root == folder


def test_an_unknown_key_brings_the_nearest_one_and_no_second_sentence(folder: Path) -> None:
    findings = refused(folder, HEAD.replace("base_year", "base_yaer") + LAYERS + TABLES)
    assert [item.message for item in findings] == ["[plan] 中的键“base_yaer”不认识，是否要写“base_year”？"]


def test_an_unknown_layer_table_or_field_brings_the_nearest_one(folder: Path) -> None:
    layers = LAYERS.replace("[layers.plots]", "[layers.plot]").replace(
        "[layers.villages]\n", '[layers.villages]\nfields = { vilage_name = "CM" }\n'
    )
    text = messages(refused(folder, HEAD + layers + TABLES + '[tables.fund]\npath = "data/sub.xlsx"\n'))
    assert "“plot”不认识，是否要写“plots”" in text and "是否要写“village_name”" in text
    assert "“fund”不认识，是否要写“funds”" in text and "缺少 [layers.plots]" not in text


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[2026, 2028]", "[2028, 2026]", "首年不晚于末年"),
        ("[2026, 2028]", "[2026]", "两个四位整数"),
        ("[2026, 2028]", "[26, 28]", "两个四位整数"),
        ("= 2024", '= "2024"', "四位整数"),
        ("= 2024", "= 1924", "四位整数"),
        ("= 2024", "= 2027", "基期年 2027 晚于实施期第一年 2026"),
        ('"EPSG:4523"', '"EPSG:2360"', "1980西安坐标系"),
        ('"EPSG:4523"', '"EPSG:4326"', "WGS 84"),
        ('"EPSG:4523"', '"EPSG:4490"', "投影带"),
        ('"620523"\n', '"62052"\n', "6位数字"),
        ('"620523"\n', "620523\n", "带引号的6位数字"),
        ('["620523102"]', "[]", "乡镇代码"),
        ('["620523102"]', '["620523102", "6205"]', "townships 第2项"),
        ('"pilot-2021"', '"pilot-2012"', "是否要写“pilot-2021”"),
        ('"测试设计院"', '""', "编制单位"),
    ],
)
def test_a_value_that_does_not_fit_is_shown_with_what_is_expected(
    folder: Path, old: str, new: str, expected: str
) -> None:
    assert old in HEAD
    findings = refused(folder, HEAD.replace(old, new) + LAYERS + TABLES)
    assert len(findings) == 1 and expected in findings[0].message


@pytest.mark.parametrize("line", ["discount_rate = 0.05", "join_gap_m = 12.5", "pbf_designated_ha = 1234.5"])
def test_a_float_where_exactness_counts_is_explained(folder: Path, line: str) -> None:
    (item,) = refused(folder, HEAD + line + "\n" + LAYERS + TABLES)
    assert item.code == "PLN-inexact" and "引号" in item.remedy


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[plan]\nname = 项目\n", "第2行第8列"),
        ('[plan]\nname＝"x"\n', "等号、引号和括号须用半角"),
        ('[plan]\nname = "x"\nname = "y"\n', "同一个键写了两次"),
        ("[plan\n", "第1行"),
        ("", "[plan]"),
    ],
)
def test_a_syntax_error_says_line_and_column(folder: Path, text: str, place: str) -> None:
    assert place in messages(refused(folder, text)) or not text


@pytest.mark.parametrize(
    "path", ["../base.gpkg", "/etc/passwd", "C:\\\\base.gpkg", "data/../../x", "..\\\\base.gpkg"]
)
def test_a_path_may_not_leave_the_folder(folder: Path, path: str) -> None:
    (item,) = refused(folder, HEAD + LAYERS + TABLES.replace("data/sub.xlsx", path))
    assert item.code == "PLN-path-outside"


def test_a_link_that_leaves_the_folder_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "x.gpkg"
    target.write_bytes(b"")
    (folder / "data" / "link.gpkg").symlink_to(target)
    (item,) = refused(folder, HEAD + LAYERS + TABLES.replace("data/sub.xlsx", "data/link.gpkg"))
    assert item.code == "PLN-path-outside"


def test_windows_separators_within_the_folder_are_fine(folder: Path) -> None:
    plan = opened(folder, HEAD + LAYERS + TABLES.replace("data/sub.xlsx", "data\\\\sub.xlsx"))
    assert plan.tables["subprojects"].path == folder / "data" / "sub.xlsx"


def test_an_absent_file_is_named(folder: Path) -> None:
    (item,) = refused(folder, HEAD + LAYERS + TABLES.replace("sub.xlsx", "subs.xlsx"))
    assert item.code == "PLN-path-absent" and "data/subs.xlsx" in item.message


def test_all_mistakes_are_reported_at_once(folder: Path) -> None:
    head = HEAD.replace("2028]", "2025]").replace('"EPSG:4523"', '"x"').replace('"620523"\n', '"1"\n')
    codes = {item.code for item in refused(folder, head + "zzz = 1\n" + LAYERS.replace("data/", "date/"))}
    assert codes == {"PLN-value", "PLN-key-unknown", "PLN-path-absent", "PLN-table-missing"}


def test_required_layers_and_the_table_of_subprojects_must_be_named(folder: Path) -> None:
    findings = refused(folder, HEAD + "[layers]\n")
    assert {item.values["role"] for item in findings if item.code == "PLN-layer-missing"} == set(ROLES)
    assert "PLN-table-missing" in {item.code for item in findings}


def test_a_folder_without_plan_toml_points_to_init(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError) as error:
            open_plan(path)
        assert "fangtian init" in error.value.findings[0].remedy


def test_county_figures_that_do_not_add_up_are_remarked_on(folder: Path) -> None:
    land = '[county_land]\nsource = "x"\ntotal_ha = "10"\nagricultural_ha = "5"\n'
    land += 'construction_ha = "3"\nunused_ha = "1.5"\n'
    (remark,) = opened(folder, HEAD + LAYERS + TABLES + land).findings
    assert "9.5 公顷" in remark.message and "10 公顷" in remark.message


def test_nearest_says_nothing_rather_than_nonsense() -> None:
    assert nearest("county_code", ["county", "name"]) == "county"
    assert nearest("xyz", ["county", "name"]) == ""


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5000),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(["path", "x"]), st.integers(), max_size=2),
)
PLACES = """
plan layers tables basics county_land plan.crs plan.period plan.townships plan.regime plan.outline plan.x
plan.discount_rate plan.block_sizes_mu layers.parcels layers.parcels.path layers.parcels.fields
layers.parcels.encoding tables.funds basics.planning county_land.total_ha
""".split()


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=4))
def test_whatever_stands_in_plan_toml_is_explained(junk: list[tuple[str, object]]) -> None:
    document = tomllib.loads(HEAD + LAYERS + TABLES + "[basics]\n[county_land]\nsource = 'x'\n")
    for place, value in junk:
        table, path = document, place.split(".")
        for key in path[:-1]:
            table = table.get(key, {}) if isinstance(table, dict) else {}
        if isinstance(table, dict):
            table[path[-1]] = value
    try:
        PlanFile.model_validate(document, context={"root": Path("/nowhere")})
    except ValidationError as error:
        found = without_echoes(explain(error, document))
        assert found and all(item.message and item.remedy for item in found)


@pytest.mark.parametrize("text", ["layers = 5\n", "tables = []\n", "plan = 1\n", "[layers]\nparcels = 3\n"])
def test_a_table_that_is_no_table_is_explained(folder: Path, text: str) -> None:
    assert refused(folder, text)
