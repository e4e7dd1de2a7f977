"""参考页生成。Writes the reference pages that follow from data: ``python docs/generate.py``.

``tests/architecture/test_reference_pages.py`` fails while a written page
differs from what its function gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from fangtian.catalog.finding import CHECK_FAMILIES, checks, finding_kinds
from fangtian.catalog.quantity import quantities
from fangtian.catalog.submission import submission_items
from fangtian.cli.app import COMMANDS, app
from fangtian.law.case import Case, load_cases
from fangtian.law.kinds import Served
from fangtian.law.need import JUDGED_YEAR, PHASE_TERMS, SCOPE_TERMS
from fangtian.law.norm import Instrument, Norm, Status, load_packs, norms
from fangtian.law.schema import Interpretation

REFERENCE = Path(__file__).parent / "reference"
_SLOT_AND_UNIT = re.compile(r"\{(?P<slot>[^{}]+)\}(?P<unit>公顷|等|年)?")

HEAD = """# 规范条文

> 本页由 `python docs/generate.py` 根据规则包生成，请勿手改；规则包在 `src/fangtian/law/packs/`。

每条规范引用法条原文，由一个不超过 15 行的函数判定，限值照法条书写、按精确值比较。结论有六种：

| 结论 | 含义 |
| --- | --- |
| 符合 | 条文的要求成立 |
| 不符合 | “必须”的条文不成立，阻断成果 |
| 须说明理由 | “原则上”的条文不成立，书面理由由判定主体审查认定并存档 |
| 需人工判定 | 条文没有给出可计算的尺度，列明事实，由判定主体判定 |
| 依据不足 | 缺少所需事实；缺失不当作零 |
| 不适用 | 规则、地域、日期或事项与方案不符，逐一写明原因 |
"""


def norms_page() -> str:
    """规范条文页。Every instrument, norm, interpretation and case, as Markdown."""
    parts = [HEAD]
    for instrument in load_packs():
        if instrument.status is not Status.UNCONFIRMED:
            parts += _instrument(instrument)
    parts.append("## 已知而未持有全文的文件\n\n以下文件只登记，不据以判定，也不推测其内容。\n")
    rows = [
        f"| 《{item.title}》 | {item.number} | {item.issuer} | {item.note} |"
        for item in load_packs()
        if item.status is Status.UNCONFIRMED
    ]
    parts.append(_table("| 文件 | 文号 | 印发机关 | 说明 |", rows))
    return "\n".join(parts)


def _instrument(instrument: Instrument) -> Iterator[str]:
    validity = instrument.in_force
    until = f"{validity.until}（不含）" if validity and validity.until else "没有写明"
    rows = [
        f"| 印发机关 | {instrument.issuer} |",
        f"| 规则 | `{instrument.regime}` |",
        f"| 有效期 | {f'{validity.start}（含）至 {until}' if validity else '未持有全文，不掌握'} |",
        f"| 地域 | {f'行政区划代码以 {instrument.territory} 开头' if instrument.territory else '全国'} |",
        f"| 原文 | `{instrument.source}`{f'，SHA-256 `{instrument.sha256}`' if instrument.sha256 else ''} |",
        f"| 文本状态 | {instrument.status.chinese} |",
    ]
    if instrument.note:
        rows.append(f"| 说明 | {instrument.note} |")
    yield f"## {instrument.title}\n"
    yield _table("| 项目 | 内容 |", rows)
    mine = [norm for norm in norms() if norm.instrument == instrument]
    yield from _readings([item for item in mine[0].interpretations if not item.norms])
    for norm in mine:
        yield from _norm(norm)


def _norm(norm: Norm) -> Iterator[str]:
    yield f"### {norm.article} {norm.title}\n"
    yield f"> {norm.quote}\n"
    rows = [
        f"| 编号 | `{norm.id}` |",
        f"| 约束力 | {norm.modality.chinese} |",
        f"| 环节 | {norm.stage.chinese} |",
        f"| 对象 | {norm.subject} |",
        f"| 落实方式 | {_served(norm)} |",
    ]
    if norm.served is Served.COMPUTED:
        rows += _computed(norm)
    if norm.role:
        rows.append(f"| 判定主体 | {norm.role} |")
    rows.append(f"| 要求 | {'、'.join(norm.requirements)} |")
    yield _table("| 项目 | 内容 |", rows)
    yield from _readings([item for item in norm.interpretations if item.norms])
    if cases := [_case(norm, case) for case in load_cases() if case.norm == norm.id]:
        yield "案例：\n"
        yield _table("| 情形 | 事实 | 判定日 | 结论 |", cases)


def _served(norm: Norm) -> str:
    titles = "、".join(f"“{submission_items()[item].title}”" for item in norm.documents)
    how = titles or norm.statement or norm.kept_by or norm.room
    return f"{norm.served.chinese}：{how}" if how else norm.served.chinese


def _computed(norm: Norm) -> Iterator[str]:
    needs = "；".join(f"{quantities()[need.key].term} `{need.address('…')}`" for need in norm.needs)
    tests = "；".join(
        f"{_words(norm, name)} {_plain(norm, test.bound)}" for name, test in norm.tested.items()
    )
    yield f"| 范围 | {'、'.join(SCOPE_TERMS[scope] for scope in norm.scopes)} |"
    yield f"| 所需事实 | {needs} |"
    yield f"| 比较 | {tests} |"


def _case(norm: Norm, case: Case) -> str:
    facts = "，".join(f"{_words(norm, name)} {value}" for name, value in case.facts.items()) or "无"
    name = f"**{case.name}**（限值上）" if case.boundary else case.name
    return f"| {name} | {facts} | {case.on} | {case.expect} |"


def _readings(readings: list[Interpretation]) -> Iterator[str]:
    for item in readings:
        yield f"- **{item.question}** {item.choice}理由：{item.reason}"
    if readings:
        yield ""


def _words(norm: Norm, name: str) -> str:
    need = next(need for need in norm.needs if need.name == name)
    term = quantities()[need.key].term
    paired = sum(need.key == other.key for other in norm.needs) > 1
    return f"{PHASE_TERMS[need.phase]}{term}" if paired else term


def _plain(norm: Norm, words: str) -> str:
    """The bound in words: facts by their term and without a unit, limits as the law writes them."""

    def spoken(found: re.Match[str]) -> str:
        name = found["slot"].removeprefix("limits.")
        limit = "判定年度" if name == JUDGED_YEAR else norm.limits.get(name)
        return f"{limit}{found['unit'] or ''}" if limit else _words(norm, found["slot"])

    return _SLOT_AND_UNIT.sub(spoken, words)


def _table(head: str, rows: list[str]) -> str:
    rule = "|" + " --- |" * (head.count("|") - 1)
    return "\n".join([head, rule, *rows]) + "\n"


def facts_page() -> str:
    """事实页。Every quantity that a fact may carry."""
    head = "# 事实键\n\n> 本页由 `python docs/generate.py` 根据 `catalog/quantities.toml` 生成，请勿手改。\n"
    address = (
        "地址写作 `键[成员]@范围.阶段`，如 `class_area[0103]@pilot_area.before`。范围："
        + "、".join(f"`{scope}` {term}" for scope, term in SCOPE_TERMS.items())
        + "，以及 `village:代码`、`plot:编号`、`subproject:编号`、`existing:序号`；阶段："
        + "、".join(f"`{phase}` {term}" for phase, term in PHASE_TERMS.items())
        + "、`year:年度`。\n"
    )
    rows = [
        f"| `{q.key}{f'[{q.member}]' if q.member else ''}` | {q.term} | {q.value_type} | {q.form} "
        f"| {q.definition} | {q.source} |"
        for q in quantities().values()
    ]
    return "\n".join([head, address, _table("| 键 | 中文名 | 类型 | 呈现 | 定义 | 出处 |", rows)])


def findings_page() -> str:
    """检查发现页。Every kind of finding with its sentence and remedy."""
    head = "# 检查发现\n\n> 本页由 `python docs/generate.py` 根据 `catalog/findings.toml` 生成，请勿手改。\n"
    rows = [
        f"| `{kind.code}` | {kind.severity.chinese} | {kind.title} | {kind.zh} | {kind.remedy_zh} |".replace(
            "\n", " "
        )
        for kind in sorted(finding_kinds().values(), key=lambda kind: kind.code)
    ]
    return "\n".join([head, _table("| 代码 | 程度 | 名称 | 说明 | 处理办法 |", rows)])


def checks_page() -> str:
    """检查目录页。Every check on data: what it means, on which rule it rests, what to do."""
    head = """# 数据检查目录

> 本页由 `python docs/generate.py` 根据 `catalog/findings.toml` 生成，请勿手改。

依据后的记号：[V2] 两个以上公开来源一致，[V1] 一个公开来源，[R] 凭记忆，[O] 本项目所定；
标“未见条文”的检查只作提示，以标准原文为准。要求的编号见需求清单。
"""
    parts = [head]
    for family, title in CHECK_FAMILIES.items():
        rows = [
            f"| `{kind.code}` | {kind.severity.chinese} | {kind.title} | {kind.meaning_zh} "
            f"| {kind.rule or '—'}{'（未见条文）' if kind.unconfirmed else ''} "
            f"| {'、'.join(kind.requirements) or '—'} | {kind.remedy_zh} |"
            for kind in checks()
            if kind.family == family
        ]
        parts.append(f"## {title} {family}（{len(rows)} 项）\n")
        parts.append(_table("| 代码 | 程度 | 名称 | 对方案的影响 | 依据 | 要求 | 处理办法 |", rows))
    return "\n".join(parts)


def commands_page() -> str:
    """命令页。The help of every command, as the program prints it."""
    head = "# 命令\n\n> 本页由 `python docs/generate.py` 根据命令的帮助生成，请勿手改。\n"
    parts = [head]
    for name in COMMANDS:
        command = app.get_command(click.Context(app), name)
        context = click.Context(command, info_name=f"fangtian {name}", max_content_width=100)
        parts.append(f"## fangtian {name}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


PAGES = {
    "norms.md": norms_page,
    "facts.md": facts_page,
    "findings.md": findings_page,
    "checks.md": checks_page,
    "commands.md": commands_page,
}

if __name__ == "__main__":
    for page, content in PAGES.items():
        (REFERENCE / page).write_text(content(), encoding="utf-8")
