"""规范。Norms as data: the packs that come with fangtian, read once and checked on the way.

A pack is a folder ``packs/<authority>/`` with ``norms/*.toml`` and, where some instruments are known but not
held, ``instruments.toml``. A file heads one instrument, or ``continues`` one that another file of the pack
heads. Every fault of a file is reported at once, with the file, the entry and the nearest known key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fangtian.errors import LawError
from fangtian.law.kinds import Modality, Status
from fangtian.law.schema import Instrument, Interpretation, Norm, Tested, Validity, Wording

__all__ = [
    "Instrument",
    "Interpretation",
    "Modality",
    "Norm",
    "Status",
    "load_packs",
    "norms",
    "packs_folder",
    "read_entry",
    "read_packs",
    "read_toml",
]

Entry = TypeVar("Entry", bound=BaseModel)
Library = tuple[tuple[Instrument, ...], tuple[Norm, ...]]


def load_packs() -> tuple[Instrument, ...]:
    """全部文件。Every instrument of the packs that come with fangtian, unconfirmed ones included."""
    return _library()[0]


def norms() -> tuple[Norm, ...]:
    """全部条文。Every norm of the held instruments, in the order of packs, files and entries."""
    return _library()[1]


def packs_folder() -> Traversable:
    """规则包目录。Where the packs that come with fangtian live."""
    return files("fangtian.law").joinpath("packs")


def read_packs(root: Traversable) -> Library:
    """读取规则包。Instruments and norms of every pack under ``root``, sorted by pack and file name.

    Raises LawError with every fault of a file, or where two instruments or norms share an id.
    """
    instruments: list[Instrument] = []
    found: list[Norm] = []
    for pack in _sorted(root):
        headed, entries = _read_norms(pack)
        _once("文件", [instrument.id for instrument in headed])
        instruments += headed
        found += entries
        for file in _sorted(pack, "instruments.toml"):
            instruments.extend(_read_known(file, pack.name))
    _once("文件", [instrument.id for instrument in instruments])
    _once("条文", [norm.id for norm in found])
    return tuple(instruments), tuple(found)


def read_toml(file: Traversable, *tables: str) -> dict[str, Any]:
    """读取 TOML。A pack file whose top level holds only ``tables`` and nowhere a binary float."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LawError(f"规则文件 {file.name} 无法读取：{error}；请按 TOML 1.0、UTF-8 编写。") from error
    faults = [f"{name}：不认识的键{_nearest(name, tables)}" for name in document if name not in tables]
    faults += [f'{where}：数值须写成字符串，如 "5%"，不能写成浮点数' for where in _floats(document)]
    if faults:
        raise LawError(f"规则文件 {file.name} 有误：{'；'.join(faults)}。")
    return document


def read_entry(kind: type[Entry], entry: Mapping[str, Any], faults: list[str], where: str) -> Entry | None:
    """读取条目。One typed entry, or None with its faults appended to ``faults``."""
    try:
        return kind.model_validate(dict(entry))
    except ValidationError as error:
        faults += [_fault(where, dict(problem)) for problem in error.errors()]
        return None


@cache
def _library() -> Library:
    return read_packs(packs_folder())


def _read_norms(pack: Traversable) -> Library:
    """The held instruments of a pack, and their norms in the order of instruments, files and entries."""
    keys = ("instrument", "continues", "norm", "interpretation")
    files = [_File(file.name, read_toml(file, *keys)) for file in _sorted(pack.joinpath("norms"), ".toml")]
    heads = [head for file in files if (head := file.head(pack.name)) is not None]
    readings = {
        head.id: [item for file in files if file.of == head.id for item in file.readings] for head in heads
    }
    found = [norm for head in heads for file in files for norm in file.norms(head, readings[head.id])]
    for file in files:
        file.refuse({norm.id for norm in found}, {head.id for head in heads})
    return tuple(heads), tuple(found)


@dataclass
class _File:
    """One file of norms. What is wrong with it is collected, and raised as one LawError in the end."""

    name: str
    document: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)

    @property
    def of(self) -> str:
        """The instrument that it heads or continues."""
        return str(self.document.get("continues") or self.document.get("instrument", {}).get("id", ""))

    def head(self, pack: str) -> Instrument | None:
        if "continues" in self.document and "instrument" not in self.document:
            return None
        if "continues" in self.document:
            self.faults.append("instrument 和 continues 只能写一个")
        header = {"pack": pack, **self.document.get("instrument", {})}
        return read_entry(Instrument, header, self.faults, "instrument")

    @cached_property
    def readings(self) -> list[Interpretation]:
        return _entries(
            Interpretation, self.document.get("interpretation", []), self.faults, "interpretation"
        )

    def norms(self, head: Instrument, readings: Sequence[Interpretation]) -> list[Norm]:
        raw = self.document.get("norm", []) if self.of == head.id else []
        fixed = {"instrument": head}
        entries = [{**fixed, **entry, **_readings(readings, entry)} for entry in raw]
        return _entries(Norm, entries, self.faults, "norm")

    def refuse(self, norms: Set[str], heads: Set[str]) -> None:
        """Raise LawError for all faults, and for what only the whole pack can tell: names of nothing."""
        if "continues" in self.document and self.of not in heads:
            self.faults.append(f"continues：没有文件 {self.of}，已有 {'、'.join(sorted(heads))}")
        for number, reading in enumerate(self.readings, 1):
            if not self.faults and (lost := [item for item in reading.norms if item not in norms]):
                self.faults.append(f"interpretation 第{number}条：没有条文 {'、'.join(lost)}")
        if self.faults:
            raise LawError(f"规则文件 {self.name} 有误：{'；'.join(self.faults)}。")


def _readings(readings: Sequence[Interpretation], entry: Mapping[str, Any]) -> dict[str, Any]:
    mine = [reading for reading in readings if not reading.norms or entry.get("id") in reading.norms]
    return {"interpretations": tuple(mine)}


def _read_known(file: Traversable, pack: str) -> list[Instrument]:
    faults: list[str] = []
    raw = [{"pack": pack, **entry} for entry in read_toml(file, "instrument").get("instrument", [])]
    known = _entries(Instrument, raw, faults, "instrument")
    faults += [f"{item.id}：本文件只登记未持有全文的文件" for item in known if item.status is Status.HELD]
    if faults:
        raise LawError(f"规则文件 {file.name} 有误：{'；'.join(faults)}。")
    return known


def _entries(
    kind: type[Entry], entries: Sequence[Mapping[str, Any]], faults: list[str], table: str
) -> list[Entry]:
    read = (read_entry(kind, entry, faults, f"{table} 第{i}条") for i, entry in enumerate(entries, 1))
    return [entry for entry in read if entry is not None]


def _fault(where: str, problem: Mapping[str, Any]) -> str:
    path = ".".join(str(part) for part in problem["loc"])
    place = f"{where} {path}" if path else where
    if problem["type"] == "extra_forbidden":
        return f"{place}：不认识的键{_nearest(str(problem['loc'][-1]), _known_keys())}"
    if problem["type"] == "missing":
        return f"{place}：缺少此键"
    if problem["type"] == "value_error":
        return f"{place}：{problem['ctx']['error']}"
    return f"{place}：值 {problem['input']!r} 不合要求（{problem['msg']}）"


def _known_keys() -> tuple[str, ...]:
    kinds: tuple[type[BaseModel], ...] = (Instrument, Norm, Interpretation, Validity, Wording, Tested)
    return tuple(field.alias or name for kind in kinds for name, field in kind.model_fields.items())


def _nearest(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, 1)
    return f"，最接近的是 {close[0]}" if close else f"，可用的有 {'、'.join(sorted({*known}))}"


def _floats(value: Any, where: str = "") -> Iterator[str]:
    if isinstance(value, float):
        yield where
    pairs = (
        value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    )
    for key, item in pairs:
        yield from _floats(item, f"{where}.{key}" if where else str(key))


def _once(what: str, ids: Sequence[str]) -> None:
    if repeated := sorted({item for item in ids if ids.count(item) > 1}):
        raise LawError(f"{what}编号重复：{'、'.join(repeated)}；每个编号只能用一次。")


def _sorted(folder: Traversable, ending: str = "") -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted(
        (item for item in folder.iterdir() if item.name.endswith(ending)), key=lambda item: item.name
    )
