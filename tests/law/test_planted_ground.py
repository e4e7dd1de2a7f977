"""A clean plan has no finding about its ground; one planted change yields exactly the finding of its norm."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import tiny_plan
from numpy.typing import NDArray
from planted_ground import GM, PLANTS, REGIMES, Plant, clean, new_field
from tiny_plan import Draft

from fangtian.catalog.layer import layer_specs
from fangtian.facts.book import FactBook
from fangtian.facts.indicators.basic_farmland import basic_farmland
from fangtian.facts.indicators.changed_land import changed_land
from fangtian.facts.indicators.contiguity import contiguity
from fangtian.facts.indicators.cultivated import cultivated
from fangtian.facts.indicators.ecology import ecology
from fangtian.facts.indicators.land_use import land_use
from fangtian.facts.indicators.moved_quality import moved_quality
from fangtian.facts.indicators.new_farmland import new_farmland
from fangtian.facts.indicators.other_works import other_works
from fangtian.facts.ledger import ledger_of
from fangtian.facts.scene import Scene
from fangtian.formats.vector import RawLayer
from fangtian.geo.crs import crs_of
from fangtian.geo.layer import Layer
from fangtian.law.judge import Context, Judgement, judge
from fangtian.law.norm import norms, packs_folder
from fangtian.law.verdict import Verdict
from fangtian.plan.balance import with_ridges
from fangtian.plan.folder import open_plan
from fangtian.plan.layers import inspect_raw
from fangtian.plan.model import Survey
from fangtian.plan.survey import read_survey

DAYS = {GM: date(2026, 3, 1), "pilot-2021": date(2022, 6, 1)}
NEEDED = (
    *(land_use, cultivated, basic_farmland, ecology, contiguity),
    *(new_farmland, changed_land, moved_quality, other_works),
)
FINE = (Verdict.MET, Verdict.NOT_APPLICABLE)
REQUIRED = {norm.id: norm.requirements for norm in norms()}


def ground_norms() -> set[str]:
    files = [file for pack in packs_folder().iterdir() for file in (pack / "norms").iterdir()]
    texts = [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".ground.toml")]
    return {norm["id"] for text in texts for norm in tomllib.loads(text)["norm"]}


GROUND = ground_norms()


def drafted(root: Path, change: Callable[[Draft], None] | None = None) -> Draft:
    draft = Draft(root, tiny_plan._layers(), tiny_plan._tables(), tiny_plan._toml())
    clean(draft)
    if change:
        change(draft)
    return draft


@cache
def spotless() -> Survey:
    with TemporaryDirectory() as folder:
        return read_survey(open_plan(tiny_plan.tiny_plan(Path(folder), clean)))


def survey(root: Path, change: Callable[[Draft], None] | None = None) -> Survey:
    """The folder as it is read; where only layers change, they are put into the clean plan as they are.

    Writing and reading forty plans takes minutes: FANGTIAN_HEAVY=1 does so.
    """
    draft, usual = drafted(root, change), drafted(root)
    same = (draft.toml, draft.tables, draft.extra) == (usual.toml, usual.tables, usual.extra)
    if not same or "FANGTIAN_HEAVY" in os.environ:
        return read_survey(open_plan(tiny_plan.tiny_plan(root, lambda new: vars(new).update(vars(draft)))))
    layers = {role: in_memory(role, layer) for role, layer in draft.layers.items()}
    return replace(spotless(), layers=layers)


def column(values: list[Any]) -> NDArray[Any]:
    """As the reader gives it: numbers with NaN, or else text with ""."""
    if any(isinstance(value, int | float) for value in values):
        return np.array(values, dtype=float)
    return np.array([value or "" for value in values], dtype=object)


def in_memory(role: str, drawn: tiny_plan.Layer) -> Layer:
    shapes = np.array(drawn.shapes, dtype=object)
    columns = {name: column(values) for name, values in drawn.columns.items()}
    raw = RawLayer(Path("base.gpkg"), role, shapes, columns, drawn.epsg, "", "", "Polygon")
    read = inspect_raw(raw, layer_specs()[role], {}, crs_of(drawn.epsg), "data/base.gpkg")
    assert read.layer is not None, read.findings
    return with_ridges(read.layer, read.place)[0] if role == "parcels" else read.layer


def scene_of(found: Survey) -> Scene:
    """Everything that norms about the ground need; money, rights and texts are no business of theirs."""
    scene = Scene(found, ledger_of(found), FactBook())
    for indicator in NEEDED:
        indicator(scene)
    return scene


def judged(scene: Scene, regime: str) -> list[Judgement]:
    context = Context((regime,), "620523", DAYS[regime])
    return [item for item in judge(scene.book, context, {}) if item.norm.id in GROUND]


def findings(found: Scene, regime: str) -> set[str]:
    return {item.norm.id for item in judged(found, regime) if item.verdict not in FINE}


@pytest.fixture(scope="module")
def untouched() -> Scene:
    return scene_of(spotless())


@pytest.mark.parametrize("regime", list(DAYS))
def test_a_clean_plan_has_no_finding_about_its_ground(untouched: Scene, regime: str) -> None:
    assert findings(untouched, regime) == set()


def test_most_norms_have_something_to_judge_in_the_clean_plan(untouched: Scene) -> None:
    met = {
        item.norm.id for regime in DAYS for item in judged(untouched, regime) if item.verdict is Verdict.MET
    }
    assert {norm for norm in GROUND if norm not in met} == {"pilot-points-2020/9-unused-land"}


def test_every_computed_norm_about_the_ground_is_planted() -> None:
    assert set(PLANTS) == GROUND


@pytest.mark.parametrize(
    ("norm", "plant"),
    [
        pytest.param(norm, plant, id=norm, marks=[pytest.mark.requirement(n) for n in REQUIRED[norm]])
        for norm, plant in PLANTS.items()
    ],
)
def test_a_planted_change_yields_exactly_its_finding(tmp_path: Path, norm: str, plant: Plant) -> None:
    found, regime = scene_of(survey(tmp_path, plant.change)), REGIMES[norm.split("/")[0]]
    assert findings(found, regime) == {norm, *plant.besides}
    for item in judged(found, regime):
        if item.norm.id == norm and item.verdict not in FINE:
            assert not item.missing
            assert item.margin is not None and item.margin <= 0


@pytest.mark.parametrize(
    ("norm", "role"),
    [
        (f"{GM}/13.3-new-steep", "slope"),
        (f"{GM}/13.9-new-urban", "urban_boundary"),
        ("pilot-points-2020/2-steep", "slope"),
        ("pilot-points-2020/2-urban", "urban_boundary"),
        ("pilot-points-2020/2-window", "urban_boundary"),
        ("pilot-points-2020/7-unlawful-use", "illegal_use"),
    ],
)
def test_a_layer_that_is_not_there_leaves_its_norm_undetermined(tmp_path: Path, norm: str, role: str) -> None:
    def bare(draft: Draft) -> None:
        new_field(draft)
        if norm.endswith("/2-steep"):  # land whose slope no survey tells either
            draft.layers["parcels"].columns["GDPDJB"][1] = ""

    whole = survey(tmp_path, bare)
    layers = {name: layer for name, layer in whole.layers.items() if name != role}
    items = judged(scene_of(replace(whole, layers=layers)), GM)
    assert [item.verdict for item in items if item.norm.id == norm] == [Verdict.INSUFFICIENT]
