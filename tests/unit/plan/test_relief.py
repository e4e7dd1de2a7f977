"""The elevation model of a plan: read for the maps, named in findings where it cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from tiny_plan import EAST, EPSG, NORTH, Draft, tiny_plan

from fangtian.catalog.finding import Finding
from fangtian.errors import InputError
from fangtian.formats.raster import Elevation, write_elevation
from fangtian.plan.folder import open_plan
from fangtian.plan.model import Survey
from fangtian.plan.survey import read_survey


def with_model(write: Callable[[Path], object]) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.toml += '[layers.dem]\npath = "data/dem.tif"\n'
        draft.extra.append(lambda root: write(root / "data" / "dem.tif") and None)

    return change


def read(root: Path, write: Callable[[Path], object]) -> tuple[Survey | None, dict[str, Finding]]:
    plan = open_plan(tiny_plan(root, with_model(write)))
    try:
        survey = read_survey(plan)
    except InputError as error:
        return None, {item.code: item for item in error.findings}
    return survey, {item.code: item for item in survey.findings}


def model(cols: int) -> Callable[[Path], object]:
    heights = np.full((80, cols), 1500.0, np.float32)
    return lambda path: write_elevation(path, Elevation(heights, EAST - 200, NORTH + 600, 10.0), EPSG)


def test_the_model_is_cut_to_the_pilot_area_with_room_around_it(tmp_path: Path) -> None:
    survey, findings = read(tmp_path, model(100))
    assert survey is not None and survey.relief is not None and findings == {}
    west, south, east, north = survey.relief.box
    assert (west, east) == (EAST - 100, EAST + 500) and south <= NORTH - 100 and north >= NORTH + 400
    assert "data/dem.tif" in survey.digests


def test_a_plan_without_a_model_has_none(tmp_path: Path) -> None:
    assert read_survey(open_plan(tiny_plan(tmp_path))).relief is None


def test_a_model_that_ends_within_the_area_is_reported_with_its_share(tmp_path: Path) -> None:
    survey, findings = read(tmp_path, model(40))
    assert survey is not None and survey.relief is not None
    assert findings["MAP-relief-partial"].place.file == "data/dem.tif"
    assert "50%" in findings["MAP-relief-partial"].message


def test_a_model_that_cannot_be_read_stops_the_plan_in_one_sentence(tmp_path: Path) -> None:
    survey, findings = read(tmp_path, lambda path: path.write_bytes(b"x"))
    assert survey is None and findings["MAP-relief-unreadable"].place.file == "data/dem.tif"
