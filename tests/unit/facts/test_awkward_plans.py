"""Plans that are awkward but ordinary: borders drawn twice, equal numbers, blanks, layers too large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from tiny_plan import Draft, Layer, cell, tiny_plan

from fangtian.errors import InputError
from fangtian.facts.assemble import Assembly, book_of
from fangtian.plan.folder import open_plan
from fangtian.plan.survey import read_survey
from fangtian.units import Area


def assembled(root: Path, change: Callable[[Draft], None] | None = None) -> Assembly:
    return book_of(read_survey(open_plan(tiny_plan(root, change))))


def with_moves(draft: Draft, out: str, into: str) -> None:
    names = {"basic_farmland_out": "YJJBNTTC", "basic_farmland_in": "YJJBNTTR"}
    draft.layers["basic_farmland_out"] = Layer([cell(120, 10, 180, 90)], {"DKBH": [out], "TCYY": ["零星"]})
    draft.layers["basic_farmland_in"] = Layer([cell(10, 110, 150, 190)], {"DKBH": [into], "TRLX": ["新划定"]})
    for role, name in names.items():
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'


def test_only_the_townships_concerned_count_as_designated(tmp_path: Path) -> None:
    def county_wide(draft: Draft) -> None:
        layer = draft.layers["basic_farmland"]
        layer.shapes.append(cell(5000, 0, 9000, 4000))
        layer.columns["YJJBNTTBBH"].append("620523999201000009")
        layer.columns["DLBM"].append("0103")
        layer.columns["YJJBNTMJ"].append(16_000_000.0)

    plain, wide = assembled(tmp_path / "a"), assembled(tmp_path / "b", county_wide)
    address = "pbf_designated_area@townships.before"
    assert wide.book[address].value == plain.book[address].value


def test_farmland_without_ridges_is_refused_because_it_would_be_too_large(tmp_path: Path) -> None:
    def bare(draft: Draft) -> None:
        for name in ("KCXS", "KCMJ", "TBDLMJ"):
            del draft.layers["parcels"].columns[name]

    with pytest.raises(InputError) as error:
        assembled(tmp_path, bare)
    assert "DOM-ridge-blank" in {item.code for item in error.value.findings}


def test_ridges_of_houses_are_not_deducted(tmp_path: Path) -> None:
    def ridged_houses(draft: Draft) -> None:
        draft.layers["parcels"].columns["KCMJ"][4] = 1000.0

    address = "construction_area@pilot_area.before"
    plain, odd = assembled(tmp_path / "a"), assembled(tmp_path / "b", ridged_houses)
    assert odd.book[address].value == plain.book[address].value


def test_borders_drawn_twice_do_not_stop_the_build(tmp_path: Path) -> None:
    def lapped(draft: Draft) -> None:
        draft.layers["villages"].shapes[1] = cell(199.98, 0, 400, 300)

    book = assembled(tmp_path, lapped).book
    villages = [
        int(fact.value)
        for fact in book
        if fact.key == "total_area" and fact.scope.startswith("village") and fact.phase == "before"
    ]
    assert sum(villages) == int(book["total_area@pilot_area.before"].value)


def test_plots_and_moves_may_carry_the_same_number(tmp_path: Path) -> None:
    book = assembled(tmp_path, lambda draft: with_moves(draft, "P02", "P02")).book
    assert book["plot_location@plot:P02.planned"].value == "下庄村"
    assert book["plot_location@pbf_out:P02.planned"].value == "上庄村"
    assert book["plot_note@pbf_out:P02.planned"].value == "零星"
    assert book["pbf_out_area@pbf_out:P02.planned"].value == book["pbf_out_area@pilot_area.planned"].value
    assert (
        book["pbf_in_area@pilot_area.planned"].value
        == book["pbf_newly_designated_area@pbf_in:P02.planned"].value
    )


def test_only_villages_of_the_pilot_area_are_counted_once(tmp_path: Path) -> None:
    def neighbours(draft: Draft) -> None:
        layer = draft.layers["villages"]
        layer.shapes = [
            cell(0, 0, 200, 150),
            cell(0, 150, 200, 300),
            layer.shapes[1],
            cell(900, 0, 1200, 300),
        ]
        layer.columns = {name: [v[0], v[0], v[1], v[1]] for name, v in layer.columns.items()}
        layer.columns["ZLDWDM"][3] = "6205231022990000000"
        layer.columns["HS"][3] = 5000

    def merged(draft: Draft) -> None:
        neighbours(draft)
        layer = draft.layers["villages"]
        layer.shapes[0] = shapely.union_all(layer.shapes[:2])
        layer.drop(1)

    book = assembled(tmp_path, merged).book
    assert book["households@pilot_area.before"].value == 200
    assert "（1个）" in str(book["village_types@pilot_area.before"].value)


def test_new_less_lost_is_net_and_ridges_are_one_number(tmp_path: Path) -> None:
    def grown(draft: Draft) -> None:
        draft.layers["plots"].columns["ZHKCXS"][2] = 0.2  # ridges grow: farmland is lost, none is new

    book = assembled(tmp_path, grown).book
    new, lost, net = (
        int(book[f"{key}@pilot_area.planned"].value)
        for key in ("new_cultivated_area", "lost_cultivated_area", "net_new_cultivated_area")
    )
    assert new - lost == net
    assert lost > 0
    assert book["new_cultivated_from_ridges_area@pilot_area.planned"].value == Area(0)


def test_a_plot_that_builds_over_basic_farmland_is_asked_to_move_it_out(tmp_path: Path) -> None:
    def built(draft: Draft) -> None:
        columns = draft.layers["plots"].columns
        columns["DKLX"][2], columns["GHDLBM"][2], columns["ZHKCXS"][2], columns["ZHDB"][2] = (
            "建新",
            "0702",
            None,
            None,
        )

    found = assembled(tmp_path, built).findings
    assert [(item.code, item.place.feature) for item in found] == [("LOG-pbf-built-over", "P03")]
    assert assembled(tmp_path / "plain").findings == ()


def test_a_demolition_plot_without_its_houses_leaves_the_count_open(tmp_path: Path) -> None:
    def blank(draft: Draft) -> None:
        draft.layers["plots"].columns["CQFW"][1] = None

    book = assembled(tmp_path, blank).book
    assert "demolished_houses@pilot_area.planned" not in book
    assert book["moved_people@pilot_area.planned"].value == 15


def test_evidence_adds_up_to_the_fact_beside_it(tmp_path: Path) -> None:
    book, _, evidence, _ = assembled(tmp_path, lambda draft: with_moves(draft, "1", "1"))
    shown = sum(int(feature.area) for feature in evidence["pbf_out"])
    assert shown == int(book["pbf_out_area@pilot_area.planned"].value)
