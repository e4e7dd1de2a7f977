"""The tiny plan with everything that a map can show, assessed once."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tiny_plan import EAST, EPSG, NORTH, Draft, Layer, cell, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide
from fangtian.formats.raster import Elevation, write_elevation
from fangtian.plan.folder import open_plan

ON = date(2026, 3, 1)


def with_everything(draft: Draft) -> None:
    """Basic farmland that moves, an elevation model: what every map needs."""
    for role, name, number, shape in (
        ("basic_farmland_out", "YJJBNTTC", "TC-1", cell(10, 10, 110, 90)),
        ("basic_farmland_in", "YJJBNTTR", "TR-1", cell(0, 210, 150, 280)),
    ):
        columns = {"TCYY": ["零星"]} if role.endswith("out") else {"TRLX": ["新划定"]}
        draft.layers[role] = Layer([shape], {"DKBH": [number], **columns})
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'
    rows, cols = 100, 120
    x = np.arange(cols) * 10.0
    heights = (1500 + 60 * np.sin(x / 90)[None, :] + np.arange(rows)[:, None]).astype(np.float32)
    model = Elevation(heights, EAST - 400, NORTH + 700, 10.0)
    draft.toml += '[layers.dem]\npath = "data/dem.tif"\n'
    draft.extra.append(lambda root: write_elevation(root / "data" / "dem.tif", model, EPSG))


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    root = tmp_path_factory.mktemp("maps")
    return assess(open_plan(tiny_plan(root / "plan", with_everything)), ON)


@pytest.fixture(scope="session")
def scene(dossier: Dossier) -> Scene:
    return Scene(dossier, decide(dossier.book), origin_of(dossier))
