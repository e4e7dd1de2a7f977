"""成果库 FileGDB。The same layers and tables as the GeoPackage, as the file geodatabase that ArcGIS opens.

Written for ArcGIS 10 and later: text with its official width, integers of 32 bit, Chinese aliases of fields
and layers, coordinates on a grid of 0.1 mm with a tolerance of 1 mm. GDAL gives every item of a geodatabase a
random id; here the ids are derived from the content, so the same input gives the same bytes.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

from fangtian.errors import DeliverError
from fangtian.formats.geopackage import OutField, OutLayer, OutTable

__all__ = ["geodatabase_files", "read_geodatabase_table", "write_filegdb"]

_DRIVER = "OpenFileGDB"
_SHAPE = "SHAPE"
_GRID = {"XORIGIN": "0", "YORIGIN": "0", "XYSCALE": "10000", "XYTOLERANCE": "0.001"}
"""Grid of 0.1 mm from the zone's own origin: what is on the survey's grid then reads back to the last bit.

GDAL's default origin, -2**31 m, is off by up to 0.24 µm, enough to make a shape cross itself.
"""
_DEGREE_GRID = {"XYSCALE": "1000000000", "XYTOLERANCE": "0.000000008983"}
_MOST_DEGREES = 400.0
_USUAL_WIDTH = 255
"""Width that ArcGIS gives to text of no declared width; doubled as long as the content needs it."""
_INT32 = range(-(2**31), 2**31)
_ITEM_TABLES = (("GDB_Items", ("UUID",)), ("GDB_ItemRelationships", ("UUID", "OriginID", "DestID")))
_NAMELESS_ID = "OGC_FID"
"""What GDAL calls the id of a table whose own description it cannot read; it tells nothing else."""
_SYSTEM_FILES = 8
"""Numbers up to which tables of a geodatabase are the system's own."""
_FAILURES = (DataSourceError, DataLayerError, FeatureError, FieldError)

Maker = Callable[[Path], OutTable]


def write_filegdb(
    path: Path, layers: Sequence[OutLayer], tables: Sequence[OutTable] = (), last: Maker | None = None
) -> None:
    """写 FileGDB。Layers and tables into the folder ``path`` (``….gdb``), replaced only when complete.

    ``last`` makes one more table from the geodatabase as it can be read by then. None and NaN become NULL;
    text longer than its field raises :class:`DeliverError`.
    """
    if path.suffix.lower() != ".gdb":
        raise ValueError(f"the name of a file geodatabase ends with .gdb, not {path.name!r}")
    if not layers and not tables:
        raise ValueError("a file geodatabase of fangtian has at least one layer")
    partial = path.with_name(f".{path.stem}.partial.gdb")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        with _quiet():
            targets: list[OutLayer | OutTable] = [*layers, *tables]
            for target in targets:
                _append(partial, target)
            if last:
                _append(partial, last(partial))
        _settle_ids(partial)
        shutil.rmtree(path, ignore_errors=True)
        partial.rename(path)
    except _FAILURES as error:
        raise OSError(errno.EIO, f"写 FileGDB 失败，磁盘空间可能不足（{error}）", str(path)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def geodatabase_files(path: Path) -> list[Path]:
    """库内文件。Every file of a file geodatabase, sorted, without the locks of programs that have it open."""
    files = (file for file in path.iterdir() if file.is_file() and file.suffix != ".lock")
    return sorted(files, key=lambda file: file.name)


def read_geodatabase_table(path: Path, name: str) -> tuple[pa.Table, str]:
    """读取一表。A layer or table as Arrow columns with the row id first, and the name of its geometry column.

    Works for any database of several layers that GDAL opens. Raises OSError where it cannot be read.
    """
    options = {"LIST_ALL_TABLES": "YES"} if path.suffix.lower() == ".gdb" else {}
    try:
        with _quiet():
            meta, table = pyogrio.read_arrow(path, layer=name, return_fids=True, **options)
    except (*_FAILURES, RuntimeError, ValueError) as error:
        raise OSError(errno.EIO, f"无法读取“{name}”：{error}", str(path)) from error
    if table.column_names[0] == _NAMELESS_ID and path.suffix.lower() == ".gdb":
        raise OSError(errno.EIO, f"“{name}”的数据文件已损坏", str(path))
    return table, (meta["geometry_name"] or "wkb_geometry") if meta["geometry_type"] else ""


def _append(path: Path, target: OutLayer | OutTable) -> None:
    fields = [_column(item, list(target.columns[item.name]), target.title) for item in target.fields]
    options: dict[str, Any] = {
        "layer": target.name,
        "driver": _DRIVER,
        "append": path.exists(),
        "layer_options": {"LAYER_ALIAS": target.title},
        "geometry_type": None,
    }
    if isinstance(target, OutLayer):
        wkb = shapely.to_wkb(shapely.force_2d(target.geometry), byte_order=1)
        metadata = {"ARROW:extension:name": "geoarrow.wkb"}
        fields.append((pa.field(_SHAPE, pa.binary(), metadata=metadata), pa.array(wkb.tolist(), pa.binary())))
        options |= {"geometry_name": _SHAPE, "geometry_type": target.geometry_type, "crs": target.system}
        options["layer_options"] |= {"GEOMETRY_NAME": _SHAPE, **_grid(target.geometry)}
    if any(item.type == "date" for item in target.fields):
        options["layer_options"]["TIME_IN_UTC"] = "NO"  # the office's own days
    schema = pa.schema([field for field, _ in fields])
    pyogrio.write_arrow(pa.table([values for _, values in fields], schema=schema), path, **options)


def _grid(geometry: NDArray[Any]) -> dict[str, str]:
    """Grid of a layer: of degrees where all coordinates could be; further west and south if need be."""
    bounds = shapely.total_bounds(geometry) if len(geometry) else np.full(4, np.nan)
    grid = dict(_GRID)
    if np.isfinite(bounds).all() and np.abs(bounds).max() <= _MOST_DEGREES:
        grid |= _DEGREE_GRID
    if (bounds < 0).any():
        grid |= dict.fromkeys(("XORIGIN", "YORIGIN"), "-400" if grid["XYSCALE"] == "1000000000" else "-1e9")
    return grid


def _column(item: OutField, values: Sequence[Any], title: str) -> tuple[pa.Field, pa.Array]:
    """A column and its Arrow field, whose metadata GDAL takes for width and alias."""
    known = [None if value is None or value != value else value for value in values]
    if item.type == "text":
        words = [None if value is None else str(value) for value in known]
        array, width = pa.array(words, pa.string()), _width(item, words, title)
    elif item.type == "integer":
        whole = [None if value is None else int(value) for value in known]
        # A 64-bit integer field would need ArcGIS Pro 3.2; as a double it is exact to 2**53.
        small = all(value is None or value in _INT32 for value in whole)
        array, width = pa.array(whole, pa.int32()) if small else pa.array(whole, pa.float64()), 0
    elif item.type == "date":
        moments = np.array(["NaT" if value is None else value for value in known], dtype="datetime64[ms]")
        array, width = pa.array(moments, pa.timestamp("ms")), 0
    else:
        numbers = [None if value is None else float(value) for value in known]
        array, width = pa.array(numbers, pa.float64()), 0
    metadata = {"GDAL:OGR:alternative_name": item.alias or item.name}
    if width:
        metadata["GDAL:OGR:width"] = str(width)
    return pa.field(item.name, array.type, metadata=metadata), array


def _width(item: OutField, words: Sequence[str | None], title: str) -> int:
    longest = max((word for word in words if word is not None), key=len, default="")
    if item.length and len(longest) > item.length:
        raise DeliverError(
            f"图层“{title}”字段 {item.name}（{item.alias}）宽 {item.length}，放不下“{longest}”；请缩短该值"
        )
    width = item.length or _USUAL_WIDTH
    while width < len(longest):
        width *= 2
    return width


def _settle_ids(path: Path) -> None:
    """Replace the random ids by ones that follow from everything else that the geodatabase holds."""
    found = list(dict.fromkeys(_random_ids(path)))
    numbered = [uuid.UUID(int=number) for number in range(1, len(found) + 1)]
    _exchange(path, found, numbered)
    content = hashlib.sha256()
    for file in geodatabase_files(path):
        content.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        content.update(file.read_bytes())
    _exchange(path, numbered, [_id_from(content.digest(), number) for number in range(len(found))])


def _random_ids(path: Path) -> Iterator[uuid.UUID]:
    for table, columns in _ITEM_TABLES:
        rows, _ = read_geodatabase_table(path, table)
        for column in columns:
            yield from (uuid.UUID(text) for text in rows.column(column).to_pylist() if text)


def _exchange(path: Path, old: Sequence[uuid.UUID], new: Sequence[uuid.UUID]) -> None:
    """Ids are stored as 16 bytes in the rows of system tables; neither rows nor their offsets move."""
    for file in geodatabase_files(path):
        if file.suffix == ".gdbtable" and int(file.stem[1:], 16) <= _SYSTEM_FILES:
            before = after = file.read_bytes()
            for one, other in zip(old, new, strict=True):
                after = after.replace(one.bytes_le, other.bytes_le)
            if after != before:
                file.write_bytes(after)


def _id_from(digest: bytes, number: int) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.sha256(digest + number.to_bytes(4)).digest()[:16], version=5)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
