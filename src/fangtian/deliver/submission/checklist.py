"""报送清单。Which items this plan's submission needs, which are there, and what to do about the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.catalog.submission import PROOFS, Basis, Condition, Item, member_of, submission_items
from fangtian.facts.book import FactBook
from fangtian.facts.called import answer_of, called_for
from fangtian.plan.model import Plan
from fangtian.plan.place import within

if TYPE_CHECKING:
    from fangtian.assess import Dossier

__all__ = ["ChecklistItem", "Status", "attachment_members", "checklist", "lacking"]

_UNFIT = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')
"""What Windows refuses in a file name."""


class Status(StrEnum):
    """材料状态。``LATER`` is for what only comes about after the county has handed in."""

    WRITTEN = "已生成"
    ATTACHED = "已附"
    LACKING = "缺"
    NOT_NEEDED = "不适用"
    LATER = "待后续环节"


@dataclass(frozen=True)
class ChecklistItem:
    """清单一项。``number`` 序号; ``basis`` what binds this plan; ``files`` where they stand in the package.

    ``attached`` are the planner's files by their place in the package, ``empty`` those that hold nothing
    (named as in the plan folder). ``note`` says how to come by it or why it does not apply.
    """

    number: int
    item: Item
    basis: tuple[Basis, ...]
    status: Status
    files: tuple[str, ...] = ()
    attached: tuple[tuple[str, Path], ...] = ()
    empty: tuple[str, ...] = ()
    note: str = ""


def checklist(dossier: Dossier, written_files: Iterable[str]) -> tuple[ChecklistItem, ...]:
    """报送清单。Every item that an instrument asks of this plan, in catalogue order.

    ``written_files`` are the names of the build's files, below the build folder. An attachment counts where
    it is not empty. Source: 编制大纲八, 管理办法第十三、十四条, 试点工作方案三（一）、四（三）.
    """
    case = _Case(dossier.plan, dossier.book, tuple(sorted(written_files)))
    asked = [(item, basis) for item in submission_items().values() if (basis := _binding(item, dossier.plan))]
    return tuple(
        _assessed(ChecklistItem(number, item, basis, Status.LACKING), case)
        for number, (item, basis) in enumerate(asked, 1)
    )


def lacking(items: Sequence[ChecklistItem]) -> tuple[Finding, ...]:
    """缺项发现。PKG-missing for each proof that is required and not there, PKG-not-built once for what this
    build did not write, PKG-empty for files with nothing in them.
    """
    return tuple(_lacking(items))


def attachment_members(items: Iterable[ChecklistItem]) -> Mapping[str, Path]:
    """证明材料文件。What the planner brings, by its place in the package."""
    return {member: path for entry in items for member, path in entry.attached}


@dataclass(frozen=True)
class _Case:
    """What the list is made from."""

    plan: Plan
    book: FactBook
    names: tuple[str, ...]

    def words(self, text: str, condition: Condition | None) -> str:
        """``text`` with what it may name of the condition: the ``{matters}`` that hold, the ``{missing}``."""
        if condition is None:
            return text
        pairs = zip(condition.matters, condition.any, strict=False)
        told = [(words, answer_of(self.book, address, condition.word)) for words, address in pairs]
        held = "、".join(words for words, answer in told if answer)
        missing = "、".join(words for words, answer in told if answer is None)
        return text.replace("{matters}", held or "有关布局优化和调整").replace("{missing}", missing)


def _binding(item: Item, plan: Plan) -> tuple[Basis, ...]:
    return tuple(
        basis
        for basis in item.basis
        if basis.instrument.outline == plan.outline or basis.instrument.regime in plan.regimes
    )


def _assessed(entry: ChecklistItem, case: _Case) -> ChecklistItem:
    item, given, plan = entry.item, case.plan.attachments.get(entry.item.id, ()), case.plan
    attached = tuple(_members(entry, [path for path in given if _holds_something(path)]))
    empty = tuple(within(path, plan.root) for path in given if not _holds_something(path))
    written = tuple(member_of(name) for name in case.names if item.matches(name))
    files = (*written, *(member for member, _ in attached))
    applies = called_for(item, case.book)
    if files:
        status, note = (Status.ATTACHED if attached else Status.WRITTEN), (item.remedy if written else "")
    else:
        status, note = _absent(item, applies)
    note = case.words(note, item.condition)
    if empty:
        note = f"登记的文件没有内容：{'、'.join(empty)}；{note}".rstrip("；")
    return replace(entry, status=status, files=files, attached=attached, empty=empty, note=note)


def _absent(item: Item, applies: bool | None) -> tuple[Status, str]:
    """Status and note of an item of which there is no file."""
    condition = item.condition
    if applies is False and condition:
        return Status.NOT_NEEDED, condition.absent
    if item.kind == "later":
        return Status.LATER, item.remedy
    if applies is None and condition:
        return Status.LACKING, f"{condition.unknown}；{item.remedy}".rstrip("；")
    return Status.LACKING, "本次未生成" if item.kind == "generated" else item.remedy


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _members(entry: ChecklistItem, paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Places in the package; a name that comes twice, also but for upper and lower case, gets a number."""
    folder, taken = f"{PROOFS}/{entry.number:02d}_{_fit(entry.item.title)}", set[str]()
    for path in paths:
        stem, suffix = _fit(path.stem), _fit(path.suffix)
        tries = (f"{stem}{'' if n == 1 else f'（{n}）'}{suffix}" for n in range(1, len(taken) + 2))
        name = next(name for name in tries if name.casefold() not in taken)
        taken.add(name.casefold())
        yield f"{folder}/{name}", path


def _fit(name: str) -> str:
    """A name that every system takes, the same however the disk spells accents."""
    return _UNFIT.sub("_", unicodedata.normalize("NFC", name)).rstrip(" ")


def _lacking(items: Sequence[ChecklistItem]) -> Iterator[Finding]:
    wanted = [entry for entry in items if entry.status is Status.LACKING and entry.item.required]
    for entry in wanted:
        if entry.item.kind != "generated":
            yield _missing(entry)
    unwritten = [entry.item.title for entry in wanted if entry.item.kind == "generated"]
    if unwritten:
        yield finding("PKG-not-built", None, titles="、".join(unwritten), count=len(unwritten))
    for entry in items:
        for name in entry.empty:
            yield finding("PKG-empty", Place(file=name), file=name, title=entry.item.title)


def _missing(entry: ChecklistItem) -> Finding:
    item, basis = entry.item, entry.basis[0]
    return finding(
        "PKG-missing",
        Place(file="plan.toml", field=f"[attachments] {item.id}"),
        title=item.title,
        basis=basis.citation,
        note=entry.note,
        item=item.id,
    )
