"""A clean tiny plan, and one change for every computed norm about the ground that makes it a finding.

``PLANTS`` maps the id of a norm to the change and to the norms that the same change cannot help concerning
(new land cannot appear without the layout changing); the test demands exactly these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tiny_plan import Draft, Layer, cell, surveyed

GM, GP, OL, PP = "gansu-measures-2025", "gansu-pilot-2021", "outline-2021", "pilot-points-2020"
REGIMES = {GM: GM, GP: "pilot-2021", OL: "pilot-2021", PP: GM}
ORCHARD, FOREST = 3, 5  # rows of the parcels
SPOT = (210, 10, 230, 20)  # 200 m² of the orchard


class Plant(NamedTuple):
    """One planted violation, and what else it cannot help violating."""

    change: Callable[[Draft], None]
    besides: tuple[str, ...] = ()


def clean(draft: Draft) -> None:
    """Ridges merged, woods restored, a stray patch of basic farmland moved to where the others are."""
    parcels = draft.layers["parcels"].columns
    parcels["DLBM"][ORCHARD] = "0201"
    parcels["TBXHDM"] = [""] * 6
    draft.layers["plots"] = Layer(
        [cell(0, 0, 190, 100), cell(210, 210, 390, 280)],
        {
            "DKBH": ["P03", "P10"],
            "ZXMBH": ["Z01", "Z02"],
            "DKLX": ["提质改造", "生态修复"],
            "GHDLBM": ["0103", ""],
            "SSND": [2026, 2027],
            "ZHDB": [11, None],
            "ZHKCXS": [0.0, None],
            "TKSC": ["是", ""],
        },
    )
    farmland = draft.layers["basic_farmland"]
    farmland.shapes.append(cell(150, 150, 190, 190))
    farmland.columns["YJJBNTTBBH"].append("620523102201000002")
    farmland.columns["DLBM"].append("0102")
    farmland.columns["YJJBNTMJ"].append(round(surveyed(farmland.shapes[1:])[0] * 0.95, 2))
    add(draft, "basic_farmland_out", [cell(150, 150, 190, 190)], DKBH=["T1"], TCYY=["零星"])
    add(draft, "basic_farmland_in", [cell(0, 100, 100, 130)], DKBH=["R1"], TRLX=["新划定"])
    add(draft, "urban_boundary", [cell(330, 120, 390, 180)], MC=["开发边界"])
    add(draft, "slope", [cell(0, 0, 400, 300)], PDJB=["2"])
    add(draft, "illegal_use", [cell(250, 120, 260, 130)], WFTBBH=["W1"], CLQK=["已处理"])
    del draft.tables["existing_projects"][1:]


def add(draft: Draft, role: str, shapes: list[Any], **columns: list[Any]) -> None:
    """A layer that plan.toml names."""
    names = {
        "basic_farmland_out": "YJJBNTTC",
        "basic_farmland_in": "YJJBNTTR",
        "urban_boundary": "CZKFBJ",
        "slope": "PDT",
        "illegal_use": "WFYDTB",
    }
    draft.layers[role] = Layer(shapes, dict(columns), name=names[role])
    draft.toml += f'[layers.{role}]\npath = "data/base.gpkg"\nlayer = "{names[role]}"\n'


def plot(draft: Draft, place: tuple[int, int, int, int], kind: str, planned: str, **values: Any) -> None:
    """One more plot; whatever is not told is blank."""
    plots = draft.layers["plots"]
    plots.shapes.append(cell(*place))
    number = len(plots.shapes)
    told = {
        "DKBH": f"P{20 + number}",
        "ZXMBH": "Z02",
        "DKLX": kind,
        "GHDLBM": planned,
        "SSND": 2027,
        **values,
    }
    for name, column in plots.columns.items():
        column.append(told.get(name, "" if name == "TKSC" else None))


def new_field(draft: Draft) -> None:
    plot(draft, SPOT, "新增耕地", "0103", ZHDB=11, ZHKCXS=0.0)


def build(draft: Draft, place: tuple[int, int, int, int] = SPOT, planned: str = "0702") -> None:
    """New construction land, and more of the old one given up."""
    plot(draft, place, "建新", planned)
    plot(draft, (270, 110, 290, 130), "拆旧复垦", "0201")


def orchard_was(draft: Draft, code: str) -> None:
    draft.layers["parcels"].columns["DLBM"][ORCHARD] = code


def cover(draft: Draft, role: str, *place: int) -> None:
    """A control line takes in one more place."""
    layer = draft.layers[role]
    layer.shapes.append(cell(*place))
    for column in layer.columns.values():
        column.append(column[0])


def put(draft: Draft, role: str, name: str, value: Any, row: int = 0) -> None:
    draft.layers[role].columns[name][row] = value


def steep_at(draft: Draft, x0: int, y0: int, x1: int, y1: int, code: str = "5") -> None:
    slope, place = draft.layers["slope"], cell(x0, y0, x1, y1)
    slope.shapes = [slope.shapes[0].difference(place), place]
    slope.columns["PDJB"] = ["2", code]


def both(*changes: Callable[[Draft], None]) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        for one in changes:
            one(draft)

    return change


def drained(draft: Draft) -> None:
    orchard_was(draft, "1104")
    plot(draft, SPOT, "基础设施", "0201")


def felled(draft: Draft) -> None:
    plot(draft, (200, 210, 210, 280), "生态修复", "0404")


def planted(draft: Draft) -> None:
    plot(draft, (10, 210, 60, 280), "生态修复", "0301")


def park(draft: Draft) -> None:
    build(draft, (100, 170, 110, 180), "0810")


def unhandled(draft: Draft) -> None:
    put(draft, "illegal_use", "CLQK", "未处理")


def proved(draft: Draft) -> None:
    draft.toml += '[attachments]\nunused_land_proof = ["data/proof.txt"]\n'
    draft.extra.append(lambda root: (root / "data/proof.txt").write_text("论证", encoding="utf-8"))


def far(draft: Draft) -> None:
    draft.layers["basic_farmland_in"].shapes = [cell(0, 160, 100, 190)]


def split(draft: Draft) -> None:
    """Two plots moved in beside the rest, neither touching it: more patches, still contiguous."""
    coming = draft.layers["basic_farmland_in"]
    coming.shapes = [cell(0, 105, 100, 135), cell(110, 105, 140, 125)]
    coming.columns.update(DKBH=["R1", "R2"], TRLX=["新划定", "新划定"])


def idle(draft: Draft) -> None:
    coming = draft.layers["basic_farmland_in"]
    coming.shapes.append(cell(*SPOT))
    coming.columns["DKBH"].append("R2")
    coming.columns["TRLX"].append("新划定")


def joined(draft: Draft) -> None:
    """The patch moved out is part of a large and gentle block."""
    place = cell(150, 100, 190, 140)
    draft.layers["basic_farmland"].shapes[1] = draft.layers["basic_farmland_out"].shapes[0] = place


def again(draft: Draft) -> None:
    row = ["旧项目", "局", "乡", "县", "上庄村", "P03", "完工", 1.25, 30, 25, 5, 2021, ""]
    draft.tables["existing_projects"].append(row)


LAYOUT = {regime: name for regime, name in ((GM, f"{GM}/13.3-layout"), (OL, f"{OL}/4-layout"))}
PLANTS: dict[str, Plant] = {
    f"{GM}/13.1-ridges-surveyed": Plant(lambda d: put(d, "plots", "TKSC", "")),
    f"{GM}/13.3-layout": Plant(planted),
    f"{GM}/13.3-new-steep": Plant(both(new_field, lambda d: steep_at(d, *SPOT)), (LAYOUT[GM],)),
    f"{GM}/13.3-new-natural": Plant(both(new_field, lambda d: orchard_was(d, "1107")), (LAYOUT[GM],)),
    f"{GM}/13.3-new-redline": Plant(
        both(new_field, lambda d: cover(d, "eco_redline", *SPOT)), (LAYOUT[GM], f"{PP}/6-redline")
    ),
    f"{GM}/13.3-nature-built": Plant(both(build, lambda d: orchard_was(d, "1107")), (LAYOUT[GM],)),
    f"{GM}/13.3-ecology": Plant(lambda d: put(d, "plots", "DKLX", "基础设施", 1)),
    f"{GM}/13.4-pbf-reason": Plant(lambda d: put(d, "basic_farmland_out", "TCYY", "")),
    f"{GM}/13.4-pbf-out-fit": Plant(joined),
    f"{GM}/13.9-new-urban": Plant(
        both(new_field, lambda d: cover(d, "urban_boundary", *SPOT)), (LAYOUT[GM],)
    ),
    f"{GP}/4.4-unused-land": Plant(both(new_field, proved, lambda d: orchard_was(d, "1206")), (LAYOUT[OL],)),
    f"{GP}/4.4-lakes": Plant(drained, (LAYOUT[OL], f"{OL}/5.2.3-lakes", f"{PP}/6-nature")),
    f"{GP}/4.4-landscape": Plant(park, (LAYOUT[OL], f"{PP}/6-landscape")),
    f"{OL}/4-construction": Plant(
        lambda d: plot(d, SPOT, "建新", "0702"), (LAYOUT[OL], f"{PP}/8-construction")
    ),
    f"{OL}/4-cultivated": Plant(lambda d: put(d, "plots", "ZHKCXS", 0.12), (f"{PP}/3-increase",)),
    f"{OL}/4-pbf": Plant(lambda d: draft_in(d, cell(0, 100, 20, 130)), (f"{PP}/3-increase",)),
    f"{OL}/4-quality": Plant(lambda d: put(d, "plots", "ZHDB", 12)),
    f"{OL}/4-layout": Plant(planted),
    f"{OL}/4-ecology": Plant(lambda d: put(d, "plots", "DKLX", "基础设施", 1)),
    f"{OL}/3.1-unlawful-open": Plant(unhandled, (f"{PP}/7-unlawful-use",)),
    f"{OL}/3.2.3-ridges": Plant(lambda d: put(d, "plots", "TKSC", "")),
    f"{OL}/5.2.3-trees": Plant(felled, (LAYOUT[OL], f"{PP}/6-nature")),
    f"{OL}/5.2.3-lakes": Plant(drained, (LAYOUT[OL], f"{GP}/4.4-lakes", f"{PP}/6-nature")),
    f"{OL}/2.2-overlap": Plant(again),
    f"{PP}/2-steep": Plant(lambda d: steep_at(d, 0, 100, 100, 130), (f"{PP}/2-slope",)),
    f"{PP}/2-redline": Plant(lambda d: cover(d, "eco_redline", 0, 100, 50, 130)),
    f"{PP}/2-urban": Plant(lambda d: cover(d, "urban_boundary", 0, 100, 50, 130)),
    f"{PP}/2-stable": Plant(lambda d: put(d, "parcels", "TBXHDM", "HDGD", 1)),
    f"{PP}/2-contiguous": Plant(far),
    f"{PP}/2-cultivated": Plant(idle),
    f"{PP}/2-grade": Plant(lambda d: plot(d, (0, 100, 100, 130), "提质改造", "", ZHDB=13, TKSC="是")),
    f"{PP}/2-slope": Plant(lambda d: steep_at(d, 0, 100, 100, 130, "3")),
    f"{PP}/2-patches": Plant(split),
    f"{PP}/2-occupied": Plant(lambda d: build(d, (190, 0, 200, 10)), (LAYOUT[GM],)),
    f"{PP}/2-window": Plant(lambda d: cover(d, "urban_boundary", 150, 150, 190, 190)),
    f"{PP}/3-increase": Plant(lambda d: put(d, "plots", "ZHKCXS", 0.08)),
    f"{PP}/6-redline": Plant(both(build, lambda d: cover(d, "eco_redline", *SPOT)), (LAYOUT[GM],)),
    f"{PP}/6-nature": Plant(felled, (LAYOUT[GM],)),
    f"{PP}/6-landscape": Plant(park, (LAYOUT[GM],)),
    f"{PP}/7-unlawful-use": Plant(unhandled),
    f"{PP}/8-construction": Plant(lambda d: plot(d, SPOT, "建新", "0702"), (LAYOUT[GM],)),
    f"{PP}/9-unused-land": Plant(both(new_field, lambda d: orchard_was(d, "1206")), (LAYOUT[GM],)),
}


def draft_in(draft: Draft, place: Any) -> None:
    draft.layers["basic_farmland_in"].shapes = [place]
