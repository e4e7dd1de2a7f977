"""The catalogue of checks: every check on data says what it means and on which rule it rests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fangtian.catalog.finding import CHECK_FAMILIES, checks, finding, finding_kinds
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.official import official_fields, official_layers

REQUIREMENTS = Path(__file__).parents[3] / "../shared/requirements.md"
NO_DATA = {"BAL-special-open"}  # of a chapter's words


def test_every_check_on_data_says_what_it_means() -> None:
    silent = {
        kind.code
        for kind in finding_kinds().values()
        if kind.family in CHECK_FAMILIES and not kind.meaning_zh
    }
    assert {code for code in silent if not code.startswith("TOP-mend")} == NO_DATA  # what a repair has done
    assert not {kind.code for kind in checks() if not kind.meaning_zh.endswith("。")}


def test_rules_carry_a_mark_of_certainty_or_name_the_outline() -> None:
    cited = [kind for kind in checks() if kind.rule]
    assert len(cited) > 50
    for kind in cited:
        assert re.search(r"[\[，、](V2|V1|R|O)[\]）]", kind.rule) or kind.rule.startswith("大纲"), kind.code
    for kind in checks():
        if "[R]" in kind.rule:
            assert kind.unconfirmed, kind.code


@pytest.mark.skipif(not REQUIREMENTS.exists(), reason="the requirements are not beside the repository")
def test_requirements_that_checks_name_exist() -> None:
    known = set(re.findall(r"^\| ([PMD]-\d{3}) ", REQUIREMENTS.read_text(encoding="utf-8"), re.M))
    assert {name for kind in checks() for name in kind.requirements} <= known


def test_a_finding_knows_its_kind() -> None:
    item = finding("DOM-data-year", values="1", term="数据年份", count=1, ids="a")
    assert item.kind.family == "DOM" and "注13" in item.kind.rule and item.kind.requirements


def test_fields_of_a_layer_are_those_of_its_standard_and_then_our_own() -> None:
    names = [field.name for field in official_fields(layer_specs()["parcels"])]
    assert names == [*(field.name for field in official_layers()["DLTB"].fields), "GDZLDJ"]
    roles = [field.role for field in official_fields(layer_specs()["plots"])]
    assert roles == [field.name for field in layer_specs()["plots"].fields]


@pytest.mark.parametrize("role", ["parcels", "villages", "basic_farmland", "slope", "eco_redline"])
def test_roles_and_spellings_are_unique_within_a_layer(role: str) -> None:
    fields = official_fields(layer_specs()[role])
    roles = [field.role for field in fields if field.role]
    spellings = [name for field in fields for name in field.spellings]
    assert len(roles) == len(set(roles)) and len(spellings) == len(set(spellings))


def test_fields_that_we_read_have_the_role_of_our_dictionary() -> None:
    for role in ("parcels", "villages", "basic_farmland", "slope"):
        spec = layer_specs()[role]
        by_role = {field.role: field for field in official_fields(spec)}
        for own in spec.fields:
            if own.name != "parcel_id":  # every layer's identifier has one role
                assert set(own.official) & set(by_role[own.name].spellings), (role, own.name)
