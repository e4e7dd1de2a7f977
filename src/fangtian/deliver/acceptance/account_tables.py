"""年度核算表。New farmland and made-up basic farmland of a year: by plot, by village, with earlier years."""

from __future__ import annotations

from collections.abc import Iterator

from fangtian.accept import Account
from fangtian.deliver.acceptance.listing import At, Content, Listing, Row
from fangtian.deliver.present import Presentation
from fangtian.deliver.tables.sheet import Sheet
from fangtian.facts.actual.account import EARLIER, PILOT, RIDGES
from fangtian.facts.actual.book import ACTUAL
from fangtian.facts.actual.yearly import KINDS, Counted, Kind
from fangtian.facts.fact import BEFORE, PLANNED, address_of, year_phase
from fangtian.facts.scene import PROJECT

__all__ = ["account_sheets", "again_sheet", "farmland_sheet", "pbf_sheet", "sum_sheet", "village_sheet"]

FARMLAND, PBF = KINDS
_FARMLAND = Listing(
    "新增耕地",
    "新增耕地年度核算表",
    tuple(
        "序号 地块编号 位置 整治前地类 整治后地类 新增耕地来源 核算面积 归并田坎 等别 坡度级 证明材料".split()
    ),
    (5, 11, 14, 12, 11, 14, 11, 11, 8, 14, 20),
    "公顷",
    "整治前地类为地块内面积最大的地类；归并田坎是由耕地内田坎减少形成的部分，包含在核算面积中",
)
_PBF = Listing(
    "补划永久基本农田",
    "补划永久基本农田年度核算表",
    ("序号", "地块编号", "位置", "整治前地类", "整治后地类", "核算面积", "耕地等别", "坡度级", "备注"),
    (5, 12, 16, 13, 13, 12, 9, 15, 24),
    "公顷",
    "核算面积已扣除田坎；建成年度取地块所在整治地块的最后实施年度",
)
_VILLAGES = Listing(
    "分村汇总",
    "年度核算分村汇总表",
    ("序号", "行政村", "新增耕地", "其中归并田坎", "补划永久基本农田"),
    (6, 24, 18, 18, 20),
    "公顷",
)
_SUMS = Listing(
    "累计",
    "历年核算与批准方案对照表",
    ("核算内容", "以前年度", "本年度", "累计", "批准方案", "完成率（%）"),
    (26, 14, 14, 14, 14, 12),
    "公顷",
)
_AGAIN = Listing(
    "重复地块",
    "重复计入地块清单",
    ("核算内容", "地块编号", "已核算地块", "已核算年度", "核算地块库", "重复情形"),
    (20, 14, 14, 12, 22, 14),
    note="表中地块没有计入本次核算",
)


def account_sheets(account: Account, shown: Presentation) -> tuple[Sheet, ...]:
    """全部核算表。The list of repeated plots only where there are any."""
    sheets = (
        farmland_sheet(account, shown),
        pbf_sheet(account, shown),
        village_sheet(account, shown),
        sum_sheet(account, shown),
    )
    return (*sheets, again_sheet(account, shown)) if account.again else sheets


def farmland_sheet(account: Account, shown: Presentation) -> Sheet:
    """新增耕地核算表。By plot, with the sum."""
    phase = year_phase(account.year)
    columns = (
        *(("plot_location", PLANNED), ("plot_class_before", BEFORE), ("plot_class", PLANNED)),
        *(("plot_source", PLANNED), (FARMLAND.key, phase), (RIDGES, phase)),
        *(("plot_grade", PLANNED), ("account_slope", phase), ("plot_proof", PLANNED)),
    )
    plots = enumerate(_counted(account, FARMLAND), start=1)
    rows = [_row(number, item, columns) for number, item in plots]
    sums = (At(address_of(key, PROJECT, phase)) for key in (FARMLAND.key, RIDGES))
    total = Row(("合计", "", "", "", "", "", *sums, "", "", ""), total=True)
    return _FARMLAND.sheet([*rows, total], shown)


def pbf_sheet(account: Account, shown: Presentation) -> Sheet:
    """补划永久基本农田核算表。By plot, with the sum."""
    phase = year_phase(account.year)
    columns = (
        *(("plot_location", PLANNED), ("pbf_plot_class", BEFORE), ("pbf_plot_class", PLANNED)),
        *((PBF.key, phase), ("pbf_plot_grade", PLANNED), ("account_slope", phase), ("plot_note", PLANNED)),
    )
    rows = [_row(number, item, columns) for number, item in enumerate(_counted(account, PBF), start=1)]
    total = Row(("合计", "", "", "", "", At(address_of(PBF.key, PROJECT, phase)), "", "", ""), total=True)
    return _PBF.sheet([*rows, total], shown)


def village_sheet(account: Account, shown: Presentation) -> Sheet:
    """分村汇总表。Villages where anything was counted, with the sum."""
    keys, phase = (FARMLAND.key, RIDGES, PBF.key), year_phase(account.year)
    found = {
        fact.scope: None
        for fact in account.book
        if fact.key in keys and fact.phase == phase and fact.scope.startswith("village:") and fact.value
    }
    rows = []
    for number, scope in enumerate(sorted(found), start=1):
        cells = (At(address_of(key, scope, phase)) for key in keys)
        rows.append(Row((str(number), At(address_of("village_names", scope, BEFORE)), *cells)))
    sums = (At(address_of(key, PROJECT, phase)) for key in keys)
    return _VILLAGES.sheet([*rows, Row(("合计", "", *sums), total=True)], shown)


def sum_sheet(account: Account, shown: Presentation) -> Sheet:
    """累计对照表。Earlier years, this one, together, and what the plan sets out."""
    phases = (EARLIER, year_phase(account.year), ACTUAL)
    rows = []
    for kind in KINDS:
        cells: list[Content] = [At(address_of(kind.key, PROJECT, phase)) for phase in phases]
        cells.append(At(address_of(kind.planned, PILOT, PLANNED)))
        cells.append(At(address_of("completion_rate", PILOT, ACTUAL, kind.planned)))
        rows.append(Row((kind.title, *cells)))
        if kind == FARMLAND:
            ridges = (At(address_of(RIDGES, PROJECT, phase)) for phase in phases)
            rows.append(Row(("　其中归并田坎", *ridges, "—", "—")))
    return _SUMS.sheet(rows, shown)


def again_sheet(account: Account, shown: Presentation) -> Sheet:
    """重复地块表。Plots that an earlier account holds."""
    rows = []
    for item in account.again:
        how = "地面重叠" if item.overlap else "编号相同"
        earlier = item.earlier
        cells = (item.kind.title, item.plot, earlier.plot, f"{earlier.year}年度", earlier.file, how)
        rows.append(Row(cells))
    return _AGAIN.sheet(rows, shown)


def _counted(account: Account, kind: Kind) -> Iterator[Counted]:
    yield from (item for item in account.counted if item.kind == kind)


def _row(number: int, item: Counted, columns: tuple[tuple[str, str], ...]) -> Row:
    cells = (At(address_of(key, item.scope, phase)) for key, phase in columns)
    return Row((str(number), item.plot, *cells))
