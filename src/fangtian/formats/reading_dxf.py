"""读 DXF。Drawing entities as layers of one kind each: closed outlines as polygons, lines, points, texts.

A drawing has no features: which entities bound land is for their DXF layer to say, kept as a field. Only
closed polylines count as outlines; hatches and blocks usually repeat what an outline draws already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.errors import InputError
from fangtian.formats.dataset import DataField, DataLayer, Dataset
from fangtian.formats.reading_gdal import layer_infos, read_gdal_layer
from fangtian.formats.shapes import any_shapes

__all__ = ["dxf_dataset"]

_FIELDS = {"Layer": "图层", "SubClasses": "", "Linetype": "线型", "EntityHandle": "句柄", "Text": "文字"}
_ROUND = ("AcDbCircle", "AcDbEllipse", "AcDbSpline")
_LEAST = 4  # points of the least closed line
_NAMES = {"polygon": "面", "line": "线", "point": "点", "annotation": "注记", "mixed": "其他"}
_LINES = (
    shapely.GeometryType.LINESTRING,
    shapely.GeometryType.LINEARRING,
    shapely.GeometryType.MULTILINESTRING,
)
_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)


def dxf_dataset(source: Path, place: Place, encoding: str = "") -> Dataset:
    """读 DXF。Layers 面, 线, 点, 注记 and 其他 (blocks, hatches), as far as the drawing has them.

    A polyline that is marked closed, or ends where it began, is an outline. What stands in paper space is
    left out. Raises :class:`InputError` where the drawing is empty or broken.
    """
    infos = layer_infos(source, Path(place.file))
    if not infos or not infos[0].count:
        raise InputError([finding("FMT-dxf-empty", place, file=place.file)])
    raw = read_gdal_layer(source, infos[0], place, encoding)
    shapes, remarks = any_shapes(raw.wkb, Place(file=place.file, layer=infos[0].name))
    paper = raw.columns.get("PaperSpace", np.zeros(len(shapes))) == 1
    kinds = _kinds(shapes, raw.columns)
    kinds[paper | shapely.is_missing(shapes)] = ""
    columns = {name: raw.columns[name] for name in _FIELDS if name in raw.columns}
    layers = tuple(_layer(kind, kinds == kind, shapes, columns) for kind in _NAMES if (kinds == kind).any())
    findings = (*raw.findings, *remarks, *_left(kinds, paper, place))
    return Dataset(source, "DXF", layers, findings, raw.encoding)


def _kinds(shapes: NDArray[Any], columns: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """What every entity is taken for."""
    types = shapely.get_type_id(shapes)
    classes = columns.get("SubClasses", np.full(len(shapes), "", dtype=object))
    texts = columns.get("Text", np.full(len(shapes), "", dtype=object))
    curved = np.array([any(word in text for word in _ROUND) for text in classes], dtype=bool)
    closed = (types == shapely.GeometryType.LINESTRING) & shapely.is_closed(shapes) & ~curved
    closed &= shapely.get_num_coordinates(shapes) >= _LEAST
    kinds = np.full(len(shapes), "mixed", dtype=object)
    kinds[np.isin(types, _LINES)] = "line"
    kinds[closed] = "polygon"
    kinds[np.isin(types, _POINTS)] = "point"
    kinds[np.isin(types, _POINTS) & (texts != "")] = "annotation"
    return kinds


def _layer(kind: str, rows: NDArray[np.bool_], shapes: NDArray[Any], columns: dict[str, Any]) -> DataLayer:
    own = shapes[rows]
    if kind == "polygon":
        own = shapely.polygons([shapely.linearrings(shapely.get_coordinates(line)) for line in own])
    texts = columns["Text"][rows] if kind == "annotation" else None
    return DataLayer(
        _NAMES[kind],
        kind,
        tuple(DataField(name, alias=_FIELDS[name]) for name in columns),
        own,
        {name: column[rows] for name, column in columns.items()},
        texts=texts,
        angles=None if texts is None else np.zeros(len(own)),
    )


def _left(kinds: NDArray[Any], paper: NDArray[np.bool_], place: Place) -> Iterator[Finding]:
    """What is no outline, and what was left out."""
    counts = Counter(kind for kind in kinds if kind not in ("", "polygon"))
    if counts:
        shown = "、".join(f"{_NAMES[kind]} {counts[kind]}" for kind in _NAMES if counts[kind])
        closed = int((kinds == "polygon").sum())
        yield finding(
            "FMT-dxf-outline", place, file=place.file, closed=closed, count=counts.total(), kinds=shown
        )
    if paper.any():
        yield finding("FMT-dxf-paper", place, file=place.file, count=int(paper.sum()))
