"""Every quotation is in the official text, at the article that it is cited from."""

import hashlib
import re
from pathlib import Path

import pytest

from fangtian.law.norm import Modality, Status, load_packs, norms

POLICY = Path(__file__).parents[2] / "../shared/policy"
HELD = [instrument for instrument in load_packs() if instrument.status is Status.HELD]
CHINESE_DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))

ARTICLE = re.compile(r"第[一二三四五六七八九十]+条")
HEADINGS = (
    re.compile(r"[#* ]*([一二三四五六七八九十]+)、"),
    re.compile(r"[#* ]*([（(][一二三四五六七八九十]+[）)])"),
    re.compile(r"[* ]*(\d+)[.．]"),
)


def source_text(instrument) -> str:
    path = POLICY / instrument.source
    if not path.exists():
        pytest.skip(f"the official text {instrument.source} is not on this machine")
    return path.read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def articles(text: str):
    """(citation, words) of every line; an item belongs to the article or headings above it."""
    path = ["", "", ""]
    by_article = bool(re.search(r"^第一条", text, re.M))
    for line in text.splitlines():
        if by_article:
            if found := ARTICLE.match(line):
                path = [found[0], "", ""]
            item = re.match(r"(\d+)\.", line)
            yield path[0] + (f"第{item[1]}项" if item else ""), line
            continue
        for depth, pattern in enumerate(HEADINGS):
            if found := pattern.match(line):
                path[depth:] = [found[1].translate(str.maketrans("()", "（）")), *[""] * (2 - depth)]
        yield "".join(path), line


@pytest.mark.parametrize("instrument", HELD, ids=lambda instrument: instrument.id)
def test_the_source_is_the_one_that_was_read(instrument):
    source_text(instrument)
    digest = hashlib.sha256((POLICY / instrument.source).read_bytes()).hexdigest()
    assert digest == instrument.sha256


@pytest.mark.parametrize("norm", norms(), ids=lambda norm: norm.id)
class TestEveryQuotation:
    def test_stands_word_for_word_in_the_text(self, norm):
        assert squeezed(norm.quote) in squeezed(source_text(norm.instrument))

    def test_stands_at_the_cited_article(self, norm):
        at_article = [
            words for place, words in articles(source_text(norm.instrument)) if place == norm.article
        ]
        assert squeezed(norm.quote) in squeezed("".join(at_article))

    def test_says_in_principle_exactly_where_the_norm_is_presumptive(self, norm):
        assert ("原则上" in norm.quote) is (norm.modality is Modality.PRESUMPTIVE)

    def test_contains_every_limit_of_the_norm(self, norm):
        digits = norm.quote.translate(str.maketrans(CHINESE_DIGITS))
        assert all(limit in digits for limit in norm.limits.values())


def test_the_validity_of_the_gansu_measures_follows_from_its_words():
    (measures,) = [instrument for instrument in HELD if instrument.id == "gansu-measures-2025"]
    text = source_text(measures)
    assert "自印发之日起施行，有效期5年" in text
    assert "2025年7月23日" in text
    assert measures.in_force.start.isoformat() == "2025-07-23"
    assert measures.in_force.until == measures.in_force.start.replace(year=2030)


def test_titles_are_those_of_the_texts_unless_a_note_says_otherwise():
    for instrument in HELD:
        assert instrument.note or instrument.title in source_text(instrument)
