"""One wrong digit, one wrong unit, one missing plot, anywhere in the finished files: named, every time.

``make faults`` plants 500; the suite a few of every kind.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planting import plant
from tiny_plan import tiny_plan

from fangtian.assess import assess
from fangtian.catalog.finding import Finding
from fangtian.deliver.package import build
from fangtian.deliver.verify import verify
from fangtian.plan.folder import open_plan

FAULTS = int(os.environ.get("FANGTIAN_FAULTS", "12"))
GROUPS = 12


def names(item: Finding, file: str) -> bool:
    """The file, and within it the place; a picture is one place."""
    place = item.place
    inside = place.layer or place.feature or place.field or file.endswith(".png")
    return bool(inside) and (place.file == file or place.file.startswith(f"{file}/"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = open_plan(tiny_plan(tmp_path_factory.mktemp("faults") / "plan"))
    build(assess(plan, date(2026, 3, 1)))
    assert verify(plan.build).findings == ()
    return plan.build


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_planted_fault_is_named_with_its_file(finished: Path, tmp_path: Path, group: int) -> None:
    missed = []
    for seed in range(group, FAULTS, GROUPS):
        copy = tmp_path / f"build{seed}"
        shutil.copytree(finished, copy)
        name, done = plant(copy, random.Random(seed))
        findings = verify(copy).findings
        if not any(names(item, name) for item in findings):
            missed.append((seed, name, done, [item.message for item in findings][:3]))
        shutil.rmtree(copy)
    assert missed == []
