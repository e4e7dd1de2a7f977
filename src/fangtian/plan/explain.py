"""方案文件说明。What is wrong in plan.toml, one sentence per key, all at once."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from fangtian.catalog.finding import Finding, Place, finding
from fangtian.plan import schema

__all__ = ["FILE", "explain", "nearest", "syntax_finding", "unknown_key", "without_echoes"]

FILE = "plan.toml"

Location = tuple[int | str, ...]

_TABLES: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): schema.PlanFile,
    ("plan",): schema.PlanTable,
    ("basics",): schema.BasicsTable,
    ("basics", "planning"): schema.PlanningTable,
    ("county_land",): schema.CountyLandTable,
    ("layers", "*"): schema.LayerTable,
    ("tables", "*"): schema.TableTable,
}
_SYNTAX = (
    ("Cannot overwrite", "同一个键写了两次"),
    ("Cannot declare", "同一个表写了两次"),
    ("Unterminated", "引号没有成对"),
    ("Expected newline", "一行里写了多余的内容"),
    ("Expected '='", "键的后面缺少等号"),
    ("Unclosed array", "方括号没有成对"),
    ("Unclosed inline", "花括号没有成对"),
    ("Invalid initial character", "键或表名含有不允许的字符，中文须加引号"),
    ("Invalid value", "等号后面的值不对，文字要加英文引号"),
    ("Illegal character", "文字里换行或含有控制字符"),
)
_FULL_WIDTH = re.compile("[“”‘’＝＃［］，]")


def explain(error: ValidationError, document: schema.Document) -> list[Finding]:
    """逐键说明。Every refused key of plan.toml as a finding."""
    return [_explained(item["type"], item["loc"], item.get("ctx", {}), document) for item in error.errors()]


def without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """去除连带。A misspelt key is also a missing one; only the misspelling is worth a sentence."""
    items = list(findings)
    meant = {(item.values["table"], item.values["near"]) for item in items if item.code == "PLN-key-misspelt"}

    def echo(item: Finding) -> bool:
        key = item.values.get("key") or item.values.get("role", "")
        table = item.values.get("table", "[layers]")
        return item.code in ("PLN-key-missing", "PLN-layer-missing") and (table, key) in meant

    return [item for item in items if not echo(item)]


def nearest(word: str, known: Iterable[str]) -> str:
    """最相近的名称。The known name most like ``word``, "" where none is near.

    >>> nearest("base_yaer", ["base_year", "name"])
    'base_year'
    """
    names = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""


def unknown_key(table: str, key: str, known: Iterable[str]) -> Finding:
    """未知的键。A key that plan.toml does not know, with the nearest one it does."""
    names = list(known)
    place = Place(file=FILE)
    near = nearest(key, names)
    if near:
        return finding("PLN-key-misspelt", place, table=table or FILE, key=key, near=near)
    return finding("PLN-key-unknown", place, table=table or FILE, key=key, known="、".join(names))


def syntax_finding(error: tomllib.TOMLDecodeError, text: str) -> Finding:
    """语法错误。A TOML syntax error with its line and what stands there."""
    lines = text.splitlines() or [""]
    match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    line, column = (int(match[1]), int(match[2])) if match else (len(lines), len(lines[-1]) + 1)
    content = lines[min(line, len(lines)) - 1].strip()
    reason = next((zh for start, zh in _SYNTAX if str(error).startswith(start)), "写法不完整")
    if _FULL_WIDTH.search(content):
        reason += "，等号、引号和括号须用半角"
    return finding("PLN-syntax", Place(file=FILE), line=line, column=column, reason=reason, text=content)


def _explained(
    kind: str, location: Location, context: Mapping[str, Any], document: schema.Document
) -> Finding:
    names = [part for part in location if isinstance(part, str)]
    *tables, key = names or [""]
    heading, place = _heading(location), Place(file=FILE)
    if kind == "extra_forbidden":
        return unknown_key(heading, key, _TABLES[_generic(tables)].model_fields)
    if kind == "missing":
        return finding("PLN-key-missing", place, table=heading or FILE, key=key, expected=_expected(names))
    if kind == "base_after_period":
        return finding("PLN-base-year", place, base=context["base"], first=context["first"])
    item = f" 第{location[-1] + 1}项" if location and isinstance(location[-1], int) else ""
    shown = _shown(_value(document, location))
    values = {"key": f"{heading} {key}{item}".strip(), "value": shown, "expected": _expected(names)}
    return _refused(kind, place, values, context)


def _refused(kind: str, place: Place, values: Mapping[str, str], context: Mapping[str, Any]) -> Finding:
    if kind == "inexact":
        return finding("PLN-inexact", place, **values)
    if kind == "outside":
        return finding("PLN-path-outside", place, **values)
    if kind == "absent":
        return finding("PLN-path-absent", place, **values)
    if kind == "foreign":
        return finding("PLN-crs-foreign", place, **values, name=context["message"])
    if kind == "unlisted":
        known = context["known"]
        near = nearest(values["value"].strip("“”"), known.split("、"))
        return finding("PLN-unlisted", place, **{**values, "known": known, "near": near or known})
    return finding("PLN-value", place, **values)


def _generic(tables: list[str]) -> tuple[str, ...]:
    if len(tables) > 1 and tables[0] in ("layers", "tables"):
        return tables[0], "*"
    return tuple(tables)


def _expected(names: list[str]) -> str:
    """The description of the deepest key that the schema knows."""
    for end in range(len(names), 0, -1):
        *tables, key = names[:end]
        table = _TABLES.get(_generic(tables))
        if table and key in table.model_fields:
            return table.model_fields[key].description or ""
        if _generic(names[:end]) in _TABLES:
            return f"[{'.'.join(names[:end])}] 表"
    return ""


def _heading(location: Location) -> str:
    """The table of a key: ``[layers.parcels]``, or ``[[basics.planning]] 第2项`` in a list of tables."""
    last = max((i for i, part in enumerate(location) if isinstance(part, str)), default=0)
    names = ".".join(str(part) for part in location[:last] if isinstance(part, str))
    items = "".join(f" 第{part + 1}项" for part in location[:last] if isinstance(part, int))
    return (f"[[{names}]]{items}" if items else f"[{names}]") if names else ""


def _value(document: schema.Document, location: Location) -> object:
    value: Any = document
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return value
    return value


def _shown(value: object) -> str:
    text = f"“{value}”" if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
