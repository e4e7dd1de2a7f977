"""两版方案的比对：地块的去向、范围和三线的变化、目标的升降。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from tiny_plan import Draft, cell, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.errors import InputError
from fangtian.facts.revision.plots import PlotFate
from fangtian.plan.folder import open_plan
from fangtian.revise import Revision, revise
from fangtian.units import Area

ON = date(2026, 3, 1)
Change = Callable[[Draft], None]


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return assess(open_plan(tiny_plan(tmp_path_factory.mktemp("approved"))), ON)


def revised(approved: Dossier, folder: Path, change: Change) -> Revision:
    return revise(approved, assess(open_plan(tiny_plan(folder, change)), ON), ON)


def shape(row: int, ground: shapely.Geometry) -> Change:
    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[row] = ground

    return change


def field(row: int, name: str, value: object) -> Change:
    def change(draft: Draft) -> None:
        draft.layers["plots"].columns[name][row] = value

    return change


def added(draft: Draft, row: int, name: str, ground: shapely.Geometry) -> None:
    plots = draft.layers["plots"]
    plots.shapes.append(ground)
    for column, values in plots.columns.items():
        values.append(name if column == "DKBH" else values[row])


def split(draft: Draft) -> None:
    draft.layers["plots"].shapes[2] = cell(10, 10, 60, 90)
    added(draft, 2, "P03b", cell(60, 10, 110, 90))


def replaced(draft: Draft) -> None:
    draft.layers["plots"].drop(0)
    added(draft, 0, "P09", cell(20, 120, 100, 180))


def fates(revision: Revision) -> dict[PlotFate, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    found: dict[PlotFate, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for change in revision.plots:
        if change.fate is not PlotFate.SAME:
            found.setdefault(change.fate, []).append((change.old, change.new))
    return found


def number(revision: Revision, key: str, member: str = "") -> int:
    fact = revision.book.find(key, "project", "planned", member)
    assert fact is not None and not isinstance(fact.value, str)
    return int(fact.value)


@pytest.mark.requirement("M-053")
class TestPlots:
    def test_a_plan_against_itself_changes_nothing(self, approved: Dossier) -> None:
        revision = revise(approved, approved, ON)
        assert fates(revision) == {} and revision.broken == ()
        assert number(revision, "change_plot_count", "未变") == 3
        for key in ("change_scope_area", "change_three_lines_area", "change_years", "change_targets_lowered"):
            assert number(revision, key) == 0

    def test_a_plot_that_was_redrawn_with_other_corners_is_the_same(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        redrawn = shapely.segmentize(cell(0.2, 210.2, 150.2, 279.8), 9)
        assert fates(revised(approved, tmp_path, shape(0, redrawn))) == {}

    @pytest.mark.parametrize(
        ("change", "fate", "old", "new"),
        [
            (shape(0, cell(0, 210, 140, 280)), PlotFate.RESIZED, ("P01",), ("P01",)),
            (shape(2, cell(10, 110, 110, 190)), PlotFate.MOVED, ("P03",), ("P03",)),
            (field(2, "SSND", 2028), PlotFate.ALTERED, ("P03",), ("P03",)),
            (split, PlotFate.SPLIT, ("P03",), ("P03", "P03b")),
        ],
        ids=["resized", "moved", "altered", "split"],
    )
    def test_what_became_of_a_plot_is_told(
        self,
        approved: Dossier,
        tmp_path: Path,
        change: Change,
        fate: PlotFate,
        old: tuple[str, ...],
        new: tuple[str, ...],
    ) -> None:
        assert fates(revised(approved, tmp_path, change)) == {fate: [(old, new)]}

    def test_a_plot_given_up_and_another_elsewhere_are_two_changes(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        found = fates(revised(approved, tmp_path, replaced))
        assert found == {PlotFate.DROPPED: [(("P01",), ())], PlotFate.ADDED: [((), ("P09",))]}

    def test_an_altered_field_is_told_in_the_words_of_the_layer(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        (change,) = (c for c in revised(approved, tmp_path, field(2, "SSND", 2028)).plots if c.fields)
        (altered,) = change.fields
        assert (altered.term, altered.old, altered.new) == ("实施年度", "2026", "2028")

    def test_areas_of_a_changed_plot_are_those_of_both_plans(self, approved: Dossier, tmp_path: Path) -> None:
        revision = revised(approved, tmp_path, shape(0, cell(0, 210, 140, 280)))
        areas = [
            revision.book[f"change_group_area[1]@project.{phase}"].value
            for phase in ("approved", "revised", "revision")
        ]
        assert areas[0] == approved.book["plot_area@plot:P01.planned"].value
        assert areas[1] == revision.new.book["plot_area@plot:P01.planned"].value
        assert int(areas[2]) == int(areas[1]) - int(areas[0]) < 0


class TestTargets:
    def test_less_new_farmland_is_a_target_lowered(self, approved: Dossier, tmp_path: Path) -> None:
        revision = revised(approved, tmp_path, shape(0, cell(0, 210, 100, 280)))
        assert number(revision, "change_targets_lowered") >= 1
        gain = revision.book["net_new_cultivated_area@consolidation_area.revision"].value
        assert isinstance(gain, Area) and gain < 0

    def test_more_construction_land_is_one_too(self, approved: Dossier, tmp_path: Path) -> None:
        revision = revised(approved, tmp_path, shape(1, cell(260, 110, 300, 160)))
        assert int(revision.book["construction_area@consolidation_area.revision"].value) > 0
        assert number(revision, "change_targets_lowered") >= 1


class TestGround:
    def test_a_wider_scope_is_measured_and_a_redrawn_one_is_not(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        def scope(north: float) -> Change:
            def change(draft: Draft) -> None:
                draft.layers["consolidation_area"].shapes[0] = cell(0, 0, 400, north)

            return change

        assert number(revised(approved, tmp_path / "near", scope(290.4)), "change_scope_area") == 0
        wider = revised(approved, tmp_path / "wide", scope(295))
        assert number(wider, "change_scope_area") == pytest.approx(400 * 5 * 100, rel=2e-3)
        assert number(wider, "change_added_area", "consolidation_area") == number(wider, "change_scope_area")
        assert number(wider, "change_dropped_area", "consolidation_area") == 0

    def test_a_longer_period_counts_its_years(self, approved: Dossier, tmp_path: Path) -> None:
        def change(draft: Draft) -> None:
            draft.toml = draft.toml.replace("[2026, 2028]", "[2026, 2030]")

        revision = revised(approved, tmp_path, change)
        assert number(revision, "change_years") == 2
        assert revision.book["period_end@project.revision"].value == 2

    def test_a_dropped_subproject_of_its_kind_shifts_the_direction(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        def change(draft: Draft) -> None:
            draft.layers["plots"].drop(1)
            del draft.tables["subprojects"][2]
            del draft.tables["funds"][3]

        revision = revised(approved, tmp_path, change)
        assert number(revision, "change_subprojects_dropped") == 1
        assert number(revision, "change_direction_shifted") == 1

    def test_plans_of_two_counties_are_not_compared(self, approved: Dossier, tmp_path: Path) -> None:
        def change(draft: Draft) -> None:
            draft.toml = draft.toml.replace('county = "620523"', 'county = "620524"')

        with pytest.raises(InputError) as error:
            revised(approved, tmp_path, change)
        assert [item.code for item in error.value.findings] == ["DIF-not-comparable"]


class TestRoutes:
    """Which way of 第二十条 a change has to go."""

    def routes(self, revision: Revision) -> list[str]:
        return [item.norm.article for item in revision.routes]

    @pytest.mark.requirement("M-054")
    def test_plots_alone_are_changed_by_who_is_in_charge_of_the_subproject(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        assert self.routes(revised(approved, tmp_path, field(2, "SSND", 2028))) == ["第二十条第1项"]

    @pytest.mark.requirement("M-055")
    def test_another_red_line_goes_by_its_own_procedure(self, approved: Dossier, tmp_path: Path) -> None:
        def change(draft: Draft) -> None:
            draft.layers["eco_redline_after"] = replace(
                draft.layers["eco_redline"], shapes=[cell(200, 190, 400, 300)], name="STBHHX_TZH"
            )
            draft.toml += '[layers.eco_redline_after]\npath = "data/base.gpkg"\nlayer = "STBHHX_TZH"\n'

        assert self.routes(revised(approved, tmp_path, change)) == ["第二十条第2项"]

    @pytest.mark.requirement("M-056")
    @pytest.mark.parametrize("words", ["[2026, 2029]", "[2026, 2031]"])
    def test_a_longer_period_goes_up_level_by_level(
        self, approved: Dossier, tmp_path: Path, words: str
    ) -> None:
        def change(draft: Draft) -> None:
            draft.toml = draft.toml.replace("[2026, 2028]", words)

        assert self.routes(revised(approved, tmp_path, change)) == ["第二十条第3项"]
