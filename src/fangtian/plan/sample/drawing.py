"""画地块。A drawing board for planned plots: parcels are taken whole or cut, and no plot covers another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.plan.sample import curves
from fangtian.plan.sample.attributes import Survey
from fangtian.plan.sample.country import Country
from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.faces import GRID, Faces, faces_of
from fangtian.plan.sample.terrain import CELL
from fangtian.plan.sample.zones import Zones, slope_class

__all__ = ["Board", "Plot", "largest", "pieces"]

_PREFIX = {
    "新增耕地": "XZ",
    "提质改造": "TZ",
    "拆旧复垦": "CJ",
    "建新": "JX",
    "存量盘活": "PH",
    "生态修复": "ST",
    "基础设施": "JS",
}


@dataclass
class Plot:
    """地块。One planned plot in local metres; ``grade``, ``ridge`` None where nothing is planned for them.

    ``surveyed`` 是 where its ridges were surveyed line by line.
    """

    id: str
    kind: str
    subproject: str
    planned_class: str
    year: int
    geometry: shapely.Geometry
    grade: int | None = None
    ridge: float | None = None
    surveyed: str = ""
    use: str = ""
    houses: int | None = None
    households: int | None = None
    people: int | None = None
    proof: str = ""
    note: str = ""


@dataclass
class Board:
    """画板。What is known of the township, and the plots drawn so far."""

    here: Country
    zoned: Zones
    survey: Survey
    rng: np.random.Generator
    faces: Faces = field(init=False)
    free: NDArray[np.bool_] = field(init=False)
    drawn: list[Plot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faces = faces_of(self.here.parcels.geometry)
        self.free = self.zoned.inside.copy()

    @property
    def classes(self) -> NDArray[np.str_]:
        """地类。Class of every parcel."""
        return self.here.parcels.land_class.astype(str)

    @property
    def protected(self) -> NDArray[np.bool_]:
        """是否永久基本农田。Per parcel."""
        return self.zoned.farmland.patch >= 0

    def next_id(self, kind: str) -> str:
        """编号。The next plot number of a kind, such as XZ-001."""
        prefix = _PREFIX[kind]
        return f"{prefix}-{1 + sum(plot.kind == kind for plot in self.drawn):03d}"

    def add(
        self, kind: str, subproject: str, year: int, shape: shapely.Geometry, **values: object
    ) -> Plot | None:
        """落地块。Put a plot on the board, less what other plots already cover; None if nothing is left."""
        near = [plot.geometry for plot in self.drawn if plot.geometry.intersects(shape)]
        if near:
            shape = shapely.difference(shape, shapely.union_all(near), grid_size=GRID)
        kept = [part for part in pieces(shapely.set_precision(shape, GRID)) if part.area > 250.0]
        if not kept:
            return None
        shape = kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)
        planned = str(values.pop("planned_class", ""))
        plot = Plot(self.next_id(kind), kind, subproject, planned, year, shape, **values)  # type: ignore[arg-type]
        self.drawn.append(plot)
        return plot

    def union(self, rows: Sequence[int] | Ints) -> shapely.Geometry:
        """合并图斑。The parcels of some rows as one shape."""
        return shapely.coverage_union_all(self.here.parcels.geometry[np.asarray(rows)])

    def slope_of(self, shape: shapely.Geometry) -> tuple[float, int]:
        """坡度。Mean slope in degrees of a shape and its class."""
        land = self.here.land.slope
        west, south, east, north = (int(edge / CELL) for edge in shape.bounds)
        x, y = curves.centre_grid(land.shape)
        rows, cols = slice(south, north + 1), slice(west, east + 1)
        within = shapely.contains_xy(shape, *np.meshgrid(x[cols], y[rows]))
        values = land[rows, cols][within] if within.any() else land[rows, cols]
        degrees = float(values.mean())
        return degrees, int(slope_class(np.array([degrees]))[0])

    def clusters(self, allowed: NDArray[np.bool_], target: float, most: int) -> list[Ints]:
        """成片。Groups of allowed parcels that border each other, each grown to about ``target`` m²."""
        neighbours: dict[int, list[int]] = {}
        both = allowed[self.faces.left] & allowed[self.faces.right]
        for a, b in zip(self.faces.left[both].tolist(), self.faces.right[both].tolist(), strict=True):
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
        xy = shapely.get_coordinates(shapely.centroid(self.here.parcels.geometry))
        left = set(np.flatnonzero(allowed).tolist())
        grown: list[Ints] = []
        for seed in self.rng.permutation(np.flatnonzero(allowed)).tolist():
            if len(grown) == most:
                break
            if seed in left:
                grown.append(self._grow(seed, left, neighbours, (xy, target * self.rng.uniform(0.6, 1.5))))
        return grown

    def _grow(
        self, seed: int, left: set[int], neighbours: dict[int, list[int]], aim: tuple[Floats, float]
    ) -> Ints:
        xy, target = aim
        rows, extent = [seed], self.faces.area[seed]
        left.discard(seed)
        while extent < target:
            edge = {n for row in rows for n in neighbours.get(row, []) if n in left}
            if not edge:
                break
            centre = xy[rows].mean(axis=0)
            best = min(sorted(edge), key=lambda n: float(np.hypot(*(xy[n] - centre))))
            rows.append(best)
            left.discard(best)
            extent += self.faces.area[best]
        return np.array(sorted(rows))


def pieces(shape: shapely.Geometry) -> Iterable[shapely.Polygon]:
    """多边形。The polygons of any geometry."""
    for part in shapely.get_parts(shape).tolist():
        if part.geom_type == "Polygon":
            yield part
        elif part.geom_type.startswith(("Multi", "Geometry")):
            yield from pieces(part)


def largest(shape: shapely.Geometry) -> shapely.Polygon:
    """最大一块。The largest polygon of a geometry; an empty one if there is none."""
    return max(pieces(shape), key=lambda part: part.area, default=shapely.Polygon())
