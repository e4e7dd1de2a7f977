"""规则文件。Reading the TOML files of a pack: typed entries, every fault of a file told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fangtian.errors import LawError
from fangtian.law.schema import Instrument, Interpretation, Norm, Tested, Validity, Wording
from fangtian.law.tightening import inherited

__all__ = ["NormFile", "read_entries", "read_entry", "read_toml"]

Entry = TypeVar("Entry", bound=BaseModel)


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


@dataclass
class NormFile:
    """条文文件。One file of norms; what is wrong with it is collected and raised as one LawError."""

    name: str
    document: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)

    @property
    def of(self) -> str:
        """所属文件。The instrument that it heads or continues."""
        return str(self.document.get("continues") or self.document.get("instrument", {}).get("id", ""))

    def head(self, pack: str) -> Instrument | None:
        """文件头。The instrument, where this file heads one."""
        if "continues" in self.document and "instrument" not in self.document:
            return None
        if "continues" in self.document:
            self.faults.append("instrument 和 continues 只能写一个")
        header = {"pack": pack, **self.document.get("instrument", {})}
        return read_entry(Instrument, header, self.faults, "instrument")

    @cached_property
    def readings(self) -> list[Interpretation]:
        """解释。Of this file."""
        return read_entries(
            Interpretation, self.document.get("interpretation", []), self.faults, "interpretation"
        )

    def norms(
        self, head: Instrument, readings: Sequence[Interpretation], above: Mapping[str, Norm]
    ) -> list[Norm]:
        """条文。Of the instrument; one that tightens a norm of ``above`` takes over what it does not say."""
        raw = self.document.get("norm", []) if self.of == head.id else []
        entries = [
            {"instrument": head, **inherited(entry, above), **entry, **_readings(readings, entry)}
            for entry in raw
        ]
        return read_entries(Norm, entries, self.faults, "norm")

    def refuse(self, norms: Set[str], heads: Set[str]) -> None:
        """拒绝。Raise LawError for all faults, names of nothing included, which only the pack can tell."""
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


def read_entries(
    kind: type[Entry], entries: Sequence[Mapping[str, Any]], faults: list[str], table: str
) -> list[Entry]:
    """读取条目。The typed entries of one ``table``; faults of the others are appended to ``faults``."""
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
