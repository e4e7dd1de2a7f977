"""建设与生态类地块。Plots for building land and for nature: cleared, built, used again, restored."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity

from fangtian.plan.sample.attributes import ridge_coefficient
from fangtian.plan.sample.drainage import Ints
from fangtian.plan.sample.drawing import Board, largest
from fangtian.plan.sample.faces import GRID
from fangtian.plan.sample.field_plots import Shift

__all__ = ["cleared_land", "new_building_land", "restored_land", "reused_land"]

_NEW_USES = (
    ("农民建房", "0702", "ZXM-09"),
    ("公共服务", "08H2", "ZXM-09"),
    ("产业发展", "05H1", "ZXM-13"),
    ("基础设施", "0809", "ZXM-09"),
    ("农民建房", "0702", "ZXM-09"),
    ("产业发展", "0508", "ZXM-13"),
)
_REUSES = (
    ("新产业新业态", "05H1"),
    ("公共服务", "08H2"),
    ("新产业新业态", "05H1"),
    ("农民建房", "0702"),
    ("产业发展", "05H1"),
)


def cleared_land(board: Board) -> None:
    """拆旧复垦。Half-empty hamlets are cleared for fields, the old kiln and its pits for fields and woods."""
    land = board.here.land
    hamlets = [home for home in board.here.homes if not home.main]
    remote = [float(-land.relief.sample(land.plain, home.point[None, :])[0]) for home in hamlets]
    made = 0
    for number in np.argsort(-np.array(remote), kind="stable").tolist():
        rows = _within(board, hamlets[number].outline.buffer(2.0), ("0702", "1201"))
        rows = rows[board.free[rows]]
        extent = float(shapely.area(board.here.parcels.geometry[rows]).sum())
        if extent < 4_000.0:
            continue
        for half in np.array_split(rows, 2 if extent > 22_000.0 else 1):
            _cleared_hamlet(board, board.union(half), 2026 + made % 3)
            made += 1
        if made >= 7:
            break
    for row in np.flatnonzero(board.free & np.isin(board.classes, ("0601", "0602"))).tolist():
        _cleared_works(board, row)


def _cleared_hamlet(board: Board, shape: shapely.Geometry, year: int) -> None:
    _, slope = board.slope_of(shape)
    households = max(int(shape.area / 620.0), 2)
    board.add(
        "拆旧复垦",
        "ZXM-07",
        year,
        shape,
        planned_class="0103",
        grade=12,
        ridge=max(round(ridge_coefficient(slope, True) - 0.02, 4), 0.0),
        houses=households + 1,
        households=households,
        people=households * 4 - 1,
        proof="拆旧补偿安置协议",
        note="零散宅基地退出复垦",
    )


def _cleared_works(board: Board, row: int) -> None:
    """Clay pits become woods; the kiln yard is cut, one part becomes a field, the rest is used again."""
    kiln = board.classes[row] == "0601"
    shape = board.here.parcels.geometry[row]
    if kiln:
        west, south, east, north = shape.bounds
        shape = shape.intersection(shapely.box(west, south, west + 0.62 * (east - west), north))
    board.add(
        "拆旧复垦",
        "ZXM-08",
        2027,
        shape,
        planned_class="0103" if kiln else "0305",
        grade=12 if kiln else None,
        ridge=0.0 if kiln else None,
        houses=3 if kiln else 0,
        households=0,
        people=0,
        proof="工矿用地使用权注销文件",
        note="废弃砖厂复垦" if kiln else "取土场复绿",
    )


def new_building_land(board: Board, out: list[Shift]) -> None:
    """建新。Houses, a school yard, workshops at the edge of villages; one plot strays into the red line."""
    _at_red_line(board)
    leaving = np.zeros(len(board.here.parcels), dtype=bool)
    for shift in out:
        leaving[shift.rows] = True
    usable = board.free & np.isin(board.classes, ("0103", "0102", "0404", "0201", "1202"))
    usable &= ~board.protected | leaving
    made = 0
    for home in board.here.homes:
        if not home.main or not board.zoned.consolidation.contains(shapely.Point(home.point)):
            continue
        for row, part in _edge_of(board, home.outline, usable)[:3]:
            use, planned, subproject = _NEW_USES[made % len(_NEW_USES)]
            values = {"planned_class": planned, "use": use, "note": f"{use}用地"}
            board.add("建新", subproject, 2026 + made % 3, part, proof="村庄规划、用地预审意见", **values)
            board.free[row] = False
            made += 1


def _edge_of(
    board: Board, outline: shapely.Polygon, usable: NDArray[np.bool_]
) -> list[tuple[int, shapely.Polygon]]:
    """The largest pieces of usable parcels in a belt round a village."""
    ring = outline.buffer(58.0, quad_segs=3).difference(outline)
    near = np.flatnonzero(usable & shapely.intersects(ring, board.here.parcels.geometry))
    cuts = [
        largest(shapely.intersection(board.here.parcels.geometry[row], ring, grid_size=GRID)) for row in near
    ]
    pairs = [(int(row), part) for row, part in zip(near, cuts, strict=True) if 900.0 < part.area < 11_000.0]
    return sorted(pairs, key=lambda pair: (-pair[1].area, pair[0]))


def _at_red_line(board: Board) -> None:
    """On purpose: a car park for visitors that lies half inside the red line."""
    zoned = board.zoned
    edge = shapely.intersection(zoned.redline.exterior, zoned.consolidation.buffer(-60.0))
    line = max(shapely.get_parts(edge).tolist(), key=lambda part: part.length)
    best = None
    for share in np.linspace(0.1, 0.9, 17):
        spot = line.interpolate(float(share), normalized=True)
        slope, _ = board.slope_of(spot.buffer(40.0))
        if best is None or slope < best[0]:
            best = (slope, spot)
    assert best is not None
    spot = best[1]
    block = affinity.rotate(shapely.box(spot.x - 36.0, spot.y - 24.0, spot.x + 36.0, spot.y + 24.0), 27.0)
    wild = board.zoned.inside & np.isin(board.classes, ("0404", "0301", "0305", "0307", "1206"))
    shape = largest(block.intersection(shapely.union_all(board.here.parcels.geometry[wild])))
    board.add(
        "建新",
        "ZXM-14",
        2027,
        shape,
        planned_class="05H1",
        use="产业发展",
        proof="选址论证报告",
        note="生态旅游接待点（与生态保护红线重叠，待优化选址）",
    )


def reused_land(board: Board) -> None:
    """存量盘活。Vacant plots, the rest of the kiln yard and old houses get a new use."""
    parcels, inside = board.here.parcels, board.zoned.inside
    drawn = shapely.union_all([plot.geometry for plot in board.drawn])
    shapely.prepare(drawn)
    idle = inside & ~shapely.intersects(drawn, shapely.point_on_surface(parcels.geometry))
    vacant = np.flatnonzero(idle & (board.classes == "1201"))
    vacant = vacant[np.argsort(-board.survey.area[vacant], kind="stable")][:8]
    for number, row in enumerate(vacant.tolist()):
        use, planned = _REUSES[number % len(_REUSES)]
        subproject = "ZXM-14" if number % 2 else "ZXM-13"
        _reuse(board, subproject, 2026 + number % 3, (row, planned, use), f"空闲地盘活为{use}用地")
    for row in np.flatnonzero(inside & (board.classes == "0601")).tolist():
        _reuse(board, "ZXM-13", 2028, (row, "05H1", "新产业新业态"), "原砖厂办公区改建冷链仓储")
    for row in np.flatnonzero(inside & (board.classes == "08H1"))[:2].tolist():
        _reuse(board, "ZXM-12", 2027, (row, "08H2", "公共服务"), "旧公所修缮为村史馆")


def _reuse(board: Board, subproject: str, year: int, what: tuple[int, str, str], note: str) -> None:
    row, planned, use = what
    values = {"planned_class": planned, "use": use, "note": note}
    shape = board.here.parcels.geometry[row]
    board.add("存量盘活", subproject, year, shape, proof="集体经营性建设用地入市方案", **values)


def restored_land(board: Board, out: list[Shift]) -> None:
    """生态修复。Bare banks and river flats are planted, then gullies; the steepest fields become woods."""
    bare = board.free & np.isin(board.classes, ("1206", "1106"))
    gullies = board.free & (board.classes == "0404") & (board.here.parcels.slope > 15.0)
    groups = [*board.clusters(bare, 45_000.0, 8), *board.clusters(gullies, 75_000.0, 6)]
    for number, rows in enumerate(groups):
        wet = bool((board.classes[rows] == "1106").all())
        board.add(
            "生态修复",
            "ZXM-10",
            2026 + number % 3,
            board.union(rows),
            planned_class="0301" if wet else ("0305", "0307")[number % 2],
            proof="小流域治理初步设计",
            note="河岸防护林" if wet else "沟坡造林种草",
        )
    for rows in board.clusters(board.free & (board.classes == "0301"), 60_000.0, 2):
        board.add("生态修复", "ZXM-11", 2027, board.union(rows), proof="封育公告", note="封山育林，地类不变")
    for shift in [s for s in out if s.use == "退耕还林还草"][:9]:
        board.add(
            "生态修复",
            "ZXM-11",
            2028,
            shift.geometry,
            planned_class="0307",
            proof="退耕协议",
            note="调出永久基本农田后退耕",
        )


def _within(board: Board, outline: shapely.Polygon, classes: tuple[str, ...]) -> Ints:
    shapely.prepare(outline)
    points = shapely.point_on_surface(board.here.parcels.geometry)
    inside = shapely.contains(outline, points) & np.isin(board.classes, classes)
    return np.flatnonzero(inside).astype(np.int64)
