"""Official areas against pyproj's geodesic areas, side by side in one run: ``python benchmarks/area.py [N]``.

The geodesic area is not the official one (edges differ); it is here because it is what people would call.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import shapely
from pyproj import Geod, Transformer

from fangtian.geo.area import official_areas
from fangtian.geo.crs import crs_of


def polygons(count: int) -> np.ndarray:
    """Irregular polygons of about a hectare, 38 vertices each, in zone 35."""
    rng = np.random.default_rng(7)
    side = int(np.ceil(np.sqrt(count)))
    east, north = np.meshgrid(np.arange(side) * 120.0, np.arange(side) * 120.0)
    angle = np.sort(rng.uniform(0, 2 * np.pi, (count, 38)), axis=1)
    reach = rng.uniform(40, 58, (count, 38))
    x = 35_480_000 + east.ravel()[:count, None] + reach * np.cos(angle)
    y = 3_900_000 + north.ravel()[:count, None] + reach * np.sin(angle)
    return shapely.polygons(np.round(np.stack([x, y], axis=2), 4))


def median_seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def geodesic(shapes: np.ndarray) -> list[float]:
    geod = Geod(a=6378137.0, rf=298.257222101)
    back = Transformer.from_crs(4523, 4490, always_xy=True)
    moved = shapely.transform(shapes, lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1])))
    return [abs(geod.geometry_area_perimeter(shape)[0]) for shape in moved]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    shapes, crs = polygons(count), crs_of(4523)
    ours = median_seconds(lambda: official_areas(shapes, crs))
    theirs = median_seconds(lambda: geodesic(shapes))
    off = np.abs(official_areas(shapes, crs) / 100 - np.array(geodesic(shapes)))
    print(f"{count} polygons, CPU seconds, median of 3")
    for name, seconds in (("official_areas", ours), ("pyproj.Geod", theirs)):
        print(f"  {name:16} {seconds:8.3f} s  {count / seconds:10.0f} polygons/s")
    print(f"  ratio {theirs / ours:.1f}; largest difference {off.max():.3f} m²,", end=" ")
    print(f"{np.mean(off > 0.005):.0%} of the areas differ at 0.01 m²")


if __name__ == "__main__":
    main()
