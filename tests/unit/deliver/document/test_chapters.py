"""The whole text: every heading of the outline, the planner's words where he wrote some, drafts elsewhere."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from tiny_plan import tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.catalog.finding import Finding
from fangtian.catalog.outline import outline
from fangtian.deliver.document.blocks import Block, Figure, Grid, Heading, Paragraph, Span, plain
from fangtian.deliver.document.chapters import PLACEHOLDER, Enclosures, Manuscript, compose, compose_alone
from fangtian.deliver.document.desk import CHARTS, MAPS, Desk
from fangtian.deliver.document.draft_files import write_drafts
from fangtian.deliver.document.references import ELSEWHERE, Placed, settled
from fangtian.deliver.document.sections import chapters
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import decide
from fangtian.errors import InputError
from fangtian.facts.switches import switched_on
from fangtian.plan.folder import open_plan
from fangtian.plan.narrative import Narrative, read_narratives

OUTLINE = outline("outline-2021")
FIGURES = {anchor: Figure(anchor.partition(":")[2], b"", anchor) for anchor in (*MAPS, *CHARTS)}
GUIDE = Path(__file__).parents[4] / "docs/guide/narrative.md"
Write = Callable[..., Manuscript]


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    root = tiny_plan(tmp_path_factory.mktemp("tiny") / "plan")
    (root / "narrative/pictures").mkdir(parents=True)
    Image.new("RGB", (300, 200)).save(root / "narrative/pictures/field.png")
    return assess(open_plan(root), date(2026, 3, 1))


@pytest.fixture(scope="module")
def desk(dossier: Dossier) -> Desk:
    presentation = decide(dossier.book)
    return Desk(dossier, presentation, opinions_of(dossier.judgements, presentation))


@pytest.fixture
def write(dossier: Dossier, desk: Desk) -> Write:
    """Compose with the planner's words by chapter."""

    def composed(texts: Mapping[int, str], enclosures: Enclosures | None = None) -> Manuscript:
        narratives = tuple(Narrative(f"narrative/{n:02d}.md", n, text) for n, text in texts.items())
        survey = replace(dossier.survey, narratives=narratives)
        given = enclosures or Enclosures(FIGURES)
        return compose(replace(dossier, survey=survey), desk.presentation, desk.opinions, given)

    return composed


def under(manuscript: Manuscript, heading: str) -> list[Block]:
    """The blocks under a heading, up to the next heading of the outline."""
    official = {entry.text for entry in OUTLINE.headings}
    start = manuscript.blocks.index(next(b for b in manuscript.blocks if b == head(b) and b.text == heading))
    found: list[Block] = []
    for block in manuscript.blocks[start + 1 :]:
        if isinstance(block, Heading) and block.level < 4 and block.text in official:
            break
        found.append(block)
    return found


def head(block: Block) -> Block | None:
    return block if isinstance(block, Heading) else None


def texts(blocks: list[Block]) -> list[str]:
    return [
        plain(b.spans) if isinstance(b, Paragraph) else b.text
        for b in blocks
        if isinstance(b, Paragraph | Heading)
    ]


def refused(write: Write, given: Mapping[int, str]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        write(given)
    return [(f.code, str(f.place)) for f in caught.value.findings if f.severity.value == "error"]


@pytest.mark.requirement("D-001", "D-002", "P-023")
def test_every_heading_of_the_outline_stands_in_order_with_its_printed_text(write: Write) -> None:
    for given in (
        {},
        {1: "## （三）存在问题\n\n田碎。\n\n## （一）试点背景\n\n背景。"},
        {3: "", 8: "# 八、其他"},
    ):
        found = write(given).blocks
        headings = [(b.level, b.text) for b in found if isinstance(b, Heading) and b.level < 4]
        assert headings == [(entry.level, entry.text) for entry in OUTLINE.headings]


def test_what_the_planner_did_not_write_is_drafted_and_marked(write: Write) -> None:
    found = write({})
    leaves = [h.text for chapter in chapters(OUTLINE) for h in chapter.headings if chapter.leaf(h)]
    assert set(leaves) - {"（二）附图"} <= set(found.drafted)
    marks = [item for item in found.findings if item.code == "NAR-draft"]
    assert [item.values["heading"] for item in marks] == list(found.drafted)
    assert {item.severity.value for item in marks} == {"info"}
    assert marks[0].place.file == "narrative/00-摘要.md"
    for heading in leaves:
        assert under(found, heading), heading


def test_drafts_print_facts_and_no_braces(write: Write) -> None:
    for block in write({}).blocks:
        spans = block.spans if isinstance(block, Paragraph) else ()
        spans += tuple(s for e in block.entries for s in e.spans) if isinstance(block, Grid) else ()
        assert not re.search(r"\{\{|\}\}|<<|>>|<%|\*\*", plain(spans)), plain(spans)


def test_the_planners_words_stand_under_their_headings(write: Write) -> None:
    found = write({
        1: "开头。\n\n## 试点背景\n\n背景{{ base_year@project:unit }}。\n\n#### 沿革\n\n沿革文字。\n\n"
        "## （二）试点概况\n\n概况。\n\n### 3.1 试点所在地基本情况及特点\n\n特点。\n"
    })  # fmt: skip
    assert texts(under(found, "一、基本情况")) == ["开头。"]
    assert texts(under(found, "（一）试点背景")) == ["背景2024年。", "沿革", "沿革文字。"]
    assert Heading(4, "沿革") in found.blocks
    assert texts(under(found, "（二）试点概况")) == ["概况。"]
    assert texts(under(found, "1.试点所在地基本情况及特点")) == ["特点。"]
    assert "（一）试点背景" not in found.drafted
    assert "2.试点区域的土地利用情况" in found.drafted


def test_headings_of_one_name_are_told_apart_by_their_level(write: Write) -> None:
    found = write({8: "# 八、其他\n\n甲。\n\n## 附表\n\n乙。\n\n## （四）其他\n\n丙。\n"})
    assert texts(under(found, "八、其他"))[:1] == ["甲。"]
    assert texts(under(found, "（四）其他"))[:1] == ["丙。"]


@pytest.mark.parametrize(
    ("typed", "code", "printed"),
    [
        ("## （二）试点概况及特点", "NAR-heading-renamed", "（二）试点概况"),
        ("### 2.土地利用情况", "NAR-heading-renamed", "2.试点区域的土地利用情况"),
        ("## 存在的问题", "NAR-heading-renamed", "（三）存在问题"),
        ("## （一）规划编制审批情况", "NAR-heading-elsewhere", ""),
    ],
)
def test_a_heading_typed_differently_is_told(write: Write, typed: str, code: str, printed: str) -> None:
    found = write({1: f"{typed}\n\n文字。\n"})
    (item,) = [item for item in found.findings if item.code.startswith("NAR-heading")]
    assert (item.code, str(item.place)) == (code, "narrative/01.md · 第1行")
    if printed:
        assert texts(under(found, printed)) == ["文字。"]
    else:
        assert texts(under(found, "一、基本情况")) == ["（一）规划编制审批情况", "文字。"]


def test_a_heading_of_ones_own_is_kept_beneath(write: Write) -> None:
    found = write({6: "## （一）投资估算\n\n甲。\n\n### 投资估算依据\n\n乙。\n\n## 投资估算\n\n丙。"})
    assert texts(under(found, "（一）投资估算")) == ["甲。", "投资估算依据", "乙。", "丙。"]
    assert [item.code for item in found.findings if "heading" in item.code] == ["NAR-heading-twice"]


def test_an_empty_heading_is_drafted_all_the_same(write: Write) -> None:
    found = write({7: "# 七、组织实施\n\n<!-- 还没写 -->\n"})
    assert "七、组织实施" in found.drafted
    assert under(found, "七、组织实施")


def test_a_draft_that_nobody_touched_is_still_a_draft(write: Write, desk: Desk, tmp_path: Path) -> None:
    plan = replace(desk.dossier.plan, root=tmp_path)
    here = replace(desk, dossier=replace(desk.dossier, survey=replace(desk.dossier.survey, plan=plan)))
    written, kept = write_drafts(here)
    assert len(written) == 9 + len(switched_on(desk.dossier.book))
    assert kept == []
    narratives, findings = read_narratives(tmp_path, "outline-2021")
    assert findings == []
    again, before = write({n.part: n.text for n in narratives if isinstance(n.part, int)}), write({})
    assert again.blocks == before.blocks
    assert again.drafted == before.drafted
    assert {item.code for item in again.findings} == {"NAR-draft"}
    with pytest.raises(FileExistsError):
        write_drafts(here)


def test_chapters_that_have_a_file_are_left_alone(desk: Desk, tmp_path: Path) -> None:
    survey = desk.dossier.survey
    mine = (Narrative("narrative/01-我的.md", 1, "我的"),)
    here = replace(survey, narratives=mine, plan=replace(survey.plan, root=tmp_path))
    written, kept = write_drafts(replace(desk, dossier=replace(desk.dossier, survey=here)))
    assert kept == ["narrative/01-我的.md"]
    assert len(written) == 8 + len(switched_on(desk.dossier.book))
    assert not list(tmp_path.glob("narrative/01*"))


def test_annex_and_maps_stand_under_their_headings(write: Write) -> None:
    annex = (Grid("甲表", (1.0,), (), number="附表1", anchor="annex:1"),)
    found = write({}, Enclosures(FIGURES, annex=annex))
    assert annex[0] in under(found, "（一）附表")
    maps = [b.anchor for b in under(found, "（二）附图") if isinstance(b, Figure)]
    assert maps == list(MAPS)
    assert [b for b in write({}, Enclosures({}, maps=())).blocks if isinstance(b, Figure)] == []


def test_a_map_shown_in_the_text_keeps_its_anchor_there(write: Write) -> None:
    found = write({1: "## （一）试点背景\n\n见{{ ref:map:位置图 }}。\n\n{{ map:位置图 }}\n"})
    anchors = [b.anchor for b in found.blocks if isinstance(b, Figure)]
    assert anchors.count("map:位置图") == 1
    assert [b.anchor for b in under(found, "（一）试点背景") if isinstance(b, Figure)] == ["map:位置图"]
    assert next(b.anchor for b in under(found, "（二）附图") if isinstance(b, Figure)) == ""


def test_everything_wrong_is_told_at_once(write: Write) -> None:
    given = {
        0: "摘要{{ cultvated@pilot_area.before }}\n",
        2: "\n\n{{ map:水系图 }}\n\n见{{ ref:nothing }}。\n",
        5: "![图](none.png)\n\n表：甲 {#t}\n| a |\n|---|\n| 1 |\n\n表：乙 {#t}\n| a |\n|---|\n| {{ x }} |\n",
    }
    assert sorted(refused(write, given)) == [
        ("NAR-anchor-twice", "narrative/05.md · 第8行"),
        ("NAR-figure-unknown", "narrative/02.md · 第3行"),
        ("NAR-picture-missing", "narrative/05.md · 第1行"),
        ("NAR-reference-unknown", "narrative/02.md · 第5行"),
        ("NAR-slot-grammar", "narrative/05.md · 第11行"),
        ("NAR-slot-unknown", "narrative/00.md · 第1行"),
    ]


def test_a_typed_fact_is_remarked_on(write: Write, desk: Desk) -> None:
    typed = desk.presentation.text("cultivated_area@pilot_area.before", "ha_mu")
    found = write({1: f"## （一）试点背景\n\n耕地{typed}。\n"})
    (item,) = [item for item in found.findings if item.code == "NAR-typed-number"]
    assert str(item.place) == "narrative/01.md · 第3行"
    assert "{{ cultivated_area@pilot_area.before:ha_mu }}" in item.message


def test_a_drafts_reference_to_a_replaced_table_is_worded() -> None:
    note = Span("", note=(Span("见"), Span("", refers="gone")))
    words = Paragraph((Span("见"), Span("", refers="gone"), note))
    grid = Grid("甲", (1.0,), (), notes=((Span("", refers="gone"),),), anchor="here")
    ours = [Placed(words, "drafts/01.md", 1, True), Placed(grid, "drafts/01.md", 2, True)]
    (paragraph, table), findings = settled(ours)
    assert not findings
    assert isinstance(paragraph, Paragraph)
    assert plain(paragraph.spans) == f"见{ELSEWHERE}"
    assert plain(paragraph.spans[2].note) == f"见{ELSEWHERE}"
    assert isinstance(table, Grid)
    assert plain(table.notes[0]) == ELSEWHERE
    (kept, _), findings = settled([replace(item, ours=False) for item in ours])
    assert kept == words
    assert [item.code for item in findings] == ["NAR-reference-unknown"] * 2


def test_an_outline_without_words_or_drafts_has_a_sentence(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fangtian.deliver.document.chapters.drafted", lambda *_: "")
    found = write({})
    assert texts(under(found, "（一）试点背景")) == [PLACEHOLDER]
    assert texts(under(found, "（二）试点概况")) == []
    assert PLACEHOLDER not in texts(under(found, "（二）附图"))
    assert "（二）试点概况" not in found.drafted
    again = write({1: f"## （一）试点背景\n\n{PLACEHOLDER}\n"})
    assert "（一）试点背景" in again.drafted


def test_a_text_of_its_own_is_read_or_refused(desk: Desk) -> None:
    def alone(text: str) -> tuple[tuple[Block, ...], tuple[Finding, ...]]:
        return compose_alone(Narrative("narrative/专章-甲.md", "甲", text), desk, {})

    blocks, findings = alone("# 题\n\n耕地{{ cultivated@pilot_area.before }}公顷\n")
    assert blocks[0] == Heading(1, "题")
    assert findings == ()
    with pytest.raises(InputError, match="nothing"):
        alone("{{ nothing@x }}见{{ ref:y }}")


def test_the_examples_of_the_guide_are_right(write: Write) -> None:
    """Each fenced example of docs/guide/narrative.md is read as a chapter, without an error or a warning."""
    examples = re.findall(r"```markdown\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) >= 7
    for example in examples:
        found = write({1: example})
        told = [item.message for item in found.findings if item.severity.value != "info"]
        assert not told, (example, told)


def test_the_guide_names_every_chapter_file_map_and_chart() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for chapter in chapters(OUTLINE):
        assert f"`{chapter.number:02d}-{chapter.head.title}.md` | {chapter.head.text} |" in text
    for anchor in (*MAPS, *CHARTS):
        assert anchor.partition(":")[2] in text
