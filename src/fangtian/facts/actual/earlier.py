"""以前年度核算。Plots that earlier accounts hold, and which of this year's they have counted already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.delivered import delivered
from fangtian.catalog.finding import Place, finding
from fangtian.errors import InputError
from fangtian.facts.actual.yearly import KINDS, Counted, Kind
from fangtian.formats.guard import list_layers, read_layer
from fangtian.formats.vector import RawLayer
from fangtian.geo.area import official_areas
from fangtian.geo.crs import Crs
from fangtian.plan.alignment import aligned
from fangtian.units import Area

__all__ = ["Held", "Twice", "distinct", "fresh", "read_earlier"]

OVERLAP_M2 = Decimal(1)
"""More shared ground than this is the same land counted again; less is two drawings of a line."""
NUMBERS = ("year", "area", "printed_area", "ridge_area", "printed_ridge_area")


@dataclass(frozen=True)
class Held:
    """已核算地块。A plot of an earlier account; areas exact and as they were printed."""

    kind: Kind
    plot: str
    year: int
    shape: Any
    file: str
    areas: tuple[Area, Area]
    ridges: tuple[Area, Area]


@dataclass(frozen=True)
class Twice:
    """重复计入。A plot, the earlier one that it repeats, and the ground they share (0: the number alone)."""

    kind: Kind
    plot: str
    earlier: Held
    overlap: Area


def read_earlier(paths: Iterable[Path], crs: Crs) -> tuple[Held, ...]:
    """读以前年度核算。Plots of the databases that earlier accounts wrote, by year.

    Raises InputError for a file that no account wrote, or one of another coordinate system.
    """
    held = [plot for path in paths for kind in KINDS for plot in _plots(path, kind, crs)]
    return tuple(sorted(held, key=lambda plot: plot.year))


def fresh(
    counted: Sequence[Counted], held: Sequence[Held], crs: Crs
) -> tuple[tuple[Counted, ...], tuple[Twice, ...]]:
    """查重。Plots that no earlier account holds, and those that one does, by number or by ground."""
    kept, again = [], []
    for item in counted:
        found = _repeated(item.kind, item.plot, item.shape, held, crs)
        if found is None:
            kept.append(item)
        else:
            again.append(found)
    return tuple(kept), tuple(again)


def distinct(held: Sequence[Held], crs: Crs) -> tuple[tuple[Held, ...], tuple[Twice, ...]]:
    """历年查重。Earlier accounts against each other: of two plots on the same ground the first counts."""
    kept: list[Held] = []
    again = []
    for item in held:
        found = _repeated(item.kind, item.plot, item.shape, kept, crs)
        if found is None:
            kept.append(item)
        else:
            again.append(found)
    return tuple(kept), tuple(again)


def _repeated(kind: Kind, plot: str, shape: Any, held: Sequence[Held], crs: Crs) -> Twice | None:
    own = [item for item in held if item.kind == kind]
    shapes = np.empty(len(own), dtype=object)
    shapes[:] = [item.shape for item in own]
    shared = shapely.intersection(shape, shapes)
    areas = official_areas(shared, crs)
    for item, area in zip(own, areas.tolist(), strict=True):
        if Area(area).m2 > OVERLAP_M2 or item.plot == plot:
            return Twice(kind, plot, item, Area(area))
    return None


def _plots(path: Path, kind: Kind, crs: Crs) -> Iterator[Held]:
    entry = delivered()[kind.name]
    place = Place(file=path.name, layer=entry.table)
    sizes = {info.name: info.count for info in list_layers(path)}
    if entry.table not in sizes:
        raise InputError([finding("ACC-account-unreadable", place, title=entry.title, table=entry.table)])
    if not sizes[entry.table]:
        return
    raw = read_layer(path, entry.table)
    columns = {name: raw.fields.get(entry.official(name)) for name in ("plot_id", *NUMBERS)}
    numbers = {name: _number(values) for name, values in columns.items() if name in NUMBERS}
    if columns["plot_id"] is None or any(values is None for values in numbers.values()):
        raise InputError([finding("ACC-account-unreadable", place, title=entry.title, table=entry.table)])
    names = columns["plot_id"].astype(str)
    for row, shape in enumerate(_shapes(raw, names, crs, place)):
        values = {name: found[row] for name, found in numbers.items() if found is not None}
        areas = (_square(values["area"]), _hectares(values["printed_area"]))
        ridges = (_square(values["ridge_area"]), _hectares(values["printed_ridge_area"]))
        yield Held(kind, str(names[row]), int(values["year"]), shape, path.name, areas, ridges)


def _number(values: NDArray[Any] | None) -> NDArray[np.float64] | None:
    if values is None or values.dtype == object or np.isnan(values.astype(float)).any():
        return None
    return values.astype(np.float64)


def _shapes(raw: RawLayer, names: NDArray[Any], crs: Crs, place: Place) -> NDArray[Any]:
    geometry, remarks = aligned(raw, names, crs, place)
    if geometry is None or shapely.is_missing(geometry).any():
        raise InputError([*raw.findings, *remarks])
    return geometry


def _square(value: float) -> Area:
    return Area.of_m2(f"{value:.2f}")


def _hectares(value: float) -> Area:
    return Area.of_ha(f"{value:.4f}")
