"""Factual drafts of all chapters: every heading worded, every number a slot, no praise without ground."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from busy_plan import busy
from tiny_plan import Draft, cell, tiny_plan

from fangtian.assess import Dossier, assess
from fangtian.catalog.outline import Heading as OutlineHeading
from fangtian.catalog.outline import outline
from fangtian.deliver.document.blocks import Figure, Grid, Heading, Paragraph, Span, plain
from fangtian.deliver.document.desk import CHARTS, Desk
from fangtian.deliver.document.drafting import drafted
from fangtian.deliver.document.markdown import Located, Writing, parse
from fangtian.deliver.document.pictures import PictureShelf
from fangtian.deliver.document.reading import Reader
from fangtian.deliver.document.sections import Sections, chapters
from fangtian.deliver.opinion import opinions_of
from fangtian.deliver.present import decide
from fangtian.deliver.submission import Status, checklist
from fangtian.plan.folder import open_plan
from fangtian.plan.sample import write_sample
from fangtian.plan.trial import write_trial

REAL = Path(__file__).parents[5] / "shared/data/dltb_real/ro.gpkg.zip"
ON = date(2026, 3, 1)
CHAPTERS = tuple(f"{number:02d}" for number in range(9))
MAPS = (
    "位置图 土地利用现状图 土地利用规划图 项目建设规划总图"
    " 永久基本农田调整前图 永久基本农田调整后图 新增耕地分布图"
)


def pilot(draft: Draft) -> None:
    """Judged by the rules of the trial, with basic farmland moved."""
    busy(draft)
    draft.toml = draft.toml.replace('"gansu-measures-2025"', '"pilot-2021"')


def bare(draft: Draft) -> None:
    """One village, no red line, no cash flow, no existing projects, no rights, no grades, no slopes."""
    draft.layers["eco_redline"].shapes = [cell(900, 900, 1000, 1000)]
    villages = draft.layers["villages"]
    villages.shapes[0] = cell(0, 0, 400, 300)
    villages.drop(1)
    for name in ("GDDB", "GDPDJB"):
        del draft.layers["parcels"].columns[name]
    for name in ("cash_flow", "existing_projects"):
        del draft.tables[name]
        draft.toml = draft.toml.replace(f'[tables.{name}]\npath = "data/{name}.xlsx"\n', "")
    draft.toml = draft.toml.replace('discount_rate = "5%"\n', "")


def foreign(draft: Draft) -> None:
    """Outside the territory of the rules that are held: nothing is judged."""
    draft.toml = draft.toml.replace("620523", "500101")
    codes = draft.layers["villages"].columns
    codes["ZLDWDM"] = [code.replace("620523", "500101") for code in codes["ZLDWDM"]]


def worse(draft: Draft) -> None:
    """Farmland is lost and building land gained: the plan must not be praised."""
    plots = draft.layers["plots"].columns
    plots["GHDLBM"] = ["0301", "0301", "0702"]
    plots["DKLX"] = ["生态修复", "拆旧复垦", "建新"]
    plots["ZHDB"] = [None, None, None]
    plots["ZHKCXS"] = [None, None, None]


def resettled(draft: Draft) -> None:
    """Rights are said to change, and a village is to be moved."""
    draft.layers["villages"].columns["CZLX"] = ["搬迁撤并", ""]
    draft.toml += '[basics]\nownership_adjusted = true\nfeatures = "川区"\nbenefits = "增收"\n'


def long(draft: Draft) -> None:
    """Seven years, no discount rate, no funds, a village without figures, little but the works is filed."""
    draft.toml = draft.toml.replace("[2026, 2028]", "[2026, 2032]").replace('discount_rate = "5%"\n', "")
    del draft.tables["funds"][1:]
    for column in ("CZLX", "HS", "RK"):
        draft.layers["villages"].columns[column] = [None, None]
    draft.tables["cash_flow"] = [draft.tables["cash_flow"][0], [2026, "工程支出", "流出", 100.5]]


TINY: dict[str, Callable[[Draft], None] | None] = {
    "tiny": None,
    "busy": busy,
    "pilot": pilot,
    "bare": bare,
    "foreign": foreign,
    "worse": worse,
    "resettled": resettled,
    "long": long,
}
KINDS = (
    *TINY,
    "sample",
    pytest.param("trial", marks=pytest.mark.skipif(not REAL.exists(), reason="no data")),
)


@dataclass(frozen=True)
class Told:
    """What the drafts of a plan say: their Markdown, what it reads as, and the bodies by heading."""

    desk: Desk
    markdown: dict[str, str]
    writings: dict[str, Writing]
    bodies: dict[str, list[Located]]

    def text(self, heading: str) -> str:
        return "\n".join(words for located in self.bodies.get(heading, []) for words in lines(located.block))

    @property
    def whole(self) -> str:
        return "\n".join(self.text(heading.id) for heading in headings())


@cache
def headings() -> tuple[OutlineHeading, ...]:
    return outline("outline-2021").headings


def told(dossier: Dossier, *, drawn: bool = True) -> Told:
    presentation = decide(dossier.book)
    figures = {a: Figure(a, b"", a) for a in (*(f"map:{title}" for title in MAPS.split()), *CHARTS)}
    desk = Desk(dossier, presentation, opinions_of(dossier.judgements, presentation))
    kept = {a: f for a, f in figures.items() if drawn and (a.startswith("map:") or desk.drawn(a))}
    desk = Desk(dossier, presentation, desk.opinions, kept.keys())
    markdown = {name: drafted(name, desk) for name in CHAPTERS}
    shelf = PictureShelf(dossier.plan.root)
    writings, bodies = {}, {}
    every = chapters(outline("outline-2021"))
    for chapter, (name, text) in zip(every, markdown.items(), strict=True):
        writings[name] = parse(text, Reader(f"{name}.md", desk.slots, shelf, kept))
        sections = Sections.of(writings[name].blocks, chapter, every, f"{name}.md")
        assert not sections.findings, sections.findings
        bodies |= sections.bodies
    return Told(desk, markdown, writings, bodies)


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def dossier(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    root = tmp_path_factory.mktemp(kind) / "plan"
    if kind in TINY:
        tiny_plan(root, TINY[kind])
    elif kind == "sample":
        write_sample(root)
    else:
        write_trial(root, REAL)
    return assess(open_plan(root), ON)


@pytest.fixture(scope="module")
def said(dossier: Dossier) -> Told:
    return told(dossier)


def lines(block: object) -> Iterator[str]:
    """What a block reads as: a paragraph, or the caption, cells and notes of a table."""
    if isinstance(block, Paragraph):
        yield words(block.spans)
    elif isinstance(block, Grid):
        yield block.caption
        yield from (words(entry.spans) for entry in block.entries)
        yield from (words(note) for note in block.notes)


def words(spans: tuple[Span, ...]) -> str:
    return "".join("表某" if span.refers else span.text for span in spans)


def prose(said: Told) -> Iterator[str]:
    for writing in said.writings.values():
        yield from (words(x.block.spans) for x in writing.blocks if isinstance(x.block, Paragraph))


def test_every_heading_of_the_outline_is_worded(said: Told) -> None:
    typed = [x.block.text for w in said.writings.values() for x in w.blocks if isinstance(x.block, Heading)]
    assert typed == [heading.text for heading in headings()]
    for heading in headings():
        leaf = not any(other.id.startswith(f"{heading.id}.") for other in headings())
        body = [x for x in said.bodies.get(heading.id, []) if isinstance(x.block, Paragraph)]
        if leaf or heading.guide:
            own = [x for x in body if not plain(x.block.spans).startswith("【待补充】")]  # type: ignore[union-attr]
            assert own, heading.text


def test_no_slot_figure_or_reference_is_unmet(said: Told) -> None:
    grids = [x.block for w in said.writings.values() for x in w.blocks if isinstance(x.block, Grid)]
    anchors = {grid.anchor for grid in grids}
    assert len(anchors) == len(grids)
    referred = {r.anchor for writing in said.writings.values() for r in writing.references}
    for name, writing in said.writings.items():
        assert not writing.findings, (name, writing.findings)
    tables = {anchor for anchor in referred if not anchor.startswith(("map:", "chart:"))}
    assert anchors - tables == set(), "a table that no sentence leads to"
    assert tables - anchors == set(), "a sentence that leads to no table"
    assert all(grid.notes or grid.anchor.startswith("list-") or grid.anchor == "proofs" for grid in grids)


def test_drafts_do_without_maps_and_charts(dossier: Dossier) -> None:
    for name, writing in told(dossier, drawn=False).writings.items():
        assert not writing.findings, (name, writing.findings)
        assert not [r for r in writing.references if ":" in r.anchor]


SLOT = re.compile(r"\{\{.*?\}\}")
ALLOWED = re.compile(
    r"《[^》]*》|〔\d{4}〕\d+号|令第17号|附表[1-8]|第\d项|表3注4|原则上不少于5%|划定面积的5%|面积增加5%|2018年以来"
    r"|2000国家大地坐标系|1985国家高程基准|个/100公顷|\d+°～\d+°|\d+°(以下|以上)|连片[\d亩、]+亩以上"
    r"|^\*\*(\d+\.|（\d+）)|（[一二三四]）\d\.|本节“3\.|^#+ .*$"
    r"|^\| (\d(\.\d)?|\d+|[0-9]{2,4}[A-Z0-9]{0,2}) (?=\|)"
    r"|map:\S+|\{#[a-z-]+( wide)?\}|^\|[-:|]+\|$",
    re.MULTILINE,
)


def test_no_number_is_typed_by_hand(said: Told, dossier: Dossier) -> None:
    """Only years of the plan, ids of plots, and what the law itself numbers stand outside slots."""
    years = {fact.phase.removeprefix("year:") for fact in dossier.book if fact.phase.startswith("year:")}
    years |= {str(year) for year in said.desk.years()}
    names = sorted((f.scope.partition(":")[2] for f in dossier.book if ":" in f.scope), key=len, reverse=True)
    plots = [f.scope.partition(":")[2] for f in dossier.book if f.key == "plot_area" and ":" in f.scope]
    quoted = [opinion.template for opinion in said.desk.opinions] + [o.quote for o in said.desk.opinions]
    quoted += [f"| {opinion.article} |" for opinion in said.desk.opinions]
    for chapter, text in said.markdown.items():
        rest = SLOT.sub("", text)
        for words_of_law in quoted:
            rest = rest.replace(SLOT.sub("", re.sub(r"\{([^}]*)\}", r"{{\1}}", words_of_law)), "")
        rest = ALLOWED.sub("", rest)
        for name in names:
            rest = rest.replace(f"| {name} |", "|")
        for plot in plots:
            rest = rest.replace(plot, "")
        for year in years:
            rest = re.sub(rf"{year}年", "", rest)
        left = [line for line in rest.splitlines() if re.search(r"\d", line)]
        assert not left, (chapter, left[:5])


def test_the_words_are_whole(said: Told) -> None:
    broken = re.compile(
        r"[，。；：、]{2}|（）|（、|、）|[，、；：]$|^[，。；、）]|\{|<<|<%|\*\*|None|Undefined|（缺）|-0\.0+公顷"
        r"|减少-|增加-|对的|为。|：。|有。|（[^（）]*（[^（）]*公顷"
    )
    for text in prose(said):
        assert not broken.search(text), text
        assert text.endswith(("。", "）", "：")), text
    stated = "\n".join(prose(said))
    assert not re.search(r"\d{12,}", stated), "a code stands in the text"
    assert not re.search(r"[a-z]+_[a-z]+|pilot|consolidation|planned|before", stated)


def test_unknown_matters_are_marked_and_nothing_is_claimed_done(said: Told) -> None:
    marked = [text for text in prose(said) if "【待补充】" in text]
    assert len(marked) >= 30
    assert all(text.startswith("【待补充】") for text in marked)
    claimed = re.compile(r"已(征求|征得|取得|公告|公示|批准|签订|落实|办理)(?!情况|的|或者|手续)")
    for text in prose(said):
        if not text.startswith("【待补充】"):
            assert not claimed.search(re.sub(r"“[^”]*”", "", text)), text


KEYWORDS = """
0 背景 意义 村庄类型 目标任务 可行性 主要建设内容 实施安排 投资 组织实施 永久基本农田布局优化
    建设用地布局优化 生态保护红线调整 权属调整 批准情况 集中连片 零星图斑 质量 盘活 规模 历史文脉
    利益各方意见 可操作性 负面清单 附表1
1.1 国家战略 社会经济发展 法律法规 政策文件 重要性 必要性 目的 意义
1.2.1 自然地理 社会经济条件 产业发展 基础设施 生态环境 村庄类型 历史文化遗产 自然资源 整治区域 生态网络
    水系 生物多样性
1.2.2 第三次全国国土调查 试点区域 整治区域 耕地 永久基本农田 布局 集中连片 质量 坡度 生态 图斑 附表2
1.3 工业化 碎片化 无序化 低效化 退化 城乡统筹 产业发展需求 人居环境 突出问题 生产 生活 生态空间
2.1 县级 乡镇国土空间规划 村庄规划 “三线” 永久基本农田布局优化 建设用地布局优化 红线 权属调整 必要性 报批
    证明材料
2.2 基础设施 拟建 在建 完工 验收 增减挂钩 补充耕地 高标准农田 人居环境 水利 交通 生态修复 环境治理 附表3
2.3 国家 省级 试点 自然资源管理 生态保护修复 土地整治 制度 政府 群众意愿
3.1 国土空间规划 村庄类型 原则 方法 规模 布局 地块 未利用地 合法合规性 违法用地
3.2.1 农用地 类型 分布 可行性 永久基本农田 集中 合理性
3.2.2 总体分布 利用现状 结构 规模 位置 发展定位 群众意愿 拆旧复垦 盘活 减量 附表6
3.2.3 分布 质量 生态 新增耕地 提质改造 来源 位置 地块 归并田坎 产能 附表4 永久基本农田 面积 坡度 军事国防
    能源
3.2.4 景观 生态系统 场地 农田生态系统 生态网络 水系 绿色基础设施 廊道 本土物种 外来入侵物种 自然灾害
3.3 权属现状 权属调整 规模 地块 权利人 公告 县级人民政府批准
3.4 负面清单 违法违规 破坏生态 债务 防范措施 预案 利益各方意见 搬迁撤并 安置
4 建设用地总量不增加 耕地面积有增加 永久基本农田不减少 质量有提升 布局相对稳定 生态环境有改善 可量化
    可统计 可考核
4.1.1 总体目标定位 生产、生活、生态空间格局 耕地保护 节约集约 一二三产业融合发展用地 人居环境 乡村振兴
4.1.2 农用地整理 历史文化保护 新增耕地 比例 永久基本农田 生态保护红线 建设用地 图斑地块
4.2 工作机制 投入机制 组织实施 监督管理 验收评估 风险管控 一张图 技术及标准 实地、实际、实效
4.3.1 组织管理 实施模式 推进方式 投融资 产业导入 差异
4.3.2 投入产出 社会效益 生态效益 经济效益 满意度
5.1 县、乡镇级国土空间总体规划 村庄规划 目标任务 整治区域 空间布局 农用地整理 历史文化保护
5.2 权属调整 协议 地籍调查 不动产 永久基本农田数据库
5.2.1 低效林草地和园地 基础设施 提质改造 规模 地块 建设内容 资金预算 集中连片
5.2.2 结构调整 布局优化 集约化 新业态 宅基地 工矿废弃地 闲置 规模
5.2.3 山水林田湖草 红线 生态网络 水系 林网 绿道 慎砍树 禁挖山 不填湖 农田生态系统 绿色基础设施
    外来入侵物种 估算
5.2.4 自然景观 农村风貌 历史文化景观 民居 传承 农耕文化 历史文脉 设计
5.2.5 农民安置 农业基础设施 公益事业 农、林、牧、副、渔 一二三产业融合发展 引入
5.3 分年度 依据 附表7
6.1 依据 标准 投资估算表
6.2 原则 来源 路径 额度 财政资金直接投入 涉农资金整合 社会资本
6.3 期限 投资回报机制 产业 专项资金 土地资源收益 经营性资产 资产转让 建设投资 运营维护费用 经营成本
    财务成本 平衡
7 组织领导 组织机构 职责分工 政策保障 总结宣传 日常监管 技术指导 实施模式 多元化投入 农民权益 社会力量
    社会监督 风险
8.1 附表1 附表2 附表3 附表4 附表5 附表6 附表7 附表8
8.2 现状图 规划图
8.3 数据库 国土空间规划数据库 图层
8.4.1 调整方案 永久基本农田 权属调整
8.4.2 论证意见 公示 决议 拆迁汇总表 公章 意见书
"""
"""要求。What the outline demands under each heading, by its id; a deeper line goes on."""


@pytest.mark.requirement(
    "D-003", "D-004", "D-006", "D-007", "D-009", "D-010", "D-012", "D-016", "D-018", "D-019",
    "D-023", "D-028", "D-029", "D-033", "D-034", "D-035", "D-039", "D-041", "D-042", "D-045",
    "P-061",
)  # fmt: skip
def test_what_the_outline_demands_is_covered(said: Told) -> None:
    leaves = {h.id for h in headings() if not any(o.id.startswith(f"{h.id}.") for o in headings())}
    demanded: dict[str, list[str]] = {}
    for line in re.sub(r"\n {4}", " ", KEYWORDS).split("\n"):
        heading, *wanted = line.split() or [""]
        demanded[heading] = wanted
    assert leaves <= demanded.keys()
    for heading, wanted in demanded.items():
        text = said.text(heading)
        missing = [word for word in wanted if word not in text]
        assert not missing, (heading, missing)


def test_a_plan_that_falls_short_is_not_praised(said: Told, kind: str) -> None:
    short = said.text("4")
    if kind == "worse":
        assert short.count("没有达到") >= 4
        assert "有所增加，不符合总量不增加的要求" in said.text("4.1.2")
        assert "规模有所增加，须修改方案" in said.text("0")
    elif kind != "bare":  # which has no grades
        assert "没有达到\n" not in short.replace("没有达到，须避让", "")
    refused = any(opinion.verdict == "不符合" for opinion in said.desk.opinions)
    assert ("没有不符合的事项" in said.text("0")) is (not refused and kind != "foreign")
    assert ("不得认定为没有风险" in said.text("0")) is refused


def test_what_a_plan_lacks_is_said_to_be_lacking(said: Told, kind: str) -> None:
    lacks = {
        "bare": {
            "2.2": "附表3为空表",
            "2.1": "没有生态保护红线",
            "6.3": "没有填报现金流表",
            "3.2.3": "没有调出或者调入永久基本农田",
            "1.2.2": "部分耕地图斑没有质量等别",
            "4": "依据不足，须补充质量等别",
        },
        "tiny": {
            "3.3": "【待补充】是否涉及土地权属调整；涉及的，写明权属类型",
            "5.2.3": "没有乡村生态保护修复类子项目",
        },
        "foreign": {"3.4": "不在已收录规定的适用范围内", "0": "没有作出评判"},
        "resettled": {"3.3": "应当在权属调整方案中逐宗列明", "3.4": "搬迁撤并类"},
        "sample": {"3.4": "须说明理由", "3.2.3": "永久基本农田调出"},
    }
    for heading, expected in lacks.get(kind, {}).items():
        assert expected in said.text(heading), heading


def test_the_proofs_are_those_of_the_submission(said: Told, kind: str) -> None:
    """表8-3 names what the list of the submission names, in its order, and rules out the same."""
    blocks = [x.block for x in said.bodies["8.4.2"]]
    (table,) = [block for block in blocks if isinstance(block, Grid) and block.anchor == "proofs"]
    cells = {(entry.row, entry.col): words(entry.spans) for entry in table.entries}
    rows = [(cells[row, 1], cells[row, 3]) for row in range(1, max(row for row, _ in cells) + 1)]
    asked = checklist(said.desk.dossier, ())
    asked = [entry for entry in asked if entry.item.kind != "generated"]
    if kind == "foreign":  # whose text cites no rules, though the plan names some
        asked = [entry for entry in asked if any(basis.instrument.outline for basis in entry.basis)]
    assert [title for title, _ in rows] == [entry.item.title for entry in asked]
    for (title, needed), entry in zip(rows, asked, strict=True):
        assert (needed == "不涉及") is (entry.status is Status.NOT_NEEDED), title
        assert needed != "宜附" or not entry.item.required, title
        if needed in ("需要", "待确认"):
            unsure = "不能判定" in entry.note or "待确认" in entry.note
            assert unsure is (needed == "待确认"), title


def test_each_regime_cites_its_own_rules(said: Told, kind: str) -> None:
    measures, trial = "《管理办法》" in said.whole, "《工作方案》" in said.whole
    expected = {"pilot": (False, True), "foreign": (False, False)}.get(kind, (True, False))
    assert (measures, trial) == expected
    assert ("本试点" in said.whole) is (kind == "pilot")


def test_what_is_said_of_places_and_directions_holds(said: Told, kind: str) -> None:
    """The consolidation area has its own villages; no reason, source or slope is claimed without ground."""
    text, desk = said.text("3.2.3"), said.desk
    owners = said.text("3.3").partition("的农民集体")[0].partition("整治区域涉及")[2]
    inside = [desk.word(f"village_names@village:{v}.before") for v in desk.ground.villages]
    assert owners == "、".join(inside)
    assert ("均为现状一般耕地" in text) is (desk.ground.moved_in_from == ("耕地",))
    assert ("须在相关子项目验收后方可" in text) is ("整治" in desk.ground.moved_in_from)
    assert "用于补足调出部分的新划定" not in text
    assert ("没有列入调出" in text) is bool(desk.ground.over_farmland and "非耕地" in text)
    for plot in desk.ground.in_redline:
        assert plot in said.text("3.2.4")
    if kind == "trial":
        assert "调入地块的坡度劣于调出地块" in text
        assert "调出的3个地块均为布局零星" in text
        assert "总体集中" in said.text("1.3")
        assert "碎片化" not in said.text("0")
    if kind == "sample":
        assert "没有在其中安排拆旧复垦" in said.text("3.4")
        assert "非耕地" in said.text("3.4")
