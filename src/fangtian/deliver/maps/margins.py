"""图廓外。The sheet around the frame: title above, notes, scale and imprint below, seal at the foot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fangtian.deliver.drawing.typeface import text_width, wrapped
from fangtian.deliver.maps.furniture import Furniture
from fangtian.deliver.maps.paper import Box, enlargement
from fangtian.deliver.maps.pen import Letters, Pen
from fangtian.deliver.maps.wording import phrased
from fangtian.geo.crs import Crs

__all__ = ["GUTTER", "Margins", "draw_foot", "draw_title", "margins_of"]

GUTTER = 7.0
"""图廓间距。Between the inner and the outer neat line on A3, where coordinates stand; millimetres."""

_EDGE, _TITLE, _SUBTITLE, _TITLE_GAP, _FOOT_GAP, _NOTE_LINE, _SEAL = 10.0, 11.5, 7.0, 3.0, 3.5, 4.1, 4.5
_TITLE_SIZE, _SUBTITLE_SIZE, _NOTE_SIZE, _SEAL_SIZE, _UNIT_SIZE = 26.0, 13.0, 7.5, 5.5, 9.0
_SCALE_LINES = 4  # the scale's room in note lines
_NOTES_SHARE, _UNIT_SHARE = 0.35, 0.33  # of the width between the outer neat lines


@dataclass(frozen=True)
class Margins:
    """图廓外尺寸。``room`` is left for the outer neat line and panels; ``foot`` is the strip below."""

    room: Box
    foot: Box
    k: float


def margins_of(furniture: Furniture, paper: str, size: tuple[float, float]) -> Margins:
    """定图廓外。Room that title, notes and seal leave on a sheet of ``size`` millimetres."""
    k = enlargement(paper)
    width, height = size
    edge = _EDGE * k
    head = (_TITLE + _TITLE_GAP + (_SUBTITLE if furniture.subtitle else 0)) * k
    inside = width - 2 * edge
    lines = max(len(_notes(furniture, None, inside, k)), len(_imprint(furniture, inside, k)), _SCALE_LINES)
    foot = (_FOOT_GAP + lines * _NOTE_LINE) * k
    seal = _SEAL * k if furniture.seal else 0.0
    bottom = edge * 0.7 + seal
    return Margins(
        (edge, bottom + foot, width - edge, height - edge * 0.8 - head),
        (edge, bottom, width - edge, bottom + foot - _FOOT_GAP * k),
        k,
    )


def draw_title(pen: Pen, furniture: Furniture, margins: Margins) -> None:
    """绘图名。Centred over the sheet, the plan's name above it."""
    k, middle = margins.k, (margins.room[0] + margins.room[2]) / 2
    room = margins.room[2] - margins.room[0]
    size = _fitting(furniture.title, _TITLE_SIZE * k, room)
    base = margins.room[3] + (_TITLE_GAP + _TITLE / 2) * k
    pen.letter(middle, base, furniture.title, Letters(size, "bold", "center"))
    if furniture.subtitle:
        size = _fitting(furniture.subtitle, _SUBTITLE_SIZE * k, room)
        y = base + (_TITLE / 2 + _SUBTITLE / 2) * k
        pen.letter(middle, y, furniture.subtitle, Letters(size, "regular", "center"))


def draw_foot(pen: Pen, furniture: Furniture, margins: Margins, crs: Crs) -> None:
    """绘图廓外说明。Notes at the left, imprint at the right, the seal at the foot of the sheet."""
    x0, _, x1, top = margins.foot
    k = margins.k
    letters = Letters(_NOTE_SIZE * k)
    for number, line in enumerate(_notes(furniture, crs, x1 - x0, k)):
        pen.letter(x0, top - (number + 0.5) * _NOTE_LINE * k, line, letters)
    for number, line in enumerate(_imprint(furniture, x1 - x0, k)):
        y = top - (number + 0.5) * _NOTE_LINE * k
        pen.letter(x1, y, line, Letters(_UNIT_SIZE * k, across="right"))
    if furniture.seal:
        y = margins.foot[1] - _SEAL / 2 * k
        size = max(_SEAL_SIZE * k, 5.0)
        pen.letter((x0 + x1) / 2, y, f"事实封印（SHA-256）：{furniture.seal}", Letters(size, across="center"))


def _notes(furniture: Furniture, crs: Crs | None, inside: float, k: float) -> list[str]:
    """Lines of notes. Without a coordinate system (not known while laying out) the longest wording counts."""
    width = _NOTES_SHARE * inside
    return [line for note in _note_texts(furniture, crs) for line in phrased(note, _NOTE_SIZE * k, width)]


def _note_texts(furniture: Furniture, crs: Crs | None) -> Iterator[str]:
    zone, meridian, degrees = (crs.zone, crs.central_meridian, crs.width) if crs else (40, 120.0, 3)
    yield (
        f"坐标系统：2000国家大地坐标系，高斯—克吕格投影，{degrees}度带第{zone}带，中央经线东经{meridian:g}°"
    )
    yield "高程基准：1985国家高程基准"
    if furniture.data_source or furniture.base_year:
        year = f"（基期年：{furniture.base_year}年）" if furniture.base_year else ""
        yield f"现状数据：{furniture.data_source or '—'}{year}"
    yield from furniture.notes


def _imprint(furniture: Furniture, inside: float, k: float) -> list[str]:
    rows = [("编制单位：", furniture.unit), ("制图日期：", furniture.date)]
    width = _UNIT_SHARE * inside
    return [line for label, text in rows if text for line in wrapped(label + text, _UNIT_SIZE * k, width)]


def _fitting(text: str, size: float, room: float) -> float:
    """The size in points, smaller where the line would not fit."""
    return min(size, size * room / max(text_width(text, size, "bold"), 1e-9))
