"""极小方案。A valid plan of two villages on 400 m × 300 m of zone 35, for tests to reuse and to break.

Every part can be swapped before it is written: ``tiny_plan(root, change=...)`` hands the draft over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import xlsxwriter
from shapely.geometry import box

from fangtian.catalog.layer import layer_specs
from fangtian.formats.vector import OutField, OutLayer, write_geopackage
from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of

EPSG = 4523
EAST, NORTH = 35_450_000.0, 3_950_000.0
NAMES = {
    "parcels": "DLTB",
    "villages": "CJDCQ",
    "basic_farmland": "YJJBNTTB",
    "eco_redline": "STBHHX",
    "pilot_area": "SDQY",
    "consolidation_area": "ZZQY",
    "plots": "ZZDK",
}


def cell(x0: float, y0: float, x1: float, y1: float) -> Any:
    """A rectangle by its metres east and north of the corner of the area."""
    return box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


@dataclass
class Layer:
    """One layer of the draft: shapes, and columns by official field name."""

    shapes: list[Any]
    columns: dict[str, list[Any]]
    epsg: int = EPSG
    name: str = ""

    def drop(self, row: int) -> None:
        del self.shapes[row]
        for values in self.columns.values():
            del values[row]


@dataclass
class Draft:
    """What ``tiny_plan`` is about to write."""

    root: Path
    layers: dict[str, Layer]
    tables: dict[str, list[list[Any]]]
    toml: str
    extra: list[Callable[[Path], None]] = field(default_factory=list)


def tiny_plan(root: Path, change: Callable[[Draft], None] | None = None) -> Path:
    """Write the plan, after ``change`` had its way with the draft; returns the folder."""
    draft = Draft(root, _layers(), _tables(), _toml())
    if change:
        change(draft)
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "plan.toml").write_text(draft.toml, encoding="utf-8")
    write_geopackage(
        root / "data" / "base.gpkg", [out_layer(role, layer) for role, layer in draft.layers.items()]
    )
    for name, rows in draft.tables.items():
        write_table(root / "data" / f"{name}.xlsx", rows)
    for step in draft.extra:
        step(root)
    return root


def out_layer(role: str, layer: Layer) -> OutLayer:
    spec = layer_specs()[role]
    known = {name: item for item in spec.fields for name in item.official}
    fields = tuple(
        OutField(name, known[name].term, known[name].type, known[name].length, known[name].decimals)
        if name in known and all(not isinstance(value, str) or known[name].type == "text" for value in values)
        else OutField(name, name, "text")
        for name, values in layer.columns.items()
    )
    geometry = np.array(layer.shapes, dtype=object)
    return OutLayer(
        layer.name or NAMES.get(role, spec.official), spec.title, geometry, layer.columns, fields, layer.epsg
    )


def write_table(path: Path, rows: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("表")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)


def surveyed(shapes: list[Any]) -> list[float]:
    return (official_areas(np.array(shapes, dtype=object), crs_of(EPSG)) / 100).tolist()


def _parcels() -> Layer:
    """Three parcels in each village: terraces, irrigated land, grass; bare land, houses, forest."""
    shapes = [cell(x, y, x + 200, y + 100) for x in (0, 200) for y in (0, 100, 200)]
    classes = ["0103", "0102", "0404", "1206", "0702", "0301"]
    area = surveyed(shapes)
    coefficient = [0.12, 0.05, None, None, None, None]
    ridge = [round(a * c, 2) if c else 0.0 for a, c in zip(area, coefficient, strict=True)]
    return Layer(
        shapes,
        {
            "BSM": [f"6205230010000000{n}" for n in range(1, 7)],
            "DLBM": classes,
            "QSXZ": ["30"] * 6,
            "TBMJ": area,
            "KCXS": coefficient,
            "KCMJ": ridge,
            "TBDLMJ": [round(a - r, 2) for a, r in zip(area, ridge, strict=True)],
            "GDLX": ["TT", "PD", "", "", "", ""],
            "GDPDJB": ["3", "2", "", "", "", ""],
            "GDDB": [12, 11, None, None, None, None],
        },
    )


def _layers() -> dict[str, Layer]:
    villages = [cell(0, 0, 200, 300), cell(200, 0, 400, 300)]
    return {
        "parcels": _parcels(),
        "villages": Layer(
            villages,
            {
                "ZLDWDM": ["6205231022010000000", "6205231022020000000"],
                "ZLDWMC": ["上庄村", "下庄村"],
                "CZLX": ["集聚提升", "特色保护"],
                "HS": [120, 80],
                "RK": [430, 260],
            },
        ),
        "basic_farmland": Layer(
            [cell(0, 0, 200, 100)],
            {
                "YJJBNTTBBH": ["620523102201000001"],
                "DLBM": ["0103"],
                "YJJBNTMJ": _parcels().columns["TBDLMJ"][:1],
            },
        ),
        "eco_redline": Layer([cell(200, 200, 400, 300)], {"HXMC": ["水源涵养"]}),
        "pilot_area": Layer([shapely.union_all(villages)], {"MC": ["试点区域"]}),
        "consolidation_area": Layer([cell(0, 0, 400, 290)], {"MC": ["整治区域"]}),
        "plots": Layer(
            [cell(0, 210, 150, 280), cell(250, 110, 300, 160), cell(10, 10, 110, 90)],
            {
                "DKBH": ["P01", "P02", "P03"],
                "ZXMBH": ["Z01", "Z02", "Z01"],
                "DKLX": ["新增耕地", "拆旧复垦", "提质改造"],
                "GHDLBM": ["0103", "0301", "0103"],
                "SSND": [2026, 2027, 2026],
                "ZHDB": [12, None, 11],
                "ZHKCXS": [0.05, None, 0.06],
                "CQFW": [None, 5, None],
                "DQHS": [None, 4, None],
                "DQRK": [None, 15, None],
                "ZMCL": ["", "", ""],
            },
        ),
    }


def _tables() -> dict[str, list[list[Any]]]:
    return {
        "subprojects": [
            [
                "子项目编号",
                "项目名称",
                "项目类型",
                "主管部门",
                "申请立项部门",
                "批复部门",
                "项目位置",
                "主要内容",
                "计划开工年度",
                "计划验收年度",
                "计划投资（万元）",
                "备注",
            ],
            [
                "Z01",
                "上庄村农用地整理",
                "农用地整理",
                "自然资源局",
                "乡政府",
                "县政府",
                "上庄村",
                "平整土地",
                2026,
                2027,
                120.5,
                "",
            ],
            [
                "Z02",
                "下庄村拆旧复垦",
                "建设用地整理",
                "自然资源局",
                "乡政府",
                "县政府",
                "下庄村",
                "拆旧复垦",
                2027,
                2028,
                80,
                "",
            ],
        ],
        "funds": [
            ["子项目编号", "年度", "资金来源", "金额（万元）"],
            ["Z01", 2026, "财政直接投入", 100.5],
            ["Z01", 2027, "社会资本", 20],
            ["Z02", 2027, "土地复垦费", 80],
        ],
        "existing_projects": [
            [
                "项目名称",
                "主管部门",
                "申请立项部门",
                "批复部门",
                "项目位置",
                "地块编号",
                "实施情况",
                "建设规模（公顷）",
                "总投资（万元）",
                "财政资金（万元）",
                "社会资本（万元）",
                "立项年度",
                "备注",
            ],
            [
                "上庄高标准农田",
                "农业农村局",
                "乡政府",
                "县政府",
                "上庄村",
                "P03",
                "完工",
                1.25,
                30,
                25,
                5,
                2021,
                "",
            ],
        ],
        "cash_flow": [
            ["年度", "项目", "方向", "金额（万元）"],
            [2026, "工程支出", "流出", 100.5],
            [2029, "指标收益", "流入", 300],
        ],
    }


def _toml() -> str:
    layers = "".join(
        f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n' for role, name in NAMES.items()
    )
    tables = "".join(
        f'[tables.{name}]\npath = "data/{name}.xlsx"\n'
        for name in ("subprojects", "funds", "existing_projects", "cash_flow")
    )
    return (
        '[plan]\nname = "上庄镇全域土地综合整治项目"\nunit = "测试设计院"\nregime = ["gansu-measures-2025"]\n'
        'outline = "outline-2021"\nbase_year = 2024\nperiod = [2026, 2028]\n'
        f'crs = "EPSG:{EPSG}"\ncounty = "620523"\ntownships = ["620523102"]\ndiscount_rate = "5%"\n'
        + layers
        + tables
    )
