"""真实图斑上的修补：有始有终，修过的不再修，能修的修完，账目相符。"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.formats.vector import read_layer
from fangtian.geo.flaws import near_misses, repeated_points, spikes
from fangtian.geo.mending import Mend, mend
from fangtian.geo.seams import faces, gaps
from fangtian.geo.topology import overlaps, repair

DATA = Path(__file__).parents[2] / "../shared/data/dltb_real"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="real parcels are not beside the repository")
heavy = pytest.mark.skipif(not os.environ.get("FANGTIAN_HEAVY"), reason="make heavy")


def faults(shapes: np.ndarray) -> dict[str, int]:
    """What mending is for, within its limits."""
    fixed = repair(shapes[~shapely.is_missing(shapes)]).geometry
    fixed = fixed[~shapely.is_empty(fixed)]
    found = faces(fixed)
    empty = gaps(fixed, 0.01, 0.0005, found)
    return {
        "overlap": sum(clash.area_m2 <= 1.0 for clash in overlaps(fixed, 0.01, found=found)),
        "gap": int((empty.area_m2 <= 1.0).sum()),
        "spike": len(spikes(fixed).rows),
        "repeated_point": len(repeated_points(fixed).rows),
        "near_miss": len(near_misses(fixed, 0.001).row_a),
    }


@heavy
@pytest.mark.parametrize(
    ("name", "seconds", "before", "most_left"),
    [
        ("ro", 60, {"near_miss": 420, "overlap": 12, "gap": 89, "spike": 1559}, {"gap": 20, "spike": 1050}),
        ("pd", 180, {"near_miss": 1534, "overlap": 19, "gap": 76, "spike": 3041}, {"gap": 60, "spike": 2200}),
    ],
)
def test_real_parcels_are_mended_once_and_for_all(
    name: str, seconds: float, before: dict[str, int], most_left: dict[str, int]
) -> None:
    """What stays: parcels that are needles throughout, and gaps whose filling would give a parcel a spike."""
    shapes = read_layer(DATA / f"{name}.gpkg.zip", "DLTB").geometry
    assert {kind: count for kind, count in faults(shapes).items() if count} == before
    start = time.process_time()
    mended = mend(shapes)
    assert time.process_time() - start < seconds
    left = faults(mended.geometry)
    assert left["near_miss"] == left["repeated_point"] == 0
    assert left["overlap"] <= 3
    assert all(left[kind] <= most for kind, most in most_left.items())
    logged = sum(change.after_m2 - change.before_m2 for change in mended.changes)
    assert logged == pytest.approx(mended.after_m2 - mended.before_m2, abs=1e-4)
    changed = {change.row for change in mended.changes}
    assert all(mended.geometry[row] is shapes[row] for row in range(len(shapes)) if row not in changed)
    assert set(Counter(change.kind for change in mended.changes)) >= {Mend.SNAP, Mend.SPIKE, Mend.GAP}
    assert mend(mended.geometry).changes == ()
