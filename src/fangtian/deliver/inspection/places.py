"""问题图层。``findings.gpkg`` of an inspection: every place that is wrong, for QGIS and ArcGIS."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from fangtian.deliver.inspection.listing import PlaceRow, rows_of
from fangtian.formats.geopackage import OutField, OutLayer, OutTable, write_geopackage
from fangtian.formats.qgis_style import point_style, polygon_style
from fangtian.geo.crs import crs_of
from fangtian.plan.inspected import Inspection
from fangtian.plan.soundness import DRAWN

__all__ = ["POINTS", "POLYGONS", "ROWS", "write_places"]

POLYGONS, POINTS, ROWS = "检查发现图形", "检查发现点位", "检查发现"
_COLUMNS = {
    "代码": "code",
    "程度": "severity",
    "检查项": "title",
    "文件": "file",
    "图层": "layer",
    "要素": "feature",
    "相关要素": "beside",
    "字段": "field",
    "填写的值": "value",
    "说明": "says",
    "修复前面积": "before_m2",
    "修复后面积": "after_m2",
}
_FIELDS = tuple(
    OutField(name, name, "number" if role.endswith("m2") else "text") for name, role in _COLUMNS.items()
)
_COLOURS = (("错误", "错误", (179, 38, 30)), ("警告", "警告", (176, 98, 0)), ("提示", "提示", (31, 95, 168)))


def write_places(path: Path, inspection: Inspection) -> bool:
    """写问题图层。One feature per place, with its own id; False where nothing has a place.

    Of each finding the first places are polygons, all of them points; what has no place is among the rows.
    """
    by_system: dict[int, list[PlaceRow]] = defaultdict(list)
    rest: list[PlaceRow] = []
    for item in inspection.findings:
        crs = inspection.system(item.place)
        for row in rows_of(item, crs):
            home = rest if crs is None or row.north is None else by_system[crs.epsg]
            home.append(row)
    layers = [
        layer
        for epsg, rows in by_system.items()
        for layer in _layers(rows, epsg, f"_{epsg}" if len(by_system) > 1 else "")
    ]
    if layers:
        write_geopackage(path, layers, [OutTable(ROWS, "检查发现（无图形）", _columns(rest), _FIELDS)])
    return bool(layers)


def _layers(rows: Sequence[PlaceRow], epsg: int, suffix: str) -> list[OutLayer]:
    drawn = _first(rows)
    shapes = _patches([row.shape for row in drawn], epsg)
    points = shapely.points([(row.east, row.north) for row in rows])
    fills, dots = polygon_style(_COLOURS, "程度"), point_style(_COLOURS, "程度")
    return [
        OutLayer(POLYGONS + suffix, "检查发现（图形）", shapes, _columns(drawn), _FIELDS, epsg, fills),
        OutLayer(POINTS + suffix, "检查发现（点位）", points, _columns(rows), _FIELDS, epsg, dots, "Point"),
    ]


def _first(rows: Sequence[PlaceRow]) -> list[PlaceRow]:
    """Polygons of each kind in a layer up to a number that a map can show; the points have all."""
    counts: Counter[tuple[str, ...]] = Counter()
    kept = []
    for row in rows:
        counts[row.code, row.file, row.layer, row.field] += 1
        if counts[row.code, row.file, row.layer, row.field] <= DRAWN:
            kept.append(row)
    return kept


def _patches(shapes: Sequence[Any], epsg: int) -> Any:
    """A point or a line (a spike, a short edge) becomes a patch that can be clicked."""
    found = np.array(shapes, dtype=object)
    thin = shapely.get_dimensions(found) < 2
    found[thin] = shapely.buffer(found[thin], 5e-5 if crs_of(epsg).geographic else 5.0, quad_segs=4)
    return found


def _columns(rows: Sequence[PlaceRow]) -> dict[str, list[Any]]:
    return {name: [getattr(row, role) for row in rows] for name, role in _COLUMNS.items()}
