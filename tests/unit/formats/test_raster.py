"""Elevation models: cut to a place, brought into its zone, never trusted blindly."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rasterio.crs import CRS
from rasterio.warp import transform

from fangtian.errors import InputError
from fangtian.formats.raster import MOST_CELLS, Elevation, Extent, read_elevation, write_elevation

EPSG = 4523
WEST, SOUTH = 35_450_000.0, 3_950_000.0
EXTENT = Extent(WEST, SOUTH, WEST + 2000.0, SOUTH + 1500.0, EPSG)
REAL = Path(__file__).parents[4] / "shared/data/dem/ywzdem30m.tif"


def slope_at(x: Any, y: Any) -> Any:
    """A tilted plane, so that every method of sampling must find the same heights."""
    return 1500.0 + (np.asarray(x) - WEST) * 0.05 - (np.asarray(y) - SOUTH) * 0.02


def plane(cell: float = 20.0, margin: float = 200.0) -> Elevation:
    cols, rows = (round((side + 2 * margin) / cell) for side in (2000.0, 1500.0))
    empty = Elevation(np.zeros((rows, cols), np.float32), WEST - margin, SOUTH - margin + rows * cell, cell)
    heights = slope_at(empty.x[None, :], empty.y[:, None]).astype(np.float32)
    return Elevation(heights, empty.west, empty.north, cell)


def codes_of(path: Path, extent: Extent = EXTENT) -> list[str]:
    try:
        return [item.code for item in read_elevation(path, extent)[1]]
    except InputError as error:
        return [item.code for item in error.findings]


def write(path: Path, heights: Any, crs: CRS | None, step: Affine, **options: Any) -> Path:
    bands = heights if heights.ndim == 3 else heights[None]
    with rasterio.open(
        path, "w", width=bands.shape[2], height=bands.shape[1], count=len(bands), dtype=bands.dtype,
        crs=crs, transform=step, **{"driver": "GTiff", **options},
    ) as target:  # fmt: skip
        target.write(bands)
    return path


def test_what_is_written_is_read_back_for_the_place_that_is_asked_for(tmp_path: Path) -> None:
    write_elevation(tmp_path / "dem.tif", plane(), EPSG)
    read, remarks = read_elevation(tmp_path / "dem.tif", EXTENT)
    assert read is not None and remarks == ()
    assert read.heights.shape == (75, 100) and read.cell == 20.0
    assert read.box == (WEST, SOUTH, WEST + 2000.0, SOUTH + 1500.0)
    assert np.abs(read.heights - slope_at(read.x[None, :], read.y[:, None])).max() < 0.11


def test_the_same_heights_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.tif", "b.tif"):
        write_elevation(tmp_path / name, plane(), EPSG)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dem") / "wide.tif"
    write_elevation(path, plane(margin=2500.0), EPSG)
    return path


@given(st.floats(-300, 1500), st.floats(-300, 1200), st.floats(150, 900))
@settings(max_examples=40)
def test_any_window_shows_the_same_ground(wide: Path, east: float, north: float, size: float) -> None:
    extent = Extent(WEST + east, SOUTH + north, WEST + east + size, SOUTH + north + size, EPSG)
    read, remarks = read_elevation(wide, extent)
    assert read is not None and remarks == ()
    assert np.abs(read.heights - slope_at(read.x[None, :], read.y[:, None])).max() < 0.15
    assert read.box[0] == extent.west and read.box[3] == extent.north
    assert read.box[2] >= extent.east and read.box[1] <= extent.south


def test_degrees_are_projected_and_that_is_said(tmp_path: Path) -> None:
    corners = [WEST - 500, WEST + 2500], [SOUTH - 500, SOUTH + 2000]
    (west, east), (south, north) = (
        (min(v), max(v)) for v in transform(CRS.from_epsg(EPSG), CRS.from_epsg(4490), *corners)
    )
    step = 0.0002
    cols, rows = math.ceil((east - west) / step), math.ceil((north - south) / step)
    lon, lat = np.meshgrid(west + (np.arange(cols) + 0.5) * step, north - (np.arange(rows) + 0.5) * step)
    x, y = transform(CRS.from_epsg(4490), CRS.from_epsg(EPSG), lon.ravel().tolist(), lat.ravel().tolist())
    heights = slope_at(x, y).reshape(lat.shape).astype(np.float32)
    path = write(tmp_path / "dem.tif", heights, CRS.from_epsg(4490), Affine(step, 0, west, 0, -step, north))
    read, remarks = read_elevation(path, EXTENT)
    assert [item.code for item in remarks] == ["MAP-relief-projected"]
    assert read is not None and 15 < read.cell < 25
    assert np.abs(read.heights - slope_at(read.x[None, :], read.y[:, None])).max() < 0.5


def test_an_old_datum_is_converted_with_a_warning() -> None:
    if not REAL.exists():
        pytest.skip("shared/data is not at hand")
    extent = Extent(39_444_500.0, 2_840_500.0, 39_447_500.0, 2_842_500.0, 4527)
    read, remarks = read_elevation(REAL, extent)
    assert [item.code for item in remarks] == ["MAP-relief-datum"] and "Beijing" in remarks[0].message
    assert read is not None and 100 < np.nanmin(read.heights) < np.nanmax(read.heights) < 1000


def test_an_ascii_grid_without_a_system_is_placed_by_its_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "dem.asc"
    head = f"ncols 40\nnrows 30\nxllcorner {WEST}\nyllcorner {SOUTH}\ncellsize 50\nNODATA_value -9999\n"
    path.write_text(
        head + "\n".join(" ".join(["1510"] * 39 + ["-9999"]) for _ in range(30)), encoding="ascii"
    )
    read, remarks = read_elevation(path, EXTENT)
    assert [item.code for item in remarks] == ["MAP-relief-assumed"]
    assert read is not None and np.nanmax(read.heights) == 1510.0 and np.isnan(read.heights[5, -1])
    away = Extent(WEST + 1e5, SOUTH, WEST + 1.01e5, SOUTH + 1000, EPSG)
    assert codes_of(path, away) == ["MAP-relief-no-crs"]


def test_a_model_of_another_place_is_left_out(tmp_path: Path) -> None:
    write_elevation(tmp_path / "dem.tif", plane(), EPSG)
    away = Extent(WEST + 1e5, SOUTH, WEST + 1.01e5, SOUTH + 1000, EPSG)
    read, remarks = read_elevation(tmp_path / "dem.tif", away)
    assert read is None and [item.code for item in remarks] == ["MAP-relief-elsewhere"]


def test_numbers_that_stand_for_nothing_are_taken_as_nothing(tmp_path: Path) -> None:
    model = plane()
    model.heights[:20] = -32768
    write_elevation(tmp_path / "dem.tif", model, EPSG)
    read, remarks = read_elevation(tmp_path / "dem.tif", EXTENT)
    assert [item.code for item in remarks] == ["MAP-relief-heights"] and "-32768" in remarks[0].message
    assert read is not None and np.nanmin(read.heights) > 1400 and np.isnan(read.heights[0]).all()


def test_a_fine_model_is_read_no_finer_than_a_sheet_shows(tmp_path: Path) -> None:
    write_elevation(tmp_path / "dem.tif", plane(cell=1.0), EPSG)
    read, _ = read_elevation(tmp_path / "dem.tif", EXTENT)
    assert read is not None and max(read.heights.shape) <= MOST_CELLS + 1


def test_what_cannot_be_used_says_why_without_a_machine_path(tmp_path: Path) -> None:
    zone = CRS.from_epsg(EPSG)
    step = Affine(20.0, 0.0, WEST, 0.0, -20.0, SOUTH + 1500)
    grey = np.full((75, 100), 200, dtype=np.uint8)
    (tmp_path / "text.tif").write_bytes(b"no raster at all")
    (tmp_path / "empty.asc").write_bytes(b"")
    (tmp_path / "dem.vrt").write_text("<VRTDataset/>", encoding="utf-8")
    write(tmp_path / "photo.tif", np.stack([grey] * 3), zone, step)
    Image.fromarray(grey).save(tmp_path / "lying.tif", format="PNG")
    local = CRS.from_wkt('LOCAL_CS["矿区坐标系",UNIT["metre",1]]')
    write(tmp_path / "local.tif", grey.astype(np.float32), local, step)
    expected = {
        "local.tif": "MAP-relief-unreadable",
        "missing.tif": "FMT-missing",
        "text.tif": "MAP-relief-unreadable",
        "empty.asc": "MAP-relief-unreadable",
        "lying.tif": "MAP-relief-unreadable",
        "dem.vrt": "MAP-relief-format",
        "photo.tif": "MAP-relief-bands",
    }
    for name, code in expected.items():
        with pytest.raises(InputError) as caught:
            read_elevation(tmp_path / name, EXTENT)
        assert [item.code for item in caught.value.findings] == [code], name
        assert str(tmp_path) not in str(caught.value) and name in str(caught.value)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_picture_without_a_position_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "dem.tif", np.full((75, 100), 1500, np.float32), CRS.from_epsg(EPSG), Affine.identity())
    assert codes_of(tmp_path / "dem.tif") == ["MAP-relief-nowhere"]
