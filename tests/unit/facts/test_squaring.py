"""The ledger in whole square metres: controls are kept, and what is printed of the same land is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from busy_plan import busy
from hypothesis import given
from hypothesis import strategies as st
from tiny_plan import tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.errors import FactError
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.pieces import Ledger
from fangtian.facts.squaring import squared
from fangtian.plan.folder import open_plan
from fangtian.units import Area

SHOWN_APART = 300
"""3 m² in 0.01 m²: how far a printed total of the busy plan may lie from the exact one."""


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    n = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))

    def codes(*names: str) -> np.ndarray:
        return np.array([names[i] for i in random.integers(0, len(names), n)], dtype=object)

    def flags() -> np.ndarray:
        return random.random(n) < 0.5

    area = random.integers(0, draw(st.sampled_from([90, 1_000, 50_000, 10**9])), n)
    before = (area * random.random(n) * flags()).astype(np.int64)
    later = (area * random.random(n)).astype(np.int64)
    number = np.zeros(n, np.int64)
    return Ledger(
        parcel=np.arange(n), geometry=np.full(n, None), area=area, ridge_before=before,
        ridge_after=np.where(flags(), before, later),
        class_before=codes("0103", "0403", "0702"), class_after=codes("0103", "0702"),
        grade_before=number, grade_after=number, level_before=number,
        slope_before=codes("", "1", "2"), slope_after=codes("", "1"),
        village=codes("甲", "乙", "丙"), plot=codes("", "P1", "P2"),
        in_pilot=flags(), in_consolidation=flags(), in_redline=flags(), in_redline_after=flags(),
        in_urban=flags(), in_urban_after=flags(),
        pbf=codes("", "B1"), pbf_out=codes("", "O1"), pbf_in=codes("", "I1"),
    )  # fmt: skip


@given(ledgers())
def test_pieces_become_whole_square_metres_and_controls_are_kept(ledger: Ledger) -> None:
    whole = squared(ledger)
    for name in ("area", "ridge_before", "ridge_after"):
        assert not (getattr(whole, name) % 100).any(), name
        assert (getattr(whole, name) >= 0).all(), name
    assert (whole.ridge_before <= whole.area).all()
    assert (whole.ridge_after <= whole.area).all()
    assert (whole.ridge_after == whole.ridge_before)[ledger.ridge_after == ledger.ridge_before].all()
    for pilot in (True, False):
        here = ledger.in_pilot == pilot
        assert whole.area[here].sum() == (ledger.area[here].sum() + 50) // 100 * 100
        for village in ("甲", "乙", "丙"):
            for inner in (True, False):
                part = here & (ledger.in_consolidation == inner) & (ledger.village == village)
                assert abs(int(whole.area[part].sum()) - int(ledger.area[part].sum())) < 200


@pytest.fixture(scope="module", params=["tiny", "busy"])
def dossier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    change = busy if request.param == "busy" else None
    return assess(open_plan(tiny_plan(tmp_path_factory.mktemp("squared"), change)), date(2026, 3, 1))


def test_the_same_area_is_printed_the_same_wherever_it_stands(dossier: Dossier) -> None:
    """Across scopes, tables and keys: what is exactly as large prints exactly as large."""
    printed: dict[int, set[int]] = {}
    for fact in dossier.book:
        if isinstance(fact.value, Area) and fact.printed is not None:
            printed.setdefault(abs(int(fact.value)), set()).add(abs(int(fact.printed)))
    assert len(printed) > 20
    assert {value: shown for value, shown in printed.items() if len(shown) > 1} == {}


def test_identities_hold_as_printed(dossier: Dossier) -> None:
    checked = 0
    for fact in dossier.book:
        derivation = fact.derivation
        if fact.printed is None or derivation is None or derivation.kind == "ratio":
            continue
        operands = [dossier.book[address].printed for address in derivation.operands]
        if None not in operands:
            first, *others = (int(value) for value in operands if value is not None)
            sign = 1 if derivation.kind == "sum" else -1
            assert int(fact.printed) == first + sign * sum(others), fact.address
            checked += 1
    assert checked > 20
    for group in dossier.book.groups:
        total, parts = dossier.book[group.total], [dossier.book[part] for part in group.parts]
        if total.printed is not None:
            assert sum(int(part.printed or 0) for part in parts) == int(total.printed), group.total


def test_what_is_printed_stays_near_the_exact_value(dossier: Dossier) -> None:
    for fact in dossier.book:
        if fact.printed is not None and isinstance(fact.value, Area):
            assert abs(int(fact.printed) - int(fact.value)) <= SHOWN_APART, fact.address


def test_land_that_the_plan_leaves_alone_prints_no_change(dossier: Dossier) -> None:
    unchanged = 0
    for fact in dossier.book:
        past = dossier.book.find(fact.key, fact.scope, BEFORE, fact.member)
        if (
            fact.phase == PLANNED
            and past is not None
            and past.printed is not None
            and fact.value == past.value
        ):
            assert fact.printed == past.printed, fact.address
            unchanged += 1
    assert unchanged


def test_printed_areas_are_part_of_the_seal(dossier: Dossier) -> None:
    fact = dossier.book["total_area@pilot_area.before"]
    assert fact.printed is not None
    assert replace(fact, printed=fact.printed + 100).digest != fact.digest


def test_an_area_that_was_not_summed_again_is_a_bug_and_no_zero(dossier: Dossier) -> None:
    with pytest.raises(FactError, match="取整台账"):
        dossier.book.printed_as(FactBook())
