"""Facts about the ground, each against an area measured by hand on a tiny plan with some of everything."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from busy_ground import ORCHARD, busy_ground
from tiny_plan import EPSG, cell, tiny_plan

from fangtian.facts.assemble import Assembly, book_of
from fangtian.facts.book import FactBook
from fangtian.facts.indicators.changed_land import changed_land
from fangtian.facts.indicators.cultivated import cultivated
from fangtian.facts.indicators.land_use import land_use
from fangtian.facts.indicators.moved_quality import moved_quality
from fangtian.facts.indicators.new_farmland import new_farmland
from fangtian.facts.indicators.other_works import other_works
from fangtian.facts.ledger import ledger_of
from fangtian.facts.pieces import Ledger
from fangtian.facts.scene import Scene
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Survey
from fangtian.plan.survey import read_survey
from fangtian.units import Area

PLACES = ("pilot_area", "consolidation_area")


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return read_survey(open_plan(tiny_plan(tmp_path_factory.mktemp("ground"), busy_ground)))


@pytest.fixture(scope="module")
def found(survey: Survey) -> Assembly:
    return book_of(survey)


@pytest.fixture(scope="module")
def ledger(found: Assembly) -> Ledger:
    return found.ledger


def measured(*places: tuple[float, float, float, float]) -> int:
    shapes = np.array([cell(*place) for place in places], object)
    return int(official_areas(shapes, crs_of(EPSG)).sum())


HAND = {
    "new_cultivated_steep": [(210, 10, 230, 20)],
    "new_cultivated_redline": [(220, 10, 230, 20)],
    "new_cultivated_urban": [(210, 15, 230, 20)],
    "new_cultivated_garden": [(210, 10, 230, 20)],
    "new_cultivated_grass": [(10, 210, 30, 230)],
    "new_cultivated_wood": [(210, 210, 220, 220)],
    "new_cultivated_wetland": [],
    "new_cultivated_water": [],
    "wood_built": [(230, 210, 240, 220)],
    "grass_built": [(40, 210, 50, 220)],
    "wood_lost": [(210, 210, 220, 220), (230, 210, 240, 220)],
    "grass_lost": [(10, 210, 30, 230), (40, 210, 50, 220)],
    "water_surface_lost": [],
    "existing_overlap": [(210, 10, 230, 20)],
    "illegal_use_unhandled": [(270, 120, 280, 130), (250, 285, 260, 295)],
}
"""事实 -> 矩形。Where each sum lies; nothing of it has ridges."""

FIELDS = {
    "landscape_on_cultivated": ([(100, 170, 110, 180)], "0.05"),
    "pbf_built": ([(190, 0, 200, 10)], "0.12"),
    "pbf_in_redline": ([(0, 100, 50, 130)], "0.05"),
    "pbf_in_urban": ([(0, 100, 20, 130)], "0.05"),
    "pbf_in_steep": ([(60, 100, 100, 130)], "0.05"),
    "pbf_in_apart": ([(0, 160, 30, 190)], "0.05"),
    "pbf_in_unstable": ([(0, 100, 100, 130), (0, 160, 30, 190)], "0.05"),
    "pbf_out_unreasoned": ([(100, 0, 120, 50)], "0.12"),
    "pbf_out_sound": ([(100, 0, 120, 50)], "0.12"),
    "pbf_out_urban": ([(150, 150, 160, 190)], "0.05"),
}
"""事实 -> 矩形, 田坎系数。Sums on fields, net of the ridges of their parcel."""


@pytest.mark.requirement("P-064")
@pytest.mark.parametrize("name", [*HAND, *FIELDS])
def test_a_fact_is_the_area_that_a_ruler_measures(found: Assembly, name: str) -> None:
    places, coefficient = FIELDS.get(name, (HAND.get(name), "0"))
    expected = measured(*places or []) * (1 - Fraction(coefficient))
    assert abs(int(found.book[f"{name}_area@pilot_area.planned"].value) - expected) <= 4, name


def test_features_add_up_to_the_fact_that_they_stand_behind(found: Assembly) -> None:
    for name in (*HAND, *FIELDS, "new_cultivated_unsurveyed_ridges", "class_changed", "pbf_in_uncultivated"):
        for scope in PLACES:
            held = found.evidence[name if scope == "pilot_area" else f"{name}@{scope}"]
            fact = found.book[f"{name}_area@{scope}.planned"]
            assert Area.total(feature.area for feature in held) == fact.value, (name, scope)


def test_what_lies_beyond_the_consolidation_area_counts_in_the_pilot_area_only(found: Assembly) -> None:
    inside = found.book["illegal_use_unhandled_area@consolidation_area.planned"].value
    assert abs(int(inside) - measured((270, 120, 280, 130), (250, 285, 260, 290))) <= 2


def test_only_ridges_of_plots_that_do_not_say_so_are_unsurveyed(found: Assembly) -> None:
    keys = ("new_cultivated_from_ridges_area", "new_cultivated_unsurveyed_ridges_area")
    ridges = [found.book[f"{key}@pilot_area.planned"].value for key in keys]
    assert 0 < int(ridges[1]) < int(ridges[0])
    assert [feature.feature for feature in found.evidence["new_cultivated_unsurveyed_ridges"]] == ["P04"]


def test_unused_land_is_proved_by_an_attachment_only(survey: Survey, ledger: Ledger) -> None:
    codes = survey.layers["parcels"].columns["land_class"].copy()
    codes[ORCHARD] = "1206"
    parcels = survey.layers["parcels"]
    wild = replace(parcels, columns={**parcels.columns, "land_class": codes})
    bare = replace(survey, layers={**survey.layers, "parcels": wild})
    scene = Scene(bare, ledger_of(bare), FactBook())
    new_farmland_alone(scene)
    place = measured((210, 10, 230, 20))
    assert abs(int(scene.book["unused_unproven_area@pilot_area.planned"].value) - place) <= 2
    share = scene.book["new_cultivated_unused_share@pilot_area.planned"].value
    whole = scene.book["new_cultivated_area@pilot_area.planned"].value
    assert share == Fraction(
        int(scene.book["new_cultivated_unused_area@pilot_area.planned"].value), int(whole)
    )


def new_farmland_alone(scene: Scene) -> None:

    land_use(scene)
    cultivated(scene)
    new_farmland(scene)


def test_means_of_slope_and_grade_compare_what_comes_with_what_goes(found: Assembly) -> None:
    book = found.book
    out, into = (book[f"pbf_slope_mean[{way}]@pilot_area.planned"].value for way in ("调出", "调入"))
    assert book["pbf_slope_rise@pilot_area.planned"].value == into - out  # type: ignore[operator]
    grades = [book[f"pbf_grade_mean[{way}]@pilot_area.planned"].value for way in ("调出", "调入")]
    assert book["pbf_grade_drop@pilot_area.planned"].value == grades[1] - grades[0]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        ("urban_boundary", ("new_cultivated_urban", "pbf_in_urban", "pbf_out_urban", "space_changed")),
        ("eco_redline", ("new_cultivated_redline", "pbf_in_redline", "space_changed")),
        ("illegal_use", ("illegal_use_unhandled",)),
    ],
)
def test_a_layer_that_is_not_there_writes_no_fact(
    survey: Survey, ledger: Ledger, role: str, missing: tuple[str, ...]
) -> None:

    layers = {name: layer for name, layer in survey.layers.items() if name != role}
    scene = Scene(replace(survey, layers=layers), ledger, FactBook())
    for indicator in (land_use, cultivated, new_farmland, changed_land, moved_quality, other_works):
        indicator(scene)
    for name in missing:
        assert scene.book.find(f"{name}_area", "pilot_area", "planned") is None
    assert scene.book.find("new_cultivated_steep_area", "pilot_area", "planned") is not None


def test_unknown_slopes_a_blank_handling_and_a_survey_without_refinement_write_no_fact(
    survey: Survey, ledger: Ledger
) -> None:

    unknown = replace(ledger, slope_after=np.full(len(ledger), "", object))
    parcels, illegal = survey.layers["parcels"], survey.layers["illegal_use"]
    columns = {name: values for name, values in parcels.columns.items() if name != "refinement_code"}
    blank = {**illegal.columns, "handling": np.full(len(illegal), "", object)}
    layers = {
        **survey.layers,
        "parcels": replace(parcels, columns=columns),
        "illegal_use": replace(illegal, columns=blank),
    }
    plan = replace(survey.plan, tables={})
    scene = Scene(replace(survey, plan=plan, layers=layers), unknown, FactBook())
    for indicator in (land_use, cultivated, new_farmland, moved_quality, other_works):
        indicator(scene)
    lost = (
        "new_cultivated_steep",
        "pbf_in_steep",
        "pbf_in_unstable",
        "illegal_use_unhandled",
        "existing_overlap",
    )
    for name in lost:
        assert scene.book.find(f"{name}_area", "pilot_area", "planned") is None, name
    assert scene.book.find("pbf_slope_rise", "pilot_area", "planned") is None
    assert scene.book.find("illegal_use_area", "pilot_area", "before") is not None


def test_a_strip_of_less_than_a_square_metre_is_no_land(survey: Survey) -> None:
    plots = survey.layers["plots"]
    shapes = plots.geometry.copy()
    shapes[list(plots.ids).index("P21")] = cell(199.99, 10, 230, 20)  # 0.1 m² on the terraces beside
    thin = replace(survey, layers={**survey.layers, "plots": replace(plots, geometry=shapes)})
    scene = Scene(thin, ledger_of(thin), FactBook())
    new_farmland_alone(scene)
    garden = int(scene.book["new_cultivated_garden_area@pilot_area.planned"].value)
    assert abs(garden - measured((200, 10, 230, 20))) <= 2
