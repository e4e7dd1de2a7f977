"""排序。The order of ids as people count."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["id_list", "id_runs", "natural_key"]


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """自然排序。Order of ids as people count: DK2 before DK10.

    >>> sorted(["DK10", "DK2"], key=natural_key)
    ['DK2', 'DK10']
    """
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)


def id_runs(names: Iterable[str]) -> list[list[str]]:
    """连号。Ids in natural order, those that count on from one another together.

    >>> id_runs(["XZ-002", "XZ-001", "TZ-1", "XZ-009"])
    [['TZ-1'], ['XZ-001', 'XZ-002'], ['XZ-009']]
    """
    runs: list[list[str]] = []
    for name in sorted(names, key=natural_key):
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return runs


def id_list(names: Iterable[str]) -> str:
    """编号串。As official tables write many ids: three or more in a run as from–to.

    >>> id_list(["XZ-001", "XZ-002", "XZ-003", "TZ-1", "TZ-2"])
    'TZ-1、TZ-2、XZ-001～XZ-003'
    """
    return "、".join("、".join(run) if len(run) < 3 else f"{run[0]}～{run[-1]}" for run in id_runs(names))


def _follows(one: str, other: str) -> bool:
    (head, number), (head2, number2) = _split(one), _split(other)
    return head == head2 and bool(number and number2) and int(number2) == int(number) + 1


def _split(name: str) -> tuple[str, str]:
    head = name.rstrip("0123456789")
    return head, name[len(head) :]
