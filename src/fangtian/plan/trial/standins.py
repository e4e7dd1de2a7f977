"""替代图层推导。Zones and plots derived from the parcels by rules anyone can check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.land_class import is_cultivated
from fangtian.geo.layer import Layer
from fangtian.geo.topology import overlaps
from fangtian.plan.trial.region import Region, tidy

__all__ = ["Standin", "derive"]

HA = 10_000.0
CRUMB_M2 = 0.01
LEAST_FARMLAND_M2 = 400.0
"""最小上图面积。Of farmland: a smaller patch is no plot that anybody would designate (TD/T 1055-2019)."""
YEARS = (2026, 2027, 2028)


@dataclass(frozen=True)
class Standin:
    """替代图层。A derived layer and, in words, what it was derived from."""

    role: str
    geometry: NDArray[Any]
    columns: Mapping[str, Sequence[Any]]
    origin: str


@dataclass(frozen=True)
class _Kind:
    """How many parcels of which class become plots of which kind."""

    prefix: str
    kind: str
    subproject: str
    sources: frozenset[str]
    becomes: str
    use: str
    between: tuple[float, float]
    count: int


KINDS = (
    _Kind("XZ", "新增耕地", "Z01", frozenset({"0204", "0305", "0404", "0401"}), "0103", "", (0.2, 8), 10),
    _Kind("TZ", "提质改造", "Z02", frozenset({"0103"}), "0102", "", (0.5, 10), 6),
    _Kind("CJ", "拆旧复垦", "Z03", frozenset({"0702", "0601", "0602"}), "0102", "", (0.05, 1.5), 6),
    _Kind("PH", "存量盘活", "Z04", frozenset({"0601", "05H1"}), "05H1", "新产业新业态", (0.05, 2), 2),
    _Kind("JX", "建新", "Z04", frozenset({"0103", "0404", "0201"}), "0702", "农民建房", (0.05, 0.3), 2),
    _Kind("ST", "生态修复", "Z05", frozenset({"1206", "1205", "0404"}), "0301", "", (0.1, 8), 4),
)


def derive(region: Region) -> tuple[Standin, ...]:
    """推导替代图层。Every layer that the file lacks, in the order the folder lists them."""
    inside = _inside(region.parcels, region.pilot)
    inner = _inside(inside, region.consolidation)
    plots, taken = _plots(inner)
    farmland = _basic_farmland(inside, taken)
    return (
        _villages(region),
        Standin("pilot_area", _one(region.pilot), {"name": ["试算范围"]}, "文件中相邻的若干行政村合并而成"),
        Standin(
            "consolidation_area",
            _one(region.consolidation),
            {"name": ["试算整治区域"]},
            "试算范围中的两个行政村合并而成",
        ),
        farmland,
        _largest(
            inside, "eco_redline", frozenset({"0301", "0305", "1101"}), "试算范围内最大的林地和河流图斑"
        ),
        _largest(
            inside, "urban_boundary", frozenset({"0701", "0702", "0601"}), "试算范围内最大的居住和工业图斑"
        ),
        plots,
        *_moves(inner, farmland, taken),
    )


def _villages(region: Region) -> Standin:
    layer = region.villages
    columns = {name: layer.column(name).tolist() for name in ("village_code", "village_name")}
    return Standin(
        "villages", layer.geometry, columns, "文件中的行政村（或按图斑坐落单位合并），去掉相互重叠的部分"
    )


def _one(shape: Any) -> NDArray[Any]:
    return np.array([shape], dtype=object)


def _inside(layer: Layer, area: Any) -> Layer:
    shapely.prepare(area)
    inside = layer.take(shapely.covers(area, layer.geometry))
    return replace(inside, geometry=tidy(inside.geometry))


def _codes(layer: Layer) -> NDArray[Any]:
    return layer.column("land_class").astype(str)


def _apart(layer: Layer, rows: Sequence[int]) -> list[int]:
    """Rows without those that overlap an earlier one: real layers do, plots must not."""
    chosen = list(rows)
    clashes = {max(clash.row_a, clash.row_b) for clash in overlaps(layer.geometry[chosen], CRUMB_M2)}
    return [row for place, row in enumerate(chosen) if place not in clashes]


def _plots(inner: Layer) -> tuple[Standin, NDArray[np.bool_]]:
    codes, size = _codes(inner), shapely.area(inner.geometry) / HA
    taken = np.zeros(len(inner), bool)
    picked: list[tuple[_Kind, int]] = []
    for kind in KINDS:
        fits = (
            np.isin(codes, sorted(kind.sources))
            & ~taken
            & (size >= kind.between[0])
            & (size <= kind.between[1])
        )
        rows = np.flatnonzero(fits)[: kind.count]
        taken[rows] = True
        picked += [(kind, int(row)) for row in rows]
    free = set(_apart(inner, [row for _, row in picked]))
    picked = [(kind, row) for kind, row in picked if row in free]
    return Standin(
        "plots", inner.geometry[[row for _, row in picked]], _plot_columns(picked), _PLOTS_ORIGIN
    ), taken


_PLOTS_ORIGIN = "整治区域内按地类和面积选取的现状图斑；地块、子项目和资金均为试算示意，不是对当地的建议"


def _plot_columns(picked: Sequence[tuple[_Kind, int]]) -> dict[str, list[Any]]:
    numbers = [
        sum(1 for kind, _ in picked[:place] if kind is own) + 1 for place, (own, _) in enumerate(picked)
    ]
    return {
        "plot_id": [f"{kind.prefix}-{n:03d}" for (kind, _), n in zip(picked, numbers, strict=True)],
        "subproject_id": [kind.subproject for kind, _ in picked],
        "plot_kind": [kind.kind for kind, _ in picked],
        "planned_class": [kind.becomes for kind, _ in picked],
        "year": [YEARS[(n - 1) % len(YEARS)] for n in numbers],
        "ridge_coefficient": [0.0 if is_cultivated(kind.becomes) else None for kind, _ in picked],
        "plot_use": [kind.use for kind, _ in picked],
        "houses": [1 if kind.kind == "拆旧复垦" else None for kind, _ in picked],
        "households": [1 if kind.kind == "拆旧复垦" else None for kind, _ in picked],
        "people": [3 if kind.kind == "拆旧复垦" else None for kind, _ in picked],
        "proof": ["试算：未附证明材料"] * len(picked),
        "note": ["试算"] * len(picked),
    }


def _basic_farmland(inside: Layer, taken: NDArray[np.bool_]) -> Standin:
    codes, size = _codes(inside), shapely.area(inside.geometry) / HA
    farmed = np.array([is_cultivated(code) for code in codes], bool)
    rows = _apart(inside, np.flatnonzero(farmed & (size >= 0.5)).tolist())
    ids = [f"YJ{number:05d}" for number in range(1, len(rows) + 1)]
    origin = "试算范围内面积不小于 0.5 公顷的耕地图斑"
    return Standin("basic_farmland", inside.geometry[rows], {"patch_id": ids}, origin)


def _largest(inside: Layer, role: str, classes: frozenset[str], origin: str) -> Standin:
    codes, size = _codes(inside), shapely.area(inside.geometry)
    rows = np.flatnonzero(np.isin(codes, sorted(classes)))
    best = rows[np.argsort(-size[rows], kind="stable")][:5]
    whole = tidy(shapely.union_all(inside.geometry[best]))
    return Standin(role, _one(whole), {"name": [f"试算{role}"]}, origin)


def _moves(inner: Layer, farmland: Standin, taken: NDArray[np.bool_]) -> tuple[Standin, Standin]:
    """The three smallest basic-farmland patches go out; free farmland outside it comes in."""
    shapes = inner.geometry
    tree = shapely.STRtree(shapely.point_on_surface(farmland.geometry))
    worked = np.zeros(len(farmland.geometry), bool)
    worked[tree.query(shapes[taken], predicate="intersects")[1]] = True
    here = np.zeros(len(farmland.geometry), bool)
    here[tree.query(shapes, predicate="intersects")[1]] = True
    size = shapely.area(farmland.geometry)
    out = [int(row) for row in np.argsort(size, kind="stable") if here[row] and not worked[row]][:3]
    farmed = np.array([is_cultivated(code) for code in _codes(inner)], bool)
    mapped = shapely.area(shapes) >= LEAST_FARMLAND_M2
    held = np.zeros(len(inner), bool)
    held[
        shapely.STRtree(farmland.geometry).query(shapely.point_on_surface(shapes), predicate="intersects")[0]
    ] = True
    come = _apart(inner, np.flatnonzero(farmed & ~held & ~taken & mapped).tolist())[:8]
    reasons = {"plot_id": [f"TC-{n:03d}" for n in range(1, len(out) + 1)], "reason": ["零星"] * len(out)}
    blocks = {
        "plot_id": [f"TR-{n:03d}" for n in range(1, len(come) + 1)],
        "block": ["新增" if n % 4 == 3 else "新划定" for n in range(len(come))],
    }
    return (
        Standin(
            "basic_farmland_out", farmland.geometry[out], reasons, "整治区域内面积最小的替代永久基本农田图斑"
        ),
        Standin(
            "basic_farmland_in",
            shapes[come],
            blocks,
            "整治区域内未划入替代永久基本农田、不小于 400 平方米的耕地图斑",
        ),
    )
