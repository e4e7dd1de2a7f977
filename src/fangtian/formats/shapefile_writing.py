"""写 Shapefile。One per layer: .shp, .shx, .dbf in GBK, .cpg that says so, .prj; and what was renamed.

A shapefile has field names of ten bytes and no aliases: what the fields were called stands in a table beside.
"""

from __future__ import annotations

import csv
import errno
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from fangtian.formats.dataset import DataField
from fangtian.formats.dbf import write_dbf
from fangtian.formats.losses import Losses
from fangtian.formats.outgoing import Outgoing

__all__ = ["FIELD_TABLE", "write_shapefile", "written_table"]

FIELD_TABLE = "字段对照.csv"
"""字段对照表。Old and new names of all fields."""
_SHX_HEAD, _SHX_ROW = 100, 8
_TYPES = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
_CPG = {"gbk": "GBK", "utf-8": "UTF-8"}
_WORDS = {"text": "文本", "number": "数值", "integer": "整数", "date": "日期"}


def write_shapefile(path: Path, item: Outgoing, losses: Losses) -> tuple[DataField, ...]:
    """写 Shapefile。The files of one layer beside ``path``; the fields as they are declared in it.

    A table without shapes is a ``.dbf`` alone.
    """
    layer = item.layer
    if layer.kind == "table":
        losses.add("table-file", item.source, name=path.with_suffix(".dbf").name)
    else:
        _write_shapes(path, item)
    fields = write_dbf(path.with_suffix(".dbf"), item)
    path.with_suffix(".cpg").write_text(_CPG[item.codec], encoding="ascii")
    for field, rounded in fields:
        if rounded:
            told = {"count": rounded, "decimals": field.decimals}
            losses.add("number-rounded", item.source, item.renamed[field.name], **told)
    return tuple(field for field, _ in fields)


def written_table(items: Sequence[tuple[Outgoing, Path, tuple[DataField, ...]]]) -> bytes:
    """字段对照表。CSV that spreadsheet programs open as it is; empty if every field kept its name."""
    rows = [
        (item.source, path.name, item.renamed[field.name], field.name, field.alias,
         _WORDS[field.type], field.length, field.decimals)
        for item, path, fields in items
        for field in fields
    ]  # fmt: skip
    if all(row[2] == row[3] and row[4] in ("", row[2]) for row in rows):
        return b""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("图层", "文件", "原字段名", "新字段名", "别名", "类型", "宽度", "小数位"))
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _write_shapes(path: Path, item: Outgoing) -> None:
    layer = item.layer
    kind = _TYPES[layer.kind]
    multi = layer.kind == "point" and (shapely.get_type_id(layer.geometry) == 4).any()
    wkb = shapely.to_wkb(layer.geometry, byte_order=1) if len(layer) else np.array([], dtype=object)
    system = f"EPSG:{layer.epsg}" if layer.epsg else None
    with _to_disk(path, len(layer)), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no system is told elsewhere
        pyogrio.raw.write(
            path,
            wkb,
            [],
            [],
            driver="ESRI Shapefile",
            geometry_type="MultiPoint" if multi else kind,
            promote_to_multi=bool(multi),
            crs=system,
            encoding="UTF-8",
        )


@contextmanager
def _to_disk(path: Path, count: int) -> Iterator[None]:
    """What GDAL raises, or passes over in silence, where the disk is full: as an OSError."""
    reason = ""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if not isinstance(error, DataSourceError | DataLayerError | FeatureError | GeometryError):
            raise
        reason = str(error)
    index = path.with_suffix(".shx")
    whole = index.exists() and index.stat().st_size == _SHX_HEAD + _SHX_ROW * count
    if reason or not whole:
        told = f"（{reason}）" if reason else ""
        raise OSError(errno.EIO, f"写 Shapefile 失败，磁盘空间可能不足{told}", str(path))
