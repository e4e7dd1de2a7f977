"""VCT 测试用的文字与图层。Texts and layers that the tests of VCT are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from fangtian.formats.vct import (
    VctField,
    VctFile,
    VctHead,
    VctLayer,
    land_use_head,
)
from fangtian.formats.vct_reading import read_vct
from fangtian.formats.vct_writing import write_vct

HEAD = """HeadBegin
DataMark:LANDUSE-VCT
Version:3.0
CoordinateSystemType:P
Dim:2
XYUnit:M
Spheroid:CGCS2000,6378137.0,298.257222101
Projection:高斯-克吕格投影
Parameters:105,0,,,,1,500000,0,3,35
ExtentMin:0,0
ExtentMax:35450100.0,3990000.0
Separator:,
HeadEnd
"""
CODES = """FeatureCodeBegin
P,控制点,Point,PT
L,道路,Line,LT
2001010100,地类图斑,Polygon,DLTB
Z,注记,Annotation,ZJ
FeatureCodeEnd
TableStructureBegin
PT,1
MC,Char,20
0
LT,1
KD,Float,6,2
0
DLTB,2
BSM,Char,18
TBMJ,Float,15,2
0
ZJ,1
BS,Int4
0
TableStructureEnd
"""
EAST, NORTH = 35_450_000.0, 3_990_000.0


def read(tmp_path: Path, text: str | bytes, codec: str = "gbk") -> VctFile:
    path = tmp_path / "a.vct"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(codec))
    return read_vct(path)


def body(tmp_path: Path, text: str) -> VctFile:
    return read(tmp_path, HEAD + CODES + text)


def codes(file: VctFile) -> list[str]:
    return [item.code.removeprefix("FMT-vct-") for item in file.findings]


def layer(file: VctFile, kind: str) -> VctLayer:
    (found,) = [one for one in file.layers if one.kind == kind and len(one)]
    return found


def polygon(*geometry: Any, fields: tuple[VctField, ...] = (), **columns: Any) -> VctLayer:
    ids = np.arange(1, len(geometry) + 1)
    shapes = np.array(geometry, dtype=object)
    return VctLayer("2001010100", "地类图斑", "polygon", fields, shapes, columns, ids, "DLTB")


def written(tmp_path: Path, *layers: VctLayer, head: VctHead | None = None, **how: Any) -> tuple[str, Any]:
    path = tmp_path / "w.vct"
    findings = write_vct(path, VctFile(head or land_use_head(35, decimals=3), layers), **how)
    return path.read_bytes().decode("gb18030"), findings


def back(tmp_path: Path) -> VctFile:
    return read_vct(tmp_path / "w.vct")


def same(one: Any, other: Any) -> None:
    left, right = shapely.normalize(one), shapely.normalize(other)
    assert [shapely.to_wkt(g, rounding_precision=-1) for g in left] == [
        shapely.to_wkt(g, rounding_precision=-1) for g in right
    ]


SQUARE = "11\n5\n0,0\n9,0\n9,9\n0,9\n0,0\n"
HOLE = "11\n5\n2,2\n2,4\n4,4\n4,2\n2,2\n"
ISLAND = "11\n4\n2.5,2.5\n3,2.5\n3,3\n2.5,2.5\n"
EDGES = (
    "LineBegin\n" + "".join(
        f"{id}\n1099000000\nU\n1\n1\n11\n{1 + points.count(' ')}\n" + points.replace(" ", "\n") + "\n0\n"
        for id, points in (
            (1, "4,0 0,0 0,4 4,4"), (2, "4,0 4,4"), (3, "4,4 8,4 8,0 4,0"), (4, "1,1 2,1 2,2 1,1"),
        )
    ) + "LineEnd\n"
)  # fmt: skip
