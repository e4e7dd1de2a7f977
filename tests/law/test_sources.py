"""Every quotation is in the official text, at the article that it is cited from."""

import hashlib
import re
from pathlib import Path

import pytest

from fangtian.law.norm import Modality, Status, load_packs, norms

SHARED = Path(__file__).parents[2] / "../shared"
FOLDERS = {Status.HELD: SHARED / "policy", Status.SECONDHAND: SHARED}
HELD = [instrument for instrument in load_packs() if instrument.status is Status.HELD]
MEASURES = "gansu-measures-2025"
CHINESE_DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))

ARTICLE = re.compile(r"第[一二三四五六七八九十]+条")
NUMERAL = "[一二三四五六七八九十]+"
MARKS = r"(?:\[bookmark[^\]]*\]|[#* ])*"
"""What the conversion to text put before a heading."""

HEADINGS = (
    re.compile(rf"{MARKS}({NUMERAL})、"),
    re.compile(rf"{MARKS}([（(]{NUMERAL}[）)])"),
    re.compile(r"[#* -]*(\d+)[.．]"),
    re.compile(r"[#* ]*([（(]\d+[）)])"),
)
PARTS = (
    (re.compile(r"# 中华人民共和国自然资源部司局函"), "函"),
    (re.compile(r"# 目 录"), "目录"),
    (re.compile(r"## 摘要"), "摘要"),
    (re.compile(r"附件：全域土地综合整治试点实施方案成果要求"), "成果要求"),
    (re.compile(r"[# ]*附表 ?(\d)$"), "附表"),
)
"""A part of the outline begins afresh; chapter 一 follows the 摘要 without the name of a part."""

SHEET, NOTE, NOTES = re.compile(r"附表\d"), re.compile(r"\s*(\d+)\."), re.compile(r"(?:- )?注[:：] ?")


def source_text(instrument) -> str:
    path = FOLDERS[instrument.status] / instrument.source
    if not path.exists():
        pytest.skip(f"the official text {instrument.source} is not on this machine")
    return path.read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def full_width(text: str) -> str:
    """Notes are typed with Western commas and brackets, the law is not."""
    return squeezed(text).translate(str.maketrans(",;:()", "，；：（）"))


def articles(text: str):
    """(citation, words) of every line; an item belongs to the article or headings above it."""
    if re.search(r"^第一条", text, re.M):
        return by_article(text)
    return by_heading(text)


def by_article(text: str):
    article = "题头"
    for line in text.splitlines():
        if found := ARTICLE.match(line):
            article = found[0]
        item = re.match(r"(\d+)\.", line)
        yield article + (f"第{item[1]}项" if item else ""), line


def by_heading(text: str):
    part, path = "前言", [""] * len(HEADINGS)
    for line in text.splitlines():
        for begins, name in PARTS:
            if found := begins.match(line):
                part, path = name + "".join(found.groups()), [""] * len(HEADINGS)
        if SHEET.match(part):
            part = noted(part, line)
        elif part != "目录":
            for depth, pattern in enumerate(HEADINGS):
                if found := pattern.match(line):
                    deeper = [""] * (len(HEADINGS) - depth - 1)
                    path[depth:] = [found[1].translate(str.maketrans("()", "（）")), *deeper]
        chapter = "".join(path)
        yield (chapter if chapter and part in ("前言", "摘要") else part + chapter), line


def noted(sheet: str, line: str) -> str:
    """附表2, 附表2注1, 附表6注: the notes stand below their table; 一、二… inside it are rows."""
    below = sheet.partition("注")[0] + "注" if NOTES.match(line) or "注" in sheet else sheet
    number = NOTE.match(NOTES.sub("", line)) if "注" in below else None
    return f"{below.rstrip('0123456789')}{number[1]}" if number else below


@pytest.mark.parametrize("instrument", HELD, ids=lambda instrument: instrument.id)
def test_the_source_is_the_one_that_was_read(instrument):
    source_text(instrument)
    digest = hashlib.sha256((FOLDERS[Status.HELD] / instrument.source).read_bytes()).hexdigest()
    assert digest == instrument.sha256


@pytest.fixture(scope="module")
def places():
    """Words of every place of every held text, read once."""
    found = {}
    for instrument in HELD:
        lines = found.setdefault(instrument.id, {})
        for place, words in articles(source_text(instrument)):
            lines[place] = lines.get(place, "") + squeezed(words)
    return found


@pytest.mark.parametrize("norm", norms(), ids=lambda norm: norm.id)
class TestEveryQuotation:
    def test_stands_word_for_word_at_the_cited_article(self, norm, places):
        if norm.instrument.status is Status.HELD:
            assert squeezed(norm.quote) in places[norm.instrument.id].get(norm.article, "")
        else:
            assert full_width(norm.quote) in full_width(source_text(norm.instrument))

    def test_says_in_principle_exactly_where_the_norm_is_presumptive(self, norm):
        assert ("原则上" in norm.quote) is (norm.modality is Modality.PRESUMPTIVE)

    def test_contains_every_limit_of_the_norm(self, norm):
        digits = norm.quote.translate(str.maketrans(CHINESE_DIGITS))
        assert all(limit in digits for limit in norm.limits.values())


def test_only_what_the_law_leaves_free_is_encouraged():
    words = ("鼓励", "支持", "可", "允许", "积极", "优先", "助推", "充分利用")
    for norm in norms():
        if norm.modality is Modality.ENCOURAGED:
            assert any(word in norm.quote for word in words), norm.id
        if "鼓励" in norm.quote:
            assert norm.modality is Modality.ENCOURAGED, norm.id


def test_what_must_not_be_done_is_mandatory_or_for_a_person_to_weigh():
    for norm in norms():
        if any(word in norm.quote for word in ("不得", "禁止")):
            weighed = {Modality.MANDATORY, Modality.PRESUMPTIVE, Modality.JUDGEMENT}
            assert norm.modality in weighed, norm.id


def test_every_article_of_the_gansu_measures_has_a_norm(places):
    there = {found[0] for place in places[MEASURES] if (found := ARTICLE.match(place))}
    cited = {
        found[0]
        for norm in norms()
        if norm.id.startswith(MEASURES) and (found := ARTICLE.match(norm.article))
    }
    assert len(there) == 40
    assert cited == there


def test_the_validity_of_the_gansu_measures_follows_from_its_words():
    (measures,) = [instrument for instrument in HELD if instrument.id == MEASURES]
    text = source_text(measures)
    assert "自印发之日起施行，有效期5年" in text
    assert "2025年7月23日" in text
    assert measures.in_force.start.isoformat() == "2025-07-23"
    assert measures.in_force.until == measures.in_force.start.replace(year=2030)


def test_titles_are_those_of_the_texts_unless_a_note_says_otherwise():
    for instrument in HELD:
        assert instrument.note or instrument.title in source_text(instrument)


SYNTHETIC = """# 中华人民共和国自然资源部司局函
请参照
# 目 录
一、基本情况.....1
## 摘要
简述
## 一、基本情况
### （二）概况
**1.农用地整理。**说明
附件：全域土地综合整治试点实施方案成果要求
## 一、文本
3.应说明数据来源。
## 附表 1
一、基本信息
## 附表 2
注: 1.分别编制；
 2.按照要求。
## 附表 6
注：分村
"""


def test_places_are_told_apart_by_part_chapter_table_and_note():
    found = {words.strip(): place for place, words in articles(SYNTHETIC)}
    assert found["请参照"] == "函"
    assert found["一、基本情况.....1"] == "目录"
    assert found["简述"] == "摘要"
    assert found["**1.农用地整理。**说明"] == "一（二）1"
    assert found["3.应说明数据来源。"] == "成果要求一3"
    assert found["一、基本信息"] == "附表1"
    assert (found["注: 1.分别编制；"], found["2.按照要求。"]) == ("附表2注1", "附表2注2")
    assert found["注：分村"] == "附表6注"
