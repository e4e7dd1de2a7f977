"""地块变化。Which plots of an approved plan the revised one still has, and what became of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import shapely

from fangtian.catalog.layer import layer_specs
from fangtian.catalog.order import natural_key
from fangtian.geo.layer import Layer
from fangtian.geo.matching import Match, matches

__all__ = ["Altered", "PlotChange", "PlotFate", "plot_changes"]


class PlotFate(StrEnum):
    """地块去向。What became of a plot, or of a group of plots on the same ground."""

    SAME = "未变"
    ALTERED = "属性变更"
    RESIZED = "范围调整"
    MOVED = "移位"
    SPLIT = "拆分"
    MERGED = "合并"
    REGROUPED = "重新划分"
    ADDED = "新增"
    DROPPED = "取消"


@dataclass(frozen=True)
class Altered:
    """属性变更。One field of a plot that says something else now; ``term`` its Chinese name."""

    term: str
    old: str
    new: str


@dataclass(frozen=True)
class PlotChange:
    """地块变化。Ids of the plots on the same ground before and after; ``ground`` what either covers."""

    fate: PlotFate
    old: tuple[str, ...]
    new: tuple[str, ...]
    ground: Any
    fields: tuple[Altered, ...] = ()


def plot_changes(old: Layer, new: Layer, tolerance_m: float) -> tuple[PlotChange, ...]:
    """地块变化。Every plot of both versions once, in the natural order of ids.

    Outlines within ``tolerance_m`` of each other are one outline, drawn twice. A plot that kept its id and
    nothing of its ground has moved; one that kept its ground and changed its id has another 地块编号.
    """
    found = [_change(old, new, match) for match in _with_moves(old, new, tolerance_m)]
    return tuple(sorted(found, key=lambda change: natural_key((change.old or change.new)[0])))


def _with_moves(old: Layer, new: Layer, tolerance_m: float) -> Iterator[Match]:
    """Groups on the same ground; of what is left over, plots of one id belong together."""
    found = matches(old.geometry, new.geometry, tolerance_m)
    gone = {str(old.ids[match.old[0]]): match for match in found if not match.new}
    come = {str(new.ids[match.new[0]]): match for match in found if not match.old}
    for match in found:
        if match.old and match.new:
            yield match
    for name, match in gone.items():
        yield Match(match.old, come[name].new, False) if name in come else match
    yield from (match for name, match in come.items() if name not in gone)


def _change(old: Layer, new: Layer, match: Match) -> PlotChange:
    before, after = list(match.old), list(match.new)
    ground = shapely.union_all([*old.geometry[before], *new.geometry[after]])
    names = tuple(map(str, old.ids[before])), tuple(map(str, new.ids[after]))
    if len(before) != 1 or len(after) != 1:
        return PlotChange(_fate_of_many(len(before), len(after)), *names, ground)
    fields = tuple(_altered(old, new, before[0], after[0]))
    if not shapely.intersects(old.geometry[before[0]], new.geometry[after[0]]):
        return PlotChange(PlotFate.MOVED, *names, ground, fields)
    fate = PlotFate.RESIZED if not match.alike else PlotFate.ALTERED if fields else PlotFate.SAME
    return PlotChange(fate, *names, ground, fields)


def _fate_of_many(before: int, after: int) -> PlotFate:
    if not before or not after:
        return PlotFate.ADDED if after else PlotFate.DROPPED
    return {(True, False): PlotFate.SPLIT, (False, True): PlotFate.MERGED}.get(
        (before == 1, after == 1), PlotFate.REGROUPED
    )


def _altered(old: Layer, new: Layer, before: int, after: int) -> Iterator[Altered]:
    for spec in layer_specs()["plots"].fields:
        pair = (old.ids[before], new.ids[after])
        if spec.name != layer_specs()["plots"].id_field:
            pair = (old.column(spec.name)[before], new.column(spec.name)[after])
        first, second = map(_words, pair)
        if first != second:
            yield Altered(spec.term, first, second)


def _words(value: Any) -> str:
    """As a table shows it: nothing for what is missing, whole numbers without a point."""
    if isinstance(value, str):
        return value
    number = float(value)
    return "" if number != number else f"{number:.15g}"
