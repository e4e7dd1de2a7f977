"""问题示意图。A small map of one place that is wrong, with what lies around it, as inline SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding
from fangtian.deliver.report.svg import Frame, scale_bar, svg_path
from fangtian.geo.crs import Crs
from fangtian.geo.ground import DEGREE_M
from fangtian.plan.inspected import Inspection

__all__ = ["HEIGHT", "WIDTH", "Sketch", "Sketcher"]

WIDTH, HEIGHT = 320, 220
"""画幅。Units of the drawing."""

LEAST_M = 4.0
"""A window is at least this high: an overlap of 1 mm must be seen among the parcels that it lies between."""
ROOM = 2.2
NEIGHBOURS = 400
CROSS = 9


@dataclass(frozen=True)
class Sketch:
    """示意图。``around`` and ``wrong`` are SVG paths; ``mark`` crosses what is too thin to be seen.

    ``name`` is that of the feature that is drawn.
    """

    around: str
    wrong: str
    mark: str
    bar: int
    bar_text: str
    where: str
    name: str = ""


class Sketcher:
    """示意图绘制。Draws places with the polygons of the inspected layers around them."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._layers = [layer for layer in inspection.layers if len(layer)]
        self._bounds = [shapely.bounds(layer.geometry) for layer in self._layers]

    def sketches(self, item: Finding, most: int) -> Iterator[Sketch]:
        """示意图。The ``most`` largest of the places that a finding names; none where it names none."""
        crs = self._inspection.system(item.place)
        if item.place.wkb is not None and crs is not None:
            for name, shape in _worst(item, most):
                if np.isfinite(shapely.bounds(shape)).all():
                    yield replace(self._sketch(item.place.file, crs, shape), name=name)

    def _sketch(self, file: str, crs: Crs, worst: Any) -> Sketch:
        frame, metres = _frame(worst, crs.geographic)
        window = _window(frame)
        near = [shape for shape in self._near(file, crs, window) if shapely.intersects(shape, window)]
        clipped = shapely.intersection(np.array(near[:NEIGHBOURS], dtype=object), window) if near else []
        bar, text = scale_bar(WIDTH, metres)
        return Sketch(
            svg_path(frame, _surfaces(clipped)),
            svg_path(frame, _surfaces([shapely.intersection(worst, window)])),
            _cross(frame, worst),
            bar,
            text,
            _coordinates(worst, crs.geographic),
        )

    def _near(self, file: str, crs: Crs, window: Any) -> Iterator[Any]:
        """Polygons of the finding's own file around it, or of the files that were taken together."""
        west, south, east, north = window.bounds
        for layer, box in zip(self._layers, self._bounds, strict=True):
            if layer.crs == crs and (layer.source == file or layer.source in file.split("、")):
                rows = (box[:, 0] <= east) & (box[:, 2] >= west)
                rows &= (box[:, 1] <= north) & (box[:, 3] >= south)
                yield from layer.geometry[rows]


def _worst(item: Finding, most: int) -> list[tuple[str, Any]]:
    """The largest places of a finding, in the order of their areas, and what each is called."""
    if len(item.places.shapes):
        shapes = np.asarray(item.places.shapes, dtype=object)
        usable = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        rows = usable[np.argsort(-shapely.area(shapes[usable]), kind="stable")][:most].tolist()
        return [(_called(item, row), shapes[row]) for row in rows]
    parts = shapely.get_parts(shapely.from_wkb(item.place.wkb))
    parts = parts[~shapely.is_empty(parts)]
    chosen = parts[np.argsort(-shapely.area(parts), kind="stable")][:most]
    return [(item.place.feature or item.place.layer, shape) for shape in chosen]


def _called(item: Finding, row: int) -> str:
    beside = str(item.places.beside[row]) if len(item.places.beside) else ""
    name = f"{item.places.features[row]}与{beside}" if beside else str(item.places.features[row])
    says = str(item.places.says[row]) if len(item.places.says) else ""
    return "，".join(part for part in (name, says) if part) or item.place.layer


def _frame(shape: Any, geographic: bool) -> tuple[Frame, float]:
    """The frame of a window around a shape, and the metres of one unit."""
    west, south, east, north = shapely.bounds(shape).tolist()
    narrowing = cos(radians((south + north) / 2)) if geographic else 1.0
    unit = DEGREE_M if geographic else 1.0
    high = max(north - south, (east - west) * narrowing * HEIGHT / WIDTH, LEAST_M / unit) * ROOM
    scale = HEIGHT / high
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    frame = Frame(middle_x - WIDTH / scale / narrowing / 2, middle_y + high / 2, scale, narrowing)
    return frame, unit / scale


def _window(frame: Frame) -> Any:
    east = frame.west + WIDTH / frame.scale / frame.narrowing
    return shapely.box(frame.west, frame.north - HEIGHT / frame.scale, east, frame.north)


def _surfaces(shapes: Sequence[Any] | NDArray[Any]) -> list[Any]:
    parts = shapely.get_parts(shapes) if len(shapes) else []
    while any(shapely.get_type_id(part) == shapely.GeometryType.GEOMETRYCOLLECTION for part in parts):
        parts = shapely.get_parts(parts)
    return [part for part in parts if shapely.get_type_id(part) == shapely.GeometryType.POLYGON]


def _cross(frame: Frame, shape: Any) -> str:
    """A cross over what is thinner than a line of the drawing."""
    west, south, east, north = shapely.bounds(shape).tolist()
    if shapely.area(shape) * frame.scale**2 * frame.narrowing > 4 * CROSS:
        return ""
    x, y = frame.units(np.array([[(west + east) / 2, (south + north) / 2]]))[0].tolist()
    size = 2 * CROSS
    return f"M{x - CROSS} {y - CROSS}l{size} {size}M{x - CROSS} {y + CROSS}l{size} {-size}"


def _coordinates(shape: Any, geographic: bool) -> str:
    """Where it is, so that it can be found in any program."""
    point = shapely.point_on_surface(shape)
    x, y = float(shapely.get_x(point)), float(shapely.get_y(point))
    return f"经度 {x:.6f}，纬度 {y:.6f}" if geographic else f"X（北）{y:.2f}，Y（东）{x:.2f}"
