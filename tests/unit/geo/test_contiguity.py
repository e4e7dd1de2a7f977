"""集中连片：连片分组与 FRAGSTATS 公布的斑块指标一致。"""

import csv
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import shapely

from fangtian.geo.contiguity import (
    cohesion,
    edge_density,
    largest_patch_index,
    patch_density,
    patch_shapes,
    patches,
)

GOLDEN = Path(__file__).parents[3] / "../shared/data/golden_fragstats"


def test_blocks_are_numbered_in_the_order_of_their_first_polygon() -> None:
    shapes = shapely.box([50, 0, 51, 1], 0, [51, 1, 52, 2], 1)
    assert patches(shapes).tolist() == [0, 1, 0, 1]


def test_a_corner_joins_and_a_gap_joins_only_up_to_its_width() -> None:
    shapes = shapely.box([0, 1, 14], [0, 1, 1], [1, 2, 15], [1, 2, 2])
    assert patches(shapes).tolist() == [0, 0, 1]
    assert patches(shapes, gap=11.9).tolist() == [0, 0, 1]
    assert patches(shapes, gap=12.0).tolist() == [0, 0, 0]


def test_blocks_join_through_their_neighbours() -> None:
    chain = shapely.box(np.arange(20) * 1.5, 0, np.arange(20) * 1.5 + 1, 1)
    assert set(patches(chain, gap=0.5).tolist()) == {0}
    assert len(set(patches(np.delete(chain, 10), gap=0.5).tolist())) == 2


def test_no_polygons_make_no_blocks() -> None:
    assert patches(np.array([], dtype=object), gap=12.0).tolist() == []
    assert len(patch_shapes(np.array([], dtype=object), np.array([], dtype=np.int64))) == 0


def test_a_block_is_dissolved_to_its_outline() -> None:
    shapes = shapely.box([0, 5, 1], 0, [1, 6, 2], 1)
    blocks = patch_shapes(shapes, patches(shapes))
    assert shapely.area(blocks).tolist() == [2.0, 1.0]
    assert shapely.length(blocks).tolist() == [6.0, 4.0]


def test_measures_of_a_small_landscape_are_those_worked_by_hand() -> None:
    # 4 × 4 cells of 10 m; one patch of 2 × 2 cells (perimeter 8 sides), one of a single cell (4 sides)
    area, perimeter = np.array([400.0, 100.0]), np.array([80.0, 40.0])
    assert patch_density(2, 1600.0) == 1250.0
    assert edge_density(120.0, 1600.0) == 750.0
    assert largest_patch_index(area, 1600.0) == 25.0
    # (1 − 12 / (8·2 + 4·1)) / (1 − 1/4) · 100
    assert cohesion(area, perimeter, 1600.0, 10.0) == pytest.approx(53.3333, abs=1e-4)


def test_without_patches_there_is_no_cohesion_and_no_largest_patch() -> None:
    nothing = np.array([])
    assert cohesion(nothing, nothing, 1600.0, 10.0) == 0.0
    assert largest_patch_index(nothing, 1600.0) == 0.0


@pytest.mark.parametrize("value", [1, 2, 3])
def test_cells_turned_to_polygons_give_the_published_class_measures(value: int) -> None:
    if not GOLDEN.exists():
        pytest.skip("../shared/data is not here: published FRAGSTATS results cannot be compared")
    expected = published("landscape", f"cls_{value}")
    cells = raster(GOLDEN / "landscape.tif")
    rows, columns = np.nonzero(cells == value)
    squares = shapely.box(columns, rows, columns + 1, rows + 1)
    blocks = patch_shapes(squares, patches(squares))
    area, perimeter, total = shapely.area(blocks), shapely.length(blocks), float(cells.size)
    frame = shapely.box(0, 0, cells.shape[1], cells.shape[0]).exterior
    edge = perimeter.sum() - shapely.length(shapely.intersection(shapely.boundary(blocks), frame)).sum()
    assert len(blocks) == expected["NP"]
    assert area.sum() / 10_000 == pytest.approx(expected["CA"], abs=5e-5)
    assert patch_density(len(blocks), total) == pytest.approx(expected["PD"], abs=5e-5)
    assert edge == expected["TE"]
    assert edge_density(edge, total) == pytest.approx(expected["ED"], abs=5e-5)
    assert largest_patch_index(area, total) == pytest.approx(expected["LPI"], abs=5e-5)
    assert cohesion(area, perimeter, total, 1.0) == pytest.approx(expected["COHESION"], abs=5e-5)


def published(landscape: str, kind: str) -> dict[str, float]:
    with (GOLDEN / "fragstats_class.csv").open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if (r["LID"], r["TYPE"].strip()) == (landscape, kind))
    return {key: float(row[key]) for key in ("CA", "NP", "PD", "TE", "ED", "LPI", "COHESION")}


def raster(path: Path) -> np.ndarray:
    """One-strip 8-bit deflate TIFF, read with the standard library: no raster reader is a dependency."""
    data = path.read_bytes()
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    tags = {}
    for number in range(count):
        tag, kind, _, value = struct.unpack_from("<HHII", data, start + 2 + 12 * number)
        tags[tag] = value & 0xFFFF if kind == 3 else value
    strip = data[tags[273] : tags[273] + tags[279]]
    return np.frombuffer(zlib.decompress(strip), dtype=np.uint8).reshape(tags[257], tags[256])
