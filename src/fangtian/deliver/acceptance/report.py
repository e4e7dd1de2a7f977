"""整体验收报告。The Word report of acceptance: articles, targets, plots, sub-projects, money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fangtian.accept import Acceptance
from fangtian.catalog.layer import layer_specs
from fangtian.catalog.quantity import quantities
from fangtian.deliver.acceptance.listing import At, grid_of, spans_of
from fangtian.deliver.acceptance.tables import (
    differing,
    differing_sheet,
    fund_sheet,
    outside_sheet,
    subproject_sheet,
    target_sheet,
)
from fangtian.deliver.document.blocks import Block, Document, Entry, Figure, Grid, Heading, Paragraph, Span
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.deliver.wording import scope_name, segments
from fangtian.facts.actual.book import ACTUAL, DEVIATION
from fangtian.facts.actual.built import BuiltState
from fangtian.facts.fact import address_of
from fangtian.facts.scene import PROJECT
from fangtian.law.verdict import Judgement, Verdict
from fangtian.plan.place import listed
from fangtian.units import written_date

__all__ = ["TITLE", "acceptance_report", "judged", "signatures"]

TITLE = "整体验收报告"
PILOT = "gansu-pilot-2021"
STEPS = ("县级自验", "市级初验", "省级终验")
PILOT_STEPS = ("县级自验", "市级验收", "省级评估")
"""验收环节。The measures of 2025 and the pilot plan of 2021 call the steps differently."""


def acceptance_report(
    acceptance: Acceptance, shown: Presentation, origin: Origin, figure: Figure
) -> Document:
    """整体验收报告。Every number is a fact of the acceptance; ``figure`` is the map of plan and works."""
    steps = PILOT_STEPS if PILOT in origin.regimes else STEPS
    blocks = (
        Heading(1, TITLE),
        Heading(2, "一、验收依据和数据", within=True),
        *_grounds(acceptance, origin),
        Heading(2, "二、逐条判定结论", within=True),
        *judged(acceptance.judgements, shown),
        Heading(2, "三、主要目标完成情况", within=True),
        *_targets(acceptance, shown),
        Heading(2, "四、整治地块建成情况", within=True),
        *_plots(acceptance, shown),
        Heading(2, "五、子项目完成情况", within=True),
        grid_of(subproject_sheet(acceptance, shown)),
        Heading(2, "六、资金情况", within=True),
        grid_of(fund_sheet(acceptance, shown)),
        Heading(2, "七、存在的问题", within=True),
        *_problems(acceptance, shown),
        Heading(2, "八、计划与竣工对照图", within=True),
        figure,
        Heading(2, "九、验收意见", within=True),
        signatures("验收意见表", [f"{step}意见" for step in steps]),
    )
    plan = origin.plan.removesuffix("实施方案")
    return Document(
        title=f"{plan}\n{TITLE}",
        subtitle="（批准方案与竣工成果对照）",
        lines=(("编制单位", origin.unit), ("编制日期", written_date(acceptance.on))),
        seal=acceptance.book.seal(),
        blocks=blocks,
        contents=False,
        author=origin.unit,
    )


def _grounds(acceptance: Acceptance, origin: Origin) -> Iterator[Block]:
    works = acceptance.as_built
    titles = "、".join(f"“{layer_specs()[role].title}”" for role in works.roles)
    kept = [item.values["title"] for item in works.findings if item.code == "ACC-layer-as-planned"]
    yield Paragraph((Span(f"本次验收以经批准的《{origin.plan}》为依据，与竣工数据逐项对照。"),))
    words = f"竣工数据为“{works.file}”，其中有{titles}图层。"
    if kept:
        words += f"竣工数据没有提供{'、'.join(f'“{title}”' for title in kept)}图层，按批准方案计算。"
    yield Paragraph((Span(words),))
    words = "计划数和实际数由同一方法在同一土地调查底图上计算；竣工界线与方案界线的出入在重绘容差以内的，"
    rules = f"按{written_date(acceptance.on)}施行的规定判定。"
    yield Paragraph((Span(f"{words}视为同一界线。{rules}"),))


def judged(judgements: Iterable[Judgement], shown: Presentation) -> Iterator[Block]:
    """逐条结论。One item per judgement; what does not apply to this plan is left out."""
    kept = [item for item in judgements if item.verdict is not Verdict.NOT_APPLICABLE or item.scope]
    for number, item in enumerate(kept, start=1):
        parts = segments(item.sentence, shown)
        spans = tuple(Span(part.text, part.address, part.form) for part in parts)
        head = Span(f"{item.norm.title}（{scope_name(item.scope)}）：{item.verdict}。", bold=True)
        yield Paragraph((head, *spans), "item", f"{number}.")
    if not kept:
        yield Paragraph((Span("适用的规定中没有需要计算判定的条文。"),))


def _targets(acceptance: Acceptance, shown: Presentation) -> Iterator[Block]:
    missed = [item for item in acceptance.targets if item.reached is False]
    if missed:
        names = "、".join(quantities()[item.target.key].term for item in missed)
        yield Paragraph((Span(f"批准方案的主要目标中，{names}没有达到计划数，其余见下表。"),))
    else:
        yield Paragraph((Span("批准方案的主要目标都达到计划数，见下表。"),))
    yield grid_of(target_sheet(acceptance, shown))


def _plots(acceptance: Acceptance, shown: Presentation) -> Iterator[Block]:
    words: list[str | At] = ["批准方案的整治地块与竣工地块按同一地面分组比较："]
    for number, state in enumerate(BuiltState):
        mark = "，" if number else ""
        words += [f"{mark}{state}", At(address_of("built_plot_count", PROJECT, ACTUAL, str(state))), "组"]
    yield Paragraph((*spans_of(words, shown), Span("。")))
    if differing(acceptance):
        yield Paragraph((Span("与批准方案有出入的地块见下表，全部地块见《验收对照表》。"),))
        yield grid_of(differing_sheet(acceptance, shown))
    outside = At(address_of("built_outside_area", PROJECT, ACTUAL))
    if not acceptance.outside:
        words = ["批准的整治区域和整治地块以外的建设面积为", outside, "公顷。"]
        yield Paragraph(tuple(spans_of(words, shown)))
        return
    words = ["批准的整治区域和整治地块以外的建设面积为", outside, "公顷，涉嫌擅自扩大实施范围，见下表。"]
    yield Paragraph(tuple(spans_of(words, shown)))
    yield grid_of(outside_sheet(acceptance, shown))


def _problems(acceptance: Acceptance, shown: Presentation) -> Iterator[Block]:
    """What has to be seen to before the next step: articles, targets, plots."""
    found = [*_unreached(acceptance, shown)]
    found += _otherwise(acceptance, shown)
    if acceptance.outside:
        words: list[str | At] = [
            "整治区域外建设",
            At(address_of("built_outside_area", PROJECT, ACTUAL)),
            "公顷，按管理办法",
        ]
        found.append((*spans_of(words, shown), Span("第三十五条核实整改，或者先按第二十条调整方案。")))
    if not found:
        yield Paragraph((Span("对照中没有发现问题。"),))
    for number, spans in enumerate(found, start=1):
        yield Paragraph(spans, "item", f"{number}.")


_REMEDIES = {
    BuiltState.UNBUILT: "应限期建成，或者按管理办法第二十条调整方案后再验收。",
    BuiltState.UNPLANNED: "应说明依据；没有批准的，补办调整，不能计入项目成果。",
    BuiltState.EXTENT: "应核对竣工测量，说明原因；属方案变更的，附变更备案材料。",
    BuiltState.CLASS: "应核对竣工地类认定，说明原因；属方案变更的，附变更备案材料。",
    BuiltState.BOTH: "应核对竣工测量和地类认定，说明原因；属方案变更的，附变更备案材料。",
}


def _otherwise(acceptance: Acceptance, shown: Presentation) -> Iterator[tuple[Span, ...]]:
    """Plots not as planned, by what became of them."""
    for state, remedy in _REMEDIES.items():
        changes = [item.change for item in acceptance.plots if item.state is state]
        if changes:
            names = listed([name for change in changes for name in change.old or change.new])
            count = At(address_of("built_plot_count", PROJECT, ACTUAL, str(state)))
            words: list[str | At] = [f"{state}的地块", count, f"组（{names}），{remedy}"]
            yield tuple(spans_of(words, shown))


def _unreached(acceptance: Acceptance, shown: Presentation) -> Iterator[tuple[Span, ...]]:
    for item in acceptance.targets:
        if item.reached is False:
            target = item.target
            gap = address_of(target.key, target.scope, DEVIATION)
            unit = shown[gap].unit or "个"
            name = f"{scope_name(target.scope)}{quantities()[target.key].term}"
            close = "" if shown[gap].value else "（差值小于显示精度）"
            words: list[str | At] = [
                f"{name}没有达到计划数，差额为",
                At(gap),
                f"{unit}{close}，应说明原因并限期整改。",
            ]
            yield tuple(spans_of(words, shown))


def signatures(caption: str, steps: Iterable[str]) -> Grid:
    """意见栏。Room for opinion, signature, seal and date of every step."""
    seal, day = (
        "　　　　　　负责人（签字）：　　　　　　（盖章）",
        "　　　　　　　　　　　　　　　　年　　月　　日",
    )
    blank = f"\n\n\n\n{seal}\n{day}"
    entries = [Entry(0, 0, (Span("环节"),), "header"), Entry(0, 1, (Span("意见"),), "header")]
    for row, step in enumerate(steps, start=1):
        entries += [Entry(row, 0, (Span(step),), "center"), Entry(row, 1, (Span(blank),))]
    return Grid(caption, (12, 60), tuple(entries))
