"""Real geometry with its faults: read, repaired within tolerance, and nothing lost silently."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))

from tiny_plan import tiny_plan

from fangtian.catalog.finding import blocking
from fangtian.formats.vector import read_layer
from fangtian.plan.coverage import within_layer
from fangtian.plan.folder import open_plan
from fangtian.plan.layers import inspect_layer

SOURCE = Path(__file__).parents[2] / "../shared/data/dltb_real/ro.gpkg.zip"


@pytest.mark.skipif(not SOURCE.exists(), reason="real parcels are not beside the repository")
def test_a_real_township_is_read_without_a_blocking_finding(tmp_path: Path) -> None:
    tiny_plan(tmp_path)
    shutil.copy(SOURCE, tmp_path / "data")
    toml = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    for name in ("DLTB", "CJDCQ"):
        toml = toml.replace(f'base.gpkg"\nlayer = "{name}"', f'ro.gpkg.zip"\nlayer = "{name}"')
    (tmp_path / "plan.toml").write_text(toml, encoding="utf-8")
    plan = open_plan(tmp_path)
    villages, parcels = inspect_layer(plan, "villages"), inspect_layer(plan, "parcels")
    assert villages.layer is not None and parcels.layer is not None
    assert not blocking([*villages.findings, *parcels.findings])
    assert not blocking(within_layer(villages.layer, villages.place))
    counts = {item.code: int(item.values["count"]) for item in parcels.findings}
    # 334 shapes are invalid; 54 of them collapse and are counted among those without area.
    assert counts["TOP-crossing-repaired"] == 334 - 54
    assert len(parcels.layer) + counts["TOP-no-area"] == 15_731
    assert shapely.is_valid(parcels.layer.geometry).all()
    # The repair may not fill holes: that would add 71,759 m².
    drawn = shapely.area(read_layer(SOURCE, "DLTB").geometry).sum()
    assert abs(shapely.area(parcels.layer.geometry).sum() - drawn) < 5
    assert np.isfinite(parcels.layer.column("area")).all()
