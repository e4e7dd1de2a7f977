"""Charts print displayed facts and nothing else, without one word over another, the same bytes each time."""

from __future__ import annotations

import io
import itertools
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from handmade_book import rich_book
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fangtian.catalog.code import codes
from fangtian.catalog.land_class import land_classes
from fangtian.deliver.charts import DrawnChart, draw_charts
from fangtian.deliver.charts.palette import kind_colour
from fangtian.deliver.charts.plate import DPI, TALLEST, WIDTH, Placed, wrapped
from fangtian.deliver.drawing.typeface import text_width
from fangtian.deliver.present import decide
from fangtian.facts.book import FactBook
from fangtian.units import Area, Money

COUNTS = [
    ("land_structure", 44), ("investment_sources", 12), ("investment_years", 3), ("schedule", 14),
    ("cash_flow", 30),
]  # fmt: skip
NAMES = ("land_structure", "investment_sources", "investment_years", "schedule", "cash_flow")
LONG = (
    "甘肃省张家川回族自治县龙山镇马河村、李家沟片区高标准农田建设与盐碱地综合治理（二期）"
    "配套田间道路、灌排沟渠及农田防护林网工程"
)


class Maker:
    """A book of random size with everything that charts draw."""

    def __init__(self, seed: int) -> None:
        self.chance, self.book = random.Random(seed), FactBook()

    def put(self, key: str, scope: str, phase: str, value, member: str = ""):
        return self.book.measure((key, scope, phase, member), value, "手工", "手工")

    def money(self, most: int) -> Money:
        return Money(self.chance.choice([0, 1, self.chance.randint(0, most), most]))

    def subprojects(self, count: int, years: int) -> None:
        kinds = list(codes("subproject_kind"))
        for number in range(1, count + 1):
            scope, start = f"subproject:ZXM-{number}", 2026 + self.chance.randrange(years)
            self.put("subproject_name", scope, "planned", LONG[: self.chance.randint(3, len(LONG))])
            self.put("subproject_kind", scope, "planned", self.chance.choice(kinds))
            self.put("subproject_start", scope, "planned", start)
            end = min(2025 + years, start + self.chance.randrange(4))
            self.put("subproject_acceptance", scope, "planned", end)
            self.put("investment", scope, "planned", self.money(10**9))

    def investment(self, sources: int, years: int, most: int) -> None:
        names = self.chance.sample(list(codes("fund_source")), sources)
        for name in names:
            self.put("investment_source", "project", "planned", self.money(most * years), name)
        for key in ("investment_fiscal", "investment_social"):
            self.put(key, "project", "planned", self.money(most * years * 10))
        for year in range(2026, 2026 + years):
            parts = [
                self.put("investment_source", "project", f"year:{year}", self.money(most), name)
                for name in names
            ]
            self.book.derive("sum", ("investment", "project", f"year:{year}"), parts)

    def cash(self, years: int, most: int) -> None:
        balance = 0
        for year in range(2026, 2026 + years):
            income, expense = int(self.money(most)), int(self.money(most))
            balance += income - expense
            for key, value in (("income", income), ("expense", expense), ("balance", balance)):
                self.put(f"cash_{key}", "project", f"year:{year}", Money(value))

    def land(self, scopes: Sequence[str], most: int) -> None:
        for scope in scopes:
            self.put("total_area", scope, "before", Area(most * 99))
            for code, entry in land_classes().items():
                for phase in ("before", "planned") if entry.level == 1 else ():
                    area = Area(self.chance.choice([0, 1, self.chance.randint(0, most), most]))
                    self.put("level1_area", scope, phase, area, code)


def charts_of(book: FactBook) -> dict[str, DrawnChart]:
    return {chart.name: chart for chart in draw_charts(book, decide(book))}


def overlapping(words: Sequence[Placed]) -> list[tuple[str, str]]:
    def over(a: Placed, b: Placed) -> bool:
        across = min(a.right, b.right) - max(a.left, b.left)
        return across > 0.05 and min(a.bottom, b.bottom) - max(a.top, b.top) > 0.05

    return [(a.text, b.text) for a, b in itertools.combinations(words, 2) if over(a, b)]


@pytest.fixture(scope="module")
def full() -> dict[str, DrawnChart]:
    maker = Maker(3)
    maker.subprojects(14, 3)
    maker.investment(10, 3, 10**9)
    maker.cash(10, 10**9)
    maker.land(("pilot_area", "consolidation_area"), 2 * 10**9)
    return charts_of(maker.book)


def test_every_chart_has_its_name_anchor_and_title(full: dict[str, DrawnChart]) -> None:
    assert tuple(full) == NAMES
    assert [chart.anchor for chart in full.values()] == [f"chart:{name}" for name in NAMES]
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{6,}图", chart.title) for chart in full.values())


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_as_wide_as_the_text_and_small(full: dict[str, DrawnChart], name: str) -> None:
    image = Image.open(io.BytesIO(full[name].png))
    assert abs(image.width / DPI * 25.4 - WIDTH) < 0.1 and image.height / DPI * 25.4 <= TALLEST + 0.1
    assert [round(value) for value in image.info["dpi"]] == [DPI, DPI]
    assert image.mode == "P" and len(full[name].png) < 250_000
    assert image.convert("RGB").getpixel((image.width - 3, 3)) == (255, 255, 255)
    assert {*image.info} == {"dpi"}, "nothing of the time or the machine goes into the file"


@pytest.mark.requirement("D-055")
def test_every_number_is_a_displayed_fact(full: dict[str, DrawnChart]) -> None:
    maker = Maker(3)
    maker.subprojects(14, 3)
    maker.investment(10, 3, 10**9)
    maker.cash(10, 10**9)
    maker.land(("pilot_area", "consolidation_area"), 2 * 10**9)
    presentation = decide(maker.book)
    for chart in full.values():
        for address, form, text in chart.printed:
            assert presentation.text(address, form) == text
        numbers = [word.text for word in chart.words if re.search(r"\d", word.text)]
        facts = [item.text for item in chart.printed]
        others = [text for text in numbers if text not in facts and not re.fullmatch(r"20\d\d年", text)]
        assert others == []
        assert {item.text for item in chart.printed} <= {word.text for word in chart.words}


@pytest.mark.parametrize(("name", "count"), COUNTS)
def test_the_values_are_all_there(full: dict[str, DrawnChart], name: str, count: int) -> None:
    assert len({item.address for item in full[name].printed}) >= count


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10**6),
    subprojects=st.sampled_from([1, 7, 25, 60]),
    sources=st.integers(1, len(codes("fund_source"))),
    years=st.sampled_from([1, 3, 8, 15, 30]),
    most=st.sampled_from([10**4, 10**8, 10**11]),
)
def test_no_word_stands_over_another_or_off_the_paper(
    seed: int, subprojects: int, sources: int, years: int, most: int
) -> None:
    maker = Maker(seed)
    maker.subprojects(subprojects, years)
    maker.investment(sources, years, most)
    maker.cash(years, most)
    maker.land(("pilot_area", "consolidation_area")[: 1 + seed % 2], most)
    for chart in charts_of(maker.book).values():
        height = Image.open(io.BytesIO(chart.png)).height / DPI * 25.4
        assert height <= TALLEST + 0.1, chart.name
        assert overlapping(chart.words) == [], chart.name
        for word in chart.words:
            inside = word.left >= 0 and word.top >= 0 and word.right <= WIDTH + 0.1 and word.bottom <= height
            assert inside, (chart.name, word)


def test_the_same_facts_give_the_same_bytes_in_another_process(full: dict[str, DrawnChart]) -> None:
    script = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:]; from test_charts import *;"
        "m = Maker(3); m.subprojects(14, 3); m.investment(10, 3, 10**9); m.cash(10, 10**9);"
        "m.land(('pilot_area', 'consolidation_area'), 2 * 10**9);"
        "print(*(hashlib.sha256(c.png).hexdigest() for c in charts_of(m.book).values()))"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == [sha256(chart.png).hexdigest() for chart in full.values()]


def test_only_charts_with_data_are_drawn() -> None:
    assert draw_charts(FactBook(), decide(FactBook())) == ()
    maker = Maker(1)
    maker.land(("pilot_area",), 10**8)
    assert [*charts_of(maker.book)] == ["land_structure"]
    nothing = Maker(1)
    nothing.put("investment", "project", "year:2026", Money(0))
    nothing.put("investment_source", "project", "planned", Money(0), "社会资本")
    for key in ("income", "expense", "balance"):
        nothing.put(f"cash_{key}", "project", "year:2026", Money(0))
    assert charts_of(nothing.book) == {}


def test_years_without_sources_are_drawn_whole_or_by_category() -> None:
    maker = Maker(1)
    maker.put("investment", "project", "year:2026", Money(5_000_000))
    assert [item.address for item in charts_of(maker.book)["investment_years"].printed] == [
        "investment@project.year:2026"
    ]
    maker.put("investment_fiscal", "project", "year:2026", Money(3_000_000))
    maker.put("investment_social", "project", "year:2026", Money(2_000_000))
    chart = charts_of(maker.book)["investment_years"]
    assert {"财政投资", "社会投资"} <= {word.text for word in chart.words}
    assert len(chart.printed) == 3


def test_the_handmade_project_is_drawn() -> None:
    charts = charts_of(rich_book())
    assert {"land_structure", "schedule"} <= set(charts)
    assert {"湿地", "耕地"} <= {word.text for word in charts["land_structure"].words}


def test_classes_have_the_official_colours(full: dict[str, DrawnChart]) -> None:
    image = Image.open(io.BytesIO(full["land_structure"].png)).convert("RGB")
    found = {colour for _, colour in image.getcolors(256)}

    def near(colour: tuple[int, int, int]) -> bool:
        return any(max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= 16 for other in found)

    assert near(land_classes()["01"].rgb) and near(land_classes()["03"].rgb)


def test_kinds_of_work_differ_in_colour() -> None:
    kinds = list(codes("subproject_kind"))
    assert len({kind_colour(kind) for kind in kinds}) == len(kinds)
    assert kind_colour("别的") not in {kind_colour(kind) for kind in kinds}


@pytest.mark.parametrize("rows", [1, 2, 3])
@given(text=st.text("高标准农田，。（二）期A1", min_size=1, max_size=60), width=st.integers(12, 80))
def test_wrapping_keeps_the_words(rows: int, text: str, width: int) -> None:
    lines = wrapped(text, width, 7.5, rows)
    assert 1 <= len(lines) <= rows
    joined = "".join(lines)
    assert joined == text or (joined.endswith("…") and text.startswith(joined[:-1]))
    assert all(text_width(line.rstrip("，。）"), 7.5) <= width for line in lines)
    assert not any(line[0] in "，。）" for line in lines[1:])
