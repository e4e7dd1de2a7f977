"""方案调整说明。The Word annex to a revised plan: what changes, which way it has to go, what stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fangtian.catalog.quantity import quantities
from fangtian.catalog.target import targets
from fangtian.deliver.document.blocks import (
    Block,
    Document,
    Entry,
    Figure,
    Grid,
    Heading,
    Look,
    Paragraph,
    Span,
)
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.deliver.wording import fact_term, scope_name, segments
from fangtian.facts.revision.book import APPROVED, MONEY, REVISED, REVISION, YEARS, changed
from fangtian.facts.scene import PROJECT
from fangtian.law.verdict import Judgement, Verdict
from fangtian.revise import Revision

__all__ = ["TITLE", "annex"]

TITLE = "方案调整说明"
SIDES = (APPROVED, REVISED, REVISION)
HEAD = ("批准方案", "调整方案", "增减")
_NARROW = 6
"""Tables of more columns stand on a page turned on its side."""
Cells = Sequence[tuple[Span, ...]]


def annex(revision: Revision, shown: Presentation, origin: Origin, figure: Figure) -> Document:
    """方案调整说明。Every number is a fact of the revision; ``figure`` is the map of both versions."""
    blocks = (
        Heading(1, TITLE),
        Heading(2, "一、适用程序和总体判定", within=True),
        *_routes(revision),
        *_judged(revision.judgements, shown),
        *_broken(revision),
        Heading(2, "二、主要目标对照", within=True),
        *_targets(shown),
        Heading(2, "三、整治地块变化", within=True),
        *_plots(revision, shown),
        Heading(2, "四、范围和“三区三线”变化", within=True),
        *_ground(revision, shown),
        Heading(2, "五、资金和实施期限对照", within=True),
        *_money(revision, shown),
        Heading(2, "六、方案调整对照图", within=True),
        figure,
    )
    plan = origin.plan.removesuffix("实施方案")
    return Document(
        title=f"{plan}\n{TITLE}",
        subtitle="（实施方案附件）",
        lines=(("编制单位", origin.unit), ("编制日期", f"{revision.on.year}年{revision.on.month}月")),
        seal=revision.book.seal(),
        blocks=blocks,
        contents=False,
        author=origin.unit,
    )


def _routes(revision: Revision) -> Iterator[Block]:
    for item in revision.routes:
        if item.verdict is not Verdict.NOT_APPLICABLE:
            words = f"本次调整适用{item.norm.citation}：“{item.norm.quote}”。"
            yield Paragraph((Span(words, bold=True),))


def _judged(judgements: Iterable[Judgement], shown: Presentation) -> Iterator[Block]:
    for number, item in enumerate(judgements, start=1):
        spans = tuple(_spans(item.sentence, shown))
        head = Span(f"{item.norm.title}：{item.verdict}。", bold=True)
        yield Paragraph((head, *spans), "item", f"{number}.")


def _broken(revision: Revision) -> Iterator[Block]:
    if not revision.broken:
        yield Paragraph((Span("与批准方案相比，调整方案没有新的不符合“必须”条文的情形。"),))
        return
    yield Paragraph((Span("与批准方案相比，调整方案新出现下列不符合“必须”条文的情形："),))
    for number, item in enumerate(revision.broken, start=1):
        words = f"{item.norm.citation}“{item.norm.quote}”（{scope_name(item.scope)}）。"
        yield Paragraph((Span(words),), "item", f"（{number}）")


def _targets(shown: Presentation) -> Iterator[Block]:
    rows = []
    for target in targets():
        addresses = [f"{target.key}@{target.scope}.{phase}" for phase in SIDES]
        if all(address in shown for address in addresses):
            unit = shown[addresses[0]].unit or "个"
            head = (f"{quantities()[target.key].term}（{unit}）", scope_name(target.scope))
            better = {"more": "增加为好", "less": "减少为好"}[target.better]
            words = [(Span(text),) for text in head]
            rows.append([*words, *(_fact(shown, address) for address in addresses), (Span(better),)])
    header = ("指标", "范围", *HEAD, "说明")
    yield _grid("主要目标对照表", header, (18, 9, 11, 11, 11, 9), rows)


def _plots(revision: Revision, shown: Presentation) -> Iterator[Block]:
    counted = [
        (fact.member, fact.address)
        for fact in revision.book
        if fact.key == "change_plot_count" and fact.value
    ]
    spans: list[Span] = [Span("两版方案的整治地块按去向分：")]
    for number, (fate, address) in enumerate(counted):
        spans += [Span(f"{'，' if number else ''}{fate}"), *_fact(shown, address), Span("个")]
    yield Paragraph((*spans, Span("。线位出入在重绘容差以内的，视为同一界线。")))
    rows = []
    for number, change in enumerate(changed(revision.plots), start=1):
        words = "；".join(f"{item.term}由“{item.old}”改为“{item.new}”" for item in change.fields)
        cells: list[tuple[Span, ...]] = [(Span(str(number)),), (Span(str(change.fate)),)]
        cells += [(Span("、".join(names) or "—"),) for names in (change.old, change.new)]
        cells += [_fact(shown, f"change_group_area[{number}]@{PROJECT}.{phase}") for phase in SIDES]
        rows.append([*cells, (Span(words),)])
    if rows:
        header = ("序号", "去向", "批准方案地块", "调整方案地块", *HEAD, "属性变更")
        widths = (4, 7, 12, 12, 9, 9, 9, 18)
        yield _grid("整治地块变化表", header, widths, rows, "单位：公顷")


def _ground(revision: Revision, shown: Presentation) -> Iterator[Block]:
    rows = []
    for change in revision.ground:
        cells = [
            _fact(shown, f"change_{word}_area[{change.role}]@{PROJECT}.planned")
            for word in ("added", "dropped")
        ]
        rows.append([(Span(change.title),), *cells])
    yield _grid("范围变化表", ("图层", "增加面积", "减少面积"), (20, 12, 12), rows, "单位：公顷")


def _money(revision: Revision, shown: Presentation) -> Iterator[Block]:
    facts = [f for f in revision.book if f.key in (*MONEY, *YEARS) and f.phase == APPROVED]
    rows = []
    for fact in facts:
        addresses = [fact.address.removesuffix(APPROVED) + phase for phase in SIDES]
        unit = shown[fact.address].unit or "年"
        name = f"{fact_term(fact.address)}（{unit}）"
        rows.append([(Span(name),), *(_fact(shown, address) for address in addresses)])
    yield _grid("资金和实施期限对照表", ("项目", *HEAD), (22, 12, 12, 12), rows)


def _grid(
    caption: str, header: Sequence[str], widths: Sequence[float], rows: Sequence[Cells], unit: str = ""
) -> Grid:
    entries = [Entry(0, col, (Span(text),), "header") for col, text in enumerate(header)]
    for number, row in enumerate(rows, start=1):
        for col, spans in enumerate(row):
            look: Look = "number" if any(span.fact for span in spans) else "text"
            entries.append(Entry(number, col, spans, look))
    return Grid(caption, tuple(widths), tuple(entries), unit=unit, landscape=len(header) > _NARROW)


def _fact(shown: Presentation, address: str) -> tuple[Span, ...]:
    return (Span(shown.text(address), address),) if address in shown else (Span("—"),)


def _spans(sentence: str, shown: Presentation) -> Iterator[Span]:
    yield from (Span(part.text, part.address, part.form) for part in segments(sentence, shown))
