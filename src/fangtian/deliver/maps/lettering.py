"""字迹。Draws placed labels: letters as text, their halo as a stroke beneath, bars, frames and leaders.

One artist draws them all straight through the renderer: laying out each as a text of its own would take
most of the time of a map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, IdentityTransform

from fangtian.deliver.drawing.typeface import POINT_MM, Weight, font, text_width
from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.labels import LINE, PlacedLabel, nearest
from fangtian.deliver.maps.pen import ink
from fangtian.deliver.maps.sheet import Rgb

__all__ = ["Lettering", "letter"]

ABOVE = 30.0
"""zorder: over everything in the frame, under the furniture."""
MIDDLE = 0.37
"""Half the height of digits and of Chinese characters over the baseline, in letter sizes."""
LEADER_PT, BAR_PT, FRAME_PT = 0.5, 0.4, 0.8
WHITE: Rgb = (255, 255, 255)


def letter(board: Board, labels: Sequence[PlacedLabel]) -> None:
    """写注记。Onto the frame of a sheet."""
    axes = board.canvas.axes
    axes.add_artist(Lettering(labels, board.size))


class Lettering(Artist):
    """字迹。All labels of a map."""

    def __init__(self, labels: Sequence[PlacedLabel], k: float) -> None:
        super().__init__()
        self.labels = tuple(labels)
        self.k = k
        self.set_zorder(ABOVE)

    def draw(self, renderer: RendererBase) -> None:
        """绘制。Leaders first, then frames and halos, then all letters."""
        figure = self.get_figure(root=True)
        if figure is None:
            return
        pixel = figure.dpi / 25.4  # pixels per millimetre
        gc = renderer.new_gc()
        _Strokes(renderer, gc, pixel, self.k).draw(self.labels)
        self._write(renderer, gc, pixel)
        gc.restore()
        self.stale = False

    def _write(self, renderer: RendererBase, gc: GraphicsContextBase, pixel: float) -> None:
        height = renderer.get_canvas_width_height()[1]
        for label in self.labels:
            request = label.request
            gc.set_foreground(ink(request.rgb), isRGBA=True)
            style = _style(request.weight, label.size)
            for text, x, y in _runs(label):
                across, up = x * pixel, y * pixel
                up = height - up if renderer.flipy() else up
                renderer.draw_text(gc, across, up, text, style, label.angle)


def _runs(label: PlacedLabel) -> Iterator[tuple[str, float, float]]:
    """Lines of a label with the start of their baselines in mm."""
    request, em = label.request, label.size * POINT_MM
    cosine, sine = np.cos(np.radians(label.angle)), np.sin(np.radians(label.angle))
    for number, text in enumerate(request.lines):
        back = -text_width(text, label.size, request.weight) / 2
        up = (len(request.lines) - 1) / 2 - number
        rise = up * LINE * em - MIDDLE * em
        yield text, label.x + back * cosine - rise * sine, label.y + back * sine + rise * cosine


class _Strokes:
    """What is drawn beneath the letters."""

    def __init__(self, renderer: RendererBase, gc: GraphicsContextBase, pixel: float, k: float) -> None:
        self.renderer, self.gc, self.pixel, self.k = renderer, gc, pixel, k
        self.gc.set_joinstyle("round")
        self.gc.set_capstyle("round")
        self.gc.set_antialiased(True)

    def draw(self, labels: Sequence[PlacedLabel]) -> None:
        self._leaders([label for label in labels if label.leader])
        self._frames([label for label in labels if label.request.frame])
        self._halos([label for label in labels if label.request.halo])
        self._bars([label for label in labels if label.request.bar])

    def _stroke(self, path: Path, rgb: Rgb, points: float, alpha: float = 1.0) -> None:
        self.gc.set_foreground(ink(rgb, alpha), isRGBA=True)
        self.gc.set_linewidth(points)
        self.renderer.draw_path(self.gc, path, IdentityTransform())

    def _leaders(self, labels: Sequence[PlacedLabel]) -> None:
        segments = [(nearest(label.box, label.leader), label.leader) for label in labels if label.leader]
        if segments:
            path = _segments(np.array(segments, dtype=float) * self.pixel)
            self._stroke(path, WHITE, LEADER_PT * self.k * 3.2, 0.8)
            self._stroke(path, (40, 40, 40), LEADER_PT * self.k)

    def _bars(self, labels: Sequence[PlacedLabel]) -> None:
        by_colour: dict[Rgb, list[Any]] = defaultdict(list)
        for label in labels:
            half = max(text_width(t, label.size, label.request.weight) for t in label.request.lines) / 2
            by_colour[label.request.rgb].append([(label.x - half, label.y), (label.x + half, label.y)])
        for rgb, segments in by_colour.items():
            self._stroke(_segments(np.array(segments) * self.pixel), rgb, BAR_PT * self.k)

    def _frames(self, labels: Sequence[PlacedLabel]) -> None:
        for label in labels:
            x0, y0, x1, y1 = (side * self.pixel for side in label.box)
            round_mm = 0.35 * (y1 - y0)
            box = FancyBboxPatch((x0, y0), x1 - x0, y1 - y0, boxstyle=f"round,pad=0,rounding_size={round_mm}")
            self.gc.set_foreground(ink(label.request.frame or WHITE), isRGBA=True)
            self.gc.set_linewidth(FRAME_PT * self.k)
            self.renderer.draw_path(self.gc, box.get_path(), IdentityTransform(), ink(WHITE, 0.92))

    def _halos(self, labels: Sequence[PlacedLabel]) -> None:
        by_width: dict[float, list[Path]] = defaultdict(list)
        for label in labels:
            by_width[label.request.halo] += _outlines(label, self.pixel)
        for width, paths in sorted(by_width.items()):
            points = 2 * width * self.k / POINT_MM
            self._stroke(Path.make_compound_path(*paths), WHITE, points, 0.85)


def _outlines(label: PlacedLabel, pixel: float) -> Iterator[Path]:
    """The letters of a label as outlines, in pixels."""
    weight = label.request.weight
    scale = label.size * POINT_MM * pixel / EM
    for text, x, y in _runs(label):
        pen = 0.0
        for character in text:
            move = Affine2D().scale(scale).translate(pen * pixel, 0).rotate_deg(label.angle)
            yield _glyph(character, weight).transformed(move.translate(x * pixel, y * pixel))
            pen += text_width(character, label.size, weight)


EM = 100.0


@cache
def _style(weight: Weight, size: float) -> FontProperties:
    return font(weight, size)


@cache
def _glyph(character: str, weight: Weight) -> Path:
    return TextPath((0, 0), character, prop=font(weight, EM))


def _segments(ends: Any) -> Path:
    """Separate straight lines as one path; ``ends`` (n, 2, 2)."""
    points = ends.reshape(-1, 2)
    codes = np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=Path.code_type), len(ends))
    return Path(points, codes)
