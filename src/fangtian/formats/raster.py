"""高程栅格。Elevation models (GeoTIFF, ASCII grid, ERDAS, SRTM …), cut to a place and brought into its zone.

Heights serve the picture of the ground on maps, no number follows from them. So, unlike polygons, they may
come in another coordinate system and are re-projected here, which is always reported.
"""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import Affine
from rasterio._err import CPLE_BaseError  # what rasterio lets through as GDAL raised it
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.warp import Resampling, calculate_default_transform, reproject, transform_bounds

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.reference import declared_crs

__all__ = ["Elevation", "Extent", "read_elevation", "write_elevation"]

# Without a handler of its own, a library's log records end on the user's terminal.
logging.getLogger("rasterio").addHandler(logging.NullHandler())

Heights = NDArray[np.float32]

FORMATS = {
    ".tif": "GTiff",
    ".tiff": "GTiff",
    ".asc": "AAIGrid",
    ".img": "HFA",
    ".hgt": "SRTMHGT",
    ".bil": "EHdr",
    ".flt": "EHdr",
    ".adf": "AIG",
}
"""Formats that hold their own heights; GDAL's drivers that point elsewhere (virtual, web) stay shut."""
MOST_CELLS = 1500
"""Cells along the longer side: more than a printed sheet shows, little enough for any PC."""
LOWEST, HIGHEST = -500.0, 9000.0
_CGCS2000 = range(4490, 4555)
_FAILURES = (
    *(RasterioError, CPLE_BaseError, ArithmeticError, OSError),
    *(ValueError, TypeError, AttributeError, MemoryError),
)


@dataclass(frozen=True)
class Extent:
    """范围。The rectangle that is wanted, metres in the zone ``epsg``."""

    west: float
    south: float
    east: float
    north: float
    epsg: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """四至。West, south, east, north."""
        return self.west, self.south, self.east, self.north


@dataclass(frozen=True)
class Elevation:
    """高程。``heights`` (rows, cols) metres, row 0 in the north, NaN where unknown; square cells of
    ``cell`` metres, the outer corner of the first one at ``west``, ``north``.
    """

    heights: Heights
    west: float
    north: float
    cell: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """四至。West, south, east, north of the grid."""
        rows, cols = self.heights.shape
        return self.west, self.north - rows * self.cell, self.west + cols * self.cell, self.north

    @property
    def x(self) -> NDArray[np.float64]:
        """横坐标。Eastings of the cell centres (cols,)."""
        return np.asarray(self.west + (np.arange(self.heights.shape[1]) + 0.5) * self.cell, dtype=np.float64)

    @property
    def y(self) -> NDArray[np.float64]:
        """纵坐标。Northings of the cell centres (rows,), falling."""
        return np.asarray(self.north - (np.arange(self.heights.shape[0]) + 0.5) * self.cell, dtype=np.float64)


def read_elevation(path: Path, extent: Extent) -> tuple[Elevation | None, tuple[Finding, ...]]:
    """读取高程。The heights of ``extent``, with remarks; None where the file does not reach there.

    Raises InputError for a file that is missing, unreadable, of several bands, without a position, or in an
    unknown coordinate system.
    """
    place = Place(file=path.name)
    if not path.exists():
        raise InputError([finding("FMT-missing", place, file=path.name)])
    driver = FORMATS.get(path.suffix.lower())
    if driver is None:
        raise InputError([finding("MAP-relief-format", place, file=path.name, accepted="、".join(FORMATS))])
    with _gdal(place), rasterio.open(path, driver=driver) as source:
        system, remarks = _system(source, extent, place)
        grid = _grid(source, system, extent)
        heights = _warped(source, system, grid, extent)
    heights, strange = _plausible(heights, place)
    known = float(np.isfinite(heights).mean())
    if known == 0:
        return None, (*remarks, *strange, finding("MAP-relief-elsewhere", place, file=path.name))
    return Elevation(heights, extent.west, extent.north, grid.cell), (*remarks, *strange)


def write_elevation(path: Path, elevation: Elevation, epsg: int) -> None:
    """写高程。A GeoTIFF of 0.1 m steps, the same bytes for the same heights."""
    rows, cols = elevation.heights.shape
    rounded = np.round(elevation.heights.astype(np.float64), 1).astype(np.float32)
    transform = Affine(elevation.cell, 0.0, elevation.west, 0.0, -elevation.cell, elevation.north)
    with rasterio.open(
        path, "w", driver="GTiff", width=cols, height=rows, count=1, dtype="float32",
        crs=CRS.from_epsg(epsg), transform=transform, nodata=math.nan, compress="deflate", predictor=3,
    ) as target:  # fmt: skip
        target.write(rounded, 1)


@dataclass(frozen=True)
class _Grid:
    """The cells that are asked for."""

    rows: int
    cols: int
    cell: float

    def transform(self, extent: Extent) -> Affine:
        return Affine(self.cell, 0.0, extent.west, 0.0, -self.cell, extent.north)


def _system(source: Any, extent: Extent, place: Place) -> tuple[CRS, tuple[Finding, ...]]:
    """The file's coordinate system: as declared, or plain from where its corners lie."""
    if source.count != 1:
        raise InputError([finding("MAP-relief-bands", place, file=place.file, count=source.count)])
    if source.transform.is_identity:
        raise InputError([finding("MAP-relief-nowhere", place, file=place.file)])
    if source.crs is None:
        return _assumed(source, extent, place)
    epsg, name = declared_crs(source.crs.to_wkt())
    system = CRS.from_epsg(epsg) if epsg else source.crs
    if epsg == extent.epsg:
        return system, ()
    code = "MAP-relief-projected" if epsg in _CGCS2000 else "MAP-relief-datum"
    return system, (finding(code, place, file=place.file, name=name or "（未命名）", epsg=extent.epsg),)


def _assumed(source: Any, extent: Extent, place: Place) -> tuple[CRS, tuple[Finding, ...]]:
    for epsg in (extent.epsg, 4490):
        system = CRS.from_epsg(epsg)
        wanted = transform_bounds(CRS.from_epsg(extent.epsg), system, *extent.bounds)
        if _meet(wanted, tuple(source.bounds)):
            return system, (finding("MAP-relief-assumed", place, file=place.file, epsg=epsg),)
    raise InputError([finding("MAP-relief-no-crs", place, file=place.file, epsg=extent.epsg)])


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _grid(source: Any, system: CRS, extent: Extent) -> _Grid:
    """As fine as the file, as far as a map shows it."""
    wide, high = extent.east - extent.west, extent.north - extent.south
    target = CRS.from_epsg(extent.epsg)
    native = abs(source.transform.a)
    if system != target:
        around = transform_bounds(target, system, *extent.bounds)
        cells = [abs(source.transform.a), abs(source.transform.e)]
        size = [max(1, round((around[i + 2] - around[i]) / cells[i])) for i in (0, 1)]
        native = abs(calculate_default_transform(system, target, *size, *around)[0].a)
    cell = max(native, max(wide, high) / MOST_CELLS)
    return _Grid(max(2, math.ceil(high / cell)), max(2, math.ceil(wide / cell)), cell)


def _warped(source: Any, system: CRS, grid: _Grid, extent: Extent) -> Heights:
    heights = np.full((grid.rows, grid.cols), np.nan, dtype=np.float32)
    reproject(
        rasterio.band(source, 1),
        heights,
        src_crs=system,
        src_nodata=source.nodata,
        dst_crs=CRS.from_epsg(extent.epsg),
        dst_transform=grid.transform(extent),
        dst_nodata=math.nan,
        resampling=Resampling.bilinear,
    )
    return heights


def _plausible(heights: Heights, place: Place) -> tuple[Heights, tuple[Finding, ...]]:
    """Without the −32768 and 65535 that stand for nothing in files that do not say so."""
    strange = np.isfinite(heights) & ((heights < LOWEST) | (heights > HIGHEST))
    count = int(strange.sum())
    if not count:
        return heights, ()
    least, most = float(heights[strange].min()), float(heights[strange].max())
    values = {"count": count, "least": f"{least:.0f}", "most": f"{most:.0f}"}
    kept = np.where(strange, np.float32(np.nan), heights)
    return kept, (finding("MAP-relief-heights", place, file=place.file, **values),)


@contextmanager
def _gdal(place: Place) -> Iterator[None]:
    """Turn GDAL's failures into findings and keep its warnings off the terminal."""
    try:
        with warnings.catch_warnings(), rasterio.Env(GDAL_PAM_ENABLED="NO", GDAL_NUM_THREADS="1"):
            warnings.simplefilter("ignore")
            yield
    except InputError:
        raise
    except _FAILURES as error:
        broken = finding("MAP-relief-unreadable", place, file=place.file, reason=_reason(error))
        raise InputError([broken]) from error


def _reason(error: BaseException) -> str:
    """GDAL's own words in one line, without the folders of this machine."""
    words = " ".join(str(error).split())
    return re.sub(r"(?:[A-Za-z]:)?[\\/]\S*[\\/]", "", words)[:160] or type(error).__name__
