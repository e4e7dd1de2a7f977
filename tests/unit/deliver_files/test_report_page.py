"""The check report: what it must say, that it is self-contained, and that nothing in it can break out."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from fangtian.assess import Dossier
from fangtian.deliver.package import build
from fangtian.deliver.present import decide
from fangtian.law.verdict import Verdict

VOID = {"meta", "br", "rect", "path", "img", "link", "input", "hr"}


class Tags(HTMLParser):
    """Open elements, to see that all are closed; every attribute, to see where it points."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID or tag == "path":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    tags.close()
    return tags


def page_of(finished: Path) -> str:
    return (finished / "检查报告.html").read_text(encoding="utf-8")


def test_the_report_says_who_when_what_and_under_which_seal(finished: Path, dossier: Dossier) -> None:
    page = page_of(finished)
    for words in (
        dossier.plan.name,
        dossier.plan.unit,
        "2026—2028年",
        "2024年",
        dossier.receipt.seal,
        "2026年3月1日",
    ):
        assert words in page
    assert all(f"<span>{verdict}</span>" in page for verdict in Verdict)
    for judgement in dossier.judgements:
        assert judgement.norm.quote in page and judgement.norm.article in page
    for name, digest in dossier.receipt.inputs.items():
        assert name in page and digest in page


def test_standin_layers_are_announced_before_the_verdicts(finished: Path) -> None:
    page = page_of(finished)
    assert "由坡度小于 15° 的旱地推导" in page
    assert page.index("使用了替代数据") < page.index("评判结论")


def test_every_marked_number_is_the_displayed_value(finished: Path, dossier: Dossier) -> None:
    shown = decide(dossier.book)
    marks = re.findall(r'data-fact="([^"]+)">([^<]*)<', page_of(finished))
    assert len(marks) > 40
    assert all(shown[address].text == text for address, text in marks)


def test_the_page_is_well_formed_and_asks_nothing_of_the_network(finished: Path) -> None:
    page = page_of(finished)
    tags = read(page)
    assert tags.open == []
    assert not {tag for tag, _ in tags.seen} & {"script", "link", "img", "iframe", "object"}
    for _, attributes in tags.seen:
        for name in ("src", "href", "action", "xlink:href"):
            assert not attributes.get(name) or str(attributes[name]).startswith("#")
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", page)
    assert len(page.encode()) < 1_500_000


def test_links_inside_the_page_lead_somewhere(finished: Path) -> None:
    tags = read(page_of(finished))
    ids = [str(attributes["id"]) for _, attributes in tags.seen if "id" in attributes]
    targets = {str(a["href"])[1:] for _, a in tags.seen if a.get("href")} | {
        str(a["aria-labelledby"]) for _, a in tags.seen if "aria-labelledby" in a
    }
    assert targets and targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_words_of_the_user_stay_words(dossier: Dossier, tmp_path: Path) -> None:
    plan = replace(dossier.plan, name='<script>alert("1")</script>', unit="{{ 7 * 7 }}</title>")
    build(replace(dossier, survey=replace(dossier.survey, plan=plan)), tmp_path / "build", ["report"])
    page = (tmp_path / "build" / "检查报告.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}&lt;/title&gt;" in page
    assert "&lt;b&gt;地块&lt;/b&gt; &amp; Co" in page


def test_both_maps_show_the_classes_in_their_official_colours_and_one_frame(finished: Path) -> None:
    page = page_of(finished)
    before, after = re.findall(r'<figure>\s*<svg viewBox="([^"]+)"(.*?)</svg>', page, re.S)
    assert before[0] == after[0]
    assert "#fffbb1" in before[1] or re.search(r"0103 旱地", before[1])
    assert before[1] != after[1], "the plots change something"
    for _, drawing in (before, after):
        numbers = re.findall(r'd="([^"]*)"', drawing)
        assert numbers and not any("." in path or "nan" in path for path in numbers)


def test_a_plan_without_findings_and_without_evidence_says_so(dossier: Dossier, tmp_path: Path) -> None:
    bare = tuple(replace(item, evidence=()) for item in dossier.judgements)
    build(replace(dossier, findings=(), judgements=bare), tmp_path / "build", ["report", "findings"])
    page = (tmp_path / "build" / "检查报告.html").read_text(encoding="utf-8")
    assert "数据检查没有发现问题" in page and "证据图斑" not in page
