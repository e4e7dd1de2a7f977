"""Overlaps and gaps against plain geopandas scripts, side by side in one run.

geopandas is no dependency of ours: make an environment for it and put this tree on its path, for example

    python -m venv plain && plain/bin/pip install geopandas -e .
    plain/bin/python benchmarks/inspection.py                   20,000 parcels, all three, and they must agree
    plain/bin/python benchmarks/inspection.py --layer dltb.gpkg             a real layer instead
    plain/bin/python benchmarks/inspection.py --ours 300000     the whole inspection alone, with peak memory

All look for pairs that share, and for enclosed ground that nothing claims, over 0.01 m² and over 0.1 mm of
mean width: below that there are only the roundings of coordinates. ``overlay`` finds pairs by laying the
layer over itself, as one writes it first; ``index`` asks the spatial index for them, as one writes it then.
Both find gaps in the union of everything.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyogrio
import shapely

from fangtian.geo.flaws import multiparts, near_misses, repeated_points, short_edges, slivers, spikes
from fangtian.geo.seams import faces, gaps, mean_width
from fangtian.geo.surfaces import polygons_only
from fangtian.geo.topology import duplicates, outside, overlaps, repair, within_another

LEAST_M2, LEAST_M = 0.01, 0.0001
CELL_M, BENDS = 120.0, 8
Result = tuple[dict[tuple[int, int], float], list[float]]


def town(count: int) -> np.ndarray:
    """A grid of parcels with winding shared edges, every tenth one halved; one in 200 has a corner moved.

    Halves meet their neighbours between two corners of theirs: T-junctions, which are no faults.
    """
    rng = np.random.default_rng(7)
    side = int(np.ceil(np.sqrt(count)))
    steps = np.arange(side + 1) * CELL_M
    node = np.stack(np.meshgrid(steps, steps), axis=2) + rng.uniform(-25, 25, (side + 1, side + 1, 2))
    along = (node[:, :-1], node[:, 1:], 1)
    upward = (node[:-1], node[1:], 0)
    rows, columns = (_winding(a, b, axis, rng) for a, b, axis in (along, upward))
    sides = (rows[:-1], columns[:, 1:], rows[1:, :, ::-1], columns[:, :-1, ::-1])
    ring = np.concatenate([part[:, :, :-1] for part in sides], axis=2).reshape(side * side, -1, 2)[:count]
    moved = rng.choice(count, count // 200, replace=False)
    ring[moved, BENDS // 2] += rng.uniform(2, 6, (len(moved), 1)) * rng.choice([[0, -1], [0, 1]], len(moved))
    halved = np.setdiff1d(np.arange(0, count, 10), moved)
    low, high = _halves(ring[halved])
    whole = shapely.polygons(_placed(np.delete(ring, halved, axis=0)))
    return np.concatenate([whole, shapely.polygons(_placed(low)), shapely.polygons(_placed(high))])


def _winding(start: np.ndarray, end: np.ndarray, axis: int, rng: np.random.Generator) -> np.ndarray:
    share = np.linspace(0, 1, BENDS + 1)[:, None]
    line = start[:, :, None] * (1 - share) + end[:, :, None] * share
    line[:, :, 1:-1, axis] += rng.uniform(-6, 6, line[:, :, 1:-1, axis].shape)
    return line


def _halves(ring: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each ring cut in two, from the middle of an edge on one side to the middle of one on the other."""
    east, west = BENDS + BENDS // 2, 3 * BENDS + BENDS // 2
    right = ring[:, [east, east + 1]].mean(axis=1, keepdims=True)
    left = ring[:, [west, west + 1]].mean(axis=1, keepdims=True)
    low = np.concatenate([ring[:, : east + 1], right, left, ring[:, west + 1 :]], axis=1)
    return low, np.concatenate([right, ring[:, east + 1 : west + 1], left], axis=1)


def _placed(ring: np.ndarray) -> np.ndarray:
    return np.round(ring + np.array([35_480_000, 3_900_000]), 4)


def ours(shapes: np.ndarray, width_m: float) -> Result:
    found = faces(shapes)
    clashes = overlaps(shapes, LEAST_M2, width_m, found)
    empty = gaps(shapes, LEAST_M2, width_m, found)
    return {(c.row_a, c.row_b): c.area_m2 for c in clashes}, sorted(empty.area_m2)


def overlay(shapes: np.ndarray, width_m: float) -> Result:
    """What one writes with geopandas: the layer laid over itself; the union, and what it leaves open."""
    import geopandas as gpd  # here, so that ours alone runs without it

    frame = gpd.GeoDataFrame({"row": np.arange(len(shapes))}, geometry=shapes)
    pairs = frame.overlay(frame, how="intersection", keep_geom_type=True)
    pairs = pairs[pairs.row_1 < pairs.row_2]
    pairs = pairs[_counts(pairs.geometry.values, width_m)]
    found = dict(zip(zip(pairs.row_1, pairs.row_2, strict=True), pairs.area, strict=True))
    return found, _open_ground(frame, width_m)


def index(shapes: np.ndarray, width_m: float) -> Result:
    """The same by someone who knows the spatial index: pairs that meet, and what each has in common."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame(geometry=shapes)
    first, second = frame.sindex.query(frame.geometry, predicate="intersects")
    first, second = first[first < second], second[first < second]
    common = polygons_only(shapely.intersection(shapes[first], shapes[second]))
    keep = _counts(common, width_m)
    pairs = zip(first[keep].tolist(), second[keep].tolist(), strict=True)
    return dict(zip(pairs, shapely.area(common[keep]), strict=True)), _open_ground(frame, width_m)


def _open_ground(frame: Any, width_m: float) -> list[float]:
    """Holes of the union, and what is shut in between its parts."""
    import geopandas as gpd

    whole = frame.union_all()
    holes = gpd.GeoSeries(shapely.get_parts(shapely.boundary(whole))).polygonize()
    shapely.prepare(whole)
    holes = holes[~holes.representative_point().within(whole)]
    return sorted(holes[_counts(holes.values, width_m)].area)


def _counts(shapes: np.ndarray, width_m: float) -> np.ndarray:
    shapes = np.asarray(shapes)
    return (shapely.area(shapes) > LEAST_M2) & (mean_width(shapes) > width_m)


def inspection(shapes: np.ndarray) -> None:
    """All checks of geometry one after another, each with its time."""
    sound = _timed("repair", lambda: repair(shapes)).geometry
    found = _timed("faces", lambda: faces(sound))
    clashes = _timed("overlaps", lambda: overlaps(sound, LEAST_M2, LEAST_M, found))
    _timed("gaps", lambda: gaps(sound, LEAST_M2, LEAST_M, found).rows)
    _timed("within_another", lambda: within_another(sound, clashes))
    for check in (duplicates, slivers, near_misses):
        _timed(check.__name__, lambda check=check: check(sound))
    for check in (multiparts, short_edges, repeated_points, spikes):
        _timed(check.__name__, lambda check=check: check(shapes))
    west, south, east, north = shapely.total_bounds(sound)
    cuts = np.linspace(west - 1, east + 1, 41)
    _timed(
        "outside", lambda: outside(sound, shapely.box(cuts[:-1], south - 1, cuts[1:], north + 1), LEAST_M2)
    )


def _timed(name: str, work: Callable[[], object]) -> object:
    start = time.process_time()
    result = work()
    print(f"  {name:16} {time.process_time() - start:8.2f} s   peak memory {_peak_gib():5.2f} GiB")
    return result


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def compare(shapes: np.ndarray, width_m: float) -> None:
    results, seconds = [], []
    for name, work in (("fangtian", ours), ("overlay", overlay), ("index", index)):
        start = time.process_time()
        results.append(work(shapes, width_m))
        seconds.append(time.process_time() - start)
        print(f"  {name:16} {seconds[-1]:8.2f} s   {len(shapes) / seconds[-1]:10.0f} polygons/s")
    pairs, empty = results[0]
    for their_pairs, their_empty in results[1:]:
        assert pairs.keys() == their_pairs.keys(), set(pairs) ^ set(their_pairs)
        assert all(abs(area - their_pairs[pair]) < 1e-3 for pair, area in pairs.items())
        assert len(empty) == len(their_empty), (len(empty), len(their_empty))
        assert np.allclose(empty, their_empty, atol=1e-3, rtol=0)
    print(f"  same {len(pairs)} overlaps ({sum(pairs.values()):.2f} m²), ", end="")
    print(f"same {len(empty)} gaps ({sum(empty):.2f} m²); ", end="")
    print(f"ratio {seconds[1] / seconds[0]:.1f} to overlay, {seconds[2] / seconds[0]:.1f} to index")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("count", nargs="?", type=int, default=20_000, help="number of parcels")
    options.add_argument("--ours", action="store_true", help="the whole inspection, without geopandas")
    options.add_argument("--layer", help="a real layer: path of a file, with #layer if it has several")
    options.add_argument("--width", type=float, default=LEAST_M, help="least mean width that is compared, m")
    chosen = options.parse_args()
    if chosen.layer:
        path, _, layer = chosen.layer.partition("#")
        shapes = shapely.from_wkb(pyogrio.raw.read(path, layer=layer or None, columns=[])[2])
        if not chosen.ours:  # the union of everything is sound only near the origin
            origin = np.floor(shapely.total_bounds(shapes)[:2])
            shapes = shapely.transform(repair(shapes).geometry, lambda xy: xy - origin)
    else:
        shapes = town(chosen.count)
    print(f"{len(shapes)} polygons, {shapely.get_num_coordinates(shapes).sum()} corners")
    inspection(shapes) if chosen.ours else compare(shapes, chosen.width)


if __name__ == "__main__":
    main()
