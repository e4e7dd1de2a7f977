"""有错的坐标和图形。Layers of any name whose coordinates or rings are wrong, as a file hands them over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import shapely
from clean_parcels import EAST, EPSG, NORTH, clean_survey, inspected, inspected_files, measured, strip
from test_attributes import PATCH_FAULTS, found, patches

from fangtian.catalog.finding import Finding, Place
from fangtian.formats.dataset import DataField
from fangtian.formats.shapes import polygons
from fangtian.formats.vector import RawLayer
from fangtian.plan.checking import _Files, inspect_files

Planted = Callable[[], list[Finding]]
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]


def square(east: float = EAST, north: float = NORTH, side: float = 100.0) -> Any:
    return shapely.box(east, north, east + side, north + side)


def files(wkb: list[Any], epsg: int | None = EPSG, name: str = "") -> list[Finding]:
    """What an inspection finds in one layer that no standard knows."""
    shapes, remarks = polygons(np.array(wkb, dtype=object), Place("a.gpkg", "地块"))
    fields = {"编号": np.array([str(number) for number in range(len(wkb))], dtype=object)}
    raw = RawLayer(Path("a.gpkg"), "地块", shapes, fields, epsg, name, "UTF-8", "Polygon", tuple(remarks))
    reading = _Files(lambda step: None)
    reading.layer(raw, "a.gpkg")
    reading.across()
    return reading.findings


def shaped(*shapes: Any, epsg: int | None = EPSG, name: str = "") -> Planted:
    return lambda: files([shapely.to_wkb(shape) for shape in shapes], epsg, name)


def ring(*points: tuple[float, float]) -> bytes:
    """A polygon of one ring as it stands in a file, closed or not."""
    xy = np.array(points, dtype="<f8") + np.array([EAST, NORTH])
    head = np.array([3, 1, len(points)], dtype="<u4").tobytes()
    return b"\x01" + head + xy.tobytes()


def crossing(corner: float) -> Planted:
    points = [(0, 0), (100, 0), (100, 100), (-corner, 100), (corner, 100 + corner), (0, 0)]
    return lambda: files([ring(*points)])


def beyond_earth() -> list[Finding]:
    """What no outline on earth is as long as is sorted out where a file is read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        pyogrio.raw.write(
            path, shapely.to_wkb(np.array([square(), square(side=2e7)])),
            [np.array(["1", "2"], dtype=object)], np.array(["编号"]), driver="GPKG",
            geometry_type="Polygon", crs=f"EPSG:{EPSG}",
        )  # fmt: skip
        return list(inspect_files([path]).findings)


def leaving() -> list[Finding]:
    survey = clean_survey()
    survey.parcels.shapes[1] = strip(-20, 75, 220, 75)
    (area,) = measured([survey.parcels.shapes[1]])
    survey.villages.add(0, round(area - survey.parcels.columns["TBMJ"][1], 2), "DCMJ")
    survey.parcels.put(1, TBMJ=area, TBDLMJ=area)
    return inspected_files(survey)


def drifting() -> list[Finding]:
    survey = clean_survey()
    area = survey.parcels.columns["TBMJ"][6]
    for number in range(400):
        survey.parcels.copy_row(
            6, strip(0, 1000 + 80 * number), BSM=f"{620523200100001000 + number}", TBBH=str(100 + number)
        )
    survey.parcels.columns["TBDLMJ"][8:] = [round(area + 0.01, 2)] * 400
    survey.villages.add(1, round(400 * area, 2), "DCMJ")
    return inspected(survey)


def narrow() -> list[Finding]:
    raw = clean_survey().parcels.raw("parcels")
    return found(replace(raw, declared=(DataField("BSM", "text", 10),)))


def designated(code: str) -> Planted:
    def planted() -> list[Finding]:
        table = patches()
        table.put(0, **PATCH_FAULTS[code])
        return found(table.raw("basic_farmland"), "basic_farmland")

    return planted


SINGLE: dict[str, Planted] = {
    "CRS-assumed": shaped(square(), epsg=None),
    "CRS-axes-swapped": shaped(square(NORTH, EAST)),
    "CRS-contradiction": shaped(square(EAST + 1e6)),
    "CRS-elsewhere": shaped(*(square(EAST + 200 * k) for k in range(4)), square(EAST - 35e6)),
    "CRS-far": shaped(square(35_700_000.0)),
    "CRS-foreign": shaped(square(), epsg=None, name="1980西安坐标系"),
    "CRS-mixed-zones": shaped(square(), square(EAST + 1e6), epsg=None),
    "CRS-prefix": shaped(square(), epsg=4544),
    "CRS-unknown": shaped(square(450_000.0), epsg=None),
    "TOP-beyond-earth": beyond_earth,
    "TOP-broken-ring": lambda: files([shapely.to_wkb(square()), ring((200, 0), (300, 0))]),
    "TOP-missing": lambda: files([shapely.to_wkb(square()), None]),
    "TOP-not-polygon": shaped(square(), shapely.Point(EAST, NORTH)),
    "TOP-unclosed": lambda: files([ring(*SQUARE[:-1])]),
    "TOP-no-area": shaped(square(), shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH), (EAST, NORTH)])),
    "TOP-crossing-repaired": crossing(0.5),
    "TOP-crossing-refused": crossing(50.0),
    "TOP-leaves-village": leaving,
    "BAL-three-classes": drifting,
    "BAL-designated-net": designated("BAL-designated-net"),
    "SCH-field-declared": narrow,
}
"""One fault each, and the layer is otherwise in order."""
BESIDE = {
    code: {"TOP-multipart": "a ring that crosses itself falls apart where it is repaired"}
    for code in ("TOP-crossing-repaired", "TOP-crossing-refused")
}
"""What comes along with a fault, and why."""
