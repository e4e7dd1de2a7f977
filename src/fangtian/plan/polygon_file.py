"""面文件量算。Official areas of any polygon file, without a plan around it (``fangtian area``).

Beside the official area stand the plane area in the file's own coordinates and what the file declares, so
that a reader sees which of the two a declared number is. Neither takes the place of the official one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding, Place, blocking, finding
from fangtian.catalog.layer import layer_specs
from fangtian.errors import InputError
from fangtian.formats.guard import read_layer
from fangtian.formats.vector import RawLayer
from fangtian.geo.area import official_areas
from fangtian.geo.crs import Crs, detect
from fangtian.geo.topology import Repair, repair
from fangtian.plan.soundness import Areas, repairs_told
from fangtian.units import Area

__all__ = ["DECLARED_HA", "FeatureArea", "FileAreas", "measure_file"]

DECLARED_HA = "地块面积"
"""地块面积。What a boundary file declares, in hectares by its own definition."""
_LARGEST = Decimal(10) ** 15
_COMMON_IDS = ("编号", "地块编号", "图斑编号", "标识码", "名称", "id", "gid", "objectid", "fid", "name")


@dataclass(frozen=True)
class FeatureArea:
    """要素面积。``index`` counts from 0 in the order of the file; ``id`` is what the file calls it.

    ``plane`` is the area in the plane of the coordinates, None where these are degrees; ``declared`` what
    the file says, None where it says nothing.
    """

    index: int
    id: str
    area: Area
    plane: Area | None = None
    declared: Area | None = None


@dataclass(frozen=True)
class FileAreas:
    """文件面积。Official area of every feature, their exact total, and the system they were measured in."""

    features: tuple[FeatureArea, ...]
    total: Area
    crs: Crs
    findings: tuple[Finding, ...]

    @property
    def plane_total(self) -> Area | None:
        """平面面积合计。None where the coordinates are degrees."""
        return _sum(feature.plane for feature in self.features)

    @property
    def declared_total(self) -> Area | None:
        """申报面积合计。Of the features that declare one; None where none does."""
        return _sum(feature.declared for feature in self.features if feature.declared is not None)


def measure_file(path: Path, layer: str = "", encoding: str = "") -> FileAreas:
    """量算面积。Official ellipsoidal area of every polygon of a file (国土调查办发〔2008〕32号).

    Features without a usable polygon count 0 and are named in ``findings``; a ring that crosses itself is
    measured as repaired, and where the repair moves its area that is an error of the file.
    Raises InputError for a file that cannot be read or whose coordinate system is unknown or not CGCS2000.
    """
    raw = read_layer(path, layer, encoding)
    place = Place(file=path.name, layer=raw.name)
    if not len(raw):
        raise InputError([finding("SCH-layer-empty", place, title=raw.name)])
    crs, remarks = detect(raw.geometry, raw.epsg, raw.crs_name, place)
    if crs is None:
        raise InputError(remarks)
    ids = _ids(raw)
    fixed = repair(raw.geometry)
    present = ~shapely.is_missing(fixed.geometry)
    areas = np.zeros(len(raw), dtype=np.int64)
    areas[present] = official_areas(fixed.geometry[present], crs)
    columns = zip(ids, areas.tolist(), _plane(fixed, crs), _declared(raw), strict=True)
    features = tuple(
        FeatureArea(index, str(name), Area(area), plane, declared)
        for index, (name, area, plane, declared) in enumerate(columns)
    )
    broken, mended = raw.geometry[fixed.rows], fixed.geometry[fixed.rows]
    moved = Areas(official_areas(broken, crs) / 100, official_areas(mended, crs) / 100)
    findings = (*raw.findings, *remarks, *repairs_told(fixed, moved, ids, place))
    if blocking(findings) and not present.any():
        raise InputError(findings)
    return FileAreas(features, Area.total(areas.tolist()), crs, findings)


def _ids(raw: RawLayer) -> NDArray[Any]:
    """What the features are called: an official id field, a common one, else the row number."""
    official = [name for spec in layer_specs().values() for name in spec.field(spec.id_field).official]
    wanted = [*layer_specs()["parcels"].field("parcel_id").official, *official, *_COMMON_IDS]
    folded = {name.strip().casefold(): name for name in reversed(list(raw.fields))}
    for name in wanted:
        column = raw.fields.get(folded.get(name.casefold(), ""))
        texts = [_text(value) for value in column.tolist()] if column is not None else []
        if texts and all(texts) and len({*texts}) == len(texts):
            return np.array(texts, dtype=object)
    return np.array([str(row) for row in range(1, len(raw) + 1)], dtype=object)


def _plane(fixed: Repair, crs: Crs) -> list[Area | None]:
    """Areas in the plane of the coordinates, half up to 0.01 m²."""
    if crs.geographic:
        return [None] * len(fixed.geometry)
    hundredths = np.floor(shapely.area(fixed.geometry) * 100 + 0.5)
    return [Area(0) if np.isnan(value) else Area(int(value)) for value in hundredths]


def _declared(raw: RawLayer) -> list[Area | None]:
    """What the file says of every feature: the area of a survey layer, or of a boundary file's plots."""
    folded = {name.strip().casefold(): name for name in reversed(list(raw.fields))}
    for name, read in _declared_fields():
        if name.casefold() in folded:
            return [_area(value, read) for value in raw.fields[folded[name.casefold()]].tolist()]
    return [None] * len(raw)


def _declared_fields() -> Iterator[tuple[str, Callable[[Decimal], Area]]]:
    yield DECLARED_HA, Area.of_ha
    for role in ("parcels", "basic_farmland"):
        field = layer_specs()[role].field("area")
        yield from ((name, Area.of_m2) for name in (*field.official, field.term))


def _area(value: object, read: Callable[[Decimal], Area]) -> Area | None:
    try:
        number = Decimal(_text(value))
    except InvalidOperation:
        return None
    return read(number) if number.is_finite() and abs(number) < _LARGEST else None


def _sum(areas: Iterable[Area | None]) -> Area | None:
    known = list(areas)
    present = [area for area in known if area is not None]
    return Area.total(present) if present and len(present) == len(known) else None


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"
    return str(value).strip()
