"""Forms and outline are those of the annex, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fangtian.catalog.form import forms
from fangtian.catalog.outline import outline
from fangtian.catalog.quantity import quantities

POLICY = Path(__file__).parents[3] / "../shared/policy/004_2867ccb2301fee2b.txt"


@pytest.fixture(scope="module")
def annex():
    if not POLICY.exists():
        pytest.skip("the text of the outline is not beside the repository")
    return POLICY.read_text(encoding="utf-8")


def plain(text):
    return re.sub(r"[\s*#]+", "", text)


def table_text(annex, number):
    start = (
        annex.index(f"## 附表 {number}\n")
        if f"## 附表 {number}\n" in annex
        else annex.index(f"附表 {number}\n")
    )
    end = annex.find(f"附表 {number + 1}\n", start + 10)
    return plain(annex[start : end if end > 0 else None])


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.requirement("D-056")
def test_title_header_unit_and_notes_are_the_words_of_the_annex(annex, number):
    text, form = table_text(annex, number), forms()[number]
    words = [form.title, form.unit, *form.notes, *(cell.text for cell in form.header)]
    assert [word for word in words if plain(word) not in text] == []


@pytest.mark.parametrize("number", [1, 6])
def test_fixed_rows_are_the_words_of_the_annex_unless_they_stand_for_its_dots(annex, number):
    text = table_text(annex, number)
    own = {"平均地块面积（公顷）", "建设用地增加面积", "建设用地减少面积"}
    for line in forms()[number].lines:
        words = [line.section, line.label, line.within, *line.head, *line.subhead]
        missing = [word for word in words if plain(word) not in text]
        assert missing == [] or line.optional or line.label in own, missing


@pytest.mark.parametrize("number", range(2, 8))
def test_header_cells_tile_a_rectangle_without_overlap(number):
    form = forms()[number]
    covered = [
        (cell.row + i, cell.col + j)
        for cell in form.header
        for i in range(cell.rows)
        for j in range(cell.cols)
    ]
    expected = {(row, col) for row in range(form.header_rows) for col in range(len(form.widths))}
    assert len(covered) == len(set(covered))
    assert set(covered) == expected


def test_every_slot_of_a_form_names_a_catalogued_quantity():
    for form in forms().values():
        for line in form.lines:
            keys = re.findall(
                r"\{(\w+)(?:\[[^\]]*\])?@", "".join((*line.value, line.remark, form.explanation))
            )
            assert set(keys) | ({line.key} - {""}) <= set(quantities())


def test_outline_headings_occur_in_the_annex_in_order(annex):
    body = plain(
        annex[annex.index("## 摘要") : annex.index("全域土地综合整治试点实施方案成果要求\n\n## 附件")]
    )
    body = body.replace("(", "（").replace(")", "）")
    at = 0
    for heading in outline("outline-2021").headings:
        found = body.find(heading.text, at)
        assert found >= 0, heading.text
        at = found + len(heading.text)


def test_outline_has_every_numbered_heading_of_the_annex(annex):
    body = annex[annex.index("## 摘要") : annex.index("## 八、其他")]
    printed = re.findall(r"^#+\s*(?:\*\*)?\s*([一二三四五六七八]、|[（(][一二三四五][）)])", body, re.M)
    ours = [h.number for h in outline("outline-2021").headings if h.level < 3 and h.number][: len(printed)]
    assert [p.replace("(", "（").replace(")", "）") for p in printed] == ours


def test_outline_ids_follow_their_levels_and_every_table_is_referred_to():
    headings = outline("outline-2021").headings
    assert len({heading.id for heading in headings}) == len(headings)
    assert all(heading.id.count(".") + 1 == heading.level for heading in headings)
    assert {number for heading in headings for number in heading.tables} == set(range(1, 8))
