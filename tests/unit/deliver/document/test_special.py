"""Special chapters: switched on by the data, every number a fact, lists that add up, no gaps in the prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from busy_plan import busy
from tiny_plan import Draft, surveyed, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.catalog.quantity import quantities
from fangtian.deliver.document.blocks import Block, Entry, Figure, Grid, Heading, Paragraph, Span, plain
from fangtian.deliver.document.desk import Desk
from fangtian.deliver.document.draft_files import write_drafts
from fangtian.deliver.document.special import SpecialChapter, special_documents, unused_texts
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.origin import origin_of
from fangtian.deliver.present import decide
from fangtian.facts.book import FactBook
from fangtian.facts.fact import BEFORE, PLANNED
from fangtian.facts.switches import SPECIAL_CHAPTERS, switched_on
from fangtian.plan.folder import open_plan
from fangtian.plan.narrative import Narrative, read_narratives
from fangtian.units import Area

ON = date(2026, 3, 1)
MAPS = {name: Figure(name, b"", f"map:{name}") for name in ("永久基本农田调整前图", "永久基本农田调整后图")}
FIGURES = {f"map:{name}": figure for name, figure in MAPS.items()}
PROSE = re.compile(r"[，。；：、]{2}|（）|、。|^[，。；、]|\{|<<|<%|\*\*|None|Undefined")


def with_rights(draft: Draft) -> None:
    busy(draft)
    areas = surveyed([draft.layers["plots"].shapes[3]])
    header = "权属类型,地块编号,位置,面积（公顷）,调整前权利人,调整后权利人\r\n"
    rows = (
        f"宅基地使用权,P04,下庄村,{areas[0] / 10_000:.4f},农户,合作社\r\n",
        "土地承包经营权,,上庄村,0.33335,农户,农户乙\r\n",
    )
    draft.toml += "[basics]\nownership_adjusted = true\n"
    draft.toml += '[tables.rights]\npath = "data/rights.csv"\n'
    draft.extra.append(
        lambda root: root.joinpath("data/rights.csv").write_text(header + "".join(rows), "utf-8") and None
    )


def trial(draft: Draft) -> None:
    """Judged by the trial's rules, with no rights, no grades and nothing known of the demolition."""
    busy(draft)
    draft.toml = draft.toml.replace("gansu-measures-2025", "pilot-2021")
    draft.toml += "[basics]\nownership_adjusted = true\n"
    for name in ("CQFW", "DQHS", "DQRK"):
        draft.layers["plots"].columns[name] = [None] * 6
    for name in ("GDDB", "GDPDJB"):
        del draft.layers["parcels"].columns[name]


def only_out(draft: Draft) -> None:
    busy(draft)
    draft.toml = draft.toml[: draft.toml.index("[layers.basic_farmland_in]")]
    del draft.layers["basic_farmland_in"]


def only_in(draft: Draft) -> None:
    busy(draft)
    start = draft.toml.index("[layers.basic_farmland_out]")
    draft.toml = draft.toml[:start] + draft.toml[draft.toml.index("[layers.basic_farmland_in]") :]
    del draft.layers["basic_farmland_out"]


VARIANTS = {"rights": with_rights, "trial": trial, "only_out": only_out, "only_in": only_in}


def dossier_of(root: Path, change: Callable[[Draft], None] | None = None) -> Dossier:
    return assess(open_plan(tiny_plan(root, change)), ON)


def documents(dossier: Dossier, figures: dict[str, Figure] | None = None) -> tuple[SpecialChapter, ...]:
    presentation = decide(dossier.book)
    desk = Desk(dossier, presentation, opinions_of(dossier.judgements, presentation))
    return special_documents(desk, origin_of(dossier), FIGURES if figures is None else figures)


@pytest.fixture(scope="module", params=VARIANTS)
def dossier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    return dossier_of(tmp_path_factory.mktemp(request.param), VARIANTS[request.param])


@pytest.fixture(scope="module")
def chapters(dossier: Dossier) -> tuple[SpecialChapter, ...]:
    return documents(dossier)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SpecialChapter]:
    made = documents(dossier_of(tmp_path_factory.mktemp("full"), with_rights))
    return {chapter.name: chapter for chapter in made}


def blocks(chapters: tuple[SpecialChapter, ...], kind: type[Block]) -> Iterator[Block]:
    for chapter in chapters:
        yield from (block for block in chapter.document.blocks if isinstance(block, kind))


def spans(chapters: tuple[SpecialChapter, ...]) -> Iterator[Span]:
    for chapter in chapters:
        for block in chapter.document.blocks:
            if isinstance(block, Paragraph):
                yield from block.spans
            elif isinstance(block, Grid):
                for entry in block.entries:
                    yield from entry.spans


def grids(chapters: tuple[SpecialChapter, ...]) -> dict[str, Grid]:
    return {block.anchor: block for block in blocks(chapters, Grid) if isinstance(block, Grid)}


def column(grid: Grid, number: int) -> list[Entry]:
    return [entry for entry in grid.entries if entry.col == number and entry.row > 0]


def text_of(chapter: SpecialChapter) -> str:
    return "\n".join(plain(b.spans) for b in chapter.document.blocks if isinstance(b, Paragraph))


@pytest.mark.requirement("D-049")
def test_every_chapter_that_the_data_call_for_is_written(
    dossier: Dossier, chapters: tuple[SpecialChapter, ...]
) -> None:
    assert tuple(chapter.name for chapter in chapters) == switched_on(dossier.book)
    assert {chapter.file for chapter in chapters} == {f"专章/{c.name}.docx" for c in chapters}
    assert all(chapter.document.seal == dossier.receipt.seal for chapter in chapters)


def test_no_number_is_typed(chapters: tuple[SpecialChapter, ...]) -> None:
    """Decimals, and whole numbers with a unit, stand in fact spans; what a template types is none of them."""
    loose = re.compile(r"\d+\.\d+|\d[\d,]*(?=公顷|亩|个|幢|户|人|宗|万元)")
    typed = [span.text for span in spans(chapters) if not span.fact and loose.search(span.text)]
    allowed = re.compile(r"连片[\d亩、]+亩以上的比例")  # the classes of shares, given in plan.toml
    assert [text for text in typed if not allowed.search(text)] == []


def test_the_prose_is_whole(chapters: tuple[SpecialChapter, ...]) -> None:
    for chapter in chapters:
        for line in text_of(chapter).split("\n"):
            broken = PROSE.search(line)
            assert broken is None, (chapter.name, line[max(0, broken.start() - 20) : broken.end() + 10])
            assert line.endswith(("。", "：", "）。")), (chapter.name, line)


def test_what_is_listed_adds_up_to_its_last_row(chapters: tuple[SpecialChapter, ...]) -> None:
    checked = 0
    for grid in grids(chapters).values():
        for number in range(len(grid.widths)):
            *rows, last = column(grid, number)
            sums = [s for s in last.spans if s.fact and _adds_up(s.fact)]
            if sums and plain(column(grid, 0)[-1].spans) == "合计":
                values = [Decimal(plain(e.spans)) for e in rows if re.fullmatch(r"-?[\d.]+", plain(e.spans))]
                assert sum(values) == Decimal(sums[0].text), (grid.caption, number)
                checked += 1
    assert checked > 5


def _adds_up(address: str) -> bool:
    return quantities()[re.match(r"\w+", address)[0]].value_type in ("area", "count")  # type: ignore[index]


def test_tables_are_referred_to_and_named_once(chapters: tuple[SpecialChapter, ...]) -> None:
    for chapter in chapters:
        named = [b.anchor for b in chapter.document.blocks if isinstance(b, Grid)]
        referred = {span.refers for span in spans((chapter,)) if span.refers}
        assert len(named) == len(set(named)) and "" not in named
        assert set(named) <= referred | {"village-balance"}, (chapter.name, set(named) - referred)


def test_the_planner_is_told_what_to_add(chapters: tuple[SpecialChapter, ...]) -> None:
    for chapter in chapters:
        (item,) = chapter.findings
        assert item.code == "BAL-special-open"
        assert item.values["count"] == str(text_of(chapter).count("【待补充】"))


def test_a_special_draft_that_nobody_touched_prints_the_same(
    dossier: Dossier, chapters: tuple[SpecialChapter, ...], tmp_path: Path
) -> None:
    presentation = decide(dossier.book)
    plan = replace(dossier.plan, root=tmp_path)
    here = replace(dossier, survey=replace(dossier.survey, plan=plan))
    write_drafts(Desk(here, presentation, opinions_of(dossier.judgements, presentation)))
    narratives, findings = read_narratives(tmp_path, plan.outline)
    assert findings == []
    again = documents(replace(dossier, survey=replace(dossier.survey, narratives=narratives)))
    assert [c.document.blocks for c in again] == [c.document.blocks for c in chapters]


def test_the_planner_s_own_words_take_the_place_of_the_draft(dossier: Dossier) -> None:
    """A special chapter that the planner wrote is printed; one that the data do not call for is named."""
    words = {
        "永久基本农田调整方案": "## 一、调整依据\n\n调出{{ pbf_out@pilot_area }}公顷。\n\n【待补充】批复。\n",
        "土地权属调整方案": "# 一、现状\n",
        "永久农田方案": "没有这个专章。",
    }
    written = tuple(Narrative(f"narrative/专章-{name}.md", name, text) for name, text in words.items())
    own = replace(dossier, survey=replace(dossier.survey, narratives=written))
    made = {chapter.name: chapter for chapter in documents(own)}
    chapter = made["永久基本农田调整方案"]
    shown = decide(own.book)
    expected = shown.find("pbf_out_area@pilot_area.planned")
    amount = expected.text if expected else "0.0000"
    assert f"调出{amount}公顷。" in text_of(chapter)
    assert [item.code for item in chapter.findings] == ["BAL-special-open"]
    desk = Desk(own, shown, opinions_of(own.judgements, shown))
    unused = {item.place.file: item.code for item in unused_texts(desk)}
    assert unused.pop("narrative/专章-永久农田方案.md") == "NAR-special-unknown"
    idle = {} if "土地权属调整方案" in made else {"narrative/专章-土地权属调整方案.md": "NAR-special-idle"}
    assert unused == idle


@pytest.mark.requirement("P-016")
@pytest.mark.requirement("D-022")
def test_plots_of_basic_farmland_are_listed_with_quality_slope_reason_and_use(
    full: dict[str, SpecialChapter],
) -> None:
    chapter = full["永久基本农田调整方案"]
    tables = grids((chapter,))
    row = [plain(entry.spans) for entry in tables["out"].entries if entry.row == 1]
    assert row[1:3] == ["T1", "上庄村"] and row[4:] == [
        "旱地",
        "12.00",
        "3级（6°～15°）",
        "布局零星",
        "保留为一般耕地",
    ]
    kinds = [plain(entry.spans) for entry in column(tables["into"], 4)]
    assert kinds == ["新划定", "新增", ""]
    figures = [b.anchor for b in chapter.document.blocks if isinstance(b, Figure)]
    assert figures == ["map:永久基本农田调整前图", "map:永久基本农田调整后图"]


@pytest.mark.requirement("D-050")
def test_the_summary_of_demolition_has_places_for_seal_and_signature(full: dict[str, SpecialChapter]) -> None:
    chapter = full["拆迁汇总表"]
    grid = grids((chapter,))["by-village"]
    heads = [plain(entry.spans) for entry in grid.entries if entry.row == 0]
    assert heads[-2:] == ["村民委员会（盖章）", "负责人（签字）"]
    assert "填报单位（盖章）：" in text_of(chapter)
    assert chapter.document.subtitle == "（实施方案附件）"


@pytest.mark.requirement("D-024")
def test_rights_are_listed_one_by_one(full: dict[str, SpecialChapter]) -> None:
    grid = grids((full["土地权属调整方案"],))["rights"]
    demolished = grids((full["城乡建设用地增减挂钩方案"],))["old"]
    assert [plain(entry.spans) for entry in column(grid, 1)] == ["宅基地使用权", "土地承包经营权", ""]
    assert plain(column(grid, 4)[0].spans) == plain(column(demolished, 3)[1].spans)  # P04 has one area


def test_rights_without_a_table_are_asked_for(tmp_path: Path) -> None:
    (chapter,) = [c for c in documents(dossier_of(tmp_path, trial)) if c.name == "土地权属调整方案"]
    assert "补充权属调整表" in text_of(chapter) and grids((chapter,)) == {}


def test_maps_that_are_not_at_hand_are_left_out(tmp_path: Path) -> None:
    made = documents(dossier_of(tmp_path, busy), {})
    assert not list(blocks(made, Figure)) and "见。" not in "".join(map(text_of, made))


def test_chapters_are_one_chapter_each_and_all_but_the_table_have_contents(
    full: dict[str, SpecialChapter],
) -> None:
    for chapter in full.values():
        headings = [b for b in chapter.document.blocks if isinstance(b, Heading)]
        assert [heading.within for heading in headings] == [False] + [True] * (len(headings) - 1)
        assert chapter.document.title.endswith(headings[0].text)
        assert chapter.document.contents == chapter.name.endswith("方案")


def test_parts_of_a_chapter_are_set_as_the_levels_that_they_are(full: dict[str, SpecialChapter]) -> None:
    level = {"一": 1, "二": 1, "三": 1, "四": 1, "五": 1, "六": 1, "（": 2}
    for chapter in full.values():
        parts = [b for b in chapter.document.blocks if isinstance(b, Heading) and b.within]
        assert [part.level for part in parts] == [level.get(part.text[0], part.level) for part in parts]


def test_the_same_dossier_gives_the_same_chapters(tmp_path: Path) -> None:
    dossier = dossier_of(tmp_path, with_rights)
    assert documents(dossier) == documents(dossier)


def test_a_plan_that_moves_nothing_has_no_special_chapter_but_demolition(tmp_path: Path) -> None:
    assert switched_on(dossier_of(tmp_path).book) == ("拆迁汇总表",)


def book_with(**areas: int) -> FactBook:
    book = FactBook()
    for key, value in areas.items():
        typed = Area(value) if quantities()[key].value_type == "area" else value
        book.measure((key, "pilot_area", PLANNED), typed, "", "")
    return book


@pytest.mark.requirement("M-036")
@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ({"demolition_area": 5, "demolished_houses": 0, "moved_households": 0}, ()),
        ({"demolition_area": 5, "demolished_houses": 2, "moved_households": 0}, ("拆迁汇总表",)),
        ({"demolition_area": 5}, ("拆迁汇总表",)),
        ({"new_construction_area": 5}, ()),
        (
            {"demolition_area": 5, "new_construction_area": 1, "demolished_houses": 0, "moved_households": 0},
            ("城乡建设用地增减挂钩方案",),
        ),
        ({"reused_construction_area": 1}, ("零星分散低效用地整合方案",)),
        ({"pbf_in_area": 1}, ("永久基本农田调整方案", "三区三线局部优化方案")),
        ({"urban_boundary_changed_area": 1, "pbf_out_area": 0}, ("三区三线局部优化方案",)),
    ],
)
def test_what_switches_a_chapter_on(areas: dict[str, int], expected: tuple[str, ...]) -> None:
    assert switched_on(book_with(**areas)) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ownership_adjusted", ("土地权属调整方案",)),
        ("eco_redline_adjusted", ("三区三线局部优化方案",)),
        ("pbf_adjusted", ("永久基本农田调整方案", "三区三线局部优化方案")),
    ],
)
def test_what_the_plan_declares_switches_a_chapter_on(key: str, expected: tuple[str, ...]) -> None:
    for answer, names in (("是", expected), ("否", ())):
        book = FactBook()
        book.measure((key, "project", BEFORE), answer, "plan.toml", "照录")
        assert switched_on(book) == names
    assert set(expected) <= set(SPECIAL_CHAPTERS)


def test_a_plan_name_that_does_not_end_in_plan_is_printed_whole(tmp_path: Path) -> None:
    dossier = dossier_of(tmp_path, busy)
    plan = replace(dossier.survey.plan, name="上庄镇项目实施方案")
    renamed = replace(dossier, survey=replace(dossier.survey, plan=plan))
    titles = {chapter.document.title.split("\n")[0] for chapter in documents(renamed)}
    assert titles == {"上庄镇项目"}
    assert {c.document.title.split("\n")[0] for c in documents(dossier)} == {"上庄镇全域土地综合整治项目"}
