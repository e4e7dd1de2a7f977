"""地面热闹方案。The tiny plan with new fields, buildings, parks and basic farmland in wrong places."""

from __future__ import annotations

from typing import Any

from tiny_plan import Draft, Layer, cell, surveyed

ORCHARD = 3
"""Row of the parcel that becomes an orchard; its southern part is the garden of the hand-made sums."""

PLOTS: list[tuple[str, tuple[float, float, float, float], str, str, int | None, float | None, str]] = [
    ("P03", (0, 10, 90, 90), "提质改造", "0103", 11, 0.02, "是"),
    ("P04", (130, 10, 180, 90), "提质改造", "0103", 11, 0.04, ""),
    ("P21", (210, 10, 230, 20), "新增耕地", "0103", 12, 0.0, ""),
    ("P22", (10, 210, 30, 230), "新增耕地", "0103", 12, 0.0, ""),
    ("P23", (210, 210, 220, 220), "新增耕地", "0103", 12, 0.0, ""),
    ("P24", (230, 210, 240, 220), "建新", "0702", None, None, ""),
    ("P25", (40, 210, 50, 220), "建新", "0702", None, None, ""),
    ("P26", (100, 170, 110, 180), "建新", "0810", None, None, ""),
    ("P27", (190, 0, 200, 10), "建新", "0702", None, None, ""),
]


def busy_ground(draft: Draft) -> None:
    """Every sum of the ground facts has something to add, in rectangles that a ruler can measure."""
    parcels = draft.layers["parcels"].columns
    parcels["DLBM"][ORCHARD] = "0201"
    parcels["TBXHDM"] = ["", "HDGD", "", "", "", ""]
    names, shapes, kinds, classes, grades, ridges, told = zip(*PLOTS, strict=True)
    draft.layers["plots"] = Layer(
        [cell(*place) for place in shapes],
        {
            "DKBH": list(names),
            "ZXMBH": ["Z01"] * 8 + ["Z02"],
            "DKLX": list(kinds),
            "GHDLBM": list(classes),
            "SSND": [2027] * len(PLOTS),
            "ZHDB": list(grades),
            "ZHKCXS": list(ridges),
            "TKSC": list(told),
        },
    )
    farmland = draft.layers["basic_farmland"]
    farmland.shapes.append(cell(150, 150, 190, 190))
    farmland.columns["YJJBNTTBBH"].append("620523102201000002")
    farmland.columns["DLBM"].append("0102")
    farmland.columns["YJJBNTMJ"].append(round(surveyed(farmland.shapes[1:])[0] * 0.95, 2))
    draft.layers["eco_redline"].shapes = [cell(220, 0, 240, 30), cell(0, 100, 50, 140)]
    draft.layers["eco_redline"].columns["HXMC"] = ["东", "西"]
    _add(
        draft,
        "basic_farmland_out",
        [cell(150, 150, 190, 190), cell(100, 0, 120, 50)],
        {"DKBH": ["T1", "T2"], "TCYY": ["零星", ""]},
    )
    _add(
        draft,
        "basic_farmland_in",
        [cell(0, 100, 100, 130), cell(0, 160, 30, 190), cell(270, 40, 280, 50)],
        {"DKBH": ["R1", "R2", "R3"], "TRLX": ["新划定"] * 3},
    )
    town = [cell(210, 15, 230, 30), cell(0, 100, 20, 140), cell(150, 150, 160, 190)]
    _add(draft, "urban_boundary", town, {"MC": ["甲", "乙", "丙"]})
    steep = [cell(210, 0, 230, 30), cell(60, 100, 100, 130)]
    gentle = cell(0, 0, 400, 300).difference(steep[0]).difference(steep[1])
    _add(draft, "slope", [gentle, *steep], {"PDJB": ["2", "5", "5"]})
    uses = [cell(250, 120, 260, 130), cell(270, 120, 280, 130), cell(250, 285, 260, 295)]
    _add(draft, "illegal_use", uses, {"WFTBBH": ["W1", "W2", "W3"], "CLQK": ["已处理", "未处理", "未处理"]})
    draft.tables["existing_projects"][1][5] = "P21"


def _add(draft: Draft, role: str, shapes: list[Any], columns: dict[str, list[Any]]) -> None:
    draft.layers[role] = Layer(shapes, columns, name=role)
    draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{role}"\n'
