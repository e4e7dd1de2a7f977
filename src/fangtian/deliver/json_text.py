"""JSON 文本。Writing JSON that is the same each time, and finding the line of what was read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from fangtian.catalog.finding import Finding, Place, finding

__all__ = ["JsonText", "json_leaves", "json_lines", "read_json", "write_json"]

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+|\n')


@dataclass(frozen=True)
class JsonText:
    """JSON 文件。Its value, the line of every path (``facts[3].value``), or the finding that it is broken."""

    value: Any = None
    lines: Mapping[str, int] = field(default_factory=dict)
    finding: Finding | None = None


class _Lines(Mapping[str, int]):
    """Lines by path, counted when first asked for: most files are never complained of."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _counted(self) -> Mapping[str, int]:
        return json_lines(self._text)

    def __getitem__(self, path: str) -> int:
        return self._counted[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counted)

    def __len__(self) -> int:
        return len(self._counted)


def write_json(path: Path, document: object) -> None:
    """写 JSON。UTF-8, two blanks of indent, order as given, Unix line ends on every system."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    path.write_bytes(f"{text}\n".encode())


def read_json(path: Path) -> JsonText:
    """读 JSON。Never raises: a file that is missing or broken comes back as its finding."""
    place = Place(file=path.name)
    try:
        text = path.read_bytes().decode("utf-8")
        return JsonText(json.loads(text), _Lines(text))
    except FileNotFoundError:
        return JsonText(finding=finding("DEL-file-missing", place, file=path.name))
    except json.JSONDecodeError as error:
        place = Place(file=path.name, field=f"第{error.lineno}行")
        reason = f"第 {error.lineno} 行不是合法的 JSON"
    except (OSError, UnicodeDecodeError, RecursionError, ValueError) as error:
        reason = str(error)
    return JsonText(finding=finding("DEL-file-unreadable", place, file=path.name, reason=reason))


def json_leaves(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """叶值。Every single value of a JSON document with its path.

    >>> list(json_leaves({"a": [5, {"b": 6}]}))
    [('a[0]', 5), ('a[1].b', 6)]
    """
    if isinstance(value, dict):
        for name, item in value.items():
            yield from json_leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from json_leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def json_lines(text: str) -> dict[str, int]:
    r"""行号。Line of every value in a JSON text, by path.

    >>> json_lines('{\n"a": [\n 5,\n {"b": 6}]}')
    {'a': 2, 'a[0]': 3, 'a[1]': 4, 'a[1].b': 4}
    """
    lines: dict[str, int] = {}
    stack: list[_Level] = []
    line = 1
    for match in _TOKEN.finditer(text):
        sign = match.group()
        if sign == "\n":
            line += 1
        elif sign in "]}":
            del stack[-1:]
        elif sign in ",:":
            _step(stack, sign)
        elif stack and stack[-1].wants_key:
            stack[-1].key = json.loads(sign)
        else:
            _value(lines, stack, sign, line)
    return lines


@dataclass
class _Level:
    """One open object (``index`` None) or array of a JSON text."""

    path: str
    index: int | None
    key: str = ""
    wants_key: bool = False

    @property
    def here(self) -> str:
        if self.index is not None:
            return f"{self.path}[{self.index}]"
        return f"{self.path}.{self.key}" if self.path else self.key


def _step(stack: list[_Level], sign: str) -> None:
    if not stack:
        return
    level = stack[-1]
    if level.index is None:
        level.wants_key = sign == ","
    elif sign == ",":
        level.index += 1


def _value(lines: dict[str, int], stack: list[_Level], sign: str, line: int) -> None:
    here = stack[-1].here if stack else ""
    if here:
        lines[here] = line
    if sign == "{":
        stack.append(_Level(here, None, wants_key=True))
    elif sign == "[":
        stack.append(_Level(here, 0))
