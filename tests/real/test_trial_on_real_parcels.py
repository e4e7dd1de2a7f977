"""Real parcels, faults and all: the overlay closes, the official total holds, the finished files agree."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from fangtian.assess import Dossier, assess
from fangtian.deliver.package import build
from fangtian.deliver.verify import verify
from fangtian.plan.folder import open_plan
from fangtian.plan.polygon_file import measure_file
from fangtian.plan.trial import write_trial

REAL = Path(__file__).parents[3] / "shared/data/dltb_real/ro.gpkg.zip"
pytestmark = [
    pytest.mark.skipif(not REAL.exists(), reason="../shared/data/dltb_real is not here"),
    pytest.mark.skipif(not os.environ.get("FANGTIAN_HEAVY"), reason="make heavy"),
]

OFFICIAL_TOTAL = 959_042_696.64


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    root = tmp_path_factory.mktemp("trial")
    write_trial(root, REAL)
    return assess(open_plan(root), on=date(2026, 3, 1))


def test_the_official_total_of_the_file_is_met() -> None:
    measured = measure_file(REAL, "DLTB")
    assert len(measured.features) == 15_731
    assert abs(float(measured.total.m2) - OFFICIAL_TOTAL) <= 0.05


def test_the_balance_closes_to_the_last_hundredth(dossier: Dossier) -> None:
    ledger, parcels = dossier.ledger, dossier.survey.layers["parcels"]
    concerned = np.unique(ledger.parcel)
    surveyed = np.rint(parcels.column("area")[concerned] * 100).astype(np.int64)
    pieces = np.bincount(ledger.parcel, ledger.area, len(parcels))[concerned].astype(np.int64)
    assert np.array_equal(pieces, surveyed)
    assert len(concerned) > 500
    for scope in ("pilot_area", "consolidation_area"):
        totals = {int(dossier.book[f"total_area@{scope}.{phase}"].value) for phase in ("before", "planned")}
        assert totals == {int(ledger.area[getattr(ledger, f"in_{scope.removesuffix('_area')}")].sum())}


def test_every_standin_says_so(dossier: Dossier) -> None:
    assert len(dossier.standins) >= 7
    assert any("不是对当地的建议" in text for text in dossier.standins)


@pytest.mark.skipif(not os.environ.get("FANGTIAN_HEAVY"), reason="make heavy")
def test_the_finished_files_agree_and_name_the_standins(dossier: Dossier) -> None:
    paths = build(dossier).paths
    outcome = verify(dossier.plan.root)
    assert not outcome.findings, [finding.message for finding in outcome.findings]
    assert outcome.facts == len(dossier.book)
    report = next(path for path in paths if path.suffix == ".html").read_text(encoding="utf-8")
    assert dossier.standins[0].partition("：")[2] in report
