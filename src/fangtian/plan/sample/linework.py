"""线划。All lines that divide the township into parcels, and the outlines that name what lies inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from fangtian.plan.sample import curves
from fangtian.plan.sample.drainage import Floats
from fangtian.plan.sample.roads import Roads
from fangtian.plan.sample.sites import Feature, Settlement
from fangtian.plan.sample.township import Township

__all__ = ["Area2", "Linework", "linework"]

_TERRACES = ((9.0, 5.0), (15.0, 10.0), (90.0, 20.0))  # slope up to, height of a step
_BELTS = (34.0, 78.0, 128.0, 190.0, 255.0, 330.0)  # metres from the river


@dataclass(frozen=True)
class Area2:
    """面状地物。An outline that gives everything inside it one kind; later entries yield to earlier ones."""

    kind: str
    outline: shapely.Geometry


@dataclass(frozen=True)
class Linework:
    """线划。``lines`` for noding; ``areas`` in order of precedence."""

    lines: list[shapely.LineString]
    areas: list[Area2]


def linework(
    land: Township, homes: list[Settlement], spots: list[Feature], ways: Roads, rng: np.random.Generator
) -> Linework:
    """画线。Terraces, belts of the plain, gullies and edges of woods, with water, roads and houses on top."""
    areas = list(_areas(land, homes, spots, ways))
    wide = land.around
    free = wide & ~_covered(land, homes, spots)
    loose = [
        *_terraces(land, free, rng),
        *_belts(land, free, rng),
        *curves.contour_lines(land.fitness, [0.0], wide & (land.plain < 15.0)),
        *curves.contour_lines(land.plain, [0.0], wide),
        *_wild(land, rng),
        *(channel.line for channel in land.channels),
    ]
    for home in homes:
        loose += _blocks(home, rng)
    lines = [shapely.LineString(line) for line in loose if len(line) > 1]
    lines = [line for line in shapely.simplify(np.array(lines), 0.8) if not line.is_empty]
    rings = shapely.get_parts(shapely.boundary(np.array([area.outline for area in areas])))
    return Linework([*lines, *shapely.simplify(rings, 0.15)], areas)


def _covered(land: Township, homes: list[Settlement], spots: list[Feature]) -> NDArray[np.bool_]:
    """Cells well inside a village or a small feature, which no field line may cut."""
    solid = [home.outline for home in homes] + [spot.outline for spot in spots]
    kept = [outline.buffer(-6.0) for outline in solid]
    x, y = curves.centre_grid(land.slope.shape)
    covered = np.zeros(land.slope.shape, dtype=bool)
    for outline in kept:
        if outline.is_empty:
            continue
        west, south, east, north = outline.bounds
        rows, cols = (y > south) & (y < north), (x > west) & (x < east)
        window = np.ix_(rows, cols)
        covered[window] |= shapely.contains_xy(outline, *np.meshgrid(x[cols], y[rows]))
    return covered


def _terraces(land: Township, free: NDArray[np.bool_], rng: np.random.Generator) -> Iterator[Floats]:
    """Steps along the contours, closer together on gentle ground, cut across at uneven distances."""
    z = curves.blend(land.relief.z, 18.0)
    for steepest, step in _TERRACES:
        mask = free & (land.slope < steepest)
        mask &= (land.fitness > -1.2) & (land.plain < 12.0)
        levels = np.arange(np.floor(z.min() / 20.0) * 20.0, z.max(), step) + 7.3
        contours = curves.contour_lines(z, levels, mask)
        yield from contours
        starts = [curves.spaced_points(rng, line, 140.0, 390.0) for line in contours]
        points = np.vstack([part for part in starts if len(part)])
        yield from curves.climb(z, points, np.full(len(points), step), 230.0)


def _belts(land: Township, free: NDArray[np.bool_], rng: np.random.Generator) -> Iterator[Floats]:
    """Long fields of the plain: belts along the river, cut across towards the slope."""
    distance = curves.blend(land.relief.river_distance, 22.0)
    mask = free & (land.plain > -14.0) & (land.relief.river_distance > 14.0)
    belts = curves.contour_lines(distance, _BELTS, mask)
    yield from belts
    edges = [34.0, *_BELTS[1:], 420.0]
    for line in belts:
        points = curves.spaced_points(rng, line, 60.0, 190.0)
        if len(points):
            here = land.relief.sample(distance, points[:1])[0]
            number = int(np.argmin(np.abs(np.array(edges) - here)))
            rise = edges[min(number + 1, len(edges) - 1)] - edges[number]
            yield from curves.climb(distance, points, np.full(len(points), rise), 140.0)


def _wild(land: Township, rng: np.random.Generator) -> Iterator[Floats]:
    """Edges of woods and grass on what is too steep, and a few lines that part large slopes."""
    mask = land.around & (land.fitness < 1.5) & (land.plain < 10.0)
    yield from curves.contour_lines(land.shade, [-0.55, -0.2, 0.12, 0.45], mask)
    z = curves.blend(land.relief.z, 40.0)
    levels = np.arange(1480.0, z.max(), 55.0)
    contours = curves.contour_lines(z, levels, mask)
    yield from contours
    starts = [curves.spaced_points(rng, line, 260.0, 560.0) for line in contours]
    points = np.vstack([part for part in starts if len(part)])
    yield from curves.climb(z, points, np.full(len(points), 55.0), 420.0)


def _blocks(home: Settlement, rng: np.random.Generator) -> list[Floats]:
    """Blocks of houses: Voronoi cells of scattered points, so lanes bend and meet at odd angles."""
    minx, miny, maxx, maxy = home.outline.bounds
    spacing = 78.0 if home.main else 62.0
    count = max(int((maxx - minx) * (maxy - miny) / spacing**2), 4)
    points = rng.uniform((minx - 60, miny - 60), (maxx + 60, maxy + 60), (count * 3, 2))
    kept: list[Floats] = []
    for point in points:
        if all(np.hypot(*(point - other)) > 0.72 * spacing for other in kept):
            kept.append(point)
    if len(kept) < 5:
        return []
    cells = Voronoi(np.array(kept))
    edges = [cells.vertices[ridge] for ridge in cells.ridge_vertices if min(ridge) >= 0]
    parts = shapely.intersection(shapely.linestrings(edges), home.outline) if edges else np.array([])
    return [
        shapely.get_coordinates(part)
        for part in parts
        if not part.is_empty and part.geom_type == "LineString"
    ]


def _areas(land: Township, homes: list[Settlement], spots: list[Feature], ways: Roads) -> Iterator[Area2]:
    yield Area2("1003", _ribbon(ways.highway, 6.5, land.limits))
    yield Area2("1101", _river(land))
    built = shapely.union_all([home.outline for home in homes])
    village = shapely.union_all([_ribbon(line, 3.2, land.limits) for line in ways.village])
    yield Area2("1004", village.intersection(built.buffer(-4.0)))
    yield Area2("1006", village)
    yield from (Area2("home", home.outline) for home in homes)
    yield from (Area2(spot.land_class, spot.outline) for spot in spots)
    yield Area2("1006", shapely.union_all([_ribbon(line, 2.3, land.limits) for line in ways.track]))
    yield Area2("1107", _ditches(land))
    brooks = [c for c in land.channels if c.drained > 900_000.0]
    yield Area2(
        "1101", shapely.union_all([_ribbon(c.line, 1.6 + c.drained / 1.2e6, land.limits) for c in brooks])
    )


def _ribbon(line: Floats, half_width: float, limits: shapely.Polygon) -> shapely.Geometry:
    smooth = shapely.LineString(line).simplify(1.0)
    return smooth.buffer(half_width, quad_segs=2).intersection(limits)


def _river(land: Township) -> shapely.Geometry:
    """The river bed, wider downstream and on the bends."""
    course = land.relief.river[::5]
    t = np.linspace(0.0, 1.0, len(course))
    half = 9.0 + 5.0 * t + 2.5 * np.sin(2 * np.pi * 6.3 * t) + 1.6 * np.sin(2 * np.pi * 17.1 * t + 1.0)
    along = np.gradient(course, axis=0)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    left, right = course + normal * half[:, None], course - normal * half[:, None]
    bed = shapely.Polygon(np.vstack([left, right[::-1]]))
    return shapely.make_valid(bed, method="structure", keep_collapsed=False).intersection(land.limits)


def _ditches(land: Township) -> shapely.Geometry:
    """Irrigation canals along the foot of the slopes and one in the middle of the wide plain."""
    mask = land.around & (land.relief.river_distance > 40.0)
    canals = curves.contour_lines(curves.blend(land.plain, 30.0), [26.0], mask)
    middle = curves.contour_lines(curves.blend(land.plain, 40.0), [104.0], mask)
    long = [line for line in (*canals, *middle) if len(line) > 45]
    return shapely.union_all([_ribbon(line, 1.5, land.limits) for line in long])
