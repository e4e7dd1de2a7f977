"""验收对照表。Targets, plots, sub-projects, money and articles: as planned, as built, what follows."""

from __future__ import annotations

from collections.abc import Iterator

from fangtian.accept import Acceptance
from fangtian.catalog.quantity import quantities
from fangtian.deliver.acceptance.listing import At, Content, Listing, Row, said
from fangtian.deliver.present import FORMS, Presentation
from fangtian.deliver.tables.sheet import Sheet
from fangtian.deliver.wording import scope_name
from fangtian.facts.actual.book import ACTUAL, DEVIATION, Outcome
from fangtian.facts.actual.built import BuiltPlot, BuiltState
from fangtian.facts.fact import BEFORE, PLANNED, address_of
from fangtian.facts.scene import PROJECT, subproject_scope

__all__ = [
    "article_sheet",
    "differing",
    "differing_sheet",
    "fund_sheet",
    "outside_sheet",
    "plot_sheet",
    "reached_word",
    "sheets_of",
    "subproject_sheet",
    "target_sheet",
]

SIDES = (PLANNED, ACTUAL, DEVIATION)
_TARGETS = Listing(
    "主要目标",
    "主要目标计划与竣工对照表",
    ("指标", "范围", "整治前", "计划", "实际", "差额", "完成率（%）", "结论"),
    (30, 11, 13, 13, 13, 13, 11, 10),
    note="完成率为实际数除以计划数；“越少越好”的指标按实际数不大于计划数判断是否达到",
)
_PLOTS = Listing(
    "整治地块",
    "整治地块计划与竣工对照表",
    tuple(
        "序号 方案地块 竣工地块 建成情况 方案用途 竣工用途 计划 实际 差额 超出方案 方案内未建 备注".split()
    ),
    (5, 10, 12, 11, 21, 21, 10, 10, 10, 10, 11, 24),
    "公顷",
    "同一地面上的地块分为一组比较；“超出方案”“方案内未建”按图形量算，其余为地块面积",
)
_DIFFERING = Listing(
    "有出入的地块",
    "与批准方案有出入的整治地块",
    ("序号", "方案地块", "竣工地块", "建成情况", "计划", "实际", "差额", "说明"),
    (5, 11, 11, 11, 10, 10, 10, 24),
    "公顷",
    "序号为《验收对照表》中的序号",
)
_OUTSIDE = Listing(
    "范围外建设",
    "整治区域外建设情况表",
    ("序号", "竣工地块", "整治区域外面积"),
    (8, 30, 24),
    "公顷",
)
_SUBPROJECTS = Listing(
    "子项目",
    "子项目计划与竣工对照表",
    tuple("编号 项目名称 主管部门 计划验收年度 计划规模 竣工规模 完成率（%） 方案地块数 竣工地块数".split()),
    (11, 30, 16, 9, 12, 12, 11, 10, 10),
    "公顷",
)
_FUNDS = Listing(
    "资金",
    "资金计划表",
    ("子项目编号", "项目名称", "计划投资", "其中财政", "其中社会"),
    (14, 36, 16, 16, 16),
    "万元",
    "没有提供资金使用表，只列计划数",
)
_SPENT = Listing(
    "资金",
    "资金计划与使用对照表",
    ("子项目编号", "项目名称", "计划投资", "实际使用", "差额", "使用率（%）", "其中财政", "其中社会"),
    (12, 30, 13, 13, 13, 11, 13, 13),
    "万元",
    "“其中财政”“其中社会”为实际使用数",
)
_ARTICLES = Listing(
    "逐条结论", "逐条判定结论表", ("条款", "要求", "范围", "结论", "说明"), (16, 24, 11, 13, 80)
)


def sheets_of(acceptance: Acceptance, shown: Presentation) -> tuple[Sheet, ...]:
    """全部对照表。In the order of the workbook."""
    return (
        target_sheet(acceptance, shown),
        plot_sheet(acceptance, shown),
        outside_sheet(acceptance, shown),
        subproject_sheet(acceptance, shown),
        fund_sheet(acceptance, shown),
        article_sheet(acceptance, shown),
    )


def reached_word(outcome: Outcome, shown: Presentation) -> str:
    """目标结论。Two numbers may look alike on paper and still differ; then it says so."""
    if outcome.reached is not False:
        return "达到" if outcome.reached else "不比较"
    gap = shown.find(address_of(outcome.target.key, outcome.target.scope, DEVIATION))
    close = gap is not None and not gap.value
    return "未达到（差值小于显示精度）" if close else "未达到"


def target_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """主要目标表。"""
    rows = []
    for outcome in acceptance.targets:
        target, quantity = outcome.target, quantities()[outcome.target.key]
        unit = FORMS[quantity.form].unit or "个"
        better = "" if target.better == "more" else "，越少越好"
        cells: list[Content] = [f"{quantity.term}（{unit}{better}）", scope_name(target.scope)]
        cells += [At(address_of(target.key, target.scope, phase)) for phase in (BEFORE, *SIDES)]
        cells += [_rate(target.key, target.scope), reached_word(outcome, shown)]
        rows.append(Row(tuple(cells)))
    return _TARGETS.sheet(rows, shown)


def plot_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """地块表。Of all plots."""
    rows = []
    for number, item in enumerate(acceptance.plots, start=1):
        cells: list[Content] = [*_names(number, item), *(use or "—" for use in item.uses), *_areas(number)]
        for key in ("built_beyond_area", "unbuilt_area"):
            cells.append(At(address_of(key, PROJECT, ACTUAL, str(number))))
        rows.append(Row((*cells, _remark(item))))
    return _PLOTS.sheet(rows, shown)


def differing_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """有出入的地块表。Plots not built as planned, under their numbers in the list of all."""
    rows = []
    for number, item in enumerate(acceptance.plots, start=1):
        if item.state is not BuiltState.AS_PLANNED:
            was, became = item.uses
            both = was and became and was != became
            uses = f"方案为{was}，竣工为{became}" if both else was or became
            words = "；".join(filter(None, (uses, _remark(item))))
            rows.append(Row((*_names(number, item), *_areas(number), words)))
    return _DIFFERING.sheet(rows, shown)


def _names(number: int, item: BuiltPlot) -> tuple[Content, ...]:
    names = ("、".join(ids) or "—" for ids in (item.change.old, item.change.new))
    return (str(number), *names, str(item.state))


def _areas(number: int) -> tuple[Content, ...]:
    return tuple(At(address_of("built_group_area", PROJECT, side, str(number))) for side in SIDES)


def _remark(item: BuiltPlot) -> str:
    """How a group of plots was redrawn, and which fields differ."""
    several = len(item.change.old) > 1 or len(item.change.new) > 1
    moved = [str(item.change.fate)] if several or item.change.fate == "移位" else []
    altered = [f"{a.term}由“{a.old}”改为“{a.new}”" for a in item.change.fields]
    return "；".join([*moved, *altered])


def outside_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """范围外建设表。"""
    rows = [
        Row((str(number), item.plot, At(address_of("built_outside_area", item.scope, ACTUAL))))
        for number, item in enumerate(acceptance.outside, start=1)
    ]
    total = Row(("合计", "", At(address_of("built_outside_area", PROJECT, ACTUAL))), total=True)
    return _OUTSIDE.sheet([*rows, total], shown)


def subproject_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """子项目表。"""
    rows = []
    for item in acceptance.approved.survey.subprojects:
        scope = subproject_scope(item.id)
        words = ("subproject_name", "subproject_department", "subproject_acceptance")
        cells: list[Content] = [item.id, *(At(address_of(key, scope, PLANNED)) for key in words)]
        cells += [At(address_of("subproject_scale", scope, phase)) for phase in (PLANNED, ACTUAL)]
        cells.append(_rate("subproject_scale", scope))
        cells += [At(address_of("subproject_plot_count", scope, phase)) for phase in (PLANNED, ACTUAL)]
        rows.append(Row(tuple(cells)))
    scales = [At(address_of("subproject_scale", PROJECT, phase)) for phase in (PLANNED, ACTUAL)]
    total: tuple[Content, ...] = ("合计", "", "", "", *scales, _rate("subproject_scale", PROJECT), "", "")
    return _SUBPROJECTS.sheet([*rows, Row(total, total=True)], shown)


def fund_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """资金表。Planned only, unless a table of what was spent is given."""
    scopes = [(item.id, subproject_scope(item.id)) for item in acceptance.approved.survey.subprojects]
    rows = [Row((name, At(address_of("subproject_name", scope, PLANNED)), *_money(acceptance, scope)))
            for name, scope in scopes]  # fmt: skip
    rows.append(Row(("合计", "", *_money(acceptance, PROJECT)), total=True))
    return (_SPENT if acceptance.paid else _FUNDS).sheet(rows, shown)


def _money(acceptance: Acceptance, scope: str) -> Iterator[Content]:
    parts = ("investment_fiscal", "investment_social")
    if not acceptance.paid:
        yield from (At(address_of(key, scope, PLANNED)) for key in ("investment", *parts))
        return
    yield from (At(address_of("investment", scope, phase)) for phase in SIDES)
    yield _rate("investment", scope)
    yield from (At(address_of(key, scope, ACTUAL)) for key in parts)


def article_sheet(acceptance: Acceptance, shown: Presentation) -> Sheet:
    """逐条结论表。"""
    rows = [
        Row((item.norm.article, item.norm.title, scope_name(item.scope), str(item.verdict), said(item)))
        for item in acceptance.judgements
    ]
    return _ARTICLES.sheet(rows, shown)


def _rate(key: str, scope: str) -> At:
    return At(address_of("completion_rate", scope, ACTUAL, key))


def differing(acceptance: Acceptance) -> tuple[BuiltPlot, ...]:
    """有出入的地块。All but those built as planned."""
    return tuple(item for item in acceptance.plots if item.state is not BuiltState.AS_PLANNED)
