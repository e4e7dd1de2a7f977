"""水系。Where water goes on a grid: receivers, accumulation, channels and catchments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["Floats", "Ints", "accumulate", "depth_levels", "filled", "outlets", "receivers", "tree_chains"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEPS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def receivers(z: Floats, base: NDArray[np.bool_], cell: float) -> tuple[Ints, Floats]:
    """流向。The steepest lower neighbour of every cell (itself for base cells and pits) and its distance."""
    rows, cols = z.shape
    padded = np.pad(z, 1, constant_values=np.inf)
    best = np.zeros(z.shape)
    step = np.zeros(z.shape, dtype=np.int64)
    length = np.full(z.shape, cell)
    for dr, dc in _STEPS:
        run = cell * np.hypot(dr, dc)
        fall = (z - padded[1 + dr : 1 + dr + rows, 1 + dc : 1 + dc + cols]) / run
        better = fall > best
        best[better] = fall[better]
        step[better] = dr * cols + dc
        length[better] = run
    step[base] = 0
    return np.arange(z.size) + step.ravel(), length.ravel()


def depth_levels(target: Ints) -> list[Ints]:
    """流程分层。Cells by number of steps to their outlet, outlets first (pointer jumping, no recursion)."""
    depth = (target != np.arange(target.size)).astype(np.int64)
    jump = target
    while True:
        further = depth + depth[jump]
        if np.array_equal(further, depth):
            break
        depth, jump = further, jump[jump]
    order = np.argsort(depth, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(depth[order])) + 1)


def accumulate(target: Ints, levels: list[Ints], own: Floats) -> Floats:
    """汇流累积。Everything that flows through each cell, itself included."""
    total = own.copy()
    for nodes in reversed(levels[1:]):
        np.add.at(total, target[nodes], total[nodes])
    return total


def filled(z: Floats, base: NDArray[np.bool_]) -> Floats:
    """填洼。The lowest surface above ``z`` from which every cell drains to a base cell (Planchon–Darboux)."""
    water = np.where(base, z, np.inf)
    while True:
        lower = ndimage.minimum_filter(water, size=3, mode="nearest") + 1e-3
        fresh = np.where(base, z, np.maximum(z, np.minimum(water, lower)))
        if np.array_equal(fresh, water):
            return fresh
        water = fresh


def outlets(target: Ints) -> Ints:
    """出口。The cell where the water of every cell ends (pointer jumping)."""
    jump = target
    while True:
        further = jump[jump]
        if np.array_equal(further, jump):
            return jump
        jump = further


def tree_chains(target: Ints, used: NDArray[np.bool_]) -> list[Ints]:
    """树枝。Cut the tree formed by the ``used`` cells into chains between heads, forks and outlets.

    Each chain ends on the cell where it joins the next one, so lines drawn through them stay connected.
    """
    nodes = np.flatnonzero(used & (target != np.arange(target.size)))
    inflow = np.bincount(target[nodes], minlength=target.size)
    starts = nodes[inflow[nodes] != 1]
    chains = []
    for start in starts:
        chain = [int(start)]
        while True:
            following = int(target[chain[-1]])
            if following == chain[-1]:
                break
            chain.append(following)
            if inflow[following] != 1 or not used[following]:
                break
        if len(chain) > 1:
            chains.append(np.array(chain))
    return chains
