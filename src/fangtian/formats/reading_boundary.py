"""读界址点坐标数据集。The plots of a boundary TXT as a layer, their attributes under Chinese names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Place
from fangtian.catalog.reference_system import reference_systems
from fangtian.errors import InputError
from fangtian.formats.boundary_reading import read_boundary_txt
from fangtian.formats.boundary_txt import BoundaryFile, BoundaryHeader, BoundaryPlot
from fangtian.formats.dataset import DataField, DataLayer, Dataset

__all__ = ["LAYER", "boundary_dataset"]

LAYER = "地块"
"""图层名。What the plots of a file are called."""
_AREA = "地块面积"
_ALIASES = {_AREA: "地块面积（公顷）"}


def boundary_dataset(source: Path, place: Place, encoding: str = "") -> Dataset:
    """读界址点坐标文件。One polygon layer; every attribute is text, the area in hectares as declared.

    Raises :class:`InputError` where the file holds no plot.
    """
    file = read_boundary_txt(source)
    if not file.plots:  # one sentence for what is no boundary file, every remark for what is a broken one
        nothing = [item for item in file.findings if item.code == "BND-empty"]
        raise InputError(nothing or file.findings)
    epsg, name = _system(file.header)
    columns = dict(_columns(file.plots))
    fields = tuple(DataField(title, alias=_ALIASES.get(title, "")) for title in columns)
    shapes = np.empty(len(file.plots), dtype=object)
    shapes[:] = [plot.geometry for plot in file.plots]
    layer = DataLayer(LAYER, "polygon", fields, shapes, columns, epsg, name, _decimals(file))
    return Dataset(source, "TXT", (layer,), file.findings, file.encoding, dict(file.header.entries))


def _columns(plots: tuple[BoundaryPlot, ...]) -> Iterator[tuple[str, NDArray[Any]]]:
    titles = {
        "地块编号": [plot.id for plot in plots],
        "地块名称": [plot.name for plot in plots],
        _AREA: ["" if plot.area is None else f"{plot.area:f}" for plot in plots],
        "图幅号": [plot.sheet for plot in plots],
        "地块用途": [plot.use for plot in plots],
        "地类编码": [plot.land_class for plot in plots],
    }
    most = max(len(plot.extra) for plot in plots)
    titles |= {
        f"附加属性{number + 1}": [plot.extra[number] if number < len(plot.extra) else "" for plot in plots]
        for number in range(most)
    }
    for title, values in titles.items():
        if title in ("地块编号", "地块名称", _AREA) or any(values):
            yield title, np.array(values, dtype=object)


def _decimals(file: BoundaryFile) -> int:
    """Decimals that the coordinates have; the header often says something else, or nothing."""
    points = shapely.get_coordinates([plot.geometry for plot in file.plots])
    shown = range(file.header.decimals, 9)
    return next((places for places in shown if (np.round(points, places) == points).all()), 9)


def _system(header: BoundaryHeader) -> tuple[int | None, str]:
    """The header's system in the zone of the coordinates; nothing where it does not name one."""
    name = header.entries.get("坐标系", "")
    if "2000" not in name or header.zone is None:
        return None, name
    for system in reference_systems().values():
        if (system.width, system.zone, system.prefixed) == (header.width, header.zone, True):
            return system.epsg, name
    return None, name
