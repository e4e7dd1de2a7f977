"""绘图。One map from its content: laid out, painted, lettered, furnished, written as PDF and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from math import ceil
from typing import Any

import numpy as np
import shapely
from PIL import Image

from fangtian.catalog.finding import Finding, finding
from fangtian.deliver.drawing.typeface import glyph_findings, use_typeface
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.contour_labels import contour_labels
from fangtian.deliver.maps.fills import fill, halo_band
from fangtian.deliver.maps.lettering import letter
from fangtian.deliver.maps.lines import outline
from fangtian.deliver.maps.neighbours import neighbours
from fangtian.deliver.maps.placing import Placement, place_labels
from fangtian.deliver.maps.relief import Contour, contour_symbol, contours, draw_contours, hillshade
from fangtian.deliver.maps.scene import Scene
from fangtian.deliver.maps.sheet import (
    Canvas,
    Furniture,
    Layout,
    LegendGroup,
    Rgb,
    Tag,
    furnish,
    lay_out,
    open_sheet,
    to_pdf,
    to_png,
)
from fangtian.deliver.maps.strata import Content, Order, Stratum, legend_of, thinner

__all__ = ["DrawnMap", "draw_map"]

DPI = 300
TERRAIN = "地形"
WORD_PIXELS = 2_900
"""Longest side of a picture for Word; half of an A3 sheet of 300 dpi has 2,480."""
COLOURS = 256
PAPER_WHITE = 247
LINES = {"A4": 0.5, "A3": 0.6, "A2": 0.75, "A1": 0.9}
"""Zone lines by paper: the catalogue gives them for maps on a wall."""


@dataclass(frozen=True)
class DrawnMap:
    """附图。A map as files: ``pdf``, ``png`` of 300 dpi and a smaller ``picture`` for Word.

    ``printed`` are the facts on it as printed; ``layout`` and ``epsg`` say what it shows.
    """

    title: str
    anchor: str
    pdf: bytes
    png: bytes
    picture: bytes
    printed: tuple[Tag, ...]
    landscape: bool
    layout: Layout
    epsg: int
    seal: str
    findings: tuple[Finding, ...] = ()


def draw_map(scene: Scene, content: Content, paper: str = "A3") -> DrawnMap:
    """绘一幅图。The same bytes for the same content; raises InputError where the area fits no sheet."""
    content = thinner(content, LINES.get(paper, 1.0))
    furniture = _furniture(scene, content)
    layout = lay_out(_roughly(content.subject), furniture, paper)
    canvas = open_sheet(layout)
    board = Board(canvas, layout)
    with use_typeface():
        placement = _paint(scene, content, board)
        furniture = replace(furniture, neighbours=neighbours(scene, layout))
    printed = (*furnish(canvas, layout, furniture, scene.dossier.plan.crs), *_facts(placement))
    found = _findings(scene, content, furniture, placement)
    return _written(scene, content, canvas, (layout, printed, found))


def _roughly(subject: Any) -> Any:
    """The subject as a layout needs it: a few hundred vertices, nothing of it left out."""
    west, south, east, north = shapely.bounds(subject).tolist()
    step = max(east - west, north - south) / 1_000
    rough = shapely.buffer(shapely.simplify(subject, step, preserve_topology=False), step, quad_segs=1)
    return shapely.intersection(rough, shapely.box(west, south, east, north))


def _furniture(scene: Scene, content: Content) -> Furniture:
    origin = scene.origin
    source = scene.tag("data_source@project.before")
    terrain = content.contours and scene.relief is not None
    legend = legend_of(content)
    if terrain:
        legend = (*legend, LegendGroup(TERRAIN, (contour_symbol(),)))
    return Furniture(
        title=content.title,
        subtitle=origin.plan,
        legend=legend,
        inset=content.inset,
        unit=origin.unit,
        date=f"{origin.on.year}年{origin.on.month}月",
        base_year=str(origin.base_year),
        data_source=source.text if source else "",
        seal=origin.seal,
        notes=content.notes,
    )


def _paint(scene: Scene, content: Content, board: Board) -> Placement:
    for stratum in content.strata:
        _draw(board, stratum)
    found: tuple[Contour, ...] = ()
    if scene.relief is not None and content.shade:
        hillshade(board, scene.relief, content.ground, content.shade)
    if scene.relief is not None and content.contours:
        found = contours(board, scene.relief, content.ground)
        draw_contours(board, found)
    crowd = [s.geometry for s in content.strata if s.order == Order.PLOT]
    placement, grid = place_labels(
        board, content.labels, np.concatenate(crowd) if crowd else np.empty(0, object)
    )
    heights = contour_labels(board, grid, found)
    letter(board, (*placement.placed, *heights))
    return placement


def _draw(board: Board, stratum: Stratum) -> None:
    if not len(stratum.geometry) or shapely.is_empty(stratum.geometry).all():
        return
    if stratum.outside:
        halo_band(board, stratum.geometry, stratum.outside, Order.PILOT - 1)
    if stratum.item.kind == "line":
        outline(board, stratum)
    else:
        fill(board, stratum)


def _facts(placement: Placement) -> tuple[Tag, ...]:
    return tuple(label.request.tag for label in placement.placed if label.request.tag)


def _findings(
    scene: Scene, content: Content, furniture: Furniture, placement: Placement
) -> tuple[Finding, ...]:
    """Names that had to be left out, letters that no font has."""
    lost = [" ".join(request.lines) for request in placement.missing]
    found = list(glyph_findings((text, None) for text in (*furniture.words(), *scene.names())))
    if lost:
        shown = "、".join(lost[:10]) + ("…" if len(lost) > 10 else "")
        found.append(finding("MAP-label-missing", None, title=content.title, count=len(lost), names=shown))
    return tuple(found)


Written = tuple[Layout, Sequence[Tag], tuple[Finding, ...]]


def _written(scene: Scene, content: Content, canvas: Canvas, result: Written) -> DrawnMap:
    layout, printed, found = result
    origin = scene.origin
    title = f"{origin.plan} {content.title}"
    pdf = to_pdf(canvas, title, origin.unit, origin.seal)
    png = to_png(canvas, DPI, origin.seal)
    return DrawnMap(
        title=content.title,
        anchor=f"map:{content.title}",
        pdf=pdf,
        png=png,
        picture=_picture(canvas, _colours(content)),
        printed=tuple(printed),
        landscape=layout.width_mm > layout.height_mm,
        layout=layout,
        epsg=scene.dossier.plan.crs.epsg,
        seal=origin.seal,
        findings=found,
    )


def _colours(content: Content) -> list[Rgb]:
    """Colours that must not be lost where only few pixels have them."""
    items = [stratum.item for stratum in content.strata]
    named = {colour for item in items for colour in (item.face, item.edge) if colour}
    return sorted(named)[: COLOURS // 3]


def _picture(canvas: Canvas, named: Sequence[Rgb]) -> bytes:
    """The sheet as it was just drawn, some 2,480 pixels long in 256 colours: for a Word file."""
    agg: Any = canvas.figure.canvas  # the one of the PNG, whose pixels need not be decoded again
    image = Image.fromarray(np.asarray(agg.buffer_rgba())).convert("RGB")
    factor = ceil(max(image.size) / WORD_PIXELS)
    small = image.reduce(factor)
    sample = small.resize((small.width // 3, small.height // 3), Image.Resampling.NEAREST)
    fixed = [(255, 255, 255), (0, 0, 0), *named]
    free = COLOURS - len(fixed)
    palette = sample.quantize(free, method=Image.Quantize.MEDIANCUT)
    chosen = np.array((palette.getpalette() or [])[: 3 * free], dtype=np.uint8).reshape(-1, 3)
    chosen[(chosen >= PAPER_WHITE).all(axis=1)] = 255  # paper stays white
    palette.putpalette([*chosen.ravel().tolist(), *(part for colour in fixed for part in colour)])
    stream = BytesIO()
    small.quantize(palette=palette, dither=Image.Dither.NONE).save(
        stream, "PNG", dpi=(DPI / factor, DPI / factor), compress_level=6
    )
    return stream.getvalue()
