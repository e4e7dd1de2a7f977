"""报送材料。What a submission must hold: every item with the words that ask for it and when it applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from fangtian.catalog.resource import toml_table

__all__ = [
    "PROOFS",
    "Basis",
    "Condition",
    "Instrument",
    "Item",
    "Kind",
    "member_of",
    "submission_conditions",
    "submission_instruments",
    "submission_items",
]

Kind = Literal["generated", "attachment", "later"]

PROOFS = "07_证明材料"
"""证明材料。The folder of the package that holds what the planner brings."""


@dataclass(frozen=True)
class Instrument:
    """文件依据。Binds plans drawn up by ``outline`` or under ``regime``; ``short`` is how lists cite it."""

    id: str
    short: str
    title: str
    outline: str = ""
    regime: str = ""


@dataclass(frozen=True)
class Basis:
    """依据。The words of an instrument that ask for an item, with their article."""

    instrument: Instrument
    article: str
    words: str

    @property
    def citation(self) -> str:
        """引文。As a list prints it: 《编制大纲》八（四）2 with the words."""
        return f"《{self.instrument.short}》{self.article}“{self.words}”"


@dataclass(frozen=True)
class Condition:
    """适用条件。With a special ``chapter``, or where ``any`` of some facts holds.

    A fact holds that is a number and not 0, or words that contain ``word``.
    ``absent`` says why an item does not apply, ``unknown`` what is missing before one can tell ("": a
    missing fact means that it does not). ``matters`` are the words for each address of ``any``; ``doubtful``
    are facts that, while they hold, keep an item from being ruled out.
    """

    id: str
    absent: str
    chapter: str = ""
    any: tuple[str, ...] = ()
    word: str = "是"
    unknown: str = ""
    matters: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """报送材料。One row of the list; ``files`` are patterns below the build, ``remedy`` how to come by it."""

    id: str
    section: str
    title: str
    kind: Kind
    basis: tuple[Basis, ...]
    condition: Condition | None = None
    required: bool = True
    files: tuple[str, ...] = ()
    remedy: str = ""

    def matches(self, name: str) -> bool:
        """是否属于。Whether a file of the build belongs to this item."""
        return any(fnmatchcase(name, pattern) for pattern in self.files)


@cache
def submission_instruments() -> Mapping[str, Instrument]:
    """全部文件依据。By the name that the catalogue cites them by.

    >>> submission_instruments()["管理办法"].regime
    'gansu-measures-2025'
    """
    entries = _data()["instrument"].items()
    return MappingProxyType({name: Instrument(name, **entry) for name, entry in entries})


@cache
def submission_conditions() -> Mapping[str, Condition]:
    """全部适用条件。By id.

    >>> submission_conditions()["demolition"].absent
    '不涉及房屋拆迁和居民动迁'
    """
    entries = _data()["condition"].items()
    return MappingProxyType({name: _condition(name, entry) for name, entry in entries})


@cache
def submission_items() -> Mapping[str, Item]:
    """全部报送材料。By id, in the order of the list.

    >>> item = submission_items()["village_resolution"]
    >>> item.kind, item.basis[0].citation
    ('attachment', '《编制大纲》八（四）2“村集体决议的相关证明材料”')
    """
    return MappingProxyType({entry["id"]: _item(entry) for entry in _data()["item"]})


def member_of(name: str) -> str:
    """包内位置。Where a file of the build stands in the package.

    >>> member_of("附图/位置图.pdf"), member_of("facts.json"), member_of("报送清单.xlsx")
    ('03_附图/位置图.pdf', '08_检查/facts.json', '报送清单.xlsx')
    """
    for folder, patterns in _data()["package"].items():
        found = next((pattern for pattern in patterns if fnmatchcase(name, pattern)), None)
        if found is not None:
            inner = name.removeprefix(found[:-1]) if found.endswith("/*") else name
            return f"{folder}/{inner}" if folder else inner
    raise LookupError(name)


@cache
def _data() -> dict[str, Any]:
    return toml_table("submission.toml")


def _condition(name: str, entry: Mapping[str, Any]) -> Condition:
    lists = {key: tuple(entry.get(key, ())) for key in ("any", "matters", "doubtful")}
    return Condition(name, **{**entry, **lists})


def _item(entry: Mapping[str, Any]) -> Item:
    basis = tuple(
        Basis(submission_instruments()[line["instrument"]], line["article"], line["words"])
        for line in entry["basis"]
    )
    condition = submission_conditions()[entry["condition"]] if "condition" in entry else None
    files = tuple(entry.get("files", ()))
    return Item(**{**entry, "basis": basis, "condition": condition, "files": files})
