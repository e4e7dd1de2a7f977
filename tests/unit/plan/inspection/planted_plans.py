"""有错的方案。Plans with several faults at once, and what an inspection must say of each: no more."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).parents[3] / "hostile"))

from tiny_plan import Draft, Layer, cell, surveyed

Change = Callable[[Draft], None]
OF_THE_TINY_PLAN = frozenset({"SCH-official-missing", "DOM-number-form"})
"""The plan to break has few fields and short numbers: remarks that it always gets."""


@dataclass(frozen=True)
class Broken:
    """``codes`` are planted, ``beside`` come along, each with its reason."""

    change: Change
    codes: frozenset[str]
    beside: dict[str, str] = field(default_factory=dict)


def _row(draft: Draft, table: str, number: int, **cells: Any) -> None:
    header = draft.tables[table][0]
    for name, value in cells.items():
        draft.tables[table][number][header.index(name)] = value


def _tables(draft: Draft) -> None:
    subprojects, funds = draft.tables["subprojects"], draft.tables["funds"]
    draft.tables["existing_projects"][0][7] = "建设规模（亩）"
    subprojects += [list(subprojects[2]), [*subprojects[2]], [*subprojects[2]]]
    for number, name in ((3, "Z03"), (4, "Z04"), (5, "Z01")):
        subprojects[number][0] = name
    _row(draft, "subprojects", 3, 项目类型="无此类型", 项目名称="")
    _row(draft, "subprojects", 4, 计划开工年度=2029, 计划验收年度=2028)
    funds[1][3], funds[2][1] = "很多", "明年"
    funds += [["Z09", 2027, "社会资本", 1], ["Z02", 2035, "社会资本", -1], list(funds[3])]
    draft.tables["cash_flow"][1][0] = 2020


def _sums(draft: Draft) -> None:
    _row(draft, "subprojects", 1, **{"计划投资（万元）": 999})
    _row(draft, "subprojects", 2, **{"计划投资（万元）": None})
    _row(draft, "existing_projects", 1, 立项年度=2016, 地块编号="P77", **{"总投资（万元）": 31})
    draft.toml += '[county_land]\nsource = "变更调查"\ntotal_ha = "100"\nagricultural_ha = "50"\n'
    draft.toml += 'construction_ha = "20"\nunused_ha = "20"\n'


def _headless(draft: Draft) -> None:
    del draft.tables["subprojects"][1:]
    draft.tables["cash_flow"][0][1] = "收支"
    draft.layers["basic_farmland"].columns["YJJBNTMJ"] = [None]
    draft.layers["villages"].columns["HS"][0] = None
    draft.layers["parcels"].columns["KCMJ"] = [None] * 6
    draft.layers["parcels"].columns["KCXS"] = [None] * 6
    draft.layers["parcels"].columns["TBDLMJ"] = [None] * 6


def _plots(draft: Draft) -> None:
    plots = draft.layers["plots"]
    kinds = ("新增耕地", "新增耕地", "建新", "拆旧复垦", "生态修复", "提质改造", "生态修复", "生态修复")
    classes = ("", "0301", "0702", "0301", "0103", "0301", "0103", "0301")
    years = (2026, 2026, 2027, 2028, 2040, 2026, 2028, 2026)
    subprojects = ("Z01", "Z01", "Z09", "Z01", "Z01", "Z01", "Z01", "Z01")
    count = len(kinds)
    plots.shapes[:] = [cell(210 + 20 * n, 210, 225 + 20 * n, 225) for n in range(count)]
    plots.shapes[6] = cell(210, 10, 230, 30)  # bare land becomes a field
    plots.columns = {
        "DKBH": [f"Q{n}" for n in range(count)],
        "ZXMBH": list(subprojects),
        "DKLX": list(kinds),
        "GHDLBM": list(classes),
        "SSND": list(years),
        "ZHKCXS": [None, None, None, None, 0.1, 0.1, None, None],
        "CQFW": [None] * count,
        "JXYT": [""] * count,
        "ZMCL": [""] * count,
    }
    _row(draft, "existing_projects", 1, 地块编号="Q1")


def _basic_farmland(draft: Draft) -> None:
    draft.layers["basic_farmland_out"] = Layer(
        [cell(150, 50, 250, 100), cell(10, 10, 20, 20)], {"DKBH": ["P03", "X1"], "TCYY": ["零星", "零星"]}
    )
    draft.layers["basic_farmland_in"] = Layer([cell(0, 90, 100, 110)], {"DKBH": ["P01"], "TRLX": ["新划定"]})
    for role, name in (("basic_farmland_out", "YJJBNTTC"), ("basic_farmland_in", "YJJBNTTR")):
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'


def _villages(draft: Draft) -> None:
    villages = draft.layers["villages"]
    villages.shapes += [cell(400, 0, 500, 300), cell(500, 0, 600, 300)]
    draft.layers["pilot_area"].shapes = [cell(0, 0, 400, 320)]
    for name, values in {
        "ZLDWDM": [villages.columns["ZLDWDM"][0], "6205231022030000000"],
        "ZLDWMC": ["另一村", "下庄村"],
        "CZLX": ["集聚提升"] * 2,
        "HS": [1, 1],
        "RK": [1, 1],
    }.items():
        villages.columns[name] += values
    draft.toml = draft.toml.replace('townships = ["620523102"]', 'townships = ["620523109"]')
    draft.layers["plots"].shapes[0] = cell(-20, 210, 150, 280)


def _systems(draft: Draft) -> None:
    draft.layers["eco_redline"].epsg = 4524
    west = np.array([1e6, 0.0])
    moved = [shapely.transform(shape, lambda xy: xy + west) for shape in draft.layers["eco_redline"].shapes]
    draft.layers["eco_redline"].shapes = moved
    zone = draft.layers["consolidation_area"]
    zone.epsg = 4544
    zone.shapes = [shapely.transform(shape, lambda xy: xy - [35e6, 0.0]) for shape in zone.shapes]
    draft.layers["basic_farmland"].drop(0)
    draft.toml = draft.toml.replace('layer = "ZZDK"', 'layer = "ZZDKX"')


def _in_mu(draft: Draft) -> None:
    parcels = draft.layers["parcels"]
    for name in ("TBMJ", "KCMJ", "TBDLMJ"):
        parcels.columns[name] = [round(value * 3 / 2000, 2) for value in parcels.columns[name]]
    draft.layers["basic_farmland"].columns["YJJBNTMJ"] = surveyed(draft.layers["basic_farmland"].shapes)


def built_over(draft: Draft) -> None:
    """A plot that builds on basic farmland which nothing moves out."""
    columns = draft.layers["plots"].columns
    for name, value in {"DKLX": "建新", "GHDLBM": "0702", "ZHKCXS": None, "ZHDB": None}.items():
        columns[name][2] = value


BROKEN = {
    "tables": Broken(
        _tables,
        frozenset(
            {
                "SCH-column-unit", "DOM-cell-blank", "DOM-cell-choice", "DOM-cell-negative",
                "DOM-cell-number", "DOM-cell-year", "LOG-row-twice", "LOG-subproject-year-outside",
                "LOG-cash-year-early",
                "LOG-subproject-years-reversed", "LOG-fund-subproject", "LOG-fund-year-outside",
                "LOG-fund-twice",
            }
        ),
        {
            "LOG-subproject-idle": "sub-projects were added, plots for them were not",
            "LOG-plot-year-subproject": "the sub-project that is there twice has other years the second time",
        },
    ),
    "sums": Broken(
        _sums,
        frozenset(
            {
                "LOG-funds-sum", "LOG-investment-blank", "LOG-existing-too-early", "LOG-existing-plot",
                "LOG-existing-investment", "BAL-county-land",
            }
        ),
    ),
    "headless": Broken(
        _headless,
        frozenset(
            {
                "LOG-table-empty", "SCH-column-missing", "DOM-designated-blank", "DOM-needed-blank",
                "DOM-ridge-blank",
            }
        ),
        {"DOM-field-blank": "ridges are computed from the net area, so that must be blank as well"},
    ),
    "plots": Broken(
        _plots,
        frozenset(
            {
                "LOG-plot-class-blank", "LOG-plot-class-kind", "LOG-plot-demolition-blank",
                "LOG-plot-ridge-blank", "LOG-plot-ridge-stray", "LOG-plot-subproject", "LOG-subproject-idle",
                "LOG-plot-unused-unproven", "LOG-plot-use-blank", "LOG-plot-year-outside",
                "LOG-plot-year-subproject",
            }
        ),
    ),
    "basic farmland": Broken(
        _basic_farmland,
        frozenset({"LOG-pbf-out-elsewhere", "LOG-pbf-in-already", "LOG-pbf-plot"}),
    ),
    "villages": Broken(
        _villages,
        frozenset(
            {
                "LOG-village-gap", "LOG-village-code-twice", "LOG-village-name-twice", "LOG-plot-outside",
                "LOG-township-elsewhere", "BAL-parcels-gap",
            }
        ),
    ),
    "systems": Broken(
        _systems, frozenset({"CRS-differs", "CRS-shifted", "SCH-layer-empty", "SCH-layer-missing"})
    ),
    "in mu": Broken(_in_mu, frozenset({"BAL-area-unit", "BAL-area-differs"})),
}  # fmt: skip
