"""概览图。Small land-class maps before and after as inline SVG, light enough for a web page.

Pieces are dissolved by class before × class after and simplified together, so that neighbours keep a common
edge and both maps show the same outlines where nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import LandClass, land_classes
from fangtian.facts.pieces import Ledger

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["Outline", "Overview", "Swatch", "overview"]

WIDTH = 1400
"""画幅宽。Units of the drawing; a unit is about a third of a millimetre on a printed page."""

BUDGET = 1_000_000
"""字符预算。Characters that both maps may take together; coarser until they fit."""

DEGREE = 111_320.0
"""每度米数。Metres in a degree of latitude; only the scale bar of an overview depends on it."""


@dataclass(frozen=True)
class Swatch:
    """色块。One land class of one map: its colour and its SVG path."""

    code: str
    name: str
    colour: str
    path: str


@dataclass(frozen=True)
class Outline:
    """界线。A boundary drawn over the classes; ``name`` is also its CSS class."""

    name: str
    title: str
    path: str


@dataclass(frozen=True)
class Overview:
    """概览图。Both maps in one frame of ``width`` × ``height`` units; ``bar`` is the scale bar."""

    width: int
    height: int
    before: tuple[Swatch, ...]
    after: tuple[Swatch, ...]
    outlines: tuple[Outline, ...]
    bar: int
    bar_text: str

    @property
    def legend(self) -> tuple[Swatch, ...]:
        """图例。Classes of either map in official order."""
        present = {swatch.code: swatch for swatch in (*self.before, *self.after)}
        return tuple(present[code] for code in land_classes() if code in present)


@dataclass(frozen=True)
class _Frame:
    """From map coordinates to whole units of the drawing, north up."""

    west: float
    north: float
    scale: float
    narrowing: float

    def units(self, coordinates: NDArray[np.float64]) -> NDArray[np.int64]:
        x = (coordinates[:, 0] - self.west) * self.narrowing * self.scale
        y = (self.north - coordinates[:, 1]) * self.scale
        return np.rint(np.column_stack([x, y])).astype(np.int64)


def overview(dossier: Dossier) -> Overview:
    """概览图。Land classes of the pilot area before and after with the boundaries that matter."""
    pieces = dossier.ledger.take(dossier.ledger.in_pilot)
    frame, height, metres = _frame(dossier, pieces)
    parts, before, after = _dissolved(pieces)
    step = 0.6 / frame.scale
    while True:
        shapes = shapely.coverage_simplify(parts, step)
        drawn = tuple(_swatches(frame, shapes, classes) for classes in (before, after))
        if sum(len(swatch.path) for swatches in drawn for swatch in swatches) < BUDGET:
            break
        step *= 1.6
    bar, bar_text = _bar(metres)
    return Overview(WIDTH, height, drawn[0], drawn[1], tuple(_outlines(dossier, frame)), bar, bar_text)


def _frame(dossier: Dossier, pieces: Ledger) -> tuple[_Frame, int, float]:
    """The frame, its height, and the metres of one unit."""
    outline = dossier.survey.layers["pilot_area"].geometry
    west, south, east, north = shapely.total_bounds(pieces.geometry if len(pieces) else outline)
    geographic = dossier.survey.layers["pilot_area"].crs.geographic
    narrowing = cos(radians((south + north) / 2)) if geographic else 1.0
    margin = 0.02 * max(east - west, north - south)
    span = ((east - west) + 2 * margin) * narrowing
    scale = WIDTH / span
    height = round(((north - south) + 2 * margin) * scale)
    frame = _Frame(west - margin, north + margin, scale, narrowing)
    return frame, height, (DEGREE if geographic else 1.0) / scale


def _dissolved(pieces: Ledger) -> tuple[NDArray[Any], list[str], list[str]]:
    """Polygons of equal class before and after, with both classes."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for row, pair in enumerate(zip(pieces.class_before, pieces.class_after, strict=True)):
        pairs.setdefault(pair, []).append(row)
    parts: list[Any] = []
    before: list[str] = []
    after: list[str] = []
    for (was, becomes), rows in sorted(pairs.items()):
        polygons = shapely.get_parts(shapely.union_all(pieces.geometry[rows]))
        polygons = polygons[shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON]
        parts += list(polygons)
        before += [was] * len(polygons)
        after += [becomes] * len(polygons)
    return np.array(parts, dtype=object), before, after


def _swatches(frame: _Frame, shapes: NDArray[Any], classes: Sequence[str]) -> tuple[Swatch, ...]:
    codes = np.array(classes, dtype=object)
    return tuple(
        Swatch(entry.code, entry.name, _hex(entry), _path(frame, shapes[codes == entry.code]))
        for entry in land_classes().values()
        if (codes == entry.code).any()
    )


def _outlines(dossier: Dossier, frame: _Frame) -> Iterator[Outline]:
    layers = dossier.survey.layers
    pilot = shapely.union_all(layers["pilot_area"].geometry)
    for role in ("plots", "eco_redline", "consolidation_area", "pilot_area"):
        if role in layers:
            geometry = layers[role].geometry
            merged = geometry if role == "plots" else np.array([shapely.union_all(geometry)], dtype=object)
            shown = shapely.simplify(shapely.intersection(merged, pilot), 0.8 / frame.scale)
            yield Outline(role, layers[role].title, _path(frame, shapely.get_parts(shown)))


def _path(frame: _Frame, polygons: Iterable[Any]) -> str:
    """SVG path in whole units; rings that vanish at this size are left out."""
    rings = shapely.get_rings([polygon for polygon in polygons if shapely.get_type_id(polygon) in (3, 6)])
    coordinates, index = shapely.get_coordinates(rings, return_index=True)
    units = frame.units(coordinates)
    starts = np.searchsorted(index, np.arange(len(rings) + 1))
    return "".join(_ring(units[a:b]) for a, b in pairwise(starts))


def _ring(units: NDArray[np.int64]) -> str:
    steps = np.diff(units, axis=0)
    steps = steps[(steps != 0).any(axis=1)][:-1]
    if len(steps) < 2:
        return ""
    moves = " ".join(f"{x} {y}" for x, y in steps.tolist())
    return f"M{units[0, 0]} {units[0, 1]}l{moves}z".replace(" -", "-")


def _bar(metres: float) -> tuple[int, str]:
    """Length in units and text of a scale bar of about a fifth of the width."""
    wanted = WIDTH * metres / 5
    lengths = [base * 10**power for power in range(1, 6) for base in (1, 2, 5)]
    length = max((entry for entry in lengths if entry <= wanted), default=lengths[0])
    text = f"{length // 1000} 公里" if length >= 1000 else f"{length} 米"
    return round(length / metres), text


def _hex(entry: LandClass) -> str:
    return "#{:02x}{:02x}{:02x}".format(*entry.rgb)
