"""注记配置。Finds a place for every label: names, then plots, then parcel numbers, none upon another.

Everything is decided on the cells of :class:`Occupancy`, so thousands of labels cost a few window sums, and
two labels cannot overlap because no cell is given away twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from fangtian.deliver.maps.board import Board
from fangtian.deliver.maps.labels import FINE, LEAST_PT, LabelRequest, PlacedLabel, label_size, nearest
from fangtian.deliver.maps.occupancy import Occupancy, window_sums
from fangtian.deliver.maps.sheet import Box

__all__ = ["Placement", "place_labels"]

NEAR_MM, STEP_MM = 18.0, 0.7
REACHES_MM = (18.0, 60.0, 400.0)
DIRECTIONS = 24
GAP_MM = 0.7
SMALLER = (0.75, 0.6)
CROWDED = 14.0
"""What it costs to cover other plots wholly, in mm of distance."""
LEADER_CROWD = 4
CROSSING = 4.0
"""What it costs a leader to run a millimetre through other labels."""


@dataclass(frozen=True)
class Placement:
    """注记结果。What has a place, and what has none (only names and plots are told of)."""

    placed: tuple[PlacedLabel, ...]
    missing: tuple[LabelRequest, ...]


def place_labels(
    board: Board, requests: Sequence[LabelRequest], crowd: NDArray[Any]
) -> tuple[Placement, Occupancy]:
    """配置注记。``crowd`` are shapes that labels keep off where they can; the grid comes back for more."""
    grid = Occupancy(board.layout, board.size)
    keep_off = board.visible(crowd)
    if len(keep_off):
        grid.crowd += grid.covered(keep_off, np.ones(len(keep_off), dtype=np.int32))
    ordered = sorted(requests, key=lambda request: request.rank)
    found: list[PlacedLabel] = []
    missing: list[LabelRequest] = []
    for request in (r for r in ordered if r.where == "region"):
        label = _in_region(board, grid, request)
        if label is not None or _mostly_shown(board, request):
            _keep(label, request, found, missing)
    for rank in sorted({r.rank for r in ordered if r.where == "plot"}):
        plots = [r for r in ordered if r.where == "plot" and r.rank == rank]
        inside = dict(_all_inside(board, grid, plots))
        found += inside.values()
        for number in _from_crowded(board, plots, inside):
            _keep(_beside(board, grid, plots[number]), plots[number], found, missing)
    finer, least = min(1.0, FINE / board.size), LEAST_PT / board.size
    small = [replace(r, size=max(r.size * finer, least)) for r in ordered if r.where == "inside"]
    found += dict(_all_inside(board, grid, small)).values()
    return Placement(tuple(found), tuple(missing)), grid


def _mostly_shown(board: Board, request: LabelRequest) -> bool:
    """A village of which a map shows a corner need not be named on it."""
    shown = shapely.intersection(request.shape, shapely.box(*board.layout.ground))
    return bool(shapely.area(shown) > shapely.area(request.shape) / 2)


def _keep(
    label: PlacedLabel | None, request: LabelRequest, found: list[PlacedLabel], missing: list[LabelRequest]
) -> None:
    if label is None:
        missing.append(request)
    else:
        found.append(label)


def _cells_of(board: Board, grid: Occupancy, request: LabelRequest) -> tuple[int, int]:
    """Rows and columns that a label takes."""
    width, height = label_size(request, board.size)
    return int(np.ceil(height / grid.cell)), int(np.ceil(width / grid.cell))


def _placed(board: Board, grid: Occupancy, request: LabelRequest, corner: tuple[int, int]) -> PlacedLabel:
    """A label whose first cell is given; its cells are taken."""
    rows, cols = _cells_of(board, grid, request)
    x0 = grid.layout.frame_mm[0] + corner[1] * grid.cell
    y0 = grid.layout.frame_mm[1] + corner[0] * grid.cell
    box: Box = (x0, y0, x0 + cols * grid.cell, y0 + rows * grid.cell)
    grid.take(box)
    return PlacedLabel(request, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box, request.size * board.size)


def _all_inside(
    board: Board, grid: Occupancy, requests: Sequence[LabelRequest]
) -> Iterator[tuple[int, PlacedLabel]]:
    """Labels that fit wholly within their own shapes, each at the roomiest spot; by number of the request."""
    if not requests:
        return
    sizes = np.array([_cells_of(board, grid, request) for request in requests])
    shapes = np.empty(len(requests), dtype=object)
    shapes[:] = [request.shape for request in requests]
    metre = board.layout.metres(grid.cell)
    large = np.flatnonzero(shapely.area(shapes) >= sizes.prod(axis=1) * metre * metre)
    if not len(large):
        return
    thin = shapely.simplify(shapes[large], metre / 2, preserve_topology=False)
    numbers = grid.covered(thin, (large + 1).astype(np.int32))
    blocked = grid.taken | _edges(numbers) | (numbers == 0)
    room = ndimage.distance_transform_cdt(~blocked, metric="chessboard")
    for rows, cols in np.unique(sizes[large], axis=0).tolist():
        wanted = np.zeros(len(requests) + 1, dtype=bool)
        wanted[large[(sizes[large] == (rows, cols)).all(axis=1)] + 1] = True
        for number, corner in _roomiest(numbers, room, window_sums(blocked, rows, cols) == 0, wanted):
            rows_cols = (corner[0] - rows // 2, corner[1] - cols // 2)
            yield number - 1, _placed(board, grid, requests[number - 1], rows_cols)


def _edges(numbers: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Cells on either side of a border between two shapes."""
    edge = np.zeros(numbers.shape, dtype=bool)
    down, right = numbers[1:] != numbers[:-1], numbers[:, 1:] != numbers[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= right
    edge[:, :-1] |= right
    return edge


def _roomiest(
    numbers: NDArray[np.int32], room: NDArray[Any], fits: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """The middle cell with most room around it, for every wanted number with a window that fits."""
    if not fits.size:
        return
    down, across = (numbers.shape[i] - fits.shape[i] + 1 for i in (0, 1))
    first_row, first_col = np.nonzero(fits)
    row, col = first_row + down // 2, first_col + across // 2
    owner = numbers[row, col]
    mine = wanted[owner]
    row, col, owner = row[mine], col[mine], owner[mine]
    space = room[row, col].astype(np.int64)
    most = np.zeros(len(wanted), dtype=np.int64)
    np.maximum.at(most, owner, space)
    top = np.flatnonzero(space == most[owner])
    top = top[np.lexsort((col[top], row[top], owner[top]))]
    chosen, first, count = np.unique(owner[top], return_index=True, return_counts=True)
    best = top[first + count // 2]  # of equally roomy places the one in the middle
    for number, r, c in zip(chosen.tolist(), row[best].tolist(), col[best].tolist(), strict=True):
        yield int(number), (int(r), int(c))


def _in_region(board: Board, grid: Occupancy, request: LabelRequest) -> PlacedLabel | None:
    """On a large shape: wholly within it, if need be in smaller letters, else with its middle on it."""
    shapes = board.visible(np.array([request.shape], dtype=object))
    if not len(shapes):
        return None
    small, least = (replace(request, size=request.size * factor) for factor in SMALLER)
    for wanted, whole in ((request, True), (small, True), (least, True), (small, False), (least, False)):
        corner = _best_in_region(board, grid, wanted, (shapes, whole))
        if corner is not None:
            return _placed(board, grid, wanted, corner)
    return None


def _best_in_region(
    board: Board, grid: Occupancy, request: LabelRequest, region: tuple[NDArray[Any], bool]
) -> tuple[int, int] | None:
    """The roomiest and least crowded place, near the middle of the shape if that makes no difference."""
    shapes, whole = region
    rows, cols = _cells_of(board, grid, request)
    corner, far = np.array(shapely.total_bounds(shapes)).reshape(2, 2).tolist()
    (x0, y0), (x1, y1) = board.layout.to_paper(*corner), board.layout.to_paper(*far)
    margin = (cols * grid.cell, rows * grid.cell)
    window = grid.cells((x0 - margin[0], y0 - margin[1], x1 + margin[0], y1 + margin[1]))
    free = window_sums(grid.taken[window], rows, cols) == 0
    if not free.size:
        return None
    mask = grid.covered(shapes, np.ones(len(shapes), dtype=np.int32))[window] > 0
    middle = (slice(rows // 2, rows // 2 + free.shape[0]), slice(cols // 2, cols // 2 + free.shape[1]))
    allowed = free & ((window_sums(~mask, rows, cols) == 0) if whole else mask[middle])
    if not allowed.any():
        return None
    crowd = window_sums(grid.crowd[window], rows, cols) / (rows * cols)
    room = ndimage.distance_transform_cdt(mask, metric="chessboard")[middle]
    score = np.minimum(room, 4 * rows) - crowd * 3 * rows - _off_centre(mask)[middle] * rows
    row, col = np.unravel_index(int(np.argmax(np.where(allowed, score, -np.inf))), score.shape)
    return int(row) + window[0].start, int(col) + window[1].start


def _off_centre(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far off the middle of a mask each cell lies, 1 at its ends."""
    rows, cols = np.nonzero(mask)
    if not len(rows):
        return np.zeros(mask.shape)
    across = np.abs(np.arange(mask.shape[1]) - cols.mean()) / max(1, np.ptp(cols))
    up = np.abs(np.arange(mask.shape[0]) - rows.mean()) / max(1, np.ptp(rows))
    off: NDArray[np.float64] = 2 * np.hypot(up[:, None], across[None, :])
    return off


def _from_crowded(board: Board, plots: Sequence[LabelRequest], inside: dict[int, PlacedLabel]) -> list[int]:
    """Plots that still need a place, those with most neighbours first."""
    rest = [number for number in range(len(plots)) if number not in inside]
    if not rest:
        return []
    points = shapely.point_on_surface(np.array([plots[number].shape for number in rest], dtype=object))
    tree = shapely.STRtree(points)
    near = tree.query(points, predicate="dwithin", distance=board.layout.metres(NEAR_MM))[0]
    counts = np.bincount(near, minlength=len(rest))
    return [rest[i] for i in np.argsort(-counts, kind="stable")]


def _beside(board: Board, grid: Occupancy, request: LabelRequest) -> PlacedLabel | None:
    """Near the shape, off other plots where possible, with a leader through as few other labels as can be."""
    point = shapely.get_coordinates(shapely.point_on_surface(request.shape))[0]
    anchor = board.layout.to_paper(float(point[0]), float(point[1]))
    for reach in REACHES_MM:
        corner = _cheapest(board, grid, request, (anchor, reach * board.size))
        if corner is not None:
            label = _placed(board, grid, request, corner)
            start = nearest(label.box, anchor)
            grid.crowd[grid.along(start, anchor)] += LEADER_CROWD
            apart = np.hypot(start[0] - anchor[0], start[1] - anchor[1]) > GAP_MM / 2
            return replace(label, leader=anchor) if apart else label
    return None


def _cheapest(
    board: Board, grid: Occupancy, request: LabelRequest, around: tuple[tuple[float, float], float]
) -> tuple[int, int] | None:
    """First cell of the best free place within reach of an anchor."""
    (x, y), reach = around
    rows, cols = _cells_of(board, grid, request)
    width, height = cols * grid.cell, rows * grid.cell
    window = grid.cells((x - reach - width, y - reach - height, x + reach + width, y + reach + height))
    hard = window_sums(grid.taken[window], rows, cols)
    if not hard.size:
        return None
    distance, angle = _rays(reach, STEP_MM * board.size)
    gap = GAP_MM * board.size
    left = x + np.cos(angle) * (distance + gap + width / 2) - width / 2
    foot = y + np.sin(angle) * (distance + gap + height / 2) - height / 2
    col = np.rint((left - grid.layout.frame_mm[0]) / grid.cell).astype(int) - window[1].start
    row = np.rint((foot - grid.layout.frame_mm[1]) / grid.cell).astype(int) - window[0].start
    free = (col >= 0) & (row >= 0) & (row < hard.shape[0]) & (col < hard.shape[1])
    free[free] = hard[row[free], col[free]] == 0
    if not free.any():
        return None
    row, col, distance, left, foot = (values[free] for values in (row, col, distance, left, foot))
    soft = window_sums(np.minimum(grid.crowd[window], 2 * LEADER_CROWD), rows, cols)
    start = np.stack([np.clip(x, left, left + width), np.clip(y, foot, foot + height)], axis=1)
    crossed = grid.crossed(start, (x, y)) * grid.cell
    cost = distance + board.size * CROWDED * soft[row, col] / (rows * cols) + CROSSING * crossed
    best = int(np.argmin(cost))
    return int(row[best]) + window[0].start, int(col[best]) + window[1].start


def _rays(reach: float, step: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances and directions of the places that are tried."""
    steps, turns = np.arange(0.0, reach, step), np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    distance, angle = np.meshgrid(steps, turns, indexing="ij")
    return distance.ravel(), angle.ravel()
