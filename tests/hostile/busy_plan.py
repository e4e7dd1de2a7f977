"""热闹方案。The tiny plan with something in every special chapter; a change for ``tiny_plan(root, busy)``."""

from __future__ import annotations

from tiny_plan import Draft, Layer, cell


def busy(draft: Draft) -> None:
    """Two demolitions, a building plot, basic farmland out and in, across the border of the villages."""
    plots = draft.layers["plots"]
    plots.shapes += [cell(310, 110, 360.4, 150.3), cell(150, 20, 233.3, 60.7), cell(240, 30, 330, 90)]
    rows = {
        "DKBH": ["P04", "P05", "P06"],
        "ZXMBH": ["Z02", "Z02", "Z02"],
        "DKLX": ["拆旧复垦", "建新", "提质改造"],
        "GHDLBM": ["0102", "0702", ""],
        "SSND": [2028, 2028, 2027],
        "ZHDB": [11, None, None],
        "ZHKCXS": [0.03, None, None],
        "CQFW": [3, None, None],
        "DQHS": [2, None, None],
        "DQRK": [None, None, None],
        "ZMCL": ["协议", "", ""],
    }
    plots.columns["DKYT"] = [""] * 3
    rows["DKYT"] = ["", "农民建房", ""]
    for name, values in rows.items():
        plots.columns[name] += values
    draft.layers["basic_farmland_out"] = Layer(
        [cell(120, 5, 199, 95), cell(20, 40, 60, 70)],
        {"DKBH": ["T1", "T2"], "TCYY": ["零星", ""], "TCYT": ["保留为一般耕地", ""]},
    )
    draft.layers["basic_farmland_in"] = Layer(
        [cell(10, 110, 150, 190), cell(5, 215, 140, 275)],
        {"DKBH": ["R1", "R2"], "TRLX": ["新划定", "新增"]},
    )
    for role, name in (("basic_farmland_out", "YJJBNTTC"), ("basic_farmland_in", "YJJBNTTR")):
        draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{name}"\n'
