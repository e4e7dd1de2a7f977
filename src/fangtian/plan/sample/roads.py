"""道路。Roads are least-cost ways: they follow contours and valleys, meet, and cross the river rarely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from fangtian.plan.sample.curves import blend, rounded
from fangtian.plan.sample.drainage import Floats, Ints, tree_chains
from fangtian.plan.sample.sites import Settlement
from fangtian.plan.sample.terrain import CELL
from fangtian.plan.sample.township import Township

__all__ = ["Roads", "road_cell", "roads", "travel_cost", "travel_graph"]

_PACE = 2 * CELL
_MOVES = [(0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1)]


@dataclass(frozen=True)
class Roads:
    """道路。Centre lines: the valley highway, village roads, field tracks."""

    highway: Floats
    village: tuple[Floats, ...]
    track: tuple[Floats, ...]


def travel_cost(land: Township) -> Floats:
    """通行成本。Cost per metre on the coarse grid: gentle ground is cheap, cliffs and the river are dear."""
    slope = land.relief.slope.reshape(land.slope.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))
    river = land.relief.river_distance[::2, ::2]
    outside = ~land.inside[::2, ::2]
    cost: Floats = 1.0 + (slope / 7.0) ** 2 + np.where(river < 32.0, 14.0, 0.0) + np.where(outside, 6.0, 0.0)
    return cost


def roads(land: Township, homes: list[Settlement], rng: np.random.Generator) -> Roads:
    """修路。The highway first, village roads to it, then tracks from the fields to those."""
    graph = travel_graph(land)
    shape = (land.slope.shape[0] // 2, land.slope.shape[1] // 2)
    highway_cells = _highway(land, shape)
    homes_cells = [road_cell(home.point, shape) for home in homes]
    tree = _tree(graph, highway_cells)
    used = _walked(tree, homes_cells)
    upland = [c for c, home in zip(homes_cells, homes, strict=True) if home.main]
    ring = _tree(graph, np.array(upland[:1]))
    linked = _walked(ring, upland[1:])
    fields = _field_cells(land, rng)
    network = np.flatnonzero(used | linked)
    tracks_tree = _tree(graph, np.concatenate([highway_cells, network]))
    tracked = _walked(tracks_tree, fields)
    village = [_line(chain, shape) for chain in (*tree_chains(tree, used), *_fresh(ring, linked, used))]
    track = [_line(chain, shape) for chain in tree_chains(tracks_tree, tracked)]
    return Roads(_line(highway_cells, shape, 4), tuple(village), tuple(track))


def _fresh(tree: Ints, used: NDArray[np.bool_], before: NDArray[np.bool_]) -> list[Ints]:
    """Chains of a second tree that do not run along the first one."""
    return [chain for chain in tree_chains(tree, used) if np.mean(before[chain]) < 0.5]


def travel_graph(land: Township) -> sparse.csr_matrix:
    """通行网。Cells joined to their neighbours (knight's moves too), weighted by cost and by climbing."""
    cost = travel_cost(land)
    z = blend(land.relief.z, 20.0)[::2, ::2]
    rows, cols = cost.shape
    index = np.arange(cost.size).reshape(cost.shape)
    heads, tails, weights = [], [], []
    for dr, dc in _MOVES:
        a = (slice(0, rows - dr), slice(max(0, -dc), cols - max(0, dc)))
        b = (slice(dr, rows), slice(max(0, dc), cols - max(0, -dc)))
        length = _PACE * float(np.hypot(dr, dc))
        grade = np.abs(z[a] - z[b]) / length
        weight = length * (cost[a] + cost[b]) / 2.0 * (1.0 + (grade / 0.07) ** 2)
        heads.append(index[a].ravel())
        tails.append(index[b].ravel())
        weights.append(weight.ravel())
    ends = (np.concatenate(heads), np.concatenate(tails))
    return sparse.coo_matrix((np.concatenate(weights), ends), shape=(cost.size, cost.size)).tocsr()


def _highway(land: Township, shape: tuple[int, int]) -> Ints:
    """Along one edge of the flood plain from end to end."""
    cost = 1.0 + (np.abs(land.plain[::2, ::2] - 14.0) / 9.0) ** 1.5
    cost += np.where(land.relief.river_distance[::2, ::2] < 40.0, 60.0, 0.0)
    rows = np.arange(shape[0] - 1, -1, -1)
    east = (np.arange(shape[1]) + 0.5) * _PACE > np.interp(
        (rows + 0.5) * _PACE, *land.relief.river[::-1].T[::-1]
    )[:, None]
    cost = np.where(east[::-1], cost, cost + 90.0)
    total = cost[0].copy()
    came = np.zeros(shape, dtype=np.int64)
    for row in range(1, shape[0]):
        best = np.stack([np.roll(total, shift) + 0.6 * abs(shift) for shift in (-2, -1, 0, 1, 2)])
        pick = np.argmin(best, axis=0)
        came[row] = np.arange(shape[1]) - (pick - 2)
        total = best[pick, np.arange(shape[1])] + cost[row]
    col = int(np.argmin(total))
    cells = []
    for row in range(shape[0] - 1, -1, -1):
        cells.append(row * shape[1] + col)
        col = int(np.clip(came[row, col], 0, shape[1] - 1))
    return np.array(cells)


def road_cell(point: Floats, shape: tuple[int, int]) -> int:
    """网格号。The coarse cell that a point lies in."""
    return int(point[1] / _PACE) * shape[1] + int(point[0] / _PACE)


def _tree(graph: sparse.csr_matrix, goals: Ints) -> Ints:
    """For every cell the next one on the cheapest way to the nearest goal (goals point at themselves)."""
    _, before, _ = csgraph.dijkstra(
        graph, directed=False, indices=goals, return_predecessors=True, min_only=True
    )
    following = before.astype(np.int64)
    return np.where(following < 0, np.arange(following.size), following)


def _walked(tree: Ints, starts: list[int] | Ints) -> NDArray[np.bool_]:
    used = np.zeros(tree.size, dtype=bool)
    for start in starts:
        here = int(start)
        while not used[here]:
            used[here] = True
            here = int(tree[here])
    return used


def _field_cells(land: Township, rng: np.random.Generator) -> list[int]:
    """Scattered farmland that a track should reach."""
    shape = (land.slope.shape[0] // 2, land.slope.shape[1] // 2)
    farmed = rng.permutation(np.flatnonzero(((land.fitness > 2.5) & land.inside)[::2, ::2].ravel()))
    cells = np.column_stack(np.divmod(farmed, shape[1]))
    chosen: list[int] = []
    while len(cells):
        chosen.append(int(cells[0, 0] * shape[1] + cells[0, 1]))
        cells = cells[((cells - cells[0]) ** 2).sum(axis=1) > 260]
    return chosen


def _line(chain: Ints, shape: tuple[int, int], times: int = 3) -> Floats:
    rows, cols = np.divmod(chain, shape[1])
    line = np.column_stack([(cols + 0.5) * _PACE, (rows + 0.5) * _PACE])
    if len(line) > 6:
        inner = (line[:-4] + line[1:-3] + line[2:-2] + line[3:-1] + line[4:]) / 5.0
        line = np.vstack([line[:1], inner[::2], line[-1:]])
    return rounded(line, times)
