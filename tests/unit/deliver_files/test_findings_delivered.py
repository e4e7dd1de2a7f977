"""Verdicts with their evidence: every deliverable says the same, and verify holds them to it."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fangtian.assess import Dossier
from fangtian.cli.console import Output
from fangtian.cli.report import opinion_record, tell_verdicts
from fangtian.deliver.attention import ATTENTION, MAP_TITLE, ORDER, noted
from fangtian.deliver.facts_file import digest_of
from fangtian.deliver.opinion import Opinion, opinions_of
from fangtian.deliver.present import decide
from fangtian.deliver.verify.findings import check_findings
from fangtian.deliver.verify.maps import check_map
from fangtian.deliver.verify.report import check_report
from fangtian.deliver.verify.sealed import Sealed, read_sealed
from fangtian.law.verdict import Verdict

REPORT, JUDGED = "检查报告.html", "findings.json"


@pytest.fixture(scope="module")
def sealed(finished: Path) -> Sealed:
    return read_sealed(finished)[0]


@pytest.fixture(scope="module")
def opinions(dossier: Dossier) -> tuple[Opinion, ...]:
    return opinions_of(dossier.judgements, decide(dossier.book))


@pytest.fixture
def pages(finished: Path, tmp_path: Path) -> Path:
    """What speaks of judgements, to be changed."""
    for name in (REPORT, JUDGED, f"附图/{MAP_TITLE}.pdf", f"附图/{MAP_TITLE}.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(finished / name, tmp_path / name)
    return tmp_path


def rewritten(folder: Path, change: Callable[[dict[str, Any]], object], chosen: Mapping[str, str]) -> None:
    """Change a record of findings.json and give it the right digest again, as a careful forger would."""
    path = folder / JUDGED
    document = json.loads(path.read_text(encoding="utf-8"))
    record = next(one for one in document["judgements"] if chosen.items() <= one.items())
    change(record)
    record["digest"] = digest_of({key: value for key, value in record.items() if key != "digest"})
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def with_margin(opinions: tuple[Opinion, ...]) -> Opinion:
    return next(item for item in opinions if item.margin_m2 and item.verdict in ATTENTION)


@pytest.mark.requirement("M-035")
def test_margins_of_areas_are_told_in_hectares_and_square_metres_from_the_exact_number(
    opinions: tuple[Opinion, ...],
) -> None:
    areas = [item for item in opinions if item.margin_m2]
    assert areas
    for item in areas:
        exact = Fraction(item.margin)
        assert abs(Fraction(item.margin_m2) - exact / 100) <= Fraction(1, 200)
        assert abs(Fraction(item.margin_ha) - exact / 1_000_000) <= Fraction(1, 20_000)
        assert item.margin_ha in item.margin_shown or not Fraction(item.margin_m2)
    others = [item for item in opinions if item.margin and not item.margin_m2]
    assert others and all(item.margin_shown and not item.margin_ha for item in others)


def test_the_layer_of_evidence_says_the_sentence_and_the_margin_and_draws_the_worst_uppermost(
    finished: Path, opinions: tuple[Opinion, ...]
) -> None:
    with closing(sqlite3.connect(f"file:{finished / 'findings.gpkg'}?mode=ro", uri=True)) as database:
        rows = database.execute('SELECT 规则, 结论, 评判说明, 实测, 余量平方米 FROM "证据图斑"').fetchall()
        told = database.execute('SELECT 规则, 说明, 余量平方米 FROM "评判结论"').fetchall()
    ranks = [ORDER.index(Verdict(row[1])) for row in rows]
    assert ranks == sorted(ranks, reverse=True)
    known = {(item.norm, item.sentence): item for item in opinions}
    for norm, _, sentence, measured, margin in rows:
        item = known[norm, sentence]
        assert (measured, margin) == (
            item.measured_shown,
            float(item.margin_m2) if item.margin_m2 else None,
        )
    assert len(told) == len(opinions)


def test_the_report_begins_with_what_blocks_and_folds_what_is_in_order(
    finished: Path, opinions: tuple[Opinion, ...]
) -> None:
    page = (finished / REPORT).read_text(encoding="utf-8")
    there = [verdict for verdict in ATTENTION if any(item.verdict == verdict for item in opinions)]
    heads = re.findall(r'<h2 id="verdict-\d"><span[^>]*>([^<]+)</span> (\d+) 条', page)
    assert [verdict for verdict, _ in heads] == there
    assert all(int(number) == sum(o.verdict == verdict for o in opinions) for verdict, number in heads)
    assert page.rindex('class="attention"') < page.index('id="negative"') < page.index('id="settled"')
    for item in opinions:
        assert f'id="{item.norm}@{item.scope}"' in page
    assert len(re.findall(r'<th scope="row">第\d+项</th>', page)) == 10
    assert 'class="fold" open' not in page


@pytest.mark.parametrize("part", ["verdict", "margin_shown", "limit", "evidence.0.area"])
def test_what_the_report_says_of_a_judgement_is_held_against_its_record(
    pages: Path, sealed: Sealed, part: str
) -> None:
    assert not list(check_report(pages / REPORT, REPORT, sealed))
    page = (pages / REPORT).read_text(encoding="utf-8")
    mark = re.search(rf'data-part="{re.escape(part)}">([^<]+)<', page)
    assert mark
    changed = f"{page[: mark.start(1)]}不适用1{page[mark.end(1) :]}"
    (pages / REPORT).write_text(changed, encoding="utf-8")
    (found,) = check_report(pages / REPORT, REPORT, sealed)
    assert found.code == "DEL-text-differs" and mark[1].replace("&gt;", ">") in found.message
    assert f"第{page[: mark.start()].count(chr(10)) + 1}行" in found.message


def test_a_changed_count_of_the_summary_is_named(pages: Path, sealed: Sealed) -> None:
    page = (pages / REPORT).read_text(encoding="utf-8")
    changed = re.sub(r'(data-count="\|符合">)(\d+)', r"\g<1>9\2", page, count=1)
    (pages / REPORT).write_text(changed, encoding="utf-8")
    (found,) = check_report(pages / REPORT, REPORT, sealed)
    assert "符合" in found.message


def test_a_margin_that_does_not_follow_is_named_even_under_a_right_digest(
    pages: Path, sealed: Sealed, opinions: tuple[Opinion, ...]
) -> None:
    chosen = with_margin(opinions)
    key = {"norm": chosen.norm, "scope": chosen.scope}
    rewritten(pages, lambda record: record.update(margin_m2="0.00"), key)
    (found,) = check_findings(pages / JUDGED, JUDGED, sealed)
    assert found.code == "DEL-number-differs" and found.place.feature == chosen.measured
    assert "margin_m2" in found.message


def test_the_map_of_findings_names_every_article_that_it_must(
    pages: Path, sealed: Sealed, opinions: tuple[Opinion, ...]
) -> None:
    name = f"附图/{MAP_TITLE}.pdf"
    assert not list(check_map(pages / name, name, sealed))
    first = opinions[noted([(item.verdict, bool(item.plots)) for item in opinions])[0]]
    key = {"norm": first.norm, "scope": first.scope}
    rewritten(pages, lambda record: record.update(title="另一条要求"), key)
    (found,) = check_map(pages / name, name, sealed)
    assert found.code == "DEL-text-differs" and "另一条要求" in found.message


def test_the_terminal_lists_what_needs_attention_a_line_each_and_counts_the_rest(
    dossier: Dossier, opinions: tuple[Opinion, ...]
) -> None:
    stream = io.StringIO()
    tell_verdicts(Output(plain=Console(file=stream, soft_wrap=True)), dossier.receipt.on, opinions)
    lines = stream.getvalue().splitlines()
    needed = [item for item in opinions if item.verdict in ATTENTION]
    listed = [line for line in lines if line.startswith("  ")]
    assert len(listed) == len(needed)
    assert all(any(item.article in line and item.title in line for line in listed) for item in needed)
    assert max(map(len, listed)) < 110
    rest = sum(
        int(number) for line in lines if line.startswith("其余") for number in re.findall(r" (\d+)", line)
    )
    assert rest == len(opinions) - len(needed)
    assert {"margin_m2", "margin_ha", "measured_shown"} <= opinion_record(opinions[0]).keys()
