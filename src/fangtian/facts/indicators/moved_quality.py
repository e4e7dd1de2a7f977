"""永久基本农田调整质量。Whether land moved in is fit for it, and land moved out the right to go."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import shapely
from numpy.typing import NDArray

from fangtian.catalog.code import code_entries, codes
from fangtian.catalog.layer import layer_specs
from fangtian.facts.fact import PLANNED
from fangtian.facts.indicators.basic_farmland import moves
from fangtian.facts.indicators.contiguity import THREE_MU
from fangtian.facts.indicators.cultivated import weighted_mean
from fangtian.facts.indicators.new_farmland import STEEP
from fangtian.facts.indicators.parts import Part, solid, unless, write_parts
from fangtian.facts.scene import Mask, Scene
from fangtian.geo.contiguity import TOUCH_M, patches

__all__ = ["moved_quality", "moved_quality_parts"]

OUT_TITLE, IN_TITLE = "永久基本农田调出地块", "永久基本农田调入地块"
HARD_TO_FARM = ("4", STEEP)
"""不便耕种的坡度级。Above 15°."""


def moved_quality(scene: Scene) -> None:
    """调整质量事实。For both scopes; grade and slope of what comes against what goes."""
    write_parts(scene, moved_quality_parts(scene))
    _means(scene)


def moved_quality_parts(scene: Scene) -> tuple[Part, ...]:
    """调整各部分。Land moved in where it should not be, land moved out without need, land built on."""
    return solid(scene, (*_in(scene), *_out(scene), *_built(scene)))


def _means(scene: Scene) -> None:
    """Means of what goes and what comes, and by how much what comes is poorer; nothing moved is no poorer."""
    ledger = scene.ledger
    _, out, into = moves(scene)
    gone = out & scene.cultivated[False]
    steep, steep_after = (_numbers(slope) for slope in (ledger.slope_before, ledger.slope_after))
    for scope in scene.areas:
        left, came = gone & scope.mask & (ledger.net_before > 0), into & scope.mask & (ledger.net_after > 0)
        for key, then, now in (
            ("pbf_grade_drop", ledger.grade_before, ledger.grade_after),
            ("pbf_slope_rise", steep, steep_after),
        ):
            pair = (
                weighted_mean(then[left], ledger.net_before[left]),
                weighted_mean(now[came], ledger.net_after[came]),
            )
            if key == "pbf_slope_rise":
                _write_slopes(scene, scope.name, pair)
            worse = pair[1] - pair[0] if pair[0] is not None and pair[1] is not None else None
            if not (left.any() and came.any()):
                worse = Fraction(0)
            if worse is not None:
                scene.book.measure((key, scope.name, PLANNED), worse, _source(scene), "调入减调出")


def _write_slopes(scene: Scene, scope: str, pair: tuple[Fraction | None, Fraction | None]) -> None:
    for member, mean in zip(("调出", "调入"), pair, strict=True):
        if mean is not None:
            address = ("pbf_slope_mean", scope, PLANNED, member)
            scene.book.measure(address, mean, _source(scene), "weighted_mean")


def _source(scene: Scene) -> str:
    return scene.source("basic_farmland", "parcels", "slope")


def _numbers(slope: NDArray[np.object_]) -> NDArray[np.int64]:
    """Slope classes as numbers, 0 where nobody knows."""
    known = {code: int(code) for code in codes("slope_class")}
    return np.fromiter((known.get(code, 0) for code in slope), np.int64, len(slope))


def _in(scene: Scene) -> Iterator[Part]:
    ledger, layers = scene.ledger, scene.survey.layers
    held, out, into = moves(scene)
    was, becomes = scene.cultivated
    redline, unknown = ledger.in_redline | ledger.in_redline_after, into & (ledger.slope_after == "")
    unstable, told = _unstable(scene)
    idle = (ledger.pbf_in != "") & (~held | out) & ~becomes
    parts = (
        ("steep", into & (ledger.slope_after == STEEP), unknown & (ledger.net_after > 0)),
        ("redline", into & redline, unless("eco_redline" in layers, into)),
        ("urban", into & ledger.in_urban_after, unless("urban_boundary" in layers, into)),
        ("uncultivated", idle, None),
        ("unstable", into & was & unstable, unless(told, into & was)),
        ("apart", _apart(scene, into, held & ~out), None),
    )
    for name, pieces, doubtful in parts:
        yield Part(f"pbf_in_{name}", pieces, ledger.net_after, ledger.pbf_in, IN_TITLE, doubtful)


def _unstable(scene: Scene) -> tuple[Mask, bool]:
    """Fields by rivers or lakes, in woods, on pastures, sand or rock, and whether the survey tells them."""
    layer = scene.survey.layers["parcels"]
    domain = layer_specs()["parcels"].field("refinement_code").domain
    wild = [code for code, entry in code_entries(domain).items() if entry.category == "01"]
    marked = np.isin(layer.column("refinement_code").astype(str), wild)
    return marked[scene.ledger.parcel], "refinement_code" in layer.columns


def _apart(scene: Scene, into: Mask, kept: Mask) -> Mask:
    """Pieces moved in that no basic farmland which stays is near, not even through others moved in."""
    ledger, layer = scene.ledger, scene.survey.layers["basic_farmland"]
    rows, gap = np.flatnonzero(into & (ledger.net_after > 0)), float(scene.survey.plan.join_gap)
    alone = np.zeros(len(ledger), bool)
    if len(rows):
        beyond = layer.geometry[~np.isin(layer.ids.astype(str), ledger.pbf[ledger.pbf != ""].astype(str))]
        others = np.concatenate((ledger.geometry[kept & (ledger.net_before > 0)], beyond))
        block = patches(ledger.geometry[rows], gap)
        tree = shapely.STRtree(others)
        close = tree.query(ledger.geometry[rows], predicate="dwithin", distance=max(gap, TOUCH_M))[0]
        joined = np.isin(block, block[close])
        alone[rows[~joined]] = True
    return alone


def _out(scene: Scene) -> Iterator[Part]:
    ledger, layers = scene.ledger, scene.survey.layers
    _, out, _ = moves(scene)
    inside = ledger.in_urban | ledger.in_urban_after
    large = out & _large(scene, out)
    sound = large & scene.cultivated[False] & ~np.isin(ledger.slope_before.astype(str), HARD_TO_FARM)
    unknown = sound & (ledger.slope_before == "") & (ledger.net_before > 0)
    parts = (
        ("unreasoned", out & ~_reasoned(scene), None),
        ("sound", sound, unknown),
        ("urban", out & inside, unless("urban_boundary" in layers, out)),
    )
    for name, pieces, doubtful in parts:
        yield Part(f"pbf_out_{name}", pieces, ledger.net_before, ledger.pbf_out, OUT_TITLE, doubtful)


def _reasoned(scene: Scene) -> Mask:
    layer = scene.survey.layers.get("basic_farmland_out")
    if layer is None:
        return np.ones(len(scene.ledger), bool)
    told = layer.ids[layer.column("reason") != ""].astype(str)
    return np.isin(scene.ledger.pbf_out.astype(str), told)


def _large(scene: Scene, out: Mask) -> Mask:
    """Pieces whose block of basic farmland has at least the plan's smallest block size, as it lies now."""
    layer, plan = scene.survey.layers["basic_farmland"], scene.survey.plan
    if not out.any():
        return out
    block = patches(layer.geometry, float(plan.join_gap))
    extent = np.zeros(int(block.max()) + 1, np.int64)
    np.add.at(extent, block, np.rint(100 * shapely.area(layer.geometry)).astype(np.int64))
    large = layer.ids[3 * extent[block] >= min(plan.block_sizes) * THREE_MU].astype(str)
    return np.isin(scene.ledger.pbf.astype(str), large)


def _built(scene: Scene) -> Iterator[Part]:
    """Basic farmland that the plan builds on, moved out or not."""
    ledger = scene.ledger
    built = (ledger.pbf != "") & scene.construction[True] & ~scene.construction[False]
    yield Part("pbf_built", built, ledger.net_before, ledger.plot)
