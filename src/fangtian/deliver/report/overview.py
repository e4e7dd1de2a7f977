"""概览图。Small land-class maps before and after as inline SVG, light enough for a web page.

Pieces are dissolved by class before × class after and simplified together, so that neighbours keep a common
edge and both maps show the same outlines where nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import LandClass, land_classes
from fangtian.deliver.report.svg import Frame, scale_bar, svg_path
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
    bar, bar_text = scale_bar(WIDTH, metres)
    return Overview(WIDTH, height, drawn[0], drawn[1], tuple(_outlines(dossier, frame)), bar, bar_text)


def _frame(dossier: Dossier, pieces: Ledger) -> tuple[Frame, int, float]:
    """The frame, its height, and the metres of one unit."""
    outline = dossier.survey.layers["pilot_area"].geometry
    west, south, east, north = shapely.total_bounds(pieces.geometry if len(pieces) else outline)
    geographic = dossier.survey.layers["pilot_area"].crs.geographic
    narrowing = cos(radians((south + north) / 2)) if geographic else 1.0
    margin = 0.02 * max(east - west, north - south)
    span = ((east - west) + 2 * margin) * narrowing
    scale = WIDTH / span
    height = round(((north - south) + 2 * margin) * scale)
    frame = Frame(west - margin, north + margin, scale, narrowing)
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


def _swatches(frame: Frame, shapes: NDArray[Any], classes: Sequence[str]) -> tuple[Swatch, ...]:
    codes = np.array(classes, dtype=object)
    return tuple(
        Swatch(entry.code, entry.name, _hex(entry), svg_path(frame, shapes[codes == entry.code]))
        for entry in land_classes().values()
        if (codes == entry.code).any()
    )


def _outlines(dossier: Dossier, frame: Frame) -> Iterator[Outline]:
    layers = dossier.survey.layers
    pilot = shapely.union_all(layers["pilot_area"].geometry)
    for role in ("plots", "eco_redline", "consolidation_area", "pilot_area"):
        if role in layers:
            geometry = layers[role].geometry
            merged = geometry if role == "plots" else np.array([shapely.union_all(geometry)], dtype=object)
            shown = shapely.simplify(shapely.intersection(merged, pilot), 0.8 / frame.scale)
            yield Outline(role, layers[role].title, svg_path(frame, shapely.get_parts(shown)))


def _hex(entry: LandClass) -> str:
    return "#{:02x}{:02x}{:02x}".format(*entry.rgb)
