"""整治地块。All plots of the sample plan, drawn in an order that lets narrow things come first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fangtian.plan.sample.attributes import Survey
from fangtian.plan.sample.built_plots import cleared_land, new_building_land, restored_land, reused_land
from fangtian.plan.sample.country import Country
from fangtian.plan.sample.drawing import Board, Plot
from fangtian.plan.sample.field_plots import Shift, improved_fields, moved_in, moved_out, new_fields, tracks
from fangtian.plan.sample.zones import Zones

__all__ = ["Proposal", "proposal"]


@dataclass(frozen=True)
class Proposal:
    """规划内容。Plots and the basic farmland moved out and in."""

    plots: list[Plot]
    out: list[Shift]
    into: list[Shift]


def proposal(here: Country, zoned: Zones, surveyed: Survey, rng: np.random.Generator) -> Proposal:
    """编规划。Draw every plot of the plan."""
    board = Board(here, zoned, surveyed, rng)
    out = moved_out(board)
    cleared_land(board)
    new_building_land(board, out)
    reused_land(board)
    tracks(board)
    new_fields(board)
    restored_land(board, out)
    improved_fields(board, out)
    return Proposal(board.drawn, out, moved_in(board, out))
