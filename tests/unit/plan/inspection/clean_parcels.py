"""调查样本。A clean parcel layer with every field of its standard, and its villages, to plant faults in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from fangtian.catalog.finding import Finding, Place
from fangtian.catalog.layer import layer_specs
from fangtian.formats.vector import RawLayer
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of
from fangtian.geo.layer import Layer
from fangtian.plan.balance import parcel_balance, with_ridges
from fangtian.plan.checking import _Files
from fangtian.plan.fields import read_columns
from fangtian.plan.inspection.attributes import inspect_attributes
from fangtian.plan.inspection.control import inspect_balance

EPSG, EAST, NORTH = 4523, 35_450_000.0, 3_950_000.0
COUNTY = "620523"
VILLAGES = ("6205231022010000000", "6205231022020000000")
NAMES = {"parcels": "DLTB", "villages": "CJDCQ", "basic_farmland": "YJJBNTTB"}
BLANK = float("nan")

_LAND = (
    # class, name, slope, kind, coefficient, width, settlement code
    ("0103", "旱地", "3", "TT", 0.12, BLANK, ""),
    ("0103", "旱地", "1", "", 0.0, BLANK, ""),
    ("1006", "农村道路", "", "", 0.0, 4.5, ""),
    ("0601", "工业用地", "", "", 0.0, BLANK, "203A"),
    ("0102", "水浇地", "2", "PD", 0.05, BLANK, ""),
    ("0602", "采矿用地", "", "", 0.0, BLANK, "204"),
    ("0301", "乔木林地", "", "", 0.0, BLANK, ""),
    ("0702", "农村宅基地", "", "", 0.0, BLANK, "203"),
)


def strip(x: float, y: float, width: float = 200, height: float = 75) -> Any:
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def measured(shapes: list[Any]) -> list[float]:
    return (official_areas(np.array(shapes, dtype=object), crs_of(EPSG)) / 100).tolist()


@dataclass
class Table:
    """One layer: shapes, and columns by official field name."""

    shapes: list[Any]
    columns: dict[str, list[Any]]

    def put(self, row: int, **values: Any) -> None:
        for name, value in values.items():
            self.columns[name][row] = value

    def add(self, row: int, amount: float, *names: str) -> None:
        for name in names:
            self.columns[name][row] = round(self.columns[name][row] + amount, 2)

    def rename(self, old: str, new: str) -> None:
        self.columns = {new if name == old else name: values for name, values in self.columns.items()}

    def copy_row(self, row: int, shape: Any, **values: Any) -> None:
        self.shapes.append(shape)
        for column in self.columns.values():
            column.append(column[row])
        self.put(-1, **values)

    def raw(self, role: str) -> RawLayer:
        fields = {
            name: np.array(values, dtype=object if isinstance(values[0], str) else float)
            for name, values in self.columns.items()
        }
        path = Path(f"{NAMES[role]}.gpkg")
        shapes = np.array(self.shapes, dtype=object)
        return RawLayer(path, NAMES[role], shapes, fields, EPSG, "", "UTF-8", "Polygon")


@dataclass
class Survey:
    """Both layers."""

    parcels: Table
    villages: Table


def clean_survey() -> Survey:
    """Eight parcels in two villages, nothing wrong with them."""
    shapes = [strip(x, y) for x in (0, 200) for y in (0, 75, 150, 225)]
    area = measured(shapes)
    ridge = [round(a * row[4], 2) for a, row in zip(area, _LAND, strict=True)]
    village = [VILLAGES[number // 4] for number in range(8)]
    ridged = [row[4] > 0 for row in _LAND]
    columns: dict[str, list[Any]] = {
        "BSM": [f"{COUNTY}2001{number:08d}" for number in range(1, 9)],
        "YSDM": ["2001010100"] * 8,
        "TBYBH": [""] * 8,
        "TBBH": [str(number % 4 + 1) for number in range(8)],
        "DLBM": [row[0] for row in _LAND],
        "DLMC": [row[1] for row in _LAND],
        "QSXZ": ["30"] * 8,
        "QSDWDM": list(village),
        "QSDWMC": [f"第{code[9:12]}村" for code in village],
        "ZLDWDM": list(village),
        "ZLDWMC": [f"第{code[9:12]}村" for code in village],
        "TBMJ": area,
        "KCDLBM": ["1203" if given else "" for given in ridged],
        "KCXS": [row[4] for row in _LAND],
        "KCMJ": ridge,
        "TBDLMJ": [round(a - r, 2) for a, r in zip(area, ridge, strict=True)],
        "GDLX": [row[3] for row in _LAND],
        "GDPDJB": [row[2] for row in _LAND],
        "XZDWKD": [row[5] for row in _LAND],
        "TBXHDM": ["HDGD", *[""] * 7],
        "TBXHMC": ["河道耕地", *[""] * 7],
        "ZZSXDM": ["LS", *[""] * 7],
        "ZZSXMC": ["种植粮食作物", *[""] * 7],
        "GDDB": [12.0 if row[0].startswith("01") else BLANK for row in _LAND],
        "FRDBS": ["0"] * 8,
        "CZCSXM": [row[6] for row in _LAND],
        "SJNF": [2024.0] * 8,
        "MSSM": ["00"] * 8,
        "HDMC": [""] * 8,
        "BZ": [""] * 8,
    }
    borders = [strip(x, 0, 200, 300) for x in (0, 200)]
    villages: dict[str, list[Any]] = {
        "BSM": [f"{COUNTY}1003{number:08d}" for number in (1, 2)],
        "YSDM": ["1000600000"] * 2,  # no list that we hold has the code of this layer
        "ZLDWDM": list(VILLAGES),
        "ZLDWMC": ["第201村", "第202村"],
        "DCMJ": [round(sum(area[:4]), 2), round(sum(area[4:]), 2)],
        "JSMJ": measured(borders),
        "MSSM": ["00"] * 2,
        "HDMC": [""] * 2,
        "BZ": [""] * 2,
    }
    return Survey(Table(shapes, columns), Table(borders, villages))


def inspected_files(survey: Survey, epsg: int = EPSG) -> list[Finding]:
    """Everything that an inspection of files finds once they are read, in metres or in degrees."""
    reading = _Files(lambda step: None)
    for role, table in (("parcels", survey.parcels), ("villages", survey.villages)):
        raw = table.raw(role)
        shapes = raw.geometry
        if epsg != EPSG:
            turn = pyproj.Transformer.from_crs(EPSG, epsg, always_xy=True)
            shapes = shapely.transform(shapes, lambda xy, to=turn.transform: np.stack(to(*xy.T), axis=1))
        reading.layer(replace(raw, geometry=shapes, epsg=epsg), f"{NAMES[role]}.gpkg")
    reading.across()
    return reading.findings


def inspected(survey: Survey) -> list[Finding]:
    """Everything that is found by fields, logic and balance, as the reading of a plan finds it."""
    found: list[Finding] = []
    layers: dict[str, Layer] = {}
    places = {role: Place(f"{NAMES[role]}.gpkg", NAMES[role]) for role in ("parcels", "villages")}
    for role, table in (("parcels", survey.parcels), ("villages", survey.villages)):
        raw, spec = table.raw(role), layer_specs()[role]
        columns = read_columns(raw.fields, len(raw), spec, {}, places[role])
        found += [*columns.findings, *inspect_attributes(raw, spec, COUNTY, places[role])]
        if columns.complete:
            layers[role] = Layer(role, spec.title, crs_of(EPSG), raw.geometry, columns.values, columns.ids)
    if "parcels" in layers:
        found += parcel_balance(layers["parcels"], places["parcels"])
        layers["parcels"], remarks = with_ridges(layers["parcels"], places["parcels"])
        found += remarks
    return [*found, *inspect_balance(layers, places)]
