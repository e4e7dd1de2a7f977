"""要求覆盖情况：``make trace`` 按文件和章节列出哪些要求由通过的测试表明，哪些等平台，哪些还空着。

Reads what ``tests/conftest.py`` wrote of the tests that passed. Exit code 1 while a requirement that the
engine can serve is shown by no test.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from fangtian.catalog.requirement import Requirement, requirements
from fangtian.law.kinds import Served
from fangtian.law.norm import Norm, load_packs, norms


def answering() -> Mapping[str, list[Norm]]:
    """Norms by the requirement that they answer."""
    found: dict[str, list[Norm]] = {}
    for norm in norms():
        for name in norm.requirements:
            found.setdefault(name, []).append(norm)
    return found


def state(item: Requirement, shown: Mapping[str, object], by: Mapping[str, list[Norm]]) -> tuple[str, str]:
    """Covered, waiting for a room, advice, or open; and the words that go with it."""
    if item.id in shown:
        return "covered", ""
    answers = by.get(item.id, [])
    if answers and all(norm.served is Served.PLATFORM for norm in answers):
        return "platform", "、".join(dict.fromkeys(norm.room for norm in answers))
    if answers and all(norm.served in (Served.ADVISED, Served.PLATFORM) for norm in answers):
        return "advice", ""
    return "open", item.title


def report(states: Mapping[str, tuple[str, str]], items: Iterable[Requirement]) -> None:
    titles = {instrument.id: instrument.title for instrument in load_packs()}
    table = Table(title="要求覆盖情况", title_justify="left")
    for name in ("文件", "章节", "要求", "已表明", "等平台（房间）", "只作提示", "空缺"):
        table.add_column(name, overflow="fold")
    chapters: dict[tuple[str, str], list[Requirement]] = {}
    for item in items:
        chapters.setdefault((item.instrument, item.chapter), []).append(item)
    for (instrument, chapter), mine in chapters.items():
        cells = {
            kind: [
                i.id + (f"（{states[i.id][1]}）" if states[i.id][1] else "")
                for i in mine
                if states[i.id][0] == kind
            ]
            for kind in ("covered", "platform", "advice", "open")
        }
        table.add_row(
            f"《{titles[instrument]}》", chapter, str(len(mine)), str(len(cells["covered"])),
            "\n".join(cells["platform"]), "\n".join(cells["advice"]), "\n".join(cells["open"]),
        )  # fmt: skip
    Console(width=150).print(table)


def main(path: str) -> int:
    shown = json.loads(Path(path).read_text(encoding="utf-8"))
    by = answering()
    states = {item.id: state(item, shown, by) for item in requirements().values()}
    report(states, requirements().values())
    counts = {
        kind: sum(found == kind for found, _ in states.values())
        for kind in ("covered", "platform", "advice", "open")
    }
    print(
        f"共 {len(states)} 条：{counts['covered']} 条由通过的测试表明，{counts['platform']} 条等平台，"
        f"{counts['advice']} 条只作提示，{counts['open']} 条空缺。"
    )
    return 1 if counts["open"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
