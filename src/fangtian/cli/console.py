"""终端输出。What a command says: progress, tables, findings, JSON; Chinese by default."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.table import Table

from fangtian.catalog.finding import Finding, Severity, finding_kinds
from fangtian.cli.words import words

__all__ = ["Output", "Stages"]

MOST_ALIKE = 5
MOST_FINDINGS = 40  # more would scroll the first, most serious ones away
WORTH_SAYING = 0.05  # seconds; shorter stages would only scroll by
SEVERITY_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


@dataclass
class Output:
    """输出。One per command; with ``as_json`` only the JSON document goes to standard output."""

    lang: str = "zh"
    as_json: bool = False
    plain: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    aside: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    def word(self, phrase: str, /, **values: object) -> str:
        """词句。A phrase of the interface in the chosen language."""
        return words(self.lang)[phrase].format(**values)

    def say(self, text: str, style: str = "") -> None:
        """说明。One line for people; silent under --json."""
        if not self.as_json:
            self.plain.print(text, style=style or None, markup=False)

    def fail(self, text: str) -> None:
        """失败说明。One line on standard error; under --json the document says it."""
        if self.as_json:
            self.document("", False, (), message=text)
        else:
            self.aside.print(text, style="bold red", markup=False)

    def document(self, command: str, ok: bool, findings: Iterable[Finding], **extra: Any) -> None:
        """JSON 文档。The shape of DESIGN §10."""
        if self.as_json:
            listed = [finding_record(item, self.lang) for item in findings]
            content = {"ok": ok, "command": command, "findings": listed, **extra}
            sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")

    def table(self, title: str, header: Sequence[str], rows: Iterable[Sequence[str]], **columns: Any) -> None:
        """表格。A table for people; ``columns`` maps a header to rich column options."""
        if self.as_json:
            return
        table = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
        for name in header:
            table.add_column(name, **{"overflow": "fold", **columns.get(name, {})})
        for row in rows:
            table.add_row(*row)
        self.plain.print(table, soft_wrap=False)

    def findings(self, findings: Sequence[Finding]) -> None:
        """发现清单。Every finding: what, where, what to do; errors first."""
        if self.as_json:
            return
        order = list(Severity)
        grouped: dict[tuple[str, str, str], list[Finding]] = {}
        for item in sorted(findings, key=lambda f: order.index(f.severity)):
            grouped.setdefault((item.code, item.place.file, item.sentence(self.lang)), []).append(item)
        shown: Counter[str] = Counter()
        left: Counter[str] = Counter()
        for item, *others in grouped.values():
            if shown[item.code] == MOST_ALIKE or shown.total() == MOST_FINDINGS:
                left[item.code] += 1 + len(others)
                continue
            shown[item.code] += 1
            again = self.word("same_elsewhere", count=len(others)) if others else ""
            label = self.word(f"severity_{item.severity.value}")
            self.plain.print(
                f"{label} [{item.code}] {item.place}{again}",
                style=SEVERITY_STYLE[item.severity],
                markup=False,
            )
            self.plain.print(f"    {item.sentence(self.lang)}", markup=False)
            if item.cure(self.lang):
                self.plain.print(f"    → {item.cure(self.lang)}", style="dim", markup=False)
        for code, count in left.items():  # forty drafts must not hide one wrong area
            title = finding_kinds()[code].title if self.lang == "zh" else code
            self.say(self.word("more_findings", title=title, count=count), "dim")

    def inspected(self, found: Sequence[Finding]) -> None:
        """检查小结。How many findings of each severity."""
        counts = Counter(item.severity for item in found)
        errors, warnings, notes = (counts[severity] for severity in Severity)
        numbers = {"errors": errors, "warnings": warnings, "notes": notes}
        self.say(self.word("inspected", **numbers) if found else self.word("clean"))

    def files(self, root: Path, paths: Iterable[Path]) -> None:
        """文件清单。Paths with sizes."""
        rows = [(name, _size(found)) for name, found in _grouped(root, paths).items()]
        size = self.word("size")
        self.table(self.word("files"), [self.word("file"), size], rows, **{size: {"justify": "right"}})


def finding_record(item: Finding, lang: str) -> Mapping[str, str]:
    """发现记录。A finding as JSON."""
    place = item.place
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": item.sentence(lang),
        "file": place.file,
        "layer": place.layer,
        "feature": place.feature,
        "field": place.field,
        "place": str(place),
        "remedy": item.cure(lang),
    }


@dataclass
class Stages:
    """进度。Says each stage as it starts; keeps how long each took."""

    output: Output
    times: list[tuple[str, float]] = field(default_factory=list)
    _since: float = 0.0
    _status: Any = None

    def __enter__(self) -> Self:
        if self.output.aside.is_terminal and not self.output.as_json:
            self._status = self.output.aside.status("")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if self._status:
            self._status.stop()
        if self.times and not self.output.as_json and error is None:
            whole = self.output.word("took", seconds=f"{sum(took for _, took in self.times):.1f}")
            self.output.aside.print(f"  {whole}", style="dim", markup=False)

    def __call__(self, stage: str) -> None:
        """开始一步。Closes the one before."""
        self._close()
        self.times.append((stage, 0.0))
        self._since = time.perf_counter()
        if self._status:
            self._status.update(f"{stage} …")

    def _close(self) -> None:
        if not self.times or self.times[-1][1]:
            return
        stage, _ = self.times[-1]
        took = max(time.perf_counter() - self._since, 1e-9)
        self.times[-1] = (stage, took)
        if not self.output.as_json and took >= WORTH_SAYING:
            self.output.aside.print(f"  ✓ {stage.rstrip('…')}  {took:.1f} s", style="dim", markup=False)


def _grouped(root: Path, paths: Iterable[Path]) -> dict[str, list[Path]]:
    """A geodatabase of fifty files is one line."""
    found: dict[str, list[Path]] = {}
    for path in sorted(paths):
        shown = path.parent if path.parent.suffix == ".gdb" else path
        found.setdefault(str(shown.relative_to(root.parent)), []).append(path)
    return found


def _size(paths: Iterable[Path]) -> str:
    size = sum(path.stat().st_size for path in paths)
    return f"{size / 1_048_576:.1f} MiB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KiB"
