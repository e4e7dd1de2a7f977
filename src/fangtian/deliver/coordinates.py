"""界址点坐标。``坐标/*.txt``: boundary files of areas and plots, and a table of what their areas mean.

The area in a boundary file is that of the ring itself, as its rounded coordinates enclose it. The sealed area
of a plot is another thing, the sum of the surveyed parcels in it; ``面积对照.csv`` sets them side by side.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.layer import layer_specs
from fangtian.deliver.database.layers import gridded, layers_in_pilot
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.deliver.wording import fact_term
from fangtian.facts.fact import BEFORE, PLANNED, address_of
from fangtian.formats.boundary_rings import settled
from fangtian.formats.boundary_txt import (
    BoundaryHeader,
    BoundaryPlot,
    boundary_remarks,
    plot_name,
    write_boundary_txt,
)
from fangtian.geo.area import official_areas
from fangtian.geo.crs import Crs
from fangtian.geo.layer import Layer
from fangtian.plan.soundness import tolerance
from fangtian.units import Area, half_up

if TYPE_CHECKING:
    from fangtian.assess import Dossier
    from fangtian.facts.book import FactBook

__all__ = [
    "COMPARISON_COLUMNS",
    "COMPARISON_FILE",
    "COORDINATE_FILES",
    "CoordinateSheet",
    "MeasuredPlot",
    "comparison_rows",
    "coordinate_sheets",
    "hectares",
    "printed_date",
    "ring_areas",
    "txt_parts",
    "write_coordinates",
]

COORDINATE_FILES: Mapping[str, str] = {
    "consolidation_area": "坐标/整治区域.txt",
    "pilot_area": "坐标/试点区域.txt",
    "plots": "坐标/整治地块.txt",
    "basic_farmland_out": "坐标/永久基本农田调出地块.txt",
    "basic_farmland_in": "坐标/永久基本农田调入地块.txt",
}
"""坐标文件。By the role of the layer; those are written whose layer the plan has."""
COMPARISON_FILE = "坐标/面积对照.csv"
COMPARISON_COLUMNS = (
    "坐标文件", "地块编号", "地块名称", "坐标文件所列面积（公顷）", "界线椭球面积（公顷）",
    "界线投影平面面积（公顷）", "对应指标", "指标值（公顷）", "椭球面积减指标值（公顷）", "事实地址",
)  # fmt: skip
"""面积对照各栏。地块面积 is the sum of a plot's surveyed parcels; the others are of the boundary itself."""

_BLOCK_KEYS = {"新增": "pbf_added_area", "新划定": "pbf_newly_designated_area"}
_LENGTH = 12


@dataclass(frozen=True)
class MeasuredPlot:
    """地块及其面积。Areas that its written coordinates enclose; the fact at ``address`` speaks of it.

    ``gross`` facts measure the same ground; net ones leave out ridges and what is not farmland.
    """

    plot: BoundaryPlot
    ellipsoidal: Area
    planar: Area
    address: str = ""
    gross: bool = True


@dataclass(frozen=True)
class CoordinateSheet:
    """坐标文件内容。One boundary file before it is written, with the remarks on it."""

    file: str
    header: BoundaryHeader
    plots: tuple[MeasuredPlot, ...]
    findings: tuple[Finding, ...] = ()


def coordinate_sheets(dossier: Dossier, origin: Origin) -> tuple[CoordinateSheet, ...]:
    """坐标文件内容。Every boundary file of the plan; its findings say where a ring and a fact disagree."""
    found = dict(layers_in_pilot(dossier.survey, COORDINATE_FILES))
    names = {subproject.id: subproject.name for subproject in dossier.survey.subprojects}
    return tuple(_sheet(dossier, origin, layer, names) for layer in found.values())


def write_coordinates(
    folder: Path, sheets: Sequence[CoordinateSheet], presentation: Presentation
) -> tuple[str, ...]:
    """写坐标文件。Below a build folder, with 面积对照.csv; the names written."""
    (folder / COMPARISON_FILE).parent.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        write_boundary_txt(folder / sheet.file, sheet.header, [item.plot for item in sheet.plots])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [COMPARISON_COLUMNS, *comparison_rows(sheets, presentation)]
    )
    # With a mark of its encoding: spreadsheets otherwise take a csv for the system's own code page.
    (folder / COMPARISON_FILE).write_bytes(text.getvalue().encode("utf-8-sig"))
    return (*(sheet.file for sheet in sheets), COMPARISON_FILE)


def comparison_rows(
    sheets: Sequence[CoordinateSheet], presentation: Presentation
) -> Iterator[tuple[str, ...]]:
    """面积对照各行。By :data:`COMPARISON_COLUMNS`; a difference only from a fact of the same ground."""
    for sheet in sheets:
        for item in sheet.plots:
            ellipsoidal, shown = half_up(item.ellipsoidal.ha, 4), presentation.find(item.address)
            value = shown.value if shown else None
            gap = f"{ellipsoidal - value:.4f}" if value is not None and item.gross else ""
            yield (
                sheet.file.rpartition("/")[2], plot_name(item.plot.id), plot_name(item.plot.name),
                f"{item.plot.area:.4f}",
                f"{ellipsoidal:.4f}", hectares(item.planar),
                fact_term(item.address) if shown else "", shown.text if shown else "", gap,
                item.address if shown else "",
            )  # fmt: skip


def txt_parts(path: Path) -> dict[str, str]:
    """逐行校验码。Line number -> first 12 digits of the SHA-256 of the line's bytes."""
    lines = path.read_bytes().split(b"\n")
    return {str(number): hashlib.sha256(line).hexdigest()[:_LENGTH] for number, line in enumerate(lines, 1)}


def ring_areas(geometry: NDArray[Any], crs: Crs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """界线面积。Official ellipsoidal and plane area of (n,) polygons, in 0.01 m² half up."""
    planar = np.floor(shapely.area(geometry) * 100 + 0.5).astype(np.int64)
    return official_areas(geometry, crs), planar


def hectares(area: Area) -> str:
    """公顷。As boundary files print areas, with four decimals.

    >>> hectares(Area(12_345_650))
    '12.3457'
    """
    return f"{half_up(area.ha, 4):.4f}"


def printed_date(origin: Origin) -> str:
    """数据产生日期。Year, month and day without zeros in front, as boundary files write it."""
    return f"{origin.on.year}-{origin.on.month}-{origin.on.day}"


def _sheet(dossier: Dossier, origin: Origin, layer: Layer, names: Mapping[str, str]) -> CoordinateSheet:
    plan, file = dossier.plan, COORDINATE_FILES[layer.role]
    crs = layer.crs.with_prefix(True)
    header = BoundaryHeader(
        origin.unit, printed_date(origin), crs.zone, crs.width or 3, plan.boundary_decimals
    )
    shift = crs.false_easting - layer.crs.false_easting
    prefixed = shapely.transform(gridded(layer.geometry), lambda points: points + np.array([shift, 0.0]))
    geometry = np.array([settled(shape, header.decimals) for shape in prefixed], dtype=object)
    described = [
        replace(plot, geometry=shape) for plot, shape in zip(_described(layer, names), geometry, strict=True)
    ]
    remarks = list(boundary_remarks(header, described, file))
    ellipsoidal, planar = ring_areas(geometry, crs)
    printed = planar if plan.boundary_area == "planar" else ellipsoidal
    plots = tuple(
        MeasuredPlot(
            replace(plot, area=half_up(Area(printed[row]).ha, 4)),
            Area(ellipsoidal[row]),
            Area(planar[row]),
            _address(layer, row),
            layer.role not in ("basic_farmland_out", "basic_farmland_in"),
        )
        for row, plot in enumerate(described)
        if not plot.geometry.is_empty
    )
    return CoordinateSheet(file, header, plots, (*remarks, *_differing(file, plots, dossier.book)))


def _described(layer: Layer, names: Mapping[str, str]) -> Iterator[BoundaryPlot]:
    """Number, name, use and class of every row; the shape comes later."""
    title = layer_specs()[layer.role].title
    for row in range(len(layer)):
        cell = {name: str(values[row]) for name, values in layer.columns.items()}
        number = cell.get("plot_id") or str(row + 1)
        if layer.role == "plots":
            kind = cell["plot_kind"]
            name, use = names.get(cell["subproject_id"], kind), cell.get("plot_use") or kind
        else:
            name = cell.get("name") or title
            use = cell.get("use_after") or cell.get("block") or title
        yield BoundaryPlot(number, name, None, use=use, land_class=cell.get("planned_class", ""))


def _address(layer: Layer, row: int) -> str:
    """The fact about the ground of a row; a total speaks of a layer's only row."""
    if layer.role in ("consolidation_area", "pilot_area"):
        return address_of("total_area", layer.role, BEFORE) if len(layer) == 1 else ""
    number = str(layer.ids[row])
    if layer.role == "plots":
        return address_of("plot_area", f"plot:{number}", PLANNED)
    if layer.role == "basic_farmland_out":
        return address_of("pbf_out_area", f"pbf_out:{number}", PLANNED)
    key = _BLOCK_KEYS.get(str(layer.column("block")[row]), "")
    return address_of(key, f"pbf_in:{number}", PLANNED) if key else ""


def _differing(file: str, plots: Sequence[MeasuredPlot], book: FactBook) -> Iterator[Finding]:
    """Rings that enclose more or less than the surveyed parcels in them, by more than a survey may be off."""
    known = [item for item in plots if item.gross and item.address in book]
    rings = np.array([int(item.ellipsoidal) for item in known], dtype=np.float64) / 100
    facts = np.array([int(book[item.address].value) for item in known], dtype=np.float64) / 100
    off = np.abs(rings - facts) > tolerance(facts)
    if off.any():
        worst = int(np.argmax(np.where(off, np.abs(rings - facts), -1)))
        item = known[worst]
        place = Place(file=file, feature=item.plot.id)
        ring, sealed = hectares(item.ellipsoidal), hectares(Area(int(book[item.address].value)))
        yield finding(
            "BND-area-differs", place, count=int(off.sum()), worst=item.plot.id, ring=ring, sealed=sealed,
            term=fact_term(item.address),
        )  # fmt: skip
