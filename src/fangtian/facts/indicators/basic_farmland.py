"""永久基本农田。Permanent basic farmland (PBF): designated, out, in, after; by plot for table 5."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fangtian.catalog.code import codes
from fangtian.catalog.land_class import FARM_CLASSES
from fangtian.facts.fact import BEFORE, PLANNED, Fact
from fangtian.facts.indicators.cultivated import weighted_mean
from fangtian.facts.scene import Mask, Scene, Scope, moved_scope
from fangtian.units import Area

__all__ = ["BLOCK_KEYS", "NOT_FARMED", "basic_farmland", "moves"]

PILOT = "pilot_area"
WHOLE = {"": "pbf_area", "调出:": "pbf_out_area", "调入:": "pbf_in_area"}
"""What slope classes add up to."""
NOT_FARMED = "非耕地"
"""Designated land that is no field (any more); without it the slope classes would not add up."""
BLOCK_KEYS = {"新增": "pbf_added_area", "新划定": "pbf_newly_designated_area", "调整": "pbf_out_area"}


def basic_farmland(scene: Scene) -> None:
    """永久基本农田事实。Measured net of ridges; planned = before + in − out."""
    _designated(scene)
    for scope in scene.areas:
        _balance(scene, scope)
        _grades(scene, scope)
        _slopes(scene, scope)
    _blocks(scene)


def _designated(scene: Scene) -> None:
    """As filed in plan.toml, else the figures of the townships' patches, else what the ledger holds."""
    plan, layer = scene.survey.plan, scene.survey.layers["basic_farmland"]
    address = ("pbf_designated_area", "townships", BEFORE)
    here = _of_townships(layer.ids, plan.county, plan.townships)
    filed = layer.column("net_area")[here]
    if plan.pbf_designated is not None:
        scene.book.measure(address, plan.pbf_designated, "plan.toml", "照录")
    elif filed.dtype != object and not np.isnan(filed).any():
        total = Area(int(np.rint(filed * 100).sum()))
        scene.book.measure(address, total, scene.source("basic_farmland"), "所涉乡镇图斑面积字段求和")
    else:  # too small rather than too large: the 5 % then errs on the strict side
        held = Area(int(scene.ledger.net_before[scene.ledger.pbf != ""].sum()))
        scene.book.measure(address, held, scene.source("basic_farmland", "parcels"), "与图斑重叠部分求和")


def _of_townships(ids: NDArray[Any], county: str, townships: tuple[str, ...]) -> NDArray[np.bool_]:
    """Patches of the townships concerned, by the code that their numbers begin with, where they have one."""
    coded = [str(patch).startswith(county) and str(patch)[:9].isdigit() for patch in ids]
    return np.array(
        [not own or str(p).startswith(townships) for own, p in zip(coded, ids, strict=True)], bool
    )


def moves(scene: Scene) -> tuple[Mask, Mask, Mask]:
    """调整范围。Designated before; moved out (designated land only); moved in (farmland after, not designated
    before unless it is moved out by the same plan).
    """
    ledger = scene.ledger
    held = ledger.pbf != ""
    out = held & (ledger.pbf_out != "")
    into = (ledger.pbf_in != "") & (~held | out) & scene.cultivated[True]
    return held, out, into


def _balance(scene: Scene, scope: Scope) -> None:
    ledger, book, name = scene.ledger, scene.book, scope.name
    held, out, into = moves(scene)
    before = scene.area("pbf_area", scope, BEFORE, held, ledger.net_before)
    moved_out = scene.area("pbf_out_area", scope, PLANNED, out, ledger.net_before)
    for block in codes("pbf_block"):
        scene.area(BLOCK_KEYS[block], scope, PLANNED, into & _block(scene, block), ledger.net_after)
    parts = [book[f"{BLOCK_KEYS[block]}@{name}.planned"] for block in codes("pbf_block")]
    moved_in = book.derive("sum", ("pbf_in_area", name, PLANNED), parts)
    gain = book.derive("difference", ("pbf_increase_area", name, PLANNED), [moved_in, moved_out])
    book.derive("sum", ("pbf_area", name, PLANNED), [before, gain])
    if moved_out.value:
        added = book[f"pbf_added_area@{name}.planned"]
        book.derive("ratio", ("pbf_increase_ratio", name, PLANNED), [gain, moved_out])
        book.derive("ratio", ("pbf_added_ratio", name, PLANNED), [added, moved_out])
    designated = book["pbf_designated_area@townships.before"]
    if designated.value:
        book.derive("ratio", ("pbf_adjust_ratio", name, PLANNED), [moved_out, designated])


def _block(scene: Scene, block: str) -> Mask:
    layer = scene.survey.layers.get("basic_farmland_in")
    if layer is None:
        return np.zeros(len(scene.ledger), bool)
    named = {str(plot) for plot, kind in zip(layer.ids, layer.column("block"), strict=True) if kind == block}
    return np.isin(scene.ledger.pbf_in.astype(str), sorted(named))


def _grades(scene: Scene, scope: Scope) -> None:
    """Mean grade of designated land before and after, moved out (member 调出) and moved in (member 调入)."""
    ledger = scene.ledger
    held, out, into = moves(scene)
    farmed, farmed_after = scene.cultivated
    stays, net_stays = _after(scene)
    for member, phase, mask, grade, net in (
        ("", BEFORE, held & farmed, ledger.grade_before, ledger.net_before),
        ("", PLANNED, stays & farmed_after, ledger.grade_after, net_stays),
        ("调出", PLANNED, out & farmed, ledger.grade_before, ledger.net_before),
        ("调入", PLANNED, into, ledger.grade_after, ledger.net_after),
    ):
        mean = weighted_mean(grade[mask & scope.mask], net[mask & scope.mask])
        if mean is not None:
            source = scene.source("basic_farmland", "parcels")
            scene.book.measure(("pbf_grade_mean", scope.name, phase, member), mean, source, "weighted_mean")


def _after(scene: Scene) -> tuple[Mask, NDArray[np.int64]]:
    """Basic farmland after the plan, weighed as ``pbf_area`` is: what stays as it was, what comes anew."""
    held, out, into = moves(scene)
    ledger = scene.ledger
    return (held & ~out) | into, np.where(into, ledger.net_after, ledger.net_before)


def _slopes(scene: Scene, scope: Scope) -> None:
    ledger = scene.ledger
    held, out, into = moves(scene)
    stays, net_stays = _after(scene)
    farmed, farmed_after = scene.cultivated
    for label, phase, held_then, farmed_then, slope, net in (
        ("", BEFORE, held, farmed, ledger.slope_before, ledger.net_before),
        ("", PLANNED, stays, farmed_after, ledger.slope_after, net_stays),
        ("调出:", PLANNED, out, farmed, ledger.slope_before, ledger.net_before),
        ("调入:", PLANNED, into, farmed_after, ledger.slope_after, ledger.net_after),
    ):
        mask = held_then & farmed_then
        if (slope[mask & scope.mask & (net > 0)] == "").any():
            continue
        parts = [
            scene.area(f"pbf_slope_area[{label}{code}]", scope, phase, mask & (slope == code), net)
            for code in codes("slope_class")
        ]
        rest = f"pbf_slope_area[{label}{NOT_FARMED}]"
        parts.append(scene.area(rest, scope, phase, held_then & ~farmed_then, net))
        scene.book.apportion(scene.book[f"{WHOLE[label]}@{scope.name}.{phase}"], parts)


def _blocks(scene: Scene) -> None:
    """Table 5: every plot of the three blocks with its farmland classes before and after."""
    ledger = scene.ledger
    _, out, into = moves(scene)
    for block, key in BLOCK_KEYS.items():
        names = ledger.pbf_out if block == "调整" else ledger.pbf_in
        mask = out if block == "调整" else into & _block(scene, block)
        values = ledger.net_before if block == "调整" else ledger.net_after
        rows = []
        for plot, pieces in scene.grouped(np.where(mask, names, "")):
            role = "basic_farmland_out" if block == "调整" else "basic_farmland_in"
            scope = Scope(moved_scope(role, plot), pieces)
            row = scene.area(key, scope, PLANNED, pieces, values)
            _classes(scene, scope, row, BEFORE if block == "调整" else PLANNED)
            rows.append(row)
        scene.book.apportion(scene.book[f"{key}@{PILOT}.planned"], rows)
        _subtotals(scene, block, rows)


def _classes(scene: Scene, scope: Scope, row: Fact, own: str) -> None:
    """Farmland classes of a row; at the row's own phase they add up to its area as displayed."""
    ledger = scene.ledger
    for phase, column, net in (
        (BEFORE, ledger.class_before, ledger.net_before),
        (PLANNED, ledger.class_after, ledger.net_after),
    ):
        parts = [
            scene.area(f"pbf_class_area[{code}]", scope, phase, column == code, net) for code in FARM_CLASSES
        ]
        if Area.total(int(part.value) for part in parts) == row.value:
            scene.book.apportion(row, parts)


def _subtotals(scene: Scene, block: str, rows: list[Fact]) -> None:
    for phase in (BEFORE, PLANNED):
        for code in FARM_CLASSES:
            parts = [scene.book[f"pbf_class_area[{code}]@{row.scope}.{phase}"] for row in rows]
            scene.total(f"pbf_class_area[{block}:{code}]", PILOT, parts, phase)
