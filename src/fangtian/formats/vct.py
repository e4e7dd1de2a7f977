"""矢量数据交换格式 VCT。What a VCT file holds, as plain data: a head, and layers of shapes with attributes.

GB/T 17798-2007 (mark CNSDTF-VCT) and its land-use profile (LANDUSE-VCT 3.0). Text of sections from ``…Begin``
to ``…End``: head, feature codes, table structures, points, lines, polygons, annotations, topology,
attributes, styles. A record is a few lines and ends with a ``0``. Polygons carry their own coordinates
(direct) or name the lines that bound them, a negative number for a line that runs the other way (indirect),
so a boundary that two parcels share stands in the file once. Reading: ``vct_reading``; writing:
``vct_writing``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.finding import Finding
from fangtian.catalog.reference_system import reference_systems

__all__ = [
    "BOUNDARY_CODE",
    "DIRECT",
    "FARTHEST",
    "INDIRECT",
    "OF_LINES",
    "OF_POLYGONS",
    "POLYLINE",
    "VctField",
    "VctFile",
    "VctHead",
    "VctLayer",
    "declared_system",
    "land_use_head",
]

FARTHEST = 1e10
"""坐标上限。No coordinate on earth, in any unit, is as large."""
BOUNDARY_CODE = "1099000000"
"""面边界线。Feature code of lines that are no features but bound polygons."""
DIRECT, INDIRECT = 1, 100
POLYLINE = 11
OF_LINES, OF_POLYGONS = 21, 22

_WHOLE = frozenset({"int", "int1", "int2", "int4", "int8", "integer", "smallint"})
_REAL = frozenset({"float", "double", "numeric"})
_PREFIXED = 1e7
_OURS = re.compile(r"(CGCS|CHINA|WGS|国家|大地).*2000|^\W*2000")
"""CGCS2000 as files spell it; other countries have systems of the year 2000 too."""
_OLD_DATUMS = {"西安": "西安 1980", "1980": "西安 1980", "IAG": "西安 1980", "克拉索夫斯基": "北京 1954",
               "1954": "北京 1954", "KRASOV": "北京 1954"}  # fmt: skip


@dataclass(frozen=True)
class VctField:
    """字段。``type`` as VCT spells it: Char, Varchar, Int4, Float, Double, Date …"""

    name: str
    type: str = "Char"
    width: int = 0
    decimals: int = 0

    @property
    def whole(self) -> bool:
        """整数。Whether it holds whole numbers."""
        return self.type.lower() in _WHOLE

    @property
    def numeric(self) -> bool:
        """数值。Whether its column is of numbers."""
        return self.whole or self.type.lower() in _REAL


@dataclass(frozen=True)
class VctHead:
    """文件头。``entries`` by their official keys, in order; ``decimals`` that coordinates are printed with.

    Coordinates of a model are always (east, north) without offset, whatever the entries of the file they
    came from say about axes.
    """

    entries: Mapping[str, str] = field(default_factory=dict)
    decimals: int | None = None

    def __getitem__(self, key: str) -> str:
        return self.entries.get(key, "")

    @property
    def land_use(self) -> bool:
        """国土 VCT。Whether this is the land-use profile."""
        return self["DataMark"].upper().startswith("LANDUSE")

    @property
    def degrees(self) -> bool:
        """经纬度。Whether coordinates are longitude and latitude in degrees."""
        return (self["XYUnit"] or self["CoordinateSystemType"]).strip().upper()[:1] == "D"

    @property
    def separator(self) -> str:
        """分隔符。What stands between values of a row: one character, a comma if nothing is said."""
        first = self["Separator"][:1]
        return first if first and not first.isalnum() and first not in ".+-_<>#" else ","

    @property
    def places(self) -> int:
        """小数位数。Decimals to print: as read, else 0.1 mm."""
        return self.decimals if self.decimals is not None else 9 if self.degrees else 4


@dataclass(frozen=True)
class VctLayer:
    """图层。Features of one feature code. ``kind`` point, line, polygon, annotation, or table (no shapes).

    ``geometry`` (n,) shapely shapes in (east, north), None where missing; ``columns`` by field name, ``str``
    ("" for null) or float64 (NaN for null; whole numbers beyond 2**53 are text); ``ids`` (n,) int64 object
    numbers. ``table`` is the attribute table's name, that of the layer if blank. Annotations are points with
    ``texts`` and, for every point, ``angles``.
    """

    code: str
    name: str
    kind: str
    fields: tuple[VctField, ...]
    geometry: NDArray[Any]
    columns: Mapping[str, NDArray[Any]]
    ids: NDArray[np.int64]
    table: str = ""
    texts: NDArray[Any] | None = None
    angles: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class VctFile:
    """VCT 文件。What was read, or is to be written; ``findings`` carry line numbers."""

    head: VctHead
    layers: tuple[VctLayer, ...]
    findings: tuple[Finding, ...] = ()
    encoding: str = ""


def land_use_head(
    zone: int | None = None, width: int = 3, *, date: str = "", scale: int = 2000, decimals: int | None = None
) -> VctHead:
    """国土文件头。Head of a LANDUSE-VCT 3.0 file in CGCS2000: a Gauss–Krüger zone, degrees without ``zone``.

    >>> land_use_head(35)["Parameters"], land_use_head()["XYUnit"]
    ('105,0,,,,1,500000,0,3,35', 'D')
    """
    meridian = 0 if zone is None else zone * 3 if width == 3 else zone * 6 - 3
    plane = zone is not None
    entries = {
        "DataMark": "LANDUSE-VCT",
        "Version": "3.0",
        "CoordinateSystemType": "P" if plane else "D",
        "Dim": "2",
        "XAxisDirection": "E",
        "YAxisDirection": "N",
        "XYUnit": "M" if plane else "D",
        "ZUnit": "M",
        "Spheroid": "CGCS2000,6378137.0,298.257222101",
        "PrimeMeridian": "Greenwich",
        "Projection": "高斯-克吕格投影" if plane else "地理坐标系",
        "Parameters": f"{meridian},0,,,,1,500000,0,{width},{zone}" if plane else "",
        "VerticalDatum": "1985国家高程基准",
        "TemporalReferenceSystem": "北京时间",
        "ExtentMin": "",
        "ExtentMax": "",
        "MapScale": str(scale),
        "Offset": "0,0",
        "Date": date,
        "Separator": ",",
    }
    return VctHead(entries, decimals)


def declared_system(head: VctHead) -> tuple[int | None, str]:
    """声明的坐标系。``(EPSG code or None, name)`` of what a head says; the zone's prefix from its extent.

    Old datums have no code and come with their name, for a refusal that can say why.

    >>> declared_system(land_use_head(35))[0], declared_system(land_use_head())[0]
    (4544, 4490)
    >>> declared_system(VctHead({"Spheroid": "克拉索夫斯基(1940),6378.245,298.3"}))
    (None, '北京 1954')
    """
    spheroid = head["Spheroid"].upper()
    name = " ".join(part for part in (head["Spheroid"].split(",")[0], head["Projection"]) if part)
    for mark, datum in _OLD_DATUMS.items():
        if mark in spheroid:
            return None, datum
    if not _OURS.search(spheroid):
        return None, name
    if head.degrees:
        return 4490, name
    if "高斯" not in head["Projection"] and "GAUSS" not in head["Projection"].upper():
        return None, name
    return _zone_code(head), name


def _zone_code(head: VctHead) -> int | None:
    values = [float(text) if re.fullmatch(r"\d{1,9}(\.\d*)?", text.strip()) else None
              for text in head["Parameters"].split(",")]  # fmt: skip
    meridian = values[0] if values else None
    width = 6 if 6.0 in values[-2:] else 3
    first = head["ExtentMax"].split(head.separator)[0]
    prefixed = bool(re.fullmatch(r"\d{8}(\.\d*)?", first.strip())) or (
        any(value is not None and _PREFIXED < value < 9 * _PREFIXED for value in values)
    )
    for system in reference_systems().values():
        if system.width == width and system.central_meridian == meridian and system.prefixed == prefixed:
            return system.epsg
    return None
