"""facts.json: what is written comes back as the same book, with the same seal."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fangtian.assess import Dossier
from fangtian.deliver.facts_file import read_facts
from fangtian.deliver.json_text import json_leaves, json_lines
from fangtian.units import Area, Money


def test_the_book_comes_back_whole(finished: Path, dossier: Dossier) -> None:
    sealed = read_facts(finished / "facts.json")
    assert sealed.findings == ()
    assert sealed.book is not None
    assert list(sealed.book) == list(dossier.book)
    assert sealed.book.groups == dossier.book.groups
    assert sealed.book.seal() == dossier.book.seal() == sealed.seal
    kinds = {type(fact.value) for fact in sealed.book}
    assert kinds == {Area, Money, Fraction, int, str}


def test_the_head_says_where_the_facts_come_from(finished: Path, dossier: Dossier) -> None:
    origin = read_facts(finished / "facts.json").origin
    assert origin is not None
    assert (origin.plan, origin.unit, origin.base_year) == (dossier.plan.name, dossier.plan.unit, 2024)
    assert origin.sources == dict(sorted(dossier.receipt.inputs.items()))
    assert [item.layer for item in origin.standins] == ["永久基本农田"]


def test_facts_are_sorted_and_complete(finished: Path) -> None:
    document = json.loads((finished / "facts.json").read_text(encoding="utf-8"))
    addresses = [fact["address"] for fact in document["facts"]]
    assert addresses == sorted(addresses)
    assert document["schema"] == 1
    wanted = {"key", "member", "scope", "phase", "type", "value", "shown", "unit", "term", "source", "method"}
    assert all(fact.keys() >= wanted for fact in document["facts"])


names = st.from_regex(r"[a-z\u4e00]+", fullmatch=True)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner),
    max_leaves=12,
)


@given(trees)
def test_every_value_of_a_json_text_is_found_on_the_line_where_it_stands(tree: object) -> None:
    text = json.dumps({"root": tree}, indent=2, ensure_ascii=False)
    lines = json_lines(text)
    printed = text.split("\n")
    for path, value in json_leaves({"root": tree}):
        assert json.dumps(value, ensure_ascii=False) in printed[lines[path] - 1]
