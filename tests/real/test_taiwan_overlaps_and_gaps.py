"""台湾分区图 145 个计划：重叠、缝隙逐个计划与 truth_by_plan.csv 相符，定义不同处写明。"""

from __future__ import annotations

import csv
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.geo.seams import faces, gaps
from fangtian.geo.topology import duplicates, overlaps, repair

DATA = Path(__file__).parents[2] / "../shared/data/taiwan_zoning"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the zoning polygons are not beside the repository")

CLOSED_AT_A_CORNER = {"F0206": 1, "L0311": 1, "R0201": 2, "R0203": 1, "S0308": 1, "S0309": 1, "T0207": 1}
"""Gaps that the truth does not count. It counts the inner rings of the union of everything; ground that is
shut in only by polygons meeting at a corner has no inner ring of its own, but no way out either."""


def plans() -> Iterator[tuple[dict[str, str], np.ndarray]]:
    with tarfile.open(DATA / "zoning_agri.json.tar.xz") as archive:
        shapes = {
            Path(member.name).stem: json.load(archive.extractfile(member))["features"]
            for member in archive
            if member.isfile()
        }
    with (DATA / "truth_by_plan.csv").open(encoding="utf-8", newline="") as table:
        for truth in csv.DictReader(table):
            features = shapes[truth["plan"]]
            yield truth, shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])


@pytest.mark.skipif(not os.environ.get("FANGTIAN_HEAVY"), reason="make heavy")
def test_overlaps_gaps_and_repeats_are_those_of_the_truth_in_every_plan() -> None:
    seen = 0
    for truth, raw in plans():
        plan, fixed = truth["plan"], repair(raw)
        found = faces(fixed.geometry)
        assert len(raw) == int(truth["n"]), plan
        assert len(fixed.rows) == int(truth["invalid"]), plan
        assert len(duplicates(raw)) == int(truth["duplicate_geoms"]), plan
        pairs = overlaps(fixed.geometry, min_area_m2=1.0, found=found)
        assert len(pairs) == int(truth["overlap_pairs_gt_1m2"]), plan
        # overlap_m2 is the sum of all areas less the area of the union: ground claimed n times counts n - 1.
        twice = float((shapely.area(found.geometry) * np.maximum(found.depth - 1, 0)).sum())
        assert twice == pytest.approx(float(truth["overlap_m2"]), abs=0.03), plan
        empty = gaps(fixed.geometry, found=found)
        more = CLOSED_AT_A_CORNER.get(plan, 0)
        assert len(empty.rows) == int(truth["enclosed_gaps"]) + more, plan
        if more:
            empty_m2, count = holes_of_the_union(fixed.geometry)
            assert count == int(truth["enclosed_gaps"]), plan
        else:
            empty_m2 = float(empty.area_m2.sum())
            assert int((empty.area_m2 < 10).sum()) == int(truth["gaps_lt_10m2"]), plan
        assert empty_m2 == pytest.approx(float(truth["gap_m2"]), abs=0.02), plan
        seen += 1
    assert seen == 145


def holes_of_the_union(shapes: np.ndarray) -> tuple[float, int]:
    """The truth's own definition, on plans where it differs from ours."""
    parts = shapely.get_parts(shapely.union_all(shapes))
    rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    whole = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
    return whole.area - shapely.union_all(shapes).area, len(rings)
