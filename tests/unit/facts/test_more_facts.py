"""Facts of the text, charts and special chapters: what is listed adds up as it is printed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from busy_plan import busy
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_plan import tiny_plan

from fangtian.catalog.code import code_entries
from fangtian.deliver.present import Presentation, decide
from fangtian.facts.assemble import book_of
from fangtian.facts.book import FactBook
from fangtian.facts.indicators.funds import funds, item_name
from fangtian.facts.indicators.rights import rights
from fangtian.facts.ledger import ledger_of
from fangtian.facts.pieces import Ledger
from fangtian.facts.scene import Scene
from fangtian.plan.folder import open_plan
from fangtian.plan.model import CashItem, FundItem, RightsChange, Survey, TableSource
from fangtian.plan.survey import read_survey
from fangtian.units import Area, Money

UP, DOWN = "village:6205231022010000000", "village:6205231022020000000"
YEARS = (2026, 2027, 2028)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return read_survey(open_plan(tiny_plan(tmp_path_factory.mktemp("busy"), busy)))


@pytest.fixture(scope="module")
def ledger(survey: Survey) -> Ledger:
    return ledger_of(survey)


@pytest.fixture(scope="module")
def book(survey: Survey) -> FactBook:
    return book_of(survey).book


@pytest.fixture(scope="module")
def shown(book: FactBook) -> Presentation:
    return decide(book)


def printed(shown: Presentation, *addresses: str) -> Decimal:
    return sum((value for a in addresses if (value := shown.value(a)) is not None), Decimal(0))


def listed(book: FactBook, key: str, kind: str, phase: str = "planned") -> list[str]:
    return [f.address for f in book if f.key == key and f.scope.startswith(f"{kind}:") and f.phase == phase]


cents = st.integers(0, 10**9)
sources = st.sampled_from(sorted(code_entries("fund_source")))
fund_rows = st.lists(
    st.tuples(st.sampled_from(("Z01", "Z02")), st.sampled_from(YEARS), sources, cents), max_size=14
)


@settings(deadline=None)
@given(rows=fund_rows)
def test_the_annual_plan_closes_on_both_margins(
    survey: Survey, ledger: Ledger, rows: list[tuple[str, int, str, int]]
) -> None:
    items = tuple(
        FundItem(project, year, source, code_entries("fund_source")[source].category, Money(amount))
        for project, year, source, amount in rows
    )
    scene = Scene(replace(survey, funds=items), ledger, FactBook())
    funds(scene)
    shown = decide(scene.book)
    total = shown.value("investment@project.planned")
    names = {source for _, _, source, _ in rows}
    assert total == printed(shown, *(f"investment_source[{s}]@project.planned" for s in names))
    for key in ("investment", "investment_fiscal", "investment_social"):
        years = [f"{key}@project.year:{year}" for year in YEARS]
        assert shown.value(f"{key}@project.planned") == printed(shown, *years)
    for year in YEARS:
        cells = [f"investment_source[{s}]@project.year:{year}" for s in names]
        assert shown.value(f"investment@project.year:{year}") == printed(shown, *cells)
        parts = [f"investment_{part}@project.year:{year}" for part in ("fiscal", "social")]
        assert shown.value(f"investment@project.year:{year}") == printed(shown, *parts)
    for name in names:
        cells = [f"investment_source[{name}]@project.year:{year}" for year in YEARS]
        assert shown.value(f"investment_source[{name}]@project.planned") == printed(shown, *cells)


cash_rows = st.lists(
    st.tuples(
        st.integers(2026, 2031), st.sampled_from(("甲[乙]", "丙: 丁", "a.b|c@d")), st.booleans(), cents
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(rows=cash_rows)
def test_cash_items_close_on_both_margins(
    survey: Survey, ledger: Ledger, rows: list[tuple[int, str, bool, int]]
) -> None:
    items = tuple(CashItem(year, title, inflow, Money(amount)) for year, title, inflow, amount in rows)
    scene = Scene(replace(survey, cash=items), ledger, FactBook())
    funds(scene)
    shown = decide(scene.book)
    years = range(min(row[0] for row in rows), max(row[0] for row in rows) + 1)
    for key, inflow in (("cash_income", True), ("cash_expense", False)):
        titles = {item_name(row[1]) for row in rows if row[2] is inflow}
        whole = shown.value(f"{key}@project.planned")
        assert whole == printed(shown, *(f"{key}_item[{t}]@project.planned" for t in titles))
        assert whole == printed(shown, *(f"{key}@project.year:{year}" for year in years))
        for year in years if titles else ():
            cells = [f"{key}_item[{title}]@project.year:{year}" for title in titles]
            assert shown.value(f"{key}@project.year:{year}") == printed(shown, *cells)
    income, expense = (shown.value(f"cash_{name}@project.planned") for name in ("income", "expense"))
    assert income is not None and expense is not None
    assert shown.value("cash_net@project.planned") == income - expense


@pytest.mark.parametrize(
    ("kind", "total"),
    [
        ("拆旧复垦", "demolition_area"),
        ("建新", "new_construction_area"),
        ("提质改造", "quality_improved_area"),
    ],
)
def test_plots_of_a_kind_add_up_to_its_total(
    book: FactBook, shown: Presentation, kind: str, total: str
) -> None:
    own = [f.scope for f in book if f.key == "plot_kind" and f.value == kind]
    assert own
    areas = printed(shown, *(f"plot_area@{scope}.planned" for scope in own))
    assert areas == shown.value(f"{total}@pilot_area.planned")
    assert areas == shown.value(f"plot_kind_area[{kind}]@pilot_area.planned")
    assert areas == printed(shown, *(f"plot_kind_area[{kind}]@pilot_area.year:{y}" for y in YEARS))
    assert book[f"plot_count[{kind}]@project.planned"].value == len(own)


def test_table_seven_and_the_years_close_on_the_list_of_plots(book: FactBook, shown: Presentation) -> None:
    whole = printed(shown, *listed(book, "plot_area", "plot"))
    assert whole == shown.value("subproject_scale@project.planned")
    assert whole == printed(shown, *listed(book, "subproject_scale", "subproject"))
    assert whole == printed(shown, *(f"plot_area@pilot_area.year:{year}" for year in YEARS))
    kinds = ("农用地整理", "建设用地整理")
    assert whole == printed(shown, *(f"subproject_scale[{kind}]@project.planned" for kind in kinds))
    assert [book[f"subproject_count[{kind}]@project.before"].value for kind in kinds] == [1, 1]


@pytest.mark.parametrize(
    "key",
    [
        *("new_cultivated_area", "pbf_area", "pbf_out_area", "pbf_in_area", "pbf_increase_area"),
        *("quality_improved_area", "net_new_cultivated_area", "construction_surplus_area"),
    ],
)
def test_villages_add_up_to_the_pilot_area(shown: Presentation, key: str) -> None:
    assert printed(shown, f"{key}@{UP}.planned", f"{key}@{DOWN}.planned") == shown.value(
        f"{key}@pilot_area.planned"
    )


def test_villages_say_who_lives_there(book: FactBook) -> None:
    assert book[f"village_types@{UP}.before"].value == "集聚提升"
    assert (book[f"households@{DOWN}.before"].value, book[f"population@{DOWN}.before"].value) == (80, 260)
    assert book["village_count@pilot_area.before"].value == 2


def test_a_plot_says_what_it_was_and_what_it_becomes(book: FactBook) -> None:
    assert book["plot_class_before@plot:P04.before"].value == "农村宅基地"
    assert book["plot_class@plot:P04.planned"].value == "水浇地"
    assert book["plot_use@plot:P05.planned"].value == "农民建房用地"
    assert book["plot_proof@plot:P04.planned"].value == "协议"
    assert book["demolished_houses@plot:P04.planned"].value == 3
    assert "moved_people@plot:P04.planned" not in book  # blank is not 0
    assert "demolished_houses@plot:P05.planned" not in book


def test_figures_of_table_six_are_shared_out_among_plots(book: FactBook, shown: Presentation) -> None:
    for key in ("reclaimed_cultivated_area", "new_construction_occupied_cultivated_area"):
        assert shown.value(f"{key}@pilot_area.planned") == printed(shown, *listed(book, key, "plot")) > 0


def test_demolition_less_building_is_carried_forward(shown: Presentation) -> None:
    years = [shown.value(f"construction_surplus_area@pilot_area.year:{year}") for year in YEARS]
    running = [shown.value(f"construction_surplus_area[累计]@pilot_area.year:{year}") for year in YEARS]
    assert running == [sum(years[: n + 1]) for n in range(3)]  # type: ignore[arg-type]
    assert running[-1] == shown.value("construction_surplus_area@pilot_area.planned")


def test_plots_moved_out_and_in_carry_quality_slope_reason_and_use(book: FactBook) -> None:
    assert book["pbf_plot_grade@pbf_out:T1.before"].value == 12
    assert book["pbf_plot_slope@pbf_out:T1.before"].value == "3级（6°～15°）"
    assert book["pbf_plot_reason@pbf_out:T1.planned"].value == "布局零星"
    assert book["pbf_plot_use@pbf_out:T1.planned"].value == "保留为一般耕地"
    assert "pbf_plot_reason@pbf_out:T2.planned" not in book
    assert book["pbf_plot_class@pbf_in:R2.before"].value == "其他草地"
    assert book["pbf_plot_class@pbf_in:R2.planned"].value == "旱地"
    assert book["pbf_plot_grade@pbf_in:R2.planned"].value == 12
    assert "pbf_plot_slope@pbf_in:R2.planned" not in book  # nobody knows the slope of that grassland
    assert [book[f"pbf_{way}_plot_count@pilot_area.planned"].value for way in ("out", "in")] == [2, 2]


def test_reasons_add_up_to_what_is_moved_out(shown: Presentation) -> None:
    reasons = [f"pbf_out_reason_area[{reason}]@pilot_area.planned" for reason in ("零星", "未填写")]
    assert printed(shown, *reasons) == shown.value("pbf_out_area@pilot_area.planned")


def test_basic_farmland_after_counts_what_stays_and_what_comes(book: FactBook) -> None:
    before = int(book["pbf_area@pilot_area.before"].value)
    mean = book["pbf_grade_mean@pilot_area.planned"].value
    assert before and 11 <= mean < book["pbf_grade_mean@pilot_area.before"].value  # type: ignore[operator]


def test_shares_are_those_of_the_printed_areas(shown: Presentation) -> None:
    for name in ("agricultural", "construction", "unused", "cultivated"):
        part, whole, share = (
            shown.value(f"{key}@pilot_area.before") for key in (f"{name}_area", "total_area", f"{name}_share")
        )
        assert part is not None and whole is not None and share is not None
        assert abs(part / whole * 100 - share) <= Decimal("0.005")
    assert printed(shown, *(f"cultivated_slope_share[{n}]@pilot_area.before" for n in range(1, 6))) == 100


def test_existing_projects_are_counted_by_their_state(book: FactBook) -> None:
    assert book["existing_count@project.before"].value == 1
    assert book["existing_count[完工]@project.before"].value == 1
    assert book["existing_count[拟建]@project.before"].value == 0


def change(kind: str, plots: str, hectares: str) -> RightsChange:
    return RightsChange(kind, plots, "上庄村", Area.of_ha(Decimal(hectares)), "甲", "乙")


def test_rights_add_up_by_type_and_print_the_area_of_the_plot_they_are(
    survey: Survey, ledger: Ledger, book: FactBook
) -> None:
    exact = book["plot_area@plot:P04.planned"]
    hectares = f"{Area(int(exact.value)).ha:.4f}"
    changes = (change("宅基地使用权", "P04", hectares), change("宅基地使用权", "", "0.33335"))
    changes += (change("集体土地所有权", "P04", "0.1"),)
    path = TableSource("rights", Path("rights.csv"))
    plan = replace(survey.plan, tables={**survey.plan.tables, "rights": path})
    scene = Scene(replace(survey, plan=plan, rights=changes), ledger, FactBook())
    scene.book.add(exact)
    rights(scene)
    shown = decide(scene.book)
    assert scene.book["rights_area@rights:1.planned"].value == exact.value
    assert scene.book["rights_area@rights:3.planned"].value == Area.of_ha(Decimal("0.1"))
    rows = [f"rights_area@rights:{number}.planned" for number in (1, 2, 3)]
    assert printed(shown, *rows) == shown.value("rights_area@project.planned")
    assert printed(shown, *rows[:2]) == shown.value("rights_area[宅基地使用权]@project.planned")
    assert scene.book["rights_count[宅基地使用权]@project.planned"].value == 2
    assert "rights_area[土地承包经营权]@project.planned" not in scene.book
    assert "rights_note@rights:1.planned" not in scene.book
