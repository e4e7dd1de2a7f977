"""年度核算报告。The Word report of a year's account, for the city to check and the province to file."""

from __future__ import annotations

from collections.abc import Iterator

from fangtian.accept import Account
from fangtian.deliver.acceptance.account_tables import (
    again_sheet,
    farmland_sheet,
    pbf_sheet,
    sum_sheet,
    village_sheet,
)
from fangtian.deliver.acceptance.listing import At, grid_of, spans_of
from fangtian.deliver.acceptance.report import judged, signatures
from fangtian.deliver.document.blocks import Block, Document, Heading, Paragraph, Span
from fangtian.deliver.origin import Origin
from fangtian.deliver.present import Presentation
from fangtian.facts.actual.account import PILOT, RIDGES, UNDATED
from fangtian.facts.actual.book import ACTUAL
from fangtian.facts.actual.yearly import KINDS
from fangtian.facts.fact import PLANNED, address_of, year_phase
from fangtian.facts.scene import PROJECT
from fangtian.units import written_date

__all__ = ["ACCOUNT_TITLE", "account_report"]

ACCOUNT_TITLE = "年度核算报告"
FARMLAND, PBF = KINDS


def account_report(account: Account, shown: Presentation, origin: Origin) -> Document:
    """年度核算报告。Every number is a fact of the account."""
    blocks: list[Block] = [
        Heading(1, f"{account.year}{ACCOUNT_TITLE}"),
        Heading(2, "一、核算依据和范围", within=True),
        *_grounds(account, origin),
        Heading(2, "二、核算结果", within=True),
        *_results(account, shown),
        Heading(2, "三、分村汇总", within=True),
        grid_of(village_sheet(account, shown)),
        Heading(2, "四、新增耕地核算地块", within=True),
        grid_of(farmland_sheet(account, shown)),
        Heading(2, "五、补划永久基本农田核算地块", within=True),
        grid_of(pbf_sheet(account, shown)),
        Heading(2, "六、历年累计与批准方案对照", within=True),
        grid_of(sum_sheet(account, shown)),
        Heading(2, "七、重复计入核查", within=True),
        *_again(account, shown),
    ]
    if account.judgements:
        blocks += [Heading(2, "八、逐条判定结论", within=True), *judged(account.judgements, shown)]
    last = "九" if account.judgements else "八"
    blocks.append(Heading(2, f"{last}、复核和备案", within=True))
    blocks.append(signatures("复核备案意见表", ("县级编制", "市级复核", "省级备案")))
    return Document(
        title=f"{origin.plan.removesuffix('实施方案')}\n{ACCOUNT_TITLE}",
        subtitle=f"（{account.year}年度）",
        lines=(("编制单位", origin.unit), ("编制日期", written_date(account.on))),
        seal=account.book.seal(),
        blocks=tuple(blocks),
        contents=False,
        author=origin.unit,
    )


def _grounds(account: Account, origin: Origin) -> Iterator[Block]:
    year = f"{account.year}年"
    yield Paragraph((Span(
        f"按照管理办法第三十六条“新增耕地和补划永久基本农田分年度核算”的规定，对《{origin.plan}》{year}"
        "建成的新增耕地和补划永久基本农田逐地块核算。"
    ),))  # fmt: skip
    words = f"竣工数据为“{account.as_built.file}”，核算实施年度为{year}的地块；"
    files = "、".join(dict.fromkeys(f"“{item.file}”" for item in account.held))
    words += f"以前年度核算取自{files}，已核算的地块不再计入。" if files else "没有以前年度核算。"
    yield Paragraph((Span(words),))


def _results(account: Account, shown: Presentation) -> Iterator[Block]:
    phase = year_phase(account.year)
    count, other = (At(address_of("account_plot_count", PROJECT, phase, kind.title)) for kind in KINDS)
    words: list[str | At] = ["本年度核算新增耕地", At(address_of(FARMLAND.key, PROJECT, phase)), "公顷，其中"]
    words += ["归并田坎", At(address_of(RIDGES, PROJECT, phase)), "公顷，涉及地块", count, "个；"]
    words += [
        "核算补划永久基本农田",
        At(address_of(PBF.key, PROJECT, phase)),
        "公顷，涉及地块",
        other,
        "个。",
    ]
    yield Paragraph(tuple(spans_of(words, shown)))
    words = ["连同以前年度"]
    for number, kind in enumerate(KINDS):
        planned = address_of(kind.planned, PILOT, PLANNED)
        rate = address_of("completion_rate", PILOT, ACTUAL, kind.planned)
        words += [
            "；" if number else "，",
            f"累计核算{kind.title}",
            At(address_of(kind.key, PROJECT, ACTUAL)),
            "公顷",
        ]
        if planned in shown:
            words += ["，批准方案为", At(planned), "公顷"]
        if rate in shown:
            words += ["，完成", At(rate), "%"]
    yield Paragraph((*spans_of(words, shown), Span("。")))
    lost = address_of("account_plot_count", PROJECT, ACTUAL, UNDATED)
    if shown[lost].value:
        words = [
            "另有",
            At(lost),
            "个调入地块不在任何整治地块上，看不出建成年度，没有计入任何年度，须另行说明。",
        ]
        yield Paragraph(tuple(spans_of(words, shown)))


def _again(account: Account, shown: Presentation) -> Iterator[Block]:
    if not account.again:
        yield Paragraph((Span("本年度地块与以前年度核算的地块编号、地面都不重复，没有重复计入。"),))
        return
    yield Paragraph((Span("下列地块以前年度已经核算，没有再计入："),))
    yield grid_of(again_sheet(account, shown))
