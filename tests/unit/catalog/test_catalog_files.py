"""The whole catalogue holds together: every file loads, codes are unique, sources and domains are known."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from fangtian.catalog.code import code_entries, codes, domains, is_code_list
from fangtian.catalog.division import division_name, division_path, divisions
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.map_style import map_styles
from fangtian.catalog.official import official_layers
from fangtian.catalog.quantity import quantities
from fangtian.catalog.reference_system import reference_systems
from fangtian.catalog.resource import csv_rows
from fangtian.catalog.source import TRUST_GRADES, source_of, sources
from fangtian.catalog.typography import font_sizes, fonts

OPEN_MEMBERS = {"block_mu", "cash_item"}  # plan.toml and the cash-flow table say which
OPEN_MEMBERS |= {"submission_item", "norm", "layer"}  # other files of the catalogue, the packs
OPEN_MEMBERS |= {"plot_fate", "number"}  # counted as two versions are compared
ROOT = files("fangtian.catalog")
CODE_FILES = sorted(entry.name for entry in ROOT.joinpath("codes").iterdir() if entry.name.endswith(".csv"))
TABLES = [("codes", name) for name in CODE_FILES]
TABLES += [
    (name,)
    for name in (
        "official_fields.csv",
        "crs.csv",
        "divisions.csv",
        "font_sizes.csv",
        "fonts.csv",
        "map_styles.csv",
    )
]


@pytest.mark.parametrize("path", TABLES, ids="/".join)
def test_every_row_names_a_known_source_and_a_known_grade(path):
    rows = csv_rows(*path)
    assert rows
    assert {row["source"] for row in rows if source_of(row["source"]) is None} == set()
    assert {row.get("trust", "A") for row in rows} <= set(TRUST_GRADES)


@pytest.mark.parametrize("path", TABLES, ids="/".join)
def test_no_row_tells_how_the_data_were_collected(path):
    text = ROOT.joinpath(*path).read_text(encoding="utf-8").lower()
    assert not [word for word in ("@", "/work", "crawl", "commit", "file id", "http") if word in text]


@pytest.mark.parametrize("name", CODE_FILES)
def test_codes_of_a_domain_are_unique_and_named(name):
    rows = csv_rows("codes", name)
    assert [code for code, times in Counter(row["code"] for row in rows).items() if times > 1] == []
    assert all(row["code"] and row["name"] for row in rows)


def test_every_domain_loads_and_unknown_ones_are_named():
    assert all(codes(domain) for domain in domains())
    with pytest.raises(KeyError, match="BUJI"):
        code_entries("BUJI")


def test_leading_zeros_of_codes_survive():
    assert codes("land_class")["0101"] == "水田"
    assert codes("MSSM")["00"] == "非海岛"


def test_domains_of_layer_fields_are_code_lists_or_intervals():
    named = {field.domain for spec in layer_specs().values() for field in spec.fields if field.domain}
    assert {domain for domain in named if not is_code_list(domain) and domain[0] not in "[("} == set()


def test_members_of_quantities_are_known():
    members = {quantity.member for quantity in quantities().values() if quantity.member}
    assert {member for member in members if not is_code_list(member)} <= OPEN_MEMBERS


def test_every_fund_source_is_fiscal_or_social():
    assert {entry.category for entry in code_entries("fund_source").values()} == {"财政", "社会"}


def test_official_layers_are_complete():
    layers = official_layers()
    assert len(layers) == 64
    assert sum(len(layer.fields) for layer in layers.values()) == 1246
    for code, layer in layers.items():
        numbers = [row["seq"] for row in csv_rows("official_fields.csv") if row["layer"] == code]
        assert len(numbers) == len(set(numbers)) == len(layer.fields)


def test_units_differ_by_layer_and_say_whether_the_source_prints_them():
    layers = official_layers()
    assert layers["DLTB"].field("TBMJ").unit == "m2"
    assert layers["LSYD"].field("TBMJ").unit == "ha"
    assert layers["STBHHX"].field("QYMJ").unit == "km2"
    assert layers["SSNYYD"].field("XMZMJ").unit == "ha"
    for layer in layers.values():
        for field in layer.fields:
            assert bool(field.unit) == bool(field.unit_basis)
            assert field.unit_basis in ("", "原文", "推断")
            assert not field.unit or field.type in ("Float", "Int")
    with pytest.raises(KeyError):
        layers["DLTB"].field("NOPE")


def test_the_layers_we_read_agree_with_the_official_structure():
    """Names, lengths and units of our own dictionary are those of the standard where it has them."""
    own = {"CZLX", "HS", "RK", "GDZLDJ"}  # marked as our own fields in the layer files
    for role in ("parcels", "villages", "basic_farmland", "slope"):
        spec = layer_specs()[role]
        official = {field.name: field for field in official_layers()[spec.official].fields}
        for field in spec.fields:
            names = [name for name in field.official if name in official]
            assert names or set(field.official) & own, (role, field.name)
            for name in names[:1]:
                assert field.unit in (official[name].unit, ""), (role, name)


def test_reference_systems_are_cgcs2000_with_their_central_meridian():
    systems = reference_systems()
    assert len(systems) == 68
    for system in systems.values():
        if system.kind == "projected":
            assert system.width in (3, 6)
            assert system.central_meridian == (3 * system.zone if system.width == 3 else 6 * system.zone - 3)
            assert system.false_easting == 500_000 + (system.zone * 1_000_000 if system.prefixed else 0)


def test_divisions_form_a_tree_under_the_province():
    assert len(divisions()) == 103
    assert {entry.parent for entry in divisions().values()} - {""} <= set(divisions())
    assert sum(entry.level == "county" and entry.in_gbt2260 for entry in divisions().values()) == 86
    assert division_path("620525102") == ("甘肃省", "天水市", "张家川回族自治县")
    assert division_name("110101") == ""


def test_type_sizes_and_fonts_that_the_outline_asks_for_are_there():
    assert font_sizes()["三号"].half_points == 32
    assert all(size.half_points == size.points * 2 for size in font_sizes().values())
    assert {"黑体", "楷体", "仿宋", "宋体", "Times New Roman"} <= set(fonts())


def test_map_styles_have_a_colour():
    assert len(map_styles()) == 38
    assert all(style.line or style.fill for style in map_styles().values())
    assert map_styles()["生态保护红线"].line == (255, 0, 0)


def test_every_source_explains_itself():
    assert all(source.title for source in sources().values())
