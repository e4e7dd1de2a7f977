"""One real build of the tiny plan, made once; tests that break something work on a copy."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parents[2] / "hostile"))
from tiny_plan import EAST, NORTH, cell, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.catalog.finding import Finding, Place, finding
from fangtian.deliver.package import build
from fangtian.facts.evidence import EvidenceFeature
from fangtian.plan.folder import open_plan
from fangtian.units import Area

ON = date(2026, 3, 1)


def some_findings() -> tuple[Finding, ...]:
    """One with a shape, one on a point, one without; one whose words must be escaped."""
    here = Place("data/base.gpkg", "DLTB", "62052300000000001", wkb=shapely.to_wkb(cell(10, 10, 60, 60)))
    point = shapely.to_wkb(shapely.Point(EAST + 120, NORTH + 120))
    return (
        finding("SCH-layer-missing", here, role="地类图斑", known="A、B"),
        finding(
            "SCH-layer-missing",
            Place("data/base.gpkg", "ZZDK", wkb=point),
            role="<b>地块</b> & Co",
            known="C",
        ),
        finding("SCH-layer-missing", Place("plan.toml"), role="坡度图", known="—"),
    )


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    plan = open_plan(tiny_plan(tmp_path_factory.mktemp("tiny") / "plan"))
    made = assess(plan, ON)
    standin = replace(plan.layers["basic_farmland"], standin="由坡度小于 15° 的旱地推导，仅供演示")
    plan = replace(plan, layers={**plan.layers, "basic_farmland": standin})
    plot = EvidenceFeature(
        "整治地块", "P01", Area(10_500_00), shapely.to_wkb(cell(0, 210, 150, 280)), "新增耕地"
    )
    judgements = (replace(made.judgements[0], evidence=(plot,)), *made.judgements[1:])
    survey = replace(made.survey, plan=plan)
    return replace(made, survey=survey, judgements=judgements, findings=some_findings())


@pytest.fixture(scope="session")
def finished(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished build; read only."""
    folder = tmp_path_factory.mktemp("finished") / "build"
    build(dossier, folder)
    return folder


@pytest.fixture(scope="session")
def plain(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of tables, databases and report alone, which is read back sooner; read only."""
    folder = tmp_path_factory.mktemp("plain") / "build"
    build(dossier, folder, ["tables", "database", "findings", "report"])
    return folder


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished build that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "build"))


@pytest.fixture
def spoil(copied: Path) -> Callable[[str, str, str], Path]:
    """Replace one piece of text in one file of the copy, once."""

    def change(name: str, old: str, new: str) -> Path:
        path = copied / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_bytes(text.replace(old, new, 1).encode())
        return copied

    return change
