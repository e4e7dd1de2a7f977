"""规划分区。Consolidation area, red line, town boundary, basic farmland and slope classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.plan.sample import curves
from fangtian.plan.sample.country import Country, Parcels
from fangtian.plan.sample.drainage import Floats, Ints
from fangtian.plan.sample.faces import GRID, absorb_small, connected, cover, dissolve, faces_of, leaders
from fangtian.plan.sample.terrain import noise
from fangtian.plan.sample.township import Township

__all__ = ["SLOPE_LIMITS", "Farmland", "Zones", "slope_class", "zones"]

Bools = NDArray[np.bool_]
SLOPE_LIMITS = (2.0, 6.0, 15.0, 25.0)
_PROTECTED_SHARE = 0.78


@dataclass(frozen=True)
class Farmland:
    """永久基本农田。``patch`` number per parcel (-1 none); ``geometry``, ``village`` and class per patch."""

    patch: Ints
    geometry: NDArray[np.object_]
    village: Ints
    land_class: NDArray[np.object_]


@dataclass(frozen=True)
class Zones:
    """分区。``inside`` marks the parcels of the consolidation area; ``seat`` index of the town's village."""

    seat: int
    consolidation: shapely.Polygon
    inside: Bools
    redline: shapely.Polygon
    town: shapely.Polygon
    town_after: shapely.Polygon
    farmland: Farmland
    slopes: NDArray[np.object_]
    slope_codes: NDArray[np.object_]


def slope_class(degrees: Floats) -> Ints:
    """坡度级别。1 (≤2°) to 5 (>25°)."""
    return np.searchsorted(SLOPE_LIMITS, degrees, side="left").astype(np.int64) + 1


def zones(here: Country, rng: np.random.Generator) -> Zones:
    """划分区。Everything that planning law has laid over the township before the plan."""
    seat = _seat(here)
    inside, area = _consolidation(here, seat)
    redline = _redline(here, area)
    town, after = _town(here, seat)
    farmland = _farmland(here, shapely.union_all([town, after, redline]), rng)
    slopes, codes = _slopes(here.land)
    return Zones(seat, area, inside, redline, town, after, farmland, slopes, codes)


def _seat(here: Country) -> int:
    """The valley village nearest to the middle of the township is the town."""
    middle = shapely.get_coordinates(here.land.limits.centroid)[0]
    mains = [home for home in here.homes if home.main]
    points = np.array([home.point for home in mains])
    low = here.land.relief.sample(here.land.plain, points) > -320.0
    gap = np.hypot(*(points - middle).T) + np.where(low, 0.0, 1e6)
    return int(np.argmin(gap))


def _consolidation(here: Country, seat: int) -> tuple[Bools, shapely.Polygon]:
    """The town's village, two neighbours with long common limits, and the valley part of a third."""
    parcels = here.parcels
    faces = faces_of(parcels.geometry)
    a, b = parcels.village[faces.left], parcels.village[faces.right]
    border = np.zeros(int(parcels.village.max()) + 1)
    for one, other in ((a, b), (b, a)):
        touching = (one == seat) & (other != seat)
        border += np.bincount(other[touching], weights=faces.length[touching], minlength=len(border))
    chosen = [seat, *np.argsort(-border, kind="stable")[:3].tolist()]
    points = shapely.get_coordinates(shapely.point_on_surface(parcels.geometry))
    low = _reaches_down(here, -400.0)
    ours = np.isin(parcels.village, chosen)
    near = ours & ((parcels.village != chosen[-1]) | low)
    # an opening takes frayed fingers off before parcels are chosen
    whole = shapely.coverage_union_all(parcels.geometry[near])
    body = shapely.union_all(shapely.buffer(shapely.get_parts(whole.buffer(-140.0)), 150.0))
    shapely.prepare(body)
    core = ours & shapely.intersects(body, shapely.points(points))
    group = connected(faces, np.where(core, 1, 0))
    extent = np.bincount(group, weights=faces.area * core)
    joined = shapely.coverage_union_all(parcels.geometry[group == int(np.argmax(extent))])
    shell = shapely.Polygon(_largest(joined).exterior)
    inside = ours & shapely.contains_properly(shell.buffer(0.01), parcels.geometry)
    return inside, _largest(shapely.coverage_union_all(parcels.geometry[inside]))


def _reaches_down(here: Country, margin: float) -> Bools:
    """Parcels that lie wholly within ``-margin`` metres of the flood plain."""
    xy, owner = shapely.get_coordinates(here.parcels.geometry, return_index=True)
    plain = here.land.relief.sample(here.land.plain, xy)
    least = np.full(len(here.parcels), np.inf)
    np.minimum.at(least, owner, plain)
    return np.asarray(least > margin)


def _redline(here: Country, area: shapely.Polygon) -> shapely.Polygon:
    """The most wooded slopes of one gully that reaches into the consolidation area."""
    land = here.land
    wild = land.inside & (land.fitness < 0.5) & (land.plain < -20.0)
    field = curves.blend((wild & (land.shade > -0.6)).astype(float), 95.0) - 0.38
    best, score = None, 0.0
    for polygon in curves.contour_polygons(field)[:12]:
        shared = polygon.intersection(area).area
        worth = min(polygon.area, 2.2e6) if 3e4 < shared < 0.6 * polygon.area else 0.0
        if worth > score:
            best, score = polygon, worth
    assert best is not None, "no wooded slope reaches the consolidation area"
    ring = curves.rounded(shapely.get_coordinates(best.exterior), 1)
    settled = shapely.union_all([home.outline.buffer(30.0, quad_segs=3) for home in here.homes])
    shape = shapely.Polygon(ring).simplify(1.0).intersection(land.limits).difference(settled)
    return shapely.set_precision(_largest(shape), GRID)


def _town(here: Country, seat: int) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Round the town; afterwards one corner is given up and as much is taken elsewhere."""
    home = [home for home in here.homes if home.main][seat]
    around = home.outline.buffer(95.0, quad_segs=3).simplify(12.0)
    river = shapely.LineString(here.land.relief.river).buffer(25.0)
    town = _largest(around.difference(river).intersection(here.land.limits))
    rim = town.exterior
    given = rim.interpolate(0.08, normalized=True).buffer(105.0, quad_segs=4).intersection(town)
    rest = _largest(town.difference(given))
    grown = max(
        (_grown(here, rest, rim.interpolate(at, normalized=True), town.area) for at in (0.4, 0.6, 0.8)),
        key=lambda shape: shape.area,
    )
    return shapely.set_precision(town, GRID), shapely.set_precision(grown, GRID)


def _grown(here: Country, rest: shapely.Polygon, spot: shapely.Point, goal: float) -> shapely.Polygon:
    """The rest of the town with a new corner round ``spot``, no larger than ``goal``."""
    river = shapely.LineString(here.land.relief.river).buffer(25.0)
    low, high = 0.0, 300.0
    for _ in range(30):
        radius = (low + high) / 2.0
        corner = spot.buffer(radius, quad_segs=4).difference(river).intersection(here.land.limits)
        fits = _largest(rest.union(corner)).area < goal - 60.0
        low, high = (radius, high) if fits else (low, radius)
    corner = spot.buffer(low, quad_segs=4).difference(river).intersection(here.land.limits)
    return _largest(rest.union(corner))


def _farmland(here: Country, kept_out: shapely.Geometry, rng: np.random.Generator) -> Farmland:
    """Per village the better part of the cultivated land, in patches, as it was once delimited."""
    parcels, land = here.parcels, here.land
    farmed = np.char.startswith(parcels.land_class.astype(str), "01")
    shapely.prepare(kept_out)
    farmed &= ~shapely.intersects(kept_out, parcels.geometry)
    points = shapely.get_coordinates(shapely.point_on_surface(parcels.geometry))
    taste = noise(rng, land.slope.shape, 30.0)
    worth = parcels.slope - 4.2 * np.asarray(land.relief.sample(taste, points), dtype=np.float64)
    worth += 4.0 * rng.standard_normal(len(parcels)) - 6.0 * (parcels.land_class != "0103")
    area = shapely.area(parcels.geometry)
    protected = np.zeros(len(parcels), dtype=bool)
    for village in range(int(parcels.village.max()) + 1):
        rows = np.flatnonzero(farmed & (parcels.village == village))
        order = rows[np.argsort(worth[rows], kind="stable")]
        protected[order[np.cumsum(area[order]) <= _PROTECTED_SHARE * area[rows].sum()]] = True
    catchment = np.asarray(land.relief.sample(land.catchment, points), dtype=np.int64)
    _, label = np.unique(
        np.column_stack([parcels.village, parcels.land_class.astype("U4") == "0103", catchment % 997]),
        axis=0,
        return_inverse=True,
    )
    return _patches(parcels, protected, np.where(protected, label.ravel(), -1))


def _patches(parcels: Parcels, protected: Bools, label: Ints) -> Farmland:
    group = connected(faces_of(parcels.geometry), label)
    geometry, first = dissolve(parcels.geometry[protected], group[protected])
    rows = np.flatnonzero(protected)[first]
    patch = np.full(len(parcels), -1, dtype=np.int64)
    patch[protected] = np.searchsorted(np.unique(group[protected]), group[protected])
    return Farmland(patch, geometry, parcels.village[rows], parcels.land_class[rows])


def _slopes(land: Township) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Slope classes as smooth polygons that cover the township and a little more, crumbs left out."""
    field = curves.blend(land.relief.slope, 38.0)
    lines = [
        shapely.LineString(line).simplify(1.5)
        for line in curves.contour_lines(field, SLOPE_LIMITS, land.around)
    ]
    faces = faces_of(cover(lines, land.limits.buffer(40.0, quad_segs=2)))
    points = shapely.get_coordinates(shapely.point_on_surface(faces.geometry))
    codes = slope_class(np.asarray(land.relief.sample(field, points), dtype=np.float64))
    group = connected(faces, codes)
    floor = np.full(len(codes), 4000.0)
    group = absorb_small(faces, group, codes[leaders(faces, group)], floor)
    settled = codes[leaders(faces, group)][group]
    geometry, first = dissolve(faces.geometry, connected(faces, settled))
    return geometry, settled[first].astype(str).astype(object)


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    return max(
        (p for p in shapely.get_parts(shape).tolist() if p.geom_type == "Polygon"), key=lambda p: p.area
    )
