"""文件头。What VCT and boundary TXT say of themselves as a whole, by their official keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["LAYOUT", "Agreed", "agreed_head"]

LAYOUT = frozenset(
    {"DataMark", "Version", "CoordinateSystemType", "Dim", "XAxisDirection", "YAxisDirection", "XYUnit",
     "ZUnit", "ExtentMin", "ExtentMax", "Offset", "Separator", "格式版本号", "计量单位", "精度"}
)  # fmt: skip
"""格式本身的项。Entries that say how the file is laid out, and nothing of the land."""


@dataclass(frozen=True)
class Agreed:
    """一致的文件头。Entries that several heads have in common, and the keys in which they differ."""

    entries: Mapping[str, str]
    differing: tuple[str, ...] = ()


def agreed_head(heads: Iterable[Mapping[str, str]]) -> Agreed:
    """合并文件头。One head for several files; what they do not agree on is left out and named.

    >>> agreed_head([{"Date": "2024", "MapScale": "2000"}, {"Date": "2024", "MapScale": "500"}])
    Agreed(entries={'Date': '2024'}, differing=('MapScale',))
    """
    given = [head for head in heads if head]
    keys = dict.fromkeys(key for head in given for key in head)
    same = {key: given[0][key] for key in keys if len({head.get(key) for head in given}) == 1}
    return Agreed(same, tuple(key for key in keys if key not in same and key not in LAYOUT))
