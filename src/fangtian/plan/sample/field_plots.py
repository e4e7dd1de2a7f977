"""耕地类地块。Plots for farmland: basic farmland out and in, new fields, better fields, tracks and canals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from fangtian.plan.sample import curves
from fangtian.plan.sample.attributes import ridge_coefficient
from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.drawing import Board, largest, pieces
from fangtian.plan.sample.faces import GRID

__all__ = ["Shift", "improved_fields", "moved_in", "moved_out", "new_fields", "tracks"]

OUT_SHARE = 0.053
MAKE_UP = 1.035
"""调出比例。A little above the 5 % of article 13, so that the plan has to give a reason."""

_WASTE = ("0404", "1206", "1106", "0305", "0307")


@dataclass(frozen=True)
class Shift:
    """永农调整地块。One plot moved out or in; ``kind`` the reason or the block; ``rows`` its parcels."""

    id: str
    kind: str
    geometry: shapely.Geometry
    rows: Ints
    use: str = ""
    note: str = ""


def moved_out(board: Board) -> list[Shift]:
    """调出。Steep, scattered basic farmland of the consolidation area, ``OUT_SHARE`` of the township's."""
    survey, parcels = board.survey, board.here.parcels
    goal = OUT_SHARE * float(survey.net[board.protected].sum())
    candidates = board.protected & board.zoned.inside & (board.classes == "0103")
    lonely = _loneliness(board)
    order = np.argsort(-(parcels.slope + 5.0 * lonely), kind="stable")
    order = order[candidates[order]]
    chosen = np.zeros(len(parcels), dtype=bool)
    held = np.cumsum(survey.net[order])
    chosen[order[: int(np.searchsorted(held, goal)) + 1]] = True
    found = []
    for number, rows in enumerate(board.clusters(chosen, 15_000.0, 10_000), start=1):
        steep, alone = parcels.slope[rows].mean() > 14.0, lonely[rows].mean() > 0.5
        size = survey.area[rows].sum() / 1e6
        reason = "不便耕种" if steep else "零星" if alone else "破碎" if size < 0.5 else "设施不完善"
        reason = "散乱" if not steep and number % 7 == 3 else reason
        use = "退耕还林还草" if parcels.slope[rows].mean() > 15.5 else "保留为一般耕地"
        found.append(Shift(f"TC-{number:03d}", reason, board.union(rows), rows, use))
    return found


def _loneliness(board: Board) -> Floats:
    """Share of a parcel's border that does not touch other basic farmland."""
    held = board.protected
    faces = board.faces
    whole, shared = np.zeros(len(held)), np.zeros(len(held))
    for one, other in ((faces.left, faces.right), (faces.right, faces.left)):
        np.add.at(whole, one, faces.length)
        np.add.at(shared, one, faces.length * held[other])
    return 1.0 - shared / np.maximum(whole, 1.0)


def new_fields(board: Board) -> None:
    """新增耕地。Gentle waste land beside fields becomes farmland; some old orchards too."""
    parcels = board.here.parcels
    fields = board.survey.cultivated & board.zoned.inside
    reach = shapely.union_all(parcels.geometry[fields]).buffer(48.0, quad_segs=3)
    shapely.prepare(reach)
    waste = board.free & np.isin(board.classes, _WASTE) & shapely.intersects(reach, parcels.geometry)
    waste &= ~shapely.intersects(board.zoned.redline, parcels.geometry)
    orchards = np.flatnonzero(board.free & (board.classes == "0201"))[::2][:16]
    made = sum(_old_orchard(board, int(row), 2026 + number % 3) for number, row in enumerate(orchards))
    for row in board.rng.permutation(np.flatnonzero(waste)).tolist():
        part = largest(shapely.intersection(parcels.geometry[row], reach, grid_size=GRID))
        part = largest(part.buffer(-5.0).buffer(5.0, quad_segs=3).intersection(part))
        # the note of one plot is left out on purpose
        made += _new_field(board, part, ("ZXM-03", "" if made == 8 else "未利用地开发"), 2026 + made % 3)
        if made == 34:
            break


def _old_orchard(board: Board, row: int, year: int) -> bool:
    return _new_field(board, board.here.parcels.geometry[row], ("ZXM-04", "低效园地恢复"), year)


def _new_field(board: Board, shape: shapely.Polygon, work: tuple[str, str], year: int) -> bool:
    """Put a new field on the board if it is gentle and of a sensible size."""
    degrees, slope = board.slope_of(shape) if not shape.is_empty else (90.0, 5)
    if not 1_800.0 < shape.area < 22_000.0 or degrees > 14.0:
        return False
    land = board.here.land
    wet = land.relief.sample(land.plain, shapely.get_coordinates(shape.centroid))[0] > 0
    plot = board.add(
        "新增耕地",
        work[0],
        year,
        shape,
        planned_class="0102" if wet else "0103",
        grade=11 if slope < 3 else 12,
        ridge=max(round(ridge_coefficient(slope, True) - 0.02, 4), 0.0),
        proof="实地踏勘记录、土地权属证明",
        note=work[1],
    )
    return plot is not None


def improved_fields(board: Board, out: list[Shift]) -> None:
    """提质改造。Blocks of neighbouring fields are levelled and their ridges merged; some get water."""
    parcels, survey = board.here.parcels, board.survey
    leaving = np.zeros(len(parcels), dtype=bool)
    for shift in out:
        leaving[shift.rows] = True
    allowed = board.free & survey.cultivated & ~leaving & (survey.slope < 4)
    dry, wet = allowed & (board.classes == "0103"), allowed & (board.classes == "0102")
    plans = [("ZXM-01", rows, "") for rows in board.clusters(wet, 95_000.0, 5)]
    plans += [("ZXM-05", rows, "0101") for rows in board.clusters(wet & ~_used(plans, wet), 40_000.0, 2)]
    points = shapely.get_coordinates(shapely.point_on_surface(parcels.geometry))
    land = board.here.land
    near = dry & (parcels.slope < 12.0) & (land.relief.sample(land.plain, points) > -330.0)
    groups = sorted(board.clusters(near, 42_000.0, 40), key=lambda rows: -int(survey.area[rows].sum()))
    plans += [("ZXM-05", rows, "0102") for rows in groups[:3]]
    plans += [("ZXM-02", rows, "") for rows in board.clusters(dry & ~_used(plans, dry), 130_000.0, 9)]
    for number, (subproject, rows, planned) in enumerate(plans):
        if survey.area[rows].sum() < 800_000:
            continue
        weight = survey.area[rows]
        before = float((survey.coefficient[rows] * weight).sum() / weight.sum())
        grade = int(np.floor((survey.grade[rows] * weight).sum() / weight.sum())) - 1
        board.add(
            "提质改造",
            subproject,
            2026 + number % 3,
            board.union(rows),
            planned_class=planned,
            grade=max(grade, 9),
            ridge=round(max(before * 0.72, 0.0), 4),
            surveyed="" if number == 3 else "是",  # one is left out on purpose
            proof="田坎实测图",
            note="旱改水" if planned else "归并田坎、平整田面",
        )


def _used(plans: list[tuple[str, Ints, str]], like: NDArray[np.bool_]) -> NDArray[np.bool_]:
    used = np.zeros(len(like), dtype=bool)
    for _, rows, _ in plans:
        used[rows] = True
    return used


def tracks(board: Board) -> None:
    """基础设施。Field tracks along the contours, canals through the plain, two ponds to store water."""
    land, area = board.here.land, board.zoned.consolidation.buffer(-15.0)
    fixed = ~board.survey.cultivated & ~np.isin(board.classes, ("0404", "0201", "1107"))
    avoid = shapely.union_all(board.here.parcels.geometry[fixed & board.zoned.inside])
    roads = curves.contour_lines(
        curves.blend(land.relief.z, 30.0), np.arange(1500.0, 1900.0, 31.0), land.fitness > 4.0
    )
    canals = curves.contour_lines(
        curves.blend(land.relief.river_distance, 30.0), [62.0, 110.0, 165.0], land.plain > 20.0
    )
    for lines, half, planned, count, shortest in (
        (roads, 2.2, "1006", 6, 420.0),
        (canals, 1.3, "1107", 4, 380.0),
    ):
        made = 0
        for number in board.rng.permutation(len(lines)).tolist():
            way = shapely.LineString(curves.rounded(lines[number], 1)).simplify(1.0).intersection(area)
            way = max(shapely.get_parts(way).tolist(), key=lambda part: part.length, default=way)
            if way.length < shortest:
                continue
            way = shapely.ops.substring(way, 30.0, min(way.length - 10.0, 900.0))
            ribbon = way.buffer(half, cap_style="flat", quad_segs=2).difference(avoid)
            if sum(part.area for part in pieces(ribbon)) < 900.0:
                continue
            note = "新修田间道路" if planned == "1006" else "新建灌排沟渠"
            board.add(
                "基础设施",
                "ZXM-06",
                2026 + made % 2,
                ribbon,
                planned_class=planned,
                note=note,
                use="基础设施",
            )
            made += 1
            if made == count:
                break


def moved_in(board: Board, out: list[Shift]) -> list[Shift]:
    """调入。New fields and gentle fields beside the rest, a little more than what is moved out."""
    survey, parcels = board.survey, board.here.parcels
    given_up = sum(float(survey.net[shift.rows].sum()) for shift in out) / 1e2
    none = np.array([], dtype=np.int64)
    found: list[Shift] = []
    held: list[float] = []
    for plot in board.drawn:
        if plot.planned_class in ("0101", "0102", "0103") and plot.kind in ("新增耕地", "拆旧复垦"):
            found.append(
                Shift(f"TR-{len(found) + 1:03d}", "新划定", plot.geometry, none, note=f"地块{plot.id}整治后")
            )
            held.append(plot.geometry.area * (1.0 - (plot.ridge or 0.0)))
    taken = [plot.geometry for plot in board.drawn if plot.kind in ("建新", "生态修复", "基础设施")]
    taken += [board.zoned.town_after, board.zoned.town]
    gone = shapely.union_all(taken)
    fit = survey.cultivated & ~board.protected & board.zoned.inside & (survey.slope < 4)
    fit &= ~shapely.intersects(board.zoned.redline, parcels.geometry)
    groups = board.clusters(fit, 40_000.0, 10_000)
    for rows in sorted(groups, key=lambda rows: float(parcels.slope[rows].mean())):
        if sum(held) >= MAKE_UP * given_up:
            break
        shape = largest(shapely.difference(board.union(rows), gone, grid_size=GRID))
        if shape.area < 3_000.0:
            continue
        found.append(Shift(f"TR-{len(found) + 1:03d}", "新划定", shape, rows, note="现状一般耕地，集中连片"))
        whole = float(shapely.area(parcels.geometry[rows]).sum())
        held.append(float(survey.net[rows].sum()) / 1e2 * shape.area / whole)
    return _labelled(found, held, given_up)


def _labelled(found: list[Shift], held: list[float], given_up: float) -> list[Shift]:
    """新增 is what exceeds the land moved out: the plots that fill that excess, largest first."""
    excess, labelled = sum(held) - given_up, list(found)
    for place in sorted(range(len(found)), key=lambda row: -held[row]):
        if held[place] <= excess:
            excess -= held[place]
            labelled[place] = replace(found[place], kind="新增")
    return labelled
