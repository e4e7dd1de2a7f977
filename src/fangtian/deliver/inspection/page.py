"""数据检查报告。One self-contained page: what was inspected, what is wrong, where, by what rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from fangtian.catalog.finding import Finding, FindingKind, Severity, finding_kinds
from fangtian.deliver.inspection.sketch import HEIGHT, WIDTH, Sketch, Sketcher
from fangtian.deliver.report.content import FindingLine, finding_groups
from fangtian.plan.arrivals import CHANGES_FILE, COPIES, LIST_FILE
from fangtian.plan.inspected import Inspection

__all__ = ["write_page", "write_whole"]

SKETCHES = 36
"""Small maps on one page; the layer of findings has all places."""
OF_A_KIND = 3

FAMILIES = {
    "FMT": ("文件", "能否读出，编码、格式是否正确"),
    "CRS": ("坐标系", "是否为 2000国家大地坐标系，带号、轴序是否一致"),
    "SCH": ("结构", "图层、字段是否齐全，类型、长度是否符合标准"),
    "DOM": ("值域", "代码、数值是否在规定范围"),
    "LOG": ("逻辑", "字段之间、表与图层之间是否矛盾"),
    "TOP": ("拓扑", "图形是否正确，有无重叠、缝隙、狭长面"),
    "BAL": ("面积平衡", "图斑面积、扣除面积、控制面积是否闭合"),
}
OTHERS = ("方案", "plan.toml、文本和附件")


@dataclass(frozen=True)
class Drawn:
    """附图的发现。A finding and the small map of its worst place."""

    finding: Finding
    sketch: Sketch


def write_page(path: Path, inspection: Inspection, on: date, places: str = "", *, fix: bool = False) -> None:
    """写数据检查报告。HTML without scripts that prints on A4 and reads on a telephone.

    ``places`` is the layer of findings beside it, "" where there is none; ``fix``: a copy was to be mended.
    """
    page = _template().render(
        inspection=inspection,
        on=on,
        places=places,
        listing=LIST_FILE,
        changes=CHANGES_FILE,
        copies=COPIES,
        fixed=[item for item in inspection.findings if item.code == "TOP-mended"] if fix else None,
        features=sum(subject.count for subject in inspection.subjects),
        conclusion=_conclusion(inspection.findings),
        counts=_counts(inspection.findings),
        families=_families(inspection.findings),
        groups=finding_groups(inspection.findings),
        kind=_kind,
        drawn=_drawings(inspection),
        width=WIDTH,
        height=HEIGHT,
    )
    write_whole(path, f"{page.strip()}\n".encode())


@cache
def _template() -> Template:
    names = {"inspection.html": "deliver.inspection", "report.css": "deliver.report"}
    environment = Environment(
        loader=DictLoader({name: _resource(package, name) for name, package in names.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("inspection.html")


def write_whole(path: Path, content: bytes) -> None:
    """整份写出。A file that is there whole or not at all; an earlier one stays until then."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _conclusion(findings: Sequence[Finding]) -> str:
    """What an official reads first: whether the data may be used."""
    counts = dict(_counts(findings))
    if not findings:
        return "没有发现问题，数据可以使用。"
    if not counts[Severity.ERROR]:
        return "没有错误，数据可以使用；下列警告和提示请逐条核实。"
    return f"有 {counts[Severity.ERROR]} 项错误，改正前数据不能用于编制方案；请先处理错误，再核实警告。"


def _counts(findings: Sequence[Finding]) -> list[tuple[Severity, int]]:
    return [(severity, sum(item.severity is severity for item in findings)) for severity in Severity]


def _families(findings: Sequence[Finding]) -> list[tuple[str, str, list[int]]]:
    """Every family with its counts, also those without a finding: what was looked at must be seen."""
    rows = []
    for name, (title, about) in (*FAMILIES.items(), ("", OTHERS)):
        mine = [item for item in findings if _family(item) == name]
        if mine or name:
            rows.append((title, about, [count for _, count in _counts(mine)]))
    return rows


def _family(item: Finding) -> str:
    name = item.code.partition("-")[0]
    return name if name in FAMILIES else ""


def _kind(line: FindingLine) -> FindingKind:
    return finding_kinds()[line.code]


def _drawings(inspection: Inspection) -> dict[str, list[Drawn]]:
    """Small maps by kind of finding, the grave ones first."""
    sketcher = Sketcher(inspection)
    drawn: dict[str, list[Drawn]] = {}
    left = SKETCHES
    for item in sorted(inspection.findings, key=lambda found: list(Severity).index(found.severity)):
        room = min(left, OF_A_KIND - len(drawn.get(item.code, ())))
        made = [Drawn(item, sketch) for sketch in sketcher.sketches(item, room)] if room > 0 else []
        if made:
            drawn.setdefault(item.code, []).extend(made)
            left -= len(made)
    return drawn


def _resource(package: str, name: str) -> str:
    return files(f"fangtian.{package}").joinpath(name).read_text(encoding="utf-8")
