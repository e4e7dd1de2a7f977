"""计划与竣工的对照、年度核算：地块建成情况、范围外建设、完成率、不重复计入。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tiny_plan import Draft, cell, tiny_plan

from fangtian.accept import BUILT_ROLES, Acceptance, Account, AsBuilt, acceptance_of, account_of, as_built
from fangtian.assess import Dossier, assess
from fangtian.deliver.acceptance.account import write_account
from fangtian.errors import InputError
from fangtian.facts.actual.built import BuiltState
from fangtian.facts.book import FactBook
from fangtian.law.verdict import Verdict
from fangtian.plan.folder import open_plan
from fangtian.units import Area

ON = date(2026, 3, 1)
Change = Callable[[Draft], None]
MOVED_IN = '[layers.basic_farmland_in]\npath = "data/base.gpkg"\nlayer = "YJJBNTTR"\n'


def with_moved_in(draft: Draft) -> None:
    """Basic farmland made up on the new field, and some on land where nothing is built."""
    plots = draft.layers["plots"]
    shapes = [cell(0, 210, 150, 280), cell(0, 110, 50, 150)]
    layer = type(plots)(shapes, {"DKBH": ["T01", "T02"], "TRLX": ["新增", "新划定"]})
    draft.layers["basic_farmland_in"] = layer
    draft.toml += MOVED_IN


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return assess(open_plan(tiny_plan(tmp_path_factory.mktemp("approved"), with_moved_in)), ON)


def works_of(folder: Path, *changes: Change) -> Path:
    """An as-built file: the layers of a plan after the changes."""

    def change(draft: Draft) -> None:
        with_moved_in(draft)
        for each in changes:
            each(draft)
        draft.layers = {role: layer for role, layer in draft.layers.items() if role in BUILT_ROLES}
        draft.tables = {}

    return tiny_plan(folder, change) / "data" / "base.gpkg"


Works = Callable[..., tuple[AsBuilt, Dossier]]


@pytest.fixture(scope="module")
def built(approved: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Works:
    """Works of a name, made by changes and assessed once."""
    made: dict[str, tuple[AsBuilt, Dossier]] = {}

    def works(name: str) -> tuple[AsBuilt, Dossier]:
        if name not in made:
            found = as_built(approved.plan, works_of(tmp_path_factory.mktemp("works"), *WORKS[name]))
            made[name] = found, assess(found.plan, ON)
        return made[name]

    return works


def accepted(approved: Dossier, works: tuple[AsBuilt, Dossier]) -> Acceptance:
    return acceptance_of(approved, works[1], works[0])


def accounted(
    approved: Dossier, works: tuple[AsBuilt, Dossier], year: int, before: tuple[Path, ...] = ()
) -> Account:
    return account_of(approved, works[1], works[0], year, before)


def shape(row: int, *corners: float) -> Change:
    def change(draft: Draft) -> None:
        draft.layers["plots"].shapes[row] = cell(*corners)

    return change


def field(row: int, name: str, value: object) -> Change:
    def change(draft: Draft) -> None:
        draft.layers["plots"].columns[name][row] = value

    return change


def drop(row: int) -> Change:
    return lambda draft: draft.layers["plots"].drop(row)


def add(row: int, name: str, *corners: float) -> Change:
    def change(draft: Draft) -> None:
        plots = draft.layers["plots"]
        plots.shapes.append(cell(*corners))
        for column, values in plots.columns.items():
            values.append(name if column == "DKBH" else values[row])

    return change


WORKS: dict[str, tuple[Change, ...]] = {
    "as planned": (),
    "otherwise": (
        shape(0, 0, 210, 100, 280),
        field(2, "GHDLBM", "0102"),
        add(2, "P09", 20, 120, 100, 180),
        drop(1),
    ),
    "moved": (shape(2, 10, 110, 110, 190), shape(0, 0, 210, 140, 280), field(0, "GHDLBM", "0102")),
    "outside": (shape(0, 0, 210, 150, 298), shape(1, 250.2, 110.2, 300.2, 159.8)),
    "drawn anew": (
        shape(0, 0.2, 210.2, 150.2, 279.8),
        shape(2, 10, 10, 60, 90),
        add(2, "P03b", 60, 10, 110, 90),
        field(2, "SSND", 2027),
    ),
    "split with another class": (
        shape(2, 10, 10, 60, 90),
        add(2, "P03b", 60, 10, 110, 90),
        field(3, "GHDLBM", "0102"),
        shape(0, 100, 210, 250, 290.4),
    ),
    "counted before": (
        *(shape(0, 150, 210, 199, 280), field(0, "SSND", 2027)),
        *(field(2, "DKBH", "P77"), field(2, "SSND", 2027)),
    ),
    "beside what was counted": (
        *(field(0, "DKBH", "P77"), field(0, "SSND", 2027), shape(0, 149.95, 210, 199, 280)),
        *(field(2, "DKBH", "P78"), field(2, "SSND", 2027), shape(2, 109.994, 10, 190, 90)),
    ),
}


def area(book: FactBook, address: str) -> int:
    value = book[address].value
    assert isinstance(value, Area)
    return int(value)


def states(found: Acceptance) -> dict[BuiltState, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    told: dict[BuiltState, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for item in found.plots:
        if item.state is not BuiltState.AS_PLANNED:
            told.setdefault(item.state, []).append((item.change.old, item.change.new))
    return told


class TestPlots:
    @pytest.mark.requirement("M-061", "P-043")
    def test_works_as_approved_differ_in_nothing(self, approved: Dossier, built: Works) -> None:
        found = accepted(approved, built("as planned"))
        assert states(found) == {} and found.outside == ()
        assert found.book["built_plot_count[按方案建成]@project.actual"].value == 3
        assert area(found.book, "built_outside_area@project.actual") == 0
        assert {item.reached for item in found.targets} <= {True, None}

    @pytest.mark.requirement("M-073")
    def test_what_became_of_every_plot_is_told(self, approved: Dossier, built: Works) -> None:
        found = accepted(approved, built("otherwise"))
        assert states(found) == {
            BuiltState.EXTENT: [(("P01",), ("P01",))],
            BuiltState.UNBUILT: [(("P02",), ())],
            BuiltState.CLASS: [(("P03",), ("P03",))],
            BuiltState.UNPLANNED: [((), ("P09",))],
        }
        for state in BuiltState:
            count = found.book[f"built_plot_count[{state}]@project.actual"].value
            assert count == sum(item.state is state for item in found.plots)
        told = [item.code for item in found.findings if item.code.startswith("ACC-plot")]
        assert sorted(told) == ["ACC-plot-extent", "ACC-plot-unbuilt", "ACC-plot-unplanned", "ACC-plot-use"]

    def test_a_plot_elsewhere_and_one_of_another_extent_and_class(
        self, approved: Dossier, built: Works
    ) -> None:
        assert states(accepted(approved, built("moved"))) == {
            BuiltState.BOTH: [(("P01",), ("P01",))],
            BuiltState.EXTENT: [(("P03",), ("P03",))],
        }

    def test_a_plot_is_as_planned_where_ground_and_use_are(self, approved: Dossier, built: Works) -> None:
        """Redrawn within half a metre, surveyed in two parts, built in another year."""
        found = accepted(approved, built("drawn anew"))
        assert states(found) == {}
        assert {item.change.new for item in found.plots} == {("P01",), ("P02",), ("P03", "P03b")}

    def test_one_part_of_a_plot_with_another_class_is_seen(self, approved: Dossier, built: Works) -> None:
        found = states(accepted(approved, built("split with another class")))
        assert found[BuiltState.CLASS] == [(("P03",), ("P03", "P03b"))]

    def test_ground_not_built_on_is_measured(self, approved: Dossier, built: Works) -> None:
        book = accepted(approved, built("otherwise")).book
        short = area(book, "unbuilt_area[1]@project.actual")
        assert short == pytest.approx(50 * 70 * 100, rel=2e-3)
        assert area(book, "built_beyond_area[1]@project.actual") == 0
        sides = [area(book, f"built_group_area[1]@project.{phase}") for phase in ("planned", "actual")]
        assert area(book, "built_group_area[1]@project.deviation") == sides[1] - sides[0] < 0


@pytest.mark.requirement("M-073")
class TestOutside:
    def test_works_beyond_the_consolidation_area_are_an_error(self, approved: Dossier, built: Works) -> None:
        found = accepted(approved, built("outside"))
        (outside,) = found.outside
        assert outside.plot == "P01"
        measured = area(found.book, "built_outside_area@project.actual")
        assert measured == pytest.approx(150 * 8 * 100, rel=2e-3)
        (told,) = (item for item in found.findings if item.code == "ACC-built-outside")
        assert told.severity.value == "error" and "P01" in told.message

    def test_the_width_of_a_line_is_no_ground(self, approved: Dossier, built: Works) -> None:
        assert accepted(approved, built("split with another class")).outside == ()


class TestTargets:
    @pytest.mark.requirement("M-061", "M-063", "P-043")
    def test_the_rate_is_the_exact_quotient(self, approved: Dossier, built: Works) -> None:
        found = accepted(approved, built("otherwise"))
        stem = "new_cultivated_area@consolidation_area"
        planned, actual = (area(found.book, f"{stem}.{phase}") for phase in ("planned", "actual"))
        rate = found.book["completion_rate[new_cultivated_area]@consolidation_area.actual"].value
        assert rate == Fraction(actual, planned) < 1
        assert area(found.book, f"{stem}.deviation") == actual - planned
        assert area(found.book, f"{stem}.planned") == area(approved.book, f"{stem}.planned")
        (outcome,) = (item for item in found.targets if item.target.key == "new_cultivated_area")
        assert outcome.reached is False

    def test_of_nothing_planned_there_is_no_rate(self, approved: Dossier, built: Works) -> None:
        found = accepted(approved, built("as planned"))
        assert area(found.book, "reused_construction_area@pilot_area.planned") == 0
        assert found.book.find("completion_rate", "pilot_area", "actual", "reused_construction_area") is None
        (outcome,) = (item for item in found.targets if item.target.key == "reused_construction_area")
        assert outcome.reached is None

    @pytest.mark.requirement("M-063")
    def test_article_26_is_judged_on_what_was_built(self, approved: Dossier, built: Works) -> None:
        found = accepted(approved, built("otherwise"))
        verdicts = {item.norm.id: item.verdict for item in found.judgements}
        assert verdicts["gansu-measures-2025/26-cultivated-area"] is Verdict.MET
        assert verdicts["gansu-measures-2025/26-new-cultivated"] is Verdict.HUMAN_DECISION


class TestFile:
    def test_a_file_without_plots_is_refused(self, approved: Dossier, tmp_path: Path) -> None:
        def change(draft: Draft) -> None:
            draft.layers["plots"].name = "SOMETHING"
            draft.layers["plots"].columns["KIND"] = draft.layers["plots"].columns.pop("DKLX")

        with pytest.raises(InputError) as error:
            as_built(approved.plan, works_of(tmp_path, change))
        assert error.value.findings[0].code == "ACC-plots-missing"

    def test_two_layers_of_plots_are_refused(self, approved: Dossier, tmp_path: Path) -> None:
        def change(draft: Draft) -> None:
            plots = draft.layers["plots"]
            draft.layers["basic_farmland_in"] = type(plots)(plots.shapes, plots.columns, name="竣工地块")

        with pytest.raises(InputError) as error:
            as_built(approved.plan, works_of(tmp_path, change))
        assert [item.code for item in error.value.findings] == ["ACC-layer-twice"]

    def test_a_layer_that_the_file_lacks_stays_as_planned_and_is_told(
        self, approved: Dossier, tmp_path: Path
    ) -> None:
        works = as_built(approved.plan, tiny_plan(tmp_path) / "data" / "base.gpkg")  # a whole survey
        assert works.roles == ("plots",)
        assert [item.values["title"] for item in works.findings] == ["永久基本农田调入地块"]
        assert works.plan.layers["basic_farmland_in"] == approved.plan.layers["basic_farmland_in"]


@pytest.mark.requirement("M-074")
class TestAccount:
    def test_years_add_up_to_what_was_built(self, approved: Dossier, built: Works) -> None:
        works, years = built("drawn anew"), (2026, 2027, 2028)
        found = [accounted(approved, works, year) for year in years]
        areas = [
            area(item.book, f"account_new_area@project.year:{year}")
            for item, year in zip(found, years, strict=True)
        ]
        assert sum(areas) == area(works[1].book, "new_cultivated_area@pilot_area.planned")
        assert areas[0] > 0 and areas[1] > 0 and areas[2] == 0
        assert "ACC-year-empty" in [item.code for item in found[2].findings]

    def test_merged_ridges_stand_apart(self, approved: Dossier, built: Works) -> None:
        book = accounted(approved, built("as planned"), 2026).book
        ridges = area(book, "account_ridge_area@plot:P03.year:2026")
        assert ridges == area(book, "account_new_area@plot:P03.year:2026") > 0
        assert area(book, "account_ridge_area@plot:P01.year:2026") == 0
        assert area(book, "account_ridge_area@project.year:2026") == ridges

    def test_villages_add_up_as_printed(self, approved: Dossier, built: Works) -> None:
        """P01 lies in both villages there."""
        book = accounted(approved, built("split with another class"), 2026).book
        for key in ("account_new_area", "account_ridge_area", "account_pbf_area"):
            own = [fact for fact in book if fact.key == key and fact.scope.startswith("village:")]
            total = book[f"{key}@project.year:2026"]
            assert sum(int(fact.printed or 0) for fact in own) == int(total.printed or 0)
        assert all(area(book, f"account_new_area@village:62052310220{n}0000000.year:2026") for n in (1, 2))

    def test_made_up_farmland_has_the_year_of_its_plot(self, approved: Dossier, built: Works) -> None:
        found = accounted(approved, built("as planned"), 2026)
        assert [item.plot for item in found.counted if item.kind.role == "basic_farmland_in"] == ["T01"]
        assert area(found.book, "account_pbf_area@pbf_in:T01.year:2026") > 0
        (told,) = (item for item in found.findings if item.code == "ACC-pbf-undated")
        assert "T02" in told.message


@pytest.fixture(scope="module")
def first(approved: Dossier, built: Works, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the account of 2026: P01, P03 and T01."""
    found = accounted(approved, built("as planned"), 2026)
    paths = write_account(tmp_path_factory.mktemp("first"), found)
    return next(path for path in paths if path.suffix == ".gpkg")


@pytest.mark.requirement("M-074")
class TestNothingTwice:
    def test_earlier_years_are_added(self, approved: Dossier, built: Works, first: Path) -> None:
        found = accounted(approved, built("as planned"), 2027, (first,))
        book = found.book
        assert found.again == () and len(found.held) == 3
        for key in ("account_new_area", "account_ridge_area", "account_pbf_area"):
            parts = [area(book, f"{key}@project.{phase}") for phase in ("earlier", "year:2027")]
            assert area(book, f"{key}@project.actual") == sum(parts)
        assert area(book, "account_new_area@project.earlier") > 0
        rate = book["completion_rate[new_cultivated_area]@pilot_area.actual"].value
        planned = area(book, "new_cultivated_area@pilot_area.planned")
        assert rate == Fraction(area(book, "account_new_area@project.actual"), planned)

    def test_a_plot_is_not_counted_again_by_number_or_ground(
        self, approved: Dossier, built: Works, first: Path
    ) -> None:
        found = accounted(approved, built("counted before"), 2027, (first,))
        again = {item.plot: item for item in found.again if item.kind.role == "plots"}
        assert {name: item.earlier.plot for name, item in again.items()} == {"P01": "P01", "P77": "P03"}
        assert again["P01"].overlap == 0 and again["P77"].overlap > 0
        assert area(found.book, "account_new_area@project.year:2027") == 0
        told = [item for item in found.findings if item.code == "ACC-counted-twice"]
        assert {item.severity.value for item in told} == {"error"}
        assert any("P77" in item.message and "P03" in item.message for item in told)

    def test_three_square_metres_are_ground_and_half_a_one_is_a_line(
        self, approved: Dossier, built: Works, first: Path
    ) -> None:
        found = accounted(approved, built("beside what was counted"), 2027, (first,))
        assert [item.plot for item in found.again if item.kind.role == "plots"] == ["P77"]
        assert area(found.book, "account_new_area@plot:P78.year:2027") > 0

    def test_two_earlier_accounts_of_the_same_plot_count_once(
        self, approved: Dossier, built: Works, first: Path
    ) -> None:
        found = accounted(approved, built("as planned"), 2027, (first, first))
        assert len(found.held) == 3 and len(found.again) == 3

    def test_a_year_is_not_accounted_twice(self, approved: Dossier, built: Works, first: Path) -> None:
        with pytest.raises(InputError) as error:
            accounted(approved, built("as planned"), 2026, (first,))
        assert [item.code for item in error.value.findings] == ["ACC-account-same-year"]

    def test_a_file_that_no_account_wrote_is_refused(
        self, approved: Dossier, built: Works, tmp_path: Path
    ) -> None:
        with pytest.raises(InputError) as error:
            accounted(approved, built("as planned"), 2027, (works_of(tmp_path),))
        assert [item.code for item in error.value.findings] == ["ACC-account-unreadable"]
