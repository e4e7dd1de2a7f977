"""取整调平。A second ledger in whole square metres, from which every printed area is summed.

Areas are printed in 公顷 with four decimals, that is in square metres. Rounding each sum by itself makes
tables of the same land differ by a unit; rounding the pieces once and adding them up cannot. The exact
ledger stays what is judged and filed in databases (ADR 0008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.facts.pieces import Ledger
from fangtian.geo.apportion import held_within, share_out_grouped

__all__ = ["squared"]

UNIT = 100
"""1 m² in 0.01 m²."""
CONTROLS: tuple[tuple[str, ...], ...] = (
    ("in_pilot",),
    ("in_consolidation",),
    ("village",),
    ("class_before",),
    ("in_redline", "in_redline_after", "in_urban", "in_urban_after"),
    ("plot",),
    ("pbf_out", "pbf_in"),
    ("slope_before", "grade_before"),
)
"""Totals that stay within one square metre of the exact ones, the most looked at first."""


def squared(ledger: Ledger) -> Ledger:
    """取整台账。The same pieces with areas in whole m² (still counted in 0.01 m²).

    Controls are kept from the top down: the pilot area rounds half-up, its parts share that total by largest
    remainder, and so on to the piece; so a sum over pieces is off by at most one unit at each control and by
    a few where it cuts across them. Source: 土地调查面积汇总“强制调平”, ADR 0008.
    """
    groups = _nested([_codes(*(getattr(ledger, name) for name in names)) for names in CONTROLS])
    area = _levelled(ledger.area, groups)
    before = held_within(_levelled(ledger.ridge_before, groups), area, groups[-1])
    kept = ledger.ridge_after == ledger.ridge_before
    later = _nested([groups[1], _codes(ledger.plot), _codes(ledger.class_after)])
    after = held_within(_levelled(np.where(kept, 0, ledger.ridge_after), later), area, later[-1])
    return replace(
        ledger,
        area=area * UNIT,
        ridge_before=before * UNIT,
        ridge_after=np.where(kept, before, after) * UNIT,
    )


def _codes(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """Columns of any kind as one number per combination of their values."""
    found = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        _, code = np.unique(column, return_inverse=True)
        _, found = np.unique(found * (code.max(initial=0) + 1) + code, return_inverse=True)
    return found.astype(np.int64)


def _nested(keys: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """Groups that each divide the one before."""
    groups = [keys[0]]
    for key in keys[1:]:
        groups.append(_codes(groups[-1], key))
    return groups


def _levelled(values: NDArray[np.int64], groups: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Values of 0.01 m² as whole m², shared out from the coarsest groups down to the single piece."""
    parent, sums = groups[0], _sums(values, groups[0])
    totals = (sums + UNIT // 2) // UNIT
    for group in groups[1:]:
        _, first = np.unique(group, return_index=True)
        sums = _sums(values, group)
        totals, parent = share_out_grouped(totals, parent[first], sums.astype(float)), group
    return share_out_grouped(totals, parent, values.astype(float))


def _sums(values: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    np.add.at(total, group, values)
    return total
