"""平差分摊。Whole numbers shared out over the pieces of many polygons at once, without remainder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["held_within", "share_out_grouped"]

_SAME = 1e-7
"""Remainders closer than this count as equal, so that the last bit of a float decides nothing."""


def share_out_grouped(
    totals: NDArray[np.int64], group: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.int64]:
    """最大余额法分组平差。Share ``totals[g]`` over the members of each group; the parts add up exactly.

    part_i = floor(total·w_i / Σw), then the largest remainders take one unit each; equal remainders: first
    come. The rule by which pieces of a parcel share its surveyed area (``units.share_out`` over many
    groups). ``totals`` (g,) int64, ``group`` (n,) row of ``totals`` of each member, ``weights`` (n,) not
    negative; returns (n,) int64. Where all weights of a group are zero, its first member takes the total:
    a parcel without area has one piece that matters. Negative totals mirror positive ones.

    Raises ValueError for a negative or missing weight and for a total other than 0 without members.

    >>> share_out_grouped(np.array([10, 7]), np.array([0, 0, 0, 1]), np.array([1.0, 1.0, 1.0, 0.0]))
    array([4, 3, 3, 7])
    """
    if not (weights >= 0).all():
        raise ValueError("weights must be numbers from 0 up: an area below zero has no share")
    size = np.bincount(group, minlength=len(totals))
    if totals[size == 0].any():
        raise ValueError(f"cannot share {totals[size == 0].sum()} among nobody")
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    exact = np.abs(totals)[group] * _shares(group, weights, len(totals))
    # Lean under the true value: a floor that is one too low comes back as the largest remainder, while one
    # too high would have to be taken away again.
    parts = np.floor(exact * (1 - 4 * np.finfo(float).eps)).astype(np.int64)
    remainder = np.round((exact - parts) / _SAME).astype(np.int64)
    left = np.abs(totals) - _sums(group, parts, len(totals))
    order = np.lexsort((np.arange(len(group)), -remainder, group))
    start = np.cumsum(size) - size
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - start[group[order]]
    parts += rank < left[group]
    signed: NDArray[np.int64] = parts * np.sign(totals)[group]
    return signed


def held_within(
    parts: NDArray[np.int64], wholes: NDArray[np.int64], group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """不超整体。Parts of wholes (ridges of pieces), where sharing out gave a crumb more than it has: the
    mates with the most room take it over, so that each group's sum stays.

    All (n,) int64; returns (n,) int64 with part_i ≤ whole_i as far as the group has room.

    >>> held_within(np.array([2, 3, 1]), np.array([1, 9, 2]), np.array([0, 0, 0]))
    array([1, 4, 1])
    """
    excess = np.maximum(parts - wholes, 0)
    if not excess.any():
        return parts
    kept = parts - excess
    order = np.lexsort((np.arange(len(group)), kept - wholes, group))
    room, mine = (wholes - kept)[order], group[order]
    before = np.cumsum(room) - room
    first = np.searchsorted(mine, mine)  # row at which each group begins
    owed = _sums(group, excess, int(group.max()) + 1)[mine]
    taken = np.empty(len(group), dtype=np.int64)
    taken[order] = np.clip(owed - (before - before[first]), 0, room)
    made: NDArray[np.int64] = kept + taken
    return made


def _shares(group: NDArray[np.int64], weights: NDArray[np.float64], groups: int) -> NDArray[np.float64]:
    whole = np.bincount(group, weights=weights, minlength=groups)
    _, first = np.unique(group, return_index=True)
    lone = np.zeros(len(group))
    lone[first] = 1.0
    nothing = whole[group] == 0
    shares: NDArray[np.float64] = np.where(nothing, lone, weights / np.where(nothing, 1.0, whole[group]))
    return shares


def _sums(group: NDArray[np.int64], values: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    total = np.zeros(groups, dtype=np.int64)  # bincount would add in float64
    np.add.at(total, group, values)
    return total
